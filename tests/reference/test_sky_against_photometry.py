"""Source: Patat, Ugolnikov & Postylyakov 2006 (A&A 455, 385), zenith brightness of the twilight sky
at Paranal in R and I, quadratic in the Sun's zenith distance over 95-105 degrees; and the night sky
of ESO SkyCalc with a full Moon (tests/reference/data/links/README.md).

Radiance of magnitude zero: 927 (R), 481 (I) W m-2 sr-1 um-1. The night sky inside the photometry
(20.9 and 19.7 mag) is taken out. The packaged grid is for sea level, Paranal lies at 2.6 km.
"""

from __future__ import annotations

import csv

import numpy as np
import pytest
from link_cases import atmosphere, station
from tolerances import DEGREE

from euroqci_planner.io.reference_tables import load_physics_tables
from euroqci_planner.link.background import moonlight_colour
from euroqci_planner.link.extinction import site_extinction
from euroqci_planner.link.night_sky import moonlight_nanolambert, radiance_of_nanolambert
from euroqci_planner.link.sunlit_sky import sunlit_sky, sunlit_sky_radiance

BANDS = {
    "R": (660e-9, 927.0, 20.9, (11.40, 1.567, -0.064)),
    "I": (790e-9, 481.0, 19.7, (10.93, 1.470, -0.062)),
}


def photometry(band, depression_deg):
    _, zero, night, (a, b, c) = BANDS[band]
    past = depression_deg - 5.0
    magnitude = a + b * past + c * past**2
    return zero * (10.0 ** (-0.4 * magnitude) - 10.0 ** (-0.4 * night))


def zenith(band, depression_deg):
    sky = sunlit_sky(BANDS[band][0], load_physics_tables().sunlit_sky)
    return sunlit_sky_radiance(sky, -depression_deg * DEGREE, 90 * DEGREE, 0.0)


@pytest.mark.parametrize("band", ["R", "I"])
def test_twilight_is_as_bright_as_photometry_found_it_down_to_ten_degrees(band):
    depression = np.linspace(5.0, 10.0, 21)
    ratio = zenith(band, depression) / photometry(band, depression)
    assert ratio.max() <= 1.5
    assert ratio.min() >= 1.0 / 1.5


def test_deep_twilight_stays_within_a_factor_of_three_of_photometry():
    depression = np.linspace(10.0, 12.5, 6)
    ratio = zenith("I", depression) / photometry("I", depression)
    assert ratio.max() <= 3.0
    assert ratio.min() >= 1.0 / 3.0


def test_twilight_is_below_the_darkest_night_sky_before_it_is_cut_off():
    assert zenith("I", 16.0) < 0.1 * 2.8e-6
    assert zenith("I", 18.0) == 0.0


@pytest.mark.parametrize("wavelength_nm", [785, 795, 810, 850])
def test_scattered_moonlight_is_half_to_all_of_what_the_eso_spectrum_adds(
    wavelength_nm, reference_data
):
    """Full Moon 45 degrees from a target at zenith, itself 45 degrees high."""
    name = "night_sky_radiance_eso_skycalc_dark_site.csv"
    with (reference_data / "links" / name).open() as file:
        next(file)
        days = {
            row["lunar_day"]: float(row[f"L_{wavelength_nm}nm"]) for row in csv.DictReader(file)
        }
    place, tables = station(altitude_m=2_380.0, atmosphere=atmosphere()), load_physics_tables()
    site = site_extinction(wavelength_nm * 1e-9, 2_380.0, place.atmosphere, tables)
    colour = moonlight_colour(wavelength_nm * 1e-9, site, place, tables.solar)
    glow = moonlight_nanolambert(45 * DEGREE, 0.0, 45 * DEGREE, 90 * DEGREE)
    ratio = radiance_of_nanolambert(glow) * colour / (days["14"] - days["0"])
    assert 0.5 <= ratio <= 1.0
