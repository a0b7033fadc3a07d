"""The comparison as tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from plan_cases import example_plan

from euroqci_planner.app.comparison_tables import (
    change_columns,
    figure_columns,
    part_columns,
    rows_now,
)
from euroqci_planner.app.plan_changes import plan_changes
from euroqci_planner.app.plan_comparison import compared_figures, compared_stations
from euroqci_planner.mission.plan import PassState


def test_tables_have_a_row_per_figure_part_and_change():
    old, new = example_plan(stations=3), example_plan(stations=4)
    figures = compared_figures(old, new)
    table = figure_columns(figures)
    assert np.array_equal(
        np.nan_to_num(table["difference"]), np.nan_to_num(table["now"] - table["kept"])
    )
    parts = part_columns(compared_stations(old, new))
    assert parts["id"].tolist() == list(new.passes.station_ids)
    assert np.array_equal(
        parts["contacts_difference"], parts["now_contacts"] - parts["kept_contacts"]
    )
    changes = plan_changes(old, new)
    assert change_columns(changes).rows == len(changes.contacts)


def test_a_lost_contact_leads_to_its_pass_in_the_new_plan_and_to_none_where_that_is_gone():
    old = example_plan()
    row = int(old.contact_rows[0])
    state = old.decisions.state.copy()
    state[row] = PassState.REJECTED
    unflown = replace(old, decisions=replace(old.decisions, state=state))
    changes = plan_changes(old, unflown)
    assert rows_now(changes, old, unflown) == (row,)
    others = np.arange(len(old.passes)) != row
    gone = replace(
        old,
        passes=old.passes.take(others),
        conditions=old.conditions.take(others),
        decisions=old.decisions.take(others),
        link=None,
        keys=None,
    )
    assert None in rows_now(plan_changes(old, gone), old, gone)


def test_equal_plans_have_an_empty_list():
    plan = example_plan()
    assert change_columns(plan_changes(plan, plan)).rows == 0
