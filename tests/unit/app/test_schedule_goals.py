"""Quotas and objectives from the scenario to the plan and what is said of it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from euroqci_planner.app import planner
from euroqci_planner.app.plan_sentences import totals_text
from euroqci_planner.cli.tables import plan_summary
from euroqci_planner.mission.plan import Reason
from euroqci_planner.mission.plan_columns import passes_columns
from euroqci_planner.mission.scenario import Objective, Quota
from euroqci_planner.resources import resource

NAME = "one-satellite-four-nodes"
GROUPS = {"rome-munich": "north", "rome-madrid": "south", "rome-nice": "south"}
QUOTA = Quota(group="south", max_share=0.3)


@lru_cache(maxsize=1)
def whole():
    return planner.load_scenario(resource("samples", NAME, f"{NAME}.scenario.toml"))


@lru_cache(maxsize=4)
def plan(*quotas, objective=Objective.EXPECTED_KEY):
    """Four days of the sample, with two consortia."""
    made = whole()
    demands = tuple(
        replace(item, quota_group=GROUPS.get(item.id, "")) for item in made.network.demands
    )
    return planner.make_plan(
        replace(
            made,
            duration_s=4 * 86_400.0,
            network=replace(made.network, demands=demands),
            schedule=replace(made.schedule, quotas=quotas, objective=objective),
            weather=replace(made.weather, members=10),
        )
    )


def test_a_plan_keeps_the_quota_that_the_plan_without_it_breaks():
    free, held = plan(Quota(group="south", max_share=1.0)), plan(QUOTA)
    (before,), (after,) = free.quotas, held.quotas
    assert not before.binds
    assert before.share > QUOTA.max_share >= after.share > 0.0
    assert after.binds
    assert held.value_bits < free.value_bits
    assert held.value_bits <= held.bound_bits <= free.bound_bits


def test_contact_time_and_stations_of_a_quota_are_those_of_the_plan():
    held = plan(QUOTA)
    (use,) = held.quotas
    rows = held.contact_rows
    lasts = held.conditions.usable_end_utc[rows] - held.conditions.usable_start_utc[rows]
    assert use.contact_s == pytest.approx(float((lasts / np.timedelta64(1, "s")).sum()))
    assert use.station_ids == ("ogs-alm", "ogs-cal", "ogs-mat")


def test_passes_that_a_quota_keeps_out_say_so_and_name_a_contact():
    held = plan(QUOTA)
    out = np.flatnonzero(held.decisions.reason == Reason.QUOTA)
    assert len(out) == held.quotas[0].kept_out > 0
    table = passes_columns(held)
    assert {str(text) for text in table["reason"][out]} == {"quota of the group"}
    assert set(held.decisions.blocked_by[out]) <= set(held.contact_rows)


def test_the_terminal_and_the_status_line_say_what_binds():
    held = plan(QUOTA)
    kept = held.quotas[0].kept_out
    share = f"{100.0 * held.quotas[0].share:.1f} %"
    line = f"quota of south: {share} of the contact time, at most 30 %; binds, keeps out {kept} p"
    assert line in plan_summary(held)
    assert "held by the quota of south" in totals_text(held)
    assert "held by" not in totals_text(plan(Quota(group="south", max_share=1.0)))


def keys_of_stations(made):
    rows = made.contact_rows
    bits = made.decisions.key_expected_bits[rows]
    return np.bincount(made.passes.station[rows], bits, len(made.passes.station_ids))


def test_a_fair_plan_gives_the_poorest_station_more_and_says_both_bounds():
    free, fair = plan(), plan(objective=Objective.FAIR_STATIONS)
    smallest, total = fair.goals
    assert fair.objective == "fair_stations"
    assert keys_of_stations(fair).min() > keys_of_stations(free).min()
    assert 0.0 < smallest.value <= smallest.bound
    assert fair.value_bits == total.value <= total.bound <= free.bound_bits * (1.0 + 1e-9)
    assert "max-min fairness" in " ".join(model.name for model in fair.models)
    text = plan_summary(fair)
    assert f"  {smallest.name}: " in text
    assert f"  {total.name}: " in text
    assert f"at most {100.0 * smallest.relative_gap:.1f}" in totals_text(fair)
