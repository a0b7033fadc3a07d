"""Which passes of a source of entangled pairs meet: two stations that see it at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import Role
from euroqci_planner.mission.pass_table import PassConditions, PassTable
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.timebase import UtcArray, seconds_between

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

_SHORTEST_S = 1e-6


class CommonPasses(NamedTuple):
    """Pairs of passes whose usable windows meet: rows of both, and the time they have in common.

    The station of `pass_a` comes before that of `pass_b` in order of id.
    """

    pass_a: Rows
    pass_b: Rows
    start_utc: UtcArray
    end_utc: UtcArray


def is_source(scenario: Scenario) -> Mask:
    """Which satellites only send pairs to two stations, by satellite."""
    roles = [item.role is Role.ENTANGLED_SOURCE for item in scenario.satellites]
    return np.array(roles, dtype=np.bool_)


def common_passes(
    passes: PassTable, conditions: PassConditions, chosen: Mask, wanted: Mask, min_dwell_s: float
) -> CommonPasses:
    """All pairs of the `chosen` passes of one satellite over two stations that meet long enough.

    `wanted` (stations, stations) says which pairs of stations count, either way round. In order of
    start, then of the passes. Work grows with passes times those that meet them.
    """
    rows = np.flatnonzero(chosen & ~np.isnat(conditions.usable_start_utc))
    if not rows.size:
        return CommonPasses(rows, rows, *(np.zeros(0, "datetime64[us]") for _ in range(2)))
    start, end = _on_one_axis(passes, conditions, rows)
    order = np.argsort(start, kind="stable")
    rows, start, end = rows[order], start[order], end[order]
    met = np.searchsorted(start, end, side="left") - np.arange(len(rows)) - 1
    one = np.repeat(np.arange(len(rows)), met)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(met) - met, met)
    common_s = 1e-6 * (np.minimum(end[one], end[other]) - start[other])
    station = passes.station[rows]
    kept = (common_s >= max(min_dwell_s, _SHORTEST_S)) & (station[one] != station[other])
    kept &= wanted[station[one], station[other]] | wanted[station[other], station[one]]
    return _ordered(passes, conditions, rows[one[kept]], rows[other[kept]])


def _on_one_axis(
    passes: PassTable, conditions: PassConditions, rows: Rows
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Microseconds of the windows, every satellite on a stretch of its own."""
    start, end = (
        edge[rows].astype(np.int64)
        for edge in (conditions.usable_start_utc, conditions.usable_end_utc)
    )
    origin = start.min()
    shift = passes.satellite[rows].astype(np.int64) * (end.max() - origin + 1) - origin
    return start + shift, end + shift


def _ordered(passes: PassTable, conditions: PassConditions, one: Rows, other: Rows) -> CommonPasses:
    ids = np.array(passes.station_ids, dtype=np.str_)
    swap = ids[passes.station[one]] > ids[passes.station[other]]
    first, second = np.where(swap, other, one), np.where(swap, one, other)
    start = np.maximum(conditions.usable_start_utc[one], conditions.usable_start_utc[other])
    end = np.minimum(conditions.usable_end_utc[one], conditions.usable_end_utc[other])
    order = np.lexsort((second, first, start))
    return CommonPasses(first[order], second[order], start[order], end[order])


def middles_utc(passes: PassTable, common: CommonPasses) -> UtcArray:
    """Half way between the highest points of both passes."""
    one, other = passes.highest_utc[common.pass_a], passes.highest_utc[common.pass_b]
    half_us = np.round(0.5e6 * seconds_between(one, other)).astype("timedelta64[us]")
    return np.asarray(one + half_us)
