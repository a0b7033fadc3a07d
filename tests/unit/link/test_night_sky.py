"""Night sky, sky glow and moonlight."""

from __future__ import annotations

import numpy as np
import pytest
from link_cases import tables
from tolerances import DEGREE, within

from euroqci_planner.link.night_sky import (
    cosine_between,
    light_pollution_radiance,
    moonlight_nanolambert,
    night_sky_radiance,
    radiance_of_magnitude,
    radiance_of_nanolambert,
    sky_path,
    zenith_light_pollution_radiance,
    zenith_night_sky_radiance,
)

NM = 1e-9


@pytest.mark.parametrize(("phase_deg", "nanolambert"), [(0.0, 1586.0), (90.0, 144.3)])
def test_moonlight_is_that_of_krisciunas_and_schaefer(phase_deg, nanolambert):
    glow = moonlight_nanolambert(45 * DEGREE, phase_deg * DEGREE, 45 * DEGREE, 90 * DEGREE)
    assert glow == within(0.001 * nanolambert, of=nanolambert)


def test_the_full_moon_at_45_degrees_shines_seven_hundred_thousandths_of_a_watt():
    assert radiance_of_nanolambert(1586.0) == within(0.05e-5, of=7.2e-5)


def test_a_moon_below_the_horizon_gives_no_light():
    assert moonlight_nanolambert(1.0, 0.0, -0.01, 1.0) == 0.0


def test_close_to_the_moon_the_paper_s_inverse_square_counts():
    far, near = moonlight_nanolambert(np.deg2rad([2.0, 1.0]), 0.0, 1.0, 1.0)
    rayleigh = 10.0**5.36 * 2.06
    assert near / far == within(0.002, of=(6.2e7 + rayleigh) / (6.2e7 / 4.0 + rayleigh))


def test_on_the_moon_s_disc_there_is_no_number():
    assert np.isnan(moonlight_nanolambert(0.1 * DEGREE, 0.0, 1.0, 1.0))


def test_the_path_through_the_airglow_is_five_at_the_horizon():
    assert sky_path([np.pi / 2.0, 0.0]) == within(1e-12, of=[1.0, 5.0])


def test_the_dark_sky_brightens_towards_the_horizon_by_krisciunas_and_schaefer():
    path = 1.0 / np.sqrt(1.0 - 0.96 * 0.75)
    expected = 6e-6 * path * 10.0 ** (-0.4 * 0.1 * (path - 1.0))
    assert night_sky_radiance(30 * DEGREE, 6e-6, 0.1) == within(1e-12, of=expected)


def test_zenith_radiance_is_read_from_the_table_and_interpolated_in_its_logarithm():
    assert zenith_night_sky_radiance(785 * NM, tables().night_sky) == within(1e-12, of=6e-6)
    middle = zenith_night_sky_radiance(817.5 * NM, tables().night_sky)
    assert middle == within(1e-12, of=np.sqrt(6e-6 * 9e-6))
    assert np.isnan(zenith_night_sky_radiance(500 * NM, tables().night_sky))


def test_a_suburban_reading_is_mostly_artificial():
    """19.3 mag/arcsec²: 1544 (10^-7.72 - 10^-8.76) in V, three tenths of it at 785 nm."""
    glow = zenith_light_pollution_radiance(785 * NM, 19.3, tables().light_pollution)
    assert glow == within(1e-9, of=0.3 * 1544.0 * (10.0**-7.72 - 10.0**-8.76))


def test_a_reading_darker_than_the_natural_sky_adds_nothing():
    assert zenith_light_pollution_radiance(785 * NM, 22.0, tables().light_pollution) == 0.0


def test_sky_glow_doubles_at_thirty_degrees():
    assert light_pollution_radiance([np.pi / 2.0, 30 * DEGREE], 1e-5) == within(
        1e-15, of=[1e-5, 2e-5]
    )


def test_no_sky_brightness_below_five_degrees():
    assert np.isnan(night_sky_radiance(4 * DEGREE, 6e-6, 0.1))
    assert np.isnan(light_pollution_radiance(4 * DEGREE, 1e-5))


def test_magnitude_22_is_two_and_a_half_microwatt():
    assert radiance_of_magnitude(22.0) == within(0.01e-6, of=2.447e-6)


def test_directions_a_quarter_turn_apart_have_cosine_zero():
    assert cosine_between(0.0, 0.3, 0.0, 0.3 + np.pi / 2.0) == within(1e-15, of=0.0)
    assert cosine_between(0.4, 6.2, 0.4, 6.2) == within(1e-15, of=1.0)
