"""Two-line element sets: what the strict grammar takes, what it refuses, and why."""

from __future__ import annotations

import math
import pickle
from itertools import pairwise

import numpy as np
import pytest
from sgp4.io import compute_checksum

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.element_columns import ELEMENT_RULES, FIRST_LINE, SECOND_LINE, ElementFault
from euroqci_planner.io.element_lines import parse_element_lines
from euroqci_planner.mission.orbits import ElementSet

ONE = "1 25544U 98067A   26164.83523427  .00008738  00000+0  16534-3 0  9990"
TWO = "2 25544  51.6333 316.6832 0004955 182.4672 177.6293 15.49214103571238"


def edited(line: str, column: int, text: str, *, mend_checksum: bool = True) -> str:
    """The line with `text` from `column` (1 is the first) on, and its checksum put right."""
    changed = line[: column - 1] + text + line[column - 1 + len(text) :]
    return changed[:68] + str(compute_checksum(changed)) if mend_checksum else changed


def faults_of(line1: str, line2: str, **place: object) -> list[ElementFault]:
    with pytest.raises(InvalidInput) as caught:
        parse_element_lines(line1, line2, **place)  # type: ignore[arg-type]
    assert all(isinstance(fault, ElementFault) for fault in caught.value.faults)
    return list(caught.value.faults)  # type: ignore[arg-type]


def rules_of(line1: str, line2: str) -> list[str]:
    return [fault.rule for fault in faults_of(line1, line2)]


def test_the_fields_of_an_element_set_come_out_in_si_units() -> None:
    iss = parse_element_lines(ONE, TWO, "ISS (ZARYA)", "active.tle", 2)
    assert iss.norad_id == 25544
    assert iss.name == "ISS (ZARYA)"
    assert iss.international_designator == "1998-067A"
    assert iss.epoch_utc == np.datetime64("2026-06-13T20:02:44.240928", "us")
    assert iss.inclination_rad == math.radians(51.6333)
    assert iss.raan_rad == math.radians(316.6832)
    assert iss.eccentricity == 0.0004955
    assert iss.argument_of_perigee_rad == math.radians(182.4672)
    assert iss.mean_anomaly_rad == math.radians(177.6293)
    assert iss.mean_motion_rad_s == pytest.approx(15.49214103 * 2 * math.pi / 86400, rel=3e-16)
    assert iss.bstar_per_earth_radius == 0.16534 * 10.0**-3
    assert iss.first_derivative_rad_s2 == pytest.approx(
        0.00008738 * 2 * math.pi / 86400**2, rel=1e-15
    )
    assert iss.second_derivative_rad_s3 == 0.0
    assert (iss.classification, iss.element_set_number, iss.revolution_at_epoch) == (
        "U",
        999,
        57123,
    )
    assert (iss.source, iss.line, iss.text) == ("active.tle", 2, (ONE, TWO))
    assert not iss.is_design


def test_sixty_times_the_mean_motion_is_what_sgp4_works_with_in_radians_per_minute() -> None:
    exact = 0
    for tail in range(1000):
        two = edited(TWO, 60, f"{tail:04d}")
        rad_per_minute = float(two[52:63]) / (1440.0 / (2.0 * math.pi))
        scaled = parse_element_lines(ONE, two).mean_motion_rad_s * 60.0
        assert abs(scaled - rad_per_minute) <= np.spacing(rad_per_minute)
        exact += scaled == rad_per_minute
    assert exact > 900


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-11606-4", -0.11606e-4),
        (" 00000+0", 0.0),
        (" 00000-0", 0.0),
        ("+50000-9", 0.5e-9),
        (" 99999+9", 0.99999e9),
        (" 01000-2", 0.01e-2),
    ],
)
def test_fields_with_an_understood_point_carry_their_exponent(text: str, value: float) -> None:
    drag = parse_element_lines(edited(ONE, 54, text), TWO).bstar_per_earth_radius
    assert drag == pytest.approx(value, rel=2e-16, abs=0.0)
    second = parse_element_lines(edited(ONE, 45, text), TWO).second_derivative_rad_s3
    assert second == pytest.approx(value * 2 * math.pi / 86400**3, rel=1e-14, abs=0.0)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("57001.00000000", "1957-01-01T00:00:00"),
        ("99365.99999999", "1999-12-31T23:59:59.999136"),
        ("00001.00000001", "2000-01-01T00:00:00.000864"),
        ("56366.50000000", "2056-12-31T12:00:00"),
        ("24366.00000000", "2024-12-31T00:00:00"),
        ("26059.99999999", "2026-02-28T23:59:59.999136"),
    ],
)
def test_an_epoch_is_exact_and_its_century_turns_at_57(text: str, instant: str) -> None:
    elements = parse_element_lines(edited(ONE, 19, text), TWO)
    assert elements.epoch_utc == np.datetime64(instant, "us")


@pytest.mark.parametrize(
    "text", ["26366.00000000", "26000.99999999", "24367.00000000", "26400.0000000", "00367.1000000"]
)
def test_a_day_that_the_year_does_not_have_is_refused(text: str) -> None:
    assert "epoch-day" in rules_of(edited(ONE, 19, text.ljust(14, "0")), TWO)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("00001", 1),
        ("99999", 99_999),
        ("A0000", 100_000),
        ("H9999", 179_999),
        ("J0000", 180_000),
        ("N9999", 229_999),
        ("P0000", 230_000),
        ("Z9999", 339_999),
    ],
)
def test_alpha_5_numbers_count_from_a_to_z_without_i_and_o(text: str, number: int) -> None:
    elements = parse_element_lines(edited(ONE, 3, text), edited(TWO, 3, text))
    assert elements.norad_id == number


@pytest.mark.parametrize("text", ["I0000", "O1234", "a0000", "AA000", "Ä0000", "0000A"])
def test_other_letters_in_a_catalogue_number_are_refused(text: str) -> None:
    faults = faults_of(
        edited(ONE, 3, text, mend_checksum=False), edited(TWO, 3, text, mend_checksum=False)
    )
    named = [fault for fault in faults if fault.where.startswith("catalogue number")]
    assert [fault.column for fault in named] == [3, 3]
    assert {fault.rule for fault in named} <= {"alpha-5", "catalogue-number", "not-ascii"}


def test_number_zero_is_no_satellite() -> None:
    assert rules_of(edited(ONE, 3, "00000"), edited(TWO, 3, "00000")) == ["catalogue-number"]


def test_lines_of_two_satellites_do_not_make_one() -> None:
    (fault,) = faults_of(ONE, edited(TWO, 3, "25545"), source="a.tle", line=7)
    assert fault.rule == "id-mismatch"
    assert (fault.file, fault.line, fault.column) == ("a.tle", 8, 3)
    assert "25544" in fault.problem
    assert "25545" in fault.value


@pytest.mark.parametrize(
    ("line", "column", "text", "rule"),
    [
        (1, 1, "2", "line-number"),
        (2, 1, "1", "line-number"),
        (1, 2, "0", "blank"),
        (1, 9, "-", "blank"),
        (1, 18, "0", "blank"),
        (1, 33, "0", "blank"),
        (1, 44, "0", "blank"),
        (1, 53, "0", "blank"),
        (1, 62, "0", "blank"),
        (1, 64, "0", "blank"),
        (2, 2, "0", "blank"),
        (2, 8, "0", "blank"),
        (2, 17, "0", "blank"),
        (2, 26, "0", "blank"),
        (2, 34, "0", "blank"),
        (2, 43, "0", "blank"),
        (2, 52, "0", "blank"),
        (1, 8, "X", "classification"),
        (1, 8, " ", "classification"),
        (1, 10, "98 67A  ", "designator"),
        (1, 10, "98067   ", "designator"),
        (1, 10, "98067 A ", "designator"),
        (1, 10, "98067a  ", "designator"),
        (1, 19, " 6164.83523427", "epoch"),
        (1, 19, "26 64.83523427", "epoch"),
        (1, 19, "26164,83523427", "epoch"),
        (1, 34, "0.0008738 ", "first-derivative"),
        (1, 34, " .0000873 ", "first-derivative"),
        (1, 45, " 00000 0", "second-derivative"),
        (1, 45, "  0000-0", "second-derivative"),
        (1, 54, " 1653E-3", "bstar"),
        (1, 54, " 1_534-3", "bstar"),
        (1, 63, "4", "ephemeris-type"),
        (1, 63, "2", "ephemeris-type"),
        (1, 65, "9 99", "element-number"),
        (1, 65, "    ", "element-number"),
        (2, 9, "180.0001", "inclination"),
        (2, 9, " -1.6333", "inclination"),
        (2, 9, "51.6333 ", "inclination"),
        (2, 9, "     nan", "inclination"),
        (2, 9, "     inf", "inclination"),
        (2, 9, " 5_.6333", "inclination"),
        (2, 9, " 51,6333", "inclination"),
        (2, 18, "360.0001", "raan"),
        (2, 35, "999.9999", "argument-of-perigee"),
        (2, 44, "360.0001", "mean-anomaly"),
        (2, 27, " 004955", "eccentricity"),
        (2, 27, "0.04955", "eccentricity"),
        (2, 53, "18.00000000", "mean-motion"),
        (2, 53, " 0.00000000", "mean-motion"),
        (2, 53, "-1.00000000", "mean-motion"),
        (2, 53, "15.4921410 ", "mean-motion"),
        (2, 53, "17.20000000", "perigee"),
        (2, 27, "0700000", "perigee"),
        (2, 64, "57 23", "revolution"),
        (2, 64, "     ", "revolution"),
    ],
)
def test_each_rule_names_line_column_and_value(
    line: int, column: int, text: str, rule: str
) -> None:
    lines = [ONE, TWO]
    lines[line - 1] = edited(lines[line - 1], column, text)
    faults = faults_of(*lines, source="x.tle", line=11)
    assert rule in {fault.rule for fault in faults}
    fault = next(fault for fault in faults if fault.rule == rule)
    assert (fault.file, fault.line) == ("x.tle", 10 + line)
    assert fault.problem
    assert fault.mend
    if rule != "perigee":
        assert fault.column == column
        assert text[:5] in fault.value
    assert len(faults) == 1


@pytest.mark.parametrize(
    ("line", "text", "rule"),
    [
        (1, ONE.replace("4", "٤"), "not-ascii"),
        (2, TWO.replace("5", "５"), "not-ascii"),
        (2, TWO.replace("316.", "３16."), "not-ascii"),
        (1, ONE.replace("  16534", "\t16534"), "line-length"),
        (1, ONE.replace("   26164", "\t\t\t26164"), "control-character"),
        (2, TWO.replace("  51", "\0 51"), "control-character"),
        (2, TWO.replace(" 51", "\xa051"), "not-ascii"),
        (1, ONE.replace("-3", "\u22123"), "not-ascii"),
    ],
)
def test_digits_signs_and_blanks_of_other_alphabets_are_refused(
    line: int, text: str, rule: str
) -> None:
    lines = [ONE, TWO]
    lines[line - 1] = text
    assert rule in rules_of(*lines)


@pytest.mark.parametrize(
    ("line", "column"), [(line, column) for line in (1, 2) for column in range(1, 69)]
)
def test_a_digit_changed_in_any_column_is_refused(line: int, column: int) -> None:
    lines = [ONE, TWO]
    old = lines[line - 1][column - 1]
    if not old.isdigit():
        return
    lines[line - 1] = edited(lines[line - 1], column, str((int(old) + 3) % 10), mend_checksum=False)
    assert "checksum" in rules_of(*lines) or "line-number" in rules_of(*lines)


def test_a_wrong_checksum_says_what_the_line_adds_up_to() -> None:
    (fault,) = faults_of(ONE[:68] + "7", TWO, source="a.tle", line=4)
    assert fault.rule == "checksum"
    assert (fault.line, fault.column, fault.value) == (4, 69, "'7'")
    assert "adds up to 0" in fault.problem


@pytest.mark.parametrize(
    ("line1", "line2"),
    [
        (ONE[:68], TWO),
        (ONE, TWO[:68]),
        (ONE + "0", TWO),
        (ONE, TWO + " 0.0"),
        (ONE[1:], TWO),
        (ONE[:20], TWO),
        ("", TWO),
        (ONE, ""),
        (ONE[:30] + " " + ONE[30:], TWO),
        (ONE, "2" * 1_000_000),
    ],
)
def test_only_lines_of_69_characters_are_read(line1: str, line2: str) -> None:
    faults = faults_of(line1, line2)
    assert "line-length" in {fault.rule for fault in faults}
    assert all(len(str(fault)) < 300 for fault in faults)


def test_a_missing_checksum_is_called_by_its_name() -> None:
    (fault,) = faults_of(ONE[:68], TWO)
    assert "the checksum is missing" in fault.problem


def test_blanks_at_the_end_of_a_line_do_not_count() -> None:
    assert parse_element_lines(ONE + "   ", TWO + " \r\n").text == (ONE, TWO)


def test_lines_in_the_wrong_order_are_told_in_two_words_not_in_forty() -> None:
    faults = faults_of(TWO, ONE)
    assert [fault.rule for fault in faults] == ["line-number", "line-number"]
    assert "this is line 2" in faults[0].problem


def test_all_faults_of_both_lines_are_told_at_once_in_order_of_place() -> None:
    one = edited(edited(ONE, 19, "26400.83523427"), 8, "Q")
    two = edited(edited(edited(TWO, 3, "25545"), 9, "251.6333"), 53, "19.49214103")
    faults = faults_of(one, two[:68] + "0", source="a.tle", line=1)
    assert [fault.rule for fault in faults] == [
        "classification",
        "epoch-day",
        "id-mismatch",
        "inclination",
        "mean-motion",
        "checksum",
    ]
    assert [(fault.line, fault.column) for fault in faults] == sorted(
        (fault.line, fault.column) for fault in faults
    )


def test_a_fault_reads_as_file_line_column_field_value_problem_and_mend() -> None:
    (fault,) = faults_of(ONE, edited(TWO, 9, "251.6333"), source="sets.tle", line=1)
    assert str(fault) == (
        "sets.tle:2:9 inclination = '251.6333': must be from 0 to 180 degrees"
        " (the line was changed: fetch the element set again)"
    )


def test_an_element_set_for_another_theory_is_named() -> None:
    (fault,) = faults_of(edited(ONE, 63, "4"), TWO)
    assert "SGP4-XP" in fault.problem


def test_a_blank_designator_and_analyst_numbers_are_read() -> None:
    elements = parse_element_lines(edited(ONE, 10, " " * 8), TWO)
    assert elements.international_designator == ""


@pytest.mark.parametrize(("year", "full"), [("57", "1957"), ("99", "1999"), ("26", "2026")])
def test_designators_carry_the_full_year(year: str, full: str) -> None:
    elements = parse_element_lines(edited(ONE, 10, f"{year}100AV "), TWO)
    assert elements.international_designator == f"{full}-100AV"


@pytest.mark.parametrize("columns", [FIRST_LINE, SECOND_LINE])
def test_the_columns_fill_the_line_without_gap_or_overlap(columns: tuple) -> None:  # type: ignore[type-arg]
    edges = [(column.first, column.last) for column in columns]
    assert edges[0][0] == 1
    assert edges[-1][1] == 69
    assert all(a[1] + 1 == b[0] for a, b in pairwise(edges))


def test_every_column_rule_is_explained() -> None:
    assert {column.rule for column in FIRST_LINE + SECOND_LINE} <= set(ELEMENT_RULES)


def test_faults_survive_the_way_between_processes() -> None:
    fault = faults_of(ONE[:68] + "7", TWO)[0]
    assert pickle.loads(pickle.dumps(InvalidInput([fault]))).faults == (fault,)  # noqa: S301


def test_an_element_set_is_a_value() -> None:
    assert parse_element_lines(ONE, TWO) == parse_element_lines(ONE, TWO)
    assert isinstance(parse_element_lines(ONE, TWO), ElementSet)
