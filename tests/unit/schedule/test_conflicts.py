"""Canonical order, padded intervals and their maximal cliques."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from contact_cases import contacts, resource

from euroqci_planner.mission.plan import Reason
from euroqci_planner.schedule.conflicts import maximal_cliques, problem_of

PAIR = ((resource("sat-b", 60.0), resource("sat-a", 30.0)), (resource("ogs-a", 120.0),))


def members(cliques, count):
    return [
        {row for row in range(count) if cliques.first[row] <= clique < cliques.last[row]}
        for clique in range(len(cliques.size))
    ]


def test_a_staircase_of_intervals_has_one_clique_per_step():
    cliques = maximal_cliques([0, 5, 8, 20], [10, 15, 25, 30])
    assert members(cliques, 4) == [{0, 1, 2}, {2, 3}]
    assert cliques.size.tolist() == [3, 2]


def test_intervals_that_only_touch_form_no_common_clique():
    assert members(maximal_cliques([0, 10], [10, 20]), 2) == [{0}, {1}]


def test_equal_intervals_are_in_one_clique():
    assert members(maximal_cliques([3, 3, 3], [9, 9, 9]), 3) == [{0, 1, 2}]


def test_no_intervals_have_no_cliques():
    assert len(maximal_cliques([], []).size) == 0


def test_cliques_equal_those_found_by_looking_at_every_instant():
    random = np.random.default_rng(7)
    for _ in range(50):
        start = random.integers(0, 40, 25)
        until = start + random.integers(1, 15, 25)
        at = [frozenset(np.flatnonzero((start <= t) & (t < until))) for t in range(60)]
        maximal = {one for one in at if one and not any(one < other for other in at)}
        found = members(maximal_cliques(start, until), 25)
        assert {frozenset(one) for one in found} == maximal
        assert len(found) == len(maximal)


def test_candidates_stand_by_satellite_station_and_start_whatever_their_order():
    table = contacts(
        [("sat-b", "ogs-a", 0, 9, 1), ("sat-a", "ogs-a", 70, 80, 2), ("sat-a", "ogs-a", 5, 9, 3)],
        PAIR,
    )
    assert problem_of(table, *PAIR).order.tolist() == [2, 1, 0]


def test_the_set_up_of_its_own_resource_pads_each_contact():
    table = contacts([("sat-a", "ogs-a", 0, 10, 1)], PAIR)
    satellites, stations = problem_of(table, *PAIR).tracks
    assert satellites.until_us - satellites.start_us == 40_000_000
    assert stations.until_us - stations.start_us == 130_000_000


def test_limits_count_only_satellites_that_have_one():
    resources = ((resource("a", per_orbit=2), resource("b")), (resource("x"),))
    table = contacts([("a", "x", 0, 9, 1), ("b", "x", 0, 9, 1), ("a", "x", 9_000, 9_009, 1)],
                     resources)  # fmt: skip
    (limit,) = problem_of(table, *resources).limits
    assert limit.reason is Reason.ORBIT_LIMIT
    assert limit.group.tolist() == [0, 1, -1]
    assert limit.capacity.tolist() == [2, 2]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"end_utc": lambda table: table.start_utc}, "must end after"),
        ({"value_bits": lambda table: table.value_bits * np.inf}, "infinite"),
        ({"satellite_ids": lambda table: table.satellite_ids[::-1]}, "id tuples"),
    ],
)
def test_candidates_that_make_no_sense_are_refused(wrong, message):
    table = contacts([("sat-a", "ogs-a", 0, 10, 1)], PAIR)
    changed = {name: make(table) for name, make in wrong.items()}
    with pytest.raises(ValueError, match=message):
        problem_of(replace(table, **changed), *PAIR)


@pytest.mark.parametrize(
    "wrong",
    [{"terminals": 0}, {"setup_s": -1.0}, {"setup_s": np.nan}, {"max_contacts_per_day": -1}],
)
def test_resources_that_make_no_sense_are_refused(wrong):
    table = contacts([("sat-a", "ogs-a", 0, 10, 1)], PAIR)
    satellites = (replace(PAIR[0][0], **wrong), PAIR[0][1])
    with pytest.raises(ValueError, match="sat-b"):
        problem_of(table, satellites, PAIR[1])
