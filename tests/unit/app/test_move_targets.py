"""Where a contact can be moved to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from plan_cases import example_plan, geometry_plan

from euroqci_planner.app.move_targets import NEAR, move_targets
from euroqci_planner.mission.plan import PassState, Plan
from euroqci_planner.mission.plan_totals import flown


def crowded() -> Plan:
    return example_plan(satellites=4, stations=5, days=3.0)


def contact_with_targets(plan: Plan) -> int:
    return next(
        int(row) for row in np.flatnonzero(flown(plan)) if len(move_targets(plan, int(row))) > 1
    )


def gap(plan: Plan, one: int, other: int) -> np.timedelta64:
    start, end = plan.passes.start_utc, plan.passes.end_utc
    return max(start[other] - end[one], start[one] - end[other], np.timedelta64(0, "us"))


def test_targets_are_near_usable_passes_of_the_same_satellite_elsewhere():
    plan = crowded()
    row = contact_with_targets(plan)
    targets = move_targets(plan, row)
    for name, target in targets.items():
        assert plan.passes.station_ids[plan.passes.station[target]] == name
        assert plan.passes.satellite[target] == plan.passes.satellite[row]
        assert plan.passes.station[target] != plan.passes.station[row]
        assert plan.decisions.key_expected_bits[target] > 0.0
        assert gap(plan, row, target) <= NEAR


def test_no_station_with_such_a_pass_is_left_out_and_the_nearest_pass_is_taken():
    plan = crowded()
    row = contact_with_targets(plan)
    targets = move_targets(plan, row)
    best: dict[str, np.timedelta64] = {}
    for other in range(len(plan.passes)):
        same = plan.passes.satellite[other] == plan.passes.satellite[row]
        elsewhere = plan.passes.station[other] != plan.passes.station[row]
        if same and elsewhere and plan.decisions.key_expected_bits[other] > 0.0:
            name = plan.passes.station_ids[plan.passes.station[other]]
            near = gap(plan, row, other)
            if near <= NEAR:
                best[name] = min(best.get(name, near), near)
    assert {name: gap(plan, row, target) for name, target in targets.items()} == best


def test_a_banned_pass_is_no_target():
    plan = crowded()
    row = contact_with_targets(plan)
    name, target = next(iter(move_targets(plan, row).items()))
    state = plan.decisions.state.copy()
    state[target] = PassState.BANNED
    banned = replace(plan, decisions=replace(plan.decisions, state=state))
    assert move_targets(banned, row).get(name) != target


@pytest.mark.parametrize("row", [0, 5])
def test_without_keys_every_usable_pass_counts(row):
    plan = geometry_plan()
    for target in move_targets(plan, row).values():
        assert not np.isnat(plan.conditions.usable_start_utc[target])
