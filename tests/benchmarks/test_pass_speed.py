"""Passes at scale beside Skyfield, a year of a constellation, and where the time goes.

`make bench` prints the tables and writes them to `out/bench/passes.md`. The year takes some
minutes and is done on `make bench YEAR=1` alone; without it a month stands in its place. Ratios
hold inside one run; processor time counts all threads.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skyfield.api import EarthSatellite, wgs84

from euroqci_planner import compilation
from euroqci_planner.app import planner
from euroqci_planner.app.sky import Sky, sky_over
from euroqci_planner.app.streaming import Pace, PassStream
from euroqci_planner.io.exports.csv_files import table_lines
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.orbit.engine import Engine
from euroqci_planner.orbit.pass_finder import find_passes
from euroqci_planner.resources import resource

HERE = Path(__file__).parent
TABLE = HERE.parents[1] / "out" / "bench" / "passes.md"
DAY_S = 86_400.0
WEEK = 7.0
PAIRS = 150
YEAR = 365.0
MONTH = 28.0
MINIMUM_DEG = 20.0
IS_YEAR = bool(os.environ.get("YEAR"))
has_numba = compilation.is_available()
ENGINE = Engine.COMPILED if has_numba else Engine.NUMPY


@pytest.fixture(scope="module")
def report() -> Iterator[Callable[..., None]]:
    """Takes lines of the table; writes them at the end."""
    lines: list[str] = []

    def say(*more: str) -> None:
        lines.extend(more)
        print("\n".join(more))

    yield say
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text("\n".join([*lines, ""]), encoding="utf-8")


def week_of_400() -> tuple[Scenario, Sky]:
    """400 satellites over 30 stations for seven days."""
    path = resource("samples", "oneweb-400", "oneweb-400.scenario.toml")
    scenario = planner.load_scenario(path)
    assert {round(float(np.degrees(s.min_elevation_rad)), 6) for s in scenario.stations} == {
        MINIMUM_DEG
    }
    scenario = replace(scenario, duration_s=WEEK * DAY_S)
    return scenario, sky_over(scenario)


@pytest.fixture(scope="module")
def week() -> tuple[Scenario, Sky]:
    """The week, once."""
    return week_of_400()


def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Result, wall and processor time."""
    wall_s, processor_s = time.perf_counter(), time.process_time()
    result = work()
    return result, time.perf_counter() - wall_s, time.process_time() - processor_s


def _search(week: tuple[Scenario, Sky], engine: Engine, threads: int) -> PassTable:
    scenario, sky = week
    return find_passes(
        sky.fleet,
        sky.satellite_ids,
        scenario.stations,
        scenario.start_utc,
        scenario.duration_s,
        usable=sky.usable_bounds_s,
        engine=engine,
        threads=threads,
    )


def _by_skyfield(week: tuple[Scenario, Sky], pairs: list[tuple[int, int]]) -> list[int]:
    """Number of culminations over the minimum elevation of each pair."""
    scenario, sky = week
    timescale = sky.orientation.timescale()
    ends = timescale.tt_jd(*sky.orientation.tt_julian_date([0.0, scenario.duration_s]))
    found = []
    for satellite, station in pairs:
        elements, place = sky.element_sets[satellite], scenario.stations[station]
        craft = EarthSatellite(*elements.text[-2:], ts=timescale)
        latitude, longitude = np.degrees([place.latitude_rad, place.longitude_rad])
        ground = wgs84.latlon(latitude, longitude, elevation_m=place.altitude_m)
        _, events = craft.find_events(ground, ends[0], ends[1], altitude_degrees=MINIMUM_DEG)
        found.append(int(np.count_nonzero(events == 1)))
    return found


def test_passes_of_a_week_beside_skyfield(
    week: tuple[Scenario, Sky], report: Callable[..., None]
) -> None:
    random = np.random.default_rng(20260614)
    satellites, stations = len(week[0].satellites), len(week[0].stations)
    chosen = random.choice(satellites * stations, PAIRS, replace=False)
    pairs = [(int(pair) // stations, int(pair) % stations) for pair in chosen]
    half = PAIRS // 2
    first, *before = _timed(lambda: _by_skyfield(week, pairs[:half]))
    rows, ratios = [], {}
    ways = [(Engine.NUMPY, 1)] + ([(Engine.COMPILED, 1), (Engine.COMPILED, 2)] * has_numba)
    for engine, threads in ways:
        if engine is Engine.COMPILED:
            _search(week, engine, threads)
        passes, wall_s, processor_s = _timed(lambda: _search(week, engine, threads))  # noqa: B023
        rows.append((f"{engine.value}, {threads} thread(s)", len(passes), wall_s, processor_s))
    second, *after = _timed(lambda: _by_skyfield(week, pairs[half:]))
    share = satellites * stations / PAIRS
    peer_wall_s, peer_s = (share * (one + other) for one, other in zip(before, after, strict=True))
    seen = np.bincount(
        passes.satellite.astype(np.int64) * stations + passes.station,
        weights=~np.isnat(passes.culmination_utc),
        minlength=satellites * stations,
    )[chosen]
    assert np.abs(seen - (first + second)).max() <= 1
    assert np.abs(seen.sum() - sum(first + second)) <= 0.01 * seen.sum()
    report(
        f"## Passes of {satellites} satellites x {stations} stations x {WEEK:g} days, "
        f"{MINIMUM_DEG:g} deg",
        "",
        f"Skyfield's find_events on {PAIRS} random pairs (half before, half after), "
        f"{1e3 * peer_s / (satellites * stations * WEEK):.2f} ms of processor per pair and day.",
        "",
        "| way | passes | wall s | processor s | ratio by wall | ratio by processor |",
        "|---|---|---|---|---|---|",
        f"| Skyfield, 1 thread, all pairs | | {peer_wall_s:.0f} | {peer_s:.0f} | 1 | 1 |",
    )
    for name, count, wall_s, processor_s in rows:
        ratios[name] = (peer_wall_s / wall_s, peer_s / processor_s)
        report(
            f"| {name} | {count} | {wall_s:.2f} | {processor_s:.2f} "
            f"| {ratios[name][0]:.0f} | {ratios[name][1]:.0f} |"
        )
    report("")
    assert ratios["numpy, 1 thread(s)"][1] > 10.0
    if has_numba:
        assert ratios["compiled, 1 thread(s)"][1] > 100.0


@pytest.mark.skipif(not has_numba, reason="the extra [fast] is not installed")
def test_where_the_time_goes(report: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    from euroqci_planner.app import streaming  # noqa: PLC0415
    from euroqci_planner.orbit import compiled_conditions, compiled_search, pass_rows  # noqa: PLC0415

    spent: dict[str, float] = defaultdict(float)

    def timed(module: Any, name: str, label: str) -> None:
        real = getattr(module, name)

        def measured(*arguments: Any, **more: Any) -> Any:
            begin = time.thread_time()
            result = real(*arguments, **more)
            spent[label] += time.thread_time() - begin
            return result

        monkeypatch.setattr(module, name, measured)

    timed(streaming, "sky_over", "orbits, propagation gate, Sun and Moon")
    timed(compiled_search, "search", "search for passes (machine code)")
    timed(pass_rows, "pass_table", "pass tables")
    timed(compiled_conditions, "conditions", "windows, Sun, Moon, shadow (machine code)")
    timed(streaming, "conditions_of", "conditions")
    timed(streaming, "passes_columns", "columns of the file")
    path = resource("samples", "oneweb-400", "oneweb-400.scenario.toml")
    scenario = replace(planner.load_scenario(path), duration_s=WEEK * DAY_S)
    pace = Pace(engine=ENGINE, threads=1)
    list(PassStream(replace(scenario, duration_s=0.3 * DAY_S), pace=pace).tables())
    spent.clear()
    rows, begin = 0, time.thread_time()
    for table in PassStream(scenario, pace=pace).tables():
        rows += table.rows
        before = time.thread_time()
        for _ in table_lines(table):
            pass
        spent["text of the file"] += time.thread_time() - before
    whole = time.thread_time() - begin
    machine = spent["windows, Sun, Moon, shadow (machine code)"]
    spent["conditions beside the machine code"] = spent.pop("conditions") - machine
    spent["the rest: stitching, weather, counts"] = whole - sum(spent.values())
    report(
        f"## Where the time goes: {rows} passes of {WEEK:g} days, one thread",
        "",
        "| step | processor s | µs per pass | share |",
        "|---|---|---|---|",
        *(
            f"| {name} | {value:.2f} | {1e6 * value / rows:.2f} | {100.0 * value / whole:.0f} % |"
            for name, value in sorted(spent.items(), key=lambda item: -item[1])
        ),
        f"| all | {whole:.2f} | {1e6 * whole / rows:.2f} | 100 % |",
        "",
    )
    assert whole / rows < 30e-6


def _in_a_process(days: float, what: str) -> dict[str, float]:
    command = [sys.executable, HERE / "pass_workload.py", days, what, ENGINE.value, 2]
    run = subprocess.run(
        [os.fspath(part) if isinstance(part, Path) else str(part) for part in command],
        check=True,
        capture_output=True,
    )
    figures: dict[str, float] = json.loads(run.stdout)
    return figures


def test_a_long_time_of_a_constellation_in_flat_memory(report: Callable[..., None]) -> None:
    days = YEAR if IS_YEAR else MONTH
    report(
        f"## 400 satellites x 30 stations x {days:g} days, streamed, two threads"
        + ("" if IS_YEAR else " (make bench YEAR=1 does the year)"),
        "",
        "| what | count | wall s | processor s | peak memory MB |",
        "|---|---|---|---|---|",
    )
    names = {
        "geometry": "passes",
        "columns": "passes with all columns that need no link",
        "lines": "the same as the text of passes.csv (bytes)",
    }
    for what, name in names.items():
        found = _in_a_process(days, what)
        report(
            f"| {name} | {found['count']} | {found['wall_s']:.1f} | {found['processor_s']:.1f} "
            f"| {found['peak_mb']:.0f} |"
        )
        assert found["peak_mb"] < 600.0
    report("")
