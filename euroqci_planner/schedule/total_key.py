"""The largest total of expected key: steps of growing effort until the gap asked for is met."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.conflicts import Mask, Problem
from euroqci_planner.schedule.dive import dived
from euroqci_planner.schedule.explain import Outcome
from euroqci_planner.schedule.falling_value import GREEDY_METHOD
from euroqci_planner.schedule.pins import pins_beyond_quotas, timetable_of_pins
from euroqci_planner.schedule.programme import programme_of
from euroqci_planner.schedule.relaxation import Relaxation, UnsolvedError
from euroqci_planner.schedule.repair import fill, improve
from euroqci_planner.schedule.rounding import by_falling_share, inside_quotas
from euroqci_planner.schedule.side_search import SideSearch
from euroqci_planner.schedule.timetable import Timetable
from euroqci_planner.schedule.whole_contacts import in_whole_contacts, largest_open_component
from euroqci_planner.schedule.windows import WINDOW_SIZES, improved_in_windows
from euroqci_planner.units import FloatArray

LINEAR_METHOD = "linear programme, integral"
ROUNDED_METHOD = "linear programme, rounded and repaired"
WINDOWS_METHOD = "linear programme, rounded, improved in windows of time"
INTEGER_METHOD = "integer programme"
SIDES_METHOD = "linear programme over all nights, rounded and repaired"
CORE_METHOD = "linear programme over all nights, improved in its core"
MENDED = "brought inside the quotas"

_SAME_WITHIN = 1e-9
_RESOLVED_WITHIN = 1e-13


def largest_total(case: Case) -> Outcome:
    """The schedule of largest total, within the gap asked for, and the bound that proves it.

    1. Linear programme over maximal cliques, nights apart, limits where they bind. Integral: the
       optimum, done.
    2. Otherwise rounded step by step and repaired, or greedy with exchange where that is worth
       more. Within `relative_gap` of the bound: done.
    3. Otherwise improved in windows of time, as integer programmes of their own. Within: done.
    4. Otherwise the integer programme, for the independent part that loses most first, each to
       `relative_gap` or ten thousand nodes (fewer in large parts), until the whole is within;
       never to a time.
    5. Where the plan of these steps breaks a quota: `_beside_quotas`.
    """
    free = replace(case, problem=case.problem.without_sides())
    found = _Search(free).found(case.settings.relative_gap)
    if not case.problem.keeps_sides(found.flown):
        found = _beside_quotas(case, found)
    reached_bits = total_bits(free.problem, found.flown)
    bound_bits = settled(found.bound_bits, reached_bits, free.problem.value_bits)
    return Outcome(found.flown, found.method, bound_bits, binding=found.binding)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    flown: Mask
    method: str
    bound_bits: float
    binding: tuple[str, ...] = ()


def _beside_quotas(case: Case, free: _Found) -> _Found:
    """The same with quotas, where the best plan without them breaks one.

    Rounds the linear programme of all contacts with a row for every quota, and improves in the
    core of growing size until the gap is met or the largest is done. What bounds plans without
    quotas bounds these too. Raises InvalidInput where pins leave no plan that keeps the quotas.
    """
    problem = case.problem
    pins = timetable_of_pins(case).mask()

    def restore(flown: Mask) -> Mask | None:
        return inside_quotas(problem, flown, case.check)

    known = restore(free.flown)
    found = SideSearch(case, pins, restore).found(known)
    if found is not None:
        binding = np.flatnonzero(found.is_priced).tolist()
        return _Found(
            flown=found.flown,
            method=CORE_METHOD if found.used_core else SIDES_METHOD,
            bound_bits=float(np.fmin(found.bound_bits, free.bound_bits)),
            binding=tuple(problem.sides[number].group for number in binding),
        )
    if known is None:
        raise pins_beyond_quotas(case)
    return _Found(known, f"{free.method}, {MENDED}", free.bound_bits)


class _Search:
    """The steps of the exact scheduler on one problem."""

    def __init__(self, case: Case) -> None:
        self._problem = case.problem
        self._check = case.check
        self._pins = timetable_of_pins(case).mask()
        case.check()
        self._programme, self._unit_bits = programme_of(case.problem)
        case.check()
        self._relaxation = Relaxation(self._programme, case.check)

    def found(self, relative_gap: float) -> _Found:
        """A schedule within the gap, as far as the solver can."""
        relaxation = self._relaxation
        try:
            relaxation.solve()
        except UnsolvedError:
            return _Found(self._greedy(), GREEDY_METHOD, math.nan)
        if relaxation.is_integral:
            return self._result(self._flown(relaxation.x), LINEAR_METHOD)
        best = self._better(self._repaired(dived(relaxation)), self._greedy())
        if self._is_enough(best, relative_gap):
            return self._result(best, ROUNDED_METHOD)
        best = self._in_windows(best, relative_gap)
        if self._is_enough(best, relative_gap):
            return self._result(best, WINDOWS_METHOD)
        return self._result(self._in_whole_contacts(best, relative_gap), INTEGER_METHOD)

    def _in_windows(self, best: Mask, relative_gap: float) -> Mask:
        """Improve in windows that are smaller than what is left to decide as a whole."""
        relaxation = self._relaxation
        largest = largest_open_component(relaxation.parts)
        x = improved_in_windows(
            relaxation,
            self._problem.tracks[0].start_us[self._programme.columns],
            self._share(best),
            enough=(1.0 - relative_gap) * relaxation.bound,
            sizes=tuple(size for size in WINDOW_SIZES if size < largest),
        )
        return self._better(self._repaired(x), best)

    def _in_whole_contacts(self, best: Mask, relative_gap: float) -> Mask:
        """Solve open parts in whole contacts, the one that loses most first."""
        relaxation, value = self._relaxation, self._programme.value
        while True:
            held = self._share(best)
            is_open = [part for part in relaxation.parts if not part.is_integral]
            if not is_open or self._is_enough(best, relative_gap):
                return best
            lost = [part.bound - (value * held)[part.columns].sum() for part in is_open]
            worst = is_open[int(np.argmax(lost))]
            x, bound = in_whole_contacts(worst, held[worst.columns], relative_gap, self._check)
            relaxation.improve(worst, x, bound)
            while relaxation.separate(relaxation.x):
                pass
            for part in relaxation.parts:
                if part.is_integral:
                    held[part.columns] = np.round(part.x)
            best = self._better(self._repaired(held), best)

    def _is_enough(self, flown: Mask, relative_gap: float) -> bool:
        bound_bits = self._relaxation.bound * self._unit_bits
        gap_bits = bound_bits - total_bits(self._problem, flown)
        return gap_bits <= max(relative_gap, _SAME_WITHIN) * bound_bits

    def _result(self, flown: Mask, method: str) -> _Found:
        return _Found(flown, method, self._relaxation.bound * self._unit_bits)

    def _better(self, first: Mask, second: Mask) -> Mask:
        """The selection of larger total, the first of equals."""
        return max((first, second), key=lambda flown: total_bits(self._problem, flown))

    def _greedy(self) -> Mask:
        return self._repaired(np.zeros(len(self._programme.columns)))

    def _flown(self, x: FloatArray) -> Mask:
        """Pins, then contacts by falling x as far as they fit, then what else fits."""
        timetable = self._timetable(x)
        by_value = self._problem.by_value
        fill(timetable, by_value[self._problem.flyable[by_value]], self._check)
        return timetable.mask()

    def _repaired(self, x: FloatArray) -> Mask:
        """Pins, then contacts by falling x as far as they fit, then what else fits or pays."""
        timetable = self._timetable(x)
        improve(self._problem, timetable, self._check)
        return timetable.mask()

    def _timetable(self, x: FloatArray) -> Timetable:
        columns = self._programme.columns
        return by_falling_share(self._problem, self._pins, columns, x, self._check)

    def _share(self, flown: Mask) -> FloatArray:
        return flown[self._programme.columns].astype(np.float64)


def total_bits(problem: Problem, flown: Mask) -> float:
    """Expected key of the flown contacts."""
    return math.fsum(problem.value_bits[flown])


def settled(bound_bits: float, reached_bits: float, value_bits: FloatArray) -> float:
    """The bound, at least the total where both are the same to rounding.

    Closer than double precision resolves beside the largest contact, the bound is the total: a
    plan worth nothing then has the bound 0, not the solver's last digit.
    """
    apart = abs(reached_bits - bound_bits)
    if apart <= _RESOLVED_WITHIN * float(np.max(value_bits, initial=0.0)):
        return reached_bits
    same = apart <= _SAME_WITHIN * abs(reached_bits)
    return max(bound_bits, reached_bits) if same else bound_bits
