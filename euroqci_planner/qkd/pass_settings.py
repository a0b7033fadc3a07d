"""Protocol settings pass by pass, and what the passes then count."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import DecoySource
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.table import Table, column
from euroqci_planner.qkd.counts import ChannelSamples, sum_per_pass
from euroqci_planner.qkd.settings import DecoySettings
from euroqci_planner.qkd.trial_counts import (
    PassChannels,
    ReceiverColumns,
    TrialCounts,
    TrialSettings,
    trial_counts,
)
from euroqci_planner.units import FloatArray

_SLOTS_AT_ONCE = 30_000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PassSettings(Table):
    """Settings of a source per pass, as sought or as given.

    `key_bits_signed` is the key length that they were chosen for; `has_key` is false where no
    settings give a key: then those of the source stand there.
    """

    source: DecoySource
    intensities: FloatArray = column("float64", per_row=("intensities",))
    probabilities: FloatArray = column("float64", per_row=("intensities",))
    key_basis_probability: FloatArray = column("float64")
    receiver_key_basis_probability: FloatArray = column("float64")
    key_bits_signed: FloatArray = column("float64")
    has_key: NDArray[np.bool_] = column("bool")

    @classmethod
    def chosen(cls, source: DecoySource, trial: TrialSettings, signed_bits: FloatArray) -> Self:
        """The first trial of every pass, with the signed key that it gives, (passes,)."""
        return cls(
            source=source,
            intensities=trial.intensities[..., 0].T,
            probabilities=trial.probabilities[..., 0].T,
            key_basis_probability=trial.sent[:, 0],
            receiver_key_basis_probability=trial.received[:, 0],
            key_bits_signed=signed_bits,
            has_key=signed_bits > 0.0,
        )

    def decoy_settings(self) -> DecoySettings:
        """Intensities and probabilities, (passes, intensities)."""
        return DecoySettings(intensities=self.intensities, probabilities=self.probabilities)

    def trial(self) -> TrialSettings:
        """The settings of every pass as its only trial."""
        return TrialSettings(
            self.intensities.T[..., np.newaxis],
            self.probabilities.T[..., np.newaxis],
            self.key_basis_probability[:, np.newaxis],
            self.receiver_key_basis_probability[:, np.newaxis],
        )

    def source_of(self, row: int) -> DecoySource:
        """The source with the settings of one pass."""
        return replace(
            self.source,
            intensities=tuple(float(mu) for mu in self.intensities[row]),
            intensity_probabilities=tuple(float(p) for p in self.probabilities[row]),
            key_basis_probability=float(self.key_basis_probability[row]),
        )


def own_settings(source: DecoySource, receivers: ReceiverColumns) -> TrialSettings:
    """The settings of the source as the only trial of every pass, receivers as they are built."""
    passes = len(receivers.passive)
    columns = (source.intensities, source.intensity_probabilities)
    intensities, probabilities = (
        np.broadcast_to(np.array(values)[:, np.newaxis, np.newaxis], (len(values), passes, 1))
        for values in columns
    )
    sent = np.full((passes, 1), source.key_basis_probability)
    return TrialSettings(
        intensities, probabilities, sent, receivers.key_basis_probability[:, np.newaxis]
    )


def slot_counts(
    samples: ChannelSamples, receivers: ReceiverColumns, settings: PassSettings
) -> TrialCounts:
    """Expected counts of every slot, (slots, intensities), under the settings of its pass.

    As `counts.expected_counts` before the sums. NaN where a sample is missing or its noise exceeds
    ½ per gate.
    """
    first = samples.first_sample
    owner = np.repeat(np.arange(len(first) - 1), np.diff(first))
    noise_hz = np.where(samples.noise_hz * receivers.gate_s[owner] > 0.5, np.nan, samples.noise_hz)
    parts: list[TrialCounts] = []
    for begin in range(0, max(owner.size, 1), _SLOTS_AT_ONCE):
        here = slice(begin, begin + _SLOTS_AT_ONCE)
        channels = PassChannels(
            source=settings.source,
            receivers=receivers.take(owner[here]),
            transmittance=samples.transmittance[here, np.newaxis],
            noise_hz=noise_hz[here, np.newaxis],
            slot_s=samples.slot_s[here, np.newaxis],
        )
        seen = trial_counts(channels, settings.take(owner[here]).trial())
        parts.append(TrialCounts(*(kind[:, 0] for kind in seen)))
    return TrialCounts(*(np.concatenate(kinds) for kinds in zip(*parts, strict=True)))


def counts_under(
    samples: ChannelSamples, receivers: ReceiverColumns, settings: PassSettings
) -> DetectionCounts:
    """Expected counts per pass from all of its slots, each pass under its own settings."""
    kinds = slot_counts(samples, receivers, settings)._asdict()
    return DetectionCounts(
        **{name: sum_per_pass(kind.T, samples.first_sample).T for name, kind in kinds.items()}
    )
