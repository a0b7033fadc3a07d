"""Which pairs of stations can serve a demand with a key of their own."""

from __future__ import annotations

import numpy as np
from network_cases import demand, fibre, network_of

from euroqci_planner.network.station_pairs import station_pairs_of


def names(case):
    ids = [item.id for item in case.stations]
    wanted = station_pairs_of(case.network, case.stations)
    assert np.array_equal(wanted, wanted.T)
    return {f"{ids[a]}{ids[b]}" for a, b in np.argwhere(wanted) if a < b}


def test_without_demands_every_two_stations_count():
    assert names(network_of("abc", [])) == {"AB", "AC", "BC"}


def test_a_demand_takes_the_stations_on_the_sites_of_its_users():
    assert names(network_of("abc", [demand("d", "a", "c", 1.0)])) == {"AC"}


def test_access_fibre_leads_to_further_stations():
    links = (fibre("c", "B", 100.0),)
    case = network_of("abc", [demand("d", "a", "c", 1.0)], links=links)
    assert names(case) == {"AC", "AB"}


def test_stations_behind_one_place_do_not_serve_the_pair():
    links = (fibre("a", "B", 100.0), fibre("c", "B", 100.0))
    case = network_of("abc", [demand("d", "a", "c", 1.0)], links=links)
    assert names(case) == {"AB", "AC", "BC"}
    alone = network_of("ab", [demand("d", "a", "b", 1.0)], links=(fibre("a", "b", 100.0),))
    assert names(alone) == {"AB"}
