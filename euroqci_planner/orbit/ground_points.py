"""Points on the ground: below satellites, below the Sun, and circles around them."""

from __future__ import annotations

import erfa
import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.units import FloatArray

MEAN_EARTH_RADIUS_M = 6_371_008.8
_WGS84 = 1


def geodetic_coordinates(
    position_m: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Latitude and longitude (rad, -π..π) and height (m) on WGS 84 of Earth-fixed points (3, ...).

    ERFA `gc2gd` (Fukushima 2006), exact to the rounding of a double. NaN for a NaN.
    """
    known = np.isfinite(position_m).all(axis=0)
    safe = np.where(known, position_m, MEAN_EARTH_RADIUS_M)
    longitude, latitude, height = erfa.gc2gd(_WGS84, np.moveaxis(safe, 0, -1))
    return (
        np.where(known, latitude, np.nan),
        np.where(known, longitude, np.nan),
        np.where(known, height, np.nan),
    )


def ground_angle_rad(height_m: ArrayLike, elevation_rad: ArrayLike) -> FloatArray:
    """Angle at the centre of the Earth between a station and the point below a satellite.

    The satellite stands `height_m` high at this geometric elevation over the station, -π/2..π/2:
    ψ = arccos(R cos e / (R + h)) - e (Wertz and Larson 1999, section 5.2). On a sphere of the
    mean radius: over the ellipsoid the elevation on the circle is off by up to 0.5 deg for low
    orbits. NaN below the ground.
    """
    height, elevation = np.asarray(height_m, np.float64), np.asarray(elevation_rad, np.float64)
    ratio = MEAN_EARTH_RADIUS_M / (MEAN_EARTH_RADIUS_M + np.where(height < 0.0, np.nan, height))
    return np.asarray(np.arccos(ratio * np.cos(elevation)) - elevation)


def small_circle(
    latitude_rad: float, longitude_rad: float, radius_rad: float, points: int
) -> tuple[FloatArray, FloatArray]:
    """Latitudes and longitudes (rad) of a circle on the sphere, clockwise from north.

    The last point is not the first again. Longitudes are -π..π.
    """
    bearing = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False)
    sine = np.sin(latitude_rad) * np.cos(radius_rad)
    sine = sine + np.cos(latitude_rad) * np.sin(radius_rad) * np.cos(bearing)
    latitude = np.arcsin(np.minimum(np.maximum(sine, -1.0), 1.0))
    east = np.arctan2(
        np.sin(bearing) * np.sin(radius_rad) * np.cos(latitude_rad),
        np.cos(radius_rad) - np.sin(latitude_rad) * sine,
    )
    longitude = np.mod(longitude_rad + east + np.pi, 2.0 * np.pi) - np.pi
    return latitude, longitude
