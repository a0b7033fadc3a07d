"""Who stands in whose way: candidates in canonical order, their resources, limits and cliques.

Times are whole microseconds, so that touching contacts are told from overlapping ones exactly.
With one set-up time per resource two contacts of one terminal exclude each other where their
padded intervals [start, end + set-up) meet; a resource of n terminals serves a set of contacts
where at no time more than n of these intervals meet (interval graphs are perfect).
A source of entangled pairs holds two stations with one contact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.mission.key_course import NO_PARTNER
from euroqci_planner.mission.plan import Candidates, Reason, Resource
from euroqci_planner.mission.scenario import Quota
from euroqci_planner.schedule.sides import SideRow, quota_rows
from euroqci_planner.units import FloatArray

IndexArray = NDArray[np.intp]
MicrosecondArray = NDArray[np.int64]
Mask = NDArray[np.bool_]

_LARGEST_AXIS_US = 2**62


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One family of resources (the satellites or the stations) and what the contacts ask of it.

    Entry k: contact `candidate[k]` (a row of the problem) holds a terminal of `resource[k]` over
    `start_us[k] <= t < until_us[k]`, set-up included. A contact has at most one entry for each
    resource; `each_once` holds where entry k is that of contact k. `terminals` and `ids` go by
    resource, in order of id.
    """

    reason: Reason
    ids: tuple[str, ...]
    terminals: IndexArray
    each_once: bool
    candidate: IndexArray
    resource: IndexArray
    start_us: MicrosecondArray
    until_us: MicrosecondArray

    def entries_of(self, contacts: Mask) -> IndexArray:
        """Entries of the contacts of a mask, in order."""
        return np.flatnonzero(contacts if self.each_once else contacts[self.candidate])

    def on_one_axis(self) -> tuple[MicrosecondArray, MicrosecondArray]:
        """Starts and untils with every resource on its own stretch of one time axis."""
        if not len(self.start_us):
            return self.start_us, self.until_us
        origin = int(self.start_us.min())
        span = int(self.until_us.max()) - origin + 1
        if span * len(self.ids) > _LARGEST_AXIS_US:
            raise ValueError("the planning window times the resources exceeds the time axis")
        shift = self.resource.astype(np.int64) * span - origin
        return self.start_us + shift, self.until_us + shift


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """At most `capacity[g]` contacts among those with `group` g; -1 is in no group."""

    reason: Reason
    group: IndexArray
    capacity: IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Candidates in canonical order: by satellite id, station id, start, end, pass row.

    `order` leads back to the rows of the candidates. `flyable` holds where a contact may be
    chosen for its value: above zero and not banned. `by_value` lists all rows by value falling,
    ties in canonical order, values that are no number last. The tracks are satellites and
    stations, in this order, then, where contacts hold two stations, the passes of these: a pass
    is flown with one partner. Every contact has one entry with the satellites, in order. `sides`
    are the rows over all contacts: quotas that could be exceeded, and floors.
    """

    order: IndexArray
    value_bits: FloatArray
    flyable: Mask
    pinned: Mask
    banned: Mask
    tracks: tuple[Track, ...]
    limits: tuple[Limit, ...]
    by_value: IndexArray
    sides: tuple[SideRow, ...] = ()

    def __len__(self) -> int:
        """Number of candidates."""
        return len(self.order)

    def without_sides(self) -> Problem:
        """The problem without its rows over all contacts."""
        return replace(self, sides=())

    def keeps_sides(self, flown: Mask) -> bool:
        """Whether these contacts keep every row over all contacts."""
        return all(side.is_kept(flown) for side in self.sides)

    def flown_of(self, columns: IndexArray, x: FloatArray) -> Mask:
        """The contacts of these rows that are at 1."""
        flown = np.zeros(len(self), dtype=np.bool_)
        flown[columns] = np.round(x) == 1.0
        return flown

    def flown_in_input_order(self, flown: Mask) -> Mask:
        """The mask of flown contacts by row of the candidates."""
        out = np.zeros(len(self), dtype=np.bool_)
        out[self.order] = flown
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Cliques:
    """Maximal cliques of an interval graph in order of time.

    Interval k belongs to the cliques `first[k] <= c < last[k]`: the ones of every column stand
    together (Fulkerson and Gross 1965). `size` counts members; `member` is one of them.
    """

    first: IndexArray
    last: IndexArray
    size: IndexArray
    member: IndexArray


def problem_of(
    candidates: Candidates,
    satellites: tuple[Resource, ...],
    stations: tuple[Resource, ...],
    quotas: tuple[Quota, ...] = (),
) -> Problem:
    """Put candidates and resources into canonical form.

    `satellites` and `stations` go by the id tuples of the candidates. Raises ValueError where
    ids differ, a contact does not end after it starts, a value is infinite, a contact has its
    station for a partner, or a resource has no terminal, a negative set-up or a negative limit.
    """
    _check(candidates, satellites, stations)
    satellite = _rank(candidates.satellite_ids)[candidates.satellite]
    station = _rank(candidates.station_ids)[candidates.station]
    keys = (candidates.pass_row, candidates.end_utc, candidates.start_utc, station, satellite)
    partner = np.append(_rank(candidates.station_ids), NO_PARTNER)[candidates.partner]  # -1: last
    order = np.lexsort((partner, *keys))
    table = candidates.take(order)
    value = table.value_bits
    return Problem(
        order=order,
        value_bits=value,
        flyable=(value > 0.0) & ~table.banned,
        pinned=table.pinned,
        banned=table.banned,
        tracks=(
            _track(Reason.SATELLITE_BUSY, satellites, _Entries.of_all(satellite[order]), table),
            _track(
                Reason.STATION_BUSY,
                stations,
                _Entries.of_all(station[order]).and_second(partner[order]),
                table,
            ),
            *_passes_with_partners(table),
        ),
        limits=_limits(table, _by_id(satellites), satellite[order]),
        by_value=np.argsort(-value, kind="stable"),
        sides=quota_rows(table, stations, quotas),
    )


def maximal_cliques(start_us: ArrayLike, until_us: ArrayLike) -> Cliques:
    """Maximal cliques of the intervals [start, until), each longer than nothing.

    A clique is maximal where a start is followed by an end before any other start; ends come
    before starts of the same instant. O(n log n).
    """
    start, until = np.asarray(start_us, np.int64), np.asarray(until_us, np.int64)
    count = len(start)
    is_start = np.repeat((True, False), count)
    order = np.lexsort((is_start, np.concatenate((start, until))))
    opens = is_start[order]
    at = np.flatnonzero(opens & ~np.append(opens[1:], False))
    member = order[at]
    times = start[member]
    first = np.searchsorted(times, start, side="left")
    last = np.searchsorted(times, until, side="left")
    slots = len(times) + 1
    entered = np.bincount(first, minlength=slots) - np.bincount(last, minlength=slots)
    return Cliques(first=first, last=last, size=np.cumsum(entered)[:-1], member=member)


def microseconds(instants_utc: ArrayLike) -> MicrosecondArray:
    """Instants as whole microseconds since 1970."""
    return np.asarray(instants_utc, "datetime64[us]").astype(np.int64)


def _check(
    candidates: Candidates, satellites: tuple[Resource, ...], stations: tuple[Resource, ...]
) -> None:
    for ids, resources in (
        (candidates.satellite_ids, satellites),
        (candidates.station_ids, stations),
    ):
        if tuple(item.id for item in resources) != ids:
            raise ValueError("resources must go by the id tuples of the candidates")
    for item in (*satellites, *stations):
        limits = (item.max_contacts_per_orbit or 0, item.max_contacts_per_day or 0)
        if item.terminals < 1 or not 0.0 <= item.setup_s < np.inf or min(limits) < 0:
            raise ValueError(f"{item.id}: terminals, set-up or limits have no meaning")
    if not bool(np.all(candidates.end_utc > candidates.start_utc)):
        raise ValueError("a contact must end after it starts")
    if bool(np.any(np.isinf(candidates.value_bits))):
        raise ValueError("a contact has an infinite value")
    if bool(np.any(candidates.partner == candidates.station)):
        raise ValueError("a contact of two stations names one of them twice")


def _rank(ids: tuple[str, ...]) -> IndexArray:
    rank = np.zeros(len(ids), dtype=np.intp)
    rank[sorted(range(len(ids)), key=lambda index: ids[index])] = np.arange(len(ids))
    return rank


def _by_id(resources: tuple[Resource, ...]) -> tuple[Resource, ...]:
    return tuple(sorted(resources, key=lambda item: item.id))


class _Entries(NamedTuple):
    """Which contact asks for which resource."""

    candidate: IndexArray
    resource: IndexArray

    @classmethod
    def of_all(cls, resource: IndexArray) -> _Entries:
        """An entry of every contact."""
        return cls(np.arange(len(resource)), resource)

    def and_second(self, resource: IndexArray) -> _Entries:
        """These, then an entry of every contact that has a second resource."""
        rows = np.flatnonzero(resource != NO_PARTNER)
        if not len(rows):
            return self
        return _Entries(np.append(self.candidate, rows), np.append(self.resource, resource[rows]))


def _track(
    reason: Reason, resources: tuple[Resource, ...], entries: _Entries, table: Candidates
) -> Track:
    ranked = _by_id(resources)
    setup_us = np.array([round(item.setup_s * 1e6) for item in ranked], dtype=np.int64)
    start_us, end_us = microseconds(table.start_utc), microseconds(table.end_utc)
    is_plain = len(entries.candidate) == len(table)
    return Track(
        reason=reason,
        ids=tuple(item.id for item in ranked),
        terminals=np.array([item.terminals for item in ranked], dtype=np.intp),
        each_once=is_plain,
        candidate=entries.candidate,
        resource=entries.resource,
        start_us=start_us if is_plain else start_us[entries.candidate],
        until_us=(end_us if is_plain else end_us[entries.candidate]) + setup_us[entries.resource],
    )


def _passes_with_partners(table: Candidates) -> tuple[Track, ...]:
    """The passes that contacts of two stations hold, each over an instant of its own."""
    rows = np.flatnonzero(table.partner != NO_PARTNER)
    if not len(rows):
        return ()
    passes = np.concatenate((table.pass_row[rows], table.partner_pass_row[rows]))
    unique, resource = np.unique(passes, return_inverse=True)
    track = Track(
        reason=Reason.SATELLITE_BUSY,
        ids=tuple(str(row) for row in unique.tolist()),
        terminals=np.ones(len(unique), dtype=np.intp),
        each_once=False,
        candidate=np.concatenate((rows, rows)),
        resource=resource.astype(np.intp),
        start_us=np.zeros(len(passes), dtype=np.int64),
        until_us=np.ones(len(passes), dtype=np.int64),
    )
    return (track,)


def _limits(table: Candidates, ranked: tuple[Resource, ...], rank: IndexArray) -> tuple[Limit, ...]:
    per_orbit = [item.max_contacts_per_orbit for item in ranked]
    per_day = [item.max_contacts_per_day for item in ranked]
    found = (
        _limit(Reason.ORBIT_LIMIT, per_orbit, rank, table.orbit_number),
        _limit(Reason.DAY_LIMIT, per_day, rank, table.day_number),
    )
    return tuple(limit for limit in found if len(limit.capacity))


def _limit(
    reason: Reason, largest: list[int | None], rank: IndexArray, number: NDArray[np.int64]
) -> Limit:
    capacity = np.array([-1 if item is None else item for item in largest], dtype=np.intp)
    group = np.full(len(rank), -1, dtype=np.intp)
    rows = np.flatnonzero(capacity[rank] >= 0)
    pairs = np.stack((rank[rows].astype(np.int64), number[rows]), axis=1)
    unique, group[rows] = np.unique(pairs, axis=0, return_inverse=True)
    return Limit(reason=reason, group=group, capacity=capacity[unique[:, 0]])
