"""Contacts of two stations under thin and broken cloud: keys, chances, stores and forecast."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from entangled_cases import STATIONS, pair_scenario, user_at, with_demand
from network_cases import demand
from tolerances import BIT, within

from euroqci_planner.app import planner
from euroqci_planner.app.geometry import PASS_STAGES, geometry_of
from euroqci_planner.app.key_forecast import Switches, forecast_plan
from euroqci_planner.app.key_stores import KeysAtHand, StoreInputs, store_inputs
from euroqci_planner.app.pair_skies import skies_of_each
from euroqci_planner.app.pair_stores import pair_members
from euroqci_planner.app.pair_work import PairWork, evaluate_pairs
from euroqci_planner.app.progress import Progress
from euroqci_planner.mission.network import Network
from euroqci_planner.mission.plan import PassState, Plan, is_flown
from euroqci_planner.mission.scenario import (
    BlockPolicy,
    Objective,
    Scenario,
    SkyModel,
    WeatherModel,
)
from euroqci_planner.mission.sky_forecast import SkyForecast
from euroqci_planner.mission.sky_states import CLOUDY_SKIES, SkyState
from euroqci_planner.network.deposits import deposit_rows, engine_deposits
from euroqci_planner.network.layout import Layout
from euroqci_planner.qkd.bbm92_model import Bbm92Model
from euroqci_planner.weather.cloud_field import spatial_correlation
from euroqci_planner.weather.joint_sky import both_clear

CLEAR, THIN, BROKEN = SkyState.CLEAR, SkyState.THIN, SkyState.BROKEN
FOUR_SIGMA = 4.0
HOUR = np.timedelta64(1, "h")


def column_of(a: SkyState, b: SkyState) -> int:
    return CLOUDY_SKIES.index((a, b))


def source_alone(block: str, states: str = "four", members: int = 100) -> Scenario:
    """The source with users beside Matera and Helmos."""
    scenario = with_demand(pair_scenario(satellites=pair_scenario().satellites[:1]))
    weather = replace(scenario.weather, sky_states=SkyModel(states), members=members)
    policy = replace(scenario.policy, block=BlockPolicy(block), uncertainty_draws=0)
    return replace(scenario, weather=weather, policy=policy)


@cache
def plan(block: str = "per_pass", states: str = "four", members: int = 100) -> Plan:
    return planner.make_plan(source_alone(block, states, members))


def inputs_of(made: Plan) -> StoreInputs:
    keys = KeysAtHand(made.keys, made.key_details)
    return store_inputs(made.scenario, made, keys, made.decisions, made.pair_contacts)


def without_clouds(scenario: Scenario) -> Scenario:
    return replace(scenario, weather=replace(scenario.weather, model=WeatherModel.CLEAR))


def test_thin_cloud_over_both_is_a_source_whose_telescopes_let_that_much_less_through():
    made = plan().pair_contacts
    scenario = without_clouds(source_alone("per_pass"))
    craft = scenario.satellites[0]
    left = craft.payload.transmit_efficiency * made_transmittance(plan())
    dim = replace(craft, payload=replace(craft.payload, transmit_efficiency=left))
    dimmed = planner.make_plan(replace(scenario, satellites=(dim,))).pair_contacts
    keyed = dimmed.key_bits > 0.0
    assert keyed.any()
    both = made.cloudy_key_bits[:, column_of(THIN, THIN)]
    assert both == within(1 * BIT, of=dimmed.key_bits)


def made_transmittance(made: Plan) -> float:
    return made.scenario.weather.thin_cloud_transmittance


def test_a_veil_over_one_station_takes_less_key_than_over_both_and_much_less_than_all():
    made = plan().pair_contacts
    keyed = made.cloudy_key_bits[:, column_of(THIN, THIN)] > 0.0
    assert keyed.any()
    both = made.cloudy_key_bits[keyed, column_of(THIN, THIN)]
    for sky in (column_of(THIN, CLEAR), column_of(CLEAR, THIN)):
        one = made.cloudy_key_bits[keyed, sky]
        assert np.all((both < one) & (one < made.key_bits[keyed]))
        assert np.all(one < made_transmittance(plan()) * made.key_bits[keyed])
        assert np.all(both < made_transmittance(plan()) * one)


def test_a_sky_that_never_comes_over_a_station_never_comes_over_both():
    scenario = source_alone("per_pass")
    stations = tuple(
        replace(item, thin_cloud_probability=(0.0 if item.id == "helmos" else 0.2,) * 12)
        for item in scenario.stations
    )
    made = planner.make_plan(replace(scenario, stations=stations)).pair_contacts
    assert {made.station_ids[row] for row in made.station_a.tolist()} == {"helmos"}
    for sky, (a, _) in enumerate(CLOUDY_SKIES):
        assert bool(np.all(made.cloudy_probability[:, sky] > 0.0)) == (a is not THIN)


def test_broken_cloud_leaves_the_counts_of_the_gaps_and_over_both_of_the_gaps_that_meet():
    made = plan("pooled")
    contacts, scenario = made.pair_contacts, made.scenario
    one, other = skies_of_each(scenario, contacts)
    shares = {
        (BROKEN, CLEAR): one.usable_share,
        (CLEAR, BROKEN): other.usable_share,
        (BROKEN, BROKEN): one.usable_share * other.usable_share,
    }
    pooled = is_flown(contacts.state) & (contacts.block >= 0)
    size = np.bincount(contacts.block[pooled])
    shared = pooled & (size[np.maximum(contacts.block, 0)] > 1)
    assert shared.sum() > 2
    for sky, share in shares.items():
        found = contacts.cloudy_key_bits[shared, column_of(*sky)]
        assert found == within(2 * BIT, of=share[shared] * contacts.key_bits[shared])


def test_a_broken_sky_alone_has_the_finite_key_of_its_share_of_the_counts():
    made = plan()
    contacts, scenario = made.pair_contacts, made.scenario
    payload, policy = scenario.satellites[0].payload, scenario.policy
    best = int(np.argmax(contacts.key_bits))
    counts = evaluated(made).counts.take([best])
    one, _ = skies_of_each(scenario, contacts)
    part = type(counts)(
        **{name: getattr(counts, name) * one.usable_share[best] for name in counts.column_names()}
    )
    bits = contacts.cloudy_key_bits[best, column_of(BROKEN, CLEAR)]
    assert bits == Bbm92Model().keys(payload, part, policy).key_bits[0]
    assert 0.0 < bits < one.usable_share[best] * contacts.key_bits[best]


def evaluated(made: Plan) -> PairWork:
    work = evaluate_pairs(made.scenario, geometry_of(made.scenario, Progress().staged(PASS_STAGES)))
    assert len(work.contacts) == len(made.pair_contacts)
    return work


def test_the_key_to_expect_is_the_sum_over_the_skies_of_both_stations():
    made = plan()
    contacts = made.pair_contacts
    one, other = skies_of_each(made.scenario, contacts)
    reach = spatial_correlation(made.scenario.stations, made.scenario.weather.correlation_length_m)[
        contacts.station_a, contacts.station_b
    ]
    ends = [
        [0.0 * sky.clear, sky.clear, sky.clear + sky.thin, sky.clear + sky.thin + sky.broken]
        for sky in (one, other)
    ]
    expected = np.zeros(len(contacts))
    for row, a in enumerate((CLEAR, THIN, BROKEN), 1):
        for col, b in enumerate((CLEAR, THIN, BROKEN), 1):
            corners = [
                sign * both_clear(ends[0][i], ends[1][j], reach)
                for i, j, sign in (
                    (row, col, 1), (row - 1, col, -1), (row, col - 1, -1), (row - 1, col - 1, 1)
                )
            ]  # fmt: skip
            bits = (
                contacts.key_bits
                if a is CLEAR and b is CLEAR
                else contacts.cloudy_key_bits[:, column_of(a, b)]
            )
            expected += sum(corners) * bits
    scale = np.maximum(expected, 1.0)
    assert contacts.key_expected_bits / scale == within(1e-9, of=expected / scale)


@pytest.mark.parametrize("block", ["per_pass", "pooled"])
def test_the_mean_deposit_of_the_members_is_the_expected_one(block):
    made = plan(block, members=4_000)
    inputs = inputs_of(made)
    layout = Layout(inputs.network, inputs.in_full)
    rows = deposit_rows(inputs.network, layout, inputs.in_full)
    bits = engine_deposits(layout, inputs.in_full, rows, inputs.sky).bits
    assert inputs.in_full.is_direct[rows].all()
    assert (bits > 0).any(axis=0).sum() > 2
    expected = inputs.expected.key_bits[rows]
    sigma = bits.std(axis=0) / np.sqrt(len(bits))
    assert np.all(np.abs(bits.mean(axis=0) - expected) < FOUR_SIGMA * sigma + 2.0)
    flown = made.pair_contacts.take(is_flown(made.pair_contacts.state))
    in_clear_sky = flown.clear_probability * flown.key_bits
    assert expected.sum() > 1.2 * in_clear_sky.sum()


def test_skies_of_the_members_are_the_joint_chances():
    made = plan(members=4_000)
    contacts = made.pair_contacts
    codes = pair_members(made.scenario, contacts)
    for sky in range(len(CLOUDY_SKIES)):
        share = (codes == len(SkyState) + sky).mean(axis=0)
        chance = contacts.cloudy_probability[:, sky]
        sigma = np.sqrt(chance * (1.0 - chance) / len(codes))
        assert np.all(np.abs(share - chance) < FOUR_SIGMA * sigma + 1e-3)


def under_layers(low: float, high: float, block: str = "per_pass") -> Plan:
    """The plan of a day and a half under a forecast of cloud that never changes."""
    asked = source_alone(block)
    hours = np.arange(0, 48, 6)
    rows = len(STATIONS) * len(hours)
    forecast = SkyForecast(
        issued_utc=asked.start_utc,
        station_ids=tuple(sorted(STATIONS)),
        station=np.repeat(np.arange(len(STATIONS), dtype=np.int32), len(hours)),
        time_utc=np.tile(asked.start_utc + hours * HOUR, len(STATIONS)),
        cloud_cover=np.full(rows, max(low, high)),
        low_cover=np.full(rows, low),
        mid_cover=np.zeros(rows),
        high_cover=np.full(rows, high),
    )
    sky = replace(asked.weather, model=WeatherModel.FORECAST, forecast=forecast, members=20)
    return planner.make_plan(replace(asked, weather=sky, duration_s=1.5 * 86_400.0))


@pytest.mark.parametrize("block", ["per_pass", "pooled"])
def test_under_a_certain_veil_the_forecast_is_the_course_to_the_bit(block):
    made = under_layers(0.0, 1.0, block)
    contacts = made.pair_contacts
    flown = contacts.take(is_flown(contacts.state))
    both = flown.cloudy_key_bits[:, column_of(THIN, THIN)]
    assert np.all(flown.cloudy_probability[:, column_of(THIN, THIN)] == 1.0)
    assert np.all(flown.clear_probability == 0.0)
    np.testing.assert_array_equal(flown.key_expected_bits, both)
    assert both.sum() > 0.0
    np.testing.assert_array_equal(
        made.forecast.demands.served_bits, made.course.demands.served_bits
    )
    assert made.forecast.demands.served_bits[0] > 0.0
    for name in ("p10_bits", "p50_bits", "p90_bits"):
        stores = made.forecast.stores
        np.testing.assert_array_equal(getattr(stores, name), made.course.stores.expected_bits)


def test_under_a_closed_sky_nothing_comes():
    made = under_layers(1.0, 1.0)
    assert not is_flown(made.pair_contacts.state).any()
    assert np.all(made.pair_contacts.key_expected_bits == 0.0)
    assert np.all(made.pair_contacts.cloudy_probability == 0.0)


@pytest.mark.parametrize("block", ["per_pass", "pooled"])
def test_two_states_know_nothing_but_two_clear_skies(block):
    made = plan(block, "two")
    contacts = made.pair_contacts
    assert not contacts.cloudy_probability.any()
    assert not contacts.cloudy_key_bits.any()
    np.testing.assert_array_equal(
        contacts.key_expected_bits, contacts.clear_probability * contacts.key_bits
    )
    assert pair_members(made.scenario, contacts).dtype == np.bool_
    if block == "per_pass":
        np.testing.assert_array_equal(contacts.key_bits, plan().pair_contacts.key_bits)
    two = planner.make_plan(without_clouds(made.scenario)).pair_contacts
    assert np.all(two.clear_probability == 1.0)


@pytest.mark.parametrize("block", ["per_pass", "pooled"])
def test_times_their_chances_the_shares_of_a_block_sum_to_its_expected_key(block):
    contacts = plan(block).pair_contacts
    mean = contacts.clear_probability * contacts.key_bits + contacts.clouded_bits
    np.testing.assert_array_equal(contacts.key_expected_bits, mean)
    assert contacts.key_expected_bits.sum() > 0.0
    ready = ~np.isnat(contacts.key_usable_utc)
    np.testing.assert_array_equal(ready, contacts.has_key)


def test_a_station_that_is_down_brings_no_key_under_any_sky():
    found = forecast_plan(plan(), Switches(without_stations=("matera",)))
    contacts = found.switched.pair_contacts
    assert np.all(contacts.state[is_flown(plan().pair_contacts.state)] == PassState.BANNED)
    assert not contacts.has_key.any()
    assert found.switched.forecast.demands.served_bits[0] == 0.0
    assert found.planned.forecast.demands.served_bits[0] > 0.0


def test_a_clearer_month_serves_more_of_what_two_stations_share():
    (month,) = forecast_plan(plan(), Switches()).planned.outlook.climate
    usual = plan().forecast.demands.availability[0]
    assert month.availability_cloudier < usual < month.availability_clearer


PLACES = {"d0": ("matera", "helmos"), "d1": ("calar-alto", "matera")}


@cache
def for_pairs(objective: str, block: str = "per_pass") -> Plan:
    """Two pairs of users at their stations who want more than the source can bring."""
    asked = source_alone(block)
    nodes = tuple(user_at(asked, name) for name in sorted({*PLACES["d0"], *PLACES["d1"]}))
    demands = tuple(
        demand(name, f"user-{a}", f"user-{b}", 400_000.0) for name, (a, b) in PLACES.items()
    )
    settings = replace(asked.schedule, objective=Objective(objective))
    network = Network(nodes=nodes, demands=demands)
    return planner.make_plan(replace(asked, schedule=settings, network=network))


def test_schedules_for_pairs_count_what_two_stations_share_sky_by_sky():
    made = for_pairs("fair_pairs")
    contacts = made.pair_contacts.take(is_flown(made.pair_contacts.state))
    cost = made.scenario.policy.authentication_bits_per_contact
    need = 3.0 * made.pairs.requested_bits
    bits = np.column_stack([contacts.key_bits, contacts.cloudy_key_bits])
    chance = np.column_stack([contacts.clear_probability, contacts.cloudy_probability])
    ids = np.array(contacts.station_ids)
    for row, name in enumerate(made.pairs.demand_ids):
        a, b = sorted(PLACES[name])
        mine = (ids[contacts.station_a] == a) & (ids[contacts.station_b] == b)
        net = np.minimum(np.maximum(np.floor(bits[mine]) - cost, 0.0), need[row])
        wanted = min(float(np.sum(chance[mine] * net)), float(made.pairs.requested_bits[row]))
        assert made.pairs.served_bits[row] == within(1e-4 * wanted, of=wanted)
    assert made.pairs.is_reached.all()
    assert 0.0 < made.pairs.served_share.min() < 1.0


@pytest.mark.parametrize("block", ["per_pass", "pooled"])
def test_the_poorer_pair_has_more_of_it_than_under_expected_key(block):
    fair, rich = for_pairs("fair_pairs", block), for_pairs("expected_key", block)
    least = [made.course.demands.served_bits.min() for made in (fair, rich)]
    assert least[0] >= least[1]
    assert fair.pairs.served_share.min() > 0.0
    assert fair.value_bits <= rich.value_bits * (1.0 + 1e-9)


def test_stocks_are_worth_something_where_two_stations_share_the_key():
    made = for_pairs("stock_value")
    assert made.pairs.is_reached.all()
    assert np.all(made.pairs.stock_value > 0.0)
    assert np.all(made.pairs.stock_value <= made.pairs.most_value)
