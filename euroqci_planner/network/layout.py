"""Stores, pairs and ways of a network as index arrays: what every simulation of it runs on.

Everything is in order of id, so the order of the input has no say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice, product
from typing import NamedTuple

import numpy as np

from euroqci_planner.mission.assets import Role, Satellite, Station
from euroqci_planner.mission.key_course import (
    NO_SATELLITE,
    BitsArray,
    DepositTable,
    LinkName,
    StoreKind,
    StoreName,
)
from euroqci_planner.mission.network import Demand, Network
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.network.key_store import NEVER, IndexArray
from euroqci_planner.network.paths import STATIONS_PER_USER, FibreGraph, FibrePath

Pair = tuple[str, str]
NO_MEMORY_LIMIT = NEVER
MOST_DIRECT_WAYS = STATIONS_PER_USER**2


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNetwork:
    """What key is stored, relayed and consumed in, over one planning window."""

    network: Network
    satellites: tuple[Satellite, ...]
    stations: tuple[Station, ...]
    policy: Policy
    start_utc: np.datetime64
    duration_s: float


class StationWay(NamedTuple):
    """A station for each user of a pair, and how the users reach them: the ground of a way."""

    access_a: FibrePath
    access_b: FibrePath

    @property
    def stations(self) -> tuple[str, str]:
        """The station of the first user and that of the second."""
        return self.access_a.places[-1], self.access_b.places[-1]

    @property
    def merit(self) -> tuple[int, float, tuple[str, str]]:
        """Fewest trusted nodes, then least fibre, then names."""
        return (
            self.access_a.trusted_nodes + self.access_b.trusted_nodes,
            self.access_a.length_m + self.access_b.length_m,
            self.stations,
        )

    @property
    def fibre_use(self) -> Counter[int]:
        """Bits that each fibre link spends per bit that reaches both users."""
        return Counter(self.access_a.links + self.access_b.links)


@dataclass(frozen=True, slots=True, eq=False)
class PairWays:
    """All ways of one pair: fibre alone (or None), direct links, satellites, the best first."""

    fibre: FibrePath | None
    direct: tuple[StationWay, ...]
    space: tuple[StationWay, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Routes:
    """Ways of all pairs as padded arrays (pairs, ways, ...).

    `link_a` and `link_b` are link stores by satellite, `len(links)` where there is none; `fibre`
    and `fibre_use` are fibre links with the bits each spends per bit, `len(graph.links)` and 0
    where there is none. Way 0 is fibre alone: its link stores are all none. The next `direct` ways
    take key that two stations share: `link_a` has its store, `link_b` none. The others go through
    satellites.
    """

    direct: int
    is_open: np.ndarray
    link_a: IndexArray
    link_b: IndexArray
    fibre: IndexArray
    fibre_use: BitsArray


class Layout:
    """The indices of one network: stores, pairs, ways, in order of id."""

    def __init__(self, case: KeyNetwork, deposits: DepositTable) -> None:
        """Lay out the stores that `deposits` and the initial stocks fill, and their users."""
        self.graph = FibreGraph(case.network, case.stations)
        self.demands: tuple[Demand, ...] = tuple(
            sorted(case.network.demands, key=lambda demand: demand.id)
        )
        self.pairs: tuple[Pair, ...] = tuple(sorted({demand.pair for demand in self.demands}))
        trusted = [item for item in case.satellites if item.role is Role.TRUSTED_NODE]
        self.satellites = tuple(sorted(trusted, key=lambda item: item.id))
        self.links = _link_names(case, deposits, {item.id for item in trusted})
        self.link_index: Mapping[LinkName, int] = {name: row for row, name in enumerate(self.links)}
        self.pair_sources = frozenset(
            deposits.satellite_ids[code] for code in deposits.satellite[deposits.is_direct]
        )
        # How many different satellites are behind every bit of a pair.
        self.relay_paths: BitsArray = np.array(
            [max(item.relay_paths for item in self.demands_of(pair)) for pair in self.pairs],
            dtype=np.int64,
        )
        self.ways = _ways_of_all(self)
        self.routes = _routes(self)
        number = {satellite.id: row for row, satellite in enumerate(self.satellites)}
        self.satellite_of_link = np.array(
            [NO_SATELLITE if name.is_direct else number[name.a] for name in self.links],
            dtype=np.intp,
        )

    @property
    def store_names(self) -> tuple[StoreName, ...]:
        """Links, those of satellites before the direct ones, then pairs."""
        return (
            *(StoreName(StoreKind.LINK, name.a, name.b) for name in self.links),
            *(StoreName(StoreKind.PAIR, *name) for name in self.pairs),
        )

    def is_direct(self, way: int) -> bool:
        """Whether a way takes the key of a direct link."""
        return 0 < way <= self.routes.direct

    def station_way(self, pair: int, way: int) -> StationWay:
        """Stations and accesses of any way but that over fibre alone."""
        ways = self.ways[pair]
        if self.is_direct(way):
            return ways.direct[way - 1]
        return ways.space[way - 1 - self.routes.direct]

    def satellites_of_pair(self, pair: int) -> int:
        """The most trusted satellites that share key with both stations of one way of a pair."""
        shared = [len(self.shared_links(way.stations)) for way in self.ways[pair].space]
        return max(shared, default=0)

    def shared_links(self, stations: Pair) -> list[tuple[int, int]]:
        """Link stores at the first and at the second station, by satellite that has both."""
        index = self.link_index
        both = [[LinkName(item.id, name) for name in stations] for item in self.satellites]
        return [
            (index[one], index[other]) for one, other in both if one in index and other in index
        ]

    def links_of_pair(self, pair: int) -> list[int]:
        """Link stores that a pair may use."""
        used = np.unique([self.routes.link_a[pair], self.routes.link_b[pair]])
        return [int(link) for link in used[used < len(self.links)]]

    def memory_bits(self) -> BitsArray:
        """Key memory by satellite."""
        limits = [item.key_memory_bits for item in self.satellites]
        return np.array(
            [NO_MEMORY_LIMIT if bits is None else int(bits) for bits in limits], dtype=np.int64
        )

    def pair_age_limits_us(self) -> list[int | None]:
        """Age limit by pair: the strictest of its demands."""
        return [
            min((_age_us(demand) for demand in self.demands_of(pair)), default=None, key=_unlimited)
            for pair in self.pairs
        ]

    def link_age_limits_us(self) -> list[int | None]:
        """Age limit by link: the most patient of the pairs that may use it, None without users."""
        ages = self.pair_age_limits_us()
        users: list[list[int | None]] = [[] for _ in self.links]
        for row, age in enumerate(ages):
            for link in self.links_of_pair(row):
                users[link].append(age)
        return [max(mine, key=_unlimited) if mine else None for mine in users]

    def demands_of(self, pair: Pair) -> list[Demand]:
        """Demands of a pair: by class, then by id."""
        mine = [demand for demand in self.demands if demand.pair == pair]
        return sorted(mine, key=lambda demand: (demand.demand_class.rank, demand.id))


def _age_us(demand: Demand) -> int | None:
    age_s = demand.store.max_age_s
    return None if age_s is None else int(age_s * 1e6)


def _unlimited(age_us: int | None) -> int:
    return NEVER if age_us is None else age_us


def _link_names(
    case: KeyNetwork, deposits: DepositTable, trusted: set[str]
) -> tuple[LinkName, ...]:
    stations = len(deposits.station_ids)
    codes = deposits.satellite.astype(np.int64) * stations + deposits.station
    codes = codes * (stations + 1) + deposits.partner + 1
    _, rows = np.unique(codes, return_index=True)
    named = {deposits.link_name(row) for row in rows.tolist()}
    stocks = case.network.link_stocks
    named |= {LinkName(stock.satellite_id, stock.station_id) for stock in stocks}
    kept = [name for name in named if name.is_direct or name.a in trusted]
    return tuple(sorted(kept, key=lambda name: (name.is_direct, name)))


def _ways_of_all(layout: Layout) -> tuple[PairWays, ...]:
    graph, pairs, links = layout.graph, layout.pairs, layout.links
    users = sorted({user for pair in pairs for user in pair})
    reach = {user: graph.paths_from(user) for user in users}
    access = {user: graph.stations_of(user) for user in users}
    direct = {(name.a, name.b) for name in links if name.is_direct}
    partners = {end for name in direct for end in name}
    found = []
    for (a, b), paths in zip(pairs, layout.relay_paths.tolist(), strict=True):
        near, far = (_to_stations(graph, reach[user], partners) for user in (a, b))
        joined = (way for way in space_ways(near, far) if _sorted_ends(way) in direct)
        found.append(
            PairWays(
                fibre=_fibre_alone(reach[a].get(b), paths),
                direct=tuple(islice(joined, MOST_DIRECT_WAYS)),
                space=space_ways(access[a], access[b]),
            )
        )
    return tuple(found)


def _fibre_alone(path: FibrePath | None, relay_paths: int) -> FibrePath | None:
    """The way over fibre alone; one with a trusted node on it is none for redundant paths."""
    if path is None or (relay_paths > 1 and path.trusted_nodes):
        return None
    return path


def _to_stations(
    graph: FibreGraph, reach: Mapping[str, FibrePath], wanted: set[str]
) -> tuple[FibrePath, ...]:
    return tuple(reach[name] for name in graph.station_ids if name in wanted and name in reach)


def _sorted_ends(way: StationWay) -> Pair:
    one, other = way.stations
    return (one, other) if one <= other else (other, one)


def space_ways(
    from_a: tuple[FibrePath, ...], from_b: tuple[FibrePath, ...]
) -> tuple[StationWay, ...]:
    """Pairs of stations whose accesses share no place: with one in common, fibre is the way."""
    ways = [StationWay(one, other) for one, other in product(from_a, from_b)]
    apart = [way for way in ways if not {*way.access_a.places} & {*way.access_b.places}]
    return tuple(sorted(apart, key=lambda way: way.merit))


def _routes(layout: Layout) -> Routes:
    none, no_fibre = len(layout.links), len(layout.graph.links)
    direct = max((len(item.direct) for item in layout.ways), default=0)
    ways = 1 + direct + max((len(item.space) for item in layout.ways), default=0)
    stores = [_links_of_ways(layout, pair, direct) for pair in range(len(layout.pairs))]
    uses = [_fibre_of_ways(item, direct) for item in layout.ways]
    width = max((len(links) for item in stores for links in item), default=0)
    reach = max((len(use) for item in uses for use in item), default=0)
    shape = (len(layout.pairs), ways)
    routes = Routes(
        direct=direct,
        is_open=np.zeros(shape, dtype=np.bool_),
        link_a=np.full((*shape, max(1, width)), none, dtype=np.intp),
        link_b=np.full((*shape, max(1, width)), none, dtype=np.intp),
        fibre=np.full((*shape, max(1, reach)), no_fibre, dtype=np.intp),
        fibre_use=np.zeros((*shape, max(1, reach)), dtype=np.int64),
    )
    for pair, (links, fibres) in enumerate(zip(stores, uses, strict=True)):
        routes.is_open[pair, 0] = layout.ways[pair].fibre is not None
        for way, (mine, use) in enumerate(zip(links, fibres, strict=True)):
            routes.is_open[pair, way] |= bool(mine)
            for column, (first, second) in enumerate(mine):
                routes.link_a[pair, way, column] = first
                routes.link_b[pair, way, column] = second
            for column, (fibre, bits) in enumerate(sorted(use.items())):
                routes.fibre[pair, way, column] = fibre
                routes.fibre_use[pair, way, column] = bits
    return routes


def _links_of_ways(layout: Layout, pair: int, direct: int) -> list[list[tuple[int, int]]]:
    """Link stores by way: of a direct link and none, or of both stations by satellite.

    A way with fewer satellites than the pair has relay paths is closed: it has none.
    """
    index, none, ways = layout.link_index, len(layout.links), layout.ways[pair]
    found: list[list[tuple[int, int]]] = [[] for _ in range(1 + direct)]
    for number, way in enumerate(ways.direct, start=1):
        found[number] = [(index[LinkName.between(*way.stations)], none)]
    for way in ways.space:
        shared = layout.shared_links(way.stations)
        found.append(shared if len(shared) >= layout.relay_paths[pair] else [])
    return found


def _fibre_of_ways(ways: PairWays, direct: int) -> list[Counter[int]]:
    alone = Counter(ways.fibre.links) if ways.fibre else Counter()
    empty: list[Counter[int]] = [Counter() for _ in range(direct - len(ways.direct))]
    over_direct = [way.fibre_use for way in ways.direct]
    return [alone, *over_direct, *empty, *(way.fibre_use for way in ways.space)]
