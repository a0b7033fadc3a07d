"""Links that pairs of users can get key from, of satellites or direct ones, and who fills them.

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
# Satellite and station, or '' and the two stations of a direct link in order of id.
LinkName = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LinkSupply:
    """Links that may serve a pair, and the contacts that fill them.

    `contacts` are rows of the problem; each brings `bits` to `link` in `bucket`: over the skies,
    the chance times the key there, of this no more than the users of the link can ever use from
    then on. `stock_bits` by link, cut likewise. `route`, `link_a` and `link_b` name every way of a
    pair through one satellite; a direct link is a way alone, with `NO_STORE` as `link_b`.
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
    source = _rows_of(candidates, aims)[problem.order]
    bits, bucket = aims.pass_bits[source], aims.pass_bucket[source]
    brings = np.any((bits > 0.0) & (aims.pass_chance[source] > 0.0), axis=1)
    may = (problem.flyable | problem.pinned) & brings & (bucket != TOO_LATE)
    codes = _codes(table)
    stocks: dict[LinkName, float] = {
        (satellite, station): bits for satellite, station, bits in aims.stocks if bits > 0.0
    }
    fed = {_named(table, code): code for code in np.unique(codes[may]).tolist()}
    route, ends = _ways_of(aims, fed.keys() | stocks.keys())
    names = tuple(sorted({name for pair in ends for name in pair if name}))
    index = {name: row for row, name in enumerate(names)}
    index[()] = NO_STORE
    place = np.full(int(codes.max(initial=-1)) + 1, NO_STORE, dtype=np.intp)
    for name in fed.keys() & index.keys():
        place[fed[name]] = index[name]
    contacts = np.flatnonzero(may & (place[codes] != NO_STORE))
    link_a = np.array([index[a] for a, _ in ends], dtype=np.intp)
    link_b = np.array([index[b] for _, b in ends], dtype=np.intp)
    need = _need(aims, np.array(route, dtype=np.intp), (link_a, link_b), len(names))
    link, at = place[codes[contacts]], bucket[contacts]
    stock = np.array([stocks.get(name, 0.0) for name in names], dtype=np.float64)
    chance = aims.pass_chance[source[contacts]]
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
        held = end != NO_STORE
        users[end[held], pair[held]] = 1.0
    return np.asarray(users @ aims.wanted_bits())


def _rows_of(candidates: Candidates, aims: PairAims) -> IndexArray:
    """Rows of `aims.pass_bits`: contacts of two stations stand last there, in the same order."""
    direct = candidates.partner != NO_PARTNER
    rows = candidates.pass_row.astype(np.intp)
    rows[direct] = len(aims.pass_bits) - int(direct.sum()) + np.arange(int(direct.sum()))
    return rows


def _codes(table: Candidates) -> IndexArray:
    """A number for the link of every contact: the direct ones behind those of satellites."""
    stations = len(table.station_ids)
    direct = table.partner != NO_PARTNER
    first = np.where(direct, len(table.satellite_ids) + table.station, table.satellite)
    second = np.where(direct, table.partner, table.station)
    return np.asarray(first.astype(np.intp) * stations + second)


def _named(table: Candidates, code: int) -> LinkName:
    first, second = divmod(code, len(table.station_ids))
    if first < len(table.satellite_ids):
        return table.satellite_ids[first], table.station_ids[second]
    ends = table.station_ids[first - len(table.satellite_ids)], table.station_ids[second]
    return "", min(ends), max(ends)


def _ways_of(
    aims: PairAims, held: Set[LinkName]
) -> tuple[list[int], list[tuple[LinkName, LinkName]]]:
    """Every route by its direct link, or through every satellite with key at both of its ends.

    A way by a direct link has no second end: ().
    """
    route: list[int] = []
    ends: list[tuple[LinkName, LinkName]] = []
    for number, item in enumerate(aims.routes):
        if item.is_direct:
            direct = ("", min(item.station_a, item.station_b), max(item.station_a, item.station_b))
            if direct in held:
                route.append(number)
                ends.append((direct, ()))
            continue
        for relay in aims.relays:
            pair = ((relay, item.station_a), (relay, item.station_b))
            if pair[0] in held and pair[1] in held:
                route.append(number)
                ends.append(pair)
    return route, ends
