"""Blocks of key that hold several passes of one link.

The statistical cost of a block is paid once, so passes that wait for one another give more key than
each alone; the price is waiting and unprocessed key in store at both ends. Which passes form a
block must be fixed before they are flown: here it follows from expected counts and the calendar.
All passes of a block are flown with the same settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from euroqci_planner.mission.key_yield import DetectionCounts, KeyYield
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.mission.table import Table, column
from euroqci_planner.qkd.block_partition import (
    KeyOfCounts,
    LinkPasses,
    Rows,
    best_partition,
    useful_passes,
)
from euroqci_planner.timebase import NOT_A_TIME, UtcArray, after, seconds_between
from euroqci_planner.units import FloatArray

NO_BLOCK = -1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class KeyBlocks(Table):
    """Blocks in order of link and time.

    `link` is the number of the link, `passes` how many passes are in, `first_end_utc` and
    `last_end_utc` when the first and the last of them end, `usable_utc` when the key can be used
    (not-a-time where there is none), `separate_bits` what the same passes give each alone.
    """

    link: Rows = column("intp")
    passes: Rows = column("intp")
    first_end_utc: UtcArray = column("datetime64[us]")
    last_end_utc: UtcArray = column("datetime64[us]")
    usable_utc: UtcArray = column("datetime64[us]")
    key_bits: FloatArray = column("float64")
    separate_bits: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BlockShares(Table):
    """What each pass has of its block, row for row with the counts.

    `block` is the row in `KeyBlocks`, -1 for a pass that is missing or left out. `key_bits` are
    whole and sum to those of the block (one pass alone: its key times its chance); NaN for a
    missing pass, zero for one left out, as `separate_bits` are for the pass alone. `usable_utc` is
    not-a-time without key. `waiting_s` runs from the end of the pass to that of the last pass of
    its block, NaN without one.
    """

    block: Rows = column("intp")
    key_bits: FloatArray = column("float64")
    separate_bits: FloatArray = column("float64")
    usable_utc: UtcArray = column("datetime64[us]")
    waiting_s: FloatArray = column("float64")


class PooledKeys(NamedTuple):
    """The blocks, the shares of the passes, and the account of the blocks (row for row)."""

    blocks: KeyBlocks
    shares: BlockShares
    keys: KeyYield

    @property
    def gain_bits(self) -> float:
        """Key of the blocks beyond that of the passes each alone."""
        return float(np.sum(self.blocks.key_bits) - np.sum(self._kept(self.shares.separate_bits)))

    @property
    def mean_waiting_s(self) -> float:
        """Mean waiting of a bit of key from the end of its pass to that of its block; 0 if none."""
        bits = self._kept(self.shares.key_bits)
        waiting = np.where(bits > 0.0, self.shares.waiting_s, 0.0)
        return float(np.sum(bits * waiting) / max(float(np.sum(bits)), 1.0))

    @property
    def longest_waiting_s(self) -> float:
        """Longest waiting of any pass with key; 0 if none."""
        keyed = self._kept(self.shares.key_bits) > 0.0
        return float(np.max(self.shares.waiting_s, initial=0.0, where=keyed))

    @staticmethod
    def _kept(bits: FloatArray) -> FloatArray:
        return np.where(np.isnan(bits), 0.0, bits)


@dataclass(frozen=True, slots=True, eq=False)
class _Passes:
    """All passes, (passes,) each."""

    counts: DetectionCounts
    link: Rows
    end_utc: UtcArray
    separate: FloatArray


class _Members(NamedTuple):
    """Passes that are in a block, and in which, in order of block and time."""

    row: Rows
    block: Rows


def pool_blocks(
    counts: DetectionCounts,
    link: Rows,
    end_utc: UtcArray,
    key: KeyOfCounts,
    policy: Policy,
    chance: FloatArray | None = None,
    alone: FloatArray | None = None,
) -> PooledKeys:
    """Partition the passes of every link into runs of neighbours that give the most key in all.

    `link` numbers the link of each pass (and its settings, where these differ), `end_utc` is when
    its contact ends, `key` gives the key of blocks of counts. All passes of a block end within
    `pool_latency_s` of its first. The best partition of each link is found by dynamic programming
    over all such runs: never less key than pass by pass. Of equal ones the one with the shorter
    last block counts. Passes that would not give a key in however large a block may be left out of
    a run. Passes with missing counts or times stay without a block.

    `chance` is that of clear sky per pass, one each where left out. Then keys are expected ones:
    a block of one pass has its key times the chance; one of several has the key of its expected
    counts, which is less than the expected key, for keys grow faster than their counts. Where the
    counts are expected ones already, `alone` tells the expected key of each pass as a block of its
    own.
    """
    chance = np.ones(len(counts)) if chance is None else chance
    alone = chance * key(counts).key_bits if alone is None else alone
    passes = _Passes(weighted_counts(counts, chance), link, end_utc, alone)
    counts = passes.counts
    useful = useful_passes(counts, key)
    present = np.isfinite(passes.separate) & ~np.isnat(end_utc)
    groups, sums = [], [counts.take([])]
    for number in np.unique(link[present]):
        rows = np.flatnonzero(present & (link == number))
        rows = rows[np.argsort(end_utc[rows], kind="stable")]
        waits_s = seconds_between(end_utc[rows[0]], end_utc[rows])
        here = LinkPasses(counts.take(rows), waits_s, useful[rows], passes.separate[rows])
        found = best_partition(here, policy.pool_latency_s, key)
        groups += [rows[part] for part in found.members]
        sums.append(found.counts)
    keys = key(DetectionCounts.joined(sums))
    return _account(passes, _members(groups), keys, policy.post_processing_s)


def weighted_counts(counts: DetectionCounts, weight: FloatArray) -> DetectionCounts:
    """Counts times a weight per row: a chance, or the share of a pass."""
    return DetectionCounts(
        **{name: getattr(counts, name) * weight[:, np.newaxis] for name in counts.column_names()}
    )


def sum_of_counts(one: DetectionCounts, other: DetectionCounts) -> DetectionCounts:
    """Counts added row for row."""
    names = one.column_names()
    return DetectionCounts(**{name: getattr(one, name) + getattr(other, name) for name in names})


def _members(groups: list[Rows]) -> _Members:
    lengths = np.array([len(group) for group in groups], dtype=np.intp)
    row = np.concatenate([np.zeros(0, dtype=np.intp), *groups])
    return _Members(row, np.repeat(np.arange(len(groups)), lengths))


def _per_block(members: _Members, values: FloatArray, blocks: int) -> FloatArray:
    """Sum of a value of the passes over each block."""
    return np.asarray(np.bincount(members.block, values[members.row], blocks), dtype=np.float64)


def _begins(members: _Members) -> Rows:
    """Where each block begins among the members."""
    return np.flatnonzero(np.diff(members.block, prepend=-1))


def _account(
    passes: _Passes, members: _Members, keys: KeyYield, post_processing_s: float
) -> PooledKeys:
    """Tables of the blocks and of what each pass has of them."""
    begin = _begins(members)
    end = np.append(begin[1:], members.row.size)[: begin.size] - 1
    last_end = passes.end_utc[members.row[end]]
    key_bits = np.where(end > begin, keys.key_bits, passes.separate[members.row[begin]])
    delay_s = np.where(key_bits > 0.0, post_processing_s, np.nan)
    blocks = KeyBlocks(
        link=passes.link[members.row[begin]],
        passes=end - begin + 1,
        first_end_utc=passes.end_utc[members.row[begin]],
        last_end_utc=last_end,
        usable_utc=after(last_end, delay_s),
        key_bits=key_bits,
        separate_bits=_per_block(members, passes.separate, len(keys)),
    )
    return PooledKeys(blocks, _shares(passes, members, blocks), keys)


def _shares(passes: _Passes, members: _Members, blocks: KeyBlocks) -> BlockShares:
    """Key by sifted bits, the instant when it can be used, and the waiting."""
    row, block = members
    number = np.full(passes.link.shape, NO_BLOCK, dtype=np.intp)
    bits = 0.0 * passes.separate
    usable = np.full(passes.link.shape, NOT_A_TIME)
    waiting_s = np.full(passes.link.shape, np.nan)
    number[row] = block
    sifted = np.sum(passes.counts.key_detections, axis=1)[row]
    shared = _whole_shares(sifted, block, blocks.key_bits)
    bits[row] = np.where(blocks.passes[block] > 1, shared, blocks.key_bits[block])
    usable[row] = np.where(bits[row] > 0.0, blocks.usable_utc[block], NOT_A_TIME)
    waiting_s[row] = seconds_between(passes.end_utc[row], blocks.last_end_utc[block])
    return BlockShares(
        block=number,
        key_bits=bits,
        separate_bits=passes.separate,
        usable_utc=usable,
        waiting_s=waiting_s,
    )


def _whole_shares(sifted: FloatArray, block: Rows, key_bits: FloatArray) -> FloatArray:
    """Whole bits per member in proportion to `sifted`, summing to the key of each block.

    Rounded down; what is left goes to the largest remainders (Hamilton), earlier ones first.
    """
    total = np.bincount(block, sifted, len(key_bits))[block]
    exact = key_bits[block] * sifted / np.where(total > 0.0, total, 1.0)
    whole = np.floor(exact)
    left = key_bits - np.bincount(block, whole, len(key_bits))
    order = np.lexsort((-(exact - whole), block))
    rank = np.arange(block.size) - np.searchsorted(block, block)
    extra = np.zeros(block.size)
    extra[order] = rank < left[block]
    return np.asarray(whole + extra)
