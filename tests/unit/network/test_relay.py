"""Relay through trusted satellites: who can get key from where, and when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from network_cases import DAY_S, PROMPT, START_UTC, demand, deposits, fibre, network_of, satellite
from tolerances import BIT, within

from euroqci_planner.mission.assets import Role
from euroqci_planner.mission.network import DemandClass
from euroqci_planner.network.course import key_course
from euroqci_planner.network.fibre import chain_of
from euroqci_planner.network.relay import most_matched_first

TWO = (satellite("s1"), satellite("s2"))
HOUR = np.timedelta64(1, "h")


def ledger(course, a, b):
    row = [(name.a, name.b) for name in course.ledger.stores].index((a, b))
    return {name: int(getattr(course.ledger, name)[row]) for name in course.ledger.column_names()}


def served(course):
    return dict(
        zip(course.demands.demand_ids, course.demands.served_bits.astype(int).tolist(), strict=True)
    )


def test_key_comes_after_the_second_pass_its_processing_and_the_classical_contact():
    policy = replace(PROMPT, classical_contact_s=5_400.0)
    case = network_of("ab", [demand("d", "a", "b", 24_000)], policy=policy, days=1.0)
    table = deposits([("s1", "A", 1.0, 9_000), ("s1", "B", 4.0, 9_000)], delay_s=1_800.0)
    course = key_course(case, table)
    assert course.relays.bound_utc[0] == START_UTC + 4.5 * 60 * np.timedelta64(1, "m")
    assert course.relays.usable_utc[0] == START_UTC + 6 * HOUR
    assert course.demands.availability[0] == within(1e-6, of=9_000 / 24_000)
    assert course.demands.time_to_empty_s[0] == 0.0


def test_both_link_stores_lose_what_the_pair_gains():
    case = network_of("ab", [demand("d", "a", "b", 24_000)], days=1.0)
    course = key_course(case, deposits([("s1", "A", 1.0, 7_000), ("s1", "B", 1.0, 50_000)]))
    assert ledger(course, "s1", "A")["withdrawn_bits"] == 7_000
    assert ledger(course, "s1", "B")["withdrawn_bits"] == 7_000
    assert ledger(course, "a", "b")["deposited_bits"] == 7_000
    assert served(course) == {"d": 7_000}


def test_keys_of_two_satellites_do_not_combine():
    case = network_of("ab", [demand("d", "a", "b", 24_000)], satellites=TWO)
    course = key_course(case, deposits([("s1", "A", 1.0, 10**6), ("s2", "B", 1.0, 10**6)]))
    assert served(course) == {"d": 0}
    assert course.demands.routes == (
        "no way: no trusted satellite shares key with a station of each user",
    )
    assert course.warnings == (
        "no way for key between a and b: only the stock at the start is used",
    )


def test_the_pair_key_of_two_satellites_is_the_sum_of_what_each_can_match():
    case = network_of("ab", [demand("d", "a", "b", 10**6)], satellites=TWO)
    contacts = [("s1", "A", 1.0, 900), ("s1", "B", 1.0, 200)]
    contacts += [("s2", "A", 1.0, 300), ("s2", "B", 1.0, 800)]
    assert served(key_course(case, deposits(contacts))) == {"d": 500}


def test_an_entangled_source_relays_nothing_and_is_told():
    source = satellite("s1", role=Role.ENTANGLED_SOURCE)
    case = network_of("ab", [demand("d", "a", "b", 24_000)], satellites=(source,))
    course = key_course(case, deposits([("s1", "A", 1.0, 10**6), ("s1", "B", 1.0, 10**6)]))
    assert served(course) == {"d": 0}
    assert "satellite s1 is an entangled source: it holds no key and relays none" in course.warnings


def test_scarce_key_goes_to_the_higher_class():
    low = demand("low", "a", "b", 10**6, demand_class=DemandClass.INDUSTRY)
    high = demand("high", "a", "c", 10**6, demand_class=DemandClass.EMERGENCY)
    contacts = [("s1", name, 1.0, 10**6) for name in "BC"] + [("s1", "A", 1.0, 5_000)]
    course = key_course(network_of("abc", [low, high]), deposits(contacts))
    assert served(course) == {"high": 5_000, "low": 0}


def test_in_one_class_the_pair_whose_key_lasts_the_shortest_comes_first():
    rich = demand("rich", "a", "b", 240_000, start_bits=9_000)
    poor = demand("poor", "a", "c", 240_000, start_bits=8_000)
    contacts = [("s1", name, 0.5, 10**6) for name in "BC"] + [("s1", "A", 0.5, 60_000)]
    course = key_course(network_of("abc", [rich, poor]), deposits(contacts))
    first = course.relays.take([0])
    assert course.relays.pairs[int(first.pair[0])] == ("a", "c")


def test_link_key_stays_free_for_any_partner_until_it_is_needed():
    later = demand("later", "a", "c", 24_000, demand_class=DemandClass.INDUSTRY)
    stocked = demand("stocked", "a", "b", 24_000, start_bits=40_000)
    contacts = [("s1", name, 0.0, 40_000) for name in "ABC"]
    course = key_course(network_of("abc", [stocked, later], days=1.5), deposits(contacts))
    assert served(course) == {"stocked": 36_000, "later": 36_000}


def test_what_a_satellite_cannot_keep_is_counted():
    small = satellite("s1", key_memory_bits=100_000.0)
    case = network_of("ab", [demand("d", "a", "b", 24_000)], satellites=(small,), days=1.0)
    course = key_course(case, deposits([("s1", "A", 1.0, 80_000), ("s1", "B", 1.5, 80_000)]))
    assert ledger(course, "s1", "A")["overflow_bits"] == 0
    assert ledger(course, "s1", "B")["overflow_bits"] == 60_000
    assert served(course) == {"d": 20_000}


def test_memory_is_free_again_once_key_has_been_relayed():
    small = satellite("s1", key_memory_bits=100_000.0)
    case = network_of("ab", [demand("d", "a", "b", 24_000)], satellites=(small,), days=1.0)
    contacts = [("s1", "A", 1.0, 50_000), ("s1", "B", 1.0, 50_000), ("s1", "A", 2.0, 10_000)]
    course = key_course(case, deposits(contacts))
    assert ledger(course, "s1", "A")["overflow_bits"] == 0


def test_authentication_is_paid_from_the_store():
    case = network_of("ab", [demand("d", "a", "b", 24_000)], days=1.0)
    table = deposits([("s1", "A", 1.0, 5_000), ("s1", "B", 1.0, 5_000)], authentication_bits=1_024)
    course = key_course(case, table)
    assert ledger(course, "s1", "A")["authentication_bits"] == 1_024
    assert served(course) == {"d": 5_000 - 1_024}


def test_old_link_key_is_destroyed_and_counted():
    case = network_of("ab", [demand("d", "a", "b", 24_000, max_age_s=0.25 * DAY_S)], days=2.0)
    course = key_course(case, deposits([("s1", "A", 1.0, 50_000), ("s1", "B", 12.0, 50_000)]))
    assert ledger(course, "s1", "A")["expired_bits"] == 50_000
    assert ledger(course, "s1", "B")["expired_bits"] == 50_000
    assert served(course) == {"d": 0}


def test_key_on_its_way_grows_older_too():
    policy = replace(PROMPT, classical_contact_s=5 * 3_600.0)
    old = demand("d", "a", "b", 24_000, max_age_s=4 * 3_600.0)
    case = network_of("ab", [old], days=2.0, policy=policy)
    course = key_course(case, deposits([("s1", "A", 1.0, 50_000), ("s1", "B", 1.0, 50_000)]))
    pair = ledger(course, "a", "b")
    assert pair["deposited_bits"] == pair["expired_bits"] > 0
    assert served(course) == {"d": 0}


def test_a_user_away_from_the_station_gets_no_more_than_the_fibre_forwards():
    link = fibre("A", "u", 100.0, hop_m=100e3)
    case = network_of("ab", [demand("d", "b", "u", 10**9)], links=(link,), days=1.0)
    course = key_course(case, deposits([("s1", "A", 0.0, 10**9), ("s1", "B", 0.0, 10**9)]))
    most = chain_of(link).mean_rate_bps * DAY_S
    assert served(course)["d"] == within(0.06 * most, of=0.96 * most)
    assert served(course)["d"] <= most


def test_fibre_alone_serves_a_pair_before_satellite_key_is_spent():
    link = fibre("a", "b", 60.0)
    stocked = demand("d", "a", "b", 10**6, start_bits=100_000)
    case = network_of("ab", [stocked], links=(link,), days=1.0)
    course = key_course(case, deposits([("s1", "A", 0.0, 10**9), ("s1", "B", 0.0, 10**9)]))
    assert served(course)["d"] == within(1 * BIT, of=10**6)
    assert course.demands.routes == ("a - b",)
    assert course.demands.trusted_nodes.tolist() == [0]
    assert ledger(course, "s1", "A")["withdrawn_bits"] == 0


def test_a_fibre_that_is_too_slow_is_helped_by_satellites():
    link = fibre("a", "b", 80.0)
    hungry = demand("d", "a", "b", 10**8)
    contacts = deposits([("s1", "A", 0.0, 10**9), ("s1", "B", 0.0, 10**9)])
    course = key_course(network_of("ab", [hungry], links=(link,), days=1.0), contacts)
    over_fibre = served(course)["d"] - ledger(course, "s1", "A")["withdrawn_bits"]
    most = chain_of(link).mean_rate_bps * DAY_S
    assert served(course)["d"] == within(1 * BIT, of=10**8)
    assert over_fibre == within(0.15 * most, of=0.9 * most)
    assert course.demands.routes == ("a at A ~ s1 ~ B at b; 1 more way",)


def test_two_pairs_share_the_key_of_one_fibre():
    link = fibre("a", "b", 80.0)
    both = [demand("x", "a", "b", 10**9), demand("y", "c", "b", 10**9)]
    case = network_of("abc", both, links=(link, fibre("c", "a", 20.0)), days=1.0)
    course = key_course(case, deposits([]))
    assert sum(served(course).values()) <= chain_of(link).mean_rate_bps * DAY_S
    assert sum(served(course).values()) > 0.9 * chain_of(link).mean_rate_bps * DAY_S


def test_the_satellite_with_most_matched_key_gives_first():
    matched = np.array([[5, 9, 9, 1], [0, 0, 0, 0], [2, 3, 4, 5]])
    shares = most_matched_first(matched, np.array([12, 0, 14]))
    assert shares.tolist() == [[0, 9, 3, 0], [0, 0, 0, 0], [2, 3, 4, 5]]
