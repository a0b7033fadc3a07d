"""Errors in rounds that nobody compares, from errors in rounds that were compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np

from euroqci_planner.qkd.hypergeometric import most_marked
from euroqci_planner.units import FloatArray


class Sampling(StrEnum):
    """Bound on the error ratio of a sample's complement."""

    EXACT = "exact"
    GAMMA_U = "gamma_u"
    SERFLING = "serfling"


SamplingBound = Callable[[FloatArray, FloatArray, FloatArray, float], FloatArray]


def exact_ratio(
    errors: FloatArray, tested: FloatArray, keyed: FloatArray, failure: float
) -> FloatArray:
    """Error ratio of `keyed` rounds by the hypergeometric tail itself.

    Exceeded with probability `failure` at most, given `errors` among `tested` rounds of the same
    population. Elementwise; at most 1; NaN without tested or keyed rounds.
    """
    known = (tested > 0.0) & (keyed > 0.0)
    drawn, undrawn = np.where(known, tested, 1.0), np.where(known, keyed, 1.0)
    seen = np.where(known, np.minimum(errors, drawn), 0.0)
    most = most_marked(seen, drawn, undrawn, float(np.log(failure)))
    return np.where(known, np.minimum((most - seen) / undrawn, 1.0), np.nan)


def gamma_u_ratio(
    errors: FloatArray, tested: FloatArray, keyed: FloatArray, failure: float
) -> FloatArray:
    """λ + γ^U of Yin et al. 2020, Sci. Rep. 10, 14312, with ε = `failure`.

    With A = max(n, k) and G = ((n+k)/(nk)) ln[(n+k)/(2π n k λ(1−λ) ε²)]. For more than some ten
    errors; NaN without any, where the expression has no meaning.
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = errors / tested
        spread = ratio * (1.0 - ratio)
        share = (keyed + tested) / (keyed * tested)
        surprise = np.log(share / (2.0 * np.pi * spread)) - 2.0 * np.log(failure)
        big = share * np.maximum(surprise, np.finfo(np.float64).tiny)
        part = np.maximum(keyed, tested) / (keyed + tested)
        root = np.sqrt((part * big) ** 2 + 4.0 * spread * big)
        deviation = ((1.0 - 2.0 * ratio) * part * big + root) / (2.0 + 2.0 * part**2 * big)
        return np.where((ratio > 0.0) & (keyed > 0.0), ratio + deviation, np.nan)


def serfling_ratio(
    errors: FloatArray, tested: FloatArray, keyed: FloatArray, failure: float
) -> FloatArray:
    """λ + √[(n+k)(k+1)/(2 n k²) ln(1/`failure`)] (Serfling 1974; Tomamichel et al. 2012).

    Elementwise; NaN without tested or keyed rounds.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = (keyed + tested) * (tested + 1.0) / (2.0 * keyed * tested**2)
        return np.where(
            (tested > 0.0) & (keyed > 0.0),
            errors / tested + np.sqrt(spread * -np.log(failure)),
            np.nan,
        )


SAMPLING_BOUNDS: Mapping[Sampling, SamplingBound] = {
    Sampling.EXACT: exact_ratio,
    Sampling.GAMMA_U: gamma_u_ratio,
    Sampling.SERFLING: serfling_ratio,
}
