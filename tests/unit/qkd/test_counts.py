"""Counts from transmittance and noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import GATE_S, RECEIVER, SOURCE, channel

from euroqci_planner.mission.assets import DeadTimeKind
from euroqci_planner.qkd.counts import (
    ErrorSharing,
    expected_counts,
    registered_share,
    sum_per_pass,
)

ACTIVE = RECEIVER
PASSIVE = replace(RECEIVER, detectors=4)
QUIET = replace(RECEIVER, afterpulse_probability=0.0)


def test_one_slot_agrees_with_the_printed_formulas():
    eta, noise_hz, slot_s = 2e-3, 500.0, 0.5
    counts = expected_counts(SOURCE, RECEIVER, channel(eta, noise_hz, slot_s))
    p_ec, p_ap, e_int = noise_hz * GATE_S, 1e-3, 0.01
    for k, (mu, p) in enumerate(
        zip(SOURCE.intensities, SOURCE.intensity_probabilities, strict=True)
    ):
        detection = (1 + p_ap) * (1 - (1 - 2 * p_ec) * np.exp(-eta * mu))
        error = p_ec + 0.5 * p_ap * detection + e_int * (1 - np.exp(-eta * mu))
        pulses = 1e8 * slot_s * p
        assert counts.key_detections[0, k] == pytest.approx(0.64 * pulses * detection)
        assert counts.key_errors[0, k] == pytest.approx(0.64 * pulses * error)
        assert counts.test_detections[0, k] == pytest.approx(0.04 * pulses * detection)
        assert counts.test_errors[0, k] == pytest.approx(0.04 * pulses * error)


def test_the_ends_may_bias_their_bases_differently():
    receiver = replace(RECEIVER, key_basis_probability=0.6)
    counts = expected_counts(SOURCE, receiver, channel(1e-3))
    ratio = counts.test_detections / counts.key_detections
    np.testing.assert_allclose(ratio, (0.2 * 0.4) / (0.8 * 0.6))


def test_half_of_the_clicks_of_empty_pulses_are_wrong():
    counts = expected_counts(SOURCE, QUIET, channel(1e-3))
    assert counts.key_errors[0, 2] == pytest.approx(0.5 * counts.key_detections[0, 2])


def test_detections_share_errors_only_where_asked():
    shared = expected_counts(SOURCE, RECEIVER, channel(1e-3), sharing=ErrorSharing.BY_DETECTIONS)
    own = expected_counts(SOURCE, RECEIVER, channel(1e-3))
    ratio = shared.key_errors / shared.key_detections
    np.testing.assert_allclose(ratio, ratio[:, :1] * np.ones((1, 3)))
    assert shared.key_errors.sum() == pytest.approx(own.key_errors.sum())


def test_slots_add_up_whatever_their_width():
    eta = np.array([1e-3, 2e-3])
    whole = expected_counts(SOURCE, RECEIVER, channel(eta, [80.0, 120.0], [1.0, 2.0]))
    split = expected_counts(
        SOURCE,
        RECEIVER,
        channel(np.repeat(eta, 4), np.repeat([80.0, 120.0], 4), np.repeat([0.25, 0.5], 4)),
    )
    for name in whole.column_names():
        np.testing.assert_allclose(getattr(split, name), getattr(whole, name), rtol=1e-14)


def test_passes_keep_their_samples_and_an_empty_pass_counts_nothing():
    eta = np.array([1e-3, 2e-3, 3e-3])
    ragged = expected_counts(SOURCE, RECEIVER, channel(eta, first_sample=[0, 0, 2, 2, 3, 3]))
    alone = [
        expected_counts(SOURCE, RECEIVER, channel(part)).key_detections[0]
        for part in (eta[:2], eta[2:])
    ]
    np.testing.assert_allclose(ragged.key_detections[[1, 3]], alone, rtol=1e-15)
    assert np.all(ragged.key_detections[[0, 2, 4]] == 0.0)


def test_no_passes_give_no_rows():
    counts = expected_counts(SOURCE, RECEIVER, channel([], first_sample=[0]))
    assert len(counts) == 0
    assert counts.key_detections.shape == (0, 3)


def test_a_pass_that_the_link_cannot_say_all_about_is_missing_as_a_whole():
    eta = np.array([1e-3, np.nan, 1e-3, 1e-3])
    noise = np.array([100.0, 100.0, 100.0, 100.0])
    counts = expected_counts(SOURCE, RECEIVER, channel(eta, noise, first_sample=[0, 2, 4]))
    assert np.all(np.isnan(counts.key_detections[0]))
    assert np.all(np.isnan(counts.test_errors[0]))
    assert np.all(np.isfinite(counts.key_detections[1]))
    noise[3] = np.nan
    counts = expected_counts(SOURCE, RECEIVER, channel(eta, noise, first_sample=[0, 2, 4]))
    assert np.all(np.isnan(counts.key_detections))


def test_noise_that_fills_the_gate_is_out_of_range_and_not_clipped():
    bright = channel(1e-3, 0.51 / GATE_S)
    assert np.all(np.isnan(expected_counts(SOURCE, RECEIVER, bright).key_detections))


@pytest.mark.parametrize("receiver", [ACTIVE, PASSIVE], ids=["active", "passive"])
def test_dead_time_caps_the_rate_of_the_receiver(receiver):
    slow = replace(receiver, dead_time_s=1e-6, key_basis_probability=0.5)
    source = replace(SOURCE, key_basis_probability=0.5, intensities=(40.0, 20.0, 10.0))
    counts = expected_counts(source, slow, channel(1.0))
    matching = counts.key_detections.sum() + counts.test_detections.sum()
    ceiling = receiver.detectors / slow.dead_time_s
    assert 0.49 * ceiling < matching <= 0.5 * ceiling  # half of the pulses have matching bases


def test_dead_time_takes_the_same_share_of_every_intensity():
    dead = expected_counts(SOURCE, replace(RECEIVER, dead_time_s=5e-7), channel(1e-2))
    live = expected_counts(SOURCE, RECEIVER, channel(1e-2))
    share = dead.key_detections / live.key_detections
    np.testing.assert_allclose(share, share[0, 0])
    per_gate = live.key_detections.sum() / 0.64 / 1e8
    between = (1.0 - 0.1) * 100.0
    rate = 1e8 * per_gate / 2.0 + between
    assert share[0, 0] == pytest.approx(1.0 / (1.0 + rate * 5e-7))
    np.testing.assert_allclose(dead.test_errors / live.test_errors, share)


def test_a_paralysable_detector_registers_fewer_clicks_the_brighter_the_light():
    slow = replace(RECEIVER, dead_time_s=1e-6, dead_time_kind=DeadTimeKind.PARALYSABLE)
    other = replace(slow, dead_time_kind=DeadTimeKind.NON_PARALYSABLE)
    dim, bright, glaring = (
        expected_counts(SOURCE, slow, channel(share)).key_detections.sum()
        for share in (1e-4, 3e-2, 0.3)
    )
    assert dim < bright
    assert glaring < bright
    assert bright < expected_counts(SOURCE, other, channel(3e-2)).key_detections.sum()


def test_a_paralysable_detector_registers_most_at_one_click_per_dead_time():
    rate = np.linspace(1e5, 1e8, 10_000)
    registered = rate * registered_share(rate * 50e-9, paralysable=True)
    assert rate[np.argmax(registered)] == pytest.approx(2e7, abs=2e4)


def test_both_kinds_of_dead_time_agree_to_half_the_square_of_the_load():
    load = np.array([1e-3, 1e-2])
    lost, lengthened = registered_share(load), registered_share(load, paralysable=True)
    np.testing.assert_allclose(lost - lengthened, load**2 / 2.0, rtol=0.02)


def test_noise_between_the_gates_keeps_detectors_busy():
    source = replace(SOURCE, pulse_rate_hz=1e6)
    receiver = replace(QUIET, dead_time_s=1e-6)
    bright = expected_counts(source, receiver, channel(1e-3, 1e6)).key_detections[0, 0]
    live = expected_counts(source, QUIET, channel(1e-3, 1e6)).key_detections[0, 0]
    assert bright / live == pytest.approx(0.5, abs=0.01)


def test_a_passive_splitter_thins_the_light_of_a_basis_but_not_its_noise():
    receiver = replace(PASSIVE, afterpulse_probability=0.0)
    counts = expected_counts(SOURCE, receiver, channel(1e-3, 100.0))
    empty = 1e8 * 0.05 * 2.0 * 100.0 * GATE_S
    assert counts.key_detections[0, 2] == pytest.approx(0.8 * empty)
    assert counts.test_detections[0, 2] == pytest.approx(0.2 * empty)
    lit = counts.test_detections[0, 0] - counts.test_detections[0, 2] * 0.8 / 0.05
    assert lit == pytest.approx(1e8 * 0.8 * 0.2 * (1e-3 * 0.7 * 0.2), rel=1e-3)


def test_both_receivers_see_the_same_light_and_the_passive_one_twice_the_noise():
    # Two bases listen at every gate where the active receiver listens in one.
    dark, lit = channel(0.0, 100.0), channel(1e-3, 0.0)
    passive = replace(PASSIVE, afterpulse_probability=0.0)
    sums = {
        name: [
            sum(
                getattr(expected_counts(SOURCE, one, samples), kind).sum() / sent
                for kind, sent in (("key_detections", 0.8), ("test_detections", 0.2))
            )
            for samples in (dark, lit)
        ]
        for name, one in (("active", QUIET), ("passive", passive))
    }
    assert sums["passive"][0] == pytest.approx(2.0 * sums["active"][0])
    assert sums["passive"][1] == pytest.approx(sums["active"][1], rel=1e-3)


def test_sums_of_ragged_pieces_keep_leading_axes():
    values = np.arange(10.0).reshape(2, 5)
    sums = sum_per_pass(values, np.array([0, 3, 3, 5]))
    np.testing.assert_array_equal(sums, [[3.0, 0.0, 7.0], [18.0, 0.0, 17.0]])
