"""`passes`: written as they are found, the same wherever they go, nothing half."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from euroqci_planner.resources import resource


def test_standard_output_is_the_file_and_json_is_the_summary(planner, short_scenario, tmp_path):
    written = planner("passes", short_scenario, "--out", tmp_path / "out")
    assert written.returncode == 0, written.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "passes.csv",
        "tables.meta.json",
        "summary.json",
    }
    assert b"passes.csv" in written.stdout
    shown = planner("passes", short_scenario)
    assert shown.stdout == (tmp_path / "out" / "passes.csv").read_bytes()
    summary = planner("passes", short_scenario, "--json")
    assert summary.stdout == (tmp_path / "out" / "summary.json").read_bytes()
    assert json.loads(summary.stdout)["totals"]["passes"] == shown.stdout.count(b"\r\n") - 1


@pytest.mark.parametrize("part_way_s", [0.5, 3.0])
def test_ctrl_c_in_a_long_search_leaves_no_half_file(tmp_path, part_way_s):
    sample = resource("samples", "oneweb-400", "oneweb-400.scenario.toml")
    shutil.copytree(sample.parent, tmp_path / "in")
    text = sample.read_text("utf-8")
    assert "duration_days = 7.0" in text
    year = tmp_path / "in" / sample.name
    year.write_text(text.replace("duration_days = 7.0", "duration_days = 365.0"), "utf-8")
    command = [sys.executable, "-m", "euroqci_planner", "passes", os.fspath(year)]
    process = subprocess.Popen(
        [*command, "--out", tmp_path / "out"], stderr=subprocess.PIPE, env=os.environ
    )
    assert process.stderr is not None
    assert process.stderr.readline()
    time.sleep(part_way_s)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in rest
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_scenario_of_centuries_is_refused_with_the_figures(planner, short_scenario):
    text = short_scenario.read_text("utf-8")
    assert "duration_days = 1.0" in text
    short_scenario.write_text(text.replace("duration_days = 1.0", "duration_days = 300.0"), "utf-8")
    run = planner("passes", short_scenario, "--memory-limit-gb", "0.2")
    assert run.returncode == 3
    assert b"--memory-limit-gb" in run.stderr
    assert run.stdout == b""
