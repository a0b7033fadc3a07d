"""From contacts to deposits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from network_cases import START_UTC, demand, deposits, network_of

from euroqci_planner.mission.scenario import Policy
from euroqci_planner.mission.sky_states import SkyState
from euroqci_planner.network.deposits import (
    CloudyContacts,
    ContactKeys,
    deposit_rows,
    deposits_of,
    engine_deposits,
    opened,
)
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


def under_clouds(key_bits, weight, *, in_full):
    """Key of 400 bits under thin cloud with a chance of 0.2, none under broken with 0.25."""
    count = len(key_bits)
    return replace(
        contacts(key_bits, weight),
        cloudy=CloudyContacts(
            thin_bits=np.full(count, 400.9),
            thin_weight=np.full(count, 0.0 if in_full else 0.2),
            broken_bits=np.zeros(count),
            broken_weight=np.full(count, 0.0 if in_full else 0.25),
        ),
    )


def test_expected_key_counts_every_sky_and_pays_in_those_that_have_key():
    table = deposits_of(under_clouds([1001.0, np.nan], [0.5, 0.5], in_full=False), POLICY)
    assert table.key_bits.tolist() == [580, 80]
    assert table.authentication_bits.tolist() == [717, 205]


def test_in_full_the_key_of_every_sky_stands_beside_that_of_clear_sky():
    table = deposits_of(under_clouds([1001.0], [1.0], in_full=True), POLICY)
    assert table.key_bits.tolist() == [1001]
    assert table.thin_bits.tolist() == [400]
    assert table.broken_bits.tolist() == [0]
    assert table.authentication_bits.tolist() == [1_024]


def test_a_member_gets_the_key_of_its_sky_and_pays_where_there_is_some():
    case = network_of("ab", [demand("d", "a", "b", 1.0)], days=1.0)
    table = deposits_of(under_clouds([1001.0], [1.0], in_full=True), POLICY)
    table = replace(table, usable_utc=table.contact_end_utc)
    sky = np.array([[state] for state in SkyState], dtype=np.int8)
    layout = Layout(case, table)
    found = engine_deposits(layout, table, deposit_rows(case, layout, table), sky)
    by_state = dict(zip(SkyState, found.bits[:, 0].tolist(), strict=True))
    assert by_state == {
        SkyState.CLEAR: 1001, SkyState.THIN: 400, SkyState.BROKEN: 0, SkyState.OVERCAST: 0
    }  # fmt: skip
    assert found.authentication[:, 0].tolist() == [1_024 * (bits > 0) for bits in found.bits[:, 0]]


def test_opening_a_sky_makes_it_clear_and_leaves_the_others():
    states = np.array([[SkyState.THIN, SkyState.OVERCAST]], dtype=np.int8)
    assert opened(states, np.array([False, True])).tolist() == [[SkyState.THIN, SkyState.CLEAR]]
    mask = opened(np.array([[False, True]]), np.array([True, False]))
    assert mask.dtype == np.bool_
    assert mask.tolist() == [[True, True]]
