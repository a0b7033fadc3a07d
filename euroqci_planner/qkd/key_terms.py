"""A key length with everything that it is made of, for blocks of any shape."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NamedTuple, Protocol

import numpy as np

from euroqci_planner.mission.key_yield import KeyYield
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.qkd.entropy import binary_entropy, sampling_deviation
from euroqci_planner.qkd.error_correction import leaked_bits
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.units import FloatArray

_LARGEST_RATIO = 1.0 - float(np.finfo(np.float64).eps)


class Counts(Protocol):
    """Counts per block and intensity, (..., intensities): a `DetectionCounts`, or like one."""

    @property
    def key_detections(self) -> FloatArray:
        """Both ends in the key basis."""

    @property
    def key_errors(self) -> FloatArray:
        """Of these the wrong bits."""

    @property
    def test_detections(self) -> FloatArray:
        """Both ends in the other basis."""

    @property
    def test_errors(self) -> FloatArray:
        """Of these the wrong bits."""


class EventBounds(NamedTuple):
    """What a decoy estimate knows of a block; (...) each.

    Lower bounds on vacuum and single-photon detections in the key basis and on single-photon
    detections in the test basis, an upper bound on the errors among the latter.
    """

    vacuum: FloatArray
    single: FloatArray
    tested: FloatArray
    errors: FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KeyTerms:
    """The columns of `KeyYield` but the rounded one, as arrays of any common shape."""

    sifted_bits: FloatArray
    qber: FloatArray
    vacuum_events: FloatArray
    single_photon_events: FloatArray
    test_single_photon_events: FloatArray
    test_single_photon_errors: FloatArray
    phase_error: FloatArray
    error_correction_bits: FloatArray
    key_bits_signed: FloatArray

    def as_yield(self) -> KeyYield:
        """One row per block; the reported key is rounded down and never below zero."""
        columns = {item.name: np.atleast_1d(getattr(self, item.name)) for item in fields(self)}
        reported = np.floor(np.maximum(columns["key_bits_signed"], 0.0))
        return KeyYield(**columns, key_bits=reported)


def close_account(
    counts: Counts, events: EventBounds, policy: Policy, shares: int | None
) -> KeyTerms:
    """From the events to the key length: phase error, error correction, constants.

    `shares` is the number of equal parts of the secrecy epsilon; None for infinite blocks.
    """
    sifted = np.sum(counts.key_detections, axis=-1)
    with np.errstate(invalid="ignore"):
        qber = np.sum(counts.key_errors, axis=-1) / sifted
    epsilon = policy.epsilon_secrecy / shares if shares else None
    phase_error = phase_error_bound(events.errors, events.tested, events.single, epsilon)
    leaked = leaked_bits(sifted, qber, policy)
    constant = block_cost_bits(policy, shares) if shares else 0.0
    kept = events.single * (1.0 - binary_entropy(phase_error))
    length = events.vacuum + kept - leaked - constant
    shape = length.shape
    return KeyTerms(
        sifted_bits=_spread(sifted, shape),
        qber=_spread(qber, shape),
        vacuum_events=_spread(events.vacuum, shape),
        single_photon_events=_spread(events.single, shape),
        test_single_photon_events=_spread(events.tested, shape),
        test_single_photon_errors=_spread(events.errors, shape),
        phase_error=np.where(sifted == 0.0, np.nan, phase_error),
        error_correction_bits=_spread(leaked, shape),
        key_bits_signed=length,
    )


def block_cost_bits(policy: Policy, shares: int) -> float:
    """Constant cost of a block in bits: 6 log2(shares/ε_sec) + log2(2/ε_cor).

    Lim et al. 2014, Eq. 1 with 21 shares; Rusca et al. 2018, Eq. A25 with 19.
    """
    secrecy = 6.0 * np.log2(shares / policy.epsilon_secrecy)
    return float(secrecy + np.log2(2.0 / policy.epsilon_correctness))


def stacked(settings: DecoySettings, *kinds: FloatArray) -> FloatArray:
    """Counts of several kinds on one new first axis, broadcast against the settings."""
    shape = np.broadcast_shapes(settings.intensities.shape, *(kind.shape for kind in kinds))
    return np.stack([_spread(kind, shape) for kind in kinds])


def _spread(values: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    """Broadcast where it is needed: the view costs more than the arithmetic of a block."""
    return values if values.shape == shape else np.broadcast_to(values, shape)


def limited_to(total: FloatArray, events: FloatArray, least: float = 0.0) -> FloatArray:
    """Events of one photon number are part of all events, and no fewer than none."""
    return np.minimum(np.maximum(events, least), total)


def phase_error_bound(
    errors: FloatArray, tested: FloatArray, keyed: FloatArray, epsilon: float | None
) -> FloatArray:
    """Phase error ratio of `keyed` single-photon events (Lim et al. 2014, Eq. 5), at most ½.

    `errors` of `tested` single-photon events were seen in the other basis; `epsilon` is the
    failure probability of the sampling bound, None for the limit of infinite samples. ½ where
    there are no events to speak of; NaN where an input is.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.minimum(errors / tested, _LARGEST_RATIO)
        bound = ratio
        if epsilon is not None:
            deviation = sampling_deviation(epsilon, ratio, tested, keyed)
            bound = np.where(ratio == 0.0, 0.0, ratio + deviation)
    empty = (tested <= 0.0) | (keyed <= 0.0)
    return np.where(empty, 0.5, np.minimum(bound, 0.5))
