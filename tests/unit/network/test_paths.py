"""Ways through the fibre: fewest trusted nodes, then shortest; stations within reach; loops."""

from __future__ import annotations

import numpy as np
from network_cases import fibre, node
from station_cases import station
from tolerances import KILOMETRE, within

from euroqci_planner.mission.network import Network
from euroqci_planner.network.paths import FibreGraph, great_circle_m


def at(name, latitude_deg, longitude_deg):
    radians = np.radians([latitude_deg, longitude_deg]).tolist()
    return station(name, latitude_rad=radians[0], longitude_rad=radians[1])


def graph(links, nodes=(), stations=()):
    return FibreGraph(Network(nodes=tuple(nodes), fibre_links=tuple(links)), stations)


def test_the_way_with_fewer_trusted_nodes_wins_over_the_shorter_one():
    links = [fibre("a", "x", 30.0), fibre("x", "b", 30.0), fibre("a", "b", 75.0)]
    path = graph(links).paths_from("a")["b"]
    assert path.places == ("a", "b")
    assert path.trusted_nodes == 0


def test_of_two_ways_with_as_many_trusted_nodes_the_shorter_wins():
    links = [fibre("a", "x", 60.0), fibre("x", "b", 60.0), fibre("a", "y", 50.0)]
    links.append(fibre("y", "b", 60.0))
    path = graph(links).paths_from("a")["b"]
    assert path.places == ("a", "y", "b")
    assert path.trusted_nodes == 1
    assert path.length_m == within(0.001 * KILOMETRE, of=110e3)


def test_nodes_inside_a_link_count_as_much_as_places_on_the_way():
    path = graph([fibre("a", "x", 240.0), fibre("x", "b", 60.0)]).paths_from("a")["b"]
    assert path.trusted_nodes == 3


def test_a_station_on_the_site_of_a_node_is_reached_without_fibre():
    near, far = at("near", 48.0, 11.0), at("far", 48.2, 11.0)
    found = graph([], [node("n", 48.005, 11.0)], [near, far]).stations_of("n")
    assert [path.places for path in found] == [("n", "near")]
    assert found[0].links == ()


def test_the_three_best_stations_of_a_user_are_kept_the_best_first():
    stations = [at(name, 40.0 + number, 0.0) for number, name in enumerate("pqrs")]
    links = [fibre(item.id, "u", 50.0 + 100.0 * number) for number, item in enumerate(stations)]
    found = graph(links, [node("u", 50.0, 20.0)], stations).stations_of("u")
    assert [path.places[-1] for path in found] == ["p", "q", "r"]


def test_links_that_are_too_lossy_join_nothing_and_are_told():
    dark = fibre("a", "b", 150.0, hop_m=150e3)
    made = graph([dark])
    assert "b" not in made.paths_from("a")
    assert made.dark == (dark,)


def test_equal_ways_are_settled_by_name_whatever_the_order_of_the_links():
    links = [fibre("a", via, 50.0) for via in ("z", "m", "k")]
    links += [fibre(via, "b", 50.0) for via in ("k", "z", "m")]
    paths = {graph(order).paths_from("a")["b"].places for order in (links, links[::-1])}
    assert paths == {("a", "k", "b")}


def test_great_circles_match_known_distances():
    quarter = great_circle_m((0.0, 0.0), (0.0, np.pi / 2))
    assert quarter == within(1.0 * KILOMETRE, of=10_007.6e3)
    vienna, athens = np.radians((48.208, 16.373)), np.radians((37.984, 23.728))
    assert great_circle_m(tuple(vienna), tuple(athens)) == within(5 * KILOMETRE, of=1_283e3)
