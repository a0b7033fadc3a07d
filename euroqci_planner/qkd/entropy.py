"""Entropies and the sampling deviation that key lengths are made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from euroqci_planner.units import FloatArray

_LN2 = float(np.log(2.0))


def binary_entropy(probability: ArrayLike) -> FloatArray:
    """Shannon entropy h(p) in bits, elementwise for 0 <= p <= 1; NaN outside."""
    p = np.asarray(probability, dtype=np.float64)
    return np.asarray((special.xlogy(p, p) + special.xlog1py(1.0 - p, -p)) / -_LN2)


def sampling_deviation(
    epsilon: float, ratio: ArrayLike, tested: ArrayLike, keyed: ArrayLike
) -> FloatArray:
    """How far the error ratio of `keyed` rounds may exceed the `ratio` of `tested` ones.

    Holds but for a probability `epsilon` (the a/21 of Lim et al. 2014, γ in Eq. 5, after Fung, Ma
    and Chau 2010). Counts of any shape, broadcast; both positive, 0 < ratio < 1. The formula
    approximates a hypergeometric tail for large counts and vanishes with the ratio: below some
    ten errors it is too small. NaN where the ratio is no probability.
    """
    c, d = np.asarray(tested, dtype=np.float64), np.asarray(keyed, dtype=np.float64)
    b = np.asarray(ratio, dtype=np.float64)
    spread = (1.0 / c + 1.0 / d) * (1.0 - b) * b
    surprise = np.log((1.0 / c + 1.0 / d) / ((1.0 - b) * b)) - 2.0 * np.log(epsilon)
    return np.asarray(np.sqrt(spread * np.maximum(surprise, 0.0)) / _LN2)
