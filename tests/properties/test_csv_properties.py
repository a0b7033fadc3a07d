"""CSV over arbitrary text: it comes back unchanged, and no cell starts a formula."""

from __future__ import annotations

import csv
import io

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from euroqci_planner.io.exports.csv_files import csv_bytes, defused, restored, table_bytes
from euroqci_planner.mission.plan_columns import (
    ColumnFormat,
    ColumnKind,
    PlanColumns,
    number_texts,
)

FORMULA_STARTS = "=+-@\t\r"
TEXTS = st.text(st.one_of(st.sampled_from("=+-@\t\r\n'\";, aZ"), st.characters(codec="utf-8")))
NUMBERS = st.floats(
    allow_nan=False, allow_infinity=False, width=64, min_value=-1e15, max_value=1e15
)


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


@given(TEXTS)
@example("'=1")
@example(";=1")
@example("\";'-")
@settings(max_examples=400)
def test_defusing_is_undone_exactly(text):
    assert restored(defused(text)) == text


@given(TEXTS)
@settings(max_examples=400)
def test_no_cell_starts_a_formula_wherever_a_spreadsheet_splits(text):
    cell = defused(text)
    for part in [cell, *cell.split(";")[1:], *cell.split('"')[1:]]:
        assert not part or part[0] not in FORMULA_STARTS


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=20))
def test_a_table_of_any_text_comes_back(rows):
    formats = {name: ColumnFormat(ColumnKind.TEXT, name) for name in ("a", "b")}
    columns = {
        name: np.array([row[at] for row in rows] + [""], dtype=object)
        for at, name in enumerate(formats)
    }
    header, *found = read(table_bytes(PlanColumns(formats, columns)))
    assert header == ["a", "b"]
    assert [tuple(map(restored, row)) for row in found] == [*rows, ("", "")]


@given(st.lists(st.tuples(TEXTS, st.one_of(st.none(), NUMBERS)), max_size=20))
def test_plain_rows_come_back_numbers_to_the_bit(rows):
    _, *found = read(csv_bytes(["text", "number"], rows))
    assert [(restored(a), float(b) if b else None) for a, b in found] == rows


@given(st.lists(NUMBERS, min_size=1, max_size=30), st.integers(0, 6))
def test_fixed_decimals_are_within_half_a_unit_and_never_negative_zero(values, decimals):
    array = np.round(np.array(values), decimals) + 0.0
    for text, value in zip(number_texts(array, decimals), values, strict=True):
        assert "e" not in text
        assert not (text.startswith("-") and float(text) == 0.0)
        assert abs(float(text) - value) <= 0.5000001 * 10.0**-decimals + abs(value) * 1e-15
