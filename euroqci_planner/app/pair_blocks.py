"""Blocks of key over several contacts of the same two stations with one source of pairs."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.key_blocks import clear_bits, is_pooled, keys_of
from euroqci_planner.app.pair_work import PairWork
from euroqci_planner.mission.assets import Payload
from euroqci_planner.mission.pair_contacts import NO_BLOCK, PairContacts
from euroqci_planner.mission.plan import PassState, is_flown
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.qkd.blocks import pool_blocks
from euroqci_planner.timebase import NOT_A_TIME, after

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
    keyless = (contacts.state == PassState.SCHEDULED) & ~(contacts.key_bits > 0.0)
    if not keyless.any():
        return None
    left = replace(
        pairs.contacts,
        key_bits=np.where(keyless, 0.0, pairs.contacts.key_bits),
        key_expected_bits=np.where(keyless, 0.0, pairs.contacts.key_expected_bits),
    )
    return replace(pairs, contacts=left)


def _with_blocks(
    scenario: Scenario, pairs: PairWork, contacts: PairContacts, chosen: Rows
) -> PairContacts:
    """The contacts with the best blocks over the chosen ones, link by link.

    A link is a satellite over two stations. Contacts that are not chosen keep what they had.
    """
    payloads = [item.payload for item in scenario.satellites]
    key_bits, block = contacts.key_bits.copy(), np.full(len(contacts), NO_BLOCK)
    ends_utc = np.where(contacts.key_bits > 0.0, contacts.end_utc, NOT_A_TIME)
    for payload in dict.fromkeys(payloads):
        flies = np.array([item == payload for item in payloads])
        rows = chosen[flies[contacts.satellite[chosen]]]
        if rows.size:
            key_bits[rows], ends_utc[rows], mine = _of_payload(
                scenario, pairs, contacts, rows, payload
            )
            block[rows] = np.where(mine >= 0, mine + block.max() + 1, NO_BLOCK)
    ready = after(ends_utc, scenario.policy.post_processing_s)
    return replace(
        contacts,
        key_bits=key_bits,
        key_expected_bits=contacts.clear_probability * key_bits,
        key_usable_utc=np.where(key_bits > 0.0, ready, NOT_A_TIME),
        block=block,
    )


def _of_payload(
    scenario: Scenario, pairs: PairWork, contacts: PairContacts, rows: Rows, payload: Payload
) -> tuple[NDArray[np.float64], NDArray[np.datetime64], Rows]:
    """Key in clear sky, end of the block, and its number, for the contacts `rows`."""
    stations = len(contacts.station_ids)
    ends = contacts.station_a[rows].astype(np.intp) * stations + contacts.station_b[rows]
    link = contacts.satellite[rows].astype(np.intp) * stations**2 + ends
    chance, policy = contacts.clear_probability[rows], scenario.policy
    key = partial(keys_of, payload, policy)
    counts = pairs.counts.take(rows)
    pooled = pool_blocks(counts, link, contacts.end_utc[rows], key, policy, chance)
    shares = pooled.shares
    bits = clear_bits(shares.key_bits, chance, key(counts).key_bits)
    ends_utc = np.full(len(rows), NOT_A_TIME)
    inside = shares.block >= 0
    ends_utc[inside] = pooled.blocks.last_end_utc[shares.block[inside]]
    return bits, ends_utc, shares.block
