"""Key per pass when equal passes share a block, settings optimised for the block.

Data: `data/keys/pooling_per_pass_optimised.csv`, an independent computation over the zenith pass of
SatQuMA's loss table with the Chernoff bound.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from key_cases import GATE_S, RECEIVER, SOURCE, channel, read_losses, read_rows

from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.blocks import pool_blocks
from euroqci_planner.qkd.compression import compressed
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.optimise import optimise_settings
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns

KEYS = Path(__file__).parent / "data" / "keys"
SHARE = 0.99999


@pytest.fixture(scope="module")
def eta():
    loss = read_losses(KEYS, "XI0")["XI0"]
    return loss["eta_total"][np.abs(loss["t_s"]) <= 221.0]


def samples_of(row, eta):
    weaker = eta * 10.0 ** (-0.1 * float(row["extra_loss_dB"]))
    return channel(weaker, float(row["Pec"]) / GATE_S)


def optimised(row, eta):
    source = replace(SOURCE, intrinsic_error=float(row["QBERI"]))
    channels = PassChannels.of(
        source, ReceiverColumns.of(RECEIVER, 1), compressed(samples_of(row, eta))
    )
    return optimise_settings(channels.times(float(row["passes_pooled"])), Policy())


def test_every_pooled_case_reaches_the_independent_optimum(eta):
    rows = read_rows(KEYS / "pooling_per_pass_optimised.csv")
    assert len(rows) == 42
    for row in rows:
        found = optimised(row, eta)
        per_pass = max(found.key_bits_signed.item(), 0.0) / float(row["passes_pooled"])
        assert per_pass >= SHARE * float(row["SKL_per_pass"]), row
        if float(row["SKL_per_pass"]) == 0.0:
            assert per_pass == 0.0


def test_a_calendar_of_equal_passes_reaches_the_key_of_the_published_block(eta):
    rows = read_rows(KEYS / "pooling_per_pass_optimised.csv")
    row = next(
        row for row in rows if (row["extra_loss_dB"], row["passes_pooled"]) == ("12.0", "10")
    )
    best = optimised(row, eta)
    source = best.source_of(0)
    receiver = replace(RECEIVER, key_basis_probability=source.key_basis_probability)
    one = samples_of(row, eta)
    samples = channel(
        np.tile(one.transmittance, 10), one.noise_hz[0], 1.0, np.arange(11) * eta.size
    )
    counts = expected_counts(source, receiver, samples)
    end_utc = np.datetime64("2026-06-14", "us") + np.arange(10) * np.timedelta64(12, "h")

    def key(blocks):
        return two_decoy_key(blocks, DecoySettings.of(source), Policy()).as_yield()

    pooled = pool_blocks(counts, np.zeros(10, np.intp), end_utc, key, Policy())
    assert pooled.blocks.passes.tolist() == [10]
    assert pooled.blocks.key_bits[0] / 10.0 == pytest.approx(float(row["SKL_per_pass"]), rel=1e-5)
    assert pooled.gain_bits > 5.0 * 49_676.0
