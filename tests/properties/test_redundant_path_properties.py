"""What holds for key over several satellites: conserved to the bit, none behind a bit twice."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from network_draws import cases

from euroqci_planner.mission.key_course import NO_SATELLITE, LinkName, StoreKind
from euroqci_planner.network.course import key_course
from euroqci_planner.network.forecast import key_forecast


def got_by_link(case, table):
    end = case.start_utc + np.timedelta64(round(case.duration_s * 1e6), "us")
    got = defaultdict(int)
    for stock in case.network.link_stocks:
        got[LinkName(stock.satellite_id, stock.station_id)] += stock.stock_bits
    for row in np.flatnonzero((table.usable_utc >= case.start_utc) & (table.usable_utc <= end)):
        got[table.link_name(row)] += int(table.key_bits[row])
    return got


def paths_of(case):
    """By pair: the largest number of all its demands."""
    found = defaultdict(int)
    for item in case.network.demands:
        found[item.pair] = max(found[item.pair], item.relay_paths)
    return found


@settings(max_examples=70, deadline=None)
@given(cases(with_direct=True, most_paths=4))
def test_the_pair_gets_the_sum_of_its_shares_over_its_paths(drawn):
    case, table = drawn
    course = key_course(case, table)
    relays, paths = course.relays, paths_of(case)
    came = defaultdict(int)
    for row in range(len(relays)):
        pair = relays.pairs[relays.pair[row]]
        is_direct = relays.satellite[row] == NO_SATELLITE
        assert relays.paths[row] == (1 if is_direct else paths[pair])
        came[pair, int(relays.paths[row])] += int(relays.bits[row])
    assert all(bits % count == 0 for (_, count), bits in came.items())
    if not case.network.fibre_links:
        ledger, total = course.ledger, defaultdict(int)
        for (pair, count), bits in came.items():
            total[pair] += bits // count
        for row, name in enumerate(ledger.stores):
            if name.kind is StoreKind.PAIR:
                arrived = ledger.deposited_bits[row] + ledger.in_transit_bits[row]
                assert arrived == total[name.a, name.b]


@settings(max_examples=60, deadline=None)
@given(cases(most_paths=4))
def test_no_satellite_gives_more_than_the_pair_gets_and_none_more_than_it_holds(drawn):
    case, table = drawn
    relays, got = key_course(case, table).relays, got_by_link(case, table)
    given_bits, shares, ways = defaultdict(int), defaultdict(int), defaultdict(int)
    for row in range(len(relays)):
        bits, ends = int(relays.bits[row]), (relays.station_a[row], relays.station_b[row])
        for name in relays.link_names(row):
            given_bits[name] += bits
        shares[relays.pair[row], *ends, relays.satellite[row]] += bits
        ways[relays.pair[row], *ends, int(relays.paths[row])] += bits
    assert all(bits <= got[name] for name, bits in given_bits.items())
    for (pair, one, other, paths), bits in ways.items():
        mine = {key[3]: share for key, share in shares.items() if key[:3] == (pair, one, other)}
        assert max(mine.values()) <= bits // paths
        ends = [relays.station_ids[end] for end in (one, other)]
        matched = [
            min(got[LinkName(relays.satellite_ids[number], end)] for end in ends)
            for number in range(len(relays.satellite_ids))
        ]
        assert bits // paths <= sum(matched) // paths


@settings(max_examples=30, deadline=None)
@given(cases(most_paths=4))
def test_the_ledger_balances_and_forecasts_are_courses(drawn):
    case, table = drawn
    course = key_course(case, table)
    parts = ("authentication", "withdrawn", "expired", "overflow", "end")
    gone = sum(getattr(course.ledger, f"{part}_bits") for part in parts)
    assert np.array_equal(course.ledger.start_bits + course.ledger.deposited_bits, gone)
    forecast = key_forecast(case, table, np.ones((2, len(table)), dtype=np.bool_))
    assert np.array_equal(forecast.stores.p50_bits, course.stores.expected_bits)
    assert np.array_equal(forecast.demands.served_bits, course.demands.served_bits)
