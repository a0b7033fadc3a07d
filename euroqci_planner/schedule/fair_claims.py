"""Who takes part in the fairness among stations, with what weight, and what each has so far."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import block_array, csc_array

from euroqci_planner.mission.plan import Resource
from euroqci_planner.schedule.conflicts import IndexArray, Mask, Problem
from euroqci_planner.schedule.programme import Programme
from euroqci_planner.schedule.sides import SideRow
from euroqci_planner.schedule.timetable import Timetable
from euroqci_planner.units import FloatArray

_FLOOR_WITHIN = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Claims:
    """Stations that count, by number: those with a weight and a contact that can be flown.

    Entry k: the key of contact `contact[k]` (a row of the problem) is credited to station
    `station[k]` (a number), as `bits[k]` in units of the station's weight. A contact of two
    stations is credited to both: both hold its key. `weight` has the mean 1.
    """

    ids: tuple[str, ...]
    weight: FloatArray
    contact: IndexArray
    station: IndexArray
    bits: FloatArray

    def __len__(self) -> int:
        """Number of stations that count."""
        return len(self.ids)

    def keys(self, flown: Mask) -> FloatArray:
        """Key of each station over its weight, in bits."""
        rows = flown[self.contact]
        return np.bincount(self.station[rows], self.bits[rows], len(self)).astype(np.float64)

    def smallest(self, flown: Mask) -> float:
        """The smallest of them, 0 where no station counts."""
        return float(self.keys(flown).min()) if len(self) else 0.0


def claims_of(problem: Problem, stations: tuple[Resource, ...], pins: Timetable) -> Claims:
    """The claims of the stations that can have any key beside the pins.

    `stations` have a weight of zero or more each; zero: no claim.
    """
    track = problem.tracks[1]
    weights = {item.id: item.weight for item in stations}
    weight = np.array([weights[name] for name in track.ids])
    may_fly = problem.flyable & np.array([pins.fits(row) for row in range(len(problem))], bool)
    entries = np.flatnonzero((may_fly | problem.pinned)[track.candidate])
    entries = entries[problem.value_bits[track.candidate[entries]] > 0.0]
    counts = np.zeros(len(weight), dtype=np.bool_)
    counts[track.resource[entries]] = True
    counts &= weight > 0.0
    number = np.cumsum(counts) - 1
    kept = np.flatnonzero(counts[track.resource])
    scale = float(weight[counts].mean()) if bool(counts.any()) else 1.0
    of_entry = track.resource[kept]
    return Claims(
        ids=tuple(name for name, is_in in zip(track.ids, counts, strict=True) if is_in),
        weight=weight[counts] / scale,
        contact=track.candidate[kept],
        station=number[of_entry],
        bits=np.nan_to_num(problem.value_bits[track.candidate[kept]]) * scale / weight[of_entry],
    )


def fair_programme(
    programme: Programme, unit_bits: float, claims: Claims
) -> tuple[Programme, float]:
    """Maximise the smallest key instead: a column more, a row more for each station.

    The last column is the smallest key in units of the second value, in bits: the most that the
    poorest station could have if it were alone.
    """
    columns = programme.columns
    place = np.full(int(claims.contact.max(initial=-1)) + 1, -1, dtype=np.intp)
    known = columns[columns < len(place)]
    place[known] = np.arange(len(known))
    kept = np.flatnonzero(place[claims.contact] >= 0)
    at, station, bits = place[claims.contact[kept]], claims.station[kept], claims.bits[kept]
    most_bits = float(np.bincount(station, bits, len(claims)).min()) or unit_bits
    shape = (len(claims), len(columns))
    rows = csc_array((-bits / most_bits, (station, at)), shape=shape)
    smallest = csc_array(np.ones((len(claims), 1)))
    return replace(
        programme,
        columns=np.append(columns, -1),
        matrix=csc_array(block_array([[programme.matrix, None], [rows, smallest]], format="csc")),
        capacity=np.append(programme.capacity, np.zeros(len(claims))),
        value=np.append(np.zeros(len(columns)), 1.0),
        rank=np.append(programme.rank, 0.0),
        fixed=np.append(programme.fixed, False),
        seldom=np.append(programme.seldom, np.ones(len(claims), dtype=np.bool_)),
    ), most_bits


def floors(claims: Claims, contacts: int, least_bits: float) -> tuple[SideRow, ...]:
    """Rows that give every station at least `least_bits` over its weight; none for zero."""
    if least_bits <= 0.0:
        return ()
    rows = []
    for number in range(len(claims)):
        mine = claims.station == number
        amount = np.zeros(contacts)
        amount[claims.contact[mine]] = -claims.bits[mine]
        rows.append(SideRow("", amount, -least_bits, _FLOOR_WITHIN * least_bits))
    return tuple(rows)
