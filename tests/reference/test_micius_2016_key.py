"""Micius over Xinglong, 19 December 2016: Liao et al., Nature 549, 43 (2017), arXiv:1707.00542.

Published: 1 671 072 sifted bits in 273 s, QBER 1.1 %, intensities 0.8 / 0.1 / 0 sent with
probabilities 50 / 25 / 25 %, 100 MHz, 300 939 final bits at a secrecy of 1e-9. Not published, and
assumed here: noise 1e-7 per gate and detector, error correction at 1.3 times the Shannon limit,
keys out of both bases. Loss and intrinsic error follow from the sifted bits and the QBER.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from key_cases import GATE_S, RECEIVER, SOURCE, channel
from scipy.optimize import brentq
from tolerances import DECIBEL, within

from euroqci_planner.mission.scenario import Concentration, Policy
from euroqci_planner.qkd.asymptotic import infinite_block_key
from euroqci_planner.qkd.counts import expected_counts
from euroqci_planner.qkd.decoy_bb84 import two_decoy_key
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.units import decibel_loss

SIFTED_BITS = 1_671_072.0
QBER = 0.011
DURATION_S = 273.0
ACCEPTED_BITS = (2.9e5, 4.3e5)
BASES = 2

MICIUS = replace(
    SOURCE,
    intensities=(0.8, 0.1, 0.0),
    intensity_probabilities=(0.5, 0.25, 0.25),
    key_basis_probability=0.5,
)
XINGLONG = replace(RECEIVER, key_basis_probability=0.5, afterpulse_probability=0.0)


def counts_with(transmittance: float, intrinsic_error: float):
    source = replace(MICIUS, intrinsic_error=intrinsic_error)
    return expected_counts(source, XINGLONG, channel(transmittance, 1e-7 / GATE_S, DURATION_S))


def solve():
    """Mean transmittance and intrinsic error that give the published sifted bits and QBER."""

    def sifted_excess(transmittance: float) -> float:
        return float(BASES * counts_with(transmittance, 0.0).key_detections.sum() - SIFTED_BITS)

    transmittance = brentq(sifted_excess, 1e-6, 1e-2, xtol=1e-18)

    def error_excess(intrinsic: float) -> float:
        counts = counts_with(transmittance, intrinsic)
        return float(counts.key_errors.sum() / counts.key_detections.sum() - QBER)

    return transmittance, brentq(error_excess, 0.0, 0.02)


@pytest.fixture(scope="module")
def published_counts():
    return counts_with(*solve())


def final_bits(counts, concentration: Concentration) -> float:
    policy = Policy(concentration=concentration, error_correction_efficiency=1.3)
    return BASES * two_decoy_key(counts, DecoySettings.of(MICIUS), policy).key_bits_signed.item()


@pytest.mark.parametrize("concentration", list(Concentration))
def test_the_final_key_of_the_first_published_pass_is_in_band(published_counts, concentration):
    assert BASES * published_counts.key_detections.sum() == pytest.approx(SIFTED_BITS, rel=1e-9)
    low, high = ACCEPTED_BITS
    assert low < final_bits(published_counts, concentration) < high


def test_an_independent_computation_of_the_same_pass_agrees(published_counts):
    # Computed beside this program from the same formulas over a varying loss of 35.1 dB in the
    # mean: asymptotic 491 390, Chernoff 411 613, Hoeffding 305 613 bits.
    transmittance, _ = solve()
    assert decibel_loss(transmittance) == within(0.4 * DECIBEL, of=35.1)
    policy = Policy(error_correction_efficiency=1.3)
    ceiling = infinite_block_key(published_counts, DecoySettings.of(MICIUS), policy)
    found = [
        BASES * ceiling.key_bits_signed.item(),
        final_bits(published_counts, Concentration.CHERNOFF),
        final_bits(published_counts, Concentration.HOEFFDING),
    ]
    np.testing.assert_allclose(found, [491_390, 411_613, 305_613], rtol=0.01)
