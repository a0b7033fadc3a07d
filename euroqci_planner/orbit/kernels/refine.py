"""From the quintics to SGP4 itself: Newton steps on propagated states, all candidates at once.

The methods are those of `orbit.pass_events`. A state is carried over the last small step by its
own velocity and acceleration, which is exact to a micrometre.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.compilation import inner
from euroqci_planner.orbit.kernels.arithmetic import nothing, whole
from euroqci_planner.orbit.kernels.earth import RATE, ROTATION, earth_fixed_block
from euroqci_planner.orbit.kernels.geometry import (
    Place,
    acceleration,
    direction,
    place_of,
    quintics,
    seen,
    sine_of_elevation,
)
from euroqci_planner.orbit.kernels.quintic import sine_bend
from euroqci_planner.orbit.kernels.scan import (
    APART_S,
    AZIMUTH,
    BEND,
    CROSSES,
    ELEVATION,
    HIDDEN_TOP,
    HIGH_S,
    KIND,
    LOOKS,
    LOW_S,
    NEAR,
    NODE,
    NOTHING,
    OLDER_S,
    RANGE,
    RISE,
    ROUND,
    SETTLED,
    SLOPE,
    STAGE,
    STATION,
    STEP_S,
    TOP,
    TURNS,
    WAITS,
    WHEN_S,
    bracket,
)
from euroqci_planner.orbit.kernels.sgp4 import BLOCK, SCRATCH
from euroqci_planner.units import FloatArray

_SHORT_STEP_S = 1e-5
_LAST_STEP_S = 2e-4
_STEEP_M_S = 50.0
_EXTREMUM_STEP_S = 1e-3
_CARRIED_S = 2e-3
_CROSSING_ROUNDS = 80
_EXTREMUM_ROUNDS = 12
_SECANT_STEP_S = 0.1


@inner
def settle(
    constants: FloatArray,
    earth: FloatArray,
    node_s: FloatArray,
    nodes: FloatArray,
    stations: FloatArray,
    found: FloatArray,
    count: int,
) -> None:
    """Bring every candidate to its instant, rounded to the microsecond, and look at it there.

    `nodes` (6, n) are the states at `node_s` (n) between which the candidates lie.
    """
    active = np.empty(count, np.int64)
    left = _unsettled(found, count, active)
    while left:
        t_s = _times(found, active[:left])
        state = np.empty((6, t_s.shape[0]))
        _propagate(constants, earth, t_s, state)
        place = nothing()
        for row in active[:left]:
            stage = found[row, STAGE]
            _update(earth[RATE, 0], node_s, nodes, stations, found, row, state, place)
            place += 2 if stage == TURNS else 1
        left = _unsettled(found, count, active)


@inner
def _unsettled(found: FloatArray, count: int, active: NDArray[np.int64]) -> int:
    """Number of candidates that need states, and their rows in `active`."""
    left = 0
    for row in range(count):
        if found[row, STAGE] != SETTLED and found[row, STAGE] != WAITS:
            active[left] = row
            left += 1
    return left


@inner
def _times(found: FloatArray, active: NDArray[np.int64]) -> FloatArray:
    """The times at which states are needed, filled up to whole blocks."""
    needed = 0
    for row in active:
        needed += 2 if found[row, STAGE] == TURNS else 1
    t_s = np.empty((needed + BLOCK - 1) // BLOCK * BLOCK)
    place = 0
    for row in active:
        when = found[row, WHEN_S]
        if found[row, STAGE] == TURNS:
            t_s[place], t_s[place + 1] = when + found[row, APART_S], when - found[row, APART_S]
            place += 2
        else:
            if found[row, STAGE] == LOOKS:
                found[row, WHEN_S] = when = microseconds(when)
            t_s[place] = when
            place += 1
    t_s[needed:] = t_s[0]
    return t_s


@inner
def microseconds(t_s: float) -> float:
    """A time rounded to the microsecond."""
    return whole(t_s * 1e6) / 1e6


@inner
def _propagate(
    constants: FloatArray, earth: FloatArray, t_s: FloatArray, state: FloatArray
) -> None:
    w, turn = np.empty(SCRATCH), np.empty(ROTATION)
    for begin in range(0, t_s.shape[0], BLOCK):
        earth_fixed_block(constants, earth, t_s[begin : begin + BLOCK], w, turn)
        for row in range(6):
            for k in range(BLOCK):
                state[row, begin + k] = w[row * BLOCK + k]


@inner
def _update(
    rate: float,
    node_s: FloatArray,
    nodes: FloatArray,
    stations: FloatArray,
    found: FloatArray,
    row: int,
    state: FloatArray,
    at: int,
) -> None:
    """One step of a candidate, with the state (or two) from column `at` on."""
    stage, station = found[row, STAGE], int(found[row, STATION])
    place, by_s = place_of(stations, station), 0.0
    if stage == CROSSES:
        by_s = _cross(place, found, row, state, at)
        x, y, z = _carried(rate, state, at, by_s)
    elif stage == TURNS:
        before_s = found[row, WHEN_S]
        _turn(place, found, row, state, at)
        if found[row, STAGE] == LOOKS and found[row, KIND] != TOP:
            by_s = found[row, WHEN_S] - before_s
            x, y, z = _between_looks(rate, state, at, found[row, APART_S], by_s)
            excess = sine_of_elevation(place, x, y, z) - place.sine_of_minimum
            _wake(rate, node_s, nodes, place, found, row, excess)
        by_s = microseconds(found[row, WHEN_S]) - before_s
        x, y, z = _between_looks(rate, state, at, found[row, APART_S], by_s)
    else:
        x, y, z = state[0, at], state[1, at], state[2, at]
    if found[row, STAGE] == LOOKS and abs(by_s) <= _CARRIED_S:
        elevation, azimuth, distance = direction(stations, station, x, y, z)
        found[row, ELEVATION], found[row, AZIMUTH], found[row, RANGE] = elevation, azimuth, distance
        found[row, WHEN_S], found[row, STAGE] = microseconds(found[row, WHEN_S]), SETTLED


@inner
def _cross(place: Place, found: FloatArray, row: int, state: FloatArray, at: int) -> float:
    """One safeguarded Newton step towards the minimum elevation (Press et al. 2007, 9.4).

    Returns the way to the instant, rounded to the microsecond, that the candidate has then.
    """
    here = seen(state, at, place)
    distance = math.sqrt(here.square)
    value = here.upward - place.sine_of_minimum * distance
    slope = here.upward_rate - place.sine_of_minimum * here.half_square_rate / distance
    when, following = found[row, WHEN_S], found[row, WHEN_S]
    if not math.isnan(value) and value != 0.0:
        end = HIGH_S if (value > 0.0) == (found[row, KIND] == RISE) else LOW_S
        found[row, end] = when
        following = when - value / slope
        usable = following >= found[row, LOW_S] and following <= found[row, HIGH_S]
        if not usable or 2.0 * abs(following - when) > found[row, OLDER_S]:
            following = 0.5 * (found[row, LOW_S] + found[row, HIGH_S])
    step = abs(following - when)
    found[row, OLDER_S], found[row, STEP_S] = found[row, STEP_S], step
    found[row, WHEN_S] = following
    found[row, ROUND] += 1.0
    last = step <= _SHORT_STEP_S or (step <= _LAST_STEP_S and abs(slope) >= _STEEP_M_S)
    if last or found[row, ROUND] >= _CROSSING_ROUNDS:
        found[row, STAGE] = LOOKS
    by_s: float = microseconds(following) - when
    return by_s


@inner
def _carried(rate: float, state: FloatArray, at: int, by_s: float) -> tuple[float, float, float]:
    """Position a moment after that of a state."""
    x, y, z = state[0, at], state[1, at], state[2, at]
    vx, vy, vz = state[3, at], state[4, at], state[5, at]
    ax, ay, az = acceleration(x, y, z, vx, vy, rate)
    half = 0.5 * by_s * by_s
    return x + by_s * vx + half * ax, y + by_s * vy + half * ay, z + by_s * vz + half * az


@inner
def _turn(place: Place, found: FloatArray, row: int, state: FloatArray, at: int) -> None:
    """One Newton step towards the highest (lowest) elevation, by the difference of directions.

    Not by velocities: those of SGP4 part from the motion of its positions.
    """
    other = at + 1
    after = sine_of_elevation(place, state[0, at], state[1, at], state[2, at])
    before = sine_of_elevation(place, state[0, other], state[1, other], state[2, other])
    slope, change = (after - before) / (2.0 * found[row, APART_S]), found[row, STEP_S]
    if abs(change) > _SECANT_STEP_S:
        bend = (slope - found[row, SLOPE]) / change
        found[row, BEND] = bend if bend * found[row, BEND] > 0.0 else found[row, BEND]
    step = -slope / found[row, BEND]
    moved = found[row, WHEN_S] + (step if math.isfinite(step) else 0.0)
    moved = min(max(moved, found[row, LOW_S]), found[row, HIGH_S])
    change = moved - found[row, WHEN_S]
    found[row, SLOPE], found[row, STEP_S], found[row, WHEN_S] = slope, change, moved
    found[row, ROUND] += 1.0
    if abs(change) <= _EXTREMUM_STEP_S or found[row, ROUND] >= _EXTREMUM_ROUNDS:
        found[row, STAGE] = LOOKS


@inner
def _between_looks(
    rate: float, state: FloatArray, at: int, apart_s: float, by_s: float
) -> tuple[float, float, float]:
    """Position `by_s` after the middle of two states that stand `apart_s` after and before it."""
    other = at + 1
    x, y = 0.5 * (state[0, at] + state[0, other]), 0.5 * (state[1, at] + state[1, other])
    z = 0.5 * (state[2, at] + state[2, other])
    vx = (state[0, at] - state[0, other]) / (2.0 * apart_s)
    vy = (state[1, at] - state[1, other]) / (2.0 * apart_s)
    vz = (state[2, at] - state[2, other]) / (2.0 * apart_s)
    ax, ay, az = acceleration(x, y, z, vx, vy, rate)
    half = 0.5 * (by_s * by_s - apart_s * apart_s)
    return x + by_s * vx + half * ax, y + by_s * vy + half * ay, z + by_s * vz + half * az


@inner
def _wake(
    rate: float,
    node_s: FloatArray,
    nodes: FloatArray,
    place: Place,
    found: FloatArray,
    row: int,
    excess: float,
) -> None:
    """Decide on a hidden top or a dip: the crossings around it start from its parabola."""
    is_top = found[row, KIND] == HIDDEN_TOP
    real = excess >= 0.0 if is_top else excess < 0.0
    before, after = row - 1, row + (2 if is_top else 1)
    if not real:
        for other in range(before, after + 1):
            found[other, KIND], found[other, STAGE] = NOTHING, SETTLED
        return
    node, when = int(found[row, NODE]), found[row, WHEN_S]
    begin, width = node_s[node], node_s[node + 1] - node_s[node]
    up, sq = quintics(nodes, node, width, place, rate)
    bend = sine_bend(up, sq, (when - begin) / width) / (width * width)
    half = math.sqrt(max(-2.0 * excess / bend, 0.0))
    bracket(found, before, min(begin, when), when)
    bracket(found, after, when, max(begin + width, when))
    found[before, WHEN_S] = max(when - half, found[before, LOW_S])
    found[after, WHEN_S] = min(when + half, found[after, HIGH_S])
    found[before, STAGE] = found[after, STAGE] = CROSSES
    if is_top:
        found[row, KIND] = TOP
        found[row + 1, STAGE] = LOOKS if found[row + 1, KIND] == NEAR else SETTLED
    else:
        found[row, KIND], found[row, STAGE] = NOTHING, SETTLED
