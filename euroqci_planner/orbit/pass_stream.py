"""Passes of long windows and large fleets, a stretch of time after the other, in flat memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.compilation import THREADS
from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit import pass_rows
from euroqci_planner.orbit.engine import Engine, is_compiled
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.kernels import columns
from euroqci_planner.orbit.node_tracks import COMMON_STEPS_S, even_groups
from euroqci_planner.orbit.pass_sources import (
    NumpySearch,
    PassSource,
    WholeSearch,
    numpy_sources,
    searched_in_stretches,
)
from euroqci_planner.orbit.site import SiteArray
from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

PAIR_DAYS_PER_PART = 12_000.0
"""Satellites times stations times days: some fifty thousand passes of low orbits."""
_SHORTEST_PART_S = 3_600.0
_PROGRESS_CALLS = 50
_LATE_S = max(COMMON_STEPS_S)
"""What is found behind a border begins no earlier than this before it."""

Progress = Callable[[float], None]


def stream_passes(
    fleet: Fleet,
    satellite_ids: Sequence[str],
    stations: Sequence[Station],
    start_utc: np.datetime64,
    duration_s: float,
    *,
    chunk_s: float | None = None,
    progress: Progress | None = None,
    usable: ArrayLike | None = None,
    engine: Engine = Engine.AUTO,
    threads: int = THREADS,
) -> Iterator[PassTable]:
    """The passes of `find_passes` in parts, one for every `chunk_s` seconds of the window.

    Without `chunk_s` the parts are as long as `part_length_s` says.

    The parts behind one another are the whole table, row for row and bit for bit, whatever the
    length of the parts and the number of threads (which only the compiled engine uses). A pass
    over the border of two stretches stands in the part in which its turn comes by its start.
    Memory follows the passes of one part, with two exceptions: satellites in deep space and on
    eccentric orbits are searched whole before the first part, and a pass that lasts over many
    parts keeps back those that start after it. Other arguments and faults as in `find_passes`.
    """
    if len(satellite_ids) != len(fleet):
        raise ValueError(f"{len(satellite_ids)} ids for {len(fleet)} satellites")
    if start_utc.astype("datetime64[us]") != fleet.start_utc:
        raise ValueError("the fleet belongs to another window")
    if chunk_s is None:
        chunk_s = part_length_s(len(fleet), len(stations), duration_s)
    if not chunk_s > 0.0 or threads < 1:
        raise ValueError("parts need a length and at least one thread")
    usable_s = _bounds(usable, len(fleet), duration_s)
    sources = _sources(fleet, stations, usable_s, _told(progress), engine, threads)
    ends = np.append(np.arange(chunk_s, duration_s, chunk_s), np.inf)
    station_ids = [station.id for station in stations]
    tables = _stream(sources, ends, satellite_ids, station_ids, fleet.start_utc)
    return _finished(tables, progress)


def part_length_s(satellites: int, stations: int, duration_s: float) -> float:
    """Length of parts whose arrays stay small: `PAIR_DAYS_PER_PART`, an hour at least."""
    pairs = max(satellites * stations, 1)
    wanted_s = max(PAIR_DAYS_PER_PART / pairs * SECONDS_PER_DAY, _SHORTEST_PART_S)
    return min(wanted_s, duration_s)


def _finished(tables: Iterator[PassTable], progress: Progress | None) -> Iterator[PassTable]:
    yield from tables
    if progress is not None:
        progress(1.0)


def _bounds(usable: ArrayLike | None, count: int, duration_s: float) -> FloatArray:
    """Usable seconds (n, 2) inside the window."""
    if usable is None:
        return np.tile(np.array([0.0, duration_s]), (count, 1))
    bounds = np.asarray(usable, dtype=np.float64).reshape(-1, 2)
    if len(bounds) != count or not np.isfinite(bounds).all():
        raise ValueError(f"usable needs {count} finite pairs of seconds")
    return np.clip(bounds, 0.0, duration_s)


def _told(progress: Progress | None) -> Progress:
    """Takes shares of the work; tells their sum some fifty times."""
    done = told = 0.0

    def more(share: float) -> None:
        nonlocal done, told
        done += share
        if progress is not None and told + 1.0 / _PROGRESS_CALLS <= done < 1.0 - 1e-9:
            told = done
            progress(done)

    return more


def _sources(
    fleet: Fleet,
    stations: Sequence[Station],
    usable_s: FloatArray,
    told: Progress,
    engine: Engine,
    threads: int,
) -> Sequence[PassSource]:
    """Low and nearly circular orbits stretch by stretch, the others whole."""
    sites, in_stretches = SiteArray.of(stations), searched_in_stretches(fleet)
    length_s = float(np.max(usable_s[:, 1], initial=0.0))
    if not stations or not is_compiled(engine, len(fleet), len(stations), length_s):
        search = NumpySearch(fleet, sites, usable_s, told)
        return numpy_sources(search, in_stretches) if stations else ()
    from euroqci_planner.orbit.compiled_search import (  # noqa: PLC0415 (an extra)
        CompiledSearch,
    )
    from euroqci_planner.orbit.kernel_inputs import compiled_sgp4  # noqa: PLC0415

    propagator = compiled_sgp4(fleet)
    in_stretches &= propagator.is_compiled
    whole = NumpySearch(replace(fleet, propagator=propagator), sites, usable_s, told)
    groups = list(even_groups(fleet, usable_s, in_stretches))
    compiled = CompiledSearch(fleet, sites, groups, told, threads)
    return WholeSearch(whole, ~in_stretches), compiled


def _stream(
    sources: Sequence[PassSource],
    ends_s: FloatArray,
    satellite_ids: Sequence[str],
    station_ids: Sequence[str],
    start_utc: np.datetime64,
) -> Iterator[PassTable]:
    """Merge what the sources find: a row is due once nothing earlier can come."""
    waiting = pass_rows.no_rows()
    for end_s in ends_s:
        found = [item.until(float(end_s)) for item in sources]
        rows = np.concatenate([waiting, *(ended for ended, _ in found)])
        settled_s = min([end_s - _LATE_S, *(opened_s for _, opened_s in found)])
        due = rows[:, columns.START_S] < settled_s
        waiting = rows[~due]
        yield pass_rows.pass_table(rows[due], satellite_ids, station_ids, start_utc)
