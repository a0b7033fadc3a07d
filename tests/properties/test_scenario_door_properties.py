"""The scenario door under random damage: a scenario or faults with places, nothing else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_editing import DATA, NAME, example

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.scenario_file import parse_scenario
from euroqci_planner.io.toml_locator import Places

LINES = example().split("\n")
PIECES = st.sampled_from(
    [
        *("[", "]", "{", "}", '"', "'", '"""', "=", ".", ",", "#", "\n", "\\", "0", "-1", "nan"),
        *("1e999", "true", "[[station]]", "[policy]", "x = 1", "2026-06-14", "1.5e3", "[]"),
        *("\x00", "\ud800", "é"),
    ]
)
SECONDS = 1.0


def outcome(text: str) -> str:
    """What the door makes of a text; every fault has a place inside it."""
    start = time.process_time()
    faults = faults_in(text)
    assert time.process_time() - start < SECONDS
    lines = text.replace("\r\n", "\n").split("\n")
    for fault in faults:
        assert fault.problem
        assert 0 <= fault.line <= len(lines)
        assert fault.line == 0 or fault.column <= len(lines[fault.line - 1]) + 1
    return "faults" if faults else "scenario"


def faults_in(text: str) -> tuple[Fault, ...]:
    try:
        parse_scenario(text, DATA, NAME)
    except InvalidInput as error:
        return error.faults
    return ()


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(example()) - 1), PIECES, st.integers(0, 3))
def test_a_piece_put_anywhere_leaves_a_scenario_or_faults(at: int, piece: str, cut: int) -> None:
    text = example()
    assert outcome(text[:at] + piece + text[at + cut :]) in {"scenario", "faults"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, len(LINES) - 1), min_size=1, max_size=12, unique=True))
def test_lines_left_out_leave_a_scenario_or_faults(gone: list[int]) -> None:
    kept = [line for number, line in enumerate(LINES) if number not in gone]
    assert outcome("\n".join(kept)) in {"scenario", "faults"}


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(len(LINES))).map(lambda order: [LINES[i] for i in order[:60]]))
def test_lines_in_any_order_leave_faults(lines: list[str]) -> None:
    assert outcome("\n".join(lines)) == "faults"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="[]{}\"'=.,#\n\\ ax1-:TZ\t", max_size=80))
def test_places_of_any_text_lie_inside_it(text: str) -> None:
    lines = text.split("\n")
    for place in Places(text).by_path.values():
        assert 1 <= place.line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1


@pytest.mark.parametrize("value", ["1_000.0", "+5e2", "0x1F4", "0b1", "0o17"])
def test_numbers_of_toml_are_numbers(value: str) -> None:
    text = example().replace("ozone_du = 320.0", f"ozone_du = {value}")
    assert outcome(text) == "scenario"
