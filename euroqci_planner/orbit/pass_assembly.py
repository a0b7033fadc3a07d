"""From single events to passes: pairs of rise and set with what lies between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit.ephemeris import IndexArray
from euroqci_planner.orbit.node_tracks import BoolArray
from euroqci_planner.orbit.pass_events import EventKind, EventTable
from euroqci_planner.timebase import UtcArray, after
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Highest:
    """The highest point of each pass (n)."""

    t_s: FloatArray
    elevation_rad: FloatArray
    azimuth_rad: FloatArray
    is_culmination: BoolArray


def assemble(
    events: EventTable,
    satellite_ids: Sequence[str],
    station_ids: Sequence[str],
    start_utc: np.datetime64,
) -> PassTable:
    """Passes from the events of all pairs, by start, then satellite id, then station id."""
    starts = _of_kinds(events, EventKind.RISE, EventKind.BEGIN)
    ends = _of_kinds(events, EventKind.SET, EventKind.END)
    if not np.array_equal(starts.satellite, ends.satellite) or not np.array_equal(
        starts.station, ends.station
    ):
        raise RuntimeError("rises and sets do not pair")
    lasting = ends.t_s > starts.t_s
    starts, ends = starts.take(lasting), ends.take(lasting)
    highest = _highest(events, starts, ends)
    nearest_m = _smallest_range(events, starts, ends)
    table = _table(starts, ends, highest, nearest_m, start_utc, satellite_ids, station_ids)
    return table.take(_order(table))


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


def _table(
    starts: EventTable,
    ends: EventTable,
    highest: _Highest,
    nearest_m: FloatArray,
    start_utc: np.datetime64,
    satellite_ids: Sequence[str],
    station_ids: Sequence[str],
) -> PassTable:
    rises, sets = starts.kind == EventKind.RISE, ends.kind == EventKind.SET

    def at(t_s: FloatArray, known: BoolArray | None = None) -> UtcArray:
        return after(start_utc, t_s if known is None else np.where(known, t_s, np.nan))

    return PassTable(
        satellite_ids=tuple(satellite_ids),
        station_ids=tuple(station_ids),
        satellite=starts.satellite,
        station=starts.station,
        start_utc=at(starts.t_s),
        end_utc=at(ends.t_s),
        rise_utc=at(starts.t_s, rises),
        culmination_utc=at(highest.t_s, highest.is_culmination),
        set_utc=at(ends.t_s, sets),
        highest_utc=at(highest.t_s),
        max_elevation_rad=highest.elevation_rad,
        rise_azimuth_rad=np.where(rises, starts.azimuth_rad, np.nan),
        culmination_azimuth_rad=highest.azimuth_rad,
        set_azimuth_rad=np.where(sets, ends.azimuth_rad, np.nan),
        min_range_m=nearest_m,
    )


def _order(table: PassTable) -> IndexArray:
    """Rows by start, then satellite id, then station id."""
    satellite_rank = np.argsort(np.argsort(np.array(table.satellite_ids)))
    station_rank = np.argsort(np.argsort(np.array(table.station_ids)))
    keys = (station_rank[table.station], satellite_rank[table.satellite], table.start_utc)
    return np.lexsort(keys)
