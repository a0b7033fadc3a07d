"""The field stop: how much of the image that diffraction and seeing make falls through it.

The power inside a circle of angle θ about the axis of a long exposure is, like that of a far field,

    E(θ) = x ∫ T(s) M(s) J1(x s) ds,   x = π D θ/λ,

with T the telescope's transfer function, M = exp(-3.44 (s D/(2 r0))^(5/3)) that of the air (Fried
1966) and s the shift in aperture radii.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gamma, j1

from euroqci_planner.units import FloatArray

_PANEL = np.polynomial.legendre.leggauss(16)
_ASYMPTOTIC_FROM = 3_000.0
_RADIANS_PER_PANEL = 10.0
_SMALLEST_RATIO = 1e-6
_SEEING_WING = 5.0 / 3.0 * 2.0 ** (2.0 / 3.0) * float(gamma(5.0 / 6.0) / gamma(1.0 / 6.0))
_CUTS = (0.0, 0.002, 0.005, 0.01, 0.02, 0.05, 2.0)


def annulus_transfer(shift: ArrayLike, obscuration_ratio: float = 0.0) -> FloatArray:
    """Transfer function of an evenly lit annular aperture at a shift in aperture radii, 0..1.

    Overlap of two annuli over the area of one (O'Neill 1956); zero from 2 on.
    """
    distance, ratio = np.asarray(shift, dtype=np.float64), obscuration_ratio
    overlap = _lens(distance, 1.0, 1.0)
    if ratio > _SMALLEST_RATIO:
        overlap = overlap - 2.0 * _lens(distance, 1.0, ratio) + _lens(distance, ratio, ratio)
    return np.asarray(overlap / (np.pi * (1.0 - ratio**2)))


def _lens(distance: FloatArray, large: float, small: float) -> FloatArray:
    """Area common to two discs of these radii."""
    d = np.clip(distance, max(large - small, 1e-12), large + small)
    first = np.clip((d * d + large * large - small * small) / (2.0 * d * large), -1.0, 1.0)
    second = np.clip((d * d + small * small - large * large) / (2.0 * d * small), -1.0, 1.0)
    kite = (large + small - d) * (d + small - large) * (d + large - small) * (d + large + small)
    return np.asarray(
        large**2 * np.arccos(first)
        + small**2 * np.arccos(second)
        - 0.5 * np.sqrt(np.maximum(kite, 0.0))
    )


def encircled_energy(
    radius_rad: float,
    wavelength_m: float,
    aperture_m: float,
    obscuration_ratio: float,
    coherence_m: ArrayLike,
) -> FloatArray:
    """Share of the collected light inside this angle about the axis, for any shape of r0, 0..1.

    Long exposure, no tracking of the image, infinite outer scale. Error below 1e-5: beyond
    x = 3000 the wings of diffraction, 2/(π (1-γ) x), and of seeing, 0.536 · 3.44 (D/2r0)^(5/3)
    x^(-5/3), are summed instead.
    """
    x = np.pi * aperture_m * radius_rad / wavelength_m
    blur = 3.44 * (0.5 * aperture_m / np.asarray(coherence_m, dtype=np.float64)) ** (5.0 / 3.0)
    if x > _ASYMPTOTIC_FROM:
        diffraction = 2.0 / (np.pi * (1.0 - obscuration_ratio) * x)
        return np.asarray(1.0 - diffraction - _SEEING_WING * blur * x ** (-5.0 / 3.0))
    shift, weight = _shifts(x, obscuration_ratio)
    kernel = x * j1(x * shift) * annulus_transfer(shift, obscuration_ratio) * weight
    return np.asarray(np.exp(-np.multiply.outer(blur, shift ** (5.0 / 3.0))) @ kernel)


def _shifts(x: float, ratio: float) -> tuple[FloatArray, FloatArray]:
    """Gauss–Legendre nodes over 0..2, panels cut at the kinks and short against both factors."""
    cuts = {*_CUTS, 1.0 - ratio, 2.0 * ratio, 1.0 + ratio}
    limits = sorted({round(cut, 9) for cut in cuts if cut <= 2.0})
    longest = min(0.1, _RADIANS_PER_PANEL / x)
    pieces = [
        np.linspace(low, high, 1 + max(1, int(np.ceil((high - low) / longest))))
        for low, high in pairwise(limits)
    ]
    edges = np.unique(np.concatenate(pieces))
    half = 0.5 * np.diff(edges)[:, None]
    return (edges[:-1, None] + half * (_PANEL[0] + 1.0)).ravel(), (half * _PANEL[1]).ravel()
