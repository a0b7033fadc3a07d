"""Wavefront error of the transmit terminal: the axial intensity that it costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.units import FloatArray

LARGEST_WAVEFRONT_ERROR_WAVES = 1.0 / 6.0


def wavefront_transmittance(
    wavefront_error_rms_m: ArrayLike, wavelength_m: ArrayLike
) -> FloatArray:
    """Strehl ratio exp(-(2π WFE/λ)²) of an rms wavefront error, both in metres (0..1).

    Extended Maréchal approximation (Mahajan 1983, J. Opt. Soc. Am. 73, 860), within 10 % up to
    λ/6 rms. NaN beyond λ/6, where the far field is no longer a smaller copy of the perfect one.
    """
    waves = np.asarray(wavefront_error_rms_m, dtype=np.float64) / np.asarray(wavelength_m)
    waves = np.where(np.abs(waves) <= LARGEST_WAVEFRONT_ERROR_WAVES, waves, np.nan)
    return np.asarray(np.exp(-((2.0 * np.pi * waves) ** 2)))
