"""Goals and quotas of a schedule where planners read them: summary, report, named columns."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import plan_cases
import pytest

from euroqci_planner.io.exports.plan_folder import plan_files
from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.plan_totals import goal_gap, relative_gap
from euroqci_planner.mission.quota_use import QuotaUse
from euroqci_planner.mission.schedule_columns import quota_verdict, schedule_columns

FAIR = Goal(name="smallest key of a station", unit="bit", value=950.0, bound=1_000.0)
TOTAL = Goal(name="total expected key", unit="bit", value=8e6, bound=float("nan"))
SHARE = Goal(name="smallest served share", unit="", value=0.25, bound=0.5)
BINDING = QuotaUse(
    group="SEEWQCI",
    max_share=0.4,
    credited_s=3_996.0,
    contact_s=10_000.0,
    binds=True,
    kept_out=12,
    station_ids=("helmos", "matera"),
)
LOOSE = replace(BINDING, group="Nordic", max_share=0.9, binds=False, kept_out=0)


@pytest.fixture(scope="module")
def plan():
    return replace(plan_cases.example_plan(), goals=(FAIR, SHARE, TOTAL), quotas=(LOOSE, BINDING))


@pytest.fixture(scope="module")
def files(plan):
    return plan_files(plan)


def test_the_summary_names_every_goal_with_its_unit_and_every_quota_with_its_use(files):
    schedule = json.loads(files["summary.json"])["schedule"]
    assert schedule["goals"][0] == {
        "name": "smallest key of a station",
        "unit": "bit",
        "value": 950.0,
        "bound": 1_000.0,
        "relative_gap": 0.05,
    }
    assert schedule["goals"][1]["unit"] is None
    assert schedule["goals"][2]["bound"] is None
    assert schedule["quotas"][1] == {
        "group": "SEEWQCI",
        "share": 0.3996,
        "max_share": 0.4,
        "credited_s": 3_996.0,
        "contact_s": 10_000.0,
        "binds": True,
        "passes_kept_out": 12,
        "stations": ["helmos", "matera"],
    }
    assert schedule["quotas"][0]["binds"] is False


def test_the_report_shows_goals_and_quotas_in_a_section_of_their_own(files):
    root = ET.fromstring(files["report.html"].decode("utf-8"))  # noqa: S314 (made by the code)
    text = " ".join(" ".join(root.itertext()).split())
    assert "What the schedule is held to" in text
    assert "at most 5.00% below the bound" in text
    assert "no bound proven" in text
    assert "binds, keeps out 12 passes" in text
    assert "does not bind" in text
    assert "helmos, matera" in text
    assert "of the smallest key of a station" in text


def test_a_plan_with_one_goal_and_no_quota_has_no_such_section():
    plain = replace(plan_cases.example_plan(), goals=(TOTAL,))
    assert "held to" not in plan_files(plain)["report.html"].decode("utf-8")


def test_named_columns_hold_goals_first_and_then_quotas(plan):
    table = schedule_columns(plan)
    assert table["kind"].tolist() == ["goal", "goal", "goal", "quota", "quota"]
    assert table["figure"].tolist() == [950.0, 0.25, 8e6, 0.3996, 0.3996]
    assert table["limit"].tolist()[:2] == [1_000.0, 0.5]
    assert np.isnan(table["limit"][2])
    assert table["verdict"][-1] == "binds, keeps out 12 passes"


@pytest.mark.parametrize(
    ("kept_out", "text"),
    [(0, "binds"), (1, "binds, keeps out 1 pass"), (2, "binds, keeps out 2 passes")],
)
def test_a_quota_that_binds_says_how_many_passes_it_keeps_out(kept_out, text):
    assert quota_verdict(replace(BINDING, kept_out=kept_out)) == text


def test_the_gap_that_a_plan_is_known_by_is_that_of_its_first_goal(plan):
    assert goal_gap(plan) == pytest.approx(0.05)
    assert goal_gap(replace(plan, goals=())) == relative_gap(plan)
    assert Goal(name="n", unit="bit", value=0.0, bound=0.0).relative_gap == 0.0
    assert np.isnan(Goal(name="n", unit="bit", value=1.0, bound=0.0).relative_gap)
