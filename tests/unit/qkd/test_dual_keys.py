"""Keys of common windows: whole or in part, and how far they may lie from the planned ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from link_cases import PAIRS
from plan_cases import payload
from station_cases import RECEIVER
from tolerances import within

from euroqci_planner.mission.scenario import BlockPolicy, Policy, WindowPolicy
from euroqci_planner.qkd.bbm92_model import Bbm92Model, dual_downlink_counts
from euroqci_planner.qkd.counts import ChannelSamples
from euroqci_planner.qkd.dual_keys import dual_key_spread, dual_keys
from euroqci_planner.qkd.pass_keys import KeyRules
from euroqci_planner.qkd.uncertainty import KeyUncertainty

SOURCE = replace(PAIRS, pair_rate_hz=50e6, intrinsic_error=0.015)
PAYLOAD = replace(payload("pairs"), source=SOURCE, terminals=2)
HALVES = replace(RECEIVER, key_basis_probability=0.5)
RECEIVERS = (HALVES, replace(HALVES, timing_jitter_s=500e-12))
BEST = Policy(usable_window=WindowPolicy.OPTIMISE)


def arm(peak_s: float, noise_hz: float, dusk_hz: float = 0.0) -> ChannelSamples:
    """Two windows of 300 and 120 slots; the noise rises towards the end by `dusk_hz`."""
    t_s = np.concatenate((np.arange(300.0), np.arange(120.0)))
    eta = 6e-3 / (1.0 + ((t_s - peak_s) / 120.0) ** 2)
    return ChannelSamples(
        transmittance=eta,
        noise_hz=noise_hz + dusk_hz * (t_s / 300.0) ** 4,
        slot_s=np.ones(len(t_s)),
        first_sample=np.array([0, 300, 420]),
    )


ARMS = (arm(120.0, 400.0), arm(180.0, 300.0))
DUSK = (arm(80.0, 400.0, 1e7), arm(90.0, 300.0, 1e7))


def test_whole_windows_have_the_key_of_all_their_coincidences():
    found = dual_keys(PAYLOAD, RECEIVERS, ARMS, KeyRules(Policy()))
    counts = dual_downlink_counts(SOURCE, RECEIVERS, ARMS)
    keys = Bbm92Model().keys(PAYLOAD, counts, Policy())
    np.testing.assert_array_equal(found.keys.key_bits, keys.key_bits)
    assert found.keys.key_bits[0] > found.keys.key_bits[1] > 0.0
    assert (found.stop - found.start).tolist() == [300, 120]


def test_the_best_part_leaves_the_noisy_end_and_is_no_shorter_than_asked():
    whole = dual_keys(PAYLOAD, RECEIVERS, DUSK, KeyRules(Policy()))
    best = dual_keys(PAYLOAD, RECEIVERS, DUSK, KeyRules(BEST))
    assert best.keys.key_bits[0] > 1.02 * whole.keys.key_bits[0]
    assert best.stop[0] < 280
    assert np.all(best.keys.key_bits >= whole.keys.key_bits)
    long = dual_keys(PAYLOAD, RECEIVERS, DUSK, KeyRules(BEST, least_window_s=290.0))
    assert (long.stop - long.start)[0] >= 290
    assert len(best.arms[0].slot_s) == int((best.stop - best.start).sum())


def test_windows_that_wait_for_others_stay_whole():
    pooled = replace(BEST, block=BlockPolicy.POOLED)
    found = dual_keys(PAYLOAD, RECEIVERS, DUSK, KeyRules(pooled))
    assert (found.stop - found.start).tolist() == [300, 120]


def test_quantiles_widen_with_the_error_of_the_loss_by_root_two_of_one_link():
    policy = Policy()
    planned = dual_keys(PAYLOAD, RECEIVERS, ARMS, KeyRules(policy)).keys.key_bits[0]
    known = KeyUncertainty(loss_sigma_db=0.0, count_noise=False, draws=64, seed=1)
    exact = dual_key_spread(PAYLOAD, RECEIVERS, ARMS, policy, known)
    assert exact.p10_bits[0] == exact.p90_bits[0] == planned
    loose = replace(known, loss_sigma_db=0.5)
    spread = dual_key_spread(PAYLOAD, RECEIVERS, ARMS, policy, loose)
    assert spread.p50_bits[0] == within(0.02 * planned, of=planned)
    width_db = 10.0 * np.log10(spread.p90_bits[0] / spread.p10_bits[0])
    # The key follows the coincidences a little more than in proportion.
    assert width_db == within(0.35, of=2.0 * 1.2816 * 0.5 * np.sqrt(2.0) * 1.03)


def test_a_pulsed_source_has_no_pairs_for_two_stations():
    with pytest.raises(ValueError, match="need a source of pairs"):
        dual_keys(payload(), RECEIVERS, ARMS, KeyRules(Policy()))
