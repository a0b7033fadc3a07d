"""When the Sun is low enough."""

from __future__ import annotations

import numpy as np
import pytest
from station_cases import station
from tolerances import DEGREE, SECOND, within

from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.illumination import SkyBodies
from euroqci_planner.orbit.nights import nights
from euroqci_planner.orbit.site import Site
from euroqci_planner.timebase import seconds_between, utc

START = utc("2026-06-14T12:00:00Z")
DURATION_S = 3.0 * 86_400.0


@pytest.fixture(scope="module")
def bodies():
    return SkyBodies.over(START, DURATION_S, EarthOrientation.over(START, DURATION_S))


def test_the_sun_stands_at_the_limit_at_both_edges_of_a_night(bodies):
    graz = station("graz", max_sun_elevation_rad=-12.0 * DEGREE)
    table = nights([graz], bodies, DURATION_S)
    assert len(table) == 3
    for edge in (table.start_utc, table.end_utc):
        elevation, _ = bodies.sun_elevation_azimuth(Site.of(graz), seconds_between(START, edge))
        assert elevation == within(0.005 * DEGREE, of=-12.0 * DEGREE)
    latitude, declination = graz.latitude_rad, 23.3 * DEGREE
    sine = np.sin(-12.0 * DEGREE) - np.sin(latitude) * np.sin(declination)
    hour_angle = np.arccos(sine / (np.cos(latitude) * np.cos(declination)))
    night_s = 86_400.0 * (1.0 - hour_angle / np.pi)
    assert seconds_between(table.start_utc, table.end_utc) == within(180.0 * SECOND, of=night_s)


def test_a_midsummer_station_in_the_north_has_no_night_and_a_lax_one_only_night(bodies):
    north = station("graz", latitude_rad=66.0 * DEGREE, max_sun_elevation_rad=-12.0 * DEGREE)
    always = station("graz", max_sun_elevation_rad=90.0 * DEGREE)
    table = nights([north, always], bodies, DURATION_S)
    assert table.station.tolist() == [1]
    assert seconds_between(table.start_utc, table.end_utc) == within(1e-3 * SECOND, of=DURATION_S)
