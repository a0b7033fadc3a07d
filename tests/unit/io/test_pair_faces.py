"""What a schedule gives each demand, where planners read it: summary, report, terminal, columns."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import plan_cases
import pytest

from euroqci_planner.app.planner import plan_files
from euroqci_planner.cli.tables import schedule_lines
from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.pair_aims import PairShares
from euroqci_planner.mission.schedule_columns import schedule_columns

VALUE = Goal(name="value of served days and stocks", unit="day", value=9.25, bound=10.0)
TOTAL = Goal(name="total expected key", unit="bit", value=8e6, bound=9e6)
PAIRS = PairShares(
    demand_ids=("far", "near"),
    pairs=(("a", "b"), ("a", "c")),
    rank=[2, 1],
    requested_bits=[1e6, 2e6],
    served_bits=[1e5, 1.5e6],
    most_share=[0.1, 1.0],
    is_reached=[False, True],
    stock_value=[1.0, 8.25],
    most_value=[4.0, 8.5],
)


@pytest.fixture(scope="module")
def plan():
    return replace(plan_cases.example_plan(), goals=(VALUE, TOTAL), pairs=PAIRS)


@pytest.fixture(scope="module")
def files(plan):
    return plan_files(plan)


def test_the_summary_says_of_each_demand_what_it_gets_and_could_have(files):
    schedule = json.loads(files["summary.json"])["schedule"]
    assert schedule["goals"][0]["unit"] == "day"
    assert schedule["pairs"][0] == {
        "demand": "far",
        "a": "a",
        "b": "b",
        "class": "critical",
        "requested_bits": 1e6,
        "served_bits": 1e5,
        "served_share": 0.1,
        "most_share": 0.1,
        "is_reached": False,
        "stock_value_days": 1.0,
        "most_value_days": 4.0,
    }
    assert schedule["pairs"][1]["served_share"] == 0.75


def test_without_stocks_their_value_is_empty_and_the_report_has_no_column_for_it(plan):
    nothing = np.full(2, np.nan)
    plain = replace(plan, pairs=replace(PAIRS, stock_value=nothing, most_value=nothing))
    files = plan_files(plain)
    assert json.loads(files["summary.json"])["schedule"]["pairs"][0]["stock_value_days"] is None
    assert "8.25 d" not in files["report.html"].decode("utf-8")


def test_the_report_shows_days_shares_and_who_gets_no_new_key(files):
    page = files["report.html"].decode("utf-8")
    for text in ("9.25 d", "8.25 d", "75.0 %", "no new key"):
        assert text in page


def test_the_terminal_counts_days(plan):
    lines = schedule_lines(plan)
    assert lines[1] == ("  value of served days and stocks: 9.25 d, bound 10.00 d, gap 7.50 %")


def test_named_columns_hold_the_demands_behind_goals_and_quotas(plan):
    table = schedule_columns(plan)
    assert table["kind"].tolist() == ["goal", "goal", "demand", "demand"]
    assert table["figure"].tolist()[2:] == [0.1, 0.75]
    assert table["limit"].tolist()[2:] == [0.1, 1.0]
    assert table["verdict"].tolist()[2:] == [
        "no schedule brings new key",
        "value 8.25 of 8.50 days",
    ]
