"""Speed and memory, each measured here and now with the workloads of the benchmarks beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import test_gui_start_up
import test_gui_tables
import test_gui_timeline
import test_key_speed
import test_map_frame
import test_pass_speed
import test_program
import test_schedule_speed
from PySide6.QtWidgets import QApplication
from realistic_passes import realistic_candidates, realistic_resources
from wide_plans import wide_plan

from euroqci_planner.app import planner
from euroqci_planner.app.table_order import SortKey
from euroqci_planner.gui.map.map_view import MapView
from euroqci_planner.gui.map.presets import MapMode
from euroqci_planner.gui.views.key_stores import KeyStoresView
from euroqci_planner.gui.views.pass_table import PassTableView
from euroqci_planner.gui.views.timeline import TimelineView
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.optimise import optimise_settings
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.timebase import instant_after

Row = tuple[str, str]
PASSES = 20_000
FRAMES = 60
_HOURS_IN = 9.0
MEGA = 1e6


def pass_search(pairs: int) -> Iterator[Row]:
    """Passes of a week of 400 satellites over 30 stations, and Skyfield on some of the pairs."""
    week = test_pass_speed.week_of_400()
    satellites, stations = len(week[0].satellites), len(week[0].stations)
    random = np.random.default_rng(20260614)
    chosen = random.choice(satellites * stations, pairs, replace=False)
    places = [(int(pair) // stations, int(pair) % stations) for pair in chosen]
    _, _, first_s = test_pass_speed._timed(
        lambda: test_pass_speed._by_skyfield(week, places[: pairs // 2])
    )
    search = partial(test_pass_speed._search, week, test_pass_speed.ENGINE, 1)
    search()
    passes, _, ours_s = test_pass_speed._timed(search)
    _, _, second_s = test_pass_speed._timed(
        lambda: test_pass_speed._by_skyfield(week, places[pairs // 2 :])
    )
    peer_s = (first_s + second_s) * satellites * stations / pairs
    engine = test_pass_speed.ENGINE.value
    yield f"passes per second ({engine}, one thread)", f"{len(passes) / ours_s:,.0f}"
    yield (
        f"ratio to Skyfield's find_events ({pairs} random pairs of {satellites * stations})",
        f"{peer_s / ours_s:,.0f}",
    )


def key_search(passes: int) -> Iterator[Row]:
    """Settings of each pass on its own, all at once, and one alone."""
    channels = test_key_speed.channels_of(test_key_speed.passes(passes))
    one = test_key_speed.channels_of(test_key_speed.passes(1))
    for bound in test_key_speed.BOUNDS:
        policy = Policy(concentration=bound)
        _, seconds = test_schedule_speed.timed(partial(optimise_settings, channels, policy))
        _, alone = test_schedule_speed.timed(partial(optimise_settings, one, policy))
        yield (
            f"key optimisations per second ({bound}, {passes:,} passes at once; one alone)",
            f"{passes / seconds:,.0f}; {1.0 / alone:,.0f}",
        )


def schedules(altitude_m: float = 1_200e3) -> Iterator[Row]:
    """Size, time and gap of schedules."""
    whole = ("to proven optimality", realistic_candidates(), realistic_resources(), 0.0)
    limits = ("2 per orbit, 8 per day, to 1 %", realistic_candidates(),
              realistic_resources(40, 30, 2, 8), 0.01)  # fmt: skip
    dense = ("a dense day of 400 satellites, to 0.2 %",
             realistic_candidates(400, 30, 1.0, altitude_m=altitude_m),
             realistic_resources(400), 0.002)  # fmt: skip
    for title, table, resources, gap in (whole, limits, dense):
        work = partial(test_schedule_speed.planned, ExactScheduler(), table, resources, gap)
        made, seconds = test_schedule_speed.timed(work)
        reached = test_schedule_speed.relative_gap(made)
        yield f"{len(table):,} candidates, {title}: time, gap", f"{seconds:.2f} s, {reached:.4%}"


def frames() -> Iterator[Row]:
    """Processor time of frames of the views over 20 000 passes."""
    application = QApplication.instance() or QApplication([])
    plan = wide_plan(PASSES)
    workspace = _open(plan)
    for title, view in (
        ("timeline, 60 rows", TimelineView(workspace)),
        ("key stores, all links", KeyStoresView(workspace)),
    ):
        view.resize(test_gui_timeline.WIDTH, 700)
        view.show()
        application.processEvents()
        if isinstance(view, KeyStoresView):
            view.choice.setCurrentIndex(view.choice.findData("all"))
        view.plot.axis.show_all()
        yield f"{title}: whole scene", _frame_text(_times(view.plot.repaint, view.plot.refresh))
        moved = _times(view.plot.repaint, partial(_move, workspace, 600.0))
        yield f"{title}: time moved", _frame_text(moved)
    yield from _table_frames(application, workspace)
    yield from _map_frames(application)


def _table_frames(application: Any, workspace: Workspace) -> Iterator[Row]:
    view = PassTableView(workspace)
    view.resize(760, 800)
    view.show()
    application.processEvents()
    bar, port = view.table.verticalScrollBar(), view.table.viewport()
    page = _times(port.repaint, lambda n: bar.setValue(300 * n))
    yield "pass table: page", _frame_text(page)
    sort = test_gui_tables.median_s(
        lambda n: view.table.set_order([SortKey("max_elevation_deg", bool(n % 2))])
    )
    yield "pass table: sort", f"{1e3 * sort:.0f} ms"


def _map_frames(application: Any) -> Iterator[Row]:
    plan = test_map_frame.plan_of_400()
    workspace = _open(plan)
    view = MapView(workspace)
    view.resize(1000, 640)
    view.show()
    application.processEvents()
    workspace.select((int(np.flatnonzero(plan.passes.max_elevation_rad > 1.0)[0]),))
    for mode in (MapMode.EUROPE, MapMode.GLOBE):
        view.set_mode(mode)
        for step_s in (2.0, 30.0):
            text = _frame_text(_times(view.canvas.grab, partial(_move, workspace, step_s)))
            yield f"map ({mode}), 400 satellites moving, {step_s:g} s a frame", text


def _move(workspace: Workspace, step_s: float, number: int) -> None:
    """Set the one time, from some hours into the plan on."""
    if workspace.scenario is not None:
        start = instant_after(workspace.scenario.start_utc, _HOURS_IN * 3_600.0)
        workspace.set_time(instant_after(start, step_s * number))


def _open(plan: Plan) -> Workspace:
    workspace = Workspace()
    workspace.set_document(plan.scenario, is_stale=False)
    workspace.set_plan(plan)
    return workspace


def _times(paint: Callable[[], object], change: Callable[..., object]) -> list[float]:
    """Processor time of frames, the first ones left out."""
    takes_number = getattr(change, "__name__", "") != "refresh"
    times = []
    for number in range(FRAMES + 5):
        change(number) if takes_number else change()
        begin = time.process_time()
        paint()
        times.append(time.process_time() - begin)
    return times[5:]


def _frame_text(times: list[float]) -> str:
    middle, slow = 1e3 * np.median(times), 1e3 * np.percentile(times, 95)
    return f"{middle:.1f} ms (95 %: {slow:.1f} ms)"


def start_up() -> Iterator[Row]:
    """Processor time from nothing to the first paint, to the plan, and of commands."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [test_gui_start_up.seconds(Path(folder)) for _ in range(3)]
        first, plan = (min(run[part] for run in runs) for part in (0, 1))
        yield "window: first paint; with the plan of the sample", f"{first:.2f} s; {plan:.2f} s"
        out = Path(folder) / "out"
        for title, arguments in (
            ("`--version`", ("--version",)),
            ("`plan` of the sample", ("plan", test_program.SAMPLE, "--out", out)),
        ):
            spent = min(test_program.processor_seconds(*arguments) for _ in range(3))
            yield title, f"{spent:.2f} s"


def memory(days: float) -> Iterator[Row]:
    """Memory of passes that are kept, and of passes that are streamed."""
    plan = planner.find_passes(test_pass_speed.week_of_400()[0])
    kept = sum(_bytes_of(table) for table in (plan.passes, plan.conditions, plan.decisions))
    count = len(plan.passes)
    yield (
        f"kept in tables: passes, conditions, decisions ({count:,} passes)",
        f"{kept / count:.0f} MB per million passes",
    )
    script = Path(__file__).with_name("pass_workload.py")
    engine = test_pass_speed.ENGINE.value
    counts = {}
    for what in ("columns", "lines"):
        command = [sys.executable, script, days, what, engine, 2]
        run = subprocess.run([str(part) for part in command], check=True, capture_output=True)
        counts[what] = json.loads(run.stdout)
    streamed = counts["columns"]["count"] / MEGA
    yield (
        f"streamed into passes.csv, {days:g} days ({streamed:.2f} million passes)",
        f"{counts['lines']['peak_mb']:.0f} MB at most in all",
    )


def _bytes_of(table: Any) -> int:
    columns = (getattr(table, item.name) for item in fields(table))
    return sum(column.nbytes for column in columns if isinstance(column, np.ndarray))


if __name__ == "__main__":
    sys.exit("this is a part of scoreboard.py")
