"""Settings for a whole mission."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE, channel

from euroqci_planner.mission.scenario import Concentration, Policy
from euroqci_planner.qkd.compression import compressed
from euroqci_planner.qkd.key_objective import KeyObjective
from euroqci_planner.qkd.mission_settings import optimise_mission
from euroqci_planner.qkd.optimise import SearchEffort, optimise_settings
from euroqci_planner.qkd.pass_settings import own_settings
from euroqci_planner.qkd.representatives import representatives
from euroqci_planner.qkd.settings_space import SettingsLimits, SettingsSpace
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns

SHAPE_DB = 7.0 * np.linspace(-1.0, 1.0, 60) ** 2


def year(passes, seed=4):
    """Passes of many losses and nights."""
    random = np.random.default_rng(seed)
    peak = 27.0 + random.gamma(2.0, 3.0, passes)
    noise = 10.0 ** random.uniform(1.5, 3.0, passes)
    eta = 10.0 ** (-0.1 * (peak[:, np.newaxis] + SHAPE_DB))
    return channel(eta.ravel(), np.repeat(noise, 60), 5.0, np.arange(passes + 1) * 60)


def channels_of(samples, receivers=RECEIVER, source=SOURCE):
    columns = ReceiverColumns.of(receivers, len(samples.first_sample) - 1)
    return PassChannels.of(source, columns, compressed(samples))


def total_at(channels, points, policy, weights=1.0):
    """Weighted key of all passes for every point (points, dimensions)."""
    trial = SettingsSpace(channels.source).trial(points[np.newaxis], channels.receivers)
    keys = np.maximum(KeyObjective(policy).of_trial(channels, trial), 0.0)
    return np.sum(keys * np.reshape(weights, (-1, 1)), axis=0)


@pytest.mark.parametrize("source", ["two decoys", "one decoy"])
def test_no_single_set_nearby_or_far_gives_more(source):
    one = replace(SOURCE, intensities=(0.6, 0.2), intensity_probabilities=(0.7, 0.3))
    channels = channels_of(year(200), source=SOURCE if source == "two decoys" else one)
    best = optimise_mission(channels, Policy())
    space = SettingsSpace(channels.source)
    point = space.point(best.sources[0])
    random = np.random.default_rng(0)
    near = point + random.normal(0.0, 0.1, (150, space.dimensions))
    points = np.concatenate([near, space.design(400)])
    assert np.all(total_at(channels, points, Policy()) <= best.total_bits * (1.0 + 1e-9))
    assert best.representation_error == pytest.approx(0.0, abs=1e-12)


def test_the_total_is_the_sum_over_all_passes():
    channels = channels_of(year(300))
    best = optimise_mission(channels, Policy(), 2)
    keys = KeyObjective(Policy()).of_trial(channels, best.settings.trial())[:, 0]
    np.testing.assert_allclose(best.settings.key_bits_signed, keys, rtol=1e-12)
    assert best.total_bits == pytest.approx(np.sum(np.maximum(keys, 0.0)), rel=1e-12)
    for number, source in enumerate(best.sources):
        rows = best.set_number == number
        assert np.count_nonzero(rows) > 10
        np.testing.assert_allclose(
            best.settings.intensities[rows], [source.intensities] * rows.sum()
        )


def test_more_sets_give_more_and_never_more_than_settings_per_pass():
    channels = channels_of(year(120))
    totals = [optimise_mission(channels, Policy(), sets).total_bits for sets in (1, 2, 3, 4)]
    each = optimise_settings(channels, Policy()).key_bits_signed
    ceiling = np.sum(np.maximum(each, 0.0))
    assert np.all(np.diff(totals) > 0.0)
    assert totals[0] > 0.9 * ceiling
    assert totals[-1] > 0.99 * ceiling
    assert totals[-1] <= ceiling * (1.0 + 1e-9)


def test_every_pass_takes_the_best_of_the_sets():
    channels = channels_of(year(150))
    best = optimise_mission(channels, Policy(), 3)
    space = SettingsSpace(SOURCE)
    points = np.stack([space.point(source) for source in best.sources])
    trial = space.trial(np.broadcast_to(points, (150, 3, 5)), channels.receivers)
    keys = KeyObjective(Policy()).of_trial(channels, trial)
    np.testing.assert_allclose(best.settings.key_bits_signed, np.max(keys, axis=1), rtol=1e-9)


def test_a_few_representatives_find_what_all_passes_would():
    channels = channels_of(year(6_000))
    best = optimise_mission(channels, Policy(), effort=SearchEffort(design=48))
    assert best.representatives < 3_000
    assert abs(best.representation_error) < 0.01
    point = SettingsSpace(SOURCE).point(best.sources[0])
    random = np.random.default_rng(1)
    near = point + random.normal(0.0, 0.02, (40, 5))
    assert np.all(total_at(channels, near, Policy()) <= best.total_bits * (1.0 + 1e-5))


def test_weights_decide_whose_settings_these_are():
    samples = channel(
        np.concatenate([10.0 ** (-0.1 * (loss + SHAPE_DB)) for loss in (28.0, 36.0)]),
        200.0,
        5.0,
        [0, 60, 120],
    )
    channels = channels_of(samples)
    each = optimise_settings(channels, Policy())
    for row in (0, 1):
        best = optimise_mission(channels, Policy(), weights=np.eye(2)[row])
        assert best.total_bits == pytest.approx(each.key_bits_signed[row], rel=1e-8)
    both = optimise_mission(channels, Policy(), weights=np.array([0.01, 0.99]))
    assert each.key_basis_probability[1] < both.sources[0].key_basis_probability
    assert both.sources[0].key_basis_probability < each.key_basis_probability[0]


def test_stations_of_different_build_share_one_source():
    samples = year(80)
    splitter = replace(RECEIVER, detectors=4, key_basis_probability=0.5, dead_time_s=1e-7)
    channels = channels_of(samples, [RECEIVER, splitter] * 40)
    best = optimise_mission(channels, Policy())
    received = best.settings.receiver_key_basis_probability
    assert np.all(received[1::2] == 0.5)
    assert np.all(received[::2] == best.sources[0].key_basis_probability)


def test_missing_passes_and_passes_without_key_are_no_trouble():
    eta = np.concatenate([[1e-3, np.nan], np.full(60, 1e-8), np.full(60, 2e-3)])
    channels = channels_of(channel(eta, 100.0, 5.0, [0, 2, 2, 62, 122]))
    best = optimise_mission(channels, Policy(), 2)
    assert best.settings.has_key.tolist() == [False, False, False, True]
    alone = optimise_settings(channels.take([3]), Policy()).key_bits_signed[0]
    assert best.total_bits == pytest.approx(alone, rel=1e-7)


def test_without_any_key_the_source_stays_as_it_is():
    channels = channels_of(channel(np.full(60, 1e-8), 100.0))
    best = optimise_mission(channels, Policy())
    assert best.sources == (SOURCE,)
    assert best.total_bits == 0.0
    assert best.representation_error == 0.0
    none = channels_of(channel(np.zeros(0), 100.0, first_sample=[0]))
    assert optimise_mission(none, Policy()).total_bits == 0.0


def test_limits_that_exclude_what_the_source_has_never_make_it_worse():
    channels = channels_of(year(40))
    limits = SettingsLimits(signal_intensity=(1.9, 2.0), weak_intensity=(0.9, 1.0))
    best = optimise_mission(channels, Policy(), limits=limits)
    own = KeyObjective(Policy()).of_trial(channels, own_settings(SOURCE, channels.receivers))
    assert best.sources == (SOURCE,)
    assert best.total_bits == pytest.approx(np.sum(np.maximum(own, 0.0)), rel=1e-12)


@pytest.mark.parametrize("concentration", [Concentration.HOEFFDING, Concentration.EXACT])
def test_other_bounds_are_searched_as_well(concentration):
    channels, policy = channels_of(year(60)), Policy(concentration=concentration)
    best = optimise_mission(channels, policy)
    near = SettingsSpace(SOURCE).point(best.sources[0]) + np.random.default_rng(2).normal(
        0.0, 0.05, (30, 5)
    )
    assert np.all(total_at(channels, near, policy) <= best.total_bits * (1.0 + 1e-6))


def test_the_same_mission_gives_the_same_bytes():
    first, second = (optimise_mission(channels_of(year(100)), Policy(), 2) for _ in range(2))
    assert first.sources == second.sources
    np.testing.assert_array_equal(first.settings.key_bits_signed, second.settings.key_bits_signed)


def test_no_sets_at_all_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        optimise_mission(channels_of(year(3)), Policy(), 0)


def test_representatives_are_members_of_their_groups_and_carry_all_weight():
    channels = channels_of(year(500))
    weights = np.random.default_rng(3).uniform(0.0, 1.0, 500)
    weights[:7] = 0.0
    few = representatives(channels, weights, 64)
    assert few.rows.size == 64
    assert np.all(few.group[:7] == -1)
    assert few.group[few.rows].tolist() == list(range(64))
    assert np.sum(few.weight) == pytest.approx(np.sum(weights))
    light = np.sum(channels.slot_s * channels.transmittance, axis=1)
    spread = [np.ptp(np.log(light[few.group == number])) for number in range(64)]
    assert np.mean(spread) < 0.35 * np.ptp(np.log(light))


def test_few_passes_represent_themselves():
    channels = channels_of(year(20))
    few = representatives(channels, np.ones(20), 256)
    assert sorted(few.rows.tolist()) == list(range(20))
    assert np.all(few.weight == 1.0)
