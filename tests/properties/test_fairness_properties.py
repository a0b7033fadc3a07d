"""What holds for every schedule that is fair among stations: floor, total, bounds, rules, order."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from contact_cases import SETTINGS, contacts, resource, selection, shuffled
from hypothesis import given, settings
from hypothesis import strategies as st
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.scenario import Objective, Quota
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.verify import violations

PART_IN_A_MILLION = 1e-6
FLOOR = 0.99
SCHEDULERS = (GreedyScheduler(), ExactScheduler())
FAIR = replace(SETTINGS, objective=Objective.FAIR_STATIONS)
NO_QUOTA = st.just(())
SOME_QUOTA = st.sampled_from((0.3, 0.5, 0.75)).map(lambda q: (Quota(group="n", max_share=q),))


@st.composite
def fair_cases(draw, largest=7, quotas=NO_QUOTA | SOME_QUOTA, marks=True):
    """A few contacts, stations of several weights, at times a pin, a limit, a quota."""
    resources = (
        tuple(resource(name, 1.0, per_day=draw(st.none() | st.just(3))) for name in ("b", "a")),
        tuple(
            resource(name, shares=shares, weight=draw(st.sampled_from((1.0, 1.0, 2.0, 0.0))))
            for name, shares in (("y", ()), ("x", (("n", 1.0),)), ("z", (("n", 0.5),)))
        ),
    )
    rows = []
    for _ in range(draw(st.integers(0, largest))):
        start = draw(st.integers(0, 60))
        value = draw(st.sampled_from((0.0, 1.0, 2.0, 2.0, 3.0, 5.0)))
        names = draw(st.sampled_from("ab")), draw(st.sampled_from("xyz"))
        rows.append((*names, start, start + draw(st.integers(1, 12)), value))
    pinned = (0,) if rows and marks and draw(st.booleans()) else ()
    return contacts(rows, resources, pinned=pinned), resources, draw(quotas)


def planned(scheduler, table, resources, quotas):
    try:
        return scheduler.schedule(table, *resources, replace(FAIR, quotas=quotas))
    except InvalidInput:
        return None


def counted_stations(table, resources, quotas):
    """Stations of a weight with a contact of value that can be flown beside the pins alone."""
    pins = np.flatnonzero(table.pinned).tolist()
    found = set()
    for row in np.flatnonzero(table.value_bits > 0.0).tolist():
        index = int(table.station[row])
        rows = sorted({*pins, row})
        if resources[1][index].weight > 0.0 and not violations(
            table, selection(table, rows), *resources
        ):
            found.add(index)
    return sorted(found)


def keys(table, resources, rows, stations):
    """Key over weight of the stations that count, weights of mean 1 among them."""
    mean = math.fsum(resources[1][index].weight for index in stations) / max(len(stations), 1)
    return [
        math.fsum(table.value_bits[row] for row in rows if table.station[row] == index)
        * mean / resources[1][index].weight
        for index in stations
    ]  # fmt: skip


def subsets(table, resources, quotas):
    """Every set of contacts that keeps the rules."""
    everyone = range(len(table))
    for size in range(len(table) + 1):
        for rows in combinations(everyone, size):
            if not violations(table, selection(table, rows), *resources, quotas):
                yield rows


@given(case=fair_cases())
@settings(max_examples=50, deadline=None)
def test_floor_and_total_equal_brute_force_below_their_bounds(case):
    table, resources, quotas = case
    plan = planned(ExactScheduler(), table, resources, quotas)
    allowed = list(subsets(table, resources, quotas))
    if plan is None:
        assert not allowed
        return
    assert violations(table, plan, *resources, quotas) == ()
    stations = counted_stations(table, resources, quotas)
    best = max(min(keys(table, resources, rows, stations), default=0.0) for rows in allowed)
    totals = [
        math.fsum(table.value_bits[list(rows)])
        for rows in allowed
        if min(keys(table, resources, rows, stations), default=0.0) >= FLOOR * best * (1 - 1e-9)
    ]
    smallest = plan.goals[0]
    if stations:
        assert smallest.value >= FLOOR * best * (1.0 - PART_IN_A_MILLION)
        assert smallest.bound >= best * (1.0 - PART_IN_A_MILLION)
        assert smallest.bound == within(PART_IN_A_MILLION * (1.0 + best), of=best)
    assert plan.value_bits == within(PART_IN_A_MILLION * (1.0 + max(totals)), of=max(totals))
    assert plan.bound_bits >= max(totals) * (1.0 - PART_IN_A_MILLION)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@given(case=fair_cases(largest=12))
@settings(max_examples=30, deadline=None)
def test_every_fair_schedule_keeps_the_rules_and_states_its_smallest_key(scheduler, case):
    table, resources, quotas = case
    plan = planned(scheduler, table, resources, quotas)
    if plan is None:
        return
    assert violations(table, plan, *resources, quotas) == ()
    stations = counted_stations(table, resources, quotas)
    rows = [row for row in range(len(table)) if plan.state[row] in (1, 2)]
    if stations:
        smallest = min(keys(table, resources, rows, stations))
        assert plan.goals[0].value == within(PART_IN_A_MILLION, of=smallest)
    assert plan.goals[-1].value == plan.value_bits


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@given(case=fair_cases(largest=12, marks=False), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_input_has_no_say_in_fairness(scheduler, case, seed):
    table, resources, quotas = case
    plan = planned(scheduler, table, resources, quotas)
    mixed, others = shuffled(table, resources, np.random.default_rng(seed))
    again = planned(scheduler, mixed, others, quotas)
    assert [str(goal) for goal in plan.goals] == [str(goal) for goal in again.goals]
    assert plan.method == again.method
    assert np.array_equal(plan.state[np.argsort(table.pass_row)],
                          again.state[np.argsort(mixed.pass_row)])  # fmt: skip
