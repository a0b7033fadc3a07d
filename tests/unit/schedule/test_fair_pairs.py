"""Schedules whose aim is the served share of the poorest pair of users."""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import numpy as np
import pytest
from contact_cases import SETTINGS, contacts, flown, resource
from pair_cases import aims_of
from realistic_passes import realistic_candidates, realistic_resources
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.pair_aims import TOO_LATE, PairRoute
from euroqci_planner.mission.scenario import Objective
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.pair_fallback import GREEDY_PAIRS_METHOD
from euroqci_planner.schedule.verify import violations

FAIR = replace(SETTINGS, objective=Objective.FAIR_PAIRS)
PART_IN_A_MILLION = 1e-6
TWO = ((resource("s1"), resource("s2")), tuple(resource(name) for name in "abcd"))
SCHEDULERS = (ExactScheduler(), GreedyScheduler())


def planned(table, aims, scheduler=SCHEDULERS[0], resources=TWO, settings=FAIR):
    plan = scheduler.schedule(table, *resources, settings, pairs=aims)
    assert violations(table, plan, *resources) == ()
    return plan


def share_of(plan, name):
    return plan.pairs.served_share[plan.pairs.demand_ids.index(name)]


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
def test_only_key_of_one_and_the_same_satellite_combines(scheduler):
    rows = [("s1", "a", 0, 100, 50.0), ("s2", "b", 200, 300, 50.0), ("s1", "b", 400, 500, 20.0)]
    table = contacts(rows, TWO)
    plan = planned(table, aims_of(table, {"ab": ("a", "b", 100.0)}), scheduler)
    assert flown(plan) == [0, 1, 2]
    assert plan.goals[0].value == within(PART_IN_A_MILLION, of=0.2)
    assert plan.goals[0].name == "smallest served share, emergency"


def test_the_poorer_pair_gets_the_satellite_where_expected_key_gives_it_to_the_richer():
    rows = [
        ("s1", "a", 0, 100, 60.0),
        ("s1", "b", 200, 300, 60.0),
        ("s1", "c", 220, 320, 40.0),
        ("s1", "a", 400, 500, 60.0),
        ("s1", "b", 600, 700, 60.0),
    ]
    table = contacts(rows, TWO)
    aims = aims_of(table, {"ab": ("a", "b", 100.0), "ac": ("a", "c", 100.0)})
    plan = planned(table, aims)
    assert flown(plan) == [0, 2, 3, 4]
    assert plan.goals[0].value == within(PART_IN_A_MILLION, of=0.4)
    assert plan.goals[0].bound >= plan.goals[0].value
    assert flown(planned(table, aims, settings=SETTINGS)) == [0, 1, 3, 4]


def test_key_that_comes_too_late_to_be_relayed_does_not_count():
    rows = [("s1", "a", 0, 100, 50.0), ("s1", "b", 200, 300, 30.0), ("s1", "b", 400, 500, 50.0)]
    table = contacts(rows, TWO)
    late = aims_of(table, {"ab": ("a", "b", 100.0)}, bucket=[0, 0, TOO_LATE])
    plan = planned(table, late)
    assert plan.goals[0].value == within(PART_IN_A_MILLION, of=0.3)
    assert flown(plan) == [0, 1, 2]


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
def test_a_pair_that_nothing_reaches_is_named_and_has_no_say(scheduler):
    rows = [("s1", "a", 0, 100, 50.0), ("s1", "b", 200, 300, 50.0)]
    table = contacts(rows, TWO)
    aims = aims_of(table, {"ab": ("a", "b", 100.0), "cd": ("c", "d", 100.0)}, start={"cd": 10.0})
    plan = planned(table, aims, scheduler)
    assert plan.goals[0].value == within(PART_IN_A_MILLION, of=0.5)
    assert plan.pairs.is_reached.tolist() == [True, False]
    assert share_of(plan, "cd") == within(PART_IN_A_MILLION, of=0.1)
    assert plan.pairs.most_share.tolist() == [0.5, 0.1]


def test_a_contact_counts_with_its_chance_of_what_its_users_could_use():
    rows = [("s1", "a", 0, 100, 900.0), ("s1", "b", 200, 300, 900.0)]
    table = contacts(rows, TWO)
    aims = aims_of(table, {"ab": ("a", "b", 100.0)}, chance=[1.0, 0.3])
    assert planned(table, aims).goals[0].value == within(PART_IN_A_MILLION, of=0.3)


def test_key_at_the_start_counts_with_pairs_and_with_links():
    table = contacts([("s1", "b", 200, 300, 50.0)], TWO)
    aims = aims_of(
        table,
        {"ab": ("a", "b", 100.0)},
        start={"ab": 25.0},
        stocks=(("s1", "a", 40.0),),
    )
    assert planned(table, aims).goals[0].value == within(PART_IN_A_MILLION, of=0.65)


def test_the_first_class_is_served_before_the_second():
    rows = [("s1", "a", 0, 100, 60.0), ("s1", "b", 200, 300, 60.0), ("s1", "c", 220, 320, 60.0)]
    table = contacts(rows, TWO)
    demands = {"ab": ("a", "b", 100.0), "ac": ("a", "c", 100.0)}
    first = planned(table, aims_of(table, demands, rank={"ab": 1, "ac": 2}))
    other = planned(table, aims_of(table, demands, rank={"ab": 2, "ac": 1}))
    assert (flown(first), flown(other)) == ([0, 1], [0, 2])
    names = [goal.name for goal in first.goals]
    assert names[:2] == ["smallest served share, public", "smallest served share, critical"]
    assert [goal.value for goal in first.goals[:2]] == within(PART_IN_A_MILLION, of=[0.6, 0.0])


def test_two_demands_of_one_pair_share_its_key_by_class():
    rows = [("s1", "a", 0, 100, 60.0), ("s1", "b", 200, 300, 60.0)]
    table = contacts(rows, TWO)
    demands = {"office": ("a", "b", 50.0), "police": ("b", "a", 50.0)}
    plan = planned(table, aims_of(table, demands, rank={"office": 3, "police": 0}))
    assert share_of(plan, "police") == within(PART_IN_A_MILLION, of=1.0)
    assert share_of(plan, "office") == within(PART_IN_A_MILLION, of=0.2)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
def test_fibre_serves_alone_and_limits_what_goes_over_it(scheduler):
    rows = [("s1", "a", 0, 100, 90.0), ("s1", "b", 200, 300, 90.0)]
    table = contacts(rows, TWO)
    demands = {"ab": ("a", "b", 100.0), "cd": ("c", "d", 100.0)}
    routes = (
        PairRoute(pair=0, station_a="a", station_b="b", fibre=(0,), fibre_use=(2,)),
        PairRoute(pair=1, fibre=(1,), fibre_use=(1,)),
    )
    aims = aims_of(table, demands, routes=routes, fibre=[[80.0], [70.0]])
    plan = planned(table, aims, scheduler)
    assert share_of(plan, "ab") == within(PART_IN_A_MILLION, of=0.4)
    assert share_of(plan, "cd") == within(PART_IN_A_MILLION, of=0.7)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
def test_pins_are_flown_bans_are_not_and_telescopes_do_not_idle(scheduler):
    rows = [
        ("s1", "a", 0, 100, 50.0),
        ("s1", "b", 200, 300, 50.0),
        ("s1", "d", 250, 350, 10.0),
        ("s2", "d", 500, 600, 10.0),
        ("s2", "b", 700, 800, 10.0),
    ]
    table = contacts(rows, TWO, pinned=(2,), banned=(4,))
    plan = planned(table, aims_of(table, {"ab": ("a", "b", 100.0)}), scheduler)
    assert flown(plan) == [0, 2, 3]


def test_the_total_that_is_left_is_maximised_under_the_floor():
    rows = [
        ("s1", "a", 0, 100, 50.0),
        ("s1", "b", 200, 300, 50.0),
        ("s2", "c", 0, 100, 30.0),
        ("s2", "d", 50, 150, 31.0),
        ("s2", "c", 120, 200, 30.0),
    ]
    table = contacts(rows, TWO)
    plan = planned(table, aims_of(table, {"ab": ("a", "b", 50.0)}))
    assert flown(plan) == [0, 1, 2, 4]
    assert plan.goals[-1].name == "total expected key"
    assert plan.goals[-1].value == plan.value_bits == 160.0
    assert plan.bound_bits == within(PART_IN_A_MILLION * 160.0, of=160.0)


def test_without_the_solver_the_poorest_pair_comes_first_and_nothing_is_proven(monkeypatch):
    monkeypatch.setitem(sys.modules, "highspy", None)
    rows = [("s1", "a", 0, 100, 60.0), ("s1", "b", 200, 300, 60.0), ("s1", "c", 220, 320, 40.0)]
    table = contacts(rows, TWO)
    demands = {"ab": ("a", "b", 100.0), "ac": ("a", "c", 100.0)}
    plan = planned(table, aims_of(table, demands))
    assert plan.method == GREEDY_PAIRS_METHOD
    assert all(math.isnan(goal.bound) for goal in plan.goals)
    assert plan.value_bits > 0.0


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@pytest.mark.parametrize("objective", [Objective.FAIR_PAIRS, Objective.STOCK_VALUE])
def test_a_plan_for_nobody_who_asks_is_refused(scheduler, objective):
    table = contacts([("s1", "a", 0, 100, 50.0)], TWO)
    settings = replace(FAIR, objective=objective)
    with pytest.raises(InvalidInput, match="nobody asks for key"):
        planned(table, None, scheduler, settings=settings)
    with pytest.raises(InvalidInput, match="nobody asks for key"):
        planned(table, aims_of(table, {"ab": ("a", "b", 0.0)}), scheduler, settings=settings)


def test_a_demand_that_nothing_can_serve_leaves_the_total():
    rows = [("s1", "a", 0, 100, 50.0), ("s2", "a", 50, 150, 60.0)]
    table = contacts(rows, TWO)
    plan = planned(table, aims_of(table, {"cd": ("c", "d", 100.0)}))
    assert flown(plan) == [1]
    assert [goal.unit for goal in plan.goals] == ["bit", "bit"]
    assert np.isnan(plan.pairs.stock_value).all()


@pytest.mark.parametrize(("through_second", "share"), [(60.0, 0.45), (10.0, 0.1)])
def test_a_bit_that_takes_two_satellites_costs_a_bit_of_each(through_second, share):
    resources = ((resource("s1"), resource("s2"), resource("s3")), TWO[1])
    rows = [(name, station, 1000.0 * k + shift, 1000.0 * k + shift + 100.0, bits)
            for k, (name, bits) in enumerate((("s1", 60.0), ("s2", through_second)))
            for station, shift in (("a", 0.0), ("b", 200.0))]  # fmt: skip
    if through_second > 50.0:
        rows[0] = ("s1", "a", 0.0, 100.0, 45.0)
    table = contacts(rows, resources)
    aims = aims_of(table, {"ab": ("a", "b", 100.0)}, paths={"ab": 2})
    plan = planned(table, aims, resources=resources)
    assert plan.goals[0].value == within(PART_IN_A_MILLION, of=share)


def test_a_pair_that_takes_more_satellites_than_there_are_is_not_reached():
    table = contacts([("s1", "a", 0, 100, 50.0), ("s1", "b", 200, 300, 50.0)], TWO)
    plan = planned(table, aims_of(table, {"ab": ("a", "b", 100.0)}, paths={"ab": 2}))
    assert not plan.pairs.is_reached[0]
    assert share_of(plan, "ab") == 0.0


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@pytest.mark.parametrize("objective", [Objective.FAIR_PAIRS, Objective.STOCK_VALUE])
@pytest.mark.parametrize("rows", [[], [("s1", "a", 0, 100, 0.0)]], ids=["no pass", "no key"])
def test_without_any_key_the_plan_is_empty_and_says_who_is_not_reached(scheduler, objective, rows):
    table = contacts(rows, TWO)
    settings = replace(FAIR, objective=objective)
    aims = aims_of(table, {"ab": ("a", "b", 100.0)}, start={"ab": 30.0})
    plan = planned(table, aims, scheduler, settings=settings)
    assert flown(plan) == []
    assert plan.pairs.is_reached.tolist() == [False]
    assert share_of(plan, "ab") == within(PART_IN_A_MILLION, of=0.3)
    assert plan.value_bits == 0.0


def test_a_stop_leaves_the_search_at_once():
    table, resources = realistic_candidates(5, 30, 7.0), realistic_resources(5)
    aims = aims_of(table, {"x": ("ogs-00", "ogs-09", 4e6), "y": ("ogs-03", "ogs-21", 4e6)})
    asked = 0

    def stop():
        nonlocal asked
        asked += 1
        if asked > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ExactScheduler().schedule(table, *resources, FAIR, stop, aims)
    assert asked == 6
