"""The far field of a transmitter and the share of it that a telescope collects, jitter included.

The power inside a circle of angle θ around the receiver's axis, averaged over pointing errors, is

    E(θ) = x ∫ T(s) M(s) J1(x s) ds,   x = θ / θ_unit,

with T the Fourier transform of the far-field pattern (for an aperture: the autocorrelation of its
field) and M the characteristic function of the pointing error. Exact for any size of receiver, any
truncation and obscuration, unequal axes and bias. Tabulated once per payload.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import j1

from euroqci_planner.link.diffraction import emitted_fraction, gaussian_half_angle_rad
from euroqci_planner.link.pointing import jitter_transfer
from euroqci_planner.mission.assets import PairSource, Payload, TruncatedGaussianBeam
from euroqci_planner.units import FloatArray

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

_STEP = 0.05
_REACH_APERTURE = 40.0
_REACH_GAUSSIAN = 8.0
_RADIAL = np.polynomial.legendre.leggauss(32)
_ANGULAR = np.polynomial.legendre.leggauss(24)
_SPECTRAL = np.polynomial.legendre.leggauss(48)


def aperture_transfer(
    frequency: FloatArray, truncation: float, obscuration_ratio: float
) -> FloatArray:
    """Autocorrelation of a Gaussian field exp(-α² r²) on the annulus γ ≤ r ≤ 1, as an integral.

    `frequency` is the shift in aperture radii, 0..2 (zero beyond). Not normalised: at zero shift
    it is π/(2 α²) times `emitted_fraction`. Within 1e-9 by Gauss–Legendre in polar coordinates
    about one of the two apertures, split where the edges cross.
    """
    return np.array([_overlap(float(s), truncation, obscuration_ratio) for s in frequency])


def _overlap(shift: float, truncation: float, gamma: float) -> float:
    crossings = (abs(1.0 - shift), abs(shift - gamma), shift + gamma, shift - 1.0)
    edges = sorted({gamma, 1.0, *(edge for edge in crossings if gamma < edge < 1.0)})
    return sum(
        _ring_overlap(shift, truncation, gamma, (low, high)) for low, high in pairwise(edges)
    )


def _ring_overlap(
    shift: float, truncation: float, gamma: float, ring: tuple[float, float]
) -> float:
    """Part of the overlap with r in `ring`; sin² spacing takes the square-root ends away."""
    low, high = ring
    turn = 0.25 * np.pi * (_RADIAL[0] + 1.0)
    r = low + (high - low) * np.sin(turn) ** 2
    weight = 0.25 * np.pi * _RADIAL[1] * (high - low) * np.sin(2.0 * turn) * r
    outer = np.clip((r * r + shift * shift - 1.0) / (2.0 * r * shift), -1.0, 1.0)
    inner = np.clip((r * r + shift * shift - gamma * gamma) / (2.0 * r * shift), -1.0, 1.0)
    start, half = np.arccos(inner), 0.5 * (np.arccos(outer) - np.arccos(inner))
    phi = start[:, None] + half[:, None] * (_ANGULAR[0] + 1.0)
    squares = 2.0 * (r * r)[:, None] + shift * shift - 2.0 * shift * r[:, None] * np.cos(phi)
    field = np.exp(-(truncation**2) * squares)
    around = 2.0 * half * np.sum(field * _ANGULAR[1], axis=1)
    return float(np.sum(weight * around))


@dataclass(frozen=True, slots=True, eq=False)
class _Spectrum:
    """Transform of a far-field pattern at quadrature nodes, in units of `angle_unit_rad`."""

    angle_unit_rad: float
    reach: float
    frequency: FloatArray
    weight: FloatArray
    transfer: FloatArray


def _nodes(edges: set[float]) -> tuple[FloatArray, FloatArray]:
    """Gauss–Legendre nodes piece by piece; edges that all but coincide count as one."""
    limits = sorted({round(edge, 9) for edge in edges})
    halves = [0.5 * (high - low) for low, high in pairwise(limits)]
    nodes = [low + half * (_SPECTRAL[0] + 1.0) for low, half in zip(limits, halves, strict=False)]
    return np.concatenate(nodes), np.concatenate([half * _SPECTRAL[1] for half in halves])


def _aperture_spectrum(
    unit_rad: float, truncation: float, gamma: float, jitter_end: float
) -> _Spectrum:
    kinks = {0.0, 1.0 - gamma, 2.0 * gamma, 1.0 + gamma, 2.0, jitter_end}
    frequency, weight = _nodes({kink for kink in kinks if kink <= 2.0})
    whole = np.pi / (2.0 * truncation**2) * float(emitted_fraction(truncation, gamma))
    transfer = aperture_transfer(frequency, truncation, gamma) / whole
    return _Spectrum(unit_rad, _REACH_APERTURE, frequency, weight, transfer)


def _gaussian_spectrum(half_angle_rad: float, jitter_end: float) -> _Spectrum:
    edges = {0.0, 2.0, 5.0, 9.0, 16.0, jitter_end}
    frequency, weight = _nodes({edge for edge in edges if edge <= 16.0})
    transfer = np.exp(-(frequency**2) / 8.0)
    return _Spectrum(half_angle_rad, _REACH_GAUSSIAN, frequency, weight, transfer)


@dataclass(frozen=True, slots=True, eq=False)
class FarField:
    """Power inside an angle, for a steady beam and for one that jitters.

    `emitted_share` is what the aperture lets through of the power that the source's photon number
    or pair rate refers to: 1 for weak pulses (defined at the exit), the truncated part for pairs.
    """

    angle_unit_rad: float
    emitted_share: float
    per_angle_squared: CubicSpline

    def enclosed(self, angle_rad: ArrayLike) -> FloatArray:
        """Shares of the emitted power inside `angle_rad`: shape (..., 2), steady and jittering.

        NaN beyond the tabulated pattern (40 λ/(2π a) of an aperture, 8 half-angles of a Gaussian).
        """
        x = np.asarray(angle_rad, dtype=np.float64) / self.angle_unit_rad
        return np.asarray((x * x)[..., None] * self.per_angle_squared(x))

    def collection(
        self, range_m: ArrayLike, aperture_m: float, obscuration_ratio: float = 0.0
    ) -> tuple[FloatArray, FloatArray]:
        """Diffraction and pointing transmittance into an annular receiver at this range.

        The first is the steady beam's share (with `emitted_share`), the second the ratio of the
        jittering to the steady share, so that their product is the mean. The ratio is below 1
        unless the receiver's obscuration hides most of a beam smaller than the telescope.
        """
        angle = 0.5 * aperture_m / np.asarray(range_m, dtype=np.float64)
        share = self.enclosed(angle)
        if obscuration_ratio > 0.0:
            share = share - self.enclosed(obscuration_ratio * angle)
        steady, jittering = share[..., 0], share[..., 1]
        return np.asarray(steady * self.emitted_share), np.asarray(jittering / steady)


def far_field(payload: Payload) -> FarField:
    """Far field of a payload's terminal with its jitter and bias; tabulated once per payload.

    A divergence carries no waist and no truncation; the beam is then a point-source Gaussian.
    Raises TypeError for a payload without a beam, which receives.
    """
    beam = payload.beam
    if beam is None:
        raise TypeError(f"payload {payload.id}: a terminal that receives has no far field")
    jitter, bias = payload.pointing_jitter_rad, payload.pointing_bias_rad
    if not isinstance(beam, TruncatedGaussianBeam):
        half_angle = gaussian_half_angle_rad(beam.divergence_rad, beam.convention)
        return _gaussian_far_field(half_angle, jitter, bias)
    radius = 0.5 * payload.aperture_m
    truncation = radius / beam.waist_m
    share = float(emitted_fraction(truncation, payload.obscuration_ratio))
    return _aperture_far_field(
        payload.wavelength_m / (2.0 * np.pi * radius),
        (truncation, payload.obscuration_ratio),
        jitter,
        bias,
        share if isinstance(payload.source, PairSource) else 1.0,
    )


@lru_cache(maxsize=256)
def _gaussian_far_field(
    half_angle_rad: float, jitter_rad: tuple[float, float], bias_rad: float
) -> FarField:
    spectrum = _gaussian_spectrum(half_angle_rad, _jitter_end(half_angle_rad, jitter_rad))
    return FarField(half_angle_rad, 1.0, _tabulated(spectrum, jitter_rad, bias_rad))


@lru_cache(maxsize=256)
def _aperture_far_field(
    unit_rad: float,
    shape: tuple[float, float],
    jitter_rad: tuple[float, float],
    bias_rad: float,
    emitted_share: float,
) -> FarField:
    spectrum = _aperture_spectrum(unit_rad, *shape, _jitter_end(unit_rad, jitter_rad))
    return FarField(unit_rad, emitted_share, _tabulated(spectrum, jitter_rad, bias_rad))


def _jitter_end(unit_rad: float, jitter_rad: tuple[float, float]) -> float:
    """Frequency beyond which the jitter has wiped the spectrum out: a good place to split."""
    largest = max(jitter_rad)
    return 6.0 * unit_rad / largest if largest > 0.0 else np.inf


def _tabulated(
    spectrum: _Spectrum, jitter_rad: tuple[float, float], bias_rad: float
) -> CubicSpline:
    from scipy.interpolate import CubicSpline  # noqa: PLC0415 (light start of other verbs)

    unit = spectrum.angle_unit_rad
    motion = jitter_transfer(
        spectrum.frequency, (jitter_rad[0] / unit, jitter_rad[1] / unit), bias_rad / unit
    )
    steady = spectrum.weight * spectrum.transfer
    kernels = np.stack([steady, steady * motion], axis=1)
    x = np.arange(0.0, spectrum.reach + 0.5 * _STEP, _STEP)
    with np.errstate(invalid="ignore", divide="ignore"):
        bessel = np.where(
            x[:, None] > 0.0,
            j1(np.outer(x, spectrum.frequency)) / x[:, None],
            0.5 * spectrum.frequency,
        )
    ends = ((1, np.zeros(2)), "not-a-knot")
    table = np.einsum("ij,jk->ik", bessel, kernels)
    return CubicSpline(x, table, bc_type=ends, extrapolate=False)
