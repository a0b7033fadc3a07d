"""Refraction of the line of sight and its colours."""

from __future__ import annotations

import numpy as np
import pytest
from tolerances import within

from euroqci_planner.link.refraction import (
    chromatic_displacement_m,
    chromatic_refraction_rad,
    refraction_rad,
    refractivity,
    station_temperature_k,
)

ARCMINUTE = np.deg2rad(1.0 / 60.0)
MICRORADIAN = 1e-6


@pytest.mark.parametrize(("elevation_deg", "arcminutes"), [(5.0, 9.7), (10.0, 5.4), (20.0, 2.7)])
def test_refraction_lifts_a_satellite_by_the_known_arcminutes(elevation_deg, arcminutes):
    lifted = refraction_rad(np.deg2rad(elevation_deg))
    assert lifted / ARCMINUTE == within(0.05, of=arcminutes)


@pytest.mark.parametrize(("elevation_deg", "urad"), [(10.0, 10.7), (20.0, 5.2), (30.0, 3.3)])
def test_785_and_1550_nm_part_by_a_beam_width(elevation_deg, urad):
    apart = chromatic_refraction_rad(np.deg2rad(elevation_deg), 785e-9, 1550e-9)
    assert apart == within(0.06 * MICRORADIAN, of=urad * MICRORADIAN)


def test_the_refractivity_of_air_is_edlens():
    assert refractivity(633e-9) == within(0.002e-4, of=2.7653e-4)


def test_thinner_and_colder_air_bends_in_proportion_to_its_density():
    mountain = refraction_rad(0.4, 0.5 * 101_000.0, 283.0)
    assert mountain == within(1e-15, of=0.5 * refraction_rad(0.4))
    assert refractivity(850e-9, 101_325.0, 2.0 * 288.15) == within(
        1e-12, of=refractivity(850e-9) / 2
    )


def test_temperature_falls_with_height_and_ends_at_the_tropopause():
    assert station_temperature_k(2_000.0) == within(1e-9, of=275.15)
    assert np.isnan(station_temperature_k(12_000.0))


def test_rays_of_two_colours_stop_parting_above_the_air():
    heights = np.array([10.0, 8_000.0, 80_000.0])
    apart = chromatic_displacement_m(5e-6, heights, np.ones(3))
    assert apart == within(2e-6, of=[5e-5, 5e-6 * 8_000.0 * 0.63212, 0.04])


def test_below_five_degrees_refraction_is_not_a_number():
    assert np.isnan(refraction_rad(np.deg2rad(4.0)))
    assert np.isnan(chromatic_refraction_rad(np.deg2rad(4.0), 785e-9, 1550e-9))
