"""What holds for every schedule: rules, bounds, optimality, indifference to order, reasons."""

from __future__ import annotations

import bisect
import math
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
from realistic_passes import realistic_candidates, realistic_resources
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.plan import NO_BLOCKER, PassState, Reason
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.explain import explained
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.verify import violations

PART_IN_A_BILLION = 1e-9
SCHEDULERS = (GreedyScheduler(), ExactScheduler())
BUSY = {Reason.SATELLITE_BUSY: "satellite", Reason.STATION_BUSY: "station"}
LIMITED = {Reason.ORBIT_LIMIT: "orbit", Reason.DAY_LIMIT: "day"}

small_limit = st.none() | st.integers(0, 2)
terminals = st.sampled_from((1, 1, 1, 2))
setup_s = st.sampled_from((0.0, 1.0, 3.5))


@st.composite
def resource_families(draw):
    satellites = tuple(
        resource(name, draw(setup_s), draw(terminals), draw(small_limit), draw(small_limit))
        for name in ("s2", "s1", "s3")[: draw(st.integers(1, 3))]
    )
    stations = tuple(
        resource(name, draw(setup_s), draw(terminals))
        for name in ("y", "x", "z")[: draw(st.integers(1, 3))]
    )
    return satellites, stations


@st.composite
def small_cases(draw, marks=True, largest=7):
    """A few contacts in a short time: many conflicts, many equal values, some pins and bans."""
    resources = draw(resource_families())
    rows = []
    for _ in range(draw(st.integers(0, largest))):
        satellite = draw(st.sampled_from(resources[0])).id
        station = draw(st.sampled_from(resources[1])).id
        start = draw(st.integers(0, 24)) + (86_390 if draw(st.booleans()) else 0)
        length = draw(st.integers(1, 12))
        value = draw(st.sampled_from((0.0, 1.0, 2.0, 2.0, 3.0, 5.0, 7.5)))
        rows.append((satellite, station, start, start + length, value))
    chosen = st.sets(st.integers(0, max(len(rows) - 1, 0)), max_size=2)
    pinned = tuple(draw(chosen)) if marks and draw(st.booleans()) else ()
    banned = tuple(draw(chosen)) if marks and draw(st.booleans()) else ()
    return contacts(rows, resources, pinned=pinned, banned=banned, orbit_s=15.0), resources


@st.composite
def real_cases(draw):
    """A random part of real conflicts with random values and limits."""
    table = realistic_candidates(8, 30, 2.0)
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    table = table.take(np.sort(random.permutation(len(table))[: draw(st.integers(10, 400))]))
    value = np.round(random.exponential(20.0, len(table)))
    pinned = np.zeros(len(table), dtype=bool)
    pinned[0] = True
    resources = realistic_resources(8, 30, draw(st.none() | st.integers(1, 3)),
                                    draw(st.none() | st.integers(2, 8)))  # fmt: skip
    banned = (random.random(len(table)) < 0.05) & ~pinned
    return replace(table, value_bits=value, pinned=pinned, banned=banned), resources


@st.composite
def crowded_cases(draw):
    """Many long contacts on few resources: here the linear programme is often fractional."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    satellites, stations = (int(count) for count in random.integers(2, 5, 2))
    resources = (
        tuple(
            resource(f"s{k}", float(random.integers(0, 4)), 1 + k // 3, 3 if k % 2 else None)
            for k in range(satellites)
        ),
        tuple(resource(f"g{k}", float(random.integers(0, 4))) for k in range(stations)),
    )
    rows = [
        (
            f"s{random.integers(satellites)}",
            f"g{random.integers(stations)}",
            float(start),
            float(start + random.integers(3, 25)),
            float(random.integers(1, 6)),
        )
        for start in random.integers(0, 100, 60)
    ]
    return contacts(rows, resources, orbit_s=40.0), resources


def planned(scheduler, table, resources):
    """The schedule, or None where the pins cannot all be flown."""
    try:
        return scheduler.schedule(table, *resources, SETTINGS)
    except InvalidInput:
        return None


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@given(case=small_cases())
@settings(max_examples=150, deadline=None)
def test_every_schedule_keeps_the_rules_and_only_impossible_pins_are_refused(scheduler, case):
    table, resources = case
    plan = planned(scheduler, table, resources)
    pins_alone = selection(table, tuple(np.flatnonzero(table.pinned)))
    possible = not violations(table, pins_alone, *resources)
    assert (plan is not None) == possible
    if plan is not None:
        assert violations(table, plan, *resources) == ()


@given(case=small_cases())
@settings(max_examples=150, deadline=None)
def test_the_exact_schedule_equals_brute_force_between_greedy_and_bound(case):
    table, resources = case
    by_greedy, exact = (planned(scheduler, table, resources) for scheduler in SCHEDULERS)
    best = best_value_by_brute_force(table, resources)
    if exact is None:
        assert best is None
        return
    assert exact.value_bits == within(PART_IN_A_BILLION * best, of=best)
    assert by_greedy.value_bits <= exact.value_bits * (1.0 + PART_IN_A_BILLION)
    assert exact.bound_bits >= best
    assert exact.bound_bits == within(10 * PART_IN_A_BILLION * best, of=best)


@given(case=real_cases() | crowded_cases())
@settings(max_examples=80, deadline=None)
def test_large_cases_are_planned_by_the_rules_with_greedy_below_exact_below_bound(case):
    table, resources = case
    by_greedy, exact = (item.schedule(table, *resources, SETTINGS) for item in SCHEDULERS)
    assert violations(table, by_greedy, *resources) == ()
    assert violations(table, exact, *resources) == ()
    assert by_greedy.value_bits <= exact.value_bits * (1.0 + PART_IN_A_BILLION)
    assert exact.value_bits <= exact.bound_bits
    gap_bits = exact.bound_bits - exact.value_bits
    assert gap_bits == within(2 * PART_IN_A_BILLION * exact.bound_bits, of=0.0)


@given(case=crowded_cases(), relative_gap=st.sampled_from((0.02, 0.1, 0.5)))
@settings(max_examples=100, deadline=None)
def test_a_wide_gap_still_gives_no_less_than_greedy_and_no_less_than_the_gap(case, relative_gap):
    table, resources = case
    wide = replace(SETTINGS, relative_gap=relative_gap)
    by_greedy, exact = (item.schedule(table, *resources, wide) for item in SCHEDULERS)
    assert violations(table, exact, *resources) == ()
    assert exact.value_bits >= by_greedy.value_bits * (1.0 - PART_IN_A_BILLION)
    assert 0.0 <= exact.bound_bits - exact.value_bits <= relative_gap * exact.bound_bits


def best_of_one_satellite(table, gap_s):
    """Weighted interval scheduling by dynamic programming over ends (Kleinberg and Tardos 6.1)."""
    start = (table.start_utc.astype(np.int64) / 1e6).tolist()
    end = (table.end_utc.astype(np.int64) / 1e6 + gap_s).tolist()
    order = sorted(range(len(table)), key=end.__getitem__)
    ends, best = [], [0.0]
    for row in order:
        before = bisect.bisect_right(ends, start[row])
        with_it = best[before] + max(float(table.value_bits[row]), 0.0)
        best.append(max(best[-1], with_it))
        ends.append(end[row])
    return best[-1]


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 400), st.integers(1, 60), st.integers(0, 50)), max_size=60
    ),
    gap_s=st.sampled_from((0.0, 5.0, 30.0)),
)
@settings(max_examples=100, deadline=None)
def test_one_satellite_with_constant_set_up_equals_the_interval_dynamic_programme(rows, gap_s):
    resources = ((resource("sat", gap_s),), tuple(resource(name) for name in "xyz"))
    table = contacts(
        [("sat", "xyz"[k % 3], start, start + length, value)
         for k, (start, length, value) in enumerate(rows)],
        resources,
    )  # fmt: skip
    plan = ExactScheduler().schedule(table, *resources, SETTINGS)
    best = best_of_one_satellite(table, gap_s)
    assert plan.value_bits == within(PART_IN_A_BILLION * best, of=best)


def decisions_by_pass(table, plan):
    order = np.argsort(table.pass_row)
    blocker = np.where(plan.blocked_by >= 0, table.pass_row[plan.blocked_by], NO_BLOCKER)
    return plan.state[order], plan.reason[order], blocker[order]


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@given(
    case=small_cases(marks=False, largest=12) | real_cases() | crowded_cases(),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=80, deadline=None)
def test_the_order_of_the_input_has_no_say(scheduler, case, seed):
    table, resources = case
    plan = scheduler.schedule(table, *resources, SETTINGS)
    mixed, others = shuffled(table, resources, np.random.default_rng(seed))
    again = scheduler.schedule(mixed, *others, SETTINGS)
    for one, other in zip(decisions_by_pass(table, plan), decisions_by_pass(mixed, again),
                          strict=True):  # fmt: skip
        assert np.array_equal(one, other)
    assert (again.value_bits, again.method) == (plan.value_bits, plan.method)
    assert again.bound_bits == plan.bound_bits or math.isnan(plan.bound_bits)


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@given(case=small_cases(largest=10) | real_cases() | crowded_cases())
@settings(max_examples=60, deadline=None)
def test_every_contact_not_flown_has_a_reason_and_its_blocker_stands_in_the_way(scheduler, case):
    table, resources = case
    plan = planned(scheduler, table, resources)
    if plan is None:
        return
    rows = flown(plan)
    rejected = np.flatnonzero(plan.state == PassState.REJECTED)
    assert len(rows) + len(rejected) + int(table.banned.sum()) == len(table)
    for row in rejected[:20].tolist():
        reason, blocker = Reason(int(plan.reason[row])), int(plan.blocked_by[row])
        if reason is Reason.NO_KEY:
            assert table.value_bits[row] <= 0.0
            assert blocker == NO_BLOCKER
            continue
        texts = violations(table, selection(table, [*rows, row]), *resources)
        assert texts
        check_blocker(table, resources, rows, row, reason, blocker, texts)


def check_blocker(table, resources, rows, row, reason, blocker, texts):
    if reason in BUSY:
        family = list(BUSY).index(reason)
        index = (table.satellite, table.station)[family]
        name = f"{BUSY[reason]} {resources[family][index[row]].id}:"
        assert any(text.startswith(name) for text in texts)
        assert index[blocker] == index[row]
        if resources[family][index[row]].terminals == 1:
            pair = violations(table, selection(table, [row, blocker]), *resources)
            assert any(text.startswith(name) for text in pair)
        return
    number = {"orbit": table.orbit_number, "day": table.day_number}[LIMITED[reason]]
    assert any(f"contacts in {LIMITED[reason]} {number[row]} of" in text for text in texts)
    alike = [other for other in rows if table.satellite[other] == table.satellite[row]
             and number[other] == number[row]]  # fmt: skip
    if not alike:
        assert blocker == NO_BLOCKER
        return
    assert blocker in alike
    assert table.value_bits[blocker] == min(table.value_bits[alike])


@given(case=small_cases(marks=False, largest=10), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=100, deadline=None)
def test_any_set_of_contacts_can_be_explained_and_candidates_left_open_really_fit(case, seed):
    table, resources = case
    order = np.random.default_rng(seed).permutation(len(table)).tolist()
    rows: list[int] = []
    for row in order[: len(order) // 2]:
        if not violations(table, selection(table, [*rows, row]), *resources):
            rows.append(row)
    mask = np.isin(np.arange(len(table)), rows)
    found = explained(table, *resources, mask)
    for row in set(range(len(table))) - set(rows):
        fits = not violations(table, selection(table, [*rows, row]), *resources)
        assert (found.state[row] == PassState.CANDIDATE) == fits


@given(case=small_cases(marks=False, largest=10))
@settings(max_examples=60, deadline=None)
def test_a_schedule_with_one_more_contact_than_it_can_hold_is_always_caught(case):
    table, resources = case
    plan = ExactScheduler().schedule(table, *resources, SETTINGS)
    for row in np.flatnonzero(plan.state == PassState.REJECTED).tolist():
        state = plan.state.copy()
        state[row] = PassState.SCHEDULED
        assert violations(table, replace(plan, state=state), *resources)
