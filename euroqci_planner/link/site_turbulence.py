"""Turbulence over one station for one payload, tabulated once and looked up per sample.

All of it depends on the elevation alone; only the lag of an adaptive-optics loop also depends on
how fast the satellite crosses the sky.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.link.airmass import MIN_ELEVATION_RAD, inside_validity
from euroqci_planner.link.coupling import (
    TIP_TILT_MODES,
    best_mode_ratio,
    chromatic_variance,
    fitting_variance,
    mode_overlap,
    servo_variance,
    strehl_ratio,
)
from euroqci_planner.link.extinction import station_pressure_pa
from euroqci_planner.link.field_stop import encircled_energy
from euroqci_planner.link.refraction import chromatic_refraction_rad, station_temperature_k
from euroqci_planner.link.slant_path import SlantPath, spherical_path
from euroqci_planner.link.turbulence import coherence_length_m, greenwood_frequency_hz
from euroqci_planner.link.turbulence_profile import TurbulenceProfile, profile_of_seeing
from euroqci_planner.mission.assets import Coupling, Payload, Receiver, Station
from euroqci_planner.units import FloatArray

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline, RectBivariateSpline

FASTEST_SLEW_RAD_S = 0.06
_SINES = np.geomspace(np.sin(MIN_ELEVATION_RAD), 1.0, 48)
_SLEWS = FASTEST_SLEW_RAD_S * np.linspace(0.0, 1.0, 28) ** 2


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SiteTurbulence:
    """What the field stop and the fibre let through, by elevation and slew.

    `bandwidth_hz` is None without a loop that lags. `phase_variance` holds what the loop leaves
    apart from its lag.
    """

    field_stop: CubicSpline | None
    overlap: float
    aperture_over_r0: CubicSpline
    phase_variance: CubicSpline
    greenwood_hz: RectBivariateSpline
    bandwidth_hz: float | None

    def shares(
        self, elevation_rad: ArrayLike, slew_rad_s: ArrayLike
    ) -> tuple[FloatArray | float, FloatArray | float]:
        """Transmittance of field stop and fibre coupling; exactly 1 where there is none.

        Arguments of one shape. NaN outside 5..90° of elevation, and of the coupling for a slew
        above 0.06 rad/s under adaptive optics.
        """
        sine = np.sin(inside_validity(elevation_rad))
        if self.field_stop is not None:
            return np.asarray(self.field_stop(sine)), 1.0
        variance = self.phase_variance(sine)
        if self.bandwidth_hz is not None:
            variance = variance + servo_variance(
                self._greenwood(sine, slew_rad_s), self.bandwidth_hz
            )
        return 1.0, np.asarray(self.overlap * strehl_ratio(variance, self.aperture_over_r0(sine)))

    def _greenwood(self, sine: FloatArray, slew_rad_s: ArrayLike) -> FloatArray:
        slew = np.asarray(slew_rad_s, dtype=np.float64)
        known = np.isfinite(sine) & (slew >= 0.0) & (slew <= FASTEST_SLEW_RAD_S)
        found = self.greenwood_hz.ev(np.where(known, sine, 1.0), np.where(known, slew, 0.0))
        return np.asarray(np.where(known, found, np.nan))


def site_turbulence(payload: Payload, station: Station) -> SiteTurbulence:
    """Turbulence of a payload's light over a station; the same object for the same numbers."""
    return _tabulated(
        payload.wavelength_m,
        payload.beacon_wavelength_m or payload.wavelength_m,
        station.receiver,
        station.atmosphere.seeing_rad,
        station.altitude_m,
    )


@lru_cache(maxsize=256)
def _tabulated(
    wavelength_m: float,
    beacon_m: float,
    receiver: Receiver,
    seeing_rad: float,
    altitude_m: float,
) -> SiteTurbulence:
    from scipy.interpolate import CubicSpline  # noqa: PLC0415 (light start of other verbs)

    profile = profile_of_seeing(seeing_rad, altitude_m)
    elevation = np.arcsin(_SINES)
    path = spherical_path(elevation, profile.height_m, altitude_m)
    coherence = coherence_length_m(wavelength_m, profile, path)
    ratio = receiver.obscuration_ratio
    diameters = receiver.aperture_m / coherence
    adaptive = receiver.coupling is Coupling.FIBRE_ADAPTIVE_OPTICS
    modes = receiver.adaptive_optics_modes if adaptive else None
    variance = fitting_variance(diameters, modes or TIP_TILT_MODES)
    if adaptive:
        separation = chromatic_refraction_rad(
            elevation, wavelength_m, beacon_m,
            station_pressure_pa(altitude_m), station_temperature_k(altitude_m),
        )  # fmt: skip
        variance = variance + chromatic_variance(wavelength_m, separation, profile, path)
    free_space = receiver.coupling is Coupling.FREE_SPACE
    half_view = 0.5 * receiver.field_of_view_rad
    through = encircled_energy(half_view, wavelength_m, receiver.aperture_m, ratio, coherence)
    return SiteTurbulence(
        field_stop=CubicSpline(_SINES, through) if free_space else None,
        overlap=float(mode_overlap(best_mode_ratio(ratio), ratio)),
        aperture_over_r0=CubicSpline(_SINES, diameters),
        phase_variance=CubicSpline(_SINES, variance),
        greenwood_hz=_greenwood_table(wavelength_m, profile, path),
        bandwidth_hz=receiver.adaptive_optics_bandwidth_hz if adaptive else None,
    )


def _greenwood_table(
    wavelength_m: float, profile: TurbulenceProfile, path: SlantPath
) -> RectBivariateSpline:
    from scipy.interpolate import RectBivariateSpline  # noqa: PLC0415 (light start of other verbs)

    columns = [
        greenwood_frequency_hz(wavelength_m, profile, path, np.full(len(_SINES), slew))
        for slew in _SLEWS
    ]
    return RectBivariateSpline(_SINES, _SLEWS, np.stack(columns, axis=1), kx=2, ky=2)
