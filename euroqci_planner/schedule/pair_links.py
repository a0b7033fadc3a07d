"""Links of satellites and stations that pairs of users can get key from, and who fills them.

A contact counts, sky by sky, with the chance times what of the key there the users of its link
could ever use. That is the expectation of what one contact is good for; a single long pass under a
doubtful sky does not count for certain service, which more passes make likelier.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.key_course import NO_PARTNER
from euroqci_planner.mission.pair_aims import TOO_LATE, PairAims
from euroqci_planner.mission.plan import Candidates
from euroqci_planner.schedule.conflicts import IndexArray, Problem
from euroqci_planner.units import FloatArray

NO_STORE = -1
LinkName = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class LinkSupply:
    """Links (satellite, station) that may serve a pair, and the contacts that fill them.

    `contacts` are rows of the problem; each brings `bits` to `link` in `bucket`: over the skies,
    the chance times the key there, of this no more than the users of the link can ever use from
    then on. `stock_bits` by link, cut likewise. `route`, `link_a` and `link_b` name every way of a
    pair through one satellite.
    """

    names: tuple[LinkName, ...]
    stock_bits: FloatArray
    contacts: IndexArray
    link: IndexArray
    bucket: IndexArray
    bits: FloatArray
    route: IndexArray
    link_a: IndexArray
    link_b: IndexArray

    def by_bucket(self, buckets: int) -> FloatArray:
        """Bits that come to each link by bucket if every contact is flown (links, buckets)."""
        found = np.zeros((len(self.names), buckets))
        np.add.at(found, (self.link, self.bucket), self.bits)
        found[:, :1] += self.stock_bits[:, None]
        return found


def link_supply(candidates: Candidates, problem: Problem, aims: PairAims) -> LinkSupply:
    """Links that routes can use, with the contacts that bring them key in time."""
    table = candidates.take(problem.order)
    bits, bucket = aims.pass_bits[table.pass_row], aims.pass_bucket[table.pass_row]
    brings = np.any((bits > 0.0) & (aims.pass_chance[table.pass_row] > 0.0), axis=1)
    may = (problem.flyable | problem.pinned) & brings & (bucket != TOO_LATE)
    may &= table.partner == NO_PARTNER
    stations = len(table.station_ids)
    codes = table.satellite.astype(np.intp) * stations + table.station
    stocks = {(satellite, station): bits for satellite, station, bits in aims.stocks if bits > 0.0}
    fed = {_named(table, code, stations): code for code in np.unique(codes[may]).tolist()}
    route, ends = _ways_of(aims, fed.keys() | stocks.keys())
    names = tuple(sorted({name for pair in ends for name in pair}))
    index = {name: row for row, name in enumerate(names)}
    place = np.full(len(table.satellite_ids) * stations, NO_STORE, dtype=np.intp)
    for name in fed.keys() & index.keys():
        place[fed[name]] = index[name]
    contacts = np.flatnonzero(may & (place[codes] != NO_STORE))
    link_a = np.array([index[a] for a, _ in ends], dtype=np.intp)
    link_b = np.array([index[b] for _, b in ends], dtype=np.intp)
    need = _need(aims, np.array(route, dtype=np.intp), (link_a, link_b), len(names))
    link, at = place[codes[contacts]], bucket[contacts]
    stock = np.array([stocks.get(name, 0.0) for name in names], dtype=np.float64)
    chance = aims.pass_chance[table.pass_row[contacts]]
    return LinkSupply(
        names=names,
        stock_bits=np.minimum(stock, need[:, 0]),
        contacts=contacts,
        link=link,
        bucket=at,
        bits=(chance * np.minimum(bits[contacts], need[link, at][:, None])).sum(axis=1),
        route=np.array(route, dtype=np.intp),
        link_a=link_a,
        link_b=link_b,
    )


def _need(
    aims: PairAims, route: IndexArray, ends: tuple[IndexArray, IndexArray], links: int
) -> FloatArray:
    """What all users of each link want from each bucket on (links, buckets)."""
    pair = np.array([item.pair for item in aims.routes], dtype=np.intp)[route]
    users = np.zeros((links, len(aims.pairs)))
    for end in ends:
        users[end, pair] = 1.0
    return np.asarray(users @ aims.wanted_bits())


def _named(table: Candidates, code: int, stations: int) -> LinkName:
    satellite, station = divmod(code, stations)
    return table.satellite_ids[satellite], table.station_ids[station]


def _ways_of(
    aims: PairAims, held: Set[LinkName]
) -> tuple[list[int], list[tuple[LinkName, LinkName]]]:
    """Every route through every satellite that can hold key at both of its ends."""
    route, ends = [], []
    for number, item in enumerate(aims.routes):
        for relay in aims.relays:
            pair = ((relay, item.station_a), (relay, item.station_b))
            if pair[0] in held and pair[1] in held:
                route.append(number)
                ends.append(pair)
    return route, ends
