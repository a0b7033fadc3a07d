"""BBM92 with a finite key: pairs measured in two bases, each the test of the other.

Tomamichel, Lim, Gisin and Renner, Nat. Commun. 3, 634 (2012), with the sampling bound replaced by a
hypergeometric tail. The source needs no trust; who holds the second arm does.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.entropy import binary_entropy
from euroqci_planner.qkd.error_correction import leaked_bits
from euroqci_planner.qkd.key_terms import Counts, KeyTerms
from euroqci_planner.qkd.ledger import pair_failure
from euroqci_planner.qkd.sampling import SAMPLING_BOUNDS, Sampling
from euroqci_planner.units import FloatArray


class KeyedBases(StrEnum):
    """Which matching rounds give key."""

    BOTH = "both"
    KEY_BASIS = "key_basis"


PhaseError = Callable[[FloatArray, FloatArray, FloatArray], FloatArray]


class _Rounds(NamedTuple):
    """Matching rounds of one basis and their errors, (...) each."""

    sifted: FloatArray
    errors: FloatArray


class _BasisKey(NamedTuple):
    """One basis as a block of its own, with the other as its test, (...) each."""

    block: _Rounds
    test: _Rounds
    phase_error: FloatArray
    leaked: FloatArray
    length: FloatArray


def bbm92_key(
    counts: Counts,
    policy: Policy,
    *,
    sampling: Sampling = Sampling.EXACT,
    keyed: KeyedBases = KeyedBases.BOTH,
) -> KeyTerms:
    """Secret key length of each block of pairs, signed, with every intermediate.

    Per keyed basis ℓ = n [1 − h(e + ν)] − λ_EC − log2(2/ε_cor) − 2 log2(1/(2 ε_pa)), where e + ν
    bounds the phase error from the errors of the other basis; ε_pa and the failure of ν follow from
    `ledger.pair_ledger`. With both bases keyed, one whose length is negative is left out: its
    counts do not show up, its share of the epsilons is spent all the same. Counts may be expected
    ones; ½ is the phase error where nothing was tested. NaN where an input is.
    """
    bases = 2 if keyed is KeyedBases.BOTH else 1
    failure = pair_failure(policy.epsilon_secrecy, bases)
    secrecy, correctness = (
        part / bases for part in (policy.epsilon_secrecy, policy.epsilon_correctness)
    )
    cost = float(np.log2(2.0 / correctness) + 2.0 * np.log2(1.0 / secrecy))
    bound = SAMPLING_BOUNDS[sampling]

    def phase_error(errors: FloatArray, tested: FloatArray, keyed: FloatArray) -> FloatArray:
        return bound(errors, tested, keyed, failure)

    return _best_of(_bases(counts, policy, phase_error, cost), bases)


def infinite_block_pair_key(counts: Counts, policy: Policy) -> KeyTerms:
    """Key of the same counts if they were those of an endless block: no deviation, no constants."""

    def phase_error(errors: FloatArray, tested: FloatArray, keyed: FloatArray) -> FloatArray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(errors / tested + 0.0 * keyed)

    return _best_of(_bases(counts, policy, phase_error, 0.0), 2)


def asymptotic_pair_rate_bps(
    sifted_hz: FloatArray, qber: FloatArray, efficiency: float
) -> FloatArray:
    """S [1 − (1 + f) h(e)] in bit/s, signed, for equal errors in both bases; elementwise.

    Koashi and Preskill 2003 for an untrusted source, with `efficiency` f of the error correction,
    as Ma, Fung and Lo 2007, Phys. Rev. A 76, 012307 use it.
    """
    return np.asarray(sifted_hz * (1.0 - (1.0 + efficiency) * binary_entropy(qber)))


def _bases(
    counts: Counts, policy: Policy, phase_error: PhaseError, cost: float
) -> tuple[_BasisKey, _BasisKey]:
    """Key basis and test basis, each with the other as its test."""
    key, test = (
        _Rounds(np.sum(detections, axis=-1), np.sum(errors, axis=-1))
        for detections, errors in (
            (counts.key_detections, counts.key_errors),
            (counts.test_detections, counts.test_errors),
        )
    )
    return (
        _basis_key(key, test, policy, phase_error, cost),
        _basis_key(test, key, policy, phase_error, cost),
    )


def _basis_key(
    block: _Rounds, test: _Rounds, policy: Policy, phase_error: PhaseError, cost: float
) -> _BasisKey:
    """Length of one block; see `bbm92_key`."""
    bound = phase_error(test.errors, test.sifted, block.sifted)
    bound = np.where(np.isnan(bound), 0.5, np.minimum(bound, 0.5))
    with np.errstate(invalid="ignore", divide="ignore"):
        leaked = leaked_bits(block.sifted, block.errors / block.sifted, policy)
    missing = 0.0 * (test.sifted + test.errors)
    length = block.sifted * (1.0 - binary_entropy(bound)) - leaked - cost + missing
    return _BasisKey(block, test, bound, leaked, length)


def _best_of(bases: tuple[_BasisKey, _BasisKey], number: int) -> KeyTerms:
    """The account of the first basis, of both, or of the second, whichever is longest."""
    one, other = bases
    first = np.ones(one.length.shape, dtype=bool)
    second = np.zeros(one.length.shape, dtype=bool)
    if number > 1:
        first = ~(one.length < 0.0) | (one.length >= other.length)
        second = ~(other.length < 0.0) | (other.length > one.length)

    def summed(part: Callable[[_BasisKey], FloatArray]) -> FloatArray:
        return np.where(first, part(one), 0.0) + np.where(second, part(other), 0.0)

    sifted, total = summed(lambda basis: basis.block.sifted), summed(lambda basis: basis.length)
    with np.errstate(invalid="ignore", divide="ignore"):
        qber = summed(lambda basis: basis.block.errors) / sifted
        phase_error = summed(lambda basis: basis.block.sifted * basis.phase_error) / sifted
    return KeyTerms(
        sifted_bits=sifted,
        qber=qber,
        vacuum_events=0.0 * total,
        single_photon_events=sifted,
        test_single_photon_events=summed(lambda basis: basis.test.sifted),
        test_single_photon_errors=summed(lambda basis: basis.test.errors),
        phase_error=phase_error,
        error_correction_bits=summed(lambda basis: basis.leaked),
        key_bits_signed=total,
    )
