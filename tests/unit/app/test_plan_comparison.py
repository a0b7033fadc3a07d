"""Totals of two plans side by side."""

from __future__ import annotations

import numpy as np
from plan_cases import example_plan, geometry_plan
from tolerances import within

from euroqci_planner.app.plan_comparison import (
    compared_figures,
    compared_satellites,
    compared_stations,
)
from euroqci_planner.mission.plan_totals import plan_totals, station_totals


def test_figures_are_the_totals_of_both_plans_and_their_difference():
    old, new = example_plan(stations=3), example_plan(stations=4)
    figures = {figure.name: figure for figure in compared_figures(old, new)}
    assert figures["contacts"].old == plan_totals(old).contacts
    assert figures["contacts"].new == plan_totals(new).contacts
    key = figures["expected key"]
    assert key.difference == within(
        1e-6, of=plan_totals(new).key_expected_bits - plan_totals(old).key_expected_bits
    )
    assert figures["gap to the bound"].old == within(1e-9, of=100.0 * 0.03 / 1.03)


def test_a_station_that_one_plan_lacks_counts_as_nothing_there():
    old, new = example_plan(stations=4), example_plan(stations=3)
    parts = compared_stations(old, new)
    assert parts.names == (*new.passes.station_ids, "helmos")
    assert (parts.new_contacts[-1], parts.new_bits[-1]) == (0, 0.0)
    assert parts.old_contacts[-1] == station_totals(old)["helmos"].contacts > 0


def test_satellites_add_up_to_the_plan():
    old, new = example_plan(days=2.0), example_plan(days=3.0)
    parts = compared_satellites(old, new)
    assert parts.old_contacts.sum() == plan_totals(old).contacts
    assert parts.new_bits.sum() == within(1.0, of=plan_totals(new).key_expected_bits)


def test_a_plan_without_keys_has_absent_bits():
    parts = compared_stations(example_plan(), geometry_plan())
    assert np.isnan(parts.new_bits).all()
    assert np.isfinite(parts.old_bits).all()
