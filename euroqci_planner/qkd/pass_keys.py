"""Keys of passes as a scenario asks for them: settings given or sought, windows whole or the best.

One function per kind of source, from the samples of passes of one link class to all that a plan
keeps of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import (
    DecoySource,
    PairSource,
    Payload,
    Receiver,
    SettingsPolicy,
)
from euroqci_planner.mission.key_yield import DetectionCounts, KeyYield
from euroqci_planner.mission.scenario import Policy, WindowPolicy
from euroqci_planner.qkd.bbm92 import bbm92_key
from euroqci_planner.qkd.bbm92_model import Bbm92Model
from euroqci_planner.qkd.compression import CompressedChannel, compressed
from euroqci_planner.qkd.counts import ChannelSamples, expected_counts
from euroqci_planner.qkd.key_objective import decoy_key
from euroqci_planner.qkd.key_terms import Counts
from euroqci_planner.qkd.optimise import optimise_settings
from euroqci_planner.qkd.pass_optimum import optimise_pass
from euroqci_planner.qkd.pass_settings import PassSettings, counts_under, own_settings
from euroqci_planner.qkd.sampling import Sampling
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns, TrialCounts
from euroqci_planner.qkd.windows import (
    KeyWindows,
    Slots,
    best_windows,
    best_windows_by,
    whole_passes,
    windows_of,
)
from euroqci_planner.units import FloatArray

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class KeyRules:
    """What the scenario asks for: its policy and the shortest contact that is flown."""

    policy: Policy
    least_window_s: float = 0.0


class PassKeys(NamedTuple):
    """Passes of one source and receiver, row for row.

    `settings` are those flown (None for sources of pairs, which have no others than their own);
    `begin_s` and `end_s` bound the window that gives the key, from the begin of the first slot;
    `channel` holds the passes cut to it.
    """

    settings: PassSettings | None
    begin_s: FloatArray
    end_s: FloatArray
    is_cut: Mask
    counts: DetectionCounts
    keys: KeyYield
    channel: CompressedChannel


class PassKeyFinder(Protocol):
    """From the samples of passes of one source and receiver to their keys."""

    def __call__(
        self,
        payload: Payload,
        receiver: Receiver,
        samples: ChannelSamples,
        rules: KeyRules,
        settings: PassSettings | None = None,
    ) -> PassKeys:
        """Keys under `settings` where they are given, else as the source and the rules ask."""


def decoy_pass_keys(
    payload: Payload,
    receiver: Receiver,
    samples: ChannelSamples,
    rules: KeyRules,
    settings: PassSettings | None = None,
) -> PassKeys:
    """Keys of decoy-state BB84 from all samples.

    Under `settings` where they are given, else under those that the source asks for: its own, or
    the best of each pass. The best window, where the policy wants it, is never shorter than
    `least_window_s`, and never worse than the whole pass.
    """
    source, policy = payload.source, rules.policy
    if not isinstance(source, DecoySource):
        raise TypeError(f"payload {payload.id}: decoy-state BB84 needs weak coherent pulses")
    receivers = ReceiverColumns.of(receiver, len(samples.first_sample) - 1)
    is_own = settings is None and source.settings is not SettingsPolicy.OPTIMISE_PASS
    chosen, windows = _chosen(samples, source, receivers, policy, settings)

    def keys_of(part: ChannelSamples) -> tuple[DetectionCounts, KeyYield]:
        seen = expected_counts(source, receiver, part) if is_own else None
        counts = counts_under(part, receivers, chosen) if seen is None else seen
        return counts, decoy_key(counts, chosen.decoy_settings(), policy).as_yield()

    start, stop = long_enough(windows, samples, rules.least_window_s)
    counts, keys = keys_of(part_of(samples, start, stop))
    if windows is not None:
        worse = keys.key_bits_signed < windows.full_key_bits_signed
        if worse.any():
            start, stop = _whole_where(worse, samples, start, stop)
            counts, keys = keys_of(part_of(samples, start, stop))
    return _pass_keys(samples, (start, stop), chosen, counts, keys)


def pair_pass_keys(
    payload: Payload,
    receiver: Receiver,
    samples: ChannelSamples,
    rules: KeyRules,
    settings: PassSettings | None = None,
) -> PassKeys:
    """Keys of BBM92 with the source on board, otherwise as `decoy_pass_keys`.

    There are no settings to choose: ValueError where some are given.
    """
    if settings is not None or not isinstance(payload.source, PairSource):
        raise ValueError(f"payload {payload.id}: pairs have no settings but their own")
    model, policy = Bbm92Model(), rules.policy

    def counts_of(part: ChannelSamples, first: Slots) -> DetectionCounts:
        return model.counts(
            payload, receiver, part.transmittance, part.noise_hz, part.slot_s, first
        )

    windows = None
    if policy.usable_window is WindowPolicy.OPTIMISE:
        slots = counts_of(samples, np.arange(len(samples.slot_s) + 1, dtype=np.intp))
        kinds = TrialCounts(*(getattr(slots, name) for name in TrialCounts._fields))
        windows = best_windows_by(
            kinds,
            samples.first_sample,
            lambda counts, _: pair_bits(counts, policy, Sampling.GAMMA_U),
            lambda counts, _: pair_bits(counts, policy, Sampling.EXACT),
        )
    start, stop = long_enough(windows, samples, rules.least_window_s)
    part = part_of(samples, start, stop)
    counts = counts_of(part, part.first_sample)
    keys = model.keys(payload, counts, policy)
    return _pass_keys(samples, (start, stop), None, counts, keys)


def _chosen(
    samples: ChannelSamples,
    source: DecoySource,
    receivers: ReceiverColumns,
    policy: Policy,
    given: PassSettings | None,
) -> tuple[PassSettings, KeyWindows | None]:
    """Settings of every pass, and the best windows where the policy asks for them."""
    best = policy.usable_window is WindowPolicy.OPTIMISE
    if given is None and source.settings is SettingsPolicy.OPTIMISE_PASS:
        if best:
            return optimise_pass(samples, source, receivers, policy)
        channels = PassChannels.of(source, receivers, compressed(samples))
        return optimise_settings(channels, policy), None
    passes = len(samples.first_sample) - 1
    own = own_settings(source, receivers)
    settings = given or PassSettings.chosen(source, own, np.zeros(passes))
    return settings, best_windows(samples, receivers, settings, policy) if best else None


def pair_bits(counts: Counts, policy: Policy, sampling: Sampling) -> FloatArray:
    """Signed key of pairs, minus infinity where there is no number."""
    signed = bbm92_key(counts, policy, sampling=sampling).key_bits_signed
    return np.where(np.isnan(signed), -np.inf, signed)


def long_enough(
    windows: KeyWindows | None, samples: ChannelSamples, least_s: float
) -> tuple[Slots, Slots]:
    """Windows widened on both sides to the shortest contact; whole passes without windows."""
    whole_start, lengths = whole_passes(samples.first_sample)
    if windows is None or not len(windows):
        return whole_start, lengths
    slot_s = samples.slot_s[np.minimum(samples.first_sample[:-1], len(samples.slot_s) - 1)]
    least = np.ceil(least_s / slot_s * (1.0 - 1e-12)).astype(np.intp)
    lack = np.maximum(np.minimum(least, lengths) - (windows.stop - windows.start), 0)
    before = np.minimum(lack // 2, windows.start)
    behind = np.minimum(lack - before, lengths - windows.stop)
    start = windows.start - np.minimum(lack - behind, windows.start)
    return start, windows.stop + behind


def _whole_where(
    chosen: Mask, samples: ChannelSamples, start: Slots, stop: Slots
) -> tuple[Slots, Slots]:
    whole_start, whole_stop = whole_passes(samples.first_sample)
    return np.where(chosen, whole_start, start), np.where(chosen, whole_stop, stop)


def part_of(samples: ChannelSamples, start: Slots, stop: Slots) -> ChannelSamples:
    """The windows of all passes; the samples themselves where nothing is cut off."""
    if np.array_equal(stop - start, np.diff(samples.first_sample)):
        return samples
    return windows_of(samples, np.arange(len(start)), start, stop)


def _pass_keys(
    samples: ChannelSamples,
    window: tuple[Slots, Slots],
    settings: PassSettings | None,
    counts: DetectionCounts,
    keys: KeyYield,
) -> PassKeys:
    start, stop = window
    bounds = KeyWindows(
        start=start,
        stop=stop,
        key_bits_signed=keys.key_bits_signed,
        full_key_bits_signed=keys.key_bits_signed,
    )
    begin_s, end_s = bounds.seconds(samples)
    return PassKeys(
        settings=settings,
        begin_s=begin_s,
        end_s=end_s,
        is_cut=stop - start < np.diff(samples.first_sample),
        counts=counts,
        keys=keys,
        channel=compressed(part_of(samples, start, stop)),
    )
