"""Keys of two stations under one source of entangled pairs (BBM92, the satellite not trusted)."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from euroqci_planner.mission.assets import PairSource, Payload, Receiver
from euroqci_planner.mission.key_yield import DetectionCounts, KeyYield
from euroqci_planner.mission.scenario import BlockPolicy, Policy, WindowPolicy
from euroqci_planner.qkd.bbm92_model import Bbm92Model, dual_downlink_counts
from euroqci_planner.qkd.counts import ChannelSamples
from euroqci_planner.qkd.pass_keys import KeyRules, long_enough, pair_bits, part_of
from euroqci_planner.qkd.sampling import Sampling
from euroqci_planner.qkd.trial_counts import TrialCounts
from euroqci_planner.qkd.uncertainty import KeySpread, KeyUncertainty, key_spread_of
from euroqci_planner.qkd.windows import KeyWindows, Slots, best_windows_by

Arms = tuple[ChannelSamples, ChannelSamples]
Receivers = tuple[Receiver, Receiver]


class DualKeys(NamedTuple):
    """Common windows of two stations, row for row.

    `start` and `stop` bound, in slots of each window, the part that gives the key; `arms` are the
    samples of both stations cut to it.
    """

    start: Slots
    stop: Slots
    arms: Arms
    counts: DetectionCounts
    keys: KeyYield


def dual_keys(payload: Payload, receivers: Receivers, arms: Arms, rules: KeyRules) -> DualKeys:
    """Keys of common windows from the samples of both stations at the same instants.

    Each window is a block of its own. Where the policy asks for the best window of a pass, the part
    of each window with the most key, never shorter than `rules.least_window_s`; passes that wait
    for others in pooled blocks keep their whole windows. ValueError for a payload without a source
    of pairs.
    """
    source, policy = _source(payload), rules.policy
    windows = None
    if policy.usable_window is WindowPolicy.OPTIMISE and policy.block is BlockPolicy.PER_PASS:
        windows = _best(source, receivers, arms, policy)
    start, stop = long_enough(windows, arms[0], rules.least_window_s)
    cut = (part_of(arms[0], start, stop), part_of(arms[1], start, stop))
    counts = dual_downlink_counts(source, receivers, cut)
    return DualKeys(start, stop, cut, counts, Bbm92Model().keys(payload, counts, policy))


def dimmed_counts(
    payload: Payload, receivers: Receivers, arms: Arms, factors: tuple[float, float]
) -> DetectionCounts:
    """Expected coincidences with a factor (0..1) on the light of each arm, row for row.

    Backgrounds stay: thin cloud dims what comes from the satellite and is taken to leave the noise.
    """
    dim = [
        replace(arm, transmittance=factor * arm.transmittance)
        for arm, factor in zip(arms, factors, strict=True)
    ]
    return dual_downlink_counts(_source(payload), receivers, (dim[0], dim[1]))


def dual_key_spread(
    payload: Payload,
    receivers: Receivers,
    arms: Arms,
    policy: Policy,
    uncertainty: KeyUncertainty,
) -> KeySpread:
    """Spread of the keys of common windows; draws as in `uncertainty.key_spread_of`.

    The errors of the two losses are taken as independent: √2 of that of one, half of it on each
    arm. The backgrounds are drawn together.
    """
    counts = partial(_drawn_counts, _source(payload), receivers, arms)
    return key_spread_of(counts, partial(_keys, payload, policy), uncertainty)


def _best(source: PairSource, receivers: Receivers, arms: Arms, policy: Policy) -> KeyWindows:
    """The part of every window with the most key, by the search for passes of one station."""
    slots = np.arange(len(arms[0].slot_s) + 1, dtype=np.intp)
    each = (replace(arms[0], first_sample=slots), replace(arms[1], first_sample=slots))
    counts = dual_downlink_counts(source, receivers, each)
    return best_windows_by(
        TrialCounts(*(getattr(counts, name) for name in TrialCounts._fields)),
        arms[0].first_sample,
        lambda trial, _: pair_bits(trial, policy, Sampling.GAMMA_U),
        lambda trial, _: pair_bits(trial, policy, Sampling.EXACT),
    )


def _drawn_counts(
    source: PairSource, receivers: Receivers, arms: Arms, transmittance: float, background: float
) -> DetectionCounts:
    """Expected coincidences with one factor on the loss of a station and one on the background."""
    share = transmittance ** (1.0 / math.sqrt(2.0))
    drawn = []
    for receiver, arm in zip(receivers, arms, strict=True):
        eta, dark = share * arm.transmittance, receiver.dark_count_hz
        noise = dark + background * (arm.noise_hz - dark)
        bright = np.where(eta > 1.0, np.nan, eta)
        drawn.append(replace(arm, transmittance=bright, noise_hz=noise))
    return dual_downlink_counts(source, receivers, (drawn[0], drawn[1]))


def _keys(payload: Payload, policy: Policy, counts: DetectionCounts) -> KeyYield:
    return Bbm92Model().keys(payload, counts, policy)


def _source(payload: Payload) -> PairSource:
    if not isinstance(payload.source, PairSource):
        raise ValueError(f"payload {payload.id}: two stations at once need a source of pairs")
    return payload.source
