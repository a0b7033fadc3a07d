"""Nodes of one satellite as its stations see them."""

from __future__ import annotations

import math
from typing import NamedTuple

from euroqci_planner.compilation import inner
from euroqci_planner.orbit.kernels.quintic import Quintic, Rise, between
from euroqci_planner.orbit.kernels.sgp4 import EARTH_RADIUS_M, J2
from euroqci_planner.units import FloatArray

GRAVITY_M3_S2 = 398_600.8e9


class Sites(NamedTuple):
    """Stations: Earth-fixed places (3, s), axes east, north, up (3, 3, s), sine of the minimum."""

    place_m: FloatArray
    axes: FloatArray
    sine_of_minimum: FloatArray


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
def place_of(sites: Sites, station: int) -> Place:
    """One of the stations."""
    return Place(
        sites.place_m[0, station],
        sites.place_m[1, station],
        sites.place_m[2, station],
        sites.axes[2, 0, station],
        sites.axes[2, 1, station],
        sites.axes[2, 2, station],
        sites.sine_of_minimum[station],
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
    sites: Sites, station: int, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """Elevation, azimuth (rad, from north over east) and range (m) of an Earth-fixed place."""
    dx, dy = x - sites.place_m[0, station], y - sites.place_m[1, station]
    dz = z - sites.place_m[2, station]
    east, north, up = (
        sites.axes[0, 0, station] * dx
        + sites.axes[0, 1, station] * dy
        + sites.axes[0, 2, station] * dz,
        sites.axes[1, 0, station] * dx
        + sites.axes[1, 1, station] * dy
        + sites.axes[1, 2, station] * dz,
        sites.axes[2, 0, station] * dx
        + sites.axes[2, 1, station] * dy
        + sites.axes[2, 2, station] * dz,
    )
    level2 = east * east + north * north
    azimuth = math.atan2(east, north)
    azimuth = azimuth + 2.0 * math.pi if azimuth < 0.0 else azimuth
    azimuth = 0.0 if azimuth >= 2.0 * math.pi else azimuth
    return math.atan2(up, math.sqrt(level2)), azimuth, math.sqrt(level2 + up * up)


@inner
def sine_of_elevation(place: Place, x: float, y: float, z: float) -> float:
    """Sine of the elevation of an Earth-fixed place."""
    dx, dy, dz = x - place.x, y - place.y, z - place.z
    up = place.ux * dx + place.uy * dy + place.uz * dz
    return up / math.sqrt(dx * dx + dy * dy + dz * dz)
