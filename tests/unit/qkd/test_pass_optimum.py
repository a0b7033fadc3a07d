"""Settings and window together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE, channel

from euroqci_planner.mission.scenario import Concentration, Policy
from euroqci_planner.qkd.compression import compressed
from euroqci_planner.qkd.key_objective import decoy_key
from euroqci_planner.qkd.optimise import optimise_settings
from euroqci_planner.qkd.pass_optimum import optimise_pass
from euroqci_planner.qkd.pass_settings import PassSettings, counts_under, own_settings
from euroqci_planner.qkd.promising_windows import promising_windows
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns
from euroqci_planner.qkd.windows import best_windows, windows_of

SLOTS = 200
SHAPE_DB = 12.0 * np.linspace(-1.0, 1.0, SLOTS) ** 2
DUSK = 300.0 * 10.0 ** np.linspace(-1.0, 1.2, SLOTS)
LOSSES_DB = np.array([22.0, 28.0, 34.0, 36.0, 39.0, 40.0])
SAMPLES = channel(
    np.concatenate([10.0 ** (-0.1 * (loss + SHAPE_DB)) for loss in LOSSES_DB]),
    np.tile(DUSK, 6),
    2.0,
    np.arange(7) * SLOTS,
)
COLUMNS = ReceiverColumns.of(RECEIVER, 6)


def settings_of_windows(starts, stops, policy):
    """Best settings of every window of every pass, (passes, windows)."""
    rows = np.repeat(np.arange(6), len(starts))
    cut = windows_of(SAMPLES, rows, np.tile(starts, 6), np.tile(stops, 6))
    channels = PassChannels.of(SOURCE, COLUMNS.take(rows), compressed(cut))
    return optimise_settings(channels, policy).key_bits_signed.reshape(6, -1)


@pytest.mark.parametrize("concentration", [Concentration.CHERNOFF, Concentration.HOEFFDING])
def test_no_window_of_a_grid_with_settings_of_its_own_is_better(concentration):
    policy = Policy(concentration=concentration)
    found = optimise_pass(SAMPLES, SOURCE, COLUMNS, policy).windows.key_bits_signed
    edges = np.arange(0, SLOTS + 1, 20)
    first, second = np.triu_indices(edges.size, 2)
    grid = np.max(settings_of_windows(edges[first], edges[second], policy), axis=1)
    assert np.count_nonzero(grid > 0.0) >= 4
    assert np.all(found[grid > 0.0] >= grid[grid > 0.0] * (1.0 - 1e-6))


def test_the_key_is_that_of_the_window_under_the_settings():
    best = optimise_pass(SAMPLES, SOURCE, COLUMNS, Policy())
    cut = windows_of(SAMPLES, np.arange(6), best.windows.start, best.windows.stop)
    settings = best.settings
    key = decoy_key(counts_under(cut, COLUMNS, settings), settings.decoy_settings(), Policy())
    np.testing.assert_allclose(key.key_bits_signed, best.windows.key_bits_signed, rtol=1e-9)
    np.testing.assert_array_equal(settings.key_bits_signed, best.windows.key_bits_signed)


def test_together_they_give_no_less_than_each_alone():
    policy = Policy()
    together = optimise_pass(SAMPLES, SOURCE, COLUMNS, policy).windows.key_bits_signed
    channels = PassChannels.of(SOURCE, COLUMNS, compressed(SAMPLES))
    alone = optimise_settings(channels, policy).key_bits_signed
    own = PassSettings.chosen(SOURCE, own_settings(SOURCE, COLUMNS), np.zeros(6))
    windows = best_windows(SAMPLES, COLUMNS, own, policy).key_bits_signed
    assert np.all(together >= np.maximum(np.maximum(alone, windows), 0.0) * (1.0 - 1e-9))
    assert together[5] > 0.0 > alone[5]


def test_a_hopeless_pass_and_a_missing_one_keep_settings_and_slots():
    eta = np.concatenate([np.full(50, 1e-7), [1e-3, np.nan]])
    samples = channel(eta, 300.0, first_sample=[0, 50, 52, 52])
    best = optimise_pass(samples, SOURCE, ReceiverColumns.of(RECEIVER, 3), Policy())
    assert best.windows.start.tolist() == [0, 0, 0]
    assert best.windows.stop.tolist() == [50, 2, 0]
    assert not best.settings.has_key.any()
    np.testing.assert_array_equal(best.settings.intensities, np.tile(SOURCE.intensities, (3, 1)))


def test_the_same_passes_give_the_same_bytes():
    first, second = (optimise_pass(SAMPLES, SOURCE, COLUMNS, Policy()) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        for name in one.column_names():
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_one_decoy_is_searched_as_well():
    source = replace(SOURCE, intensities=(0.6, 0.2), intensity_probabilities=(0.7, 0.3))
    best = optimise_pass(SAMPLES, source, COLUMNS, Policy())
    assert best.settings.intensities.shape == (6, 2)
    assert np.all(best.windows.key_bits_signed[:3] > best.windows.full_key_bits_signed[:3] * 0.999)
    assert np.all(best.settings.has_key[:3])


def test_promising_windows_narrow_around_the_dark_and_near_part():
    start, stop = promising_windows(SAMPLES, SOURCE, COLUMNS, 1.16)
    assert start[:, 0].tolist() == [0] * 6
    assert stop[:, 0].tolist() == [SLOTS] * 6
    width = (stop - start)[:, 1:]
    assert np.all(np.diff(width, axis=1) <= 0)
    assert np.all(width > 0)
    assert np.all(0.5 * (start + stop)[:, -1] <= SLOTS / 2)
