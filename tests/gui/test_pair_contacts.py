"""Contacts of two stations in the window: tooltip, inspector, table, timeline and map."""

from __future__ import annotations

import numpy as np
import pytest
from entangled_cases import pair_plan
from view_cases import shown, workspace_of

from euroqci_planner.app.display import bits_text
from euroqci_planner.app.inspection import inspect_pass
from euroqci_planner.app.link_stock import direct_deposits
from euroqci_planner.app.pair_card import is_pass_of_source, link_of_pass, pair_card
from euroqci_planner.app.pass_card import pass_card
from euroqci_planner.app.pass_filter import parse_filter
from euroqci_planner.app.pass_rows import PassRows
from euroqci_planner.app.scene import Scene
from euroqci_planner.gui.views.inspector import InspectorView
from euroqci_planner.gui.views.key_stores import KeyStoresView
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
