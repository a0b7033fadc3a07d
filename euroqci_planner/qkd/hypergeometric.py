"""Sampling without replacement, exactly: what errors in a sample say of those not looked at."""

from __future__ import annotations

import numpy as np
from scipy import special

from euroqci_planner.units import FloatArray

_TERMS = 64
_ITERATIONS = 40
_SETTLED = 1e-10


def lower_tail_log(
    seen: FloatArray, marked: FloatArray, population: FloatArray, drawn: FloatArray
) -> FloatArray:
    """ln P(X <= seen) where `drawn` of `population` items are drawn and `marked` of them count.

    Elementwise, for 0 <= seen <= mean. Exact to rounding up to 64 terms; the rest is bounded by a
    geometric series, which never makes the probability smaller (and less than 3 % larger beyond
    six standard deviations). Between whole numbers factorials are gamma functions.
    """
    rest = population - marked
    top = (
        _log_choose(marked, seen) + _log_choose(rest, drawn - seen) - _log_choose(population, drawn)
    )
    left = seen[..., np.newaxis] - np.arange(_TERMS)
    missed = (drawn - seen)[..., np.newaxis] + np.arange(_TERMS)
    up = np.maximum(left, 0.0) * np.maximum(rest[..., np.newaxis] - missed, 0.0)
    ratio = up / ((marked[..., np.newaxis] - left + 1.0) * (missed + 1.0))
    terms = np.cumprod(ratio, axis=-1)
    last = np.minimum(ratio[..., -1], 1.0 - 1e-12)
    total = 1.0 + np.sum(terms[..., :-1], axis=-1) + terms[..., -1] / (1.0 - last)
    return np.asarray(np.minimum(top + np.log(total), 0.0))


def most_marked(
    seen: FloatArray, drawn: FloatArray, undrawn: FloatArray, log_failure: float
) -> FloatArray:
    """Largest number of marked items overall that leaves `seen` among `drawn` ones credible.

    With more, no more than `seen` would be drawn with a probability below exp(`log_failure`).
    Elementwise, for drawn > 0; all undrawn items where even that is credible; NaN where an input
    is.
    """
    seen, drawn, undrawn = (
        np.asarray(part, dtype=np.float64) for part in np.broadcast_arrays(seen, drawn, undrawn)
    )
    population = drawn + undrawn
    low, high = seen * population / drawn, seen + undrawn
    marked = np.clip(_gaussian_guess(seen, drawn, undrawn, log_failure), low, high)
    settled = np.zeros(marked.shape, dtype=bool)
    for _ in range(_ITERATIONS):
        excess = lower_tail_log(seen, marked, population, drawn) - log_failure
        low = np.where(~settled & (excess > 0.0), marked, low)
        high = np.where(~settled & (excess <= 0.0), marked, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            newer = marked - excess / _slope(seen, marked, population, drawn)
        inside = (newer > low) & (newer < high)
        newer = np.where(settled, marked, np.where(inside, newer, 0.5 * (low + high)))
        settled = ~(np.abs(newer - marked) > _SETTLED * population)
        marked = newer
        if np.all(settled):
            break
    beyond = np.minimum(marked + _SETTLED * population, high)
    safe = lower_tail_log(seen, beyond, population, drawn) <= log_failure
    return np.asarray(np.where(np.isnan(seen * population), np.nan, np.where(safe, beyond, high)))


def _gaussian_guess(
    seen: FloatArray, drawn: FloatArray, undrawn: FloatArray, log_failure: float
) -> FloatArray:
    """Where a normal variable of the hypergeometric variance would stand."""
    population = drawn + undrawn
    ratio = (seen + 1.0) / (drawn + 2.0)
    width = np.sqrt(ratio * (1.0 - ratio) * population * undrawn / drawn)
    return np.asarray(seen * population / drawn + np.sqrt(-2.0 * log_failure) * width)


def _slope(
    seen: FloatArray, marked: FloatArray, population: FloatArray, drawn: FloatArray
) -> FloatArray:
    """Slope of the logarithm of the largest term of the tail with the number of marked items."""
    rest = population - marked
    grows = special.digamma(marked + 1.0) - special.digamma(marked - seen + 1.0)
    return np.asarray(
        grows - special.digamma(rest + 1.0) + special.digamma(rest - drawn + seen + 1.0)
    )


def _log_choose(items: FloatArray, chosen: FloatArray) -> FloatArray:
    """ln of the binomial coefficient; minus infinity where there are too few items."""
    left = items - chosen
    usual = special.gammaln(items + 1.0) - special.gammaln(chosen + 1.0)
    usual -= special.gammaln(np.maximum(left, 0.0) + 1.0)
    return np.asarray(np.where(left < 0.0, -np.inf, usual))
