"""Keys under thin and broken cloud: against the link itself, and through plan, stores, forecast."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, lru_cache

import numpy as np
import pytest
from sample_case import SAMPLE
from tolerances import BIT, within

from euroqci_planner.app import planner
from euroqci_planner.app.climate_range import shifted_decisions
from euroqci_planner.app.key_stores import KeysAtHand, store_inputs
from euroqci_planner.app.link_and_key import budget_of, pieces_of, receiver_of
from euroqci_planner.app.registry import KEY_MODELS
from euroqci_planner.app.sky_cache import sky_of
from euroqci_planner.mission.assets import PairSource, Protocol, SettingsPolicy
from euroqci_planner.mission.key_yield import DetectionCounts
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.scenario import (
    BlockPolicy,
    Scenario,
    SkyModel,
    WeatherModel,
    WindowPolicy,
)
from euroqci_planner.mission.sky_forecast import SkyForecast
from euroqci_planner.mission.sky_states import SkyState
from euroqci_planner.resources import resource

# The pseudo-samples of a pass tell by what the counts change; relative to the key.
COMPRESSION = 1e-3
HOUR = np.timedelta64(1, "h")


@lru_cache(maxsize=1)
def scenario() -> Scenario:
    whole = planner.load_scenario(resource(*SAMPLE))
    ban = replace(whole.schedule, bans=(), pins=())
    return replace(whole, duration_s=2.0 * 86_400.0, schedule=ban)


@cache
def plan(states: str = "four", block: str = "per_pass", loss_db: float = 1.5) -> Plan:
    asked = scenario()
    sky = replace(
        asked.weather,
        sky_states=SkyModel(states),
        thin_cloud_transmittance=10.0 ** (-0.1 * loss_db),
    )
    policy = replace(asked.policy, block=BlockPolicy(block))
    return planner.make_plan(replace(asked, weather=sky, policy=policy))


def under_layers(low: float, high: float) -> Plan:
    """The plan under a forecast of cloud that never changes."""
    asked = scenario()
    names = tuple(sorted(item.id for item in asked.stations))
    hours = np.arange(0, 60, 6)
    rows = len(names) * len(hours)
    forecast = SkyForecast(
        issued_utc=asked.issued_utc,
        station_ids=names,
        station=np.repeat(np.arange(len(names), dtype=np.int32), len(hours)),
        time_utc=np.tile(asked.start_utc + hours * HOUR, len(names)),
        cloud_cover=np.full(rows, max(low, high)),
        low_cover=np.full(rows, low),
        mid_cover=np.zeros(rows),
        high_cover=np.full(rows, high),
    )
    sky = replace(asked.weather, model=WeatherModel.FORECAST, forecast=forecast, members=20)
    return planner.make_plan(replace(asked, weather=sky))


def pairs(window: WindowPolicy) -> Plan:
    """The first satellite with a source of pairs, one half of them measured on board."""
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
    policy = replace(asked.policy, usable_window=window)
    return planner.make_plan(
        replace(asked, satellites=(craft, *asked.satellites[1:]), policy=policy)
    )


def counts_anew(made: Plan, transmittance: float) -> tuple[np.ndarray, list[DetectionCounts]]:
    """Keys and counts of all usable passes from their samples, with a factor on the signal."""
    asked, bits, parts = made.scenario, np.full(len(made.passes), np.nan), []
    for piece in pieces_of(asked, made.passes, made.conditions):
        samples, budget = budget_of(asked, sky_of(asked), made.passes, made.conditions, piece)
        payload = piece.satellite.payload
        model = KEY_MODELS[payload.source.protocol]
        counts = model.counts(
            payload,
            receiver_of(piece),
            transmittance * budget.total_transmittance(),
            budget.total_noise_hz(),
            samples.slot_s,
            samples.first_sample,
        )
        bits[piece.rows] = model.keys(payload, counts, asked.policy).key_bits
        parts.append((piece.rows, counts))
    return bits, parts


@pytest.mark.parametrize("loss_db", [0.4, 1.5, 3.0])
def test_the_key_under_thin_cloud_is_that_of_the_link_with_its_loss_added(loss_db):
    made = plan(loss_db=loss_db)
    assert all(
        item.payload.source.settings is SettingsPolicy.FIXED for item in made.scenario.satellites
    )
    bits, _ = counts_anew(made, 10.0 ** (-0.1 * loss_db))
    thin = made.key_details.key_thin_bits
    keyed = bits > 0.0
    assert keyed.sum() > 20
    assert thin[keyed] / bits[keyed] == within(COMPRESSION, of=1.0)
    assert np.array_equal(np.isnan(thin), np.isnan(bits))


@pytest.mark.parametrize("window", list(WindowPolicy))
def test_sources_of_pairs_have_keys_under_clouds_too(window):
    made = pairs(window)
    rows = np.flatnonzero((made.passes.satellite == 0) & (made.keys.key_bits > 0.0))
    thin, broken = made.key_details.key_thin_bits[rows], made.key_details.key_broken_bits[rows]
    bits, _ = counts_anew(made, made.scenario.weather.thin_cloud_transmittance)
    keyed = bits[rows] > 0.0
    assert keyed.sum() > 5
    # The samples of a window that is cut lie elsewhere on their grid.
    tolerance = COMPRESSION if window is WindowPolicy.ALL else 0.05
    assert thin[keyed] / bits[rows][keyed] == within(tolerance, of=1.0)
    share = made.key_details.broken_usable_share[rows]
    assert np.all(broken < share * made.keys.key_bits[rows])
    assert np.any(broken > 0.0)


def test_settings_of_every_pass_stay_those_of_clear_sky():
    asked = scenario()
    satellites = tuple(
        replace(
            item,
            payload=replace(
                item.payload,
                source=replace(item.payload.source, settings=SettingsPolicy.OPTIMISE_PASS),
            ),
        )
        for item in asked.satellites
    )
    asked = replace(asked, satellites=satellites, duration_s=86_400.0)
    two = replace(asked.weather, sky_states=SkyModel.TWO)
    made, clear = planner.make_plan(asked), planner.make_plan(replace(asked, weather=two))
    for name in ("intensities", "probabilities", "key_basis_probability"):
        one, other = (getattr(item.key_details, name) for item in (made, clear))
        assert np.array_equal(one, other, equal_nan=True)
    keyed = made.keys.key_bits > 0.0
    thin = made.key_details.key_thin_bits[keyed] / made.keys.key_bits[keyed]
    assert np.all((thin >= 0.0) & (thin < 0.75))
    assert np.median(thin) > 0.5


def test_the_key_under_broken_cloud_is_that_of_a_share_of_the_counts():
    made = plan()
    details, seen = made.key_details, 0
    _, parts = counts_anew(made, 1.0)
    for rows, counts in parts:
        share = details.broken_usable_share[rows][:, np.newaxis]
        part = DetectionCounts(
            **{name: share * getattr(counts, name) for name in counts.column_names()}
        )
        payload = made.scenario.satellites[int(made.passes.satellite[rows[0]])].payload
        keys = KEY_MODELS[payload.source.protocol].keys(payload, part, made.scenario.policy)
        assert details.key_broken_bits[rows] == within(1 * BIT, of=keys.key_bits)
        seen += np.count_nonzero(keys.key_bits)
    assert seen > 20


def test_clouds_take_key_and_the_finite_key_of_a_share_is_less_than_the_share():
    made = plan()
    details, clear = made.key_details, made.keys.key_bits
    usable = np.isfinite(clear)
    assert np.all(details.key_thin_bits[usable] <= clear[usable])
    share = details.broken_usable_share[usable]
    broken = details.key_broken_bits[usable]
    assert np.all(broken <= share * clear[usable] + 1 * BIT)
    assert np.all((share > 0.2) & (share < 0.8))
    assert np.any((broken == 0.0) & (clear[usable] > 0.0))


def test_more_loss_of_thin_cloud_leaves_less_key():
    less, more = (plan(loss_db=loss).key_details.key_thin_bits for loss in (0.4, 3.0))
    keyed = less > 0.0
    assert np.all(more[keyed] < less[keyed])


def test_expected_key_is_that_of_every_sky_times_its_chance():
    made = plan()
    decisions, details = made.decisions, made.key_details
    by_hand = (
        decisions.clear_probability * made.keys.key_bits
        + decisions.thin_probability * details.key_thin_bits
        + decisions.broken_probability * details.key_broken_bits
    )
    keyed = np.isfinite(by_hand)
    assert decisions.key_expected_bits[keyed] == within(1e-6, of=by_hand[keyed])
    assert made.value_bits == within(1.0, of=np.sum(by_hand[made.contact_rows]))


def test_two_states_are_clear_sky_or_nothing():
    made = plan("two")
    decisions, details = made.decisions, made.key_details
    assert not decisions.thin_probability.any()
    assert not decisions.broken_probability.any()
    assert np.isnan(details.key_thin_bits).all()
    product = decisions.clear_probability * made.keys.key_bits
    assert np.array_equal(decisions.key_expected_bits, product, equal_nan=True)


def test_members_keep_the_clear_skies_of_two_states():
    made = plan()
    inputs = inputs_of(made)
    alone = replace(made.scenario, weather=replace(made.scenario.weather, sky_states=SkyModel.TWO))
    mask = inputs_of(made, alone).sky
    assert inputs.sky.dtype == np.int8
    assert mask.dtype == np.bool_
    assert np.array_equal(inputs.sky == SkyState.CLEAR, mask)


def inputs_of(made: Plan, asked: Scenario | None = None):
    keys = KeysAtHand(made.keys, made.key_details)
    return store_inputs(asked or made.scenario, made, keys, made.decisions)


def test_the_deposits_of_the_members_have_the_expected_key_as_their_mean():
    made = plan()
    inputs = inputs_of(made)
    by_state = np.stack(
        [np.zeros(len(inputs.in_full)), inputs.in_full.key_bits, inputs.in_full.thin_bits,
         inputs.in_full.broken_bits]
    )  # fmt: skip
    drawn = np.take_along_axis(by_state, inputs.sky.astype(np.intp), axis=0)
    members = len(drawn)
    wanted = made.decisions.key_expected_bits[np.sort(made.contact_rows)]
    # Five standard errors of the mean over the members, by contact.
    error = 5.0 * drawn.std(axis=0) / np.sqrt(members) + 2 * BIT
    assert np.all(np.abs(drawn.mean(axis=0) - wanted) < error)
    assert inputs.expected.key_bits == within(1 * BIT, of=wanted)


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0)])
def test_a_forecast_that_is_certain_equals_the_deterministic_plan_to_the_bit(low, high):
    made = under_layers(low, high)
    decisions = made.decisions
    for chance in (decisions.clear_probability, decisions.thin_probability):
        assert np.isin(chance, (0.0, 1.0)).all()
    assert not decisions.broken_probability.any()
    assert np.all(decisions.thin_probability == (high if low == 0.0 else 0.0))
    course, stores = made.course.stores, made.forecast.stores
    for name in ("p01_bits", "p10_bits", "p50_bits", "p90_bits", "expected_bits"):
        assert np.array_equal(getattr(stores, name), course.expected_bits)
    if high and not low:
        assert np.nansum(decisions.key_expected_bits) == np.nansum(made.key_details.key_thin_bits)


def test_shares_of_pooled_blocks_sum_to_their_key_over_all_skies():
    made = plan(block="pooled")
    pooling, rows = made.pooling, made.contact_rows
    decisions = made.decisions
    assert pooling.pooled_bits == within(1.0, of=np.nansum(decisions.key_expected_bits[rows]))
    assert pooling.gain_bits > 0.0
    each = plan().decisions.key_expected_bits[rows]
    assert pooling.separate_bits == within(1.0, of=np.nansum(each))
    # What the schedule weighed and what the blocks give differ by whole bits of the shares alone.
    details, clear = made.key_details, made.keys.key_bits
    pooled = rows[np.isin(details.block[rows], _shared(details.block[rows]))]
    assert pooled.size
    ratio = details.key_thin_bits[pooled] / clear[pooled]
    assert np.all((ratio > 0.5) & (ratio < 1.0)), "in proportion to the sifted bits"
    share = details.key_broken_bits[pooled] / clear[pooled]
    assert share == within(1e-3, of=details.broken_usable_share[pooled])


def _shared(blocks: np.ndarray) -> np.ndarray:
    names, counts = np.unique(blocks[blocks >= 0], return_counts=True)
    return names[counts > 1]


def test_a_pass_alone_in_its_block_has_the_keys_of_its_own():
    pooled, single = plan(block="pooled"), plan()
    rows = pooled.contact_rows
    block = pooled.key_details.block[rows]
    alone = rows[(block >= 0) & ~np.isin(block, _shared(block))]
    for name in ("key_thin_bits", "key_broken_bits"):
        here, there = (getattr(made.key_details, name)[alone] for made in (pooled, single))
        assert np.array_equal(here, there)


def test_a_clearer_month_moves_every_state_and_leaves_the_keys():
    made = plan()
    clearer, cloudier = (shifted_decisions(made, made.scenario, by) for by in (0.1, -0.1))
    assert np.all(clearer.clear_probability > made.decisions.clear_probability)
    assert np.all(cloudier.clear_probability < made.decisions.clear_probability)
    for found in (clearer, cloudier):
        total = found.clear_probability + found.thin_probability + found.broken_probability
        assert np.all(total <= 1.0 + 1e-12)
    assert inputs_of(made).in_full.thin_bits.sum() > 0


def test_a_clearer_month_moves_the_chance_of_two_states_itself():
    made = plan("two")
    moved = shifted_decisions(made, made.scenario, 0.1).clear_probability
    wanted = np.minimum(made.decisions.clear_probability + 0.1, 1.0)
    assert moved == within(1e-12, of=wanted)
