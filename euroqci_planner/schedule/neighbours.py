"""Contacts that cannot be flown together, looked up one at a time and remembered."""

from __future__ import annotations

import numpy as np

from euroqci_planner.schedule.conflicts import Limit, Problem, Track
from euroqci_planner.schedule.timetable import Timetable


class Neighbours:
    """Who meets whom on a resource, and who shares a limited orbit or day."""

    def __init__(self, problem: Problem) -> None:
        """Nothing is looked up yet."""
        self._value: list[float] = np.nan_to_num(problem.value_bits).tolist()
        self._pinned: list[bool] = problem.pinned.tolist()
        self._tracks = tuple(_Meetings(track) for track in problem.tracks)
        self._limits = tuple(_Groups(limit) for limit in problem.limits)
        self._known: dict[int, list[int]] = {}

    def of(self, row: int) -> list[int]:
        """Contacts that meet this one on a resource, whether terminals suffice or not."""
        if row not in self._known:
            found: set[int] = set()
            for track in self._tracks:
                found |= track.of(row)
            self._known[row] = sorted(found - {row})
        return self._known[row]

    def in_the_way(self, row: int, timetable: Timetable) -> list[int]:
        """Flown contacts without which this one could be flown, quotas aside.

        All that it meets, and of a limited orbit or day that stays full the contact of least
        value; nothing where it fits as things are.
        """
        if timetable.fits(row):
            return []
        flown = timetable.flown
        out = [other for other in self.of(row) if flown[other]]
        for limit in self._limits:
            mine = [other for other in limit.of(row) if flown[other] and other not in out]
            free = [other for other in mine if not self._pinned[other]]
            if free and len(mine) >= limit.capacity_of(row):
                out.append(min(free, key=lambda other: (self._value[other], other)))
        return out


class _Meetings:
    def __init__(self, track: Track) -> None:
        self._start, self._until = track.on_one_axis()
        self._candidate = track.candidate
        self._order = np.argsort(self._start, kind="stable")
        self._sorted = self._start[self._order]
        self._latest = np.maximum.accumulate(self._until[self._order])
        self._entries: dict[int, list[int]] = {}
        for entry, row in enumerate(track.candidate.tolist()):
            self._entries.setdefault(row, []).append(entry)

    def of(self, row: int) -> set[int]:
        found: set[int] = set()
        for entry in self._entries.get(row, ()):
            start, until = self._start[entry], self._until[entry]
            first = int(np.searchsorted(self._latest, start, side="right"))
            last = int(np.searchsorted(self._sorted, until, side="left"))
            near = self._order[first:last]
            found.update(self._candidate[near[self._until[near] > start]].tolist())
        return found


class _Groups:
    def __init__(self, limit: Limit) -> None:
        self._group: list[int] = limit.group.tolist()
        self._capacity: list[int] = limit.capacity.tolist()
        self._rows: dict[int, list[int]] = {}
        for row, group in enumerate(self._group):
            self._rows.setdefault(group, []).append(row)

    def of(self, row: int) -> list[int]:
        """All contacts of the same orbit or day."""
        group = self._group[row]
        return self._rows[group] if group >= 0 else []

    def capacity_of(self, row: int) -> int:
        """How many of them may be flown."""
        return self._capacity[self._group[row]]
