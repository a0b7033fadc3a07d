"""Which demands a station serves: the reach of the key stores, asked for before any contact."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.network import HOURS_PER_WEEK, Demand, Network
from euroqci_planner.network.layout import space_ways
from euroqci_planner.network.paths import FibreGraph


@dataclass(frozen=True, slots=True)
class Service:
    """One demand: the stations that may take key for either of its users, by id.

    Both are empty where no two stations serve the pair. `mean_rate_bps` is what it asks for, over
    the hours of the week.
    """

    demand: Demand
    at_a: tuple[str, ...]
    at_b: tuple[str, ...]
    mean_rate_bps: float


def services_of(
    network: Network, stations: Sequence[Station], *, over_pairs: bool = False
) -> Mapping[str, Service]:
    """The stations of every demand, by its id.

    A user reaches its best stations on its site or over fibre (`FibreGraph.stations_of`), and the
    other user one whose way has no place in common. With `over_pairs` every station in reach
    counts, as for sources of entangled pairs.
    """
    graph = FibreGraph(network, stations)
    most = len(stations) if over_pairs else None
    users = sorted({user for demand in network.demands for user in demand.pair})
    access = {
        user: graph.stations_of(user) if most is None else graph.stations_of(user, most)
        for user in users
    }
    found = {}
    for demand in sorted(network.demands, key=lambda item: item.id):
        ways = [way.stations for way in space_ways(access[demand.a], access[demand.b])]
        rates = demand.consumption.hourly_rates_bps
        found[demand.id] = Service(
            demand=demand,
            at_a=tuple(sorted({one for one, _ in ways})),
            at_b=tuple(sorted({other for _, other in ways})),
            mean_rate_bps=math.fsum(rates) / HOURS_PER_WEEK,
        )
    return found
