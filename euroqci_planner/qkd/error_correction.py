"""What error correction gives away over the public channel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from euroqci_planner.mission.scenario import ErrorCorrectionModel, Policy
from euroqci_planner.qkd.entropy import binary_entropy
from euroqci_planner.units import FloatArray

Quantile = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


def leaked_bits(sifted: FloatArray, qber: FloatArray, policy: Policy) -> FloatArray:
    """Bits λ_EC revealed for `sifted` bits with error ratio `qber`; zero without detections.

    `block` is f·n·h(Q); `finite_length` the larger of that and `finite_length_floor`. Elementwise.
    """
    ratio = np.where(sifted == 0.0, 0.0, qber)
    block = policy.error_correction_efficiency * sifted * binary_entropy(ratio)
    if policy.error_correction_model is ErrorCorrectionModel.BLOCK:
        return np.asarray(block)
    floor = finite_length_floor(sifted, ratio, policy.frame_error_probability)
    return np.maximum(block, floor)


def finite_length_floor(
    sifted: FloatArray, qber: FloatArray, frame_error: float, *, quantile: Quantile | None = None
) -> FloatArray:
    """Least leakage in bits of one-way codes that fail with probability `frame_error`.

    n h(Q) + [n(1−Q) − F⁻¹(ε(1 + 1/√n); n, 1−Q) − 1] log2((1−Q)/Q) − ½ log2 n − log2(1/ε), where F⁻¹
    is the binomial quantile: Tomamichel, Martinez-Mateo, Pacher and Elkouss 2017, in base 2
    throughout. Elementwise; 0 < Q < ½, zero outside, where the expression says nothing. A search
    may put a smooth `quantile` in the place of the exact one.
    """
    quantile = quantile or error_quantile
    meaningful = ~((sifted < 1.0) | (qber <= 0.0) | (qber >= 0.5))
    n, q = np.where(meaningful, sifted, 1.0), np.where(meaningful, qber, 0.25)
    excess = quantile(n, q, frame_error * (1.0 + 1.0 / np.sqrt(n))) - n * q - 1.0
    floor = (
        n * binary_entropy(q)
        + excess * np.log2((1.0 - q) / q)
        - 0.5 * np.log2(n)
        + np.log2(frame_error)
    )
    return np.asarray(np.where(meaningful, floor, 0.0))


def error_quantile(trials: FloatArray, probability: FloatArray, tail: FloatArray) -> FloatArray:
    """Largest whole number e of errors that P(errors >= e) >= `tail` allows; elementwise.

    n less this is the quantile F⁻¹(tail; n, 1−Q) of the correct bits. Fractions of a trial are
    dropped. The bisection starts from Bernstein's bound, which lies above.
    """
    n = np.floor(trials)
    mean, beta = n * probability, -np.log(np.minimum(tail, 1.0))
    bernstein = mean + beta / 3.0 + np.sqrt(beta**2 / 9.0 + 2.0 * beta * mean)
    low, high = np.zeros_like(n), np.minimum(np.ceil(bernstein), n) + 1.0
    for _ in range(int(np.ceil(np.log2(np.nanmax(high, initial=2.0)))) + 1):
        middle = np.floor(0.5 * (low + high))
        reached = special.betainc(np.maximum(middle, 1.0), n - middle + 1.0, probability) >= tail
        inside = reached & (middle > low)
        low, high = np.where(inside, middle, low), np.where(reached, high, middle)
    return np.asarray(np.where(np.isnan(mean), np.nan, low))
