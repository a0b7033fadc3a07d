"""CPU time of a map frame: 400 real satellites moving over twenty stations, both ends of the scale.

Not part of the test run; `make bench` prints the figures. Wanted: under 8 ms a frame.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from orbit_cases import element_sets
from plan_cases import scenario as plain_scenario
from PySide6.QtWidgets import QApplication

from euroqci_planner.app import planner
from euroqci_planner.gui.map.map_view import MapView
from euroqci_planner.gui.map.presets import MapMode
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.assets import Satellite, Station
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.scenario import WeatherModel, WeatherSettings

ONEWEB = Path(__file__).parent.parent / "reference" / "data" / "tle" / "oneweb-400-2026-06-14.tle"
FRAMES = 120
WANTED_S = 8e-3


def _stations(count: int, like: Station) -> tuple[Station, ...]:
    random = np.random.default_rng(7)
    return tuple(
        replace(
            like,
            id=f"station-{number:02d}",
            name=f"Station {number:02d}",
            latitude_rad=float(np.radians(random.uniform(35.0, 62.0))),
            longitude_rad=float(np.radians(random.uniform(-10.0, 30.0))),
        )
        for number in range(count)
    )


def plan_of_400() -> Plan:
    """Passes of 400 real satellites over twenty stations, half a day."""
    made = plain_scenario()
    craft: Satellite = made.satellites[0]
    satellites = tuple(
        replace(craft, id=f"sat-{number:03d}", name=item.name, orbit=item)
        for number, item in enumerate(element_sets(ONEWEB)[:400])
    )
    stations = _stations(20, made.stations[0])
    return planner.find_passes(
        replace(
            made,
            satellites=satellites,
            stations=stations,
            duration_s=12 * 3_600.0,
            weather=WeatherSettings(model=WeatherModel.CLEAR),
        )
    )


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_of_400()


@pytest.fixture(scope="module")
def view(plan: Plan) -> MapView:
    application = QApplication.instance() or QApplication([])
    workspace = Workspace()
    workspace.set_document(plan.scenario, is_stale=False)
    workspace.set_plan(plan)
    made = MapView(workspace)
    made.resize(1000, 640)
    made.show()
    application.processEvents()
    made.kept = (application, workspace)  # type: ignore[attr-defined]
    return made


@pytest.mark.parametrize("mode", list(MapMode))
@pytest.mark.parametrize("step_s", [2.0, 30.0])
def test_a_frame_with_400_moving_satellites_is_cheap(
    view: MapView, plan: Plan, mode: MapMode, step_s: float
) -> None:
    workspace = view.kept[1]  # type: ignore[attr-defined]
    workspace.select((int(np.flatnonzero(plan.passes.max_elevation_rad > 1.0)[0]),))
    view.set_mode(mode)
    start = plan.scenario.start_utc + np.timedelta64(9, "h")
    times = []
    for frame in range(FRAMES):
        workspace.set_time(start + np.timedelta64(round(frame * step_s * 1e6), "us"))
        before = time.process_time()
        view.canvas.grab()
        times.append(time.process_time() - before)
    figures = np.array(times[20:]) * 1e3
    print(
        f"\n{mode} at {step_s:g} s a frame: median {np.median(figures):.1f} ms, "
        f"95 % {np.percentile(figures, 95):.1f} ms"
    )
    if step_s <= 2.0:
        assert np.median(figures) < 3.0 * WANTED_S * 1e3
