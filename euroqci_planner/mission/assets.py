"""Satellites, payloads and ground stations: frozen records in SI units and radians."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from euroqci_planner.mission.orbits import OrbitSource, WalkerPattern
from euroqci_planner.timebase import NOT_A_TIME


class DivergenceConvention(StrEnum):
    """What the number given as beam divergence means. There is no default."""

    FULL_ANGLE_1E2 = "full_angle_1e2"
    HALF_ANGLE_1E2 = "half_angle_1e2"
    FWHM = "fwhm"
    UNIFORM_DISC = "uniform_disc"


class Protocol(StrEnum):
    """QKD protocols known to the file door."""

    BB84_TWO_DECOY = "bb84_two_decoy"
    BB84_ONE_DECOY = "bb84_one_decoy"
    BBM92 = "bbm92"


class SettingsPolicy(StrEnum):
    """Who chooses the protocol settings."""

    FIXED = "fixed"
    OPTIMISE_MISSION = "optimise_mission"
    OPTIMISE_PASS = "optimise_pass"


class Role(StrEnum):
    """What the satellite knows of the key."""

    TRUSTED_NODE = "trusted_node"
    ENTANGLED_SOURCE = "entangled_source"


class SunRule(StrEnum):
    """How daylight limits a station."""

    MAX_ELEVATION = "max_elevation"
    BY_BACKGROUND = "by_background"


class Direction(StrEnum):
    """Which way the photons of a payload's links go."""

    DOWNLINK = "downlink"
    UPLINK = "uplink"


class Coupling(StrEnum):
    """How the received light reaches the detectors."""

    FREE_SPACE = "free_space"
    FIBRE_TIP_TILT = "fibre_tip_tilt"
    FIBRE_ADAPTIVE_OPTICS = "fibre_adaptive_optics"


class DeadTimeKind(StrEnum):
    """What a photon that meets a dead detector does: nothing, or lengthen the dead time."""

    NON_PARALYSABLE = "non_paralysable"
    PARALYSABLE = "paralysable"


@dataclass(frozen=True, slots=True, kw_only=True)
class DivergenceBeam:
    """Far field given by one angle and its convention."""

    divergence_rad: float
    convention: DivergenceConvention


@dataclass(frozen=True, slots=True, kw_only=True)
class TruncatedGaussianBeam:
    """Gaussian of this 1/e² intensity radius in the pupil, cut by the transmit aperture."""

    waist_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoySource:
    """Weak coherent pulses with decoy intensities (mean photon number at the transmitter exit).

    `intensities` fall strictly (signal first); `intensity_probabilities` go with them and sum
    to 1; `key_basis_probability` is the sender's share of the key basis (X in Lim et al. 2014).
    Where the settings are sought they only say where the search starts; `settings_sets` is how
    many sets the payload can hold for a whole mission.
    """

    protocol: Protocol
    pulse_rate_hz: float
    pulse_width_s: float
    settings: SettingsPolicy
    intensities: tuple[float, ...]
    intensity_probabilities: tuple[float, ...]
    key_basis_probability: float
    intrinsic_error: float
    settings_sets: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSource:
    """Continuously pumped entangled pairs (BBM92) with the local arm on board."""

    protocol: Protocol
    settings: SettingsPolicy
    pair_rate_hz: float
    coincidence_window_s: float
    local_arm_efficiency: float
    local_dark_count_hz: float
    key_basis_probability: float
    intrinsic_error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Telescope, filter and detectors; `field_of_view_rad` is the full angle.

    Of a station, or of a satellite that receives. Two `detectors` choose the basis actively, four
    passively by a beam splitter.
    """

    aperture_m: float
    obscuration_ratio: float
    optics_efficiency: float
    field_of_view_rad: float
    filter_width_m: float
    filter_transmittance: float
    coupling: Coupling
    key_basis_probability: float
    detectors: int
    detector_efficiency: float
    dark_count_hz: float
    dead_time_s: float
    timing_jitter_s: float
    afterpulse_probability: float
    gate_s: float
    dead_time_kind: DeadTimeKind = DeadTimeKind.NON_PARALYSABLE
    adaptive_optics_modes: int | None = None
    adaptive_optics_bandwidth_hz: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundTransmitter:
    """A telescope that sends to satellites: a Gaussian beam cut by its aperture.

    `waist_m` is the 1/e² intensity radius in the pupil; `pointing_jitter_rad` is one sigma per
    axis (x, y) of what tracking leaves. `corrects_wander` says that tip-tilt pre-compensation
    follows the beam's wander. `night_lights_w_m2_sr` is the radiance of the lit ground around the
    station from above, 0.5 to 0.9 µm.
    """

    aperture_m: float
    obscuration_ratio: float
    waist_m: float
    wavefront_error_m: float
    pointing_jitter_rad: tuple[float, float]
    pointing_bias_rad: float
    transmit_efficiency: float
    corrects_wander: bool
    night_lights_w_m2_sr: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A quantum terminal on board and the source that its links work with.

    It sends (`direction` downlink) through `beam`, or receives (uplink) with `receiver`, whose
    source stands on the ground then and `beam` is None. `pointing_jitter_rad` is one sigma per axis
    (x, y); `wavefront_error_m` is rms; `transmit_efficiency` counts what is lost behind the point
    where the photon number is defined.
    """

    id: str
    name: str
    wavelength_m: float
    aperture_m: float
    obscuration_ratio: float
    beam: DivergenceBeam | TruncatedGaussianBeam | None
    wavefront_error_m: float
    pointing_jitter_rad: tuple[float, float]
    pointing_bias_rad: float
    transmit_efficiency: float
    terminals: int
    slew_s: float
    acquisition_s: float
    source: DecoySource | PairSource
    beacon_wavelength_m: float | None = None
    direction: Direction = Direction.DOWNLINK
    receiver: Receiver | None = None
    provenance: str = ""
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Satellite:
    """One satellite with its orbit and its payload; times are not-a-time where unbounded."""

    id: str
    name: str
    orbit: OrbitSource
    payload: Payload
    role: Role
    owner: str = ""
    valid_from_utc: np.datetime64 = NOT_A_TIME
    valid_to_utc: np.datetime64 = NOT_A_TIME
    max_contacts_per_orbit: int | None = None
    max_contacts_per_day: int | None = None
    key_memory_bits: float | None = None
    eclipse_only: bool = False
    standard_magnitude: float | None = None
    diffuse_area_m2: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Constellation:
    """Satellites of one kind on a Walker pattern.

    `member` is the satellite that all of them are, but for id, name and orbit.
    """

    id: str
    pattern: WalkerPattern
    member: Satellite

    def member_ids(self) -> tuple[str, ...]:
        """Ids in the order of the pattern: `unio-p2-s3` is the third satellite of plane two."""
        return member_ids(self.id, self.pattern.satellites, self.pattern.planes)


def member_ids(constellation_id: str, satellites: int, planes: int) -> tuple[str, ...]:
    """Ids of the satellites of a constellation, plane by plane, both counted from one."""
    per_plane = satellites // planes
    return tuple(
        f"{constellation_id}-p{plane}-s{place}"
        for plane in range(1, planes + 1)
        for place in range(1, per_plane + 1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Atmosphere:
    """What lies above a station: all optical depths are zenith values at the station's height.

    `aerosol_optical_depth_550nm` is taken as measured at the site (not at sea level);
    `precipitable_water_m` is the water column as a length (5 mm = 0.005).
    """

    seeing_rad: float
    aerosol_optical_depth_550nm: float
    angstrom_exponent: float
    precipitable_water_m: float
    ozone_dobson: float
    cirrus_optical_depth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """An interval in which a station does not observe."""

    from_utc: np.datetime64
    to_utc: np.datetime64
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """An optical ground station on the WGS 84 ellipsoid.

    `horizon_mask_rad` holds (azimuth, elevation) points by rising azimuth, joined linearly and
    wrapping at north; the higher of mask and `min_elevation_rad` counts. `opening_s` are the
    seconds of the UTC day (open, close); close < open wraps over midnight; None is always open.
    `clear_sky_probability` holds twelve monthly values; None where nothing is known.
    `thin_cloud_probability`, twelve too, is the share of the time with ice cloud alone; None takes
    the planner's own.
    """

    id: str
    name: str
    country: str
    latitude_rad: float
    longitude_rad: float
    altitude_m: float
    min_elevation_rad: float
    receiver: Receiver
    atmosphere: Atmosphere
    sun_rule: SunRule
    max_sun_elevation_rad: float
    min_sun_separation_rad: float
    min_moon_separation_rad: float
    setup_s: float
    terminals: int
    sky_brightness_mag_arcsec2: float
    transmitter: GroundTransmitter | None = None
    horizon_mask_rad: tuple[tuple[float, float], ...] = ()
    clear_sky_probability: tuple[float, ...] | None = None
    thin_cloud_probability: tuple[float, ...] | None = None
    opening_s: tuple[float, float] | None = None
    closures: tuple[Closure, ...] = ()
    valid_from_utc: np.datetime64 = NOT_A_TIME
    valid_to_utc: np.datetime64 = NOT_A_TIME
    provenance: str = ""
    assumed: bool = False
