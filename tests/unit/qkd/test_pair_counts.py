"""Coincidences of a source of pairs against hand computation and simulated clicks."""

from __future__ import annotations

import numpy as np
import pytest

from euroqci_planner.qkd.pair_counts import PairArm, PairEmission, pair_counts

EMISSION = PairEmission(pair_rate_hz=5e6, window_s=1e-9, inside=0.9, intrinsic_error=0.02)
ONE_PASS = (np.array([1.0, 2.0]), np.array([0, 2]))


def arm(transmittance, noise_hz, share=0.5, detectors=4, **more):
    return PairArm(
        transmittance=np.asarray(transmittance),
        noise_hz=np.asarray(noise_hz),
        key_basis_probability=share,
        detectors=detectors,
        **more,
    )


def totals(counts):
    return [
        getattr(counts, name).item()
        for name in ("key_detections", "key_errors", "test_detections", "test_errors")
    ]


def test_balanced_splitters_give_the_published_rates():
    local, far = arm(0.3, 2e3), arm(np.array([1e-4, 2e-4]), np.array([800.0, 900.0]))
    seen = totals(pair_counts(EMISSION, (local, far), *ONE_PASS))
    expected = np.zeros(2)
    for slot, eta, noise in ((1.0, 1e-4, 800.0), (2.0, 2e-4, 900.0)):
        true = 0.9 * 5e6 * 0.3 * eta
        chance = (5e6 * 0.3 + 2e3) * (5e6 * eta + noise) * 1e-9
        expected += slot * np.array([true + chance, 0.02 * true + 0.5 * chance]) / 4.0
    np.testing.assert_allclose(seen, np.tile(expected, 2), rtol=1e-12)


def test_a_switch_and_a_splitter_differ_in_the_noise_of_the_rarer_basis():
    bright = arm(0.3, 0.0)
    split = arm(np.full(2, 1e-5), 1e4, share=0.9, detectors=4)
    switched = arm(np.full(2, 1e-5), 1e4, share=0.9, detectors=2)
    one, other = (pair_counts(EMISSION, (bright, far), *ONE_PASS) for far in (split, switched))
    assert one.test_errors.item() > 2.0 * other.test_errors.item()
    assert one.key_errors.item() < other.key_errors.item()
    without = pair_counts(EMISSION, (bright, arm(np.full(2, 1e-5), 0.0, 0.9, 4)), *ONE_PASS)
    switch_without = pair_counts(EMISSION, (bright, arm(np.full(2, 1e-5), 0.0, 0.9, 2)), *ONE_PASS)
    np.testing.assert_allclose(totals(without), totals(switch_without), rtol=1e-12)


def test_transmittances_multiply_before_they_are_summed():
    rising, falling = np.array([1e-3, 3e-3]), np.array([3e-3, 1e-3])
    slots = (np.ones(2), np.array([0, 2]))
    quiet = PairEmission(pair_rate_hz=1e6, window_s=1e-15, inside=1.0, intrinsic_error=0.0)
    together = pair_counts(quiet, (arm(rising, 0.0), arm(rising, 0.0)), *slots)
    apart = pair_counts(quiet, (arm(rising, 0.0), arm(falling, 0.0)), *slots)
    assert together.key_detections.item() == pytest.approx(1e6 * 10e-6 / 4.0, rel=1e-6)
    assert apart.key_detections.item() == pytest.approx(1e6 * 6e-6 / 4.0, rel=1e-6)


def test_dead_time_takes_its_share_of_the_detectors_of_a_basis():
    far = arm(np.full(2, 1e-4), 100.0)
    quick, slow = arm(0.4, 0.0), arm(0.4, 0.0, dead_time_s=1e-6)
    live = 1.0 / (1.0 + 5e6 * 0.4 * 0.5 / 2.0 * 1e-6)
    ratio = (
        pair_counts(EMISSION, (slow, far), *ONE_PASS).key_detections
        / pair_counts(EMISSION, (quick, far), *ONE_PASS).key_detections
    )
    assert ratio.item() == pytest.approx(live, rel=1e-12)


def test_afterpulses_add_chance_and_no_pairs():
    plain, noisy = (arm(np.full(2, 1e-4), 500.0, afterpulse_probability=p) for p in (0.0, 0.1))
    local = arm(0.3, 0.0)
    one, other = (pair_counts(EMISSION, (local, far), *ONE_PASS) for far in (plain, noisy))
    chance = (5e6 * 0.3 / 2.0) * (5e6 * 1e-4 + 500.0) / 2.0 * 1e-9 * 3.0
    added = (other.key_detections - one.key_detections).item()
    assert added == pytest.approx(0.1 * chance, rel=1e-9)


def test_missing_samples_empty_passes_and_crowded_windows():
    eta = np.array([1e-3, np.nan, 1e-3])
    slots = (np.ones(3), np.array([0, 1, 1, 3]))
    seen = pair_counts(EMISSION, (arm(0.3, 0.0), arm(eta, 0.0)), *slots).key_detections[:, 0]
    assert seen[0] > 0.0
    assert seen[1] == 0.0
    assert np.isnan(seen[2])
    wild = PairEmission(pair_rate_hz=1e10, window_s=1e-9, inside=1.0, intrinsic_error=0.0)
    lit = pair_counts(
        wild, (arm(0.5, 0.0), arm(np.array([1e-6]), 0.0)), np.ones(1), np.array([0, 1])
    )
    assert np.isnan(lit.key_detections.item())


def test_simulated_clicks_agree():
    """Poisson pairs and noise in time, coincidences counted within the window."""
    random = np.random.default_rng(12)
    rate, seconds, window = 2e5, 40.0, 2e-7
    pairs = np.sort(random.uniform(0.0, seconds, random.poisson(rate * seconds)))
    clicks = []
    for eta, noise in ((0.3, 2e4), (0.02, 3e3)):
        kept = pairs[random.random(pairs.size) < eta]
        dark = random.uniform(0.0, seconds, random.poisson(noise * seconds))
        clicks.append(np.sort(np.concatenate([kept, dark])))
    edges = clicks[0][:, np.newaxis] + np.array([-0.5, 0.5]) * window
    found = np.diff(np.searchsorted(clicks[1], edges), axis=1).sum()
    emission = PairEmission(pair_rate_hz=rate, window_s=window, inside=1.0, intrinsic_error=0.0)
    arms = (arm(0.3, 2e4, share=1.0, detectors=2), arm(0.02, 3e3, share=1.0, detectors=2))
    counts = pair_counts(emission, arms, np.array([seconds]), np.array([0, 1]))
    assert counts.key_detections.item() == pytest.approx(found, abs=4.0 * np.sqrt(found))
