"""From single events to passes: pairs of rise and set with what lies between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.orbit.ephemeris import IndexArray
from euroqci_planner.orbit.kernels import columns
from euroqci_planner.orbit.node_tracks import BoolArray
from euroqci_planner.orbit.pass_events import EventKind, EventTable
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Highest:
    """The highest point of each pass (n)."""

    t_s: FloatArray
    elevation_rad: FloatArray
    azimuth_rad: FloatArray
    is_culmination: BoolArray


def assemble(events: EventTable) -> FloatArray:
    """Rows of passes (n, `PASS_COLUMNS`) from the events of all pairs."""
    starts = _of_kinds(events, EventKind.RISE, EventKind.BEGIN)
    ends = _of_kinds(events, EventKind.SET, EventKind.END)
    if not np.array_equal(starts.satellite, ends.satellite) or not np.array_equal(
        starts.station, ends.station
    ):
        raise RuntimeError("rises and sets do not pair")
    lasting = ends.t_s > starts.t_s
    starts, ends = starts.take(lasting), ends.take(lasting)
    return _rows(
        starts, ends, _highest(events, starts, ends), _smallest_range(events, starts, ends)
    )


def parted(events: EventTable) -> tuple[EventTable, EventTable]:
    """Events of the passes that have ended, and of those that are still open, one per pair."""
    starts = _of_kinds(events, EventKind.RISE, EventKind.BEGIN)
    ends = _of_kinds(events, EventKind.SET, EventKind.END)
    pairs, of_events = np.unique(_pairs(events), return_inverse=True)
    last_start, last_end = (_last_per_pair(item, pairs) for item in (starts, ends))
    is_open = _count(starts, pairs) > _count(ends, pairs)
    gate_s = np.where(np.isfinite(last_end), 0.5 * (last_end + last_start), -np.inf)
    kept = is_open[of_events] & (events.t_s >= gate_s[of_events])
    return events.take(~kept), events.take(kept)


def _pairs(events: EventTable) -> NDArray[np.int64]:
    return (events.satellite.astype(np.int64) << 32) + events.station


def _last_per_pair(events: EventTable, pairs: NDArray[np.int64]) -> FloatArray:
    """Time of the last of these events of each pair, minus infinity where there is none."""
    last_s = np.full(len(pairs), -np.inf)
    np.maximum.at(last_s, np.searchsorted(pairs, _pairs(events)), events.t_s)
    return last_s


def _count(events: EventTable, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.bincount(np.searchsorted(pairs, _pairs(events)), minlength=len(pairs))


def _of_kinds(events: EventTable, *kinds: EventKind) -> EventTable:
    """Events of these kinds by satellite, station and time."""
    rows = np.flatnonzero(np.isin(events.kind, kinds))
    keys = (events.t_s[rows], events.station[rows], events.satellite[rows])
    return events.take(rows[np.lexsort(keys)])


def _pass_of(events: EventTable, starts: EventTable, ends: EventTable) -> IndexArray:
    """Index of the pass to which each event belongs: the one on its side of the last gap."""
    same = np.zeros(len(starts), dtype=np.bool_)
    same[1:] = (np.diff(starts.satellite) == 0) & (np.diff(starts.station) == 0)
    gate_s = np.full(len(starts), -np.inf)
    gate_s[1:] = np.where(same[1:], 0.5 * (ends.t_s[:-1] + starts.t_s[1:]), -np.inf)
    t_s = np.concatenate((gate_s, events.t_s))
    station = np.concatenate((starts.station, events.station))
    satellite = np.concatenate((starts.satellite, events.satellite))
    order = np.lexsort((t_s, station, satellite))
    count = np.cumsum(order < len(starts)) - 1
    inside = order >= len(starts)
    out = np.empty(len(events), dtype=np.intp)
    out[order[inside] - len(starts)] = count[inside]
    return out


def _highest(events: EventTable, starts: EventTable, ends: EventTable) -> _Highest:
    """Highest culmination of each pass, or its border where that is higher."""
    tops = _of_kinds(events, EventKind.CULMINATION)
    points = EventTable.joined([tops, starts, ends])
    rows = np.arange(len(starts))
    owner = np.concatenate((_pass_of(tops, starts, ends), rows, rows))
    order = np.lexsort((points.t_s, points.kind != EventKind.CULMINATION, -points.elevation_rad))
    order = order[np.argsort(owner[order], kind="stable")]
    first = np.searchsorted(owner[order], rows)
    best = points.take(order[first])
    is_culmination = np.asarray(best.kind == EventKind.CULMINATION)
    return _Highest(best.t_s, best.elevation_rad, best.azimuth_rad, is_culmination)


def _smallest_range(events: EventTable, starts: EventTable, ends: EventTable) -> FloatArray:
    """Smallest range inside each pass, its ends included."""
    near = _of_kinds(events, EventKind.NEAREST)
    smallest = np.minimum(starts.range_m, ends.range_m)
    if len(starts) and len(near):
        owner = _pass_of(near, starts, ends)
        inside = (near.t_s >= starts.t_s[owner]) & (near.t_s <= ends.t_s[owner])
        np.minimum.at(smallest, owner[inside], near.range_m[inside])
    return smallest


def _rows(
    starts: EventTable, ends: EventTable, highest: _Highest, nearest_m: FloatArray
) -> FloatArray:
    rows = np.full((len(starts), columns.PASS_COLUMNS), np.nan)
    values_of = {
        columns.SATELLITE: starts.satellite,
        columns.STATION: starts.station,
        columns.START_S: starts.t_s,
        columns.RISES: starts.kind == EventKind.RISE,
        columns.START_AZIMUTH: starts.azimuth_rad,
        columns.HIGHEST_S: highest.t_s,
        columns.HIGHEST: highest.elevation_rad,
        columns.HIGHEST_AZIMUTH: highest.azimuth_rad,
        columns.IS_TOP: highest.is_culmination,
        columns.NEAREST_M: nearest_m,
        columns.END_S: ends.t_s,
        columns.SETS: ends.kind == EventKind.SET,
        columns.END_AZIMUTH: ends.azimuth_rad,
    }
    for place, values in values_of.items():
        rows[:, place] = values
    return rows
