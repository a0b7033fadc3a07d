"""Finite keys of entangled pairs, their ledger and the model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE, channel, payload_with

from euroqci_planner.mission.assets import PairSource, Protocol, SettingsPolicy
from euroqci_planner.mission.interfaces import KeyModel
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.scenario import ErrorCorrectionModel, Policy
from euroqci_planner.qkd.bbm92 import (
    KeyedBases,
    asymptotic_pair_rate_bps,
    bbm92_key,
    infinite_block_pair_key,
)
from euroqci_planner.qkd.bbm92_model import (
    Bbm92Model,
    dual_downlink_counts,
    share_inside_window,
)
from euroqci_planner.qkd.entropy import binary_entropy
from euroqci_planner.qkd.ledger import pair_failure, pair_ledger
from euroqci_planner.qkd.sampling import SAMPLING_BOUNDS, Sampling

PAIRS = PairSource(
    protocol=Protocol.BBM92,
    settings=SettingsPolicy.FIXED,
    pair_rate_hz=6e6,
    coincidence_window_s=1e-9,
    local_arm_efficiency=0.3,
    local_dark_count_hz=1e3,
    key_basis_probability=0.5,
    intrinsic_error=0.01,
)
STATION = replace(
    RECEIVER, detectors=4, key_basis_probability=0.5, dead_time_s=3e-8, afterpulse_probability=0.0
)
SAMPLES = channel(np.full(600, 5e-4), 80.0, first_sample=[0, 200, 600])


def rounds(key, key_errors, test, test_errors):
    """Counts of blocks given as lists."""
    columns = zip(
        ("key_detections", "key_errors", "test_detections", "test_errors"),
        (key, key_errors, test, test_errors),
        strict=True,
    )
    return DetectionCounts(**{name: np.reshape(values, (-1, 1)) for name, values in columns})


def test_the_length_is_the_sum_of_its_terms():
    counts, policy = rounds([2e4], [500.0], [3e4], [900.0]), Policy()
    key = bbm92_key(counts, policy, keyed=KeyedBases.KEY_BASIS)
    bound = SAMPLING_BOUNDS[Sampling.EXACT](
        np.array([900.0]), np.array([3e4]), np.array([2e4]), (1e-9 / 4.0) ** 2
    )
    cost = np.log2(2.0 / 1e-15) + 2.0 * np.log2(1.0 / 1e-9)
    expected = 2e4 * (1.0 - binary_entropy(bound) - 1.16 * binary_entropy(0.025)) - cost
    np.testing.assert_allclose(key.key_bits_signed, expected, rtol=1e-12)
    np.testing.assert_allclose(key.phase_error, bound, rtol=1e-12)
    assert key.sifted_bits == 2e4
    assert key.test_single_photon_events == 3e4


def test_with_both_bases_each_is_the_test_of_the_other():
    policy = Policy()
    both = bbm92_key(rounds([2e4], [500.0], [3e4], [900.0]), policy)
    half = replace(policy, epsilon_secrecy=5e-10, epsilon_correctness=5e-16)
    one = bbm92_key(rounds([2e4], [500.0], [3e4], [900.0]), half, keyed=KeyedBases.KEY_BASIS)
    other = bbm92_key(rounds([3e4], [900.0], [2e4], [500.0]), half, keyed=KeyedBases.KEY_BASIS)
    np.testing.assert_allclose(
        both.key_bits_signed, one.key_bits_signed + other.key_bits_signed, rtol=1e-12
    )
    assert both.sifted_bits == 5e4
    assert both.qber == pytest.approx(1_400.0 / 5e4)


def test_a_basis_without_key_is_left_out():
    lopsided = rounds([5e4], [1_000.0], [300.0], [6.0])
    key = bbm92_key(lopsided, Policy())
    assert key.sifted_bits == 5e4
    assert key.key_bits_signed > 0.0
    swapped = bbm92_key(rounds([300.0], [6.0], [5e4], [1_000.0]), Policy())
    np.testing.assert_allclose(swapped.key_bits_signed, key.key_bits_signed, rtol=1e-12)
    lost = bbm92_key(rounds([40.0], [1.0], [30.0], [1.0]), Policy())
    assert lost.key_bits_signed < 0.0


def test_nothing_counted_and_nothing_known():
    key = bbm92_key(
        rounds([0.0, np.nan, 100.0], [0.0, 1.0, 0.0], [0.0, 9.0, 0.0], [0.0, 0.0, 0.0]), Policy()
    ).as_yield()
    assert np.isnan(key.key_bits_signed).tolist() == [False, True, False]
    assert key.key_bits[0] == key.key_bits[2] == 0.0
    assert np.isnan(key.phase_error[0])
    assert key.phase_error[2] == 0.5


@pytest.mark.parametrize("sampling", list(Sampling))
def test_finite_blocks_yield_less_and_large_ones_approach_the_limit(sampling):
    small = rounds([2e4], [500.0], [2e4], [500.0])
    large = rounds([2e10], [5e8], [2e10], [5e8])
    assert bbm92_key(small, Policy(), sampling=sampling).key_bits_signed < (
        infinite_block_pair_key(small, Policy()).key_bits_signed
    )
    ratio = (
        bbm92_key(large, Policy(), sampling=sampling).key_bits_signed
        / infinite_block_pair_key(large, Policy()).key_bits_signed
    )
    assert ratio == pytest.approx(1.0, abs=2e-3)


def test_the_exact_tail_gives_most():
    counts = rounds([3e3, 2e4], [90.0, 500.0], [3e3, 2e4], [90.0, 500.0])
    lengths = {
        sampling: bbm92_key(counts, Policy(), sampling=sampling).key_bits_signed
        for sampling in Sampling
    }
    assert np.all(lengths[Sampling.EXACT] > lengths[Sampling.GAMMA_U] * (1.0 - 1e-3))
    assert np.all(lengths[Sampling.EXACT] > lengths[Sampling.SERFLING])


def test_the_infinite_limit_is_the_published_rate():
    counts = rounds([1e6], [4.51e4], [1e6], [4.51e4])
    policy = Policy(error_correction_efficiency=1.19)
    rate = asymptotic_pair_rate_bps(np.array([2e6]), np.array([0.0451]), 1.19)
    np.testing.assert_allclose(infinite_block_pair_key(counts, policy).key_bits_signed, rate)


def test_the_finite_length_floor_counts_for_pairs_too():
    counts = rounds([1e4], [200.0], [1e4], [200.0])
    floor = Policy(error_correction_model=ErrorCorrectionModel.FINITE_LENGTH)
    tight = replace(floor, error_correction_efficiency=1.0)
    assert bbm92_key(counts, tight).error_correction_bits > (
        bbm92_key(counts, Policy(error_correction_efficiency=1.0)).error_correction_bits
    )


@pytest.mark.parametrize("bases", [1, 2])
def test_the_ledger_sums_to_the_promise_and_shows_the_split(bases):
    book = pair_ledger(1e-9, 1e-15, bases)
    assert book.total == pytest.approx(1e-9 + 1e-15, rel=1e-15)
    sampling, amplification, verification = book.shares
    failure = pair_failure(1e-9, bases)
    assert sampling.epsilon_each == pytest.approx(2.0 * np.sqrt(failure), rel=1e-12)
    assert f"{failure:.3g}" in sampling.purpose
    assert amplification.uses == sampling.uses == verification.uses == bases


def test_the_model_goes_from_samples_to_key():
    model: KeyModel = Bbm92Model()
    payload = replace(payload_with(SOURCE), source=PAIRS)
    counts = model.counts(
        payload,
        STATION,
        SAMPLES.transmittance,
        SAMPLES.noise_hz,
        SAMPLES.slot_s,
        SAMPLES.first_sample,
    )
    inside = share_inside_window(1e-9, STATION.timing_jitter_s)
    true = 6e6 * 0.3 * 5e-4 / 4.0
    chance = (6e6 * 0.3 + 1e3) / 2.0 * (6e6 * 5e-4 / inside + 4 * 80.0) / 2.0 * 1e-9
    live = 1.0 / (1.0 + (6e6 * 5e-4 / inside + 320.0) / 4.0 * 3e-8)
    expected = live * (true + chance) * np.array([200.0, 400.0])
    np.testing.assert_allclose(counts.key_detections[:, 0], expected, rtol=1e-9)
    key = model.keys(payload, counts, Policy())
    assert np.all(key.key_bits > 0.0)
    assert model.ledger(payload, Policy()) == pair_ledger(1e-9, 1e-15, 2)
    cited = " ".join(item.citation for item in model.models)
    for word in ("Tomamichel", "Fung", "hypergeometric"):
        assert word in cited


def test_pulses_are_refused_by_the_name_of_the_payload():
    with pytest.raises(TypeError, match="terminal"):
        Bbm92Model().keys(payload_with(SOURCE), rounds([1.0], [0.0], [1.0], [0.0]), Policy())


def test_the_share_inside_the_window_is_that_of_a_gaussian():
    fwhm = 350e-12
    sigma = fwhm / 2.354_820_045
    times = np.random.default_rng(0).normal(0.0, sigma, 400_000)
    for window in (3e-10, 1e-9):
        seen = np.mean(np.abs(times) < 0.5 * window)
        assert share_inside_window(window, fwhm) == pytest.approx(seen, abs=3e-3)
    assert share_inside_window(1e-9, 0.0) == 1.0


def test_a_dual_downlink_multiplies_both_arms_and_both_jitters():
    rising = channel(np.array([1e-3, 3e-3]), 50.0)
    falling = channel(np.array([3e-3, 1e-3]), 50.0)
    same, crossed = (
        dual_downlink_counts(PAIRS, (STATION, STATION), pair)
        for pair in ((rising, rising), (rising, falling))
    )
    assert same.key_detections.item() > 1.5 * crossed.key_detections.item()
    one = share_inside_window(1e-9, STATION.timing_jitter_s)
    both = share_inside_window(1e-9, np.sqrt(2.0) * STATION.timing_jitter_s)
    quiet = replace(STATION, dead_time_s=0.0)
    dark = replace(PAIRS, pair_rate_hz=1.0)
    seen = dual_downlink_counts(
        dark, (quiet, quiet), (channel(np.array([1e-3]), 0.0), channel(np.array([1e-3]), 0.0))
    )
    assert seen.key_detections.item() == pytest.approx(1e-6 / one**2 * both / 4.0, rel=1e-6)


def test_stations_at_different_instants_are_refused():
    with pytest.raises(ValueError, match="same instants"):
        dual_downlink_counts(
            PAIRS, (STATION, STATION), (channel(np.ones(3) * 1e-3), channel(np.ones(2) * 1e-3))
        )
