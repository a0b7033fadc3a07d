"""Plans that fly a source of entangled pairs over two stations at once."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from entangled_cases import (
    SOURCE,
    STATIONS,
    TRUSTED,
    pair_plan,
    pair_scenario,
    seconds,
    with_demand,
)
from tolerances import MICROSECOND, within

from euroqci_planner.app import planner
from euroqci_planner.app.common_windows import common_windows
from euroqci_planner.app.pair_stores import pair_members
from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.plan import PassState, Reason, is_flown
from euroqci_planner.mission.scenario import (
    Ban,
    BlockPolicy,
    Pin,
    WeatherModel,
    WindowPolicy,
)
from euroqci_planner.mission.sky_states import SkyState
from euroqci_planner.timebase import NOT_A_TIME
from euroqci_planner.weather.cloud_field import spatial_correlation
from euroqci_planner.weather.joint_sky import both_clear
from euroqci_planner.weather.sky_chances import sky_chances

PART_IN_A_BILLION = 1e-9


def rows_of(contacts, a, b):
    ids = list(contacts.station_ids)
    return np.flatnonzero(
        (contacts.station_a == ids.index(a)) & (contacts.station_b == ids.index(b))
    )


def satellite_is(plan, name):
    return plan.passes.satellite == plan.passes.satellite_ids.index(name)


def test_the_contacts_are_the_common_windows_of_every_two_stations():
    contacts = pair_plan().pair_contacts
    found = 0
    for a, b in combinations(STATIONS, 2):
        windows = common_windows(pair_scenario(), SOURCE, (a, b))
        rows = rows_of(contacts, a, b)
        whole = contacts.take(rows)
        begin, end = whole.start_utc, whole.end_utc
        assert seconds(begin, windows.begin_utc) == within(MICROSECOND, of=np.zeros(len(rows)))
        assert seconds(end, windows.end_utc) == within(MICROSECOND, of=np.zeros(len(rows)))
        np.testing.assert_array_equal(whole.key_bits, windows.key_bits)
        found += len(rows)
    assert found == len(contacts) > 10


def test_a_contact_is_named_after_the_middle_between_both_highest_points():
    plan = pair_plan()
    contacts = plan.pair_contacts
    first, second = plan.passes.take(contacts.pass_a), plan.passes.take(contacts.pass_b)
    assert np.all(contacts.middle_utc >= np.minimum(first.highest_utc, second.highest_utc))
    assert np.all(contacts.middle_utc <= np.maximum(first.highest_utc, second.highest_utc))
    names = contacts.contact_ids().tolist()
    assert len(set(names)) == len(names)
    assert names[0].startswith(f"{SOURCE}/")
    assert names[0].split("/")[1].count("+") == 1
    cut = replace(contacts, start_utc=contacts.start_utc + np.timedelta64(9, "s"))
    assert cut.contact_ids().tolist() == names


def test_the_chance_of_two_clear_skies_is_the_joint_one():
    plan, scenario = pair_plan(), pair_scenario()
    contacts = plan.pair_contacts
    middle = contacts.start_utc + (contacts.end_utc - contacts.start_utc) // 2
    one, other = (
        sky_chances(scenario.stations, station, middle, scenario.weather, elevation).clear
        for station, elevation in (
            (contacts.station_a, contacts.max_elevation_a_rad),
            (contacts.station_b, contacts.max_elevation_b_rad),
        )
    )
    reach = spatial_correlation(scenario.stations, scenario.weather.correlation_length_m)
    joint = both_clear(one, other, reach[contacts.station_a, contacts.station_b])
    np.testing.assert_array_equal(contacts.clear_probability, joint)
    assert np.all(joint > one * other + 0.001)
    assert np.all(joint < np.minimum(one, other))
    strong = contacts.key_bits > 5_000.0
    in_clear_sky = joint * contacts.key_bits
    assert np.all(contacts.key_expected_bits[strong] > 1.05 * in_clear_sky[strong])
    assert np.all(contacts.key_expected_bits >= in_clear_sky)


def test_in_the_forecast_both_skies_are_clear_as_often_as_the_joint_chance_says():
    scenario = replace(pair_scenario(), weather=replace(pair_scenario().weather, members=4_000))
    contacts = pair_plan().pair_contacts
    share = (pair_members(scenario, contacts) == SkyState.CLEAR).mean(axis=0)
    assert share == within(0.035, of=contacts.clear_probability)
    assert np.mean(share - contacts.clear_probability) == within(0.01, of=0.0)


def test_both_passes_of_a_flown_contact_carry_its_window_and_no_key_of_their_own():
    plan = pair_plan()
    flown = plan.pair_contacts.take(is_flown(plan.pair_contacts.state))
    assert len(flown) >= 3
    for of_pass, partner in ((flown.pass_a, flown.station_b), (flown.pass_b, flown.station_a)):
        np.testing.assert_array_equal(plan.conditions.usable_start_utc[of_pass], flown.start_utc)
        np.testing.assert_array_equal(plan.conditions.usable_end_utc[of_pass], flown.end_utc)
        assert np.all(plan.decisions.state[of_pass] == PassState.SCHEDULED)
        np.testing.assert_array_equal(plan.decisions.partner[of_pass], partner)
        assert np.all(np.isnan(plan.keys.key_bits[of_pass]))
        assert np.all(np.isnan(plan.decisions.key_expected_bits[of_pass]))
    product = plan.link.transmittance_max[flown.pass_a] * plan.link.transmittance_max[flown.pass_b]
    assert np.all(flown.transmittance_max <= product * (1.0 + PART_IN_A_BILLION))
    assert np.all(flown.transmittance_max > 0.3 * product)


def test_what_the_schedule_is_worth_is_the_key_of_pairs_and_of_single_passes():
    plan = pair_plan()
    flown = is_flown(plan.pair_contacts.state)
    alone = plan.decisions.flown_alone
    of_pairs = float(plan.pair_contacts.key_expected_bits[flown].sum())
    of_passes = float(plan.decisions.key_expected_bits[alone].sum())
    assert of_pairs > 0.0
    assert of_passes > 0.0
    assert plan.value_bits == within(1e-6, of=of_pairs + of_passes)
    assert not np.any(alone & satellite_is(plan, SOURCE))
    assert np.all(satellite_is(plan, TRUSTED)[alone])


def test_every_pass_of_a_source_that_is_not_flown_says_why():
    plan = pair_plan()
    usable = ~np.isnat(plan.conditions.usable_start_utc) & satellite_is(plan, SOURCE)
    left = usable & ~is_flown(plan.decisions.state)
    assert np.all(plan.decisions.reason[left] != Reason.NONE)
    in_contact = np.union1d(plan.pair_contacts.pass_a, plan.pair_contacts.pass_b)
    alone = left & ~np.isin(np.arange(len(left)), in_contact)
    assert alone.any()
    assert np.all(plan.decisions.reason[alone] == Reason.NO_PARTNER_STATION)
    busy = left & np.isin(plan.decisions.reason, (Reason.SATELLITE_BUSY, Reason.STATION_BUSY))
    assert busy.any()
    assert np.all(is_flown(plan.decisions.state[plan.decisions.blocked_by[busy]]))


def test_demands_leave_only_the_stations_that_their_users_reach():
    contacts = planner.make_plan(with_demand(pair_scenario())).pair_contacts
    ids = contacts.station_ids
    ends = {(ids[a], ids[b]) for a, b in zip(contacts.station_a, contacts.station_b, strict=True)}
    assert ends == {("helmos", "matera")}


def test_the_key_reaches_the_users_without_any_trusted_satellite():
    clear = replace(pair_scenario().weather, model=WeatherModel.CLEAR)
    scenario = with_demand(replace(pair_scenario(), satellites=pair_scenario().satellites[:1],
                                   weather=clear))  # fmt: skip
    plan = planner.make_plan(scenario)
    flown = plan.pair_contacts.take(is_flown(plan.pair_contacts.state))
    cost = scenario.policy.authentication_bits_per_contact
    brought = float(np.sum(np.maximum(flown.key_bits - cost, 0.0)))
    served = float(plan.course.demands.served_bits[0])
    assert 0.0 < served <= brought
    names = [(store.a, store.b) for store in plan.course.stores.stores]
    assert ("helmos", "matera") in names
    assert plan.course.demands.trusted_nodes[0] == 0


def test_a_ban_on_a_station_takes_every_contact_with_it():
    settings = replace(pair_scenario().schedule, bans=(Ban(satellite_id="", station_id="matera"),))
    plan = planner.make_plan(replace(pair_scenario(), schedule=settings))
    contacts = plan.pair_contacts
    at = contacts.station_ids.index("matera")
    banned = (contacts.station_a == at) | (contacts.station_b == at)
    assert np.all(contacts.state[banned] == PassState.BANNED)
    assert not np.any(contacts.state[~banned] == PassState.BANNED)
    mine = satellite_is(plan, SOURCE) & (plan.passes.station == at)
    assert not np.any(is_flown(plan.decisions.state[mine]))


def pin_of(plan, row):
    passes = plan.passes
    return Pin(
        satellite_id=SOURCE,
        station_id=passes.station_ids[passes.station[row]],
        near_utc=passes.highest_utc[row],
    )


def with_pins(*pins):
    settings = replace(pair_scenario().schedule, pins=pins)
    return replace(pair_scenario(), schedule=settings)


def test_a_pin_flies_the_best_contact_of_that_pass():
    plan = pair_plan()
    contacts = plan.pair_contacts
    row = int(contacts.pass_a[np.flatnonzero(contacts.state == PassState.REJECTED)[0]])
    pinned = planner.make_plan(with_pins(pin_of(plan, row))).pair_contacts
    (chosen,) = np.flatnonzero(pinned.state == PassState.PINNED)
    options = (contacts.pass_a == row) | (contacts.pass_b == row)
    assert options[chosen]
    assert contacts.key_expected_bits[chosen] == contacts.key_expected_bits[options].max()


def test_pins_on_both_passes_of_a_contact_fly_that_contact():
    plan = pair_plan()
    contacts = plan.pair_contacts
    passes = np.concatenate((contacts.pass_a, contacts.pass_b))
    often = np.flatnonzero(np.bincount(passes) > 1)
    rows = np.flatnonzero(np.isin(contacts.pass_a, often) | np.isin(contacts.pass_b, often))
    least = rows[np.argmin(contacts.key_expected_bits[rows])]
    ends = (int(contacts.pass_a[least]), int(contacts.pass_b[least]))
    pinned = planner.make_plan(with_pins(*(pin_of(plan, row) for row in ends))).pair_contacts
    assert np.flatnonzero(pinned.state == PassState.PINNED).tolist() == [least]


def test_a_pin_on_a_pass_that_no_other_station_shares_is_refused_by_name():
    plan = pair_plan()
    lonely = plan.decisions.reason == Reason.NO_PARTNER_STATION
    row = int(np.flatnonzero(lonely)[0])
    with pytest.raises(InvalidInput) as refused:
        planner.make_plan(with_pins(pin_of(plan, row)))
    (fault,) = refused.value.faults
    assert fault.value == plan.passes.pass_ids()[row]
    assert "no other station sees" in fault.problem


def test_the_part_with_most_key_is_never_worse_than_the_whole_window():
    policy = replace(pair_scenario().policy, usable_window=WindowPolicy.OPTIMISE)
    best = planner.make_plan(replace(pair_scenario(), policy=policy)).pair_contacts
    whole = pair_plan().pair_contacts
    np.testing.assert_array_equal(best.pass_a, whole.pass_a)
    assert np.all(best.key_bits >= whole.key_bits)
    assert np.all(best.start_utc >= whole.start_utc)
    assert np.all(best.end_utc <= whole.end_utc)


def test_contacts_that_wait_for_one_another_give_more_key_than_each_alone():
    weak = pair_scenario()
    source = replace(weak.satellites[0].payload.source, pair_rate_hz=1e6)
    payload = replace(weak.satellites[0].payload, source=source)
    weak = replace(weak, satellites=(replace(weak.satellites[0], payload=payload),))
    policy = replace(weak.policy, block=BlockPolicy.POOLED, uncertainty_draws=0)
    pooled = planner.make_plan(replace(weak, policy=policy))
    alone = planner.make_plan(weak)
    contacts = pooled.pair_contacts
    flown = is_flown(contacts.state)
    assert pooled.pair_contacts.key_expected_bits[flown].sum() > 1.1 * max(alone.value_bits, 1.0)
    assert np.all(contacts.block[flown] >= 0)
    together = np.bincount(contacts.block[flown])
    assert together.max() > 1
    ready = contacts.key_usable_utc[flown]
    assert not np.any(np.isnat(ready[contacts.key_bits[flown] > 0.0]))
    for number in np.unique(contacts.block[flown]):
        mine = flown & (contacts.block == number)
        assert len(np.unique(contacts.key_usable_utc[mine & (contacts.key_bits > 0.0)])) == 1


def test_quantiles_enclose_the_planned_key():
    contacts = pair_plan().pair_contacts
    keyed = contacts.key_bits > 5_000.0
    assert keyed.any()
    assert np.all(contacts.key_p10_bits[keyed] < contacts.key_bits[keyed])
    assert np.all(contacts.key_p90_bits[keyed] > contacts.key_bits[keyed])


def test_a_plan_without_a_source_has_no_such_contacts():
    scenario = replace(pair_scenario(), satellites=pair_scenario().satellites[1:])
    plan = planner.make_plan(scenario)
    assert plan.pair_contacts is None
    assert np.all(plan.decisions.partner == -1)
    assert np.all(plan.decisions.flown_alone == is_flown(plan.decisions.state))
    assert not np.any(plan.decisions.key_usable_utc[plan.decisions.flown_alone] == NOT_A_TIME)


def with_certain_skies(chance):
    scenario = with_demand(pair_scenario(satellites=pair_scenario().satellites[:1]))
    stations = tuple(
        replace(item, clear_sky_probability=(chance,) * 12, thin_cloud_probability=(0.0,) * 12)
        for item in scenario.stations
    )
    return planner.make_plan(replace(scenario, stations=stations))


def test_under_certain_skies_the_forecast_is_the_deterministic_plan():
    plan = with_certain_skies(1.0)
    flown = is_flown(plan.pair_contacts.state)
    assert flown.any()
    assert np.all(plan.pair_contacts.clear_probability == 1.0)
    np.testing.assert_array_equal(
        plan.forecast.demands.served_bits, plan.course.demands.served_bits
    )
    stores = plan.forecast.stores
    for name in ("p10_bits", "p50_bits", "p90_bits"):
        np.testing.assert_array_equal(getattr(stores, name), plan.course.stores.expected_bits)


def test_without_any_clear_sky_nothing_is_flown():
    plan = with_certain_skies(0.0)
    assert not is_flown(plan.pair_contacts.state).any()
    assert np.all(plan.pair_contacts.key_expected_bits == 0.0)
