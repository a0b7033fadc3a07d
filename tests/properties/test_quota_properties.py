"""What holds for every schedule under quotas: the quota, the bound, the optimum, the order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from contact_cases import (
    SETTINGS,
    best_value_by_brute_force,
    contacts,
    flown,
    resource,
    selection,
    shuffled,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.plan import PassState, Reason
from euroqci_planner.mission.scenario import Quota
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.verify import violations

PART_IN_A_BILLION = 1e-9
SCHEDULERS = (GreedyScheduler(), ExactScheduler())

shares = st.sampled_from(
    ((), (("n", 1.0),), (("n", 0.5), ("s", 0.5)), (("s", 1.0),), (("n", 0.25),))
)
max_share = st.sampled_from((0.1, 0.25, 0.5, 0.75, 1.0))


@st.composite
def quota_cases(draw, largest=7, marks=True):
    """A few contacts, stations that serve up to two groups, one or two quotas."""
    resources = (
        tuple(resource(name, 1.0, per_day=draw(st.none() | st.just(3))) for name in ("b", "a")),
        tuple(resource(name, shares=draw(shares)) for name in ("y", "x", "z")),
    )
    rows = []
    for _ in range(draw(st.integers(0, largest))):
        start = draw(st.integers(0, 60))
        length = draw(st.integers(1, 12))
        value = draw(st.sampled_from((0.0, 1.0, 2.0, 2.0, 3.0, 5.0)))
        names = draw(st.sampled_from("ab")), draw(st.sampled_from("xyz"))
        rows.append((*names, start, start + length, value))
    chosen = st.sets(st.integers(0, max(len(rows) - 1, 0)), max_size=2)
    pinned = tuple(draw(chosen)) if marks and draw(st.booleans()) else ()
    groups = draw(st.sampled_from((("n",), ("s", "n"))))
    quotas = tuple(Quota(group=name, max_share=draw(max_share)) for name in groups)
    return contacts(rows, resources, pinned=pinned), resources, quotas


def planned(scheduler, table, resources, quotas, gap=0.0):
    """The schedule, or None where the pins cannot all be flown."""
    wanted = replace(SETTINGS, quotas=quotas, relative_gap=gap)
    try:
        return scheduler.schedule(table, *resources, wanted)
    except InvalidInput:
        return None


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@given(case=quota_cases())
@settings(max_examples=50, deadline=None)
def test_no_schedule_exceeds_a_quota(scheduler, case):
    table, resources, quotas = case
    plan = planned(scheduler, table, resources, quotas)
    if plan is not None:
        assert violations(table, plan, *resources, quotas) == ()


@given(case=quota_cases())
@settings(max_examples=80, deadline=None)
def test_the_exact_schedule_under_quotas_equals_brute_force_below_its_bound(case):
    table, resources, quotas = case
    exact = planned(ExactScheduler(), table, resources, quotas)
    best = best_value_by_brute_force(table, resources, quotas)
    if exact is None:
        assert best is None
        return
    assert exact.value_bits == within(PART_IN_A_BILLION * best, of=best)
    assert exact.bound_bits >= best
    assert exact.bound_bits == within(10 * PART_IN_A_BILLION * best, of=best)
    by_greedy = planned(GreedyScheduler(), table, resources, quotas)
    if by_greedy is not None:
        assert by_greedy.value_bits <= exact.value_bits * (1.0 + PART_IN_A_BILLION)


@given(case=quota_cases(largest=12))
@settings(max_examples=40, deadline=None)
def test_a_quota_of_everything_leaves_the_plan_as_it_is_without(case):
    table, resources, quotas = case
    everything = tuple(replace(quota, max_share=1.0) for quota in quotas)
    for scheduler in SCHEDULERS:
        one, other = (planned(scheduler, table, resources, q) for q in (everything, ()))
        assert (one is None) == (other is None)
        if one is not None:
            assert one.method == other.method
            assert (one.value_bits, str(one.bound_bits)) == (
                other.value_bits,
                str(other.bound_bits),
            )
            for name in ("state", "reason", "blocked_by"):
                assert np.array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@given(case=quota_cases(largest=12, marks=False), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_input_has_no_say_under_quotas(scheduler, case, seed):
    table, resources, quotas = case
    plan = planned(scheduler, table, resources, quotas)
    mixed, others = shuffled(table, resources, np.random.default_rng(seed))
    again = planned(scheduler, mixed, others, quotas[::-1])
    assert (plan.value_bits, plan.method, str(plan.bound_bits)) == (
        again.value_bits,
        again.method,
        str(again.bound_bits),
    )
    assert np.array_equal(plan.state[np.argsort(table.pass_row)],
                          again.state[np.argsort(mixed.pass_row)])  # fmt: skip


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@given(case=quota_cases(largest=10, marks=False))
@settings(max_examples=80, deadline=None)
def test_what_a_quota_keeps_out_breaks_it_when_it_is_flown_and_nothing_else_stays_out(
    scheduler, case
):
    table, resources, quotas = case
    plan = planned(scheduler, table, resources, quotas)
    rows = flown(plan)
    for row in np.flatnonzero(plan.state == PassState.REJECTED).tolist():
        texts = violations(table, selection(table, [*rows, row]), *resources, quotas)
        reason = Reason(int(plan.reason[row]))
        if reason is Reason.QUOTA:
            assert all(text.startswith("group ") for text in texts)
            blocker = int(plan.blocked_by[row])
            assert blocker < 0 or blocker in rows
        if reason is not Reason.NO_KEY:
            assert texts
    assert not np.any((plan.state == PassState.CANDIDATE) & (table.value_bits > 0.0))
