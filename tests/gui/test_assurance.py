"""Requirements, security and next deposits, over the sample of one satellite and four nodes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from plan_cases import example_plan
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from view_cases import shown, workspace_of

from euroqci_planner.app.plan_sentences import requirements_text, totals_text
from euroqci_planner.app.planner import load_scenario, make_plan
from euroqci_planner.gui import theme
from euroqci_planner.gui.views.assurance import AssuranceView
from euroqci_planner.mission.assurance_columns import security_columns
from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.quota_use import QuotaUse
from euroqci_planner.resources import resource

SAMPLE = "one-satellite-four-nodes"


@cache
def network_plan() -> Plan:
    return make_plan(load_scenario(resource("samples", SAMPLE, f"{SAMPLE}.scenario.toml")))


@pytest.fixture
def plan() -> Plan:
    return network_plan()


@pytest.fixture
def workspace(plan):
    return workspace_of(plan)


@pytest.fixture
def view(qtbot, workspace):
    made = AssuranceView(workspace)
    return shown(qtbot, made, 760, 520)


def texts(table, name):
    model = table.table_model
    column = next(item for item in model.content.screen if item.name == name)
    return [model.cell_text(column, int(row)) for row in model.shown]


def click(table, row):
    pages = table.parent().parent()
    pages.setCurrentWidget(table)
    index = table.table_model.index(row, 0)
    table.scrollTo(index)
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center()
    )


def test_every_requirement_has_its_verdict_by_sign_colour_and_word(view, plan):
    assert plan.findings
    assert texts(view.findings, "verdict") == [item.verdict for item in plan.findings]
    assert texts(view.findings, "figure") == [item.figure_text for item in plan.findings]
    verdict = view.findings.table_model.content.screen[0]
    for row, finding in enumerate(plan.findings):
        mark = verdict.mark(row)
        wanted = theme.current().good if finding.is_met else theme.current().bad
        assert mark.colour() == wanted
        assert mark.sign == ("\u2713" if finding.is_met else "\u2717")


def test_the_summary_counts_what_is_met(view, plan):
    met = sum(item.is_met for item in plan.findings)
    assert view.summary.full_text == f"{met} of {len(plan.findings)} requirements met"
    assert totals_text(plan).endswith(requirements_text(plan))


def test_a_requirement_that_fails_says_so(qtbot, plan):
    finding = plan.findings[0]
    strict = replace(finding, figure=float("nan"))
    failing = replace(plan, findings=(strict, *plan.findings[1:]))
    view = AssuranceView(workspace_of(failing))
    qtbot.addWidget(view)
    assert texts(view.findings, "verdict")[0] == "fail"
    assert texts(view.findings, "figure")[0] == "no figure"


def test_a_pair_selects_the_contacts_that_serve_it(view, workspace, plan):
    used = [number for number, pair in enumerate(plan.course.security)
            if any(way.bits > 0 and way.satellites for way in pair.ways)]  # fmt: skip
    assert used
    click(view.pairs, used[0])
    rows = workspace.selected_rows
    assert rows
    satellites = {plan.passes.satellite_ids[int(plan.passes.satellite[row])] for row in rows}
    ways = plan.course.security[used[0]].ways
    assert satellites == {name for way in ways if way.bits > 0 for name in way.satellites}


def test_the_security_of_pairs_is_that_of_the_file(view, plan):
    columns = security_columns(plan.course.security, plan.findings)
    assert texts(view.pairs, "a") == columns["a"].tolist()
    assert texts(view.pairs, "route") == columns["route"].tolist()


def test_a_deposit_selects_its_pass(view, workspace, plan):
    assert view.deposits.table_model.total > 0
    click(view.deposits, 0)
    (row,) = workspace.selected_rows
    table = view.deposits.table_model.content.table
    assert plan.decisions.key_usable_utc[row] == table["key_usable_utc"][0]
    assert plan.passes.satellite_ids[int(plan.passes.satellite[row])] == table["satellite_id"][0]


def test_a_plan_without_demands_says_so(qtbot):
    view = AssuranceView(workspace_of(example_plan()))
    qtbot.addWidget(view)
    assert view.summary.full_text == "The scenario has neither requirements nor demands."
    assert view.pairs.table_model.total == 0


def test_every_model_keeps_the_rules_of_qt(view):
    for table in (view.findings, view.pairs, view.deposits):
        QAbstractItemModelTester(
            table.table_model, QAbstractItemModelTester.FailureReportingMode.Fatal
        )


def test_goals_and_quotas_of_the_schedule_stand_in_a_table_with_their_limits(qtbot, plan):
    fair = Goal(name="smallest key of a station", unit="bit", value=9.5e6, bound=1e7)
    use = QuotaUse(
        group="SEEWQCI",
        max_share=0.4,
        credited_s=399.0,
        contact_s=1_000.0,
        binds=True,
        kept_out=3,
        station_ids=("a",),
    )
    held = replace(plan, goals=(fair,), quotas=(use,))
    made = shown(qtbot, AssuranceView(workspace_of(held)), 760, 520)
    assert texts(made.schedule, "kind")[:2] == ["goal", "quota"]
    assert texts(made.schedule, "name")[:2] == ["smallest key of a station", "SEEWQCI"]
    assert texts(made.schedule, "figure")[:2] == ["9.50 Mbit", "39.9 %"]
    assert texts(made.schedule, "limit")[:2] == ["10.0 Mbit", "40.0 %"]
    assert texts(made.schedule, "verdict")[1] == "binds, keeps out 3 passes"
