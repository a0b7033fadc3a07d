"""Where stations are: WGS 84 positions, local axes, and the direction to a satellite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.mission.assets import Station
from euroqci_planner.units import FloatArray, wrapped_azimuth_rad

WGS84_EQUATORIAL_RADIUS_M = 6_378_137.0
WGS84_FLATTENING = 1.0 / 298.257223563


def geodetic_position_m(
    latitude_rad: ArrayLike, longitude_rad: ArrayLike, altitude_m: ArrayLike
) -> FloatArray:
    """Earth-fixed position (3, ...) in m of geodetic coordinates on WGS 84.

    Vallado 2013, equations 3-7 and 3-14.
    """
    squash = (1.0 - WGS84_FLATTENING) ** 2
    cos, sin = np.cos(latitude_rad), np.sin(latitude_rad)
    normal = WGS84_EQUATORIAL_RADIUS_M / np.sqrt(cos * cos + squash * sin * sin)
    across = (normal + np.asarray(altitude_m)) * cos
    x, y = across * np.cos(longitude_rad), across * np.sin(longitude_rad)
    return np.array([x, y, (squash * normal + np.asarray(altitude_m)) * sin])


def east_north_up(latitude_rad: ArrayLike, longitude_rad: ArrayLike) -> FloatArray:
    """Rows east, north, up (3, 3, ...) in Earth-fixed axes; up is the normal of the ellipsoid.

    At a pole the longitude says which way east is.
    """
    sf, cf = np.sin(latitude_rad), np.cos(latitude_rad)
    sl, cl = np.sin(longitude_rad), np.cos(longitude_rad)
    zero = np.zeros_like(sf * sl)
    return np.array(
        [[-sl, cl, zero], [-sf * cl, -sf * sl, cf + zero], [cf * cl, cf * sl, sf + zero]]
    )


def elevation_azimuth_range(
    axes: FloatArray, from_site_m: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Elevation and azimuth (rad, from north over east) and length (m) of a vector (3, ...).

    `axes` are rows east, north, up, (3, 3) or (3, 3, ...). No refraction. At the zenith the
    azimuth is what rounding leaves.
    """
    east, north, up = (
        row[0] * from_site_m[0] + row[1] * from_site_m[1] + row[2] * from_site_m[2] for row in axes
    )
    level = np.hypot(east, north)
    azimuth = wrapped_azimuth_rad(np.arctan2(east, north))
    return np.arctan2(up, level), azimuth, np.asarray(np.hypot(level, up))


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One station: Earth-fixed position (3,) in m and local axes (3, 3), rows east, north, up."""

    position_m: FloatArray
    axes: FloatArray

    @classmethod
    def of(cls, station: Station) -> Self:
        """The geometry of a station."""
        latitude, longitude = station.latitude_rad, station.longitude_rad
        position = geodetic_position_m(latitude, longitude, station.altitude_m)
        return cls(position, east_north_up(latitude, longitude))

    def elevation_azimuth_range(
        self, position_m: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Elevation and azimuth in rad and slant range in m of Earth-fixed positions (3, ...)."""
        own = self.position_m.reshape((3,) + (1,) * (np.ndim(position_m) - 1))
        return elevation_azimuth_range(self.axes, position_m - own)


@dataclass(frozen=True, slots=True, eq=False)
class SiteArray:
    """Several stations: positions (3, s), axes (3, 3, s) and the sine of the minimum elevation."""

    position_m: FloatArray
    axes: FloatArray
    sine_of_minimum: FloatArray

    @classmethod
    def of(cls, stations: Sequence[Station]) -> Self:
        """The geometry of all stations, in their order."""
        latitude = np.array([station.latitude_rad for station in stations], dtype=np.float64)
        longitude = np.array([station.longitude_rad for station in stations], dtype=np.float64)
        altitude = np.array([station.altitude_m for station in stations], dtype=np.float64)
        minimum = np.array([station.min_elevation_rad for station in stations], dtype=np.float64)
        position = geodetic_position_m(latitude, longitude, altitude)
        return cls(position, east_north_up(latitude, longitude), np.asarray(np.sin(minimum)))

    @property
    def up(self) -> FloatArray:
        """Unit vectors (3, s) along the ellipsoid normals."""
        return np.asarray(self.axes[2])
