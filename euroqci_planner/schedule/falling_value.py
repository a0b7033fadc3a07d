"""The contact of highest value first, then exchange; pins before everything."""

from __future__ import annotations

from dataclasses import replace

from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.conflicts import Mask
from euroqci_planner.schedule.explain import Outcome
from euroqci_planner.schedule.pins import pins_beyond_quotas, timetable_of_pins
from euroqci_planner.schedule.repair import improve
from euroqci_planner.schedule.rounding import inside_quotas

GREEDY_METHOD = "greedy with exchange"


def by_falling_value(case: Case) -> Outcome:
    """Pins, then contacts by falling value, then exchange while it pays.

    Where that breaks a quota, what costs least is left out and filled up again.
    """
    free = replace(case, problem=case.problem.without_sides())
    timetable = timetable_of_pins(free)
    improve(free.problem, timetable, case.check)
    flown: Mask | None = timetable.mask()
    if not case.problem.keeps_sides(timetable.mask()):
        flown = inside_quotas(case.problem, timetable.mask(), case.check)
    if flown is None:
        raise pins_beyond_quotas(case)
    return Outcome(flown=flown, method=GREEDY_METHOD)
