"""The scene: positions, tracks, footprints, night, and who talks to whom, against the engine."""

from __future__ import annotations

import numpy as np
import pytest
from sample_case import sample_plan
from tolerances import DEGREE, KILOMETRE, METRE, within

from euroqci_planner.app.scene import NIGHT_SUN_ELEVATIONS_DEG, Scene
from euroqci_planner.app.sky_cache import sky_of
from euroqci_planner.mission.plan import Plan
from euroqci_planner.orbit.ground_points import small_circle
from euroqci_planner.orbit.site import Site, east_north_up, geodetic_position_m
from euroqci_planner.timebase import instant_after, seconds_between

SECOND_US = np.timedelta64(1, "s")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


@pytest.fixture(scope="module")
def scene(plan: Plan) -> Scene:
    return Scene(plan)


def direct(plan: Plan, satellite: int, instant) -> np.ndarray:
    t_s = seconds_between(plan.scenario.start_utc, instant)
    return sky_of(plan.scenario).fleet.earth_fixed(satellite, t_s).position_m[:, 0]


@pytest.mark.parametrize("after_s", [0.0, 17.3, 1_859.9, 1_860.1, 86_400.0, 7 * 86_400.0])
def test_points_below_satellites_are_where_sgp4_puts_them(scene, plan, after_s):
    instant = instant_after(plan.scenario.start_utc, after_s)
    points = scene.satellites_at(instant)
    placed = geodetic_position_m(points.latitude_rad, points.longitude_rad, points.altitude_m)
    for satellite in range(len(plan.scenario.satellites)):
        away = np.linalg.norm(placed[:, satellite] - direct(plan, satellite, instant))
        assert away == within(1 * METRE, of=0.0)


def test_a_track_joins_the_points_below_its_satellite(scene, plan):
    start = instant_after(plan.scenario.start_utc, 3_600.0)
    track = scene.track(2, start, instant_after(start, 600.0), step_s=60.0)
    assert len(track.latitude_rad) == 11
    points = scene.satellites_at(instant_after(start, 300.0))
    assert track.latitude_rad[5] == within(1e-6, of=points.latitude_rad[2])
    assert track.longitude_rad[5] == within(1e-6, of=points.longitude_rad[2])
    assert track.altitude_m[5] == within(1 * METRE, of=points.altitude_m[2])


def test_on_its_footprint_a_satellite_stands_at_the_minimum_elevation(scene, plan):
    instant = instant_after(plan.scenario.start_utc, 36_000.0)
    circle = scene.footprint(0, instant, np.radians(20.0))
    assert circle is not None
    satellite = direct(plan, 0, instant)
    latitude, longitude = circle.latitude_rad, circle.longitude_rad
    ground = geodetic_position_m(latitude, longitude, np.zeros_like(latitude))
    sight = satellite[:, None] - ground
    up = east_north_up(latitude, longitude)[2]
    elevation = np.arcsin(np.sum(sight * up, axis=0) / np.linalg.norm(sight, axis=0))
    assert elevation == within(0.5 * DEGREE, of=np.radians(20.0))


def test_inside_the_circle_of_a_station_its_passes_begin_and_end(scene, plan):
    passes = plan.passes
    rows = np.flatnonzero(~np.isnat(passes.rise_utc) & (passes.max_elevation_rad > 0.8))[:20]
    for row in rows.tolist():
        satellite, station = int(passes.satellite[row]), int(passes.station[row])
        for instant in (passes.rise_utc[row], passes.set_utc[row]):
            points = scene.satellites_at(instant)
            circle = scene.station_circle(station, float(points.altitude_m[satellite]))
            cosine = np.sin(circle.centre_latitude_rad) * np.sin(points.latitude_rad[satellite])
            cosine += (
                np.cos(circle.centre_latitude_rad)
                * np.cos(points.latitude_rad[satellite])
                * np.cos(circle.centre_longitude_rad - points.longitude_rad[satellite])
            )
            assert np.arccos(cosine) == within(0.25 * DEGREE, of=circle.radius_rad)


def test_the_sun_stands_in_the_zenith_of_its_point(scene, plan):
    instant = instant_after(plan.scenario.start_utc, 50_000.0)
    latitude, longitude = scene.sub_solar_point(instant)
    t_s = seconds_between(plan.scenario.start_utc, instant)
    site = Site(geodetic_position_m(latitude, longitude, 0.0), east_north_up(latitude, longitude))
    elevation, _ = sky_of(plan.scenario).bodies.sun_elevation_azimuth(site, t_s)
    assert elevation == within(0.01 * DEGREE, of=0.5 * np.pi)
    assert np.degrees(latitude) == within(0.1, of=23.3)


@pytest.mark.parametrize("number", range(4))
def test_along_a_band_of_night_the_sun_has_its_elevation(scene, plan, number):
    instant = instant_after(plan.scenario.start_utc, 120_000.0)
    band = scene.night_bands(instant)[number]
    t_s = float(seconds_between(plan.scenario.start_utc, instant))
    bodies = sky_of(plan.scenario).bodies
    for latitude, longitude in zip(
        band.circle.latitude_rad[::45], band.circle.longitude_rad[::45], strict=True
    ):
        site = Site(
            geodetic_position_m(latitude, longitude, 0.0), east_north_up(latitude, longitude)
        )
        elevation, _ = bodies.sun_elevation_azimuth(site, t_s)
        wanted = np.radians(NIGHT_SUN_ELEVATIONS_DEG[number])
        assert elevation == within(0.01 * DEGREE, of=wanted)


def test_inside_the_narrowest_band_it_is_darker(scene, plan):
    instant = plan.scenario.start_utc
    band = scene.night_bands(instant)[-1].circle
    inner = small_circle(
        band.centre_latitude_rad, band.centre_longitude_rad, 0.5 * band.radius_rad, 4
    )
    t_s = 0.0
    for latitude, longitude in zip(*inner, strict=True):
        site = Site(
            geodetic_position_m(latitude, longitude, 0.0), east_north_up(latitude, longitude)
        )
        assert sky_of(plan.scenario).bodies.sun_elevation_azimuth(site, t_s)[0] < np.radians(-18.0)


def test_a_contact_is_under_way_from_its_first_instant_until_its_last(scene, plan):
    row = int(plan.contact_rows[3])
    begin, end = plan.conditions.usable_start_utc[row], plan.conditions.usable_end_utc[row]
    assert row in scene.contacts_at(begin)
    assert row in scene.contacts_at(end - SECOND_US)
    assert row not in scene.contacts_at(begin - SECOND_US)
    assert row not in scene.contacts_at(end)


def test_usable_passes_under_way_hold_all_contacts_under_way(scene, plan):
    row = int(plan.contact_rows[3])
    instant = plan.conditions.usable_start_utc[row] + SECOND_US
    usable = scene.usable_passes_at(instant)
    assert set(scene.contacts_at(instant)) <= set(usable)
    assert np.all(plan.conditions.usable_start_utc[usable] <= instant)


def test_a_satellite_in_contact_means_its_contact(scene, plan):
    row = int(plan.contact_rows[5])
    satellite = int(plan.passes.satellite[row])
    assert scene.pass_of_satellite(satellite, plan.passes.highest_utc[row]) == row
    assert scene.pass_of_station(int(plan.passes.station[row]), plan.passes.highest_utc[row]) == row


def test_between_passes_the_next_usable_one_is_meant(scene, plan):
    satellite = 1
    mine = np.flatnonzero(plan.passes.satellite == satellite)
    instant = plan.scenario.start_utc
    row = scene.pass_of_satellite(satellite, instant)
    usable = mine[~np.isnat(plan.conditions.usable_start_utc[mine])]
    assert row == int(usable[np.argmin(plan.passes.start_utc[usable])])


def test_at_the_end_the_last_pass_is_meant(scene, plan):
    satellite = 1
    mine = np.flatnonzero(plan.passes.satellite == satellite)
    assert scene.pass_of_satellite(satellite, plan.scenario.end_utc) == int(mine[-1])


def test_plans_of_the_same_orbits_share_one_sky(plan):
    assert sky_of(plan.scenario) is sky_of(plan.scenario)


def test_a_footprint_is_as_wide_as_its_height_says(scene, plan):
    circle = scene.footprint(0, plan.scenario.start_utc, np.radians(20.0))
    assert circle is not None
    assert circle.radius_rad * 6_371 * KILOMETRE == within(150 * KILOMETRE, of=1_000 * KILOMETRE)
