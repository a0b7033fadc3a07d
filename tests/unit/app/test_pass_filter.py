"""The filter language against a row-by-row reading of the table."""

from __future__ import annotations

import numpy as np
import pytest
from plan_cases import empty_plan, example_plan, geometry_plan

from euroqci_planner.app.filter_fields import FIELDS
from euroqci_planner.app.pass_filter import completions, parse_filter, without
from euroqci_planner.app.pass_rows import PassRows
from euroqci_planner.errors import InvalidInput
from euroqci_planner.timebase import utc


@pytest.fixture(scope="module")
def rows() -> PassRows:
    return PassRows(example_plan(satellites=4, stations=5, days=3.0))


def shown(rows: PassRows, text: str) -> list[int]:
    return np.flatnonzero(parse_filter(text).mask(rows)).tolist()


def wanted(rows: PassRows, test) -> list[int]:
    names = ("satellite_id", "station_id", "state", "reason", "eclipse_state", "blocked_by")
    numbers = (
        "max_elevation_deg", "key_expected_bits", "key_clear_bits", "loss_min_db", "qber",
        "clear_probability", "min_range_km", "sun_elevation_deg",
    )  # fmt: skip
    cells = {name: rows.columns[name].tolist() for name in (*names, *numbers)}
    start = rows.plan.passes.start_utc
    made = [
        {**{name: cells[name][row] for name in cells}, "start": start[row]}
        for row in range(len(rows))
    ]
    return [row for row, cell in enumerate(made) if test(cell)]


CASES = {
    "": lambda _: True,
    "sat:speqtre": lambda c: c["satellite_id"] == "speqtre",
    "ogs:MATERA": lambda c: c["station_id"] == "matera",
    "ogs:mat": lambda c: c["station_id"] == "matera",
    "ogs:IT": lambda c: c["station_id"] == "matera",
    'ogs:"calar alto"': lambda c: c["station_id"] == "calar-alto",
    "ogs:matera,redu": lambda c: c["station_id"] in ("matera", "redu"),
    "ogs:matera ogs:redu": lambda c: c["station_id"] in ("matera", "redu"),
    "-ogs:matera -ogs:redu": lambda c: c["station_id"] not in ("matera", "redu"),
    "sat:cubel ogs:redu": lambda c: (c["satellite_id"], c["station_id"]) == ("cubel", "redu"),
    "state:sched": lambda c: c["state"] == "scheduled",
    "state:flown": lambda c: c["state"] in ("scheduled", "pinned"),
    "-state:rejected": lambda c: c["state"] != "rejected",
    "reason:daylight": lambda c: c["reason"] == "daylight",
    "reason:busy": lambda c: c["reason"].endswith("busy"),
    'reason:"station busy"': lambda c: c["reason"] == "station busy",
    "why:station-busy": lambda c: c["reason"] == "station busy",
    "reason:none": lambda c: c["reason"] == "",
    "reason:any": lambda c: c["reason"] != "",
    "by:matera": lambda c: "matera" in c["blocked_by"],
    "light:sunlit": lambda c: c["eclipse_state"] == "sunlit",
    "el>40": lambda c: c["max_elevation_deg"] > 40.0,
    "EL>=40": lambda c: c["max_elevation_deg"] >= 40.0,
    "el:40..60": lambda c: 40.0 <= c["max_elevation_deg"] <= 60.0,
    "el:..30": lambda c: c["max_elevation_deg"] <= 30.0,
    "el:80deg..": lambda c: c["max_elevation_deg"] >= 80.0,
    "el=45": lambda c: 44.5 <= c["max_elevation_deg"] <= 45.5,
    "el=45.0": lambda c: 44.95 <= c["max_elevation_deg"] <= 45.05,
    "key>100k": lambda c: c["key_expected_bits"] > 100e3,
    "key>0.1Mbit": lambda c: c["key_expected_bits"] > 100e3,
    "key>1e5": lambda c: c["key_expected_bits"] > 1e5,
    "-key>100k": lambda c: not c["key_expected_bits"] > 100e3,
    "clearkey<=10Mbit": lambda c: c["key_clear_bits"] <= 10e6,
    "loss<30": lambda c: c["loss_min_db"] < 30.0,
    "loss_min_db<30": lambda c: c["loss_min_db"] < 30.0,
    "qber<1.1%": lambda c: c["qber"] < 0.011,
    "qber<0.011": lambda c: c["qber"] < 0.011,
    "p>=50%": lambda c: c["clear_probability"] >= 0.5,
    "range<600km": lambda c: c["min_range_km"] < 600.0,
    "sun<-12°": lambda c: c["sun_elevation_deg"] < -12.0,
    "after:2026-06-15": lambda c: c["start"] >= utc("2026-06-15"),
    "before:2026-06-15T21:30Z": lambda c: c["start"] < utc("2026-06-15T21:30"),
    "after:2026-06-15T21:30 before:2026-06-15T23:00:30": lambda c: (
        utc("2026-06-15T21:30") <= c["start"] < utc("2026-06-15T23:00:30")
    ),
    "on:2026-06-16": lambda c: utc("2026-06-16") <= c["start"] < utc("2026-06-17"),
    "night:2026-06-15": lambda c: utc("2026-06-15T12:00") <= c["start"] < utc("2026-06-16T12:00"),
    "time:20:00..23:30": lambda c: 20.0 <= hour(c["start"]) < 23.5,
    "time:22:00..02:00": lambda c: hour(c["start"]) >= 22.0 or hour(c["start"]) < 2.0,
    "redu": lambda c: c["station_id"] == "redu",
    "-redu": lambda c: c["station_id"] != "redu",
    "busy redu": lambda c: c["reason"].endswith("busy") and c["station_id"] == "redu",
    "SPEQ": lambda c: c["satellite_id"] == "speqtre",
}  # fmt: skip


def hour(instant: np.datetime64) -> float:
    moment = instant.item()
    return moment.hour + moment.minute / 60.0 + (moment.second + 1e-6 * moment.microsecond) / 3600.0


@pytest.mark.parametrize("text", CASES)
def test_a_filter_shows_the_rows_that_it_describes(rows, text):
    assert shown(rows, text) == wanted(rows, CASES[text])


@pytest.mark.parametrize("text", [text for text in CASES if text])
def test_most_filters_of_this_test_show_some_rows_and_hide_some(rows, text):
    assert 0 < len(shown(rows, text)) < len(rows)


def test_a_pass_is_found_by_its_identity(rows):
    identity = str(rows.columns["pass_id"][17])
    assert 17 in shown(rows, identity)
    assert all(str(rows.columns["pass_id"][row]).startswith(identity[:-1])
               for row in shown(rows, identity))  # fmt: skip


@pytest.mark.parametrize("text", [field.example for field in FIELDS])
def test_every_example_of_the_help_is_a_filter(rows, text):
    parse_filter(text).mask(rows)


@pytest.mark.parametrize(
    ("text", "problem", "mend"),
    [
        ("elv>40", "there is no field elv", "did you mean el?"),
        ("colour:red", "there is no field colour", "sat, ogs, state"),
        ("el>abc", "abc is not a number in deg", "el>40"),
        ("el>40km", "40km is not a number in deg", "el>40"),
        ("key>40%", "40% is not a number in bit", "key>100k"),
        ("el:", "nothing behind it", "el>40"),
        ("el:a..40", "a is not a number", "el>40"),
        ("sat>3", "sat has no smaller and larger", "sat:qube-2"),
        ("sat:,", "nothing behind it", "sat:qube-2"),
        ("state:flying", "there is no state flying", "state: candidate"),
        ("reason:aliens", "there is no reason aliens", "reason: not in service"),
        ("after:yesterday", "yesterday is not a UTC time", "after:2026-06-15"),
        ("after:2026-13-01", "2026-13-01 is not in the calendar", "after:2026-06-15"),
        ("on:2026-06-15T12:00", "is not a date", "on:2026-06-15"),
        ("time:20:00", "is not a span of hours", "time:20:00..04:00"),
        ("time:20:75..21:00", "is not a span of hours", "time:20:00..04:00"),
        ('""', "nothing between the quotes", "write a word"),
    ],
)
def test_a_token_without_meaning_is_named_with_what_to_write_instead(text, problem, mend):
    with pytest.raises(InvalidInput) as caught:
        parse_filter(f"redu {text}")
    fault = caught.value.faults[0]
    assert (fault.value, fault.column) == (text, 6)
    assert problem in fault.problem
    assert mend in fault.mend


def test_all_faults_of_a_line_come_at_once():
    with pytest.raises(InvalidInput) as caught:
        parse_filter("elv>40 sat:qube-2 key>many")
    assert [fault.value for fault in caught.value.faults] == ["elv>40", "key>many"]


def test_a_name_that_the_plan_does_not_know_shows_nothing_and_says_so(rows):
    made = parse_filter("ogs:matra el>30")
    assert not made.mask(rows).any()
    assert made.notes(rows) == ("ogs:matra: did you mean matera?",)
    assert parse_filter("ogs:matera el>30").notes(rows) == ()


def test_a_word_of_a_fixed_list_written_in_full_means_that_word_alone(rows):
    assert shown(rows, "light:penumbra") == wanted(rows, lambda c: c["eclipse_state"] == "penumbra")
    assert shown(rows, "light:umbra") == wanted(rows, lambda c: c["eclipse_state"] == "umbra")


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_token_can_be_taken_out_of_the_line(position):
    text = '  ogs:matera   reason:"station busy" el>40 '
    tokens = parse_filter(text).tokens
    left = parse_filter(without(text, tokens[position])).tokens
    kept = [other.text for place, other in enumerate(tokens) if place != position]
    assert [other.text for other in left] == kept


@pytest.mark.parametrize("made", [empty_plan(), geometry_plan()])
def test_plans_without_passes_or_without_keys_can_be_filtered(made):
    rows = PassRows(made)
    assert not parse_filter("key>0").mask(rows).any()
    assert parse_filter("-key>0 redu").mask(rows).sum() <= len(rows)


def test_completions_are_filters_that_show_something(rows):
    offered = completions(rows)
    assert "ogs:matera" in offered
    assert 'reason:"station busy"' in offered
    named = [text for text in offered if text.startswith(("ogs:", "sat:q", "state:", "reason:"))]
    assert all(shown(rows, text) for text in named)
