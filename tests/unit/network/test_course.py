"""The deterministic course: service, depletion, exposure, tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from network_cases import (
    DAY_S,
    HOUR_S,
    START_UTC,
    demand,
    deposits,
    fibre,
    network_of,
    node,
    satellite,
)
from tolerances import SECOND, within

from euroqci_planner.mission.key_course import StoreKind, StoreName
from euroqci_planner.mission.network import OFFICE_HOURS, DemandClass, Network, aes_rekey
from euroqci_planner.network.course import key_course

NONE = deposits([])


def test_a_stock_without_supply_ends_when_it_is_used_up():
    course = key_course(network_of("ab", [demand("d", "a", "b", 24_000, start_bits=30_500)]), NONE)
    assert course.demands.time_to_empty_s[0] == within(SECOND, of=30.5 * HOUR_S)
    assert course.demands.served_bits[0] == 30_500
    assert course.demands.unserved_bits[0] == 48_000 - 30_500
    assert course.demands.availability[0] == within(1e-6, of=30.5 / 48.0)


def test_a_stock_that_suffices_never_ends():
    course = key_course(network_of("ab", [demand("d", "a", "b", 24_000, start_bits=48_000)]), NONE)
    assert np.isinf(course.demands.time_to_empty_s[0])
    assert course.demands.availability[0] == 1.0


def test_industry_leaves_the_reserve_and_the_public_user_may_take_it():
    industry = demand("i", "a", "b", 24_000, start_bits=10_000, reserve_bits=4_000)
    industry = replace(industry, demand_class=DemandClass.INDUSTRY)
    assert key_course(network_of("ab", [industry]), NONE).demands.served_bits[0] == 6_000
    public = replace(industry, demand_class=DemandClass.PUBLIC)
    assert key_course(network_of("ab", [public]), NONE).demands.served_bits[0] == 10_000


def test_classes_of_one_pair_share_its_store_in_strict_order():
    low = demand("i", "a", "b", 24_000, start_bits=12_000, demand_class=DemandClass.INDUSTRY)
    high = demand("e", "b", "a", 24_000, reserve_bits=5_000, demand_class=DemandClass.EMERGENCY)
    course = key_course(network_of("ab", [low, high], days=1.0), NONE)
    got = dict(zip(course.demands.demand_ids, course.demands.served_bits.tolist(), strict=True))
    assert got["e"] > 8_000
    assert got["e"] + got["i"] == 12_000
    # Industry stops where the reserve and one hour of emergency use would be touched.
    assert got["i"] == within(501, of=(12_000 - 5_000 - 1_000) / 2)


def test_time_without_consumption_does_not_count_against_availability():
    tunnels = aes_rekey(256, 256.0, 1, 1, OFFICE_HOURS)
    plain = demand("d", "a", "b", 1.0, start_bits=36_000)
    course = key_course(network_of("ab", [replace(plain, consumption=tunnels)], days=2.0), NONE)
    assert course.demands.requested_bits[0] == 72_000
    assert course.demands.availability[0] == within(1e-6, of=0.5)
    assert course.demands.time_to_empty_s[0] == within(SECOND, of=(24 + 8) * HOUR_S)


def test_stores_are_sampled_each_hour_and_at_the_end():
    case = network_of("ab", [demand("d", "a", "b", 24_000, start_bits=10_000)], days=0.52)
    course = key_course(case, deposits([("s1", "A", 3.0, 700)]))
    names = (StoreName(StoreKind.LINK, "s1", "A"), StoreName(StoreKind.PAIR, "a", "b"))
    assert course.stores.stores == names
    pair = course.stores.take(course.stores.store == 1)
    assert len(pair) == 14
    assert pair.time_utc[-1] == START_UTC + np.timedelta64(round(0.52 * DAY_S), "s")
    assert pair.expected_bits[:4].tolist() == [10_000, 9_000, 8_000, 7_000]
    link = course.stores.take(course.stores.store == 0)
    assert link.expected_bits[:5].tolist() == [0, 0, 0, 700, 700]
    assert np.isnan(link.reserve_bits).all()
    assert np.isnan(course.stores.p50_bits).all()


def test_long_windows_are_sampled_less_often():
    course = key_course(network_of("ab", [demand("d", "a", "b", 1)], days=30.0), NONE)
    assert len(course.stores) == 30 * 4 + 1


def test_an_empty_network_has_an_empty_course():
    course = key_course(network_of("ab", []), deposits([("s1", "A", 1.0, 500)]))
    assert len(course.demands) == 0
    assert course.ledger.end_bits.tolist() == [500]


def test_the_way_and_whom_it_trusts_are_told():
    link = fibre("A", "u", 420.0)
    case = network_of("ab", [demand("d", "u", "b", 24_000)], links=(link,), days=1.0)
    case = replace(
        case,
        network=replace(case.network, nodes=(*case.network.nodes, node("u", 60.0, 30.0, "UU"))),
    )
    course = key_course(case, deposits([("s1", "A", 0.0, 10**6), ("s1", "B", 0.0, 10**6)]))
    assert course.demands.routes == ("u -[6 hops]- A ~ s1 ~ B at b",)
    # Five nodes on the fibre, the far station, the satellite; the near station is the user's own.
    assert course.demands.trusted_nodes.tolist() == [7]
    assert course.demands.countries == ("AA EU UU",)


def test_a_second_satellite_on_the_way_is_told_too():
    two = (satellite("s1"), satellite("s2", owner="FR"))
    case = network_of("ab", [demand("d", "a", "b", 24_000)], satellites=two, days=1.0)
    contacts = [("s1", name, 0.0, 4_000) for name in "AB"]
    contacts += [("s2", name, 0.0, 9_000) for name in "AB"]
    course = key_course(case, deposits(contacts))
    assert course.demands.routes == ("a at A ~ s2 and 1 more ~ B at b",)
    assert course.demands.countries == ("EU FR",)
    assert course.demands.trusted_nodes.tolist() == [1]


def test_a_way_that_was_not_needed_is_told_as_such():
    case = network_of("ab", [demand("d", "a", "b", 24_000, start_bits=10**6)])
    course = key_course(case, deposits([("s1", "A", 0.0, 4_000), ("s1", "B", 0.0, 4_000)]))
    assert course.demands.routes == ("not used: a at A ~ s1 ~ B at b",)
    assert course.demands.trusted_nodes.tolist() == [1]


def test_a_user_out_of_reach_is_named():
    case = network_of("ab", [demand("d", "a", "u", 24_000)])
    lonely = Network(
        nodes=(*case.network.nodes, node("u", 60.0, 30.0)), demands=case.network.demands
    )
    course = key_course(replace(case, network=lonely), NONE)
    assert course.demands.routes == ("no way: u reaches no station",)
    assert course.demands.trusted_nodes.tolist() == [-1]


def test_a_dark_fibre_is_told():
    dark = fibre("A", "u", 150.0, hop_m=150e3)
    course = key_course(network_of("ab", [demand("d", "b", "u", 1)], links=(dark,)), NONE)
    assert course.warnings[0] == ("fibre A to u: a hop loses more than dv-standard bears: no key")
