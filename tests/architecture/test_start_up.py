"""Starting the program is cheap, and needs no window system."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

HEAVY = {
    "PySide6", "astropy", "highspy", "numba", "numpy", "pydantic", "rich", "scipy",
    "sgp4", "skyfield",
}  # fmt: skip
CPU_SECONDS = 0.4


def run_main(
    arguments: list[str], before: str = "", after: str = ""
) -> subprocess.CompletedProcess[str]:
    code = (
        f"import sys\n{before}\nfrom euroqci_planner.__main__ import main\n"
        f"code = main({arguments!r})\n{after}\nsys.exit(code)"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_version_and_help_load_no_heavy_library(argument):
    shown = "print('LOADED', sorted({name.partition('.')[0] for name in sys.modules}))"
    run = run_main([argument], after=shown)
    assert run.returncode == 0, run.stderr
    loaded = run.stdout.rpartition("LOADED")[2]
    assert {name for name in HEAVY if f"'{name}'" in loaded} == set()


def test_version_takes_under_four_tenths_of_a_second_of_processor_time():
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run(
        [sys.executable, "-m", "euroqci_planner", "--version"], capture_output=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    assert run.stdout.startswith(b"euroqci-planner ")
    assert spent < CPU_SECONDS


def test_the_command_line_plans_with_qt_not_installed(tmp_path):
    block = "sys.modules['PySide6'] = None"
    sample = os.fspath(
        __import__("euroqci_planner.resources", fromlist=["resource"]).resource(
            "samples", "first-plan", "first-plan.scenario.toml"
        )
    )
    run = run_main(["plan", sample, "--out", os.fspath(tmp_path / "out")], before=block)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "out" / "contacts.csv").stat().st_size > 0
