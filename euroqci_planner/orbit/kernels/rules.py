"""Where a rule forbids a pass: no dip is missed, every edge is refined.

The twin of `orbit.crossings` and `orbit.sky_rules`, one pass at a time: a rule is a margin that is
positive where it allows; gaps between nodes are split until none can hide a dip.
"""

from __future__ import annotations

import math

import numpy as np

from euroqci_planner.compilation import inner
from euroqci_planner.orbit.kernels.sky import (
    DAYLIGHT,
    EQUATORIAL_RADIUS_M,
    HORIZON_MASK,
    MOON,
    SATELLITE_SUNLIT,
    SKY_RATE_RAD_S,
    SUN,
    SUN_TOO_CLOSE,
    Contact,
    direction,
    earth_fixed,
    elevation_of,
    mask_between,
    mask_elevation,
    position_at,
    separation,
    solar_disc,
    turned_by,
)
from euroqci_planner.units import FloatArray

_SHORTEST_GAP_S = 0.25
_EDGE_TOLERANCE_S = 1e-6
_MOST_STEPS = 60
_BISECT_EVERY = 3
_PARTS = 4

# Columns of the gaps that wait: times, then what the rule sees at both ends.
_BEGIN, _END, _AT_BEGIN, _AT_END = 0, 1, 2, 6
GAP_COLUMNS = 10
MOST_GAPS = 128


@inner
def look(
    rule: float,
    tracks: FloatArray,
    contact: Contact,
    bodies: FloatArray,
    earth: FloatArray,
    mask: FloatArray,
    t_s: float,
) -> tuple[float, float, float, float]:
    """Margin of a rule at a time, and what its doubts need; a margin of NaN forbids nothing."""
    first, second, third = 0.0, 0.0, 0.0
    if rule == DAYLIGHT:
        bx, by, bz = earth_fixed(SUN, bodies, earth, contact, t_s)
        margin = contact.max_sun_elevation_rad - elevation_of(contact, bx, by, bz)
    else:
        x, y, z = position_at(tracks, contact, t_s)
        dx, dy, dz = x - contact.place[0], y - contact.place[1], z - contact.place[2]
        if rule == HORIZON_MASK:
            first, second = direction(contact, dx, dy, dz)
            third = math.sqrt(dx * dx + dy * dy + dz * dz)
            margin = first - mask_elevation(mask, contact, second)
        elif rule == SATELLITE_SUNLIT:
            bx, by, bz = earth_fixed(SUN, bodies, earth, contact, t_s)
            sun, limb, apart = solar_disc(x, y, z, bx, by, bz)
            third = math.sqrt(max(x * x + y * y + z * z - EQUATORIAL_RADIUS_M**2, 0.0))
            margin = limb - sun - apart
        else:
            third = math.sqrt(dx * dx + dy * dy + dz * dz)
            margin = _apart(rule, contact, bodies, earth, x, y, z, t_s)
    return (1.0 if math.isnan(margin) else margin), first, second, third


@inner
def _apart(
    rule: float,
    contact: Contact,
    bodies: FloatArray,
    earth: FloatArray,
    x: float,
    y: float,
    z: float,
    t_s: float,
) -> float:
    """Separation from Sun or Moon minus its limit; the Moon counts while its centre is up."""
    if rule == SUN_TOO_CLOSE:
        bx, by, bz = earth_fixed(SUN, bodies, earth, contact, t_s)
        return separation(contact, x, y, z, bx, by, bz) - contact.min_sun_separation_rad
    bx, by, bz = earth_fixed(MOON, bodies, earth, contact, t_s)
    margin = separation(contact, x, y, z, bx, by, bz) - contact.min_moon_separation_rad
    return max(margin, -elevation_of(contact, bx, by, bz))


@inner
def _is_doubtful(
    rule: float, contact: Contact, mask: FloatArray, gaps: FloatArray, gap: int
) -> bool:
    """Whether the margin may change its sign twice inside a gap whose ends agree."""
    length = gaps[gap, _END] - gaps[gap, _BEGIN]
    margins = abs(gaps[gap, _AT_BEGIN]) + abs(gaps[gap, _AT_END])
    if rule == DAYLIGHT:
        return bool(margins < SKY_RATE_RAD_S * length)
    way = 1.01 * contact.fastest_m_s * length
    nearest = min(gaps[gap, _AT_BEGIN + 3], gaps[gap, _AT_END + 3]) - 0.5 * way
    turn = (way / nearest if nearest > 0.0 else math.inf) + SKY_RATE_RAD_S * length
    if rule == SATELLITE_SUNLIT:
        return bool(margins < 2.0 * turn)
    if rule != HORIZON_MASK:
        return bool(margins < turn)
    return _mask_is_doubtful(contact, mask, gaps, gap, turn)


@inner
def _mask_is_doubtful(
    contact: Contact, mask: FloatArray, gaps: FloatArray, gap: int, turn: float
) -> bool:
    """Whether the mask between the azimuths of the gap reaches the elevations in it."""
    both = gaps[gap, _AT_BEGIN + 1] + gaps[gap, _AT_END + 1]
    lowest, highest = 0.5 * (both - turn), 0.5 * (both + turn)
    azimuth0, azimuth1 = gaps[gap, _AT_BEGIN + 2], gaps[gap, _AT_END + 2]
    way = turned_by(azimuth0, azimuth1)
    bound = turn / math.cos(highest) if highest < 0.5 * math.pi else math.inf
    half = min(0.5 * max(bound, abs(way)), math.pi)
    low, high = mask_between(mask, contact, azimuth0 + 0.5 * way, half)
    above = gaps[gap, _AT_BEGIN] >= 0.0
    return bool(lowest < high if above else highest > low)


@inner
def forbid(
    rule: float,
    tracks: FloatArray,
    contact: Contact,
    bodies: FloatArray,
    earth: FloatArray,
    mask: FloatArray,
    gaps: FloatArray,
    out: FloatArray,
    count: int,
) -> int:
    """Append to `out` (n, 2) the stretches in which the margin is negative, in µs of the window.

    `gaps` (`MOST_GAPS`, `GAP_COLUMNS`) is scratch. Daylight needs no nodes but the ends.
    """
    parts = 1 if rule == DAYLIGHT else contact.gaps
    start = math.nan
    one = look(rule, tracks, contact, bodies, earth, mask, contact.begin_s)
    if one[0] < 0.0:
        start = contact.begin_s
    begin = contact.begin_s
    for part in range(1, parts + 1):
        end = contact.begin_s + part * contact.step_s
        end = contact.end_s if part == parts else min(end, contact.end_s)
        other = look(rule, tracks, contact, bodies, earth, mask, end)
        _store(gaps, 0, begin, end, one, other)
        waiting = 1
        while waiting:
            gap = waiting - 1
            is_edge = (gaps[gap, _AT_BEGIN] >= 0.0) != (gaps[gap, _AT_END] >= 0.0)
            long = gaps[gap, _END] - gaps[gap, _BEGIN] > _SHORTEST_GAP_S
            if long and (is_edge or _is_doubtful(rule, contact, mask, gaps, gap)):
                waiting = _split(rule, tracks, contact, bodies, earth, mask, gaps, gap)
                continue
            waiting = gap
            if is_edge:
                edge = _root(rule, tracks, contact, bodies, earth, mask, gaps, gap)
                if gaps[gap, _AT_BEGIN] >= 0.0:
                    start = edge
                else:
                    count = _append(out, count, start, edge)
                    start = math.nan
        begin, one = end, other
    if one[0] < 0.0:
        count = _append(out, count, start, contact.end_s)
    return count


@inner
def _append(out: FloatArray, count: int, begin_s: float, end_s: float) -> int:
    if count < out.shape[0]:
        out[count, 0], out[count, 1] = np.rint(begin_s * 1e6), np.rint(end_s * 1e6)
    return count + 1


@inner
def _store(
    gaps: FloatArray,
    gap: int,
    begin_s: float,
    end_s: float,
    one: tuple[float, float, float, float],
    other: tuple[float, float, float, float],
) -> None:
    gaps[gap, _BEGIN], gaps[gap, _END] = begin_s, end_s
    for place in range(4):
        gaps[gap, _AT_BEGIN + place], gaps[gap, _AT_END + place] = one[place], other[place]


@inner
def _split(
    rule: float,
    tracks: FloatArray,
    contact: Contact,
    bodies: FloatArray,
    earth: FloatArray,
    mask: FloatArray,
    gaps: FloatArray,
    gap: int,
) -> int:
    """A gap in four, the last part first: the next to look at is the first. Returns their end."""
    begin, end = gaps[gap, _BEGIN], gaps[gap, _END]
    length = end - begin
    first = (
        gaps[gap, _AT_BEGIN],
        gaps[gap, _AT_BEGIN + 1],
        gaps[gap, _AT_BEGIN + 2],
        gaps[gap, _AT_BEGIN + 3],
    )
    later = (
        gaps[gap, _AT_END],
        gaps[gap, _AT_END + 1],
        gaps[gap, _AT_END + 2],
        gaps[gap, _AT_END + 3],
    )
    later_s = end
    for part in range(_PARTS - 1, -1, -1):
        at_s, seen = begin, first
        if part > 0:
            at_s = begin + part / _PARTS * length
            seen = look(rule, tracks, contact, bodies, earth, mask, at_s)
        _store(gaps, gap + _PARTS - 1 - part, at_s, later_s, seen, later)
        later, later_s = seen, at_s
    return gap + _PARTS


@inner
def _root(
    rule: float,
    tracks: FloatArray,
    contact: Contact,
    bodies: FloatArray,
    earth: FloatArray,
    mask: FloatArray,
    gaps: FloatArray,
    gap: int,
) -> float:
    """Time at which the margin changes its sign in a gap, to a microsecond.

    Illinois method (Dowell and Jarratt 1971) with a bisection in every third step.
    """
    a, b, fa, fb = gaps[gap, _BEGIN], gaps[gap, _END], gaps[gap, _AT_BEGIN], gaps[gap, _AT_END]
    for step in range(_MOST_STEPS):
        if b - a <= _EDGE_TOLERANCE_S:
            break
        guess = (a * fb - b * fa) / (fb - fa)
        inside = guess >= a and guess <= b
        if step % _BISECT_EVERY == _BISECT_EVERY - 1 or not inside:
            guess = 0.5 * (a + b)
        value, _, _, _ = look(rule, tracks, contact, bodies, earth, mask, guess)
        if (value >= 0.0) == (fa >= 0.0):
            a, fa, fb = guess, value, 0.5 * fb
        else:
            b, fb, fa = guess, value, 0.5 * fa
    middle: float = 0.5 * (a + b)
    return middle
