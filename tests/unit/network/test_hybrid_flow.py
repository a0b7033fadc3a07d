"""Fibre and satellites in one flow: combinations, priorities, exposure, redundancy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from network_cases import DAY_S, PROMPT, demand, deposits, fibre, network_of, satellite
from tolerances import within

from euroqci_planner.mission.network import DemandClass
from euroqci_planner.network.course import key_course
from euroqci_planner.network.fibre import chain_of
from euroqci_planner.network.hybrid_flow import hybrid_flow
from euroqci_planner.network.layout import Layout
from euroqci_planner.network.redundancy import disjoint_ways

ROUNDING = 20.0
KEPT = 3e-6  # what a goal may lose while later ones are met
PLENTY = 10**8


def both(*names: str, bits: int = PLENTY, hour: float = 1.0):
    return [("s1", name, hour, bits) for name in names]


def row(table, name: str) -> dict[str, object]:
    index = table.demand_ids.index(name)
    numbers = {key: getattr(table, key)[index] for key in table.column_names()}
    return numbers | {"combination": table.combination[index], "countries": table.countries[index]}


def test_a_pair_on_fibre_leaves_satellite_key_to_the_others():
    links = (fibre("a", "b", 60.0),)
    demands = [demand("ab", "a", "b", 10**6), demand("ac", "a", "c", 10**6)]
    table = hybrid_flow(network_of("abc", demands, links=links), deposits(both("A", "B", "C")))
    assert row(table, "ab")["combination"] == "fibre"
    assert row(table, "ac")["combination"] == "satellite"
    assert table.served_bits == within(ROUNDING, of=2e6)


def test_a_slow_fibre_is_completed_by_satellites_and_the_larger_sum_is_served():
    link = fibre("a", "b", 100.0, hop_m=100e3)
    want = 1.5 * chain_of(link).mean_rate_bps * DAY_S
    case = network_of("ab", [demand("d", "a", "b", want)], links=(link,), days=1.0)
    found = row(hybrid_flow(case, deposits(both("A", "B"))), "d")
    assert found["combination"] == "hybrid"
    assert found["served_bits"] == within(KEPT * want, of=want)
    assert found["satellite_bits"] == within(KEPT * want, of=want / 3.0)


def test_satellite_key_is_never_more_than_the_smaller_store():
    case = network_of("ab", [demand("d", "a", "b", 10**6)], days=1.0)
    contacts = deposits([*both("A", bits=5_000), *both("B", bits=90_000)])
    found = row(hybrid_flow(case, contacts), "d")
    assert found["served_bits"] == within(ROUNDING, of=5_000)
    assert found["combination"] == "satellite"


def test_a_higher_class_is_served_first_whatever_it_costs_in_all():
    """One bit of the far pair takes fibre key that two near pairs could have had."""
    links = (fibre("a", "b", 60.0), fibre("b", "c", 60.0))
    rate = chain_of(links[0]).mean_rate_bps * DAY_S
    near = [demand(name, *name, rate, demand_class=DemandClass.INDUSTRY) for name in ("ab", "bc")]
    far = demand("ac", "a", "c", rate, demand_class=DemandClass.EMERGENCY)
    case = network_of("abc", [*near, far], links=links, days=1.0)
    table = hybrid_flow(case, deposits([]))
    assert row(table, "ac")["served_bits"] == within(1e-4 * rate, of=rate)
    assert row(table, "ab")["served_bits"] == within(1e-4 * rate, of=0.0)


def test_in_one_class_nobody_is_starved_for_a_larger_sum():
    links = (fibre("a", "b", 60.0), fibre("b", "c", 60.0))
    rate = chain_of(links[0]).mean_rate_bps * DAY_S
    demands = [demand(name, *name, rate) for name in ("ab", "bc", "ac")]
    table = hybrid_flow(network_of("abc", demands, links=links, days=1.0), deposits([]))
    assert table.served_bits == within(1e-4 * rate, of=0.5 * rate)
    assert table.floor_share == within(1e-4, of=0.5)


def test_key_does_not_flow_before_it_comes():
    case = network_of("ab", [demand("d", "a", "b", 10**6)], days=4.0)
    table = hybrid_flow(case, deposits(both("A", "B", hour=49.0)), bucket_s=DAY_S)
    assert table.served_bits == within(ROUNDING, of=2e6)
    late = replace(case, policy=replace(PROMPT, classical_contact_s=1.5 * DAY_S))
    table = hybrid_flow(late, deposits(both("A", "B", hour=49.0)), bucket_s=DAY_S)
    assert table.served_bits == within(ROUNDING, of=1e6)


def test_where_both_ways_suffice_the_one_that_trusts_fewer_places_is_taken():
    """Two fibre ways: five nodes inside one link, or one place on the other."""
    links = (fibre("a", "b", 420.0), fibre("a", "c", 70.0), fibre("c", "b", 70.0))
    case = network_of("abc", [demand("d", "a", "b", 10**5)], links=links, days=1.0)
    found = row(hybrid_flow(case, deposits([])), "d")
    assert found["trusted_nodes"] == 1
    assert found["countries"] == "CC"
    assert found["disjoint_ways"] == 2


def test_a_pair_without_a_way_gets_nothing():
    case = network_of("ab", [demand("d", "a", "b", 10**6, start_bits=700)], days=1.0)
    found = row(hybrid_flow(case, deposits(both("A"))), "d")
    assert found["combination"] == "none"
    assert found["served_bits"] == within(ROUNDING, of=700)
    assert (found["trusted_nodes"], found["disjoint_ways"]) == (-1, 0)


def test_satellites_and_fibre_count_together_as_disjoint_ways():
    two = (satellite("s1"), satellite("s2"))
    links = (fibre("a", "b", 60.0), fibre("A", "c", 20.0), fibre("c", "B", 20.0))
    case = network_of("abc", [demand("d", "a", "b", 1.0)], satellites=two, links=links)
    contacts = [(name, site, 1.0, 5) for name in ("s1", "s2") for site in "AB"]
    # Every way but the direct fibre passes the stations A and B.
    assert disjoint_ways(Layout(case, deposits(contacts))) == [2]


@pytest.mark.parametrize("seed", range(4))
def test_the_flow_is_an_upper_bound_of_the_course(seed):
    rng = np.random.default_rng(seed)
    demands = [
        demand("ab", "a", "b", 200_000, start_bits=9_000),
        demand("ac", "a", "c", 150_000),
        demand("bc", "b", "c", 100_000),
    ]
    two = (satellite("s1"), satellite("s2"))
    links = (fibre("a", "b", 120.0, hop_m=120e3),) if seed % 2 else ()
    case = network_of("abc", demands, satellites=two, links=links)
    contacts = [
        (f"s{1 + n % 2}", "ABC"[n % 3], float(48 * rng.random()), int(90_000 * rng.random()))
        for n in range(18)
    ]
    table = deposits(contacts)
    course, flow = key_course(case, table), hybrid_flow(case, table)
    assert course.demands.served_bits.sum() <= flow.total_bits[0] + ROUNDING
    assert flow.served_bits.sum() == within(1e-5 * flow.total_bits[0] + 1.0, of=flow.total_bits[0])
    assert np.all(flow.served_bits <= flow.requested_bits + ROUNDING)


def test_the_order_of_the_input_has_no_say():
    links = (fibre("a", "b", 60.0), fibre("b", "c", 60.0))
    demands = [demand(name, *name, 10**7) for name in ("ab", "bc", "ac")]
    case = network_of("abc", demands, links=links, days=1.0)
    mixed = network_of("abc", demands[::-1], links=links[::-1], days=1.0)
    one, other = (hybrid_flow(item, deposits(both("A", "C"))) for item in (case, mixed))
    assert one.served_bits.tobytes() == other.served_bits.tobytes()
    assert one.combination == other.combination
