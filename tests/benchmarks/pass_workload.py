"""Passes of the sample `oneweb-400` over some days, in a process of their own: figures as JSON.

python pass_workload.py DAYS WHAT ENGINE THREADS

WHAT is `geometry` (passes), `columns` (and all columns of passes.csv that need no link) or
`lines` (and the text of the file, counted and not kept).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from euroqci_planner.app import planner
from euroqci_planner.app.sky import sky_over
from euroqci_planner.app.streaming import Pace, PassStream
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.orbit.engine import Engine
from euroqci_planner.orbit.pass_stream import stream_passes
from euroqci_planner.resources import resource
from euroqci_planner.units import SECONDS_PER_DAY


def scenario_of(days: float) -> Scenario:
    """400 satellites over 30 stations from 20 degrees on."""
    path = resource("samples", "oneweb-400", "oneweb-400.scenario.toml")
    return replace(planner.load_scenario(path), duration_s=days * SECONDS_PER_DAY)


def geometry(scenario: Scenario, engine: Engine, threads: int) -> Iterable[int]:
    """Passes of each part."""
    sky = sky_over(scenario)
    parts = stream_passes(
        sky.fleet,
        sky.satellite_ids,
        scenario.stations,
        scenario.start_utc,
        scenario.duration_s,
        usable=sky.usable_bounds_s,
        engine=engine,
        threads=threads,
    )
    return map(len, parts)


def work(what: str, days: float, engine: Engine, threads: int) -> int:
    """Number of passes, or of bytes of the file."""
    scenario = scenario_of(days)
    if what == "geometry":
        return sum(geometry(scenario, engine, threads))
    stream = PassStream(scenario, pace=Pace(engine=engine, threads=threads))
    if what == "columns":
        return sum(table.rows for table in stream.tables())
    return sum(map(len, stream.lines()))


def warmed(engine: Engine) -> None:
    """Load what is loaded once."""
    work("lines", 0.3, engine, 1)


def _peak_mb() -> float:
    """Largest resident memory of this program; `getrusage` counts the one that started it too."""
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    return float(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1e3


def main() -> None:
    """Do the work once and say what it took."""
    days, what = float(sys.argv[1]), sys.argv[2]
    engine, threads = Engine(sys.argv[3]), int(sys.argv[4])
    warmed(engine)
    run = partial(work, what, days, engine, threads)
    wall_s, processor_s = time.perf_counter(), time.process_time()
    count = run()
    wall_s, processor_s = time.perf_counter() - wall_s, time.process_time() - processor_s
    peak_mb = _peak_mb()
    figures = {"count": count, "wall_s": wall_s, "processor_s": processor_s, "peak_mb": peak_mb}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
