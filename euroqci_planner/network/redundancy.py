"""Path redundancy: how many ways between two users share no place at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import maximum_bipartite_matching, maximum_flow

from euroqci_planner.network.layout import Layout


def disjoint_ways(layout: Layout) -> list[int]:
    """By pair: the largest number of ways that share no place (Menger 1927).

    Places are nodes, stations and satellites; a satellite joins the stations that it shares key
    with, a direct link its two stations. With redundant paths a way takes as many satellites as
    there are paths: the figure counts the pair's best ways (`Layout.ways`) that can be had at once
    with satellites of their own.
    """
    places, ends = _places(layout)
    number = {name: row for row, name in enumerate(places)}
    inside = [(2 * row, 2 * row + 1) for row in range(len(places))]
    between = [(2 * number[a] + 1, 2 * number[b]) for a, b in ends]
    between += [(2 * number[b] + 1, 2 * number[a]) for a, b in ends]
    arcs = np.array([*inside, *between], dtype=np.int32).reshape(-1, 2)
    found = []
    for pair, (a, b) in enumerate(layout.pairs):
        if layout.relay_paths[pair] > 1:
            found.append(_disjoint_bundles(layout, pair))
            continue
        if a not in number or b not in number:
            found.append(0)
            continue
        graph = _unit_graph(arcs, 2 * len(places))
        flow = maximum_flow(graph, 2 * number[a] + 1, 2 * number[b])
        found.append(int(flow.flow_value))
    return found


def _places(layout: Layout) -> tuple[list[str], list[tuple[str, str]]]:
    """Places by name (satellites are marked), and what is joined to what."""
    graph = layout.graph
    ends = [(a, b) for a, b, _ in graph.joints()]
    ends += [(name.a if name.is_direct else f"satellite {name.a}", name.b) for name in layout.links]
    return sorted({name for pair in ends for name in pair}), ends


def _unit_graph(arcs: np.ndarray, size: int) -> csr_array:
    ones = np.ones(len(arcs), dtype=np.int32)
    graph = csr_array(coo_array((ones, (arcs[:, 0], arcs[:, 1])), shape=(size, size)))
    graph.data[:] = 1
    return graph


@dataclass(frozen=True, slots=True)
class _Bundle:
    """A way with redundant paths: its places, the satellites it could take, how many it takes."""

    places: frozenset[str]
    satellites: tuple[int, ...]
    paths: int


def _disjoint_bundles(layout: Layout, pair: int) -> int:
    users, routes = {*layout.pairs[pair]}, layout.routes
    bundles = []
    for way in np.flatnonzero(routes.is_open[pair]).tolist():
        fibre = layout.ways[pair].fibre
        paths = layout.station_way(pair, way) if way or fibre is None else (fibre,)
        places = frozenset(place for path in paths for place in path.places) - users
        links = [link for link in routes.link_a[pair, way].tolist() if link < len(layout.links)]
        carried = tuple(int(layout.satellite_of_link[link]) for link in links)
        is_relayed = way > 0 and not layout.is_direct(way)
        needed = int(layout.relay_paths[pair]) if is_relayed else 0
        bundles.append(_Bundle(places, carried if is_relayed else (), needed))
    return _most(bundles, [], len(layout.satellites))


def _most(rest: list[_Bundle], chosen: list[_Bundle], satellites: int) -> int:
    """The largest number of bundles, those of `chosen` among them, that go side by side."""
    best = len(chosen)
    for number, bundle in enumerate(rest):
        taken = [*chosen, bundle]
        if _have_satellites(taken, satellites):
            later = [item for item in rest[number + 1 :] if not item.places & bundle.places]
            best = max(best, _most(later, taken, satellites))
    return best


def _have_satellites(bundles: list[_Bundle], satellites: int) -> bool:
    """Whether each can have all its satellites for itself (a matching, Hall 1935)."""
    wants = [bundle for bundle in bundles for _ in range(bundle.paths)]
    if not wants:
        return True
    graph = np.zeros((len(wants), satellites), dtype=np.int8)
    for row, bundle in enumerate(wants):
        graph[row, list(bundle.satellites)] = 1
    return bool((maximum_bipartite_matching(csr_array(graph), perm_type="column") >= 0).all())
