"""Quotas of groups: what is credited, what is refused, what is explained, how good the plan is."""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import numpy as np
import pytest
from contact_cases import SETTINGS, contacts, crowded, flown, resource, selection
from realistic_passes import realistic_candidates, realistic_resources
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.plan import Reason
from euroqci_planner.mission.scenario import Quota
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.falling_value import GREEDY_METHOD
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.total_key import MENDED, SIDES_METHOD
from euroqci_planner.schedule.verify import violations

NORTH = (("north", 1.0),)
HALF = (("north", 0.5),)
RESOURCES = (
    (resource("a"), resource("b")),
    (resource("x", shares=NORTH), resource("y"), resource("z", shares=HALF)),
)
A_THIRD = (Quota(group="north", max_share=1.0 / 3.0),)
# Apart in time: only the quota decides.
ROWS = [
    ("a", "x", 0, 100, 9.0),
    ("a", "x", 200, 300, 8.0),
    ("a", "y", 400, 500, 1.0),
    ("a", "y", 600, 700, 2.0),
    ("a", "z", 800, 900, 4.0),
]


def exact(table, quotas, resources=RESOURCES, **changes):
    wanted = replace(SETTINGS, quotas=quotas, **changes)
    return ExactScheduler().schedule(table, *resources, wanted)


def test_a_group_gets_its_share_of_the_time_and_no_more():
    plan = exact(contacts(ROWS, RESOURCES), A_THIRD)
    assert flown(plan) == [0, 2, 3]
    (use,) = plan.quotas
    assert (use.credited_s, use.contact_s) == (100.0, 300.0)
    assert use.share == within(1e-12, of=1.0 / 3.0)
    assert use.binds
    assert use.kept_out == 2
    assert use.station_ids == ("x", "z")


def test_time_at_a_station_of_several_groups_is_credited_by_the_share_of_each():
    plan = exact(contacts(ROWS, RESOURCES), (Quota(group="north", max_share=0.5),))
    (use,) = plan.quotas
    assert flown(plan) == [0, 1, 2, 3, 4]
    assert (use.credited_s, use.contact_s) == (250.0, 500.0)
    plan = exact(contacts(ROWS[2:], RESOURCES), A_THIRD)
    assert flown(plan) == [0, 1, 2]
    assert plan.quotas[0].credited_s == 50.0
    assert not plan.quotas[0].binds


def test_a_contact_that_the_quota_keeps_out_names_the_weakest_taker_as_its_blocker():
    plan = exact(contacts(ROWS, RESOURCES), A_THIRD)
    assert plan.reason[[1, 4]].tolist() == [Reason.QUOTA, Reason.QUOTA]
    assert plan.blocked_by[[1, 4]].tolist() == [0, 0]


def test_a_contact_of_two_stations_is_credited_half_by_half():
    table = replace(
        contacts([("a", "x", 0, 100, 9.0), ("b", "y", 0, 100, 1.0)], RESOURCES),
        partner=np.array([1, -1]),
        partner_pass_row=np.array([7, -1]),
    )
    apart = replace(table, start_utc=table.start_utc + np.array([0, 200], "timedelta64[s]"),
                    end_utc=table.end_utc + np.array([0, 200], "timedelta64[s]"))  # fmt: skip
    plan = exact(apart, (Quota(group="north", max_share=0.25),))
    assert flown(plan) == [0, 1]
    assert plan.quotas[0].credited_s == 50.0
    assert exact(apart, (Quota(group="north", max_share=0.24),)).value_bits == 1.0


def test_pins_beyond_a_quota_are_refused_with_the_figures_where_nothing_brings_it_down():
    table = contacts(ROWS, RESOURCES, pinned=(0, 1))
    wanted = (Quota(group="north", max_share=0.4),)
    for scheduler in (ExactScheduler(), GreedyScheduler()):
        with pytest.raises(InvalidInput, match=r"schedule\.quota = north: pinned passes credit "
                           r"100\.0% of 200 s to this group, its quota is 40\.0%"):  # fmt: skip
            scheduler.schedule(table, *RESOURCES, replace(SETTINGS, quotas=wanted))


def test_pins_beyond_a_quota_are_flown_where_other_contacts_bring_the_share_down():
    table = contacts(ROWS, RESOURCES, pinned=(0, 1))
    plan = exact(table, (Quota(group="north", max_share=0.5),))
    assert flown(plan) == [0, 1, 2, 3, 4]
    assert plan.bound_bits == within(1e-9, of=24.0)
    assert plan.quotas[0].share == within(1e-12, of=0.5)


def test_a_group_that_every_station_credits_beyond_its_quota_leaves_nothing_to_fly():
    everywhere = (RESOURCES[0], tuple(replace(item, group_shares=NORTH) for item in RESOURCES[1]))
    plan = exact(contacts(ROWS, everywhere), A_THIRD, everywhere)
    assert flown(plan) == []
    assert (plan.value_bits, plan.bound_bits) == (0.0, 0.0)
    assert set(plan.reason.tolist()) == {Reason.QUOTA}
    assert plan.quotas[0].share == 0.0


def test_the_independent_check_finds_a_quota_that_is_exceeded_by_a_second():
    table = contacts(ROWS, RESOURCES)
    stated = selection(table, (0, 2, 3))
    fair, tight = (Quota(group="north", max_share=share) for share in (1.0 / 3.0, 99.0 / 300.0))
    assert violations(table, stated, *RESOURCES, (fair,)) == ()
    (text,) = violations(table, stated, *RESOURCES, (tight,))
    assert text == "group north: 100.000 s credited of 300.000 s flown, at most 33.00% may be"


def test_without_the_solver_quotas_hold_and_nothing_is_proven(monkeypatch):
    monkeypatch.setitem(sys.modules, "highspy", None)
    table = contacts([*ROWS, ("b", "x", 50, 90, 4.5)], RESOURCES)
    plan = exact(table, A_THIRD)
    assert violations(table, plan, *RESOURCES, A_THIRD) == ()
    assert plan.method == f"{GREEDY_METHOD}, {MENDED}"
    assert math.isnan(plan.bound_bits)
    assert plan.value_bits > 0.0


def grouped(resources):
    """A quarter of the stations serve north alone, a quarter both groups, a quarter south."""
    kinds = (NORTH, (("north", 0.5), ("south", 0.5)), (("south", 1.0),), ())
    stations = (replace(item, group_shares=kinds[k % 4]) for k, item in enumerate(resources[1]))
    return resources[0], tuple(stations)


@pytest.mark.parametrize(("per_orbit", "per_day"), [(None, None), (2, 8)])
def test_real_conflicts_under_two_quotas_are_planned_within_a_tenth_of_a_per_cent(
    per_orbit, per_day
):
    table = realistic_candidates(10, 30, 7.0)
    resources = grouped(realistic_resources(10, 30, per_orbit, per_day))
    quotas = (Quota(group="north", max_share=0.2), Quota(group="south", max_share=0.3))
    plan = exact(table, quotas, resources, relative_gap=0.001)
    free = exact(table, (), resources, relative_gap=0.001)
    assert violations(table, plan, *resources, quotas) == ()
    assert violations(table, free, *resources, quotas)
    assert plan.method == SIDES_METHOD
    assert 0.999 * plan.bound_bits <= plan.value_bits <= plan.bound_bits < free.value_bits
    assert [item.binds for item in plan.quotas] == [True, True]
    greedy = GreedyScheduler().schedule(table, *resources, replace(SETTINGS, quotas=quotas))
    assert violations(table, greedy, *resources, quotas) == ()
    assert 0.85 * plan.bound_bits <= greedy.value_bits <= plan.value_bits


def test_crowded_contacts_under_a_quota_keep_the_gap_that_is_asked_for():
    table, resources = crowded(600, 10, 6)
    resources = grouped(resources)
    quotas = (Quota(group="north", max_share=0.15),)
    plan = exact(table, quotas, resources, relative_gap=0.03)
    assert violations(table, plan, *resources, quotas) == ()
    assert 0.97 * plan.bound_bits <= plan.value_bits <= plan.bound_bits
