"""Uplink: spread, wander, tracking, and what shines up from the Earth."""

from __future__ import annotations

import numpy as np
import pytest
from link_cases import slant_range_m
from tolerances import DECIBEL, within

from euroqci_planner.link.motion import point_ahead_rad
from euroqci_planner.link.slant_path import flat_path, spherical_path
from euroqci_planner.link.turbulence import coherence_length_m, isoplanatic_angle_rad
from euroqci_planner.link.turbulence_profile import HV_5_7, profile_above
from euroqci_planner.link.uplink import (
    UplinkBeam,
    UplinkTracking,
    city_radiance,
    earthshine_radiance,
    long_term_radius_m,
    moonlit_earth_radiance,
    point_ahead_share,
    short_term_radius_m,
    uplink_coherence_m,
    uplink_collection,
    uplink_rytov_variance,
    wander_variance_m2,
)
from euroqci_planner.units import decibel_loss

SEA_LEVEL = profile_above(HV_5_7)
TWO_URAD = UplinkTracking(jitter_rad=2e-6)


def coherence(elevation_deg, altitude_m=600e3, profile=SEA_LEVEL, wavelength_m=785e-9):
    range_m = slant_range_m(elevation_deg, altitude_m)
    path = spherical_path(np.deg2rad(elevation_deg), profile.height_m, profile.station_altitude_m)
    return range_m, uplink_coherence_m(wavelength_m, range_m, profile, path)


def loss_db(waist_m, elevation_deg, tracking=TWO_URAD):
    beam = UplinkBeam(wavelength_m=785e-9, waist_m=waist_m)
    range_m, r0 = coherence(elevation_deg)
    return decibel_loss(uplink_collection(beam, range_m, r0, 0.3, tracking))


def test_without_air_the_beam_spreads_as_a_gaussian_in_vacuum():
    beam = UplinkBeam(wavelength_m=785e-9, waist_m=0.1)
    assert beam.diffracted_radius_m(600e3) == within(1e-3, of=1.5026)
    assert long_term_radius_m(beam, 600e3, 1e6) == within(1e-6, of=beam.diffracted_radius_m(600e3))


@pytest.mark.parametrize(("elevation_deg", "expected"), [(90.0, 28.87), (45.0, 32.8), (30.0, 36.8)])
def test_losses_from_sea_level_are_those_of_the_table(elevation_deg, expected):
    assert loss_db(0.1, elevation_deg) == within(0.15 * DECIBEL, of=expected)


def test_a_ground_telescope_twice_as_wide_gains_next_to_nothing_through_turbulence():
    gain = loss_db(0.1, 90.0) - loss_db(0.2, 90.0)
    assert 0.0 < gain < 0.3 * DECIBEL


def test_wave_coherence_seen_from_far_away_is_that_of_a_plane_wave():
    path = flat_path(np.deg2rad(60.0), SEA_LEVEL.height_m)
    far = uplink_coherence_m(785e-9, 1e12, SEA_LEVEL, path)
    assert far == within(1e-6, of=coherence_length_m(785e-9, SEA_LEVEL, path))


def test_the_two_forms_of_the_long_exposure_meet_within_seven_percent():
    beam = UplinkBeam(wavelength_m=785e-9, waist_m=0.1)
    edge = np.sqrt(8.0) * 0.1
    weak, strong = long_term_radius_m(beam, 600e3, np.array([edge * 1.0001, edge * 0.9999]))
    assert strong / weak == within(0.003, of=2.0**0.1)


@pytest.mark.parametrize("r0", [0.03, 0.1, 0.5, 5.0])
def test_the_spot_that_follows_its_own_wander_is_narrower_and_not_below_diffraction(r0):
    beam = UplinkBeam(wavelength_m=785e-9, waist_m=0.1)
    short, long = short_term_radius_m(beam, 600e3, r0), long_term_radius_m(beam, 600e3, r0)
    assert beam.diffracted_radius_m(600e3) < short < long
    assert long**2 - short**2 == within(1e-9, of=wander_variance_m2(beam, 600e3, r0))


def test_following_the_wander_pays_where_the_beam_is_narrow_against_the_eddies():
    followed = UplinkTracking(jitter_rad=2e-6, corrects_wander=True)
    assert loss_db(0.03, 60.0, followed) < loss_db(0.03, 60.0) - 0.5 * DECIBEL


def test_an_uplink_from_five_kilometres_has_the_slope_of_micius_within_two_decibels():
    """Han et al., arXiv 1912.06317: 41 dB at 500 km and 52 dB at 1400 km, inner losses included."""
    high = profile_above(HV_5_7, 5_047.0)
    beam = UplinkBeam(wavelength_m=780e-9, waist_m=0.05)
    losses = []
    for elevation_deg in (90.0, 17.0):
        range_m, r0 = coherence(elevation_deg, 500e3, high, 780e-9)
        losses.append(decibel_loss(uplink_collection(beam, range_m, r0, 0.3, TWO_URAD)))
    assert losses[1] - losses[0] == within(2.0 * DECIBEL, of=9.5)
    assert losses[0] == within(1.5 * DECIBEL, of=22.5)


def test_point_ahead_spoils_a_correction_that_looks_at_the_downlink():
    path = flat_path(np.pi / 2.0, SEA_LEVEL.height_m)
    angle = isoplanatic_angle_rad(1550e-9, SEA_LEVEL, path)
    assert angle == within(0.5e-6, of=27e-6)
    assert point_ahead_share(point_ahead_rad(7_613.0), angle) == within(0.01, of=0.06)


def test_an_upward_wave_scintillates_differently_from_the_downward_one():
    path = flat_path(np.pi / 2.0, SEA_LEVEL.height_m)
    up = uplink_rytov_variance(785e-9, 600e3, SEA_LEVEL, path)
    assert 0.97 < up / 0.13891 < 1.0


def test_the_sunlit_earth_is_as_bright_as_its_albedo_says_and_dark_at_night():
    assert earthshine_radiance(1191.0, 0.3, 0.0) == within(0.1, of=113.7)
    assert earthshine_radiance(1191.0, 0.3, np.deg2rad(100.0)) == 0.0


def test_the_full_moon_lights_the_earth_four_hundred_thousand_times_less():
    ratio = earthshine_radiance(1.0, 0.3, 0.3) / moonlit_earth_radiance(1.0, 0.3, 0.3)
    assert ratio == within(2e4, of=4.0e5)


def test_a_nanowatt_of_night_lights_is_spread_over_the_band():
    assert city_radiance(40.0) == within(1e-12, of=1e-3)
