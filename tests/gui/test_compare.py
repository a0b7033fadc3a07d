"""Two plans side by side."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from plan_cases import example_plan, geometry_plan
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from view_cases import workspace_of

from euroqci_planner.app.plan_changes import Change, plan_changes
from euroqci_planner.app.plan_comparison import compared_figures, compared_stations
from euroqci_planner.gui.views.compare import CompareView, Parts
from euroqci_planner.gui.views.compare_columns import change_mark
from euroqci_planner.mission.plan import PassState
from euroqci_planner.mission.plan_totals import plan_totals


@pytest.fixture(scope="module")
def new():
    return example_plan(satellites=4, stations=5, days=3.0)


@pytest.fixture(scope="module")
def old(new):
    """The plan without its last three contacts, with one that the new plan does not fly."""
    state = new.decisions.state.copy()
    state[new.contact_rows[-3:]] = PassState.REJECTED
    extra = int(np.flatnonzero(new.decisions.blocked_by >= 0)[0])
    state[extra] = PassState.SCHEDULED
    return replace(new, decisions=replace(new.decisions, state=state))


@pytest.fixture
def workspace(new):
    return workspace_of(new)


@pytest.fixture
def view(qtbot, workspace, old):
    made = CompareView(workspace)
    qtbot.addWidget(made)
    made.resize(760, 520)
    made.show()
    qtbot.waitExposed(made)
    workspace.set_compared(old)
    return made


def texts(table, name):
    model = table.table_model
    column = next(item for item in model.content.screen if item.name == name)
    return [model.cell_text(column, int(row)) for row in model.shown]


def cells(table, name):
    model = table.table_model
    return model.content.table[name][model.shown].tolist()


def test_before_a_plan_is_kept_the_view_says_how_to_keep_one(qtbot, new):
    view = CompareView(workspace_of(new))
    qtbot.addWidget(view)
    view.show()
    assert view.empty.isVisible()
    assert "Keep this plan" in view.empty.text()


def test_the_changes_are_those_of_the_two_plans(view, old, new):
    changes = plan_changes(old, new)
    assert cells(view.changes, "change") == [str(item.change) for item in changes.contacts]
    assert changes.count(Change.GAINED) + changes.count(Change.MOVED) >= 3
    buttons = {change: button.text() for change, button in view._change_buttons.items()}
    assert buttons[Change.GAINED] == f"+ {changes.count(Change.GAINED)} gained"
    assert buttons[Change.LOST] == f"− {changes.count(Change.LOST)} lost"


def test_totals_stand_beside_each_other_with_their_difference(view, old, new):
    assert cells(view.figures, "kept")[0] == plan_totals(old).key_expected_bits
    assert cells(view.figures, "now")[0] == plan_totals(new).key_expected_bits
    figures = compared_figures(old, new)
    contacts = [item.name for item in figures].index("contacts")
    difference = plan_totals(new).contacts - plan_totals(old).contacts
    assert difference == 2
    assert texts(view.figures, "difference")[contacts].startswith("+2 (+")


def test_stations_and_satellites_are_listed_with_signs(view, old, new):
    parts = compared_stations(old, new)
    wanted = (parts.new_contacts - parts.old_contacts).tolist()
    assert cells(view.part_table, "contacts_difference") == wanted
    shown = texts(view.part_table, "contacts_difference")
    for value, text in zip(wanted, shown, strict=True):
        assert text.startswith("+" if value > 0 else "−" if value < 0 else "0")
    QTest.mouseClick(view._part_buttons[Parts.SATELLITES], Qt.MouseButton.LeftButton)
    assert cells(view.part_table, "id") == list(new.passes.satellite_ids)
    assert sum(cells(view.part_table, "contacts_difference")) == sum(wanted)


def test_a_kind_of_change_can_be_hidden(view, old, new):
    changes = plan_changes(old, new)
    QTest.mouseClick(view._change_buttons[Change.GAINED], Qt.MouseButton.LeftButton)
    assert "gained" not in cells(view.changes, "change")
    assert len(view.changes.table_model.shown) == len(changes.contacts) - changes.count(
        Change.GAINED
    )


def test_changes_are_told_by_sign_and_text_as_well_as_colour():
    marks = [change_mark(change) for change in Change]
    assert len({mark.sign for mark in marks}) == 3
    assert len({mark.colour().name() for mark in marks}) == 3


def test_a_changed_contact_selects_its_pass_and_sets_the_time(view, workspace, old, new):
    changes = plan_changes(old, new).contacts
    place = next(n for n, item in enumerate(changes) if item.change is Change.GAINED)
    view.changes.selectRow(place)
    assert workspace.primary_row == changes[place].new_row
    assert workspace.time_utc == changes[place].start_utc


def test_a_lost_contact_selects_the_pass_that_is_no_longer_flown(view, workspace, old, new):
    changes = plan_changes(old, new).contacts
    places = [n for n, item in enumerate(changes) if item.change is Change.LOST]
    if not places:
        pytest.fail("the case has no lost contact")
    view.changes.selectRow(places[0])
    assert workspace.primary_row == changes[places[0]].old_row


def test_the_list_follows_the_workspace(view, workspace, old, new):
    changes = plan_changes(old, new).contacts
    workspace.select([changes[1].new_row if changes[1].new_row >= 0 else changes[1].old_row])
    assert view.changes.selected_rows() == (1,)


def test_every_model_keeps_the_rules_of_qt(view, workspace, old, new):
    testers = [
        QAbstractItemModelTester(
            table.table_model, QAbstractItemModelTester.FailureReportingMode.Fatal, view
        )
        for table in (view.figures, view.part_table, view.changes)
    ]
    view.choose(Parts.SATELLITES)
    workspace.set_compared(new)
    assert view.changes.empty_text == "Every contact is as it was"
    assert testers[2].model().rowCount() == 0
    workspace.set_compared(None)
    assert view.empty.isVisible()


def test_a_plan_without_keys_can_be_compared(view, workspace):
    workspace.set_compared(geometry_plan())
    assert texts(view.figures, "kept")[0] == "–"
    assert texts(view.figures, "difference")[0] == "–"
    view.grab()


def test_the_second_table_comes_back_with_the_session(view):
    view.choose(Parts.SATELLITES)
    kept = view.state()
    view.choose(Parts.STATIONS)
    view.restore_state(kept)
    assert view.parts is Parts.SATELLITES
    view.restore_state("{")
    assert json.loads(view.state()) == {"parts": "satellites"}
