"""Expected counts of many passes under many protocol settings at once.

The formulas are those of `counts`, on pseudo-slots of `compression`. Axes: intensities first, then
pseudo-slots, passes, trials; what a proof sees has the intensities last, as everywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.mission.assets import DeadTimeKind, DecoySource, Receiver
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.qkd.compression import CompressedChannel
from euroqci_planner.qkd.counts import PASSIVE_FROM, click_probabilities, live_share
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.units import FloatArray


class ReceiverBasis(Enum):
    """Who sets the receiver's share of the key basis while the sender's is sought.

    `BY_HARDWARE`: an active choice follows the sender, a beam splitter stays as it was built.
    """

    FIXED = "fixed"
    FOLLOWS_SENDER = "follows_sender"
    BY_HARDWARE = "by_hardware"


class TrialSettings(NamedTuple):
    """Settings to try: intensities and probabilities (intensities, passes, trials).

    `sent` is the sender's probability of the key basis, `received` the receiver's share of it,
    (passes, trials) each. Axes of length one broadcast.
    """

    intensities: FloatArray
    probabilities: FloatArray
    sent: FloatArray
    received: FloatArray

    def as_decoy_settings(self) -> DecoySettings:
        """Intensities and probabilities with the intensities last."""
        return DecoySettings(
            intensities=self.intensities.transpose(1, 2, 0),
            probabilities=self.probabilities.transpose(1, 2, 0),
        )


class TrialCounts(NamedTuple):
    """Expected counts (passes, trials, intensities) each, as `DetectionCounts` names them."""

    key_detections: FloatArray
    key_errors: FloatArray
    test_detections: FloatArray
    test_errors: FloatArray

    def table(self) -> DetectionCounts:
        """The first trial of every pass as a table."""
        return DetectionCounts(**{name: kind[:, 0] for name, kind in self._asdict().items()})


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ReceiverColumns:
    """What the counts need of the receiver of each pass, (passes,) each.

    `follows` marks those whose basis choice goes with the sender's; the others keep
    `key_basis_probability`.
    """

    passive: NDArray[np.bool_]
    paralysable: NDArray[np.bool_]
    follows: NDArray[np.bool_]
    key_basis_probability: FloatArray
    gate_s: FloatArray
    dead_time_s: FloatArray
    afterpulse_probability: FloatArray

    @classmethod
    def of(
        cls,
        receivers: Receiver | Sequence[Receiver],
        passes: int,
        basis: ReceiverBasis = ReceiverBasis.BY_HARDWARE,
    ) -> Self:
        """One receiver for all passes, or one per pass; ValueError for any other number."""
        each = [receivers] if isinstance(receivers, Receiver) else list(receivers)
        if len(each) not in (1, passes):
            raise ValueError(f"{len(each)} receivers for {passes} passes")
        passive = np.broadcast_to([item.detectors >= PASSIVE_FROM for item in each], passes)
        kinds = [item.dead_time_kind is DeadTimeKind.PARALYSABLE for item in each]
        paralysable = np.broadcast_to(kinds, passes)
        follows = ~passive
        if basis is not ReceiverBasis.BY_HARDWARE:
            follows = np.full(passes, basis is ReceiverBasis.FOLLOWS_SENDER)
        numbers = {
            name: np.broadcast_to(np.array([getattr(item, name) for item in each]), passes)
            for name in ("key_basis_probability", *_PER_PASS)
        }
        return cls(passive=passive, paralysable=paralysable, follows=follows, **numbers)

    def take(self, rows: ArrayLike) -> Self:
        """The receivers of these passes: indices or a boolean mask."""
        index = np.asarray(rows)
        return replace(
            self, **{item.name: getattr(self, item.name)[index] for item in fields(self)}
        )

    def received(self, sent: FloatArray) -> FloatArray:
        """Receiver's share of the key basis for the sender's, (passes, trials)."""
        fixed = self.key_basis_probability[:, np.newaxis]
        return np.where(self.follows[:, np.newaxis], sent, fixed)


_PER_PASS = ("gate_s", "dead_time_s", "afterpulse_probability")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PassChannels:
    """Pseudo-slots of passes of one source, (passes, nodes), and the receiver of each.

    `source` gives pulse rate, intrinsic error and whatever is not sought.
    """

    source: DecoySource
    receivers: ReceiverColumns
    transmittance: FloatArray
    noise_hz: FloatArray
    slot_s: FloatArray

    @classmethod
    def of(
        cls,
        source: DecoySource,
        receivers: ReceiverColumns,
        channel: CompressedChannel,
    ) -> Self:
        """From compressed passes and the receiver of each."""
        shape = (-1, channel.nodes)
        return cls(
            source=source,
            receivers=receivers,
            transmittance=channel.samples.transmittance.reshape(shape),
            noise_hz=channel.samples.noise_hz.reshape(shape),
            slot_s=channel.samples.slot_s.reshape(shape),
        )

    def __len__(self) -> int:
        """Number of passes."""
        return len(self.slot_s)

    def take(self, rows: ArrayLike) -> Self:
        """These passes: indices or a boolean mask."""
        index = np.asarray(rows)
        return replace(
            self,
            receivers=self.receivers.take(index),
            transmittance=self.transmittance[index],
            noise_hz=self.noise_hz[index],
            slot_s=self.slot_s[index],
        )

    def times(self, factor: float) -> Self:
        """Blocks of `factor` such passes."""
        return replace(self, slot_s=factor * self.slot_s)


def trial_counts(channels: PassChannels, trial: TrialSettings) -> TrialCounts:
    """Expected counts of every pass under every trial; see `counts.expected_counts`.

    NaN where a pass is missing. That noise per gate stays below ½ is left to the error bound of
    the compression: noise of pseudo-slots is no rate of any instant.
    """
    passive = channels.receivers.passive[:, np.newaxis]
    ends = ((trial.sent, trial.received), (1.0 - trial.sent, 1.0 - trial.received))
    kinds: list[FloatArray] = []
    clicks: tuple[FloatArray, FloatArray] | None = None
    for sent, received in ends:
        if clicks is None or passive.any():
            optical = np.where(passive, received, 1.0)
            clicks = _clicks_per_pass(channels, trial, optical)
        scale = sent * np.where(passive, 1.0, received) * trial.probabilities
        kinds += [(scale * seen).transpose(1, 2, 0) for seen in clicks]
    return TrialCounts(*kinds)


def _clicks_per_pass(
    channels: PassChannels, trial: TrialSettings, optical: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Detections and errors (intensities, passes, trials) if all pulses met one basis."""
    eta, noise_hz, slot_s = (
        np.ascontiguousarray(column.T)[:, :, np.newaxis]
        for column in (channels.transmittance, channels.noise_hz, channels.slot_s)
    )
    gate_s, dead_time_s, afterpulse = (
        getattr(channels.receivers, name)[:, np.newaxis] for name in _PER_PASS
    )
    source = channels.source
    photons = (trial.intensities * optical)[:, np.newaxis] * eta
    clicks = click_probabilities(photons, noise_hz * gate_s, afterpulse, source.intrinsic_error)
    pulses = source.pulse_rate_hz * slot_s
    if np.any(dead_time_s > 0.0):
        mean = np.sum(trial.probabilities[:, np.newaxis] * clicks.detection, axis=0)
        kind = channels.receivers.paralysable[:, np.newaxis]
        live = live_share(mean, noise_hz, source.pulse_rate_hz, gate_s, dead_time_s, kind)
        pulses = pulses * live
    return np.sum(pulses * clicks.detection, axis=1), np.sum(pulses * clicks.error, axis=1)
