"""Quick stand-ins for exact tails and quantiles, for searches that try thousands of settings.

Smooth in the counts, which the differences of a search need. No result rests on them: what a search
proposes is computed again with the bound itself.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from euroqci_planner.qkd.bounds import Interval
from euroqci_planner.units import FloatArray

_LEAST = 1e-9


def near_exact(counts: FloatArray, epsilon: float) -> Interval:
    """`bounds.clopper_pearson` by a saddlepoint, at a tenth of its cost.

    Deviations are right to 1e-4 from some tens of counts on, to 2e-2 below one count. The beta
    integral by Barndorff-Nielsen 1991 and Temme 1992, with Stirling's first term.
    """
    total = np.broadcast_to(np.sum(counts, axis=-1, keepdims=True), counts.shape)
    rest = np.maximum(total - counts, 0.0)
    lower = total * _beta_quantile(counts, rest + 1.0, epsilon, -1.0)
    upper = total * _beta_quantile(counts + 1.0, rest, epsilon, 1.0)
    return np.where(counts == 0.0, 0.0, lower), np.where(rest == 0.0, total, upper)


def roughly_exact(counts: FloatArray, epsilon: float) -> Interval:
    """`bounds.clopper_pearson` by gamma variables as cubes of normal ones, in closed form.

    Wilson and Hilferty 1931, narrowed as a binomial is against a Poisson variable. Deviations are
    right to 5 % from some hundred counts on, to 20 % below one count.
    """
    total = np.sum(counts, axis=-1, keepdims=True)
    narrow = np.sqrt(np.maximum(1.0 - counts / np.where(total > 0.0, total, 1.0), 0.0))
    z = -special.ndtri(epsilon) * narrow / 3.0
    low, high = np.maximum(counts, _LEAST), counts + 1.0
    lower = low * np.maximum(1.0 - 1.0 / (9.0 * low) - z / np.sqrt(low), 0.0) ** 3
    upper = high * (1.0 - 1.0 / (9.0 * high) + z / np.sqrt(high)) ** 3
    return np.minimum(lower, counts), np.minimum(np.maximum(upper, counts), total)


def normal_error_quantile(
    trials: FloatArray, probability: FloatArray, tail: FloatArray
) -> FloatArray:
    """`error_correction.error_quantile` without its steps (Cornish and Fisher 1938, skewness)."""
    mean = trials * probability
    z = -special.ndtri(tail)
    width = np.sqrt(mean * (1.0 - probability))
    return np.asarray(mean + z * width + (z**2 - 1.0) * (1.0 - 2.0 * probability) / 6.0)


def _beta_quantile(a: FloatArray, b: FloatArray, epsilon: float, side: float) -> FloatArray:
    """Where a beta variable leaves `epsilon` below (side −1) or above (side +1).

    The start is the ratio of two gamma variables. A correction solves r + ln(q/r)/r = z, with r²/2
    the fall of the logarithmic density of ln(p/(1−p)) from its top, q its slope over its width.
    """
    a, b = np.maximum(a, _LEAST), np.maximum(b, _LEAST)
    total = a + b
    width = np.sqrt(a * b / total)
    stirling = (1.0 / a + 1.0 / b - 1.0 / total) / 12.0
    z = -special.ndtri_exp(np.log(epsilon) - np.minimum(stirling, 1.0))
    near, far = np.sqrt(b / total), np.sqrt(a / total)
    logit = _log_gamma_quantile(a, side * z * near) - _log_gamma_quantile(b, -side * z * far)
    fall, slope = _fall_and_slope(logit, a, b)
    r = np.sqrt(2.0 * np.maximum(fall, 1e-12))
    q = np.maximum(slope / width, 1e-12)
    wanted = np.maximum(z - np.log(q / r) / r, 0.05)
    step = 0.5 * (wanted**2 - r**2) / np.maximum(slope, _LEAST)
    logit = logit + side * np.clip(step, -3.0, 3.0)
    return np.asarray(special.expit(logit))


def _log_gamma_quantile(shape: FloatArray, z: FloatArray) -> FloatArray:
    """Logarithm of a gamma variable `z` standard deviations from its middle."""
    cube_root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * np.sqrt(shape))
    return np.asarray(np.log(shape) + 3.0 * np.log(np.maximum(cube_root, 0.1)))


def _fall_and_slope(
    logit: FloatArray, a: FloatArray, b: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Fall of a u − (a + b) ln(1 + e^u) from its top, and how steep it is, at u = `logit`."""
    total = a + b
    peak = a * np.log(a / total) + b * np.log(b / total)
    here = a * special.log_expit(logit) + b * special.log_expit(-logit)
    return peak - here, np.abs(a - total * special.expit(logit))
