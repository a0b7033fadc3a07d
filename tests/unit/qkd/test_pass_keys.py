"""Keys of passes as a scenario asks for them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE, channel, payload_with

from euroqci_planner.mission.assets import PairSource, Protocol, SettingsPolicy
from euroqci_planner.mission.scenario import Policy, WindowPolicy
from euroqci_planner.qkd.bbm92_model import Bbm92Model
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.pass_keys import KeyRules, decoy_pass_keys, pair_pass_keys
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.qkd.windows import windows_of

SLOTS = 120
SHAPE_DB = 14.0 * np.linspace(-1.0, 1.0, SLOTS) ** 2
PAIRS = PairSource(
    protocol=Protocol.BBM92,
    settings=SettingsPolicy.FIXED,
    pair_rate_hz=2e7,
    coincidence_window_s=5e-10,
    local_arm_efficiency=0.4,
    local_dark_count_hz=500.0,
    key_basis_probability=0.5,
    intrinsic_error=0.01,
)
SPLITTER = replace(RECEIVER, detectors=4, key_basis_probability=0.5)
WHOLE = KeyRules(Policy())
BEST = KeyRules(Policy(usable_window=WindowPolicy.OPTIMISE))


def passes(*losses_db, noise_hz=300.0, slot_s=2.0):
    eta = np.concatenate([10.0 ** (-0.1 * (loss + SHAPE_DB)) for loss in losses_db])
    return channel(eta, noise_hz, slot_s, np.arange(len(losses_db) + 1) * SLOTS)


def test_given_settings_and_whole_windows_are_the_plain_key():
    samples = passes(30.0, 34.0)
    found = decoy_pass_keys(payload_with(SOURCE), RECEIVER, samples, WHOLE)
    counts = expected_counts(SOURCE, RECEIVER, samples)
    plain = two_decoy_key(counts, DecoySettings.of(SOURCE), Policy()).as_yield()
    assert np.array_equal(found.keys.key_bits_signed, plain.key_bits_signed)
    assert np.array_equal(found.end_s - found.begin_s, [240.0, 240.0])
    assert not found.is_cut.any()


def test_the_best_window_is_what_its_slots_alone_give():
    samples = passes(36.0, noise_hz=1_000.0)
    found = decoy_pass_keys(payload_with(SOURCE), RECEIVER, samples, BEST)
    whole = decoy_pass_keys(payload_with(SOURCE), RECEIVER, samples, WHOLE)
    assert found.is_cut.all()
    assert found.keys.key_bits[0] > whole.keys.key_bits[0]
    start, stop = (
        np.round(np.array(edge) / 2.0).astype(int) for edge in (found.begin_s, found.end_s)
    )
    part = windows_of(samples, np.arange(1), start, stop)
    again = decoy_pass_keys(payload_with(SOURCE), RECEIVER, part, WHOLE)
    assert again.keys.key_bits_signed[0] == pytest.approx(found.keys.key_bits_signed[0], rel=1e-12)


@pytest.mark.parametrize("least_s", [30.0, 100.0, 239.0, 900.0])
def test_a_window_is_never_shorter_than_a_contact_may_be(least_s):
    samples = passes(36.0, 36.5, 37.0, noise_hz=1_000.0)
    rules = replace(BEST, least_window_s=least_s)
    found = decoy_pass_keys(payload_with(SOURCE), RECEIVER, samples, rules)
    whole = decoy_pass_keys(payload_with(SOURCE), RECEIVER, samples, WHOLE)
    assert np.all(found.end_s - found.begin_s >= min(least_s, 240.0))
    assert np.all(found.begin_s >= 0.0)
    assert np.all(found.end_s <= 240.0)
    assert np.all(found.keys.key_bits_signed >= whole.keys.key_bits_signed)


def test_settings_of_a_pass_and_its_window_together_are_best():
    samples = passes(36.0, noise_hz=1_000.0)
    sought = payload_with(replace(SOURCE, settings=SettingsPolicy.OPTIMISE_PASS))
    bits = {
        (name, rules is BEST): decoy_pass_keys(payload, RECEIVER, samples, rules).keys.key_bits[0]
        for name, payload in (("given", payload_with(SOURCE)), ("sought", sought))
        for rules in (WHOLE, BEST)
    }
    assert bits["given", False] < bits["given", True] < bits["sought", True]
    assert bits["given", False] < bits["sought", False] < bits["sought", True]


def test_settings_that_are_given_hold_whatever_the_source_asks_for():
    samples = passes(32.0)
    sought = payload_with(replace(SOURCE, settings=SettingsPolicy.OPTIMISE_PASS))
    best = decoy_pass_keys(sought, RECEIVER, samples, WHOLE)
    again = decoy_pass_keys(payload_with(SOURCE), RECEIVER, samples, WHOLE, best.settings)
    assert np.array_equal(again.keys.key_bits, best.keys.key_bits)


def test_pairs_have_the_key_of_their_model_and_windows_of_their_own():
    samples = passes(28.0, 40.0, noise_hz=3_000.0)
    payload = payload_with(PAIRS)
    whole = pair_pass_keys(payload, SPLITTER, samples, WHOLE)
    model = Bbm92Model()
    counts = model.counts(
        payload, SPLITTER, samples.transmittance, samples.noise_hz, samples.slot_s,
        samples.first_sample,
    )  # fmt: skip
    assert np.array_equal(whole.keys.key_bits, model.keys(payload, counts, Policy()).key_bits)
    best = pair_pass_keys(payload, SPLITTER, samples, BEST)
    assert np.all(best.keys.key_bits >= whole.keys.key_bits)
    assert best.is_cut[1]
    assert best.keys.key_bits[1] > 1.5 * whole.keys.key_bits[1]
    middle = 0.5 * (best.begin_s + best.end_s)
    assert middle == pytest.approx([120.0, 120.0], abs=4.0)


def test_a_pass_without_numbers_stays_without():
    samples = passes(30.0, 30.0)
    eta = samples.transmittance.copy()
    eta[3] = np.nan
    holed = replace(samples, transmittance=eta)
    for rules in (WHOLE, BEST):
        for finder, source, receiver in (
            (decoy_pass_keys, SOURCE, RECEIVER),
            (pair_pass_keys, PAIRS, SPLITTER),
        ):
            found = finder(payload_with(source), receiver, holed, rules)
            assert np.isnan(found.keys.key_bits[0])
            assert found.keys.key_bits[1] > 0.0


def test_sources_are_refused_by_the_wrong_model():
    with pytest.raises(TypeError, match="terminal"):
        decoy_pass_keys(payload_with(PAIRS), RECEIVER, passes(30.0), WHOLE)
    with pytest.raises(ValueError, match="terminal"):
        pair_pass_keys(payload_with(SOURCE), RECEIVER, passes(30.0), WHOLE)
