"""Concentration bounds: between what may the expectation of an observed count lie?

One interface for all: counts of the intensities of one block along the last axis, and the
probability with which each single bound may fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from scipy import special

from euroqci_planner.mission.scenario import Concentration
from euroqci_planner.units import FloatArray

Interval = tuple[FloatArray, FloatArray]


class ConcentrationBound(Protocol):
    """From observed counts (..., intensities) to (lower, upper) bounds of their expectations."""

    def __call__(self, counts: FloatArray, epsilon: float) -> Interval:
        """Bounds of the shape of `counts`; each fails with probability `epsilon` at most.

        A lower bound may come out negative: whoever uses it may clamp it at zero.
        """


def hoeffding(counts: FloatArray, epsilon: float) -> Interval:
    """Hoeffding 1963 as used by Lim et al. 2014, Eqs. A1 and A2: ± √(n ln(1/ε)/2), n the total.

    The deviation is the same for every intensity.
    """
    total = np.sum(counts, axis=-1, keepdims=True)
    deviation = np.sqrt(total * (-0.5 * np.log(epsilon)))
    return counts - deviation, counts + deviation


def chernoff(counts: FloatArray, epsilon: float) -> Interval:
    """Multiplicative Chernoff bound, inverted (Yin et al. 2020, Sci. Rep. 10, 14312).

    With β = ln(1/ε): x − β/2 − √(2βx + β²/4) and x + β + √(2βx + β²), each count x on its own. The
    lower one, as published, lies β below the solution of its tail.
    """
    beta = -np.log(epsilon)
    doubled = (2.0 * beta) * counts
    lower = counts - 0.5 * beta - np.sqrt(doubled + 0.25 * beta**2)
    upper = counts + beta + np.sqrt(doubled + beta**2)
    return lower, upper


def clopper_pearson(counts: FloatArray, epsilon: float) -> Interval:
    """Exact binomial tails, inverted (Clopper and Pearson 1934), n the total over intensities.

    The intensity of each detected round is drawn independently with a probability that depends on
    its photon number: a sum of unequal Bernoulli trials, whose tails beyond one count from the mean
    are no heavier than binomial ones (Hoeffding 1956, Theorem 5). Continuous in the counts,
    because a plan works with expected ones. Numerical error of ε below 1e-3 up to 1e10 counts.
    """
    total = np.broadcast_to(np.sum(counts, axis=-1, keepdims=True), counts.shape)
    rest = np.maximum(total - counts, 0.0)
    lower = special.betaincinv(counts, rest + 1.0, epsilon)
    upper = special.betainccinv(counts + 1.0, rest, epsilon)
    none, every = counts == 0.0, rest == 0.0
    return np.where(none, 0.0, total * lower), np.where(every, total, total * upper)


def no_deviation(counts: FloatArray, epsilon: float) -> Interval:  # noqa: ARG001
    """Observation and expectation are one: the limit of infinitely long blocks."""
    return counts, counts


CONCENTRATION_BOUNDS: Mapping[Concentration, ConcentrationBound] = {
    Concentration.HOEFFDING: hoeffding,
    Concentration.CHERNOFF: chernoff,
    Concentration.EXACT: clopper_pearson,
}
