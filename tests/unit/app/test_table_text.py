"""The clipboard's text against the CSV files."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from plan_cases import example_plan, renamed

from euroqci_planner.app.table_text import tab_separated
from euroqci_planner.io.exports.csv_files import table_bytes
from euroqci_planner.mission.plan_columns import passes_columns


def cells(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.removesuffix("\n").split("\n")]


def test_copied_rows_hold_the_same_texts_as_the_file():
    table = passes_columns(example_plan()).take(np.array([40, 3, 17]))
    copied = cells(tab_separated(table, table.names))
    file = table_bytes(table).decode("utf-8")
    assert copied == list(csv.reader(io.StringIO(file)))
    assert copied[0] == list(table.names)


def test_only_the_columns_asked_for_are_copied_in_that_order():
    table = passes_columns(example_plan()).take(np.array([4]))
    copied = cells(tab_separated(table, ["station_id", "max_elevation_deg"]))
    assert copied[0] == ["station_id", "max_elevation_deg"]
    assert copied[1] == [table.texts("station_id")[0], table.texts("max_elevation_deg")[0]]
    assert len(copied[1][1].partition(".")[2]) == 3


def test_a_name_that_looks_like_a_formula_or_holds_a_tab_stays_in_its_cell():
    plan = renamed(example_plan(), satellite_id="=1+\t1", satellite_name="x", station_name="y")
    table = passes_columns(plan)
    rows = table.take(np.flatnonzero(plan.passes.satellite == 0)[:2])
    copied = cells(tab_separated(rows, ["satellite_id", "state"]))
    assert [len(row) for row in copied] == [2, 2, 2]
    assert copied[1][0] == "'=1+ 1"


def test_an_unknown_column_is_refused():
    with pytest.raises(KeyError, match="altitude"):
        tab_separated(passes_columns(example_plan()), ["altitude"])
