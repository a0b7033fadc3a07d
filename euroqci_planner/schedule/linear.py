"""The schedule as a linear programme, and HiGHS to solve it.

Maximise the sum of value times x with 0 <= x <= 1, pins at 1, and one row for each thing that
can run out: every maximal clique of a resource's padded intervals holds at most as many contacts
as the resource has terminals, every limited orbit or day at most its limit. The clique rows of one
resource alone have consecutive ones and an integral optimum (Fulkerson and Gross 1965, Pacific
J. Math. 15, 835); satellites and stations together mostly do, but not always. Set-up is constant
per resource, so the cliques state every conflict and no rows are left to be separated later.

Solver: HiGHS, dual simplex after Huangfu and Hall 2018, Math. Prog. Comp. 10, 119. One thread, a
fixed seed and no clock: the same programme has the same solution.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

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
from euroqci_planner.units import FloatArray

_INTEGRAL_WITHIN = 1e-6
_TIED_WITHIN = 1e-12
_SETTINGS: Mapping[str, Any] = {"output_flag": False, "threads": 1, "random_seed": 0}
_COLUMN_WISE, _MAXIMISE, _FEASIBLE = 1, -1, 2  # HiGHS: MatrixFormat, ObjSense, SolutionStatus
_LARGEST_TREE = 10_000
_SMALLEST_BATCH = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """Maximise `value` x under `matrix` x <= `capacity`, 0 <= x <= 1, x = 1 where `fixed`.

    `columns` names the contacts (rows of a problem) that the columns stand for; `value` is
    scaled to a largest of 1. `rank` holds a number in 0..1 that follows from a contact's ids and
    start alone: where several selections are worth the same, it decides between them.
    """

    columns: IndexArray
    matrix: csc_array
    capacity: FloatArray
    value: FloatArray
    rank: FloatArray
    fixed: Mask

    def of_columns(self, chosen: IndexArray) -> Programme:
        """The programme of these columns with the rows that they touch."""
        matrix = self.matrix[:, chosen]
        rows, indices = np.unique(matrix.indices, return_inverse=True)
        shape = (len(rows), len(chosen))
        return Programme(
            columns=self.columns[chosen],
            matrix=csc_array((matrix.data, indices, matrix.indptr), shape=shape),
            capacity=self.capacity[rows],
            value=self.value[chosen],
            rank=self.rank[chosen],
            fixed=self.fixed[chosen],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Values of the columns and a proven upper bound on the total of `value`."""

    x: FloatArray
    bound: float

    @property
    def is_integral(self) -> bool:
        """Whether every column is at 0 or 1, to 1e-6."""
        return bool(np.all(np.abs(self.x - np.round(self.x)) <= _INTEGRAL_WITHIN))


def programme_of(problem: Problem) -> tuple[Programme, float]:
    """The programme of all contacts that may be flown, and the bits that its unit stands for."""
    columns = np.flatnonzero(problem.flyable | problem.pinned)
    parts = [_clique_rows(track, columns) for track in problem.tracks]
    parts += [_limit_rows(limit, columns) for limit in problem.limits]
    bits = problem.value_bits[columns]
    unit_bits = float(np.abs(bits).max(initial=0.0)) or 1.0
    value = bits / unit_bits
    return Programme(
        columns=columns,
        matrix=csc_array(vstack([matrix for matrix, _ in parts], format="csc")),
        capacity=np.concatenate([capacity for _, capacity in parts]).astype(np.float64),
        value=value,
        rank=_ranks(problem)[columns],
        fixed=problem.pinned[columns],
    ), unit_bits


def batches(programme: Programme) -> list[IndexArray]:
    """Columns in groups that share no row: small independent parts together, large ones alone."""
    matrix = programme.matrix
    graph = block_array([[None, matrix], [matrix.T, None]], format="csr")
    _, label = connected_components(graph, directed=False)
    _, part = np.unique(label[matrix.shape[0] :], return_inverse=True)
    size = np.bincount(part)
    batch = ((np.cumsum(size) - size) // _SMALLEST_BATCH)[part]
    order = np.argsort(batch, kind="stable")
    cuts = np.flatnonzero(np.diff(batch[order])) + 1
    return [group for group in np.split(order, cuts) if len(group)]


def relaxed(programme: Programme) -> Solution | None:
    """Optimum of the linear programme; None where there is no solver, or it finds none.

    The bound follows by weak duality from the solver's row prices, in plain arithmetic: it holds
    whatever the solver's tolerances are. An integral optimum is made unique: among those of the
    same value (to 1e-12 of the largest value per contact) the one of largest total rank.
    """
    if not programme.matrix.nnz:
        return _free(programme)
    solver = _loaded(programme, {"presolve": "off", "dual_feasibility_tolerance": 1e-10})
    if solver is None or not _is_optimal_after_run(solver):
        return None
    answer = solver.getSolution()
    price = np.maximum(np.array(answer.row_dual), 0.0)
    surplus = programme.value - programme.matrix.T @ price
    counted = np.where(programme.fixed, surplus, np.maximum(surplus, 0.0))
    bound = float(price @ programme.capacity + counted.sum())
    first = Solution(x=np.array(answer.col_value), bound=bound)
    if not first.is_integral:
        return first
    _restrict_to_ties(solver, programme, np.round(first.x), price)
    second = first
    if _is_optimal_after_run(solver):
        second = Solution(x=np.array(solver.getSolution().col_value), bound=bound)
    return second if second.is_integral else first


def _restrict_to_ties(solver: Any, programme: Programme, x: FloatArray, price: FloatArray) -> None:
    """Leave the solver only the optimal selections, and rank as the objective.

    By complementary slackness these are the selections that fill every row with a price and
    differ only in columns without surplus.
    """
    surplus = programme.value - programme.matrix.T @ price
    tied = (np.abs(surplus) <= _TIED_WITHIN) & ~programme.fixed
    rows, columns = (np.arange(size, dtype=np.int32) for size in programme.matrix.shape)
    lowest = np.where(price > _TIED_WITHIN, programme.capacity, -np.inf)
    solver.changeRowsBounds(len(rows), rows, lowest, programme.capacity)
    lower, upper = np.where(tied, 0.0, x), np.where(tied, 1.0, x)
    solver.changeColsBounds(len(columns), columns, lower, upper)
    solver.changeColsCost(len(columns), columns, np.where(tied, programme.rank, 0.0))


def integer(programme: Programme, start: FloatArray, relative_gap: float) -> Solution | None:
    """A solution in whole contacts within `relative_gap`, or the best after 10 000 nodes.

    `start` is a feasible selection to begin with. None where there is no solver, or it finds
    nothing. The bound is the one that HiGHS states.
    """
    if not programme.matrix.nnz:
        return _free(programme)
    options = {
        "mip_rel_gap": relative_gap,
        "mip_abs_gap": 0.0,
        "mip_max_nodes": _LARGEST_TREE,
    }
    solver = _loaded(programme, options, whole=True)
    if solver is None:
        return None
    solver.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    _run(solver)
    info = solver.getInfo()
    if int(info.primal_solution_status) != _FEASIBLE:
        return None
    return Solution(x=np.array(solver.getSolution().col_value), bound=float(info.mip_dual_bound))


def _free(programme: Programme) -> Solution:
    """Where nothing conflicts everything of value is flown."""
    chosen = programme.fixed | (programme.value > 0.0)
    return Solution(x=chosen.astype(np.float64), bound=float(programme.value[chosen].sum()))


def _loaded(programme: Programme, options: Mapping[str, Any], *, whole: bool = False) -> Any | None:
    """HiGHS with the programme, in whole contacts or not; None where it is not installed."""
    try:
        import highspy  # noqa: PLC0415 (heavy, and the program plans without it)
    except ImportError:
        return None
    make: Any = highspy.Highs
    solver = make()
    for name, setting in {**_SETTINGS, **options}.items():
        solver.setOptionValue(name, setting)
    _pass_model(solver, programme, whole=whole)
    return solver


def _run(solver: Any) -> None:
    """Run in a thread of its own.

    HiGHS keeps one pool of workers per calling thread, and fails where an earlier run of that
    thread, by whomever, asked for another number of them.
    """
    with ThreadPoolExecutor(max_workers=1) as own:
        own.submit(solver.run).result()


def _is_optimal_after_run(solver: Any) -> bool:
    _run(solver)
    return bool(solver.getModelStatus().name == "kOptimal")


def _pass_model(solver: Any, programme: Programme, *, whole: bool) -> None:
    rows, columns = programme.matrix.shape
    matrix = programme.matrix
    solver.passModel(
        columns,
        rows,
        matrix.nnz,
        _COLUMN_WISE,
        _MAXIMISE,
        0.0,
        programme.value,
        programme.fixed.astype(np.float64),
        np.ones(columns),
        np.full(rows, -np.inf),
        programme.capacity,
        matrix.indptr[:-1].astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        np.full(columns, int(whole), dtype=np.int32),
    )


def _clique_rows(track: Track, columns: IndexArray) -> tuple[csc_array, IndexArray]:
    """A row for every maximal clique of more contacts than the resource has terminals."""
    start, until = track.on_one_axis()
    cliques = maximal_cliques(start[columns], until[columns])
    terminals = track.terminals[track.resource[columns][cliques.member]]
    binding = cliques.size > terminals
    number = np.concatenate(([0], np.cumsum(binding)))
    first, last = number[cliques.first], number[cliques.last]
    pointer = np.concatenate(([0], np.cumsum(last - first)))
    rows = np.arange(pointer[-1]) - np.repeat(pointer[:-1] - first, last - first)
    shape = (int(number[-1]), len(columns))
    return csc_array((np.ones(len(rows)), rows, pointer), shape=shape), terminals[binding]


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


def _ranks(problem: Problem) -> FloatArray:
    """A number from 0 to 1 for every contact that follows from its ids and start alone."""
    mixed = np.zeros(len(problem), dtype=np.uint64)
    for track in problem.tracks:
        ids = np.array([_hashed(name) for name in track.ids], dtype=np.uint64)
        mixed = _split_mix(mixed ^ ids[track.resource])
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
