"""What the TOML parser says, in plain words, with the place and the mend."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from euroqci_planner.errors import Fault
from euroqci_planner.io.printable_text import printable
from euroqci_planner.io.toml_lexer import Kind, Lines, tokens, unclosed_string
from euroqci_planner.io.toml_locator import locate, path_text

_KEY = r"""(?:[A-Za-z0-9_-]+|"[^"\n]*"|'[^'\n]*')"""
ASSIGNMENT = re.compile(rf"[ \t]*{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*[ \t]*=[ \t]*")
_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_COMMENT = re.compile(r"[ \t]*(?:#.*)?$")
_NUMBER_AND_UNIT = re.compile(r"([+-]?[\d_]+(?:\.\d+)?)[ \t]*[A-Za-z°µ%'\"]")
_REPEATS = ("Cannot overwrite", "Cannot declare", "Cannot redefine", "Cannot mutate", "Duplicate")
_LEFT_OVER = "Expected newline or end of document after a statement"
_TIME_MEND = "write it as 2026-06-14T12:00:00Z"
_SLIPS: tuple[tuple[re.Pattern[str], str, Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(r"^[+-]?\d+,\d+$"),
        "a decimal comma is not TOML",
        lambda found: f"use a point: {found.group().replace(',', '.')}",
    ),
    (
        re.compile(r"\d\d:\d\d:60"),
        "second 60 (a leap second) cannot be represented",
        lambda _: "use 59.999 of that minute",
    ),
    (
        re.compile(r"^(?:True|TRUE|False|FALSE|Yes|yes|No|no|on|off)$"),
        "this is not a TOML value",
        lambda _: "write true or false, in small letters",
    ),
    (
        re.compile(r"^[^\W\d][^\"'\[\]{}=,]*$"),
        "text without quotes is not a TOML value",
        lambda found: f'put it in quotes: "{found.group()}"',
    ),
    (
        re.compile(r"^\d{4}-\d\d?-\d\d?"),
        "this is not a date with time",
        lambda _: _TIME_MEND,
    ),
    (
        re.compile(r"^[+-]?0\d"),
        "a number has no leading zeros in TOML",
        lambda found: f"write {found.string.lstrip('+0') or '0'}",
    ),
)
_IN_PLAIN_WORDS = {
    _LEFT_OVER: (
        "something is left over behind the value",
        "one key = value per line; text in quotes, numbers with a point",
    ),
    "Unclosed array": ("an array never ends", "close it with ], with commas between members"),
    "Unclosed inline table": ("an inline table never ends", "close it with } on the same line"),
    "Invalid statement": (
        "this line is neither key = value nor a [table]",
        "put # in front of a comment",
    ),
    "Unescaped '\\' in a string": (
        "a backslash in double quotes starts an escape",
        "write it twice, or use single quotes",
    ),
    "Invalid date or datetime": ("there is no such date or time", _TIME_MEND),
    "Invalid value": ("this is not a TOML value", "numbers with a point, text in quotes"),
}


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """A fault, and whether the text behind its line can be read without the line's value."""

    fault: Fault
    is_contained: bool


def syntax_fault(message: str, text: str, display: str) -> SyntaxFault:
    """The parser's message about `text` as a fault; `line` is 0 where no place is known."""
    position = _POSITION.search(message)
    problem = message[: position.start()] if position else message
    if problem.startswith(_REPEATS):
        return SyntaxFault(_repeat_fault(problem, text, display), is_contained=True)
    lines = Lines.of(text)
    offset = len(text)
    if position and position.group(1):
        offset = lines.starts[int(position.group(1)) - 1] + int(position.group(2)) - 1
    if problem.startswith("Unescaped"):
        offset -= len("\\x")
    opened = unclosed_string(text, offset)
    if opened is not None:
        line, column = lines.place(opened)
        mend = "close its quotes in the same line, or use three quotes on both sides"
        fault = Fault("a text never ends", file=display, line=line, column=column, mend=mend)
        is_block = text.startswith(('"""', "'''"), opened)
        return SyntaxFault(fault, is_contained=not is_block)
    noticed_in = lines.place(offset)[0]
    if problem in {"Unclosed array", "Unclosed inline table"}:
        offset = _innermost_bracket(text, offset)
    fault = _line_fault(problem, text, lines.place(offset), display)
    return SyntaxFault(fault, is_contained=fault.line == noticed_in)


def _line_fault(problem: str, text: str, place: tuple[int, int], display: str) -> Fault:
    """A fault inside one line; the column is that of the value where that is what is wrong."""
    line, column = place
    source = text.split("\n")[line - 1]
    start = ASSIGNMENT.match(source)
    if start is None:
        told, mend = _IN_PLAIN_WORDS.get(problem, (_decapitalised(problem), ""))
        return Fault(told, file=display, line=line, column=column, mend=mend)
    written = _COMMENT.sub("", source[start.end() :], count=1)
    special = _told(problem, written)
    if special or problem == "Invalid value":
        column = start.end() + 1
    told, mend = special or _IN_PLAIN_WORDS.get(problem, (_decapitalised(problem), ""))
    return Fault(told, display, line, column, value=printable(written), mend=mend)


def _told(problem: str, written: str) -> tuple[str, str] | None:
    """Problem and mend of a common slip, recognised by what stands behind the equals sign."""
    if not written:
        return "a value is missing after the equals sign", "give the value, or remove the line"
    for pattern, told, mend in _SLIPS:
        found = pattern.search(written)
        if found:
            return told, printable(mend(found), 2 * len(_TIME_MEND))
    unit = _NUMBER_AND_UNIT.match(written)
    if unit and problem == _LEFT_OVER:
        return "a number stands alone, its unit is in the key", f"write {unit.group(1)}"
    return None


def _repeat_fault(problem: str, text: str, display: str) -> Fault:
    """A key or table given twice: the parser names no useful place, the locator does."""
    repeated = locate(text, only_to_repeat=True).repeated
    if not repeated:
        return Fault(f"a table or key is given twice: {_decapitalised(problem)}", file=display)
    again = repeated[0]
    return Fault(
        "this is given twice",
        file=display,
        line=again.again.key_line,
        column=again.again.key_column,
        where=path_text(again.path),
        mend=f"remove one; the first is in line {again.first.key_line}",
    )


def _innermost_bracket(text: str, offset: int) -> int:
    """Offset of the last bracket that is still open at `offset`."""
    opened: list[int] = []
    for token in tokens(text):
        if token.start >= offset:
            break
        if token.kind is Kind.MARK and token.text in {"[", "{"}:
            opened.append(token.start)
        elif token.kind is Kind.MARK and token.text in {"]", "}"} and opened:
            opened.pop()
    return opened[-1] if opened else offset


def _decapitalised(problem: str) -> str:
    return problem[:1].lower() + problem[1:]
