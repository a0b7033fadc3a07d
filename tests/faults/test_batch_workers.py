"""Several scenarios at once while workers die or the user stops."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from euroqci_planner.resources import resource

SAMPLE = resource("samples", "first-plan", "first-plan.scenario.toml")


@pytest.fixture
def batch(tmp_path: Path):
    for file in SAMPLE.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    names = [f"{name}.scenario.toml" for name in ("a", "b")]
    for name in names:
        (tmp_path / name).write_bytes(SAMPLE.read_bytes())
    return subprocess.Popen(
        [sys.executable, "-m", "euroqci_planner", "plan", *names, "--out", "out"],
        cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip


def workers_of(pid: int) -> list[int]:
    """Processes that work for `pid`: Python processes started to run a task, not helpers."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                command = (entry / "cmdline").read_bytes()
            except (OSError, IndexError):
                continue
            if parent == pid and b"spawn_main" in command:
                found.append(int(entry.name))
    return found


def wait_for_workers(process: subprocess.Popen[str], count: int = 1) -> list[int]:
    end = time.monotonic() + 60.0
    while time.monotonic() < end:
        found = workers_of(process.pid)
        if len(found) >= count:
            return found
        time.sleep(0.01)
    raise AssertionError(f"{count} workers at once were not seen")


def test_all_cores_work_and_a_worker_that_is_killed_is_replaced_and_no_scenario_is_lost(
    batch, tmp_path
):
    os.kill(wait_for_workers(batch, min(2, os.cpu_count() or 1))[0], signal.SIGKILL)
    _, said = batch.communicate(timeout=120)
    assert batch.returncode == 0, said
    rows = list(csv.DictReader((tmp_path / "out" / "batch.csv").read_text("utf-8").splitlines()))
    assert [row["exit_code"] for row in rows] == ["0", "0"]
    first, second = ((tmp_path / "out" / name / "passes.csv").read_bytes() for name in "ab")
    assert first == second


def test_ctrl_c_stops_the_workers_and_leaves_no_half_file(batch, tmp_path):
    started = wait_for_workers(batch)
    os.killpg(batch.pid, signal.SIGINT)
    _, said = batch.communicate(timeout=60)
    assert batch.returncode == 130, said
    assert "Traceback" not in said
    assert not [pid for pid in started if Path(f"/proc/{pid}").exists()]
    assert not list(tmp_path.rglob("*.tmp*"))
    assert not (tmp_path / "out" / "batch.csv").exists()
