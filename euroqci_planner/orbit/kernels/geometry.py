"""Nodes of one satellite as its stations see them."""

from __future__ import annotations

import math
from typing import NamedTuple

from euroqci_planner.compilation import inner
from euroqci_planner.orbit.kernels.arithmetic import TWO_PI
from euroqci_planner.orbit.kernels.quintic import Quintic, Rise, between
from euroqci_planner.orbit.kernels.sgp4 import EARTH_RADIUS_M, J2
from euroqci_planner.units import FloatArray

GRAVITY_M3_S2 = 398_600.8e9


# Columns of the stations (s, 19): Earth-fixed place (m), axes east, north, up behind one another,
# limits in rad. Infinite or zero where a rule does not hold; the mask is a stretch of points.
X, Y, Z, EAST_X, EAST_Y, EAST_Z, NORTH_X, NORTH_Y, NORTH_Z, UP_X, UP_Y, UP_Z = range(12)
MIN_ELEVATION, MAX_SUN_ELEVATION, MIN_SUN_SEPARATION, MIN_MOON_SEPARATION = range(12, 16)
MASK_BEGIN, MASK_END, SINE_OF_MINIMUM = 16, 17, 18
STATION_COLUMNS = 19


class Place(NamedTuple):
    """One station: Earth-fixed place (m), vertical, sine of the minimum elevation.

    Numbers, not arrays: an array that is named in a loop is counted there, and that takes longer
    than the work.
    """

    x: float
    y: float
    z: float
    ux: float
    uy: float
    uz: float
    sine_of_minimum: float


class Stretch(NamedTuple):
    """What the nodes of a satellite have in common.

    `usable_from_s` and `usable_until_s` bound the usable time; `starts` and `stops` say that the
    first and the last node stand there. `reach_m` is the farthest way between two nodes,
    `bulge_m` how far a way bends between them; `is_whole` that every node has a state.
    """

    rate_rad_s: float
    usable_from_s: float
    usable_until_s: float
    starts: bool
    stops: bool
    reach_m: float
    bulge_m: float
    is_whole: bool


class Seen(NamedTuple):
    """A node from a station: `u.d`, `|d|²`, the rate of the first, half the rate of the second."""

    upward: float
    square: float
    upward_rate: float
    half_square_rate: float


@inner
def acceleration(
    x: float, y: float, z: float, vx: float, vy: float, rate: float
) -> tuple[float, float, float]:
    """Acceleration in the rotating frame: point mass, J2, Coriolis, centrifugal.

    Vallado 2013, equations 8-30 (J2) and 3-29 (rotating frame), as in `ephemeris`.
    """
    radius2 = x * x + y * y + z * z
    pull = -GRAVITY_M3_S2 / (radius2 * math.sqrt(radius2))
    flat = 1.5 * J2 * EARTH_RADIUS_M * EARTH_RADIUS_M / radius2
    sine2 = 5.0 * z * z / radius2
    across = pull * (1.0 + flat * (1.0 - sine2)) + rate * rate
    ax, ay = across * x + 2.0 * rate * vy, across * y - 2.0 * rate * vx
    return ax, ay, pull * (1.0 + flat * (3.0 - sine2)) * z


@inner
def place_of(stations: FloatArray, station: int) -> Place:
    """One of the stations."""
    return Place(
        stations[station, X],
        stations[station, Y],
        stations[station, Z],
        stations[station, UP_X],
        stations[station, UP_Y],
        stations[station, UP_Z],
        stations[station, SINE_OF_MINIMUM],
    )


@inner
def seen(state: FloatArray, node: int, place: Place) -> Seen:
    """What the search needs to know of a node, from its state (6, n)."""
    dx, dy, dz = state[0, node] - place.x, state[1, node] - place.y, state[2, node] - place.z
    vx, vy, vz = state[3, node], state[4, node], state[5, node]
    return Seen(
        place.ux * dx + place.uy * dy + place.uz * dz,
        dx * dx + dy * dy + dz * dz,
        place.ux * vx + place.uy * vy + place.uz * vz,
        dx * vx + dy * vy + dz * vz,
    )


@inner
def _ends(state: FloatArray, node: int, place: Place, rate: float) -> tuple[Rise, Rise]:
    """`u.d` and `|d|²` with two derivatives at a node."""
    here = seen(state, node, place)
    x, y, z = state[0, node], state[1, node], state[2, node]
    vx, vy, vz = state[3, node], state[4, node], state[5, node]
    ax, ay, az = acceleration(x, y, z, vx, vy, rate)
    bend = place.ux * ax + place.uy * ay + place.uz * az
    pull = (x - place.x) * ax + (y - place.y) * ay + (z - place.z) * az
    square_bend = 2.0 * (vx * vx + vy * vy + vz * vz + pull)
    upward = Rise(here.upward, here.upward_rate, bend)
    return upward, Rise(here.square, 2.0 * here.half_square_rate, square_bend)


@inner
def quintics(
    state: FloatArray, node: int, width_s: float, place: Place, rate: float
) -> tuple[Quintic, Quintic]:
    """`u.d` and `|d|²` between a node and the next, `width_s` later."""
    up0, sq0 = _ends(state, node, place, rate)
    up1, sq1 = _ends(state, node + 1, place, rate)
    return between(up0, up1, width_s), between(sq0, sq1, width_s)


@inner
def direction(
    stations: FloatArray, station: int, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """Elevation, azimuth (rad, from north over east) and range (m) of an Earth-fixed place."""
    dx, dy = x - stations[station, X], y - stations[station, Y]
    dz = z - stations[station, Z]
    east = stations[station, EAST_X] * dx + stations[station, EAST_Y] * dy
    east = east + stations[station, EAST_Z] * dz
    north = stations[station, NORTH_X] * dx + stations[station, NORTH_Y] * dy
    north = north + stations[station, NORTH_Z] * dz
    up = stations[station, UP_X] * dx + stations[station, UP_Y] * dy + stations[station, UP_Z] * dz
    level2 = east * east + north * north
    azimuth = math.atan2(east, north)
    azimuth = azimuth + TWO_PI if azimuth < 0.0 else azimuth
    azimuth = 0.0 if azimuth >= TWO_PI else azimuth
    return math.atan2(up, math.sqrt(level2)), azimuth, math.sqrt(level2 + up * up)


@inner
def sine_of_elevation(place: Place, x: float, y: float, z: float) -> float:
    """Sine of the elevation of an Earth-fixed place."""
    dx, dy, dz = x - place.x, y - place.y, z - place.z
    up = place.ux * dx + place.uy * dy + place.uz * dz
    return up / math.sqrt(dx * dx + dy * dy + dz * dz)
