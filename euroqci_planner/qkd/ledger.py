"""Where the security parameters of a key block go."""

from __future__ import annotations

from euroqci_planner.mission.key_yield import EpsilonLedger, EpsilonShare

TWO_DECOY_SHARES = 21
ONE_DECOY_SHARES = 19

_SAMPLING = "phase error by sampling, smoothing of single photons ({})"
_SINGLE = "chain rule, single photons from the rest ({})"
_VACUUM = "chain rule, vacuum from multi-photon events ({})"
_AMPLIFICATION = "privacy amplification (ν)"
_DETECTIONS = "detection counts against their expectation (ε₁)"
_ERRORS = "error counts against their expectation (ε₂)"
_VERIFICATION = "error verification (ε_cor)"
_PAIR_SAMPLING = "phase error by sampling, smoothing: 2√p with p = {}"
_PAIR_PROOF = "Tomamichel, Lim, Gisin, Renner 2012, Nat. Commun. 3, 634, with exact sampling tails"


def two_decoy_ledger(epsilon_secrecy: float, epsilon_correctness: float) -> EpsilonLedger:
    """Split of Lim et al. 2014, Eq. B4: ε_sec = 2(2α₁ + α₂ + α₃) + ν + 10ε₁ + 2ε₂, all equal.

    The total is `epsilon_secrecy` + `epsilon_correctness`, but for rounding.
    """
    entropy = ((_SAMPLING.format("α₁"), 4), (_SINGLE.format("α₂"), 2), (_VACUUM.format("α₃"), 2))
    return _ledger(
        "Lim et al. 2014, PRA 89, 022307, Eqs. B1-B4",
        (*entropy, (_AMPLIFICATION, 1), (_DETECTIONS, 10), (_ERRORS, 2)),
        epsilon_secrecy,
        epsilon_correctness,
    )


def one_decoy_ledger(epsilon_secrecy: float, epsilon_correctness: float) -> EpsilonLedger:
    """Split of Rusca et al. 2018, Eq. A24: ε_sec = 2(α₁ + 2α₂ + α₃) + ν + 6ε₁ + 4ε₂, all equal."""
    entropy = ((_SINGLE.format("α₁"), 2), (_SAMPLING.format("α₂"), 4), (_VACUUM.format("α₃"), 2))
    return _ledger(
        "Rusca et al. 2018, APL 112, 171104, Eq. A24",
        (*entropy, (_AMPLIFICATION, 1), (_DETECTIONS, 6), (_ERRORS, 4)),
        epsilon_secrecy,
        epsilon_correctness,
    )


def pair_ledger(epsilon_secrecy: float, epsilon_correctness: float, bases: int) -> EpsilonLedger:
    """Split for entangled pairs with key from one basis or from both, `bases` blocks.

    Each block has an equal part ε of the secrecy: half of it is 2√p for the failure p = (ε/4)² of
    the sampling bound (smoothing), half privacy amplification; and an equal part of the
    correctness.
    """
    each = epsilon_secrecy / bases
    shares = (
        EpsilonShare(
            _PAIR_SAMPLING.format(f"{pair_failure(epsilon_secrecy, bases):.3g}"), bases, each / 2
        ),
        EpsilonShare(_AMPLIFICATION, bases, each / 2),
        EpsilonShare(_VERIFICATION, bases, epsilon_correctness / bases),
    )
    return EpsilonLedger(_PAIR_PROOF, shares)


def pair_failure(epsilon_secrecy: float, bases: int) -> float:
    """Probability with which the sampling bound of one block of pairs may fail: (ε/4)²."""
    return (epsilon_secrecy / bases / 4.0) ** 2


def _ledger(
    proof: str, uses: tuple[tuple[str, int], ...], secrecy: float, correctness: float
) -> EpsilonLedger:
    """Equal shares of the secrecy, and the correctness as a whole."""
    each = secrecy / sum(count for _, count in uses)
    shares = (EpsilonShare(purpose, count, each) for purpose, count in uses)
    return EpsilonLedger(proof, (*shares, EpsilonShare(_VERIFICATION, 1, correctness)))
