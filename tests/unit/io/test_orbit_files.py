"""TLE and 3LE texts: records found, damage kept to itself, choice of an element set, its age."""

from __future__ import annotations

import numpy as np
import pytest

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.import_report import RECORD_RULES
from euroqci_planner.io.orbit_files import (
    MAX_BYTES,
    OrbitFormat,
    check_age,
    orbit_format,
    parse_orbit_text,
    select_element_set,
)
from euroqci_planner.mission.orbits import ImportRecord, OrbitFile, RecordStatus, StalePolicy

DAY_S = 86_400.0
ISS = (
    "1 25544U 98067A   26164.83523427  .00008738  00000+0  16534-3 0  9990",
    "2 25544  51.6333 316.6832 0004955 182.4672 177.6293 15.49214103571238",
)
QUBE_2 = (
    "1 69023U 26100AV  26163.23122603  .00008060  00000+0  37537-3 0  9997",
    "2 69023  97.4085  61.1381 0004094  42.4983 317.6568 15.20164118  6058",
)
SPEQTRE = (
    "1 66769U 25276DH  26163.15815272  .00004949  00000+0  22992-3 0  9997",
    "2 66769  97.4212 237.0533 0000792 145.8981 214.2305 15.20450816 29671",
)
MICIUS = (
    "1 41731U 16051A   24016.15735159  .00011450  00000-0  34540-3 0  9998",
    "2 41731  97.3167 289.0989 0012522  59.2544 300.9930 15.34373256413200",
)
MICIUS_LATER = (
    "1 41731U 16051A   25265.33409832  .00080539  00000-0  89175-3 0  9999",
    "2 41731  97.2945 187.6583 0004596  12.3887 347.7483 15.62724089508176",
)


def text_of(*lines: str, end: str = "\n") -> str:
    return end.join(lines) + end


THREE = text_of("ISS (ZARYA)", *ISS, "QUBE-II", *QUBE_2, "SPEQTRE", *SPEQTRE)


def orbit_file(
    text: str | bytes,
    path: str = "sets.tle",
    on_stale: StalePolicy = StalePolicy.WARN,
) -> OrbitFile:
    element_sets, records = parse_orbit_text(text, path)
    return OrbitFile(
        path=path,
        sha256="",
        warn_age_s=3 * DAY_S,
        max_age_s=14 * DAY_S,
        on_stale=on_stale,
        element_sets=element_sets,
        records=records,
    )


def report_of(text: str | bytes) -> list[tuple[int, int, str, str]]:
    """Line, catalogue number, name and rule of each record."""
    _, records = parse_orbit_text(text, "sets.tle")
    return [(record.line, record.norad_id, record.name, record.rule) for record in records]


ALL_THREE = [
    (2, 25544, "ISS (ZARYA)", ""),
    (5, 69023, "QUBE-II", ""),
    (8, 66769, "SPEQTRE", ""),
]


def test_names_lines_and_numbers_of_a_three_line_file_are_kept() -> None:
    element_sets, records = parse_orbit_text(THREE, "sets.tle")
    assert [(e.line, e.norad_id, e.name) for e in element_sets] == [row[:3] for row in ALL_THREE]
    assert {record.status for record in records} == {RecordStatus.ACCEPTED}
    assert {record.source for record in records} == {"sets.tle"}
    assert element_sets[1].text == QUBE_2


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "  \n", "  \r\n"])
def test_any_end_of_line_and_blanks_before_it_are_read(end: str) -> None:
    assert report_of(THREE.replace("\n", end)) == ALL_THREE


def test_the_last_line_may_lack_its_end() -> None:
    assert report_of(THREE.rstrip("\n")) == ALL_THREE


def test_names_may_begin_with_a_zero_and_a_blank() -> None:
    assert report_of(text_of("0 QUBE-II", *QUBE_2)) == [(2, 69023, "QUBE-II", "")]
    assert report_of(text_of("0", *QUBE_2)) == [(2, 69023, "", "")]
    assert report_of(text_of("0BJECT", *QUBE_2)) == [(2, 69023, "0BJECT", "")]


def test_two_line_files_have_no_names() -> None:
    assert report_of(text_of(*ISS, *QUBE_2)) == [(1, 25544, "", ""), (3, 69023, "", "")]


def test_blank_lines_and_comments_are_skipped_but_counted() -> None:
    text = text_of("# June", "", "ISS", ISS[0], "", "# line 2 follows", ISS[1], "   ", *QUBE_2)
    assert report_of(text) == [(4, 25544, "ISS", ""), (9, 69023, "", "")]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-8-sig"])
def test_names_may_be_utf_8_or_latin_1(encoding: str) -> None:
    data = text_of("ŒUVRE ÉTÉ"[2:], *ISS).encode(encoding)
    assert report_of(data) == [(2, 25544, "UVRE ÉTÉ"[1:], "")]


@pytest.mark.parametrize(
    "name", ["IS\0S", "IS\x1b[31mS", "IS\u202eS", "IS\tS", "IS\x7fS", "N" * 101]
)
def test_names_that_could_fool_a_screen_are_refused_with_their_record(name: str) -> None:
    _, (bad, good) = parse_orbit_text(text_of(name, *ISS, "QUBE-II", *QUBE_2), "sets.tle")
    assert (bad.status, bad.rule, bad.line, bad.norad_id) == (
        RecordStatus.REFUSED,
        "name",
        2,
        25544,
    )
    assert bad.message.isprintable()
    assert bad.name.isprintable()
    assert (good.status, good.name) == (RecordStatus.ACCEPTED, "QUBE-II")


def test_a_refused_record_says_file_line_column_and_rule_and_the_rest_loads() -> None:
    text = THREE.replace(QUBE_2[1], QUBE_2[1].replace("97.4085", "97.4O85"))
    element_sets, records = parse_orbit_text(text, "sets.tle")
    assert [elements.norad_id for elements in element_sets] == [25544, 66769]
    bad = records[1]
    assert (bad.line, bad.norad_id, bad.name, bad.rule) == (5, 69023, "QUBE-II", "inclination")
    assert bad.message.startswith("sets.tle:6:9 inclination = ' 97.4O85': must be")


def test_a_file_in_which_every_record_is_refused_still_reports_them() -> None:
    element_sets, records = parse_orbit_text(text_of(ISS[0], ISS[1][:-1] + "0"), "sets.tle")
    assert element_sets == ()
    assert [record.rule for record in records] == ["checksum"]


def without(line: int) -> str:
    """The three records with one line left out (from 0)."""
    lines = THREE.splitlines()
    return text_of(*lines[:line], *lines[line + 1 :])


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        (0, [(1, 25544, "", ""), (4, 69023, "QUBE-II", ""), (7, 66769, "SPEQTRE", "")]),
        (
            1,
            [
                (2, 25544, "ISS (ZARYA)", "missing-line-1"),
                (4, 69023, "QUBE-II", ""),
                (7, 66769, "SPEQTRE", ""),
            ],
        ),
        (
            2,
            [
                (2, 25544, "ISS (ZARYA)", "missing-line-2"),
                (4, 69023, "QUBE-II", ""),
                (7, 66769, "SPEQTRE", ""),
            ],
        ),
        (
            8,
            [
                (2, 25544, "ISS (ZARYA)", ""),
                (5, 69023, "QUBE-II", ""),
                (8, 66769, "SPEQTRE", "missing-line-2"),
            ],
        ),
    ],
)
def test_a_lost_line_costs_its_own_record_alone(
    line: int, rows: list[tuple[int, int, str, str]]
) -> None:
    assert report_of(without(line)) == rows


def test_a_two_line_file_finds_its_step_again_after_a_lost_line() -> None:
    assert [row[3] for row in report_of(text_of(ISS[0], *QUBE_2, *SPEQTRE))] == [
        "missing-line-2",
        "",
        "",
    ]
    assert [row[3] for row in report_of(text_of(ISS[1], *QUBE_2, *SPEQTRE))] == [
        "missing-line-1",
        "",
        "",
    ]
    assert [row[3] for row in report_of(text_of(ISS[0], QUBE_2[1], *SPEQTRE))] == [
        "id-mismatch",
        "",
    ]


@pytest.mark.parametrize("cut", range(1, 69))
def test_a_line_cut_short_never_becomes_the_name_of_the_next_satellite(cut: int) -> None:
    element_sets, records = parse_orbit_text(text_of(ISS[0], ISS[1][:cut], *QUBE_2), "sets.tle")
    assert [elements.norad_id for elements in element_sets] == [69023]
    assert element_sets[0].name == ""
    assert records[0].status is RecordStatus.REFUSED


@pytest.mark.parametrize("line", [0, 1])
@pytest.mark.parametrize("first", ["1", "2", "3", "X", " ", ""])
def test_a_damaged_line_number_is_told_as_such(line: int, first: str) -> None:
    lines = list(ISS)
    if lines[line][0] == first:
        return
    lines[line] = first + lines[line][1:]
    element_sets, records = parse_orbit_text(text_of("ISS", *lines, "QUBE-II", *QUBE_2), "s.tle")
    assert [elements.name for elements in element_sets] == ["QUBE-II"]
    assert records[0].name == "ISS"
    assert records[0].rule in {"line-number", "line-length"}


def test_lines_that_are_nothing_are_reported_once_for_a_run() -> None:
    text = text_of("hello", "world", "again", "ISS", *ISS, "the end")
    assert report_of(text) == [
        (1, 0, "", "stray-line"),
        (5, 25544, "ISS", ""),
        (7, 0, "", "stray-line"),
    ]
    _, records = parse_orbit_text(text, "s.tle")
    assert "nor are the 2 lines after it" in records[0].message


def test_the_same_element_set_twice_counts_once_with_a_warning() -> None:
    element_sets, records = parse_orbit_text(text_of("A", *ISS, "B", *QUBE_2, "C", *ISS), "s.tle")
    assert [elements.name for elements in element_sets] == ["A", "B"]
    assert [record.status for record in records] == [
        RecordStatus.ACCEPTED,
        RecordStatus.ACCEPTED,
        RecordStatus.WARNED,
    ]
    assert records[2].rule == "duplicate"
    assert "s.tle:2" in records[2].message


def test_two_element_sets_of_one_satellite_are_both_kept_with_a_warning() -> None:
    element_sets, records = parse_orbit_text(text_of(*MICIUS, *MICIUS_LATER), "s.tle")
    assert [elements.line for elements in element_sets] == [1, 3]
    assert [record.rule for record in records] == ["", "several-sets"]
    assert "s.tle:1" in records[1].message


def test_every_rule_of_a_record_is_explained() -> None:
    assert {"missing-line-1", "missing-line-2", "stray-line", "name", "duplicate"} < set(
        RECORD_RULES
    )
    assert {"several-sets", "ageing", "stale"} < set(RECORD_RULES)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("\n \n# nothing\n", "empty"),
        ("hello\nworld\n", "no line of the file is an element line"),
        (b"\n" * (MAX_BYTES + 1), "larger than 64 MiB"),
        (THREE.encode("utf-16"), "UTF-16"),
        (THREE.encode("utf-32"), "UTF-16 or UTF-32"),
        (THREE.encode("utf-16-le"), "no line of the file is an element line"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "no line of the file"),
    ],
)
def test_a_file_without_element_sets_is_one_clear_fault(text: str | bytes, problem: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_orbit_text(text, "s.tle")
    (fault,) = caught.value.faults
    assert problem in fault.problem
    assert fault.file == "s.tle"
    assert fault.mend


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (THREE.encode(), OrbitFormat.TWO_LINE),
        (b"[SS (ZARYA)\n", OrbitFormat.TWO_LINE),
        (b"<SS (ZARYA)\n", OrbitFormat.TWO_LINE),
        (b"MEAN STREETS\n", OrbitFormat.TWO_LINE),
        (b"  <?xml version='1.0'?><ndm/>", OrbitFormat.OMM_XML),
        (b"<omm id='CCSDS_OMM_VERS'>", OrbitFormat.OMM_XML),
        (b"<!DOCTYPE html>", OrbitFormat.OMM_XML),
        (b'\n[\n {"OBJECT_NAME":', OrbitFormat.OMM_JSON),
        (b'{ "OBJECT_NAME":', OrbitFormat.OMM_JSON),
        (b"OBJECT_NAME,OBJECT_ID,EPOCH\n", OrbitFormat.OMM_CSV),
        (b'"NORAD_CAT_ID","EPOCH"\r\n', OrbitFormat.OMM_CSV),
        (b"CCSDS_OMM_VERS = 3.0\n", OrbitFormat.OMM_KVN),
        (b"COMMENT x\nOBJECT_NAME  = ISS\n", OrbitFormat.OMM_KVN),
    ],
)
def test_formats_are_told_by_content(head: bytes, form: OrbitFormat) -> None:
    assert orbit_format(head) is form


def test_the_element_set_of_a_satellite_is_found_over_several_files() -> None:
    files = [orbit_file(text_of(*ISS), "a.tle"), orbit_file(text_of("Q", *QUBE_2), "b.tle")]
    assert select_element_set(files, 69023).name == "Q"
    assert select_element_set(files, 69023).source == "b.tle"


def test_equal_element_sets_in_two_files_are_one() -> None:
    files = [orbit_file(text_of(*ISS), "a.tle"), orbit_file(text_of("Z", *ISS), "b.tle")]
    assert select_element_set(files, 25544).source == "a.tle"


def test_different_element_sets_are_refused_with_every_place() -> None:
    files = [
        orbit_file(text_of(*MICIUS, *MICIUS_LATER), "a.tle"),
        orbit_file(text_of(*ISS, *MICIUS), "b.tle"),
    ]
    with pytest.raises(InvalidInput) as caught:
        select_element_set(files, 41731)
    assert [(fault.file, fault.line) for fault in caught.value.faults] == [
        ("a.tle", 1),
        ("a.tle", 3),
        ("b.tle", 3),
    ]
    assert "one of 2 different" in str(caught.value)
    assert "2024-01-16T03:46:35" in str(caught.value)
    assert "2025-09-22T08:01:06" in str(caught.value)


def test_a_satellite_whose_record_was_refused_is_told_which_rule() -> None:
    file = orbit_file(text_of("ISS", ISS[0][:-1] + "3", ISS[1]))
    with pytest.raises(InvalidInput) as caught:
        select_element_set([file], 25544)
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == ("sets.tle", 2)
    assert "checksum" in fault.problem


def test_an_unknown_number_gets_the_nearest_one() -> None:
    with pytest.raises(InvalidInput) as caught:
        select_element_set([orbit_file(THREE)], 69032)
    (fault,) = caught.value.faults
    assert "no element set" in fault.problem
    assert "sets.tle" in fault.problem
    assert "69023 (QUBE-II)" in fault.mend


def test_refused_records_without_a_readable_number_are_counted() -> None:
    file = orbit_file(text_of(*(line[:2] + "?" + line[3:] for line in ISS), *QUBE_2))
    with pytest.raises(InvalidInput, match="1 refused records there have no readable number"):
        select_element_set([file], 25544)


def test_without_orbit_files_no_number_is_known() -> None:
    with pytest.raises(InvalidInput, match="there is no orbit file"):
        select_element_set([], 69023)


def aged(days: float, on_stale: StalePolicy) -> ImportRecord | None:
    file = orbit_file(text_of("QUBE-II", *QUBE_2), on_stale=on_stale)
    elements = file.element_sets[0]
    start_utc = elements.epoch_utc + np.timedelta64(round(days * DAY_S * 1e6), "us")
    return check_age(elements, start_utc, file)


@pytest.mark.parametrize("on_stale", list(StalePolicy))
@pytest.mark.parametrize("days", [0.0, 3.0, -3.0])
def test_a_fresh_element_set_has_no_age_record(days: float, on_stale: StalePolicy) -> None:
    assert aged(days, on_stale) is None


@pytest.mark.parametrize(
    ("days", "on_stale", "rule", "status"),
    [
        (3.00001, StalePolicy.WARN, "ageing", RecordStatus.WARNED),
        (-3.00001, StalePolicy.REFUSE, "ageing", RecordStatus.WARNED),
        (14.0, StalePolicy.ACCEPT, "ageing", RecordStatus.ACCEPTED),
        (14.00001, StalePolicy.WARN, "stale", RecordStatus.WARNED),
        (14.00001, StalePolicy.REFUSE, "stale", RecordStatus.REFUSED),
        (-14.00001, StalePolicy.REFUSE, "stale", RecordStatus.REFUSED),
        (7305.0, StalePolicy.ACCEPT, "stale", RecordStatus.ACCEPTED),
    ],
)
def test_old_element_sets_are_warned_refused_or_accepted_as_the_file_says(
    days: float, on_stale: StalePolicy, rule: str, status: RecordStatus
) -> None:
    record = aged(days, on_stale)
    assert record is not None
    assert (record.rule, record.status, record.norad_id) == (rule, status, 69023)


def test_the_age_message_has_epoch_age_limit_and_mend() -> None:
    record = aged(20.5, StalePolicy.REFUSE)
    assert record is not None
    assert record.message == (
        "sets.tle:2 epoch of 69023 (QUBE-II) = 2026-06-12T05:32:57.929Z: is 20.50 days before the"
        " start of the plan, 2026-07-02T17:32:57.929Z; max_age_days = 14 (use a newer element"
        ' set, raise max_age_days, or set on_stale = "warn")'
    )


def test_elements_from_after_the_start_say_so() -> None:
    record = aged(-5.0, StalePolicy.WARN)
    assert record is not None
    assert "is 5.00 days after the start" in record.message
    assert "warn_age_days = 3" in record.message
