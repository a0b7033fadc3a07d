"""Age of relayed key, trusted places and single points of a pair."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from network_cases import (
    DAY_S,
    HOUR_S,
    PROMPT,
    demand,
    deposits,
    fibre,
    network_of,
    node,
    satellite,
)
from tolerances import within

from euroqci_planner.network.course import key_course

SECOND = 1.0


def security_of(case, contacts):
    (pair,) = key_course(case, deposits(contacts)).security
    return pair


def test_a_bit_is_as_old_as_the_older_of_the_two_that_were_combined():
    case = network_of("ab", [demand("d", "a", "b", 10**6)], days=1.0)
    pair = security_of(case, [("s1", "A", 2.0, 1_000), ("s1", "B", 9.0, 1_000)])
    assert pair.oldest_age_s == within(SECOND, of=7 * HOUR_S)
    assert pair.mean_age_s == within(SECOND, of=7 * HOUR_S)
    assert pair.is_age_known


def test_lots_of_a_store_go_in_order_of_age_and_are_weighed_by_their_bits():
    case = network_of("ab", [demand("d", "a", "b", 10**6)], days=1.0)
    contacts = [("s1", "A", 1.0, 300), ("s1", "A", 5.0, 900), ("s1", "B", 10.0, 600)]
    pair = security_of(case, contacts)
    # 300 bits wait 9 h, the next 300 wait 5 h; 600 bits at A stay behind.
    assert pair.oldest_age_s == within(SECOND, of=9 * HOUR_S)
    assert pair.mean_age_s == within(SECOND, of=0.5 * (9 + 5) * HOUR_S)


def test_the_wait_for_the_classical_contact_counts():
    case = network_of("ab", [demand("d", "a", "b", 10**6)], days=1.0)
    case = replace(case, policy=replace(PROMPT, classical_contact_s=2 * HOUR_S))
    pair = security_of(case, [("s1", "A", 2.0, 1_000), ("s1", "B", 3.0, 1_000)])
    assert pair.oldest_age_s == within(SECOND, of=3 * HOUR_S)


def test_key_at_hand_at_the_start_has_no_known_age():
    stocks = {("s1", "A"): 1_000}
    case = network_of("ab", [demand("d", "a", "b", 10**6)], stocks=stocks, days=1.0)
    pair = security_of(case, [("s1", "B", 6.0, 1_000)])
    assert pair.oldest_age_s == within(SECOND, of=6 * HOUR_S)
    assert not pair.is_age_known


def test_no_relayed_key_is_older_than_the_age_limit_of_its_pair():
    case = network_of("ab", [demand("d", "a", "b", 10**6, max_age_s=0.5 * DAY_S)], days=3.0)
    contacts = [("s1", "A", float(hour), 500) for hour in range(0, 60, 6)]
    contacts += [("s1", "B", 50.0, 10_000)]
    pair = security_of(case, contacts)
    assert 0.0 < pair.oldest_age_s <= 0.5 * DAY_S


def test_a_pair_on_fibre_alone_has_no_relayed_key_and_no_satellite_block():
    case = network_of("ab", [demand("d", "a", "b", 1_000)], links=(fibre("a", "b", 100.0),))
    pair = security_of(case, [])
    assert np.isnan(pair.oldest_age_s)
    assert (pair.blocks, pair.epsilon) == (0, 0.0)
    (way,) = pair.ways
    assert (way.places, way.trusted_nodes, way.satellites) == ((), 1, ())


def test_trusted_places_stand_in_the_order_of_the_way():
    links = (fibre("A", "u", 60.0), fibre("u", "v", 60.0))
    case = network_of("ab", [demand("d", "b", "v", 10**6)], links=links, days=1.0)
    network = replace(
        case.network, nodes=(*case.network.nodes, node("u", 47.0, 20.0), node("v", 47.0, 21.0))
    )
    pair = security_of(
        replace(case, network=network), [("s1", "A", 1.0, 10**5), ("s1", "B", 2.0, 10**5)]
    )
    (way,) = pair.ways
    # The user b stands on the site of station B; v reaches station A over u.
    assert way.places == ("s1", "A", "u")
    assert way.trusted_nodes == 3
    assert pair.common_places == ("A", "s1", "u")


def test_two_satellites_on_one_way_and_another_way_leave_no_single_point():
    two = (satellite("s1"), satellite("s2"))
    links = (fibre("a", "b", 60.0),)
    case = network_of("ab", [demand("d", "a", "b", 10**9)], satellites=two, links=links, days=1.0)
    contacts = [(name, site, 1.0, 10**5) for name in ("s1", "s2") for site in "AB"]
    pair = security_of(case, contacts)
    assert len([way for way in pair.ways if way.bits]) == 2
    assert pair.common_places == ()
    # Both satellites are reached over the same two stations.
    assert pair.disjoint_ways == 2


def test_where_two_satellites_share_the_work_neither_is_a_single_point():
    two = (satellite("s1"), satellite("s2"))
    links = (fibre("A", "u", 60.0),)
    case = network_of("ab", [demand("d", "b", "u", 10**9)], satellites=two, links=links, days=1.0)
    nodes = (*case.network.nodes, node("u", 47.0, 20.0))
    case = replace(case, network=replace(case.network, nodes=nodes))
    pair = security_of(case, [(name, site, 1.0, 10**5) for name in ("s1", "s2") for site in "AB"])
    assert pair.places == ("A", "s1", "s2")
    assert pair.common_places == ("A",)
