"""Leakage of error correction."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from euroqci_planner.mission.scenario import ErrorCorrectionModel, Policy
from euroqci_planner.qkd.entropy import binary_entropy
from euroqci_planner.qkd.error_correction import (
    error_quantile,
    finite_length_floor,
    leaked_bits,
)

FINITE = Policy(error_correction_model=ErrorCorrectionModel.FINITE_LENGTH)


def test_block_leakage_is_efficiency_times_the_shannon_limit():
    leaked = leaked_bits(np.array([1e6]), np.array([0.02]), Policy())
    assert leaked == pytest.approx(1.16e6 * binary_entropy(0.02))


def test_the_error_quantile_is_the_binomial_one():
    n = np.array([1.0, 17.0, 1e3, 1e5, 3e6])[:, None, None]
    q = np.array([1e-4, 0.011, 0.2])[:, None]
    tail = np.array([1e-12, 1e-3, 0.3])
    correct = binom.ppf(tail, n, 1.0 - q)
    n, q, tail = np.broadcast_arrays(n, q, tail)
    np.testing.assert_array_equal(n - error_quantile(n, q, tail), correct)


def test_the_floor_beats_the_plain_leakage_for_short_blocks_and_not_for_long_ones():
    q = np.array([0.02, 0.02])
    short, long = leaked_bits(np.array([2e3, 2e7]), q, FINITE) / leaked_bits(
        np.array([2e3, 2e7]), q, Policy()
    )
    assert short > 1.1
    assert long == 1.0


def test_the_floor_approaches_the_shannon_limit_from_above():
    n = np.array([1e4, 1e6, 1e8])
    ratio = finite_length_floor(n, np.full(3, 0.02), 1e-3) / (n * binary_entropy(0.02))
    assert np.all(np.diff(ratio) < 0.0)
    assert np.all(ratio > 1.0)
    # second order: quantile 3.09 σ of the errors, worth log2((1-q)/q) bits each
    second = 3.09 * np.sqrt(n * 0.02 * 0.98) * np.log2(49.0)
    np.testing.assert_allclose((ratio - 1) * n * binary_entropy(0.02), second, rtol=0.1)


@pytest.mark.parametrize("policy", [Policy(), FINITE])
def test_nothing_leaks_where_there_is_nothing_and_nothing_is_known_of_the_unknown(policy):
    sifted = np.array([0.0, 0.0, 100.0, np.nan])
    leaked = leaked_bits(sifted, np.array([np.nan, 0.1, 0.0, np.nan]), policy)
    np.testing.assert_array_equal(leaked, [0.0, 0.0, 0.0, np.nan])
