"""The compiled search for passes: a few satellites over all stations and a stretch of nodes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.compilation import compiled, inner
from euroqci_planner.orbit.kernels.arithmetic import nothing
from euroqci_planner.orbit.kernels.columns import (
    END_AZIMUTH,
    END_S,
    HIGHEST,
    HIGHEST_AZIMUTH,
    HIGHEST_S,
    IS_TOP,
    NEAR_M,
    NEAR_S,
    NEAREST_M,
    PASS_COLUMNS,
    RISES,
    SATELLITE,
    SETS,
    START_AZIMUTH,
    START_S,
)
from euroqci_planner.orbit.kernels.columns import STATION as PLACE
from euroqci_planner.orbit.kernels.earth import RATE, ROTATION, earth_fixed_block
from euroqci_planner.orbit.kernels.geometry import Stretch, place_of
from euroqci_planner.orbit.kernels.refine import settle
from euroqci_planner.orbit.kernels.scan import (
    AZIMUTH,
    BEGIN,
    COLUMNS,
    ELEVATION,
    END,
    KIND,
    NEAR,
    RANGE,
    RISE,
    SET,
    STATION,
    TOP,
    WHEN_S,
    reach_and_bulge,
    scan_station,
)
from euroqci_planner.orbit.kernels.sgp4 import BLOCK, SCRATCH
from euroqci_planner.units import FloatArray

_FEWEST_ROWS = 512


@compiled
def search(
    constants: FloatArray,
    earth: FloatArray,
    stations: FloatArray,
    node_s: FloatArray,
    usable_s: tuple[float, float],
    satellites: NDArray[np.int64],
    was_open: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Passes of satellites over stations whose ends lie in a stretch of nodes.

    `constants` (satellites, 33) belong to the satellites numbered `satellites`; they share the
    nodes `node_s`, a stretch of those between the bounds `usable_s`. `was_open` are the passes
    left open by the stretch before, by satellite and station. Returns the passes that end, by
    satellite, station and time, and those left open, both (n, `PASS_COLUMNS`).
    """
    nodes, places = node_s.shape[0], stations.shape[0]
    state, is_good = np.empty((6, nodes)), np.empty(nodes, np.bool_)
    found, current = np.empty((_FEWEST_ROWS, COLUMNS)), np.empty((places, PASS_COLUMNS))
    rows, left = np.empty((_FEWEST_ROWS, PASS_COLUMNS)), np.empty((places, PASS_COLUMNS))
    ended, kept, taken = nothing(), nothing(), nothing()
    for index in range(constants.shape[0]):
        _nodes(constants[index], earth, node_s, state, is_good)
        stretch = _stretch(node_s, state, is_good, earth[RATE, 0], usable_s)
        _forget(current)
        while taken < was_open.shape[0] and was_open[taken, SATELLITE] == satellites[index]:
            _copy(was_open, taken, current, int(was_open[taken, PLACE]))
            taken += 1
        count = _scan(node_s, state, is_good, stretch, stations, current, found, nothing())
        if count > found.shape[0]:
            found = np.empty((2 * count, COLUMNS))
            count = _scan(node_s, state, is_good, stretch, stations, current, found, nothing())
        settle(constants[index], earth, node_s, state, stations, found, count)
        rows = with_room(rows, ended, count)
        ended = _assemble(found, count, current, float(satellites[index]), rows, ended)
        left = with_room(left, kept, places)
        for station in range(places):
            if current[station, SATELLITE] >= 0.0:
                _copy(current, station, left, kept)
                kept += 1
    return rows[:ended], left[:kept]


@inner
def with_room(table: FloatArray, count: int, more: int) -> FloatArray:
    """The table, or a longer copy where there is no room for more rows behind `count`."""
    if count + more <= table.shape[0]:
        return table
    longer = np.empty((2 * table.shape[0] + more, table.shape[1]))
    for row in range(count):
        for place in range(table.shape[1]):
            longer[row, place] = table[row, place]
    return longer


@inner
def _scan(
    node_s: FloatArray,
    state: FloatArray,
    is_good: NDArray[np.bool_],
    stretch: Stretch,
    stations: FloatArray,
    current: FloatArray,
    found: FloatArray,
    count: int,
) -> int:
    """Candidates over all stations; the tables are not long enough where there are more."""
    for station in range(current.shape[0]):
        is_open, place = current[station, SATELLITE] >= 0.0, place_of(stations, station)
        count = scan_station(node_s, state, is_good, stretch, place, station, is_open, found, count)
    return count


@inner
def _forget(current: FloatArray) -> None:
    for station in range(current.shape[0]):
        current[station, SATELLITE] = -1.0
        current[station, NEAR_S] = current[station, NEAR_M] = np.inf


@inner
def _copy(source: FloatArray, row: int, target: FloatArray, place: int) -> None:
    for column in range(PASS_COLUMNS):
        target[place, column] = source[row, column]


@inner
def _nodes(
    constants: FloatArray,
    earth: FloatArray,
    node_s: FloatArray,
    state: FloatArray,
    is_good: NDArray[np.bool_],
) -> None:
    """States at the nodes; zero where there are none."""
    t_s, w, turn = np.empty(BLOCK), np.empty(SCRATCH), np.empty(ROTATION)
    for begin in range(0, node_s.shape[0], BLOCK):
        length = min(BLOCK, node_s.shape[0] - begin)
        for k in range(BLOCK):
            t_s[k] = node_s[begin + min(k, length - 1)]
        earth_fixed_block(constants, earth, t_s, w, turn)
        for k in range(length):
            total = 0.0
            for row in range(6):
                total += w[row * BLOCK + k]
            good = math.isfinite(total)
            is_good[begin + k] = good
            for row in range(6):
                state[row, begin + k] = w[row * BLOCK + k] if good else 0.0


@inner
def _stretch(
    node_s: FloatArray,
    state: FloatArray,
    is_good: NDArray[np.bool_],
    rate_rad_s: float,
    usable_s: tuple[float, float],
) -> Stretch:
    whole = True
    for node in range(node_s.shape[0]):
        whole = whole and is_good[node]
    reach, bulge = reach_and_bulge(node_s, state, rate_rad_s)
    starts, stops = node_s[0] <= usable_s[0], node_s[-1] >= usable_s[1]
    return Stretch(rate_rad_s, usable_s[0], usable_s[1], starts, stops, reach, bulge, whole)


@inner
def _assemble(
    found: FloatArray,
    count: int,
    current: FloatArray,
    satellite: float,
    rows: FloatArray,
    ended: int,
) -> int:
    """Close the passes of one satellite; `current` holds the open one of each station."""
    for event in range(count):
        kind, one = found[event, KIND], int(found[event, STATION])
        if kind in (RISE, BEGIN):
            _open(found, event, current, one, satellite)
        elif kind == TOP:
            _raise(found, event, current, one, 1.0)
        elif kind == NEAR:
            _take_nearest(current, one, np.inf)
            current[one, NEAR_S], current[one, NEAR_M] = found[event, WHEN_S], found[event, RANGE]
        elif kind in (SET, END):
            _close(found, event, current, one)
            if current[one, END_S] > current[one, START_S]:
                _copy(current, one, rows, ended)
                ended += 1
            current[one, SATELLITE] = -1.0
    return ended


@inner
def _open(found: FloatArray, event: int, current: FloatArray, one: int, satellite: float) -> None:
    """A pass begins; a nearest point after the end of the one before may belong to it."""
    current[one, SATELLITE], current[one, PLACE] = satellite, found[event, STATION]
    current[one, START_S], current[one, HIGHEST_S] = found[event, WHEN_S], found[event, WHEN_S]
    current[one, START_AZIMUTH] = current[one, HIGHEST_AZIMUTH] = found[event, AZIMUTH]
    current[one, RISES] = 1.0 if found[event, KIND] == RISE else 0.0
    current[one, HIGHEST], current[one, IS_TOP] = found[event, ELEVATION], 0.0
    current[one, NEAREST_M], current[one, END_S] = found[event, RANGE], np.inf


@inner
def _raise(found: FloatArray, event: int, current: FloatArray, one: int, is_top: float) -> None:
    """The highest point so far; of equals a culmination, then the first."""
    height, before = found[event, ELEVATION], current[one, HIGHEST]
    if height > before or (height == before and is_top > current[one, IS_TOP]):
        current[one, HIGHEST], current[one, HIGHEST_S] = height, found[event, WHEN_S]
        current[one, HIGHEST_AZIMUTH], current[one, IS_TOP] = found[event, AZIMUTH], is_top


@inner
def _take_nearest(current: FloatArray, one: int, end_s: float) -> None:
    """Count the last nearest point where it lies inside the pass, and forget it then."""
    if current[one, NEAR_S] <= end_s:
        if current[one, NEAR_S] >= current[one, START_S]:
            current[one, NEAREST_M] = min(current[one, NEAREST_M], current[one, NEAR_M])
        current[one, NEAR_S] = current[one, NEAR_M] = np.inf


@inner
def _close(found: FloatArray, event: int, current: FloatArray, one: int) -> None:
    current[one, END_S], current[one, END_AZIMUTH] = found[event, WHEN_S], found[event, AZIMUTH]
    current[one, SETS] = 1.0 if found[event, KIND] == SET else 0.0
    current[one, NEAREST_M] = min(current[one, NEAREST_M], found[event, RANGE])
    _take_nearest(current, one, found[event, WHEN_S])
    _raise(found, event, current, one, 0.0)
