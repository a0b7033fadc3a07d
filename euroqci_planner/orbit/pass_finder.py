"""Passes of satellites over stations: every rise, culmination and set in a window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.node_tracks import common_steps_s, node_tracks
from euroqci_planner.orbit.pass_assembly import assemble
from euroqci_planner.orbit.pass_events import EventFinder, EventTable
from euroqci_planner.orbit.site import SiteArray
from euroqci_planner.units import FloatArray

_PROGRESS_CALLS = 50
_MOST_PAIRS_PER_BLOCK = 250_000
_FEWEST_PAIRS_PER_BLOCK = 20_000


def find_passes(
    fleet: Fleet,
    satellite_ids: Sequence[str],
    stations: Sequence[Station],
    start_utc: np.datetime64,
    duration_s: float,
    progress: Callable[[float], None] | None = None,
    usable: ArrayLike | None = None,
) -> PassTable:
    """Passes above each station's minimum elevation within `start_utc` + `duration_s`.

    `satellite_ids` name the satellites of `fleet` in its order. `usable` (n, 2) bounds the
    seconds in which a satellite's states may be trusted, as the propagation gate found them
    (default: the whole window; an empty interval: no passes); a pass is cut there as by the
    window's border. `progress` is told the share done, 0..1, some fifty times in long searches,
    and may raise to stop.

    Geometric elevation against the WGS 84 normal, no refraction, no light time. Rise and set are
    those of SGP4 and the Earth orientation to a microsecond, culminations to a millisecond
    (geostationary: 0.1 s), smallest ranges to a metre. A pass between two nodes is seen by the
    sign of the slope at them, down to a microsecond. Missed are only two extrema of elevation
    between neighbouring nodes (120 s in low orbits, up to 300 s in high ones) that lie on
    either side of the minimum: they differ by 2e-6 rad at most. Takes about 0.7 kB of memory per
    pass: search long windows of large fleets in parts. Raises ValueError where ids, bounds or
    the start do not fit the fleet.
    """
    _check(fleet, satellite_ids, start_utc)
    usable_s = _bounds(usable, len(fleet), duration_s)
    finder = EventFinder(fleet, SiteArray.of(stations), usable_s)
    tracks = node_tracks(fleet, usable_s, _nodes_per_block(fleet, usable_s, len(stations)))
    parts = [_no_events()]
    done = told = 0.0
    for track in tracks if stations else ():
        parts.append(EventTable.joined(list(finder.events(track))))
        done += track.share
        if progress is not None and done >= told + 1.0 / _PROGRESS_CALLS:
            told = done
            progress(min(done, 1.0))
    if progress is not None and told < done:
        progress(1.0)
    station_ids = [station.id for station in stations]
    return assemble(EventTable.joined(parts), satellite_ids, station_ids, fleet.start_utc)


def _check(fleet: Fleet, satellite_ids: Sequence[str], start_utc: np.datetime64) -> None:
    if len(satellite_ids) != len(fleet):
        raise ValueError(f"{len(satellite_ids)} ids for {len(fleet)} satellites")
    if start_utc.astype("datetime64[us]") != fleet.start_utc:
        raise ValueError("the fleet belongs to another window")


def _bounds(usable: ArrayLike | None, count: int, duration_s: float) -> FloatArray:
    """Usable seconds (n, 2) inside the window."""
    if usable is None:
        return np.tile(np.array([0.0, duration_s]), (count, 1))
    bounds = np.asarray(usable, dtype=np.float64).reshape(-1, 2)
    if len(bounds) != count or not np.isfinite(bounds).all():
        raise ValueError(f"usable needs {count} finite pairs of seconds")
    return np.clip(bounds, 0.0, duration_s)


def _nodes_per_block(fleet: Fleet, usable_s: FloatArray, stations: int) -> int:
    """Nodes that keep the arrays small and the progress steady."""
    step_s = np.minimum(common_steps_s(fleet), 200.0)
    pairs = stations * float(np.sum((usable_s[:, 1] - usable_s[:, 0]) / step_s))
    wanted = np.clip(pairs / _PROGRESS_CALLS, _FEWEST_PAIRS_PER_BLOCK, _MOST_PAIRS_PER_BLOCK)
    return max(int(wanted) // max(stations, 1), 2)


def _no_events() -> EventTable:
    columns: dict[str, Any] = {name: np.zeros(0) for name in EventTable.column_names()}
    return EventTable(**columns)
