"""The schedule as a linear programme.

Maximise the sum of value times x with 0 <= x <= 1, pins at 1, and one row for each thing that
can run out: every maximal clique of a resource's padded intervals holds at most as many contacts
as the resource has terminals, every limited orbit or day at most its limit; rows over all
contacts (quotas, floors) come last. The clique rows of one
resource alone have consecutive ones and an integral optimum (Fulkerson and Gross 1965, Pacific
J. Math. 15, 835); satellites and stations together mostly do, but not always: the more contacts
wait for one terminal, the more halves and thirds there are. Set-up is constant per resource, so
the cliques state every conflict between two contacts.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_array, csc_array, vstack
from scipy.sparse.csgraph import connected_components

from euroqci_planner.schedule.conflicts import (
    IndexArray,
    Limit,
    Mask,
    Problem,
    Track,
    maximal_cliques,
)
from euroqci_planner.schedule.sides import SideRow
from euroqci_planner.units import FloatArray

_SMALLEST_BATCH = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """Maximise `value` x under `matrix` x <= `capacity`, 0 <= x <= 1, x = 1 where `fixed`.

    `columns` names the contacts (rows of a problem) that the columns stand for; `value` is
    scaled to a largest of 1. `rank` holds a number in 0..1 that follows from a contact's ids and
    start alone: where several selections are worth the same, it decides between them. `seldom`
    marks the rows of limits and those over all contacts: many never bind, and those that do tie
    nights together. A column that is no contact is -1 in `columns` and may take any share.
    """

    columns: IndexArray
    matrix: csc_array
    capacity: FloatArray
    value: FloatArray
    rank: FloatArray
    fixed: Mask
    seldom: Mask

    def of_columns(self, chosen: IndexArray) -> Programme:
        """The programme of these columns with the rows that they touch."""
        return self.part(chosen)[0]

    def part(self, chosen: IndexArray, in_use: Mask | None = None) -> tuple[Programme, IndexArray]:
        """The programme of these columns with the rows in use that they touch, and those rows."""
        matrix = self.matrix[:, chosen]
        entries, data, pointer = matrix.indices, matrix.data, matrix.indptr
        if in_use is not None:
            kept = in_use[entries]
            pointer = np.concatenate(([0], np.cumsum(kept)))[pointer]
            entries, data = entries[kept], data[kept]
        rows, indices = np.unique(entries, return_inverse=True)
        shape = (len(rows), len(chosen))
        return Programme(
            columns=self.columns[chosen],
            matrix=csc_array((data, indices, pointer), shape=shape),
            capacity=self.capacity[rows],
            value=self.value[chosen],
            rank=self.rank[chosen],
            fixed=self.fixed[chosen],
            seldom=self.seldom[rows],
        ), rows


def programme_of(problem: Problem) -> tuple[Programme, float]:
    """The programme of all contacts that may be flown, and the bits that its unit stands for."""
    columns = np.flatnonzero(problem.flyable | problem.pinned)
    parts: list[tuple[csc_array, FloatArray | IndexArray]] = []
    parts += [_clique_rows(track, columns) for track in problem.tracks]
    cliques = sum(len(capacity) for _, capacity in parts)
    parts += [_limit_rows(limit, columns) for limit in problem.limits]
    parts += [_side_row(side, columns) for side in problem.sides]
    capacity = np.concatenate([part for _, part in parts]).astype(np.float64)
    bits = problem.value_bits[columns]
    unit_bits = float(np.abs(bits).max(initial=0.0)) or 1.0
    return Programme(
        columns=columns,
        matrix=csc_array(vstack([matrix for matrix, _ in parts], format="csc")),
        capacity=capacity,
        value=bits / unit_bits,
        rank=_ranks(problem)[columns],
        fixed=problem.pinned[columns],
        seldom=np.arange(len(capacity)) >= cliques,
    ), unit_bits


def components(matrix: csc_array) -> IndexArray:
    """For every column the number of its independent part: parts share no row."""
    graph = block_array([[None, matrix], [matrix.T, None]], format="csr")
    _, label = connected_components(graph, directed=False)
    _, part = np.unique(label[matrix.shape[0] :], return_inverse=True)
    return np.asarray(part, dtype=np.intp)


def batches(programme: Programme) -> list[IndexArray]:
    """Columns in groups that share no clique row: small parts together, large ones alone."""
    everyone = np.arange(len(programme.columns))
    often, _ = programme.part(everyone, ~programme.seldom)
    part = components(often.matrix)
    size = np.bincount(part)
    batch = ((np.cumsum(size) - size) // _SMALLEST_BATCH)[part]
    order = np.argsort(batch, kind="stable")
    cuts = np.flatnonzero(np.diff(batch[order])) + 1
    return [group for group in np.split(order, cuts) if len(group)]


def _clique_rows(track: Track, columns: IndexArray) -> tuple[csc_array, IndexArray]:
    """A row for every maximal clique of more contacts than the resource has terminals."""
    entries, column = _entries_of_columns(track, columns)
    start, until = track.on_one_axis()
    cliques = maximal_cliques(start[entries], until[entries])
    terminals = track.terminals[track.resource[entries][cliques.member]]
    binding = cliques.size > terminals
    number = np.concatenate(([0], np.cumsum(binding)))
    first, last = number[cliques.first], number[cliques.last]
    pointer = np.concatenate(([0], np.cumsum(last - first)))
    rows = np.arange(pointer[-1]) - np.repeat(pointer[:-1] - first, last - first)
    matrix = csc_array((np.ones(len(rows)), rows, pointer), shape=(int(number[-1]), len(entries)))
    if column is not None:
        gathered = (np.ones(len(entries)), (np.arange(len(entries)), column))
        matrix = csc_array(matrix @ csc_array(gathered, shape=(len(entries), len(columns))))
        matrix.sort_indices()
    return matrix, terminals[binding]


def _entries_of_columns(track: Track, columns: IndexArray) -> tuple[IndexArray, IndexArray | None]:
    """Entries of these contacts, and the column of each; None where they are the columns."""
    if track.each_once:
        return columns, None
    entries = np.flatnonzero(np.isin(track.candidate, columns))
    return entries, np.searchsorted(columns, track.candidate[entries])


def _limit_rows(limit: Limit, columns: IndexArray) -> tuple[csc_array, IndexArray]:
    """A row for every orbit or day with more candidates than may be flown."""
    group = limit.group[columns]
    counts = np.bincount(group[group >= 0], minlength=len(limit.capacity))
    binding = counts > limit.capacity
    number = np.cumsum(binding) - 1
    members = np.flatnonzero((group >= 0) & binding[group])
    shape = (int(binding.sum()), len(columns))
    entries = (np.ones(len(members)), (number[group[members]], members))
    return csc_array(entries, shape=shape), limit.capacity[binding]


def _side_row(side: SideRow, columns: IndexArray) -> tuple[csc_array, FloatArray]:
    """The row in units of its largest coefficient."""
    amount = side.amount[columns]
    scale = float(np.abs(amount).max(initial=0.0)) or 1.0
    return csc_array((amount / scale)[None, :]), np.array([side.capacity / scale])


def _ranks(problem: Problem) -> FloatArray:
    """A number from 0 to 1 for every contact that follows from its ids and start alone."""
    mixed = np.zeros(len(problem), dtype=np.uint64)
    for track in problem.tracks[:2]:
        ids = np.array([_hashed(name) for name in track.ids], dtype=np.uint64)
        mixed = _split_mix(mixed ^ ids[track.resource[: len(problem)]])
        second = slice(len(problem), None)
        rows = track.candidate[second]
        mixed[rows] = _split_mix(mixed[rows] ^ ids[track.resource[second]])
    mixed = _split_mix(mixed ^ problem.tracks[0].start_us.astype(np.uint64))
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def _hashed(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little")


def _split_mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64 finaliser (Steele, Lea and Flood 2014), modulo 2^64."""
    mixed = state + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
