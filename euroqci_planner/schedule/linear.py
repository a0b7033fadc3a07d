"""Solve programmes: the linear one with a proven bound, and the one in whole contacts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.schedule.conflicts import Mask
from euroqci_planner.schedule.programme import Programme
from euroqci_planner.schedule.solver import Basis, Solver, opened
from euroqci_planner.units import FloatArray

_INTEGRAL_WITHIN = 1e-6
_TIED_WITHIN = 1e-12
_MOST_NODE_COLUMNS = 10_000_000
_SMALL = 500
# HiGHS does not listen while a heuristic solves a programme of its own, for half a minute at times.
_NO_HEURISTICS = {
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
SIMPLEX = {"presolve": "off", "dual_feasibility_tolerance": 1e-10}
_AT_ONCE = {"solver": "simplex", "dual_feasibility_tolerance": 1e-10}


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Values of the columns and a proven upper bound on the total of `value`."""

    x: FloatArray
    bound: float

    @property
    def is_integral(self) -> bool:
        """Whether every column is at 0 or 1, to 1e-6."""
        return not bool(fractional(self.x).any())


@dataclass(frozen=True, slots=True, eq=False)
class Optimum(Solution):
    """Optimum of a linear programme.

    `prices` are those of the rows that prove the bound, `basis` is where the simplex method
    ended, None where it was not needed.
    """

    prices: FloatArray
    basis: Basis | None


def fractional(x: FloatArray) -> Mask:
    """Columns that are neither at 0 nor at 1, to 1e-6."""
    return np.abs(x - np.round(x)) > _INTEGRAL_WITHIN


def relaxed(
    programme: Programme, start: Basis | None = None, check: Check = unchecked
) -> Optimum | None:
    """Optimum of the linear programme; None where there is no solver, or it finds none.

    The bound follows by weak duality from the solver's row prices, in plain arithmetic: it holds
    whatever the solver's tolerances are. An integral optimum is made unique: among those of the
    same value (to 1e-12 of the largest value per contact) the one of largest total rank.
    """
    if not programme.matrix.nnz:
        return _free(programme)
    solver = opened(programme, SIMPLEX, check)
    if solver is None:
        return None
    with solver:
        if start is not None:
            solver.start_from(start)
        if not solver.run():
            return None
        x, prices = solver.x, solver.prices
        first = Optimum(x, dual_bound(programme, prices), prices, solver.basis)
        if not first.is_integral:
            return first
        _restrict_to_ties(solver, programme, np.round(x), prices)
        second = replace(first, x=solver.x) if solver.run() else first
    return second if second.is_integral else first


def relaxed_at_once(programme: Programme, check: Check = unchecked) -> Optimum | None:
    """Optimum of a linear programme whose rows tie all nights together, solved from nothing.

    None where there is no solver, or it finds none. The bound is that of `relaxed`; which of
    several optima it is, is left to the solver.
    """
    if not programme.matrix.nnz:
        return _free(programme)
    solver = opened(programme, _AT_ONCE, check)
    if solver is None:
        return None
    with solver:
        if not solver.run():
            return None
        x, prices = solver.x, solver.prices
        return Optimum(x, dual_bound(programme, prices), prices, solver.basis)


def dual_bound(programme: Programme, prices: FloatArray) -> float:
    """Upper bound on the total of `value` that follows from prices of the rows, none negative."""
    surplus = programme.value - programme.matrix.T @ prices
    counted = np.where(programme.fixed, surplus, np.maximum(surplus, 0.0))
    return float((prices * programme.capacity).sum() + counted.sum())


def integer(
    programme: Programme,
    start: FloatArray,
    relative_gap: float,
    check: Check = unchecked,
    most_nodes: int = 10_000,
) -> Solution | None:
    """A solution in whole contacts within `relative_gap`, or the best when the tree is full.

    The tree has up to `most_nodes`, fewer where nodes times columns exceed ten million. `start`
    is a feasible selection to begin with. None where there is no solver, or it finds nothing.
    The bound is the one that HiGHS states.
    """
    if not programme.matrix.nnz:
        return _free(programme)
    options = {
        "mip_rel_gap": relative_gap,
        "mip_abs_gap": 0.0,
        "mip_max_nodes": min(most_nodes, _MOST_NODE_COLUMNS // len(start)),
        **(_NO_HEURISTICS if len(start) > _SMALL else {}),
    }
    solver = opened(programme, options, check, whole=True)
    if solver is None:
        return None
    with solver:
        solver.start_with(start)
        solver.run()
        if not solver.has_solution:
            return None
        return Solution(x=solver.x, bound=solver.integer_bound)


def _restrict_to_ties(
    solver: Solver, programme: Programme, x: FloatArray, prices: FloatArray
) -> None:
    """Leave the solver only the optimal selections, and rank as the objective.

    By complementary slackness these are the selections that fill every row with a price and
    differ only in columns without surplus.
    """
    surplus = programme.value - programme.matrix.T @ prices
    tied = (np.abs(surplus) <= _TIED_WITHIN) & ~programme.fixed
    lowest = np.where(prices > _TIED_WITHIN, programme.capacity, -np.inf)
    solver.bound_rows(lowest, programme.capacity)
    lower, upper = np.where(tied, 0.0, x), np.where(tied, 1.0, x)
    solver.bound_columns(np.arange(len(x)), lower, upper)
    solver.value_columns(np.where(tied, programme.rank, 0.0))


def _free(programme: Programme) -> Optimum:
    """Where nothing conflicts everything of value is flown."""
    chosen = programme.fixed | (programme.value > 0.0)
    return Optimum(
        x=chosen.astype(np.float64),
        bound=float(programme.value[chosen].sum()),
        prices=np.zeros(len(programme.capacity)),
        basis=None,
    )
