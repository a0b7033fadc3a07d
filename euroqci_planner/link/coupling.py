"""Coupling of the received light into single-mode fibre, with tip-tilt or adaptive optics.

η = η0 · S: the mode overlap of a perfect wave, and a Strehl ratio from the phase that is left.
Fluctuations of the coupling about this mean are not modelled.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.link.refraction import chromatic_displacement_m
from euroqci_planner.link.slant_path import SlantPath
from euroqci_planner.link.turbulence import wavenumber_per_m
from euroqci_planner.link.turbulence_profile import TurbulenceProfile
from euroqci_planner.units import FloatArray

TIP_TILT_MODES = 3
_NOLL_RESIDUALS = (
    1.0299, 0.582, 0.134, 0.111, 0.0880, 0.0648, 0.0587, 0.0525, 0.0463, 0.0401, 0.0377,
    0.0352, 0.0328, 0.0304, 0.0279, 0.0267, 0.0255, 0.0243, 0.0232, 0.0220, 0.0208,
)  # fmt: skip


def fitting_variance(aperture_over_r0: ArrayLike, modes: int) -> FloatArray:
    """Phase variance over the aperture with the first Noll modes corrected, rad².

    Δ_J (D/r0)^(5/3), Noll 1976 (J. Opt. Soc. Am. 66, 207), table IV, and 0.2944 J^(-√3/2) beyond
    J = 21. `modes` counts from piston: 1 is uncorrected (1.03), 3 tip-tilt corrected (0.134).
    """
    if modes <= len(_NOLL_RESIDUALS):
        residual = _NOLL_RESIDUALS[modes - 1]
    else:
        residual = 0.2944 * modes ** (-0.5 * np.sqrt(3.0))
    return np.asarray(residual * np.asarray(aperture_over_r0, dtype=np.float64) ** (5.0 / 3.0))


def servo_variance(greenwood_hz: ArrayLike, bandwidth_hz: float) -> FloatArray:
    """Phase variance from the lag of the loop: (f_G/f_3dB)^(5/3), rad² (Greenwood 1977)."""
    ratio = np.asarray(greenwood_hz, dtype=np.float64) / bandwidth_hz
    return np.asarray(ratio ** (5.0 / 3.0))


def anisoplanatic_variance(angle_rad: ArrayLike, isoplanatic_rad: ArrayLike) -> FloatArray:
    """Phase variance between two directions this far apart: (θ/θ0)^(5/3), rad² (Fried 1982)."""
    ratio = np.asarray(angle_rad, dtype=np.float64) / np.asarray(isoplanatic_rad)
    return np.asarray(ratio ** (5.0 / 3.0))


def chromatic_variance(
    wavelength_m: float,
    separation_rad: ArrayLike,
    profile: TurbulenceProfile,
    path: SlantPath,
) -> FloatArray:
    """Phase variance between a beacon and a signal of another colour, rad².

    2.914 k² ∫ Cn² d^(5/3) dz with d the distance between their rays (`chromatic_displacement_m`):
    Fried's anisoplanatism for rays that part by refraction. `separation_rad` is their angle at the
    telescope.
    """
    apart = chromatic_displacement_m(separation_rad, profile.height_m, path.air_mass)
    moment = (path.air_mass * apart ** (5.0 / 3.0)) @ profile.strength_m13
    return np.asarray(2.914 * wavenumber_per_m(wavelength_m) ** 2 * moment)


def strehl_ratio(phase_variance: ArrayLike, aperture_over_r0: ArrayLike) -> FloatArray:
    """Mean coupling loss of a residual phase variance σ² (rad²), 0..1.

    S = e^(-σ²) + (1 - e^(-σ²))/(1 + (D/r0)²): the coherent core and what of the halo still falls
    into the mode. The Maréchal term alone fails for σ² > 1.
    """
    core = np.exp(-np.asarray(phase_variance, dtype=np.float64))
    halo = 1.0 + np.asarray(aperture_over_r0, dtype=np.float64) ** 2
    return np.asarray(core + (1.0 - core) / halo)


@lru_cache(maxsize=64)
def best_mode_ratio(obscuration_ratio: float = 0.0) -> float:
    """β = telescope radius over mode radius in the pupil that couples best; 1.121 unobscured.

    β = π D w_m/(2 λ f) for a mode of radius w_m in the focus. Root of e^(-b)(1 + 2b) =
    e^(-γ²b)(1 + 2γ²b), b = β².
    """
    from scipy.optimize import brentq  # noqa: PLC0415 (light start of other verbs)

    inner = obscuration_ratio**2

    def slope(b: float) -> float:
        return float(np.exp(-b) * (1.0 + 2.0 * b) - np.exp(-inner * b) * (1.0 + 2.0 * inner * b))

    return float(np.sqrt(brentq(slope, 0.05, 3.0, xtol=1e-14)))


def mode_overlap(mode_ratio: ArrayLike, obscuration_ratio: ArrayLike = 0.0) -> FloatArray:
    """Coupling of a perfect wave: 2/(β²(1-γ²)) (e^(-β²γ²) - e^(-β²))², at most 0.8145."""
    squared = np.asarray(mode_ratio, dtype=np.float64) ** 2
    inner = np.asarray(obscuration_ratio, dtype=np.float64) ** 2
    field = np.exp(-squared * inner) - np.exp(-squared)
    return np.asarray(2.0 / (squared * (1.0 - inner)) * field**2)


def mode_etendue_m2_sr(
    wavelength_m: float, mode_ratio: float, obscuration_ratio: float = 0.0
) -> float:
    """Area × solid angle of the sky that a single-mode fibre sees through the telescope, m² sr.

    λ² (antenna theorem) times the share of the mode, sent backwards, that leaves the telescope:
    e^(-2β²γ²) - e^(-2β²). For unpolarised light; the same with and without turbulence.
    """
    squared, inner = mode_ratio**2, obscuration_ratio**2
    return float(wavelength_m**2 * (np.exp(-2.0 * squared * inner) - np.exp(-2.0 * squared)))
