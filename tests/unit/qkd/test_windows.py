"""The best contiguous part of a pass, against all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE, channel

from euroqci_planner.mission.scenario import Concentration, Policy
from euroqci_planner.qkd.compression import compressed
from euroqci_planner.qkd.key_objective import decoy_key
from euroqci_planner.qkd.optimise import optimise_settings
from euroqci_planner.qkd.pass_settings import (
    PassSettings,
    counts_under,
    own_settings,
    slot_counts,
)
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns, TrialCounts
from euroqci_planner.qkd.windows import best_windows, windows_of

SLOTS = 150
SHAPE_DB = 12.0 * np.linspace(-1.0, 1.0, SLOTS) ** 2
NOISES = {
    "steady": np.ones(SLOTS),
    "dusk": 10.0 ** np.linspace(-1.0, 1.2, SLOTS),
    "Moon in the middle": 1.0 + 30.0 * np.exp(-0.5 * ((np.arange(SLOTS) - 70.0) / 8.0) ** 2),
}


def passes(noise, losses_db):
    eta = np.concatenate([10.0 ** (-0.1 * (loss + SHAPE_DB)) for loss in losses_db])
    offsets = np.arange(len(losses_db) + 1) * SLOTS
    return channel(eta, np.tile(400.0 * noise, len(losses_db)), 2.0, offsets)


def settings_for(samples, policy, source=SOURCE):
    columns = ReceiverColumns.of(RECEIVER, len(samples.first_sample) - 1)
    channels = PassChannels.of(source, columns, compressed(samples))
    return columns, optimise_settings(channels, policy)


def best_of_all(samples, columns, settings, policy):
    """Longest key over every window of every pass, by brute force."""
    kinds = slot_counts(samples, columns, settings)
    start, stop = np.triu_indices(SLOTS + 1, 1)
    best = []
    for row, first in enumerate(samples.first_sample[:-1]):
        sums = [np.cumsum(kind[first : first + SLOTS], axis=0) for kind in kinds]
        sums = [np.concatenate([np.zeros((1, kind.shape[1])), kind]) for kind in sums]
        counts = TrialCounts(*(kind[stop] - kind[start] for kind in sums))
        one = settings.take([row]).decoy_settings()
        best.append(np.nanmax(decoy_key(counts, one, policy).key_bits_signed))
    return np.array(best)


@pytest.mark.parametrize("noise", list(NOISES))
@pytest.mark.parametrize("concentration", [Concentration.CHERNOFF, Concentration.HOEFFDING])
def test_no_window_of_all_is_better(noise, concentration):
    policy = Policy(concentration=concentration)
    samples = passes(NOISES[noise], np.linspace(27.0, 41.0, 15))
    columns, settings = settings_for(samples, policy)
    found = best_windows(samples, columns, settings, policy)
    best = best_of_all(samples, columns, settings, policy)
    keyed = best > 0.0
    assert np.count_nonzero(keyed) >= 6
    np.testing.assert_allclose(found.key_bits_signed[keyed], best[keyed], rtol=1e-9)
    assert np.any(found.key_bits_signed[keyed] > 1.02 * found.full_key_bits_signed[keyed])


def test_the_key_of_a_window_is_that_of_a_pass_cut_to_it():
    policy = Policy()
    samples = passes(NOISES["dusk"], [26.0, 30.0])
    columns, settings = settings_for(samples, policy)
    found = best_windows(samples, columns, settings, policy)
    cut = windows_of(samples, np.arange(2), found.start, found.stop)
    key = decoy_key(counts_under(cut, columns, settings), settings.decoy_settings(), policy)
    np.testing.assert_allclose(key.key_bits_signed, found.key_bits_signed, rtol=1e-9)
    begin, end = found.seconds(samples)
    np.testing.assert_allclose(begin, 2.0 * found.start)
    np.testing.assert_allclose(end, 2.0 * found.stop)


@pytest.mark.parametrize("concentration", list(Concentration))
def test_a_window_is_never_worse_than_the_whole_pass(concentration):
    policy = Policy(concentration=concentration)
    samples = passes(NOISES["Moon in the middle"], np.linspace(20.0, 40.0, 9))
    columns, settings = settings_for(samples, policy)
    found = best_windows(samples, columns, settings, policy)
    assert np.all(found.key_bits_signed >= found.full_key_bits_signed)


def test_a_pass_without_key_keeps_all_of_its_slots():
    samples = passes(NOISES["steady"], [70.0])
    columns, settings = settings_for(samples, Policy())
    found = best_windows(samples, columns, settings, Policy())
    assert (found.start[0], found.stop[0]) == (0, SLOTS)
    assert found.key_bits_signed[0] == found.full_key_bits_signed[0] < 0.0


def test_missing_empty_and_single_slot_passes_pass_through():
    eta = np.concatenate([[1e-3, np.nan, 1e-3], [0.05]])
    samples = channel(eta, 100.0, 30.0, [0, 3, 3, 4])
    columns = ReceiverColumns.of(RECEIVER, 3)
    settings = PassSettings.chosen(replace(SOURCE), own_settings(SOURCE, columns), np.zeros(3))
    found = best_windows(samples, columns, settings, Policy())
    assert found.start.tolist() == [0, 0, 0]
    assert found.stop.tolist() == [3, 0, 1]
    assert np.isnan(found.key_bits_signed[0])
    assert found.key_bits_signed[2] > 0.0
