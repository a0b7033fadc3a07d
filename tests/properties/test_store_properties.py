"""What holds for every course: bits are conserved, key has one use, and nothing comes too early.

A second, plain implementation of one pair checks the engine to the bit.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from network_cases import DAY_S, HOUR_S, START_UTC, demand, deposits, network_of
from network_draws import DAYS, cases

from euroqci_planner.mission.key_course import StoreKind
from euroqci_planner.network.course import key_course
from euroqci_planner.network.forecast import key_forecast

COLUMNS = ("start", "deposited", "authentication", "withdrawn", "expired", "overflow", "end")


def usable_inside(case, table):
    end = case.start_utc + np.timedelta64(round(case.duration_s * 1e6), "us")
    return table.take((table.usable_utc >= case.start_utc) & (table.usable_utc <= end))


def names_of(table, rows):
    return zip(
        np.array(table.satellite_ids)[table.satellite[rows]],
        np.array(table.station_ids)[table.station[rows]],
        strict=True,
    )


@settings(max_examples=70, deadline=None)
@given(cases())
def test_every_bit_is_accounted_for(drawn):
    case, table = drawn
    course = key_course(case, table)
    start, deposited, authentication, withdrawn, expired, overflow, end = (
        getattr(course.ledger, f"{name}_bits") for name in COLUMNS
    )
    assert np.array_equal(start + deposited - authentication - withdrawn - expired - overflow, end)
    for column in COLUMNS:
        assert np.all(getattr(course.ledger, f"{column}_bits") >= 0)
    is_link = np.array([name.kind is StoreKind.LINK for name in course.ledger.stores])
    inside = usable_inside(case, table)
    assert deposited[is_link].sum() == inside.key_bits.sum()
    assert withdrawn[~is_link].sum() == course.demands.served_bits.sum()
    relayed = course.relays.bits.sum()
    assert withdrawn[is_link].sum() == 2 * relayed
    if not case.network.fibre_links:
        arrived = deposited[~is_link].sum() + course.ledger.in_transit_bits.sum()
        assert arrived == relayed
    last = course.stores.time_utc == course.stores.time_utc.max()
    assert course.stores.expected_bits[last].tolist() == end.tolist()
    assert np.all(course.stores.expected_bits >= 0)
    assert np.all(course.demands.served_bits <= course.demands.requested_bits)


@settings(max_examples=50, deadline=None)
@given(cases())
def test_no_link_store_gives_more_than_it_got(drawn):
    case, table = drawn
    course, inside = key_course(case, table), usable_inside(case, table)
    got = defaultdict(int)
    for stock in case.network.link_stocks:
        got[stock.satellite_id, stock.station_id] += stock.stock_bits
    for name, key in zip(names_of(inside, slice(None)), inside.key_bits, strict=True):
        got[name] += int(key)
    gave, pair_key = defaultdict(int), defaultdict(int)
    relays = course.relays
    for row in range(len(relays)):
        satellite_id = relays.satellite_ids[relays.satellite[row]]
        ends = [relays.station_ids[end[row]] for end in (relays.station_a, relays.station_b)]
        for station_id in ends:
            gave[satellite_id, station_id] += int(relays.bits[row])
        pair_key[satellite_id, *ends] += int(relays.bits[row])
    assert all(gave[name] <= got[name] for name in gave)
    for (satellite_id, one, other), key in pair_key.items():
        assert key <= min(got[satellite_id, one], got[satellite_id, other])


@settings(max_examples=50, deadline=None)
@given(cases())
def test_key_is_never_with_a_pair_before_both_passes_and_the_classical_contact(drawn):
    case, table = drawn
    course, inside = key_course(case, table), usable_inside(case, table)
    relays = course.relays
    lead = np.timedelta64(round(case.policy.classical_contact_s * 1e6), "us")
    assert np.all(relays.usable_utc - relays.bound_utc == lead)
    for end in (relays.station_a, relays.station_b):
        used = defaultdict(list)
        for row in range(len(relays)):
            name = (relays.satellite_ids[relays.satellite[row]], relays.station_ids[end[row]])
            used[name].append(row)
        for name, rows in used.items():
            mine = [item == name for item in names_of(inside, slice(None))]
            there = inside.take(np.array(mine, dtype=bool))
            stock = sum(
                item.stock_bits
                for item in case.network.link_stocks
                if (item.satellite_id, item.station_id) == name
            )
            for row in rows:
                ready = there.key_bits[there.usable_utc <= relays.bound_utc[row]].sum() + stock
                taken = sum(
                    int(relays.bits[other])
                    for other in rows
                    if relays.bound_utc[other] <= relays.bound_utc[row]
                )
                assert taken <= ready


@settings(max_examples=30, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_has_no_say(drawn, random):
    case, table = drawn

    def shuffled(items):
        mixed = list(items)
        random.shuffle(mixed)
        return tuple(mixed)

    network = case.network
    mixed = replace(
        case,
        satellites=shuffled(case.satellites),
        stations=shuffled(case.stations),
        network=replace(
            network,
            nodes=shuffled(network.nodes),
            demands=shuffled(network.demands),
            link_stocks=shuffled(network.link_stocks),
        ),
    )
    first = key_course(case, table)
    second = key_course(mixed, table.take(np.array(shuffled(range(len(table))), dtype=np.intp)))
    for name in ("stores", "demands", "ledger", "relays"):
        one, other = getattr(first, name), getattr(second, name)
        for column in one.column_names():
            assert getattr(one, column).tobytes() == getattr(other, column).tobytes()
    assert first.demands.routes == second.demands.routes


@settings(max_examples=30, deadline=None)
@given(cases(), st.lists(st.booleans(), min_size=14, max_size=14))
def test_a_certain_forecast_is_the_course(drawn, sky):
    case, table = drawn
    clear = np.array(sky[: len(table)], dtype=np.bool_)
    known = replace(
        table,
        key_bits=np.where(clear, table.key_bits, 0),
        authentication_bits=np.where(clear, table.authentication_bits, 0),
    )
    course = key_course(case, known)
    forecast = key_forecast(case, table, np.tile(clear, (3, 1)))
    stores, demands = forecast.stores, forecast.demands
    for column in ("p01_bits", "p10_bits", "p50_bits", "p90_bits", "expected_bits"):
        assert np.array_equal(getattr(stores, column), course.stores.expected_bits)
    assert np.array_equal(demands.served_bits, course.demands.served_bits)
    assert np.array_equal(demands.expired_bits, course.demands.expired_bits)
    assert np.array_equal(demands.time_to_empty_s, course.demands.time_to_empty_s)
    assert np.array_equal(demands.p_empty, np.isfinite(course.demands.time_to_empty_s))
    assert np.allclose(demands.availability, course.demands.availability, rtol=0, atol=1e-12)


def served_by_hand(rate_bph, start, supplies, end_h):
    """Served bits of one pair that takes key as it needs it: a queue with exact arithmetic.

    `supplies` are (hour, bits that the pair can have in all from then on).
    """
    stock, served, total, now = start, 0, 0, Fraction(0)
    for hour, matched in [*supplies, (Fraction(end_h), None)]:
        need = int(rate_bph * hour) - int(rate_bph * now)
        used = min(need, stock)
        stock, served, now = stock - used, served + used, hour
        if matched is not None:
            stock, total = stock + matched - total, matched
    return served


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 20_000),
    st.integers(0, 100_000),
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 47), st.integers(0, 200_000))),
)
def test_one_pair_gets_what_a_plain_queue_gives_to_the_bit(rate_bph, start, passes):
    plain = demand("d", "a", "b", 24 * rate_bph, start_bits=start)
    case = network_of("ab", [plain], days=DAYS)
    table = deposits([("s1", station, float(hour), key) for station, hour, key in passes])
    got = {"A": 0, "B": 0}
    supplies = []
    for station, hour, key in sorted(passes, key=lambda item: item[1]):
        got[station] += key
        supplies.append((Fraction(hour), min(got.values())))
    by_hand = served_by_hand(rate_bph, start, supplies, 48)
    assert int(key_course(case, table).demands.served_bits[0]) == by_hand


@settings(max_examples=25, deadline=None)
@given(cases())
def test_more_key_at_the_start_never_serves_less_in_all(drawn):
    """One demand alone, nothing ages, memory without end: else more at first may be less later."""
    case, table = drawn
    first = case.network.demands[0]
    only = replace(first, store=replace(first.store, max_age_s=None))
    endless = tuple(replace(item, key_memory_bits=None) for item in case.satellites)
    network = replace(case.network, demands=(only,))
    alone = replace(case, network=network, satellites=endless)
    richer = replace(only, store=replace(only.store, start_bits=only.store.start_bits + 10_000))
    more = replace(alone, network=replace(alone.network, demands=(richer,)))
    poor, rich = key_course(alone, table), key_course(more, table)
    assert rich.demands.served_bits[0] >= poor.demands.served_bits[0]


def test_the_window_of_these_tests_starts_on_a_full_hour():
    assert START_UTC.astype("datetime64[h]") == START_UTC
    assert (DAYS * DAY_S) % HOUR_S == 0.0
