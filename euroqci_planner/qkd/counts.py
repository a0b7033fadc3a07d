"""From transmittance and noise along a pass to expected detections and errors.

Lim et al. 2014, Sec. IV, per slot and then summed, with detector dead time. A receiver with two
detectors chooses its basis actively: a gate listens in one basis. With four (a passive beam
splitter) all detectors listen at every gate: the splitter thins the light of each basis, but not
the noise, which a rarely chosen basis therefore feels more.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import DeadTimeKind, DecoySource, Receiver
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.link_budget import OffsetArray
from euroqci_planner.units import FloatArray

FloatOrArray = float | FloatArray
BoolOrArray = bool | NDArray[np.bool_]
_DETECTORS_PER_BASIS = 2
PASSIVE_FROM = _DETECTORS_PER_BASIS + 1


class ErrorSharing(Enum):
    """Which intensity errors are booked on: their own, or (reference program) by detections."""

    OWN = "own"
    BY_DETECTIONS = "by_detections"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ChannelSamples:
    """A channel in time slots, ragged: pass k owns `first_sample[k]:first_sample[k + 1]`.

    `transmittance` runs from the point where the photon number is defined to a click, gate and
    detector included. `noise_hz` is the rate of dark and background clicks per detector before
    gating, the mean of the detectors where they differ. NaN marks what the link cannot say.
    """

    transmittance: FloatArray
    noise_hz: FloatArray
    slot_s: FloatArray
    first_sample: OffsetArray


class BasisChoice(NamedTuple):
    """How a pulse meets one basis.

    `sent` is the sender's probability of it, `optical` the share of the light that the receiver
    leads there, `chosen` the probability that its detectors listen.
    """

    sent: float
    optical: float
    chosen: float


class Clicks(NamedTuple):
    """Probabilities per gate of a listening basis."""

    detection: FloatArray
    error: FloatArray


def expected_counts(
    source: DecoySource,
    receiver: Receiver,
    samples: ChannelSamples,
    *,
    sharing: ErrorSharing = ErrorSharing.OWN,
) -> DetectionCounts:
    """Expected detections and errors per pass and intensity in both bases, not rounded.

    A pass without samples gives zeros, one with a NaN among its samples NaN throughout. Linear in
    the noise per gate: NaN where it exceeds ½. Clicks of both bases at one gate are not told apart
    from single ones, and gates must not overlap.
    """
    columns: dict[str, FloatArray] = {}
    cache: dict[float, Clicks] = {}
    for name, basis in basis_choices(source, receiver).items():
        if basis.optical not in cache:
            cache[basis.optical] = _clicks(source, receiver, samples, basis.optical)
        clicks = cache[basis.optical]
        pulses = source.pulse_rate_hz * samples.slot_s * _live(source, receiver, samples, clicks)
        scale = basis.sent * basis.chosen * np.array(source.intensity_probabilities)
        errors = clicks.error if sharing is ErrorSharing.OWN else _shared(source, clicks)
        for kind, probability in (("detections", clicks.detection), ("errors", errors)):
            sums = [sum_per_pass(pulses * row, samples.first_sample) for row in probability]
            columns[f"{name}_{kind}"] = np.stack(sums, axis=-1) * scale
    return DetectionCounts(**columns)


def basis_choices(source: DecoySource, receiver: Receiver) -> dict[str, BasisChoice]:
    """The key and the test basis as both ends choose them."""
    sent, chosen = source.key_basis_probability, receiver.key_basis_probability
    ends = {"key": (sent, chosen), "test": (1.0 - sent, 1.0 - chosen)}
    if receiver.detectors >= PASSIVE_FROM:
        return {name: BasisChoice(a, b, 1.0) for name, (a, b) in ends.items()}
    return {name: BasisChoice(a, 1.0, b) for name, (a, b) in ends.items()}


def sum_per_pass(values: FloatArray, first_sample: OffsetArray) -> FloatArray:
    """Sum of each ragged piece of the last axis; zero for an empty one."""
    filled = np.flatnonzero(np.diff(first_sample) > 0)
    sums = np.zeros((*values.shape[:-1], len(first_sample) - 1))
    if filled.size:
        sums[..., filled] = np.add.reduceat(values, first_sample[filled], axis=-1)
    return sums


def noise_per_gate(receiver: Receiver, noise_hz: FloatArray) -> FloatArray:
    """p_ec: probability of a noise click per gate and detector; NaN above ½."""
    noise = np.asarray(noise_hz, dtype=np.float64) * receiver.gate_s
    return np.where(noise > 0.5, np.nan, noise)


def click_probabilities(
    photons: FloatArray, noise: FloatArray, afterpulse: FloatOrArray, intrinsic_error: FloatOrArray
) -> Clicks:
    """Detection and error per gate of a listening basis, elementwise.

    D_k = (1 + p_ap)[1 − (1 − 2 p_ec) e^(−ηk)], E_k = p_ec + ½ p_ap D_k + e_int (1 − e^(−ηk)), with
    `photons` the mean number ηk that reaches the detectors and `noise` p_ec.
    """
    lit = -np.expm1(-photons)
    detection = (1.0 + afterpulse) * (lit + 2.0 * noise * (1.0 - lit))
    error = noise + 0.5 * afterpulse * detection + intrinsic_error * lit
    return Clicks(detection, error)


def live_share(
    mean_detection: FloatArray,
    noise_hz: FloatArray,
    pulse_rate_hz: float,
    gate_s: FloatOrArray,
    dead_time_s: FloatOrArray,
    paralysable: BoolOrArray = False,
) -> FloatArray:
    """Share of the clicks that the detectors of a basis register, dead time included.

    See `registered_share`. Detectors run freely, gates are cut afterwards: noise between them
    counts.
    """
    between = np.maximum(0.0, 1.0 - gate_s * pulse_rate_hz) * noise_hz
    rate_hz = pulse_rate_hz * mean_detection / _DETECTORS_PER_BASIS + between
    return registered_share(rate_hz * dead_time_s, paralysable)


def registered_share(load: FloatArray, paralysable: BoolOrArray = False) -> FloatArray:
    """Share of the clicks that a detector registers, `load` being rate · dead time.

    1/(1 + load) where a click in the dead time is lost (non-paralysable), e^(−load) where it also
    lengthens the dead time (paralysable): the registered rate then falls again above a load of 1.
    """
    return np.asarray(np.where(paralysable, np.exp(-load), 1.0 / (1.0 + load)))


def _clicks(
    source: DecoySource, receiver: Receiver, samples: ChannelSamples, optical: float
) -> Clicks:
    """Clicks of every intensity at every sample, (intensities, samples)."""
    noise = noise_per_gate(receiver, samples.noise_hz)
    intensities = np.array(source.intensities)[:, np.newaxis] * optical
    return click_probabilities(
        intensities * samples.transmittance,
        noise,
        receiver.afterpulse_probability,
        source.intrinsic_error,
    )


def _live(
    source: DecoySource, receiver: Receiver, samples: ChannelSamples, clicks: Clicks
) -> FloatArray:
    """Live share of the detectors of a basis at every sample."""
    mean = np.array(source.intensity_probabilities) @ clicks.detection
    return live_share(
        mean,
        samples.noise_hz,
        source.pulse_rate_hz,
        receiver.gate_s,
        receiver.dead_time_s,
        receiver.dead_time_kind is DeadTimeKind.PARALYSABLE,
    )


def _shared(source: DecoySource, clicks: Clicks) -> FloatArray:
    """Errors of a slot, shared over intensities in proportion to their detections."""
    probabilities = np.array(source.intensity_probabilities)
    total = probabilities @ clicks.detection
    with np.errstate(invalid="ignore"):
        ratio = (probabilities @ clicks.error) / total
    return np.where(total == 0.0, 0.0, clicks.detection * ratio)
