"""Detections, secret key, and the epsilons that it costs."""

from __future__ import annotations

from dataclasses import dataclass

from euroqci_planner.mission.table import Table, column
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DetectionCounts(Table):
    """Expected counts per block and intensity, (n, intensities) each, not rounded.

    `key_*` are rounds in which both ends used the key basis (X of Lim et al. 2014), `test_*`
    those in which both used the other (Z).
    """

    key_detections: FloatArray = column("float64", per_row=("intensities",))
    key_errors: FloatArray = column("float64", per_row=("intensities",))
    test_detections: FloatArray = column("float64", per_row=("intensities",))
    test_errors: FloatArray = column("float64", per_row=("intensities",))


@dataclass(frozen=True, slots=True)
class EpsilonShare:
    """One entry of an epsilon ledger: `uses` times `epsilon_each` for `purpose`."""

    purpose: str
    uses: int
    epsilon_each: float

    @property
    def epsilon(self) -> float:
        """What this entry costs in all."""
        return self.uses * self.epsilon_each


@dataclass(frozen=True, slots=True)
class EpsilonLedger:
    """Where the security parameters of one key block go; `proof` cites the analysis."""

    proof: str
    shares: tuple[EpsilonShare, ...]

    @property
    def total(self) -> float:
        """Sum of all shares: the promised secrecy plus correctness."""
        return sum(share.epsilon for share in self.shares)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KeyYield(Table):
    """Secret key per block with every intermediate; rows go with the counts they came from.

    `key_bits_signed` is the key length before clamping and before the floor (negative: how far
    from a key); `key_bits` is what is reported: floor, never below zero. Rates are fractions:
    `qber` of the key basis, `phase_error` its bound, NaN where there are no detections.
    """

    sifted_bits: FloatArray = column("float64")
    qber: FloatArray = column("float64")
    vacuum_events: FloatArray = column("float64")
    single_photon_events: FloatArray = column("float64")
    test_single_photon_events: FloatArray = column("float64")
    test_single_photon_errors: FloatArray = column("float64")
    phase_error: FloatArray = column("float64")
    error_correction_bits: FloatArray = column("float64")
    key_bits_signed: FloatArray = column("float64")
    key_bits: FloatArray = column("float64")
