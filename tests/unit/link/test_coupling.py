"""Fibre coupling: mode overlap, residual phase, Strehl ratio and the sky that a fibre sees."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from tolerances import within

from euroqci_planner.link.coupling import (
    anisoplanatic_variance,
    best_mode_ratio,
    chromatic_variance,
    fitting_variance,
    mode_etendue_m2_sr,
    mode_overlap,
    servo_variance,
    strehl_ratio,
)
from euroqci_planner.link.refraction import chromatic_refraction_rad
from euroqci_planner.link.slant_path import flat_path
from euroqci_planner.link.turbulence import coherence_length_m, isoplanatic_angle_rad
from euroqci_planner.link.turbulence_profile import HV_5_7, profile_above


def test_the_best_coupling_of_a_full_pupil_is_the_published_one():
    assert best_mode_ratio() == within(5e-4, of=1.121)
    assert mode_overlap(best_mode_ratio()) == within(5e-5, of=0.8145)


@pytest.mark.parametrize("ratio", [0.0, 0.15, 0.3, 0.6])
def test_no_other_mode_couples_better(ratio):
    best = mode_overlap(best_mode_ratio(ratio), ratio)
    assert np.all(mode_overlap(np.linspace(0.3, 1.8, 400), ratio) <= best)


def test_the_overlap_is_the_integral_of_the_fields():
    beta, ratio = 0.9, 0.25
    inner = quad(lambda r: np.exp(-((beta * r) ** 2)) * r, ratio, 1.0)[0]
    mode = quad(lambda r: np.exp(-2.0 * (beta * r) ** 2) * r, 0.0, np.inf)[0]
    pupil = 0.5 * (1.0 - ratio**2)
    assert mode_overlap(beta, ratio) == within(1e-12, of=inner**2 / (mode * pupil))


@pytest.mark.parametrize(
    ("wavelength_m", "aperture_m", "altitude_m", "expected"),
    [
        (785e-9, 0.4, 500.0, (0.025, 0.08, 0.63, 0.84)),
        (1550e-9, 0.8, 600.0, (0.035, 0.15, 0.72, 0.88)),
        (1550e-9, 1.0, 2393.0, (0.12, 0.54, 0.90, 0.96)),
    ],
)
def test_strehl_ratios_at_twenty_degrees_are_those_of_the_table(
    wavelength_m, aperture_m, altitude_m, expected
):
    """HV 5/7 at the site's height: uncorrected, tip-tilt, 20 and 60 modes."""
    profile = profile_above(HV_5_7, altitude_m)
    path = flat_path(np.deg2rad(20.0), profile.height_m)
    across = aperture_m / coherence_length_m(wavelength_m, profile, path)
    ratios = [float(strehl_ratio(fitting_variance(across, j), across)) for j in (1, 3, 20, 60)]
    assert ratios == within(0.006, of=expected)


def test_the_list_of_residuals_meets_the_law_that_continues_it():
    listed, law = fitting_variance(1.0, 21), fitting_variance(1.0, 22)
    assert listed == within(1e-9, of=0.0208)
    assert law == within(3e-4, of=0.0202)


def test_every_further_mode_leaves_less():
    left = [float(fitting_variance(5.0, modes)) for modes in range(1, 80)]
    assert np.all(np.diff(left) < 0.0)


def test_lag_and_angle_grow_with_the_five_thirds():
    assert servo_variance(100.0, 100.0) == 1.0
    assert servo_variance(200.0, 100.0) == within(1e-12, of=2.0 ** (5.0 / 3.0))
    assert anisoplanatic_variance(7e-6, 7e-6) == 1.0


def test_a_perfect_wave_loses_nothing_and_a_hopeless_one_keeps_its_halo():
    assert strehl_ratio(0.0, 5.0) == 1.0
    assert strehl_ratio(1e3, 3.0) == within(1e-12, of=0.1)


def test_colours_that_part_by_refraction_disturb_less_than_two_stars_that_far_apart():
    profile = profile_above(HV_5_7)
    path = flat_path(np.deg2rad(20.0), profile.height_m)
    apart = chromatic_refraction_rad(np.deg2rad(20.0), 785e-9, 1550e-9)
    stars = anisoplanatic_variance(apart, isoplanatic_angle_rad(1550e-9, profile, path))
    colours = chromatic_variance(1550e-9, apart, profile, path)
    assert 0.2 < colours / stars < 0.6
    assert chromatic_variance(1550e-9, 0.0, profile, path) == 0.0


def test_rays_of_two_colours_through_a_thin_high_layer_part_as_from_a_common_angle_near_by():
    profile = profile_above(HV_5_7)
    low = profile.height_m < 300.0
    near = type(profile)(
        station_altitude_m=0.0,
        height_m=profile.height_m[low],
        strength_m13=profile.strength_m13[low],
    )
    path = flat_path(np.deg2rad(40.0), near.height_m)
    stars = anisoplanatic_variance(5e-6, isoplanatic_angle_rad(1550e-9, near, path))
    assert chromatic_variance(1550e-9, 5e-6, near, path) / stars == within(0.03, of=1.0)


def test_a_fibre_sees_one_mode_of_the_sky():
    wavelength = 1550e-9
    full = mode_etendue_m2_sr(wavelength, best_mode_ratio())
    assert full / wavelength**2 == within(1e-4, of=0.9190)
    assert mode_etendue_m2_sr(wavelength, 30.0) / wavelength**2 == within(1e-12, of=1.0)
