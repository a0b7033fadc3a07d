"""Stations on the ellipsoid and directions from them."""

from __future__ import annotations

import numpy as np
import pytest
from orbit_cases import place
from tolerances import DEGREE, MILLIMETRE, within

from euroqci_planner.orbit.site import Site, SiteArray, geodetic_position_m


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg", "altitude_m", "position_m"),
    [
        (0.0, 0.0, 0.0, (6_378_137.0, 0.0, 0.0)),
        (0.0, 90.0, 100.0, (0.0, 6_378_237.0, 0.0)),
        (90.0, 0.0, 0.0, (0.0, 0.0, 6_356_752.314245)),
        (-90.0, 50.0, 2800.0, (0.0, 0.0, -6_359_552.314245)),
    ],
)
def test_stations_stand_on_the_axes_of_wgs_84(
    latitude_deg: float, longitude_deg: float, altitude_m: float, position_m: tuple[float, ...]
) -> None:
    site = Site.of(place("s", latitude_deg, longitude_deg, altitude_m=altitude_m))
    assert site.position_m == within(0.001 * MILLIMETRE, of=position_m)


def test_up_is_the_normal_of_the_ellipsoid_not_the_radius() -> None:
    site = Site.of(place("s", 48.0, 11.0))
    outward = site.position_m / np.linalg.norm(site.position_m)
    tilt = np.arccos(outward @ site.axes[2])
    assert tilt == within(0.01 * DEGREE, of=0.191 * DEGREE)
    assert site.axes @ site.axes.T == within(1e-15, of=np.eye(3))


@pytest.mark.parametrize(
    ("east", "north", "up", "elevation_deg", "azimuth_deg"),
    [
        (0.0, 1.0, 0.0, 0.0, 0.0),
        (1.0, 0.0, 0.0, 0.0, 90.0),
        (0.0, -1.0, 1.0, 45.0, 180.0),
        (-1.0, 0.0, -1.0, -45.0, 270.0),
        (-1.0, 1.0, 0.0, 0.0, 315.0),
    ],
)
def test_directions_are_counted_from_north_over_east(
    east: float, north: float, up: float, elevation_deg: float, azimuth_deg: float
) -> None:
    site = Site.of(place("s", -33.0, 151.0, altitude_m=40.0))
    target = site.position_m + 5e5 * (np.array([east, north, up]) @ site.axes)
    elevation, azimuth, distance = site.elevation_azimuth_range(target)
    assert elevation == within(1e-9, of=elevation_deg * DEGREE)
    assert azimuth == within(1e-9, of=azimuth_deg * DEGREE)
    assert distance == within(0.01 * MILLIMETRE, of=5e5 * np.hypot(np.hypot(east, north), up))


def test_the_zenith_is_ninety_degrees_up() -> None:
    site = Site.of(place("s", 40.0, 20.0))
    elevation, _, distance = site.elevation_azimuth_range(site.position_m + 7e5 * site.axes[2])
    assert elevation == within(1e-9, of=np.pi / 2)
    assert distance == within(0.01 * MILLIMETRE, of=7e5)


def test_many_positions_and_many_stations_keep_their_shapes() -> None:
    places = [place("a", 90.0, 0.0, minimum_deg=0.0), place("b", 12.0, -70.0, minimum_deg=30.0)]
    sites = SiteArray.of(places)
    assert sites.position_m.shape == (3, 2)
    assert sites.sine_of_minimum == within(1e-15, of=[0.0, 0.5])
    assert sites.up[:, 0] == within(1e-15, of=[0.0, 0.0, 1.0])
    for row, single in enumerate(map(Site.of, places)):
        assert np.array_equal(sites.position_m[:, row], single.position_m)
        assert np.array_equal(sites.axes[:, :, row], single.axes)
        elevation, _, _ = single.elevation_azimuth_range(np.full((3, 4, 5), 7e6))
        assert elevation.shape == (4, 5)


def test_arrays_of_coordinates_are_taken_as_they_are() -> None:
    latitude, longitude = np.radians([[10.0], [50.0]]), np.radians([0.0, 1.0, 2.0])
    assert geodetic_position_m(latitude, longitude, np.zeros((2, 3))).shape == (3, 2, 3)
