"""Ways through the fibre: from a user to the ground stations within reach, and to other users.

The best way trusts the fewest places, then is the shortest; what is still equal is settled by the
names on the way, so that the order of the input has no say.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.network import FibreLink, Network, Node
from euroqci_planner.network.fibre import FibreChain, chain_of

CO_LOCATED_M = 1_000.0
STATIONS_PER_USER = 3
_EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True, slots=True, order=True)
class FibrePath:
    """A way through the fibre, ordered by merit.

    `trusted_nodes` counts what lies between its two ends: nodes inside of links and places on
    the way. `links` index the graph's links; joints between a node and a station of one site
    are no links.
    """

    trusted_nodes: int
    length_m: float
    places: tuple[str, ...]
    links: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Edge:
    to: str
    link: int
    trusted_nodes: int
    length_m: float


class FibreGraph:
    """Nodes and stations, joined by fibre that gives key and by standing on one site.

    `links` and `chains` go together, in an order that does not depend on the input's. Links
    whose hops lose more than their device bears are in `dark` and join nothing.
    """

    def __init__(self, network: Network, stations: Sequence[Station]) -> None:
        """Build from the nodes and links of a network; `stations` are those of the scenario."""
        ordered = sorted(network.fibre_links, key=_link_order)
        chains = [chain_of(link) for link in ordered]
        lit = [number for number, chain in enumerate(chains) if chain.mean_rate_bps > 0.0]
        self.links: tuple[FibreLink, ...] = tuple(ordered[number] for number in lit)
        self.chains: tuple[FibreChain, ...] = tuple(chains[number] for number in lit)
        self.dark: tuple[FibreLink, ...] = tuple(
            link for number, link in enumerate(ordered) if chains[number].mean_rate_bps <= 0.0
        )
        self.station_ids = tuple(sorted(station.id for station in stations))
        self._edges: dict[str, list[_Edge]] = {}
        for number, (link, chain) in enumerate(zip(self.links, self.chains, strict=True)):
            self._join(link.a, link.b, _Edge(link.b, number, chain.trusted_nodes, link.length_m))
        for a, b, distance_m in _co_located(network.nodes, stations):
            self._join(a, b, _Edge(b, -1, 0, distance_m))

    def _join(self, a: str, b: str, edge: _Edge) -> None:
        back = _Edge(a, edge.link, edge.trusted_nodes, edge.length_m)
        self._edges.setdefault(a, []).append(edge)
        self._edges.setdefault(b, []).append(back)

    def paths_from(self, origin: str) -> dict[str, FibrePath]:
        """The best path from `origin` to every place that fibre reaches, itself included."""
        return self._search(origin, frozenset(), frozenset())

    def _search(
        self, origin: str, closed: frozenset[str], closed_links: frozenset[int]
    ) -> dict[str, FibrePath]:
        """Dijkstra's algorithm on (trusted nodes, length, names) without what is closed."""
        best: dict[str, FibrePath] = {}
        waiting = [FibrePath(0, 0.0, (origin,), ())]
        while waiting:
            path = heapq.heappop(waiting)
            here = path.places[-1]
            if here in best:
                continue
            best[here] = path
            for edge in self._edges.get(here, ()):
                is_open = edge.to not in closed and edge.link not in closed_links
                if is_open and edge.to not in best:
                    heapq.heappush(waiting, _longer(path, edge))
        return best

    def joints(self) -> Iterator[tuple[str, str, int]]:
        """All that is joined: two places and the link between them, -1 on one site."""
        for place, edges in sorted(self._edges.items()):
            yield from ((place, edge.to, edge.link) for edge in edges if place < edge.to)

    def path_apart(self, path: FibrePath) -> FibrePath | None:
        """The best path with the ends of `path` and nothing else of it, or None."""
        closed = frozenset(path.places[1:-1])
        links = frozenset(path.links) if not closed else frozenset()
        return self._search(path.places[0], closed, links).get(path.places[-1])

    def stations_of(self, node_id: str, most: int = STATIONS_PER_USER) -> tuple[FibrePath, ...]:
        """Paths from a node to its best stations, the best first, at most `most`."""
        found = self.paths_from(node_id)
        paths = sorted(found[name] for name in self.station_ids if name in found)
        return tuple(paths[:most])


def _longer(path: FibrePath, edge: _Edge) -> FibrePath:
    passed = 1 if len(path.places) > 1 else 0
    return FibrePath(
        path.trusted_nodes + edge.trusted_nodes + passed,
        path.length_m + edge.length_m,
        (*path.places, edge.to),
        path.links if edge.link < 0 else (*path.links, edge.link),
    )


def _link_order(link: FibreLink) -> tuple[str, str, float, float, str, float]:
    first, second = sorted((link.a, link.b))
    return first, second, link.length_m, link.hop_m, link.device.id, -link.availability


def _co_located(
    nodes: Sequence[Node], stations: Sequence[Station]
) -> Iterator[tuple[str, str, float]]:
    """Nodes and stations within `CO_LOCATED_M` of one another: they stand on one site."""
    for node in nodes:
        for station in stations:
            distance_m = great_circle_m(
                (node.latitude_rad, node.longitude_rad),
                (station.latitude_rad, station.longitude_rad),
            )
            if distance_m <= CO_LOCATED_M:
                yield node.id, station.id, distance_m


def great_circle_m(a_rad: tuple[float, float], b_rad: tuple[float, float]) -> float:
    """Distance on the mean sphere between two (latitude, longitude), haversine formula."""
    half_latitude, half_longitude = 0.5 * (b_rad[0] - a_rad[0]), 0.5 * (b_rad[1] - a_rad[1])
    squared = (
        np.sin(half_latitude) ** 2
        + np.cos(a_rad[0]) * np.cos(b_rad[0]) * np.sin(half_longitude) ** 2
    )
    return float(2.0 * _EARTH_RADIUS_M * np.arcsin(min(1.0, np.sqrt(squared))))
