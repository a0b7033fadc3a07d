"""From a continuously pumped source of entangled pairs to coincidences and errors per basis.

Two arms with a basis choice each; accidental coincidences come from all singles that fall into one
window by chance, multiple pairs among them. Signals follow the samples: rates are multiplied sample
by sample and then summed, because both arms of a dual downlink fade together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.link_budget import OffsetArray
from euroqci_planner.qkd.counts import PASSIVE_FROM, registered_share, sum_per_pass
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PairEmission:
    """What leaves the source, and when two clicks count as a pair.

    `window_s` is the full coincidence window, `inside` the share of true pairs within it,
    `intrinsic_error` the probability that a true pair gives opposite bits.
    """

    pair_rate_hz: float
    window_s: float
    inside: float
    intrinsic_error: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PairArm:
    """One half of the pairs: a way to a receiver, per sample or constant.

    `transmittance` runs from the source to a click, detector included, the coincidence window not.
    `noise_hz` is the noise of all `detectors` together. Three detectors or more: a beam splitter
    chooses the basis; two: both serve the basis chosen.
    """

    transmittance: FloatArray
    noise_hz: FloatArray
    key_basis_probability: float
    detectors: int
    dead_time_s: float = 0.0
    paralysable: bool = False
    afterpulse_probability: float = 0.0


class _BasisRates(NamedTuple):
    """Per second of the pass: signal share of an arm in a basis, its singles, their live share."""

    signal: FloatArray
    singles_hz: FloatArray


def pair_counts(
    emission: PairEmission,
    arms: tuple[PairArm, PairArm],
    slot_s: FloatArray,
    first_sample: OffsetArray,
) -> DetectionCounts:
    """Expected coincidences and errors per pass in matching bases, (passes, 1) each, not rounded.

    C_t = c R η_A η_B, C_a = S_A S_B τ, errors e C_t + C_a/2 (Ma, Fung and Lo 2007, in rates). NaN
    where a sample is missing, zero for a pass without samples. Thin pairs only: a window holds far
    less than one single per arm; NaN where it holds one or more.
    """
    columns: dict[str, FloatArray] = {}
    for name in ("key", "test"):
        one, other = (_basis_rates(emission.pair_rate_hz, arm, name == "key") for arm in arms)
        true_hz = emission.inside * emission.pair_rate_hz * one.signal * other.signal
        accidental_hz = one.singles_hz * other.singles_hz * emission.window_s
        for singles_hz in (one.singles_hz, other.singles_hz):
            crowded = singles_hz * emission.window_s >= 1.0
            accidental_hz = np.where(crowded, np.nan, accidental_hz)
        detections = slot_s * (true_hz + accidental_hz)
        errors = slot_s * (emission.intrinsic_error * true_hz + 0.5 * accidental_hz)
        columns[f"{name}_detections"] = sum_per_pass(detections, first_sample)[:, np.newaxis]
        columns[f"{name}_errors"] = sum_per_pass(errors, first_sample)[:, np.newaxis]
    return DetectionCounts(**columns)


def _basis_rates(pair_rate_hz: float, arm: PairArm, is_key: bool) -> _BasisRates:
    """Share of the pairs and rate of all clicks of one arm in one basis, dead time included.

    A splitter thins light by the share of the basis and leaves it half of the detectors with their
    noise; a switch gives it all detectors for that share of the time.
    """
    share = arm.key_basis_probability if is_key else 1.0 - arm.key_basis_probability
    passive = arm.detectors >= PASSIVE_FROM
    light_hz = pair_rate_hz * arm.transmittance * (share if passive else 1.0)
    noise_hz = arm.noise_hz * (0.5 if passive else 1.0)
    clicks_hz = (1.0 + arm.afterpulse_probability) * (light_hz + noise_hz)
    at_once = 0.5 * arm.detectors if passive else float(arm.detectors)
    live = registered_share(clicks_hz * arm.dead_time_s / at_once, arm.paralysable)
    duty = 1.0 if passive else share
    return _BasisRates(share * arm.transmittance * live, duty * clicks_hz * live)
