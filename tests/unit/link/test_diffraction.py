"""Diffraction: conventions of the divergence, axial gains, collection by an annulus."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import j0, j1
from tolerances import DECIBEL, within

from euroqci_planner.link.diffraction import (
    antenna_collection,
    axial_gain,
    axial_gain_factor,
    emitted_fraction,
    equivalent_half_angle_rad,
    gain_factor,
    gaussian_collection,
    gaussian_half_angle_rad,
    gaussian_radius_m,
    optimum_truncation,
    small_receiver_collection,
)
from euroqci_planner.mission.assets import DivergenceConvention
from euroqci_planner.units import decibel_loss


@pytest.mark.parametrize(
    ("convention", "loss_db"),
    [
        ("full_angle_1e2", 18.60),
        ("uniform_disc", 21.58),
        ("fwhm", 23.19),
        ("half_angle_1e2", 24.60),
    ],
)
def test_ten_microradian_mean_four_different_losses(convention, loss_db):
    half_angle = gaussian_half_angle_rad(10e-6, DivergenceConvention(convention))
    share = gaussian_collection(gaussian_radius_m(1_200e3, half_angle), 1.0)
    assert decibel_loss(share) == within(0.025 * DECIBEL, of=loss_db)


def test_fwhm_is_where_the_intensity_is_half():
    half_angle = gaussian_half_angle_rad(10e-6, DivergenceConvention.FWHM)
    assert np.exp(-2.0 * (5e-6 / half_angle) ** 2) == within(1e-12, of=0.5)


def test_a_known_waist_adds_in_square_to_the_radius():
    assert gaussian_radius_m(4e5, 10e-6, waist_m=3.0) == within(1e-12, of=5.0)


def test_an_annular_receiver_loses_what_its_obscuration_hides():
    whole = gaussian_collection(2.0, 1.0)
    hidden = gaussian_collection(2.0, 0.3)
    assert gaussian_collection(2.0, 1.0, 0.3) == within(1e-15, of=whole - hidden)


def test_the_emitted_gain_has_its_largest_value_for_uniform_filling():
    gain = axial_gain_factor(1e-4, 0.3) / emitted_fraction(1e-4, 0.3)
    assert gain == within(1e-6, of=1.0 - 0.3**2)


def test_the_pattern_on_axis_is_the_axial_gain():
    assert gain_factor(0.0, 1.08, 0.2) == within(1e-13, of=axial_gain_factor(1.08, 0.2))


@pytest.mark.parametrize("x", [0.5, 3.0, 20.0, 60.0])
def test_the_pattern_equals_the_published_integral(x):
    def field(u: float) -> float:
        return float(np.exp(-1.21 * u) * j0(x * np.sqrt(u)))

    integral = quad(field, 0.09, 1.0, epsabs=1e-14, limit=500)[0]
    assert gain_factor(x, 1.1, 0.3) == within(1e-13, of=2.0 * 1.21 * integral**2)


def test_the_pattern_is_not_given_where_the_quadrature_does_not_resolve_it():
    assert np.isnan(gain_factor(61.0, 1.0, 0.0))


def test_a_uniformly_lit_aperture_has_the_airy_pattern():
    x = np.array([0.5, 2.0, 3.8317, 5.0])
    pattern = gain_factor(x, 1e-3, 0.0) / gain_factor(0.0, 1e-3, 0.0)
    assert pattern == within(1e-6, of=(2.0 * j1(x) / x) ** 2)


def test_the_fitted_optimum_is_near_the_true_one_and_ends_at_its_range():
    assert optimum_truncation([0.0, 0.2, 0.4]) == within(0.011, of=[1.121, 1.074, 0.976])
    assert np.isnan(optimum_truncation(0.5))


@pytest.mark.parametrize("truncation", [0.3, 1.12, 1.3])
@pytest.mark.parametrize("ratio", [0.0, 0.4])
def test_the_equivalent_gaussian_stays_close_down_to_half_the_gain(truncation, ratio):
    x = np.linspace(0.0, 4.0, 400)
    angle = x * 1e-6 / (np.pi * 0.3)
    pattern = gain_factor(x, truncation, ratio) / gain_factor(0.0, truncation, ratio)
    half_angle = equivalent_half_angle_rad(0.3, 1e-6, truncation, ratio)
    gaussian = np.exp(-2.0 * (angle / half_angle) ** 2)
    near = gaussian >= 0.5
    gap = decibel_loss(gaussian[near]) - decibel_loss(pattern[near])
    assert gap == within(0.25 * DECIBEL, of=0.0)


def test_the_point_formula_is_a_decibel_optimistic_for_a_large_receiver():
    gain = axial_gain(0.3, 810e-9, float(axial_gain_factor(1.0, 0.0) / emitted_fraction(1.0, 0.0)))
    point = small_receiver_collection(np.array([500e3, 1_694.6e3]), gain, 1.2)
    assert decibel_loss(point) == within(0.01 * DECIBEL, of=[3.46, 14.07])


def test_the_antenna_form_is_the_square_of_the_fresnel_like_ratio():
    share = antenna_collection(1_000e3, 1550e-9, 0.15, 0.75)
    assert decibel_loss(share) == within(0.02 * DECIBEL, of=24.88)
