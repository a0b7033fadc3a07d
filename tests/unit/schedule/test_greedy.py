"""Highest value first, exchange, pins and bans."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from contact_cases import SETTINGS, contacts, flown, resource, shuffled
from realistic_passes import realistic_candidates, realistic_resources

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.plan import PassState, Reason
from euroqci_planner.mission.scenario import Objective
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.verify import violations

ONE = ((resource("sat", 60.0),), (resource("x"), resource("y"), resource("z", 100.0)))


def greedy(table, resources=ONE, settings=SETTINGS):
    return GreedyScheduler().schedule(table, *resources, settings)


def test_the_more_valuable_of_two_conflicting_contacts_is_flown():
    plan = greedy(contacts([("sat", "x", 0, 100, 5), ("sat", "y", 50, 150, 6)], ONE))
    assert flown(plan) == [1]
    assert plan.value_bits == 6.0
    assert math.isnan(plan.bound_bits)


def test_exactly_the_set_up_between_two_contacts_is_enough_and_a_microsecond_less_is_not():
    enough = contacts([("sat", "x", 0, 100, 5), ("sat", "y", 160, 200, 6)], ONE)
    short = contacts([("sat", "x", 0, 100, 5), ("sat", "y", 159.999999, 200, 6)], ONE)
    assert flown(greedy(enough)) == [0, 1]
    assert flown(greedy(short)) == [1]


def test_the_set_up_of_the_station_counts_as_well():
    two = ((resource("a"), resource("b")), (resource("z", 100.0),))
    assert flown(greedy(contacts([("a", "z", 0, 50, 1), ("b", "z", 149, 200, 2)], two), two)) == [1]
    table = contacts([("a", "z", 0, 50, 1), ("b", "z", 150, 200, 2)], two)
    assert flown(greedy(table, two)) == [0, 1]


def test_two_contacts_that_together_are_worth_more_replace_the_one_between_them():
    table = contacts(
        [("sat", "x", 0, 100, 6), ("sat", "y", 150, 250, 10), ("sat", "z", 300, 400, 6)], ONE
    )
    plan = greedy(table)
    assert flown(plan) == [0, 2]
    assert plan.blocked_by.tolist() == [-1, 0, -1]


def test_equal_values_go_to_the_first_id_then_to_the_first_start():
    table = contacts([("sat", "y", 0, 100, 5), ("sat", "x", 50, 150, 5), ("sat", "x", 60, 99, 5)],
                     ONE)  # fmt: skip
    assert flown(greedy(table)) == [1]


def test_contacts_without_value_are_not_flown_even_where_nothing_is_in_their_way():
    table = contacts(
        [("sat", "x", 0, 9, 0.0), ("sat", "x", 900, 999, math.nan), ("sat", "y", 2e3, 3e3, -1)],
        ONE,
    )
    plan = greedy(table)
    assert flown(plan) == []
    assert plan.reason.tolist() == [Reason.NO_KEY, Reason.LINK_OUT_OF_RANGE, Reason.NO_KEY]


def test_a_pin_is_flown_before_better_contacts_and_even_without_value():
    table = contacts([("sat", "x", 0, 100, 0), ("sat", "y", 50, 150, 6)], ONE, pinned=(0,))
    plan = greedy(table)
    assert plan.state.tolist() == [PassState.PINNED, PassState.REJECTED]
    assert plan.blocked_by.tolist() == [-1, 0]


def test_a_ban_is_kept_and_makes_room():
    table = contacts([("sat", "x", 0, 100, 5), ("sat", "y", 50, 150, 6)], ONE, banned=(1,))
    plan = greedy(table)
    assert plan.state.tolist() == [PassState.SCHEDULED, PassState.BANNED]
    assert plan.reason.tolist() == [Reason.NONE, Reason.BANNED]


def test_two_terminals_hold_two_contacts_at_once_and_no_third():
    twin = ((resource("sat", 60.0, terminals=2),), (resource("x"), resource("y"), resource("z")))
    table = contacts(
        [("sat", "x", 0, 100, 5), ("sat", "y", 50, 150, 6), ("sat", "z", 90, 160, 7)], twin
    )
    assert flown(greedy(table, twin)) == [1, 2]


def test_a_contact_over_two_half_filled_times_of_a_twin_satellite_still_fits():
    twin = ((resource("sat", terminals=2),), (resource("x"), resource("y"), resource("z")))
    table = contacts(
        [("sat", "x", 0, 100, 5), ("sat", "y", 120, 220, 6), ("sat", "z", 50, 200, 1)], twin
    )
    assert flown(greedy(table, twin)) == [0, 1, 2]


def test_the_limit_per_orbit_keeps_the_most_valuable_contacts():
    few = ((resource("sat", per_orbit=2),), (resource("x"),))
    rows = [("sat", "x", 100 * k, 100 * k + 50, 10 + k) for k in range(4)]
    plan = greedy(contacts([*rows, ("sat", "x", 7_000, 7_050, 1)], few), few)
    assert flown(plan) == [2, 3, 4]
    assert plan.reason.tolist()[:2] == [Reason.ORBIT_LIMIT] * 2
    assert plan.blocked_by.tolist()[:2] == [2, 2]


def test_the_limit_per_day_counts_by_the_utc_day_of_the_start():
    few = ((resource("sat", per_day=1),), (resource("x"),))
    table = contacts(
        [("sat", "x", 86_000, 86_500, 3), ("sat", "x", 80_000, 80_050, 2),
         ("sat", "x", 87_000, 87_050, 1)], few
    )  # fmt: skip
    plan = greedy(table, few)
    assert flown(plan) == [0, 2]
    assert plan.reason[1] == Reason.DAY_LIMIT


def test_a_limit_of_zero_turns_everything_down_and_names_no_contact():
    none = ((resource("sat", per_orbit=0),), (resource("x"),))
    plan = greedy(contacts([("sat", "x", 0, 9, 5)], none), none)
    assert plan.reason.tolist() == [Reason.ORBIT_LIMIT]
    assert plan.blocked_by.tolist() == [-1]


def test_two_pins_that_conflict_are_both_named_with_the_resource():
    table = contacts([("sat", "x", 0, 100, 5), ("sat", "y", 150, 250, 6)], ONE, pinned=(0, 1))
    with pytest.raises(InvalidInput) as caught:
        greedy(table)
    (fault,) = caught.value.faults
    assert fault.where == "schedule.pin"
    assert "sat/x from 2026-06-15T00:00:00Z" in fault.value
    assert "sat/y from 2026-06-15T00:02:30Z" in fault.value
    assert "need sat at the same time (set-up of 60 s included)" in fault.problem


def test_pins_that_conflict_at_a_station_name_the_station():
    two = ((resource("a"), resource("b")), (resource("z", 100.0),))
    table = contacts([("a", "z", 0, 50, 1), ("b", "z", 60, 90, 2)], two, pinned=(0, 1))
    with pytest.raises(InvalidInput, match="need z at the same time"):
        greedy(table, two)


def test_pins_beyond_a_limit_are_refused_with_the_satellite():
    few = ((resource("sat", per_day=1),), (resource("x"),))
    table = contacts([("sat", "x", 0, 9, 5), ("sat", "x", 100, 109, 6)], few, pinned=(0, 1))
    with pytest.raises(InvalidInput, match="exceed the contact limit per day of sat"):
        greedy(table, few)


def test_every_bad_pin_is_reported_at_once():
    table = contacts(
        [("sat", "x", 0, 9, 5), ("sat", "x", 100, 109, math.nan), ("sat", "y", 500, 509, 1)],
        ONE,
        pinned=(0, 1),
        banned=(0,),
    )
    with pytest.raises(InvalidInput) as caught:
        greedy(table)
    problems = [fault.problem for fault in caught.value.faults]
    assert problems == [
        "the pinned pass is banned too",
        "the pinned pass is outside the link model",
    ]


def test_an_objective_without_scheduler_is_refused_by_name():
    table = contacts([("sat", "x", 0, 9, 5)], ONE)
    with pytest.raises(InvalidInput, match=r"schedule\.objective = fair_pairs"):
        greedy(table, settings=replace(SETTINGS, objective=Objective.FAIR_PAIRS))


def test_no_candidates_give_an_empty_schedule():
    plan = greedy(contacts([], ONE))
    assert len(plan) == 0
    assert plan.value_bits == 0.0


def test_a_week_of_real_conflicts_is_scheduled_by_the_rules_in_any_order_of_input():
    table, resources = realistic_candidates(10, 30, 7.0), realistic_resources(10, 30, 2, 8)
    plan = greedy(table, resources)
    assert violations(table, plan, *resources) == ()
    mixed, others = shuffled(table, resources, np.random.default_rng(3))
    again = greedy(mixed, others)
    order = np.argsort(mixed.pass_row)
    assert np.array_equal(again.state[order], plan.state)
    assert np.array_equal(again.reason[order], plan.reason)
    assert again.value_bits == plan.value_bits
    named = again.blocked_by >= 0
    assert np.array_equal(mixed.pass_row[again.blocked_by[named]],
                          plan.blocked_by[mixed.pass_row[named]])  # fmt: skip
