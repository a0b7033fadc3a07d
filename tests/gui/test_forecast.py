"""The forecast in the window: switches, progress, both cases side by side, the same files."""

from __future__ import annotations

import csv
import io
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from network_scenarios import requirement, with_users
from plan_cases import example_plan
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from view_cases import shown, workspace_of

from euroqci_planner.app.key_forecast import Switches, forecast_files, forecast_scenario
from euroqci_planner.app.planner import load_scenario, make_plan
from euroqci_planner.gui import theme
from euroqci_planner.gui.main_window import MainWindow
from euroqci_planner.gui.views.forecast import ForecastView
from euroqci_planner.mission.plan import Plan
from euroqci_planner.resources import resource

SAMPLE = resource("samples", "first-plan", "first-plan.scenario.toml")
LIMIT = requirement("REQ-AVAIL", "availability", "nice-athens", "at_least", 0.8)
WORK_MS = 60_000
CTRL = Qt.KeyboardModifier.ControlModifier
DOWN = "helmos"


def written(folder: Path) -> Path:
    """Two users over two days and sixty skies."""
    path = with_users(SAMPLE, folder, rate=100.0, days=2.0, more=LIMIT)
    text = path.read_text("utf-8").replace("[weather]", "[weather]\nmembers = 60")
    path.write_text(text, "utf-8")
    return path


@cache
def network_plan() -> Plan:
    with TemporaryDirectory() as folder:
        return make_plan(load_scenario(written(Path(folder))))


@pytest.fixture
def plan() -> Plan:
    return network_plan()


@pytest.fixture
def workspace(plan):
    return workspace_of(plan)


@pytest.fixture
def view(qtbot, workspace):
    return shown(qtbot, ForecastView(workspace), 900, 420)


@pytest.fixture
def window(open_window, tmp_path) -> MainWindow:
    return open_window(written(tmp_path / "users"))


def cells(view: ForecastView, page: int) -> list[list[str]]:
    model = view.tables[page].table_model
    names = view.tables[page].visible_names()
    columns = [item for name in names for item in model.content.screen if item.name == name]
    return [[model.cell_text(item, int(row)) for item in columns] for row in model.shown]


def headings(view: ForecastView, page: int) -> list[str]:
    model = view.tables[page].table_model
    titles = {item.name: item.heading for item in model.content.screen}
    return [titles[name] for name in view.tables[page].visible_names()]


def finished(qtbot: QtBot, view: ForecastView) -> None:
    qtbot.waitUntil(lambda: not view.is_running, timeout=WORK_MS)


def forecast_view(window: MainWindow) -> ForecastView:
    view = window.docks.views["forecast"]
    assert isinstance(view, ForecastView)
    return view


def test_without_a_change_only_the_planned_figures_stand_there(view, plan):
    view.run()
    assert view.found is not None
    assert view.found.switched is None
    assert "planned" not in headings(view, 0)
    ((demand, risk, *_),) = cells(view, 0)
    assert demand == "nice-athens"
    assert risk == f"{100.0 * float(plan.forecast.demands.p_empty[0]):.1f}"
    assert "As planned" in view.headline.text()


def test_a_station_that_is_ticked_with_space_stands_beside_the_plan(view, qtbot):
    row = next(
        row for row in range(view.panel.stations.list.count())
        if view.panel.stations.list.item(row).text() == DOWN
    )  # fmt: skip
    view.panel.stations.list.setFocus()
    view.panel.stations.list.setCurrentRow(row)
    QTest.keyClick(view.panel.stations.list, Qt.Key.Key_Space)
    assert view.panel.switches == Switches(without_stations=(DOWN,))
    assert view.panel.stations.label.text() == "Stations down: 1 of 10"
    qtbot.mouseClick(view.run_button, Qt.MouseButton.LeftButton)
    found = view.found
    assert found is not None
    assert found.switched is not None
    assert headings(view, 0)[:6] == [
        "Demand", "P(empty) [%]", "planned [%]", "Available [%]", "planned [%]", "Wanted [%]",
    ]  # fmt: skip
    ((_, risk, planned, available, had, wanted, *_),) = cells(view, 0)
    assert float(risk) > float(planned)
    assert float(available) < float(had)
    assert wanted == "95.00"
    assert f"Without station {DOWN}" in view.headline.text()
    assert "0 of 1 requirements met" in view.headline.text()


def test_an_arrow_says_better_or_worse_without_colour_alone(view):
    view.panel.stations.tick([DOWN])
    view.run()
    screen = {item.name: item for item in view.tables[0].table_model.content.screen}
    worse = screen["p_empty_asked"].mark(0)
    assert (worse.sign, worse.colour()) == ("\u25b2", theme.current().bad)
    less = screen["availability_asked"].mark(0)
    assert (less.sign, less.colour()) == ("\u25bc", theme.current().bad)
    assert screen["requested_bits_asked"].mark is None


def test_deposits_of_a_lost_station_are_marked_as_lost_and_select_their_pass(view, workspace):
    view.panel.stations.tick([DOWN])
    view.run()
    table = view.tables[1]
    changes = table.table_model.content.table["change"].tolist()
    assert "lost" in changes
    row = changes.index("lost")
    table.selectRow(int(table.table_model.places_of([row])[0]))
    (chosen,) = workspace.selected_rows
    passes = workspace.plan.passes
    stations = table.table_model.content.table["station_id"]
    assert passes.station_ids[int(passes.station[chosen])] == stations[row]


def test_a_demand_selects_the_contacts_that_serve_it(view, workspace, plan):
    view.run()
    view.tables[0].selectRow(0)
    rows = workspace.selected_rows
    stations = {plan.passes.station_ids[int(plan.passes.station[row])] for row in rows}
    assert stations == {"calern", "helmos"}


def test_the_other_pages_hold_classes_ways_spare_rates_and_the_climate(view):
    view.panel.factor.setValue(3.0)
    view.run()
    classes = {row[0]: row for row in cells(view, 2)}
    asked, planned = headings(view, 2).index("Asked for [kbit]"), 4
    assert headings(view, 2)[planned] == "planned [kbit]"
    figures = [float(classes["public"][place].replace("\u202f", "")) for place in (asked, planned)]
    assert figures[0] == pytest.approx(3.0 * figures[1], rel=1e-3)
    ((_, fibre, *_),) = cells(view, 3)
    assert float(fibre) < 100.0
    ((a, b, *_),) = cells(view, 4)
    assert (a, b) == ("athens", "nice")
    ((_, clearer, _, cloudier, *_),) = cells(view, 5)
    assert float(clearer) <= float(cloudier)


def test_the_clipboard_has_the_table_of_the_command_line(view, plan):
    view.panel.stations.tick([DOWN])
    view.run()
    qt_text = QGuiApplication.clipboard()
    view.copy_button.click()
    assert qt_text.text().encode() == forecast_files(view.found)["forecast.csv"]
    rows = list(csv.DictReader(io.StringIO(qt_text.text())))
    assert [row["case"] for row in rows] == ["planned", "switched"]


def test_a_second_question_takes_the_planned_outlook_as_it_is(view):
    view.run()
    first = view.found
    view.panel.factor.setValue(2.0)
    view.run()
    assert view.found.planned is first.planned
    assert view.found.switched is not None


def test_another_plan_makes_the_forecast_a_former_one_until_it_comes_back(view, workspace, plan):
    view.run()
    assert not view.former.isVisible()
    workspace.set_plan(example_plan())
    assert view.is_of_former_plan
    assert view.former.isVisible()
    workspace.set_plan(plan)
    assert not view.former.isVisible()


def test_a_plan_without_demands_says_so_and_offers_no_run(qtbot):
    view = shown(qtbot, ForecastView(workspace_of(example_plan())), 700, 400)
    assert view.empty.text().startswith("The scenario has no demand")
    assert not view.run_button.isEnabled()
    view.run()
    assert view.found is None


def test_the_switches_survive_the_session_and_nonsense_changes_nothing(qtbot, view, plan):
    view.panel.stations.tick([DOWN])
    view.panel.factor.setValue(2.5)
    view.panel.replans.setChecked(True)
    view.pages.setCurrentIndex(2)
    text = view.state()
    other = ForecastView(workspace_of(plan))
    qtbot.addWidget(other)
    other.restore_state(text)
    assert other.panel.switches == view.panel.switches
    assert other.pages.currentIndex() == 2
    for bad in ("", "[1]", '{"factor": "many"}', "{"):
        other.restore_state(bad)
        assert other.panel.switches == view.panel.switches
    other.reset_button.click()
    assert other.panel.switches == Switches()


def test_every_model_keeps_the_rules_of_qt(view):
    view.run()
    for table in view.tables:
        QAbstractItemModelTester(
            table.table_model, QAbstractItemModelTester.FailureReportingMode.Fatal
        )


def test_the_window_forecasts_by_keys_and_writes_the_files_of_the_command_line(
    qtbot, window, tmp_path
):
    QTest.keyClick(window, Qt.Key.Key_F, CTRL | Qt.KeyboardModifier.ShiftModifier)
    view = forecast_view(window)
    assert view.isVisible()
    assert view.panel.stations.list.hasFocus()
    view.panel.stations.tick([DOWN])
    assert not window.registry.action("export.forecast").isEnabled()
    assert window.registry.action("forecast.reset").isEnabled()
    QTest.keyClick(window, Qt.Key.Key_Return, CTRL)
    assert view.is_running
    assert view.run_button.text() == "Stop (Esc)"
    finished(qtbot, view)
    window.registry.run("export.forecast")
    (dialog,) = window.findChildren(QFileDialog)
    folder = tmp_path / "out"
    dialog.fileSelected.emit(str(folder))
    dialog.close()
    scenario = load_scenario(window.shell.documents.document.path)
    expected = forecast_files(forecast_scenario(scenario, Switches(without_stations=(DOWN,))))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == expected


def test_escape_and_a_new_plan_drop_the_work_and_what_is_shown_stays(qtbot, window):
    view = forecast_view(window)
    window.docks.focus("forecast")
    view.run()
    finished(qtbot, view)
    former = view.found
    view.panel.factor.setValue(2.0)
    view.run()
    assert window.shell.background.current is not None
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not view.is_running
    assert window.shell.background.current is None
    assert view.run_button.text() == "Forecast"
    view.run()
    window.shell.workspace.set_plan(window.shell.workspace.plan)
    assert not view.is_running
    window.shell.editing.ban((int(window.shell.workspace.plan.contact_rows[0]),))
    assert window.docks.docks["forecast"].windowTitle().endswith("\u25cc")
    assert window.registry.run("plan.make")
    qtbot.waitUntil(lambda: not window.shell.workspace.is_stale, timeout=WORK_MS)
    assert view.found is former
    assert view.former.isVisible()
