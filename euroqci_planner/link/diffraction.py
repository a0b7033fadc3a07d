"""Diffraction: how much of the emitted light the receiving telescope collects.

Two descriptions of the transmitter: a Gaussian cut by an obscured aperture (Klein & Degnan 1974),
or a Gaussian known by its divergence alone, whose convention must be said. Both are far-field:
the beam is focused on the receiver or the receiver lies well beyond D²/λ.

Symbols: a aperture radius, γ obscuration ratio, w 1/e² intensity radius in the pupil,
α = a/w, X = k a sin θ with k = 2π/λ.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import j0

from euroqci_planner.mission.assets import DivergenceConvention
from euroqci_planner.units import FloatArray

_HALF_ANGLE_PER_GIVEN_ANGLE = {
    DivergenceConvention.FULL_ANGLE_1E2: 0.5,
    DivergenceConvention.HALF_ANGLE_1E2: 1.0,
    DivergenceConvention.FWHM: 1.0 / np.sqrt(2.0 * np.log(2.0)),
    DivergenceConvention.UNIFORM_DISC: 1.0 / np.sqrt(2.0),
}
_PUPIL_NODES, _PUPIL_WEIGHTS = np.polynomial.legendre.leggauss(96)


def emitted_fraction(truncation: ArrayLike, obscuration_ratio: ArrayLike) -> FloatArray:
    """Share of the Gaussian's power that passes the annular aperture (dimensionless, 0..1).

    P = exp(-2 γ² α²) - exp(-2 α²) with α = `truncation`. For 0 ≤ γ < 1, α > 0.
    """
    squared = np.asarray(truncation, dtype=np.float64) ** 2
    inner = np.asarray(obscuration_ratio, dtype=np.float64) ** 2
    return np.asarray(np.exp(-2.0 * inner * squared) - np.exp(-2.0 * squared))


def axial_gain_factor(truncation: ArrayLike, obscuration_ratio: ArrayLike) -> FloatArray:
    """On-axis gain factor g_T(0) relative to the laser power before the aperture.

    g_T = (2/α²) (exp(-γ² α²) - exp(-α²))²: axial gain of Klein & Degnan 1974 (Appl. Opt. 13, 2134).
    Divide by `emitted_fraction` for the gain relative to what leaves the aperture.
    """
    squared = np.asarray(truncation, dtype=np.float64) ** 2
    inner = np.asarray(obscuration_ratio, dtype=np.float64) ** 2
    return np.asarray(2.0 / squared * (np.exp(-inner * squared) - np.exp(-squared)) ** 2)


def optimum_truncation(obscuration_ratio: ArrayLike) -> FloatArray:
    """Truncation α = a/w of largest axial gain per laser power, within 1.1 %.

    α ≈ 1.12 - 1.30 γ² + 2.12 γ⁴, the fit of Klein & Degnan 1974. NaN for γ outside 0..0.4.
    """
    ratio = np.asarray(obscuration_ratio, dtype=np.float64)
    ratio = np.where((ratio >= 0.0) & (ratio <= 0.4), ratio, np.nan)
    return np.asarray(1.12 - 1.30 * ratio**2 + 2.12 * ratio**4)


def gain_factor(x: ArrayLike, truncation: float, obscuration_ratio: float) -> FloatArray:
    """Gain factor g_T at X = k a sin θ, relative to the laser power before the aperture.

    g_T(X) = 2 α² |∫_{γ²}^{1} exp(-α² u) J0(X √u) du|²: far-field gain of Klein & Degnan 1974 for a
    beam focused on the receiver. Any shape; accurate to 1e-10 of the axis for |X| ≤ 60, NaN beyond.
    """
    argument = np.asarray(x, dtype=np.float64)
    argument = np.where(np.abs(argument) <= 60.0, argument, np.nan)
    half = 0.5 * (1.0 - obscuration_ratio)
    radius = obscuration_ratio + half * (_PUPIL_NODES + 1.0)
    field = 2.0 * radius * np.exp(-((truncation * radius) ** 2)) * half * _PUPIL_WEIGHTS
    amplitude = np.sum(j0(np.multiply.outer(argument, radius)) * field, axis=-1)
    return np.asarray(2.0 * truncation**2 * amplitude**2)


def equivalent_half_angle_rad(
    aperture_m: float, wavelength_m: float, truncation: float, obscuration_ratio: float
) -> float:
    """Half-angle of the Gaussian that has the same curvature on axis as the aperture's pattern.

    θ0 = 2 / (k a sqrt(<u>)), <u> the mean of u = (r/a)² weighted with the field. For quantiles of
    pointing loss; means are integrated exactly by `FarField`. Down to half the axial gain the
    Gaussian lies within 0.25 dB of the pattern for α ≤ 1.3 and γ ≤ 0.4.
    """
    squared, inner = truncation**2, obscuration_ratio**2
    low, high = np.exp(-squared * inner), np.exp(-squared)
    mean = 1.0 / squared + (inner * low - high) / (low - high)
    return float(2.0 * wavelength_m / (np.pi * aperture_m * np.sqrt(mean)))


def gaussian_half_angle_rad(divergence_rad: float, convention: DivergenceConvention) -> float:
    """The 1/e² intensity half-angle that a divergence means under its convention.

    `full_angle_1e2`: θ/2. `half_angle_1e2`: θ. `fwhm` (full width at half maximum): θ/1.1774.
    `uniform_disc`: θ is the full angle of a top hat with the same axial irradiance as the beam,
    so the Gaussian of that irradiance has θ/√2.
    """
    return divergence_rad * float(_HALF_ANGLE_PER_GIVEN_ANGLE[convention])


def gaussian_radius_m(
    range_m: ArrayLike, half_angle_rad: float, waist_m: float = 0.0
) -> FloatArray:
    """1/e² intensity radius of a Gaussian beam: w(L) = sqrt(w0² + (θ0 L)²), metres."""
    return np.hypot(waist_m, half_angle_rad * np.asarray(range_m, dtype=np.float64))


def gaussian_collection(
    beam_radius_m: ArrayLike, aperture_m: float, obscuration_ratio: float = 0.0
) -> FloatArray:
    """Share of a centred Gaussian beam that an annular aperture of this diameter collects.

    η = exp(-2 b²/w²) - exp(-2 a²/w²) with a = D/2, b = γ a. Exact for any size, 0..1.
    """
    spread = 2.0 * (0.5 * aperture_m / np.asarray(beam_radius_m, dtype=np.float64)) ** 2
    return np.asarray(np.exp(-(obscuration_ratio**2) * spread) - np.exp(-spread))


def small_receiver_collection(
    range_m: ArrayLike, axial_gain: float, aperture_m: float, obscuration_ratio: float = 0.0
) -> FloatArray:
    """Share collected by a receiver that is small against the beam (D < 0.3 w): point formula.

    η = G_T A_R / (4π L²) with `axial_gain` = G_T(0) and A_R = π D² (1-γ²)/4. It overstates the
    share of larger receivers, without bound; use `FarField` for those.
    """
    area = 0.25 * np.pi * aperture_m**2 * (1.0 - obscuration_ratio**2)
    distance = np.asarray(range_m, dtype=np.float64)
    return np.asarray(axial_gain * area / (4.0 * np.pi * distance**2))


def axial_gain(aperture_m: float, wavelength_m: float, factor: float) -> float:
    """Antenna gain G_T = (4π A/λ²) g of a transmitter of full area A = π D²/4 (dimensionless)."""
    return float((np.pi * aperture_m / wavelength_m) ** 2 * factor)


def antenna_collection(
    range_m: ArrayLike, wavelength_m: float, transmit_aperture_m: float, receive_aperture_m: float
) -> FloatArray:
    """Comparison only: the antenna form of classical budgets, (π D_T D_R / (4 λ L))².

    G_T · free space · G_R with unobscured, uniformly lit apertures on both ends. Exceeds 1 at
    short range, where it has no meaning.
    """
    distance = np.asarray(range_m, dtype=np.float64)
    root = np.pi * transmit_aperture_m * receive_aperture_m / (4.0 * wavelength_m * distance)
    return np.asarray(root**2)
