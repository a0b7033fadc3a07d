"""The way through the layers above a station: distance and air mass at every height.

Arrays carry the heights as their last axis and whatever shape the elevations have before it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.link.airmass import EARTH_RADIUS_M, inside_validity
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class SlantPath:
    """Straight lines of sight: metres from the telescope and metres of path per metre of height."""

    distance_m: FloatArray
    air_mass: FloatArray


def flat_path(elevation_rad: ArrayLike, height_m: FloatArray) -> SlantPath:
    """Path through flat layers: distance h/sin el, air mass 1/sin el at all heights.

    The form of published turbulence formulas (sec z). Against a spherical Earth it overstates
    the Rytov variance by 1.2 % at 20° and by 19 % at 5°. NaN outside 5..90°.
    """
    cosecant = 1.0 / np.sin(inside_validity(elevation_rad))[..., None]
    return SlantPath(height_m * cosecant, cosecant * np.ones_like(height_m))


def spherical_path(
    elevation_rad: ArrayLike, height_m: FloatArray, station_altitude_m: float = 0.0
) -> SlantPath:
    """Path through spherical layers, `height_m` above the station, without refraction.

    With R the station's distance from the Earth's centre and c = R cos el: distance
    sqrt((R+h)² - c²) - R sin el, air mass (R+h)/sqrt((R+h)² - c²). NaN outside 5..90°.
    """
    elevation = inside_validity(elevation_rad)[..., None]
    radius = EARTH_RADIUS_M + station_altitude_m
    top = np.sqrt((radius + height_m) ** 2 - (radius * np.cos(elevation)) ** 2)
    return SlantPath(top - radius * np.sin(elevation), (radius + height_m) / top)
