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


def _ledger(
    proof: str, uses: tuple[tuple[str, int], ...], secrecy: float, correctness: float
) -> EpsilonLedger:
    """Equal shares of the secrecy, and the correctness as a whole."""
    each = secrecy / sum(count for _, count in uses)
    shares = (EpsilonShare(purpose, count, each) for purpose, count in uses)
    return EpsilonLedger(proof, (*shares, EpsilonShare(_VERIFICATION, 1, correctness)))
