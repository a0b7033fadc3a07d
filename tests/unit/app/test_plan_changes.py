"""What a new plan changes: contacts gained, lost and moved, passes matched by overlap in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from plan_cases import example_plan

from euroqci_planner.app.plan_changes import NO_ROW, Change, matched_rows, plan_changes
from euroqci_planner.mission.plan import PassState, Plan
from euroqci_planner.mission.plan_totals import flown

SECOND = np.timedelta64(1, "s")


def with_states(plan: Plan, changes: dict[int, PassState]) -> Plan:
    state = plan.decisions.state.copy()
    for row, wanted in changes.items():
        state[row] = wanted
    return replace(plan, decisions=replace(plan.decisions, state=state))


def shifted(plan: Plan, seconds: int) -> Plan:
    """The same passes, later by so many seconds: as newer element sets give them."""
    late = seconds * SECOND
    names = ("start_utc", "end_utc", "rise_utc", "set_utc", "highest_utc", "culmination_utc")
    passes = replace(plan.passes, **{name: getattr(plan.passes, name) + late for name in names})
    usable = ("usable_start_utc", "usable_end_utc")
    conditions = replace(
        plan.conditions, **{name: getattr(plan.conditions, name) + late for name in usable}
    )
    return replace(plan, passes=passes, conditions=conditions)


def taken(plan: Plan, rows: np.ndarray) -> Plan:
    """A plan of some of the passes."""
    return replace(
        plan,
        passes=plan.passes.take(rows),
        conditions=plan.conditions.take(rows),
        decisions=plan.decisions.take(rows),
        link=plan.link.take(rows),
        keys=plan.keys.take(rows),
    )


def apart(plan: Plan) -> np.ndarray:
    """Rows of passes of one pair that do not overlap, as no real ones do."""
    passes, last, rows = plan.passes, {}, []
    for row in np.argsort(passes.start_utc, kind="stable"):
        pair = (int(passes.satellite[row]), int(passes.station[row]))
        if pair not in last or passes.start_utc[row] - passes.end_utc[last[pair]] > 300 * SECOND:
            last[pair] = row
            rows.append(int(row))
    return np.array(sorted(rows))


@pytest.fixture(scope="module")
def plan() -> Plan:
    made = example_plan()
    return taken(made, apart(made))


def test_a_plan_matches_itself_row_by_row(plan):
    assert matched_rows(plan, plan).tolist() == list(range(len(plan.passes)))
    assert plan_changes(plan, plan).is_empty


def test_passes_keep_their_match_when_newer_elements_shift_them(plan):
    assert matched_rows(plan, shifted(plan, 45)).tolist() == list(range(len(plan.passes)))


def test_passes_that_no_longer_overlap_have_no_match(plan):
    assert set(matched_rows(plan, shifted(plan, 40 * 86_400))) == {NO_ROW}


def test_rows_are_found_again_in_a_plan_with_other_passes_around(plan):
    rows = np.arange(0, len(plan.passes), 3)
    found = matched_rows(plan, taken(plan, rows))
    assert [row for row in range(len(plan.passes)) if found[row] >= 0] == rows.tolist()
    assert found[rows].tolist() == list(range(len(rows)))


def test_an_empty_plan_matches_nothing(plan):
    empty = taken(plan, np.array([], dtype=np.int64))
    assert matched_rows(empty, plan).tolist() == []
    assert set(matched_rows(plan, empty)) == {NO_ROW}


def test_a_contact_that_is_flown_now_is_gained_with_its_key(plan):
    row = int(plan.contact_rows[3])
    before = with_states(plan, {row: PassState.BANNED})
    changes = plan_changes(before, plan)
    assert [item.change for item in changes.contacts] == [Change.GAINED]
    (item,) = changes.contacts
    assert (item.new_row, item.old_row) == (row, NO_ROW)
    assert item.key_expected_bits == plan.decisions.key_expected_bits[row]
    assert changes.key_expected_bits == pytest.approx(item.key_expected_bits)
    assert (changes.old_contacts, changes.new_contacts) == (35, 36)


def test_a_contact_that_is_flown_no_more_is_lost(plan):
    row = int(plan.contact_rows[3])
    (item,) = plan_changes(plan, with_states(plan, {row: PassState.BANNED})).contacts
    assert item.change is Change.LOST
    assert item.old_row == row
    assert item.key_expected_bits == -plan.decisions.key_expected_bits[row]
    assert item.start_utc == plan.conditions.usable_start_utc[row]


def test_a_contact_of_the_same_satellite_in_overlapping_time_has_moved(plan):
    passes, states = plan.passes, plan.decisions.state
    old = next(
        (int(row), int(other))
        for row in plan.contact_rows
        for other in np.flatnonzero(
            (passes.satellite == passes.satellite[row])
            & (passes.station != passes.station[row])
            & (passes.start_utc < passes.end_utc[row])
            & (passes.end_utc > passes.start_utc[row])
            & ~flown(plan)
            & ~np.isnat(plan.conditions.usable_start_utc)
        )
    )
    row, other = old
    assert states[other] not in {PassState.SCHEDULED, PassState.PINNED}
    after = with_states(plan, {row: PassState.REJECTED, other: PassState.PINNED})
    (item,) = plan_changes(plan, after).contacts
    assert item.change is Change.MOVED
    assert item.old_station_id == passes.station_ids[passes.station[row]]
    assert item.station_id == passes.station_ids[passes.station[other]]


def test_contacts_that_shift_by_more_than_the_tolerance_have_moved(plan):
    assert plan_changes(plan, shifted(plan, 5)).is_empty
    late = plan_changes(plan, shifted(plan, 15))
    assert late.count(Change.MOVED) == len(plan.contact_rows)
    assert late.count(Change.GAINED) == late.count(Change.LOST) == 0


def test_changes_come_in_order_of_time(plan):
    rows = [int(row) for row in plan.contact_rows[[20, 2, 11]]]
    after = with_states(plan, dict.fromkeys(rows, PassState.BANNED))
    starts = [item.start_utc for item in plan_changes(plan, after).contacts]
    assert starts == sorted(starts)
    assert len(starts) == 3
