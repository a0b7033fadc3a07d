"""Sunlight reflected by the satellite: inside the field of view, past every spatial filter."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.link.night_sky import V_BAND_RADIANCE_AT_ZERO_MAGNITUDE
from euroqci_planner.mission.assets import Satellite
from euroqci_planner.units import FloatArray

STANDARD_RANGE_M = 1_000_000.0
_SQUARE_ARCSECONDS_PER_STERADIAN = 4.2545e10
_HALF_PHASE = 1.0 / np.pi


def lambert_sphere_phase(phase_angle_rad: ArrayLike) -> FloatArray:
    """Brightness of a matt sphere relative to full phase: (sin a + (π - a) cos a)/π, 0..1.

    `phase_angle_rad` is Sun–satellite–station, 0 = fully lit side seen. Flat panels flash and
    hide far from this law.
    """
    angle = np.asarray(phase_angle_rad, dtype=np.float64)
    return np.asarray((np.sin(angle) + (np.pi - angle) * np.cos(angle)) / np.pi)


def full_phase_intensity(
    satellite: Satellite, solar_irradiance: float, solar_irradiance_v: float
) -> float:
    """Irradiance times range squared at full phase outside the air, W µm⁻¹ (per steradian).

    From `diffuse_area_m2` = ρA: E_sun ρA/π. From `standard_magnitude`, V at 1000 km and half phase:
    1544 · 10^(-0.4 m) / 4.2545e10 · (1000 km)² · π, with the colour of the Sun. The magnitude
    counts where both are given; 0 where neither is known.
    """
    if satellite.standard_magnitude is not None:
        flux_v = V_BAND_RADIANCE_AT_ZERO_MAGNITUDE * 10.0 ** (-0.4 * satellite.standard_magnitude)
        half_phase = flux_v / _SQUARE_ARCSECONDS_PER_STERADIAN * STANDARD_RANGE_M**2
        return float(half_phase / _HALF_PHASE * solar_irradiance / solar_irradiance_v)
    return solar_irradiance * (satellite.diffuse_area_m2 or 0.0) / np.pi


def satellite_irradiance(
    full_phase: float,
    range_m: ArrayLike,
    phase_angle_rad: ArrayLike,
    sunlit_fraction: ArrayLike,
    transmittance: ArrayLike,
) -> FloatArray:
    """Irradiance of the sunlit satellite at the telescope, W m⁻² µm⁻¹.

    `full_phase` from `full_phase_intensity`; `transmittance` is that of the air along the line of
    sight, with the field stop and the fibre where the light behind them is meant. Zero in umbra.
    """
    distance = np.asarray(range_m, dtype=np.float64)
    lit = np.asarray(sunlit_fraction) * lambert_sphere_phase(phase_angle_rad)
    return np.asarray(full_phase / distance**2 * lit * np.asarray(transmittance))
