"""Timing uncertainty by the age of elements: it meets the measured table and is monotone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sky_cases import ALPHASAT, DAY_S, ISS, QUBE_II, START_UTC
from tolerances import within

from euroqci_planner.mission.orbits import CircularOrbit
from euroqci_planner.orbit.constellation import element_set_of
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.element_age import mean_altitude_m, sigma_rate_s_per_day, timing_sigma_s
from euroqci_planner.orbit.ephemeris import EARTH_RADIUS_M, GRAVITY_M3_S2, Fleet

MEDIAN_AGE_S = 5.7 * DAY_S
MEDIAN_OF_SIGMA = 0.6744897501960817


def at_altitude(altitude_km: float):
    rate = np.sqrt(GRAVITY_M3_S2 / (EARTH_RADIUS_M + altitude_km * 1e3) ** 3)
    return replace(QUBE_II, mean_motion_rad_s=float(rate))


def fleet_of(*sets) -> Fleet:
    return Fleet.of(sets, START_UTC, EarthOrientation.over(START_UTC, DAY_S))


@pytest.mark.parametrize(
    ("altitude_km", "median_s"),
    [(400, 5.8), (475, 2.9), (525, 2.2), (575, 1.5), (700, 0.4), (1050, 0.07)],
)
def test_half_of_the_errors_lie_inside_the_measured_median(altitude_km, median_s):
    sigma = timing_sigma_s(fleet_of(at_altitude(altitude_km)), np.array([0]), MEDIAN_AGE_S)
    assert sigma * MEDIAN_OF_SIGMA == within(0.002 * median_s, of=median_s)


def test_the_rate_falls_with_altitude_without_a_step():
    altitude_km = np.linspace(350.0, 1_300.0, 20_001)
    rate = sigma_rate_s_per_day(altitude_km)
    assert np.all(np.diff(rate) < 0.0)
    slope = np.diff(np.log(rate)) / np.diff(altitude_km)
    assert np.abs(np.diff(slope)).max() < 1e-4


def test_the_uncertainty_grows_with_age_on_both_sides_of_the_epoch():
    fleet = fleet_of(at_altitude(500.0))
    age_s = np.linspace(0.0, 14.0, 57) * DAY_S
    sigma = timing_sigma_s(fleet, np.zeros(57, dtype=int), age_s)
    assert np.all(np.diff(sigma) > 0.0)
    assert sigma[0] == within(1e-12, of=0.05)
    before = timing_sigma_s(fleet, np.zeros(57, dtype=int), -age_s)
    assert np.array_equal(sigma, before)
    assert sigma[-1] / sigma[28] == within(0.01, of=2.0)


def test_nothing_is_said_of_design_orbits_and_of_heights_outside_the_table():
    design = element_set_of(
        CircularOrbit(epoch_utc=START_UTC, altitude_m=600e3, inclination_rad=1.0, raan_rad=0.0),
        "design",
        "Design",
    )
    fleet = fleet_of(design, ALPHASAT, at_altitude(340.0), at_altitude(1_310.0), ISS)
    sigma = timing_sigma_s(fleet, np.arange(5), np.full(5, DAY_S))
    assert np.array_equal(np.isnan(sigma), [True, True, True, True, False])


def test_the_altitude_of_the_space_station_is_what_it_is():
    assert mean_altitude_m(fleet_of(ISS))[0] == within(5e3, of=420e3)
