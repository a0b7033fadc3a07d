"""Entanglement over 1 120 km: Yin et al., Nature 582, 501 (2020), with two stations under Micius.

Published: 2.2 coincidences per second, signal to accidentals 15 to 1, sifted 1.1 per second, error
4.51 %, f = 1.19, 0.43 bit/s in the limit of infinite blocks, 372 bits from 3 100 s at 1e-10. The
table of bounds for n = k = 1 550 is an own computation of the project before this program was
written (key-rate notes, section 3.4), before the terms 2 log2(1/ε); what ε means moves the key
twofold.
"""

from __future__ import annotations

import numpy as np
import pytest
from tolerances import BIT, within

from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.bbm92 import (
    asymptotic_pair_rate_bps,
    bbm92_key,
    infinite_block_pair_key,
)
from euroqci_planner.qkd.entropy import binary_entropy, sampling_deviation
from euroqci_planner.qkd.pair_counts import PairArm, PairEmission, pair_counts
from euroqci_planner.qkd.sampling import SAMPLING_BOUNDS, Sampling

TESTED = KEYED = np.array(1_550.0)
ERROR, EFFICIENCY = 0.0451, 1.19
TABLE = {
    1e-10: {"exact": 630, "exact smooth": 290, "gamma_u": 614, "lim": 523, "serfling smooth": -250},
    1e-6: {"exact": 799, "exact smooth": 515, "gamma_u": 797, "lim": 688, "serfling smooth": -21},
    1e-5: {"exact": 854, "exact smooth": 581, "gamma_u": 854, "lim": 742, "serfling smooth": 54},
}


def both_bases(phase_error):
    """Bits of both bases before the constant terms."""
    kept = 1.0 - binary_entropy(phase_error) - EFFICIENCY * binary_entropy(ERROR)
    return 2.0 * float(KEYED * kept)


def whole_errors(failure):
    """Phase error ratio as the table has it: the last whole number of errors that is credible."""
    seen = np.floor(ERROR * TESTED)
    ratio = SAMPLING_BOUNDS[Sampling.EXACT](seen, TESTED, KEYED, failure)
    return np.floor(ratio * KEYED) / KEYED


@pytest.mark.parametrize("epsilon", list(TABLE))
def test_every_column_with_a_formula_is_reproduced(epsilon):
    smooth = (epsilon / 4.0) ** 2
    seen = ERROR * TESTED
    found = {
        "gamma_u": SAMPLING_BOUNDS[Sampling.GAMMA_U](seen, TESTED, KEYED, epsilon),
        "lim": ERROR + sampling_deviation(epsilon, ERROR, TESTED, KEYED),
        "serfling smooth": SAMPLING_BOUNDS[Sampling.SERFLING](seen, TESTED, KEYED, smooth),
    }
    for column, phase_error in found.items():
        assert both_bases(phase_error) == within(1 * BIT, of=TABLE[epsilon][column]), column


@pytest.mark.parametrize("epsilon", list(TABLE))
@pytest.mark.parametrize(("column", "power"), [("exact", 1), ("exact smooth", 2)])
def test_the_exact_columns_are_reproduced(epsilon, column, power):
    """One phase error is 4 bits of both bases, one error seen 15: the table has whole numbers.

    It takes 69 errors seen, of 69.9 expected, where expected counts are not rounded here.
    """
    failure = epsilon if power == 1 else (epsilon / 4.0) ** 2
    expected = TABLE[epsilon][column]
    assert both_bases(whole_errors(failure)) == within(1 * BIT, of=expected)
    ratio = SAMPLING_BOUNDS[Sampling.EXACT](ERROR * TESTED, TESTED, KEYED, failure)
    assert expected - 20.0 < both_bases(ratio) < expected


def test_the_asymptotic_rate_is_the_published_one():
    sifted_hz, accidental = 1.1, 1.0 / 16.0
    qber = accidental / 2.0 + 0.014 * (1.0 - accidental)
    assert qber == pytest.approx(ERROR, abs=1e-3)
    for error in (qber, ERROR):
        rate = asymptotic_pair_rate_bps(np.array(sifted_hz), np.array(error), EFFICIENCY)
        assert rate == within(0.05, of=0.43)


def test_counting_from_the_source_gives_the_published_coincidences_and_rate():
    """Pair rate 5.9 MHz and a window of 2.5 ns; noise is set to meet the ratio of 15 to 1."""
    rate_hz, window_s = 5.9e6, 2.5e-9
    eta = np.sqrt(2.2 * 15.0 / 16.0 / rate_hz)
    noise_hz = np.sqrt(2.2 / 16.0 / window_s) - rate_hz * eta
    arm = PairArm(
        transmittance=np.array([eta]),
        noise_hz=np.array([noise_hz]),
        key_basis_probability=0.5,
        detectors=4,
    )
    emission = PairEmission(
        pair_rate_hz=rate_hz, window_s=window_s, inside=1.0, intrinsic_error=0.014
    )
    counts = pair_counts(emission, (arm, arm), np.array([1.0]), np.array([0, 1]))
    sifted = (counts.key_detections + counts.test_detections).item()
    assert sifted == pytest.approx(1.1, rel=1e-9)
    key = infinite_block_pair_key(counts, Policy(error_correction_efficiency=EFFICIENCY))
    assert key.qber.item() == pytest.approx(ERROR, abs=1e-3)
    assert key.key_bits_signed.item() == within(0.05, of=0.43)


def test_the_published_block_gives_a_key_of_the_published_order_and_no_more():
    """372 bits with the epsilons of the paper; with a smooth-entropy split at 1e-10 fewer."""
    errors = ERROR * TESTED
    columns = {
        "key_detections": KEYED,
        "key_errors": errors,
        "test_detections": TESTED,
        "test_errors": errors,
    }
    counts = DetectionCounts(**{name: np.reshape(value, (1, 1)) for name, value in columns.items()})
    policy = Policy(
        epsilon_secrecy=1e-10, epsilon_correctness=1e-10, error_correction_efficiency=EFFICIENCY
    )
    ours = bbm92_key(counts, policy).key_bits_signed.item()
    assert 0.0 < ours < 372.0
    looser = Policy(
        epsilon_secrecy=1e-6, epsilon_correctness=1e-10, error_correction_efficiency=EFFICIENCY
    )
    assert bbm92_key(counts, looser).key_bits_signed.item() > 1.5 * ours


def test_no_key_beyond_six_per_cent():
    """Published: none above 6.0 % in 3 100 s at 1e-10."""
    columns = {"key_detections": 1_550.0, "test_detections": 1_550.0}
    for ratio, expected in ((0.045, True), (0.061, False)):
        errors = {"key_errors": ratio * 1_550.0, "test_errors": ratio * 1_550.0}
        counts = DetectionCounts(
            **{name: np.reshape(value, (1, 1)) for name, value in {**columns, **errors}.items()}
        )
        policy = Policy(epsilon_secrecy=1e-10, error_correction_efficiency=EFFICIENCY)
        assert (bbm92_key(counts, policy).key_bits_signed.item() > 0.0) is expected
