"""Pointing: what jitter and bias of the transmitter cost, in the mean and as a distribution.

`jitter_rad` is one sigma per axis. Key follows the **mean** transmittance; a quantile is a habit of
classical links and overstates the loss several times (0.9 dB against 4.6 dB at 1.2 µrad on 5 µrad).

The closed forms hold for a Gaussian far field of 1/e² half-angle θ0 and a receiver small against
the beam. `FarField` holds for any beam and receiver.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chndtr, chndtrix

from euroqci_planner.units import FloatArray

_PHASES = (np.arange(64) + 0.5) * (2.0 * np.pi / 64)


def mean_pointing_transmittance(
    half_angle_rad: ArrayLike, jitter_rad: tuple[float, float], bias_rad: float = 0.0
) -> FloatArray:
    """Mean over the jitter of exp(-2 θ²/θ0²), 0..1; the bias lies along the first axis.

    Π_i sqrt(θ0²/(θ0² + 4 σ_i²)) · exp(-2 β²/(θ0² + 4 σ_1²)): for equal σ the Rician mean
    θ0²/(θ0² + 4 σ²) · exp(-2 β²/(θ0² + 4 σ²)).
    """
    squared = np.asarray(half_angle_rad, dtype=np.float64) ** 2
    along, across = (squared + 4.0 * sigma**2 for sigma in jitter_rad)
    return np.asarray(squared / np.sqrt(along * across) * np.exp(-2.0 * bias_rad**2 / along))


def pointing_quantile(
    probability: ArrayLike, half_angle_rad: float, jitter_rad: float, bias_rad: float = 0.0
) -> FloatArray:
    """Transmittance that the instantaneous pointing falls below with this probability (0..1).

    Isotropic jitter > 0. Without bias h_q = q^(θ0²/(4σ²))^-1; with bias θ is Rician, θ²/σ² is
    noncentral χ² with two degrees of freedom and parameter β²/σ², and h = exp(-2 θ²/θ0²).
    """
    chance = np.asarray(probability, dtype=np.float64)
    width = 2.0 * jitter_rad**2 / half_angle_rad**2
    if bias_rad == 0.0:
        return np.asarray(chance ** (2.0 * width))
    return np.asarray(np.exp(-width * chndtrix(1.0 - chance, 2.0, (bias_rad / jitter_rad) ** 2)))


def pointing_distribution(
    transmittance: ArrayLike, half_angle_rad: float, jitter_rad: float, bias_rad: float = 0.0
) -> FloatArray:
    """Probability that the instantaneous pointing transmittance is below a value in 0..1.

    The inverse of `pointing_quantile`; NaN outside 0..1.
    """
    value = np.asarray(transmittance, dtype=np.float64)
    value = np.where((value >= 0.0) & (value <= 1.0), value, np.nan)
    width = 2.0 * jitter_rad**2 / half_angle_rad**2
    with np.errstate(divide="ignore"):
        squared = -np.log(value) / width
    return np.asarray(1.0 - chndtr(squared, 2.0, (bias_rad / jitter_rad) ** 2))


def jitter_transfer(
    frequency: FloatArray, jitter: tuple[float, float], bias: float = 0.0
) -> FloatArray:
    """Mean over direction of the characteristic function of the pointing error (dimensionless).

    (1/2π) ∫ exp(-½ s² (σ1² cos² φ + σ2² sin² φ)) cos(s β cos φ) dφ by the trapezoidal rule at 64
    angles: what the pattern's spectrum at angular frequency s is multiplied with when the
    pattern is averaged over the pointing error. `frequency` in the reciprocal unit of the angles.
    """
    cosine = np.cos(_PHASES)
    variance = jitter[0] ** 2 * cosine**2 + jitter[1] ** 2 * (1.0 - cosine**2)
    s = np.asarray(frequency, dtype=np.float64)[..., None]
    return np.asarray(np.mean(np.exp(-0.5 * s**2 * variance) * np.cos(s * bias * cosine), axis=-1))
