"""The forecast: quantiles, chances and shortage over the members."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from network_cases import DAY_S, HOUR_S, demand, deposits, network_of
from tolerances import SECOND, within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.network import DemandClass
from euroqci_planner.mission.sky_states import SkyState
from euroqci_planner.network.forecast import key_forecast, quantiles_of

HOUR = np.timedelta64(1, "h")
CONTACTS = [("s1", "A", 6.0, 12_000), ("s1", "B", 6.0, 12_000)]


def case(*demands, days=1.0):
    return network_of("ab", list(demands), days=days)


def members(clear_ones, all_of_them):
    """The first members meet a clear sky, the others none."""
    clear = np.zeros((all_of_them, len(CONTACTS)), dtype=np.bool_)
    clear[:clear_ones] = True
    return clear


def test_chances_and_quantiles_are_shares_of_the_members():
    needy = demand("d", "a", "b", 24_000, start_bits=12_000, wanted_availability=0.9)
    forecast = key_forecast(case(needy), deposits(CONTACTS), members(30, 100))
    assert forecast.members == 100
    assert forecast.demands.p_empty.tolist() == [0.7]
    assert forecast.demands.served_bits == within(1e-6, of=0.3 * 24_000 + 0.7 * 12_000)
    assert forecast.demands.availability == within(1e-9, of=0.3 * 1.0 + 0.7 * 0.5)
    assert forecast.demands.time_to_empty_s == within(SECOND, of=12 * HOUR_S)
    assert forecast.demands.time_to_empty_p10_s == within(SECOND, of=12 * HOUR_S)
    assert forecast.p_kept == (0.3,)
    # At 12 h the clear members hold the 12 000 bits that came, the others nothing.
    noon = forecast.stores.take(
        (forecast.stores.store == 2) & (forecast.stores.time_utc == case().start_utc + 12 * HOUR)
    )
    assert noon.expected_bits == within(1e-6, of=noon.p90_bits[0] * 0.3)
    assert (noon.p01_bits[0], noon.p50_bits[0]) == (0.0, 0.0)


def test_the_median_member_may_never_run_out():
    needy = demand("d", "a", "b", 24_000, start_bits=12_000)
    forecast = key_forecast(case(needy), deposits(CONTACTS), members(80, 100))
    assert np.isinf(forecast.demands.time_to_empty_s[0])
    assert forecast.demands.time_to_empty_p10_s == within(SECOND, of=12 * HOUR_S)


def test_shortage_is_told_by_class():
    first = {"demand_class": DemandClass.EMERGENCY, "reserve_bits": 6_000}
    high = demand("e", "a", "b", 12_000, start_bits=9_000, **first)
    low = demand("i", "a", "b", 12_000, demand_class=DemandClass.INDUSTRY)
    forecast = key_forecast(case(high, low), deposits(CONTACTS), members(60, 100))
    shortage = forecast.shortage
    assert shortage.classes == ("emergency", "public", "critical", "industry")
    assert shortage.requested_bits.tolist() == [12_000.0, 0.0, 0.0, 12_000.0]
    assert shortage.mean_bits.sum() == within(1e-6, of=forecast.demands.unserved_bits.sum())
    assert shortage.p_short[0] == 0.4
    assert shortage.p_short[3] == 1.0
    assert shortage.p50_bits[0] == 0.0
    assert shortage.p90_bits[0] > 0.0


def test_the_ways_are_those_under_a_clear_sky():
    forecast = key_forecast(case(demand("d", "a", "b", 24_000)), deposits(CONTACTS), members(0, 10))
    assert forecast.demands.routes == ("a at A ~ s1 ~ B at b",)
    assert forecast.demands.served_bits.tolist() == [0.0]


def test_a_member_does_not_depend_on_the_others():
    rng = np.random.default_rng(5)
    contacts = [("s1", "AB"[n % 2], 2.0 + n, 3_000) for n in range(20)]
    table = deposits(contacts)
    sky = rng.random((40, len(table))) < 0.5
    needy = [
        demand("d", "a", "b", 24_000, start_bits=2_000),
        demand("i", "b", "a", 9_000, demand_class=DemandClass.INDUSTRY, max_age_s=0.2 * DAY_S),
    ]
    together = key_forecast(case(*needy), table, sky)
    halves = [key_forecast(case(*needy), table, half) for half in (sky[:20], sky[20:])]
    mean = np.mean([half.demands.served_bits for half in halves], axis=0)
    assert together.demands.served_bits == within(1e-6, of=mean)
    assert together.stores.expected_bits == within(
        1e-6, of=np.mean([half.stores.expected_bits for half in halves], axis=0)
    )


def test_twice_the_demand_in_the_same_sky_is_never_safer():
    rng = np.random.default_rng(6)
    contacts = [("s1", "AB"[n % 2], 2.0 + n, 3_000) for n in range(20)]
    sky = rng.random((200, len(contacts))) < 0.6
    one = demand("d", "a", "b", 20_000, start_bits=6_000)
    two = replace(one, consumption=replace(one.consumption, rate_bps=2 * one.consumption.rate_bps))
    chances = [
        key_forecast(case(item), deposits(contacts), sky).demands.p_empty[0] for item in (one, two)
    ]
    assert chances[1] > chances[0]


def test_quantiles_are_values_that_a_member_has():
    values = np.arange(1, 101)[:, None]
    assert quantiles_of(values, (0.01, 0.10, 0.50, 0.90)).ravel().tolist() == [1, 10, 50, 90]
    assert quantiles_of(np.array([[3.0], [np.inf]]), (0.10, 0.90)).ravel().tolist() == [3, np.inf]


@pytest.mark.parametrize(
    ("sky", "problem"),
    [
        (np.ones((5, 3), dtype=np.bool_), "shape"),
        (np.ones((5, 2)), "true or false"),
        (np.ones((0, 2), dtype=np.bool_), "no member"),
        (np.full((5, 2), 4, dtype=np.int8), "a state that no sky has"),
    ],
)
def test_a_weather_that_does_not_fit_is_refused(sky, problem):
    with pytest.raises(InvalidInput, match=problem):
        key_forecast(case(demand("d", "a", "b", 1_000)), deposits(CONTACTS), sky)


def test_states_of_clear_and_overcast_sky_are_a_mask():
    needy = demand("d", "a", "b", 24_000, start_bits=12_000)
    mask = members(30, 100)
    states = np.where(mask, SkyState.CLEAR, SkyState.OVERCAST).astype(np.int8)
    one, other = (key_forecast(case(needy), deposits(CONTACTS), sky) for sky in (mask, states))
    for name in ("p10_bits", "p50_bits", "p90_bits", "expected_bits"):
        assert np.array_equal(getattr(one.stores, name), getattr(other.stores, name))
    assert one.demands.p_empty.tolist() == other.demands.p_empty.tolist()


def test_members_under_thin_and_broken_cloud_have_the_key_of_their_sky():
    table = replace(deposits(CONTACTS), thin_bits=np.full(2, 5_000), broken_bits=np.full(2, 2_000))
    sky = np.repeat(
        np.array([SkyState.CLEAR, SkyState.THIN, SkyState.BROKEN, SkyState.OVERCAST], np.int8),
        [10, 20, 30, 40],
    )
    found = key_forecast(case(demand("d", "a", "b", 0.0)), table, np.stack([sky, sky], axis=1))
    last = found.stores.expected_bits.reshape(len(found.stores.stores), -1)[:2, -1]
    assert last == within(1e-9, of=0.1 * 12_000 + 0.2 * 5_000 + 0.3 * 2_000)
