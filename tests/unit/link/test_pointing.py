"""Pointing: closed forms against sampling and against each other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import j0
from tolerances import DECIBEL, within

from euroqci_planner.link.pointing import (
    jitter_transfer,
    mean_pointing_transmittance,
    pointing_distribution,
    pointing_quantile,
)
from euroqci_planner.units import decibel_loss

HALF_ANGLE = 5e-6


def test_a_steady_beam_on_target_loses_nothing():
    assert mean_pointing_transmittance(HALF_ANGLE, (0.0, 0.0)) == 1.0


def test_bias_alone_is_the_gaussian_at_that_angle():
    share = mean_pointing_transmittance(HALF_ANGLE, (0.0, 0.0), 2e-6)
    assert share == within(1e-15, of=np.exp(-2.0 * 0.16))


def test_unequal_axes_multiply_and_the_bias_lies_along_the_first():
    share = mean_pointing_transmittance(HALF_ANGLE, (1e-6, 2e-6), 1e-6)
    x = np.linspace(-8, 8, 2001)
    weight = np.exp(-0.5 * x**2)
    along = np.average(np.exp(-2.0 * ((x * 1e-6 + 1e-6) / HALF_ANGLE) ** 2), weights=weight)
    across = np.average(np.exp(-2.0 * (x * 2e-6 / HALF_ANGLE) ** 2), weights=weight)
    assert share == within(1e-9, of=along * across)


def test_the_one_percent_quantile_overstates_the_loss_five_fold():
    mean = decibel_loss(mean_pointing_transmittance(HALF_ANGLE, (1.2e-6, 1.2e-6)))
    assert mean == within(0.005 * DECIBEL, of=0.900)
    quantile = decibel_loss(pointing_quantile(0.01, HALF_ANGLE, 1.2e-6))
    assert quantile == within(0.01 * DECIBEL, of=4.61)


@pytest.mark.parametrize("bias_rad", [0.0, 1e-6])
def test_quantile_and_distribution_are_inverse(bias_rad):
    chance = np.array([0.001, 0.1, 0.5, 0.9])
    value = pointing_quantile(chance, HALF_ANGLE, 1.2e-6, bias_rad)
    assert pointing_distribution(value, HALF_ANGLE, 1.2e-6, bias_rad) == within(1e-9, of=chance)


def test_quantiles_with_bias_are_those_of_sampled_errors():
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(2, 400_000)) * 1.2e-6
    sampled = np.exp(-2.0 * ((x + 1e-6) ** 2 + y**2) / HALF_ANGLE**2)
    chance = np.array([0.05, 0.5])
    value = pointing_quantile(chance, HALF_ANGLE, 1.2e-6, 1e-6)
    assert value == within(0.003, of=np.quantile(sampled, chance))


def test_a_transmittance_above_one_has_no_probability():
    assert np.isnan(pointing_distribution(1.1, HALF_ANGLE, 1e-6))


def test_isotropic_jitter_without_bias_has_a_gaussian_transfer():
    s = np.array([0.0, 0.5, 3.0])
    assert jitter_transfer(s, (0.7, 0.7)) == within(1e-14, of=np.exp(-0.5 * (0.7 * s) ** 2))


def test_bias_alone_has_a_bessel_transfer():
    s = np.array([0.0, 1.0, 10.0])
    assert jitter_transfer(s, (0.0, 0.0), 1.3) == within(1e-13, of=j0(1.3 * s))
