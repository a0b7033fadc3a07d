"""The linear programme of a whole problem, part by part, with limits where they bind.

Nights share no clique row, so each is solved alone. Limits per orbit and day tie nights together,
but few of them bind: their rows enter only when a solution breaks them (lazily separated rows),
and only the nights that such a row touches are solved again together, from where they stood.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.schedule.conflicts import IndexArray, Mask
from euroqci_planner.schedule.linear import fractional, relaxed
from euroqci_planner.schedule.programme import Programme, batches, components
from euroqci_planner.schedule.solver import AT_LOWER, BASIC, Basis
from euroqci_planner.units import FloatArray

_BROKEN_BY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Blocks that rows in use join, their programme under these rows, and its solution.

    `columns` and `rows` are those of the whole programme. `prices` come from the linear
    programme; `x` and `bound` too, unless something better has been found since.
    """

    blocks: tuple[int, ...]
    columns: IndexArray
    rows: IndexArray
    programme: Programme
    prices: FloatArray
    x: FloatArray
    bound: float

    @property
    def is_integral(self) -> bool:
        """Whether it is solved in whole contacts."""
        return not bool(fractional(self.x).any())


class UnsolvedError(Exception):
    """There is no solver, or it fails."""


class Relaxation:
    """Solves a programme without its seldom rows, then with those that turn out to be needed.

    `blocks` holds the columns that share no clique row, `parts` what has been solved so far.
    """

    def __init__(self, programme: Programme, check: Check = unchecked) -> None:
        """Nothing is solved yet; `check` is asked while the solver runs."""
        self.programme = programme
        self.blocks = batches(programme)
        self.parts: list[Part] = []
        self.check = check
        self._in_use = ~programme.seldom
        self._block = np.zeros(len(programme.columns), dtype=np.intp)
        for number, columns in enumerate(self.blocks):
            self._block[columns] = number
        self._column_status = np.full(len(self._block), AT_LOWER, dtype=np.int8)
        self._row_status = np.full(len(programme.capacity), BASIC, dtype=np.int8)

    def solve(self) -> None:
        """Solve all parts, with the rows that turn out to be needed; may raise `UnsolvedError`."""
        self._solve_with(np.zeros(len(self._in_use), dtype=np.bool_))
        while self.separate(self.x):
            pass

    def separate(self, x: FloatArray) -> bool:
        """Take into use the rows that `x` breaks, solve what they join; False where none is."""
        broken = ~self._in_use & (self.programme.matrix @ x > self.programme.capacity + _BROKEN_BY)
        if bool(broken.any()):
            self._solve_with(broken)
            return True
        return False

    def improve(self, part: Part, x: FloatArray, bound: float) -> None:
        """Put something better in the place of what a part has."""
        self.parts[self.parts.index(part)] = replace(part, x=x, bound=min(bound, part.bound))

    @property
    def x(self) -> FloatArray:
        """Value of every column."""
        x = np.zeros(len(self._block))
        for part in self.parts:
            x[part.columns] = part.x
        return x

    @property
    def prices(self) -> FloatArray:
        """Price of every row, zero where it is not in use."""
        prices = np.zeros(len(self._in_use))
        for part in self.parts:
            prices[part.rows] = part.prices
        return prices

    @property
    def bound(self) -> float:
        """Proven upper bound on the total of `value`."""
        return math.fsum(part.bound for part in self.parts)

    @property
    def is_integral(self) -> bool:
        """Whether every part is solved in whole contacts."""
        return all(part.is_integral for part in self.parts)

    def basis(self, columns: IndexArray, rows: IndexArray) -> Basis:
        """Where the simplex method stands in these columns and rows."""
        return Basis(self._column_status[columns], self._row_status[rows])

    def _solve_with(self, rows: Mask) -> None:
        """Take rows into use; solve parts that are new, keep those that no row has touched."""
        self._in_use |= rows
        touched = set(self._block[self._columns_in(rows)].tolist())
        kept = {part.blocks: part for part in self.parts if touched.isdisjoint(part.blocks)}
        self.parts = [kept.get(blocks) or self._solved(blocks) for blocks in self._joined_blocks()]

    def _columns_in(self, rows: Mask) -> IndexArray:
        matrix = self.programme.matrix
        columns = np.repeat(np.arange(len(self._block)), np.diff(matrix.indptr))
        return np.unique(columns[rows[matrix.indices]])

    def _joined_blocks(self) -> list[tuple[int, ...]]:
        """Blocks that seldom rows in use hold together."""
        everyone = np.arange(len(self._block))
        limits, rows = self.programme.part(everyone, self._in_use & self.programme.seldom)
        block = np.repeat(self._block, np.diff(limits.matrix.indptr))
        shape = (len(rows), len(self.blocks))
        label = components(csc_array((limits.matrix.data, (limits.matrix.indices, block)), shape))
        groups: dict[int, list[int]] = {}
        for number, group in enumerate(label.tolist()):
            groups.setdefault(group, []).append(number)
        return [tuple(blocks) for blocks in groups.values()]

    def _solved(self, blocks: tuple[int, ...]) -> Part:
        columns = np.sort(np.concatenate([self.blocks[number] for number in blocks]))
        programme, rows = self.programme.part(columns, self._in_use)
        earlier = [part for part in self.parts if set(part.blocks) <= set(blocks)]
        start = self.basis(columns, rows) if earlier else None
        solution = relaxed(programme, start, self.check)
        if solution is None:
            raise UnsolvedError
        if solution.basis is not None:
            self._column_status[columns] = solution.basis.columns
            self._row_status[rows] = solution.basis.rows
        bound = math.fsum(part.bound for part in earlier) if earlier else math.inf
        return Part(
            blocks=blocks,
            columns=columns,
            rows=rows,
            programme=programme,
            prices=solution.prices,
            x=solution.x,
            bound=min(bound, solution.bound),
        )
