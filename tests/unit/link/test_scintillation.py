"""Scintillation: weak and saturated limits, aperture averaging, fading against sampling."""

from __future__ import annotations

import numpy as np
import pytest
from tolerances import within

from euroqci_planner.link.pointing import pointing_distribution
from euroqci_planner.link.scintillation import (
    averaged_scintillation,
    fading_distribution,
    fading_quantile,
    link_fading_distribution,
    log_variance,
    point_scintillation,
    scintillation_index,
)
from euroqci_planner.link.slant_path import flat_path
from euroqci_planner.link.turbulence import rytov_variance
from euroqci_planner.link.turbulence_profile import HV_5_7, profile_above

PROFILE = profile_above(HV_5_7)


def path(elevation_deg):
    return flat_path(np.deg2rad(elevation_deg), PROFILE.height_m)


def test_a_point_in_weak_turbulence_scintillates_with_the_rytov_variance():
    assert point_scintillation(1e-4) / 1e-4 == within(1e-3, of=1.0)


def test_strong_turbulence_saturates_near_one():
    assert point_scintillation([5.0, 25.0, 400.0]) == within(0.25, of=1.2)


def test_a_vanishing_aperture_averages_nothing():
    point = rytov_variance(785e-9, PROFILE, path(30.0))
    small = averaged_scintillation(785e-9, 1e-5, PROFILE, path(30.0))
    assert small / point == within(0.002, of=1.0)


def test_larger_telescopes_scintillate_less():
    index = [
        float(averaged_scintillation(850e-9, d, PROFILE, path(25.0))) for d in (0.05, 0.2, 0.5, 2.0)
    ]
    assert np.all(np.diff(index) < 0.0)


def test_the_index_is_the_saturated_one_where_the_weak_form_exceeds_it():
    strong = path(5.0)
    weak = averaged_scintillation(532e-9, 0.001, PROFILE, strong)
    index = scintillation_index(532e-9, 0.001, PROFILE, strong)
    assert index < weak
    assert index == point_scintillation(rytov_variance(532e-9, PROFILE, strong))


def test_fading_keeps_the_mean_power_and_has_the_index_as_its_variance():
    chance = (np.arange(200_000) + 0.5) / 200_000
    power = fading_quantile(chance, 0.2)
    assert power.mean() == within(1e-4, of=1.0)
    assert power.var() == within(1e-3, of=0.2)


def test_fading_quantile_and_distribution_are_inverse():
    chance = np.array([0.001, 0.3, 0.99])
    assert fading_distribution(fading_quantile(chance, 0.1), 0.1) == within(1e-12, of=chance)


def test_log_variance_of_a_small_index_is_the_index():
    assert log_variance(0.01) == within(1e-4, of=0.01)


@pytest.mark.parametrize("bias_rad", [0.0, 1e-6])
def test_pointing_times_scintillation_is_distributed_as_its_samples(bias_rad):
    rng = np.random.default_rng(20260614)
    x, y = rng.normal(size=(2, 1_000_000)) * 1.2e-6
    spread = np.sqrt(np.log1p(0.05))
    power = np.exp(spread * rng.normal(size=1_000_000) - 0.5 * spread**2)
    power *= np.exp(-2.0 * ((x + bias_rad) ** 2 + y**2) / 25e-12)
    value = np.array([0.1, 0.5, 1.0, 1.5])
    sampled = np.mean(power[:, None] < value, axis=0)
    computed = link_fading_distribution(value, 0.05, 5e-6, 1.2e-6, bias_rad)
    assert computed == within(0.002, of=sampled)


def test_without_jitter_to_speak_of_the_link_fades_as_it_scintillates():
    value = np.array([0.5, 0.9, 1.3])
    steady = link_fading_distribution(value, 0.1, 5e-6, 1e-9)
    assert steady == within(1e-5, of=fading_distribution(value, 0.1))


def test_without_scintillation_to_speak_of_the_link_fades_as_it_points():
    value = np.array([0.2, 0.5, 0.9])
    calm = link_fading_distribution(value, 1e-6, 5e-6, 1.2e-6)
    assert calm == within(2e-3, of=pointing_distribution(value, 5e-6, 1.2e-6))
