"""The independent check sees what is wrong."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from contact_cases import contacts, resource, selection

from euroqci_planner.mission.plan import PassState, Reason
from euroqci_planner.schedule.verify import violations

TWO = (
    (resource("a", 60.0, per_orbit=2, per_day=3), resource("b", terminals=2)),
    (resource("x", 10.0), resource("y")),
)
ROWS = [
    ("a", "x", 0, 50, 5.0),
    ("a", "y", 100, 150, 4.0),
    ("a", "y", 220, 250, 3.0),
    ("b", "x", 55, 80, 2.0),
    ("a", "x", 300, 320, 0.0),
]


def found(rows, flown, **marks):
    table = contacts(rows, TWO, **marks)
    return violations(table, selection(table, flown), *TWO)


def test_a_schedule_that_keeps_all_rules_has_no_violation():
    assert found(ROWS, (0, 2)) == ()


def test_a_set_up_that_is_too_short_names_both_contacts_and_the_satellite():
    (text,) = found(ROWS, (0, 1))
    assert text.startswith("satellite a: contact a/y 2026-06-15T00:01:40")
    assert "a/x 2026-06-15T00:00:00" in text
    assert "set-up included" in text


def test_a_set_up_that_is_too_short_at_a_station_names_the_station():
    (text,) = found(ROWS, (0, 3))
    assert text.startswith("station x: contact b/x")


def test_two_terminals_allow_two_contacts_and_not_three():
    stations = tuple(resource(name) for name in "xyz")
    twin = ((resource("b", 5.0, terminals=2),), stations)
    rows = [("b", "x", 0, 50, 1.0), ("b", "y", 40, 90, 1.0), ("b", "z", 54, 99, 1.0)]
    table = contacts(rows, twin)
    assert violations(table, selection(table, (0, 1)), *twin) == ()
    assert len(violations(table, selection(table, (0, 1, 2)), *twin)) == 1
    later = contacts([*rows[:2], ("b", "z", 55, 99, 1.0)], twin)
    assert violations(later, selection(later, (0, 1, 2)), *twin) == ()


def test_too_many_contacts_of_an_orbit_and_of_a_day_are_counted():
    rows = [("a", "x", 200.0 * k, 200.0 * k + 50, 1.0) for k in range(4)]
    texts = found(rows, (0, 1, 2, 3))
    assert "satellite a: 4 contacts in orbit 0 of 2" in texts
    assert any("4 contacts in day" in text for text in texts)


def test_a_pin_that_is_not_flown_is_seen():
    assert any("is a pin and not marked" in text for text in found(ROWS, (0, 2), pinned=(1,)))


def test_a_ban_that_is_flown_is_seen():
    assert any("is banned and not marked" in text for text in found(ROWS, (0, 2), banned=(2,)))


def test_a_contact_without_value_is_flown_only_when_it_is_pinned():
    assert any("flown for no value" in text for text in found(ROWS, (0, 4)))
    assert found(ROWS, (0, 4), pinned=(4,)) == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value_bits": 8.001}, "is not the sum"),
        ({"bound_bits": 7.9}, "exceeds the bound"),
        ({"reason": np.array([0, 0, 0, 13, 13])}, "turned down without a reason"),
        ({"reason": np.array([13, 13, 0, 13, 13])}, "not turned down and has a reason"),
        ({"blocked_by": np.array([-1, 3, -1, -1, -1])}, "blocked by one that is not flown"),
        ({"blocked_by": np.array([-1, 99, -1, -1, -1])}, "blocked by one that is not flown"),
        ({"state": np.array([2, 4, 1, 4, 4])}, "marked as pinned and is not"),
        ({"state": np.array([1, 3, 1, 4, 4])}, "marked as banned and is not"),
    ],
)
def test_a_seeded_lie_is_found(changes, message):
    table = contacts(ROWS, TWO)
    honest = selection(table, (0, 2))
    assert violations(table, honest, *TWO) == ()
    texts = violations(table, replace(honest, **changes), *TWO)
    assert any(message in text for text in texts)


def test_a_bound_that_is_met_exactly_is_no_violation():
    table = contacts(ROWS, TWO)
    assert violations(table, replace(selection(table, (0, 2)), bound_bits=8.0), *TWO) == ()


def test_a_flown_contact_outside_the_link_model_is_seen():
    rows = [("a", "x", 0, 50, math.nan)]
    assert any("flown for no value" in text for text in found(rows, (0,)))


def test_a_contact_that_ends_before_it_starts_is_seen():
    table = contacts([("a", "x", 50, 0, 1.0)], TWO)
    texts = violations(table, selection(table, (0,)), *TWO)
    assert any("does not end after it starts" in text for text in texts)


def test_a_schedule_of_another_length_is_refused_at_once():
    table = contacts(ROWS, TWO)
    (text,) = violations(table, selection(table, (0,)).take([0, 1]), *TWO)
    assert text == "2 decisions for 5 candidates"


def test_a_free_candidate_needs_no_reason():
    table = contacts(ROWS, TWO)
    plan = selection(table, (0, 2))
    state, reason = plan.state.copy(), plan.reason.copy()
    state[3], reason[3] = PassState.CANDIDATE, Reason.NONE
    assert violations(table, replace(plan, state=state, reason=reason), *TWO) == ()
