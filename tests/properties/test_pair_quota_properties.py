"""What holds for every schedule for pairs of users under quotas: quota, bound and order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from contact_cases import SETTINGS, contacts, flown, resource, selection, shuffled
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pair_cases import aims_of, best_share, best_share_by_brute_force
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.plan import PassState, Reason
from euroqci_planner.mission.scenario import Objective, Quota
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.verify import violations

SAME = 1e-5
SCHEDULERS = (GreedyScheduler(), ExactScheduler())
OBJECTIVES = (Objective.FAIR_PAIRS, Objective.STOCK_VALUE)
NORTH, BOTH, SOUTH = (("n", 1.0),), (("n", 0.5), ("s", 0.5)), (("s", 1.0),)


@st.composite
def cases(draw, largest=7, marks=True):
    """A few contacts over three stations of up to two groups, pairs who want their key, quotas."""
    of_group = st.sampled_from(((), NORTH, BOTH, SOUTH, (("n", 0.25),)))
    resources = (
        (resource("s1", draw(st.sampled_from((0.0, 2.0)))), resource("s2", terminals=2)),
        tuple(resource(name, shares=draw(of_group)) for name in "xyz"),
    )
    rows = []
    for _ in range(draw(st.integers(2, largest))):
        start = draw(st.integers(0, 20))
        value = draw(st.sampled_from((0.0, 10.0, 20.0, 35.0, 80.0)))
        satellite, station = draw(st.sampled_from(("s1", "s2"))), draw(st.sampled_from("xyz"))
        rows.append((satellite, station, start, start + draw(st.integers(2, 9)), value))
    pinned = tuple(draw(st.sets(st.integers(0, len(rows) - 1), max_size=2))) if marks else ()
    table = contacts(rows, resources, pinned=pinned)
    chosen = draw(st.sets(st.sampled_from(("xy", "xz", "yz")), min_size=1))
    demands = {
        name: (name[0], name[1], draw(st.sampled_from((20.0, 50.0, 100.0)))) for name in chosen
    }
    stocks = (("s1", "x", 25.0),) if draw(st.booleans()) else ()
    shares = st.sampled_from((0.1, 0.25, 0.5, 0.6, 0.75))
    groups = draw(st.sampled_from((("n",), ("s", "n"))))
    quotas = tuple(Quota(group=name, max_share=draw(shares)) for name in groups)
    return table, resources, aims_of(table, demands, stocks=stocks), quotas


def planned(scheduler, table, resources, aims, quotas, objective=Objective.FAIR_PAIRS):
    """The schedule, None where the pins leave none; it keeps what it must."""
    wanted = replace(SETTINGS, objective=objective, quotas=quotas)
    try:
        plan = scheduler.schedule(table, *resources, wanted, pairs=aims)
    except InvalidInput:
        return None
    assert violations(table, plan, *resources, quotas) == ()
    return plan


@given(case=cases(largest=6))
@settings(max_examples=40, deadline=None)
def test_the_smallest_share_under_quotas_equals_brute_force_below_its_bound(case):
    table, resources, aims, quotas = case
    best = best_share_by_brute_force(table, resources, aims, quotas)
    exact = planned(ExactScheduler(), table, resources, aims, quotas)
    by_greedy = planned(GreedyScheduler(), table, resources, aims, quotas)
    assert (exact is None) == (best is None)
    assume(best is not None and not np.isnan(best))
    assert exact.goals[0].value == within(SAME, of=best)
    assert exact.goals[0].value == within(SAME, of=best_share(table, aims, flown(exact)))
    assert exact.goals[0].bound >= best - SAME
    for goal in exact.goals:
        assert goal.bound >= goal.value * (1.0 - SAME)
    if by_greedy is not None:
        assert by_greedy.goals[0].value <= best_share(table, aims, flown(by_greedy)) + SAME


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@given(case=cases(largest=10), objective=st.sampled_from(OBJECTIVES))
@settings(max_examples=25, deadline=None)
def test_what_a_quota_keeps_out_breaks_it_and_nothing_that_fits_stays_out(
    scheduler, case, objective
):
    table, resources, aims, quotas = case
    plan = planned(scheduler, table, resources, aims, quotas, objective)
    assume(plan is not None)
    rows = flown(plan)
    for row in np.flatnonzero(plan.state == PassState.REJECTED).tolist():
        texts = violations(table, selection(table, [*rows, row]), *resources, quotas)
        if Reason(int(plan.reason[row])) is Reason.QUOTA:
            assert all(text.startswith("group ") for text in texts)
        assert texts or not table.value_bits[row] > 0.0
    assert not np.any((plan.state == PassState.CANDIDATE) & (table.value_bits > 0.0))


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@given(
    case=cases(marks=False), seed=st.integers(0, 2**32 - 1), objective=st.sampled_from(OBJECTIVES)
)
@settings(max_examples=15, deadline=None)
def test_the_order_of_the_input_has_no_say_under_quotas(scheduler, case, seed, objective):
    table, resources, aims, quotas = case
    other, mixed = shuffled(table, resources, np.random.default_rng(seed))
    first = planned(scheduler, table, resources, aims, quotas, objective)
    second = planned(scheduler, other, mixed, aims, quotas[::-1], objective)
    assert sorted(table.pass_row[flown(first)]) == sorted(other.pass_row[flown(second)])
    assert [goal.value for goal in first.goals] == [goal.value for goal in second.goals]
    assert np.array_equal(first.pairs.served_bits, second.pairs.served_bits)
    assert [use.binds for use in first.quotas] == [use.binds for use in second.quotas]


@given(case=cases(), objective=st.sampled_from(OBJECTIVES))
@settings(max_examples=15, deadline=None)
def test_a_quota_of_everything_leaves_the_plan_as_it_is_without(case, objective):
    table, resources, aims, quotas = case
    everything = tuple(replace(quota, max_share=1.0) for quota in quotas)
    for scheduler in SCHEDULERS:
        one, other = (
            planned(scheduler, table, resources, aims, q, objective) for q in (everything, ())
        )
        assert (one is None) == (other is None)
        if one is not None:
            assert np.array_equal(one.state, other.state)
            assert [str(goal) for goal in one.goals] == [str(goal) for goal in other.goals]
