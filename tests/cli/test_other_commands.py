"""`passes`, `export`, `new`, `schema`, `doctor`, `validate`, several scenarios, and exit codes."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time

import jsonschema
import pytest


def test_passes_gives_geometry_without_keys(planner, short_scenario):
    run = planner("passes", short_scenario)
    assert run.returncode == 0, run.stderr
    rows = list(csv.DictReader(run.stdout.decode().splitlines()))
    assert {row["state"] for row in rows} == {"candidate", "rejected"}
    assert all(row["key_clear_bits"] == "" and row["max_elevation_deg"] for row in rows)


@pytest.mark.parametrize("name", ["contacts.csv", "contacts.ics", "report.html", "summary.json"])
def test_export_writes_the_bytes_of_the_plan(planner, short_scenario, tmp_path, name):
    assert planner("plan", short_scenario, "--out", tmp_path / "plan").returncode == 0
    run = planner("export", short_scenario, name)
    assert run.returncode == 0
    assert run.stdout == (tmp_path / "plan" / name).read_bytes()


def test_export_of_an_unknown_file_lists_those_that_exist(planner, short_scenario):
    run = planner("export", short_scenario, "contacts.xls")
    assert run.returncode == 2
    assert b"contacts.csv" in run.stderr


def test_a_new_scenario_plans_as_it_stands(planner, tmp_path):
    path = tmp_path / "mission.scenario.toml"
    assert planner("new", path).returncode == 0
    run = planner("plan", path, "--out", tmp_path / "plan", "--quiet")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "plan" / "contacts.csv").exists()


def test_new_keeps_what_stands_there(planner, tmp_path):
    path = tmp_path / "mission.scenario.toml"
    path.write_text("mine", encoding="utf-8")
    run = planner("new", path)
    assert run.returncode != 0
    assert b"--force" in run.stderr
    assert path.read_text("utf-8") == "mine"


def test_the_schema_is_a_json_schema(planner):
    run = planner("schema")
    jsonschema.Draft202012Validator.check_schema(json.loads(run.stdout))


def test_doctor_finds_the_installation_whole(planner, sample):
    run = planner("doctor", sample, "--json")
    assert run.returncode == 0, run.stderr
    findings = json.loads(run.stdout)["findings"]
    assert {item["status"] for item in findings} <= {"ok", "absent", "warning"}


def test_validate_reproduces_the_published_orbit_and_key_numbers(planner):
    run = planner("validate", "--group", "orbit", "--group", "key", "--json")
    assert run.returncode == 0, run.stderr
    rows = json.loads(run.stdout)["rows"]
    assert {row["group"] for row in rows} == {"orbit", "key"}
    assert [row["id"] for row in rows if row["status"] not in ("reproduced", "compatible")] == []
    notes = {row["id"]: row["note"] for row in rows}
    assert "864 of 864 rows within 1e-08" in notes["SATQUMA-FIXED"]
    assert "46 of 46 rows within 1e-08" in notes["SATQUMA-ONE"]
    assert "87 of 432 rows differ" in notes["SATQUMA-FIXED-OWN"]
    assert "22 of 22 cases reach 0.99999" in notes["SATQUMA-OPTIMA"]


def test_an_unknown_verb_is_a_usage_error(planner):
    run = planner("fly")
    assert run.returncode == 2
    assert b"Traceback" not in run.stderr


def test_several_scenarios_get_a_folder_each_and_one_failure_does_not_stop_the_rest(
    planner, short_scenario, tmp_path
):
    broken = tmp_path / "broken.scenario.toml"
    broken.write_text("schema = 1\n[scenario]\nname = 7\n", encoding="utf-8")
    run = planner("plan", broken, short_scenario, "--out", tmp_path / "out")
    assert run.returncode == 5, run.stderr
    assert b"batch: scenarios (0 % done)" in run.stderr
    assert b"error: " + os.fsencode(broken) in run.stderr
    assert (tmp_path / "out" / "first-plan" / "contacts.csv").exists()
    rows = list(csv.DictReader((tmp_path / "out" / "batch.csv").read_text("utf-8").splitlines()))
    assert [row["exit_code"] for row in rows] == ["3", "0"]
    assert "name" in rows[0]["message"]


def test_scenarios_that_run_at_once_share_the_memory(planner, short_scenario, tmp_path):
    other = tmp_path / "other.scenario.toml"
    other.write_bytes(short_scenario.read_bytes())
    limit = ("--memory-limit-gb", "0.4")
    run = planner("plan", short_scenario, other, "--out", tmp_path / "out", *limit)
    rows = list(csv.DictReader((tmp_path / "out" / "batch.csv").read_text("utf-8").splitlines()))
    if os.cpu_count() == 1:
        assert run.returncode == 0, run.stderr
        return
    assert run.returncode == 5, run.stderr
    assert [row["exit_code"] for row in rows] == ["3", "3"]
    assert all("the limit is 0.2 GB" in row["message"] for row in rows)
    alone = planner("plan", short_scenario, "--out", tmp_path / "alone", *limit)
    assert alone.returncode == 0, alone.stderr


def test_two_scenarios_of_one_name_are_refused_before_anything_is_written(
    planner, short_scenario, tmp_path
):
    run = planner("plan", short_scenario, short_scenario, "--out", tmp_path / "out")
    assert run.returncode == 3
    assert not (tmp_path / "out").exists()


def test_ctrl_c_leaves_no_half_file(sample, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "euroqci_planner", "plan", sample, "--out", tmp_path / "out"],
        stderr=subprocess.PIPE, env=dict(os.environ),
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.readline()
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in rest
    assert not list(tmp_path.rglob("*"))


def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_left(
    planner, short_scenario, tmp_path
):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder", encoding="utf-8")
    run = planner("plan", short_scenario, "--out", blocked)
    assert run.returncode == 1
    assert b"Traceback" not in run.stderr
    assert b"blocked" in run.stderr
    assert blocked.read_text("utf-8") == "a file, not a folder"
