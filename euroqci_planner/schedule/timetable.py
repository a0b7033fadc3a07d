"""Which contacts are flown so far: a working copy that contacts enter and leave one by one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

import numpy as np

from euroqci_planner.schedule.conflicts import Limit, Mask, Problem, Track
from euroqci_planner.schedule.sides import SideRow


class TrackTimetable:
    """Entries that hold the terminals of one family of resources, by start per resource."""

    def __init__(self, track: Track) -> None:
        """Start empty."""
        self._resource: list[int] = track.resource.tolist()
        self._start: list[int] = track.start_us.tolist()
        self._until: list[int] = track.until_us.tolist()
        self._terminals: list[int] = track.terminals.tolist()
        longest = np.zeros(len(track.ids), dtype=np.int64)
        np.maximum.at(longest, track.resource, track.until_us - track.start_us)
        self._longest: list[int] = longest.tolist()
        self._starts: list[list[int]] = [[] for _ in track.ids]
        self._untils: list[list[int]] = [[] for _ in track.ids]

    def has_room(self, row: int) -> bool:
        """Whether a terminal is free all through the padded entry."""
        resource, start, until = self._resource[row], self._start[row], self._until[row]
        starts, untils = self._starts[resource], self._untils[resource]
        end = bisect_left(starts, until)
        if self._terminals[resource] == 1:
            return end == 0 or untils[end - 1] <= start
        begin = bisect_right(starts, start - self._longest[resource])
        pairs = zip(starts[begin:end], untils[begin:end], strict=True)
        held = [pair for pair in pairs if pair[1] > start]
        return _peak(held, start) < self._terminals[resource]

    def add(self, row: int) -> None:
        """Take the contact in; the caller has asked for room."""
        resource, start = self._resource[row], self._start[row]
        place = bisect_right(self._starts[resource], start)
        self._starts[resource].insert(place, start)
        self._untils[resource].insert(place, self._until[row])

    def remove(self, row: int) -> None:
        """Take the contact out again."""
        resource, start = self._resource[row], self._start[row]
        place = bisect_left(self._starts[resource], start)
        while self._untils[resource][place] != self._until[row]:
            place += 1
        del self._starts[resource][place], self._untils[resource][place]


class SharedTimetable:
    """The same for contacts that hold several resources of a family at once, or none."""

    def __init__(self, track: Track, contacts: int) -> None:
        """Start empty."""
        self._track = TrackTimetable(track)
        self._entries: list[list[int]] = [[] for _ in range(contacts)]
        for entry, row in enumerate(track.candidate.tolist()):
            self._entries[row].append(entry)

    def has_room(self, row: int) -> bool:
        """Whether every resource of the contact has a terminal for it."""
        return all(self._track.has_room(entry) for entry in self._entries[row])

    def add(self, row: int) -> None:
        """Take the contact in; the caller has asked for room."""
        for entry in self._entries[row]:
            self._track.add(entry)

    def remove(self, row: int) -> None:
        """Take the contact out again."""
        for entry in self._entries[row]:
            self._track.remove(entry)


class LimitTimetable:
    """How many contacts are flown of every orbit, or of every day."""

    def __init__(self, limit: Limit) -> None:
        """Start empty."""
        self._group: list[int] = limit.group.tolist()
        self._free: list[int] = limit.capacity.tolist()

    def has_room(self, row: int) -> bool:
        """Whether one more contact is allowed."""
        group = self._group[row]
        return group < 0 or self._free[group] > 0

    def add(self, row: int) -> None:
        """Count the contact."""
        if self._group[row] >= 0:
            self._free[self._group[row]] -= 1

    def remove(self, row: int) -> None:
        """Count it no longer."""
        if self._group[row] >= 0:
            self._free[self._group[row]] += 1


class SideTimetable:
    """How much of a side row is used up."""

    def __init__(self, side: SideRow) -> None:
        """Start empty."""
        self._amount: list[float] = side.amount.tolist()
        self._most = side.capacity + side.within
        self._used = 0.0

    @property
    def is_kept(self) -> bool:
        """Whether what is flown keeps the row."""
        return self._used <= self._most

    def has_room(self, row: int) -> bool:
        """Whether the contact leaves the row as it is, mends it, or has room in it."""
        amount = self._amount[row]
        return amount <= 0.0 or self._used + amount <= self._most

    def add(self, row: int) -> None:
        """Count the contact."""
        self._used += self._amount[row]

    def remove(self, row: int) -> None:
        """Count it no longer."""
        self._used -= self._amount[row]


class Timetable:
    """Tracks, limits and side rows together; rows are those of the problem, in canonical order."""

    def __init__(self, problem: Problem) -> None:
        """Start empty."""
        self._satellites, self._stations, *passes = (
            TrackTimetable(track) if track.each_once else SharedTimetable(track, len(problem))
            for track in problem.tracks
        )
        limits = (LimitTimetable(limit) for limit in problem.limits)
        self._sides = tuple(SideTimetable(side) for side in problem.sides)
        self._others = (*passes, *limits, *self._sides)
        self._parts = (self._satellites, self._stations, *self._others)
        self.flown: list[bool] = [False] * len(problem)

    def fits(self, row: int) -> bool:
        """Whether the contact is not flown and could be, beside those that are."""
        return (
            not self.flown[row]
            and self._stations.has_room(row)
            and self._satellites.has_room(row)
            and (not self._others or all(part.has_room(row) for part in self._others))
        )

    @property
    def keeps_sides(self) -> bool:
        """Whether every side row is kept: leaving out a contact may break one."""
        return all(side.is_kept for side in self._sides)

    def keeps_side(self, number: int) -> bool:
        """Whether this side row is kept."""
        return self._sides[number].is_kept

    def add(self, row: int) -> None:
        """Fly the contact; the caller has asked whether it fits."""
        self.flown[row] = True
        for part in self._parts:
            part.add(row)

    def remove(self, row: int) -> None:
        """Fly it no longer."""
        self.flown[row] = False
        for part in self._parts:
            part.remove(row)

    def add_all(self, rows: Iterable[int]) -> None:
        """Fly contacts that are known to fit together, side rows aside."""
        for row in rows:
            self.add(row)

    def add_all_that_fit(self, rows: Iterable[int]) -> list[int]:
        """Add the rows one after the other as far as they fit; the ones that were added."""
        added = []
        for row in rows:
            if self.fits(row):
                self.add(row)
                added.append(row)
        return added

    def mask(self) -> Mask:
        """The flown contacts as a mask over the problem's rows."""
        return np.array(self.flown, dtype=np.bool_)


def _peak(held: list[tuple[int, int]], start: int) -> int:
    """Largest number of intervals that meet at one time from `start` on."""
    moments = {max(begin, start) for begin, _ in held}
    return max((sum(b <= at < e for b, e in held) for at in moments), default=0)
