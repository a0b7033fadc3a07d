"""Source: validation_link_budgets.csv (tests/reference/data/links/README.md): 83 published figures.

Every row that the link can compute is recomputed and held to the row's own tolerance. What is not
reproduced and what is not computed is listed here, so that neither list can grow unseen.
"""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import pytest

from euroqci_planner.app.validation.link_checks import LINK_CHECKS
from euroqci_planner.app.validation.rows import published_numbers
from euroqci_planner.app.validation.runner import counts, validate

FILE = Path(__file__).parent / "data" / "links" / "validation_link_budgets.csv"

NOT_COMPUTED = {
    r"SQM-FSloss-90": "level of an empirical curve without stated inputs",
    r"MIC-up-500|NANO-lim": "receiver or tolerance not stated",
    r"COP-.*": "cloud statistics: in the group network",
    r"JINAN|QSPT": "key and sifted rates without link parameters",
}
NOT_REPRODUCED = {
    "SQM-FSloss-5": 3.5,
    "SQM-FSloss-10": 1.5,
    "SQM-FSloss-15": 0.9,
    "SQM-FSloss-20": 0.5,
    "SQM-FSloss-30": 0.25,
    "SQM-FSloss-40": 0.1,
    "SQM-FSloss-50": 0.06,
}


def rows():
    with FILE.open() as file:
        return list(csv.DictReader(file))


REPRODUCED = [
    row for row in rows() if row["case_id"] in LINK_CHECKS and row["case_id"] not in NOT_REPRODUCED
]


@pytest.mark.parametrize("row", REPRODUCED, ids=lambda row: row["case_id"])
def test_a_published_figure_is_reproduced_within_its_own_tolerance(row):
    computed = LINK_CHECKS[row["case_id"]]()
    assert abs(computed - float(row["expected"])) <= float(row["tolerance"])


@pytest.mark.parametrize("name", NOT_REPRODUCED)
def test_what_is_not_reproduced_is_off_by_no_more_than_is_known(name):
    (row,) = (row for row in rows() if row["case_id"] == name)
    off = abs(LINK_CHECKS[name]() - float(row["expected"]))
    assert float(row["tolerance"]) < off < NOT_REPRODUCED[name]


def test_every_row_is_either_computed_or_listed_with_a_reason():
    for row in rows():
        name = row["case_id"]
        listed = any(re.fullmatch(pattern, name) for pattern in NOT_COMPUTED)
        assert listed != (name in LINK_CHECKS), name
    assert len(rows()) == 83
    assert len(REPRODUCED) == 68


def test_the_validation_table_lists_every_row_with_its_value_and_tolerance():
    listed = {number.id: number for number in published_numbers() if number.group != "key"}
    for row in rows():
        number = listed[row["case_id"]]
        assert number.published == float(row["expected"])
        assert number.tolerance == float(row["tolerance"] or 0.0)
    assert set(LINK_CHECKS) <= set(listed)


def test_micius_is_compatible_end_to_end_from_its_element_set_to_its_sifted_bits():
    (row,) = (item for item in validate(("link",)) if item.number.id == "MIC-2016-SIFTED")
    assert row.status == "compatible"
    assert row.number.published == pytest.approx(10.0 * math.log10(1_671_072), abs=0.005)
    assert abs(row.deviation) < 0.5


def test_the_link_group_of_validate_says_what_is_missing_and_why():
    found = validate(("link",))
    assert counts(found) == {
        "reproduced": 93,
        "compatible": 5,
        "not_reproduced": 7,
        "gap": 5,
    }
    assert all(row.number.note for row in found if row.status in {"gap", "not_reproduced"})
