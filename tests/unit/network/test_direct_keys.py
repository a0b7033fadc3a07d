"""Key that two stations share from one source of pairs: whom it serves, when, whom it trusts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from network_cases import (
    DAY_S,
    HOUR_S,
    PROMPT,
    START_UTC,
    demand,
    deposits,
    fibre,
    network_of,
    node,
    satellite,
)
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.assets import Role
from euroqci_planner.mission.key_course import LinkName, StoreKind, StoreName
from euroqci_planner.mission.network import DemandClass
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.mission.sky_states import CLOUDY_SKIES, LAST_CODE, SkyState, sky_codes
from euroqci_planner.network.course import key_course
from euroqci_planner.network.deposits import (
    CloudyPairs,
    ContactKeys,
    deposits_of,
    engine_deposits,
)
from euroqci_planner.network.forecast import key_forecast
from euroqci_planner.network.hybrid_flow import WayKind, hybrid_flow
from euroqci_planner.network.layout import Layout
from euroqci_planner.network.outlook import main_drivers, next_deposits
from euroqci_planner.network.redundancy import disjoint_ways

SOURCE = satellite("e1", role=Role.ENTANGLED_SOURCE, key_memory_bits=1.0, owner="CN")
SLOW = replace(PROMPT, classical_contact_s=5 * HOUR_S)
PLENTY = 10**7
TWO_KINDS = (SOURCE, satellite("s1"))


def case_of(demands, names="ab", *, satellites=(SOURCE,), **fields):
    return network_of(names, demands, satellites=satellites, **fields)


def store_of(course, a, b):
    row = course.ledger.stores.index(StoreName(StoreKind.LINK, a, b))
    return {name: int(getattr(course.ledger, name)[row]) for name in course.ledger.column_names()}


def test_a_direct_key_is_with_the_pair_at_once_and_no_satellite_is_trusted():
    case = case_of([demand("d", "a", "b", 24_000)], policy=SLOW, days=1.0)
    course = key_course(case, deposits([("e1", "B", 4.0, 9_000, "A")], delay_s=1_800.0))
    assert course.demands.served_bits.tolist() == [9_000]
    assert course.relays.bound_utc[0] == START_UTC + np.timedelta64(270, "m")
    assert course.relays.usable_utc[0] == course.relays.bound_utc[0]
    assert course.relays.satellite.tolist() == [-1] * len(course.relays)
    assert course.relays.link_names(0) == (LinkName("A", "B", is_direct=True),)
    assert course.demands.trusted_nodes.tolist() == [0]
    assert course.demands.countries == ("",)
    assert course.demands.routes == ("a at A ~ entangled pairs ~ B at b",)
    assert course.warnings == ()


def test_the_link_store_has_the_name_of_the_two_stations_in_order_and_loses_each_bit_once():
    case = case_of([demand("d", "b", "a", 24_000)], days=1.0)
    course = key_course(case, deposits([("e1", "B", 1.0, 7_000, "A")], authentication_bits=500))
    mine = store_of(course, "A", "B")
    assert (mine["deposited_bits"], mine["authentication_bits"]) == (7_000, 500)
    assert (mine["withdrawn_bits"], mine["end_bits"]) == (6_500, 0)
    assert course.demands.served_bits.tolist() == [6_500]


def test_a_direct_key_is_spent_before_that_of_trusted_satellites():
    both = (SOURCE, satellite("s1"))
    case = case_of([demand("d", "a", "b", 24_000)], satellites=both, days=1.0)
    contacts = [("s1", "A", 1.0, PLENTY), ("s1", "B", 1.0, PLENTY), ("e1", "A", 1.0, 5_000, "B")]
    course = key_course(case, deposits(contacts))
    assert course.demands.served_bits[0] == 23_000
    assert store_of(course, "A", "B")["end_bits"] == 0
    assert course.relays.take([0]).bits.tolist() == [5_000]
    assert course.relays.satellite[:2].tolist() == [-1, 0]
    (pair,) = course.security
    assert {way.trusted_nodes for way in pair.ways} == {0, 1}
    assert pair.disjoint_ways == 1  # the users' own stations are on both ways
    assert pair.common_places == ()


def test_satellite_key_and_direct_key_do_not_combine():
    both = (SOURCE, satellite("s1"))
    case = case_of([demand("d", "a", "c", 24_000)], "abc", satellites=both, days=1.0)
    contacts = [("e1", "A", 1.0, PLENTY, "B"), ("s1", "B", 1.0, PLENTY), ("s1", "C", 1.0, PLENTY)]
    course = key_course(case, deposits(contacts))
    assert course.demands.served_bits.tolist() == [0]


def test_a_direct_key_goes_on_over_access_fibre_bit_by_bit():
    stations = network_of("ab", [demand("d", "a", "u", 24_000)])
    link = fibre("B", "u", 60.0)
    nodes = (*stations.network.nodes, node("u", 50.0, 30.0, "UU"))
    network = replace(stations.network, nodes=nodes, fibre_links=(link,))
    case = replace(stations, network=network, satellites=(SOURCE,))
    course = key_course(case, deposits([("e1", "A", 6.0, 9_000, "B")]))
    assert course.demands.served_bits.tolist() == [9_000]
    # The station at the end of the fibre is trusted, the satellite is not.
    assert course.demands.trusted_nodes.tolist() == [1]
    assert course.demands.countries == ("BB",)
    assert course.security[0].places == ("B",)


def test_a_pair_on_fibre_takes_direct_key_only_for_what_is_urgent():
    link = fibre("a", "b", 100.0, hop_m=100e3)
    case = case_of([demand("d", "a", "b", 24_000)], links=(link,), days=1.0)
    course = key_course(case, deposits([("e1", "A", 6.0, 10**6, "B")]))
    assert store_of(course, "A", "B")["withdrawn_bits"] == 0


def test_direct_key_takes_no_memory_of_a_satellite():
    case = case_of([demand("d", "a", "b", 24_000)], days=1.0)
    course = key_course(case, deposits([("e1", "A", 1.0, 10**6, "B")]))
    assert store_of(course, "A", "B")["overflow_bits"] == 0


def test_a_trusted_satellite_that_also_brings_pairs_keeps_its_own_stores_apart():
    case = case_of([demand("d", "a", "b", 240_000)], satellites=(satellite("s1"),), days=1.0)
    contacts = [("s1", "A", 1.0, 3_000), ("s1", "B", 1.0, 2_000), ("s1", "A", 1.0, 500, "B")]
    course = key_course(case, deposits(contacts))
    assert course.demands.served_bits.tolist() == [2_500]
    assert store_of(course, "s1", "A")["end_bits"] == 1_000


def test_a_source_that_brings_nothing_is_told_of():
    case = case_of([demand("d", "a", "b", 1_000)], satellites=(SOURCE, satellite("s1")))
    course = key_course(case, deposits([("s1", "A", 1.0, 1_000), ("s1", "B", 1.0, 1_000)]))
    (warning,) = course.warnings
    assert warning == "satellite e1 is an entangled source: it holds no key and relays none"


def test_direct_key_ages_in_its_store_and_is_destroyed_with_the_limit_of_its_users():
    limited = demand("d", "a", "b", 1_000, max_age_s=0.5 * DAY_S)
    case = case_of([limited], days=2.0)
    course = key_course(case, deposits([("e1", "A", 1.0, 100_000, "B")]))
    link, pair = store_of(course, "A", "B"), course.demands.expired_bits[0]
    lost = link["expired_bits"] + pair
    assert lost + course.demands.served_bits[0] == 100_000
    assert course.demands.served_bits[0] == within(2.0 * 1_000 / 16, of=500)


def test_ages_and_blocks_count_each_direct_contact_once():
    case = case_of([demand("d", "a", "b", 240_000)], days=1.0)
    contacts = [("e1", "A", 2.0, 1_000, "B"), ("e1", "B", 5.0, 1_000, "A")]
    (pair,) = key_course(case, deposits(contacts, delay_s=3 * HOUR_S)).security
    assert pair.blocks == 2
    assert pair.oldest_age_s == within(1.0, of=3 * HOUR_S)
    assert pair.mean_age_s == within(1.0, of=3 * HOUR_S)


def test_a_direct_link_is_a_way_of_its_own_between_its_stations():
    both = (SOURCE, satellite("s1"))
    case = case_of([demand("d", "a", "b", 1_000)], satellites=both)
    contacts = [("e1", "A", 1.0, 1, "B"), ("s1", "A", 1.0, 1), ("s1", "B", 1.0, 1)]
    layout = Layout(case, deposits(contacts))
    assert layout.links == (
        LinkName("s1", "A"),
        LinkName("s1", "B"),
        LinkName("A", "B", is_direct=True),
    )
    assert layout.pair_sources == {"e1"}
    assert disjoint_ways(layout) == [1]


def test_contacts_with_a_partner_become_direct_deposits():
    contacts = ContactKeys(
        satellite_ids=("e1",),
        station_ids=("A", "B"),
        satellite=np.zeros(2, dtype=np.int32),
        station=np.array([0, 1], dtype=np.int32),
        partner=np.array([1, -1], dtype=np.int32),
        contact_end_utc=np.full(2, START_UTC),
        key_bits=np.array([1_001.0, 500.0]),
        weight=np.array([0.5, 1.0]),
    )
    table = deposits_of(contacts, Policy(authentication_bits_per_contact=10.0))
    assert table.partner.tolist() == [1, -1]
    assert table.key_bits.tolist() == [500, 500]
    assert table.authentication_bits.tolist() == [5, 10]
    assert table.link_name(0) == LinkName("A", "B", is_direct=True)
    assert table.link_name(1) == LinkName("e1", "B")
    assert table.take([1]).partner.tolist() == [-1]


def test_the_next_deposits_of_a_pair_name_both_stations():
    case = case_of([demand("d", "a", "b", 1_000)], "abc")
    contacts = [("e1", "A", 3.0, 900, "B"), ("e1", "A", 2.0, 800, "C")]
    found = next_deposits(case, deposits(contacts), np.array([0.4, 0.5]), START_UTC)["d"]
    assert [(item.link_text, item.key_bits, item.chance) for item in found] == [
        ("e1/A+B", 900, 0.4)
    ]


def test_cloud_over_both_stations_is_named_as_the_driver():
    case = case_of([demand("d", "a", "b", 24_000)], days=1.0)
    table = deposits([("e1", "A", 1.0, 50_000, "B")])
    clear = np.zeros((20, 1), dtype=np.bool_)
    clear[:2] = True
    assert main_drivers(case, table, clear) == {"d": "cloud at A or B"}


def test_members_differ_in_whether_both_skies_were_clear():
    case = case_of([demand("d", "a", "b", 24_000)], days=1.0)
    table = deposits([("e1", "A", 1.0, 50_000, "B")])
    clear = np.array([[True], [False], [False], [False]])
    forecast = key_forecast(case, table, clear)
    assert forecast.demands.served_bits[0] == within(0.5, of=23_000 / 4)
    assert forecast.demands.trusted_nodes.tolist() == [0]


def test_the_flow_uses_direct_key_in_the_bucket_in_which_it_comes():
    late = replace(PROMPT, classical_contact_s=2 * DAY_S)
    both = (SOURCE, satellite("s1"))
    case = case_of([demand("d", "a", "b", 10_000)], satellites=both, policy=late, days=2.0)
    contacts = [("e1", "A", 1.0, 15_000, "B"), ("s1", "A", 1.0, PLENTY), ("s1", "B", 1.0, PLENTY)]
    table = hybrid_flow(case, deposits(contacts))
    assert table.served_bits[0] == within(20.0, of=15_000)
    assert table.satellite_bits[0] == within(20.0, of=15_000)
    assert (table.combination, table.trusted_nodes.tolist()) == (("satellite",), [0])
    only_fibre = hybrid_flow(case, deposits(contacts), use=WayKind.FIBRE)
    assert only_fibre.served_bits.tolist() == [0.0]


def test_the_flow_prefers_direct_key_to_a_trusted_satellite():
    both = (SOURCE, satellite("s1"))
    case = case_of([demand("d", "a", "b", 10_000)], satellites=both, days=1.0)
    contacts = [("e1", "A", 1.0, PLENTY, "B"), ("s1", "A", 1.0, PLENTY), ("s1", "B", 1.0, PLENTY)]
    assert hybrid_flow(case, deposits(contacts)).trusted_nodes.tolist() == [0]


@pytest.mark.parametrize("first", [DemandClass.EMERGENCY, DemandClass.INDUSTRY])
def test_scarce_direct_key_goes_to_the_higher_class(first):
    other = DemandClass.PUBLIC
    demands = [
        demand("one", "a", "b", 10**6, demand_class=first),
        demand("two", "a", "b", 10**6, demand_class=other),
    ]
    course = key_course(case_of(demands), deposits([("e1", "A", 1.0, 5_000, "B")]))
    winner = "one" if first is DemandClass.EMERGENCY else "two"
    served = dict(zip(course.demands.demand_ids, course.demands.served_bits, strict=True))
    assert served[winner] == 5_000


def by_sky():
    """A contact of two stations with another key under every sky, and one of a single station."""
    contacts = ContactKeys(
        satellite_ids=("e1", "s1"),
        station_ids=("A", "B"),
        satellite=np.array([0, 1], dtype=np.int32),
        station=np.array([0, 1], dtype=np.int32),
        partner=np.array([1, -1], dtype=np.int32),
        contact_end_utc=np.full(2, START_UTC),
        key_bits=np.array([1_001.0, 500.0]),
        weight=np.ones(2),
        pairs=CloudyPairs(
            bits=np.array([[100.0 + row for row in range(7)] + [np.nan], [0.0] * 8]),
            weight=np.zeros((2, 8)),
        ),
    )
    table = deposits_of(contacts, Policy(authentication_bits_per_contact=10.0))
    return replace(table, usable_utc=table.contact_end_utc)


def every_two_skies():
    """Codes of every two skies in a column, and a clear sky of the single contact beside each."""
    one, other = (item.ravel() for item in np.meshgrid(list(SkyState), list(SkyState)))
    codes = sky_codes(one.astype(np.int8), other.astype(np.int8))
    return one, other, np.column_stack([codes, np.ones(len(codes), dtype=np.int8)])


def test_a_member_gets_the_key_of_both_its_skies():
    case, table = case_of([demand("d", "a", "b", 1.0)], satellites=TWO_KINDS), by_sky()
    layout = Layout(case, table)
    one, other, sky = every_two_skies()
    rows = np.array([1, 0])
    found = engine_deposits(layout, table, rows, sky)
    assert found.bits[:, 0].tolist() == [500] * 16
    bits = dict(zip(CLOUDY_SKIES, [*range(100, 107), 0], strict=True))
    bits[SkyState.CLEAR, SkyState.CLEAR] = 1_001
    skies = zip(one.tolist(), other.tolist(), strict=True)
    wanted = [bits.get((SkyState(a), SkyState(b)), 0) for a, b in skies]
    assert found.bits[:, 1].tolist() == wanted
    assert found.authentication[:, 1].tolist() == [10 * (item > 0) for item in wanted]


def test_the_key_to_expect_of_two_stations_counts_every_two_skies():
    contacts = ContactKeys(
        satellite_ids=("e1",),
        station_ids=("A", "B"),
        satellite=np.zeros(1, dtype=np.int32),
        station=np.zeros(1, dtype=np.int32),
        partner=np.ones(1, dtype=np.int32),
        contact_end_utc=np.full(1, START_UTC),
        key_bits=np.array([1_000.0]),
        weight=np.array([0.25]),
        pairs=CloudyPairs(
            bits=np.array([[400.0, 0.0] + [200.0] * 6]),
            weight=np.array([[0.25, 0.25] + [0.03125] * 6]),
        ),
    )
    table = deposits_of(contacts, Policy(authentication_bits_per_contact=64.0))
    assert table.key_bits.tolist() == [250 + 100 + 37]
    assert table.authentication_bits.tolist() == [16 + 16 + 12]


def test_two_skies_over_one_station_are_refused():
    case, table = case_of([demand("d", "a", "b", 1.0)], satellites=TWO_KINDS), by_sky()
    key_forecast(case, table, np.array([[LAST_CODE, SkyState.BROKEN]], dtype=np.int8))
    for codes in ([SkyState.CLEAR, LAST_CODE], [LAST_CODE + 1, 0], [-1, 0]):
        with pytest.raises(InvalidInput, match="a state that no sky has"):
            key_forecast(case, table, np.array([codes], dtype=np.int8))


def test_cloud_over_two_stations_is_the_driver_where_thin_cloud_leaves_too_little():
    table = by_sky()
    case = case_of([demand("d", "a", "b", 24_000)], satellites=TWO_KINDS, days=1.0)
    rich = replace(table, key_bits=np.array([50_000, 0]))
    thin = np.zeros((20, 2), dtype=np.int8)
    thin[:, 0] = sky_codes(np.int8(SkyState.THIN), np.int8(SkyState.THIN))
    assert main_drivers(case, rich, thin) == {"d": "cloud at A or B"}
