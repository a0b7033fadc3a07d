"""Linear and integer programme: optimum, bound, gap, fallback."""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import highspy
import numpy as np
import pytest
from contact_cases import (
    SETTINGS,
    best_value_by_brute_force,
    contacts,
    flown,
    resource,
    shuffled,
)
from realistic_passes import realistic_candidates, realistic_resources
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.plan import PassState, Reason
from euroqci_planner.schedule.conflicts import problem_of
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.falling_value import GREEDY_METHOD
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.linear import integer, relaxed
from euroqci_planner.schedule.programme import batches, programme_of
from euroqci_planner.schedule.total_key import (
    INTEGER_METHOD,
    LINEAR_METHOD,
    ROUNDED_METHOD,
    WINDOWS_METHOD,
)
from euroqci_planner.schedule.verify import violations

PART_IN_A_BILLION = 1e-9
ONE = ((resource("sat", 60.0),), (resource("x"), resource("y"), resource("z")))

# Five contacts, each in conflict with the next and the last with the first: a ring of odd length
# over two satellites and three stations, where halves of all five are worth more than any plan.
RING_RESOURCES = (
    (resource("s1"), resource("s2")),
    (resource("x"), resource("y"), resource("z")),
)
RING = [
    ("s1", "x", 0.0, 2.0, 1.0),
    ("s1", "z", 1.5, 4.0, 1.0),
    ("s1", "y", 3.5, 6.0, 1.0),
    ("s2", "y", 5.0, 7.0, 1.0),
    ("s2", "x", 1.8, 5.5, 1.0),
]


def exact(table, resources, settings=SETTINGS):
    return ExactScheduler().schedule(table, *resources, settings)


def test_the_optimum_beats_a_greedy_choice_that_no_exchange_of_one_can_mend():
    table = contacts(
        [("sat", "x", 0, 100, 7), ("sat", "y", 120, 200, 8), ("sat", "z", 150, 320, 9),
         ("sat", "y", 290, 400, 8), ("sat", "x", 440, 500, 7)], ONE
    )  # fmt: skip
    plan = exact(table, ONE)
    assert plan.value_bits == best_value_by_brute_force(table, ONE)
    assert plan.method == LINEAR_METHOD


def test_a_plan_worth_nothing_has_the_bound_zero_and_not_the_last_digit_of_the_solver():
    grounded = ((resource("s2", per_orbit=0),), (resource("y"), resource("x")))
    table = contacts(
        [("s2", "y", 15, 16, 1), ("s2", "x", 4, 16, 1), ("s2", "y", 0, 1, 0),
         ("s2", "y", 0, 1, 0), ("s2", "y", 0, 1, 0), ("s2", "y", 0, 1, 3)], grounded
    )  # fmt: skip
    plan = exact(replace(table, orbit_number=np.array([1, 0, 0, 0, 0, 0])), grounded)
    assert (plan.value_bits, plan.bound_bits) == (0.0, 0.0)


def test_an_odd_ring_of_conflicts_needs_whole_contacts_and_proves_its_optimum():
    table = contacts(RING, RING_RESOURCES)
    assert best_value_by_brute_force(table, RING_RESOURCES) == 2.0
    plan = exact(table, RING_RESOURCES)
    assert plan.method == INTEGER_METHOD
    assert plan.value_bits == 2.0
    assert plan.bound_bits == within(PART_IN_A_BILLION * 4, of=2.0)
    assert plan.bound_bits >= 2.0
    assert violations(table, plan, *RING_RESOURCES) == ()


def test_a_gap_that_is_allowed_ends_the_search_with_the_bound_of_the_linear_programme():
    table = contacts(RING, RING_RESOURCES)
    plan = exact(table, RING_RESOURCES, replace(SETTINGS, relative_gap=0.21))
    assert plan.method == ROUNDED_METHOD
    assert plan.value_bits == 2.0
    assert plan.bound_bits == within(PART_IN_A_BILLION * 4, of=2.5)


def test_a_gap_that_is_just_not_allowed_goes_on_to_the_integer_programme():
    table = contacts(RING, RING_RESOURCES)
    plan = exact(table, RING_RESOURCES, replace(SETTINGS, relative_gap=0.19))
    assert plan.method == INTEGER_METHOD


def test_pins_bans_and_limits_hold_in_the_optimum():
    few = ((resource("sat", 60.0, per_orbit=2),), ONE[1])
    rows = [("sat", "x", 200 * k, 200 * k + 90, 10 + k) for k in range(5)]
    table = contacts(rows, few, pinned=(0,), banned=(4,))
    plan = exact(table, few)
    assert flown(plan) == [0, 3]
    assert plan.state.tolist() == [
        PassState.PINNED,
        PassState.REJECTED,
        PassState.REJECTED,
        PassState.SCHEDULED,
        PassState.BANNED,
    ]
    assert plan.reason.tolist()[1:3] == [Reason.ORBIT_LIMIT] * 2
    assert plan.blocked_by.tolist()[1:3] == [0, 0]
    assert plan.bound_bits == within(PART_IN_A_BILLION * 23, of=23.0)


def test_a_pin_without_value_is_flown_and_lowers_the_bound():
    table = contacts([("sat", "x", 0, 100, 0), ("sat", "y", 50, 150, 6)], ONE, pinned=(0,))
    plan = exact(table, ONE)
    assert flown(plan) == [0]
    assert plan.value_bits == 0.0
    assert plan.bound_bits == within(PART_IN_A_BILLION, of=0.0)


def test_contacts_that_never_meet_need_no_solver():
    table = contacts([("sat", "x", 0, 9, 2), ("sat", "y", 900, 950, 3)], ONE)
    plan = exact(table, ONE)
    assert flown(plan) == [0, 1]
    assert plan.bound_bits == plan.value_bits == 5.0


@pytest.mark.parametrize("rows", [[], [("sat", "x", 0, 9, math.nan)], [("sat", "x", 0, 9, 0.0)]])
def test_nothing_worth_flying_gives_an_empty_plan_with_the_bound_zero(rows):
    plan = exact(contacts(rows, ONE), ONE)
    assert flown(plan) == []
    assert plan.value_bits == plan.bound_bits == 0.0


def test_bad_pins_are_refused_before_anything_is_solved():
    table = contacts([("sat", "x", 0, 100, 5), ("sat", "y", 50, 150, 6)], ONE, pinned=(0, 1))
    with pytest.raises(InvalidInput, match="need sat at the same time"):
        exact(table, ONE)


def test_without_the_solver_the_plan_is_greedy_and_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "highspy", None)
    table, resources = realistic_candidates(5, 30, 2.0), realistic_resources(5)
    plan = exact(table, resources)
    by_greedy = GreedyScheduler().schedule(table, *resources, SETTINGS)
    assert plan.method == GREEDY_METHOD
    assert math.isnan(plan.bound_bits)
    assert np.array_equal(plan.state, by_greedy.state)


def test_a_run_of_the_solver_with_other_threads_in_this_process_does_no_harm():
    other = highspy.Highs()
    other.silent()
    other.setOptionValue("threads", 2)
    other.addVars(1, np.zeros(1), np.ones(1))
    other.run()
    table, resources = realistic_candidates(5, 30, 2.0), realistic_resources(5)
    assert exact(table, resources).method == LINEAR_METHOD


def test_a_programme_without_solution_is_told_from_one_with():
    table = contacts([("sat", "x", 0, 100, 5), ("sat", "y", 50, 150, 6)], ONE)
    programme, unit_bits = programme_of(problem_of(table, *ONE))
    assert unit_bits == 6.0
    solved = relaxed(programme)
    assert solved is not None
    assert solved.bound == within(PART_IN_A_BILLION, of=1.0)
    both = replace(programme, fixed=np.array([True, True]))
    assert relaxed(both) is None
    assert integer(both, np.ones(2), 0.0) is None


def test_equal_values_are_settled_by_ids_and_starts_and_not_by_the_way_of_the_solver():
    table, resources = realistic_candidates(10, 30, 2.0), realistic_resources(10)
    coarse = np.ceil(table.value_bits / 50_000.0)
    programme, _ = programme_of(problem_of(replace(table, value_bits=coarse), *resources))
    first = relaxed(programme)
    for seed in range(5):
        random = np.random.default_rng(seed)
        columns = random.permutation(len(table))
        rows = random.permutation(programme.matrix.shape[0])
        mixed = programme.of_columns(columns)
        mixed = replace(mixed, matrix=mixed.matrix[rows, :].tocsc(), capacity=mixed.capacity[rows])
        again = relaxed(mixed)
        assert again.is_integral
        assert np.array_equal(np.round(again.x), np.round(first.x[columns]))
        assert again.bound == within(PART_IN_A_BILLION, of=first.bound)


def test_rows_stand_only_where_more_contacts_meet_than_there_are_terminals():
    twin = ((resource("sat", terminals=2),), (resource("x"), resource("y"), resource("z")))
    rows = [("sat", "x", 0, 50, 1), ("sat", "y", 40, 90, 1), ("sat", "z", 45, 99, 1),
            ("sat", "x", 95, 120, 1)]  # fmt: skip
    programme, _ = programme_of(problem_of(contacts(rows, twin), *twin))
    assert programme.matrix.toarray().sum(axis=1).tolist() == [3.0]
    assert programme.capacity.tolist() == [2.0]


def test_batches_share_no_row_and_hold_every_column_once():
    table, resources = realistic_candidates(40, 30, 7.0), realistic_resources(40)
    programme, _ = programme_of(problem_of(table, *resources))
    found = batches(programme)
    assert len(found) > 1
    assert np.array_equal(np.sort(np.concatenate(found)), np.arange(len(table)))
    rows = [set(programme.of_columns(columns).matrix.indices) for columns in found]
    touched = [set(programme.matrix[:, columns].indices.tolist()) for columns in found]
    assert sum(len(one) for one in touched) == programme.matrix.shape[0]
    assert [len(one) for one in rows] == [len(one) for one in touched]


@pytest.mark.parametrize(("per_orbit", "per_day"), [(None, None), (2, 8), (1, 4)])
def test_fifteen_thousand_real_conflicts_are_solved_to_proven_optimality(per_orbit, per_day):
    table = realistic_candidates(40, 30, 7.0)
    resources = realistic_resources(40, 30, per_orbit, per_day)
    assert len(table) >= 15_000
    plan = exact(table, resources)
    by_greedy = GreedyScheduler().schedule(table, *resources, SETTINGS)
    assert violations(table, plan, *resources) == ()
    assert by_greedy.value_bits < plan.value_bits <= plan.bound_bits
    assert plan.value_bits == within(PART_IN_A_BILLION * plan.bound_bits, of=plan.bound_bits)


def test_crowded_stations_are_planned_within_the_gap_asked_for():
    table, resources = realistic_candidates(300, 30, 1.0), realistic_resources(300)
    plan = exact(table, resources, replace(SETTINGS, relative_gap=0.01))
    assert plan.method == ROUNDED_METHOD
    assert 0.99 * plan.bound_bits <= plan.value_bits <= plan.bound_bits
    assert violations(table, plan, *resources) == ()


def test_a_dense_half_day_that_rounding_leaves_too_far_off_is_improved_in_windows_of_time():
    table = realistic_candidates(100, 10, 0.5, altitude_m=3_000e3)
    resources = realistic_resources(100, 10)
    one_per_cent = replace(SETTINGS, relative_gap=0.01)
    plan = exact(table, resources, one_per_cent)
    assert plan.method == WINDOWS_METHOD
    assert 0.99 * plan.bound_bits <= plan.value_bits <= plan.bound_bits
    assert violations(table, plan, *resources) == ()
    mixed, others = shuffled(table, resources, np.random.default_rng(3))
    again = exact(mixed, others, one_per_cent)
    order = np.argsort(mixed.pass_row)
    assert np.array_equal(again.state[order], plan.state[np.argsort(table.pass_row)])
    assert (again.value_bits, again.bound_bits) == (plan.value_bits, plan.bound_bits)
