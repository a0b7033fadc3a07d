"""What a TOML text may not be before a parser sees it: too large, too deep, not text.

The parser of the standard library is quadratic in the segments of a dotted key and recursive in
brackets. These limits keep its worst case far below a second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.toml_lexer import Kind, Lines, Token, tokens

MAX_BYTES = 1 << 20
MAX_LINE_BYTES = 4096
MAX_KEY_SEGMENTS = 8
MAX_BRACKETS = 32
_MAX_FAULTS = 20
_OTHER = r"""[^"'\[\]{}.\n]*+"""
_HARMLESS_LINE = re.compile(rf"^(?:{_OTHER}\.){{0,{MAX_KEY_SEGMENTS - 1}}}{_OTHER}$", re.MULTILINE)
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


def checked_text(data: bytes, display: str) -> str:
    """Text of a TOML file with `\\n` line ends; raises `InvalidInput` where a limit is broken.

    `display` names the file in the faults. A UTF-8 byte-order mark is dropped.
    """
    if len(data) > MAX_BYTES:
        raise InvalidInput.single(
            f"the file has {len(data)} bytes, more than {MAX_BYTES}",
            file=display,
            mend="split the scenario, and keep orbit data in orbit files",
        )
    text = _decoded(data, display).removeprefix("\ufeff").replace("\r\n", "\n")
    faults = [*_character_faults(text, display), *_line_faults(text, display)]
    if not faults:
        faults = list(_nesting_faults(text, display))
    if faults:
        raise InvalidInput(faults[:_MAX_FAULTS])
    return text


def _decoded(data: bytes, display: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        head = data[: error.start]
        hint = " (it looks like UTF-16)" if data[:2] in _BYTE_ORDER_MARKS else ""
        raise InvalidInput.single(
            f"byte 0x{data[error.start]:02x} is not UTF-8{hint}",
            file=display,
            line=head.count(b"\n") + 1,
            column=error.start - head.rfind(b"\n"),
            mend="save the file as UTF-8",
        ) from None


def _character_faults(text: str, display: str) -> Iterator[Fault]:
    offset = text.find("\0")
    if offset >= 0:
        line, column = Lines.of(text).place(offset)
        yield Fault(
            "a NUL character is not text",
            file=display,
            line=line,
            column=column,
            mend="save the file as plain text",
        )


def _line_faults(text: str, display: str) -> Iterator[Fault]:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE_BYTES // 4 and len(line.encode()) > MAX_LINE_BYTES:
            yield Fault(
                f"the line is longer than {MAX_LINE_BYTES} bytes",
                file=display,
                line=number,
                column=1,
                mend="break the line: arrays may run over several lines",
            )


def _nesting_faults(text: str, display: str) -> Iterator[Fault]:
    """The first key that is too deep or the first bracket too many."""
    depth, dots = 0, 0
    text = _HARMLESS_LINE.sub("", text)
    for token in tokens(text):
        if token.kind is Kind.MARK and token.text == ".":
            dots += 1
        elif token.kind in {Kind.MARK, Kind.NEWLINE}:
            dots = 0
            depth = _depth_after(token, depth)
        if dots >= MAX_KEY_SEGMENTS or depth > MAX_BRACKETS:
            line, column = Lines.of(text).place(token.start)
            deep_key = dots >= MAX_KEY_SEGMENTS
            yield Fault(
                f"a key has more than {MAX_KEY_SEGMENTS} segments"
                if deep_key
                else f"brackets are nested more than {MAX_BRACKETS} deep",
                file=display,
                line=line,
                column=column,
                mend="no block of a scenario is nested that deep",
            )
            return


def _depth_after(token: Token, depth: int) -> int:
    if token.text in {"[", "{"}:
        return depth + 1
    if token.text in {"]", "}"}:
        return max(depth - 1, 0)
    return depth
