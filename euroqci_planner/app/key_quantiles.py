"""How far the key of a pass may lie from the planned one: P10, P50 and P90 in clear sky.

Loss, background and counts are drawn together; all passes share the draws, so that their quantiles
compare. Passes of one pooled block share the error of the loss too.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.key_blocks import is_pooled, keys_of
from euroqci_planner.app.key_columns import PayloadKeys
from euroqci_planner.app.key_work import KeyWork
from euroqci_planner.app.registry import KEY_MODELS
from euroqci_planner.mission.assets import Receiver
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.scenario import Policy, Scenario
from euroqci_planner.qkd.trial_counts import PassChannels, ReceiverColumns
from euroqci_planner.qkd.uncertainty import (
    KeySpread,
    KeyUncertainty,
    counts_with,
    key_spread,
    key_spread_of,
)
from euroqci_planner.units import FloatArray

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]


def with_quantiles(
    scenario: Scenario, work: KeyWork, chance: FloatArray, chosen: Mask | None = None
) -> KeyWork:
    """The work with the quantiles of the keys of the chosen passes, of all where left out."""
    policy = scenario.policy
    if policy.uncertainty_draws == 0:
        return work
    uncertainty = KeyUncertainty(
        loss_sigma_db=policy.loss_sigma_db,
        background_spread=policy.background_spread,
        draws=policy.uncertainty_draws,
        seed=scenario.seed,
    )
    columns = {name: getattr(work.details, name).copy() for name in _QUANTILES}
    for item in work.payloads:
        mine = np.arange(len(item.rows)) if chosen is None else np.flatnonzero(chosen[item.rows])
        if not mine.size:
            continue
        if is_pooled(scenario):
            spread = _of_blocks(policy, work, item, mine, chance, uncertainty)
        else:
            spread = _of_passes(policy, item, mine, uncertainty)
        for name, source in _QUANTILES.items():
            columns[name][item.rows[mine]] = getattr(spread, source)
    return replace(work, details=replace(work.details, **columns))


_QUANTILES = {
    "key_p10_bits": "p10_bits",
    "key_p50_bits": "p50_bits",
    "key_p90_bits": "p90_bits",
    "no_key_probability": "no_key_probability",
}


def _of_passes(
    policy: Policy, item: PayloadKeys, mine: Rows, uncertainty: KeyUncertainty
) -> KeySpread:
    """Every pass as a block of its own."""
    if item.keys.settings is not None:
        channels = _channels(item).take(mine)
        dark = _dark_hz(item)[mine]
        return key_spread(channels, item.keys.settings.take(mine), policy, uncertainty, dark)
    return key_spread_of(
        partial(_pair_counts, item, mine), partial(keys_of, item.payload, policy), uncertainty
    )


def _of_blocks(
    policy: Policy,
    work: KeyWork,
    item: PayloadKeys,
    mine: Rows,
    chance: FloatArray,
    uncertainty: KeyUncertainty,
) -> KeySpread:
    """Every pass with its share of the block: sifted bits over those to expect of the block."""
    parts = [KeySpread(**{name: np.full(mine.size, np.nan) for name in KeySpread.column_names()})]
    columns = {name: getattr(parts[0], name).copy() for name in KeySpread.column_names()}
    block = work.details.block[item.rows[mine]]
    for number, source in enumerate(item.sources):
        here = np.flatnonzero((item.set_number[mine] == number) & (block >= 0))
        if not here.size:
            continue
        names, index = np.unique(block[here], return_inverse=True)
        alone = np.bincount(index)[index] == 1
        weight = np.where(alone, 1.0, chance[item.rows[mine[here]]])
        counts_under = partial(_block_counts, item, mine[here], index, len(names), weight)
        key = partial(keys_of, replace(item.payload, source=source), policy)
        spread = key_spread_of(counts_under, key, uncertainty)
        sifted = np.sum(item.keys.counts.key_detections[mine[here]], axis=1)
        total = np.bincount(index, weight * sifted, len(names))
        share = sifted / np.where(total > 0.0, total, np.inf)[index]
        for name, values in columns.items():
            part = getattr(spread, name)[index]
            values[here] = part if name == "no_key_probability" else np.floor(part * share)
    return KeySpread(**columns)


def _block_counts(
    item: PayloadKeys,
    mine: Rows,
    index: Rows,
    blocks: int,
    weight: FloatArray,
    transmittance: float,
    background: float,
) -> DetectionCounts:
    """Expected counts of blocks with these factors on loss and background."""
    counts = _counts_with(item, mine, transmittance, background)
    columns: dict[str, FloatArray] = {}
    for name in counts.column_names():
        each = getattr(counts, name) * weight[:, np.newaxis]
        sums = [np.bincount(index, kind, blocks) for kind in each.T]
        columns[name] = np.stack(sums, axis=1).astype(np.float64)
    return DetectionCounts(**columns)


def _counts_with(
    item: PayloadKeys, mine: Rows, transmittance: float, background: float
) -> DetectionCounts:
    if item.keys.settings is None:
        return _pair_counts(item, mine, transmittance, background)
    return counts_with(
        _channels(item).take(mine),
        item.keys.settings.take(mine),
        _dark_hz(item)[mine],
        transmittance,
        background,
    )


def _pair_counts(
    item: PayloadKeys, mine: Rows, transmittance: float, background: float
) -> DetectionCounts:
    """Coincidences of the passes `mine`, receiver by receiver."""
    columns: dict[str, FloatArray] = {}
    channel, nodes = item.keys.channel.samples, item.keys.channel.nodes
    shape = (-1, nodes)
    eta = transmittance * channel.transmittance.reshape(shape)[mine]
    dark = _dark_hz(item)[mine, np.newaxis]
    noise = dark + background * (channel.noise_hz.reshape(shape)[mine] - dark)
    slot_s = channel.slot_s.reshape(shape)[mine]
    for receiver, here in _by_receiver(item, mine):
        first = np.arange(here.size + 1, dtype=np.intp) * nodes
        counts = KEY_MODELS[item.payload.source.protocol].counts(
            item.payload,
            receiver,
            np.where(eta[here] > 1.0, np.nan, eta[here]).ravel(),
            noise[here].ravel(),
            slot_s[here].ravel(),
            first,
        )
        for name in counts.column_names():
            values = getattr(counts, name)
            whole = columns.setdefault(name, np.full((mine.size, values.shape[1]), np.nan))
            whole[here] = values
    return DetectionCounts(**columns)


def _by_receiver(item: PayloadKeys, mine: Rows) -> list[tuple[Receiver, Rows]]:
    # By identity: comparing receivers pass by pass would cost more than their keys.
    number = np.array([id(item.receivers[row]) for row in mine])
    _, first, group = np.unique(number, return_index=True, return_inverse=True)
    return [
        (item.receivers[mine[start]], np.flatnonzero(group == place))
        for place, start in enumerate(first)
    ]


def _channels(item: PayloadKeys) -> PassChannels:
    settings = item.keys.settings
    if settings is None:
        raise TypeError(f"payload {item.payload.id}: pairs have no settings")
    columns = ReceiverColumns.of(item.receivers, len(item.receivers))
    return PassChannels.of(settings.source, columns, item.keys.channel)


def _dark_hz(item: PayloadKeys) -> FloatArray:
    return np.array([receiver.dark_count_hz for receiver in item.receivers])
