"""Blocks of key over several passes of one link, and what they leave each contact.

Which passes wait for one another must be fixed before they are flown. The schedule values each
pass by its share of the blocks of all passes; the keys that a plan reports are those of the blocks
of what is flown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.key_columns import PayloadKeys
from euroqci_planner.app.key_work import KeyWork
from euroqci_planner.app.registry import KEY_MODELS
from euroqci_planner.mission.assets import Payload
from euroqci_planner.mission.key_details import NO_BLOCK, KeyDetails, Pooling
from euroqci_planner.mission.key_yield import DetectionCounts, KeyYield
from euroqci_planner.mission.plan import PassDecisions
from euroqci_planner.mission.scenario import BlockPolicy, Policy, Scenario
from euroqci_planner.qkd.blocks import pool_blocks
from euroqci_planner.timebase import NOT_A_TIME, UtcArray, after
from euroqci_planner.units import FloatArray

Mask = NDArray[np.bool_]

# A chance times a key, divided by the chance again, must not lose the last bit.
_ROUNDING = 1.0 + 1e-15


@dataclass(frozen=True, slots=True, eq=False)
class PooledPasses:
    """Blocks over some passes, row for row with the pass table.

    `clear_bits` is what a pass adds if its sky is clear and those of the others are as likely to
    be as not; times its chance, the shares of a block sum to its key. NaN and not-a-time for
    passes that are not in.
    """

    clear_bits: FloatArray
    block: NDArray[np.intp]
    block_end_utc: UtcArray
    waiting_s: FloatArray


def is_pooled(scenario: Scenario) -> bool:
    """Whether passes of one link wait for one another."""
    return scenario.policy.block is BlockPolicy.POOLED


def pooled_candidates(scenario: Scenario, work: KeyWork, chance: FloatArray) -> KeyWork:
    """The work with the shares of blocks over all usable passes, where blocks are pooled."""
    if not is_pooled(scenario):
        return _block_per_pass(work)
    every = ~np.isnat(work.found.conditions.usable_start_utc)
    return with_shares(work, pooled_passes(scenario, work, chance, every), every)


def pooled_contacts(
    scenario: Scenario, work: KeyWork, decisions: PassDecisions
) -> tuple[KeyWork, PassDecisions, Pooling | None]:
    """Keys of the blocks of what is flown, and when each can be used."""
    if not is_pooled(scenario):
        return work, decisions, None
    flown = decisions.flown_alone
    chance = decisions.clear_probability
    counted_on = float(np.nansum(decisions.key_expected_bits[flown]))
    pooled = pooled_passes(scenario, work, chance, flown)
    settled = with_shares(work, pooled, flown)
    ready = after(settled.details.block_end_utc, scenario.policy.post_processing_s)
    decided = replace(
        decisions,
        key_expected_bits=chance * settled.keys.key_bits,
        key_usable_utc=np.where(settled.keys.key_bits > 0.0, ready, NOT_A_TIME),
    )
    return settled, decided, _account(settled, decided, flown, counted_on)


def pooled_passes(
    scenario: Scenario, work: KeyWork, chance: FloatArray, chosen: Mask
) -> PooledPasses:
    """The best blocks over the passes that are `chosen`, per link and set of settings."""
    passes = len(chosen)
    out = PooledPasses(
        clear_bits=np.full(passes, np.nan),
        block=np.full(passes, NO_BLOCK),
        block_end_utc=np.full(passes, NOT_A_TIME),
        waiting_s=np.full(passes, np.nan),
    )
    for item in work.payloads:
        for number in range(len(item.sources)):
            mine = (item.set_number == number) & chosen[item.rows]
            _pool_set(scenario.policy, work, item, number, np.flatnonzero(mine), chance, out)
    return out


def _pool_set(
    policy: Policy,
    work: KeyWork,
    item: PayloadKeys,
    number: int,
    mine: NDArray[np.intp],
    chance: FloatArray,
    out: PooledPasses,
) -> None:
    """Fill in the passes `mine` of a payload, all flown with one set of settings."""
    rows, table = item.rows[mine], work.found.passes
    if not rows.size:
        return
    link = table.satellite[rows].astype(np.intp) * len(table.station_ids) + table.station[rows]
    end_utc = work.found.conditions.usable_end_utc[rows]
    payload = replace(item.payload, source=item.sources[number])
    key = partial(keys_of, payload, policy)
    pooled = pool_blocks(item.keys.counts.take(mine), link, end_utc, key, policy, chance[rows])
    shares, first = pooled.shares, int(out.block.max(initial=NO_BLOCK)) + 1
    out.clear_bits[rows] = clear_bits(shares.key_bits, chance[rows], item.keys.keys.key_bits[mine])
    inside = shares.block >= 0
    out.block[rows[inside]] = first + shares.block[inside]
    out.block_end_utc[rows[inside]] = pooled.blocks.last_end_utc[shares.block[inside]]
    out.waiting_s[rows] = shares.waiting_s


def keys_of(payload: Payload, policy: Policy, counts: DetectionCounts) -> KeyYield:
    """Keys of blocks under the settings of a payload."""
    return KEY_MODELS[payload.source.protocol].keys(payload, counts, policy)


def clear_bits(shares: FloatArray, chance: FloatArray, alone: FloatArray) -> FloatArray:
    """What a share is worth in clear sky; where it never is, the key of the pass alone."""
    seen = chance > 0.0
    bits = np.floor(shares / np.where(seen, chance, 1.0) * _ROUNDING)
    return np.where(seen, bits, alone)


def with_shares(work: KeyWork, pooled: PooledPasses, chosen: Mask) -> KeyWork:
    """The work with the shares of the chosen passes in place of what they had."""
    details = {name: getattr(work.details, name).copy() for name in work.details.column_names()}
    details["block"][chosen] = pooled.block[chosen]
    details["block_end_utc"][chosen] = pooled.block_end_utc[chosen]
    details["waiting_s"][chosen] = pooled.waiting_s[chosen]
    bits = np.where(chosen, pooled.clear_bits, work.keys.key_bits)
    return replace(work, keys=replace(work.keys, key_bits=bits), details=KeyDetails(**details))


def _block_per_pass(work: KeyWork) -> KeyWork:
    """Every pass with key is a block that ends with it."""
    keyed = work.keys.key_bits > 0.0
    ends = np.where(keyed, work.found.conditions.usable_end_utc, NOT_A_TIME)
    waiting = np.where(keyed, 0.0, np.nan)
    return replace(work, details=replace(work.details, block_end_utc=ends, waiting_s=waiting))


def _account(work: KeyWork, decisions: PassDecisions, flown: Mask, counted_on: float) -> Pooling:
    """What the blocks are worth."""
    details = work.details
    bits = np.nan_to_num(decisions.key_expected_bits[flown])
    alone = np.nan_to_num(decisions.clear_probability * details.separate_bits)[flown]
    waiting = np.where(bits > 0.0, details.waiting_s[flown], 0.0)
    blocks = details.block[flown & (work.keys.key_bits > 0.0)]
    total = float(np.sum(bits))
    return Pooling(
        blocks=int(np.unique(blocks[blocks >= 0]).size),
        contacts=int(np.count_nonzero(blocks >= 0)),
        keyless_contacts=int(np.count_nonzero(~(bits > 0.0))),
        separate_bits=float(np.sum(alone)),
        pooled_bits=total,
        scheduled_bits=counted_on,
        mean_waiting_s=float(np.sum(bits * waiting)) / total if total > 0.0 else 0.0,
        longest_waiting_s=float(np.max(waiting, initial=0.0)),
    )
