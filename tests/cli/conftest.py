"""The real program, as a user starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from euroqci_planner.resources import resource

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="session")
def sample() -> Path:
    return resource("samples", "first-plan", "first-plan.scenario.toml")


@pytest.fixture(scope="session")
def planner() -> Run:
    def run(*arguments: object, **more: object) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, **more.pop("env", {})}  # type: ignore[dict-item]
        return subprocess.run(
            [sys.executable, "-m", "euroqci_planner", *map(os.fspath, arguments)],
            capture_output=True, check=False, env=environment, **more,
        )  # type: ignore[call-overload]  # fmt: skip

    return run


@pytest.fixture(scope="session")
def sample_plan(planner: Run, sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "plan"
    run = planner("plan", sample, "--out", folder)
    assert run.returncode == 0, run.stderr.decode()
    return folder


@pytest.fixture
def short_scenario(sample: Path, tmp_path: Path) -> Path:
    """The sample cut to one day, in a folder that a test may write to."""
    for file in sample.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    path = tmp_path / sample.name
    text = path.read_text(encoding="utf-8")
    assert "duration_days = 7.0" in text
    path.write_text(text.replace("duration_days = 7.0", "duration_days = 1.0"), encoding="utf-8")
    return path
