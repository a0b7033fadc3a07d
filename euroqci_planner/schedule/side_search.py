"""The largest total beside rows over all contacts: quotas of groups, floors of stations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np

from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.conflicts import Mask
from euroqci_planner.schedule.core import CORE_SIZES, improved_in_core
from euroqci_planner.schedule.linear import Optimum, integer, relaxed_at_once
from euroqci_planner.schedule.programme import programme_of
from euroqci_planner.schedule.rounding import by_falling_share
from euroqci_planner.units import FloatArray

Restore = Callable[[Mask], Mask | None]

PRICED = 1e-9
_SAME_WITHIN = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class SidesFound:
    """A plan that keeps every side row, what no plan can exceed, and which rows cost key."""

    flown: Mask
    used_core: bool
    bound_bits: float
    is_priced: Mask


class SideSearch:
    """Rounds the linear programme of all contacts, restores the rows, improves in the core."""

    def __init__(self, case: Case, pins: Mask, restore: Restore) -> None:
        """State the programme; `restore` makes a plan that breaks side rows keep them."""
        self._case, self._pins, self._restore = case, pins, restore
        self._programme, self._unit_bits = programme_of(case.problem)

    def found(self, known: Mask | None) -> SidesFound | None:
        """The best plan; None where the solver finds no optimum, or nothing keeps the rows.

        `known` is a plan that keeps them, where there is one.
        """
        optimum = relaxed_at_once(self._programme, self._case.check)
        if optimum is None:
            return None
        plans = [plan for plan in (known, self._rounded(optimum)) if plan is not None]
        best = reduce(self._better_of, plans) if plans else None
        if best is None:
            best = self._searched(optimum)
        return None if best is None else self._improved(best, optimum)

    def _rounded(self, optimum: Optimum) -> Mask | None:
        """The plan by falling share in the linear programme, mended."""
        case, columns = self._case, self._programme.columns
        free = case.problem.without_sides()
        timetable = by_falling_share(free, self._pins, columns, optimum.x, case.check)
        return self._restore(timetable.mask())

    def _searched(self, optimum: Optimum) -> Mask | None:
        """Any plan that keeps the rows, from the integer programme itself."""
        start = np.floor(optimum.x)
        found = integer(self._programme, start, self._gap, self._case.check)
        return None if found is None else self._flown(np.round(found.x))

    def _improved(self, best: Mask, optimum: Optimum) -> SidesFound:
        """Cores of growing size until the gap is met."""
        programme, bound, used_core = self._programme, optimum.bound, False
        for size in CORE_SIZES:
            x = best[programme.columns].astype(np.float64)
            if float((programme.value * x).sum()) >= bound * (1.0 - max(self._gap, _SAME_WITHIN)):
                break
            core = improved_in_core(programme, optimum, x, size, self._gap, self._case.check)
            bound, used_core = min(bound, core.bound), True
            better = self._restore(self._flown(core.x))
            best = best if better is None else self._better_of(best, better)
            if size >= len(x):
                break
        return SidesFound(best, used_core, bound * self._unit_bits, self._priced(optimum))

    def _better_of(self, first: Mask, second: Mask) -> Mask:
        """The plan of larger total, the first of equals."""
        value = self._case.problem.value_bits
        return max(first, second, key=lambda plan: float(value[plan].sum()))

    def _priced(self, optimum: Optimum) -> Mask:
        sides = len(self._case.problem.sides)
        return np.asarray(optimum.prices[len(optimum.prices) - sides :] > PRICED)

    def _flown(self, x: FloatArray) -> Mask:
        return self._case.problem.flown_of(self._programme.columns, x)

    @property
    def _gap(self) -> float:
        return self._case.settings.relative_gap
