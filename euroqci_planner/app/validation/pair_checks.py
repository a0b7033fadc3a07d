"""Entanglement over 1 120 km (Yin et al. 2020), recomputed from the counts that are published."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from euroqci_planner.app.validation.rows import Finding
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.bbm92 import bbm92_key, infinite_block_pair_key
from euroqci_planner.qkd.entropy import binary_entropy
from euroqci_planner.qkd.pair_counts import PairArm, PairEmission, pair_counts
from euroqci_planner.qkd.sampling import exact_ratio

COINCIDENCES_HZ = 2.2
SIGNAL_TO_NOISE = 15.0
POLARISATION_ERROR = 0.014
EFFICIENCY = 1.19
DATA_S = 3_100.0
SIFTED_PER_BASIS = 1_550.0
QBER = 0.045
EPSILON = 1e-10
PAIR_RATE_HZ = 5.9e6
WINDOW_S = 2.5e-9
BASES = 2.0


def asymptotic_rate_bps() -> float:
    """Key per second of an endless block: pairs counted from the source, 4.4 % of them wrong.

    Two equal arms whose transmittance and noise give the published coincidences and their ratio
    to accidentals; the error follows from both.
    """
    share = SIGNAL_TO_NOISE / (SIGNAL_TO_NOISE + 1.0)
    eta = np.sqrt(COINCIDENCES_HZ * share / PAIR_RATE_HZ)
    singles_hz = np.sqrt(COINCIDENCES_HZ * (1.0 - share) / WINDOW_S)
    arm = PairArm(
        transmittance=np.array([eta]),
        noise_hz=np.array([singles_hz - PAIR_RATE_HZ * eta]),
        key_basis_probability=0.5,
        detectors=4,
    )
    emission = PairEmission(
        pair_rate_hz=PAIR_RATE_HZ,
        window_s=WINDOW_S,
        inside=1.0,
        intrinsic_error=POLARISATION_ERROR,
    )
    counts = pair_counts(emission, (arm, arm), np.array([1.0]), np.array([0, 1]))
    policy = Policy(error_correction_efficiency=EFFICIENCY)
    return float(infinite_block_pair_key(counts, policy).key_bits_signed.item())


def published_block_bits(qber: float) -> float:
    """Key of the published block if ε is spent in full on every purpose and basis.

    That reading of ε meets the published limit of the error rate, see `largest_error`.
    """
    rounds = np.array(SIFTED_PER_BASIS)
    ratio = exact_ratio(qber * rounds, rounds, rounds, EPSILON)
    kept = 1.0 - binary_entropy(ratio) - EFFICIENCY * binary_entropy(np.array(qber))
    constants = np.log2(2.0 / EPSILON) + 2.0 * np.log2(1.0 / (2.0 * EPSILON))
    return float(BASES * (rounds * kept - constants))


def own_block_bits() -> float:
    """Key of the same block with the split of ε that this program promises."""
    sifted, errors = np.full((1, 1), SIFTED_PER_BASIS), np.full((1, 1), QBER * SIFTED_PER_BASIS)
    counts = DetectionCounts(
        key_detections=sifted, key_errors=errors, test_detections=sifted, test_errors=errors
    )
    policy = Policy(
        epsilon_secrecy=EPSILON,
        epsilon_correctness=EPSILON,
        error_correction_efficiency=EFFICIENCY,
    )
    return float(bbm92_key(counts, policy).key_bits_signed.item())


def finite_finding() -> Finding:
    """Key of the published block, and what is left of it with the split of this program."""
    note = f"with 1e-10 split over purposes and bases, as in plans: {own_block_bits():.0f} bits"
    return Finding(published_block_bits(QBER), note)


def largest_error() -> float:
    """Error rate above which the published block has no key."""
    return float(brentq(published_block_bits, 0.02, 0.09, xtol=1e-6))


PAIR_CHECKS: dict[str, Callable[[], float | Finding]] = {
    "YIN-2020": asymptotic_rate_bps,
    "YIN-2020-FINITE": finite_finding,
    "YIN-2020-LIMIT": largest_error,
}
