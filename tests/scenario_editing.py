"""Scenario texts for tests: the example of the format, and edits with the place that they leave.

A `¦` in an edit marks where the fault is expected; it is taken out before the text is read, so
that lines and columns are counted here by hand and not by the code under test.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.scenario_file import parse_scenario
from euroqci_planner.mission.scenario import Scenario

DATA = Path(__file__).parent / "unit" / "io" / "data"
NAME = "example.scenario.toml"
MARK = "¦"


@cache
def example() -> str:
    """Text of the example: every block once, with the names that the file door uses."""
    return (DATA / NAME).read_text(encoding="utf-8")


def read(text: str) -> Scenario:
    """The scenario of a text, with the example's orbit file beside it."""
    return parse_scenario(text, DATA, NAME)


def faults_of(text: str) -> tuple[Fault, ...]:
    """Faults of a text that must have some."""
    with pytest.raises(InvalidInput) as caught:
        read(text)
    return caught.value.faults


def changed(*edits: tuple[str, str], base: str | None = None) -> str:
    """The example with texts exchanged; every old text must be there."""
    text = example() if base is None else base
    for old, new in edits:
        assert old in text, f"the example has no {old!r}"
        text = text.replace(old, new, 1)
    return text


def unmarked(text: str) -> tuple[str, int, int]:
    """The text without its mark, and the line and column where it stood."""
    assert text.count(MARK) == 1, "one mark says where the fault is"
    before, after = text.split(MARK)
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


def with_line(text: str, header: str, key: str, value: str) -> str:
    """The text with `key = ¦value` below the first line `header`, in place of a former line."""
    lines = text.split("\n")
    start = next(
        number for number, line in enumerate(lines) if line.split("#")[0].strip() == header
    )
    entry = f"{key} = {MARK}{value}"
    for number in range(start + 1, len(lines)):
        if lines[number].startswith("["):
            break
        if re.match(rf"{key} *=", lines[number]):
            lines[number] = entry
            return "\n".join(lines)
    lines.insert(start + 1, entry)
    return "\n".join(lines)


def the_fault_at(text: str, line: int, column: int) -> Fault:
    """The only fault at a place."""
    found = faults_of(text)
    here = [fault for fault in found if (fault.line, fault.column) == (line, column)]
    assert len(here) == 1, f"{len(here)} faults at {line}:{column} in {[str(f) for f in found]}"
    return here[0]
