"""Fair among stations: the poorest first, then the total; what counts, what is proven."""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import numpy as np
import pytest
from contact_cases import SETTINGS, contacts, flown, resource
from realistic_passes import realistic_candidates, realistic_resources
from tolerances import within

from euroqci_planner.mission.plan import Reason
from euroqci_planner.mission.scenario import Objective, Quota
from euroqci_planner.schedule.conflicts import problem_of
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.fair_claims import claims_of
from euroqci_planner.schedule.fair_repair import lift, poorest_first
from euroqci_planner.schedule.fair_stations import (
    FAIR_GREEDY_METHOD,
    FAIR_METHOD,
    SMALLEST_CLAIM,
    SMALLEST_KEY,
    TOTAL_ABOVE_FLOOR,
)
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.timetable import Timetable
from euroqci_planner.schedule.verify import violations

PART_IN_A_BILLION = 1e-9
FAIR = replace(SETTINGS, objective=Objective.FAIR_STATIONS)
ONE = ((resource("sat"),), (resource("x"), resource("y"), resource("z")))
# The satellite sees two stations at a time, and x is always worth more.
RIVALS = [
    ("sat", "x", 0, 100, 9.0),
    ("sat", "y", 0, 100, 4.0),
    ("sat", "x", 200, 300, 8.0),
    ("sat", "y", 200, 300, 5.0),
    ("sat", "x", 400, 500, 7.0),
    ("sat", "y", 400, 500, 1.0),
]


def exact(table, resources=ONE, **changes):
    return ExactScheduler().schedule(table, *resources, replace(FAIR, **changes))


def smallest_key(table, plan, count):
    rows = flown(plan)
    return np.bincount(table.station[rows], table.value_bits[rows], count).min()


def test_a_station_that_is_always_outbid_gets_its_share():
    table = contacts(RIVALS, ONE)
    plan = exact(table)
    assert flown(plan) == [1, 3, 4]
    assert [goal.name for goal in plan.goals] == [SMALLEST_KEY, TOTAL_ABOVE_FLOOR]
    assert [goal.unit for goal in plan.goals] == ["bit", "bit"]
    assert plan.goals[0].value == 7.0
    assert plan.goals[0].bound == within(7 * PART_IN_A_BILLION, of=7.0)
    assert plan.value_bits == 16.0
    assert plan.goals[1].bound == plan.bound_bits == within(16 * PART_IN_A_BILLION, of=16.0)
    assert plan.objective == "fair_stations"
    by_total = ExactScheduler().schedule(table, *ONE, SETTINGS)
    assert by_total.value_bits == 24.0


def test_a_claim_of_twice_the_weight_is_due_twice_the_key():
    double = (ONE[0], (resource("x", weight=2.0), resource("y"), resource("z", weight=0.0)))
    plan = exact(contacts(RIVALS, double), double)
    assert flown(plan) == [0, 3, 4]
    assert plan.goals[0].name == SMALLEST_CLAIM
    # weights of mean 1 are 4/3 and 2/3: 16 bits over 4/3, 5 bits over 2/3
    assert plan.goals[0].value == within(PART_IN_A_BILLION, of=7.5)


def test_stations_without_a_contact_of_value_or_without_a_claim_do_not_pull_the_floor_down():
    grounded = ((*ONE[0], resource("idle", per_day=0)), ONE[1])
    rows = [*RIVALS, ("sat", "z", 600, 700, 0.0), ("idle", "z", 800, 900, 50.0)]
    plan = exact(contacts(rows, grounded), grounded)
    assert plan.goals[0].value == 7.0


def test_a_contact_of_two_stations_is_key_for_both():
    table = replace(
        contacts([("sat", "x", 0, 100, 6.0), ("sat", "z", 0, 100, 9.0)], ONE),
        partner=np.array([1, -1]),
        partner_pass_row=np.array([9, -1]),
    )
    plan = exact(table)
    claims = claims_of(problem_of(table, *ONE), ONE[1], Timetable(problem_of(table, *ONE)))
    assert claims.ids == ("x", "y", "z")
    assert claims.keys(np.array([True, False])).tolist() == [6.0, 6.0, 0.0]
    assert plan.goals[0].value == 0.0


def test_where_no_station_counts_the_total_is_all_there_is():
    nobody = (ONE[0], tuple(replace(item, weight=0.0) for item in ONE[1]))
    for scheduler in (ExactScheduler(), GreedyScheduler()):
        plan = scheduler.schedule(contacts(RIVALS, nobody), *nobody, FAIR)
        assert plan.value_bits == 24.0
        assert len(plan.goals) == 1
    assert exact(contacts([], ONE)).value_bits == 0.0


def test_pins_are_flown_before_any_fairness():
    plan = exact(contacts(RIVALS, ONE, pinned=(0, 2, 4)))
    assert flown(plan) == [0, 2, 4]


def test_a_contact_that_fairness_leaves_out_names_the_one_in_its_way():
    plan = exact(contacts(RIVALS, ONE))
    assert plan.reason[[0, 2, 5]].tolist() == [Reason.SATELLITE_BUSY] * 3
    assert plan.blocked_by[[0, 2, 5]].tolist() == [1, 3, 4]


def test_without_the_solver_the_poorest_comes_first_and_nothing_is_proven(monkeypatch):
    monkeypatch.setitem(sys.modules, "highspy", None)
    table, resources = realistic_candidates(5, 10, 2.0), realistic_resources(5, 10)
    plan = exact(table, resources)
    assert plan.method == FAIR_GREEDY_METHOD
    assert math.isnan(plan.bound_bits)
    assert all(math.isnan(goal.bound) for goal in plan.goals)
    assert violations(table, plan, *resources) == ()
    by_greedy = GreedyScheduler().schedule(table, *resources, FAIR)
    assert np.array_equal(plan.state, by_greedy.state)
    by_value = GreedyScheduler().schedule(table, *resources, SETTINGS)
    assert smallest_key(table, plan, 10) > smallest_key(table, by_value, 10)


def test_lifting_raises_the_poorest_without_breaking_a_rule():
    table = realistic_candidates(10, 30, 2.0)
    satellites, stations = realistic_resources(10, 30, 2, 6)
    problem = problem_of(table, satellites, stations)
    claims = claims_of(problem, stations, Timetable(problem))
    timetable = Timetable(problem)
    poorest_first(problem, claims, timetable)
    before = claims.smallest(timetable.mask())
    lift(problem, claims, timetable)
    again = Timetable(problem)
    rows = np.flatnonzero(timetable.mask()).tolist()
    assert again.add_all_that_fit(rows) == rows
    assert claims.smallest(timetable.mask()) > 1.05 * before
    enough = claims.smallest(timetable.mask())
    lift(problem, claims, timetable, 0.5 * enough)
    assert np.flatnonzero(timetable.mask()).tolist() == rows


@pytest.mark.parametrize(("per_orbit", "per_day"), [(2, 8)])
def test_ten_satellites_share_a_week_among_thirty_stations_within_seven_per_cent_of_the_bound(
    per_orbit, per_day
):
    table = realistic_candidates(10, 30, 7.0)
    resources = realistic_resources(10, 30, per_orbit, per_day)
    plan = exact(table, resources, relative_gap=0.5)
    smallest, total = plan.goals
    assert plan.method == FAIR_METHOD
    assert violations(table, plan, *resources) == ()
    assert smallest.value == within(PART_IN_A_BILLION * smallest.bound,
                                    of=smallest_key(table, plan, 30))  # fmt: skip
    assert smallest.value <= smallest.bound
    assert smallest.relative_gap < 0.07
    assert total.value <= total.bound
    assert total.relative_gap < 0.15
    by_value = ExactScheduler().schedule(table, *resources, SETTINGS)
    assert smallest.value > 1.5 * smallest_key(table, by_value, 30)
    assert total.bound < by_value.bound_bits


def test_fairness_and_quotas_hold_together():
    table = realistic_candidates(10, 10, 4.0)
    satellites, plain = realistic_resources(10, 10)
    stations = tuple(
        replace(item, group_shares=(("north", 1.0),) if number < 4 else ())
        for number, item in enumerate(plain)
    )
    quotas = (Quota(group="north", max_share=0.2),)
    free = exact(table, (satellites, stations), relative_gap=0.5)
    plan = exact(table, (satellites, stations), relative_gap=0.5, quotas=quotas)
    assert violations(table, free, satellites, stations, quotas)
    assert violations(table, plan, satellites, stations, quotas) == ()
    assert plan.goals[0].value > 0.85 * plan.goals[0].bound
    assert plan.goals[0].bound <= free.goals[0].bound * (1.0 + PART_IN_A_BILLION)
    assert plan.quotas[0].binds
