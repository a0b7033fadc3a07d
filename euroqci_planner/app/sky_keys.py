"""Keys of passes under thin and broken cloud, and what a pass is worth over all skies.

Settings and windows are those of clear sky: nobody knows the sky when they are fixed. Thin cloud
dims the signal of the whole pass and leaves its background; broken cloud lets a share of its pulses
through, of which the finite key is less than that share.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.channel_counts import counts_with_factors
from euroqci_planner.app.key_columns import CloudyKeys, PayloadKeys
from euroqci_planner.app.registry import KEY_MODELS
from euroqci_planner.mission.key_details import KeyDetails
from euroqci_planner.mission.key_yield import DetectionCounts, KeyYield
from euroqci_planner.mission.scenario import Policy, Scenario
from euroqci_planner.mission.sky_states import SkyChances
from euroqci_planner.qkd.blocks import sum_of_counts, weighted_counts
from euroqci_planner.qkd.key_objective import decoy_key
from euroqci_planner.units import FloatArray

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]


def always_clear(passes: int) -> SkyChances:
    """Chances of passes whose sky is clear."""
    none = np.zeros(passes)
    return SkyChances(clear=np.ones(passes), thin=none, broken=none, usable_share=none)


def with_clouds(scenario: Scenario, item: PayloadKeys, chances: SkyChances) -> PayloadKeys:
    """The passes of a payload with their keys under clouds, where there is a chance of these.

    Counts under thin cloud come from the pseudo-samples of the passes, those under broken cloud
    are the exact ones times the usable share. `chances` go with the pass table.
    """
    mine = chances.take(item.rows)
    if not np.any((mine.thin > 0.0) | (mine.broken > 0.0)):
        return item
    thin = _dimmed(item, scenario.weather.thin_cloud_transmittance)
    broken = weighted_counts(item.keys.counts, mine.usable_share)
    hole = 0.0 * item.keys.keys.key_bits
    return replace(
        item,
        cloudy=CloudyKeys(
            thin_counts=thin,
            usable_share=mine.usable_share,
            thin_bits=_keys(item, scenario.policy, thin).key_bits + hole,
            broken_bits=_keys(item, scenario.policy, broken).key_bits + hole,
        ),
    )


def _dimmed(item: PayloadKeys, transmittance: float) -> DetectionCounts:
    """Counts with a factor on the signal: those of clear sky, changed as the pseudo-samples are."""
    every = np.arange(len(item.rows), dtype=np.intp)
    bright = counts_with_factors(item, every, 1.0, 1.0)
    dim = counts_with_factors(item, every, transmittance, 1.0)
    columns = {}
    for name in bright.column_names():
        before, after = getattr(bright, name), getattr(dim, name)
        seen = before > 0.0
        ratio = after / np.where(seen, before, 1.0)
        columns[name] = np.where(seen, getattr(item.keys.counts, name) * ratio, after)
    return DetectionCounts(**columns)


def _keys(item: PayloadKeys, policy: Policy, counts: DetectionCounts) -> KeyYield:
    """Keys of passes from their counts, each under the settings that it is flown with."""
    if item.keys.settings is None:
        return KEY_MODELS[item.payload.source.protocol].keys(item.payload, counts, policy)
    return decoy_key(counts, item.keys.settings.decoy_settings(), policy).as_yield()


def expected_counts(item: PayloadKeys, mine: Rows, chances: SkyChances) -> DetectionCounts:
    """Mean counts of the passes `mine` over all skies; `chances` go with them."""
    share = chances.clear + chances.broken * chances.usable_share
    counts = weighted_counts(item.keys.counts.take(mine), share)
    if item.cloudy is None:
        return counts
    return sum_of_counts(counts, weighted_counts(item.cloudy.thin_counts.take(mine), chances.thin))


def expected_bits(
    chances: SkyChances, clear_bits: FloatArray, thin_bits: FloatArray, broken_bits: FloatArray
) -> FloatArray:
    """Key in each sky times its chance, summed; NaN where there is none in clear sky."""
    total = chances.clear * clear_bits
    for chance, bits in ((chances.thin, thin_bits), (chances.broken, broken_bits)):
        total = total + np.where(chance > 0.0, chance * bits, 0.0)
    return np.asarray(total)


def expected_alone(item: PayloadKeys, chances: SkyChances) -> FloatArray:
    """Expected key of the passes of a payload, each a block of its own."""
    mine, clear_bits = chances.take(item.rows), item.keys.keys.key_bits
    if item.cloudy is None:
        return mine.clear * clear_bits
    return expected_bits(mine, clear_bits, item.cloudy.thin_bits, item.cloudy.broken_bits)


def has_key(clear_bits: FloatArray, details: KeyDetails) -> Mask:
    """Whether a pass has key in any sky."""
    cloudy = np.fmax(details.key_thin_bits, details.key_broken_bits)
    return np.asarray(np.fmax(clear_bits, cloudy) > 0.0)


def without_cloudy_keys(details: KeyDetails, rows: Mask) -> KeyDetails:
    """The details without key under clouds for these passes."""
    thin, broken = (
        np.where(rows & np.isfinite(bits), 0.0, bits)
        for bits in (details.key_thin_bits, details.key_broken_bits)
    )
    return replace(details, key_thin_bits=thin, key_broken_bits=broken)
