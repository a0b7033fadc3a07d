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
from euroqci_planner.app.sky_keys import expected_alone, expected_bits, expected_counts, has_key
from euroqci_planner.mission.assets import Payload
from euroqci_planner.mission.key_details import NO_BLOCK, KeyDetails, Pooling
from euroqci_planner.mission.key_yield import DetectionCounts, KeyYield
from euroqci_planner.mission.plan import PassDecisions
from euroqci_planner.mission.scenario import BlockPolicy, Policy, Scenario
from euroqci_planner.qkd.blocks import PooledKeys, pool_blocks
from euroqci_planner.timebase import NOT_A_TIME, UtcArray, after
from euroqci_planner.units import FloatArray

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]

# A chance times a key, divided by the chance again, must not lose the last bit.
SHARE_ROUNDING = 1.0 + 1e-15


@dataclass(frozen=True, slots=True, eq=False)
class PooledPasses:
    """Blocks over some passes, row for row with the pass table.

    `clear_bits` is what a pass adds if its sky is clear and those of the others are as likely to
    be as not, `thin_bits` and `broken_bits` the same under clouds: in proportion to the sifted bits
    of its sky. Times their chances, the shares of a block sum to its key. NaN and not-a-time for
    passes that are not in.
    """

    clear_bits: FloatArray
    thin_bits: FloatArray
    broken_bits: FloatArray
    block: Rows
    block_end_utc: UtcArray
    waiting_s: FloatArray


def is_pooled(scenario: Scenario) -> bool:
    """Whether passes of one link wait for one another."""
    return scenario.policy.block is BlockPolicy.POOLED


def pooled_candidates(scenario: Scenario, work: KeyWork) -> KeyWork:
    """The work with the shares of blocks over all usable passes, where blocks are pooled."""
    if not is_pooled(scenario):
        return _block_per_pass(work)
    every = ~np.isnat(work.found.conditions.usable_start_utc)
    return with_shares(work, pooled_passes(scenario, work, every), every)


def pooled_contacts(
    scenario: Scenario, work: KeyWork, decisions: PassDecisions
) -> tuple[KeyWork, PassDecisions, Pooling | None]:
    """Keys of the blocks of what is flown, and when each can be used."""
    if not is_pooled(scenario):
        return work, decisions, None
    flown = decisions.flown_alone
    counted_on = float(np.nansum(decisions.key_expected_bits[flown]))
    pooled = pooled_passes(scenario, work, flown)
    settled = with_shares(work, pooled, flown)
    ready = after(settled.details.block_end_utc, scenario.policy.post_processing_s)
    details, in_clear_sky = settled.details, settled.keys.key_bits
    decided = replace(
        decisions,
        key_expected_bits=expected_bits(
            work.chances, in_clear_sky, details.key_thin_bits, details.key_broken_bits
        ),
        key_usable_utc=np.where(has_key(in_clear_sky, details), ready, NOT_A_TIME),
    )
    return settled, decided, _account(settled, decided, flown, counted_on)


def pooled_passes(scenario: Scenario, work: KeyWork, chosen: Mask) -> PooledPasses:
    """The best blocks over the passes that are `chosen`, per link and set of settings."""
    passes = len(chosen)
    out = PooledPasses(
        clear_bits=np.full(passes, np.nan),
        thin_bits=np.full(passes, np.nan),
        broken_bits=np.full(passes, np.nan),
        block=np.full(passes, NO_BLOCK),
        block_end_utc=np.full(passes, NOT_A_TIME),
        waiting_s=np.full(passes, np.nan),
    )
    for item in work.payloads:
        for number in range(len(item.sources)):
            mine = (item.set_number == number) & chosen[item.rows]
            _pool_set(scenario.policy, work, item, number, np.flatnonzero(mine), out)
    return out


def _pool_set(
    policy: Policy,
    work: KeyWork,
    item: PayloadKeys,
    number: int,
    mine: Rows,
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
    chances = work.chances.take(rows)
    if item.cloudy is None:
        counts = item.keys.counts.take(mine)
        pooled = pool_blocks(counts, link, end_utc, key, policy, chances.clear)
        alone = item.keys.keys.key_bits[mine]
        out.clear_bits[rows] = clear_bits(pooled.shares.key_bits, chances.clear, alone)
    else:
        counts = expected_counts(item, mine, chances)
        alone = expected_alone(item, work.chances)[mine]
        pooled = pool_blocks(counts, link, end_utc, key, policy, alone=alone)
        _share_by_sky(item, mine, counts, pooled, out)
    shares, first = pooled.shares, int(out.block.max(initial=NO_BLOCK)) + 1
    inside = shares.block >= 0
    out.block[rows[inside]] = first + shares.block[inside]
    out.block_end_utc[rows[inside]] = pooled.blocks.last_end_utc[shares.block[inside]]
    out.waiting_s[rows] = shares.waiting_s


def _share_by_sky(
    item: PayloadKeys,
    mine: Rows,
    expected: DetectionCounts,
    pooled: PooledKeys,
    out: PooledPasses,
) -> None:
    """Fill in what a share is worth in each sky; a pass alone in its block has its own keys."""
    cloudy, rows = item.cloudy, item.rows[mine]
    if cloudy is None:
        raise ValueError(f"payload {item.payload.id}: no sky but clear and overcast")
    block = pooled.shares.block
    is_alone = (block >= 0) & (pooled.blocks.passes[np.maximum(block, 0)] == 1)
    total = _sifted(expected)
    share = pooled.shares.key_bits * SHARE_ROUNDING / np.where(total > 0.0, total, np.inf)
    clear = _sifted(item.keys.counts.take(mine))
    for column, sifted, alone in (
        (out.clear_bits, clear, item.keys.keys.key_bits),
        (out.thin_bits, _sifted(cloudy.thin_counts.take(mine)), cloudy.thin_bits),
        (out.broken_bits, clear * cloudy.usable_share[mine], cloudy.broken_bits),
    ):
        column[rows] = np.where(is_alone | (total == 0.0), alone[mine], np.floor(share * sifted))


def _sifted(counts: DetectionCounts) -> FloatArray:
    return np.asarray(np.sum(counts.key_detections, axis=1))


def keys_of(payload: Payload, policy: Policy, counts: DetectionCounts) -> KeyYield:
    """Keys of blocks under the settings of a payload."""
    return KEY_MODELS[payload.source.protocol].keys(payload, counts, policy)


def clear_bits(shares: FloatArray, chance: FloatArray, alone: FloatArray) -> FloatArray:
    """What a share is worth in clear sky; where it never is, the key of the pass alone."""
    seen = chance > 0.0
    bits = np.floor(shares / np.where(seen, chance, 1.0) * SHARE_ROUNDING)
    return np.where(seen, bits, alone)


def with_shares(work: KeyWork, pooled: PooledPasses, chosen: Mask) -> KeyWork:
    """The work with the shares of the chosen passes in place of what they had."""
    details = {name: getattr(work.details, name).copy() for name in work.details.column_names()}
    details["block"][chosen] = pooled.block[chosen]
    details["block_end_utc"][chosen] = pooled.block_end_utc[chosen]
    details["waiting_s"][chosen] = pooled.waiting_s[chosen]
    details["key_thin_bits"][chosen] = pooled.thin_bits[chosen]
    details["key_broken_bits"][chosen] = pooled.broken_bits[chosen]
    bits = np.where(chosen, pooled.clear_bits, work.keys.key_bits)
    return replace(work, keys=replace(work.keys, key_bits=bits), details=KeyDetails(**details))


def _block_per_pass(work: KeyWork) -> KeyWork:
    """Every pass with key is a block that ends with it."""
    keyed = work.keys.key_bits > 0.0
    ends = np.where(keyed, work.found.conditions.usable_end_utc, NOT_A_TIME)
    waiting = np.where(keyed, 0.0, np.nan)
    return replace(work, details=replace(work.details, block_end_utc=ends, waiting_s=waiting))


def _separate(work: KeyWork) -> FloatArray:
    """Expected key of every pass, each a block of its own; NaN without one."""
    found = np.full(len(work.found.passes), np.nan)
    for item in work.payloads:
        found[item.rows] = expected_alone(item, work.chances)
    return found


def _account(work: KeyWork, decisions: PassDecisions, flown: Mask, counted_on: float) -> Pooling:
    """What the blocks are worth."""
    details = work.details
    bits = np.nan_to_num(decisions.key_expected_bits[flown])
    alone = np.nan_to_num(_separate(work))[flown]
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
