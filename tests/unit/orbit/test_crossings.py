"""Continuous rules: edges to a microsecond, short dips found, calendar spans joined."""

from __future__ import annotations

import numpy as np
import pytest
from tolerances import MICROSECOND, within

from euroqci_planner.orbit.crossings import (
    Gaps,
    Stretches,
    forbidden_stretches,
    refined_roots,
)
from euroqci_planner.orbit.numpy_conditions import longest_free
from euroqci_planner.orbit.service_times import joined_stretches, merged


class Wave:
    """Margin sin(rate t + row) - level: its slope is never over the rate."""

    def __init__(self, rate: float, level: float) -> None:
        self.rate, self.level = rate, level

    def seen(self, row, t_s):
        return (np.sin(self.rate * t_s + row) - self.level)[None]

    def is_doubtful(self, gaps: Gaps):
        ends = np.abs(gaps.at_begin[0]) + np.abs(gaps.at_end[0])
        return ends < self.rate * gaps.length_s


class Missing:
    """A margin that is not a number."""

    def seen(self, row, t_s):
        return np.full((1, len(t_s)), np.nan) + 0.0 * row

    def is_doubtful(self, gaps: Gaps):
        return np.zeros(len(gaps.row), dtype=bool)


def test_every_dip_of_a_wave_is_found_from_two_nodes():
    rule = Wave(rate=0.05, level=0.9)
    row, node_s = np.array([0, 0, 1, 1]), np.array([0.0, 1_000.0, 0.0, 1_000.0])
    found = forbidden_stretches(rule, row, node_s)
    for index in (0, 1):
        mine = found.row == index
        fine = np.arange(0.0, 1_000.0, 1e-3)
        low = np.sin(0.05 * fine + index) < 0.9
        begins = fine[np.flatnonzero(np.diff(low.astype(int)) == 1) + 1]
        ends = fine[np.flatnonzero(np.diff(low.astype(int)) == -1) + 1]
        begins = np.concatenate(([0.0], begins)) if low[0] else begins
        ends = np.concatenate((ends, [1_000.0])) if low[-1] else ends
        assert found.begin_us[mine] * 1e-6 == within(1e-3, of=begins)
        assert found.end_us[mine] * 1e-6 == within(1e-3, of=ends)


def test_a_dip_of_a_second_between_two_nodes_is_not_missed():
    # Under the level for 1.0 s around the trough of a wave of 126 s.
    depth = 0.5 * (0.5 * 0.05) ** 2
    rule = Wave(rate=0.05, level=-1.0 + depth)
    found = forbidden_stretches(rule, np.array([0, 0]), np.array([0.0, 125.0]))
    assert len(found.row) == 1
    assert found.length_us[0] * 1e-6 == within(1e-3, of=1.0)
    trough_s = 1.5 * np.pi / 0.05
    assert 0.5e-6 * (found.begin_us + found.end_us) == within(2 * MICROSECOND, of=trough_s)


def test_a_rule_that_always_forbids_takes_the_whole_pass_exactly():
    found = forbidden_stretches(Wave(1e-9, 2.0), np.array([3, 3]), np.array([1.25, 700.5]))
    assert (found.row[0], found.begin_us[0], found.end_us[0]) == (3, 1_250_000, 700_500_000)
    nothing = forbidden_stretches(Wave(1e-9, -2.0), np.array([3, 3]), np.array([1.25, 700.5]))
    assert len(nothing.row) == 0


def test_a_margin_that_is_not_a_number_forbids_nothing():
    assert len(forbidden_stretches(Missing(), np.array([0, 0]), np.array([0.0, 9.0])).row) == 0
    assert len(forbidden_stretches(Missing(), np.zeros(0, int), np.zeros(0)).row) == 0


@pytest.mark.parametrize(
    "function",
    [
        lambda t: t - 0.3,
        lambda t: np.exp(40.0 * t) - 2.0,
        lambda t: np.where(t < 0.123, -1e-9, 5.0),
        lambda t: np.cbrt(t - 0.7),
        lambda t: (t - 0.4) ** 9,
        lambda t: 0.25 - t,
    ],
    ids=["line", "steep", "step", "infinite slope", "flat", "falling"],
)
def test_roots_are_bracketed_to_a_microsecond(function):
    ends = (np.array([0.0]), np.array([1.0]))
    values = (function(ends[0]), function(ends[1]))
    root = refined_roots(lambda _, t_s: function(t_s), ends, values)
    before, after = function(root - MICROSECOND), function(root + MICROSECOND)
    assert np.sign(before) != np.sign(after)


def stretches(*parts: tuple[int, int, int]) -> Stretches:
    row, begin, end = (np.array(item, dtype=np.int64) for item in zip(*parts, strict=True))
    return Stretches(row.astype(np.intp), begin, end)


def test_the_longest_free_stretch_wins_and_the_first_of_equals():
    whole = stretches((0, 0, 100), (1, 0, 100), (2, 50, 90), (3, 0, 10), (4, 0, 10))
    forbidden = joined_stretches(
        [
            stretches((0, 40, 60), (1, 0, 30), (3, 0, 6)),
            stretches((0, 50, 55), (1, 70, 100), (3, 6, 10), (4, 2, 8)),
        ]
    )
    begin, end = longest_free(whole, forbidden)
    assert list(zip(begin, end, strict=True)) == [(0, 40), (30, 70), (50, 90), (0, 0), (0, 2)]


def test_touching_and_overlapping_spans_are_joined():
    begins, ends = merged([(50, 60), (0, 10), (10, 20), (15, 18), (30, 30), (55, 70)])
    assert (list(begins), list(ends)) == ([0, 50], [20, 70])
