"""Pinned contacts are flown whatever the objective says, or refused by name."""

from __future__ import annotations

import numpy as np

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.mission.key_course import NO_PARTNER
from euroqci_planner.mission.plan import (
    NO_BLOCKER,
    REASON_TEXTS,
    Candidates,
    Reason,
)
from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.conflicts import Problem, Track
from euroqci_planner.schedule.explain import obstacles
from euroqci_planner.schedule.timetable import Timetable
from euroqci_planner.timebase import iso_text, seconds_between


def timetable_of_pins(case: Case) -> Timetable:
    """A timetable with every pinned contact in it, whatever the quotas say.

    Raises InvalidInput with a fault for each pin that is banned, has no value that is a number,
    or cannot be flown beside the pins before it: both passes and the resource are named.
    """
    candidates, problem = case.candidates, case.problem
    pins: list[int] = np.flatnonzero(problem.pinned).tolist()
    faults = [_bad_pin(candidates, problem, row) for row in pins if _is_bad(problem, row)]
    free = problem.without_sides()
    timetable = Timetable(free)
    timetable.add_all_that_fit(pins)
    flown = timetable.mask()
    reason, blocker = obstacles(free, flown)
    faults += [
        _clash(candidates, problem, (row, int(blocker[row])), Reason(int(reason[row])))
        for row in pins
        if not flown[row]
    ]
    if faults:
        raise InvalidInput(faults)
    if problem.sides:
        timetable = Timetable(problem)
        timetable.add_all(pins)
    return timetable


def _is_bad(problem: Problem, row: int) -> bool:
    return bool(problem.banned[row] or np.isnan(problem.value_bits[row]))


def _bad_pin(candidates: Candidates, problem: Problem, row: int) -> Fault:
    banned = bool(problem.banned[row])
    return Fault(
        "the pinned pass is banned too" if banned else "the pinned pass is outside the link model",
        where="schedule.pin",
        value=_name(candidates, problem, row),
        mend="remove the pin or the ban" if banned else "remove the pin",
    )


def _clash(
    candidates: Candidates, problem: Problem, rows: tuple[int, int], reason: Reason
) -> Fault:
    row, other = rows
    names = [_name(candidates, problem, item) for item in rows if item != NO_BLOCKER]
    limits = (Reason.ORBIT_LIMIT, Reason.DAY_LIMIT)
    track = problem.tracks[1 if reason is Reason.STATION_BUSY else 0]
    if reason in limits:
        resource = track.ids[track.resource[row]]
        problem_text = f"pinned passes exceed the {REASON_TEXTS[reason]} of {resource}"
    else:
        entry = _entry_in_common(track, row, other)
        resource, until_us = track.ids[track.resource[entry]], track.until_us[entry]
        setup_s = _setup_s(candidates, problem, until_us, other)
        problem_text = (
            f"the pinned passes need {resource} at the same time (set-up of {setup_s:g} s included)"
        )
    return Fault(
        problem_text,
        where="schedule.pin",
        value=" and ".join(names),
        mend="remove one of the pins" if len(names) > 1 else "remove the pin or raise the limit",
    )


def _entry_in_common(track: Track, row: int, other: int) -> int:
    """The entry of `other` with the first resource that `row` asks for too."""
    asked = track.resource[track.candidate == row]
    meets = (track.candidate == other) & np.isin(track.resource, asked)
    return int(np.argmax(meets))


def _setup_s(candidates: Candidates, problem: Problem, until_us: np.int64, row: int) -> float:
    end_us = candidates.end_utc[problem.order[row]].astype(np.int64)
    return float(until_us - end_us) / 1e6


def _name(candidates: Candidates, problem: Problem, row: int) -> str:
    at = problem.order[row]
    satellite = candidates.satellite_ids[candidates.satellite[at]]
    station = candidates.station_ids[candidates.station[at]]
    if candidates.partner[at] != NO_PARTNER:
        station += f"+{candidates.station_ids[candidates.partner[at]]}"
    return f"{satellite}/{station} from {iso_text(candidates.start_utc[at], 's')}"


def pins_beyond_quotas(case: Case) -> InvalidInput:
    """What to raise where pins leave no plan that keeps the quotas: a fault for each such quota."""
    candidates = case.candidates
    seconds = seconds_between(candidates.start_utc, candidates.end_utc)
    pinned_s = float(seconds[candidates.pinned].sum())
    limits = {quota.group: quota.max_share for quota in case.settings.quotas}
    faults = []
    for side in case.problem.sides:
        most, excess_s = limits[side.group], float(side.amount[case.problem.pinned].sum())
        if excess_s > side.within:
            share = most + excess_s / pinned_s
            faults.append(
                Fault(
                    f"pinned passes credit {share:.1%} of {pinned_s:.0f} s to this group, its "
                    f"quota is {most:.1%}, and no other contacts bring that down",
                    where="schedule.quota",
                    value=side.group,
                    mend="remove pins at its stations, or raise max_share",
                )
            )
    return InvalidInput(faults)
