"""Blocks of key over several contacts of the same two stations with one source of pairs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.key_blocks import SHARE_ROUNDING, clear_bits, is_pooled, keys_of
from euroqci_planner.app.pair_skies import CloudyCounts, expected_counts
from euroqci_planner.app.pair_work import PairWork
from euroqci_planner.mission.assets import Payload
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.pair_contacts import NO_BLOCK, PairContacts
from euroqci_planner.mission.plan import PassState, is_flown
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.mission.sky_states import CLOUDY_SKIES
from euroqci_planner.qkd.blocks import PooledKeys, pool_blocks
from euroqci_planner.timebase import NOT_A_TIME, after
from euroqci_planner.units import FloatArray

Rows = NDArray[np.intp]


def pooled_pairs(scenario: Scenario, pairs: PairWork | None) -> PairWork | None:
    """The work with the shares of blocks over all contacts, where blocks are pooled."""
    if pairs is None or not is_pooled(scenario):
        return pairs
    every = np.arange(len(pairs.contacts))
    return replace(pairs, contacts=_with_blocks(scenario, pairs, pairs.contacts, every))


def pooled_flown(
    scenario: Scenario, pairs: PairWork | None, contacts: PairContacts | None
) -> PairContacts | None:
    """The decided contacts with the keys of the blocks of what is flown."""
    if pairs is None or contacts is None or not is_pooled(scenario):
        return contacts
    return _with_blocks(scenario, pairs, contacts, np.flatnonzero(is_flown(contacts.state)))


def without_keyless_pairs(pairs: PairWork, contacts: PairContacts | None) -> PairWork | None:
    """The contacts to choose from without those chosen for a block without a key; None if none."""
    if contacts is None:
        return None
    keyless = (contacts.state == PassState.SCHEDULED) & ~contacts.has_key
    if not keyless.any():
        return None
    return replace(pairs, contacts=pairs.contacts.without_key(keyless))


class _Shares(NamedTuple):
    """What contacts have of their blocks: key by sky, the end of the block and its number."""

    clear_bits: FloatArray
    cloudy_bits: FloatArray
    ends_utc: NDArray[np.datetime64]
    block: Rows


def _with_blocks(
    scenario: Scenario, pairs: PairWork, contacts: PairContacts, chosen: Rows
) -> PairContacts:
    """The contacts with the best blocks over the chosen ones, link by link.

    A link is a satellite over two stations. Contacts that are not chosen keep what they had.
    """
    payloads = [item.payload for item in scenario.satellites]
    key_bits, cloudy_bits = contacts.key_bits.copy(), contacts.cloudy_key_bits.copy()
    block = np.full(len(contacts), NO_BLOCK)
    ends_utc = np.where(contacts.has_key, contacts.end_utc, NOT_A_TIME)
    for payload in dict.fromkeys(payloads):
        flies = np.array([item == payload for item in payloads])
        rows = chosen[flies[contacts.satellite[chosen]]]
        if rows.size:
            found = _of_payload(scenario, pairs, contacts, rows, payload)
            key_bits[rows], cloudy_bits[rows] = found.clear_bits, found.cloudy_bits
            ends_utc[rows] = found.ends_utc
            block[rows] = np.where(found.block >= 0, found.block + block.max() + 1, NO_BLOCK)
    ready = after(ends_utc, scenario.policy.post_processing_s)
    shared = replace(contacts, key_bits=key_bits, cloudy_key_bits=cloudy_bits, block=block)
    return replace(
        shared,
        key_expected_bits=contacts.clear_probability * key_bits + shared.clouded_bits,
        key_usable_utc=np.where(shared.has_key, ready, NOT_A_TIME),
    )


def _of_payload(
    scenario: Scenario, pairs: PairWork, contacts: PairContacts, rows: Rows, payload: Payload
) -> _Shares:
    """Shares of the contacts `rows` in the best blocks over them."""
    stations = len(contacts.station_ids)
    ends = contacts.station_a[rows].astype(np.intp) * stations + contacts.station_b[rows]
    link = contacts.satellite[rows].astype(np.intp) * stations**2 + ends
    chance, policy = contacts.clear_probability[rows], scenario.policy
    key = partial(keys_of, payload, policy)
    counts, cloudy = pairs.counts.take(rows), pairs.cloudy
    alone = key(counts).key_bits
    ends_utc = contacts.end_utc[rows]
    if cloudy is None:
        pooled = pool_blocks(counts, link, ends_utc, key, policy, chance)
        bits = clear_bits(pooled.shares.key_bits, chance, alone)
        under_clouds = contacts.cloudy_key_bits[rows]
    else:
        mean = expected_counts(contacts, counts, cloudy, rows)
        worth = _expected_alone(contacts, alone, cloudy, rows)
        pooled = pool_blocks(mean, link, ends_utc, key, policy, alone=worth)
        skies = [counts, *(cloudy.under(sky, counts, rows) for sky in range(len(CLOUDY_SKIES)))]
        own = np.column_stack([alone, cloudy.key_bits[rows]])
        shared = _by_sky(skies, mean, pooled, own)
        bits, under_clouds = shared[:, 0], shared[:, 1:]
    block = pooled.shares.block
    last_utc = np.full(len(rows), NOT_A_TIME)
    last_utc[block >= 0] = pooled.blocks.last_end_utc[block[block >= 0]]
    return _Shares(bits, under_clouds, last_utc, block)


def _expected_alone(
    contacts: PairContacts, alone: FloatArray, cloudy: CloudyCounts, rows: Rows
) -> FloatArray:
    """Expected key of contacts that are a block each."""
    there = replace(contacts.take(rows), key_bits=alone, cloudy_key_bits=cloudy.key_bits[rows])
    return there.clear_probability * alone + there.clouded_bits


def _by_sky(
    skies: list[DetectionCounts], mean: DetectionCounts, pooled: PooledKeys, own: FloatArray
) -> FloatArray:
    """What a share is worth in each sky, by its sifted bits there, (contacts, skies).

    A contact alone in its block has its `own` keys. Times their chances, the shares of a block sum
    to its key.
    """
    block, total = pooled.shares.block, _sifted(mean)
    is_alone = (block >= 0) & (pooled.blocks.passes[np.maximum(block, 0)] == 1)
    share = pooled.shares.key_bits * SHARE_ROUNDING / np.where(total > 0.0, total, np.inf)
    sifted = np.column_stack([_sifted(counts) for counts in skies])
    shared = np.floor(share[:, np.newaxis] * sifted)
    return np.where((is_alone | (total == 0.0))[:, np.newaxis], own, shared)


def _sifted(counts: DetectionCounts) -> FloatArray:
    return np.asarray(np.sum(counts.key_detections, axis=1))
