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

    `waits_s` counts from the first end, `separate` is the key of each pass alone, `useful` whether
    it would give one in a block large enough.
    """

    counts: DetectionCounts
    waits_s: FloatArray
    separate: FloatArray
    useful: NDArray[np.bool_]


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


def best_partition(passes: LinkPasses, latency_s: float, key: KeyOfCounts) -> list[Rows]:
    """Runs of neighbours, each within `latency_s`, whose keys sum to most, in order of time.

    Dynamic programming over the last pass of a run; of equal partitions the one whose last run is
    shorter. A run may leave out passes that are of no use.
    """
    runs = _runs(passes, latency_s, key)
    number = len(runs.begin) - 1
    total, start = np.zeros(number + 1), np.zeros(number, dtype=np.intp)
    reach = np.arange(number) + np.diff(runs.begin)
    earliest = np.searchsorted(reach, np.arange(number), side="right")
    for last in range(number):
        firsts = np.arange(last, earliest[last] - 1, -1)
        reached = total[firsts] + runs.bits[runs.begin[firsts] + last - firsts]
        best = int(np.argmax(reached))
        start[last], total[last + 1] = firsts[best], reached[best]
    return _traced_back(start, runs, passes.useful)


def _runs(passes: LinkPasses, latency_s: float, key: KeyOfCounts) -> _Runs:
    """All runs within the latency and their keys."""
    number = np.arange(len(passes.waits_s))
    beyond = np.searchsorted(passes.waits_s, passes.waits_s + latency_s, side="right")
    begin = np.concatenate(([0], np.cumsum(beyond - number))).astype(np.intp)
    first = np.repeat(number, beyond - number)
    last = np.arange(begin[-1]) - begin[first] + first
    bits = _run_bits(passes.counts, np.ones(number.size, dtype=bool), first, last, key)
    bits[first == last] = passes.separate
    picky = np.zeros(bits.shape, dtype=bool)
    if not np.all(passes.useful):
        choosy = _run_bits(passes.counts, passes.useful, first, last, key)
        picky = (choosy > bits) & (first != last)
        bits = np.where(picky, choosy, bits)
    return _Runs(begin, bits, picky)


def _run_bits(
    counts: DetectionCounts, chosen: NDArray[np.bool_], first: Rows, last: Rows, key: KeyOfCounts
) -> FloatArray:
    """Keys of the runs from `first` to `last`, of the chosen passes."""
    sums = {
        name: np.cumsum(np.pad(getattr(counts, name) * chosen[:, np.newaxis], ((1, 0), (0, 0))), 0)
        for name in counts.column_names()
    }
    bits = np.zeros(first.size)
    for begin in range(0, first.size, _BLOCKS_AT_ONCE):
        part = slice(begin, begin + _BLOCKS_AT_ONCE)
        blocks = {name: kind[last[part] + 1] - kind[first[part]] for name, kind in sums.items()}
        bits[part] = key(DetectionCounts(**blocks)).key_bits
    return bits


def _traced_back(start: Rows, runs: _Runs, useful: NDArray[np.bool_]) -> list[Rows]:
    """The runs that end where the next begins, first to last."""
    found: list[Rows] = []
    last = len(start) - 1
    while last >= 0:
        members = np.arange(start[last], last + 1)
        picky = runs.picky[runs.begin[start[last]] + last - start[last]]
        found.append(members[useful[members]] if picky else members)
        last = int(start[last]) - 1
    return found[::-1]
