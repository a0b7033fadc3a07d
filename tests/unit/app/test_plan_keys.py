"""Keys of a plan as the scenario asks for them: settings sought, windows cut, passes pooled.

The sample scenario, two nights of it, planned in every way. What is compared follows from the
definition of the options, or is computed anew from the inspected pass.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache, lru_cache

import numpy as np
import pytest
from sample_case import SAMPLE
from tolerances import BIT, MILLISECOND, SECOND, within

from euroqci_planner.app import planner
from euroqci_planner.app.inspection import inspect_pass
from euroqci_planner.cli.tables import plan_summary
from euroqci_planner.io.exports.plan_folder import plan_files
from euroqci_planner.mission.assets import PairSource, Protocol, SettingsPolicy
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.scenario import (
    BlockPolicy,
    Concentration,
    Scenario,
    SkyModel,
    WeatherModel,
    WindowPolicy,
)
from euroqci_planner.resources import resource
from euroqci_planner.timebase import seconds_between

SETTINGS = {"pass": SettingsPolicy.OPTIMISE_PASS, "mission": SettingsPolicy.OPTIMISE_MISSION}


@lru_cache(maxsize=1)
def scenario() -> Scenario:
    whole = planner.load_scenario(resource(*SAMPLE))
    ban = replace(whole.schedule, bans=(), pins=())
    return replace(whole, duration_s=2.0 * 86_400.0, schedule=ban)


def sought(asked: Scenario, policy: SettingsPolicy, sets: int = 1) -> Scenario:
    """The scenario with other settings of every payload."""
    satellites = tuple(
        replace(
            item,
            payload=replace(
                item.payload,
                source=replace(item.payload.source, settings=policy, settings_sets=sets),
            ),
        )
        for item in asked.satellites
    )
    return replace(asked, satellites=satellites)


@cache
def plan(
    settings: str = "fixed",
    window: str = "all",
    block: str = "per_pass",
    sets: int = 1,
    weather: str = "climatology",
    states: str = "four",
) -> Plan:
    asked = scenario()
    if settings != "fixed":
        asked = sought(asked, SETTINGS[settings], sets)
    policy = replace(asked.policy, usable_window=WindowPolicy(window), block=BlockPolicy(block))
    sky = replace(asked.weather, model=WeatherModel(weather), sky_states=SkyModel(states))
    return planner.make_plan(replace(asked, policy=policy, weather=sky))


def alone(made: Plan) -> np.ndarray:
    """Key of every pass as a block of its own; zero without one."""
    return np.nan_to_num(made.key_details.separate_bits)


def test_settings_of_every_pass_are_never_worse_than_those_of_the_source():
    fixed, best = alone(plan()), alone(plan("pass"))
    assert np.all(best >= fixed)
    assert np.sum(best) > 1.2 * np.sum(fixed)
    assert np.count_nonzero(best) > np.count_nonzero(fixed)


def test_mission_settings_lie_between_and_more_sets_give_more():
    totals = [
        sum(item.expected_bits for item in made.key_settings)
        for made in (plan(), plan("mission"), plan("mission", sets=3), plan("pass"))
    ]
    assert totals == sorted(totals)
    assert totals[1] > 1.1 * totals[0]
    assert totals[2] > 0.98 * totals[3]


def test_a_mission_has_as_many_sets_as_the_payload_can_hold_and_every_pass_one_of_them():
    made = plan("mission", sets=3)
    details, usable = made.key_details, np.isfinite(made.keys.key_bits_signed)
    for item in made.key_settings:
        assert 1 <= len(item.sources) <= 3
        assert sum(item.passes) > 0
        satellites = [c.payload.id == item.payload_id for c in made.scenario.satellites]
        rows = np.flatnonzero(usable & np.array(satellites)[made.passes.satellite])
        levels = np.array([source.intensities for source in item.sources])
        apart = np.abs(details.intensities[rows, np.newaxis] - levels).max(axis=2)
        assert apart.min(axis=1).max() < 1e-12


@pytest.mark.parametrize(
    ("settings", "window"),
    [("pass", "all"), ("pass", "optimise"), ("fixed", "optimise"), ("mission", "optimise")],
)
def test_an_inspected_pass_has_the_key_of_the_plan_under_its_settings(settings, window):
    made = plan(settings, window)
    for row in made.contact_rows[::9].tolist():
        shown = inspect_pass(made, row)
        assert shown.account.key_bits == made.keys.key_bits[row]
        sifted = np.sum(shown.link.sifted_rate_hz * shown.link.slot_s)
        total = made.keys.sifted_bits[row]
        assert sifted == within(1e-6 * total, of=total)


def test_a_window_that_is_cut_gives_no_less_and_lies_inside():
    whole, cut = plan(), plan(window="optimise")
    before, after = whole.conditions, cut.conditions
    usable = ~np.isnat(before.usable_start_utc)
    assert np.array_equal(usable, ~np.isnat(after.usable_start_utc))
    assert np.all(after.usable_start_utc[usable] >= before.usable_start_utc[usable])
    assert np.all(after.usable_end_utc[usable] <= before.usable_end_utc[usable])
    assert np.all(alone(cut) >= alone(whole) - 1 * BIT)
    assert np.sum(alone(cut)) > np.sum(alone(whole))
    length_s = seconds_between(after.usable_start_utc, after.usable_end_utc)[usable]
    least_s = whole.scenario.schedule.min_dwell_s
    assert length_s.min() >= least_s - 1 * MILLISECOND
    shorter = length_s < seconds_between(before.usable_start_utc, before.usable_end_utc)[usable]
    assert shorter.any()


def test_the_sun_of_a_window_that_is_cut_is_that_of_its_middle():
    whole, cut = plan(), plan(window="optimise")
    middle_s = [
        0.5
        * (
            seconds_between(made.scenario.start_utc, made.conditions.usable_start_utc)
            + seconds_between(made.scenario.start_utc, made.conditions.usable_end_utc)
        )
        for made in (whole, cut)
    ]
    moved = np.abs(middle_s[1] - middle_s[0]) > 5.0 * SECOND
    assert moved.any()
    changed = whole.conditions.sun_elevation_rad != cut.conditions.sun_elevation_rad
    assert np.all(changed[moved])


def test_pooled_contacts_have_more_key_than_the_same_contacts_alone():
    made = plan(block="pooled", states="two")
    pooling = made.pooling
    flown = made.contact_rows
    chance = made.decisions.clear_probability[flown]
    separate = np.sum(chance * alone(made)[flown])
    expected = np.nansum(made.decisions.key_expected_bits[flown])
    assert pooling.separate_bits == within(1e-6, of=separate)
    assert pooling.pooled_bits == within(1e-6, of=expected)
    assert pooling.gain_bits > 0.0
    assert pooling.blocks < pooling.contacts <= len(flown)
    assert pooling.keyless_contacts == np.count_nonzero(made.keys.key_bits[flown] == 0.0)
    assert pooling.keyless_contacts == 0
    told = any("pooled blocks that stay without a key" in text for text in made.warnings)
    assert told == (pooling.keyless_contacts > 0)


def test_a_pooled_key_can_be_used_when_the_last_contact_of_its_block_is_processed():
    made = plan(block="pooled")
    details, rows = made.key_details, made.contact_rows
    ends = made.conditions.usable_end_utc
    delay = np.timedelta64(int(made.scenario.policy.post_processing_s), "s")
    latency_s = made.scenario.policy.pool_latency_s
    for number in np.unique(details.block[rows][details.block[rows] >= 0]):
        mine = rows[details.block[rows] == number]
        assert (
            len(set(zip(made.passes.satellite[mine], made.passes.station[mine], strict=True))) == 1
        )
        last = ends[mine].max()
        keyed = mine[made.keys.key_bits[mine] > 0.0]
        assert np.all(made.decisions.key_usable_utc[keyed] == last + delay)
        assert np.all(details.waiting_s[mine] == seconds_between(ends[mine], last))
        assert details.waiting_s[mine].max() <= latency_s


def test_in_a_sky_that_is_always_clear_the_shares_of_a_block_are_its_key():
    made = plan(block="pooled", weather="clear")
    details, rows = made.key_details, made.contact_rows
    bits = made.keys.key_bits
    assert np.array_equal(bits[rows], np.floor(bits[rows]))
    assert np.sum(bits[rows]) >= np.sum(alone(made)[rows])
    sizes = np.bincount(details.block[rows][details.block[rows] >= 0])
    assert sizes.max() > 1
    assert np.all(bits[rows] <= made.keys.sifted_bits[rows])


def test_the_stores_get_pooled_key_when_its_block_is_complete():
    made = plan(block="pooled")
    course = made.course
    deposited = sum(
        int(course.ledger.deposited_bits[row])
        for row, item in enumerate(course.ledger.stores)
        if item.kind.value == "link"
    )
    inside = made.decisions.key_usable_utc[made.contact_rows] <= made.scenario.end_utc
    expected = np.nansum(made.decisions.key_expected_bits[made.contact_rows][inside])
    assert 0 < deposited <= expected


def test_gain_and_waiting_of_blocks_stand_in_summary_terminal_and_report():
    made = plan(block="pooled")
    files = plan_files(made)
    told = json.loads(files["summary.json"])["pooling"]
    assert told["gain_bits"] == pytest.approx(made.pooling.gain_bits, abs=0.1)
    assert told["pooled_expected_bits"] - told["separate_expected_bits"] == pytest.approx(
        told["gain_bits"], abs=0.2
    )
    assert 0.0 < told["mean_waiting_h"] < told["longest_waiting_h"] < 48.0
    assert f"{made.pooling.blocks} key blocks over" in plan_summary(made)
    page = files["report.html"].decode()
    assert f"{made.pooling.blocks} blocks hold {made.pooling.contacts} contacts" in page
    assert json.loads(plan_files(plan())["summary.json"])["pooling"] is None
    assert "key blocks over" not in plan_summary(plan())


def test_sets_of_a_mission_stand_in_summary_and_report():
    made = plan("mission", sets=3)
    files = plan_files(made)
    told = json.loads(files["summary.json"])["key_settings"]
    assert [item["payload"] for item in told] == [item.payload_id for item in made.key_settings]
    for item, kept in zip(told, made.key_settings, strict=True):
        assert item["settings"] == "optimise_mission"
        assert sum(one["usable_passes"] for one in item["sets"]) == sum(kept.passes)
        for one in item["sets"]:
            assert sum(one["intensity_probabilities"]) == pytest.approx(1.0, abs=2e-6)
    assert "best for the mission" in files["report.html"].decode()


def test_an_account_of_a_pooled_pass_sums_to_its_share():
    made = plan(block="pooled")
    for row in made.contact_rows[:8].tolist():
        account = inspect_pass(made, row).account
        assert sum(entry.bits for entry in account.entries) == within(
            1e-3 * BIT, of=account.signed_bits
        )
        assert account.signed_bits == within(1e-6 * BIT, of=made.keys.key_bits[row])
        assert account.entries[-1].name == "pooled block"


@pytest.mark.parametrize(("settings", "block"), [("fixed", "per_pass"), ("fixed", "pooled")])
def test_quantiles_are_ordered_and_hold_the_planned_key(settings, block):
    made = plan(settings, block=block)
    details, bits = made.key_details, made.keys.key_bits
    known = np.isfinite(details.key_p50_bits)
    low, middle, high = (getattr(details, f"key_p{n}_bits")[known] for n in (10, 50, 90))
    assert known.sum() > 50
    assert np.all(low <= middle)
    assert np.all(middle <= high)
    keyed = bits[known] > 0.0
    assert np.mean((low <= bits[known])[keyed] & (bits[known] <= high)[keyed]) == 1.0
    strong = middle > 1e6
    assert middle[strong] == pytest.approx(bits[known][strong], rel=0.1)


def test_a_loss_that_is_known_better_narrows_the_quantiles():
    asked = scenario()
    spreads = []
    for sigma_db in (0.5, 1.5):
        policy = replace(asked.policy, loss_sigma_db=sigma_db)
        details = planner.make_plan(replace(asked, policy=policy)).key_details
        spreads.append(np.nansum(details.key_p90_bits - details.key_p10_bits))
    assert spreads[1] > 2.0 * spreads[0]


def test_without_draws_there_are_no_quantiles():
    asked = scenario()
    made = planner.make_plan(replace(asked, policy=replace(asked.policy, uncertainty_draws=0)))
    assert np.isnan(made.key_details.key_p50_bits).all()
    names = {model.name for model in made.models}
    assert not any(name.startswith("quantiles") for name in names)


@pytest.mark.parametrize("bound", list(Concentration))
def test_the_models_name_the_concentration_bound_in_use_and_no_other(bound):
    asked = scenario()
    policy = replace(asked.policy, concentration=bound, uncertainty_draws=0)
    short = replace(asked, policy=policy, duration_s=20_000.0)
    names = [model.name for model in planner.make_plan(short).models]
    assert [name for name in names if name.startswith("concentration")] == [
        f"concentration: {bound.value}"
    ]
    assert not any(name.startswith("error correction") for name in names)


@lru_cache(maxsize=1)
def pairs() -> Plan:
    """QUBE-II with a source of pairs, best windows and pooled blocks."""
    asked = scenario()
    source = PairSource(
        protocol=Protocol.BBM92,
        settings=SettingsPolicy.FIXED,
        pair_rate_hz=2e7,
        coincidence_window_s=5e-10,
        local_arm_efficiency=0.4,
        local_dark_count_hz=500.0,
        key_basis_probability=0.5,
        intrinsic_error=0.01,
    )
    craft = replace(
        asked.satellites[0], payload=replace(asked.satellites[0].payload, source=source)
    )
    policy = replace(asked.policy, usable_window=WindowPolicy.OPTIMISE, block=BlockPolicy.POOLED)
    return planner.make_plan(
        replace(asked, satellites=(craft, *asked.satellites[1:]), policy=policy)
    )


def test_pairs_are_planned_with_windows_blocks_and_quantiles():
    made = pairs()
    mine = made.contact_rows[made.passes.satellite[made.contact_rows] == 0]
    assert len(mine) > 5
    details = made.key_details
    assert np.all(details.key_p10_bits[mine] <= made.keys.key_bits[mine])
    assert np.all(made.keys.key_bits[mine] <= details.key_p90_bits[mine])
    assert np.sum(made.keys.key_bits[mine]) > np.sum(details.separate_bits[mine])
    assert np.isnan(details.intensities[mine]).all()
    payload = made.scenario.satellites[0].payload.id
    assert "Tomamichel" in made.ledgers[payload].proof
    assert {"BBM92, finite key", "sampling: exact"} <= {model.name for model in made.models}


def test_an_inspected_pass_of_pairs_has_the_key_of_the_plan():
    made = pairs()
    mine = made.contact_rows[made.passes.satellite[made.contact_rows] == 0]
    for row in mine[:4].tolist():
        shown = inspect_pass(made, row)
        assert shown.account.key_bits == made.keys.key_bits[row]
        assert np.nanmin(shown.link.sifted_rate_hz) > 0.0


def test_one_decoy_is_planned_with_two_settings_in_every_place():
    asked = replace(scenario(), duration_s=86_400.0)
    satellites = tuple(
        replace(
            item,
            payload=replace(
                item.payload,
                source=replace(
                    item.payload.source,
                    protocol=Protocol.BB84_ONE_DECOY,
                    intensities=(0.5, 0.15),
                    intensity_probabilities=(0.75, 0.25),
                ),
            ),
        )
        for item in asked.satellites
    )
    policy = replace(asked.policy, block=BlockPolicy.POOLED, pool_latency_s=43_200.0)
    one = replace(asked, satellites=satellites, policy=policy)
    made = planner.make_plan(sought(one, SettingsPolicy.OPTIMISE_MISSION, 2))
    rows, details = made.contact_rows, made.key_details
    assert np.isnan(details.intensities[rows, 2]).all()
    assert details.probabilities[rows, :2].sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    given = planner.make_plan(one)
    assert sum(i.expected_bits for i in made.key_settings) > sum(
        i.expected_bits for i in given.key_settings
    )
    assert inspect_pass(made, int(rows[0])).account is not None


def test_a_scenario_without_a_usable_pass_has_no_blocks_and_no_settings():
    asked = sought(scenario(), SettingsPolicy.OPTIMISE_MISSION)
    policy = replace(asked.policy, block=BlockPolicy.POOLED)
    made = planner.make_plan(replace(asked, duration_s=3_000.0, policy=policy))
    assert np.isnat(made.conditions.usable_start_utc).all()
    assert made.key_settings == ()
    assert (made.pooling.blocks, made.pooling.contacts, made.pooling.gain_bits) == (0, 0, 0.0)
    assert b"key_p50_bits" in plan_files(made)["passes.csv"]


def test_settings_that_are_sought_come_as_a_file_row_for_row_with_the_contacts():
    made = plan("pass")
    files = plan_files(made)
    assert "settings.csv" not in plan_files(plan())
    lines = files["settings.csv"].decode().splitlines()
    assert len(lines) == len(made.contact_rows) + 1
    head, first = lines[0].split(","), lines[1].split(",")
    row = int(made.contact_rows[0])
    written = float(first[head.index("signal_intensity")])
    assert written == pytest.approx(made.key_details.intensities[row, 0], abs=5e-7)
    shares = [float(first[head.index(f"{n}_probability")]) for n in ("signal", "decoy", "weakest")]
    assert sum(shares) == pytest.approx(1.0, abs=2e-6)


def test_plans_with_sought_settings_are_the_same_bytes_again():
    policy = replace(scenario().policy, block=BlockPolicy.POOLED)
    asked = sought(replace(scenario(), policy=policy), SettingsPolicy.OPTIMISE_MISSION, 2)
    one, other = (plan_files(planner.make_plan(asked)) for _ in range(2))
    assert one == other
