"""One line about a plan."""

from __future__ import annotations

from dataclasses import replace

import pytest
from entangled_cases import pair_plan
from key_course_cases import plan_with_demands
from plan_cases import example_plan, geometry_plan

from euroqci_planner.app import planner
from euroqci_planner.app.plan_changes import plan_changes
from euroqci_planner.app.plan_file_names import PLAN_FILE_NAMES, has_plan_file
from euroqci_planner.app.plan_sentences import changes_text, facts_text, totals_text
from euroqci_planner.mission.assets import SettingsPolicy
from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.plan import PassState


def test_the_totals_name_passes_contacts_key_and_gap():
    assert totals_text(example_plan()) == (
        "120 passes · 36 contacts · 145 Mbit expected · at most 2.9 % below the bound"
    )


def test_several_goals_name_the_one_that_comes_first():
    share = Goal(name="smallest served share, public", unit="", value=0.25, bound=0.5)
    total = Goal(name="total expected key", unit="bit", value=8e6, bound=9e6)
    plan = replace(example_plan(), goals=(share, total))
    assert totals_text(plan).endswith(
        " · smallest served share, public: at most 50.0 % below the bound"
    )


def test_passes_alone_have_no_key_and_no_gap():
    assert totals_text(geometry_plan()) == "120 passes · 0 contacts"


def test_the_facts_name_marking_weather_and_age():
    assert facts_text(example_plan()).startswith(
        "UNMARKED · weather: climatology · elements up to "
    )


def test_changes_are_counted_and_weighed():
    plan = example_plan()
    state = plan.decisions.state.copy()
    state[plan.contact_rows[0]] = PassState.BANNED
    less = replace(plan, decisions=replace(plan.decisions, state=state))
    text = changes_text(plan_changes(plan, less))
    assert text.startswith("1 lost, 35 contacts now; expected key −")
    assert changes_text(plan_changes(plan, plan)).startswith("every contact is as it was")


def sought(plan):
    """The plan of a scenario that leaves the settings to the planner."""
    chosen = tuple(replace(item, policy=SettingsPolicy.OPTIMISE_PASS) for item in plan.key_settings)
    assert chosen
    return replace(plan, key_settings=chosen)


@pytest.mark.parametrize(
    "made",
    [
        plan_with_demands,
        example_plan,
        geometry_plan,
        pair_plan,
        pytest.param(lambda: sought(pair_plan()), id="sought"),
    ],
)
def test_the_export_menu_offers_the_files_that_a_plan_is_written_to_and_no_others(made):
    plan = made()
    offered = {name for name in PLAN_FILE_NAMES if has_plan_file(plan, name)}
    assert offered == set(planner.plan_files(plan))
