"""Interpolation in the grid of the sunlit sky, and what happens at its edges."""

from __future__ import annotations

import numpy as np
from link_cases import tables
from tolerances import DEGREE, within

from euroqci_planner.link.sunlit_sky import sunlit_sky, sunlit_sky_radiance

SKY = sunlit_sky(550e-9, tables().sunlit_sky)
ZENITH = 90 * DEGREE


def test_the_nodes_of_the_grid_come_back():
    sun = np.deg2rad([-14.0, 0.0, 75.0])
    assert sunlit_sky_radiance(SKY, sun, ZENITH, 0.0) == within(1e-12, of=[1e-5, 1.0, 10.0])


def test_between_two_suns_the_logarithm_is_linear():
    radiance = sunlit_sky_radiance(SKY, -7 * DEGREE, ZENITH, 0.0)
    assert radiance == within(1e-9, of=np.sqrt(1e-5))


def test_the_azimuth_from_the_sun_counts_either_way_round():
    turn = np.deg2rad([30.0, -30.0, 330.0, 390.0])
    radiance = sunlit_sky_radiance(SKY, 0.0, 5 * DEGREE, turn)
    assert radiance == within(1e-12, of=radiance[0])
    assert radiance[0] == within(1e-9, of=4.0 * 3.0 ** (2.0 / 3.0))


def test_away_from_the_sun_the_low_sky_is_darker_than_towards_it():
    towards, away = sunlit_sky_radiance(SKY, 0.0, 5 * DEGREE, [0.0, np.pi])
    assert towards / away == within(1e-9, of=6.0)


def test_below_the_grid_the_light_decays_and_ends_at_eighteen_degrees():
    rate = np.log(1e5) / 14.0
    expected = 1e-5 * np.exp(-2.0 * rate) * 0.5
    assert sunlit_sky_radiance(SKY, -16 * DEGREE, ZENITH, 0.0) == within(1e-12, of=expected)
    assert sunlit_sky_radiance(SKY, [-18 * DEGREE, -1.0], ZENITH, 0.0) == within(0.0, of=0.0)


def test_the_decay_joins_the_grid_without_a_step():
    above, below = sunlit_sky_radiance(SKY, np.deg2rad([-13.9999, -14.0001]), ZENITH, 0.0)
    assert above / below == within(3e-4, of=1.0)


def test_a_view_below_five_degrees_or_a_sun_above_the_grid_has_no_number():
    assert np.isnan(sunlit_sky_radiance(SKY, 0.0, 4.9 * DEGREE, 0.0))
    assert np.isnan(sunlit_sky_radiance(SKY, -30 * DEGREE, 4.9 * DEGREE, 0.0))
    assert np.isnan(sunlit_sky_radiance(SKY, 76 * DEGREE, ZENITH, 0.0))


def test_wavelengths_are_interpolated_in_both_logarithms_and_end_with_the_table():
    middle = sunlit_sky(np.sqrt(550e-9 * 1650e-9), tables().sunlit_sky)
    assert sunlit_sky_radiance(middle, 0.0, ZENITH, 0.0) == within(1e-9, of=np.sqrt(0.1))
    outside = sunlit_sky(500e-9, tables().sunlit_sky)
    assert np.isnan(sunlit_sky_radiance(outside, 0.0, ZENITH, 0.0))
