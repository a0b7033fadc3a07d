"""Where something happens: signs of height and slope at the nodes, station by station.

The rules are those of `orbit.elevation_scan`. While a satellite is under the horizontal plane of
a station with a minimum over the horizon, the scan goes ahead by as many nodes as it needs at
least to come up again.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.compilation import inner
from euroqci_planner.orbit.kernels.arithmetic import nothing
from euroqci_planner.orbit.kernels.geometry import (
    GRAVITY_M3_S2,
    Place,
    Stretch,
    acceleration,
    quintics,
    seen,
)
from euroqci_planner.orbit.kernels.quintic import (
    CROSSING,
    NEAREST,
    TURNING,
    Quintic,
    root,
    sine_bend,
    slope_at,
)
from euroqci_planner.units import FloatArray

BoolArray = NDArray[np.bool_]

# Kinds of candidates. A hidden top and a dip lie between two nodes on one side of the minimum.
BEGIN, RISE, TOP, NEAR, SET, END, HIDDEN_TOP, DIP, NOTHING = (float(kind) for kind in range(9))
# What is to be done with a candidate: settled, one Newton step on a crossing, one on an
# extremum, one look at its instant; WAITS for a hidden top or a dip beside it.
SETTLED, CROSSES, TURNS, LOOKS, WAITS = (float(stage) for stage in range(5))
# Columns of the candidates.
(KIND, STAGE, STATION, NODE, WHEN_S, LOW_S, HIGH_S, STEP_S, OLDER_S) = range(9)
(BEND, SLOPE, APART_S, ROUND, ELEVATION, AZIMUTH, RANGE) = range(9, 16)
COLUMNS = 16

_REACH_MARGIN = 1.2
_DIFFERENCE_RAD = 1.5e-4
_OUTSIDE_SHARE = 0.25


@inner
def scan_station(
    t_s: FloatArray,
    state: FloatArray,
    is_good: BoolArray,
    stretch: Stretch,
    place: Place,
    station: int,
    is_open: bool,
    found: FloatArray,
    count: int,
) -> int:
    """Append the candidates over one station to `found`, in order of time; their new number.

    `is_open` says that the satellite was above the minimum when the last stretch of nodes ended.
    Where there is no room, candidates are counted and not kept.
    """
    ground = place.ux * place.x + place.uy * place.y + place.uz * place.z
    skips = stretch.is_whole and place.sine_of_minimum > 0.0
    was_deep, known = True, -1
    was, climbed, neared = False, False, False
    node, nodes = nothing(), t_s.shape[0]
    while node < nodes:
        upward = place.ux * state[0, node] + place.uy * state[1, node]
        depth = ground - (upward + place.uz * state[2, node]) - stretch.bulge_m
        deep = skips and depth > 0.0 and not (node == 0 and is_open)
        if deep and was_deep:
            node += max(1, int(depth / stretch.reach_m))
            continue
        if node > 0 and known != node - 1:
            was, climbed, neared = _signs(state, is_good, node - 1, place)
        now, climbs, nears = _signs(state, is_good, node, place)
        if node == 0:
            now = is_open or (now and stretch.starts)
        elif is_good[node - 1] and is_good[node]:
            turns, near = climbed != climbs, neared and not nears
            if turns or was != now or (near and now):
                signs = (was, now, climbed, climbs, neared, nears)
                count = _interval(
                    t_s, state, stretch, place, station, node - 1, signs, found, count
                )
        elif was:
            count = _append(found, count, END, LOOKS, station, node - 1, t_s[node - 1])
        opens = (stretch.starts and not is_open) if node == 0 else not is_good[node - 1]
        if now and opens:
            count = _append(found, count, BEGIN, LOOKS, station, node, t_s[node])
        if now and node == nodes - 1 and stretch.stops:
            count = _append(found, count, END, LOOKS, station, node, t_s[node])
        was, climbed, neared, known, was_deep = now, climbs, nears, node, deep
        node += 1
    return count


@inner
def _signs(
    state: FloatArray, is_good: BoolArray, node: int, place: Place
) -> tuple[bool, bool, bool]:
    """Whether the satellite is above the minimum, climbs, and comes nearer."""
    good, here = is_good[node], seen(state, node, place)
    above = here.upward >= place.sine_of_minimum * math.sqrt(here.square)
    climbs = here.upward_rate * here.square > here.upward * here.half_square_rate
    return bool(good and above), bool(climbs), here.half_square_rate < 0.0


@inner
def _append(
    found: FloatArray,
    count: int,
    kind: float,
    stage: float,
    station: int,
    node: int,
    when_s: float,
) -> int:
    if count < found.shape[0]:
        found[count, KIND], found[count, STAGE] = kind, stage
        found[count, STATION], found[count, NODE], found[count, WHEN_S] = station, node, when_s
        found[count, STEP_S], found[count, OLDER_S] = 0.0, 0.0
        found[count, SLOPE], found[count, ROUND] = 0.0, 0.0
    return count + 1


@inner
def _interval(
    t_s: FloatArray,
    state: FloatArray,
    stretch: Stretch,
    place: Place,
    station: int,
    node: int,
    signs: tuple[bool, bool, bool, bool, bool, bool],
    found: FloatArray,
    count: int,
) -> int:
    """Append what happens between two good nodes."""
    was, now, climbed, climbs, neared, nears = signs
    top, dips = climbed and not climbs, was and now and climbs and not climbed
    begin, width = t_s[node], t_s[node + 1] - t_s[node]
    hidden = top and not (was or now) and _reaches(state, node, width, place, stretch.rate_rad_s)
    near = neared and not nears
    if not (hidden or ((was or now) and (top or near or dips or was != now))):
        return count
    up, sq = quintics(state, node, width, place, stretch.rate_rad_s)
    near = near and (not hidden or (slope_at(sq, 0.0) < 0.0 and slope_at(sq, 1.0) >= 0.0))
    wanted = (was != now, top or dips, near)
    cross, turn, nearest = _shares(up, sq, place.sine_of_minimum, now, top, wanted)
    if hidden or (now and not was):
        stage = WAITS if hidden else CROSSES
        count = _append(found, count, RISE, stage, station, node, begin + cross * width)
        bracket(found, count - 1, begin, begin + width)
    if top:
        kind = HIDDEN_TOP if hidden else TOP
        count = _append(found, count, kind, TURNS, station, node, begin + turn * width)
        bend = sine_bend(up, sq, turn) / (width * width)
        _set_extremum(state, found, count - 1, stretch, begin, width, bend)
    if near or hidden:
        kind, stage = NEAR if near else NOTHING, WAITS if hidden else LOOKS
        count = _append(found, count, kind, stage, station, node, begin + nearest * width)
    if hidden or dips or (was and not now):
        stage = CROSSES if was and not now else WAITS
        count = _append(found, count, SET, stage, station, node, begin + cross * width)
        bracket(found, count - 1, begin, begin + width)
    if dips:
        count = _append(found, count, DIP, TURNS, station, node, begin + turn * width)
        bend = sine_bend(up, sq, turn) / (width * width)
        _set_extremum(state, found, count - 1, stretch, begin, width, bend)
        count = _append(found, count, RISE, WAITS, station, node, begin)
    return count


@inner
def _shares(
    up: Quintic,
    sq: Quintic,
    sine: float,
    rises: bool,
    is_top: bool,
    wanted: tuple[bool, bool, bool],
) -> tuple[float, float, float]:
    """Shares at which the minimum is crossed, the elevation turns, the range is smallest."""
    cross = turn = nearest = 0.0
    for kind in (CROSSING, TURNING, NEAREST):
        if kind == CROSSING and wanted[0]:
            cross = root(kind, up, sq, sine, rises)
        elif kind == TURNING and wanted[1]:
            turn = root(kind, up, sq, sine, not is_top)
        elif kind == NEAREST and wanted[2]:
            nearest = root(kind, up, sq, sine, kind == NEAREST)
    return cross, turn, nearest


@inner
def bracket(found: FloatArray, row: int, low_s: float, high_s: float) -> None:
    """Where the root of a candidate lies, with fresh steps."""
    if row < found.shape[0]:
        found[row, LOW_S], found[row, HIGH_S] = low_s, high_s
        found[row, STEP_S] = found[row, OLDER_S] = high_s - low_s


@inner
def _set_extremum(
    state: FloatArray,
    found: FloatArray,
    row: int,
    stretch: Stretch,
    begin_s: float,
    width_s: float,
    bend: float,
) -> None:
    """What the search for an extremum needs: its room, its bend, where to look from."""
    if row >= found.shape[0]:
        return
    node = int(found[row, NODE])
    radius2 = state[0, node] ** 2 + state[1, node] ** 2 + state[2, node] ** 2
    found[row, APART_S] = _DIFFERENCE_RAD * math.sqrt(radius2 * math.sqrt(radius2) / GRAVITY_M3_S2)
    found[row, BEND] = bend
    found[row, LOW_S] = max(begin_s - _OUTSIDE_SHARE * width_s, stretch.usable_from_s)
    found[row, HIGH_S] = min(begin_s + (1.0 + _OUTSIDE_SHARE) * width_s, stretch.usable_until_s)


@inner
def _reaches(state: FloatArray, node: int, width: float, place: Place, rate: float) -> bool:
    """Whether a top between two nodes under the minimum may reach it (never says no wrongly).

    Between nodes `u.d` exceeds its larger end by no more than a h² / 8, and `|d|` differs from
    its nearer end by no more than v h / 2.
    """
    one, other = seen(state, node, place), seen(state, node + 1, place)
    force = max(force_at(state, node, rate), force_at(state, node + 1, rate))
    change = 0.5 * _REACH_MARGIN * max(_speed(state, node), _speed(state, node + 1)) * width
    highest = max(one.upward, other.upward) + 0.125 * _REACH_MARGIN * force * width * width
    shortest = max(math.sqrt(min(one.square, other.square)) - change, 0.0)
    longest = math.sqrt(max(one.square, other.square)) + change
    sine = place.sine_of_minimum
    return bool(highest >= sine * (shortest if sine > 0.0 else longest))


@inner
def force_at(state: FloatArray, node: int, rate: float) -> float:
    """Length of the acceleration at a node."""
    x, y, z = state[0, node], state[1, node], state[2, node]
    ax, ay, az = acceleration(x, y, z, state[3, node], state[4, node], rate)
    return math.sqrt(ax * ax + ay * ay + az * az)


@inner
def _speed(state: FloatArray, node: int) -> float:
    return math.sqrt(state[3, node] ** 2 + state[4, node] ** 2 + state[5, node] ** 2)


@inner
def reach_and_bulge(t_s: FloatArray, state: FloatArray, rate: float) -> tuple[float, float]:
    """Farthest way between two neighbouring nodes, and how far a way bends between them (m)."""
    reach, bulge = 1.0, 0.0
    for node in range(1, t_s.shape[0]):
        width = t_s[node] - t_s[node - 1]
        force = max(force_at(state, node, rate), force_at(state, node - 1, rate))
        bulge = max(bulge, 0.125 * _REACH_MARGIN * force * width * width)
        dx, dy = state[0, node] - state[0, node - 1], state[1, node] - state[1, node - 1]
        dz = state[2, node] - state[2, node - 1]
        reach = max(reach, math.sqrt(dx * dx + dy * dy + dz * dz))
    return reach, bulge
