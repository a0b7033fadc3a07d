"""Optimised settings against an independent optimisation of the same key lengths.

Data: `data/keys/key_length_optimised_settings.csv` (22 finite-key cases over loss tables of SatQuMA
2.0, whose own optimiser stopped at zero in six of them), `one_vs_two_decoy_optimised.csv`,
`bound_variants_optimised.csv`; own computations of the project. Settings are free of the reference
program's box (second intensity >= 0.1), as there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from key_cases import SOURCE, read_losses, read_rows, setting_of, window_of

from euroqci_planner.mission.assets import Protocol
from euroqci_planner.mission.scenario import Concentration, Policy
from euroqci_planner.qkd.compression import compressed
from euroqci_planner.qkd.optimise import optimise_settings
from euroqci_planner.qkd.pass_optimum import optimise_pass
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns

KEYS = Path(__file__).parent / "data" / "keys"
SHARE = 0.99999
START = {"Px": "0.8", "p1": "0.8", "p2": "0.15", "mu1": "0.7", "mu2": "0.1"}
ONE_DECOY = {
    "protocol": Protocol.BB84_ONE_DECOY,
    "intensities": (0.6, 0.2),
    "intensity_probabilities": (0.8, 0.2),
}


@pytest.fixture(scope="module")
def losses():
    names = ("XI0", *(f"G810_th{angle}" for angle in (90, 60, 40, 30, 20)))
    return read_losses(KEYS, *names)


def optimised(row, loss, concentration, **source_changes):
    source, receiver = setting_of({**row, **START})
    channels = PassChannels.of(
        replace(source, **source_changes),
        ReceiverColumns.of(receiver, 1),
        compressed(window_of(row, loss)),
    )
    found = optimise_settings(channels, Policy(concentration=concentration))
    return found.key_bits_signed.item()


def finite_rows():
    rows = read_rows(KEYS / "key_length_optimised_settings.csv")
    return [row for row in rows if row["bound"] != "Asymptotic"]


def test_every_finite_case_reaches_the_independent_optimum(losses):
    rows = finite_rows()
    assert len(rows) == 22
    for row in rows:
        concentration = Concentration(row["bound"].lower())
        found = optimised(row, losses[row["loss"]], concentration)
        assert found >= SHARE * float(row["SKL_independent"]), row


def test_no_key_is_lost_where_the_reference_program_stopped_at_zero(losses):
    stuck = [row for row in finite_rows() if float(row["SKL_tool"]) == 0.0]
    assert len(stuck) == 5
    for row in stuck:
        assert optimised(row, losses[row["loss"]], Concentration(row["bound"].lower())) > 6_000.0


def test_one_and_two_decoys_reach_the_independent_optimum(losses):
    bounds = {"hoef": Concentration.HOEFFDING, "chern": Concentration.CHERNOFF}
    rows = read_rows(KEYS / "one_vs_two_decoy_optimised.csv")
    for row in rows:
        bound = bounds[row["count_bound"]]
        one = optimised(row, losses["XI0"], bound, **ONE_DECOY)
        assert one >= SHARE * float(row["SKL_one_decoy"])
        assert optimised(row, losses["XI0"], bound) >= SHARE * float(row["SKL_two_decoy"])


def test_exact_tails_gain_what_the_independent_computation_says(losses):
    rows = [
        row
        for row in read_rows(KEYS / "bound_variants_optimised.csv")
        if (row["clip_v_to_mZ"], row["errors"], row["phase_bound"], row["count_bound"])
        == ("True", "per-intensity", "lim", "exact")
    ]
    assert len(rows) == 7
    for row in rows:
        found = optimised(row, losses["XI0"], Concentration.EXACT)
        assert found >= SHARE * float(row["SKL"])
        assert found < (1.1 if float(row["SKL"]) > 5e4 else 2.0) * float(row["SKL"])


def test_the_best_window_of_a_weak_pass_beats_the_best_symmetric_one(losses):
    row = {
        **START,
        "Pec": "5e-7",
        "QBERI": "0.005",
        "extra_loss_dB": "12",
        "dt_s": "220",
    }
    source, receiver = setting_of(row)
    samples = window_of(row, losses["XI0"])
    best = optimise_pass(samples, source, ReceiverColumns.of(receiver, 1), Policy()).windows
    assert best.key_bits_signed.item() >= 74_843.0
    assert best.key_bits_signed.item() < 1.01 * 74_843.0
    assert 100 < best.start.item() < best.stop.item() < 341


def test_the_source_of_the_cases_is_not_the_optimum(losses):
    row = finite_rows()[1]
    assert SOURCE.intensities == (0.7, 0.1, 0.0)
    assert optimised(row, losses["XI0"], Concentration.CHERNOFF) > 49_000.0
