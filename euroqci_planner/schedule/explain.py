"""Why a pass is not flown, and which contact stands in its way: for any set of contacts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.mission.goals import Goal
from euroqci_planner.mission.pair_aims import PairShares
from euroqci_planner.mission.plan import (
    NO_BLOCKER,
    Candidates,
    PassState,
    Reason,
    Resource,
    Schedule,
)
from euroqci_planner.mission.scenario import Quota
from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.conflicts import (
    IndexArray,
    Limit,
    Mask,
    MicrosecondArray,
    Problem,
    Track,
    problem_of,
)
from euroqci_planner.schedule.quota_use import quota_use
from euroqci_planner.schedule.sides import SideRow
from euroqci_planner.units import FloatArray

TOTAL_KEY = "total expected key"

CodeArray = NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """State, reason and blocker of every candidate, row for row."""

    state: CodeArray
    reason: CodeArray
    blocked_by: IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What a search found: flown contacts in the problem's order, and how good they are.

    `bound_bits` is a proven upper bound on the total of any schedule that keeps the goals before
    the last. `goals` is empty where the total is all that is wanted. `binding` names
    the quotas that cost key, as far as the search knows. `pairs` says what each demand gets where
    pairs of users are the aim.
    """

    flown: Mask
    method: str
    bound_bits: float = math.nan
    goals: tuple[Goal, ...] = ()
    binding: tuple[str, ...] = ()
    pairs: PairShares | None = None


def explained(
    candidates: Candidates,
    satellites: tuple[Resource, ...],
    stations: tuple[Resource, ...],
    flown: ArrayLike,
    quotas: tuple[Quota, ...] = (),
) -> Verdicts:
    """Verdict on every candidate when exactly the rows of the mask `flown` are flown.

    Reasons, the first that holds: BANNED; LINK_OUT_OF_RANGE (the value is no number); NO_KEY
    (the value is not above zero); SATELLITE_BUSY or STATION_BUSY, whichever the blocker stands
    for; ORBIT_LIMIT; DAY_LIMIT; QUOTA. The blocker is the contact of highest value among those
    that hold a terminal at a time when all are held (same value: satellite before station, then
    canonical order); for a limit it is the contact of lowest value in that orbit or day, for a
    quota that of lowest value among those at stations that serve more of the group than the quota
    allows, -1 if there is none. A candidate that nothing keeps from being flown stays CANDIDATE
    with the reason NONE.
    """
    problem = problem_of(candidates, satellites, stations, quotas)
    mask = np.asarray(flown, dtype=np.bool_)
    return _in_input_order(problem, verdicts(problem, mask[problem.order]))


def verdicts(problem: Problem, flown: Mask) -> Verdicts:
    """The same over a problem's rows; blockers are rows of the problem."""
    reason, blocked_by = obstacles(problem, flown)
    for code, rows in (
        (Reason.NO_KEY, ~(problem.value_bits > 0.0)),
        (Reason.LINK_OUT_OF_RANGE, np.isnan(problem.value_bits)),
        (Reason.BANNED, problem.banned),
    ):
        reason[rows & ~flown] = code
        blocked_by[rows & ~flown] = NO_BLOCKER
    state = np.where(reason == Reason.NONE, PassState.CANDIDATE, PassState.REJECTED)
    state[problem.banned] = PassState.BANNED
    state[flown] = np.where(problem.pinned[flown], PassState.PINNED, PassState.SCHEDULED)
    return Verdicts(state=state.astype(np.int8), reason=reason, blocked_by=blocked_by)


def obstacles(problem: Problem, flown: Mask) -> tuple[CodeArray, IndexArray]:
    """What keeps each contact that is not flown from being added: reason and blocker.

    Looks at resources, limits and quotas alone: bans and values do not count here. NONE and -1
    where the contact is flown or could be added.
    """
    reason = np.zeros(len(problem), dtype=np.int8)
    blocked_by = np.full(len(problem), NO_BLOCKER, dtype=np.intp)
    for side in reversed(problem.sides):
        _mark_full_side(problem.value_bits, side, flown, reason, blocked_by)
    for limit in reversed(problem.limits):
        _mark_full_groups(problem.value_bits, limit, flown, reason, blocked_by)
    codes, rows, blockers = _busy(problem, flown)
    reason[rows], blocked_by[rows] = codes, blockers
    return reason, blocked_by


def schedule_of(case: Case, outcome: Outcome) -> Schedule:
    """The finished schedule, row for row with the candidates."""
    candidates, problem = case.candidates, case.problem
    of_problem = verdicts(problem, outcome.flown)
    found = _in_input_order(problem, of_problem)
    value_bits = math.fsum(candidates.value_bits[problem.flown_in_input_order(outcome.flown)])
    total = Goal(name=TOTAL_KEY, unit="bit", value=value_bits, bound=outcome.bound_bits)
    return Schedule(
        method=outcome.method,
        objective=str(case.settings.objective.value),
        value_bits=value_bits,
        bound_bits=outcome.bound_bits,
        goals=outcome.goals or (total,),
        quotas=quota_use(case, outcome.flown, of_problem.reason, outcome.binding),
        pairs=outcome.pairs,
        state=found.state,
        reason=found.reason,
        blocked_by=found.blocked_by,
    )


def _in_input_order(problem: Problem, found: Verdicts) -> Verdicts:
    state = np.empty_like(found.state)
    reason = np.empty_like(found.reason)
    blocked_by = np.full(len(problem), NO_BLOCKER, dtype=np.intp)
    state[problem.order] = found.state
    reason[problem.order] = found.reason
    blocked = found.blocked_by != NO_BLOCKER
    blocked_by[problem.order[blocked]] = problem.order[found.blocked_by[blocked]]
    return Verdicts(state=state, reason=reason, blocked_by=blocked_by)


def _busy(problem: Problem, flown: Mask) -> tuple[IndexArray, IndexArray, IndexArray]:
    """Rows that meet full resources: the reason and the blocker of highest value for each."""
    found = [blocking_pairs(track, flown, ~flown) for track in problem.tracks]
    rows = np.concatenate([pair[0] for pair in found])
    blockers = np.concatenate([pair[1] for pair in found])
    codes = np.repeat([track.reason for track in problem.tracks], [len(pair[0]) for pair in found])
    order = np.lexsort((blockers, codes, -problem.value_bits[blockers], rows))
    unique, at = np.unique(rows[order], return_index=True)
    return codes[order][at], unique, blockers[order][at]


def blocking_pairs(track: Track, flown: Mask, asking: Mask) -> tuple[IndexArray, IndexArray]:
    """Pairs (asking contact, flown contact) that meet while all terminals are held.

    A pair stands there as often as the two meet: once for each resource that both ask for.
    """
    entering, leaving = blocking_entries(track, flown, asking)
    return track.candidate[entering], track.candidate[leaving]


def blocking_entries(track: Track, flown: Mask, asking: Mask) -> tuple[IndexArray, IndexArray]:
    """The same in entries of the track."""
    start, until = track.on_one_axis()
    held = track.entries_of(flown)
    held = held[np.argsort(start[held], kind="stable")]
    free = track.entries_of(asking)
    full_from, full_to = _full_times(track, start[held], until[held], track.resource[held])
    first = np.searchsorted(np.maximum.accumulate(until[held]), start[free], side="right")
    last = np.searchsorted(start[held], until[free], side="left")
    count = np.maximum(last - first, 0)
    rows = np.repeat(free, count)
    offset = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    blockers = held[np.repeat(first, count) + offset]
    begin = np.maximum(start[rows], start[blockers])
    end = np.minimum(until[rows], until[blockers])
    segment = np.searchsorted(full_to, begin, side="right")
    next_full = np.append(full_from, np.iinfo(np.int64).max)[segment]
    meets = (begin < end) & (next_full < end)
    return rows[meets], blockers[meets]


def _full_times(
    track: Track, start: MicrosecondArray, until: MicrosecondArray, resource: IndexArray
) -> tuple[MicrosecondArray, MicrosecondArray]:
    """Intervals in which every terminal of a resource is held, disjoint and in order."""
    step = np.repeat((1, -1), len(start))
    time = np.concatenate((start, until))
    order = np.lexsort((step, time))
    load = np.cumsum(step[order])
    full = load >= track.terminals[np.concatenate((resource, resource))[order]]
    begin, end = time[order][:-1], time[order][1:]
    chosen = full[:-1] & (begin < end)
    return begin[chosen], end[chosen]


def _mark_full_groups(
    value_bits: FloatArray, limit: Limit, flown: Mask, reason: CodeArray, blocked_by: IndexArray
) -> None:
    counted = np.flatnonzero(flown & (limit.group >= 0))
    full = np.bincount(limit.group[counted], minlength=len(limit.capacity)) >= limit.capacity
    lowest = np.full(len(limit.capacity), NO_BLOCKER, dtype=np.intp)
    falling = counted[np.lexsort((-counted, -value_bits[counted]))]
    lowest[limit.group[falling]] = falling
    rows = np.flatnonzero(~flown & (limit.group >= 0) & full[limit.group])
    reason[rows] = limit.reason
    blocked_by[rows] = lowest[limit.group[rows]]


def _mark_full_side(
    value_bits: FloatArray, side: SideRow, flown: Mask, reason: CodeArray, blocked_by: IndexArray
) -> None:
    """Contacts that would take a quota beyond its limit; a floor keeps nothing out."""
    rows = np.flatnonzero(side.keeps_out(flown))
    takers = np.flatnonzero(flown & (side.amount > 0.0))
    lowest = takers[np.argmin(value_bits[takers])] if len(takers) else NO_BLOCKER
    reason[rows] = Reason.QUOTA
    blocked_by[rows] = lowest
