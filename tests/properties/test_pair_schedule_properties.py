"""What holds for every schedule for pairs of users: value, bound, indifference to order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from contact_cases import SETTINGS, contacts, flown, resource, shuffled
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pair_cases import aims_of, best_share, best_share_by_brute_force
from realistic_passes import realistic_candidates, realistic_resources
from tolerances import within

from euroqci_planner.mission.scenario import Objective
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.verify import violations

FAIR = replace(SETTINGS, objective=Objective.FAIR_PAIRS)
STOCKS = replace(SETTINGS, objective=Objective.STOCK_VALUE)
SAME = 1e-5


@st.composite
def pair_cases(draw):
    """A few contacts of two satellites over three stations, and some pairs who want their key."""
    resources = (
        (resource("s1", draw(st.sampled_from((0.0, 2.0)))), resource("s2", terminals=2)),
        tuple(resource(name, draw(st.sampled_from((0.0, 3.0)))) for name in "xyz"),
    )
    rows = []
    for _ in range(draw(st.integers(2, 7))):
        start = draw(st.integers(0, 20))
        value = draw(st.sampled_from((0.0, 10.0, 20.0, 35.0, 80.0)))
        satellite, station = draw(st.sampled_from(("s1", "s2"))), draw(st.sampled_from("xyz"))
        rows.append((satellite, station, start, start + draw(st.integers(2, 9)), value))
    banned = tuple(draw(st.sets(st.integers(0, len(rows) - 1), max_size=1)))
    table = contacts(rows, resources, banned=banned)
    chosen = draw(st.sets(st.sampled_from(("xy", "xz", "yz")), min_size=1))
    demands = {
        name: (name[0], name[1], draw(st.sampled_from((20.0, 50.0, 100.0)))) for name in chosen
    }
    start = {name: draw(st.sampled_from((0.0, 0.0, 15.0))) for name in sorted(chosen)}
    stocks = (("s1", "x", 25.0),) if draw(st.booleans()) else ()
    chance = [draw(st.sampled_from((1.0, 0.5))) for _ in rows]
    return table, resources, aims_of(table, demands, start=start, stocks=stocks, chance=chance)


def planned(scheduler, table, resources, aims, wanted=FAIR):
    plan = scheduler.schedule(table, *resources, wanted, pairs=aims)
    assert violations(table, plan, *resources) == ()
    return plan


@given(case=pair_cases())
@settings(max_examples=30, deadline=None)
def test_the_smallest_share_equals_brute_force_between_the_greedy_one_and_the_bound(case):
    table, resources, aims = case
    best = best_share_by_brute_force(table, resources, aims)
    assume(best is not None and not np.isnan(best))
    exact = planned(ExactScheduler(), table, resources, aims)
    by_greedy = planned(GreedyScheduler(), table, resources, aims)
    assert exact.goals[0].value == within(SAME, of=best)
    assert exact.goals[0].value == within(SAME, of=best_share(table, aims, flown(exact)))
    assert exact.goals[0].bound >= best - SAME
    assert by_greedy.goals[0].value <= best_share(table, aims, flown(by_greedy)) + SAME
    for goal in exact.goals:
        assert goal.bound >= goal.value * (1.0 - SAME)


@given(case=pair_cases(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_the_order_of_the_input_has_no_say(case, seed):
    table, resources, aims = case
    other, mixed = shuffled(table, resources, np.random.default_rng(seed))
    for scheduler in (ExactScheduler(), GreedyScheduler()):
        for wanted in (FAIR, STOCKS):
            first = planned(scheduler, table, resources, aims, wanted)
            second = planned(scheduler, other, mixed, aims, wanted)
            assert sorted(table.pass_row[flown(first)]) == sorted(other.pass_row[flown(second)])
            assert first.goals == second.goals or np.isnan(first.goals[0].bound)
            assert np.array_equal(first.pairs.served_bits, second.pairs.served_bits)


def test_a_week_of_five_satellites_stays_between_a_second_opinion_and_the_bound():
    table, resources = realistic_candidates(5, 30, 7.0), realistic_resources(5)
    pairs = [("ogs-00", "ogs-09"), ("ogs-03", "ogs-21"), ("ogs-05", "ogs-24"), ("ogs-00", "ogs-15")]
    demands = {f"{a}+{b}": (a, b, 4e6) for a, b in pairs}
    aims = aims_of(table, demands)
    plan = planned(ExactScheduler(), table, resources, aims)
    by_greedy = planned(GreedyScheduler(), table, resources, aims)
    by_total = ExactScheduler().schedule(table, *resources, SETTINGS)
    again = best_share(table, aims, flown(plan))
    assert plan.goals[0].value == within(SAME, of=again)
    assert plan.goals[0].value >= best_share(table, aims, flown(by_greedy)) - SAME
    assert plan.goals[0].value >= best_share(table, aims, flown(by_total)) - SAME
    assert plan.goals[0].relative_gap < 0.2
    assert plan.value_bits <= by_total.value_bits
