"""What holds for schedules in which one contact may hold two stations (a source of pairs)."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from contact_cases import (
    SETTINGS,
    best_value_by_brute_force,
    contacts,
    flown,
    resource,
    selection,
    shuffled,
    with_partners,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.key_course import NO_PARTNER
from euroqci_planner.mission.plan import PassState, Reason
from euroqci_planner.schedule.exact import ExactScheduler
from euroqci_planner.schedule.explain import explained
from euroqci_planner.schedule.greedy import GreedyScheduler
from euroqci_planner.schedule.verify import violations

PART_IN_A_BILLION = 1e-9
SCHEDULERS = (GreedyScheduler(), ExactScheduler())
STATIONS = "xyzw"


def pass_number(satellite: str, station: str, start_s: float) -> int:
    """A pass of each pair of satellite and station every twelve seconds."""
    return 10_000 + 100 * int(satellite[1:]) + 10 * STATIONS.index(station) + int(start_s) // 12


def two_station_case(rows, resources, pinned=(), orbit_s=15.0):
    """Candidates from (satellite, station, partner or '', start, end, value)."""
    ones = [(row[0], row[1], *row[3:]) for row in rows]
    partners = {number: row[2] for number, row in enumerate(rows) if row[2]}
    passes = {
        number: (pass_number(rows[number][0], rows[number][1], rows[number][3]),
                 pass_number(rows[number][0], name, rows[number][3]))
        for number, name in partners.items()
    }  # fmt: skip
    table = contacts(ones, resources, pinned=pinned, orbit_s=orbit_s)
    return with_partners(table, partners, passes), resources


@st.composite
def small_cases(draw, largest=7, marks=True):
    setup = st.sampled_from((0.0, 1.0, 3.5))
    limit = st.none() | st.integers(0, 2)
    terminals = st.sampled_from((1, 1, 2))
    resources = (
        tuple(
            resource(name, draw(setup), draw(terminals), draw(limit))
            for name in ("s2", "s1")[: draw(st.integers(1, 2))]
        ),
        tuple(resource(name, draw(setup), draw(terminals)) for name in "zyx"),
    )
    rows = []
    for _ in range(draw(st.integers(0, largest))):
        ends = draw(st.permutations(("x", "y", "z")))
        start = draw(st.integers(0, 24))
        value = draw(st.sampled_from((0.0, 1.0, 2.0, 2.0, 3.0, 5.0, 7.5)))
        partner = ends[1] if draw(st.integers(0, 2)) else ""
        satellite = draw(st.sampled_from(resources[0])).id
        end = start + draw(st.integers(1, 12))
        rows.append((satellite, ends[0], partner, start, end, value))
    pins = st.sets(st.integers(0, max(len(rows) - 1, 0)), max_size=2)
    pinned = tuple(draw(pins)) if marks and rows and draw(st.booleans()) else ()
    return two_station_case(rows, resources, pinned)


@st.composite
def crowded_cases(draw):
    """Many long contacts, most of two stations: odd cycles make the programme fractional."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    resources = (
        tuple(resource(f"s{k}", float(random.integers(0, 4)), 1 + k // 2) for k in range(4)),
        tuple(resource(name, float(random.integers(0, 4))) for name in STATIONS),
    )
    rows = []
    for start in random.integers(0, 100, 50).tolist():
        one, other = random.permutation(list(STATIONS))[:2].tolist()
        partner = other if random.random() < 0.8 else ""
        end = start + int(random.integers(3, 25))
        value = float(random.integers(1, 6))
        rows.append((f"s{random.integers(4)}", one, partner, start, end, value))
    return two_station_case(rows, resources)


def planned(scheduler, table, resources):
    try:
        return scheduler.schedule(table, *resources, SETTINGS)
    except InvalidInput:
        return None


@given(case=small_cases())
@settings(max_examples=150, deadline=None)
def test_contacts_of_two_stations_are_planned_as_well_as_by_brute_force(case):
    table, resources = case
    by_greedy, exact = (planned(scheduler, table, resources) for scheduler in SCHEDULERS)
    best = best_value_by_brute_force(table, resources)
    if exact is None:
        assert best is None
        return
    assert violations(table, exact, *resources) == ()
    assert violations(table, by_greedy, *resources) == ()
    assert exact.value_bits == within(PART_IN_A_BILLION * best, of=best)
    assert by_greedy.value_bits <= exact.value_bits * (1.0 + PART_IN_A_BILLION)
    assert exact.bound_bits >= best
    assert exact.bound_bits == within(10 * PART_IN_A_BILLION * best, of=best)


@given(case=crowded_cases(), relative_gap=st.sampled_from((0.0, 0.1)))
@settings(max_examples=40, deadline=None)
def test_crowded_contacts_of_two_stations_stay_between_greedy_and_bound(case, relative_gap):
    table, resources = case
    wide = replace(SETTINGS, relative_gap=relative_gap)
    by_greedy, exact = (item.schedule(table, *resources, wide) for item in SCHEDULERS)
    assert violations(table, exact, *resources) == ()
    assert exact.value_bits >= by_greedy.value_bits * (1.0 - PART_IN_A_BILLION)
    gap = max(relative_gap, 2 * PART_IN_A_BILLION)
    assert 0.0 <= exact.bound_bits - exact.value_bits <= gap * exact.bound_bits


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda item: type(item).__name__)
@given(case=small_cases(largest=10, marks=False) | crowded_cases(), seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_input_has_no_say_over_two_stations(scheduler, case, seed):
    table, resources = case
    random = np.random.default_rng(seed)
    unique = np.unique(names(table), return_index=True)[1]
    table = table.take(np.sort(unique))
    plan = scheduler.schedule(table, *resources, SETTINGS)
    mixed, others = shuffled(table, resources, random)
    again = scheduler.schedule(mixed, *others, SETTINGS)
    assert decisions_by_name(table, plan) == decisions_by_name(mixed, again)
    assert (again.value_bits, again.method) == (plan.value_bits, plan.method)
    assert again.bound_bits == plan.bound_bits or math.isnan(plan.bound_bits)


def names(table):
    stations = np.append(np.array(table.station_ids), "-")
    satellites = np.array(table.satellite_ids)
    columns = (
        satellites[table.satellite],
        stations[table.station],
        stations[table.partner],
        table.start_utc.astype(str),
        table.end_utc.astype(str),
    )
    return np.array(["/".join(row) for row in zip(*columns, strict=True)], dtype=str)


def decisions_by_name(table, plan):
    by_row = names(table)
    blockers = [by_row[row] if row >= 0 else "" for row in plan.blocked_by.tolist()]
    return sorted(zip(by_row, plan.state.tolist(), plan.reason.tolist(), blockers, strict=True))


@given(case=small_cases(largest=10, marks=False) | crowded_cases())
@settings(max_examples=60, deadline=None)
def test_a_rejected_contact_breaks_a_rule_that_its_blocker_helps_to_break(case):
    table, resources = case
    plan = GreedyScheduler().schedule(table, *resources, SETTINGS)
    rows = flown(plan)
    for row in np.flatnonzero(plan.state == PassState.REJECTED)[:20].tolist():
        if plan.reason[row] == Reason.NO_KEY:
            assert table.value_bits[row] <= 0.0
            continue
        assert violations(table, selection(table, [*rows, row]), *resources)
        blocker = int(plan.blocked_by[row])
        if plan.reason[row] == Reason.STATION_BUSY:
            assert stations_of(table, row) & stations_of(table, blocker)
        elif plan.reason[row] == Reason.SATELLITE_BUSY:
            assert table.satellite[row] == table.satellite[blocker]


def stations_of(table, row):
    return {int(table.station[row]), int(table.partner[row])} - {NO_PARTNER}


@given(case=small_cases(largest=12, marks=False))
@settings(max_examples=60, deadline=None)
def test_what_the_explanation_leaves_as_candidates_can_be_added(case):
    table, resources = case
    verdicts = explained(table, *resources, np.zeros(len(table), dtype=bool))
    for row in np.flatnonzero(verdicts.state == PassState.CANDIDATE).tolist():
        assert violations(table, selection(table, [row]), *resources) == ()


def test_a_contact_of_two_stations_keeps_others_from_both():
    resources = ((resource("s1"), resource("s2"), resource("s3")),
                 tuple(resource(name) for name in "xyz"))  # fmt: skip
    table, _ = two_station_case(
        [("s1", "x", "y", 0, 10, 9.0), ("s2", "x", "", 5, 11, 4.0), ("s3", "y", "", 5, 11, 3.0),
         ("s3", "z", "", 5, 11, 2.0)],
        resources,
    )  # fmt: skip
    plan = ExactScheduler().schedule(table, *resources, SETTINGS)
    assert flown(plan) == [0, 3]
    assert plan.reason[1:3].tolist() == [Reason.STATION_BUSY, Reason.STATION_BUSY]
    assert plan.blocked_by[1:3].tolist() == [0, 0]


def test_one_pass_is_not_flown_with_two_partners():
    resources = ((resource("s1"),), tuple(resource(name) for name in "xyz"))
    table, _ = two_station_case(
        [("s1", "x", "y", 0, 4, 3.0), ("s1", "x", "z", 6, 10, 2.0)], resources
    )
    for scheduler in SCHEDULERS:
        plan = scheduler.schedule(table, *resources, SETTINGS)
        assert flown(plan) == [0]
        assert plan.reason[1] == Reason.SATELLITE_BUSY
        assert plan.blocked_by[1] == 0
    both = selection(table, [0, 1])
    assert any("flies a pass that" in text for text in violations(table, both, *resources))


def test_pins_that_need_one_station_as_partner_name_that_station():
    resources = ((resource("s1"), resource("s2")), tuple(resource(name, 5.0) for name in "xyz"))
    table, _ = two_station_case(
        [("s1", "x", "y", 0, 10, 9.0), ("s2", "z", "y", 12, 20, 4.0)], resources, pinned=(0, 1)
    )
    with pytest.raises(InvalidInput) as refused:
        ExactScheduler().schedule(table, *resources, SETTINGS)
    text = str(refused.value)
    assert "need y at the same time (set-up of 5 s included)" in text
    assert "s1/x+y from" in text


def test_a_contact_that_names_one_station_twice_is_refused():
    resources = ((resource("s1"),), (resource("x"), resource("y")))
    table, _ = two_station_case([("s1", "x", "x", 0, 10, 9.0)], resources)
    with pytest.raises(ValueError, match="names one of them twice"):
        ExactScheduler().schedule(table, *resources, SETTINGS)
