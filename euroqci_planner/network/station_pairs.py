"""Pairs of stations whose common key some pair of users can take."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.network import Network
from euroqci_planner.network.paths import FibreGraph


def station_pairs_of(network: Network, stations: Sequence[Station]) -> NDArray[np.bool_]:
    """Which stations (rows) can share key for a demand with which others (columns), symmetric.

    One station is reached from each user, on its site or over fibre, by ways that have no place in
    common: where they do, the fibre alone serves the pair. Without demands every two stations.
    """
    every = ~np.eye(len(stations), dtype=np.bool_)
    if not network.demands:
        return every
    graph = FibreGraph(network, stations)
    users = {user for demand in network.demands for user in demand.pair}
    reach = {user: graph.paths_from(user) for user in sorted(users)}
    row = {station.id: number for number, station in enumerate(stations)}
    wanted = np.zeros_like(every)
    for a, b in sorted({demand.pair for demand in network.demands}):
        near, far = ([(row[at], {*path.places}) for at, path in reach[user].items() if at in row]
                     for user in (a, b))  # fmt: skip
        for (one, on_way), (other, on_other) in product(near, far):
            if not on_way & on_other:
                wanted[one, other] = wanted[other, one] = True
    return wanted & every
