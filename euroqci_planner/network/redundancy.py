"""Path redundancy: how many ways between two users share no place at all."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import maximum_flow

from euroqci_planner.network.layout import Layout


def disjoint_ways(layout: Layout) -> list[int]:
    """By pair: the largest number of ways that share no place (Menger 1927).

    Places are nodes, stations and satellites; a satellite joins the stations that it shares key
    with, a direct link its two stations.
    """
    places, ends = _places(layout)
    number = {name: row for row, name in enumerate(places)}
    inside = [(2 * row, 2 * row + 1) for row in range(len(places))]
    between = [(2 * number[a] + 1, 2 * number[b]) for a, b in ends]
    between += [(2 * number[b] + 1, 2 * number[a]) for a, b in ends]
    arcs = np.array([*inside, *between], dtype=np.int32).reshape(-1, 2)
    found = []
    for a, b in layout.pairs:
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
