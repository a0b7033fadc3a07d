"""Best settings per pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE, channel

from euroqci_planner.mission.assets import Protocol
from euroqci_planner.mission.scenario import Concentration, ErrorCorrectionModel, Policy
from euroqci_planner.qkd.compression import compressed
from euroqci_planner.qkd.key_objective import KeyObjective, decoy_key
from euroqci_planner.qkd.optimise import SearchEffort, optimise_settings
from euroqci_planner.qkd.pass_settings import counts_under, own_settings
from euroqci_planner.qkd.settings_space import SettingsLimits
from euroqci_planner.qkd.trial_counts import (
    PassChannels,
    ReceiverColumns,
    TrialSettings,
    trial_counts,
)

ONE_DECOY = replace(
    SOURCE,
    protocol=Protocol.BB84_ONE_DECOY,
    intensities=(0.6, 0.2),
    intensity_probabilities=(0.7, 0.3),
)
SHAPE = 10.0 ** (-0.8 * np.linspace(-1.0, 1.0, 240) ** 2)
LOSSES_DB = np.array([24.0, 30.0, 34.0, 37.0, 40.0, 42.0])
SAMPLES = channel(
    np.concatenate([SHAPE * 10.0 ** (-0.1 * loss) for loss in LOSSES_DB]),
    200.0,
    first_sample=np.arange(7) * 240,
)
POLICIES = [
    Policy(concentration=concentration, error_correction_model=model)
    for concentration in Concentration
    for model in ErrorCorrectionModel
]


def channels_of(source=SOURCE, receiver=RECEIVER, samples=SAMPLES):
    columns = ReceiverColumns.of(receiver, len(samples.first_sample) - 1)
    return PassChannels.of(source, columns, compressed(samples))


def key_at(channels, trial, policy):
    return KeyObjective(policy).of_trial(channels, trial)


def nudged(best, channels, random):
    """Settings a little off, 200 of them."""
    trial = best.trial()
    mu = trial.intensities * np.exp(random.normal(0.0, 0.02, (len(trial.intensities), 1, 200)))
    p = trial.probabilities * np.exp(random.normal(0.0, 0.02, (len(trial.intensities), 1, 200)))
    sent = 1.0 - (1.0 - trial.sent) * np.exp(random.normal(0.0, 0.02, (1, 200)))
    return TrialSettings(mu, p / np.sum(p, axis=0), sent, channels.receivers.received(sent))


@pytest.mark.parametrize("policy", POLICIES, ids=str)
@pytest.mark.parametrize("source", [SOURCE, ONE_DECOY], ids=["two decoys", "one decoy"])
def test_no_settings_nearby_are_better(source, policy):
    channels = channels_of(source)
    best = optimise_settings(channels, policy)
    assert best.has_key[:4].all()
    tried = key_at(channels, nudged(best, channels, np.random.default_rng(5)), policy)
    assert np.all(tried <= best.key_bits_signed[:, np.newaxis] * (1.0 + 3e-6) + 1e-6)


@pytest.mark.parametrize("source", [SOURCE, ONE_DECOY], ids=["two decoys", "one decoy"])
def test_the_key_of_the_settings_is_the_key_that_was_promised(source):
    channels, policy = channels_of(source), Policy()
    best = optimise_settings(channels, policy)
    counts = counts_under(SAMPLES, channels.receivers, best)
    key = decoy_key(counts, best.decoy_settings(), policy).as_yield()
    np.testing.assert_allclose(key.key_bits_signed, best.key_bits_signed, rtol=1e-7)


def test_more_starts_find_nothing_better_and_no_key_is_missed():
    losses = np.linspace(41.0, 46.0, 21)
    eta = np.concatenate([SHAPE * 10.0 ** (-0.1 * loss) for loss in losses])
    samples = channel(eta, 200.0, first_sample=np.arange(22) * 240)
    for source in (SOURCE, ONE_DECOY):
        for concentration in (Concentration.CHERNOFF, Concentration.HOEFFDING):
            policy, channels = (
                Policy(concentration=concentration),
                channels_of(source, samples=samples),
            )
            found = optimise_settings(channels, policy).key_bits_signed
            effort = SearchEffort(design=1_500, starts=16)
            best = optimise_settings(channels, policy, effort=effort).key_bits_signed
            assert 0 < np.count_nonzero(best > 0.0) < 21
            np.testing.assert_array_equal(found > 0.0, best > 0.0)
            assert np.all(found[best > 0.0] >= best[best > 0.0] * (1.0 - 1e-3))
            assert np.count_nonzero((best > 0.0) & (found < best * (1.0 - 1e-7))) <= 1


def test_a_pass_among_others_gets_what_it_gets_alone():
    channels = channels_of()
    together = optimise_settings(channels, Policy())
    for row in (0, 3):
        alone = optimise_settings(channels.take([row]), Policy())
        assert alone.key_bits_signed[0] == pytest.approx(together.key_bits_signed[row], rel=1e-9)
        np.testing.assert_allclose(alone.intensities[0], together.intensities[row], rtol=1e-3)


def test_the_same_passes_give_the_same_bytes():
    first, second = (optimise_settings(channels_of(), Policy()) for _ in range(2))
    for name in first.column_names():
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_without_any_key_the_settings_of_the_source_stand():
    channels = channels_of(samples=channel(np.full(300, 1e-7), 500.0))
    best = optimise_settings(channels, Policy())
    assert best.has_key.tolist() == [False]
    assert best.intensities[0].tolist() == list(SOURCE.intensities)
    assert best.key_basis_probability[0] == SOURCE.key_basis_probability
    own = key_at(channels, own_settings(SOURCE, channels.receivers), Policy())
    assert best.key_bits_signed[0] == own[0, 0] < 0.0


def test_a_missing_pass_stays_missing_and_an_empty_one_has_no_key():
    eta = np.concatenate([[1e-3, np.nan], np.full(200, 2e-3)])
    samples = channel(eta, 100.0, first_sample=[0, 2, 2, 202])
    best = optimise_settings(channels_of(samples=samples), Policy())
    assert best.has_key.tolist() == [False, False, True]
    assert best.key_bits_signed[0] == -np.inf
    assert best.key_bits_signed[1] < 0.0


def test_no_passes_at_all_are_no_trouble():
    none = channel(np.zeros(0), 100.0, first_sample=[0])
    assert len(optimise_settings(channels_of(samples=none), Policy())) == 0


def test_limits_hold_and_cost_key():
    channels, policy = channels_of(), Policy()
    limits = SettingsLimits(weak_intensity=(0.12, 0.14), key_basis_probability=(0.5, 0.82))
    free, bound = optimise_settings(channels, policy), optimise_settings(channels, policy, limits)
    rows = bound.intensities[:, 0] != SOURCE.intensities[0]
    assert np.count_nonzero(rows) >= 2
    assert np.all((bound.intensities[rows, 1] >= 0.12) & (bound.intensities[rows, 1] <= 0.14))
    assert np.all(bound.key_basis_probability[rows] <= 0.82)
    assert np.all(bound.key_bits_signed[rows] < free.key_bits_signed[rows])


def test_never_worse_than_the_settings_of_the_source_outside_the_limits():
    channels, policy = channels_of(), Policy()
    limits = SettingsLimits(signal_intensity=(1.9, 2.0), weak_intensity=(0.9, 1.0))
    best = optimise_settings(channels, policy, limits)
    own = key_at(channels, own_settings(SOURCE, channels.receivers), policy)[:, 0]
    assert np.all(best.key_bits_signed >= own)


def test_a_splitter_keeps_its_share_and_the_sender_adapts():
    splitter = replace(RECEIVER, detectors=4, key_basis_probability=0.5)
    best = optimise_settings(channels_of(receiver=splitter), Policy())
    assert np.all(best.receiver_key_basis_probability == 0.5)
    active = optimise_settings(channels_of(receiver=RECEIVER), Policy())
    np.testing.assert_array_equal(
        active.receiver_key_basis_probability[:4], active.key_basis_probability[:4]
    )
    assert np.all(best.key_bits_signed[:3] < active.key_bits_signed[:3])


def test_dead_time_is_part_of_the_search():
    slow = replace(RECEIVER, dead_time_s=2e-5)
    bright = channel(SHAPE * 0.02, 200.0)
    channels = channels_of(receiver=slow, samples=bright)
    best = optimise_settings(channels, Policy())
    blind = optimise_settings(channels_of(samples=bright), Policy())
    assert best.key_bits_signed[0] > 1.001 * key_at(channels, blind.trial(), Policy())[0, 0]


def test_a_third_intensity_that_is_not_dark_stays():
    leaky = replace(SOURCE, intensities=(0.7, 0.1, 1e-3))
    best = optimise_settings(channels_of(leaky), Policy())
    assert np.all(best.intensities[:, 2] == 1e-3)
    dark = optimise_settings(channels_of(), Policy())
    assert np.all(best.key_bits_signed[:3] < dark.key_bits_signed[:3])


def test_counts_of_a_trial_are_what_the_proof_sees():
    channels = channels_of()
    best = optimise_settings(channels, Policy())
    seen = trial_counts(channels, best.trial()).table()
    signed = decoy_key(seen, best.decoy_settings(), Policy()).key_bits_signed
    np.testing.assert_allclose(signed, best.key_bits_signed, rtol=1e-9)


def test_larger_blocks_never_have_a_shorter_best_key_per_pass():
    """Two blocks are one block with more to lose: what two give, their sum gives too."""
    splitter = replace(RECEIVER, detectors=4, dead_time_s=5e-8)
    sizes = np.array([0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0])
    eta = 10.0 ** (-0.1 * (22.5 + 9.0 * np.linspace(-1.0, 1.0, 100) ** 2))
    blocks = channel(
        np.tile(eta, sizes.size),
        2_400.0,
        np.repeat(3.0 * sizes, eta.size),
        np.arange(sizes.size + 1) * eta.size,
    )
    columns = ReceiverColumns.of(splitter, sizes.size)
    found = optimise_settings(PassChannels.of(SOURCE, columns, compressed(blocks)), Policy())
    per_pass = found.key_bits_signed / sizes
    assert np.all(np.diff(per_pass) > 0.0), per_pass


@pytest.mark.parametrize(
    ("concentration", "detectors", "error"),
    [(Concentration.CHERNOFF, 4, 0.01), (Concentration.EXACT, 2, 0.02)],
)
def test_the_usual_search_finds_what_eight_times_the_starts_find(concentration, detectors, error):
    """Passes of any strength: losses over 27 dB, blocks over four powers of ten."""
    random, passes, slots = np.random.default_rng(7), 24, 40
    loss_db, depth_db = random.uniform(15.0, 42.0, passes), random.uniform(2.0, 12.0, passes)
    shape = np.linspace(-1.0, 1.0, slots) ** 2
    eta = 10.0 ** (-0.1 * (loss_db[:, np.newaxis] + np.outer(depth_db, shape))).ravel()
    noise_hz = np.repeat(10.0 ** random.uniform(1.0, 3.7, passes), slots)
    slot_s = np.repeat(10.0 ** random.uniform(1.0, 5.0, passes) / slots, slots)
    samples = channel(eta, noise_hz, slot_s, np.arange(passes + 1) * slots)
    station = replace(RECEIVER, detectors=detectors, dead_time_s=5e-8)
    channels = PassChannels.of(
        replace(SOURCE, intrinsic_error=error),
        ReceiverColumns.of(station, passes),
        compressed(samples),
    )
    policy, hard = Policy(concentration=concentration), SearchEffort(design=512, starts=64)
    usual = optimise_settings(channels, policy).key_bits_signed
    thorough = optimise_settings(channels, policy, effort=hard).key_bits_signed
    keyed = thorough > 0.0
    assert keyed.sum() > 15
    assert np.all(usual[keyed] >= 0.99999 * thorough[keyed])
