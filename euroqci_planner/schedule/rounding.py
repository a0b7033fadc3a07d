"""From shares to whole contacts, and back inside the quotas where rounding leaves them."""

from __future__ import annotations

import numpy as np

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.schedule.conflicts import IndexArray, Mask, Problem
from euroqci_planner.schedule.repair import fill, improve
from euroqci_planner.schedule.timetable import Timetable
from euroqci_planner.units import FloatArray

_DIGITS = 6


def by_falling_share(
    problem: Problem, pins: Mask, columns: IndexArray, x: FloatArray, check: Check = unchecked
) -> Timetable:
    """Pins, then contacts by falling share `x` (ties: by value) as far as they fit."""
    timetable = Timetable(problem)
    timetable.add_all(np.flatnonzero(pins).tolist())
    share = np.zeros(len(problem))
    share[columns] = np.round(x, _DIGITS)
    by_share = problem.by_value[np.argsort(-share[problem.by_value], kind="stable")]
    fill(timetable, by_share[share[by_share] > 0.0], check)
    return timetable


def inside_quotas(problem: Problem, flown: Mask, check: Check = unchecked) -> Mask | None:
    """`brought_inside`, then as good as exchange makes it."""
    timetable = brought_inside(problem, flown)
    if timetable is None:
        return None
    improve(problem, timetable, check)
    return timetable.mask()


def brought_inside(
    problem: Problem, flown: Mask, rank: IndexArray | None = None
) -> Timetable | None:
    """A plan near `flown`, which keeps all but side rows, that keeps these too.

    Leaves out the contacts of lowest `rank` (all alike if there is none), of these what costs
    least key per excess, until every row is kept; where pins alone exceed one, flies what brings
    its share down. None where that is not enough.
    """
    timetable = Timetable(problem)
    timetable.add_all(np.flatnonzero(flown).tolist())
    _leave_out(problem, timetable, np.zeros(len(problem), np.intp) if rank is None else rank)
    _bring_down(problem, timetable)
    return timetable if timetable.keeps_sides else None


def _leave_out(problem: Problem, timetable: Timetable, rank: IndexArray) -> None:
    """Leave out takers of every exceeded row, pins aside, until none is left or all are kept."""
    again = True
    while again and not timetable.keeps_sides:
        again = False
        for number, side in enumerate(problem.sides):
            flown = timetable.mask() & ~problem.pinned & (side.amount > 0.0)
            takers = np.flatnonzero(flown)
            cost = problem.value_bits[takers] / side.amount[takers]
            for row in takers[np.lexsort((cost, rank[takers]))].tolist():
                if timetable.keeps_side(number):
                    break
                timetable.remove(row)
                again = True


def _bring_down(problem: Problem, timetable: Timetable) -> None:
    """Fly contacts that give an exceeded row most room."""
    for number, side in enumerate(problem.sides):
        givers = np.flatnonzero(problem.flyable & (side.amount < 0.0))
        for row in givers[np.argsort(side.amount[givers], kind="stable")].tolist():
            if timetable.keeps_side(number):
                break
            if timetable.fits(row):
                timetable.add(row)
