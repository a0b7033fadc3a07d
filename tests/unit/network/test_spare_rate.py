"""What is left to sell: trials side by side against a forecast with one more demand, one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_cases import DAY_S, demand, deposits, fibre, network_of, satellite
from network_draws import cases

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.network import Consumption, ConsumptionKind, Demand, DemandClass
from euroqci_planner.network.deposits import deposit_rows, engine_deposits
from euroqci_planner.network.forecast import key_forecast, unserved_bits
from euroqci_planner.network.layout import Layout
from euroqci_planner.network.rate_search import STEP
from euroqci_planner.network.simulation import Simulation
from euroqci_planner.network.spare_rate import WantedRate, spare_rate_bps, spare_rates_bps
from euroqci_planner.network.spare_trial import SpareTrial

ROUNDING = 1e-9
FLEET = (satellite("s1"), satellite("s2"))


def with_extra(case, pair, rate_bps):
    pad = Consumption(kind=ConsumptionKind.ONE_TIME_PAD, rate_bps=rate_bps)
    extra = Demand(
        id="~spare", a=pair[0], b=pair[1], demand_class=DemandClass.INDUSTRY, consumption=pad
    )
    return replace(case, network=replace(case.network, demands=(*case.network.demands, extra)))


def availability(case, table, clear, pair, rate_bps):
    found = key_forecast(with_extra(case, pair, rate_bps), table, clear).demands
    return float(found.availability[found.demand_ids.index("~spare")])


def skies(table, members=12):
    return np.random.default_rng(7).random((members, len(table))) < 0.6


def busy_case():
    demands = [
        demand("ab", "a", "b", 30_000, reserve_bits=4_000),
        demand("ac", "a", "c", 50_000, demand_class=DemandClass.INDUSTRY),
        demand("bc", "b", "c", 20_000, start_bits=30_000, wanted_availability=0.9),
    ]
    link = fibre("a", "b", 100.0, hop_m=100e3)
    case = network_of("abc", demands, satellites=FLEET, links=(link,), days=3.0)
    rng = np.random.default_rng(3)
    contacts = [
        (f"s{1 + number % 2}", "ABC"[number % 3], 1.7 * number, int(rng.integers(20_000, 90_000)))
        for number in range(36)
    ]
    return case, deposits(contacts)


@settings(max_examples=15, deadline=None)
@given(cases(with_direct=True, most_paths=2), st.data())
def test_a_trial_in_a_member_is_one_more_demand_of_the_lowest_class(drawn, data):
    case, table = drawn
    layout = Layout(case, table)
    chosen = st.sampled_from(range(len(layout.pairs)))
    pair = np.array(data.draw(st.lists(chosen, min_size=3, max_size=3)))
    rates = np.array(data.draw(st.lists(st.floats(0.001, 20.0), min_size=3, max_size=3)))
    clear = np.ones((3, len(table)), dtype=np.bool_)
    trial = SpareTrial(pair, rates, len(layout.pairs))
    given_bits = engine_deposits(layout, table, deposit_rows(case, layout, table), clear)
    simulation = Simulation(case, layout, given_bits, trial=trial)
    simulation.run(np.array([], dtype=np.int64), lambda *_: None)
    for member in range(3):
        alone = availability(case, table, clear[:1], layout.pairs[pair[member]], rates[member])
        assert trial.served_s[member] / case.duration_s == pytest.approx(alone, abs=ROUNDING)
        total = simulation.pairs.deposited + simulation.pairs.start_bits
        kept = simulation.pairs.withdrawn + simulation.pairs.expired + simulation.pairs.total
        assert np.array_equal(total, kept)


def test_each_rate_is_served_and_a_step_more_is_not():
    case, table = busy_case()
    clear = skies(table)
    wanted = [WantedRate(pair, share) for pair in (("a", "b"), ("b", "c")) for share in (0.5, 0.8)]
    rates = spare_rates_bps(case, table, clear, wanted)
    assert all(rate > 0.0 for rate in rates)
    for item, rate in zip(wanted, rates, strict=True):
        assert availability(case, table, clear, item.pair, rate) >= item.share
        assert availability(case, table, clear, item.pair, STEP * rate) < item.share


def test_a_pair_has_the_same_rate_alone_and_beside_others():
    case, table = busy_case()
    clear = skies(table)
    wanted = [WantedRate(pair, 0.6) for pair in (("a", "b"), ("a", "c"), ("b", "c"))]
    together = spare_rates_bps(case, table, clear, wanted)
    alone = [spare_rate_bps(case, table, clear, item.pair, item.share) for item in wanted]
    for one, other in zip(together, alone, strict=True):
        assert other / STEP <= one <= other * STEP


def test_a_pair_without_any_demand_can_be_sold_to():
    case = network_of("abc", [demand("p", "a", "b", 1_000)], days=2.0)
    table = deposits([("s1", name, 0.0, 200_000) for name in "AC"])
    rate = spare_rate_bps(case, table, np.ones((1, 2), np.bool_), ("c", "a"), 0.9)
    most = 200_000 / (2.0 * DAY_S) / 0.9
    assert 0.95 * most <= rate <= most


def test_many_pairs_take_few_simulations():
    case, table = busy_case()
    clear, found, runs = skies(table), [], []
    wanted = [WantedRate(pair, 0.7) for pair in (("a", "b"), ("a", "c"), ("b", "c"))]
    spare_rates_bps(case, table, clear, wanted, lambda: found.append(1), lambda: runs.append(1))
    assert len(runs) <= 14
    assert len(found) <= len(wanted)


def test_a_weather_without_a_member_is_refused():
    case, table = busy_case()
    with pytest.raises(InvalidInput, match="no member"):
        spare_rate_bps(case, table, np.ones((0, len(table)), np.bool_), ("a", "b"), 0.9)


def test_unserved_bits_are_those_of_the_forecast():
    case, table = busy_case()
    clear = skies(table)
    assert np.array_equal(
        unserved_bits(case, table, clear), key_forecast(case, table, clear).demands.unserved_bits
    )
