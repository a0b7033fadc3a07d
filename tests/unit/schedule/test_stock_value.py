"""Schedules whose aim is the value of served days and of stocks of key."""

from __future__ import annotations

from dataclasses import replace

from contact_cases import SETTINGS, contacts, flown, resource
from pair_cases import aims_of
from tolerances import within

from euroqci_planner.mission.scenario import Objective
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.verify import violations

STOCKS = replace(SETTINGS, objective=Objective.STOCK_VALUE)
PART_IN_A_MILLION = 1e-6
ONE = ((resource("s1"),), tuple(resource(name) for name in "abc"))
TWO_DAYS = (0.5, 0.5)


def planned(table, aims):
    plan = ExactScheduler().schedule(table, *ONE, STOCKS, pairs=aims)
    assert violations(table, plan, *ONE) == ()
    return plan


def test_served_days_and_stocks_have_the_values_that_the_rates_say():
    rows = [("s1", "a", 0, 100, 90.0), ("s1", "b", 200, 300, 90.0)]
    table = contacts(rows, ONE)
    aims = aims_of(
        table,
        {"ab": ("a", "b", 40.0)},
        shares=TWO_DAYS,
        rank={"ab": 1},
        reserve={"ab": 20.0},
        cushion={"ab": 40.0},
    )
    plan = planned(table, aims)
    # 20 bits a day: two days served; 70 bits left after the first, 50 after the second
    reserve = 0.1 * 20.0 / 20.0
    cushion = 0.01 * ((40.0 + 30.0) / 20.0) / 2.0
    wanted = 4.0 * (2.0 + reserve + cushion)
    assert plan.goals[0].value == within(PART_IN_A_MILLION * wanted, of=wanted)
    assert plan.goals[0].unit == "day"
    assert plan.pairs.stock_value[0] == within(PART_IN_A_MILLION * wanted, of=wanted)
    assert plan.pairs.most_value[0] == within(PART_IN_A_MILLION, of=4.0 * (2.0 + 0.1 + 0.02))
    assert plan.pairs.served_share.tolist() == [1.0]


def test_key_that_comes_on_the_second_day_serves_nothing_on_the_first():
    rows = [("s1", "a", 0, 100, 90.0), ("s1", "b", 200, 300, 90.0)]
    table = contacts(rows, ONE)
    plan = planned(table, aims_of(table, {"ab": ("a", "b", 40.0)}, shares=TWO_DAYS, bucket=[0, 1]))
    assert plan.pairs.served_share[0] == within(PART_IN_A_MILLION, of=0.5)


def test_who_is_about_to_run_out_comes_before_who_would_gain_a_cushion():
    rows = [("s1", "a", 0, 100, 40.0), ("s1", "b", 200, 300, 90.0), ("s1", "c", 220, 320, 40.0)]
    table = contacts(rows, ONE)
    demands = {"ab": ("a", "b", 40.0), "ac": ("a", "c", 40.0)}
    full = {"ab": 40.0, "ac": 0.0}
    aims = aims_of(table, demands, shares=TWO_DAYS, start=full, cushion={"ab": 80.0, "ac": 80.0})
    assert flown(planned(table, aims)) == [0, 2]
    other = aims_of(
        table,
        demands,
        shares=TWO_DAYS,
        start={"ab": 0.0, "ac": 40.0},
        cushion={"ab": 80.0, "ac": 80.0},
    )
    assert flown(planned(table, other)) == [0, 1]


def test_a_served_bit_of_the_last_class_outweighs_a_reserve_of_the_first():
    rows = [("s1", "a", 0, 100, 40.0), ("s1", "b", 200, 300, 40.0), ("s1", "c", 220, 320, 40.0)]
    table = contacts(rows, ONE)
    aims = aims_of(
        table,
        {"ab": ("a", "b", 40.0), "ac": ("a", "c", 40.0)},
        rank={"ab": 0, "ac": 3},
        start={"ab": 40.0, "ac": 0.0},
        reserve={"ab": 40.0},
    )
    assert flown(planned(table, aims)) == [0, 2]
