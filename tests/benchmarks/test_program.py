"""The program as a whole: seconds of processor time of a command, start-up included."""

from __future__ import annotations

import resource as process
import subprocess
import sys
from pathlib import Path

import pytest

from euroqci_planner.resources import resource

SAMPLE = resource("samples", "first-plan", "first-plan.scenario.toml")
RUNS = 5


def processor_seconds(*arguments: object) -> float:
    before = process.getrusage(process.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "euroqci_planner", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)
    after = process.getrusage(process.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


@pytest.mark.parametrize(
    ("name", "arguments", "wanted_s"),
    [
        ("--version", ["--version"], 0.4),
        ("passes", ["passes", SAMPLE], 5.0),
        ("plan", ["plan", SAMPLE, "--out", "OUT"], 5.0),
    ],
    ids=["version", "passes", "plan"],
)
def test_a_command_takes_no_more_processor_time_than_wanted(
    name: str, arguments: list[object], wanted_s: float, tmp_path: Path
) -> None:
    filled = [tmp_path / "out" if part == "OUT" else part for part in arguments]
    seconds = sorted(processor_seconds(*filled) for _ in range(RUNS))
    print(f"\n{name}: {seconds[0]:.2f} s least, {seconds[RUNS // 2]:.2f} s median of {RUNS}")
    assert seconds[0] < wanted_s
