"""The smallest key of a station as large as it can be, then the total under that floor.

First stage: maximise z with key of station ≥ weight × z for every station that counts. Second
stage: maximise the total with key of station ≥ weight × 0.99 z. Each stage rounds a linear
programme over all nights, repairs by exchange, and where the gap is not met goes on with integer
programmes: of the whole where it is small, else of windows of time.
Max-min fairness after Bertsekas and Gallager 1992, Data Networks, section 6.5.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.conflicts import Mask
from euroqci_planner.schedule.core import improved_in_core
from euroqci_planner.schedule.explain import Outcome
from euroqci_planner.schedule.fair_claims import claims_of, fair_programme, floors
from euroqci_planner.schedule.fair_repair import lift, poorest_first
from euroqci_planner.schedule.falling_value import by_falling_value
from euroqci_planner.schedule.linear import Optimum, relaxed_at_once
from euroqci_planner.schedule.pins import pins_beyond_quotas, timetable_of_pins
from euroqci_planner.schedule.programme import Programme, programme_of
from euroqci_planner.schedule.repair import improve
from euroqci_planner.schedule.rounding import brought_inside, by_falling_share
from euroqci_planner.schedule.side_search import PRICED
from euroqci_planner.schedule.side_windows import swept
from euroqci_planner.schedule.timetable import Timetable
from euroqci_planner.schedule.total_key import largest_total, settled, total_bits
from euroqci_planner.units import FloatArray

FAIR_MODEL = ModelUsed(
    role="schedule",
    name="max-min fairness among stations, then the total above the floor",
    citation="Bertsekas and Gallager 1992, Data Networks, section 6.5.2",
)
FAIR_METHOD = "linear programmes of floor and total, rounded and repaired by exchange"
FAIR_INTEGER_METHOD = (
    "linear programmes of floor and total, improved by integer programmes, in windows if large"
)
FAIR_GREEDY_METHOD = "poorest station first, repaired by exchange"
SMALLEST_KEY = "smallest expected key of a station"
SMALLEST_CLAIM = "smallest expected key of a station over its claim (mean claim 1)"
TOTAL_ABOVE_FLOOR = "total expected key with every station at 99 % of the smallest or more"
FLOOR_SHARE = 0.99

_SAME_WITHIN = 1e-9
_SMALL = 300
_WINDOWS = (300, 600)
_MOST_SWEPT = 10_000
_MARGINS = (0.0, 0.005, 0.01, 0.02, 0.04)
_BELOW_BOUND = 1e-4


def fair_stations(case: Case) -> Outcome:
    """Fair among the stations that can have key, with proven bounds of both stages.

    Without solver, or where it fails, as `poorest_station_first`.
    """
    return _FairSearch(case).found(with_solver=True)


def poorest_station_first(case: Case) -> Outcome:
    """Fair by water-filling and exchange; nothing is proven."""
    return _FairSearch(case).found(with_solver=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    flown: Mask
    bound_bits: float
    is_searched: bool = False
    binding: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A programme with its optimum, and the way from plans to shares and back, lifted."""

    programme: Programme
    optimum: Optimum
    shares: Callable[[Mask], FloatArray]
    plan_of: Callable[[FloatArray], Mask | None]


class _FairSearch:
    """Both stages on one case."""

    def __init__(self, case: Case) -> None:
        self._case = case
        pins = timetable_of_pins(case)
        self._pins = pins.mask()
        free = Timetable(case.problem.without_sides())
        free.add_all(np.flatnonzero(self._pins).tolist())
        self._claims = claims_of(case.problem, case.stations, free)

    def found(self, *, with_solver: bool) -> Outcome:
        """Both stages."""
        claims = self._claims
        if not len(claims):
            return largest_total(self._case) if with_solver else by_falling_value(self._case)
        first = self._floor_stage() if with_solver else None
        proven = first is not None
        if first is None:
            first = _Stage(self._filled_by_poverty(), np.nan)
        least_bits = FLOOR_SHARE * claims.smallest(first.flown)
        second = self._total_stage(first, least_bits, with_solver=proven)
        total = total_bits(self._case.problem, second.flown)
        bound_bits = settled(second.bound_bits, total, self._case.problem.value_bits)
        return Outcome(
            flown=second.flown,
            method=self._method(first, second, proven=proven),
            bound_bits=bound_bits,
            goals=(
                self._smallest_goal(second.flown, first.bound_bits),
                Goal(name=TOTAL_ABOVE_FLOOR, unit="bit", value=total, bound=bound_bits),
            ),
            binding=tuple(sorted({*first.binding, *second.binding})),
        )

    def _smallest_goal(self, flown: Mask, bound_bits: float) -> Goal:
        claims = self._claims
        is_plain = bool(np.all(claims.weight == claims.weight[:1]))
        value = claims.smallest(flown)
        bound = settled(bound_bits, value, self._case.problem.value_bits)
        name = SMALLEST_KEY if is_plain else SMALLEST_CLAIM
        return Goal(name=name, unit="bit", value=value, bound=bound)

    @staticmethod
    def _method(first: _Stage, second: _Stage, *, proven: bool) -> str:
        if not proven:
            return FAIR_GREEDY_METHOD
        return FAIR_INTEGER_METHOD if first.is_searched or second.is_searched else FAIR_METHOD

    def _filled_by_poverty(self) -> Mask:
        """Water-filling, then lifted; what is nobody's claim comes in the second stage."""
        case = self._case
        timetable = brought_inside(case.problem, self._pins)
        if timetable is None:
            raise pins_beyond_quotas(case)
        poorest_first(case.problem, self._claims, timetable, case.check)
        lift(case.problem, self._claims, timetable, check=case.check)
        return timetable.mask()

    def _lifted(self, flown: Mask, enough_bits: float = np.inf) -> Mask | None:
        """A plan near `flown` inside the quotas with its poorest lifted; None if there is none."""
        problem = self._case.problem
        timetable = brought_inside(problem, flown)
        if timetable is None:
            return None
        lift(problem, self._claims, timetable, enough_bits, self._case.check)
        return timetable.mask()

    def _floor_stage(self) -> _Stage | None:
        """The largest smallest key; None without solver, or where nothing is found."""
        case, claims = self._case, self._claims
        base, unit_bits = programme_of(case.problem)
        programme, most_bits = fair_programme(base, unit_bits, claims)
        optimum = relaxed_at_once(programme, case.check)
        if optimum is None:
            return None
        free = case.problem.without_sides()
        rounded = by_falling_share(free, self._pins, base.columns, optimum.x[:-1], case.check)
        best = self._lifted(rounded.mask())
        if best is None:
            return None

        def shares(plan: Mask) -> FloatArray:
            return np.append(plan[base.columns], claims.smallest(plan) / most_bits)

        def plan_of(x: FloatArray) -> Mask | None:
            return self._lifted(case.problem.flown_of(base.columns, x[:-1]))

        task = _Task(programme, optimum, shares, plan_of)
        best, bound, is_searched = self._searched(task, best)
        return _Stage(best, bound * most_bits, is_searched, self._priced(base, optimum))

    def _searched(self, task: _Task, best: Mask) -> tuple[Mask, float, bool]:
        """Integer programmes: of the whole where it is small, else of windows of time."""
        gap, check = self._case.settings.relative_gap, self._case.check
        programme, bound = task.programme, task.optimum.bound

        def worth(plan: Mask) -> float:
            return float((programme.value * task.shares(plan)).sum())

        if worth(best) >= bound * (1.0 - max(gap, _SAME_WITHIN)):
            return best, bound, False
        if len(programme.columns) <= _SMALL:
            whole = improved_in_core(programme, task.optimum, task.shares(best), _SMALL, gap, check)
            better = task.plan_of(whole.x)
            kept = better is not None and worth(better) > worth(best)
            return (better if kept and better is not None else best), min(bound, whole.bound), True
        if len(programme.columns) > _MOST_SWEPT:
            return best, bound, False
        is_contact = programme.columns >= 0
        start_us = self._case.problem.tracks[0].start_us[programme.columns[is_contact]]
        for size in _WINDOWS:
            x = swept(programme, start_us, task.shares(best), size, check)
            better = task.plan_of(x)
            if better is not None and worth(better) > worth(best):
                best = better
            if worth(best) >= bound * (1.0 - gap):
                break
        return best, bound, True

    def _total_stage(self, first: _Stage, least_bits: float, *, with_solver: bool) -> _Stage:
        """The largest total with every station at the floor or above, where `first` is already."""
        case = self._case
        if least_bits <= 0.0 and with_solver:
            outcome = largest_total(case)
            return _Stage(outcome.flown, outcome.bound_bits, binding=outcome.binding)
        under = self._under(least_bits)
        known = _polished(under, first.flown)
        best = first.flown if known is None else known
        if not with_solver:
            return _Stage(best, np.nan)
        programme, unit_bits = programme_of(under.problem)
        optimum = relaxed_at_once(programme, case.check)
        if optimum is None:
            return _Stage(best, np.nan)
        best = self._above_floor(under, best, least_bits, first.bound_bits, optimum)

        def shares(plan: Mask) -> FloatArray:
            return plan[programme.columns].astype(np.float64)

        def plan_of(x: FloatArray) -> Mask | None:
            return _polished(under, case.problem.flown_of(programme.columns, x))

        best, bound, is_searched = self._searched(_Task(programme, optimum, shares, plan_of), best)
        priced = self._priced(programme, optimum, len(self._claims))
        return _Stage(best, bound * unit_bits, is_searched, priced)

    def _under(self, least_bits: float) -> Case:
        """The case with a floor for every station."""
        problem = self._case.problem
        rows = floors(self._claims, len(problem), least_bits)
        return replace(self._case, problem=replace(problem, sides=(*problem.sides, *rows)))

    def _above_floor(
        self, under: Case, best: Mask, least_bits: float, most_bits: float, optimum: Optimum
    ) -> Mask:
        """The best that rounding gives from floors a little higher than the one to keep.

        `optimum` is that of the floor itself. Rounding takes some stations below the floor of the
        linear programme; the first margin from which they can be lifted back to the one to keep
        costs the total least.
        """
        case, value_bits = self._case, self._case.problem.value_bits
        free = case.problem.without_sides()
        highest = max(least_bits, most_bits * (1.0 - _BELOW_BOUND))
        higher = {min(least_bits * (1.0 + margin), highest): None for margin in _MARGINS}
        columns = programme_of(free)[0].columns
        for floor_bits in higher:
            task = self._under(floor_bits).problem
            found = (
                optimum
                if floor_bits == least_bits
                else relaxed_at_once(programme_of(task)[0], case.check)
            )
            if found is None:
                continue
            rounded = by_falling_share(free, self._pins, columns, found.x, case.check)
            lifted = self._lifted(rounded.mask(), least_bits)
            plan = None if lifted is None else _polished(under, lifted)
            if plan is not None:
                return max(plan, best, key=lambda flown: float(value_bits[flown].sum()))
        return best

    def _priced(
        self, programme: Programme, optimum: Optimum, rows_after: int = 0
    ) -> tuple[str, ...]:
        """Groups of the quota rows that have a price; `rows_after` stand behind them."""
        sides = self._case.problem.sides
        first = len(programme.capacity) - rows_after - len(sides)
        prices = optimum.prices[first : first + len(sides)].tolist()
        return tuple(s.group for s, price in zip(sides, prices, strict=True) if price > PRICED)


def _polished(case: Case, flown: Mask) -> Mask | None:
    """Exchanged for total without breaking a row; None where `flown` breaks one already."""
    timetable = Timetable(case.problem)
    timetable.add_all(np.flatnonzero(flown).tolist())
    if not timetable.keeps_sides:
        return None
    improve(case.problem, timetable, case.check)
    return timetable.mask()
