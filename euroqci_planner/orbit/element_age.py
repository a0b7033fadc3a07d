"""How far a satellite may be from its place in time, by the age and height of its elements."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.orbit.ephemeris import EARTH_RADIUS_M, GRAVITY_M3_S2, Fleet
from euroqci_planner.units import KILO, SECONDS_PER_DAY, FloatArray

# Along-track difference in time (median of the absolute value, s) between element sets of
# 8 June 2026 carried to the epochs of those of 14 June 2026, median age 5.7 d; classes by mean
# altitude in km: 350-450 (348 sets), 450-500 (597), 500-550 (615), 550-600 (381), 600-800 (546),
# 800-1300 (256). Constellations that manoeuvre all the time stand in classes of their own and
# are left out.
_CLASS_MIDDLE_KM = np.array([400.0, 475.0, 525.0, 575.0, 700.0, 1050.0])
_MEDIAN_S = np.array([5.8, 2.9, 2.2, 1.5, 0.4, 0.07])
_MEDIAN_AGE_DAYS = 5.7
_LOWEST_KM, _HIGHEST_KM = 350.0, 1300.0
_SIGMA_OF_MEDIAN = 1.482602218505602
_FIT_NOISE_S = 0.05


def timing_sigma_s(fleet: Fleet, satellite: NDArray[np.integer], age_s: FloatArray) -> FloatArray:
    """1-sigma along-track timing uncertainty in s of satellites at an age of their elements.

    sqrt(floor^2 + (rate |age|)^2). The rate falls with the mean altitude: measured medians of
    June 2026 in six altitude classes, 1.4826 medians to
    a sigma of a normal distribution, a monotone cubic in the logarithm over altitude (Fritsch and
    Butland 1984), divided by the age of the measurement. The floor of 0.05 s (0.4 km) is the
    noise of the fit, of the size of the cross-track scatter (0.1 to 0.3 km) in the same sets.
    Valid from 350 to 1300 km, NaN outside and for design orbits. Missing: manoeuvres, a solar
    activity other than that of June 2026, and growth with the square of the age in strong drag.
    """
    altitude_km = mean_altitude_m(fleet) / KILO
    floor_s, rate_s_d = _FIT_NOISE_S, sigma_rate_s_per_day(altitude_km)
    design = np.array([item.is_design for item in fleet.element_sets], dtype=np.bool_)
    rate = np.where(design, np.nan, rate_s_d)[satellite]
    return np.asarray(np.hypot(floor_s, rate * np.abs(age_s) / SECONDS_PER_DAY))


def mean_altitude_m(fleet: Fleet) -> FloatArray:
    """Mean altitude over the equatorial radius from the mean motion, one per satellite."""
    rate_rad_s = np.array([item.mean_motion_rad_s for item in fleet.element_sets])
    return np.asarray(np.cbrt(GRAVITY_M3_S2 / rate_rad_s**2) - EARTH_RADIUS_M)


def sigma_rate_s_per_day(altitude_km: FloatArray) -> FloatArray:
    """Growth of the 1-sigma timing uncertainty in s/day; NaN outside 350 to 1300 km."""
    knots_km, logs = _knots()
    value = _monotone_cubic(knots_km, logs, np.asarray(altitude_km, dtype=np.float64))
    known = (altitude_km >= _LOWEST_KM) & (altitude_km <= _HIGHEST_KM)
    return np.asarray(np.where(known, np.exp(value), np.nan))


def _knots() -> tuple[FloatArray, FloatArray]:
    """Logarithm of the rate at the class middles, and at both ends with the outer slopes."""
    sigma_s = _MEDIAN_S * _SIGMA_OF_MEDIAN
    grown_s = np.sqrt(sigma_s**2 - _FIT_NOISE_S**2)
    logs = np.log(grown_s / _MEDIAN_AGE_DAYS)
    slope = np.diff(logs) / np.diff(_CLASS_MIDDLE_KM)
    lowest = logs[0] + slope[0] * (_LOWEST_KM - _CLASS_MIDDLE_KM[0])
    highest = logs[-1] + slope[-1] * (_HIGHEST_KM - _CLASS_MIDDLE_KM[-1])
    knots = np.concatenate(([_LOWEST_KM], _CLASS_MIDDLE_KM, [_HIGHEST_KM]))
    return knots, np.concatenate(([lowest], logs, [highest]))


def _monotone_cubic(knots: FloatArray, values: FloatArray, at: FloatArray) -> FloatArray:
    """Cubic Hermite polynomial with slopes that keep the values monotone."""
    width, slope = np.diff(knots), np.diff(values) / np.diff(knots)
    weight = (width[:-1] + 2.0 * width[1:]) / (3.0 * (width[:-1] + width[1:]))
    inner = slope[:-1] * slope[1:] / (weight * slope[1:] + (1.0 - weight) * slope[:-1])
    tangent = np.concatenate((slope[:1], inner, slope[-1:]))
    gap = np.clip(np.searchsorted(knots, at, side="right") - 1, 0, len(width) - 1)
    u = np.clip((at - knots[gap]) / width[gap], 0.0, 1.0)
    rise, begin, end = values[gap + 1] - values[gap], tangent[gap], tangent[gap + 1]
    curve = (3.0 - 2.0 * u) * u * u * rise + u * (1.0 - u) * width[gap] * (
        (1.0 - u) * begin - u * end
    )
    return np.asarray(values[gap] + curve)
