"""The sentence up to the usable windows for any length of time: passes go by in parts.

Part after part goes from the search to the lines of `passes.csv`; what remains of it are counts.
Memory follows the passes of one part, whatever the length of the scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from euroqci_planner.app.background_windows import has_background_rule
from euroqci_planner.app.geometry import conditions_of
from euroqci_planner.app.link_and_key import refuse_links
from euroqci_planner.app.outcomes import (
    counts_of,
    import_report,
    outcomes_of_counts,
    refuse_lost_satellites,
)
from euroqci_planner.app.plan_without_keys import plan_without_keys
from euroqci_planner.app.progress import Progress
from euroqci_planner.app.sky import Sky, sky_over
from euroqci_planner.app.warm_up import compile_for
from euroqci_planner.compilation import THREADS
from euroqci_planner.io.atomic_write import write_folder
from euroqci_planner.io.exports.csv_files import header_line, table_lines
from euroqci_planner.io.exports.plan_folder import streamed_files
from euroqci_planner.mission.named_columns import PlanColumns
from euroqci_planner.mission.pass_counts import PassCounts
from euroqci_planner.mission.pass_table import PassConditions, PassTable
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_columns import passes_columns
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.orbit.engine import Engine
from euroqci_planner.orbit.pass_stream import stream_passes
from euroqci_planner.units import SECONDS_PER_DAY

STREAM_STAGES = (("orbits", 1.0), ("passes", 9.0))


@dataclass(frozen=True, slots=True)
class Pace:
    """How passes go by: days of a part (None: so long that memory stays flat), engine, threads.

    None of it changes a pass by more than a microsecond; the parts and the threads change no bit.
    """

    part_days: float | None = None
    engine: Engine = Engine.AUTO
    threads: int = THREADS


class PassStream:
    """The passes of a scenario part by part, to be gone through once.

    The lines of all parts are the bytes that `planner.find_passes` and `planner.plan_files` give
    for the whole. Raises as `planner.find_passes` does, but for want of memory.
    """

    def __init__(
        self, scenario: Scenario, progress: Progress | None = None, pace: Pace | None = None
    ) -> None:
        """Nothing is computed before the first part is asked for."""
        self._scenario = scenario
        self._progress = (progress or Progress()).staged(STREAM_STAGES)
        self._pace = pace or Pace()
        self._sky: Sky | None = None
        self._counts: PassCounts | None = None

    def tables(self) -> Iterator[PlanColumns]:
        """The columns of `passes.csv` for the passes of each part."""
        for part, earlier in self._plans():
            yield passes_columns(part, earlier)

    def lines(self) -> Iterator[bytes]:
        """The content of `passes.csv` in pieces; one part is written while the next is computed."""
        with ThreadPoolExecutor(1) as writer:
            begun, waiting = False, None
            for part, earlier in self._plans():
                following = writer.submit(_lines_of, part, earlier, with_header=not begun)
                if waiting is not None:
                    yield from waiting.result()
                begun, waiting = True, following
            if waiting is not None:
                yield from waiting.result()

    def plan(self) -> Plan:
        """The plan without its passes once all have gone by: their counts, and why."""
        if self._sky is None or self._counts is None:
            raise ValueError("the passes have not gone by yet")
        scenario, sky, counts = self._scenario, self._sky, self._counts
        none = np.zeros(len(scenario.satellites), dtype=np.int64)
        return self._plan_of(
            sky,
            *_no_passes(scenario),
            outcomes=outcomes_of_counts(scenario, sky, counts, none),
            import_report=import_report(scenario, sky),
            counts=counts,
        )

    def _plans(self) -> Iterator[tuple[Plan, PassTable]]:
        """A plan for each part, and the passes before it that share a minute with its own."""
        sky = self._looked_up()
        earlier = _no_passes(self._scenario)[0]
        with self._progress.stage("passes") as advance:
            scenario, pace = self._scenario, self._pace
            for passes in self._parts(sky, advance):
                conditions = conditions_of(scenario, sky, passes, pace.engine, pace.threads)
                part = self._plan_of(sky, passes, conditions)
                counts = counts_of(passes, conditions, part.decisions)
                self._counts = counts if self._counts is None else self._counts + counts
                yield part, earlier
                earlier = _still_in_its_minute(earlier, passes)
        self._progress.finished()

    def _looked_up(self) -> Sky:
        if self._sky is not None:
            raise ValueError("the passes have gone by")
        compile_for(self._scenario, self._progress, self._pace.engine)
        with self._progress.stage("orbits"):
            self._sky = sky_over(self._scenario)
            refuse_lost_satellites(self._scenario, self._sky)
            if has_background_rule(self._scenario):
                refuse_links(self._scenario)
        return self._sky

    def _parts(self, sky: Sky, advance: Callable[[float], None]) -> Iterator[PassTable]:
        scenario, pace = self._scenario, self._pace
        return stream_passes(
            sky.fleet,
            sky.satellite_ids,
            scenario.stations,
            scenario.start_utc,
            scenario.duration_s,
            chunk_s=None if pace.part_days is None else pace.part_days * SECONDS_PER_DAY,
            progress=advance,
            usable=sky.usable_bounds_s,
            engine=pace.engine,
            threads=pace.threads,
        )

    def _plan_of(
        self, sky: Sky, passes: PassTable, conditions: PassConditions, **more: Any
    ) -> Plan:
        fields: dict[str, Any] = {"outcomes": (), "import_report": ()} | more
        return plan_without_keys(self._scenario, sky, passes, conditions, **fields)


def write_passes(
    scenario: Scenario,
    folder: Path,
    progress: Progress | None = None,
    pace: Pace | None = None,
) -> tuple[Plan, tuple[Path, ...]]:
    """Find passes and write them as they are found: the plan with their counts, and the paths.

    The files are those of `planner.write_plan`; all are written, or none is changed. Raises
    `OutputError` where the folder cannot be written.
    """
    stream = PassStream(scenario, progress, pace)
    written = write_folder(folder, streamed_files(stream.lines(), stream.plan))
    return stream.plan(), written


def passes_summary(
    scenario: Scenario, progress: Progress | None = None, pace: Pace | None = None
) -> tuple[Plan, bytes]:
    """The plan with the counts of the passes, and its `summary.json`; the passes are not kept."""
    stream = PassStream(scenario, progress, pace)
    content = b""
    for parts in streamed_files(stream.lines(), stream.plan).values():
        content = _last(parts)
    return stream.plan(), content


def _last(parts: Iterable[bytes]) -> bytes:
    content = b""
    for part in parts:
        content = part
    return content


def _lines_of(part: Plan, earlier: PassTable, *, with_header: bool) -> list[bytes]:
    table = passes_columns(part, earlier)
    return [*([header_line(table)] if with_header else []), *table_lines(table)]


def _still_in_its_minute(earlier: PassTable, passes: PassTable) -> PassTable:
    """Passes so far whose highest point shares a minute with passes that are still to come."""
    if not len(passes):
        return earlier
    minute_utc = passes.start_utc[-1].astype("datetime64[m]")
    both = PassTable.joined([earlier, passes])
    return both.take(both.highest_utc >= minute_utc)


def _no_passes(scenario: Scenario) -> tuple[PassTable, PassConditions]:
    columns: dict[str, Any] = {name: np.zeros(0) for name in PassTable.column_names()}
    passes = PassTable(
        satellite_ids=tuple(item.id for item in scenario.satellites),
        station_ids=tuple(item.id for item in scenario.stations),
        **columns,
    )
    columns = {name: np.zeros(0) for name in PassConditions.column_names()}
    return passes, PassConditions(**columns)
