"""The key models that a plan chooses by name, and their ledgers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import RECEIVER, SOURCE, channel, payload_with

from euroqci_planner.mission.assets import PairSource, Protocol, SettingsPolicy
from euroqci_planner.mission.scenario import Concentration, Policy
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.ledger import one_decoy_ledger, two_decoy_ledger
from euroqci_planner.qkd.model import DecoyBb84Model, OneDecoyBb84Model
from euroqci_planner.qkd.one_decoy_bb84 import one_decoy_key
from euroqci_planner.qkd.settings import DecoySettings

ONE_DECOY = replace(
    SOURCE,
    protocol=Protocol.BB84_ONE_DECOY,
    intensities=(0.6, 0.2),
    intensity_probabilities=(0.8, 0.2),
)
SAMPLES = channel(np.full(600, 1.5e-3), 80.0, first_sample=[0, 200, 600])


@pytest.mark.parametrize(
    ("model", "source", "key_length"),
    [
        (DecoyBb84Model(), SOURCE, two_decoy_key),
        (OneDecoyBb84Model(), ONE_DECOY, one_decoy_key),
    ],
    ids=["two decoys", "one decoy"],
)
def test_a_model_goes_from_samples_to_key(model, source, key_length):
    payload = payload_with(source)
    counts = model.counts(
        payload,
        RECEIVER,
        SAMPLES.transmittance,
        SAMPLES.noise_hz,
        SAMPLES.slot_s,
        SAMPLES.first_sample,
    )
    direct = expected_counts(source, RECEIVER, SAMPLES)
    np.testing.assert_array_equal(counts.key_detections, direct.key_detections)
    key = model.keys(payload, counts, Policy())
    length = key_length(direct, DecoySettings.of(source), Policy()).key_bits_signed
    np.testing.assert_array_equal(key.key_bits_signed, length)
    assert len(key) == 2
    assert np.all(key.key_bits > 0.0)


@pytest.mark.parametrize("concentration", list(Concentration))
def test_every_concentration_gives_key(concentration):
    policy = Policy(concentration=concentration)
    for model, source in ((DecoyBb84Model(), SOURCE), (OneDecoyBb84Model(), ONE_DECOY)):
        payload = payload_with(source)
        counts = expected_counts(source, RECEIVER, SAMPLES)
        assert np.all(model.keys(payload, counts, policy).key_bits > 0.0)


def test_every_model_names_its_papers():
    for model in (DecoyBb84Model(), OneDecoyBb84Model()):
        cited = " ".join(item.citation for item in model.models)
        assert all(item.role == "key" for item in model.models)
        for word in ("Yin", "Hoeffding", "Clopper", "Tomamichel"):
            assert word in cited
    assert "Lim" in DecoyBb84Model().models[0].citation
    assert "Rusca" in OneDecoyBb84Model().models[0].citation


def test_a_source_of_pairs_is_refused_by_the_name_of_its_payload():
    pairs = PairSource(
        protocol=Protocol.BBM92,
        settings=SettingsPolicy.FIXED,
        pair_rate_hz=1e7,
        coincidence_window_s=1e-9,
        local_arm_efficiency=0.3,
        local_dark_count_hz=1e3,
        key_basis_probability=0.5,
        intrinsic_error=0.01,
    )
    payload = replace(payload_with(SOURCE), source=pairs)
    counts = expected_counts(SOURCE, RECEIVER, SAMPLES)
    with pytest.raises(TypeError, match="terminal"):
        DecoyBb84Model().keys(payload, counts, Policy())


@pytest.mark.parametrize(("ledger", "shares"), [(two_decoy_ledger, 21), (one_decoy_ledger, 19)])
def test_a_ledger_spends_the_promised_epsilon_in_equal_shares(ledger, shares):
    book = ledger(1e-9, 1e-15)
    assert sum(share.uses for share in book.shares) == shares + 1
    each = {share.epsilon_each for share in book.shares[:-1]}
    assert each == {1e-9 / shares}
    assert book.shares[-1].epsilon == 1e-15
    assert book.total == pytest.approx(1e-9 + 1e-15, rel=1e-15)


def test_a_model_hands_out_the_ledger_of_its_proof():
    payload, policy = payload_with(SOURCE), Policy(epsilon_secrecy=1e-10)
    assert DecoyBb84Model().ledger(payload, policy) == two_decoy_ledger(1e-10, 1e-15)
    assert OneDecoyBb84Model().ledger(payload, policy) == one_decoy_ledger(1e-10, 1e-15)
