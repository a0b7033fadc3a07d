"""Consumption over the week, and the levels that protect who comes first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from network_cases import DAY_S, HOUR_S, START_UTC, demand
from tolerances import BIT, within

from euroqci_planner.mission.network import (
    OFFICE_HOURS,
    Consumption,
    ConsumptionKind,
    DemandClass,
    PairStore,
    aes_rekey,
)
from euroqci_planner.network.demand import ConsumptionClock, DemandBook

MONDAY_US = int(START_UTC.astype(np.int64))
HOUR_US = 3_600_000_000


def clock(consumption, start_us=MONDAY_US):
    plain = demand("d", "a", "b", 1.0)
    return ConsumptionClock([replace(plain, consumption=consumption)], start_us)


@pytest.mark.parametrize(
    ("minutes", "kbit_per_day"), [(1.0, 369.0), (2.0, 184.0), (5.0, 74.0), (60.0, 6.1)]
)
def test_rekeying_costs_what_the_background_table_says(minutes, kbit_per_day):
    per_day = aes_rekey(256, minutes * 60.0, 1, 1).rate_bps * DAY_S / 1e3
    assert per_day == within(0.5, of=kbit_per_day)


def test_tunnels_and_directions_multiply():
    one = aes_rekey(256, 600.0, 1, 1).rate_bps
    assert aes_rekey(256, 600.0, 4, 2).rate_bps == pytest.approx(8.0 * one)


def test_a_pad_of_a_kilobit_per_second_uses_86_megabits_a_day():
    pad = Consumption(kind=ConsumptionKind.ONE_TIME_PAD, rate_bps=1_000.0)
    assert clock(pad).bits_until(MONDAY_US + 24 * HOUR_US) == within(1 * BIT, of=86.4e6)


def test_office_hours_are_ten_hours_from_monday_to_friday():
    rekeying = aes_rekey(256, 256.0, 1, 1, OFFICE_HOURS)
    made = clock(rekeying)
    at_eight, at_six = MONDAY_US + 8 * HOUR_US, MONDAY_US + 18 * HOUR_US
    assert made.bits_until(at_eight) == 0
    assert made.bits_until(at_six) == 36_000
    saturday = MONDAY_US + 5 * 24 * HOUR_US
    assert made.bits_until(saturday) == made.bits_until(MONDAY_US + 7 * 24 * HOUR_US) == 180_000


def test_an_amount_per_day_keeps_its_week_whatever_the_profile():
    spread = Consumption(
        kind=ConsumptionKind.BITS_PER_DAY, rate_bps=1.0, hourly_weights=OFFICE_HOURS
    )
    week = MONDAY_US + 7 * 24 * HOUR_US
    assert clock(spread).bits_until(week) == within(1 * BIT, of=7 * DAY_S)
    assert sum(spread.hourly_rates_bps) == pytest.approx(168.0)


def test_a_profile_starts_on_monday_also_for_a_plan_that_starts_in_the_week():
    friday_evening = MONDAY_US + (4 * 24 + 17) * HOUR_US
    made = clock(aes_rekey(256, 256.0, 1, 1, OFFICE_HOURS), friday_evening)
    assert made.bits_until(friday_evening + HOUR_US) == 3_600
    assert made.bits_until(friday_evening + 63 * HOUR_US) == 3_600
    assert made.bits_until(friday_evening + 64 * HOUR_US) == 7_200


def test_running_totals_do_not_depend_on_how_time_is_divided():
    made = clock(Consumption(kind=ConsumptionKind.ONE_TIME_PAD, rate_bps=0.0371))
    instants = MONDAY_US + np.arange(0, 400) * 977_000_003
    steps = np.diff([int(made.bits_until(int(item))[0]) for item in instants])
    assert np.all(steps >= 0)
    assert steps.sum() == int(0.0371 * (instants[-1] - MONDAY_US) / 1e6)


def book_of(*demands):
    return DemandBook(demands, np.zeros(len(demands), dtype=np.intp), 1)


def kind(name, reserve_bits, demand_class):
    plain = demand(name, "a", "b", HOUR_S, demand_class=demand_class)
    return replace(plain, store=PairStore(reserve_bits=reserve_bits))


def test_lower_classes_leave_the_reserves_and_the_near_needs_of_higher_ones():
    book = book_of(
        kind("e", 100, DemandClass.EMERGENCY),
        kind("p", 20, DemandClass.PUBLIC),
        kind("c", 3, DemandClass.CRITICAL),
        kind("i", 4, DemandClass.INDUSTRY),
    )
    needs = np.array([1000, 2000, 4000, 8000])
    levels = book.levels(needs, 10 * needs, 100 * needs)
    assert levels.floor.tolist() == [
        0,
        1_000 + 100,
        3_000 + 120 + 3,
        7_000 + 123 + 4,
    ]
    # The higher classes must be protected still when the next key could come.
    low = [1_100, 3_120 + 10_000, 7_123 + 30_000, 15_127 + 70_000]
    assert levels.low.tolist() == [low]
    more = [100_000, 300_000, 700_000, 1_500_000]
    assert (levels.high - levels.low).tolist() == [more]
    assert book.pair_reserve.tolist() == [127]


def test_emergency_and_public_demands_may_use_their_own_reserve():
    need = np.array([5])
    levels = book_of(kind("p", 20, DemandClass.PUBLIC)).levels(need, need, need)
    assert levels.floor.tolist() == [0]


def test_demands_are_served_by_class_and_then_by_name():
    book = book_of(
        kind("z", 0, DemandClass.PUBLIC),
        kind("b", 0, DemandClass.INDUSTRY),
        kind("a", 0, DemandClass.PUBLIC),
        kind("y", 0, DemandClass.EMERGENCY),
    )
    assert book.slots.tolist() == [[3, 2, 0, 1]]
