"""Edits of a TOML text: the lines that were meant change, and no others."""

from __future__ import annotations

import difflib
import tomllib
from datetime import UTC, datetime

import pytest

from euroqci_planner.io.toml_edits import value_text, with_tables, with_value, without

TEXT = """\
# A scenario.
schema = 1

[policy]
epsilon = 1e-9                 # secret
window = "all"

# ---------------------------------------------
# Stations.

[[station]]
id = "graz"
receiver = { aperture_mm = 800.0 }
mask = [
  [0.0, 18.0],   # north
  [90.0, 20.0],
]

[[station]]
id = "matera"                  # the second one
[station.receiver]
aperture_mm = 1000.0           # assumed
[[station.closed]]
reason = "snow"

# ---------------------------------------------
# The rest.

[schedule]
gap = 0.01
"""
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def difference(after: str, before: str = TEXT) -> list[str]:
    """Lines that an edit takes away and brings, in order."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line.startswith(("-", "+"))]


def test_a_changed_value_keeps_its_comment_in_its_column():
    after = with_value(TEXT, ("policy", "epsilon"), 1e-12)
    assert difference(after) == [
        "- epsilon = 1e-9                 # secret",
        "+ epsilon = 1e-12                # secret",
    ]


def test_a_value_longer_than_the_gap_leaves_one_blank_before_its_comment():
    after = with_value(TEXT, ("station", 1, "id"), "a-name-that-is-much-longer-than-the-gap")
    assert 'id = "a-name-that-is-much-longer-than-the-gap" # the second one' in after


def test_a_new_key_stands_at_the_end_of_its_own_table_and_before_the_next_heading():
    assert difference(with_value(TEXT, ("policy", "block"), "pooled")) == ['+ block = "pooled"']
    lines = with_value(TEXT, ("policy", "block"), "pooled").splitlines()
    assert lines[lines.index('block = "pooled"') - 1] == 'window = "all"'


def test_a_new_key_of_a_station_does_not_fall_into_its_receiver():
    after = with_value(TEXT, ("station", 1, "setup_s"), 60.0)
    lines = after.splitlines()
    assert lines[lines.index("setup_s = 60.0") + 1] == "[station.receiver]"


def test_a_value_in_an_inline_table_is_changed_in_its_line():
    after = with_value(TEXT, ("station", 0, "receiver", "aperture_mm"), 500.0)
    assert difference(after) == [
        "- receiver = { aperture_mm = 800.0 }",
        "+ receiver = { aperture_mm = 500.0 }",
    ]


def test_a_new_table_of_a_member_follows_that_member():
    after = with_value(TEXT, ("station", 0, "orbit", "altitude_km"), 500.0)
    assert difference(after) == ["+ [station.orbit]", "+ altitude_km = 500.0"]
    lines = after.splitlines()
    assert lines[lines.index("[station.orbit]") - 1] == "]"


def test_an_array_on_several_lines_stays_one_member_to_a_line():
    after = with_value(TEXT, ("station", 0, "mask"), [[0.0, 10.0], [45.0, 12.0]])
    assert "mask = [\n  [0.0, 10.0],\n  [45.0, 12.0],\n]\n" in after


def test_members_are_added_behind_the_last_one_of_their_array():
    after = with_tables(TEXT, ("station", 1, "closed"), [{"from_utc": NOON}])
    assert difference(after) == ["+ [[station.closed]]", "+ from_utc = 2026-06-15T12:00:00Z"]
    first = with_tables(TEXT, ("station", 0, "closed"), [{"from_utc": NOON}])
    assert tomllib.loads(first)["station"][0]["closed"] == [{"from_utc": NOON}]
    assert tomllib.loads(first)["station"][1]["closed"] == [{"reason": "snow"}]


def test_a_first_pin_stands_with_its_schedule_and_apart_by_a_blank_line():
    after = with_tables(TEXT, ("schedule", "pin"), [{"satellite": "qube-2"}, {"satellite": "x"}])
    assert after.endswith(
        'gap = 0.01\n\n[[schedule.pin]]\nsatellite = "qube-2"\n'
        '\n[[schedule.pin]]\nsatellite = "x"\n'
    )


def test_members_are_added_to_an_inline_array_in_place():
    text = "schedule = { pin = [{ a = 1 }] }\n"
    after = with_tables(text, ("schedule", "pin"), [{"a": 2}])
    assert after == "schedule = { pin = [{ a = 1 }, { a = 2 }] }\n"


def test_a_removed_member_takes_its_tables_along_and_leaves_the_others():
    after = without(TEXT, [("station", 1)])
    assert [line for line in difference(after) if line.startswith("+")] == []
    assert tomllib.loads(after)["station"] == tomllib.loads(TEXT)["station"][:1]
    assert "# The rest." in after
    assert "\n\n\n" not in after


def test_an_edit_and_its_reverse_give_the_text_back():
    after = with_tables(TEXT, ("schedule", "pin"), [{"satellite": "qube-2"}])
    assert without(after, [("schedule", "pin", 0)]) == TEXT
    keyed = with_value(TEXT, ("policy", "block"), "pooled")
    assert without(keyed, [("policy", "block")]) == TEXT


def test_what_is_not_there_is_removed_without_a_fault():
    assert without(TEXT, [("policy", "nothing"), ("station", 7)]) == TEXT


def test_windows_line_ends_stay():
    text = TEXT.replace("\n", "\r\n")
    after = with_value(text, ("policy", "block"), "pooled")
    assert '\r\nblock = "pooled"\r\n' in after
    assert after.count("\n") == after.count("\r\n")


def test_a_text_without_a_last_line_end_can_be_continued():
    after = with_value(TEXT.rstrip("\n"), ("schedule", "freeze_hours"), 12.0)
    assert after.endswith("gap = 0.01\nfreeze_hours = 12.0\n")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (800.0, "800.0"),
        (1e-15, "1e-15"),
        (2.5e22, "2.5e22"),
        (7, "7"),
        (True, "true"),
        (NOON, "2026-06-15T12:00:00Z"),
        (["20:00", "02:00"], '["20:00", "02:00"]'),
        ({"a": 1, "b c": "d"}, '{ a = 1, "b c" = "d" }'),
        ('say "x" \\ \n', '"say \\"x\\" \\\\ \\n"'),
        ("µ ✓", '"µ ✓"'),
        ("\x7f\x00", '"\\u007f\\u0000"'),
    ],
)
def test_values_are_written_as_toml_reads_them(value, written):
    assert value_text(value) == written
    assert tomllib.loads(f"v = {written}")["v"] == value


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_not_finite_are_refused(value):
    with pytest.raises(ValueError, match="finite"):
        value_text(value)


def test_a_path_through_a_number_is_refused_and_not_bent():
    with pytest.raises((ValueError, TypeError)):
        with_value(TEXT, ("schema", "version"), 2)
