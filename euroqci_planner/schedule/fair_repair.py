"""Give to the poorest: exchange contacts so that the station with the least key has more.

A contact of the poorest station is flown, those in its way are left out, and what this sets free
is filled. It is kept where every station that it touches ends above where the poorest was; one
that falls too low may be lifted in its turn. The sorted keys of the stations rise with every
exchange, so the work ends.
"""

from __future__ import annotations

import heapq

import numpy as np

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.schedule.conflicts import Problem
from euroqci_planner.schedule.fair_claims import Claims
from euroqci_planner.schedule.neighbours import Neighbours
from euroqci_planner.schedule.timetable import Timetable

_LEAST_GAIN = 1e-9
_DEPTH = 2
_TRIED = 12

_Choice = tuple[int, list[int]]


def lift(
    problem: Problem,
    claims: Claims,
    timetable: Timetable,
    enough_bits: float = np.inf,
    check: Check = unchecked,
) -> None:
    """Raise the smallest key of a station until it is enough, or no exchange raises it.

    Of several exchanges the one that leaves the largest minimum (as far as enough), then the one
    that costs the total least. Limits and quotas are kept, pins stay.
    """
    if len(claims):
        _Lift(problem, claims, timetable, enough_bits).run(check)


def poorest_first(
    problem: Problem, claims: Claims, timetable: Timetable, check: Check = unchecked
) -> None:
    """Water-filling: always the best contact that fits of the station that has least."""
    waiting = [iter(rows) for rows in _contacts_by_station(problem, claims)]
    triples = zip(
        claims.contact.tolist(), claims.station.tolist(), claims.bits.tolist(), strict=True
    )
    bits = {(row, number): value for row, number, value in triples}
    queue = [(key, number) for number, key in enumerate(claims.keys(timetable.mask()).tolist())]
    heapq.heapify(queue)
    while queue:
        check()
        key, number = heapq.heappop(queue)
        row = next((row for row in waiting[number] if timetable.fits(row)), None)
        if row is not None:
            timetable.add(row)
            heapq.heappush(queue, (key + bits[row, number], number))


class _Lift:
    """A timetable, the key of every station, and who stands in whose way."""

    def __init__(
        self, problem: Problem, claims: Claims, timetable: Timetable, enough_bits: float
    ) -> None:
        self._timetable, self._enough = timetable, enough_bits
        self._neighbours = Neighbours(problem)
        self._value: list[float] = np.nan_to_num(problem.value_bits).tolist()
        self._flyable: list[bool] = problem.flyable.tolist()
        self._pinned: list[bool] = problem.pinned.tolist()
        self._keys: list[float] = claims.keys(timetable.mask()).tolist()
        self._of_station = _contacts_by_station(problem, claims)
        self._gives: list[list[tuple[int, float]]] = [[] for _ in range(len(problem))]
        for contact, station, bits in zip(
            claims.contact.tolist(), claims.station.tolist(), claims.bits.tolist(), strict=True
        ):
            self._gives[contact].append((station, bits))
        self._journal: list[tuple[int, bool]] = []

    def run(self, check: Check) -> None:
        while True:
            check()
            poorest = min(range(len(self._keys)), key=lambda number: (self._keys[number], number))
            least = self._keys[poorest]
            self._journal.clear()
            if least >= self._enough or not self._raised(poorest, least, _DEPTH, frozenset()):
                return

    def _raised(self, station: int, above: float, depth: int, kept: frozenset[int]) -> bool:
        """Lift one station above a level and leave no other at it, or change nothing."""
        for row, out in self._choices(station, kept):
            mark = len(self._journal)
            for other in out:
                self._leave(other)
            if self._timetable.fits(row):
                self._fly(row)
                self._fill(out)
                are_above = self._all_above(mark, above, depth, kept | {row})
                if are_above and self._timetable.keeps_sides:
                    return True
            self._undo_to(mark)
        return False

    def _all_above(self, mark: int, above: float, depth: int, kept: frozenset[int]) -> bool:
        """Whether all stations that changed since `mark` are above, or can be lifted there."""
        while True:
            touched = {s for row, _ in self._journal[mark:] for s, _ in self._gives[row]}
            low = [s for s in sorted(touched) if self._keys[s] <= above * (1.0 + _LEAST_GAIN)]
            if not low:
                return True
            if depth == 1 or not self._raised(low[0], above, depth - 1, kept):
                return False

    def _choices(self, station: int, kept: frozenset[int]) -> list[_Choice]:
        """Contacts of the station and what is in their way, the most promising ones."""
        ranked = []
        for row in self._of_station[station]:
            if self._timetable.flown[row]:
                continue
            out = self._neighbours.in_the_way(row, self._timetable)
            if any(self._pinned[other] or other in kept for other in out):
                continue
            after = self._after(row, out)
            if after[station] > self._keys[station]:
                gain = self._value[row] - sum(self._value[other] for other in out)
                ranked.append(((-min(*after.values(), self._enough), -gain), row, out))
        return [(row, out) for _, row, out in sorted(ranked)[:_TRIED]]

    def _after(self, row: int, out: list[int]) -> dict[int, float]:
        """Keys of the stations that an exchange touches, before anything is filled."""
        after: dict[int, float] = {}
        for other, sign in ((row, 1.0), *((other, -1.0) for other in out)):
            for number, bits in self._gives[other]:
                after[number] = after.get(number, self._keys[number]) + sign * bits
        return after

    def _fill(self, left: list[int]) -> None:
        """Fly what fits where contacts were left out, for the poorest stations first."""
        found = {row for other in left for row in self._neighbours.of(other)} - {*left}
        rows = [row for row in found if self._flyable[row] and not self._timetable.flown[row]]
        for row in sorted(rows, key=lambda row: (self._poorest_of(row), -self._value[row], row)):
            if self._timetable.fits(row):
                self._fly(row)

    def _poorest_of(self, row: int) -> float:
        """Key of the poorer station of a contact, none where no station counts."""
        return min((self._keys[number] for number, _ in self._gives[row]), default=np.inf)

    def _undo_to(self, mark: int) -> None:
        for row, was_flown in reversed(self._journal[mark:]):
            if was_flown:
                self._fly(row)
            else:
                self._leave(row)
        del self._journal[mark:]

    def _fly(self, row: int) -> None:
        self._timetable.add(row)
        self._journal.append((row, False))
        for station, bits in self._gives[row]:
            self._keys[station] += bits

    def _leave(self, row: int) -> None:
        self._timetable.remove(row)
        self._journal.append((row, True))
        for station, bits in self._gives[row]:
            self._keys[station] -= bits


def _contacts_by_station(problem: Problem, claims: Claims) -> list[list[int]]:
    """Contacts that may be flown for their value, by station, in order of falling value."""
    mine: list[list[int]] = [[] for _ in range(len(claims))]
    may = problem.flyable[claims.contact]
    contact, station = claims.contact[may], claims.station[may]
    order = np.lexsort((contact, -problem.value_bits[contact]))
    for row, number in zip(contact[order].tolist(), station[order].tolist(), strict=True):
        mine[number].append(row)
    return mine
