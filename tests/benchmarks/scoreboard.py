"""The scoreboard: what the program withstands and how fast it is, all measured in this run.

    python tests/benchmarks/scoreboard.py [--out FILE] [--only PART ...] [--coverage] [--quick]

Writes `scoreboard.md` beside it. Times are of the processor, least of three runs unless said; a
ratio holds inside one run. `--coverage` runs the whole suite once more, with its lines counted;
`--quick` takes small numbers, to see that every part still works.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# The parts use the cases of the tests, which import each other by plain names.
sys.path[:0] = [str(HERE), str(HERE.parent / "faults"), str(HERE.parent)]

Row = tuple[str, str]
Part = Callable[[bool], Iterable[Row]]


def damaged_inputs(is_quick: bool) -> Iterator[Row]:
    """Inputs tried, taken with another content, crashed."""
    import scoreboard_faults as faults  # noqa: PLC0415 (loads the engine)

    many, some, few = (400, 80, 20) if is_quick else (20_000, 4_000, 400)
    for title, tally in (
        ("two-line element sets", faults.element_sets(many)),
        ("OMM files (no checksum in the format)", faults.orbit_messages(some)),
        ("hostile scenarios, each to be refused", faults.hostile_scenarios()),
    ):
        yield f"{title}: tried / accepted silently / crashed", _tally_text(tally, faults.SILENT)
    tally = faults.damaged_scenarios(few)
    text = f"{tally.total():,} / {tally[faults.HARMLESS]:,} / {tally[faults.CRASHED]:,}"
    yield "scenario with random damage: tried / valid as another text / crashed", text


def _tally_text(tally: Counter[str], silent: str) -> str:
    return f"{tally.total():,} / {tally[silent]:,} / {tally['crashed']:,}"


def kills_and_faults(is_quick: bool) -> Iterator[Row]:
    """Saves killed, calls of the system that fail."""
    import scoreboard_faults as faults  # noqa: PLC0415

    kills, lost, locked = faults.killed_saves(2 if is_quick else 40)
    yield "saves killed / projects lost / locks left", f"{kills} / {lost} / {locked}"
    injected, bad = faults.injected_faults(faults.ERRORS[:1] if is_quick else faults.ERRORS)
    yield "injected faults of the file system / bad outcomes", f"{injected:,} / {bad:,}"


def pass_search(is_quick: bool) -> Iterable[Row]:
    """Passes per second, beside Skyfield."""
    import scoreboard_speed as speed  # noqa: PLC0415

    return speed.pass_search(10 if is_quick else 100)


def keys(is_quick: bool) -> Iterable[Row]:
    """Key optimisations per second."""
    import scoreboard_speed as speed  # noqa: PLC0415

    return speed.key_search(50 if is_quick else 1_000)


def schedules(is_quick: bool) -> Iterable[Row]:
    """Size, time and gap."""
    del is_quick
    import scoreboard_speed as speed  # noqa: PLC0415

    return speed.schedules()


def frames(is_quick: bool) -> Iterable[Row]:
    """Frames of the window."""
    del is_quick
    import scoreboard_speed as speed  # noqa: PLC0415

    return speed.frames()


def start_up(is_quick: bool) -> Iterable[Row]:
    """From nothing to a picture."""
    del is_quick
    import scoreboard_speed as speed  # noqa: PLC0415

    return speed.start_up()


def memory(is_quick: bool) -> Iterable[Row]:
    """Memory of many passes."""
    import scoreboard_speed as speed  # noqa: PLC0415

    return speed.memory(1.0 if is_quick else 28.0)


PARTS: dict[str, tuple[str, Part]] = {
    "damage": ("Damaged inputs", damaged_inputs),
    "faults": ("Kills and faults", kills_and_faults),
    "passes": ("Passes: a week of 400 satellites over 30 stations", pass_search),
    "keys": ("Keys", keys),
    "schedule": ("Schedules", schedules),
    "frames": ("Frames of the window, 20 000 passes", frames),
    "start": ("Start-up", start_up),
    "memory": ("Memory", memory),
}


def coverage() -> Iterator[Row]:
    """Lines and branches that the whole suite runs, for the core and for the window."""
    python = sys.executable
    with_lines = [python, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]
    command = [*with_lines, "--cov=euroqci_planner", "--cov-branch", "--cov-report="]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    yield "suite", done.stdout.strip().splitlines()[-1].strip("= ")
    for title, choice in (
        ("core", "--omit=euroqci_planner/gui/*"),
        ("window", "--include=euroqci_planner/gui/*"),
    ):
        report = [python, "-m", "coverage", "report", "--format=total", "--precision=1", choice]
        total = subprocess.run(report, cwd=ROOT, capture_output=True, text=True, check=True)
        yield f"{title}: lines and branches run", f"{total.stdout.strip()} %"


def table(title: str, rows: Iterable[Row]) -> Iterator[str]:
    """A section of the board."""
    yield from (f"## {title}", "", "| what | figure |", "|---|---|")
    for name, figure in rows:
        sys.stdout.write(f"{name}: {figure}\n")
        sys.stdout.flush()
        yield f"| {name} | {figure} |"
    yield ""


def head(is_quick: bool) -> Iterator[str]:
    """What the figures are, and on what they were measured."""
    cores, version = os.cpu_count(), platform.python_version()
    yield from (
        "# Scoreboard",
        "",
        "Made by `make scoreboard`; every figure was measured in that run. Times are of the",
        "processor, so that other work on the machine counts little; ratios hold inside one run.",
        "",
        f"Python {version}, {cores} cores"
        + (", small numbers (`--quick`): no measurement." if is_quick else "."),
        "",
    )


def board(names: list[str], *, is_quick: bool, has_coverage: bool) -> str:
    """The whole text."""
    lines = list(head(is_quick))
    for name in names:
        title, part = PARTS[name]
        begin = time.perf_counter()
        lines += table(title, part(is_quick))
        sys.stdout.write(f"  ({title}: {time.perf_counter() - begin:.0f} s)\n")
    if has_coverage:
        lines += table("Coverage", coverage())
    else:
        lines += ["Coverage: not measured in this run (`make scoreboard COVERAGE=1`).", ""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description="Measure the scoreboard.")
    parser.add_argument("--out", type=Path, default=HERE / "scoreboard.md")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--coverage", action="store_true")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    text = board(asked.only, is_quick=asked.quick, has_coverage=asked.coverage)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{asked.out}\n")


if __name__ == "__main__":
    main()
