"""The best schedule there is, or one within the gap asked for, and the bound that proves it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.plan import Candidates, ModelUsed, Resource, Schedule
from euroqci_planner.mission.scenario import ScheduleSettings
from euroqci_planner.schedule.conflicts import Mask, Problem, problem_of
from euroqci_planner.schedule.explain import Outcome, schedule_of
from euroqci_planner.schedule.greedy import (
    GREEDY_METHOD,
    GREEDY_MODEL,
    supported_objective,
    timetable_of_pins,
)
from euroqci_planner.schedule.linear import (
    Solution,
    batches,
    integer,
    programme_of,
    relaxed,
)
from euroqci_planner.schedule.repair import improve
from euroqci_planner.units import FloatArray

LINEAR_METHOD = "linear programme, integral"
ROUNDED_METHOD = "linear programme, rounded and repaired"
INTEGER_METHOD = "integer programme"

EXACT_MODEL = ModelUsed(
    role="schedule",
    name="maximal-clique programme",
    citation=(
        "rows from maximal cliques of interval graphs, Fulkerson and Gross 1965, Pacific J. Math. "
        "15, 835; solved by HiGHS, Huangfu and Hall 2018, Math. Prog. Comp. 10, 119"
    ),
)

_SAME_WITHIN = 1e-9
_DIGITS = 6


class ExactScheduler:
    """Solves the linear programme; goes on to whole contacts only where that is needed.

    1. Linear programme over maximal cliques. Integral: the optimum, done.
    2. Otherwise rounded and repaired, or greedy with exchange where that is worth more. Within
       `relative_gap` of the bound: done.
    3. Otherwise the integer programme, for each independent part that is fractional, to
       `relative_gap` or 10 000 nodes a part; never to a time.

    `bound_bits` is never below the best possible total. The order of the input has no say, and
    where step 1 ends the search the choice between selections of equal value follows from ids
    and starts alone, not from the solver's way to it. Without solver, or where it fails, the
    schedule is greedy with exchange and the bound NaN. Raises InvalidInput as `GreedyScheduler`
    does.
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
    ) -> Schedule:
        """Decide every candidate."""
        objective = supported_objective(settings)
        problem = problem_of(candidates, satellites, stations)
        found = _Search(candidates, problem).found(settings.relative_gap)
        outcome = Outcome(
            flown=found.flown,
            method=found.method,
            objective=objective,
            bound_bits=_settled(found.bound_bits, _total(problem, found.flown)),
        )
        return schedule_of(candidates, problem, outcome)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    flown: Mask
    method: str
    bound_bits: float


class _Search:
    """The steps of the exact scheduler on one problem, batch by independent batch."""

    def __init__(self, candidates: Candidates, problem: Problem) -> None:
        self._candidates = candidates
        self._problem = problem
        self._programme, self._unit_bits = programme_of(problem)
        self._batches = batches(self._programme)
        self._parts = [self._programme.of_columns(chosen) for chosen in self._batches]

    def found(self, relative_gap: float) -> _Found:
        """A schedule within the gap, as far as the solver can."""
        relaxations = [relaxed(part) for part in self._parts]
        solved = [item for item in relaxations if item is not None]
        if len(solved) < len(self._parts):
            return _Found(self._greedy(), GREEDY_METHOD, math.nan)
        bound_bits = self._bound_bits(solved)
        if all(item.is_integral for item in solved):
            return _Found(self._flown(self._joined(solved)), LINEAR_METHOD, bound_bits)
        rounded = self._flown(self._joined(solved), repair=True)
        best = self._better(rounded, self._greedy())
        gap_bits = bound_bits - _total(self._problem, best)
        if gap_bits <= max(relative_gap, _SAME_WITHIN) * bound_bits:
            return _Found(best, ROUNDED_METHOD, bound_bits)
        return self._in_whole_contacts(solved, best, relative_gap)

    def _in_whole_contacts(
        self, solved: list[Solution], start: Mask, relative_gap: float
    ) -> _Found:
        """Replace what is fractional by the solution of the integer programme."""
        begin = start[self._programme.columns].astype(np.float64)
        final = []
        for part, chosen, relaxation in zip(self._parts, self._batches, solved, strict=True):
            whole = relaxation
            if not relaxation.is_integral:
                found = integer(part, begin[chosen], relative_gap)
                x = begin[chosen] if found is None else found.x
                bound = math.inf if found is None else found.bound
                whole = Solution(x=x, bound=min(bound, relaxation.bound))
            final.append(whole)
        whole_contacts = self._flown(self._joined(final), repair=True)
        return _Found(self._better(whole_contacts, start), INTEGER_METHOD, self._bound_bits(final))

    def _better(self, first: Mask, second: Mask) -> Mask:
        """The selection of larger total, the first of equals."""
        return max((first, second), key=lambda flown: _total(self._problem, flown))

    def _greedy(self) -> Mask:
        return self._flown(np.zeros(len(self._programme.columns)), repair=True)

    def _flown(self, x: FloatArray, *, repair: bool = False) -> Mask:
        """Pins, then contacts by falling x as far as they fit, then what else fits or pays."""
        problem = self._problem
        timetable = timetable_of_pins(self._candidates, problem)
        share = np.zeros(len(problem))
        share[self._programme.columns] = np.round(x, _DIGITS)
        by_share = problem.by_value[np.argsort(-share[problem.by_value], kind="stable")]
        timetable.add_all_that_fit(by_share[share[by_share] > 0.0].tolist())
        if repair:
            improve(problem, timetable)
        else:
            timetable.add_all_that_fit(problem.by_value[problem.flyable[problem.by_value]].tolist())
        return timetable.mask()

    def _joined(self, solved: list[Solution]) -> FloatArray:
        x = np.zeros(len(self._programme.columns))
        for chosen, item in zip(self._batches, solved, strict=True):
            x[chosen] = item.x
        return x

    def _bound_bits(self, solved: list[Solution]) -> float:
        return math.fsum(item.bound for item in solved) * self._unit_bits


def _total(problem: Problem, flown: Mask) -> float:
    return math.fsum(problem.value_bits[flown])


def _settled(bound_bits: float, total_bits: float) -> float:
    """The bound, at least the total where both are the same to rounding."""
    same = abs(total_bits - bound_bits) <= _SAME_WITHIN * abs(total_bits)
    return max(bound_bits, total_bits) if same else bound_bits
