"""Counts of many passes under many settings against the counts of one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE, channel

from euroqci_planner.mission.assets import DeadTimeKind
from euroqci_planner.qkd.compression import compressed
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.qkd.pass_settings import PassSettings, counts_under, own_settings
from euroqci_planner.qkd.settings_space import SettingsSpace
from euroqci_planner.qkd.trial_counts import (
    PassChannels,
    ReceiverBasis,
    ReceiverColumns,
    trial_counts,
)

ETA = 10.0 ** (-0.1 * (24.0 + 8.0 * np.linspace(-1.0, 1.0, 200) ** 2))
SAMPLES = channel(np.concatenate([ETA, 0.3 * ETA[:90]]), 300.0, 0.5, [0, 200, 290])
ACTIVE = replace(RECEIVER, detectors=2, dead_time_s=5e-8)
PASSIVE = replace(RECEIVER, detectors=4, dead_time_s=3e-8, afterpulse_probability=0.02)
QUENCHED = replace(ACTIVE, dead_time_kind=DeadTimeKind.PARALYSABLE)


def channels_of(receivers, basis=ReceiverBasis.BY_HARDWARE):
    columns = ReceiverColumns.of(receivers, 2, basis)
    return PassChannels.of(SOURCE, columns, compressed(SAMPLES))


def same(counts, reference, row, rel=1e-9):
    for name in reference.column_names():
        np.testing.assert_allclose(getattr(counts, name)[row], getattr(reference, name)[row], rel)


@pytest.mark.parametrize(
    "receiver",
    [RECEIVER, ACTIVE, PASSIVE, QUENCHED],
    ids=["plain", "active", "passive", "paralysable"],
)
def test_the_settings_of_the_source_give_its_expected_counts(receiver):
    channels = channels_of(receiver)
    found = trial_counts(channels, own_settings(SOURCE, channels.receivers)).table()
    same(found, expected_counts(SOURCE, receiver, SAMPLES), slice(None))


@pytest.mark.parametrize("receiver", [ACTIVE, PASSIVE], ids=["active", "passive"])
def test_any_other_settings_give_the_counts_of_a_source_that_has_them(receiver):
    channels = channels_of(receiver)
    space = SettingsSpace(SOURCE)
    trial = space.trial(np.broadcast_to(space.design(3)[1:2], (2, 1, 5)), channels.receivers)
    settings = PassSettings.chosen(SOURCE, trial, np.zeros(2))
    there = replace(receiver, key_basis_probability=settings.receiver_key_basis_probability[0])
    expected = expected_counts(settings.source_of(0), there, SAMPLES)
    same(trial_counts(channels, trial).table(), expected, slice(None))
    same(counts_under(SAMPLES, channels.receivers, settings), expected, slice(None), rel=1e-12)


def test_every_pass_has_its_own_receiver():
    channels = channels_of([ACTIVE, PASSIVE])
    found = trial_counts(channels, own_settings(SOURCE, channels.receivers)).table()
    for row, receiver in enumerate((ACTIVE, PASSIVE)):
        same(found, expected_counts(SOURCE, receiver, SAMPLES), row)


def test_as_many_receivers_as_passes_or_one():
    with pytest.raises(ValueError, match="3 receivers for 2 passes"):
        ReceiverColumns.of([ACTIVE] * 3, 2)


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        (ReceiverBasis.BY_HARDWARE, [0.6, 0.8]),
        (ReceiverBasis.FIXED, [0.8, 0.8]),
        (ReceiverBasis.FOLLOWS_SENDER, [0.6, 0.6]),
    ],
)
def test_an_active_receiver_follows_the_sender_and_a_splitter_stays(basis, expected):
    columns = ReceiverColumns.of([ACTIVE, PASSIVE], 2, basis)
    assert columns.received(np.full((2, 1), 0.6)).ravel().tolist() == expected


def test_a_missing_sample_and_noise_out_of_range_leave_a_pass_without_counts():
    eta = np.array([1e-3, np.nan, 1e-3, 1e-3, 1e-3])
    noise = np.array([10.0, 10.0, 10.0, 0.7 / RECEIVER.gate_s, 10.0])
    samples = channel(eta, noise, first_sample=[0, 2, 4, 4, 5])
    columns = ReceiverColumns.of(RECEIVER, 4)
    settings = PassSettings.chosen(SOURCE, own_settings(SOURCE, columns), np.zeros(4))
    seen = counts_under(samples, columns, settings).key_detections[:, 0]
    assert np.isnan(seen).tolist() == [True, True, False, False]
    assert seen[2] == 0.0
    assert seen[3] > 0.0
