"""What turbulence does to a wave along a line of sight: coherence, angles, speed, scintillation.

Every function takes a profile and the path through it and works for any shape of elevations; the
downlink wave is plane. NaN where the path is (outside 5..90° of elevation). Kolmogorov spectrum,
no outer scale.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.link.slant_path import SlantPath
from euroqci_planner.link.turbulence_profile import TurbulenceProfile
from euroqci_planner.units import FloatArray

GROUND_WIND_M_S = 5.0
TROPOPAUSE_WIND_M_S = 30.0


def wavenumber_per_m(wavelength_m: ArrayLike) -> FloatArray:
    """k = 2π/λ, rad/m."""
    return np.asarray(2.0 * np.pi / np.asarray(wavelength_m, dtype=np.float64))


def coherence_length_m(
    wavelength_m: float, profile: TurbulenceProfile, path: SlantPath
) -> FloatArray:
    """Fried parameter r0 = (0.423 k² ∫ Cn² dz)^(-3/5), m (Fried 1966).

    HV 5/7 at 500 nm and zenith: 5.0 cm.
    """
    strength = path.air_mass @ profile.strength_m13
    return np.asarray((0.423 * wavenumber_per_m(wavelength_m) ** 2 * strength) ** -0.6)


def isoplanatic_angle_rad(
    wavelength_m: float, profile: TurbulenceProfile, path: SlantPath
) -> FloatArray:
    """θ0 = (2.914 k² ∫ Cn² z^(5/3) dz)^(-3/5), rad (Fried 1982).

    HV 5/7 at 500 nm and zenith: 6.9 µrad.
    """
    moment = (path.air_mass * path.distance_m ** (5.0 / 3.0)) @ profile.strength_m13
    return np.asarray((2.914 * wavenumber_per_m(wavelength_m) ** 2 * moment) ** -0.6)


def bufton_wind_m_s(
    height_above_sea_m: ArrayLike,
    ground_m_s: float = GROUND_WIND_M_S,
    tropopause_m_s: float = TROPOPAUSE_WIND_M_S,
) -> FloatArray:
    """Wind over height v_g + v_T exp(-((h - 9400)/4800)²), m/s (Bufton 1973)."""
    height = np.asarray(height_above_sea_m, dtype=np.float64)
    return np.asarray(ground_m_s + tropopause_m_s * np.exp(-(((height - 9_400.0) / 4_800.0) ** 2)))


def greenwood_frequency_hz(
    wavelength_m: float,
    profile: TurbulenceProfile,
    path: SlantPath,
    slew_rad_s: ArrayLike = 0.0,
) -> FloatArray:
    """f_G = (0.102 k² ∫ Cn² v^(5/3) dz)^(3/5), Hz (Greenwood 1977).

    v adds the wind (Bufton) and the sweep of the line of sight, slew × distance, as if parallel.
    `slew_rad_s` has the shape of the elevations. HV 5/7, zenith, no slew: 18.5 Hz at 1550 nm.
    """
    slew = np.asarray(slew_rad_s, dtype=np.float64)[..., None]
    wind = bufton_wind_m_s(profile.height_m + profile.station_altitude_m)
    speed = wind + slew * path.distance_m
    moment = (path.air_mass * speed ** (5.0 / 3.0)) @ profile.strength_m13
    return np.asarray((0.102 * wavenumber_per_m(wavelength_m) ** 2 * moment) ** 0.6)


def rytov_variance(wavelength_m: float, profile: TurbulenceProfile, path: SlantPath) -> FloatArray:
    """σ_R² = 2.25 k^(7/6) ∫ Cn² z^(5/6) dz of a plane wave coming down (dimensionless).

    Andrews & Phillips 2005, ch. 12. For a point receiver in weak turbulence it is the variance of
    log irradiance (Np²): with the profile up to 20 km, flat layers and winds of 21 and 30 m/s that
    of ITU-R P.1622, table 2.
    """
    moment = (path.air_mass * path.distance_m ** (5.0 / 6.0)) @ profile.strength_m13
    return np.asarray(2.25 * wavenumber_per_m(wavelength_m) ** (7.0 / 6.0) * moment)


def seeing_rad(wavelength_m: float, coherence_m: ArrayLike) -> FloatArray:
    """Full width at half maximum of the long-exposure seeing disc, 0.98 λ/r0, rad."""
    return np.asarray(0.98 * wavelength_m / np.asarray(coherence_m, dtype=np.float64))
