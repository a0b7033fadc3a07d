"""Schedules without a solver: quick, by the rules, and without a bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.mission.pair_aims import PairAims
from euroqci_planner.mission.plan import Candidates, ModelUsed, Resource, Schedule
from euroqci_planner.mission.scenario import Objective, ScheduleSettings
from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.conflicts import problem_of
from euroqci_planner.schedule.explain import Outcome, schedule_of
from euroqci_planner.schedule.fair_stations import poorest_station_first
from euroqci_planner.schedule.falling_value import GREEDY_METHOD, by_falling_value
from euroqci_planner.schedule.pair_fallback import poorest_pair_first

GREEDY_MODEL = ModelUsed(
    role="schedule",
    name=GREEDY_METHOD,
    citation=(
        "weighted interval scheduling by falling value, improved by exchange of contacts; Kolen, "
        "Lenstra, Papadimitriou and Spieksma 2007, Naval Research Logistics 54, 530"
    ),
)


class GreedyScheduler:
    """Flies pins, then contacts in an order that suits the objective, then exchanges.

    Expected key: by falling value, then one for several while it pays (`by_falling_value`). Fair
    stations: the poorest first (`poorest_station_first`).

    Ties go by satellite id, station id and start, so the order of the input has no say. Only
    contacts of a value above zero are chosen. There is no bound: `bound_bits` is NaN. Raises
    InvalidInput for pins that cannot be flown.
    """

    @property
    def models(self) -> tuple[ModelUsed, ...]:
        """The published methods inside, with their sources."""
        return (GREEDY_MODEL,)

    def schedule(
        self,
        candidates: Candidates,
        satellites: tuple[Resource, ...],
        stations: tuple[Resource, ...],
        settings: ScheduleSettings,
        check: Check = unchecked,
        pairs: PairAims | None = None,
    ) -> Schedule:
        """Decide every candidate; what `check` raises ends the work."""
        search = _SEARCHES[settings.objective]
        problem = problem_of(candidates, satellites, stations, settings.quotas)
        case = Case(candidates, stations, problem, settings, check, pairs)
        return schedule_of(case, search(case))


# How each objective is pursued without a solver.
_SEARCHES: Mapping[Objective, Callable[[Case], Outcome]] = {
    Objective.EXPECTED_KEY: by_falling_value,
    Objective.FAIR_STATIONS: poorest_station_first,
    Objective.FAIR_PAIRS: poorest_pair_first,
    Objective.STOCK_VALUE: poorest_pair_first,
}
