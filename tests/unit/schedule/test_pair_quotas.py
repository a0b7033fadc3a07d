"""Schedules for pairs of users beside quotas of groups."""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import pytest
from contact_cases import SETTINGS, contacts, flown, resource
from pair_cases import aims_of, best_share
from realistic_passes import realistic_candidates, realistic_resources
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.plan import Reason
from euroqci_planner.mission.scenario import Objective, Quota
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.pair_fallback import GREEDY_PAIRS_METHOD
from euroqci_planner.schedule.verify import violations

PART_IN_A_MILLION = 1e-6
SCHEDULERS = (ExactScheduler(), GreedyScheduler())
OBJECTIVES = (Objective.FAIR_PAIRS, Objective.STOCK_VALUE)
NORTH = (("north", 1.0),)
RESOURCES = (
    (resource("s1"),),
    (resource("a", shares=NORTH), resource("b"), resource("c", shares=NORTH), resource("d")),
)
# Apart in time: only the quota decides. Both ends of a pair hold as much after every hundred s.
ROWS = [
    ("s1", "a", 0, 100, 60.0),
    ("s1", "b", 200, 300, 60.0),
    ("s1", "c", 400, 500, 20.0),
    ("s1", "d", 600, 700, 20.0),
    ("s1", "a", 800, 900, 30.0),
    ("s1", "b", 1000, 1100, 30.0),
]
DEMANDS = {"ab": ("a", "b", 100.0), "cd": ("c", "d", 100.0)}


def quota(max_share):
    return (Quota(group="north", max_share=max_share),)


def planned(table, quotas, scheduler=SCHEDULERS[0], objective=OBJECTIVES[0], demands=None):
    wanted = replace(SETTINGS, objective=objective, quotas=quotas)
    aims = aims_of(table, demands or DEMANDS)
    plan = scheduler.schedule(table, *RESOURCES, wanted, pairs=aims)
    assert violations(table, plan, *RESOURCES, quotas) == ()
    return plan


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
def test_the_poorest_keeps_its_pass_where_a_quota_takes_one_from_the_richer(scheduler):
    plan = planned(contacts(ROWS, RESOURCES), quota(0.4), scheduler)
    assert flown(plan) == [0, 1, 2, 3, 5]
    assert plan.goals[0].value == within(PART_IN_A_MILLION, of=0.2)
    served = dict(zip(plan.pairs.demand_ids, plan.pairs.served_share.tolist(), strict=True))
    assert served["ab"] == within(PART_IN_A_MILLION, of=0.6)
    assert served["cd"] == within(PART_IN_A_MILLION, of=0.2)
    assert (plan.reason[4], plan.blocked_by[4]) == (Reason.QUOTA, 2)
    (use,) = plan.quotas
    assert (use.credited_s, use.contact_s, use.binds, use.kept_out) == (200.0, 500.0, True, 1)


def test_the_bound_of_the_smallest_share_falls_to_what_the_quota_leaves():
    table = contacts(ROWS[:4], RESOURCES)
    free, tight = planned(table, ()), planned(table, quota(0.25))
    assert free.goals[0].bound == within(PART_IN_A_MILLION, of=0.2)
    # Of the three contacts that may be flown one is at a or c: one of the pairs has nothing.
    assert tight.goals[0].value == within(PART_IN_A_MILLION, of=0.0)
    # In shares of contacts: x at a, y at c, 3 (x + y) <= 2; 0.6 x = 0.2 y.
    assert tight.goals[0].bound == within(PART_IN_A_MILLION, of=0.1)
    assert tight.quotas[0].binds


def test_a_quota_that_leaves_room_changes_nothing_and_does_not_bind():
    table = contacts(ROWS, RESOURCES)
    for objective in OBJECTIVES:
        wide, free = (planned(table, q, objective=objective) for q in (quota(0.5), ()))
        assert flown(wide) == flown(free) == [0, 1, 2, 3, 4, 5]
        assert [goal.value for goal in wide.goals] == [goal.value for goal in free.goals]
        assert not wide.quotas[0].binds


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_pins_beyond_a_quota_are_refused_with_the_figures(scheduler, objective):
    table = contacts(ROWS[:5], RESOURCES, pinned=(0, 2, 4))
    with pytest.raises(InvalidInput, match=r"schedule\.quota = north: pinned passes credit "
                       r"100\.0% of 300 s to this group, its quota is 50\.0%"):  # fmt: skip
        planned(table, quota(0.5), scheduler, objective)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_pins_beyond_a_quota_are_flown_beside_others_that_bring_the_share_down(
    scheduler, objective
):
    table = contacts(ROWS, RESOURCES, pinned=(0, 4))
    plan = planned(table, quota(0.4), scheduler, objective)
    assert flown(plan) == [0, 1, 3, 4, 5]
    assert plan.quotas[0].share == within(PART_IN_A_MILLION, of=0.4)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_without_the_solver_quotas_hold_and_nothing_is_proven(monkeypatch, objective):
    monkeypatch.setitem(sys.modules, "highspy", None)
    plan = planned(contacts(ROWS, RESOURCES), quota(0.4), objective=objective)
    assert plan.method == GREEDY_PAIRS_METHOD
    assert all(math.isnan(goal.bound) for goal in plan.goals)
    assert flown(plan) == [0, 1, 2, 3, 5]


def test_a_week_under_two_quotas_stays_between_a_second_opinion_and_the_bound():
    table, resources = realistic_candidates(5, 30, 7.0), realistic_resources(5)
    kinds = (NORTH, (("north", 0.5), ("south", 0.5)), (("south", 1.0),), ())
    stations = (replace(item, group_shares=kinds[k % 4]) for k, item in enumerate(resources[1]))
    resources = (resources[0], tuple(stations))
    quotas = (Quota(group="north", max_share=0.2), Quota(group="south", max_share=0.3))
    pairs = [("ogs-00", "ogs-09"), ("ogs-03", "ogs-21"), ("ogs-05", "ogs-24"), ("ogs-00", "ogs-15")]
    aims = aims_of(table, {f"{a}+{b}": (a, b, 4e6) for a, b in pairs})
    wanted = replace(SETTINGS, objective=Objective.FAIR_PAIRS, quotas=quotas)
    plan, by_greedy = (s.schedule(table, *resources, wanted, pairs=aims) for s in SCHEDULERS)
    free = ExactScheduler().schedule(table, *resources, replace(wanted, quotas=()), pairs=aims)
    assert violations(table, plan, *resources, quotas) == ()
    assert violations(table, by_greedy, *resources, quotas) == ()
    assert violations(table, free, *resources, quotas)
    again = best_share(table, aims, flown(plan))
    assert plan.goals[0].value == within(10 * PART_IN_A_MILLION, of=again)
    assert plan.goals[0].value >= best_share(table, aims, flown(by_greedy)) - PART_IN_A_MILLION
    assert plan.goals[0].value <= plan.goals[0].bound <= free.goals[0].bound + PART_IN_A_MILLION
    assert plan.goals[0].relative_gap < 0.3
    assert all(use.binds for use in plan.quotas)
