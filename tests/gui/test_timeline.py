"""The timeline: what it shows, and what the mouse and the keys do in it."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from plan_cases import empty_plan, example_plan, geometry_plan
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QPointF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtTest import QTest
from tolerances import within
from view_cases import (
    ALT,
    CONTROL,
    SHIFT,
    click,
    colours_in,
    hover,
    pull,
    shown,
    wheel,
    workspace_of,
)
from wide_plans import wide_plan

from euroqci_planner.app.move_targets import move_targets
from euroqci_planner.gui import theme
from euroqci_planner.gui.views.timeline import TimelineView
from euroqci_planner.gui.views.timeline_rows import RowsBy, TimelineRows
from euroqci_planner.gui.views.timeline_scene import ColourBy
from euroqci_planner.mission.assets import Closure
from euroqci_planner.mission.plan import PassState
from euroqci_planner.mission.plan_totals import flown
from euroqci_planner.timebase import instant_after, seconds_between

MINUTE = np.timedelta64(60, "s")
PIXEL = 1.0


@pytest.fixture(scope="module")
def plan():
    return example_plan(satellites=4, stations=5, days=3.0)


@pytest.fixture
def workspace(plan):
    return workspace_of(plan)


def opened(qtbot, workspace, width=1100, height=260):
    view = TimelineView(workspace)
    return shown(qtbot, view, width, height)


@pytest.fixture
def view(qtbot, workspace):
    return opened(qtbot, workspace)


def contact(plan, number=0):
    """A contact that is neither selected nor beside another one."""
    return int(plan.contact_rows[number])


def zoom_to(view, row, minutes=40):
    """Show so many minutes around a pass."""
    plan = view.plot.workspace.plan
    half = np.timedelta64(30 * minutes, "s")
    middle = plan.passes.highest_utc[row]
    view.plot.workspace.set_window(middle - half, middle + half)


def middle_of(view, row):
    return view.plot.bar_area(row).center()


def movable(plan):
    return next(
        (int(row), move_targets(plan, int(row)))
        for row in plan.contact_rows
        if move_targets(plan, int(row))
    )


def test_a_click_on_a_bar_selects_its_pass(view, workspace, plan):
    for number in (2, 5, 9):
        row = contact(plan, number)
        zoom_to(view, row)
        click(view.plot, middle_of(view, row))
        assert workspace.selected_rows == (row,)


def test_every_pass_can_be_hit_where_it_is_drawn_alone(view, plan):
    for row in range(0, len(plan.passes), 7):
        zoom_to(view, row)
        assert view.plot.pass_at(middle_of(view, row)) in _hit_by_the_same_point(view, row)


def _hit_by_the_same_point(view, row):
    place = middle_of(view, row)
    return {other for other in view.plot.rows_in(view.plot.bar_area(row))
            if view.plot.bar_area(other).adjusted(-3, -1, 3, 1).contains(place)}  # fmt: skip


def test_a_bar_spans_the_time_and_the_row_of_its_contact(view, plan):
    row = contact(plan, 3)
    zoom_to(view, row)
    bar, scale = view.plot.bar_area(row), view.plot.scale
    start, end = plan.conditions.usable_start_utc[row], plan.conditions.usable_end_utc[row]
    assert bar.left() == within(0.01 * PIXEL, of=scale.x_of(start))
    assert bar.right() == within(0.01 * PIXEL, of=scale.x_of(end))
    station = int(plan.passes.station[row])
    assert view.plot.frame.row_area(station).contains(bar)
    assert view.plot.row_name_at(bar.center().y()) == plan.passes.station_ids[station]


@pytest.mark.parametrize("state", [PassState.SCHEDULED, PassState.PINNED, PassState.REJECTED])
def test_a_state_has_its_own_colour_on_the_screen(view, plan, state):
    row = int(np.flatnonzero(plan.decisions.state == state)[2 if state != PassState.PINNED else 0])
    zoom_to(view, row)
    bar = view.plot.bar_area(row)
    found = colours_in(view.plot, bar.left() - 1, bar.top() - 1, bar.width() + 2, bar.height() + 2)
    assert theme.current().states[state].name() in found


def test_states_differ_in_shape_and_not_in_colour_alone():
    shapes = {theme.STATE_STYLES[state] for state in PassState if state is not PassState.CANDIDATE}
    assert len(shapes) == len(PassState) - 1


def test_nights_are_shaded_where_the_plan_says(view, plan):
    night = 3
    start, end = plan.nights.start_utc[night], plan.nights.end_utc[night]
    row = int(plan.nights.station[night])
    area = view.plot.frame.row_area(row)
    ink, scale = theme.current(), view.plot.scale
    left, right = scale.x_of(start), scale.x_of(end)
    image = view.plot.grab().toImage()
    y = round(area.top() + 2)
    inside = [image.pixelColor(round(x), y).name() for x in np.linspace(left + 2, right - 3, 40)]
    outside = [image.pixelColor(round(x), y).name() for x in (left - 4, left - 6, right + 4)]
    assert inside.count(ink.night.name()) > 20
    assert ink.night.name() not in outside


def test_control_click_adds_and_takes_away(view, workspace, plan):
    first, second = contact(plan, 0), contact(plan, 1)
    click(view.plot, middle_of(view, first))
    click(view.plot, middle_of(view, second), CONTROL)
    assert workspace.selected_rows == (second, first)
    click(view.plot, middle_of(view, second), CONTROL)
    assert workspace.selected_rows == (first,)


def test_a_click_beside_all_bars_clears_the_selection(view, workspace, plan):
    workspace.select([contact(plan)])
    area = view.plot.plot
    free = next(
        QPointF(x, area.top() + 8.0)
        for x in np.arange(area.left() + 5.0, area.right(), 3.0)
        if view.plot.pass_at(QPointF(x, area.top() + 8.0)) is None
    )
    click(view.plot, free)
    assert workspace.selected_rows == ()


def test_a_frame_with_shift_selects_what_it_touches(view, workspace, plan):
    area = view.plot.plot
    start, end = area.topLeft() + QPointF(250.0, 3.0), area.topLeft() + QPointF(420.0, 90.0)
    pull(view.plot, start, end, SHIFT)
    times = [view.plot.scale.instant_at(x) for x in (start.x(), end.x())]
    rows = np.array(sorted(workspace.selected_rows))
    assert len(rows) > 5
    layout = TimelineRows(plan, RowsBy.STATION)
    assert np.all(layout.end_utc[rows] >= times[0] - MINUTE)
    assert np.all(layout.start_utc[rows] <= times[1] + MINUTE)
    inside = (layout.start_utc > times[0]) & (layout.end_utc < times[1])
    last_row = int((end.y() - area.top()) // view.plot.row_px)
    sure = np.flatnonzero(inside & (layout.row < last_row) & (layout.row > 0))
    assert set(sure.tolist()) <= set(rows.tolist())


def test_escape_takes_a_frame_back(view, workspace, plan):
    workspace.select([contact(plan)])
    area = view.plot.plot
    start = area.topLeft() + QPointF(250.0, 3.0)
    pull(view.plot, start, start + QPointF(170.0, 90.0), SHIFT, lets_go=False)
    assert len(workspace.selected_rows) > 1
    QTest.keyClick(view.plot, Qt.Key.Key_Escape)
    assert workspace.selected_rows == (contact(plan),)


def test_a_label_selects_all_contacts_of_its_row(view, workspace, plan):
    click(view.plot, QPointF(20.0, view.plot.frame.row_area(1).center().y()))
    wanted = np.flatnonzero(flown(plan) & (plan.passes.station == 1))
    assert workspace.selected_rows == tuple(wanted.tolist())


def test_the_wheel_zooms_at_the_mouse(view, workspace):
    place = QPointF(700.0, 100.0)
    about = view.plot.scale.instant_at(place.x())
    before = view.plot.scale.span_s
    wheel(view.plot, place, 3.0)
    assert view.plot.scale.span_s < 0.6 * before
    assert view.plot.scale.x_of(about) == within(0.05 * PIXEL, of=place.x())
    wheel(view.plot, place, -3.0)
    assert view.plot.scale.span_s == within(1.0, of=before)


def test_the_wheel_with_shift_pans(view, workspace):
    wheel(view.plot, QPointF(700.0, 100.0), 8.0)
    start, length = workspace.window_utc[0], view.plot.scale.span_s
    wheel(view.plot, QPointF(700.0, 100.0), -2.0, SHIFT)
    moved = float(seconds_between(start, workspace.window_utc[0]))
    assert moved == within(1.0, of=0.2 * length)


def empty_place(view):
    area = view.plot.plot
    return next(
        QPointF(x, y)
        for y in np.arange(area.top() + 6.0, area.bottom() - 6.0, 5.0)
        for x in np.arange(area.left() + 200.0, area.right() - 200.0, 9.0)
        if view.plot.pass_at(QPointF(x, y)) is None
        and view.plot.strip_row_at(QPointF(x, y)) is None
        and not view.plot.is_on_time_handle(QPointF(x, y))
    )


def test_pulling_the_ground_pans_with_the_mouse(view, workspace):
    wheel(view.plot, QPointF(600.0, 100.0), 8.0)
    start = empty_place(view)
    gripped = view.plot.scale.instant_at(start.x())
    pull(view.plot, start, start + QPointF(-120.0, 4.0))
    assert view.plot.scale.x_of(gripped) == within(0.5 * PIXEL, of=start.x() - 120.0)
    assert workspace.selected_rows == ()


def test_pulling_on_the_axis_moves_the_time(view, workspace):
    area = view.plot.plot
    start = QPointF(300.0, area.bottom() + 8.0)
    pull(view.plot, start, QPointF(520.0, area.bottom() + 8.0))
    wanted = view.plot.scale.instant_at(520.0)
    assert workspace.time_utc == wanted


def test_the_line_of_the_time_can_be_pulled_and_escape_takes_it_back(view, workspace):
    workspace.set_time(view.plot.scale.instant_at(empty_place(view).x()))
    before = workspace.time_utc
    start = QPointF(view.plot.scale.x_of(before), empty_place(view).y())
    start = QPointF(start.x(), next(
        y for y in np.arange(6.0, view.plot.plot.bottom() - 6.0, 4.0)
        if view.plot.pass_at(QPointF(start.x(), y)) is None
        and view.plot.strip_row_at(QPointF(start.x(), y)) is None
    ))  # fmt: skip
    pull(view.plot, start, start + QPointF(60.0, 0.0), lets_go=False)
    assert workspace.time_utc > before
    QTest.keyClick(view.plot, Qt.Key.Key_Escape)
    assert workspace.time_utc == before


def test_the_line_of_the_time_is_drawn_where_the_time_is(view, workspace, plan):
    workspace.set_time(instant_after(plan.scenario.start_utc, 86_400.0))
    x = view.plot.scale.x_of(workspace.time_utc)
    found = colours_in(view.plot, x - 1.0, 4.0, 3.0, 60.0)
    assert theme.current().now.name() in found


def test_moving_the_time_does_not_paint_the_passes_again(view, workspace, plan):
    painted = view.plot.scenes_painted
    frames = view.plot.frames_painted
    for hour in range(1, 5):
        workspace.set_time(instant_after(plan.scenario.start_utc, 3_600.0 * hour))
        view.plot.repaint()
    assert view.plot.frames_painted >= frames + 4
    assert view.plot.scenes_painted == painted


def test_a_contact_pulled_onto_another_station_is_moved_there(view, workspace, plan):
    row, targets = movable(plan)
    name = next(iter(targets))
    zoom_to(view, row, minutes=90)
    start = middle_of(view, row)
    target_row = plan.passes.station_ids.index(name)
    end = QPointF(start.x(), view.plot.frame.row_area(target_row).center().y())
    pull(view.plot, start, end)
    assert workspace.actions.asked == [("move", row, name)]


def test_while_a_contact_is_pulled_its_targets_are_outlined_and_named(view, workspace, plan):
    row, targets = movable(plan)
    name, target = next(iter(targets.items()))
    zoom_to(view, row, minutes=90)
    start = middle_of(view, row)
    end = QPointF(
        start.x(), view.plot.frame.row_area(plan.passes.station_ids.index(name)).center().y()
    )
    pull(view.plot, start, end, lets_go=False)
    drag = view.plot._drag
    assert drag.targets == targets
    assert drag.text().startswith(f"to {name}, ")
    box = view.plot.bar_area(target).adjusted(-5, -4, 5, 4)
    found = colours_in(view.plot, box.left(), box.top(), box.width(), box.height())
    assert theme.current().good.name() in found
    QTest.keyClick(view.plot, Qt.Key.Key_Escape)
    assert workspace.actions.asked == []


def test_a_contact_let_go_over_a_station_without_a_pass_stays(view, workspace, plan):
    row, targets = next(
        (int(row), move_targets(plan, int(row)))
        for row in plan.contact_rows
        if len(move_targets(plan, int(row))) < len(plan.passes.station_ids) - 1
    )
    own = plan.passes.station_ids[int(plan.passes.station[row])]
    other = next(
        place
        for place, name in enumerate(plan.passes.station_ids)
        if name not in targets and name != own
    )
    zoom_to(view, row)
    start = middle_of(view, row)
    pull(view.plot, start, QPointF(start.x(), view.plot.frame.row_area(other).center().y()))
    assert workspace.actions.asked == []


def test_a_pass_that_is_not_flown_cannot_be_pulled_to_another_station(view, workspace, plan):
    row = int(np.flatnonzero(plan.decisions.state == PassState.REJECTED)[0])
    zoom_to(view, row)
    start = middle_of(view, row)
    pull(view.plot, start, start + QPointF(0.0, 60.0))
    assert workspace.actions.asked == []


def close_by(view, station, x1, x2, modifiers):
    area = view.plot.frame.row_area(station)
    y = area.bottom() - 1.5 if modifiers != ALT else area.center().y()
    pull(view.plot, QPointF(x1, y), QPointF(x2, y), modifiers)


@pytest.mark.parametrize("modifiers", [Qt.KeyboardModifier.NoModifier, ALT])
def test_pulling_along_the_band_of_a_station_closes_it(view, workspace, plan, modifiers):
    close_by(view, 2, 640.0, 480.0, modifiers)
    ((verb, name, start, end),) = workspace.actions.asked
    assert (verb, name) == ("close", plan.passes.station_ids[2])
    scale = view.plot.scale
    step = np.timedelta64(5, "m")
    assert abs(start - scale.instant_at(480.0)) <= step / 2
    assert abs(end - scale.instant_at(640.0)) <= step / 2
    assert start.astype(np.int64) % int(step.astype("timedelta64[us]").astype(np.int64)) == 0


def test_the_closed_interval_is_named_while_it_is_pulled_and_escape_leaves_it_open(
    view, workspace, plan
):
    area = view.plot.frame.row_area(2)
    start = QPointF(480.0, area.bottom() - 1.5)
    pull(view.plot, start, start + QPointF(160.0, 0.0), lets_go=False)
    first, last = view.plot._drag.interval()
    assert first < last
    view.plot.repaint()
    QTest.keyClick(view.plot, Qt.Key.Key_Escape)
    assert workspace.actions.asked == []


def test_a_read_only_document_is_neither_closed_nor_moved(qtbot, plan):
    workspace = workspace_of(plan, can_edit=False)
    view = opened(qtbot, workspace)
    close_by(view, 2, 480.0, 640.0, ALT)
    row, targets = movable(plan)
    zoom_to(view, row, minutes=90)
    start = middle_of(view, row)
    target = plan.passes.station_ids.index(next(iter(targets)))
    pull(view.plot, start, QPointF(start.x(), view.plot.frame.row_area(target).center().y()))
    assert workspace.actions.asked == []


def test_closures_of_the_scenario_as_edited_are_shown(view, workspace, plan):
    scenario = plan.scenario
    closure = Closure(
        from_utc=instant_after(scenario.start_utc, 30_000.0),
        to_utc=instant_after(scenario.start_utc, 60_000.0),
        reason="mirror",
    )
    first = replace(scenario.stations[0], closures=(closure,))
    x = view.plot.scale.x_of(instant_after(scenario.start_utc, 45_000.0))
    area = view.plot.frame.row_area(0)
    before = colours_in(view.plot, x - 30, area.top() + 1, 60, area.height() - 3)
    workspace.set_document(
        replace(scenario, stations=(first, *scenario.stations[1:])), is_stale=True
    )
    after = colours_in(view.plot, x - 30, area.top() + 1, 60, area.height() - 3)
    assert theme.current().text.name() in after - before


def test_passes_that_cannot_be_flown_show_under_the_reason_of_a_closure(qtbot, plan):
    view = opened(qtbot, workspace_of(plan), height=320)
    rejected = plan.decisions.state == PassState.REJECTED
    row = int(np.flatnonzero(rejected & (plan.passes.station == 0))[2])
    closure = Closure(
        from_utc=plan.passes.start_utc[row] - np.timedelta64(6, "h"),
        to_utc=plan.passes.end_utc[row] + np.timedelta64(6, "h"),
        reason="mirror is coated anew",
    )
    scenario = plan.scenario
    first = replace(scenario.stations[0], closures=(closure,))
    view.plot.workspace.set_document(
        replace(scenario, stations=(first, *scenario.stations[1:])), is_stale=True
    )
    bar, ink = view.plot.bar_area(row), theme.current()
    found = colours_in(view.plot, bar.left(), bar.top(), bar.width() + 1, bar.height())
    assert ink.states[PassState.REJECTED].name() in found
    upper = view.plot.frame.row_area(0)
    words = colours_in(
        view.plot, bar.left() - 60, upper.top() + 2, 120, bar.top() - upper.top() - 4
    )
    assert ink.text.name() in words


def test_a_contact_of_a_week_is_wide_enough_to_see_and_to_hit(qtbot):
    plan = example_plan(satellites=2, stations=4, days=7.0)
    view = opened(qtbot, workspace_of(plan), width=900)
    bars = [view.plot.bar_area(int(row)) for row in plan.contact_rows]
    stations = plan.passes.station[plan.contact_rows]
    for station in range(4):
        mine = [bar for bar, other in zip(bars, stations, strict=True) if other == station]
        for bar, after in pairwise(mine):
            roomy = after.left() - bar.left() > 9.0
            assert bar.width() >= (7.0 if roomy else 3.0)
            assert bar.right() <= after.left() or not roomy
    row = contact(plan, 3)
    beside = view.plot.bar_area(row)
    assert view.plot.pass_at(QPointF(beside.right() + 3.5, beside.center().y())) == row


def test_the_selection_is_brought_into_sight(view, workspace, plan):
    zoom_to(view, contact(plan, 0))
    last = contact(plan, len(plan.contact_rows) - 1)
    length = view.plot.scale.span_s
    workspace.select([last])
    bar = view.plot.bar_area(last)
    assert view.plot.plot.contains(bar.center())
    assert view.plot.scale.span_s == within(1.0, of=length)


def test_many_rows_scroll_and_the_selected_one_comes_into_sight(qtbot):
    workspace = workspace_of(wide_plan(600))
    view = opened(qtbot, workspace, height=300)
    assert view.plot.hidden_px > 0.0
    assert view._scroll.isVisible()
    row = int(np.flatnonzero(workspace.plan.passes.station == 55)[0])
    workspace.select([row])
    assert view.plot.plot.contains(view.plot.bar_area(row).center())
    assert view._scroll.value() > 0
    wheel(view.plot, QPointF(10.0, 100.0), 40.0)
    assert view.plot.scroll_px == 0.0


def test_rows_can_stand_for_satellites(view, workspace, plan):
    view.choose(RowsBy.SATELLITE)
    assert view.plot.row_names() == plan.passes.satellite_ids
    row = contact(plan, 4)
    zoom_to(view, row)
    click(view.plot, middle_of(view, row))
    assert workspace.selected_rows == (row,)
    start = middle_of(view, row)
    pull(view.plot, start, start + QPointF(0.0, 70.0))
    close_by(view, 1, 480.0, 640.0, ALT)
    assert workspace.actions.asked == []


def test_contacts_can_take_the_colour_of_their_satellite(view, plan):
    row = contact(plan, 4)
    zoom_to(view, row)
    view.choose(ColourBy.SATELLITE)
    bar = view.plot.bar_area(row)
    found = colours_in(view.plot, bar.left(), bar.top(), bar.width(), bar.height())
    assert theme.current().satellite(int(plan.passes.satellite[row])).name() in found
    assert plan.passes.satellite_ids[0] in view.legend.shown_texts()


def test_the_legend_names_the_states_of_the_plan(view):
    assert view.legend.shown_texts()[:2] == ["contact", "pinned"]
    assert "not flown" in view.legend.shown_texts()
    assert "night" in view.legend.toolTip()


def test_the_tooltip_of_a_bar_tells_its_reason_and_that_of_a_night_its_cloud(view, plan):
    row = int(np.flatnonzero(plan.decisions.blocked_by >= 0)[0])
    zoom_to(view, row)
    assert "busy by" in view.plot.tip_at(middle_of(view, row))
    view.plot.axis.show_all()
    night = 4
    station = int(plan.nights.station[night])
    middle = plan.nights.start_utc[night] + MINUTE * 3
    place = QPointF(view.plot.scale.x_of(middle), view.plot.frame.row_area(station).top() + 3.0)
    text = view.plot.tip_at(place)
    assert plan.passes.station_ids[station] in text
    mine = (plan.passes.station == station) & (
        (plan.passes.highest_utc >= plan.nights.start_utc[night])
        & (plan.passes.highest_utc <= plan.nights.end_utc[night])
    )
    cloud = 100.0 * (1.0 - float(np.mean(plan.decisions.clear_probability[mine])))
    if view.plot.pass_at(place) is None:
        assert f"chance of cloud {cloud:.0f} %" in text


def test_hovering_outlines_the_pass_and_shows_a_hand(view, plan):
    row = contact(plan, 3)
    zoom_to(view, row)
    hover(view.plot, middle_of(view, row))
    assert view.plot._hovered == row
    assert view.plot.cursor().shape() == Qt.CursorShape.PointingHandCursor
    hover(view.plot, QPointF(5.0, 5.0))
    assert view.plot._hovered is None


def test_the_menu_of_a_bar_selects_it_and_asks_the_workspace(view, workspace, plan):
    row, targets = movable(plan)
    zoom_to(view, row)
    menu = view.plot.menu_at(middle_of(view, row))
    entries = {action.text().split("\t")[0]: action for action in menu.actions()}
    entries["Ban"].trigger()
    inner = entries["Move to"].menu()
    inner.actions()[0].trigger()
    assert workspace.selected_rows == (row,)
    assert workspace.actions.asked == [("ban", (row,)), ("move", row, sorted(targets)[0])]


def test_the_menu_of_a_station_closes_its_night(view, workspace, plan):
    night = 4
    station = int(plan.nights.station[night])
    x = view.plot.scale.x_of(plan.nights.start_utc[night] - 30 * MINUTE)
    menu = view.plot.menu_at(QPointF(x, view.plot.frame.row_area(station).top() + 2.0))
    menu.actions()[1].trigger()
    name = plan.passes.station_ids[station]
    wanted = ("close", name, plan.nights.start_utc[night], plan.nights.end_utc[night])
    assert workspace.actions.asked == [wanted]


def test_keys_zoom_pan_and_show_all(view, workspace):
    view.plot.setFocus()
    whole = view.plot.scale.span_s
    QTest.keyClick(view.plot, Qt.Key.Key_Plus)
    assert view.plot.scale.span_s < whole
    start = workspace.window_utc[0]
    QTest.keyClick(view.plot, Qt.Key.Key_Right)
    assert workspace.window_utc[0] > start
    QTest.keyClick(view.plot, Qt.Key.Key_Minus)
    QTest.keyClick(view.plot, Qt.Key.Key_0)
    assert view.plot.scale.span_s == whole


def test_a_double_click_sets_the_time(view, workspace, plan):
    row = contact(plan, 3)
    zoom_to(view, row)
    place = middle_of(view, row)
    QTest.mouseDClick(
        view.plot, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        QPoint(round(place.x()), round(place.y())),
    )  # fmt: skip
    assert workspace.time_utc == plan.passes.highest_utc[row]


def test_commands_zoom_and_switch_rows_and_colours(view, workspace):
    commands = {command.id: command for command in view.commands()}
    whole = view.plot.scale.span_s
    commands["timeline.zoom_in"].run()
    assert view.plot.scale.span_s < whole
    commands["timeline.zoom_out"].run()
    commands["timeline.zoom_all"].run()
    assert view.plot.scale.span_s == whole
    commands["timeline.by_satellite"].run()
    assert commands["timeline.by_satellite"].checked()
    assert not commands["timeline.by_station"].checked()
    commands["timeline.colour_satellites"].run()
    assert commands["timeline.colour_satellites"].checked()
    kept = json.loads(view.state())
    assert kept == {"rows": "satellite", "colours": "satellite"}


def test_a_damaged_session_changes_nothing(view):
    for text in ("", "[]", '{"rows": "moon", "colours": 1}', "{"):
        view.restore_state(text)
        assert view.plot.rows_by is RowsBy.STATION


def test_a_banned_pass_is_struck_out(qtbot, plan):
    row = contact(plan, 5)
    state = plan.decisions.state.copy()
    state[row] = PassState.BANNED
    banned = replace(plan, decisions=replace(plan.decisions, state=state))
    view = opened(qtbot, workspace_of(banned))
    zoom_to(view, row)
    bar, ink = view.plot.bar_area(row), theme.current()
    found = colours_in(view.plot, bar.left(), bar.top(), bar.width(), bar.height())
    assert ink.states[PassState.BANNED].name() in found
    assert "banned" in view.legend.shown_texts()
    image = view.plot.grab().toImage()
    middle = [image.pixelColor(round(bar.center().x()), y).name()
              for y in range(round(bar.top()) + 2, round(bar.bottom()) - 1)]  # fmt: skip
    assert ink.states[PassState.BANNED].name() in middle


def test_rows_and_colours_come_back_with_the_session(view):
    view.restore_state('{"rows": "satellite", "colours": "satellite"}')
    assert view.plot.rows_by is RowsBy.SATELLITE
    assert view.plot.colour_by is ColourBy.SATELLITE
    assert view.colours_button.isChecked()


@pytest.mark.parametrize("made", [None, empty_plan(), geometry_plan()])
def test_plans_without_contacts_and_no_plan_at_all_are_painted(qtbot, made):
    view = opened(qtbot, workspace_of(made))
    view.grab()
    click(view.plot, QPointF(400.0, 60.0))
    wheel(view.plot, QPointF(400.0, 60.0), 1.0)
    assert view.plot.menu_at(QPointF(2.0, 300.0)) is None


def test_a_picture_for_print_is_drawn_and_not_copied_from_the_screen(view, plan):
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(view.plot.size())
    painter = QPainter(generator)
    view.plot.render(painter, QPoint(0, 0))
    painter.end()
    text = bytes(content.data()).decode()
    buffer.close()
    assert "<image" not in text
    assert plan.passes.station_ids[0] in text


def test_lanes_keep_overlapping_passes_of_a_row_apart(plan):
    layout = TimelineRows(plan, RowsBy.STATION)
    for row in range(len(plan.passes.station_ids)):
        mine = np.flatnonzero((layout.row == row) & ~layout.is_flown)
        for lane in np.unique(layout.lane[mine]):
            rows = mine[layout.lane[mine] == lane]
            rows = rows[np.argsort(layout.start_utc[rows])]
            if np.max(layout.lanes[rows]) < 3:
                assert np.all(layout.start_utc[rows][1:] >= layout.end_utc[rows][:-1])
    assert np.all(layout.lane < layout.lanes)
