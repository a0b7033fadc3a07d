"""A plan as columns: names, units, decimals, and what is absent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plan_cases
import pytest

from euroqci_planner.errors import UsageError
from euroqci_planner.mission.named_columns import ColumnKind, PlanColumns, number_texts
from euroqci_planner.mission.pass_table import EclipseState
from euroqci_planner.mission.plan import PassState, Reason
from euroqci_planner.mission.plan_columns import (
    CONTACT_COLUMNS,
    PASS_COLUMNS,
    contacts_columns,
    passes_columns,
)

PUBLISHED_ORDER = """pass_id, satellite_id, station_id, rise_utc, culmination_utc, set_utc,
usable_start_utc, usable_end_utc, max_elevation_deg, rise_azimuth_deg, culmination_azimuth_deg,
set_azimuth_deg, min_range_km, sun_elevation_deg, moon_separation_deg, eclipse_state,
element_age_days, timing_sigma_s, loss_min_db, loss_culmination_db, background_hz, qber,
sifted_bits, key_clear_bits, clear_probability, key_expected_bits, key_usable_utc, state, reason,
blocked_by, key_p10_bits, key_p50_bits, key_p90_bits, thin_probability, broken_probability,
key_thin_bits, key_broken_bits, partner_station_id""".replace("\n", " ").split(", ")
UNITS_BY_SUFFIX = {
    "_utc": "UTC",
    "_deg": "deg",
    "_km": "km",
    "_days": "d",
    "_s": "s",
    "_db": "dB",
    "_hz": "Hz",
    "_bits": "bit",
}


@pytest.fixture(scope="module")
def plan():
    return plan_cases.example_plan()


@pytest.fixture(scope="module")
def passes(plan):
    return passes_columns(plan)


def test_the_columns_are_those_of_the_published_list_in_its_order():
    assert list(PASS_COLUMNS) == PUBLISHED_ORDER
    assert list(CONTACT_COLUMNS) == ["start_utc", "end_utc", *PUBLISHED_ORDER]


@pytest.mark.parametrize("name", CONTACT_COLUMNS)
def test_the_unit_of_a_column_stands_in_its_name(name):
    found = [unit for suffix, unit in UNITS_BY_SUFFIX.items() if name.endswith(suffix)]
    assert CONTACT_COLUMNS[name].unit == (found[0] if found else "")
    assert CONTACT_COLUMNS[name].meaning


def test_angles_ranges_losses_and_ages_are_in_file_units(plan, passes):
    row = int(plan.contact_rows[0])
    assert passes["max_elevation_deg"][row] == pytest.approx(
        plan.passes.max_elevation_rad[row] * 180.0 / np.pi, abs=1e-12
    )
    assert passes["min_range_km"][row] == pytest.approx(plan.passes.min_range_m[row] / 1e3)
    assert passes["loss_min_db"][row] == pytest.approx(
        -10.0 * np.log10(plan.link.transmittance_max[row]), abs=1e-12
    )
    assert passes["element_age_days"][row] * 86_400.0 == pytest.approx(
        plan.conditions.element_age_s[row]
    )


def test_a_pass_without_a_usable_window_has_no_link_and_no_key(plan, passes):
    unusable = np.isnat(plan.conditions.usable_start_utc)
    assert unusable.any()
    for name in ("loss_min_db", "loss_culmination_db", "background_hz", "qber", "sifted_bits",
                 "key_clear_bits", "key_expected_bits"):  # fmt: skip
        assert np.isnan(passes[name][unusable]).all()
        assert np.isfinite(passes[name][~unusable]).all()
        assert passes.take(unusable).texts(name) == [""] * int(unusable.sum())


def test_a_pass_cut_by_the_border_of_the_window_has_empty_cells_there(plan, passes):
    cut = np.isnat(plan.passes.rise_utc)
    rows = np.flatnonzero(cut)
    assert len(rows)
    assert [passes.texts("rise_utc")[row] for row in rows] == [""] * len(rows)
    assert [passes.texts("rise_azimuth_deg")[row] for row in rows] == [""] * len(rows)


def test_a_blocked_pass_names_the_pass_that_blocks_it(plan, passes):
    blocked = np.flatnonzero(plan.decisions.blocked_by >= 0)
    assert len(blocked)
    ids = plan.passes.pass_ids()
    for row in blocked:
        assert passes["blocked_by"][row] == ids[plan.decisions.blocked_by[row]]
        assert passes["state"][plan.decisions.blocked_by[row]] in ("scheduled", "pinned")
    free = np.setdiff1d(np.arange(passes.rows), blocked)
    assert set(passes["blocked_by"][free].tolist()) == {""}


def test_states_reasons_and_eclipse_are_words(plan):
    rows = len(plan.passes)
    conditions = replace(plan.conditions, eclipse_state=np.arange(rows) % len(EclipseState))
    decisions = replace(
        plan.decisions,
        state=np.arange(rows) % len(PassState),
        reason=np.arange(rows) % len(Reason),
    )
    columns = passes_columns(replace(plan, conditions=conditions, decisions=decisions))
    assert columns["eclipse_state"][:5].tolist() == [
        "sunlit", "penumbra", "umbra", "entering", "leaving"
    ]  # fmt: skip
    assert columns["state"][:5].tolist() == [
        "candidate", "scheduled", "pinned", "banned", "rejected"
    ]  # fmt: skip
    assert columns["reason"][:6].tolist() == [
        "", "not in service", "station closed", "outside opening hours",
        "below the horizon mask", "daylight"
    ]  # fmt: skip


def test_contacts_are_the_flown_passes_by_start_and_begin_with_the_usable_window(plan, passes):
    contacts = contacts_columns(plan)
    assert contacts.rows == int(np.sum(np.isin(passes["state"], ("scheduled", "pinned")))) > 0
    assert (np.diff(contacts["start_utc"]) >= np.timedelta64(0)).all()
    assert (contacts["start_utc"] == contacts["usable_start_utc"]).all()
    assert (contacts["end_utc"] == contacts["usable_end_utc"]).all()
    assert (contacts_columns(plan, passes["pass_id"])["pass_id"] == contacts["pass_id"]).all()


def test_passes_alone_have_the_same_columns_with_empty_link_and_key():
    columns = passes_columns(plan_cases.geometry_plan())
    assert list(columns.names) == PUBLISHED_ORDER
    assert set(columns.texts("loss_min_db")) == set(columns.texts("key_clear_bits")) == {""}
    assert set(columns["state"].tolist()) == {"candidate", "rejected"}


def test_a_plan_without_passes_has_empty_columns():
    columns = passes_columns(plan_cases.empty_plan())
    assert columns.rows == 0
    assert [columns.texts(name) for name in columns.names] == [[]] * len(PUBLISHED_ORDER)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (-0.0004, 3, "0.000"),
        (-0.0, 1, "0.0"),
        (-0.0006, 3, "-0.001"),
        (2.5e9, 0, "2500000000"),
        (1e-9, 5, "0.00000"),
        (np.nan, 3, ""),
        (np.inf, 3, ""),
        (-12.3456, 3, "-12.346"),
    ],
)
def test_a_number_is_written_with_fixed_decimals_and_no_negative_zero(value, decimals, text):
    rounded = np.round(np.array([value]), decimals) + 0.0
    assert number_texts(rounded, decimals) == [text]


def test_an_azimuth_that_rounds_to_a_full_circle_is_north(plan):
    azimuth = np.full(len(plan.passes), np.radians(359.9996))
    turned = replace(plan, passes=replace(plan.passes, culmination_azimuth_rad=azimuth))
    assert set(passes_columns(turned).texts("culmination_azimuth_deg")) == {"0.000"}


def test_times_are_written_to_the_millisecond_with_zone(plan, passes):
    first = plan.conditions.usable_start_utc[plan.contact_rows[0]]
    text = contacts_columns(plan).texts("start_utc")[0]
    assert len(text) == len("2026-06-18T23:18:04.123Z")
    assert text.endswith("Z")
    apart = np.datetime64(text[:-1], "us") - first
    assert abs(apart) <= np.timedelta64(500, "us")


def test_columns_cannot_be_changed(passes):
    with pytest.raises(ValueError, match="read-only"):
        passes["qber"][0] = 0.5


def test_columns_of_different_length_or_name_are_refused():
    formats = {"state": PASS_COLUMNS["state"], "qber": PASS_COLUMNS["qber"]}
    with pytest.raises(ValueError, match="length"):
        PlanColumns(formats, {"state": np.array(["a"]), "qber": np.zeros(2)})
    with pytest.raises(ValueError, match="names"):
        PlanColumns(formats, {"state": np.array(["a"])})


def test_arrow_has_nulls_for_absent_numbers_and_utc_instants(plan, passes):
    pyarrow = pytest.importorskip("pyarrow")
    table = passes.to_arrow()
    assert table.column_names == PUBLISHED_ORDER
    assert table.schema.field("rise_utc").type == pyarrow.timestamp("us", tz="UTC")
    missing = int(np.isnat(plan.conditions.usable_start_utc).sum())
    assert table.column("qber").null_count == missing
    assert table.column("rise_utc").null_count == int(np.isnat(plan.passes.rise_utc).sum())


def test_pandas_has_utc_instants_and_the_same_numbers(passes):
    pytest.importorskip("pandas")
    frame = passes.to_pandas()
    assert list(frame.columns) == PUBLISHED_ORDER
    assert str(frame["rise_utc"].dt.tz) == "UTC"
    np.testing.assert_array_equal(frame["min_range_km"].to_numpy(), passes["min_range_km"])


@pytest.mark.parametrize(("method", "library"), [("to_arrow", "pyarrow"), ("to_pandas", "pandas")])
def test_a_missing_library_is_named_with_the_way_to_get_it(passes, method, library, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(UsageError, match=f"{library}.*install"):
        getattr(passes, method)()


def test_every_kind_of_column_occurs(passes):
    kinds = {shape.kind for shape in passes.formats.values()}
    assert kinds == set(ColumnKind)
