"""Pairs whose every bit is the XOR over several satellites: what they get and whom they trust."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from network_cases import DAY_S, HOUR_S, PROMPT, demand, deposits, fibre, network_of, satellite
from tolerances import within

from euroqci_planner.mission.assets import Role
from euroqci_planner.mission.key_course import StoreKind
from euroqci_planner.network.course import key_course
from euroqci_planner.network.hybrid_flow import hybrid_flow
from euroqci_planner.network.layout import Layout
from euroqci_planner.network.outlook import next_deposits
from euroqci_planner.network.redundancy import disjoint_ways

THREE = tuple(satellite(f"s{number}", owner=f"E{number}") for number in (1, 2, 3))
MUCH = 10**6


def seen(bits, stations="AB", hour=1.0):
    """Every satellite with its bits at every station."""
    return [
        (f"s{number}", station, hour, key)
        for number, key in enumerate(bits, start=1)
        for station in stations
    ]


def case_of(paths, names="ab", asked=MUCH, *, satellites=THREE, **fields):
    return network_of(
        names, [demand("d", "a", "b", asked, relay_paths=paths)], satellites=satellites, **fields
    )


@pytest.mark.parametrize(("paths", "served"), [(1, 1_200), (2, 500), (3, 200), (4, 0)])
def test_a_pair_gets_the_largest_number_that_its_satellites_can_combine(paths, served):
    course = key_course(case_of(paths), deposits(seen((700, 300, 200))))
    assert course.demands.served_bits.tolist() == [served]


def test_each_side_gives_paths_times_the_bits_and_no_satellite_more_than_the_bits():
    course = key_course(case_of(2), deposits(seen((700, 300, 200))))
    relays = course.relays
    assert relays.paths.tolist() == [2] * len(relays)
    assert relays.bits.sum() == 2 * 500
    by_satellite = np.bincount(relays.satellite, relays.bits)
    assert by_satellite.tolist() == [500, 300, 200]
    withdrawn = dict(zip(course.ledger.stores, course.ledger.withdrawn_bits, strict=True))
    at_a = [bits for name, bits in withdrawn.items() if name.b == "A"]
    assert at_a == [500, 300, 200]


def test_what_is_wanted_comes_from_the_satellites_with_most_key():
    case = case_of(2, asked=240, days=1.0, satellites=THREE)
    course = key_course(case, deposits(seen((900, 100, 800))))
    assert {course.relays.satellite_ids[row] for row in course.relays.satellite} == {"s1", "s3"}


def test_satellites_are_not_trusted_singly_and_so_many_must_collude():
    course = key_course(case_of(2), deposits(seen((700, 300, 200))))
    (pair,) = course.security
    assert course.demands.trusted_nodes.tolist() == [0]
    assert course.demands.countries == ("",)
    assert pair.places == pair.common_places == ()
    assert pair.satellites_to_collude == 2
    assert pair.ways[0].satellites == ("s1", "s2", "s3")
    assert pair.ways[0].bits == 500
    assert pair.ways[0].text == "a at A ~ 2 paths over s1 and 2 more ~ B at b"


def test_an_owner_of_enough_satellites_counts_as_a_country():
    fleet = tuple(replace(item, owner="EU") for item in THREE)
    course = key_course(case_of(2, satellites=fleet), deposits(seen((700, 300, 200))))
    assert course.demands.countries == ("EU",)


def test_one_path_is_the_plain_relay_with_its_satellite_trusted():
    (pair,) = key_course(case_of(1), deposits(seen((700, 300, 200)))).security
    assert pair.satellites_to_collude == 1
    assert pair.trusted_nodes == 1
    assert pair.places == ("s1", "s2", "s3")


def test_a_demand_that_asks_for_too_many_paths_is_told_of_by_its_id():
    course = key_course(case_of(3, satellites=THREE[:2]), deposits(seen((700, 300))))
    assert course.demands.served_bits.tolist() == [0]
    assert course.demands.routes == (
        "no way: fewer than 3 trusted satellites share key with both users' stations",
    )
    assert (
        "demand d can never be served: its pair takes relay_paths = 3, and trusted satellites"
        " that reach both its ends: 2" in course.warnings
    )


def test_a_pair_takes_the_largest_number_of_its_demands():
    demands = [demand("one", "a", "b", MUCH), demand("two", "b", "a", MUCH, relay_paths=2)]
    case = network_of("ab", demands, satellites=THREE)
    course = key_course(case, deposits(seen((700, 300, 200))))
    assert course.demands.served_bits.sum() == 500


def test_fibre_with_a_trusted_node_serves_no_pair_with_redundant_paths():
    long_way = fibre("a", "b", 150.0, hop_m=80e3)
    course = key_course(case_of(2, links=(long_way,)), deposits([]))
    assert course.demands.served_bits.tolist() == [0]


def test_fibre_without_a_trusted_node_serves_it():
    short_way = fibre("a", "b", 60.0)
    course = key_course(case_of(2, asked=10_000, links=(short_way,)), deposits([]))
    assert course.demands.served_bits[0] > 0.0
    assert course.demands.trusted_nodes.tolist() == [0]


def test_a_direct_link_satisfies_a_pair_with_redundant_paths():
    source = satellite("e1", role=Role.ENTANGLED_SOURCE)
    case = case_of(3, satellites=(source, *THREE[:2]))
    course = key_course(case, deposits([*seen((700, 300)), ("e1", "A", 1.0, 400, "B")]))
    assert course.demands.served_bits.tolist() == [400]
    assert course.security[0].satellites_to_collude == -1


def test_the_access_fibre_forwards_what_the_station_has_combined():
    base = case_of(2, "ab", days=1.0)
    node = replace(base.network.nodes[1], latitude_rad=0.9, longitude_rad=0.9)
    link = fibre("B", "b", 60.0)
    network = replace(base.network, nodes=(base.network.nodes[0], node), fibre_links=(link,))
    course = key_course(replace(base, network=network), deposits(seen((700, 300, 200), hour=20.0)))
    assert course.demands.served_bits.tolist() == [500]
    assert course.demands.trusted_nodes.tolist() == [1]
    assert course.security[0].places == ("B",)


def test_the_oldest_of_the_combined_bits_counts_for_the_age():
    contacts = [("s1", "A", 1.0, 500), ("s1", "B", 2.0, 500)]
    contacts += [("s2", "A", 6.0, 500), ("s2", "B", 7.0, 500)]
    (pair,) = key_course(case_of(2, days=1.0), deposits(contacts)).security
    assert pair.mean_age_s == within(1.0, of=6 * HOUR_S)
    assert pair.blocks == 4


def test_partial_shares_make_only_their_own_bits_old():
    # n = 3 of (3, 2, 1): the old bit of s3 is behind one bit of the pair.
    contacts = [*seen((3, 2, 0), hour=9.0), ("s3", "A", 1.0, 1), ("s3", "B", 1.0, 1)]
    (pair,) = key_course(case_of(2, days=1.0), deposits(contacts)).security
    assert pair.oldest_age_s == within(1.0, of=8 * HOUR_S)
    assert pair.mean_age_s == within(1.0, of=8 * HOUR_S / 3)


def test_key_is_with_the_pair_after_the_last_classical_contact():
    late = replace(PROMPT, classical_contact_s=2 * HOUR_S)
    course = key_course(case_of(2, policy=late), deposits(seen((700, 300, 200), hour=5.0)))
    waits = course.relays.usable_utc - course.relays.bound_utc
    assert set(waits.astype(int).tolist()) == {int(2 * HOUR_S * 1e6)}


def test_aged_key_is_conserved_with_redundant_paths():
    limited = [demand("d", "a", "b", 3_000, relay_paths=2, max_age_s=0.6 * DAY_S)]
    case = network_of("ab", limited, satellites=THREE)
    course = key_course(
        case, deposits([*seen((7_000, 3_000, 2_000)), *seen((9, 5_000, 900), hour=20.0)])
    )
    ledger = course.ledger
    is_pair = np.array([name.kind is StoreKind.PAIR for name in ledger.stores])
    assert 2 * ledger.deposited_bits[is_pair].sum() == course.relays.bits.sum()
    gone = ledger.withdrawn_bits + ledger.expired_bits + ledger.end_bits
    assert np.array_equal(ledger.deposited_bits, gone)


def test_the_flow_programme_finds_what_the_sum_rule_allows():
    for paths, served in ((1, 1_200), (2, 500), (3, 200), (4, 0)):
        table = hybrid_flow(case_of(paths, days=1.0), deposits(seen((700, 300, 200))))
        assert table.served_bits[0] == within(2.0, of=served)
        assert table.satellite_bits[0] == within(2.0, of=served)
        assert table.trusted_nodes[0] == {1: 1, 4: -1}.get(paths, 0)


def test_the_flow_lets_no_satellite_be_behind_a_bit_twice():
    table = hybrid_flow(case_of(2, days=1.0), deposits(seen((10_000, 300, 200))))
    assert table.served_bits[0] == within(2.0, of=500)


def test_disjoint_ways_need_satellites_of_their_own():
    for paths, ways in ((1, 1), (2, 1), (3, 1), (4, 0)):
        layout = Layout(case_of(paths), deposits(seen((7, 3, 2))))
        assert disjoint_ways(layout) == [ways]


def test_two_bundles_share_no_satellite():
    fleet = tuple(satellite(f"s{number}") for number in range(1, 5))
    links = tuple(fibre(user, station, 30.0) for user, station in ("aC", "bD", "aE", "bF"))
    base = network_of("abCDEF".lower(), [demand("d", "a", "b", 1, relay_paths=2)], satellites=fleet)
    stations = tuple(item for item in base.stations if item.id in "CDEF")
    nodes = tuple(item for item in base.network.nodes if item.id in "ab")
    network = replace(base.network, nodes=nodes, fibre_links=links)
    case = replace(base, stations=stations, network=network)
    four = deposits(seen((1, 1, 1, 1), "CDEF"))
    three = deposits(seen((1, 1, 1), "CDEF"))
    assert disjoint_ways(Layout(case, four)) == [2]
    assert disjoint_ways(Layout(case, three)) == [1]


def test_contacts_of_a_closed_way_are_no_next_deposits():
    table = deposits(seen((700, 300)))
    now = case_of(2).start_utc
    assert len(next_deposits(case_of(2), table, np.ones(4), now, most=9)["d"]) == 4
    assert next_deposits(case_of(3), table, np.ones(4), now)["d"] == ()
