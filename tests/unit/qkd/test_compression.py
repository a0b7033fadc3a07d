"""Passes in a handful of pseudo-slots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE, channel

from euroqci_planner.qkd.compression import compressed, counts_within
from euroqci_planner.qkd.counts import expected_counts

PASS_DB = 30.0 + 8.0 * np.linspace(-1.0, 1.0, 301) ** 2
ETA = 10.0 ** (-0.1 * PASS_DB)
NOISE_HZ = 100.0 + 60.0 * np.linspace(-1.0, 1.0, 301) ** 2


def largest_error(counts, reference) -> float:
    """Largest relative deviation over all kinds, intensities and passes."""
    with np.errstate(invalid="ignore"):
        return max(
            float(np.nanmax(np.abs(getattr(counts, name) / getattr(reference, name) - 1.0)))
            for name in reference.column_names()
        )


@pytest.mark.parametrize("nodes", [1, 2, 3, 4])
def test_pseudo_slots_keep_the_moments_of_the_pass(nodes):
    small = compressed(channel(ETA, NOISE_HZ), nodes).samples
    for power in range(2 * nodes):
        kept = np.sum(small.slot_s * small.transmittance**power)
        assert kept == pytest.approx(np.sum(ETA**power), rel=1e-12)
    for power in range(nodes):
        kept = np.sum(small.slot_s * small.noise_hz * small.transmittance**power)
        assert kept == pytest.approx(np.sum(NOISE_HZ * ETA**power), rel=1e-12)


def test_the_three_moment_form_keeps_counts_to_ten_digits():
    exact = expected_counts(SOURCE, RECEIVER, channel(ETA, NOISE_HZ))
    small = compressed(channel(ETA, NOISE_HZ), 2)
    assert largest_error(expected_counts(SOURCE, RECEIVER, small.samples), exact) < 1e-10


@pytest.mark.parametrize("detectors", [2, 4])
def test_dead_time_is_kept(detectors):
    receiver = replace(RECEIVER, detectors=detectors, dead_time_s=5e-8)
    exact = expected_counts(SOURCE, receiver, channel(ETA, NOISE_HZ))
    small = compressed(channel(ETA, NOISE_HZ))
    assert largest_error(expected_counts(SOURCE, receiver, small.samples), exact) < 1e-9


def test_the_bound_of_an_ordinary_pass_is_small():
    receiver = replace(RECEIVER, dead_time_s=5e-8)
    assert compressed(channel(ETA, NOISE_HZ)).error_bound(SOURCE, receiver)[0] < 1e-6


def test_a_bound_that_is_not_met_brings_back_the_exact_sum():
    bright = np.linspace(0.0, 0.9, 50)
    samples = channel(np.concatenate((bright, ETA)), first_sample=[0, 50, 351])
    small = compressed(samples)
    assert small.error_bound(SOURCE, RECEIVER)[0] > 1e-6
    counts = counts_within(1e-6, SOURCE, RECEIVER, small, samples)
    exact = expected_counts(SOURCE, RECEIVER, samples)
    np.testing.assert_allclose(counts.key_detections[0], exact.key_detections[0], rtol=1e-15)
    assert 0.0 < largest_error(counts, exact) < 1e-9


@pytest.mark.parametrize("eta", [[1e-3], [1e-3] * 7, [1e-3, 2e-3], [0.0, 0.0, 0.0]])
def test_a_pass_with_fewer_values_than_nodes_is_exact(eta):
    samples = channel(eta, 300.0)
    counts = expected_counts(SOURCE, RECEIVER, compressed(samples).samples)
    assert largest_error(counts, expected_counts(SOURCE, RECEIVER, samples)) < 1e-13


def test_empty_passes_count_nothing_and_missing_ones_stay_missing():
    eta = np.array([1e-3, 2e-3, np.nan, 1e-3, 2e-3, 3e-3])
    samples = channel(eta, 100.0, first_sample=[0, 0, 2, 4, 6])
    small = compressed(samples)
    counts = counts_within(1e-6, SOURCE, RECEIVER, small, samples)
    assert np.all(counts.key_detections[0] == 0.0)
    assert np.all(np.isnan(counts.key_detections[2]))
    assert np.all(np.isnan(counts.test_errors[2]))
    exact = expected_counts(SOURCE, RECEIVER, samples)
    np.testing.assert_allclose(counts.key_errors[[1, 3]], exact.key_errors[[1, 3]], rtol=1e-12)


def test_one_slot_of_noise_out_of_range_is_not_averaged_away():
    noise = np.full(301, 100.0)
    noise[150] = 0.6 / RECEIVER.gate_s
    samples = channel(ETA, noise)
    small = compressed(samples)
    assert np.all(np.isfinite(expected_counts(SOURCE, RECEIVER, small.samples).key_detections))
    assert small.error_bound(SOURCE, RECEIVER)[0] == np.inf
    counts = counts_within(1e-3, SOURCE, RECEIVER, small, samples)
    assert np.all(np.isnan(counts.key_detections))
