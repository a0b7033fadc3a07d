"""Which neighbouring passes of one link form a block: the partition that gives the most key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.key_yield import DetectionCounts, KeyYield
from euroqci_planner.units import FloatArray

Rows = NDArray[np.intp]
KeyOfCounts = Callable[[DetectionCounts], KeyYield]

_BLOCKS_AT_ONCE = 50_000
_LARGE_BLOCK_BITS = 1e11


@dataclass(frozen=True, slots=True, eq=False)
class LinkPasses:
    """Passes of one link in order of their ends, (passes,) each.

    `waits_s` counts from the first end, `useful` is whether a pass would give a key in a block
    large enough, `alone` its key as a block of its own.
    """

    counts: DetectionCounts
    waits_s: FloatArray
    useful: NDArray[np.bool_]
    alone: FloatArray


class Partition(NamedTuple):
    """Passes of each block, as places in the order of time, and the counts of the blocks."""

    members: list[Rows]
    counts: DetectionCounts


class _Runs(NamedTuple):
    """Runs of neighbours: all that start with one pass by rising length, then the next.

    `begin` is where the runs of a pass begin; `bits` are their keys, `picky` marks those that leave
    out the passes that are of no use.
    """

    begin: Rows
    bits: FloatArray
    picky: NDArray[np.bool_]


def useful_passes(counts: DetectionCounts, key: KeyOfCounts) -> NDArray[np.bool_]:
    """Whether a pass would give a key if its block were large enough."""
    sifted = np.sum(counts.key_detections + counts.test_detections, axis=1)
    factor = (_LARGE_BLOCK_BITS / np.where(sifted > 0.0, sifted, np.inf))[:, np.newaxis]
    scaled = {name: factor * getattr(counts, name) for name in counts.column_names()}
    return np.asarray(key(DetectionCounts(**scaled)).key_bits > 0.0)


def best_partition(passes: LinkPasses, latency_s: float, key: KeyOfCounts) -> Partition:
    """Runs of neighbours, each within `latency_s`, whose keys sum to most, in order of time.

    Dynamic programming over the last pass of a run; of equal partitions the one whose last run is
    shorter. A run may leave out passes that are of no use.
    """
    every, useful = _RunningSums(passes.counts), _RunningSums(passes.counts, passes.useful)
    runs = _runs(passes, latency_s, key, every, useful)
    first, last = _traced_back(_best_starts(runs))
    picky = runs.picky[runs.begin[first] + last - first]
    members = []
    for begin, end, few in zip(first, last, picky, strict=True):
        run = np.arange(begin, end + 1)
        members.append(run[passes.useful[run]] if few else run)
    return Partition(members, _either(picky, useful.of(first, last), every.of(first, last)))


def _best_starts(runs: _Runs) -> Rows:
    """For every pass where the last run begins if the passes up to it are partitioned best."""
    passes = len(runs.begin) - 1
    total, start = np.zeros(passes + 1), np.zeros(passes, dtype=np.intp)
    reach = np.arange(passes) + np.diff(runs.begin)
    earliest = np.searchsorted(reach, np.arange(passes), side="right")
    for last in range(passes):
        firsts = np.arange(last, earliest[last] - 1, -1)
        reached = total[firsts] + runs.bits[runs.begin[firsts] + last - firsts]
        best = int(np.argmax(reached))
        start[last], total[last + 1] = firsts[best], reached[best]
    return start


class _RunningSums:
    """Counts of any run as differences; those of a single pass as they are."""

    def __init__(self, counts: DetectionCounts, chosen: NDArray[np.bool_] | None = None) -> None:
        weight = 1.0 if chosen is None else chosen[:, np.newaxis]
        self.single = {name: weight * getattr(counts, name) for name in counts.column_names()}
        self.sums = {
            name: np.cumsum(np.pad(kind, ((1, 0), (0, 0))), axis=0)
            for name, kind in self.single.items()
        }

    def of(self, first: Rows, last: Rows) -> DetectionCounts:
        """Counts of the runs from `first` to `last`."""
        alone = (first == last)[:, np.newaxis]
        return DetectionCounts(
            **{
                name: np.where(alone, self.single[name][last], kind[last + 1] - kind[first])
                for name, kind in self.sums.items()
            }
        )


def _runs(
    passes: LinkPasses,
    latency_s: float,
    key: KeyOfCounts,
    every: _RunningSums,
    useful: _RunningSums,
) -> _Runs:
    """All runs within the latency and their keys."""
    number = np.arange(len(passes.waits_s))
    beyond = np.searchsorted(passes.waits_s, passes.waits_s + latency_s, side="right")
    begin = np.concatenate(([0], np.cumsum(beyond - number))).astype(np.intp)
    first = np.repeat(number, beyond - number)
    last = np.arange(begin[-1]) - begin[first] + first
    bits = _run_bits(every, first, last, key)
    bits[begin[:-1]] = passes.alone
    picky = np.zeros(bits.shape, dtype=bool)
    if not np.all(passes.useful):
        choosy = _run_bits(useful, first, last, key)
        picky = (choosy > bits) & (first != last)
        bits = np.where(picky, choosy, bits)
    return _Runs(begin, bits, picky)


def _run_bits(sums: _RunningSums, first: Rows, last: Rows, key: KeyOfCounts) -> FloatArray:
    """Keys of the runs from `first` to `last`."""
    bits = np.zeros(first.size)
    for begin in range(0, first.size, _BLOCKS_AT_ONCE):
        part = slice(begin, begin + _BLOCKS_AT_ONCE)
        bits[part] = key(sums.of(first[part], last[part])).key_bits
    return bits


def _traced_back(start: Rows) -> tuple[Rows, Rows]:
    """First and last pass of the runs, each ending where the next begins."""
    last: list[int] = []
    place = len(start) - 1
    while place >= 0:
        last.append(place)
        place = int(start[place]) - 1
    ends = np.array(last[::-1], dtype=np.intp)
    return start[ends], ends


def _either(
    choose: NDArray[np.bool_], new: DetectionCounts, old: DetectionCounts
) -> DetectionCounts:
    """Blocks of `new` where chosen, else of `old`."""
    mask = choose[:, np.newaxis]
    return DetectionCounts(
        **{
            name: np.where(mask, getattr(new, name), getattr(old, name))
            for name in old.column_names()
        }
    )
