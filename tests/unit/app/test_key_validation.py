"""Key rows of `validate`: what a row says of itself follows from the numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from euroqci_planner.app.validation import key_reference, pair_checks
from euroqci_planner.app.validation.rows import Finding, PublishedNumber, ValidationRow

NUMBER = PublishedNumber(
    id="X",
    group="key",
    source="a paper",
    quantity="key",
    unit="bit",
    published=100.0,
    tolerance=2.0,
    basis="rounding",
    kind="exact",
    note="as printed",
)


def test_a_finding_brings_its_number_and_its_words_into_the_row():
    row = ValidationRow.of(NUMBER, Finding(101.0, "3 of 4 rows"))
    assert (row.status, row.deviation) == ("reproduced", 1.0)
    assert row.as_plain()["note"] == "as printed; 3 of 4 rows"
    assert ValidationRow.of(NUMBER, Finding(103.0, "")).status == "not_reproduced"
    assert ValidationRow.of(NUMBER, 99.0).as_plain()["note"] == "as printed"
    assert ValidationRow.of(NUMBER, None).status == "gap"


@pytest.mark.parametrize(
    ("ours", "printed", "expected"),
    [(110.0, 100.0, 0.1), (0.0, 100.0, -1.0), (0.0, 0.0, 0.0), (5.0, 0.0, np.inf)],
)
def test_a_key_where_none_is_printed_is_no_relative_difference(ours, printed, expected):
    assert key_reference.change(ours, printed) == pytest.approx(expected)


def test_every_packaged_row_names_a_line_of_the_published_tables():
    rows = key_reference.read("key_rows.csv")
    names = [row["id"] for row in rows]
    assert len(names) == len(set(names)) == 864 + 46
    assert {row["bound"] for row in rows} == {"Chernoff", "Asymptotic"}
    assert {row["loss"] for row in rows} <= set(key_reference.losses())


def test_a_row_that_is_not_met_is_named():
    rows = [key_reference.compared(row) for row in key_reference.read("key_rows.csv")[:4]]
    wrong = [*rows[:3], replace(rows[3], compat=rows[3].compat * 1.001)]
    found = key_reference.compat_finding(wrong)
    assert found.value == pytest.approx(1e-3, rel=1e-3)
    assert found.note == f"3 of 4 rows within 1e-08; not met: {rows[3].row['id']}"


def test_the_split_of_epsilon_shortens_the_published_block():
    assert 0.0 < pair_checks.own_block_bits() < pair_checks.published_block_bits(pair_checks.QBER)
    assert pair_checks.published_block_bits(pair_checks.largest_error() + 1e-4) < 0.0
