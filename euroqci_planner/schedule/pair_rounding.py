"""From shares of contacts to whole contacts, where pairs of users are the aim.

A dive in the linear programme (Berthold 2006, Primal Heuristics for Mixed Integer Programs, TU
Berlin): the contacts with the largest shares are flown, what does not fit beside them is not, and
the programme, solved again from where it stood, moves the others. Then, as long as that pays, all
contacts around what is served worst are freed and dived for again (Danna, Rothberg and Le Pape
2005, Math. Programming 102, 71: search in neighbourhoods that the relaxation offers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.interfaces import Check
from euroqci_planner.schedule.conflicts import IndexArray, Mask
from euroqci_planner.schedule.pair_programme import PairProgramme
from euroqci_planner.schedule.solver import Solver, opened_rows
from euroqci_planner.units import FloatArray

_OPEN, _SIDE_WITHIN = 1e-6, 1e-9
_STEP_SHARE, _LEAST_STEP = 0.35, 3
_MOST_ROUNDS, _ROUNDS_TIMES_SQUARE = 12, 150_000_000
_LEAST_GAIN = 1e-6
_MOST_NODES = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Relaxed:
    """Optimum of a linear programme and an upper bound in plain arithmetic from its prices.

    `side_prices` are those of the rows over all contacts; nothing for whole contacts.
    """

    v: FloatArray
    bound: float
    side_prices: FloatArray


class PairSolver:
    """One pair programme in HiGHS: contacts are fixed and freed, goals come and go."""

    def __init__(self, programme: PairProgramme, solver: Solver) -> None:
        """Take over a solver that holds the programme; see `opened_pairs`."""
        self.programme = programme
        self._solver = solver
        self.lower, self.upper = programme.lower.copy(), programme.upper.copy()
        self._cost = np.zeros(len(self.lower))

    def aim_at(self, cost: FloatArray) -> None:
        """What is maximised from now on."""
        self._cost = cost
        self._solver.value_columns(cost)

    def bound(self, columns: IndexArray, lower: FloatArray, upper: FloatArray) -> None:
        """New bounds for some columns."""
        self.lower[columns], self.upper[columns] = lower, upper
        self._solver.bound_columns(columns, lower, upper)

    def anew(self) -> Relaxed | None:
        """The optimum by interior point with crossover, which is fastest from nothing."""
        self._solver.use(solver="ipm", run_crossover="on", presolve="on")
        return self._run()

    def again(self) -> Relaxed | None:
        """The optimum by simplex from where the last run ended."""
        self._solver.use(solver="simplex", presolve="off")
        return self._run()

    def whole(self, start: FloatArray, relative_gap: float) -> Relaxed | None:
        """The best in whole contacts, within the gap or two thousand nodes of the tree."""
        contacts = np.arange(self.programme.whole)
        self._solver.use(presolve="on", mip_rel_gap=relative_gap, mip_max_nodes=_MOST_NODES)
        self._solver.hold_whole(contacts, whole=True)
        self._solver.start_with(start)
        self._solver.run()
        has_any = self._solver.has_solution
        bound, none = self._solver.integer_bound, np.zeros(0)
        found = Relaxed(v=self._solver.x, bound=bound, side_prices=none) if has_any else None
        self._solver.hold_whole(contacts, whole=False)
        return found

    def with_contacts(self, flown: Mask) -> Relaxed | None:
        """The optimum when exactly these contacts are flown: it is no relaxation any more."""
        x = flown.astype(np.float64)
        self.bound(np.arange(len(x)), x, x)
        return self.again()

    def free_contacts(self) -> None:
        """Let the contacts be chosen again."""
        columns = np.arange(self.programme.whole)
        self.bound(columns, self.programme.lower[columns], self.programme.upper[columns])

    def worth(self, found: Relaxed) -> float:
        """What a solution is worth under the present goal."""
        return float(self._cost @ found.v)

    def _run(self) -> Relaxed | None:
        if not self._solver.run():
            return None
        prices = self._solver.prices
        surplus = self._cost - self.programme.matrix.T @ prices
        most = np.maximum(surplus * self.lower, surplus * self.upper)
        bound = float((prices * self.programme.capacity).sum() + most.sum())
        side_prices = prices[self.programme.side_rows]
        return Relaxed(v=self._solver.x, bound=bound, side_prices=side_prices)


def opened_pairs(programme: PairProgramme, check: Check) -> PairSolver | None:
    """The programme in HiGHS; None where it is not installed."""
    bounds = (programme.lower, programme.upper)
    solver = opened_rows(programme.matrix, programme.capacity, bounds, check)
    return None if solver is None else PairSolver(programme, solver)


def in_whole_contacts(
    solver: PairSolver,
    start: Relaxed,
    near: Callable[[FloatArray], Iterator[Mask]],
    filled: Callable[[Mask], Mask | None],
) -> Mask | None:
    """Contacts flown after a dive from the optimum `start`, made better around what is poorest.

    `near` gives, for the columns of a solution, masks of contacts to be freed together, the most
    promising first. Where rows over all contacts end the dive early, it is `filled` as far as it
    came. None where that fails too, or the solver. Leaves the solver with these contacts fixed.
    """
    flown = dived(solver, start, filled)
    held = None if flown is None else solver.with_contacts(flown)
    rounds = 0
    most = _rounds(solver.programme)
    while flown is not None and held is not None and rounds < most:
        better = None
        for free in near(held.v):
            rounds += 1
            better = _around(solver, flown, held, free)
            if better is not None or rounds >= most:
                break
        if better is None:
            break
        flown, held = better
    if flown is not None:
        solver.with_contacts(flown)
    return flown


def _rounds(programme: PairProgramme) -> int:
    return int(min(_MOST_ROUNDS, _ROUNDS_TIMES_SQUARE // max(programme.whole, 1) ** 2))


def _around(
    solver: PairSolver, flown: Mask, held: Relaxed, free: Mask
) -> tuple[Mask, Relaxed] | None:
    """A selection worth more that differs in the contacts of `free` alone, if a dive finds one."""
    fixed = flown.astype(np.float64)
    floor = solver.programme.lower[: len(fixed)]
    solver.bound(np.arange(len(fixed)), np.where(free, floor, fixed), np.where(free, 1.0, fixed))
    relaxed = solver.again()
    if relaxed is None or solver.worth(relaxed) <= solver.worth(held) + _LEAST_GAIN:
        return None
    found = dived(solver, relaxed)
    better = None if found is None else solver.with_contacts(found)
    if found is None or better is None:
        return None
    return (found, better) if solver.worth(better) > solver.worth(held) + _LEAST_GAIN else None


def dived(
    solver: PairSolver, start: Relaxed, filled: Callable[[Mask], Mask | None] = lambda _: None
) -> Mask | None:
    """Contacts flown after a dive from the optimum `start`.

    Where no solution is left on the way, what `filled` makes of the contacts that were whole last.
    """
    programme = solver.programme
    found: Relaxed | None = start
    x = start.v[: programme.whole]
    while found is not None:
        x = found.v[: programme.whole]
        is_open = (x > _OPEN) & (x < 1.0 - _OPEN)
        if not is_open.any():
            return np.asarray(x > 0.5)
        chosen, hopeless = _next_step(programme, x, is_open)
        columns = np.concatenate((chosen, hopeless))
        bounds = np.repeat((1.0, 0.0), (len(chosen), len(hopeless)))
        solver.bound(columns, bounds, bounds)
        found = solver.again()
    return filled(x >= 1.0 - _OPEN)


def _next_step(
    programme: PairProgramme, x: FloatArray, is_open: Mask
) -> tuple[IndexArray, IndexArray]:
    """Open contacts to fly, the largest shares first, and those that do not fit beside them.

    A contact waits for its turn where a row over all contacts has no room for it yet; where all
    open ones wait, those of the smallest shares are left out.
    """
    rows, whole = programme.rows, (x >= 1.0 - _OPEN).astype(np.float64)
    left, spare = programme.room - rows @ whole, programme.side_room - programme.sides @ whole
    order = np.flatnonzero(is_open)
    order = order[np.argsort(-np.round(x[order], 6), kind="stable")]
    most = max(_LEAST_STEP, int(_STEP_SHARE * len(order)))
    chosen: list[int] = []
    for column in order.tolist():
        mine = rows.indices[rows.indptr[column] : rows.indptr[column + 1]]
        amount = programme.sides[:, column]
        has_room = bool(np.all((amount <= 0.0) | (amount <= spare + _SIDE_WITHIN)))
        if len(chosen) < most and has_room and bool(np.all(left[mine] >= 1.0 - _OPEN)):
            left[mine] -= 1.0
            spare -= amount
            chosen.append(column)
    full = (left < 1.0 - _OPEN).astype(np.float64)
    blocked = is_open & (rows.T @ full > 0.0)
    blocked[chosen] = False
    if not chosen and not blocked.any():
        blocked[order[-most:]] = True
    return np.array(chosen, dtype=np.intp), np.flatnonzero(blocked)
