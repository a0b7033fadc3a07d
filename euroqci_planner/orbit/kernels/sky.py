"""Sun, Moon and shadow over one pass; the twin of `orbit.sky_rules`, one time at a time."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from euroqci_planner.compilation import inner
from euroqci_planner.orbit.kernels.arithmetic import TWO_PI, nothing, sine_cosine
from euroqci_planner.orbit.kernels.earth import EARTH_S, piece_of, pole_turned, rotation_at
from euroqci_planner.units import FloatArray

SUN_RADIUS_M = 695_700e3
EQUATORIAL_RADIUS_M = 6_378_137.0
_POLAR_STRETCH = 1.0 / (1.0 - 1.0 / 298.257223563)
SKY_RATE_RAD_S = 1e-4

# Rules in the order of `Exclusion`.
HORIZON_MASK, DAYLIGHT, SUN_TOO_CLOSE, MOON_TOO_CLOSE, SATELLITE_SUNLIT = (
    float(code) for code in range(4, 9)
)


SUN: Any = np.int64(0)
MOON: Any = np.int64(1)
"""Not literals: what takes them would be compiled for each."""
AZIMUTH, ELEVATION = 0, 1
"""Rows of the masks (2, m): azimuths by rising value station by station, elevations."""


class Contact(NamedTuple):
    """One pass: its times, the station and its limits, and where its nodes and mask stand.

    `axes` are the rows east, north, up. Nodes `first_node` to `first_node + gaps` of the tracks
    stand `step_s` apart. The mask is `mask_begin` to `mask_end`. Sun and Moon are cubics over
    gaps of `body_step_s` from `body_begin_s` on. Numbers, not arrays: see `geometry.Place`.
    """

    begin_s: float
    end_s: float
    step_s: float
    first_node: int
    gaps: int
    fastest_m_s: float
    place: tuple[float, float, float]
    axes: tuple[float, float, float, float, float, float, float, float, float]
    max_sun_elevation_rad: float
    min_sun_separation_rad: float
    min_moon_separation_rad: float
    mask_begin: int
    mask_end: int
    body_begin_s: float
    body_step_s: float


@inner
def earth_fixed(
    body: int, bodies: FloatArray, earth: FloatArray, contact: Contact, t_s: float
) -> tuple[float, float, float]:
    """A body in the rotating Earth-fixed frame; NaN far outside the window.

    `bodies` (2, 3, gaps, 4) are the cubics of Sun and Moon in TEME, by rising power.
    """
    turns, gaps = (t_s - contact.body_begin_s) / contact.body_step_s, bodies.shape[2]
    if not (turns >= 0.0 and turns <= gaps):
        return math.nan, math.nan, math.nan
    gap = min(int(turns), gaps - 1)
    u = turns - gap
    x, y = _cubic(bodies, body, nothing(), gap, u), _cubic(bodies, body, nothing() + 1, gap, u)
    z = _cubic(bodies, body, nothing() + 2, gap, u)
    whole_s = earth[EARTH_S, -1] - earth[EARTH_S, 0]
    guess = int((t_s - earth[EARTH_S, 0]) / whole_s * earth.shape[1])
    angle, pole_x, pole_y = rotation_at(earth, t_s, piece_of(earth, t_s, guess))
    s, c = sine_cosine(angle)
    return pole_turned(c * x + s * y, c * y - s * x, z, pole_x, pole_y)


@inner
def _cubic(bodies: FloatArray, body: int, axis: int, gap: int, u: float) -> float:
    tail = bodies[body, axis, gap, 2] + u * bodies[body, axis, gap, 3]
    return float(bodies[body, axis, gap, 0] + u * (bodies[body, axis, gap, 1] + u * tail))


@inner
def position_at(tracks: FloatArray, contact: Contact, t_s: float) -> tuple[float, float, float]:
    """Satellite at a time inside the pass: quintic Hermite between nodes (9, n)."""
    turns = (t_s - contact.begin_s) / contact.step_s
    gap = min(max(math.floor(turns), 0), contact.gaps - 1)
    node, u, h = contact.first_node + gap, turns - gap, contact.step_s
    u3 = u * u * u
    p1 = u3 * (10.0 + u * (-15.0 + 6.0 * u))
    v0, v1 = h * (u + u3 * (-6.0 + u * (8.0 - 3.0 * u))), h * u3 * (-4.0 + u * (7.0 - 3.0 * u))
    a0 = 0.5 * h * h * (u * u + u3 * (-3.0 + u * (3.0 - u)))
    a1 = 0.5 * h * h * u3 * (1.0 + u * (-2.0 + u))
    x0, y0, z0 = tracks[0, node], tracks[1, node], tracks[2, node]
    x = v0 * tracks[3, node] + a0 * tracks[6, node] + p1 * (tracks[0, node + 1] - x0)
    y = v0 * tracks[4, node] + a0 * tracks[7, node] + p1 * (tracks[1, node + 1] - y0)
    z = v0 * tracks[5, node] + a0 * tracks[8, node] + p1 * (tracks[2, node + 1] - z0)
    x = x0 + (x + v1 * tracks[3, node + 1] + a1 * tracks[6, node + 1])
    y = y0 + (y + v1 * tracks[4, node + 1] + a1 * tracks[7, node + 1])
    return x, y, z0 + (z + v1 * tracks[5, node + 1] + a1 * tracks[8, node + 1])


@inner
def direction(contact: Contact, x: float, y: float, z: float) -> tuple[float, float]:
    """Elevation and azimuth (0..2 pi) of a vector from the station, in rad."""
    a = contact.axes
    east = a[0] * x + a[1] * y + a[2] * z
    north = a[3] * x + a[4] * y + a[5] * z
    up = a[6] * x + a[7] * y + a[8] * z
    azimuth = math.atan2(east, north)
    return math.atan2(up, math.sqrt(east * east + north * north)), (
        azimuth + TWO_PI if azimuth < 0.0 else azimuth
    )


@inner
def elevation_of(contact: Contact, x: float, y: float, z: float) -> float:
    """Elevation of an Earth-fixed place, in rad."""
    a, p = contact.axes, contact.place
    x, y, z = x - p[0], y - p[1], z - p[2]
    up = a[6] * x + a[7] * y + a[8] * z
    level2 = x * x + y * y + z * z - up * up
    return math.atan2(up, math.sqrt(max(level2, 0.0)))


@inner
def angle_between(ax: float, ay: float, az: float, bx: float, by: float, bz: float) -> float:
    """Angle between two vectors in 0..pi, exact at both ends."""
    cx, cy, cz = ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx
    return math.atan2(math.sqrt(cx * cx + cy * cy + cz * cz), ax * bx + ay * by + az * bz)


@inner
def separation(
    contact: Contact,
    sx: float,
    sy: float,
    sz: float,
    bx: float,
    by: float,
    bz: float,
) -> float:
    """Angle between satellite and body at the station, both places Earth-fixed."""
    p = contact.place
    return angle_between(sx - p[0], sy - p[1], sz - p[2], bx - p[0], by - p[1], bz - p[2])


@inner
def solar_disc(
    sx: float, sy: float, sz: float, bx: float, by: float, bz: float
) -> tuple[float, float, float]:
    """Angular radii of Sun and Earth and their distance as a satellite sees them.

    As `illumination.solar_disc`: the Earth is the WGS 84 ellipsoid; NaN inside it.
    """
    sz, bz = sz * _POLAR_STRETCH, bz * _POLAR_STRETCH
    tx, ty, tz = bx - sx, by - sy, bz - sz
    distance = math.sqrt(sx * sx + sy * sy + sz * sz)
    inside = distance < EQUATORIAL_RADIUS_M
    sine = math.nan if inside else EQUATORIAL_RADIUS_M / distance
    sun = math.asin(SUN_RADIUS_M / math.sqrt(tx * tx + ty * ty + tz * tz))
    return sun, math.asin(sine), angle_between(-sx, -sy, -sz, tx, ty, tz)


@inner
def plain_light_level(sx: float, sy: float, sz: float, bx: float, by: float, bz: float) -> int:
    """`light_level` where the way to the Sun passes far from the Earth's limb, else -1.

    The Sun's direction may be wrong by 0.0015 rad.
    """
    sz, bz = sz * _POLAR_STRETCH, bz * _POLAR_STRETCH
    tx, ty, tz = bx - sx, by - sy, bz - sz
    along, square = sx * tx + sy * ty + sz * tz, sx * sx + sy * sy + sz * sz
    fringe = _FAR_FROM_THE_LIMB_RAD * math.sqrt(square)
    if along >= 0.0 and square > _WELL_OUTSIDE_M2:
        return 2
    if along < 0.0:
        beside2 = square - along * along / (tx * tx + ty * ty + tz * tz)
        if beside2 > (EQUATORIAL_RADIUS_M + fringe) ** 2:
            return 2
        if beside2 < max(EQUATORIAL_RADIUS_M - fringe, 0.0) ** 2:
            return 0
    return -1


@inner
def light_level(sx: float, sy: float, sz: float, bx: float, by: float, bz: float) -> int:
    """0 in the umbra (or without a state), 1 in the penumbra, 2 in full sunlight.

    A millionth of the solar disc counts for nothing (`illumination.eclipse_states`).
    """
    if sx * bx + sy * by + sz * bz > 0.0 and sx * sx + sy * sy + sz * sz > _WELL_OUTSIDE_M2:
        return 2
    a, b, c = solar_disc(sx, sy, sz, bx, by, bz)
    if c >= a + b:
        return 2
    if c <= a - b:
        lit = 1.0 - (b / a) * (b / a)
    elif c > abs(a - b):
        lit = 1.0 - _overlap(a, b, c)
    else:
        lit = 0.0
    return (1 if lit > _NO_LIGHT else 0) + (1 if lit >= 1.0 - _NO_LIGHT else 0)


_NO_LIGHT = 1e-6
# The Sun's disc is 0.0047 rad wide.
_FAR_FROM_THE_LIMB_RAD = 0.0075
_WELL_OUTSIDE_M2 = (1.001 * EQUATORIAL_RADIUS_M) ** 2


@inner
def _overlap(a: float, b: float, c: float) -> float:
    """Share of a disc of radius `a` under a disc of radius `b`, centres `c` apart."""
    x = (c * c + a * a - b * b) / (2.0 * c)
    y = math.sqrt(max(a * a - x * x, 0.0))
    lens = a * a * math.atan2(y, x) + b * b * math.atan2(y, c - x) - c * y
    return lens / (math.pi * a * a)


@inner
def mask_elevation(mask: FloatArray, contact: Contact, azimuth: float) -> float:
    """Elevation of the mask at an azimuth, joined linearly and closed over north."""
    begin, end = contact.mask_begin, contact.mask_end
    azimuth = azimuth - TWO_PI * math.floor(azimuth / TWO_PI)
    right = begin
    while right < end and mask[AZIMUTH, right] <= azimuth:
        right += 1
    left = right - 1 if right > begin else end - 1
    low = mask[AZIMUTH, left] - (0.0 if right > begin else TWO_PI)
    high = mask[AZIMUTH, right] if right < end else mask[AZIMUTH, begin] + TWO_PI
    before = mask[ELEVATION, left]
    after = mask[ELEVATION, right] if right < end else mask[ELEVATION, begin]
    value: float = before + (after - before) / (high - low) * (azimuth - low)
    return value


@inner
def turned_by(azimuth0: float, azimuth1: float) -> float:
    """Shortest way from one azimuth to the other, -pi..pi."""
    way = azimuth1 - azimuth0 + math.pi
    return way - TWO_PI * math.floor(way / TWO_PI) - math.pi


@inner
def mask_between(
    mask: FloatArray, contact: Contact, middle: float, half: float
) -> tuple[float, float]:
    """Lowest and highest mask within `half` of the azimuth `middle`."""
    one = mask_elevation(mask, contact, middle - half)
    other = mask_elevation(mask, contact, middle + half)
    low, high = min(one, other), max(one, other)
    for point in range(contact.mask_begin, contact.mask_end):
        if abs(turned_by(middle, mask[AZIMUTH, point])) <= half:
            low = min(low, mask[ELEVATION, point])
            high = max(high, mask[ELEVATION, point])
    return low, high
