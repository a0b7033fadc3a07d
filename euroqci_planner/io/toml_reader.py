"""TOML text to plain data with places, and all its syntax faults at once.

The parser of the standard library stops at the first fault. Where that fault lies in a line
`key = value` of its own, the value is set aside and the rest is read, so that one wrong comma
does not hide ten wrong numbers. What was set aside is marked, and nothing below it is judged.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from typing import Any

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.toml_guard import checked_text
from euroqci_planner.io.toml_lexer import Kind, Lines, tokens
from euroqci_planner.io.toml_locator import Path, Places, locate, path_text
from euroqci_planner.io.toml_messages import ASSIGNMENT, syntax_fault

_MAX_REPAIRS = 20
_LARGE_CHARACTERS = 100_000
_SET_ASIDE = "false"


@dataclass(frozen=True, slots=True)
class TomlDocument:
    """What a TOML file holds: plain data, places, syntax faults, and paths set aside."""

    data: dict[str, Any]
    places: Places
    faults: tuple[Fault, ...] = ()
    set_aside: frozenset[Path] = frozenset()


def read_toml(data: bytes, display: str) -> TomlDocument:
    """Parse TOML bytes; raises `InvalidInput` where nothing can be made of the text.

    Syntax faults that leave the rest readable are returned in `faults`.
    """
    text = checked_text(data, display)
    faults: list[Fault] = []
    repaired: set[int] = set()
    while True:
        try:
            parsed = _parsed(text)
        except tomllib.TOMLDecodeError as error:
            found = syntax_fault(str(error), text, display)
            faults.append(found.fault)
            mended = _without_value(text, found.fault.line) if found.is_contained else None
            is_enough = len(faults) >= _MAX_REPAIRS or found.fault.line in repaired
            if mended is None or is_enough:
                raise InvalidInput(_named(faults, text)) from None
            repaired.add(found.fault.line)
            text = mended
        else:
            places = Places(text)
            aside = _paths_in(places, repaired) if repaired else frozenset()
            return TomlDocument(parsed, places, _named(faults, text), aside)


def _paths_in(places: Places, lines: set[int]) -> frozenset[Path]:
    return frozenset(path for path, place in places.by_path.items() if place.line in lines)


def _named(faults: list[Fault], text: str) -> tuple[Fault, ...]:
    """The faults with the keys of their lines, in order of place."""
    lines = {fault.line for fault in faults if not fault.where}
    if lines and len(text) <= _LARGE_CHARACTERS:
        placed = reversed(list(locate(text).by_path.items()))
        keys = {place.key_line: path for path, place in placed}
        faults = [
            replace(fault, where=path_text(keys[fault.line]))
            if fault.line in keys and not fault.where
            else fault
            for fault in faults
        ]
    return tuple(sorted(faults, key=lambda fault: (fault.line, fault.column)))


def _parsed(text: str) -> dict[str, Any]:
    """Parse, with every way in which the parser can fail as its own error."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError("Nested too deep (at end of document)") from None
    except ValueError as error:
        raise tomllib.TOMLDecodeError(f"{error} (at end of document)") from None


def _without_value(text: str, line: int) -> str | None:
    """The text with the value in `line` set aside, or None where the line does not stand alone.

    None for a large text too: its faults are told one by one.
    """
    if len(text) > _LARGE_CHARACTERS:
        return None
    lines = text.split("\n")
    start = ASSIGNMENT.match(lines[line - 1]) if line else None
    if start is None or not _starts_statement(text, line):
        return None
    is_repeat = any(item.again.key_line == line for item in locate(text).repeated)
    lines[line - 1] = "" if is_repeat else start.group() + _SET_ASIDE
    return "\n".join(lines)


def _starts_statement(text: str, line: int) -> bool:
    """Whether the line begins outside every array, inline table and multi-line text."""
    begin = Lines.of(text).starts[line - 1]
    depth, end = 0, 0
    for token in tokens(text):
        if token.start >= begin:
            break
        end = token.start + len(token.text)
        if token.kind is Kind.MARK:
            depth += (token.text in {"[", "{"}) - (token.text in {"]", "}"})
    return depth == 0 and end <= begin
