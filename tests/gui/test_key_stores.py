"""Key stores: courses of the links, their choice, scale and selection."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from key_course_cases import EMPTY_S, HOUR_S, PAIRS, RESERVE_BITS, level_bits, plan_with_demands
from plan_cases import START_UTC, empty_plan, example_plan, geometry_plan
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from tolerances import within
from view_cases import click, colours_in, hover, pull, shown, wheel, workspace_of

from euroqci_planner.app.link_stock import deposits
from euroqci_planner.app.store_lines import StoreLine, store_book
from euroqci_planner.gui import theme
from euroqci_planner.gui.views.key_stores import KeyStoresView
from euroqci_planner.gui.views.store_paint import Look, empty_texts, paint_line
from euroqci_planner.gui.views.time_axis import TimeScale
from euroqci_planner.gui.views.timeline import TimelineView
from euroqci_planner.gui.views.value_axis import ValueScale, bit_ticks, decade_ticks, nice_step
from euroqci_planner.mission.key_course import StoreKind, StoreName
from euroqci_planner.timebase import NOT_A_TIME, instant_after

PIXEL = 1.0


@pytest.fixture(scope="module")
def plan():
    return example_plan(satellites=4, stations=5, days=3.0)


@pytest.fixture
def workspace(plan):
    return workspace_of(plan)


def opened(qtbot, workspace, width=1000, height=260):
    view = KeyStoresView(workspace)
    return shown(qtbot, view, width, height)


@pytest.fixture
def view(qtbot, workspace):
    return opened(qtbot, workspace)


def names(view):
    return [(line.name.a, line.name.b) for line in view.plot.lines]


def show(view, key):
    view.choice.setCurrentIndex(view.choice.findData(key))


def all_lines(plan):
    book = store_book(plan)
    return [book.line(number) for number in range(len(book.names))]


@pytest.fixture
def forecast_view(qtbot):
    return opened(qtbot, workspace_of(plan_with_demands()))


def test_at_first_the_links_with_most_key_are_shown_the_largest_first(view, plan):
    lines = all_lines(plan)
    totals = sorted((float(line.expected_bits[-1]) for line in lines), reverse=True)
    assert len(lines) > 6
    assert len(view.plot.lines) == 6
    assert [float(line.expected_bits[-1]) for line in view.plot.lines] == totals[:6]


def test_the_first_plan_shows_what_a_view_made_with_it_shows(qtbot, plan):
    workspace = workspace_of(None)
    view = opened(qtbot, workspace)
    workspace.set_document(plan.scenario, is_stale=False)
    workspace.set_plan(plan)
    assert view.choice.currentData() == "most"
    assert len(view.plot.lines) == 6


def test_the_note_says_that_the_course_is_one_and_nothing_is_withdrawn(view):
    assert "expected deposits, nothing withdrawn" in view.note.full_text


@pytest.mark.parametrize(("kind", "end"), [("satellite", 0), ("station", 1)])
def test_the_links_of_one_satellite_or_station_can_be_chosen(view, plan, kind, end):
    name = (plan.passes.satellite_ids[1], plan.passes.station_ids[2])[end]
    show(view, f"{kind}:{name}")
    wanted = {(n.a, n.b) for n in store_book(plan).names if (n.a, n.b)[end] == name}
    assert set(names(view)) == wanted
    assert len(wanted) > 1


def test_links_of_one_satellite_differ_by_dashes_and_by_the_name_at_their_end(view, plan):
    name = plan.passes.satellite_ids[1]
    show(view, f"satellite:{name}")
    lines = view.plot.lines
    assert len(lines) > 1
    assert len({view.plot.index_of(number) for number in range(len(lines))}) == 1
    dashes = [view.plot.dashes_of(number) for number in range(len(lines))]
    assert len(set(dashes)) == len(lines)
    assert dashes[0] is Qt.PenStyle.SolidLine
    ends = [entry.text for entry in view.legend.entries]
    assert ends == [f"{name} \u2013 {line.name.b}" for line in lines]


@pytest.mark.parametrize(("dashes", "least", "most"), [
    (Qt.PenStyle.SolidLine, 0.99, 1.0), (Qt.PenStyle.DashLine, 0.4, 0.9),
    (Qt.PenStyle.DotLine, 0.2, 0.75),
])  # fmt: skip
def test_a_dashed_line_of_many_samples_has_gaps_and_a_solid_one_has_none(dashes, least, most):
    time_utc = START_UTC + np.arange(400) * np.timedelta64(600, "s")
    level, nothing = np.full(400, 50.0), np.full(400, np.nan)
    name = StoreName(StoreKind.LINK, "qube-2", "calern")
    line = StoreLine(
        name=name, is_sampled=True, time_utc=time_utc, expected_bits=level,
        p10_bits=nothing, p50_bits=nothing, p90_bits=nothing,
    )  # fmt: skip
    image = QImage(300, 60, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    look = Look(QColor("white"), theme.Marker.CIRCLE, dashes, is_strong=False, has_fan=False)
    # A window of a hundredth of the line: what lies far beside it must not shift or fill the gaps.
    scale = TimeScale(time_utc[200], time_utc[204], 0.0, 300.0)
    with QPainter(image) as painter:
        paint_line(painter, line, look, scale, ValueScale(100.0, 60.0, 0.0))
    lit = [max(image.pixelColor(x, y).value() for y in (29, 30, 31)) > 100 for x in range(300)]
    assert least <= float(np.mean(lit)) <= most


def test_all_links_and_those_of_the_selection(view, workspace, plan):
    show(view, "all")
    assert len(view.plot.lines) == len(all_lines(plan))
    show(view, "selection")
    assert view.plot.lines == ()
    assert view.plot.message == "No pass of a link with key is selected"
    rows = [int(row) for row in plan.contact_rows[[2, 9]]]
    workspace.select(rows)
    wanted = {
        (
            plan.passes.satellite_ids[plan.passes.satellite[row]],
            plan.passes.station_ids[plan.passes.station[row]],
        )
        for row in rows
    }
    assert set(names(view)) == wanted


def test_the_link_of_the_selected_pass_stands_in_front_even_if_it_was_not_chosen(
    view, workspace, plan
):
    least = min(all_lines(plan), key=lambda line: float(line.expected_bits[-1]))
    assert (least.name.a, least.name.b) not in names(view)
    row = next(
        int(row)
        for row in deposits(plan).pass_row
        if plan.passes.satellite_ids[plan.passes.satellite[row]] == least.name.a
        and plan.passes.station_ids[plan.passes.station[row]] == least.name.b
    )
    workspace.select([row])
    assert (least.name.a, least.name.b) in names(view)
    assert [names(view)[number] for number in view.plot._front()] == [(least.name.a, least.name.b)]


def test_a_course_is_drawn_at_the_height_of_its_stock(view):
    line = view.plot.lines[0]
    middle = line.time_utc[2] + (line.time_utc[3] - line.time_utc[2]) // 2
    x = view.plot.scale.x_of(middle)
    y = view.plot.values.y(float(line.expected_bits[2]))
    look = view.plot.look_of(0, is_front=False)
    found = colours_in(view.plot, x - 2, y - 2, 4, 4)
    assert look.colour.name() in found


@pytest.mark.parametrize("is_log", [False, True])
def test_the_line_under_the_mouse_is_found_and_told(view, is_log):
    view.log_button.setChecked(is_log)
    line = view.plot.lines[0]
    instant = line.time_utc[1] + np.timedelta64(60, "s")
    place = QPointF(
        view.plot.scale.x_of(instant), view.plot.values.y(float(line.expected_bits[1])) + 1.0
    )
    hover(view.plot, place)
    assert view.plot.line_at(place) == 0
    text = view.plot.tip_at(place)
    assert line.name.a in text
    assert line.name.b in text
    assert "next deposit" in text


def test_a_click_on_a_line_selects_the_pass_of_the_nearest_deposit(view, workspace, plan):
    line = view.plot.lines[0]
    when = line.time_utc[2]
    workspace.set_window(instant_after(when, -HOUR_S), instant_after(when, HOUR_S))
    place = QPointF(
        view.plot.scale.x_of(when) + 1.0, view.plot.values.y(float(line.expected_bits[2]))
    )
    click(view.plot, place)
    row = workspace.primary_row
    assert plan.decisions.key_usable_utc[row] == when
    assert plan.passes.satellite_ids[plan.passes.satellite[row]] == line.name.a
    assert plan.passes.station_ids[plan.passes.station[row]] == line.name.b


def test_zooming_the_timeline_moves_the_stores_and_the_reverse(qtbot, workspace):
    timeline = TimelineView(workspace)
    qtbot.addWidget(timeline)
    timeline.resize(1000, 240)
    timeline.show()
    stores = opened(qtbot, workspace)
    wheel(timeline.plot, QPointF(600.0, 80.0), 4.0)
    assert stores.plot.scale == timeline.plot.scale
    pull(
        stores.plot,
        QPointF(600.0, stores.plot.plot.bottom() - 3.0),
        QPointF(500.0, stores.plot.plot.bottom() - 3.0),
        button=Qt.MouseButton.MiddleButton,
    )
    assert stores.plot.scale == timeline.plot.scale
    assert stores.plot.plot.left() == timeline.plot.plot.left()


def test_a_logarithmic_scale_shows_small_stores_above_the_bottom(view):
    view.choice.setCurrentIndex(view.choice.findData("all"))
    least = view.plot.lines[-1]
    linear = view.plot.values
    view.log_button.setChecked(True)
    logarithmic = view.plot.values
    bits = float(least.expected_bits[-1])
    assert linear.bottom - linear.y(bits) < logarithmic.bottom - logarithmic.y(bits)
    assert logarithmic.y(logarithmic.top) == within(1e-6, of=logarithmic.ceiling)
    view.grab()


def test_pairs_come_first_the_riskiest_at_the_front_of_the_list(forecast_view):
    view = forecast_view
    assert names(view) == list(PAIRS)
    assert all(line.name.kind is StoreKind.PAIR for line in view.plot.lines)
    assert view.note.full_text == "1\u202f000 skies: P50, shaded P10 to P90"


def test_fans_reserve_and_depletion_are_drawn(forecast_view):
    view, ink = forecast_view, theme.current()
    texts = view.legend.toolTip()
    assert all(text in texts for text in ("P50, P10–P90", "reserve", "empty"))
    line, values, scale = view.plot.lines[0], view.plot.values, view.plot.scale
    x = scale.x_of(line.time_utc[6]) + 3.0
    level = float(level_bits(1)[6])
    fan = colours_in(view.plot, x, values.y(1.2 * level) - 1, 2, 2)
    assert ink.base.name() not in fan
    assert fan.isdisjoint(colours_in(view.plot, x, values.y(1.65 * level) - 1, 2, 2))
    dashes = colours_in(view.plot, x - 60, values.y(RESERVE_BITS) - 1, 120, 2)
    assert {view.plot.look_of(n, is_front=False).colour.name() for n in (0, 1)} & dashes
    start = view._workspace.plan.scenario.start_utc
    mark = scale.x_of(instant_after(start, EMPTY_S))
    assert ink.bad.name() in colours_in(view.plot, mark - 2, 30, 4, 40)


def test_the_tooltip_of_a_pair_tells_its_spread_and_its_chance(forecast_view):
    view = forecast_view
    place = QPointF(
        view.plot.scale.x_of(view.plot.lines[1].time_utc[40]),
        view.plot.values.y(float(level_bits(2)[40])),
    )
    text = view.plot.tip_at(place)
    assert "P10 3.60 Mbit, P90 10.8 Mbit" in text
    assert "chance to run empty 0.4 %" in text


def test_a_sampled_line_runs_straight_between_its_samples(forecast_view):
    view = forecast_view
    show(view, "all")
    line = view.plot.lines[0]
    half = instant_after(view._workspace.plan.scenario.start_utc, 40.5 * HOUR_S)
    place = QPointF(view.plot.scale.x_of(half), view.plot.values.y(40.5e5))
    assert view.plot.line_at(place) == 0
    found = colours_in(view.plot, place.x() - 3, place.y() - 3, 6, 6)
    assert view.plot.look_of(0, is_front=False).colour.name() in found
    assert line.name.kind is StoreKind.LINK


def test_a_course_without_a_forecast_is_one_line_and_says_so(qtbot):
    view = opened(qtbot, workspace_of(plan_with_demands(has_forecast=False)))
    assert view.note.full_text == "one expected course, no forecast"
    assert "P50" not in view.legend.toolTip()
    view.grab()


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (geometry_plan(), "The plan holds passes alone: no key is computed"),
        (empty_plan(), "No contact of the plan gives key"),
        (None, "No plan yet"),
    ],
)
def test_where_there_is_no_key_the_view_says_why(qtbot, made, message):
    view = opened(qtbot, workspace_of(made))
    view.grab()
    assert view.plot.message == message
    assert view.note.full_text == ""
    click(view.plot, QPointF(500.0, 60.0))


def test_choice_and_scale_come_back_with_the_session(qtbot, view, plan):
    show(view, "station:matera")
    view.log_button.setChecked(True)
    other = opened(qtbot, workspace_of(plan))
    other.restore_state(view.state())
    assert names(other) == names(view)
    assert other.plot.is_logarithmic
    assert json.loads(other.state()) == json.loads(view.state())


def test_a_damaged_session_changes_nothing(view):
    before = names(view)
    for text in ("", "[]", '{"stores": 3}', "{"):
        view.restore_state(text)
        assert names(view) == before


def test_keys_zoom_and_the_choice_is_reached_by_keys(view):
    view.plot.setFocus()
    whole = view.plot.scale.span_s
    QTest.keyClick(view.plot, Qt.Key.Key_Plus)
    assert view.plot.scale.span_s < whole
    view.choice.setFocus()
    QTest.keyClick(view.choice, Qt.Key.Key_Down)
    assert view.choice.currentData() == "all"


def test_steps_of_the_axis_are_round():
    for top, most, step in ((9.3, 5, 2.0), (10.0, 5, 2.0), (11.0, 4, 5.0), (0.7, 3, 0.25)):
        assert nice_step(top, most) == within(1e-12, of=step)


def test_ticks_start_at_nothing_and_stay_below_the_top():
    sizes = {"bit": 1.0, "kbit": 1e3, "Mbit": 1e6, "Gbit": 1e9, "Tbit": 1e12}
    for top in (0.4, 7.0, 950.0, 3.2e3, 47e6, 8.8e11):
        ticks, unit = bit_ticks(top, 4)
        values = np.array([tick.value for tick in ticks])
        assert values[0] == 0.0
        assert values[-1] <= top * (1.0 + 1e-9)
        assert len(ticks) <= 5
        shown = np.array([float(tick.label) for tick in ticks]) * sizes[unit]
        assert shown == within(1e-9 * top, of=values)


def test_decades_are_named_from_the_top_down():
    assert [tick.label for tick in decade_ticks(1e3, 4e7, 9)] == [
        "10 Mbit",
        "1 Mbit",
        "100 kbit",
        "10 kbit",
        "1 kbit",
    ]
    assert len(decade_ticks(1e3, 4e7, 2)) == 2


def test_nothing_lies_at_the_bottom_of_either_scale():
    for floor in (0.0, 1e3):
        scale = ValueScale(1e7, 200.0, 10.0, floor)
        assert scale.y(0.0) == 200.0
        assert scale.y(1e7) == within(1e-9, of=10.0)


def test_stores_that_run_empty_in_one_minute_share_a_text(forecast_view):
    line = next(item for item in forecast_view.plot.lines if not np.isnat(item.empty_utc))
    twins = [replace(line, name=StoreName(StoreKind.PAIR, "a", name)) for name in ("b", "c", "d")]
    area, scale = forecast_view.plot.plot, forecast_view.plot.scale
    ((text, x),) = empty_texts([*twins, replace(line, empty_utc=NOT_A_TIME)], area, scale)
    assert text.startswith("a \u2013 b and 2 more empty ")
    assert x == within(PIXEL, of=scale.x_of(line.empty_utc))
