"""What objectives of pairs share, and how they are pursued without a solver."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.pair_aims import PairAims
from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.conflicts import Mask
from euroqci_planner.schedule.explain import Outcome
from euroqci_planner.schedule.pair_filling import fill_up
from euroqci_planner.schedule.pair_goals import SERVED, TOTAL, shares_of, smallest_share
from euroqci_planner.schedule.pair_greedy import PoorestFirst
from euroqci_planner.schedule.pair_links import LinkSupply, link_supply
from euroqci_planner.schedule.pair_programme import pair_programme
from euroqci_planner.schedule.pins import pins_beyond_quotas, timetable_of_pins
from euroqci_planner.schedule.programme import programme_of
from euroqci_planner.schedule.rounding import brought_inside
from euroqci_planner.units import FloatArray

GREEDY_PAIRS_METHOD = "poorest pair first"


def poorest_pair_first(case: Case) -> Outcome:
    """The poorest pair first, then the passes of most expected key: the way without solver.

    Where that breaks a quota, contacts that no pair needs are left out, then those chosen last,
    when the poorest pair had most; what then fits goes to the poorest again.
    """
    aims = aims_of(case)
    supply = link_supply(case.candidates, case.problem, aims)
    flown, served = _planned(case, aims, supply)
    programme = pair_programme(programme_of(case.problem)[0], supply, aims)
    goals = [
        Goal(name=name, unit="", value=value)
        for name, value in smallest_share(aims, programme, served)
    ]
    return Outcome(
        flown=flown,
        method=GREEDY_PAIRS_METHOD,
        goals=(
            *goals,
            Goal(name=SERVED, unit="bit", value=math.fsum(served)),
            Goal(name=TOTAL, unit="bit", value=math.fsum(case.problem.value_bits[flown])),
        ),
        pairs=shares_of(aims, programme, served),
    )


def aims_of(case: Case) -> PairAims:
    """The aims of the case; raises InvalidInput where there are none."""
    aims = case.pairs
    if aims is None or not bool(np.any(aims.requested_bits > 0.0)):
        raise InvalidInput.single(
            "nobody asks for key in the planning window",
            where="schedule.objective",
            value=case.settings.objective.value,
            mend="write a [[demand]], or choose expected_key or fair_stations",
        )
    return aims


def _planned(case: Case, aims: PairAims, supply: LinkSupply) -> tuple[Mask, FloatArray]:
    """Contacts flown, and bits served by demand."""
    problem = case.problem
    free = replace(case, problem=problem.without_sides())
    timetable = timetable_of_pins(free)
    search = PoorestFirst(aims, supply, timetable)
    served = search.run()
    fill_up(free, timetable)
    if problem.keeps_sides(timetable.mask()):
        return timetable.mask(), served
    rank = np.zeros(len(problem), dtype=np.intp)
    rank[search.chosen] = np.arange(len(search.chosen), 0, -1)
    inside = brought_inside(problem, timetable.mask(), rank)
    if inside is None:
        raise pins_beyond_quotas(case)
    served = PoorestFirst(aims, supply, inside).run()
    fill_up(case, inside)
    return inside.mask(), served
