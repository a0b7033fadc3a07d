"""Ordering of passes against plain Python sorting."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from plan_cases import empty_plan, example_plan, geometry_plan

from euroqci_planner.app.pass_rows import PassRows
from euroqci_planner.app.table_order import SortKey, TableRows, ordered
from euroqci_planner.mission.named_columns import ColumnKind
from euroqci_planner.mission.plan_columns import PASS_COLUMNS


@pytest.fixture(scope="module")
def rows() -> PassRows:
    return PassRows(example_plan(satellites=4, stations=5, days=3.0))


def everything(rows: PassRows) -> np.ndarray:
    return np.arange(len(rows))


def absent(value: object) -> bool:
    return value == "" or (isinstance(value, float) and math.isnan(value)) or value is None


@pytest.mark.parametrize("name", PASS_COLUMNS)
@pytest.mark.parametrize("descending", [False, True])
def test_any_column_orders_the_passes_with_absent_cells_last(rows, name, descending):
    order = ordered(rows, [SortKey(name, descending)], everything(rows))
    assert sorted(order.tolist()) == list(range(len(rows)))
    cells = rows.columns[name][order].tolist()
    if PASS_COLUMNS[name].kind is ColumnKind.INSTANT and name.split("_")[0] in (
        "rise",
        "culmination",
        "set",
    ):
        cells = [cell for cell in cells if cell is not None]
    there = [cell for cell in cells if not absent(cell)]
    assert all(absent(cell) for cell in cells[len(there) :])
    keys = [cell.casefold() if isinstance(cell, str) else cell for cell in there]
    if name in {"pass_id", "blocked_by"}:
        keys = [tuple(key.split("/")) for key in keys]
    assert keys == sorted(keys, reverse=descending)


def test_ties_are_settled_by_the_next_key_and_at_last_by_the_row(rows):
    keys = [SortKey("station_id"), SortKey("state", descending=True)]
    order = ordered(rows, keys, everything(rows)).tolist()
    station, state = (rows.columns[name].tolist() for name in ("station_id", "state"))
    wanted = sorted(range(len(rows)), key=lambda row: state[row], reverse=True)
    wanted = sorted(wanted, key=lambda row: station[row])
    assert [(station[r], state[r]) for r in order] == [(station[r], state[r]) for r in wanted]
    pairs = pairwise(order)
    assert all(a < b for a, b in pairs if (station[a], state[a]) == (station[b], state[b]))


def test_only_the_rows_that_are_shown_are_ordered(rows):
    shown = everything(rows)[5:40:3]
    order = ordered(rows, [SortKey("max_elevation_deg", descending=True)], shown)
    assert sorted(order.tolist()) == shown.tolist()
    assert np.all(np.diff(rows.columns["max_elevation_deg"][order]) <= 0.0)


def test_a_pass_cut_by_the_start_of_the_window_rises_first(rows):
    cut = np.flatnonzero(np.isnat(rows.plan.passes.rise_utc))
    assert len(cut)
    order = ordered(rows, [SortKey("rise_utc")], everything(rows))
    starts = rows.plan.passes.start_utc[order]
    assert np.all(np.diff(starts) >= np.timedelta64(0))
    assert set(order[: len(cut)].tolist()) == set(cut.tolist())


def test_without_keys_the_key_columns_leave_the_order_alone():
    rows = PassRows(geometry_plan())
    order = ordered(rows, [SortKey("key_expected_bits")], everything(rows))
    assert order.tolist() == list(range(len(rows)))


def test_a_plan_without_passes_has_nothing_to_order():
    rows = PassRows(empty_plan())
    assert len(ordered(rows, [SortKey("state"), SortKey("pass_id")], everything(rows))) == 0


@pytest.mark.parametrize("name", ["state", "reason", "max_elevation_deg", "usable_start_utc"])
def test_a_plain_table_is_ordered_as_the_passes_are(rows, name):
    plain = TableRows(rows.columns)
    keys = [SortKey(name, descending=True)]
    assert np.array_equal(
        ordered(plain, keys, everything(rows)), ordered(rows, keys, everything(rows))
    )
