"""Air masses: how much longer the slanted way through each layer is than the vertical one.

Gas, haze and ozone lie at different heights, so each has its own air mass. All functions take
the geometric elevation and give NaN outside 5 to 90 degrees: nearer to the horizon refraction
bends the ray so far that a straight path misstates the layers that hold water and haze.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.units import FloatArray

EARTH_RADIUS_M = 6_371_000.0
MIN_ELEVATION_RAD = np.deg2rad(5.0)
MAX_ELEVATION_RAD = np.pi / 2.0
AEROSOL_SCALE_HEIGHT_M = 1_000.0
WATER_SCALE_HEIGHT_M = 2_000.0
OZONE_HEIGHT_M = 22_000.0

_ROUNDING_RAD = 1e-9
_LAGUERRE_NODES, _LAGUERRE_WEIGHTS = np.polynomial.laguerre.laggauss(6)


def inside_validity(elevation_rad: ArrayLike) -> FloatArray:
    """The elevation where it lies in 5..90 degrees, NaN elsewhere."""
    elevation = np.asarray(elevation_rad, dtype=np.float64)
    inside = (elevation >= MIN_ELEVATION_RAD - _ROUNDING_RAD) & (
        elevation <= MAX_ELEVATION_RAD + _ROUNDING_RAD
    )
    return np.asarray(np.where(inside, elevation, np.nan))


def kasten_young_air_mass(elevation_rad: ArrayLike) -> FloatArray:
    """Relative air mass of the well-mixed atmosphere: Rayleigh scattering and dry gases.

    10.31 at 5°, 5.59 at 10°. NaN outside 5..90°. Kasten & Young 1989 (Appl. Opt. 28, 4735), eq. 3.
    """
    elevation = inside_validity(elevation_rad)
    degrees = np.rad2deg(elevation)
    return np.asarray(1.0 / (np.sin(elevation) + 0.50572 * (degrees + 6.07995) ** -1.6364))


def exponential_layer_air_mass(
    elevation_rad: ArrayLike, scale_height_m: float, station_altitude_m: float = 0.0
) -> FloatArray:
    """Air mass of a layer that thins as exp(-z/H) over a spherical Earth, straight rays.

    m = ∫ e^(-z/H) / sqrt(1 - (cos el · R/(R+z))²) dz / H with R the station's distance from the
    centre of the Earth, by six-node Gauss–Laguerre quadrature (within 1e-9 of the integral above
    5° for H up to 2 km). 11.25 at 5° for H = 1 km. NaN outside 5..90°.
    """
    squared = np.cos(inside_validity(elevation_rad)) ** 2
    radius = EARTH_RADIUS_M + station_altitude_m
    total = np.zeros_like(squared)
    for node, weight in zip(_LAGUERRE_NODES, _LAGUERRE_WEIGHTS, strict=True):
        ratio = radius / (radius + scale_height_m * node)
        total += weight / np.sqrt(1.0 - ratio * ratio * squared)
    return np.asarray(total)


def shell_air_mass(
    elevation_rad: ArrayLike, height_m: float, station_altitude_m: float = 0.0
) -> FloatArray:
    """Air mass of a thin shell at `height_m` above sea level, straight rays.

    m = 1/sqrt(1 - (cos el · (R+h0)/(R+h))²): 8.33 at 5° and 5.21 at 10° for the ozone at 22 km.
    NaN outside 5..90°.
    """
    cosine = np.cos(inside_validity(elevation_rad))
    incidence = cosine * (EARTH_RADIUS_M + station_altitude_m) / (EARTH_RADIUS_M + height_m)
    return np.asarray(1.0 / np.sqrt(1.0 - incidence * incidence))


def plane_air_mass(elevation_rad: ArrayLike) -> FloatArray:
    """Air mass of a flat layer, 1/sin el, used for cirrus. NaN outside 5..90°."""
    return np.asarray(1.0 / np.sin(inside_validity(elevation_rad)))


@dataclass(frozen=True, slots=True, kw_only=True)
class AirMasses:
    """The air mass of every layer at the same elevations (dimensionless, any one shape)."""

    dry: FloatArray
    aerosol: FloatArray
    water: FloatArray
    ozone: FloatArray
    cirrus: FloatArray


def air_masses(elevation_rad: ArrayLike, station_altitude_m: float = 0.0) -> AirMasses:
    """All air masses above a station at once; NaN outside 5..90°."""
    height = station_altitude_m
    return AirMasses(
        dry=kasten_young_air_mass(elevation_rad),
        aerosol=exponential_layer_air_mass(elevation_rad, AEROSOL_SCALE_HEIGHT_M, height),
        water=exponential_layer_air_mass(elevation_rad, WATER_SCALE_HEIGHT_M, height),
        ozone=shell_air_mass(elevation_rad, OZONE_HEIGHT_M, height),
        cirrus=plane_air_mass(elevation_rad),
    )
