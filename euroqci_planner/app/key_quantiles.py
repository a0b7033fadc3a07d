"""How far the key of a pass may lie from the planned one: P10, P50 and P90 in clear sky.

Loss, background and counts are drawn together; all passes share the draws, so that their quantiles
compare. Passes of one pooled block share the error of the loss too.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.channel_counts import channels_of, counts_with_factors, dark_hz_of
from euroqci_planner.app.key_blocks import is_pooled, keys_of
from euroqci_planner.app.key_columns import PayloadKeys
from euroqci_planner.app.key_work import KeyWork
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.scenario import Policy, Scenario
from euroqci_planner.mission.sky_states import SkyChances
from euroqci_planner.qkd.blocks import sum_of_counts, weighted_counts
from euroqci_planner.qkd.uncertainty import (
    KeySpread,
    KeyUncertainty,
    key_spread,
    key_spread_of,
)
from euroqci_planner.units import FloatArray

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]


def with_quantiles(scenario: Scenario, work: KeyWork, chosen: Mask | None = None) -> KeyWork:
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
            spread = _of_blocks(scenario, work, item, mine, uncertainty)
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
        channels = channels_of(item).take(mine)
        dark = dark_hz_of(item)[mine]
        return key_spread(channels, item.keys.settings.take(mine), policy, uncertainty, dark)
    return key_spread_of(
        partial(counts_with_factors, item, mine),
        partial(keys_of, item.payload, policy),
        uncertainty,
    )


def _of_blocks(
    scenario: Scenario,
    work: KeyWork,
    item: PayloadKeys,
    mine: Rows,
    uncertainty: KeyUncertainty,
) -> KeySpread:
    """Every pass with its share of the block: sifted bits over those to expect of the block."""
    parts = [KeySpread(**{name: np.full(mine.size, np.nan) for name in KeySpread.column_names()})]
    columns = {name: getattr(parts[0], name).copy() for name in KeySpread.column_names()}
    block = work.details.block[item.rows[mine]]
    dimming = scenario.weather.thin_cloud_transmittance
    for number, source in enumerate(item.sources):
        here = np.flatnonzero((item.set_number[mine] == number) & (block >= 0))
        if not here.size:
            continue
        names, index = np.unique(block[here], return_inverse=True)
        alone = np.bincount(index)[index] == 1
        weights = _block_weights(work.chances.take(item.rows[mine[here]]), alone, dimming)
        counts_under = partial(_block_counts, item, mine[here], (index, len(names)), weights)
        key = partial(keys_of, replace(item.payload, source=source), scenario.policy)
        spread = key_spread_of(counts_under, key, uncertainty)
        sifted = np.sum(item.keys.counts.key_detections[mine[here]], axis=1)
        total = np.bincount(index, weights.clear * sifted, len(names))
        if item.cloudy is not None:
            dimmed = np.sum(item.cloudy.thin_counts.key_detections[mine[here]], axis=1)
            total = total + np.bincount(index, weights.thin * dimmed, len(names))
        share = sifted / np.where(total > 0.0, total, np.inf)[index]
        for name, values in columns.items():
            part = getattr(spread, name)[index]
            values[here] = part if name == "no_key_probability" else np.floor(part * share)
    return KeySpread(**columns)


class _Weights(NamedTuple):
    """How much the counts of a pass are expected: undimmed, and dimmed by thin cloud."""

    clear: FloatArray
    thin: FloatArray
    dimming: float


def _block_weights(chances: SkyChances, alone: Mask, dimming: float) -> _Weights:
    """A pass that is a block of its own counts in full."""
    clear = chances.clear + chances.broken * chances.usable_share
    return _Weights(np.where(alone, 1.0, clear), np.where(alone, 0.0, chances.thin), dimming)


def _block_counts(
    item: PayloadKeys,
    mine: Rows,
    blocks: tuple[Rows, int],
    weights: _Weights,
    transmittance: float,
    background: float,
) -> DetectionCounts:
    """Expected counts of blocks with these factors on loss and background."""
    index, number = blocks
    counts = weighted_counts(
        counts_with_factors(item, mine, transmittance, background), weights.clear
    )
    if np.any(weights.thin > 0.0):
        dimmed = counts_with_factors(item, mine, transmittance * weights.dimming, background)
        counts = sum_of_counts(counts, weighted_counts(dimmed, weights.thin))
    columns: dict[str, FloatArray] = {}
    for name in counts.column_names():
        sums = [np.bincount(index, kind, number) for kind in getattr(counts, name).T]
        columns[name] = np.stack(sums, axis=1).astype(np.float64)
    return DetectionCounts(**columns)
