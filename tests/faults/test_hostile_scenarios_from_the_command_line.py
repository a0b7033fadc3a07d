"""Hostile scenarios through the front door: a clear message, exit code 3, no traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from euroqci_planner.resources import resource

SAMPLE = resource("samples", "first-plan", "first-plan.scenario.toml")


def planned(folder: Path, text: str | bytes, files: dict[str, bytes] | None = None):
    for file in SAMPLE.parent.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    for name, content in (files or {}).items():
        (folder / name).write_bytes(content)
    path = folder / "hostile.scenario.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return subprocess.run(
        [sys.executable, "-m", "euroqci_planner", "plan", path, "--out", folder / "out"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def edited(old: str, new: str) -> str:
    text = SAMPLE.read_text("utf-8")
    assert old in text
    return text.replace(old, new, 1)


def assert_refused(run, folder: Path, *words: str) -> None:
    assert run.returncode == 3, run.stderr
    assert "Traceback" not in run.stderr
    assert not (folder / "out").exists()
    for word in words:
        assert word in run.stderr


ORBIT_FILE = "qkd-relevant-2026-06-14.tle"
START = "start_utc = 2026-06-14T12:00:00Z"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (START, "start_utc = 2026-06-14T12:00:00", ("start_utc", "offset")),
        (START, "start_utc = 2046-06-14T12:00:00Z", ("days",)),
        ("schema = 1", "schema = 99", ("schema", "newer")),
        ("duration_days = 7.0", "duration_days = nan", ("duration_days",)),
        ("duration_days = 7.0", "duration_dayz = 7.0", ("duration_dayz", "duration_days")),
        ("norad_id = 69023", "norad_id = 99999", ("99999",)),
        ('from = "OGS-CAL"', 'from = "OGS-CAL"\nlatitude_deg = 148.1', ("148.1", "-90 and 90")),
        ('id = "calern"', 'id = "matera"', ("matera", "taken")),
        ("duration_days = 7.0", "duration_days = 7,0", ("decimal comma", "7.0")),
        ("horizon_mask_deg = [", "horizon_mask_deg = []\nunused = [", ("horizon_mask_deg",)),
    ],
)
def test_a_hostile_value_is_refused_by_name(tmp_path, old, new, words):
    assert_refused(planned(tmp_path, edited(old, new)), tmp_path, *words)


def test_forty_thousand_dotted_key_segments_are_refused(tmp_path):
    assert_refused(planned(tmp_path, "schema = 1\n" + "a." * 40_000 + "a = 1\n"), tmp_path)


def test_zero_stations_are_refused(tmp_path):
    head, _, _ = SAMPLE.read_text("utf-8").partition("[[station]]")
    assert_refused(planned(tmp_path, head), tmp_path, "station")


def test_an_empty_file_a_binary_file_and_a_missing_file_are_refused(tmp_path):
    assert_refused(planned(tmp_path, ""), tmp_path)
    assert_refused(planned(tmp_path, bytes(range(256))), tmp_path)
    run = subprocess.run(
        [sys.executable, "-m", "euroqci_planner", "plan", tmp_path / "absent.toml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert_refused(run, tmp_path, "absent.toml")


def checksummed(line: str) -> str:
    """An element line with the checksum that it should have."""
    body = line.ljust(69)[:68]
    return body + str(sum(int(c) if c.isdigit() else c == "-" for c in body) % 10)


def with_first_line(change) -> bytes:
    """The orbit file of the sample with another first element line of QUBE-II."""
    lines = (SAMPLE.parent / ORBIT_FILE).read_text("ascii").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("1 69023"))
    lines[at] = checksummed(change(lines[at]))
    return "\n".join([*lines, ""]).encode()


def test_a_twenty_year_old_element_set_is_refused_with_its_age(tmp_path):
    old = with_first_line(lambda line: line.replace(" 26164.", " 06164."))
    run = planned(tmp_path, SAMPLE.read_bytes(), {ORBIT_FILE: old})
    assert_refused(run, tmp_path, "69023", "days before the start of the plan", "max_age_days")


def test_an_accepted_old_element_set_that_has_decayed_is_refused_from_when(tmp_path):
    old = with_first_line(lambda line: line.replace(" 26164.", " 06164."))
    text = edited('on_stale = "refuse"', 'on_stale = "accept"')
    run = planned(tmp_path, text, {ORBIT_FILE: old})
    assert_refused(run, tmp_path, "qube-2", "unusable from 2013-")


def test_a_decaying_satellite_is_refused_from_when_and_never_shown_as_no_passes(tmp_path):
    heavy = with_first_line(lambda line: line.replace("39761-3", "39761+1"))
    run = planned(tmp_path, SAMPLE.read_bytes(), {ORBIT_FILE: heavy})
    assert_refused(run, tmp_path, "qube-2", "unusable from 2026-06-1")


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("69023U", "69O23U", 1),
        lambda text: text.replace("2 69023", "2 69024", 1),
        lambda text: text[: text.index("2 69023") + 30],
        lambda text: text.replace("1 69023U 26100AV  26164", "1 69023U 26100AV  26165", 1),
    ],
    ids=["letter", "mismatched ids", "truncated", "bit flip against the checksum"],
)
def test_a_satellite_whose_element_set_is_damaged_stops_the_plan(tmp_path, damage):
    text = (SAMPLE.parent / ORBIT_FILE).read_text("ascii")
    run = planned(tmp_path, SAMPLE.read_bytes(), {ORBIT_FILE: damage(text).encode()})
    assert_refused(run, tmp_path, "69023")
