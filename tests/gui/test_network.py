"""The network view: graph, table and figures at the time of the workspace."""

from __future__ import annotations

import json

import numpy as np
import pytest
from key_course_cases import CHANCES, PAIRS, USERS, plan_with_demands
from plan_cases import empty_plan, example_plan, geometry_plan
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtTest import QAbstractItemModelTester
from tolerances import within
from view_cases import click, colours_in, hover, shown, workspace_of
from wide_plans import wide_plan

from euroqci_planner.app.link_totals import contacts_of_links, link_totals, pair_bounds
from euroqci_planner.app.table_order import SortKey
from euroqci_planner.app.user_pairs import links_of_pair
from euroqci_planner.gui import theme
from euroqci_planner.gui.views.network import NetworkView
from euroqci_planner.gui.views.network_layout import chart_of, label_boxes
from euroqci_planner.gui.views.network_paint import RISK_TEXTS, SUPPLY_TEXTS
from euroqci_planner.gui.views.network_scene import Edges, Supply, satellites_shown, supply_of
from euroqci_planner.timebase import instant_after


@pytest.fixture(scope="module")
def plan():
    return example_plan(satellites=4, stations=5, days=3.0)


@pytest.fixture
def workspace(plan):
    made = workspace_of(plan)
    made.set_time(instant_after(plan.scenario.start_utc, 1.6 * 86_400.0))
    return made


def opened(qtbot, workspace, width=760, height=560):
    view = NetworkView(workspace)
    return shown(qtbot, view, width, height)


@pytest.fixture
def view(qtbot, workspace):
    return opened(qtbot, workspace)


def column(view, name):
    return view.table.table_model.content.table[name].tolist()


def test_the_table_holds_the_totals_of_every_link_that_is_flown(view, workspace, plan):
    totals = link_totals(plan, workspace.time_utc)
    assert column(view, "contacts") == totals.contacts.tolist()
    assert column(view, "key_expected_bits") == totals.key_expected_bits.tolist()
    assert sum(column(view, "contacts")) == len(plan.contact_rows)
    tester = QAbstractItemModelTester(
        view.table.table_model, QAbstractItemModelTester.FailureReportingMode.Fatal, view
    )
    view.table.set_order([SortKey("key_expected_bits", descending=True)])
    assert tester.model().rowCount() == len(totals)


def test_stations_stand_by_their_coordinates(view, plan):
    picture = view.graph.picture()
    stations = plan.scenario.stations
    x = np.array([point.x() for point in picture.stations])
    y = np.array([point.y() for point in picture.stations])
    longitude = np.array([item.longitude_rad for item in stations])
    latitude = np.array([item.latitude_rad for item in stations])
    assert np.array_equal(np.argsort(x), np.argsort(longitude))
    assert np.array_equal(np.argsort(y), np.argsort(-latitude))
    shrink = np.cos(0.5 * (latitude.min() + latitude.max()))
    assert np.ptp(x) / np.ptp(y) == within(1e-6, of=np.ptp(longitude) * shrink / np.ptp(latitude))


def test_a_wider_line_means_more_key(view):
    bits = view.graph.data.links.key_expected_bits
    widths = {edge.number: edge.width for edge in view.graph.picture().edges}
    order = np.argsort(bits)
    drawn = np.array([widths[int(number)] for number in order])
    assert np.all(np.diff(drawn) >= 0.0)
    assert drawn[-1] > 3.0 * drawn[0]


def test_stations_are_classed_by_the_days_without_a_deposit():
    for days, supply in (
        (0.0, Supply.FRESH),
        (1.0, Supply.FRESH),
        (1.01, Supply.AGEING),
        (3.01, Supply.OLD),
        (float("nan"), Supply.NONE),
    ):
        assert supply_of(days) is supply


def test_tooltips_of_stations_and_users_tell_their_figures(view, users_view, workspace, plan):
    row = 1
    tip = view.graph.tip_at(view.graph.picture().stations[row])
    contacts = int(np.sum(plan.passes.station[plan.contact_rows] == row))
    assert f"{contacts} contacts" in tip
    assert "last deposit: " in tip
    tips = {
        users_view.graph.tip_at(edge.path.pointAtPercent(float(share)))
        for edge in users_view.graph.picture().edges
        for share in np.linspace(0.1, 0.9, 33)
    }
    assert any("chance to run empty 35.0 %" in text and "80.0 % served" in text for text in tips)


def test_a_click_on_the_line_of_a_pair_selects_what_serves_it(users_view):
    graph, plan = users_view.graph, users_view._workspace.plan
    wanted = contacts_of_links(plan, links_of_pair(plan.course, PAIRS[0]))
    for edge in graph.picture().edges:
        for share in np.linspace(0.1, 0.9, 33):
            point = edge.path.pointAtPercent(float(share))
            number = graph.edge_at(point)
            if number is not None and graph.data.users.names[number] == PAIRS[0]:
                hover(graph, point)
                click(graph, point)
                if graph.station_at(point) is None:
                    assert users_view._workspace.selected_rows == wanted
                    return
    raise AssertionError("the pair has no line to click on")


def test_a_station_has_the_colour_of_its_class_and_a_text_beside_it(view):
    data, ink = view.graph.data, theme.current()
    colours = {Supply.FRESH: ink.good, Supply.AGEING: ink.warning, Supply.NONE: ink.muted}
    for row, point in enumerate(view.graph.picture().stations):
        supply = supply_of(float(data.stations.days_without[row]))
        found = colours_in(view.graph, point.x() - 8, point.y() - 8, 16, 16)
        assert colours[supply].name() in found
    assert view.legend.shown_texts() == list(SUPPLY_TEXTS.values())


def test_the_figures_follow_the_time(qtbot, view, workspace, plan):
    before = column(view, "deposited_bits")
    workspace.set_time(plan.scenario.end_utc)
    qtbot.waitUntil(lambda: column(view, "deposited_bits") != before)
    totals = link_totals(plan, plan.scenario.end_utc)
    assert column(view, "deposited_bits") == totals.deposited_bits.tolist()
    assert "17 Jun 12:00:00 UTC" in view.note.full_text


def test_hidden_it_does_no_work_and_makes_up_for_it_when_shown(qtbot, view, workspace, plan):
    view.hide()
    before = view.graph.data
    workspace.set_time(plan.scenario.end_utc)
    qtbot.wait(200)
    assert view.graph.data is before
    view.show()
    assert view.graph.data.at_utc == plan.scenario.end_utc


def test_a_click_on_a_station_selects_all_its_contacts(view, workspace, plan):
    point = view.graph.picture().stations[1]
    click(view.graph, point)
    wanted = {int(row) for row in plan.contact_rows if plan.passes.station[row] == 1}
    assert set(workspace.selected_rows) == wanted
    assert {row[1] for row in view.graph.chosen} == {plan.passes.station_ids[1]}


def test_a_click_on_a_satellite_selects_all_its_contacts(view, workspace, plan):
    index, point = view.graph.picture().satellites[0]
    click(view.graph, point)
    wanted = {int(row) for row in plan.contact_rows if plan.passes.satellite[row] == index}
    assert set(workspace.selected_rows) == wanted


def place_on_edge(view):
    """A point on the line of one link that no other line, station or label covers."""
    for edge in view.graph.picture().edges:
        number = edge.number
        for share in np.linspace(0.1, 0.5, 20):
            point = edge.path.pointAtPercent(float(share))
            is_free = (
                view.graph.station_at(point) is None and view.graph.satellite_at(point) is None
            )
            if is_free and view.graph.edge_at(point) == number:
                return number, point
    raise AssertionError("no line is free")


def test_a_click_on_a_line_selects_the_contacts_of_the_link_and_its_row(view, workspace, plan):
    number, point = place_on_edge(view)
    hover(view.graph, point)
    assert view.graph.picture().edges[view.graph._hovered].number == number
    click(view.graph, point)
    link = view.graph.data.link(number)
    assert workspace.selected_rows == contacts_of_links(plan, [link])
    rows = view.table.selected_rows()
    assert [(column(view, "satellite_id")[r], column(view, "station_id")[r]) for r in rows] == [
        link
    ]
    assert link[0] in view.graph.tip_at(point)


def test_a_row_of_the_table_leads_the_workspace(view, workspace, plan):
    view.table.selectRow(2)
    link = (column(view, "satellite_id")[2], column(view, "station_id")[2])
    assert workspace.selected_rows == contacts_of_links(plan, [link])
    assert view.graph.chosen == frozenset([link])


def test_the_table_follows_the_workspace(view, workspace, plan):
    row = int(plan.contact_rows[7])
    workspace.select([row])
    passes = plan.passes
    link = (
        passes.satellite_ids[passes.satellite[row]],
        passes.station_ids[passes.station[row]],
    )
    (chosen,) = view.table.selected_rows()
    assert (column(view, "satellite_id")[chosen], column(view, "station_id")[chosen]) == link


def test_pairs_are_bounds_and_the_view_says_so(view, workspace, plan):
    view.choose(Edges.PAIRS)
    bounds = pair_bounds(plan)
    assert column(view, "bound_bits") == bounds.bits.tolist()
    assert "served alone" in view.note.full_text
    view.table.selectRow(0)
    ends = {int(bounds.a[0]), int(bounds.b[0])}
    assert {int(plan.passes.station[row]) for row in workspace.selected_rows} == ends
    picture = view.graph.picture()
    assert picture.satellites == []
    assert len(picture.edges) == len(bounds)
    tips = [
        view.graph.tip_at(edge.path.pointAtPercent(share))
        for edge in picture.edges
        for share in (0.3, 0.4, 0.5, 0.6)
    ]
    assert any("at most" in tip for tip in tips)


@pytest.fixture
def users_view(qtbot):
    view = opened(qtbot, workspace_of(plan_with_demands()))
    view.choose(Edges.USERS)
    return view


def test_users_are_offered_only_where_there_are_demands(view, users_view):
    assert not view.buttons[Edges.USERS].isVisible()
    assert users_view.buttons[Edges.USERS].isVisible()


def test_pairs_of_users_are_coloured_by_their_chance_to_run_empty(users_view):
    ink, picture = theme.current(), users_view.graph.picture()
    assert [node.id for node, _, _ in picture.users] == [name for name, _, _ in USERS]
    by_pair = {users_view.graph.data.users.names[edge.number]: edge for edge in picture.edges}
    colours = {PAIRS[0]: ink.bad, PAIRS[1]: ink.good}
    for pair, colour in colours.items():
        found = set()
        for share in np.linspace(0.2, 0.8, 25):
            point = by_pair[pair].path.pointAtPercent(float(share))
            found |= colours_in(users_view.graph, point.x() - 2, point.y() - 2, 4, 4)
        assert colour.name() in found
    assert users_view.legend.shown_texts()[:3] == list(RISK_TEXTS.values())


def test_demands_are_listed_and_a_row_selects_the_contacts_that_serve_the_pair(users_view):
    plan = users_view._workspace.plan
    assert column(users_view, "p_empty") == list(CHANCES)
    users_view.table.selectRow(0)
    wanted = contacts_of_links(plan, links_of_pair(plan.course, PAIRS[0]))
    assert len(wanted) > 1
    assert users_view._workspace.selected_rows == wanted


def test_a_plan_without_demands_goes_back_to_links(users_view, plan):
    users_view._workspace.set_plan(plan)
    users_view.refresh()
    assert users_view.graph.edges is Edges.LINKS
    assert users_view.buttons[Edges.LINKS].isChecked()


def test_copied_links_carry_full_precision(view):
    lines = view.table.copied_text().splitlines()
    assert lines[0].split("\t")[:3] == ["satellite_id", "station_id", "contacts"]
    first = dict(zip(lines[0].split("\t"), lines[1].split("\t"), strict=True))
    assert float(first["key_expected_bits"]) == within(
        0.051, of=column(view, "key_expected_bits")[0]
    )


@pytest.mark.parametrize("made", [None, empty_plan(), geometry_plan()])
def test_plans_without_contacts_and_no_plan_at_all_are_painted(qtbot, made):
    view = opened(qtbot, workspace_of(made))
    for edges in Edges:
        view.choose(edges)
        view.grab()
        click(view.graph, QPointF(300.0, 100.0))
        assert view.graph.links_at(QPointF(300.0, 100.0)) == []


def test_sixty_stations_fit_and_their_labels_avoid_each_other(qtbot):
    view = opened(qtbot, workspace_of(wide_plan(300)))
    view.grab()
    assert len(view.graph.picture().stations) == 60


def test_the_satellites_of_the_selection_are_shown_even_where_there_is_room_for_few(view, plan):
    data = view.graph.data
    every = satellites_shown(data, 4_000.0, frozenset())
    few = satellites_shown(data, 30.0, frozenset())
    left_out = next(index for index in every if index not in few)
    link = (plan.passes.satellite_ids[left_out], plan.passes.station_ids[0])
    assert satellites_shown(data, 30.0, frozenset([link])) == [left_out]
    view.resize(760, 200)
    view.graph.resize(760, 30)
    view.graph.set_chosen(frozenset([link]))
    assert [index for index, _ in view.graph.picture().satellites] == [left_out]
    view._say()
    assert f"1 of {len(every)} satellites" in view.note.full_text


def test_labels_do_not_cover_each_other_where_there_is_room(plan):
    view_area = chart_of(plan.scenario.stations, _area(700.0, 500.0)).area
    chart = chart_of(plan.scenario.stations, view_area)
    points = [chart.point(item) for item in plan.scenario.stations]
    boxes = label_boxes(points, [(80.0, 26.0)] * len(points), view_area)
    for number, box in enumerate(boxes):
        assert view_area.contains(box)
        for other in boxes[number + 1 :]:
            assert not box.intersects(other)


def _area(width, height):
    return QRectF(0.0, 0.0, width, height)


def test_the_kind_of_lines_comes_back_with_the_session(qtbot, view, plan):
    view.choose(Edges.PAIRS)
    other = opened(qtbot, workspace_of(plan))
    other.restore_state(view.state())
    assert other.graph.edges is Edges.PAIRS
    other.restore_state("{")
    assert json.loads(other.state())["edges"] == "pairs"
