"""What the motion of the satellite does to the link: point-ahead and Doppler.

`range_rate_m_s` is positive for a receding satellite.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.link.airmass import EARTH_RADIUS_M
from euroqci_planner.units import SPEED_OF_LIGHT_M_S, FloatArray

EARTH_GRAVITY_M3_S2 = 3.986_004_418e14


def circular_speed_m_s(altitude_m: ArrayLike) -> FloatArray:
    """Speed on a circular orbit at a height above 6371 km: sqrt(GM/r), m/s.

    Seen from the ground it is up to 7 % less (eastward) or more (westward).
    """
    radius = EARTH_RADIUS_M + np.asarray(altitude_m, dtype=np.float64)
    return np.asarray(np.sqrt(EARTH_GRAVITY_M3_S2 / radius))


def point_ahead_rad(transverse_m_s: ArrayLike) -> FloatArray:
    """Angle between where a beacon comes from and where the answer must go: 2 v/c, rad.

    `transverse_m_s` is the relative speed across the line of sight, slew × range. 51 µrad for a
    satellite at 500 km overhead.
    """
    return np.asarray(2.0 * np.asarray(transverse_m_s, dtype=np.float64) / SPEED_OF_LIGHT_M_S)


def doppler_shift(range_rate_m_s: ArrayLike) -> FloatArray:
    """Relative change of the received wavelength, Δλ/λ = range rate/c (first order).

    At most 2.3e-5 for a satellite at 500 km above 10°: 0.02 nm at 785 nm.
    """
    return np.asarray(np.asarray(range_rate_m_s, dtype=np.float64) / SPEED_OF_LIGHT_M_S)


def largest_doppler_shift(altitude_m: ArrayLike, elevation_rad: ArrayLike) -> FloatArray:
    """Largest Δλ/λ of a circular orbit at this elevation, in the plane through the station.

    v cos el R/(c r), without the Earth's rotation (up to 7 %).
    """
    radius = EARTH_RADIUS_M + np.asarray(altitude_m, dtype=np.float64)
    along = np.cos(np.asarray(elevation_rad, dtype=np.float64)) * EARTH_RADIUS_M / radius
    return doppler_shift(circular_speed_m_s(altitude_m) * along)


def time_bin_phase_rad(
    range_rate_m_s: ArrayLike, delay_s: float, wavelength_m: float
) -> FloatArray:
    """Phase that the Doppler shift adds between the arms of a time-bin receiver: 2π τ v/λ."""
    rate = np.asarray(range_rate_m_s, dtype=np.float64)
    return np.asarray(2.0 * np.pi * delay_s * rate / wavelength_m)
