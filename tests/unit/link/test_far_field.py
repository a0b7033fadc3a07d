"""The tabulated far field against closed forms and direct integration of the pattern."""

from __future__ import annotations

import numpy as np
import pytest
from link_cases import GAUSSIAN_20_URAD, PAIRS, TRUNCATED, payload
from tolerances import DECIBEL, within

from euroqci_planner.link.diffraction import (
    axial_gain_factor,
    emitted_fraction,
    gain_factor,
    gaussian_collection,
)
from euroqci_planner.link.far_field import aperture_transfer, far_field
from euroqci_planner.link.pointing import mean_pointing_transmittance
from euroqci_planner.mission.assets import TruncatedGaussianBeam
from euroqci_planner.units import decibel_loss

RANGES = np.array([400e3, 1_000e3, 2_500e3])


def test_a_steady_gaussian_collects_what_the_closed_form_says():
    steady = payload(pointing_jitter_rad=(0.0, 0.0), pointing_bias_rad=0.0)
    diffraction, pointing = far_field(steady).collection(RANGES, 0.8, 0.3)
    assert decibel_loss(diffraction) == within(
        1e-5 * DECIBEL, of=decibel_loss(gaussian_collection(10e-6 * RANGES, 0.8, 0.3))
    )
    assert pointing == within(1e-12, of=1.0)


@pytest.mark.parametrize("jitter", [(2e-6, 2e-6), (1e-6, 3e-6), (40e-6, 40e-6)])
@pytest.mark.parametrize("bias", [0.0, 3e-6])
def test_a_small_receiver_sees_the_closed_form_of_the_pointing_loss(jitter, bias):
    shaky = payload(pointing_jitter_rad=jitter, pointing_bias_rad=bias)
    _, pointing = far_field(shaky).collection(RANGES, 0.01)
    closed = mean_pointing_transmittance(10e-6, jitter, bias)
    assert decibel_loss(pointing) == within(1e-4 * DECIBEL, of=decibel_loss(closed))


def test_a_large_receiver_feels_less_jitter_exactly_as_a_widened_gaussian():
    shaky = payload(pointing_jitter_rad=(4e-6, 4e-6), pointing_bias_rad=0.0)
    diffraction, pointing = far_field(shaky).collection(400e3, 8.0)
    widened = np.sqrt((10e-6 * 400e3) ** 2 + 4.0 * (4e-6 * 400e3) ** 2)
    assert diffraction * pointing == within(1e-8, of=gaussian_collection(widened, 8.0))


@pytest.mark.parametrize(
    ("range_km", "loss_db"),
    [(500.0, 4.33), (570.5, 5.28), (909.4, 8.93), (1192.8, 11.17), (1694.6, 14.14)],
)
def test_a_truncated_gaussian_integrated_over_a_large_receiver(range_km, loss_db):
    terminal = payload(
        wavelength_m=810e-9,
        aperture_m=0.3,
        beam=TruncatedGaussianBeam(waist_m=0.15),
        pointing_jitter_rad=(0.0, 0.0),
        pointing_bias_rad=0.0,
    )
    diffraction, _ = far_field(terminal).collection(range_km * 1e3, 1.2)
    assert decibel_loss(diffraction) == within(0.006 * DECIBEL, of=loss_db)


def test_the_enclosed_power_is_the_integral_of_the_pattern():
    terminal = payload(beam=TRUNCATED, obscuration_ratio=0.3, pointing_jitter_rad=(0.0, 0.0))
    field = far_field(terminal)
    nodes, weights = np.polynomial.legendre.leggauss(300)
    for end in (0.4, 3.0, 17.0):
        x = 0.5 * end * (nodes + 1.0)
        inside = 0.25 * end * np.sum(weights * x * gain_factor(x, 1.0, 0.3))
        share = field.enclosed(end * field.angle_unit_rad)[0]
        assert share == within(1e-7, of=inside / emitted_fraction(1.0, 0.3))


def test_jitter_of_a_truncated_beam_is_the_mean_of_its_pattern():
    terminal = payload(
        beam=TRUNCATED,
        obscuration_ratio=0.3,
        pointing_jitter_rad=(4e-6, 2e-6),
        pointing_bias_rad=3e-6,
    )
    _, pointing = far_field(terminal).collection(1_000e3, 0.01)
    z = np.linspace(-6.5, 6.5, 261)
    weight = np.exp(-0.5 * z**2) / np.exp(-0.5 * z**2).sum()
    angle = np.hypot(*np.meshgrid(z * 4e-6 + 3e-6, z * 2e-6, indexing="ij"))
    x = angle * np.pi * 0.085 / 850e-9
    mean = weight @ gain_factor(x, 1.0, 0.3) @ weight / gain_factor(0.0, 1.0, 0.3)
    assert pointing == within(1e-6, of=mean)


def test_weak_pulses_refer_to_the_emitted_power_and_pairs_to_the_power_before_the_aperture():
    pulses, pairs = payload(beam=TRUNCATED), payload(beam=TRUNCATED, source=PAIRS)
    ratio = far_field(pairs).collection(1e6, 0.8)[0] / far_field(pulses).collection(1e6, 0.8)[0]
    assert ratio == within(1e-12, of=emitted_fraction(1.0, 0.0))
    small = far_field(pairs).collection(1e6, 0.01)[0]
    gain = (np.pi * 0.085 / 850e-9) ** 2 * axial_gain_factor(1.0, 0.0)
    assert small / (gain * 0.005**2 / (4.0 * 1e12)) == within(1e-5, of=1.0)


def test_a_divergence_means_the_same_for_pairs():
    pulses, pairs = payload(beam=GAUSSIAN_20_URAD), payload(source=PAIRS)
    assert far_field(pairs).collection(1e6, 0.8) == far_field(pulses).collection(1e6, 0.8)


def test_the_overlap_of_two_clear_circles_is_the_known_lens():
    shift = np.array([0.3, 1.0, 1.9])
    lens = 2.0 * np.arccos(0.5 * shift) - shift * np.sqrt(1.0 - 0.25 * shift**2)
    assert aperture_transfer(shift, 1e-6, 0.0) == within(1e-9, of=lens)


def test_beyond_the_tabulated_pattern_there_is_no_number():
    assert np.isnan(far_field(payload()).collection(1e3, 1.0)[0])


def test_scalar_and_array_ranges_give_the_same_numbers():
    field = far_field(payload(beam=TRUNCATED))
    together = field.collection(RANGES, 0.8, 0.3)
    alone = [field.collection(distance, 0.8, 0.3) for distance in RANGES]
    assert np.array_equal(np.array(together), np.array(alone).T)
