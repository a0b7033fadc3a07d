"""Coordinates of settings: inside the limits, and there and back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE

from euroqci_planner.errors import InvalidInput
from euroqci_planner.qkd.settings_space import SettingsLimits, SettingsSpace
from euroqci_planner.qkd.trial_counts import ReceiverColumns

ONE_DECOY = replace(SOURCE, intensities=(0.6, 0.2), intensity_probabilities=(0.7, 0.3))
LEAKY = replace(SOURCE, intensities=(0.6, 0.2, 0.01))
NARROW = SettingsLimits(
    key_basis_probability=(0.3, 0.95),
    signal_probability=(0.6, 0.97),
    weak_probability=(0.02, 0.3),
    signal_intensity=(0.3, 1.0),
    weak_intensity=(0.1, 0.5),
)
RECEIVERS = ReceiverColumns.of(RECEIVER, 1)


@pytest.mark.parametrize("source", [SOURCE, ONE_DECOY, LEAKY], ids=["two", "one", "third not dark"])
@pytest.mark.parametrize("limits", [None, NARROW], ids=["wide", "narrow"])
def test_every_point_is_a_setting_that_the_proof_allows(source, limits):
    space = SettingsSpace(source, limits)
    random = np.random.default_rng(3)
    points = random.normal(0.0, 6.0, (1, 500, space.dimensions))
    trial = space.trial(points, RECEIVERS)
    mu, p = trial.intensities, trial.probabilities
    third = mu[2] if len(mu) > 2 else 0.0
    assert np.all(mu[0] > mu[1] + third)
    assert np.all(mu[1] > third)
    assert np.all(p > 0.0)
    np.testing.assert_allclose(np.sum(p, axis=0), 1.0, rtol=1e-12)
    inside = limits or SettingsLimits()
    for values, (least, most) in (
        (trial.sent, inside.key_basis_probability),
        (p[0], inside.signal_probability),
        (mu[0], inside.signal_intensity),
        (mu[1], inside.weak_intensity),
    ):
        assert np.all((values >= least) & (values <= most))


@pytest.mark.parametrize("source", [SOURCE, ONE_DECOY, LEAKY], ids=["two", "one", "third not dark"])
def test_the_settings_of_a_source_come_back_from_their_point(source):
    space = SettingsSpace(source)
    trial = space.trial(space.point(source)[np.newaxis, np.newaxis], RECEIVERS)
    np.testing.assert_allclose(trial.intensities[:, 0, 0], source.intensities, rtol=1e-9)
    np.testing.assert_allclose(
        trial.probabilities[:, 0, 0], source.intensity_probabilities, rtol=1e-9
    )
    assert trial.sent[0, 0] == pytest.approx(source.key_basis_probability, rel=1e-9)


def test_the_design_is_spread_and_always_the_same():
    space = SettingsSpace(SOURCE)
    design = space.design(64)
    np.testing.assert_array_equal(design, space.design(80)[:64])
    trial = space.trial(design[np.newaxis], RECEIVERS)
    assert trial.sent.min() < 0.3
    assert trial.sent.max() > 0.9
    assert len(np.unique(design.round(6), axis=0)) == 64


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"signal_intensity": (0.5, 0.4)}, "signal_intensity"),
        ({"key_basis_probability": (0.2, 1.5)}, "key_basis_probability"),
        ({"weak_probability": (-0.1, 0.5)}, "weak_probability"),
        ({"signal_probability": (0.8, 0.9), "weak_probability": (0.2, 0.3)}, "weak_probability"),
        ({"signal_intensity": (0.1, 0.3), "weak_intensity": (0.3, 0.4)}, "weak_intensity"),
    ],
)
def test_limits_that_leave_nothing_are_refused_by_name(wrong, name):
    with pytest.raises(InvalidInput) as refused:
        SettingsSpace(SOURCE, SettingsLimits(**wrong))
    assert name in [fault.where for fault in refused.value.faults]
