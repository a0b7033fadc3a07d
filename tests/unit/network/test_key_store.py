"""Key stores: ages, limits, and the ledger to the bit."""

from __future__ import annotations

import numpy as np
import pytest

from euroqci_planner.errors import InvalidInput
from euroqci_planner.network.key_store import (
    NEVER,
    AgeScale,
    KeyStores,
    aged,
    joined_ages,
    oldest_first,
)

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


def bits(*values):
    return np.array(values, dtype=np.int64)


def stores(start, limits, scale=None, members=1):
    scale = scale or AgeScale.of([16 * HOUR_US], 0, 30 * DAY_US)
    return KeyStores(bits(*start), bits(*limits), scale, members)


def test_without_a_limit_inside_the_window_there_is_one_class_of_age():
    assert AgeScale.of([], 0, DAY_US).classes == 1
    assert AgeScale.of([2 * DAY_US], 0, DAY_US).classes == 1
    assert AgeScale.of([2 * DAY_US], 0, DAY_US).limit(2 * DAY_US) == NEVER


def test_a_tick_is_a_sixteenth_of_the_strictest_limit():
    scale = AgeScale.of([3 * DAY_US, 16 * HOUR_US], 0, 30 * DAY_US)
    assert scale.tick_us == HOUR_US
    assert (scale.limit(16 * HOUR_US), scale.limit(3 * DAY_US)) == (16, 72)
    assert scale.limit(None) == NEVER
    assert scale.classes == 73


def test_key_is_destroyed_when_it_reaches_the_limit_and_not_before():
    held = stores([100], [16])
    for _ in range(15):
        held.grow_older()
    assert held.total[0, 0] == 100
    held.grow_older()
    assert held.total[0, 0] == 0
    assert held.expired[0, 0] == 100


def test_key_without_limit_lives_on_in_the_last_class():
    held = stores([100, 100], [16, NEVER])
    for _ in range(40):
        held.grow_older()
    assert held.total[0, :2].tolist() == [0, 100]
    assert held.stock[0, 1, -1] == 100


def test_key_that_comes_too_late_is_destroyed_at_once():
    held = stores([0], [16])
    held.deposit(0, bits(50), 20)
    assert (held.total[0, 0], held.expired[0, 0], held.deposited[0, 0]) == (0, 50, 50)


def test_the_oldest_key_goes_first():
    taken = oldest_first(np.array([[5, 0, 3, 2]]), bits(4))
    assert taken.tolist() == [[0, 0, 2, 2]]


def test_withdrawals_leave_key_that_is_too_old_for_the_user():
    held = stores([10], [NEVER])
    held.grow_older()
    held.deposit(0, bits(7), 0)
    rows, column = np.array([0]), np.array([[0]])
    assert held.usable(rows, column, bits(1)).tolist() == [[7]]
    taken = held.withdraw(rows, column, np.array([[6]]), bits(1))
    assert taken[0, 0, :2].tolist() == [6, 0]
    assert held.stock[0, 0, :2].tolist() == [1, 10]


def test_the_xor_of_two_lots_is_as_old_as_the_older_bit_of_each_pair():
    first, second = np.array([[4, 0, 0, 6]]), np.array([[0, 8, 2, 0]])
    assert joined_ages(first, second).tolist() == [[0, 4, 0, 6]]
    assert joined_ages(first, second).sum() == 10


def test_classes_move_on_and_the_last_one_takes_all():
    assert aged(np.array([1, 2, 3]), 1).tolist() == [0, 1, 5]
    assert aged(np.array([1, 2, 3]), 0).tolist() == [1, 2, 3]
    assert aged(np.array([1, 2, 3]), 9).tolist() == [0, 0, 6]


def test_authentication_takes_no_more_than_there_is():
    held = stores([0], [NEVER], members=2)
    held.deposit(0, bits(100, 20), 0)
    assert held.authenticate(0, bits(30, 30)).tolist() == [30, 20]
    assert held.total[:, 0].tolist() == [70, 0]
    assert held.authentication[:, 0].tolist() == [30, 20]


def test_what_is_given_up_is_counted():
    held = stores([10], [NEVER])
    held.deposit(0, bits(100), 0)
    held.drop(0, bits(60), 0)
    assert (held.total[0, 0], held.overflow[0, 0], held.deposited[0, 0]) == (50, 60, 100)


def test_stores_that_do_not_fit_into_memory_are_refused_with_the_figure():
    scale = AgeScale.of([16 * HOUR_US], 0, 30 * DAY_US)
    with pytest.raises(InvalidInput, match=r"would need \d+\.\d GB") as refused:
        KeyStores(np.zeros(10_000, np.int64), np.full(10_000, NEVER), scale, 100_000)
    assert refused.value.faults[0].where == "weather.members"
