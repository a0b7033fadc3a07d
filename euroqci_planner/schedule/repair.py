"""Make a schedule better by exchange: one contact out, several in, never to a lower value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.schedule.conflicts import IndexArray, Limit, Mask, Problem
from euroqci_planner.schedule.explain import blocking_entries
from euroqci_planner.schedule.timetable import Timetable

_LEAST_GAIN = 1e-12
_ROWS_BETWEEN_CHECKS = 8_192


def improve(problem: Problem, timetable: Timetable, check: Check = unchecked) -> None:
    """Fill `timetable` up by falling value, then exchange one contact for others while it pays.

    Every kept exchange raises the total by more than one part in 1e12 of what goes out, so the
    result is never worth less than what came in, and the work ends. Pinned contacts stay. At
    the end no contact of value fits any more, and no single contact can be replaced with gain
    by those that then fit, taken in order of falling value. `check` is asked before every round
    and some times in the first.
    """
    fill(timetable, problem.by_value[problem.flyable[problem.by_value]], check)
    check()
    while _one_round(problem, timetable):
        check()


def fill(timetable: Timetable, rows: IndexArray, check: Check = unchecked) -> None:
    """Add the rows one after the other as far as they fit; `check` is asked on the way."""
    for first in range(0, len(rows), _ROWS_BETWEEN_CHECKS):
        check()
        timetable.add_all_that_fit(rows[first : first + _ROWS_BETWEEN_CHECKS].tolist())


@dataclass(frozen=True, slots=True, eq=False)
class _Openings:
    """Contacts that fit as things are, and pairs (contact, the one that keeps it out alone)."""

    free: IndexArray
    entering: IndexArray
    leaving: IndexArray


def _one_round(problem: Problem, timetable: Timetable) -> bool:
    """Fill up, try every exchange that may pay, and say whether anything changed."""
    openings = _openings(problem, timetable.mask())
    changed = bool(timetable.add_all_that_fit(_falling(problem, openings.free)))
    value = problem.value_bits
    worth = np.bincount(openings.leaving, weights=value[openings.entering], minlength=len(problem))
    promising = np.flatnonzero((worth > value) & ~problem.pinned)
    order = np.argsort(openings.leaving, kind="stable")
    entering, leaving = openings.entering[order], openings.leaving[order]
    for row in _falling(problem, promising):
        first, last = np.searchsorted(leaving, (row, row + 1))
        changed |= _replaced(problem, timetable, row, _falling(problem, entering[first:last]))
    return changed


def _replaced(problem: Problem, timetable: Timetable, row: int, rivals: list[int]) -> bool:
    """Fly the rivals instead of `row` where they are worth more, and say whether they are."""
    if not timetable.flown[row]:
        return False
    timetable.remove(row)
    added = timetable.add_all_that_fit(rivals)
    value = problem.value_bits
    gains = float(value[added].sum()) > float(value[row]) * (1.0 + _LEAST_GAIN)
    if gains and timetable.keeps_sides:
        return True
    for other in added:
        timetable.remove(other)
    timetable.add(row)
    return False


def _openings(problem: Problem, flown: Mask) -> _Openings:
    asking = problem.flyable & ~flown
    size = len(problem)
    hindrances = np.zeros(size, dtype=np.intp)
    keys = []
    for track in problem.tracks:
        entering, leaving = blocking_entries(track, flown, asking)
        pairs = np.bincount(entering, minlength=len(track.candidate))
        hindrances += np.bincount(track.candidate[pairs > 0], minlength=size)
        alone = (pairs == 1) | (track.terminals[track.resource] > 1)
        contacts = track.candidate[entering] * size + track.candidate[leaving]
        keys.append(contacts[alone[entering]])
    for limit in problem.limits:
        rows = _kept_out(limit, flown, asking)
        hindrances[rows] += 1
        entering, leaving = _group_pairs(limit, flown, rows)
        keys.append(entering * size + leaving)
    pair, times = np.unique(np.concatenate(keys), return_counts=True)
    entering, leaving = np.divmod(pair, size)
    enough = times == hindrances[entering]
    return _Openings(
        free=np.flatnonzero(asking & (hindrances == 0)),
        entering=entering[enough],
        leaving=leaving[enough],
    )


def _kept_out(limit: Limit, flown: Mask, asking: Mask) -> IndexArray:
    """Asking contacts of the orbits or days that are full."""
    counted = limit.group[flown & (limit.group >= 0)]
    full = np.bincount(counted, minlength=len(limit.capacity)) >= limit.capacity
    rows = np.flatnonzero(asking & (limit.group >= 0))
    return rows[full[limit.group[rows]]]


def _group_pairs(limit: Limit, flown: Mask, rows: IndexArray) -> tuple[IndexArray, IndexArray]:
    """Pairs (row, flown contact of the same orbit or day)."""
    held = np.flatnonzero(flown & (limit.group >= 0))
    held = held[np.argsort(limit.group[held], kind="stable")]
    group = limit.group[held]
    first = np.searchsorted(group, limit.group[rows], side="left")
    count = np.searchsorted(group, limit.group[rows], side="right") - first
    offset = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(rows, count), held[np.repeat(first, count) + offset]


def _falling(problem: Problem, rows: IndexArray) -> list[int]:
    """Rows by falling value, ties in canonical order."""
    listed: list[int] = rows[np.lexsort((rows, -problem.value_bits[rows]))].tolist()
    return listed
