"""Orbit Mean-Elements Messages in XML, JSON, CSV and KVN: one meaning, the same strict limits."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.element_columns import ELEMENT_RULES
from euroqci_planner.io.import_report import element_key
from euroqci_planner.io.orbit_files import parse_orbit_text
from euroqci_planner.io.orbit_messages import MESSAGE_RULES
from euroqci_planner.mission.orbits import ElementSet, ImportRecord, RecordStatus

QUBE_2 = {
    "OBJECT_NAME": "QUBE-II",
    "OBJECT_ID": "2026-100AV",
    "CENTER_NAME": "EARTH",
    "REF_FRAME": "TEME",
    "TIME_SYSTEM": "UTC",
    "MEAN_ELEMENT_THEORY": "SGP4",
    "EPOCH": "2026-06-12T05:32:57.928992",
    "MEAN_MOTION": "15.20164118",
    "ECCENTRICITY": "0.0004094",
    "INCLINATION": "97.4085",
    "RA_OF_ASC_NODE": "61.1381",
    "ARG_OF_PERICENTER": "42.4983",
    "MEAN_ANOMALY": "317.6568",
    "EPHEMERIS_TYPE": "0",
    "CLASSIFICATION_TYPE": "U",
    "NORAD_CAT_ID": "69023",
    "ELEMENT_SET_NO": "999",
    "REV_AT_EPOCH": "605",
    "BSTAR": "0.00037537",
    "MEAN_MOTION_DOT": "0.0000806",
    "MEAN_MOTION_DDOT": "0",
}
TWO_LINES = """QUBE-II
1 69023U 26100AV  26163.23122603  .00008060  00000+0  37537-3 0  9997
2 69023  97.4085  61.1381 0004094  42.4983 317.6568 15.20164118  6058
"""
METADATA = ("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM")
Message = dict[str, str]


def as_kvn(*messages: Message) -> str:
    return "".join(
        "CCSDS_OMM_VERS = 3.0\nCOMMENT made for a test\nORIGINATOR = N/A\n\n"
        + "".join(f"{keyword:17} = {text}\n" for keyword, text in message.items())
        for message in messages
    )


def as_csv(*messages: Message) -> str:
    rows = [",".join(messages[0])] + [",".join(message.values()) for message in messages]
    return "\r\n".join(rows) + "\r\n"


def as_json(*messages: Message) -> str:
    return json.dumps(list(messages), indent=1)


def as_xml(*messages: Message) -> str:
    body = ""
    for message in messages:
        head = [k for k in message if k in METADATA or k == "MEAN_ELEMENT_THEORY"]
        metadata = "".join(f"<{k}>{message[k]}</{k}>" for k in head)
        data = "".join(f"<{k}>{v}</{k}>\n" for k, v in message.items() if k not in head)
        body += (
            '<omm id="CCSDS_OMM_VERS" version="3.0"><header><ORIGINATOR/></header><body><segment>\n'
            f"<metadata>{metadata}</metadata><data><meanElements>{data}</meanElements></data>"
            "</segment></body></omm>\n"
        )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<ndm>{body}</ndm>\n'


FORMS = [as_kvn, as_csv, as_json, as_xml]


def changed(**fields: str | None) -> Message:
    """The message of QUBE-II with fields replaced, or left out where None."""
    message = {**QUBE_2, **fields}
    return {keyword: text for keyword, text in message.items() if text is not None}


def read(text: str | bytes) -> tuple[tuple[ElementSet, ...], tuple[ImportRecord, ...]]:
    return parse_orbit_text(text, "omm")


def only(text: str | bytes) -> ElementSet:
    (elements,), _ = read(text)
    return elements


def refused(text: str | bytes) -> ImportRecord:
    element_sets, (record,) = read(text)
    assert element_sets == ()
    assert record.status is RecordStatus.REFUSED
    assert record.rule in {**MESSAGE_RULES, **ELEMENT_RULES, "name": ""}
    return record


@pytest.mark.parametrize("form", FORMS)
def test_a_message_is_the_orbit_of_its_two_lines(form: object) -> None:
    two_lines = only(TWO_LINES)
    message = only(form(QUBE_2))  # type: ignore[operator]
    assert element_key(message)[:-1] == element_key(two_lines)[:-1]
    assert math.isclose(message.bstar_per_earth_radius, two_lines.bstar_per_earth_radius)
    assert message.first_derivative_rad_s2 == two_lines.first_derivative_rad_s2
    for name in ("name", "international_designator", "classification"):
        assert getattr(message, name) == getattr(two_lines, name)
    assert (message.element_set_number, message.revolution_at_epoch) == (999, 605)
    assert message.text == ()


@pytest.mark.parametrize("form", FORMS)
def test_a_damaged_message_costs_itself_alone(form: object) -> None:
    messages = [
        changed(NORAD_CAT_ID="1"),
        changed(NORAD_CAT_ID="2", INCLINATION="197.4", MEAN_MOTION="15,2", EPOCH="yesterday"),
        changed(NORAD_CAT_ID="3"),
    ]
    if form is as_csv:
        messages[1]["MEAN_MOTION"] = "15.2_"
    element_sets, records = read(form(*messages))  # type: ignore[operator]
    assert [elements.norad_id for elements in element_sets] == [1, 3]
    assert [record.norad_id for record in records] == [1, 2, 3]
    for told in ("INCLINATION", "MEAN_MOTION", "EPOCH"):
        assert told in records[1].message


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", ["100000", "340000", "999999999"])
def test_catalogue_numbers_have_up_to_nine_digits(form: object, number: str) -> None:
    assert only(form(changed(NORAD_CAT_ID=number))).norad_id == int(number)  # type: ignore[operator]


@pytest.mark.parametrize("number", ["0", "-1", "1000000000", "25544.0", "T0001", "٣", "1_0", "1e3"])
def test_other_catalogue_numbers_are_refused(number: str) -> None:
    for form in FORMS:
        assert refused(form(changed(NORAD_CAT_ID=number))).rule == "catalogue-number"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-06-12T05:32:57", "2026-06-12T05:32:57"),
        ("2026-06-12T05:32:57Z", "2026-06-12T05:32:57"),
        ("2026-06-12T05:32:57.5Z", "2026-06-12T05:32:57.5"),
        ("2026-06-12T05:32:57.928992", "2026-06-12T05:32:57.928992"),
        ("2026-06-12T05:32:57.9289925001", None),
        ("2026-06-12T05:32:57.928992501", "2026-06-12T05:32:57.928993"),
        ("2026-12-31T23:59:59.999999999", "2027-01-01T00:00:00"),
        ("2026-163T05:32:57.928992", "2026-06-12T05:32:57.928992"),
        ("2024-366T00:00:00", "2024-12-31T00:00:00"),
        ("2026-366T00:00:00", None),
        ("2026-000T00:00:00", None),
        ("2026-02-29T00:00:00", None),
        ("2026-06-12T24:00:00", None),
        ("2016-12-31T23:59:60", None),
        ("2026-06-12 05:32:57", None),
        ("2026-06-12T05:32:57+02:00", None),
        ("2026-06-12T05:32:57,5", None),
        ("26-06-12T05:32:57", None),
        ("1956-06-12T05:32:57", None),
        ("2026-06-12", None),
    ],
)
def test_epochs_are_utc_with_or_without_fraction_and_z(text: str, instant: str | None) -> None:
    message = as_json(changed(EPOCH=text))
    if instant is None:
        record = refused(message)
        assert record.rule in {"epoch", "epoch-day"}
        assert f"EPOCH = '{text}'" in record.message
    else:
        assert only(message).epoch_utc == np.datetime64(instant, "us")


def test_a_leap_second_is_named() -> None:
    assert "leap second" in refused(as_kvn(changed(EPOCH="2016-12-31T23:59:60Z"))).message


@pytest.mark.parametrize(
    ("keyword", "text", "rule"),
    [
        ("INCLINATION", "180.0001", "inclination"),
        ("INCLINATION", "-0.1", "inclination"),
        ("RA_OF_ASC_NODE", "360.1", "raan"),
        ("ARG_OF_PERICENTER", "-1", "argument-of-perigee"),
        ("MEAN_ANOMALY", "1e3", "mean-anomaly"),
        ("ECCENTRICITY", "1", "eccentricity"),
        ("ECCENTRICITY", "-0.001", "eccentricity"),
        ("ECCENTRICITY", "0.9", "perigee"),
        ("MEAN_MOTION", "0", "mean-motion"),
        ("MEAN_MOTION", "18", "mean-motion"),
        ("MEAN_MOTION", "17.5", "perigee"),
        ("BSTAR", "1e400", "number"),
        ("BSTAR", "9e999", "bstar"),
        ("BSTAR", "nan", "number"),
        ("BSTAR", "inf", "number"),
        ("BSTAR", "1_0", "number"),
        ("BSTAR", "٣", "number"),
        ("BSTAR", "0x1p3", "number"),
        ("BSTAR", "1 2", "number"),
        ("MEAN_MOTION", "15.2" + "0" * 50, "number"),
        ("EPHEMERIS_TYPE", "4", "ephemeris-type"),
        ("CLASSIFICATION_TYPE", "X", "classification"),
        ("OBJECT_ID", "26100AV", "designator"),
        ("OBJECT_NAME", "N" * 101, "name"),
        ("REF_FRAME", "GCRF", "frame"),
        ("TIME_SYSTEM", "TAI", "time-system"),
        ("MEAN_ELEMENT_THEORY", "SGP4-XP", "theory"),
        ("MEAN_ELEMENT_THEORY", "DSST", "theory"),
        ("CENTER_NAME", "MARS", "centre"),
    ],
)
def test_values_outside_the_limits_are_refused_by_name(keyword: str, text: str, rule: str) -> None:
    for form in FORMS:
        record = refused(form(changed(**{keyword: text})))
        assert record.rule in {rule, "bstar"} if keyword == "BSTAR" else record.rule == rule
        assert record.message.startswith("omm:")
        assert keyword in record.message or rule == "perigee"
        assert text[:20] in record.message or rule == "perigee" or not text.isascii()


@pytest.mark.parametrize("text", ["97.4085", "+97.4085", "97.", ".5", "5e1", "9.74085E+01", "0"])
def test_decimals_in_every_common_writing_are_read(text: str) -> None:
    for form in FORMS:
        assert only(form(changed(INCLINATION=text))).inclination_rad == float(text) * math.pi / 180


def test_bare_json_numbers_and_quoted_ones_are_the_same() -> None:
    bare = '{"OBJECT_NAME": "Q", ' + ", ".join(
        f'"{k}": {v}' if k not in METADATA and v[0].isdigit() and k != "EPOCH" else f'"{k}": "{v}"'
        for k, v in QUBE_2.items()
        if k != "OBJECT_NAME"
    )
    assert '"NORAD_CAT_ID": 69023' in bare
    assert element_key(only(bare + "}")) == element_key(only(as_json(QUBE_2)))


@pytest.mark.parametrize("form", [as_csv, as_json])
def test_catalogue_forms_may_leave_out_what_they_fix_by_definition(form: object) -> None:
    short = {
        k: v for k, v in QUBE_2.items() if not k.startswith(("CENTER", "REF_F", "TIME", "MEAN_EL"))
    }
    assert only(form(short)).norad_id == 69023  # type: ignore[operator]


@pytest.mark.parametrize("form", [as_kvn, as_xml])
def test_messages_of_the_standard_must_state_frame_time_and_theory(form: object) -> None:
    short = {
        k: v for k, v in QUBE_2.items() if not k.startswith(("CENTER", "REF_F", "TIME", "MEAN_EL"))
    }
    record = refused(form(short))  # type: ignore[operator]
    assert record.rule == "missing"
    for keyword in ("CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "MEAN_ELEMENT_THEORY"):
        assert f"{keyword}: is missing" in record.message


@pytest.mark.parametrize(
    "keyword",
    [
        "EPOCH",
        "MEAN_MOTION",
        "ECCENTRICITY",
        "INCLINATION",
        "RA_OF_ASC_NODE",
        "ARG_OF_PERICENTER",
        "MEAN_ANOMALY",
        "NORAD_CAT_ID",
        "BSTAR",
    ],
)
def test_each_element_that_sgp4_needs_is_missed(keyword: str) -> None:
    for form in (as_json, as_kvn, as_xml):
        record = refused(form(changed(**{keyword: None})))
        assert record.rule == "missing"
        assert f"{keyword}: is missing" in record.message
    record = refused(
        as_csv(QUBE_2, changed(**{keyword: ""})).split("\r\n", 2)[0]
        + "\r\n"
        + ",".join(changed(**{keyword: ""}).values())
    )
    assert record.rule == "missing"


@pytest.mark.parametrize(
    "keyword",
    ["OBJECT_NAME", "OBJECT_ID", "MEAN_MOTION_DDOT", "CLASSIFICATION_TYPE", "REV_AT_EPOCH"],
)
def test_what_sgp4_does_not_need_may_be_absent_or_null(keyword: str) -> None:
    for form in FORMS:
        only(form(changed(**{keyword: None})))
    assert only(json.dumps([{**QUBE_2, keyword: None}])).norad_id == 69023


def test_units_of_the_standard_are_read_and_others_refused() -> None:
    assert only(as_kvn(changed(INCLINATION="97.4085 [deg]", MEAN_MOTION="15.2 [rev/day]")))
    record = refused(as_kvn(changed(INCLINATION="1.7 [rad]", BSTAR="1e-4 [1/ER]")))
    assert record.rule == "unit"
    assert "'rad'" in record.message
    in_radians = as_xml(QUBE_2).replace("<INCLINATION>", '<INCLINATION units="rad">')
    assert refused(in_radians).rule == "unit"
    assert only(as_xml(QUBE_2).replace("<INCLINATION>", '<INCLINATION units="deg">'))


def test_a_keyword_given_twice_is_refused() -> None:
    twice = as_json(QUBE_2).replace('"EPOCH"', '"INCLINATION": 1, "EPOCH"')
    assert refused(twice).rule == "repeated"
    assert refused(as_kvn(QUBE_2) + "INCLINATION = 1\n").rule == "repeated"
    assert refused(as_xml(QUBE_2).replace("</data>", "<BSTAR>1</BSTAR></data>")).rule == "repeated"


def test_places_are_those_of_the_value() -> None:
    record = refused(as_json(changed(INCLINATION="1e3")))
    assert record.line == 2
    assert record.message.startswith("omm:12:3 INCLINATION = '1e3': must be from 0 to 180 degrees")
    record = refused(as_kvn(changed(INCLINATION="1e3")))
    assert record.message.startswith("omm:14:21 INCLINATION = '1e3': must be")
    record = refused(as_xml(changed(INCLINATION="1e3")))
    assert record.message.startswith("omm:6:1 INCLINATION = '1e3': must be")


@pytest.mark.parametrize("text", ['{"a": 1}', '[{"a": 1}]', "<omm><body><segment/></body></omm>"])
def test_an_empty_message_is_told_what_it_lacks(text: str) -> None:
    record = refused(text)
    assert record.rule == "missing"
    assert "NORAD_CAT_ID: is missing" in record.message
    assert "BSTAR: is missing" in record.message


def test_a_message_without_number_field_is_told_with_the_line_where_it_stands() -> None:
    assert refused(as_json(changed(EPOCH=None))).message.startswith("omm:2 EPOCH: is missing")


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE ndm [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE ndm SYSTEM "file:///etc/hostname">',
        "<!doctype html>",
        '<!ENTITY x "y">',
    ],
)
def test_document_types_and_entities_are_refused_before_parsing(declaration: str) -> None:
    with pytest.raises(InvalidInput, match="document types and entities are refused"):
        read(as_xml(QUBE_2).replace("<ndm>", declaration + "<ndm>"))


def test_an_unknown_entity_breaks_the_xml() -> None:
    assert refused(as_xml(changed(OBJECT_NAME="&bomb;"))).rule == "xml"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<html><body>403</body></html>", "root element is <html>"),
        ('<?xml version="1.0" encoding="UTF-16"?><ndm/>', "encoded as 'UTF-16'"),
        ("<ndm></ndm>", "holds no orbit mean-elements message"),
        ("<ndm>" + "<a>" * 100, "nested more than 32 deep"),
        ("[]", "holds no orbit mean-elements message"),
        ("OBJECT_NAME,EPOCH\nX,2026\n", "has no column NORAD_CAT_ID"),
        ("NORAD_CAT_ID;EPOCH\n1;2026\n", "has no column NORAD_CAT_ID"),
        ("NORAD_CAT_ID,EPOCH,EPOCH\n", "names 'EPOCH' twice"),
        ("NORAD_CAT_ID,EPOCH\n", "holds no orbit mean-elements message"),
    ],
)
def test_files_that_are_no_omm_are_one_clear_fault(text: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(text)
    assert problem in str(caught.value)
    assert str(caught.value).startswith("omm")


def test_broken_json_costs_the_object_that_is_broken() -> None:
    text = as_json(*(changed(NORAD_CAT_ID=str(i)) for i in (1, 2, 3)))
    broken = text.replace('"NORAD_CAT_ID": "2"', '"NORAD_CAT_ID" "2"')
    element_sets, records = read(broken)
    assert [elements.norad_id for elements in element_sets] == [1, 3]
    assert [record.rule for record in records] == ["", "json", ""]
    assert records[1].message.startswith("omm:41:")


@pytest.mark.parametrize(
    ("cut", "numbers"), [(2, [1, 69023]), (4, [1]), (30, [1]), (300, [1]), (500, [1])]
)
def test_a_json_file_cut_short_keeps_what_was_whole(cut: int, numbers: list[int]) -> None:
    element_sets, records = read(as_json(changed(NORAD_CAT_ID="1"), QUBE_2)[:-cut])
    assert [elements.norad_id for elements in element_sets] == numbers
    assert records[-1].rule == "json"


@pytest.mark.parametrize(
    "tail", ["[1, 2]", "true", '{"a": 1}', "NaN", "-Infinity", '"\\ud800"', '"\\u0000"', '"a\tb"']
)
def test_json_values_that_are_no_text_or_number_are_refused(tail: str) -> None:
    text = as_json(QUBE_2).replace('"97.4085"', tail)
    assert refused(text).rule in {"json", "number"}


def test_json_that_is_nested_too_deeply_is_refused() -> None:
    text = '[{"OBJECT_NAME": ' + "[" * 100_000
    assert "nested too deeply" in refused(text).message


def test_reading_stops_after_a_hundred_broken_objects() -> None:
    text = "[" + ",\n".join(['{"OBJECT_NAME" 1}'] * 300) + "]"
    _, records = read(text)
    assert len(records) == 100
    assert "reading stops here" in records[-1].message


def test_xml_keeps_what_stands_before_the_break() -> None:
    text = as_xml(changed(NORAD_CAT_ID="1"), QUBE_2)
    element_sets, records = read(text[: len(text) - 200])
    assert [elements.norad_id for elements in element_sets] == [1]
    assert [record.rule for record in records] == ["", "xml"]


def test_csv_lines_with_too_few_cells_or_open_quotes_cost_themselves_alone() -> None:
    head, row, _ = as_csv(QUBE_2).split("\r\n")
    text = "\n".join([head, row.replace(",69023", ""), '"' + row, row, ""])
    element_sets, records = read(text)
    assert [elements.line for elements in element_sets] == [4]
    assert [record.rule for record in records] == ["csv", "csv", ""]
    assert "has 20 cells under a header of 21, the last is '0'" in records[0].message


def test_a_csv_file_cut_short_still_names_the_satellite_that_it_lost() -> None:
    record = refused(as_csv(QUBE_2)[:-14])
    assert (record.rule, record.norad_id, record.name) == ("csv", 69023, "QUBE-II")


def test_bytes_that_are_no_utf_8_cost_the_record_they_stand_in() -> None:
    for form in (as_csv, as_json, as_kvn):
        data = form(changed(NORAD_CAT_ID="1"), changed(NORAD_CAT_ID="2", OBJECT_NAME="#")).encode()
        element_sets, records = read(data.replace(b"#", b"\xff"))
        assert [elements.norad_id for elements in element_sets] == [1]
        assert records[1].rule == "name"


def test_a_satellite_twice_is_warned_as_in_two_line_files() -> None:
    other = changed(EPOCH="2026-06-13T00:00:00")
    _, records = read(as_json(QUBE_2, QUBE_2, other))
    assert [record.rule for record in records] == ["", "duplicate", "several-sets"]


def test_kvn_messages_may_follow_one_another_without_a_version_line() -> None:
    text = as_kvn(changed(NORAD_CAT_ID="1"), QUBE_2).replace("CCSDS_OMM_VERS = 3.0\n", "")
    element_sets, _ = read(text)
    assert [elements.norad_id for elements in element_sets] == [1, 69023]


def test_brackets_in_a_name_are_no_unit() -> None:
    assert only(as_kvn(changed(OBJECT_NAME="STARLINK-11072 [DTC]"))).name == "STARLINK-11072 [DTC]"


def test_kvn_may_be_written_with_tabs_signs_blank_values_and_small_exponents() -> None:
    text = as_kvn(changed(BSTAR="3.7537e-4", ELEMENT_SET_NO="+999", NORAD_CAT_ID="+069023"))
    text = text.replace("ORIGINATOR = N/A", "ORIGINATOR = \nCREATION_DATE=")
    text = text.replace("EPOCH             = ", "  EPOCH\t=\t").replace("SGP4", "sgp/sgp4")
    assert element_key(only(text.replace("\n", "\r\n"))) == element_key(only(as_json(QUBE_2)))


def test_a_kvn_line_without_equals_sign_is_refused() -> None:
    assert refused(as_kvn(QUBE_2).replace("ORIGINATOR = N/A", "ORIGINATOR N/A")).rule == "kvn"
