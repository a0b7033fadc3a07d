"""Lines of sight to a circular orbit, by elevation: samples for budgets without a pass.

Spherical Earth of 6371 km that stands still; the orbit's plane goes through the station.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.link.airmass import EARTH_RADIUS_M
from euroqci_planner.link.motion import circular_speed_m_s
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.units import FloatArray

_NIGHT_RAD = np.deg2rad(-30.0)
_ZENITH_RAD = np.deg2rad(89.9)


def slant_range_m(
    elevation_rad: ArrayLike, altitude_m: float, station_altitude_m: float = 0.0
) -> FloatArray:
    """Distance to a satellite: sqrt(r² - (ρ cos el)²) - ρ sin el, m.

    r and ρ are the distances of satellite and station from the Earth's centre.
    """
    elevation = np.asarray(elevation_rad, dtype=np.float64)
    ground, orbit = EARTH_RADIUS_M + station_altitude_m, EARTH_RADIUS_M + altitude_m
    level = ground * np.cos(elevation)
    return np.asarray(np.sqrt(orbit**2 - level**2) - ground * np.sin(elevation))


def slew_rad_s(
    elevation_rad: ArrayLike, altitude_m: float, station_altitude_m: float = 0.0
) -> FloatArray:
    """Angular speed of the line of sight in the orbit's plane: v cos n/L, n the nadir angle."""
    elevation = np.asarray(elevation_rad, dtype=np.float64)
    ratio = (EARTH_RADIUS_M + station_altitude_m) / (EARTH_RADIUS_M + altitude_m)
    across = np.sqrt(1.0 - (ratio * np.cos(elevation)) ** 2)
    distance = slant_range_m(elevation, altitude_m, station_altitude_m)
    return np.asarray(circular_speed_m_s(altitude_m) * across / distance)


def overhead_samples(
    elevation_rad: FloatArray, altitude_m: float, station_altitude_m: float = 0.0
) -> PassSamples:
    """One sample per elevation in a dark night, a pass of its own each; Sun and Moon abeam."""
    count = len(elevation_rad)
    first = np.arange(count + 1)
    return PassSamples(
        pass_row=first[:-1],
        first_sample=first,
        t_s=np.full(count, 0.5),
        slot_s=np.ones(count),
        elevation_rad=elevation_rad,
        azimuth_rad=np.zeros(count),
        range_m=slant_range_m(elevation_rad, altitude_m, station_altitude_m),
        range_rate_m_s=np.zeros(count),
        slew_rad_s=slew_rad_s(elevation_rad, altitude_m, station_altitude_m),
        sun_elevation_rad=np.full(count, _NIGHT_RAD),
        sun_azimuth_rad=np.full(count, 0.5 * np.pi),
        moon_elevation_rad=np.full(count, _NIGHT_RAD),
        moon_azimuth_rad=np.full(count, 1.5 * np.pi),
        moon_phase_angle_rad=np.zeros(count),
        sunlit_fraction=np.zeros(count),
        satellite_phase_angle_rad=np.full(count, 0.5 * np.pi),
    )


def frame_turn_rad_s(
    highest_rad: ArrayLike, altitude_m: float, station_altitude_m: float = 0.0
) -> FloatArray:
    """Turn of the polarisation frame at the culmination of a pass that culminates at this height.

    v/L (tan el + cot(el + ψ)), ψ the angle between station and satellite at the Earth's centre,
    cos(el + ψ) = ρ/r cos el: what `polarisation.frame_rotation_rate_rad_s` sees there for a
    transmit axis on the orbit normal and an azimuth mount. NaN in the zenith, where it cannot
    follow.
    """
    highest = np.asarray(highest_rad, dtype=np.float64)
    ratio = (EARTH_RADIUS_M + station_altitude_m) / (EARTH_RADIUS_M + altitude_m)
    cosine = ratio * np.cos(highest)
    sweep = circular_speed_m_s(altitude_m) / slant_range_m(highest, altitude_m, station_altitude_m)
    turn = sweep * (np.tan(highest) + cosine / np.sqrt(1.0 - cosine**2))
    return np.asarray(np.where(highest < _ZENITH_RAD, turn, np.nan))
