"""Key with one decoy intensity (Rusca et al. 2018) at given settings.

Data: `data/keys/one_vs_two_decoy_optimised.csv`, an independent computation over the zenith pass of
SatQuMA with optimised settings, printed to four digits: close to an optimum the key hardly moves.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from key_cases import RECEIVER, SOURCE, read_losses, read_rows, window_of

from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.bounds import chernoff, clopper_pearson, hoeffding
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.one_decoy_bb84 import one_decoy_key
from euroqci_planner.qkd.settings import DecoySettings

KEYS = Path(__file__).parent / "data" / "keys"
PRINTED_DIGITS = 1e-6
BOUND = {"hoef": hoeffding, "chern": chernoff}


def one_decoy_bits(row, loss, bound) -> float:
    source = replace(
        SOURCE,
        intensities=(float(row["mu1_1d"]), float(row["mu2_1d"])),
        intensity_probabilities=(float(row["p1_1d"]), 1.0 - float(row["p1_1d"])),
        key_basis_probability=float(row["Px_1d"]),
        intrinsic_error=float(row["QBERI"]),
    )
    receiver = replace(RECEIVER, key_basis_probability=float(row["Px_1d"]))
    counts = expected_counts(source, receiver, window_of(row, loss))
    return one_decoy_key(
        counts, DecoySettings.of(source), Policy(), bound=bound
    ).key_bits_signed.item()


def two_decoy_bits(row, loss, bound) -> float:
    p1, p2 = float(row["p1_2d"]), float(row["p2_2d"])
    source = replace(
        SOURCE,
        intensities=(float(row["mu1_2d"]), float(row["mu2_2d"]), 0.0),
        intensity_probabilities=(p1, p2, 1.0 - p1 - p2),
        key_basis_probability=float(row["Px_2d"]),
        intrinsic_error=float(row["QBERI"]),
    )
    receiver = replace(RECEIVER, key_basis_probability=float(row["Px_2d"]))
    counts = expected_counts(source, receiver, window_of(row, loss))
    return two_decoy_key(
        counts, DecoySettings.of(source), Policy(), bound=bound
    ).key_bits_signed.item()


@pytest.fixture(scope="module")
def rows():
    return read_rows(KEYS / "one_vs_two_decoy_optimised.csv")


@pytest.fixture(scope="module")
def loss():
    return read_losses(KEYS, "XI0")["XI0"]


def test_an_independent_optimum_is_met_with_one_decoy_and_with_two(rows, loss):
    assert len(rows) == 8
    for row in rows:
        bound = BOUND[row["count_bound"]]
        one, two = one_decoy_bits(row, loss, bound), two_decoy_bits(row, loss, bound)
        assert one == pytest.approx(float(row["SKL_one_decoy"]), rel=PRINTED_DIGITS)
        assert two == pytest.approx(float(row["SKL_two_decoy"]), rel=PRINTED_DIGITS)


def test_one_decoy_wins_with_hoeffding_and_loses_with_chernoff(rows, loss):
    for row in rows:
        bound = BOUND[row["count_bound"]]
        one_wins = one_decoy_bits(row, loss, bound) > two_decoy_bits(row, loss, bound)
        assert one_wins == (row["count_bound"] == "hoef")


def test_exact_tails_give_one_decoy_more_key(rows, loss):
    for row in rows:
        assert one_decoy_bits(row, loss, clopper_pearson) > float(row["SKL_one_decoy"])
