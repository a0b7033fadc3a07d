"""From contacts to deposits."""

from __future__ import annotations

import numpy as np
from network_cases import START_UTC, demand, deposits, network_of

from euroqci_planner.mission.scenario import Policy
from euroqci_planner.network.deposits import ContactKeys, deposit_rows, deposits_of
from euroqci_planner.network.layout import Layout

POLICY = Policy(post_processing_s=1_800.0, authentication_bits_per_contact=1_024.0)


def contacts(key_bits, weight):
    count = len(key_bits)
    return ContactKeys(
        satellite_ids=("s1",),
        station_ids=("A", "B"),
        satellite=np.zeros(count, dtype=np.int32),
        station=np.arange(count, dtype=np.int32) % 2,
        contact_end_utc=START_UTC + np.arange(count) * np.timedelta64(1, "h"),
        key_bits=np.array(key_bits),
        weight=np.array(weight),
    )


def test_key_is_usable_after_post_processing_and_pays_for_its_authentication():
    table = deposits_of(contacts([1e5, 2e5], [1.0, 1.0]), POLICY)
    assert np.all(table.usable_utc - table.contact_end_utc == np.timedelta64(30, "m"))
    assert table.key_bits.tolist() == [100_000, 200_000]
    assert table.authentication_bits.tolist() == [1_024, 1_024]


def test_a_chance_weighs_key_and_cost_and_rounds_against_the_user():
    table = deposits_of(contacts([1001.0, 0.0], [0.5, 0.7]), POLICY)
    assert table.key_bits.tolist() == [500, 0]
    assert table.authentication_bits.tolist() == [512, 0]


def test_a_contact_without_a_key_brings_nothing_and_pays_nothing():
    table = deposits_of(contacts([np.nan, 0.0], [1.0, 1.0]), POLICY)
    assert table.key_bits.tolist() == [0, 0]
    assert table.authentication_bits.tolist() == [0, 0]


def test_deposits_outside_the_window_take_no_part_and_the_others_go_by_time():
    case = network_of("ab", [demand("d", "a", "b", 1_000)], days=1.0)
    table = deposits(
        [("s1", "B", 5.0, 1), ("s1", "A", 23.9, 1), ("s1", "A", 2.0, 1)], delay_s=1_800.0
    )
    rows = deposit_rows(case, Layout(case, table), table)
    assert rows.tolist() == [2, 0]
