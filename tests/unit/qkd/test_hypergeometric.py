"""Tails of sampling without replacement against sums over all cases."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from scipy.stats import hypergeom

from euroqci_planner.qkd.hypergeometric import lower_tail_log, most_marked


def tail(seen, marked, population, drawn):
    numbers = (np.array(float(number)) for number in (seen, marked, population, drawn))
    return float(np.exp(lower_tail_log(*numbers)))


@pytest.mark.parametrize("seen", range(4))
def test_a_small_urn_is_counted_out(seen):
    whole = comb(12, 5)
    counted = sum(comb(6, hit) * comb(6, 5 - hit) for hit in range(seen + 1)) / whole
    assert tail(seen, 6, 12, 5) == pytest.approx(min(counted, 1.0), rel=1e-12)


@pytest.mark.parametrize(
    "case", [(69, 200, 3_100, 1_550), (0, 20, 3_000, 1_000), (30, 240, 40_000, 10_000)]
)
def test_tails_equal_those_of_scipy(case):
    seen, marked, population, drawn = case
    expected = hypergeom.cdf(seen, population, marked, drawn)
    assert tail(*case) == pytest.approx(expected, rel=1e-8)


def test_a_long_tail_is_never_made_smaller():
    case = (19_500, 41_000, 2_000_000, 1_000_000)
    expected = hypergeom.cdf(case[0], case[2], case[1], case[3])
    assert expected * (1.0 - 1e-7) <= tail(*case) <= 1.03 * expected


def test_between_whole_numbers_the_tail_rises_smoothly():
    seen = np.linspace(60.0, 70.0, 101)
    logs = lower_tail_log(seen, np.full(101, 200.0), np.full(101, 3_100.0), np.full(101, 1_550.0))
    assert np.all(np.diff(logs) > 0.0)
    assert np.all(np.abs(np.diff(logs, 2)) < 1e-3)


@pytest.mark.parametrize("failure", [1e-5, 1e-10, 1e-22])
@pytest.mark.parametrize("sample", [(69, 1_550, 1_550), (0, 400, 900), (12, 300, 40_000)])
def test_the_largest_credible_number_is_the_last_that_is_credible(sample, failure):
    seen, drawn, undrawn = sample
    most = most_marked(*(np.array(float(number)) for number in sample), float(np.log(failure)))
    population = drawn + undrawn
    assert hypergeom.cdf(seen, population, int(np.ceil(most)), drawn) <= failure * (1.0 + 1e-6)
    assert hypergeom.cdf(seen, population, int(np.floor(most)) - 1, drawn) > failure


def test_where_everything_is_credible_everything_is_marked():
    most = most_marked(np.array(1.0), np.array(10.0), np.array(10.0), float(np.log(1e-10)))
    assert most == 11.0


def test_many_samples_at_once_and_missing_ones():
    seen = np.array([5.0, np.nan, 50.0])
    most = most_marked(seen, np.array([100.0, 100.0, 1e3]), np.array(200.0), float(np.log(1e-9)))
    assert np.isnan(most).tolist() == [False, True, False]
    alone = most_marked(seen[2:], np.array([1e3]), np.array([200.0]), float(np.log(1e-9)))
    assert most[2] == pytest.approx(alone[0], rel=1e-9)
