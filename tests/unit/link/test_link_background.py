"""Noise terms of a station put together."""

from __future__ import annotations

import numpy as np
import pytest
from link_cases import atmosphere, receiver, samples, satellite, station, tables
from tolerances import within

from euroqci_planner.link.background import background_hz, moonlight_colour, site_background
from euroqci_planner.link.extinction import site_extinction
from euroqci_planner.link.receiver import clicks_per_radiance
from euroqci_planner.mission.link_budget import NOISE_TERMS

NM = 1e-9


def noise(elevation_deg=45.0, place=None, body=None, **columns):
    place = station() if place is None else place
    site = site_extinction(785 * NM, place.altitude_m, place.atmosphere, tables())
    flown = satellite() if body is None else body
    scalars = site_background(785 * NM, flown, place, site, tables())
    track = samples(elevation_deg, **columns)
    return background_hz(scalars, track, np.full(len(track), 0.9))


def test_every_noise_term_is_there_and_no_other():
    assert set(noise()) == set(NOISE_TERMS)


def test_in_a_dark_night_only_sky_glow_and_dark_counts_remain():
    rates = noise()
    assert rates["dark_counts"] == 100.0
    assert rates["night_sky"] > 0.0
    assert rates["light_pollution"] > 0.0
    for name in ("moon", "twilight", "daylight", "sunlit_satellite"):
        assert rates[name] == 0.0


def test_the_zenith_night_sky_is_radiance_times_the_receiver():
    expected = 6e-6 * clicks_per_radiance(receiver(), 785 * NM)
    assert noise(90.0)["night_sky"] == within(1e-9, of=expected)


def test_the_sun_on_the_horizon_parts_twilight_from_daylight():
    rates = noise([45.0, 45.0], sun_elevation_rad=np.array([-1e-9, 1e-9]))
    assert rates["twilight"][1] == 0.0
    assert rates["daylight"][0] == 0.0
    assert rates["twilight"][0] / rates["daylight"][1] == within(1e-6, of=1.0)


def test_twilight_follows_the_pointing():
    towards, away = noise(
        [5.0, 5.0], sun_elevation_rad=-0.1, azimuth_rad=np.array([4.0, 4.0 + np.pi])
    )["twilight"]
    assert towards / away == within(1e-6, of=6.0)


def test_the_sunlit_satellite_outshines_the_dark_sky():
    rates = noise(45.0, sunlit_fraction=1.0)
    assert rates["sunlit_satellite"] > 10.0 * rates["night_sky"]


def test_moonlight_needs_the_moon_above_the_horizon():
    up, down = noise([45.0, 45.0], moon_elevation_rad=np.array([0.5, -0.01]))["moon"]
    assert up > 0.0
    assert down == 0.0


def test_moonlight_has_the_colour_of_scattered_sunlight():
    """At sea level, haze 0.1: 0.638 × (0.0229 + 0.0630) / (0.0973 + 0.1)."""
    place = station(altitude_m=0.0, atmosphere=atmosphere(aerosol_optical_depth_550nm=0.1))
    site = site_extinction(785 * NM, 0.0, place.atmosphere, tables())
    colour = moonlight_colour(785 * NM, site, place, tables().solar)
    assert colour == within(0.002, of=0.638 * 0.0859 / 0.1973)


SKY_TERMS = ("night_sky", "light_pollution", "moon", "twilight", "daylight")


@pytest.mark.parametrize("name", SKY_TERMS)
def test_below_five_degrees_every_sky_term_is_unknown(name):
    rates = noise(4.0, sun_elevation_rad=-0.1, moon_elevation_rad=0.5)
    assert np.isnan(rates[name])
