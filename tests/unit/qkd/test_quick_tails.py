"""Stand-ins of a search against what they stand for."""

from __future__ import annotations

import numpy as np
import pytest

from euroqci_planner.qkd.bounds import clopper_pearson
from euroqci_planner.qkd.error_correction import error_quantile, finite_length_floor
from euroqci_planner.qkd.quick_tails import near_exact, normal_error_quantile, roughly_exact

EPSILON = 1e-9 / 21.0
COUNTS = np.array([[9e5, 8e4, 300.0], [5e3, 2e3, 40.0], [2e8, 1e7, 2e4]])


@pytest.mark.parametrize(("quick", "share"), [(near_exact, 2e-4), (roughly_exact, 5e-2)])
def test_quick_tails_are_close_to_exact_ones(quick, share):
    for near, exact in zip(quick(COUNTS, EPSILON), clopper_pearson(COUNTS, EPSILON), strict=True):
        assert np.all(np.abs(near - exact) <= share * np.abs(exact - COUNTS))


@pytest.mark.parametrize("quick", [near_exact, roughly_exact])
def test_quick_tails_enclose_the_counts_down_to_none(quick):
    counts = np.array([[50.0, 0.3, 0.0], [1e-6, 1e-7, 0.0], [0.0, 0.0, 0.0]])
    low, high = quick(counts, EPSILON)
    assert np.all(low <= counts + 1e-12)
    assert np.all(high >= counts - 1e-12)
    assert np.all(low[counts == 0.0] == 0.0)


def test_a_smooth_quantile_stays_within_an_error_or_two_of_the_exact_one():
    n, q = np.array([1e4, 1e5, 3e6]), np.array([0.02, 0.01, 0.04])
    tail = np.full(3, 1e-3)
    off = normal_error_quantile(n, q, tail) - error_quantile(n, q, tail)
    assert np.all(np.abs(off) < 1.5)
    smooth = finite_length_floor(n, q, 1e-3, quantile=normal_error_quantile)
    np.testing.assert_allclose(smooth, finite_length_floor(n, q, 1e-3), rtol=5e-3)
