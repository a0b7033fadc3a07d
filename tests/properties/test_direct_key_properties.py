"""What holds for key between two stations: each bit once, at once, on no satellite's account."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from network_draws import cases

from euroqci_planner.mission.key_course import NO_SATELLITE, LinkName, StoreKind
from euroqci_planner.network.course import key_course
from euroqci_planner.network.forecast import key_forecast


def inside_of(case, table):
    end = case.start_utc + np.timedelta64(round(case.duration_s * 1e6), "us")
    return table.take((table.usable_utc >= case.start_utc) & (table.usable_utc <= end))


def taken_by_link(relays):
    taken = Counter()
    for row in range(len(relays)):
        for name in relays.link_names(row):
            taken[name] += int(relays.bits[row])
    return taken


@settings(max_examples=60, deadline=None)
@given(cases(with_direct=True))
def test_every_store_gives_what_the_log_says_and_no_more_than_it_got(drawn):
    case, table = drawn
    course, inside = key_course(case, table), inside_of(case, table)
    ledger, got, taken = course.ledger, Counter(), taken_by_link(course.relays)
    for stock in case.network.link_stocks:
        got[LinkName(stock.satellite_id, stock.station_id)] += stock.stock_bits
    for row in range(len(inside)):
        got[inside.link_name(row)] += int(inside.key_bits[row])
    stations = {station.id for station in case.stations}
    for row, name in enumerate(ledger.stores):
        if name.kind is StoreKind.PAIR:
            continue
        link = LinkName(name.a, name.b, is_direct=name.a in stations)
        assert ledger.start_bits[row] + ledger.deposited_bits[row] == got[link]
        assert ledger.withdrawn_bits[row] == taken[link] <= got[link]
        assert not link.is_direct or ledger.overflow_bits[row] == 0
    parts = ("authentication", "withdrawn", "expired", "overflow", "end")
    gone = sum(getattr(ledger, f"{part}_bits") for part in parts)
    assert np.array_equal(ledger.start_bits + ledger.deposited_bits, gone)
    if not case.network.fibre_links:
        is_pair = np.array([name.kind is StoreKind.PAIR for name in ledger.stores])
        arrived = (ledger.deposited_bits + ledger.in_transit_bits)[is_pair].sum()
        assert arrived == course.relays.bits.sum()


@settings(max_examples=40, deadline=None)
@given(cases(with_direct=True))
def test_direct_key_comes_with_its_contact_and_relayed_key_after_the_classical_one(drawn):
    case, table = drawn
    relays = key_course(case, table).relays
    lead = np.timedelta64(round(case.policy.classical_contact_s * 1e6), "us")
    waits = np.where(relays.satellite == NO_SATELLITE, np.timedelta64(0, "us"), lead)
    assert np.array_equal(relays.usable_utc - relays.bound_utc, waits)


@settings(max_examples=30, deadline=None)
@given(cases(with_direct=True))
def test_a_table_may_leave_the_partners_out(drawn):
    case, table = drawn
    plain = table.take(~table.is_direct)
    one, other = key_course(case, plain), key_course(case, replace(plain, partner=None))
    assert one.ledger.end_bits.tobytes() == other.ledger.end_bits.tobytes()
    assert all(
        not name.is_direct for row in range(len(one.relays)) for name in one.relays.link_names(row)
    )


@settings(max_examples=30, deadline=None)
@given(cases(with_direct=True))
def test_a_certain_forecast_with_direct_key_is_the_course(drawn):
    case, table = drawn
    course = key_course(case, table)
    forecast = key_forecast(case, table, np.ones((2, len(table)), dtype=np.bool_))
    assert np.array_equal(forecast.stores.p50_bits, course.stores.expected_bits)
    assert np.array_equal(forecast.demands.served_bits, course.demands.served_bits)


@settings(max_examples=30, deadline=None)
@given(cases(with_direct=True))
def test_naming_the_two_stations_the_other_way_round_changes_nothing(drawn):
    case, table = drawn
    swapped = replace(
        table,
        station=np.where(table.is_direct, table.partner, table.station),
        partner=np.where(table.is_direct, table.station, table.partner),
    )
    first, second = key_course(case, table), key_course(case, swapped)
    for name in ("stores", "demands", "ledger", "relays"):
        one, other = getattr(first, name), getattr(second, name)
        for column in one.column_names():
            assert getattr(one, column).tobytes() == getattr(other, column).tobytes()
