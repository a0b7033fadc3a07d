"""Inspection of one pass: the same numbers as in the plan, and sums that close."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from plan_cases import example_plan, geometry_plan
from sample_case import sample_plan
from tolerances import BIT, DECIBEL, DEGREE, METRE, SECOND, within

from euroqci_planner.app.inspection import PassInspection, inspect_pass, pass_id_of
from euroqci_planner.app.link_and_key import Piece, budget_of, counts_of
from euroqci_planner.app.registry import KEY_MODELS
from euroqci_planner.app.sky_cache import sky_of
from euroqci_planner.mission.plan import PassState, Plan, Reason
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import decibel_loss


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


@pytest.fixture(scope="module")
def contact(plan: Plan) -> PassInspection:
    return inspect_pass(plan, int(plan.contact_rows[1]))


def test_the_arc_rises_culminates_and_sets_where_the_plan_says(plan, contact):
    row, arc = contact.row, contact.arc
    highest = int(np.argmax(arc.elevation_rad))
    assert arc.t_s[highest] == within(1e-3 * SECOND, of=0.0)
    assert arc.elevation_rad[highest] == within(
        1e-5 * DEGREE, of=plan.passes.max_elevation_rad[row]
    )
    assert np.min(arc.range_m) == within(50 * METRE, of=plan.passes.min_range_m[row])
    assert arc.azimuth_rad[0] == within(1e-4 * DEGREE, of=plan.passes.rise_azimuth_rad[row])
    assert arc.azimuth_rad[-1] == within(1e-4 * DEGREE, of=plan.passes.set_azimuth_rad[row])
    span = seconds_between(plan.passes.start_utc[row], plan.passes.end_utc[row])
    assert arc.t_s[-1] - arc.t_s[0] == within(1e-5 * SECOND, of=span)


def test_the_window_lies_inside_the_arc_and_its_slots_fill_it(contact):
    begin, end = contact.window_s
    slack = 1e-6 * SECOND
    assert contact.arc.t_s[0] - slack <= begin < end <= contact.arc.t_s[-1] + slack
    assert np.sum(contact.link.slot_s) == within(1e-6 * SECOND, of=end - begin)
    assert contact.link.t_s[0] == within(1e-6, of=begin + 0.5 * contact.link.slot_s[0])


def test_the_course_of_the_loss_has_the_extremes_of_the_plan(plan, contact):
    row = contact.row
    best = decibel_loss(np.nanmax(contact.link.transmittance))
    assert best == within(1e-9 * DECIBEL, of=decibel_loss(plan.link.transmittance_max[row]))
    product = np.prod(contact.link.transmittance_terms, axis=1)
    assert product == within(1e-15, of=contact.link.transmittance)
    assert contact.loss_culmination_db == within(
        1e-9 * DECIBEL, of=decibel_loss(plan.link.transmittance_culmination[row])
    )


def test_the_mean_noise_of_the_slots_is_that_of_the_plan(plan, contact):
    mean = np.average(contact.link.noise_hz, weights=contact.link.slot_s)
    assert mean == within(1e-6 * mean, of=plan.link.noise_hz[contact.row])
    assert np.sum(contact.noise_terms_hz) == within(1e-6 * mean, of=mean)


def test_the_slots_hold_the_sifted_bits_and_the_error_rate_of_the_pass(plan, contact):
    sifted = contact.link.sifted_rate_hz * contact.link.slot_s
    total = plan.keys.sifted_bits[contact.row]
    assert np.sum(sifted) == within(1e-9 * total, of=total)
    assert np.average(contact.link.qber, weights=sifted) == within(
        1e-9, of=plan.keys.qber[contact.row]
    )


def test_the_key_rate_of_a_slot_is_what_the_key_loses_without_it(plan, contact):
    row, scenario = contact.row, plan.scenario
    craft = scenario.satellites[int(plan.passes.satellite[row])]
    piece = Piece(craft, scenario.stations[int(plan.passes.station[row])], np.array([row]))
    samples, budget = budget_of(scenario, sky_of(scenario), plan.passes, plan.conditions, piece)
    # The window without its first ten seconds, as a block of its own.
    cut = 10
    whole = np.array([cut, len(samples)])
    model = KEY_MODELS[craft.payload.source.protocol]
    counts = counts_of(piece, samples, budget, np.array([0, *whole]))
    rest = model.keys(craft.payload, counts, scenario.policy).key_bits_signed[1]
    lost = plan.keys.key_bits_signed[row] - rest
    gained = np.sum(contact.link.key_rate_hz[:cut] * contact.link.slot_s[:cut])
    assert gained == within(0.03 * abs(lost) + 100 * BIT, of=lost)


def test_the_account_sums_up_to_the_key_of_the_plan(plan):
    for row in plan.contact_rows[:25].tolist():
        account = inspect_pass(plan, row).account
        total = sum(entry.bits for entry in account.entries)
        assert total == within(1e-3 * BIT, of=plan.keys.key_bits_signed[row])
        assert account.key_bits == plan.keys.key_bits[row]
        assert all(entry.bits < 0.0 for entry in account.entries[1:])


def test_the_constant_cost_is_that_of_the_proof(contact, plan):
    policy = plan.scenario.policy
    # Lim et al. 2014, Eq. 1: 6 log2(21/ε_sec) + log2(2/ε_cor).
    cost = 6 * np.log2(21 / policy.epsilon_secrecy) + np.log2(2 / policy.epsilon_correctness)
    assert contact.account.entries[-1].bits == within(1e-3 * BIT, of=-cost)


def test_a_pass_by_day_shows_its_arc_and_why_it_has_no_link(plan):
    row = int(np.flatnonzero(plan.decisions.reason == Reason.DAYLIGHT)[0])
    shown = inspect_pass(plan, row)
    assert shown.state is PassState.REJECTED
    assert shown.reason == "daylight"
    assert shown.window_s is None
    assert shown.link is None
    assert shown.account is None
    assert np.isnan(shown.loss_culmination_db)
    assert np.max(shown.arc.sun_elevation_rad) > 0.0


def test_a_blocked_pass_names_its_blocker(plan):
    row = int(np.flatnonzero(plan.decisions.blocked_by >= 0)[0])
    shown = inspect_pass(plan, row)
    assert shown.blocked_by == plan.decisions.blocked_by[row]
    satellite = plan.passes.satellite_ids[plan.passes.satellite[shown.blocked_by]]
    assert shown.blocker_name.startswith(f"{satellite}/")


def test_a_plan_of_passes_alone_has_arcs_but_no_links():
    plan = geometry_plan()
    row = int(np.flatnonzero(~np.isnat(plan.conditions.usable_start_utc))[0])
    shown = inspect_pass(plan, row)
    assert shown.window_s is not None
    assert (shown.link, shown.account, shown.loss_terms_db, shown.ledger) == (None,) * 4


def test_the_identity_of_one_pass_is_that_of_the_whole_table():
    plan = example_plan()
    ids = plan.passes.pass_ids()
    assert [pass_id_of(plan, row) for row in range(len(ids))] == ids.tolist()


def test_two_passes_within_a_minute_keep_their_numbers():
    plan = example_plan()
    passes = plan.passes
    twice = replace(plan, passes=passes.take([0, 0, 1]))
    ids = twice.passes.pass_ids().tolist()
    assert [pass_id_of(twice, row) for row in range(3)] == ids
    assert ids[1].endswith("-2")


def test_the_limit_is_the_higher_of_mask_and_least_elevation(plan):
    row = int(plan.contact_rows[0])
    station = int(plan.passes.station[row])
    site = replace(
        plan.scenario.stations[station],
        min_elevation_rad=np.radians(20.0),
        horizon_mask_rad=((np.radians(90.0), np.radians(35.0)), (np.radians(200.0), 0.0)),
    )
    stations = list(plan.scenario.stations)
    stations[station] = site
    masked = replace(plan, scenario=replace(plan.scenario, stations=tuple(stations)))
    shown = inspect_pass(masked, row)
    assert np.min(shown.limit_elevation_rad) == within(1e-12, of=np.radians(20.0))
    at_east = np.interp(np.radians(90.0), shown.limit_azimuth_rad, shown.limit_elevation_rad)
    assert at_east == within(1e-12, of=np.radians(35.0))
    between = np.interp(np.radians(100.0), shown.limit_azimuth_rad, shown.limit_elevation_rad)
    assert between == within(1e-4, of=np.radians(35.0 * (1 - 10.0 / 110.0)))


def test_a_row_beyond_the_plan_is_refused(plan):
    with pytest.raises(IndexError, match="rows 0 to"):
        inspect_pass(plan, len(plan.passes))
