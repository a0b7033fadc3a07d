"""Next deposits, what holds a demand back, and what is left for industry."""

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
    satellite,
)
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.network import DemandClass
from euroqci_planner.network.outlook import main_drivers, next_deposits
from euroqci_planner.network.spare_rate import spare_rate_bps

HOUR = np.timedelta64(1, "h")
PLENTY = 10**9


def always(table, members=20):
    return np.ones((members, len(table)), dtype=np.bool_)


def test_the_next_deposits_are_those_of_satellites_that_reach_both_ends():
    two = (satellite("s1"), satellite("s2"))
    case = network_of("abc", [demand("d", "a", "b", 1_000)], satellites=two)
    contacts = [("s1", "B", 9.0, 5), ("s1", "A", 3.0, 7), ("s2", "A", 2.0, 9), ("s1", "C", 4.0, 8)]
    contacts += [("s1", "A", 1.0, 6), ("s1", "A", 5.0, 0)]
    chance = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    found = next_deposits(case, deposits(contacts), chance, START_UTC + 2 * HOUR)["d"]
    assert [(item.satellite_id, item.station_id, item.key_bits) for item in found] == [
        ("s1", "A", 7),
        ("s1", "B", 5),
    ]
    assert [item.chance for item in found] == [0.6, 0.5]
    assert found[0].usable_utc == START_UTC + 3 * HOUR


def test_a_cloudy_station_is_named():
    case = network_of("ab", [demand("d", "a", "b", 24_000)], days=1.0)
    table = deposits([("s1", name, float(hour), 5_000) for name in "AB" for hour in range(8)])
    sky = always(table)
    sky[:, table.station == 0] = False
    assert main_drivers(case, table, sky) == {"d": "cloud at A"}


def test_a_slow_fibre_is_named():
    slow = fibre("A", "u", 110.0, hop_m=110e3)
    case = network_of("ab", [demand("d", "b", "u", 10**8)], links=(slow,), days=1.0)
    table = deposits([("s1", "A", 0.0, PLENTY), ("s1", "B", 0.0, PLENTY)])
    assert main_drivers(case, table, always(table)) == {"d": "rate of the fibre"}


def test_a_long_wait_for_the_relay_is_named():
    case = network_of("ab", [demand("d", "a", "b", 24_000)], days=1.0)
    case = replace(case, policy=replace(PROMPT, classical_contact_s=0.5 * DAY_S))
    table = deposits([("s1", "A", 0.0, PLENTY), ("s1", "B", 0.0, PLENTY)])
    assert main_drivers(case, table, always(table)) == {"d": "wait for the classical contact"}


def test_where_nothing_helps_passes_are_missing_and_where_nothing_is_missing_nothing_is_said():
    case = network_of("ab", [demand("d", "a", "b", 24_000)], days=1.0)
    one_end = deposits([("s1", "A", 0.0, 5_000)])
    assert main_drivers(case, one_end, always(one_end)) == {"d": "too few passes"}
    both = deposits([("s1", "A", 0.0, PLENTY), ("s1", "B", 0.0, PLENTY)])
    assert main_drivers(case, both, always(both)) == {"d": ""}


def test_industry_can_have_what_the_public_user_leaves():
    public = demand("p", "a", "b", 24_000)
    case = network_of("ab", [public], days=2.0)
    table = deposits([("s1", "A", 0.0, 148_000), ("s1", "B", 0.0, 148_000)])
    spare = spare_rate_bps(case, table, always(table, 1), ("a", "b"), 0.999)
    left_bps = (148_000 - 48_000) / (2 * DAY_S)
    assert spare == within(0.03 * left_bps, of=left_bps)


def test_an_empty_network_has_nothing_to_sell():
    case = network_of("ab", [demand("p", "a", "b", 24_000)], days=1.0)
    table = deposits([("s1", "A", 0.0, 10**6)])
    assert spare_rate_bps(case, table, always(table, 1), ("a", "b"), 0.9) < 1e-3


def test_higher_classes_are_not_touched_by_what_is_sold():
    emergency = demand("e", "a", "b", 24_000, demand_class=DemandClass.EMERGENCY)
    case = network_of("ab", [emergency], stocks={("s1", "A"): 40_000, ("s1", "B"): 40_000})
    spare = spare_rate_bps(case, deposits([]), np.ones((1, 0), np.bool_), ("a", "b"), 0.5)
    assert spare <= 40_000 / (48.0 * HOUR_S) / 0.5


@pytest.mark.parametrize("share", [0.0, 1.0, 1.2, float("nan")])
def test_what_is_no_share_is_refused(share):
    with pytest.raises(InvalidInput, match="no share"):
        spare_rate_bps(network_of("ab", []), deposits([]), always(deposits([])), ("a", "b"), share)
