"""Checked satellites, payloads and stations as nouns of the planner, in SI units and radians."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np

from euroqci_planner.io.scenario_optics import (
    atmosphere_noun,
    on_board_noun,
    per_axis_rad,
    receiver_noun,
    transmitter_noun,
)
from euroqci_planner.io.schema_payloads import (
    PairSourceRecord,
    PayloadRecord,
    Source,
)
from euroqci_planner.io.schema_satellites import (
    CircularRecord,
    ConstellationRecord,
    KeplerianRecord,
    OrbitRecord,
    SpacecraftRecord,
)
from euroqci_planner.io.schema_stations import (
    StationRecord,
)
from euroqci_planner.mission.assets import (
    Closure,
    Constellation,
    DecoySource,
    Direction,
    DivergenceBeam,
    DivergenceConvention,
    PairSource,
    Payload,
    Protocol,
    Role,
    Satellite,
    SettingsPolicy,
    Station,
    SunRule,
    TruncatedGaussianBeam,
)
from euroqci_planner.mission.orbits import (
    CircularOrbit,
    DesignOrbit,
    KeplerianOrbit,
    OrbitSource,
    SunSynchronousOrbit,
    WalkerKind,
    WalkerPattern,
)
from euroqci_planner.timebase import NOT_A_TIME, from_datetime
from euroqci_planner.units import KILO, MEGA, SECONDS_PER_HOUR

GIGA = 1e9
TERA = 1e12


def instant(moment: datetime | None) -> np.datetime64:
    """Instant of a checked time; not-a-time for None."""
    return NOT_A_TIME if moment is None else from_datetime(moment)


def _hours(time_of_day: str) -> float:
    hours, minutes = time_of_day.split(":")
    return int(hours) + int(minutes) / 60.0


def payload_noun(record: PayloadRecord, provenance: str, *, assumed: bool) -> Payload:
    """Payload with its beam and source; `provenance` and `assumed` come from the catalogue."""
    beacon = record.beacon_wavelength_nm
    return Payload(
        id=record.id,
        name=record.name or record.id,
        wavelength_m=record.wavelength_nm / GIGA,
        aperture_m=record.aperture_mm / KILO,
        obscuration_ratio=record.obscuration_ratio,
        beam=_beam(record),
        wavefront_error_m=record.wavefront_error_nm_rms / GIGA,
        pointing_jitter_rad=per_axis_rad(record.pointing_jitter_urad),
        pointing_bias_rad=record.pointing_bias_urad / MEGA,
        transmit_efficiency=record.transmit_efficiency,
        terminals=record.terminals,
        slew_s=record.slew_s,
        acquisition_s=record.acquisition_s,
        source=_source(record.source),
        beacon_wavelength_m=None if beacon is None else beacon / GIGA,
        direction=Direction(record.direction),
        receiver=None if record.receiver is None else on_board_noun(record, record.receiver),
        provenance=provenance,
        assumed=assumed,
    )


def _beam(record: PayloadRecord) -> DivergenceBeam | TruncatedGaussianBeam | None:
    if record.beam is None:
        return None
    if record.waist_mm is not None:
        return TruncatedGaussianBeam(waist_m=record.waist_mm / KILO)
    if record.divergence_urad is None or record.divergence_convention is None:
        raise ValueError("a checked payload has a beam")
    return DivergenceBeam(
        divergence_rad=record.divergence_urad / MEGA,
        convention=DivergenceConvention(record.divergence_convention),
    )


def _source(record: Source) -> DecoySource | PairSource:
    if isinstance(record, PairSourceRecord):
        return PairSource(
            protocol=Protocol(record.protocol),
            settings=SettingsPolicy(record.settings),
            pair_rate_hz=record.pair_rate_mhz * MEGA,
            coincidence_window_s=record.coincidence_window_ns / GIGA,
            local_arm_efficiency=record.local_arm_efficiency,
            local_dark_count_hz=record.local_dark_count_hz,
            key_basis_probability=record.key_basis_probability,
            intrinsic_error=record.intrinsic_error,
        )
    return DecoySource(
        protocol=Protocol(record.protocol),
        settings=SettingsPolicy(record.settings),
        pulse_rate_hz=record.pulse_rate_mhz * MEGA,
        pulse_width_s=record.pulse_width_ps / TERA,
        intensities=tuple(record.intensities),
        intensity_probabilities=tuple(record.intensity_probabilities),
        key_basis_probability=record.key_basis_probability,
        intrinsic_error=record.intrinsic_error,
        settings_sets=record.settings_sets,
    )


def design_orbit(record: OrbitRecord) -> DesignOrbit:
    """Design orbit of `[satellite.orbit]`."""
    epoch_utc = instant(record.epoch_utc)
    if isinstance(record, KeplerianRecord):
        return KeplerianOrbit(
            epoch_utc=epoch_utc,
            semi_major_axis_m=record.semi_major_axis_km * KILO,
            eccentricity=record.eccentricity,
            inclination_rad=math.radians(record.inclination_deg),
            raan_rad=math.radians(record.raan_deg),
            argument_of_perigee_rad=math.radians(record.argument_of_perigee_deg),
            mean_anomaly_rad=math.radians(record.mean_anomaly_deg),
        )
    if isinstance(record, CircularRecord):
        return CircularOrbit(
            epoch_utc=epoch_utc,
            altitude_m=record.altitude_km * KILO,
            inclination_rad=math.radians(record.inclination_deg),
            raan_rad=math.radians(record.raan_deg),
            argument_of_latitude_rad=math.radians(record.argument_of_latitude_deg),
        )
    return SunSynchronousOrbit(
        epoch_utc=epoch_utc,
        altitude_m=record.altitude_km * KILO,
        local_time_descending_node_h=_hours(record.local_time_descending_node),
        argument_of_latitude_rad=math.radians(record.argument_of_latitude_deg),
    )


def satellite_noun(record: SpacecraftRecord, orbit: OrbitSource, payload: Payload) -> Satellite:
    """Satellite on its resolved orbit with its payload."""
    memory = record.key_memory_mbit
    return Satellite(
        id=record.id,
        name=record.name or record.id,
        orbit=orbit,
        payload=payload,
        role=Role(record.role),
        owner=record.owner,
        valid_from_utc=instant(record.valid_from_utc),
        valid_to_utc=instant(record.valid_to_utc),
        max_contacts_per_orbit=record.max_contacts_per_orbit,
        max_contacts_per_day=record.max_contacts_per_day,
        key_memory_bits=None if memory is None else memory * MEGA,
        eclipse_only=record.eclipse_only,
        standard_magnitude=record.standard_magnitude,
        diffuse_area_m2=record.diffuse_area_m2,
    )


def constellation_noun(record: ConstellationRecord, payload: Payload) -> Constellation:
    """Constellation; its member flies the first orbit of the pattern until it is laid out."""
    epoch_utc = instant(record.epoch_utc)
    pattern = WalkerPattern(
        kind=WalkerKind(record.pattern),
        satellites=record.satellites,
        planes=record.planes,
        phasing=record.phasing,
        altitude_m=record.altitude_km * KILO,
        inclination_rad=math.radians(record.inclination_deg),
        epoch_utc=epoch_utc,
    )
    orbit = CircularOrbit(
        epoch_utc=epoch_utc,
        altitude_m=pattern.altitude_m,
        inclination_rad=pattern.inclination_rad,
        raan_rad=0.0,
    )
    return Constellation(
        id=record.id, pattern=pattern, member=satellite_noun(record, orbit, payload)
    )


def station_noun(record: StationRecord, provenance: str, *, assumed: bool) -> Station:
    """Station with its receiver and the air above it."""
    clear, hours = record.clear_sky_probability_monthly, record.opening_utc
    thin = record.thin_cloud_probability_monthly
    mask = record.horizon_mask_deg or []
    return Station(
        id=record.id,
        name=record.name or record.id,
        country=record.country,
        latitude_rad=math.radians(record.latitude_deg),
        longitude_rad=math.radians(record.longitude_deg),
        altitude_m=record.altitude_m,
        min_elevation_rad=math.radians(record.min_elevation_deg),
        receiver=receiver_noun(record.receiver),
        transmitter=transmitter_noun(record.transmitter),
        atmosphere=atmosphere_noun(record),
        sun_rule=SunRule(record.sun_rule),
        max_sun_elevation_rad=math.radians(record.max_sun_elevation_deg),
        min_sun_separation_rad=math.radians(record.min_sun_separation_deg),
        min_moon_separation_rad=math.radians(record.min_moon_separation_deg),
        setup_s=record.setup_s,
        terminals=record.terminals,
        sky_brightness_mag_arcsec2=record.sky_brightness_mag_arcsec2,
        horizon_mask_rad=tuple((math.radians(az), math.radians(el)) for az, el in mask),
        clear_sky_probability=None if clear is None else tuple(clear),
        thin_cloud_probability=None if thin is None else tuple(thin),
        opening_s=None if hours is None else _opening_s(hours),
        closures=tuple(
            Closure(
                from_utc=instant(item.from_utc), to_utc=instant(item.to_utc), reason=item.reason
            )
            for item in record.closed
        ),
        valid_from_utc=instant(record.valid_from_utc),
        valid_to_utc=instant(record.valid_to_utc),
        provenance=provenance,
        assumed=assumed,
    )


def _opening_s(hours: list[str]) -> tuple[float, float]:
    begin, end = (_hours(item) * SECONDS_PER_HOUR for item in hours)
    return begin, end
