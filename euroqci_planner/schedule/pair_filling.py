"""From chosen contacts to plans: pins in, quotas kept, and what is still free put to use."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.conflicts import Mask
from euroqci_planner.schedule.pins import timetable_of_pins
from euroqci_planner.schedule.repair import fill
from euroqci_planner.schedule.rounding import brought_inside, inside_quotas
from euroqci_planner.schedule.side_search import SideSearch
from euroqci_planner.schedule.timetable import Timetable


class Filling:
    """Plans of one case near contacts that are chosen for the pairs."""

    def __init__(self, case: Case) -> None:
        """Raises InvalidInput for pins that cannot be flown together."""
        self._case = case
        self._pins = timetable_of_pins(case).mask()

    def around(self, chosen: Mask) -> Mask | None:
        """Pins, then the chosen contacts as far as they fit, inside the quotas, then what fits.

        Where the pins exceed a quota and what is near does not make up for it, the plan of
        largest total that keeps the quotas. None where there is none.
        """
        problem = self._case.problem
        free = Timetable(problem.without_sides())
        free.add_all_that_fit(np.flatnonzero(self._pins).tolist())
        by_value = problem.by_value
        free.add_all_that_fit(by_value[chosen[by_value]].tolist())
        timetable = brought_inside(problem, free.mask()) if problem.sides else free
        if timetable is None:
            return self._any_inside
        fill_up(self._case, timetable)
        return timetable.mask()

    @cached_property
    def _any_inside(self) -> Mask | None:
        case = self._case

        def restore(flown: Mask) -> Mask | None:
            return inside_quotas(case.problem, flown, case.check)

        found = SideSearch(case, self._pins, restore).found(None)
        return None if found is None else found.flown


def fill_up(case: Case, timetable: Timetable) -> None:
    """Contacts that take nothing from the pairs: what still fits, by falling value.

    A contact that others credit to nobody may make room for one under a quota: then once more.
    """
    by_value = case.problem.by_value
    rows = by_value[case.problem.flyable[by_value]]
    flown = -1
    while flown < (flown := sum(timetable.flown)):
        fill(timetable, rows, case.check)
