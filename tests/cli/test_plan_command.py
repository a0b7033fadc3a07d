"""`plan` on the sample: what it writes, and that it always writes the same."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest

PASS_COLUMNS = [
    "pass_id",
    "satellite_id",
    "station_id",
    "rise_utc",
    "culmination_utc",
    "set_utc",
    "usable_start_utc",
    "usable_end_utc",
    "max_elevation_deg",
    "rise_azimuth_deg",
    "culmination_azimuth_deg",
    "set_azimuth_deg",
    "min_range_km",
    "sun_elevation_deg",
    "moon_separation_deg",
    "eclipse_state",
    "element_age_days",
    "timing_sigma_s",
    "loss_min_db",
    "loss_culmination_db",
    "background_hz",
    "qber",
    "sifted_bits",
    "key_clear_bits",
    "clear_probability",
    "key_expected_bits",
    "key_usable_utc",
    "state",
    "reason",
    "blocked_by",
    "key_p10_bits",
    "key_p50_bits",
    "key_p90_bits",
    "thin_probability",
    "broken_probability",
    "key_thin_bits",
    "key_broken_bits",
    "partner_station_id",
]
FILES = {"contacts.csv", "passes.csv", "summary.json", "contacts.ics", "report.html"}


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))


def test_the_output_folder_holds_every_file_of_the_product_page(sample_plan):
    assert {path.name for path in sample_plan.iterdir()} >= FILES
    for path in sample_plan.iterdir():
        assert path.stat().st_mode & 0o077 == 0, f"{path.name} can be read by others"


def test_the_columns_are_those_of_the_product_page(sample_plan):
    header = (sample_plan / "passes.csv").read_text("utf-8").splitlines()[0]
    assert header.split(",") == PASS_COLUMNS
    header = (sample_plan / "contacts.csv").read_text("utf-8").splitlines()[0]
    assert header.split(",") == ["start_utc", "end_utc", *PASS_COLUMNS]


def test_contacts_are_the_flown_passes_in_order_of_start(sample_plan):
    passes = {row["pass_id"]: row for row in rows_of(sample_plan / "passes.csv")}
    contacts = rows_of(sample_plan / "contacts.csv")
    flown = {key for key, row in passes.items() if row["state"] in ("scheduled", "pinned")}
    assert {row["pass_id"] for row in contacts} == flown
    assert len(flown) > 20
    starts = [row["start_utc"] for row in contacts]
    assert starts == sorted(starts)
    for row in contacts:
        assert (
            row["start_utc"]
            == row["usable_start_utc"]
            == passes[row["pass_id"]]["usable_start_utc"]
        )


def test_every_pass_that_is_not_flown_says_why_and_blockers_are_flown(sample_plan):
    passes = {row["pass_id"]: row for row in rows_of(sample_plan / "passes.csv")}
    for row in passes.values():
        flown = row["state"] in ("scheduled", "pinned")
        assert (row["reason"] == "") == flown
        if row["reason"] in ("satellite busy", "station busy"):
            assert passes[row["blocked_by"]]["state"] in ("scheduled", "pinned")


def test_no_satellite_and_no_telescope_serves_two_contacts_at_once(sample_plan):
    contacts = rows_of(sample_plan / "contacts.csv")
    for who in ("satellite_id", "station_id"):
        for name in {row[who] for row in contacts}:
            mine = [row for row in contacts if row[who] == name]
            starts = np.array([row["start_utc"].rstrip("Z") for row in mine], "datetime64[ms]")
            ends = np.array([row["end_utc"].rstrip("Z") for row in mine], "datetime64[ms]")
            assert np.all(starts[1:] > ends[:-1])


def test_keys_expectations_and_totals_agree_between_files(sample_plan):
    contacts = rows_of(sample_plan / "contacts.csv")
    summary = json.loads((sample_plan / "summary.json").read_text("utf-8"))
    expected = sum(float(row["key_expected_bits"]) for row in contacts)
    assert summary["totals"]["contacts"] == len(contacts)
    assert summary["totals"]["key_expected_bits"] == pytest.approx(expected, abs=len(contacts))
    for row in contacts:
        by_sky = sum(
            float(row[f"key_{sky}_bits"]) * float(row[f"{sky}_probability"])
            for sky in ("clear", "thin", "broken")
        )
        assert float(row["key_expected_bits"]) == pytest.approx(by_sky, rel=1e-2, abs=1.0)
        assert float(row["key_clear_bits"]) <= float(row["sifted_bits"])


def test_two_runs_write_the_same_bytes_whatever_the_zone_and_locale(
    planner, short_scenario, tmp_path
):
    first = planner(
        "plan", short_scenario, "--out", tmp_path / "a", env={"TZ": "UTC", "LC_ALL": "C"}
    )
    second = planner(
        "plan", short_scenario, "--out", tmp_path / "b",
        env={"TZ": "Pacific/Kiritimati", "LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "7"},
    )  # fmt: skip
    assert first.returncode == second.returncode == 0, second.stderr
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "b").iterdir())
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_nothing_in_the_output_names_the_folder_or_the_day_of_the_run(
    planner, short_scenario, tmp_path
):
    run = planner("plan", short_scenario, "--out", tmp_path / "plan")
    assert run.returncode == 0
    for path in (tmp_path / "plan").iterdir():
        assert str(tmp_path) not in path.read_text("utf-8")


def test_without_a_folder_the_summary_and_the_contacts_are_printed(planner, short_scenario):
    run = planner("plan", short_scenario)
    assert run.returncode == 0
    text = run.stdout.decode()
    assert "contacts" in text
    assert "start (UTC)" in text
    assert b"passes" in run.stderr


def test_json_goes_to_standard_output_and_nothing_else_does(planner, short_scenario):
    run = planner("plan", short_scenario, "--json")
    assert json.loads(run.stdout)["totals"]["passes"] > 0


def test_quiet_says_nothing_on_the_way(planner, short_scenario, tmp_path):
    run = planner("plan", short_scenario, "--out", tmp_path / "plan", "--quiet")
    assert run.returncode == 0
    assert run.stderr == b""


def test_one_decoy_is_planned_from_end_to_end(planner, short_scenario, tmp_path):
    text = short_scenario.read_text("utf-8")
    source = """[payload.source]
protocol = "bb84_one_decoy"
pulse_rate_mhz = 100.0
pulse_width_ps = 200.0
settings = "fixed"
intensities = [0.60, 0.15]
intensity_probabilities = [0.75, 0.25]
key_basis_probability = 0.80
intrinsic_error = 0.01
"""
    text = text.replace('from = "generic-leo-785"\n', f'from = "generic-leo-785"\n{source}')
    short_scenario.write_text(text, encoding="utf-8")
    run = planner("plan", short_scenario, "--out", tmp_path / "plan", "--quiet")
    assert run.returncode == 0, run.stderr
    summary = json.loads((tmp_path / "plan" / "summary.json").read_text("utf-8"))
    assert "Rusca" in json.dumps(summary)
    rows = rows_of(tmp_path / "plan" / "contacts.csv")
    assert any(row["satellite_id"] == "midnight" and int(row["key_clear_bits"]) for row in rows)


def test_verbose_says_where_time_and_memory_went_and_writes_the_same_files(
    planner, short_scenario, tmp_path
):
    plain = planner("plan", short_scenario, "--out", tmp_path / "plain")
    told = planner("plan", short_scenario, "--out", tmp_path / "told", "--verbose")
    lines = re.findall(
        r"^(.+): (\d+\.\d\d) s, (\d+) MB at most so far$", told.stderr.decode(), re.MULTILINE
    )
    stages = ["orbits", "passes", "windows", "links and keys", "schedule", "key stores", "files"]
    assert [name for name, _, _ in lines if name in stages] == stages
    assert 0.0 < sum(float(took_s) for _, took_s, _ in lines) < 120.0
    held_mb = [int(held) for _, _, held in lines]
    assert held_mb == sorted(held_mb)
    assert held_mb[0] > 50
    assert b"MB at most" not in plain.stderr
    for path in (tmp_path / "plain").iterdir():
        assert path.read_bytes() == (tmp_path / "told" / path.name).read_bytes()


BLOCK = re.compile(r"^\[\[(satellite|station|payload)\]\]", re.MULTILINE)


def in_reverse(text: str) -> str:
    """The scenario with its satellites, payloads and stations in reverse order."""
    cuts = [match.start() for match in re.finditer(r"^\[\[?[a-z_]+\]\]?", text, re.MULTILINE)]
    pieces = [text[a:b] for a, b in itertools.pairwise([0, *cuts, len(text)])]
    mixed = [piece for piece in pieces if BLOCK.match(piece)]
    return "".join([*(piece for piece in pieces if not BLOCK.match(piece)), *mixed[::-1]])


def test_the_order_of_the_blocks_does_not_change_a_byte_of_contacts_stores_and_demands(
    planner, short_scenario, tmp_path
):
    other = tmp_path / "other.scenario.toml"
    text = short_scenario.read_text("utf-8")
    other.write_text(in_reverse(text), encoding="utf-8")
    assert other.read_text("utf-8").index("[[station]]") < other.read_text("utf-8").index("[[satel")
    for path, folder in ((short_scenario, "one"), (other, "other")):
        run = planner("plan", path, "--out", tmp_path / folder)
        assert run.returncode == 0, run.stderr.decode()
    for name in ("contacts.csv", "passes.csv", "stores.csv", "demands.csv"):
        one, again = ((tmp_path / folder / name).read_bytes() for folder in ("one", "other"))
        assert one == again, name
