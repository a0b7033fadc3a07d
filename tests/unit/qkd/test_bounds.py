"""Concentration bounds one by one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from euroqci_planner.mission.scenario import Concentration
from euroqci_planner.qkd.bounds import (
    CONCENTRATION_BOUNDS,
    chernoff,
    clopper_pearson,
    hoeffding,
    no_deviation,
)

EPSILON = 1e-9 / 21.0
COUNTS = np.array([[8.0e5, 9.0e4, 1.2e3], [300.0, 40.0, 5.0]])


def test_hoeffding_deviates_alike_for_all_intensities():
    lower, upper = hoeffding(np.array([100.0, 50.0, 10.0]), 1e-6)
    deviation = np.sqrt(80.0 * np.log(1e6))
    np.testing.assert_allclose(upper, np.array([100.0, 50.0, 10.0]) + deviation)
    np.testing.assert_allclose(lower, np.array([100.0, 50.0, 10.0]) - deviation)


def test_chernoff_keeps_to_the_tails_that_it_inverts():
    lower, upper = chernoff(COUNTS, EPSILON)
    beta = -np.log(EPSILON)
    below = (upper - COUNTS) / upper
    np.testing.assert_allclose(below**2 * upper / 2.0, beta, rtol=1e-12)
    seen, expected = COUNTS[lower > 0.0], lower[lower > 0.0]
    above = (seen - expected) / expected
    exponent = above**2 * expected / (2.0 + above)
    assert np.all(exponent > beta)  # the published lower bound leaves some slack,
    assert exponent[0] == pytest.approx(beta, rel=0.01)  # which large counts do not see


def test_exact_bounds_have_binomial_tails_of_epsilon():
    lower, upper = clopper_pearson(COUNTS, EPSILON)
    total = COUNTS.sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(binom.sf(COUNTS - 1, total, lower / total), EPSILON, rtol=1e-3)
    np.testing.assert_allclose(binom.cdf(COUNTS, total, upper / total), EPSILON, rtol=1e-3)


def tails(probabilities: np.ndarray, observed: int) -> tuple[float, float]:
    """P(sum >= observed), P(sum <= observed) of unequal trials, by convolution."""
    mass = np.ones(1)
    for p in probabilities:
        mass = np.convolve(mass, [1.0 - p, p])
    return float(mass[observed:].sum()), float(mass[: observed + 1].sum())


@pytest.mark.parametrize("observed", [12, 60, 140])
def test_exact_bounds_hold_for_trials_of_unequal_probability(observed):
    epsilon, trials = 1e-6, 200
    lower, upper = clopper_pearson(np.array([observed, trials - observed], dtype=float), epsilon)
    for mean, side in ((lower[0], 0), (upper[0], 1)):
        room = min(mean / trials, 1.0 - mean / trials)
        unequal = mean / trials + room * np.linspace(-1.0, 1.0, trials)
        assert unequal.sum() == pytest.approx(mean)
        assert tails(unequal, observed)[side] <= epsilon * 1.001


def test_exact_lies_within_hoeffding_and_chernoff():
    inner = clopper_pearson(COUNTS, EPSILON)
    for outer in (hoeffding(COUNTS, EPSILON), chernoff(COUNTS, EPSILON)):
        assert np.all(outer[0] < inner[0])
        assert np.all(inner[1] < outer[1])


def test_nothing_seen_is_bounded_from_above_only():
    lower, upper = clopper_pearson(np.array([50.0, 0.0]), EPSILON)
    assert lower[1] == 0.0
    assert upper[0] == 50.0
    assert upper[1] == pytest.approx(50.0 * (1.0 - EPSILON ** (1.0 / 50.0)))
    assert lower[0] == pytest.approx(50.0 * EPSILON ** (1.0 / 50.0))


@pytest.mark.parametrize("bound", [hoeffding, chernoff, clopper_pearson, no_deviation])
def test_an_empty_block_stays_finite_and_a_missing_one_missing(bound):
    lower, upper = bound(np.zeros((1, 3)), EPSILON)
    assert np.all(np.isfinite(lower))
    assert np.all(np.isfinite(upper))
    missing = bound(np.full((1, 3), np.nan), EPSILON)
    assert np.all(np.isnan(missing))


def test_every_concentration_of_the_scenario_has_a_bound():
    assert set(CONCENTRATION_BOUNDS) == set(Concentration)
