"""Contacts of two stations in schedules for pairs of users, against every subset tried."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from contact_cases import SETTINGS, contacts, flown, resource, selection, with_partners
from pair_cases import aims_of
from tolerances import within

from euroqci_planner.mission.pair_aims import PairRoute
from euroqci_planner.mission.scenario import Objective
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.verify import violations

FAIR = replace(SETTINGS, objective=Objective.FAIR_PAIRS)
PART_IN_A_MILLION = 1e-6
RESOURCES = ((resource("e1"), resource("s1")), tuple(resource(name) for name in "abc"))
PAIRS = ("ab", "ac", "bc")
SCHEDULERS = (ExactScheduler(), GreedyScheduler())


def table_of(alone, direct):
    """Passes of one station, then contacts of two as (stations, start, end, bits) of e1."""
    rows = [*alone, *(("e1", ends[0], *more) for ends, *more in direct)]
    first = len(alone)
    partners = {first + row: item[0][1] for row, item in enumerate(direct)}
    passes = {row: (100 + 2 * row, 101 + 2 * row) for row in partners}
    return with_partners(contacts(rows, RESOURCES), partners, passes)


def aims_with(table, demands, **more):
    routes = tuple(
        PairRoute(pair=number, station_a=a, station_b=b, is_direct=is_direct)
        for number, (a, b) in enumerate(sorted(item[:2] for item in demands.values()))
        for is_direct in (True, False)
    )
    return aims_of(table, demands, routes=routes, relays=("s1",), **more)


def planned(table, aims, scheduler=SCHEDULERS[0], settings=FAIR):
    plan = scheduler.schedule(table, *RESOURCES, settings, pairs=aims)
    assert violations(table, plan, *RESOURCES) == ()
    return plan


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
def test_a_pair_is_served_by_the_contact_that_its_two_stations_share(scheduler):
    alone = [("s1", "c", 0, 100, 50.0)]
    direct = [("ac", 200, 300, 90.0), ("ab", 220, 320, 30.0), ("bc", 600, 700, 40.0)]
    table = table_of(alone, direct)
    plan = planned(table, aims_with(table, {"d": ("b", "a", 100.0)}), scheduler)
    assert flown(plan) == [0, 2, 3]
    assert plan.goals[0].value == within(PART_IN_A_MILLION, of=0.3)
    assert plan.pairs.is_reached.tolist() == [True]
    assert plan.pairs.most_share.tolist() == [within(PART_IN_A_MILLION, of=0.3)]
    without = planned(table, aims_with(table, {"d": ("b", "a", 100.0)}), settings=SETTINGS)
    assert flown(without) == [0, 1, 3]


def test_key_of_a_satellite_and_key_of_two_stations_add_up_for_their_pair():
    alone = [("s1", "a", 0, 100, 40.0), ("s1", "b", 200, 300, 25.0)]
    table = table_of(alone, [("ab", 400, 500, 30.0)])
    plan = planned(table, aims_with(table, {"d": ("a", "b", 100.0)}))
    assert flown(plan) == [0, 1, 2]
    assert plan.goals[0].value == within(PART_IN_A_MILLION, of=0.55)
    assert plan.pairs.most_share.tolist() == [within(PART_IN_A_MILLION, of=0.55)]


def test_the_chances_of_a_contact_of_two_stations_count():
    direct = [("ab", 0, 100, 80.0), ("ac", 50, 150, 60.0)]
    table = table_of([], direct)
    demands = {"ab": ("a", "b", 100.0), "ac": ("a", "c", 100.0)}
    sure = aims_with(table, {"ab": demands["ab"]}, chance=[0.5, 1.0])
    assert planned(table, sure).goals[0].value == within(PART_IN_A_MILLION, of=0.4)


@pytest.mark.parametrize("seed", range(4))
def test_the_smallest_share_is_the_best_of_all_subsets(seed):
    random = np.random.default_rng(seed)
    direct = [
        (PAIRS[random.integers(3)], start, start + 150.0, float(random.integers(20, 90)))
        for start in np.sort(random.uniform(0.0, 900.0, 8)).tolist()
    ]
    table = table_of([], direct)
    demands = {name: (name[0], name[1], 200.0) for name in {item[0] for item in direct}}
    best = 0.0
    for size in range(len(table) + 1):
        for rows in combinations(range(len(table)), size):
            if violations(table, selection(table, rows), *RESOURCES) == ():
                bits = dict.fromkeys(demands, 0.0)
                for row in rows:
                    bits[direct[row][0]] += direct[row][3]
                best = max(best, min(min(item / 200.0, 1.0) for item in bits.values()))
    plan = planned(table, aims_with(table, demands))
    assert plan.goals[0].value == within(PART_IN_A_MILLION, of=best)
    assert plan.goals[0].bound >= best - PART_IN_A_MILLION
    assert plan.pairs.served_share.min() >= best - PART_IN_A_MILLION
