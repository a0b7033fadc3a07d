"""CSV by RFC 4180, read back with the standard library."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import plan_cases
import pytest

from euroqci_planner.io.exports.csv_files import csv_bytes, defused, restored, table_bytes
from euroqci_planner.io.exports.csv_metadata import tables_meta_bytes
from euroqci_planner.io.exports.plan_folder import passes_files, plan_files
from euroqci_planner.mission.plan_columns import PASS_COLUMNS, contacts_columns, passes_columns


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), strict=True))


@pytest.fixture(scope="module")
def plan():
    return plan_cases.example_plan()


def test_every_line_ends_with_crlf_and_has_as_many_cells_as_the_header(plan):
    content = table_bytes(passes_columns(plan))
    assert content.endswith(b"\r\n")
    assert content.count(b"\r\n") == content.count(b"\n") == len(plan.passes) + 1
    rows = read(content)
    assert rows[0] == list(PASS_COLUMNS)
    assert {len(row) for row in rows} == {len(PASS_COLUMNS)}


def test_the_cells_are_the_texts_of_the_columns(plan):
    columns = contacts_columns(plan)
    rows = read(table_bytes(columns))[1:]
    for place, name in enumerate(columns.names):
        assert [row[place] for row in rows] == columns.texts(name)


def test_numbers_come_back_to_the_written_decimals(plan):
    columns = passes_columns(plan)
    rows = read(table_bytes(columns))[1:]
    place = columns.names.index("sun_elevation_deg")
    back = np.array([float(row[place]) for row in rows])
    assert np.abs(back - columns["sun_elevation_deg"]).max() <= 0.0005 + 1e-12
    assert (back < 0.0).any(), "negative numbers stay numbers"


def test_an_id_that_looks_like_a_formula_is_defused_and_numbers_are_not(plan):
    hostile = plan_cases.renamed(
        plan, satellite_id="-MUC", satellite_name="=1+1", station_name="Teide"
    )
    rows = read(table_bytes(passes_columns(hostile)))
    satellites = {row[1] for row in rows[1:]}
    assert "'-MUC" in satellites
    assert "-MUC" not in satellites
    assert restored("'-MUC") == "-MUC"
    assert {row[0][:5] for row in rows[1:] if row[1] == "'-MUC"} == {"'-MUC"}


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("a;=b", "a;'=b"),
        ('"=b', "\"'=b"),
        ("'=x", "''=x"),
        ("\uff1dx", "'\uff1dx"),
        ("plain", "plain"),
        ("it's", "it's"),
        ("a-b", "a-b"),
        ("", ""),
    ],
)
def test_text_that_could_start_a_formula_gets_an_apostrophe(text, cell):
    assert defused(text) == cell
    assert restored(cell) == text


def test_plain_rows_keep_numbers_quote_commas_and_leave_none_empty():
    content = csv_bytes(
        ["name", "count"], [["a, b", -1], ["-x", None], ['say "so"', 2.5], ["n", float("nan")]]
    )
    assert content == (b'name,count\r\n"a, b",-1\r\n\'-x,\r\n"say ""so""",2.5\r\nn,\r\n')


def test_a_file_without_rows_is_its_header():
    assert table_bytes(passes_columns(plan_cases.empty_plan())) == (
        ",".join(PASS_COLUMNS).encode() + b"\r\n"
    )


def test_a_name_that_is_not_utf8_still_gives_a_utf8_file():
    assert csv_bytes(["a"], [["caf\udce9"]]).decode("utf-8") == "a\r\ncaf\\udce9\r\n"


def test_the_sidecar_carries_marking_units_and_every_column(plan):
    marked = replace(plan, scenario=replace(plan.scenario, marking="RESTREINT UE/EU RESTRICTED"))
    tables = {"passes.csv": passes_columns(marked)}
    meta = json.loads(tables_meta_bytes(marked, tables))
    assert meta["dc:rights"] == "RESTREINT UE/EU RESTRICTED"
    (table,) = meta["tables"]
    columns = {item["name"]: item for item in table["tableSchema"]["columns"]}
    assert list(columns) == list(PASS_COLUMNS)
    assert columns["loss_min_db"]["schema:unitText"] == "dB"
    assert columns["rise_utc"]["datatype"] == "dateTime"
    assert columns["qber"]["datatype"] == "decimal"
    assert table["notes"] == [{"rows": len(plan.passes)}]


def test_the_folder_of_a_plan_holds_these_files(plan):
    assert list(plan_files(plan)) == [
        "contacts.csv", "passes.csv", "tables.meta.json", "contacts.ics", "report.html",
        "summary.json",
    ]  # fmt: skip


def test_passes_alone_make_three_files_also_through_the_common_door():
    plan = plan_cases.geometry_plan()
    assert list(passes_files(plan)) == ["passes.csv", "tables.meta.json", "summary.json"]
    assert plan_files(plan) == passes_files(plan)


def test_two_runs_give_the_same_bytes():
    once, again = plan_files(plan_cases.example_plan()), plan_files(plan_cases.example_plan())
    assert once == again
