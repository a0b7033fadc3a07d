"""The best schedule there is, or one within the gap asked for, and the bound that proves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.mission.pair_aims import PairAims
from euroqci_planner.mission.plan import Candidates, ModelUsed, Resource, Schedule
from euroqci_planner.mission.scenario import Objective, ScheduleSettings
from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.conflicts import problem_of
from euroqci_planner.schedule.explain import Outcome, schedule_of
from euroqci_planner.schedule.fair_stations import fair_stations
from euroqci_planner.schedule.greedy import GREEDY_MODEL
from euroqci_planner.schedule.pair_objectives import fair_pairs, stock_value
from euroqci_planner.schedule.total_key import largest_total

EXACT_MODEL = ModelUsed(
    role="schedule",
    name="maximal-clique programme",
    citation=(
        "rows from maximal cliques of interval graphs, Fulkerson and Gross 1965, Pacific J. Math. "
        "15, 835; solved by HiGHS, Huangfu and Hall 2018, Math. Prog. Comp. 10, 119"
    ),
)

# How each objective is pursued with the solver.
_SEARCHES: Mapping[Objective, Callable[[Case], Outcome]] = {
    Objective.EXPECTED_KEY: largest_total,
    Objective.FAIR_STATIONS: fair_stations,
    Objective.FAIR_PAIRS: fair_pairs,
    Objective.STOCK_VALUE: stock_value,
}


class ExactScheduler:
    """Solves the linear programme of the objective; does more only where the gap is not met.

    The steps are those of the function behind each objective (`largest_total` for expected key).
    `bound_bits` is never below the best possible total. The order of the input has no say, and
    where the linear programme ends the search the choice between selections of equal value
    follows from ids and starts alone, not from the solver's way to it. Without solver, or where
    it fails, the schedule is that of `GreedyScheduler` and the bound NaN. Raises InvalidInput as
    it does, and what `check` raises, within a fifth of a second.
    """

    @property
    def models(self) -> tuple[ModelUsed, ...]:
        """The published methods inside, with their sources."""
        return (EXACT_MODEL, GREEDY_MODEL)

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
        check()
        case = Case(candidates, stations, problem, settings, check, pairs)
        return schedule_of(case, search(case))
