"""Scintillation of a downlink and the fading that it makes.

Scintillation moves power about and keeps its mean: it is no loss. It shapes the distribution of
the instantaneous transmittance, on which vetoes, detector dead time and beacons depend.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from euroqci_planner.link.pointing import pointing_quantile
from euroqci_planner.link.slant_path import SlantPath
from euroqci_planner.link.turbulence import rytov_variance, wavenumber_per_m
from euroqci_planner.link.turbulence_profile import TurbulenceProfile
from euroqci_planner.units import FloatArray

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)


def point_scintillation(rytov: ArrayLike) -> FloatArray:
    """Scintillation index of a point receiver, weak to saturated, from σ_R² (plane wave).

    exp[0.49 σ²/(1 + 1.11 σ^(12/5))^(7/6) + 0.51 σ²/(1 + 0.69 σ^(12/5))^(5/6)] - 1:
    Andrews & Phillips 2005, ch. 12.
    """
    variance = np.asarray(rytov, dtype=np.float64)
    power = variance**1.2
    large = 0.49 * variance / (1.0 + 1.11 * power) ** (7.0 / 6.0)
    small = 0.51 * variance / (1.0 + 0.69 * power) ** (5.0 / 6.0)
    return np.asarray(np.expm1(large + small))


def averaged_scintillation(
    wavelength_m: float, aperture_m: float, profile: TurbulenceProfile, path: SlantPath
) -> FloatArray:
    """Scintillation index behind an aperture in weak turbulence.

    σ_I²(D) = 8.70 k^(7/6) ∫ Cn² Re{(k D²/16 + i z)^(5/6) - (k D²/16)^(5/6)} dz with k^(-5/6)
    inside: Andrews & Phillips 2005, ch. 12, plane wave, written along the slant path, where the
    range to the satellite drops out. D → 0 gives the Rytov variance. Central obscuration is not
    counted.
    """
    k = wavenumber_per_m(wavelength_m)
    width = k * aperture_m**2 / 16.0
    growth = np.real((width + 1j * path.distance_m) ** (5.0 / 6.0)) - width ** (5.0 / 6.0)
    return np.asarray(8.70 * k ** (7.0 / 6.0) * ((path.air_mass * growth) @ profile.strength_m13))


def scintillation_index(
    wavelength_m: float, aperture_m: float, profile: TurbulenceProfile, path: SlantPath
) -> FloatArray:
    """Scintillation index of a telescope: the smaller of the averaged and the saturated one."""
    point = point_scintillation(rytov_variance(wavelength_m, profile, path))
    return np.asarray(
        np.minimum(averaged_scintillation(wavelength_m, aperture_m, profile, path), point)
    )


def log_variance(index: ArrayLike) -> FloatArray:
    """Variance of log power that belongs to a scintillation index: ln(1 + σ_I²), Np²."""
    return np.asarray(np.log1p(np.asarray(index, dtype=np.float64)))


def fading_quantile(probability: ArrayLike, index: ArrayLike) -> FloatArray:
    """Power relative to its mean that is undercut with this probability (log-normal, mean 1)."""
    spread = np.sqrt(log_variance(index))
    return np.asarray(np.exp(spread * ndtri(probability) - 0.5 * spread**2))


def fading_distribution(power: ArrayLike, index: ArrayLike) -> FloatArray:
    """Probability that the power relative to its mean is below a value > 0; index > 0."""
    spread = np.sqrt(log_variance(index))
    value = np.asarray(power, dtype=np.float64)
    return np.asarray(ndtr(np.log(value) / spread + 0.5 * spread))


def link_fading_distribution(
    transmittance: ArrayLike,
    index: float,
    half_angle_rad: float,
    jitter_rad: float,
    bias_rad: float = 0.0,
) -> FloatArray:
    """Probability that pointing × scintillation is below a value, relative to a steady link.

    Pointing of a Gaussian beam (1/e² half-angle, isotropic jitter > 0, bias) times log-normal
    scintillation of mean 1 and index > 0, independent of each other: the distribution of a LEO
    downlink, whose beam is far wider than the telescope. By quadrature over the pointing
    quantiles: within 1e-7 for an index from 0.01 on, 1e-4 from 1e-4 on.
    """
    spread = float(np.sqrt(log_variance(index)))
    share = 0.25 * (_NODES + 1.0) ** 2
    weight = 0.5 * _WEIGHTS * (_NODES + 1.0)
    pointing = pointing_quantile(share, half_angle_rad, jitter_rad, bias_rad)
    value = np.log(np.asarray(transmittance, dtype=np.float64))[..., None]
    return np.asarray(ndtr((value - np.log(pointing)) / spread + 0.5 * spread) @ weight)
