"""Contacts of two stations in the window: tooltip, inspector, table, timeline and map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from entangled_cases import pair_plan
from tolerances import within
from view_cases import click, colours_in, shown, workspace_of

from euroqci_planner.app.direct_links import flown_contacts
from euroqci_planner.app.display import bits_text
from euroqci_planner.app.inspection import inspect_pass
from euroqci_planner.app.link_stock import direct_deposits
from euroqci_planner.app.link_totals import pair_bounds, station_supply
from euroqci_planner.app.pair_card import is_pass_of_source, link_of_pass, pair_card
from euroqci_planner.app.pass_card import pass_card
from euroqci_planner.app.pass_filter import parse_filter
from euroqci_planner.app.pass_rows import PassRows
from euroqci_planner.app.scene import Scene
from euroqci_planner.gui import theme
from euroqci_planner.gui.views.inspector import InspectorView
from euroqci_planner.gui.views.key_stores import KeyStoresView
from euroqci_planner.gui.views.network import NetworkView
from euroqci_planner.gui.views.network_paint import DIRECT_TEXT
from euroqci_planner.gui.views.network_scene import Edges
from euroqci_planner.gui.views.pass_columns import pass_tip
from euroqci_planner.gui.views.timeline import TimelineView
from euroqci_planner.mission.plan import Reason, is_flown


@pytest.fixture
def plan():
    return pair_plan()


@pytest.fixture
def contact(plan):
    """Row of a flown contact of two stations."""
    return int(np.flatnonzero(is_flown(plan.pair_contacts.state))[0])


@pytest.fixture
def ends(plan, contact):
    contacts = plan.pair_contacts
    return int(contacts.pass_a[contact]), int(contacts.pass_b[contact])


def station(plan, row):
    return plan.passes.station_ids[plan.passes.station[row]]


def test_the_card_of_each_pass_names_the_other_station_and_the_key_of_both(plan, contact, ends):
    for row, other in (ends, ends[::-1]):
        card = pair_card(plan, row)
        assert (card.partner_row, card.partner_id) == (other, station(plan, other))
        told = dict(pass_card(plan, row).lines)
        assert told["partner"] == station(plan, other)
        bits = plan.pair_contacts.key_expected_bits[contact]
        assert told["expected key of both"] == bits_text(float(bits))
        assert "expected key" not in told
        assert station(plan, other) in pass_tip(plan, row)


def test_a_pass_without_partner_says_so_and_has_no_key_of_its_own(plan):
    row = int(np.flatnonzero(plan.decisions.reason == Reason.NO_PARTNER_STATION)[0])
    card = pass_card(plan, row)
    assert card.reason == "no partner station"
    assert not [name for name, _ in card.lines if "key" in name]
    shown_pass = inspect_pass(plan, row)
    assert shown_pass.account is None
    assert shown_pass.pair is None


def test_a_pass_of_a_source_has_a_link_and_no_rates_of_one_station_alone(plan, ends):
    found = inspect_pass(plan, ends[0])
    assert is_pass_of_source(plan, ends[0])
    assert np.isfinite(found.link.transmittance).all()
    for rate in (found.link.sifted_rate_hz, found.link.qber, found.link.key_rate_hz):
        assert np.isnan(rate).all()
    alone = int(np.flatnonzero(plan.decisions.flown_alone)[0])
    assert np.isfinite(inspect_pass(plan, alone).link.sifted_rate_hz).all()


def test_the_inspector_tells_the_partner_and_leads_to_its_pass(qtbot, plan, contact, ends):
    workspace = workspace_of(plan)
    view = shown(qtbot, InspectorView(workspace), 1_100, 700)
    workspace.select((ends[0],))
    qtbot.waitUntil(lambda: view._shown is not None and view._shown.row == ends[0])
    head = " ".join(label.text() for label in (view._state, *view._facts) if not label.isHidden())
    assert f">{station(plan, ends[1])}</a>" in head
    key = plan.pair_contacts.key_bits[contact]
    assert f"key of both {bits_text(float(key))}" in head
    view._state.linkActivated.emit("partner")
    assert workspace.selected_rows == (ends[1],)
    qtbot.waitUntil(lambda: view._shown is not None and view._shown.row == ends[1])
    assert f">{station(plan, ends[0])}</a>" in view._state.text()


def test_both_bars_of_the_timeline_can_be_selected_and_name_the_other(qtbot, plan, ends):
    workspace = workspace_of(plan)
    view = shown(qtbot, TimelineView(workspace), 1_000, 320)
    areas = [view.plot.bar_area(row) for row in ends]
    assert areas[0].left() == pytest.approx(areas[1].left(), abs=0.5)
    assert areas[0].top() != pytest.approx(areas[1].top(), abs=2.0)
    for row, other, area in zip(ends, ends[::-1], areas, strict=True):
        assert station(plan, other) in view.plot.tip_at(area.center())
        workspace.select((row,))
        assert workspace.selected_rows == (row,)


def test_the_table_finds_the_passes_of_a_partner(plan, ends):
    rows = PassRows(plan)
    found = np.flatnonzero(parse_filter(f"partner:{station(plan, ends[1])}").mask(rows))
    assert ends[0] in found
    assert np.all(plan.decisions.partner[found] == plan.passes.station[ends[1]])
    order = rows.sort_values("partner_station_id")
    assert np.isnan(order[plan.decisions.partner < 0]).all()


def test_the_map_joins_the_satellite_to_both_stations(plan, contact, ends):
    contacts = plan.pair_contacts
    middle = contacts.start_utc[contact] + (contacts.end_utc - contacts.start_utc)[contact] // 2
    assert set(ends) <= set(Scene(plan).contacts_at(middle).tolist())


def test_the_stores_offer_those_of_two_stations_under_both_names(qtbot, plan, ends):
    workspace = workspace_of(plan)
    view = shown(qtbot, KeyStoresView(workspace), 1_000, 300)
    offered = [view.choice.itemText(number) for number in range(view.choice.count())]
    for row in ends:
        name = f"station {station(plan, row)}"
        assert name in offered
        view.choice.setCurrentText(name)
        shared = link_of_pass(plan, row)
        assert shared in [(line.name.a, line.name.b) for line in view.plot.lines]
    assert not [text for text in offered if text == f"satellite {station(plan, ends[0])}"]
    workspace.select((ends[0],))
    view.choice.setCurrentText("links of the selection")
    assert [(line.name.a, line.name.b) for line in view.plot.lines] == [link_of_pass(plan, ends[1])]


def test_direct_deposits_are_those_of_the_flown_contacts_of_two_stations(plan, contact, ends):
    a, b = (station(plan, row) for row in ends)
    ready, passes = direct_deposits(plan, a, b)
    back, others = direct_deposits(plan, b, a)
    assert plan.pair_contacts.key_usable_utc[contact] in ready
    assert ends[0] in passes
    assert ends[1] in others
    assert np.array_equal(ready, back)
    assert len(direct_deposits(plan, a, a)[0]) == 0


def network_view(qtbot, plan):
    workspace = workspace_of(plan)
    workspace.set_time(plan.scenario.end_utc)
    view = shown(qtbot, NetworkView(workspace), 760, 560)
    view.choose(Edges.LINKS)
    return workspace, view


def without_single_keys(plan):
    """The plan as if only the contacts of two stations gave key."""
    none = np.zeros(len(plan.passes))
    return replace(plan, decisions=replace(plan.decisions, key_expected_bits=none))


def flown_of(plan, a, b):
    """Flown contacts of two stations by id, whatever their order."""
    contacts = plan.pair_contacts
    names = np.array(contacts.station_ids)
    ends = np.sort([names[contacts.station_a], names[contacts.station_b]], axis=0)
    mine = (ends[0] == min(a, b)) & (ends[1] == max(a, b))
    return contacts.take(is_flown(contacts.state) & mine)


def test_the_network_lists_the_key_of_two_stations_as_their_own_link(qtbot, plan):
    _, view = network_view(qtbot, plan)
    table = view.table.table_model.content.table
    partners = table["partner_station_id"].tolist()
    direct = [row for row, name in enumerate(partners) if name]
    alone = set(plan.passes.satellite[plan.decisions.flown_alone].tolist())
    served = {table["satellite_id"][row] for row in range(len(partners)) if row not in direct}
    assert served == {plan.passes.satellite_ids[number] for number in alone}
    assert len(direct) > 0
    for row in direct:
        flown = flown_of(plan, table["station_id"][row], partners[row])
        assert table["contacts"][row] == len(flown)
        assert table["key_expected_bits"][row] == within(
            0.01, of=np.nansum(flown.key_expected_bits)
        )
        assert table["satellite_id"][row] == ", ".join(
            flown.satellite_ids[number] for number in np.unique(flown.satellite)
        )
    whole = flown_contacts(plan)
    assert sum(table["contacts"][row] for row in direct) == len(whole)
    assert view.legend.shown_texts()[0] == DIRECT_TEXT


def test_a_click_on_the_line_of_two_stations_selects_the_passes_at_both(qtbot, plan):
    workspace, view = network_view(qtbot, without_single_keys(plan))
    data, picture = view.graph.data, view.graph.picture()
    number = len(data.links) + int(np.argmax(data.direct.key_expected_bits))
    shared = data.link(number)
    (edge,) = [edge for edge in picture.edges if edge.number == number]
    shares = np.linspace(0.1, 0.9, 80)
    points = [edge.path.pointAtPercent(float(share)) for share in shares]
    place = next(point for point in points if view.graph.links_at(point) == [shared])
    colour = theme.current().accent.name()
    view.graph.set_chosen(frozenset([shared]))
    assert colour in colours_in(view.graph, place.x() - 4, place.y() - 4, 8, 8)
    tip = view.graph.tip_at(place)
    assert "no satellite knows the key" in tip
    assert all(name in tip for name in shared)
    click(view.graph, place)
    flown = flown_of(plan, *shared)
    wanted = {*flown.pass_a.tolist(), *flown.pass_b.tolist()}
    assert set(workspace.selected_rows) == wanted
    assert view.graph.chosen == frozenset([shared])
    assert view.table.selected_rows() == (number,)


def test_stations_that_share_key_directly_are_supplied_by_it(plan, ends):
    only = without_single_keys(plan)
    supply = station_supply(only, plan.scenario.end_utc)
    for row in ends:
        place = int(plan.passes.station[row])
        name = station(plan, row)
        flown = [flown_of(plan, name, other) for other in plan.passes.station_ids if other != name]
        bits = sum(float(np.nansum(part.key_expected_bits)) for part in flown)
        assert bits > 0.0
        assert supply.key_expected_bits[place] == within(0.01, of=bits)
        assert supply.deposited_bits[place] == within(0.01, of=bits)
        last = max(part.key_usable_utc[part.key_bits > 0.0].max() for part in flown if len(part))
        assert supply.last_utc[place] == last
    pairs = pair_bounds(only)
    names = plan.passes.station_ids
    for a, b, bits in zip(pairs.a, pairs.b, pairs.bits, strict=True):
        expected = np.nansum(flown_of(plan, names[a], names[b]).key_expected_bits)
        assert bits == within(0.01, of=expected)
    assert pairs.satellites.max() == 1
