"""The scoreboard counts what it says: its parts on damage, kills and faults, with small numbers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, ...]]:
    out = tmp_path_factory.mktemp("board") / "scoreboard.md"
    command = [sys.executable, BENCHMARKS / "scoreboard.py", "--quick", "--out", out]
    subprocess.run(
        [*map(str, command), "--only", "damage", "faults"], check=True, capture_output=True
    )
    text = out.read_text("utf-8")
    assert "no measurement" in text
    assert "Coverage: not measured in this run" in text
    rows = [line.strip("| ").rsplit(" | ", 1) for line in text.splitlines() if " / " in line]
    figures = {name: part for name, part in rows if part[0].isdigit()}
    return {
        name: tuple(int(figure.replace(",", "")) for figure in part.split(" / "))
        for name, part in figures.items()
    }


def row(board: dict[str, tuple[int, ...]], start: str) -> tuple[int, ...]:
    (found,) = [figures for name, figures in board.items() if name.startswith(start)]
    return found


@pytest.mark.parametrize(
    ("start", "tried"),
    [("two-line element sets", 400), ("OMM files", 80), ("scenario with random damage", 20)],
)
def test_every_input_is_counted_and_none_crashes(board, start, tried):
    assert row(board, start)[0] == tried
    assert row(board, start)[-1] == 0


def test_no_hostile_scenario_is_taken(board):
    tried, silent, crashed = row(board, "hostile scenarios")
    assert tried > 80
    assert (silent, crashed) == (0, 0)


def test_no_killed_save_loses_a_project_and_no_fault_ends_badly(board):
    assert row(board, "saves killed") == (2, 0, 0)
    injected, bad = row(board, "injected faults")
    assert injected > 30
    assert bad == 0
