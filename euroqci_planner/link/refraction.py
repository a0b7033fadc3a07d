"""Refraction of the line of sight by the air, and how it differs between two wavelengths.

Elevations are geometric (true). A receiver that tracks a beacon sees its own light refracted
differently; light of two colours from one satellite also takes two ways through the turbulence.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.link.airmass import inside_validity
from euroqci_planner.units import FloatArray

STANDARD_PRESSURE_PA = 101_325.0
STANDARD_TEMPERATURE_K = 288.15
DENSITY_SCALE_HEIGHT_M = 8_000.0
_ARCMINUTE_RAD = np.deg2rad(1.0 / 60.0)
_MICROMETRES_PER_METRE = 1e6


def refractivity(
    wavelength_m: ArrayLike,
    pressure_pa: ArrayLike = STANDARD_PRESSURE_PA,
    temperature_k: ArrayLike = STANDARD_TEMPERATURE_K,
) -> FloatArray:
    """n - 1 of dry air (Edlén 1966): 2.778e-4 at 550 nm, 15 °C and 1013 hPa.

    (n-1) 1e8 = 8342.54 + 2406147/(130 - s²) + 15998/(38.9 - s²) with s = 1/λ in µm⁻¹, in
    proportion to P/T. Wavelengths in vacuum from 230 to 1700 nm.
    """
    squared = (np.asarray(wavelength_m, dtype=np.float64) * _MICROMETRES_PER_METRE) ** -2
    standard = 8_342.54 + 2_406_147.0 / (130.0 - squared) + 15_998.0 / (38.9 - squared)
    density = np.asarray(pressure_pa) / STANDARD_PRESSURE_PA
    warmth = np.asarray(temperature_k) / STANDARD_TEMPERATURE_K
    return np.asarray(1e-8 * standard * density / warmth)


def station_temperature_k(altitude_m: ArrayLike) -> FloatArray:
    """Temperature of the standard atmosphere, 288.15 K - 6.5 K/km, up to 11 km; NaN outside."""
    altitude = np.asarray(altitude_m, dtype=np.float64)
    altitude = np.where((altitude >= -500.0) & (altitude <= 11_000.0), altitude, np.nan)
    return np.asarray(STANDARD_TEMPERATURE_K - 6.5e-3 * altitude)


def refraction_rad(
    elevation_rad: ArrayLike,
    pressure_pa: ArrayLike = 101_000.0,
    temperature_k: ArrayLike = 283.0,
) -> FloatArray:
    """Apparent minus true elevation for visible light (Saemundsson 1986).

    1.02'/tan(h + 10.3/(h + 5.11)) with h in degrees, × P/1010 hPa × 283 K/T: 5.4' at 10°. Good to
    0.1' above 5°; NaN outside 5..90°.
    """
    degrees = np.rad2deg(inside_validity(elevation_rad))
    tangent = np.tan(np.deg2rad(degrees + 10.3 / (degrees + 5.11)))
    air = np.asarray(pressure_pa) / 101_000.0 * 283.0 / np.asarray(temperature_k)
    return np.asarray(1.02 * _ARCMINUTE_RAD / tangent * air)


def chromatic_refraction_rad(
    elevation_rad: ArrayLike,
    wavelength_m: ArrayLike,
    other_wavelength_m: ArrayLike,
    pressure_pa: ArrayLike = STANDARD_PRESSURE_PA,
    temperature_k: ArrayLike = STANDARD_TEMPERATURE_K,
) -> FloatArray:
    """How much higher the first wavelength is seen than the other: Δn cot el, rad.

    10.7 µrad between 785 and 1550 nm at 10°. Flat layers; NaN outside 5..90°.
    """
    first = refractivity(wavelength_m, pressure_pa, temperature_k)
    other = refractivity(other_wavelength_m, pressure_pa, temperature_k)
    return np.asarray((first - other) / np.tan(inside_validity(elevation_rad)))


def chromatic_displacement_m(
    separation_rad: ArrayLike, height_m: FloatArray, air_mass: FloatArray
) -> FloatArray:
    """Distance between the rays of two colours at heights above the telescope, m.

    They arrive `separation_rad` apart and part as the air thins: separation · m · H (1 - e^(-h/H))
    with H = 8 km. Heights and air masses along the last axis.
    """
    layer = DENSITY_SCALE_HEIGHT_M * -np.expm1(-height_m / DENSITY_SCALE_HEIGHT_M)
    separation = np.abs(np.asarray(separation_rad, dtype=np.float64))
    return np.asarray(separation[..., None] * air_mass * layer)
