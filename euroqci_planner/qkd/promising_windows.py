"""Windows of a pass that are worth a search of their own, before any settings are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import DecoySource
from euroqci_planner.qkd.asymptotic import gain, gllp_bits_per_pulse, single_photon
from euroqci_planner.qkd.counts import ChannelSamples
from euroqci_planner.qkd.trial_counts import ReceiverColumns
from euroqci_planner.units import FloatArray

Slots = NDArray[np.intp]
LEVELS = (0.0, 0.1, 0.25, 0.45, 0.65)


def promising_windows(
    samples: ChannelSamples, source: DecoySource, receivers: ReceiverColumns, efficiency: float
) -> tuple[Slots, Slots]:
    """Start and stop of windows (passes, 1 + levels): the whole pass, then narrower ones.

    Each level asks for the interval with the largest sum of r − level · max r, where r is the
    signed rate that infinite blocks and infinitely many decoys give in a slot. Intervals may
    repeat.
    """
    lengths = np.diff(samples.first_sample)
    rate = _slot_rates(samples, source, receivers, efficiency) * samples.slot_s
    inside = np.arange(int(lengths.max(initial=0))) < lengths[:, np.newaxis]
    rows = np.zeros(inside.shape)
    rows[inside] = np.where(np.isfinite(rate), rate, 0.0)
    peak = np.max(np.abs(rows), axis=1, initial=0.0)
    rows /= np.where(peak > 0.0, peak, 1.0)[:, np.newaxis]
    ends = [(np.zeros_like(lengths), lengths)]
    ends += [_largest_sums(np.where(inside, rows - level, -2.0), lengths) for level in LEVELS]
    start, stop = (np.column_stack(columns) for columns in zip(*ends, strict=True))
    return start, stop


def _slot_rates(
    samples: ChannelSamples, source: DecoySource, receivers: ReceiverColumns, efficiency: float
) -> FloatArray:
    """Signed bits per pulse of every slot in the limit of infinite blocks."""
    owner = np.repeat(np.arange(len(receivers.gate_s)), np.diff(samples.first_sample))
    noise = 2.0 * samples.noise_hz * receivers.gate_s[owner]
    eta, wrong = samples.transmittance, np.full_like(samples.transmittance, source.intrinsic_error)
    signal = np.asarray(source.intensities[0])
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = gain(signal, eta, noise, wrong)
        single = single_photon(eta, noise, wrong)
        return gllp_bits_per_pulse(signal, observed, single, efficiency)


def _largest_sums(rows: FloatArray, lengths: Slots) -> tuple[Slots, Slots]:
    """Contiguous part of each row with the largest sum (Kadane); all of it if none is positive.

    What fills a row up is negative.
    """
    sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows, axis=1)], axis=1)
    least = np.minimum.accumulate(sums, axis=1)
    stop = np.argmax(sums - least, axis=1)
    every = np.arange(len(rows))
    start = np.argmax(sums == least[every, stop, np.newaxis], axis=1)
    found = stop > start
    return np.where(found, start, 0), np.where(found, stop, lengths)
