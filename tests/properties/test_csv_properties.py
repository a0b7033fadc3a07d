"""CSV over arbitrary text: it comes back unchanged, and no cell starts a formula."""

from __future__ import annotations

import csv
import io

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from euroqci_planner.io.exports.csv_files import csv_bytes, defused, restored, table_bytes
from euroqci_planner.mission.named_columns import (
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


def _line_by_line(table: PlanColumns) -> bytes:
    """The file put together cell by cell from the texts of the columns."""
    lines = [",".join(table.formats).encode()]
    for row in range(table.rows):
        cells = [
            csv_bytes(["x"], [[table.texts(name)[row]]])[len(b"x\r\n") : -len(b"\r\n")]
            if shape.kind is ColumnKind.TEXT
            else table.texts(name)[row].encode()
            for name, shape in table.formats.items()
        ]
        lines.append(b",".join(cells))
    return b"\r\n".join([*lines, b""])


DECIMALS = st.integers(0, 6)
INSTANTS = st.one_of(
    st.just(np.datetime64("NaT", "us")),
    st.datetimes().map(lambda moment: np.datetime64(moment, "us")),
    st.integers(-(2**60), 2**60).map(lambda micro: np.datetime64(micro, "us")),
)
ANY_NUMBERS = st.one_of(st.sampled_from([np.nan, np.inf, -0.0, 0.0005, 359.9996]), st.floats())


@given(st.lists(st.tuples(TEXTS, st.text("aZ09-/"), INSTANTS, ANY_NUMBERS, NUMBERS)), DECIMALS)
@settings(max_examples=300)
def test_whole_columns_are_written_as_their_cells_one_by_one(rows, decimals):
    kinds = {
        "any_text": (ColumnKind.TEXT, "U"),
        "plain_text": (ColumnKind.TEXT, "U"),
        "instant_utc": (ColumnKind.INSTANT, "datetime64[us]"),
        "number": (ColumnKind.NUMBER, "f8"),
        "some_azimuth_deg": (ColumnKind.NUMBER, "f8"),
    }
    formats = {
        name: ColumnFormat(kind, name, decimals=decimals) for name, (kind, _) in kinds.items()
    }
    columns = {
        name: np.array([row[at] for row in rows], dtype=dtype)
        for at, (name, (_, dtype)) in enumerate(kinds.items())
    }
    table = PlanColumns(formats, columns)
    with np.errstate(invalid="ignore", over="ignore"):
        assert table_bytes(table) == _line_by_line(table)
