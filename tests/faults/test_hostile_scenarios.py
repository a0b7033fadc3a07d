"""Hostile and mistaken scenarios: each fault at its line and column, in words that help.

`¦` in the new text marks where the fault must be. Bounds of numbers: `test_scenario_limits.py`.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from scenario_editing import DATA, NAME, changed, example, faults_of, read, unmarked

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.scenario_file import load_scenario

BOMB_SECONDS = 0.5


class Case(NamedTuple):
    """An edit of the example, where the fault is, and words of its problem and its mend."""

    name: str
    old: str
    new: str
    where: str
    problem: str
    mend: str = ""


LATITUDE = "latitude_deg = 37.2236"
START = "start_utc = 2026-06-14T12:00:00Z"
QUBE = '[[satellite]]\nid = "qube-2"'
TLE_ONE = "1 69023U 26100AV  26164.67935215  .00008548  00000+0  39761-3 0  9999"
TLE_TWO = "2 69023  97.4085  62.5609 0003920  38.9400 321.2117 15.20187951  6272"

SYNTAX = (
    Case("decimal comma", LATITUDE, "latitude_deg = ¦28,3", "station[0].latitude_deg",
         "decimal comma", "use a point: 28.3"),
    Case("text without quotes", 'id = "qube-2"', "id = ¦qube-2", "satellite[0].id",
         "without quotes", '"qube-2"'),
    Case("python boolean", "eclipse_only = false", "eclipse_only = ¦False",
         "satellite[0].eclipse_only", "not a TOML value", "true or false"),
    Case("leap second", START, "start_utc = ¦2016-12-31T23:59:60Z", "scenario.start_utc",
         "leap second", "59.999"),
    Case("no such day", START, "start_utc = ¦2026-02-30T12:00:00Z", "scenario.start_utc",
         "not a date with time", "2026-06-14T12:00:00Z"),
    Case("month 13", START, "start_utc = ¦2026-13-45T12:00:00Z", "scenario.start_utc",
         "not a date with time", "2026-06-14T12:00:00Z"),
    Case("number with unit", "altitude_m = 2168.0", "altitude_m = ¦2168 m", "station[0].altitude_m",
         "unit is in the key", "write 2168"),
    Case("leading zero", "members = 1000", "members = ¦0100", "weather.members",
         "leading zeros", "write 100"),
    Case("value forgotten", LATITUDE, "latitude_deg =¦", "station[0].latitude_deg",
         "value is missing", "give the value"),
    Case("open text", 'name = "Calar Alto"', 'name = ¦"Calar Alto', "station[0].name", "never ends",
         "quotes"),
    Case("open array", "intensities = [0.70, 0.10, 0.0]", "intensities = ¦[0.70, 0.10, 0.0",
         "payload[1].source.intensities", "array never ends", "close it with ]"),
    Case("open inline table", "[scenario]", "x = ¦{ a = 1", "x", "inline table never ends", "}"),
    Case("no statement", "[scenario]\n", "[scenario]\n¦% a remark\n", "",
         "neither key = value nor", "# in front"),
    Case("key twice", LATITUDE, f"{LATITUDE}\n¦latitude_deg = 1.0", "station[0].latitude_deg",
         "given twice", "the first is in line 99"),
    Case("table twice", "[policy]", "[weather]\n[policy]", "weather", "given twice",
         "the first is in line 182"),
    Case("backslash", 'name = "Calar Alto"', 'name = "Calar¦\\Alto"', "station[0].name",
         "backslash", "single quotes"),
    Case("control character", 'name = "Calar Alto"', 'name = "Calar¦\x01Alto"', "station[0].name",
         "illegal character", ""),
)  # fmt: skip

VERSION = (
    Case("no version", "schema = 1\n\n[scenario]", "\n[scenario]", "schema", "missing",
         "schema = 1 into the first line"),
    Case("not first", "schema = 1\n\n[scenario]", "x = 1\n¦schema = 1\n[scenario]", "schema",
         "must be the first key", "move it"),
    Case("newer", "schema = 1", "schema = ¦2", "schema", "newer version",
         "this one reads schema 1"),
    Case("zero", "schema = 1", "schema = ¦0", "schema", "no such version", "schema = 1"),
    Case("as text", "schema = 1", 'schema = ¦"1"', "schema", "whole number", "schema = 1"),
    Case("as truth", "schema = 1", "schema = ¦true", "schema", "whole number", "schema = 1"),
)  # fmt: skip

TYPES = (
    Case("number as text", LATITUDE, 'latitude_deg = ¦"28.3"', "station[0].latitude_deg",
         "must be a number", "without quotes, with a point: 28.3"),
    Case("comma as text", LATITUDE, 'latitude_deg = ¦"28,3"', "station[0].latitude_deg",
         "must be a number", "28.3"),
    Case("number as table", LATITUDE, "latitude_deg = ¦{ value = 1 }", "station[0].latitude_deg",
         "must be a number", "latitude"),
    Case("whole number with point", "terminals = 1\nslew", "terminals = ¦1.0\nslew",
         "payload[1].terminals", "whole number", "without a point: 1"),
    Case("text as number", 'country = "ES"', "country = ¦34", "station[0].country",
         "must be text", '"34"'),
    Case("truth as text", "eclipse_only = false", 'eclipse_only = ¦"False"',
         "satellite[0].eclipse_only", "true or false", "without quotes: false"),
    Case("array as number", "intensities = [0.70, 0.10, 0.0]", "intensities = ¦0.7",
         "payload[1].source.intensities", "must be an array", "photon numbers"),
    Case("table as text", "[payload.source]", 'source = ¦"laser"\n[payload.x]',
         "payload[1].source", "must be a table", "Protocol"),
    Case("naive time", START, "start_utc = ¦2026-06-14T12:00:00", "scenario.start_utc",
         "needs an offset", "2026-06-14T12:00:00Z"),
    Case("date alone", START, "start_utc = ¦2026-06-14", "scenario.start_utc",
         "not a date alone", "2026-06-14T00:00:00Z"),
    Case("time as text", START, 'start_utc = ¦"2026-06-14T12:00:00Z"', "scenario.start_utc",
         "must be a time", "without quotes"),
    Case("year 1", START, "start_utc = ¦0001-01-01T00:00:00+23:00", "scenario.start_utc",
         "1957 to 2099", "year"),
    Case("year 9999", START, "start_utc = ¦9999-12-31T23:59:59-23:00", "scenario.start_utc",
         "1957 to 2099", "year"),
    Case("naive closure", "from_utc = 2026-06-17T00:00:00Z", "from_utc = ¦2026-06-17T00:00:00",
         "station[0].closed[0].from_utc", "needs an offset", "Z"),
    Case("opening as time", 'opening_utc = ["18:00"', "opening_utc = [¦18:00:00",
         "station[0].opening_utc[0]", "must be text", '"18:00"'),
    Case("hour 25", '"06:00"]', '¦"25:00"]', "station[0].opening_utc[1]", "time of day", "HH:MM"),
    Case("node hour", '"22:30"', '¦"22.5"', "satellite[1].orbit.local_time_descending_node",
         "time of day", "HH:MM"),
    Case("id with blank", 'id = "qube-2"', 'id = ¦"qube 2"', "satellite[0].id", "without blanks",
         "letters"),
    Case("id with slash", 'id = "qube-2"', 'id = ¦"a/b"', "satellite[0].id", "without blanks",
         "letters"),
    Case("empty id", 'id = "qube-2"', 'id = ¦""', "satellite[0].id", "without blanks", "letters"),
    Case("id with line end", 'id = "qube-2"', 'id = ¦"qube-2\\n"', "satellite[0].id",
         "without blanks", "letters"),
    Case("escape sequence", 'name = "Seven June nights"', 'name = ¦"\\u001b[2J"', "scenario.name",
         "control character", "printable"),
    Case("empty name", 'name = "Seven June nights"', 'name = ¦""', "scenario.name",
         "must not be empty", "Title"),
    Case("long name", 'name = "Seven June nights"', f'name = ¦"{"x" * 201}"', "scenario.name",
         "201 characters, at most 200", "shorten"),
    Case("unknown word", 'on_stale = "warn"', 'on_stale = ¦"wran"', "orbit_file[0].on_stale",
         "one of warn, refuse, accept", "did you mean warn?"),
    Case("unknown protocol", '"bb84_two_decoy"', '¦"bb84_two_decoys"', "payload[1].source.protocol",
         "bb84_one_decoy, bb84_two_decoy, bbm92", "did you mean bb84_two_decoy?"),
    Case("unknown orbit type", 'type = "sun_synchronous"', 'type = ¦"sunsync"',
         "satellite[1].orbit.type", "sun_synchronous", "did you mean sun_synchronous?"),
    Case("no orbit type", "[satellite.orbit]\ntype =", "¦[satellite.orbit]\n#",
         "satellite[1].orbit.type", "is missing", "keplerian"),
    Case("jitter of three", "urad = 2.0 ", "urad = ¦[1.0, 1.0, 1.0] ",
         "payload[1].pointing_jitter_urad", "2 members, has 3", "[x, y]"),
    Case("jitter below 0", "urad = 2.0 ", "urad = [1.0, ¦-1.0] ",
         "payload[1].pointing_jitter_urad[1]", "at least 0"),
    Case("eleven months", "monthly = [0.52, ", "monthly = ¦[",
         "station[0].clear_sky_probability_monthly", "12 members, has 11", "January to December"),
    Case("month in percent", "monthly = [0.52, ", "monthly = [¦52.0, ",
         "station[0].clear_sky_probability_monthly[0]", "between 0 and 1", "a percentage: 0.52"),
    Case("eleven months of thin cloud", "clear_sky_probability_monthly = ",
         f"thin_cloud_probability_monthly = ¦[{', '.join(['0.07'] * 11)}]\n"
         "clear_sky_probability_monthly = ",
         "station[0].thin_cloud_probability_monthly", "12 members, has 11", "January to December"),
    Case("thin cloud in percent", "clear_sky_probability_monthly = ",
         f"thin_cloud_probability_monthly = [¦7.0{', 0.07' * 11}]\n"
         "clear_sky_probability_monthly = ",
         "station[0].thin_cloud_probability_monthly[0]", "between 0 and 1", "a percentage: 0.07"),
    Case("thick cloud", "members = 1000", "members = 1000\nthin_cloud_loss_db = ¦6.0",
         "weather.thin_cloud_loss_db", "3"),
    Case("thin cloud without loss", "members = 1000", "members = 1000\nthin_cloud_loss_db = ¦0.0",
         "weather.thin_cloud_loss_db", "0.4"),
    Case("three states", "members = 1000", 'members = 1000\nsky_states = ¦"three"',
         "weather.sky_states", "one of four, two"),
    Case("empty mask", "horizon_mask_deg = [[", "horizon_mask_deg = ¦[] # [[",
         "station[0].horizon_mask_deg", "at least 1 member"),
    Case("mask of triples", "[90.0, 22.0]", "¦[90.0, 22.0, 1.0]", "station[0].horizon_mask_deg[1]",
         "2 members, has 3"),
    Case("three lines", 'norad_id = 69023', 'tle = ¦["1", "2", "3"]', "satellite[0].tle",
         "2 members, has 3"),
    Case("weights of a day", 'profile = "always"', "profile = ¦[1.0, 1.0]",
         "demand[0].consumption.profile", "168 members, has 2"),
    Case("west over 180", "longitude_deg = -2.5461", "longitude_deg = ¦357.4539",
         "station[0].longitude_deg", "between -180 and 180", "negative: -2.5461"),
    Case("single brackets", "[[station]]", "¦[station]", "station", "array of tables", "[[...]]"),
    Case("double brackets", "[policy]", "¦[[policy]]", "policy", "one table", "single brackets"),
)  # fmt: skip

KEYS = (
    Case("unknown key", "setup_s = 120.0", "¦setup_time = 120.0", "station[0].setup_time",
         "no such key", "setup_s"),
    Case("other unit", "altitude_m = 2168.0", "¦altitude_km = 2.168", "station[0].altitude_km",
         "no such key", "write altitude_m: this key is in m, not in km"),
    Case("no unit", LATITUDE, "¦latitude = 37.2236", "station[0].latitude", "no such key",
         "write latitude_deg"),
    Case("other unit in a payload", "wavelength_nm = 850.0", "¦wavelength_um = 0.85",
         "payload[1].wavelength_um", "no such key", "wavelength_nm"),
    Case("unknown block", "[[cost]]", "¦[[costs]]", "costs", "no such key", "did you mean cost?"),
    Case("unknown table", "[station.receiver]", "¦[station.reciever]", "station[0].reciever",
         "no such key", "did you mean receiver?"),
    Case("key of another variant", "altitude_km = 500.0", "altitude_km = 500.0\n¦raan_deg = 1.0",
         "satellite[1].orbit.raan_deg", "no such key"),
    Case("required key", "wavelength_nm = 850.0", "", "payload[1].wavelength_nm", "is missing",
         "add wavelength_nm"),
    Case("required table", "[scenario]", "[scenari]", "scenario", "is missing", "[scenario]"),
    Case("no aperture in the catalogue", "aperture_mm = 800.0\n", "",
         "station[0].receiver.aperture_mm", "catalogue stations.csv:45 (OGS-ALM) lacks it",
         "Diameter of the telescope"),
    Case("unknown catalogue row", '"OGS-ALM"', '¦"OGS-ALN"', "station[0].from", "no row of this id",
         "did you mean OGS-ALM?"),
    Case("unknown preset", '"generic-leo-1550"', '¦"generic-leo-1555"', "payload[0].from",
         "no row of this id", "did you mean generic-leo-1550?"),
)  # fmt: skip


def found(case: Case) -> tuple[Fault, int, int]:
    """The fault that belongs to the case, and the place that is marked in it."""
    text = changed((case.old, case.new))
    marked, line, column = unmarked(text) if "¦" in text else (text, 0, 0)
    faults = [item for item in faults_of(marked) if case.problem in item.problem]
    fitting = [item for item in faults if item.where == case.where]
    assert fitting, [str(item) for item in faults_of(marked)]
    return fitting[0], line, column


@pytest.mark.parametrize("case", [*SYNTAX, *VERSION, *TYPES, *KEYS], ids=lambda case: case.name)
def test_a_fault_is_told_at_its_place_with_its_mend(case: Case) -> None:
    fault, line, column = found(case)
    assert fault.file == NAME
    assert case.mend in fault.mend
    if line:
        assert (fault.line, fault.column) == (line, column)


def test_every_fault_of_a_scenario_is_told_at_once_and_in_order_of_place() -> None:
    text = changed(
        (START, "start_utc = 2026-06-14T12:00:00"),
        ("norad_id = 69023", "norad_id = 99999"),
        ('payload = "qube-2"', 'payload = "qube-3"'),
        ("wavelength_nm = 850.0", "wavelength_nm = 85.0"),
        (LATITUDE, "latitude_deg = 148.0"),
        ("to_utc = 2026-06-18T00:00:00Z", "to_utc = 2026-06-16T00:00:00Z"),
        ("epsilon_secrecy = 1e-9", "epsilon_secrecy = 0.0"),
        ('demand = "madrid-athens"', 'demand = "madrid-rome"'),
    )
    faults = faults_of(text)
    assert [fault.where for fault in faults] == [
        "scenario.start_utc",
        "satellite[0].norad_id",
        "satellite[0].payload",
        "payload[1].wavelength_nm",
        "station[0].latitude_deg",
        "station[0].closed[0].to_utc",
        "policy.epsilon_secrecy",
        "requirement[0].demand",
    ]
    assert [fault.line for fault in faults] == sorted(fault.line for fault in faults)


def test_faults_of_syntax_do_not_hide_faults_of_value() -> None:
    text = changed(
        (LATITUDE, "latitude_deg = 37,2236"),
        ("eclipse_only = false", "eclipse_only = False"),
        ("wavelength_nm = 850.0", "wavelength_nm = 85.0"),
    )
    assert [fault.where for fault in faults_of(text)] == [
        "satellite[0].eclipse_only",
        "payload[1].wavelength_nm",
        "station[0].latitude_deg",
    ]


def test_a_newer_file_is_refused_by_its_version_alone() -> None:
    text = changed(("schema = 1", "schema = 7"), ("[scenario]", "[mission]"))
    faults = faults_of(text)
    assert len(faults) == 1
    assert "newer version" in faults[0].problem


BOMBS = {
    "40 000 segments in a line": "schema = 1\na" + ".a" * 40_000 + " = 1\n",
    "40 000 segments in lines": "schema = 1\n" + ("a" + ".a" * 1_999 + " = 1\n") * 20,
    "40 000 segments in a header": "[" + "\n".join(["a.a.a.a.a.a.a.a.a"] * 4_000) + "]",
    "quoted segments": 'x."a"' + '."a"' * 900 + " = 1\n",
    "1 000 brackets": "x = " + "[" * 1_000 + "]" * 1_000,
    "1 000 brackets in lines": "x = " + "[\n" * 1_000 + "]\n" * 1_000,
    "1 000 inline tables": "x = " + "{x=" * 1_000 + "1" + "}" * 1_000,
    "a million open brackets": "x = " + "[\n" * 500_000,
    "over a mebibyte": "# " + "x" * (1 << 20),
    "a line of a megabyte": "x = '" + "x" * 1_000_000 + "'",
    "an open text of a megabyte": 'x = """\n' + "[[\n" * 300_000,
    "a number of 4 000 digits": "schema = 1\nseed = " + "9" * 4_000,
    "100 000 broken lines": "x = 28,3\n" * 100_000,
    "100 000 repeated keys": "x = 1\n" * 100_000,
    "a page of commas": "x = 1,2\n" * 500,
    "NUL": "schema = 1\n\0",
    "nothing": "",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_under_half_a_second(name: str) -> None:
    start = time.process_time()
    faults = faults_of(BOMBS[name])
    assert time.process_time() - start < BOMB_SECONDS
    assert faults[0].problem


def test_deep_keys_and_brackets_are_named_where_they_are_too_deep() -> None:
    deep = faults_of("schema = 1\na.b.c.d.e.f.g.h.i = 1\n")[0]
    assert (deep.line, deep.column) == (2, 16)
    assert "more than 8 segments" in deep.problem
    nested = faults_of("schema = 1\nx = " + "[" * 33 + "]" * 33)[0]
    assert (nested.line, nested.column) == (2, 37)
    assert "more than 32 deep" in nested.problem
    allowed = faults_of("schema = 1\nx = " + "[" * 32 + "]" * 32)
    assert any(fault.where == "x" and "no such key" in fault.problem for fault in allowed)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'schema = 1\nname = "\xff"', "2:9: byte 0xff is not UTF-8"),
        (example().encode("utf-16"), "1:1: byte 0xff is not UTF-8 .it looks like UTF-16"),
        (b"\x7fELF\x02\x01\x01\x00", "1:8: a NUL character is not text"),
    ],
)
def test_bytes_that_are_no_text_are_refused_with_their_place(
    tmp_path: Path, data: bytes, words: str
) -> None:
    path = tmp_path / "x.scenario.toml"
    path.write_bytes(data)
    with pytest.raises(InvalidInput, match=words):
        load_scenario(path)


def test_a_table_or_array_of_no_use_is_refused_before_it_is_judged() -> None:
    keys = faults_of("schema = 1\n[scenario]\n" + "".join(f"x{i} = 1\n" for i in range(501)))
    assert [(fault.line, fault.where) for fault in keys] == [(2, "scenario")]
    assert keys[0].problem == "has 501 keys, more than 500"
    members = faults_of("schema = 1\nstation = [\n" + "{},\n" * 5001 + "]\n")
    assert members[0].problem == "has 5001 members, more than 5000"


def test_of_very_many_faults_the_first_are_shown() -> None:
    faults = faults_of("schema = 1\n[scenario]\n" + "".join(f"x{i} = 1\n" for i in range(400)))
    assert len(faults) == 101
    assert "more faults than these 100" in faults[-1].problem


def test_control_characters_of_a_file_never_reach_a_message() -> None:
    texts = (
        'schema = 1\n"\\u001b[2J" = 1\n',
        "schema = 1\nx = a\x1b[2Jb\n",
        'schema = 1\n[[satellite]]\nid = "\\u001b[2J"\npayload = "\\u202e"\n',
        changed(('id = "madrid"', 'id = "\\u001b"'), ('a = "madrid"', 'a = "\\u001b"')),
    )
    for text in texts:
        assert all(str(fault).isprintable() for fault in faults_of(text))


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.scenario.toml"
    os.mkfifo(pipe)
    with pytest.raises(InvalidInput, match="no regular file"):
        load_scenario(pipe)
    with pytest.raises(InvalidInput, match="cannot be read"):
        load_scenario(Path("a\0b.toml"))


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    assert read("\ufeff" + example().replace("\n", "\r\n")).name == "Seven June nights"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.scenario.toml", "there is no such file"),
        ("exampl.scenario.toml", "did you mean example.scenario.toml?"),
        (".", "is a folder"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(name: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_scenario(DATA / name)
    assert words in str(caught.value)
