"""What objectives of pairs share, and how they are pursued without a solver."""

from __future__ import annotations

import math

import numpy as np

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.pair_aims import PairAims
from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.explain import Outcome
from euroqci_planner.schedule.pair_goals import SERVED, TOTAL, shares_of, smallest_share
from euroqci_planner.schedule.pair_greedy import PoorestFirst
from euroqci_planner.schedule.pair_links import link_supply
from euroqci_planner.schedule.pair_programme import pair_programme
from euroqci_planner.schedule.pins import timetable_of_pins
from euroqci_planner.schedule.programme import programme_of
from euroqci_planner.schedule.repair import fill
from euroqci_planner.schedule.timetable import Timetable

GREEDY_PAIRS_METHOD = "poorest pair first"


def poorest_pair_first(case: Case) -> Outcome:
    """The poorest pair first, then the passes of most expected key: the way without solver."""
    aims = aims_of(case)
    timetable = timetable_of_pins(case)
    supply = link_supply(case.candidates, case.problem, aims)
    served = PoorestFirst(aims, supply, timetable).run()
    programme = pair_programme(programme_of(case.problem)[0], supply, aims)
    fill_up(case, timetable)
    flown = timetable.mask()
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
    """The aims of the case; raises InvalidInput where there are none, or quotas beside them."""
    aims = case.pairs
    where, value = "schedule.objective", case.settings.objective.value
    if aims is None or not bool(np.any(aims.requested_bits > 0.0)):
        raise InvalidInput.single(
            "nobody asks for key in the planning window",
            where=where,
            value=value,
            mend="write a [[demand]], or choose expected_key or fair_stations",
        )
    if case.settings.quotas:
        raise InvalidInput.single(
            "objectives of pairs take no quotas",
            where=where,
            value=value,
            mend="remove [[schedule.quota]], or choose expected_key or fair_stations",
        )
    return aims


def fill_up(case: Case, timetable: Timetable) -> None:
    """Contacts that take nothing from the pairs: what still fits, by falling value."""
    by_value = case.problem.by_value
    fill(timetable, by_value[case.problem.flyable[by_value]], case.check)
