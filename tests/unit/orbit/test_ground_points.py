"""Ground points: inverse of the WGS 84 position, circles, and the angle to the horizon."""

from __future__ import annotations

import numpy as np
import pytest
from tolerances import DEGREE, MILLIMETRE, within

from euroqci_planner.orbit.ground_points import (
    MEAN_EARTH_RADIUS_M,
    geodetic_coordinates,
    ground_angle_rad,
    small_circle,
)
from euroqci_planner.orbit.site import geodetic_position_m

NANORADIAN = 1e-9


def test_coordinates_of_a_position_are_those_it_was_made_of():
    random = np.random.default_rng(3)
    latitude = random.uniform(-0.5 * np.pi, 0.5 * np.pi, 500)
    longitude = random.uniform(-np.pi, np.pi, 500)
    height = random.uniform(-100.0, 40_000e3, 500)
    found = geodetic_coordinates(geodetic_position_m(latitude, longitude, height))
    assert found[0] == within(0.1 * NANORADIAN, of=latitude)
    assert found[1] == within(0.1 * NANORADIAN, of=longitude)
    assert found[2] == within(0.01 * MILLIMETRE, of=height)


def test_the_pole_has_its_latitude_and_height():
    latitude, _, height = geodetic_coordinates(np.array([[0.0], [0.0], [6_356_752.314245 + 500e3]]))
    assert latitude == within(0.1 * NANORADIAN, of=0.5 * np.pi)
    assert height == within(0.1 * MILLIMETRE, of=500e3)


def test_an_unknown_position_has_no_coordinates_and_leaves_its_neighbours_alone():
    position = geodetic_position_m(np.array([0.8, 0.8]), np.array([0.2, 0.2]), 5e5)
    position[1, 0] = np.nan
    latitude, longitude, height = geodetic_coordinates(position)
    assert np.isnan([latitude[0], longitude[0], height[0]]).all()
    assert latitude[1] == within(0.1 * NANORADIAN, of=0.8)


def test_the_horizon_of_a_low_orbit_is_where_the_textbook_puts_it():
    # Wertz and Larson 1999, section 5.2: cos λ0 = R/(R + H).
    horizon = ground_angle_rad(500e3, 0.0)
    assert horizon == within(
        1e-12, of=np.arccos(MEAN_EARTH_RADIUS_M / (MEAN_EARTH_RADIUS_M + 500e3))
    )
    assert ground_angle_rad(500e3, 0.5 * np.pi) == within(1e-12, of=0.0)


def test_the_angle_keeps_the_law_of_sines_between_station_satellite_and_centre():
    height, elevation = 550e3, np.radians(np.array([5.0, 20.0, 45.0, 80.0]))
    angle = ground_angle_rad(height, elevation)
    nadir = np.pi - (0.5 * np.pi + elevation) - angle
    ratio = (MEAN_EARTH_RADIUS_M + height) / np.sin(0.5 * np.pi + elevation)
    assert MEAN_EARTH_RADIUS_M / np.sin(nadir) == within(1e-3, of=ratio)


def test_below_the_ground_there_is_no_horizon():
    assert np.isnan(ground_angle_rad(-1.0, 0.3))


@pytest.mark.parametrize("centre_deg", [(48.0, 11.0), (-89.0, 30.0), (0.0, 179.5), (90.0, 0.0)])
@pytest.mark.parametrize("radius_deg", [1.0, 15.0, 72.0, 90.0])
def test_every_point_of_a_circle_is_its_radius_away(centre_deg, radius_deg):
    latitude, longitude = np.radians(centre_deg)
    around = small_circle(latitude, longitude, np.radians(radius_deg), 73)
    cosine = np.sin(latitude) * np.sin(around[0]) + np.cos(latitude) * np.cos(around[0]) * np.cos(
        around[1] - longitude
    )
    assert cosine == within(1e-12, of=np.cos(radius_deg * DEGREE))
    assert np.all(np.abs(around[1]) <= np.pi)


def test_a_circle_begins_in_the_north_and_goes_east():
    latitude, longitude = small_circle(0.5, 0.2, 0.1, 4)
    assert latitude[0] == within(1e-12, of=0.6)
    assert longitude[1] > 0.2
    assert latitude[2] == within(1e-12, of=0.4)
