"""Sun, Moon and shadow: phases, parallax, and the share of the Sun's disc by tracing rays."""

from __future__ import annotations

import numpy as np
import pytest
from sky_cases import START_UTC, tenerife
from tolerances import DEGREE, KILOMETRE, METRE, within

from euroqci_planner.mission.pass_table import EclipseState
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.illumination import (
    SUN_RADIUS_M,
    SkyBodies,
    eclipse_states,
    solar_disc,
    sunlit_fraction,
)
from euroqci_planner.orbit.site import WGS84_EQUATORIAL_RADIUS_M, WGS84_FLATTENING, Site

AU_M = 149_597_870_700.0
HOUR_S = 3_600.0


def bodies_over(start: str, days: float) -> SkyBodies:
    start_utc = np.datetime64(start, "us")
    orientation = EarthOrientation.over(start_utc, days * 86_400.0)
    return SkyBodies.over(start_utc, days * 86_400.0, orientation)


@pytest.fixture(scope="module")
def june() -> SkyBodies:
    return bodies_over("2026-06-14T00:00:00", 30.0)


def traced_fraction(satellite_m: np.ndarray, sun_m: np.ndarray, rays: int = 40_000) -> float:
    """Share of the solar disc whose straight rays miss the WGS 84 ellipsoid, one by one."""
    to_sun = sun_m - satellite_m
    distance = np.linalg.norm(to_sun)
    ahead = to_sun / distance
    side = np.cross(ahead, [0.3, 0.5, 0.8])
    side /= np.linalg.norm(side)
    # Even spread over a disc (golden angle), seen at the tangent distance.
    radius = SUN_RADIUS_M * np.sqrt((np.arange(rays) + 0.5) / rays)
    turn = np.arange(rays) * np.pi * (3.0 - np.sqrt(5.0))
    up = np.cross(ahead, side)
    target = sun_m[:, None] + radius * (side[:, None] * np.cos(turn) + up[:, None] * np.sin(turn))
    flat = np.array([1.0, 1.0, 1.0 / (1.0 - WGS84_FLATTENING)])[:, None]
    origin, way = satellite_m[:, None] * flat, (target - satellite_m[:, None]) * flat
    way = way / np.linalg.norm(way, axis=0)
    towards = -np.sum(origin * way, axis=0)
    closest2 = np.sum(origin * origin, axis=0) - towards**2
    hit = (towards > 0.0) & (closest2 < WGS84_EQUATORIAL_RADIUS_M**2)
    return float(np.mean(~hit))


@pytest.mark.parametrize("altitude_km", [300.0, 550.0, 1_200.0, 35_786.0])
@pytest.mark.parametrize("hidden", [-0.1, 0.02, 0.25, 0.5, 0.8, 0.99, 1.1])
def test_the_sunlit_fraction_equals_rays_traced_to_the_ellipsoid(altitude_km, hidden):
    sun = AU_M * np.array([0.35, 0.85, 0.39])
    behind = -sun / np.linalg.norm(sun)
    side = np.cross(behind, [0.1, -0.4, 0.9])
    side /= np.linalg.norm(side)
    radius = WGS84_EQUATORIAL_RADIUS_M + altitude_km * 1e3
    # The angle from the shadow's axis at which this share of the Sun's diameter is hidden.
    sun_rad = SUN_RADIUS_M / AU_M
    angle = np.arcsin((WGS84_EQUATORIAL_RADIUS_M - 12e3) / radius) + sun_rad * (1.0 - 2.0 * hidden)
    satellite = radius * (behind * np.cos(angle) + side * np.sin(angle))
    fraction = float(sunlit_fraction(satellite[:, None], sun[:, None])[0])
    assert fraction == within(0.004, of=traced_fraction(satellite, sun))


def test_rays_and_formula_agree_where_the_earth_is_smaller_than_the_sun():
    sun = np.array([AU_M, 0.0, 0.0])
    satellite = np.array([-2.2e9, 1.5e6, 0.0])
    disc = solar_disc(satellite[:, None], sun[:, None])
    assert disc.earth_rad < disc.sun_rad
    fraction = float(sunlit_fraction(satellite[:, None], sun[:, None])[0])
    assert 0.2 < fraction < 0.9
    assert fraction == within(0.004, of=traced_fraction(satellite, sun))


def test_the_sunlit_fraction_falls_without_a_jump_from_one_to_zero():
    sun = np.array([AU_M, 0.0, 0.0])[:, None]
    angle = np.radians(np.linspace(80.0, 180.0, 200_001))
    satellite = 6_928e3 * np.array([np.cos(angle), np.sin(angle), np.zeros_like(angle)])
    fraction = sunlit_fraction(satellite, sun)
    assert (fraction[0], fraction[-1]) == (1.0, 0.0)
    assert np.all(np.diff(fraction) <= 0.0)
    assert np.abs(np.diff(fraction)).max() < 0.005
    width = np.ptp(angle[(fraction > 0.0) & (fraction < 1.0)])
    assert width == within(0.003 * DEGREE, of=0.533 * DEGREE)


def test_inside_the_earth_there_is_no_light_to_tell_of():
    assert np.isnan(sunlit_fraction(np.array([[6_300e3], [0.0], [0.0]]), AU_M * np.ones((3, 1))))


@pytest.mark.parametrize(
    ("light", "state"),
    [
        ([1.0, 1.0, 1.0], EclipseState.SUNLIT),
        ([0.3, 0.4], EclipseState.PENUMBRA),
        ([0.0], EclipseState.UMBRA),
        ([1.0, 0.4, 0.0, 0.0], EclipseState.ENTERING),
        ([0.0, 0.0, 1.0], EclipseState.LEAVING),
        ([0.5, 0.0], EclipseState.ENTERING),
        ([1.0, 1.0, 0.0, 1.0], EclipseState.ENTERING),
        ([0.0, 0.5, 0.0], EclipseState.LEAVING),
    ],
)
def test_the_first_change_of_light_names_the_state(light, state):
    around = [[1.0, 0.0], light, [0.0, 1.0]]
    first = np.concatenate(([0], np.cumsum([len(part) for part in around])))
    states = eclipse_states(np.concatenate(around), first)
    assert [EclipseState(code) for code in states] == [
        EclipseState.ENTERING,
        state,
        EclipseState.LEAVING,
    ]


def test_full_and_new_moon_of_june_2026_are_where_the_almanacs_put_them(june):
    # New Moon 15 June 2026 02:54 UT, full Moon 29 June 23:57 UT (US Naval Observatory).
    new_s, full_s = 26.9 * HOUR_S, (15 * 24 + 23.95) * HOUR_S
    fraction = june.moon_illuminated_fraction(np.array([new_s, full_s]))
    assert fraction == within(0.002, of=[0.0, 1.0])
    hours = np.arange(0.0, 17 * 24.0, 0.05)
    phase = june.moon_phase_angle_rad(hours * HOUR_S)
    assert hours[np.argmax(phase)] * HOUR_S == within(3 * HOUR_S, of=new_s)
    assert hours[np.argmin(phase)] * HOUR_S == within(3 * HOUR_S, of=full_s)


def test_the_moon_of_a_site_stands_lower_than_the_geocentric_one(june):
    site = Site.of(tenerife())
    t_s = np.arange(0.0, 86_400.0, 600.0)
    elevation, _ = june.moon_elevation_azimuth(site, t_s)
    up = site.axes[2]
    moon = june.moon_earth_fixed_m(t_s)
    geocentric = np.arcsin(up @ moon / np.linalg.norm(moon, axis=0))
    low = np.abs(geocentric) < np.radians(10.0)
    parallax = np.degrees(geocentric - elevation)[low]
    assert parallax.min() > 0.85
    assert parallax.max() < 1.03


def test_distances_of_sun_and_moon_are_those_of_june(june):
    # Aphelion on 6 July 2026 at 1.01664 au; perigee of the Moon 14 June 2026 at 357 196 km.
    sun = np.linalg.norm(june.sun_teme_m(np.array([22.0 * 86_400.0])), axis=0)
    assert sun == within(3e-5 * AU_M, of=1.01664 * AU_M)
    moon = np.linalg.norm(june.moon_teme_m(np.arange(0.0, 2.0, 0.01) * 86_400.0), axis=0)
    assert moon.min() == within(60 * KILOMETRE, of=357_196e3)


def test_the_polynomials_pass_through_shapes_of_any_kind(june):
    t_s = np.linspace(0.0, 86_400.0, 12).reshape(3, 4)
    assert june.sun_teme_m(t_s).shape == (3, 3, 4)
    assert june.moon_teme_m(3_600.0).shape == (3,)
    assert june.moon_teme_m(t_s)[:, 1, 2] == within(1e-6, of=june.moon_teme_m(t_s[1, 2]))


def test_three_hours_between_nodes_are_short_enough(june):
    # Windows shifted by 1.5 h have their nodes in the middle of the others.
    shifted = bodies_over("2026-06-14T01:30:00", 2.0)
    t_s = np.linspace(0.0, 86_400.0, 1_000)
    later = t_s + 5_400.0
    assert shifted.moon_teme_m(t_s) == within(40 * METRE, of=june.moon_teme_m(later))
    assert shifted.sun_teme_m(t_s) == within(10 * KILOMETRE, of=june.sun_teme_m(later))


def test_far_outside_the_window_there_is_no_sun_and_no_moon(june):
    outside = np.array([-0.51, 30.51]) * 86_400.0
    assert np.isnan(june.sun_teme_m(outside)).all()
    assert np.isnan(june.moon_phase_angle_rad(outside)).all()
    assert np.isfinite(june.sun_teme_m(np.array([-0.5, 0.0, 30.0]) * 86_400.0)).all()


def test_an_orientation_of_another_window_is_refused():
    orientation = EarthOrientation.over(START_UTC, 86_400.0)
    with pytest.raises(ValueError, match="another window"):
        SkyBodies.over(START_UTC + np.timedelta64(1, "s"), 86_400.0, orientation)
