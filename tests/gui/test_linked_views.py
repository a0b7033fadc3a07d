"""One selection, one time: what is done in one view of the window shows in all the others."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from euroqci_planner.gui import theme
from euroqci_planner.gui.main_window import MainWindow
from euroqci_planner.mission.plan import PassState, Plan, Reason
from euroqci_planner.timebase import seconds_between

LEFT = Qt.MouseButton.LeftButton
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
HALF_HOUR = np.timedelta64(1_800, "s")
PLAN_MS = 60_000


@pytest.fixture
def plan(window: MainWindow) -> Plan:
    made = window.shell.workspace.plan
    assert made is not None
    return made


def look_at(window: MainWindow, row: int) -> None:
    """Set time and time axis to a pass, without selecting it."""
    workspace, plan = window.shell.workspace, window.shell.workspace.plan
    assert plan is not None
    middle = plan.passes.highest_utc[row]
    workspace.set_window(middle - HALF_HOUR, middle + HALF_HOUR)
    workspace.set_time(middle)
    QApplication.processEvents()


def click_bar(window: MainWindow, row: int, keys: Qt.KeyboardModifier | None = None) -> None:
    plot = window.docks.views["timeline"].plot
    place = plot.bar_area(row).center().toPoint()
    QTest.mouseClick(plot, LEFT, keys or Qt.KeyboardModifier.NoModifier, place)
    QApplication.processEvents()


def click_row(window: MainWindow, row: int) -> None:
    table = window.docks.views["passes"].table
    place = int(table.table_model.places_of(np.array([row]))[0])
    index = table.table_model.index(place, 0)
    table.scrollTo(index)
    QTest.mouseClick(table.viewport(), LEFT, pos=table.visualRect(index).center())


def click_satellite(window: MainWindow, row: int) -> None:
    plan, canvas = window.shell.workspace.plan, window.docks.views["map"].canvas
    assert plan is not None
    satellite = int(plan.passes.satellite[row])
    stage = canvas.stage
    place = QPointF(stage.satellite_x[satellite], stage.satellite_y[satellite]).toPoint()
    QTest.mouseClick(canvas, LEFT, pos=place)


def link_of(plan: Plan, row: int) -> tuple[str, str]:
    passes = plan.passes
    return (
        passes.satellite_ids[int(passes.satellite[row])],
        passes.station_ids[int(passes.station[row])],
    )


def pixels(image: QImage, at: QPoint, name: str, reach: int = 4) -> int:
    ratio = image.devicePixelRatio()
    found = 0
    for y in range(at.y() - reach, at.y() + reach + 1):
        for x in range(at.x() - reach, at.x() + reach + 1):
            inside = image.valid(round(x * ratio), round(y * ratio))
            found += inside and image.pixelColor(round(x * ratio), round(y * ratio)).name() == name
    return found


def track_point(window: MainWindow, row: int) -> QPoint:
    """A point on the track of a pass, away from the satellite and the station."""
    plan, canvas = window.shell.workspace.plan, window.docks.views["map"].canvas
    assert plan is not None
    usable = plan.conditions
    points = canvas.scene.track(
        int(plan.passes.satellite[row]),
        usable.usable_start_utc[row],
        usable.usable_end_utc[row],
        10.0,
    )
    x, y = canvas.viewport.place(points.latitude_rad, points.longitude_rad)
    inside = np.flatnonzero(
        (x > 8) & (x < canvas.width() - 8) & (y > 8) & (y < canvas.height() - 8)
    )
    place = int(inside[len(inside) // 4])
    return QPoint(round(float(x[place])), round(float(y[place])))


def assert_all_show(window: MainWindow, row: int, qtbot: QtBot) -> None:
    views, plan = window.docks.views, window.shell.workspace.plan
    assert plan is not None
    assert window.shell.workspace.selected_rows == (row,)
    assert views["passes"].table.selected_rows() == (row,)
    inspector = views["inspector"]
    qtbot.waitUntil(lambda: inspector.shown is not None and inspector.shown.row == row)
    assert str(plan.passes.pass_ids()[row]) in inspector._title.text()
    arc = inspector.shown.arc
    x, y = inspector.sky.place(arc.elevation_rad, arc.azimuth_rad)
    middle = int(np.argmin(np.abs(arc.t_s)))
    at = QPoint(round(float(x[middle])), round(float(y[middle])))
    now = theme.current().now.name()
    assert pixels(inspector.sky.grab().toImage(), at, now, 8) > 8
    assert views["stores"].plot.chosen() == link_of(plan, row)


def test_a_click_on_a_bar_leads_table_inspector_sky_stores_and_map(window, plan, qtbot):
    row = int(plan.contact_rows[6])
    look_at(window, row)
    canvas = window.docks.views["map"].canvas
    window.shell.workspace.select(())
    colour = theme.current().satellite(int(plan.passes.satellite[row])).name()
    before = canvas.grab().toImage()
    click_bar(window, row)
    assert_all_show(window, row, qtbot)
    at = track_point(window, row)
    assert pixels(canvas.grab().toImage(), at, colour) > pixels(before, at, colour) + 4


@pytest.mark.parametrize("click", [click_row, click_satellite, click_bar])
def test_a_pass_clicked_in_one_view_is_shown_by_all(window, plan, qtbot, click):
    row = int(plan.contact_rows[4])
    look_at(window, row)
    window.shell.workspace.select(())
    click(window, row)
    assert_all_show(window, row, qtbot)


def test_control_click_on_bars_selects_several_in_every_view(window, plan):
    rows = [int(row) for row in plan.contact_rows[3:6]]
    window.shell.workspace.select(())
    for row in rows:
        look_at(window, row)
        click_bar(window, row, CTRL)
    assert set(window.shell.workspace.selected_rows) == set(rows)
    assert set(window.docks.views["passes"].table.selected_rows()) == set(rows)
    assert "3 selected" in window.docks.views["passes"].count_label.text()


def test_brackets_step_through_the_passes_and_g_goes_to_their_time(window, plan):
    window.shell.workspace.select([10])
    QTest.keyClicks(window, "]")
    assert window.shell.workspace.selected_rows == (11,)
    QTest.keyClicks(window, "[[")
    assert window.shell.workspace.selected_rows == (9,)
    QTest.keyClicks(window, "g")
    assert window.shell.workspace.time_utc == plan.passes.highest_utc[9]


def test_space_plays_the_time_and_the_satellites_move(window, qtbot):
    canvas = window.docks.views["map"].canvas
    start, where = window.shell.workspace.time_utc, canvas.stage.satellite_x.copy()
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: seconds_between(start, window.shell.workspace.time_utc) > 60.0)
    QTest.keyClick(window, Qt.Key.Key_Space)
    stopped = window.shell.workspace.time_utc
    qtbot.wait(150)
    assert window.shell.workspace.time_utc == stopped
    canvas.grab()
    assert not np.array_equal(canvas.stage.satellite_x, where)


def test_a_filter_typed_after_control_f_shows_what_it_says_and_counts_it(window, plan):
    QTest.keyClick(window, Qt.Key.Key_F, CTRL)
    edit = window.docks.views["passes"].filter_line.edit
    assert QApplication.focusWidget() is edit
    QTest.keyClicks(edit, "ogs:helmos el>40 state:flown")
    table = window.docks.views["passes"].table
    shown = table.table_model.shown
    passes = plan.passes
    wanted = (
        (np.array(passes.station_ids)[passes.station] == "helmos")
        & (np.degrees(passes.max_elevation_rad) > 40.0)
        & np.isin(plan.decisions.state, (PassState.SCHEDULED, PassState.PINNED))
    )
    assert sorted(shown.tolist()) == np.flatnonzero(wanted).tolist()
    count = window.docks.views["passes"].count_label.text()
    assert count == f"{wanted.sum()} of {len(passes)}"


def test_a_station_closed_with_the_mouse_loses_its_contacts_and_undo_brings_them_back(
    window, plan, qtbot
):
    row = int(plan.contact_rows[2])
    station = int(plan.passes.station[row])
    window.shell.workspace.select([row])
    look_at(window, row)
    plot = window.docks.views["timeline"].plot
    bar, y = plot.bar_area(row), round(plot.frame.row_area(station).bottom()) - 2
    start, end = QPoint(round(bar.left()) - 30, y), QPoint(round(bar.right()) + 30, y)
    QTest.mousePress(plot, LEFT, pos=start)
    for x in range(start.x(), end.x(), 10):
        QTest.mouseMove(plot, QPoint(x, y))
    QTest.mouseMove(plot, end)
    QTest.mouseRelease(plot, LEFT, pos=end)
    assert window.shell.editing.stack.text(0).startswith("Close ")
    closures = window.shell.workspace.scenario.stations[station].closures
    assert len(closures) == len(plan.scenario.stations[station].closures) + 1
    assert closures[-1].from_utc < plan.passes.highest_utc[row] < closures[-1].to_utc
    QTest.keyClick(window, Qt.Key.Key_R, CTRL)
    qtbot.waitUntil(lambda: not window.shell.workspace.is_stale, timeout=PLAN_MS)
    after = window.shell.workspace.plan
    assert after.decisions.state[row] == PassState.REJECTED
    assert after.decisions.reason[row] == Reason.STATION_CLOSED
    assert window.change_list.tree.topLevelItemCount() > 0
    QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
    assert not window.shell.workspace.is_stale
    assert window.shell.workspace.plan is plan


def test_the_time_follows_a_selected_pass_unless_it_is_told_not_to(window, plan):
    workspace, passes = window.shell.workspace, plan.passes
    first, other = (int(row) for row in plan.contact_rows[[1, 7]])
    workspace.set_time(plan.scenario.end_utc)
    click_row(window, first)
    assert workspace.time_utc == passes.highest_utc[first]
    inside = passes.start_utc[other] + np.timedelta64(20, "s")
    workspace.set_time(inside)
    click_row(window, other)
    assert workspace.time_utc == inside, "the pass is under way: nothing to follow"
    window.registry.run("time.follow")
    click_row(window, first)
    assert workspace.time_utc == inside
    assert not window.registry.action("time.follow").isChecked()
    window.registry.run("time.follow")


def test_a_new_plan_moves_neither_the_time_nor_the_visible_window(window, plan, qtbot):
    workspace = window.shell.workspace
    row, other = (int(row) for row in plan.contact_rows[[1, 8]])
    click_row(window, row)
    look_at(window, other)
    shown, time = workspace.window_utc, workspace.time_utc
    QTest.keyClick(window, Qt.Key.Key_P)
    QTest.keyClick(window, Qt.Key.Key_R, CTRL)
    qtbot.waitUntil(lambda: not workspace.is_stale, timeout=PLAN_MS)
    assert workspace.selected_rows == (row,)
    assert (workspace.window_utc, workspace.time_utc) == (shown, time)
