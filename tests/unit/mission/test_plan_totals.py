"""What a plan amounts to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plan_cases
import pytest

from euroqci_planner.mission.plan import Reason
from euroqci_planner.mission.plan_columns import contacts_columns, passes_columns
from euroqci_planner.mission.plan_totals import (
    flown,
    gap_bits,
    limits,
    plan_totals,
    relative_gap,
    satellite_totals,
    station_totals,
)


@pytest.fixture(scope="module")
def plan():
    return plan_cases.example_plan()


def test_totals_count_what_the_tables_hold(plan):
    totals = plan_totals(plan)
    contacts = contacts_columns(plan)
    length = (contacts["end_utc"] - contacts["start_utc"]) / np.timedelta64(1, "s")
    assert totals.passes == len(plan.passes)
    assert totals.contacts == contacts.rows == int(flown(plan).sum())
    assert totals.contact_s == pytest.approx(float(length.sum()), abs=1e-6)
    assert totals.key_clear_bits == contacts["key_clear_bits"].sum()
    assert totals.key_expected_bits == pytest.approx(contacts["key_expected_bits"].sum())


@pytest.mark.parametrize("by", [satellite_totals, station_totals])
def test_parts_add_up_to_the_whole(plan, by):
    whole, parts = plan_totals(plan), by(plan).values()
    for name in ("passes", "usable_passes", "contacts", "contact_s", "key_expected_bits"):
        assert sum(getattr(part, name) for part in parts) == pytest.approx(getattr(whole, name))


def test_a_satellite_without_passes_is_listed_with_zeros(plan):
    totals = satellite_totals(plan)["cubel"]
    assert (totals.passes, totals.contacts, totals.key_expected_bits) == (0, 0, 0.0)


def test_reasons_cover_every_pass_that_is_not_flown_the_costliest_first(plan):
    found = limits(plan)
    assert sum(item.passes for item in found) == len(plan.passes) - len(plan.contact_rows)
    costs = [np.nan_to_num(item.key_expected_bits) for item in found]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] > 0.0
    assert all(item.text for item in found)


def test_daylight_costs_an_unknown_key_not_none(plan):
    daylight = next(item for item in limits(plan) if item.reason is Reason.DAYLIGHT)
    assert daylight.passes > 0
    assert np.isnan(daylight.key_clear_bits)
    busy = next(item for item in limits(plan) if item.reason is Reason.SATELLITE_BUSY)
    columns = passes_columns(plan)
    mine = columns["reason"] == "satellite busy"
    assert busy.key_expected_bits == pytest.approx(columns["key_expected_bits"][mine].sum())


def test_the_gap_is_measured_from_the_bound(plan):
    assert relative_gap(plan) == pytest.approx(0.03 / 1.03)
    assert gap_bits(plan) == pytest.approx(0.03 * plan.value_bits)
    assert np.isnan(relative_gap(replace(plan, bound_bits=float("nan"))))
    assert relative_gap(replace(plan, bound_bits=0.0, value_bits=0.0)) == 0.0


def test_passes_alone_have_no_key():
    totals = plan_totals(plan_cases.geometry_plan())
    assert totals.passes > 0
    assert np.isnan(totals.key_clear_bits)
    assert all(np.isnan(item.key_expected_bits) for item in limits(plan_cases.geometry_plan()))
