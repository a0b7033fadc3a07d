"""Design orbits: SGP4 flies the altitude, the local time and the plane that were asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sky_cases import START_UTC
from tolerances import DEGREE, KILOMETRE, METRE, SECOND, within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.orbits import CircularOrbit, KeplerianOrbit, SunSynchronousOrbit
from euroqci_planner.orbit.constellation import (
    EARTH_RADIUS_M,
    GRAVITY_M3_S2,
    J2,
    element_set_of,
    sun_synchronous_inclination_rad,
)
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.ephemeris import Fleet

EPOCH = np.datetime64("2026-06-14T00:00:00", "us")
DAY_S = 86_400.0
SUN_SYNCHRONOUS = SunSynchronousOrbit(
    epoch_utc=EPOCH, altitude_m=500e3, local_time_descending_node_h=22.5
)
CIRCULAR = CircularOrbit(
    epoch_utc=EPOCH, altitude_m=550e3, inclination_rad=np.radians(53.0), raan_rad=1.2
)
MOLNIYA = KeplerianOrbit(
    epoch_utc=EPOCH,
    semi_major_axis_m=26_600e3,
    eccentricity=0.72,
    inclination_rad=np.radians(63.4),
    raan_rad=2.0,
    argument_of_perigee_rad=np.radians(270.0),
    mean_anomaly_rad=0.3,
)


def flown(orbit, days: float = 1.0) -> Fleet:
    elements = element_set_of(orbit, "sat", "Satellite")
    return Fleet.of([elements], EPOCH, EarthOrientation.over(EPOCH, days * DAY_S))


def radius_m(fleet: Fleet, t_s) -> np.ndarray:
    position, _, code = fleet.teme(0, t_s)
    assert not code.any()
    return np.linalg.norm(position, axis=0)


def descending_nodes(fleet: Fleet, begin_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Times of southward equator crossings over half a day, and their east longitudes."""
    t_s = np.arange(begin_s, begin_s + 0.5 * DAY_S, 10.0)
    position = fleet.earth_fixed(0, t_s).position_m
    south = np.flatnonzero((position[2, :-1] > 0.0) & (position[2, 1:] <= 0.0))
    low, high = t_s[south], t_s[south + 1]
    for _ in range(30):
        middle = 0.5 * (low + high)
        north = fleet.earth_fixed(0, middle).position_m[2] > 0.0
        low, high = np.where(north, middle, low), np.where(north, high, middle)
    x, y, _ = fleet.earth_fixed(0, low).position_m
    return low, np.arctan2(y, x)


def local_time_h(fleet: Fleet, begin_s: float) -> float:
    """Mean over half a day of UT plus east longitude at the descending nodes."""
    t_s, longitude = descending_nodes(fleet, begin_s)
    return float(np.mean(np.mod(t_s / 3_600.0 + longitude / np.pi * 12.0, 24.0)))


@pytest.mark.parametrize(
    ("altitude_km", "inclination_deg"),
    [(500, 97.402), (550, 97.593), (600, 97.788), (700, 98.188), (800, 98.603)],
)
def test_a_sun_synchronous_orbit_has_the_inclination_of_the_j2_formula(
    altitude_km, inclination_deg
):
    inclination = sun_synchronous_inclination_rad(altitude_km * 1e3)
    assert inclination == within(0.0006 * DEGREE, of=np.radians(inclination_deg))


@pytest.mark.parametrize("altitude_km", [300.0, 500.0, 800.0, 1_200.0, 5_900.0])
def test_sgp4_flies_the_mean_altitude_that_was_asked_for(altitude_km):
    orbit = replace(SUN_SYNCHRONOUS, altitude_m=altitude_km * 1e3)
    fleet = flown(orbit)
    turn_s = float(fleet.period_s[0])
    mean = np.mean(radius_m(fleet, np.linspace(0.0, 12.0 * turn_s, 24_000)))
    assert mean - EARTH_RADIUS_M == within(20 * METRE, of=orbit.altitude_m)


def test_a_circular_orbit_keeps_within_ten_kilometres_of_its_altitude_for_a_month():
    radius = radius_m(flown(CIRCULAR, days=30.0), np.arange(0.0, 30.0 * DAY_S, 60.0))
    assert radius - EARTH_RADIUS_M == within(8 * KILOMETRE, of=CIRCULAR.altitude_m)


def test_a_naive_mean_motion_would_miss_the_altitude_by_more_than_a_kilometre():
    elements = element_set_of(SUN_SYNCHRONOUS, "sat", "Satellite")
    naive = np.sqrt(GRAVITY_M3_S2 / (EARTH_RADIUS_M + SUN_SYNCHRONOUS.altitude_m) ** 3)
    axis = np.cbrt(GRAVITY_M3_S2 / elements.mean_motion_rad_s**2)
    off = axis - np.cbrt(GRAVITY_M3_S2 / naive**2)
    assert off == within(0.2 * KILOMETRE, of=-1.53 * KILOMETRE)


@pytest.mark.parametrize("local_time", [0.0, 6.0, 10.5, 22.5, 23.99])
def test_the_descending_node_has_the_local_time_that_was_asked_for(local_time):
    fleet = flown(replace(SUN_SYNCHRONOUS, local_time_descending_node_h=local_time))
    off_h = (local_time_h(fleet, 0.0) - local_time + 12.0) % 24.0 - 12.0
    assert off_h * 3_600.0 == within(15 * SECOND, of=0.0)


def test_the_local_time_of_a_sun_synchronous_orbit_holds_over_thirty_days():
    fleet = flown(SUN_SYNCHRONOUS, days=31.0)
    drift_h = local_time_h(fleet, 30.0 * DAY_S) - local_time_h(fleet, 0.0)
    assert drift_h * 3_600.0 == within(2 * SECOND, of=-6.5)


def test_a_satellite_starts_at_its_argument_of_latitude():
    for along in (0.0, 1.0, np.pi, 5.5):
        position, _, _ = flown(replace(CIRCULAR, argument_of_latitude_rad=along)).teme(0, 0.0)
        node = np.array([np.cos(CIRCULAR.raan_rad), np.sin(CIRCULAR.raan_rad), 0.0])
        unit = position[:, 0] / np.linalg.norm(position[:, 0])
        assert unit @ node == within(0.003, of=np.cos(along))
        assert unit[2] == within(0.003, of=np.sin(along) * np.sin(CIRCULAR.inclination_rad))


def test_a_keplerian_orbit_comes_back_to_its_perigee_when_j2_theory_says():
    # Mean anomaly rate of Vallado 2013, equation 9-41, with the mean semi-major axis asked for, at
    # the critical inclination, where the perigee stands still. Kepler's rate alone is 1.5 s off.
    axis, eccentricity, inclination = 7_500e3, 0.05, np.arccos(np.sqrt(0.2))
    orbit = replace(
        MOLNIYA, semi_major_axis_m=axis, eccentricity=eccentricity, inclination_rad=inclination
    )
    fleet = flown(orbit)
    t_s = np.arange(0.0, DAY_S, 1.0)
    radius = radius_m(fleet, t_s)
    low = np.flatnonzero((radius[1:-1] < radius[:-2]) & (radius[1:-1] <= radius[2:])) + 1
    period_s = (t_s[low[-1]] - t_s[low[0]]) / (len(low) - 1)
    rate = np.sqrt(GRAVITY_M3_S2 / axis**3)
    flat = 0.75 * J2 * (EARTH_RADIUS_M / (axis * (1 - eccentricity**2))) ** 2
    shape = np.sqrt(1.0 - eccentricity**2) * (3.0 * np.cos(inclination) ** 2 - 1.0)
    assert period_s == within(0.2 * SECOND, of=2.0 * np.pi / (rate * (1.0 + flat * shape)))


def test_a_keplerian_orbit_flies_its_mean_semi_major_axis():
    fleet = flown(replace(MOLNIYA, eccentricity=0.05, semi_major_axis_m=7_500e3))
    t_s = np.linspace(0.0, 10.0 * float(fleet.period_s[0]), 20_000)
    position, velocity, _ = fleet.teme(0, t_s)
    energy = 0.5 * np.sum(velocity**2, axis=0) - GRAVITY_M3_S2 / np.linalg.norm(position, axis=0)
    assert np.mean(-0.5 * GRAVITY_M3_S2 / energy) == within(30 * METRE, of=7_500e3)


def test_a_molniya_orbit_reaches_its_perigee_and_its_apogee():
    radius = radius_m(flown(MOLNIYA), np.arange(0.0, DAY_S, 5.0))
    assert radius.min() == within(40 * KILOMETRE, of=26_600e3 * 0.28)
    assert radius.max() == within(40 * KILOMETRE, of=26_600e3 * 1.72)


def test_a_design_orbit_is_marked_and_has_no_drag():
    elements = element_set_of(SUN_SYNCHRONOUS, "eagle-1", "EAGLE-1")
    assert elements.is_design
    assert elements.bstar_per_earth_radius == 0.0
    assert (elements.name, elements.norad_id, elements.epoch_utc) == ("EAGLE-1", 0, EPOCH)
    assert "eagle-1" in elements.source


def faults_of(orbit) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        element_set_of(orbit, "bad", "Bad")
    assert all(fault.where.startswith("satellite[bad].orbit") for fault in caught.value.faults)
    assert all(fault.mend for fault in caught.value.faults if "finite" not in fault.problem)
    return [fault.where.rpartition(".")[2] + ": " + fault.problem for fault in caught.value.faults]


def test_there_is_no_orbit_under_150_km():
    for orbit in (SUN_SYNCHRONOUS, CIRCULAR):
        (fault,) = faults_of(replace(orbit, altitude_m=149_999.0))
        assert fault == "altitude_km: no orbit lasts under 150 km"
        assert element_set_of(replace(orbit, altitude_m=150_000.0), "low", "Low").is_design


def test_above_5980_km_no_orbit_is_sun_synchronous():
    assert element_set_of(replace(SUN_SYNCHRONOUS, altitude_m=5_950e3), "high", "High").is_design
    (fault,) = faults_of(replace(SUN_SYNCHRONOUS, altitude_m=5_990e3))
    assert "no inclination is Sun-synchronous" in fault
    assert np.isnan(sun_synchronous_inclination_rad(5_990e3))


def test_every_fault_of_an_orbit_is_named_at_once():
    bad = replace(SUN_SYNCHRONOUS, altitude_m=100e3, local_time_descending_node_h=24.0)
    assert [fault.partition(":")[0] for fault in faults_of(bad)] == [
        "altitude_km",
        "local_time_descending_node",
    ]
    bad_plane = replace(CIRCULAR, inclination_rad=-0.1, altitude_m=300_000e3)
    assert len(faults_of(bad_plane)) == 2
    assert len(faults_of(replace(MOLNIYA, raan_rad=np.nan, epoch_utc=np.datetime64("NaT")))) == 2


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"eccentricity": 1.0}, "at least 0 and under 1"),
        ({"eccentricity": -0.1}, "at least 0 and under 1"),
        ({"eccentricity": 0.76}, "under 150 km"),
        ({"semi_major_axis_m": 150_000e3, "eccentricity": 0.5}, "beyond 200 000 km"),
        ({"inclination_rad": 3.2}, "between 0 and 180"),
    ],
)
def test_an_impossible_keplerian_orbit_is_refused(fields, problem):
    assert any(problem in fault for fault in faults_of(replace(MOLNIYA, **fields)))


def test_the_epoch_keeps_its_microseconds():
    odd = np.datetime64("2026-06-14T12:34:56.789012", "us")
    assert element_set_of(replace(CIRCULAR, epoch_utc=odd), "odd", "Odd").epoch_utc == odd
    assert odd > START_UTC
