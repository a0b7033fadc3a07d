"""Reasons and blockers for any set of flown contacts."""

from __future__ import annotations

import math

from contact_cases import contacts, resource

from euroqci_planner.mission.plan import PassState, Reason
from euroqci_planner.schedule.explain import explained

TWO = ((resource("a", 60.0), resource("b")), (resource("x", 10.0), resource("y")))


def verdicts(rows, flown, resources=TWO, **marks):
    table = contacts(rows, resources, **marks)
    mask = [row in flown for row in range(len(rows))]
    found = explained(table, *resources, mask)
    return found.state.tolist(), found.reason.tolist(), found.blocked_by.tolist()


def test_a_busy_satellite_names_the_contact_that_holds_it():
    state, reason, blocked_by = verdicts([("a", "x", 0, 50, 1), ("a", "y", 100, 150, 2)], {0})
    assert state == [PassState.SCHEDULED, PassState.REJECTED]
    assert reason[1] == Reason.SATELLITE_BUSY
    assert blocked_by == [-1, 0]


def test_a_busy_station_is_told_from_a_busy_satellite():
    _, reason, blocked_by = verdicts([("a", "x", 0, 50, 1), ("b", "x", 55, 99, 2)], {0})
    assert reason[1] == Reason.STATION_BUSY
    assert blocked_by[1] == 0


def test_the_most_valuable_blocker_is_named_and_gives_the_reason():
    rows = [("a", "y", 0, 50, 5), ("b", "x", 60, 99, 7), ("a", "x", 40, 80, 9)]
    _, reason, blocked_by = verdicts(rows, {0, 1})
    assert reason[2] == Reason.STATION_BUSY
    assert blocked_by[2] == 1


def test_blockers_of_equal_value_name_the_satellite_first():
    rows = [("b", "x", 60, 99, 5), ("a", "y", 0, 50, 5), ("a", "x", 40, 80, 9)]
    _, reason, blocked_by = verdicts(rows, {0, 1})
    assert reason[2] == Reason.SATELLITE_BUSY
    assert blocked_by[2] == 1


def test_a_contact_beside_a_free_terminal_is_no_blocker():
    twin = ((resource("a", terminals=2),), (resource("x"), resource("y"), resource("z")))
    rows = [("a", "x", 0, 30, 9), ("a", "y", 50, 90, 3), ("a", "z", 60, 99, 2),
            ("a", "x", 20, 70, 1)]  # fmt: skip
    _, reason, blocked_by = verdicts(rows, {0, 1, 2}, twin)
    assert reason[3] == Reason.STATION_BUSY
    assert blocked_by[3] == 0
    without_station = [*rows[:3], ("a", "z", 31, 60, 1)]
    state, _, blocked_by = verdicts(without_station, {0, 1, 2}, twin)
    assert state[3] == PassState.CANDIDATE
    assert blocked_by[3] == -1
    over_both = [*rows[:3], ("a", "x", 40, 61, 1)]
    _, reason, blocked_by = verdicts(over_both, {0, 1, 2}, twin)
    assert reason[3] == Reason.SATELLITE_BUSY
    assert blocked_by[3] == 1


def test_a_full_orbit_names_its_least_valuable_contact():
    few = ((resource("a", per_orbit=2),), (resource("x"),))
    rows = [("a", "x", 0, 9, 5), ("a", "x", 20, 29, 3), ("a", "x", 40, 49, 1)]
    _, reason, blocked_by = verdicts(rows, {0, 1}, few)
    assert reason[2] == Reason.ORBIT_LIMIT
    assert blocked_by[2] == 1


def test_a_busy_satellite_comes_before_a_full_orbit_and_the_orbit_before_the_day():
    few = ((resource("a", per_orbit=1, per_day=1),), (resource("x"),))
    rows = [("a", "x", 0, 9, 5), ("a", "x", 5, 29, 3), ("a", "x", 40, 49, 1),
            ("a", "x", 7_000, 7_009, 1)]  # fmt: skip
    _, reason, _ = verdicts(rows, {0}, few)
    assert reason[1:] == [Reason.SATELLITE_BUSY, Reason.ORBIT_LIMIT, Reason.DAY_LIMIT]


def test_a_contact_that_nothing_keeps_out_is_still_a_candidate():
    state, reason, _ = verdicts([("a", "x", 0, 50, 1), ("b", "y", 0, 50, 2)], {0})
    assert state[1] == PassState.CANDIDATE
    assert reason[1] == Reason.NONE


def test_bans_and_missing_value_come_before_what_is_in_the_way():
    rows = [("a", "x", 0, 50, 9), ("a", "y", 0, 50, 0.0), ("a", "y", 0, 50, math.nan),
            ("a", "y", 0, 50, 5)]  # fmt: skip
    state, reason, blocked_by = verdicts(rows, {0}, banned=(3,))
    assert reason[1:] == [Reason.NO_KEY, Reason.LINK_OUT_OF_RANGE, Reason.BANNED]
    assert state[3] == PassState.BANNED
    assert blocked_by == [-1, -1, -1, -1]


def test_nothing_flown_leaves_everything_open():
    state, reason, _ = verdicts([("a", "x", 0, 50, 1), ("a", "y", 0, 50, 2)], set())
    assert state == [PassState.CANDIDATE] * 2
    assert reason == [Reason.NONE] * 2
