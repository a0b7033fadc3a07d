"""Two skies at once: the chance that both lines of sight are clear, or any two states meet.

The field is a Gaussian copula (`cloud_field`): each line of sight is clear where a standard normal
lies below the quantile of its chance, and those of two stations are correlated by exp(-d/L). The
other states lie between nested levels of the same normal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri, owens_t

from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.mission.sky_states import SkyChances
from euroqci_planner.units import FloatArray
from euroqci_planner.weather.cloud_field import sum_of_chances

JOINT_SKY_MODEL = ModelUsed(
    role="weather",
    name="both skies clear at once",
    citation=(
        "bivariate normal distribution of the cloud field by the T function, Owen 1956, Annals of "
        "Mathematical Statistics 27, 1075, Eq. 2.1"
    ),
)


def both_clear(one: ArrayLike, other: ArrayLike, correlation: ArrayLike) -> FloatArray:
    """Chance that two lines of sight are clear at one instant, elementwise; shapes broadcast.

    `one` and `other` are their chances (0..1), `correlation` that of the field between them
    (-1..1): Φ₂(Φ⁻¹(p), Φ⁻¹(q); ρ). Chances of 0 and 1 are certain; ρ = 1 gives the smaller of both,
    ρ = 0 the product, never outside the bounds of Fréchet. NaN outside these ranges.
    """
    p, q, rho = np.broadcast_arrays(
        np.asarray(one, np.float64),
        np.asarray(other, np.float64),
        np.asarray(correlation, np.float64),
    )
    with np.errstate(invalid="ignore"):
        is_valid = (p >= 0.0) & (p <= 1.0) & (q >= 0.0) & (q <= 1.0) & (np.abs(rho) <= 1.0)
        is_open = is_valid & (p > 0.0) & (p < 1.0) & (q > 0.0) & (q < 1.0)
    least, most = np.maximum(p + q - 1.0, 0.0), np.minimum(p, q)
    inside = is_open & (np.abs(rho) < 1.0)
    joint = np.where(rho < 0.0, least, most)
    joint = np.where(is_open, joint, p * q)
    joint[inside] = _bivariate_normal(ndtri(p[inside]), ndtri(q[inside]), rho[inside])
    return np.asarray(np.where(is_valid, np.clip(joint, least, most), np.nan))


def joint_chances(one: SkyChances, other: SkyChances, correlation: ArrayLike) -> FloatArray:
    """Chance that two skies are in any two states at one instant, (contacts, 4, 4).

    Both axes go clear, thin, broken, overcast; the last is what is left of one. Differences of
    `both_clear` between the levels at which `sky_members` cuts the field, so that members have
    these chances. Never below zero: what rounding leaves under it is none. NaN as `both_clear`.
    """
    levels = [_levels(item) for item in (one, other)]
    rho = np.asarray(correlation, np.float64).reshape(-1, 1, 1)
    below = both_clear(levels[0][:, :, np.newaxis], levels[1][:, np.newaxis, :], rho)
    between = np.diff(np.diff(below, axis=1, prepend=0.0), axis=2, prepend=0.0)
    return np.maximum(between, 0.0)


def _levels(sky: SkyChances) -> FloatArray:
    """Chances of clear, clear or thin, any but overcast, and any sky, (contacts, 4)."""
    some = sum_of_chances(sky.clear, sky.thin)
    lit = sum_of_chances(sky.clear, sky.thin, sky.broken)
    return np.stack([sky.clear, some, lit, 1.0 + 0.0 * sky.clear], axis=1)


def _bivariate_normal(h: FloatArray, k: FloatArray, rho: FloatArray) -> FloatArray:
    """Φ₂(h, k; ρ) for finite h, k and |ρ| < 1 (Owen 1956, Eq. 2.1)."""
    root = np.sqrt((1.0 - rho) * (1.0 + rho))
    at_centre = (h == 0.0) & (k == 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope_h = (k - rho * h) / (h * root)
        slope_k = (h - rho * k) / (k * root)
    slope_h, slope_k = (np.where(np.isnan(slope), 0.0, slope) for slope in (slope_h, slope_k))
    is_apart = (h * k < 0.0) | ((h * k == 0.0) & (h + k < 0.0))
    found = 0.5 * (ndtr(h) + ndtr(k)) - owens_t(h, slope_h) - owens_t(k, slope_k) - 0.5 * is_apart
    return np.asarray(np.where(at_centre, 0.25 + np.arcsin(rho) / (2.0 * np.pi), found))
