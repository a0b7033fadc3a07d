"""Units and constants: SI and radians inside; degrees, dB, nm, km and µrad only at the doors."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

SECONDS_PER_DAY = 86_400.0
SECONDS_PER_HOUR = 3_600.0
SECONDS_PER_MINUTE = 60.0

SPEED_OF_LIGHT_M_S = 299_792_458.0
PLANCK_J_S = 6.626_070_15e-34

KILO = 1e3
MEGA = 1e6
GIGA = 1e9
MILLI = 1e-3
MICRO = 1e-6
NANO = 1e-9
PICO = 1e-12


def decibel_loss(transmittance: ArrayLike) -> FloatArray:
    """Loss in dB (positive) of a transmittance in 0..1; infinite at 0, NaN stays NaN."""
    with np.errstate(divide="ignore"):
        return np.asarray(-10.0 * np.log10(np.asarray(transmittance, dtype=np.float64)))


def transmittance(loss_db: ArrayLike) -> FloatArray:
    """Transmittance in 0..1 of a positive loss in dB."""
    return np.asarray(10.0 ** (-0.1 * np.asarray(loss_db, dtype=np.float64)))


def wrapped_azimuth_rad(azimuth_rad: ArrayLike) -> FloatArray:
    """Azimuth in 0 <= a < 2 pi, from north over east."""
    wrapped = np.mod(np.asarray(azimuth_rad, dtype=np.float64), 2.0 * np.pi)
    return np.asarray(np.where(wrapped >= 2.0 * np.pi, 0.0, wrapped))
