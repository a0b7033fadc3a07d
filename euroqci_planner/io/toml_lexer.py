"""TOML text as tokens with their places: enough for the guard and the locator, no values.

Grammar facts from the TOML 1.0.0 specification.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

# Strings are unrolled loops, which never backtrack far. Possessive groups would say it shorter,
# but Python 3.11.2 (Debian 12) matches them wrongly (fixed in 3.11.5).
_TOKEN = re.compile(
    r"""(?P<gap>[ \t\r]+|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<block>\"\"\"[^"\\]*(?:(?:\\.|"{1,2}(?!"))[^"\\]*)*"{3,5}|'''[^']*(?:'{1,2}(?!')[^']*)*'{3,5})
    |(?P<open_block>\"\"\"|''')
    |(?P<string>"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"|'[^'\n]*')
    |(?P<open_string>["'])
    |(?P<mark>[\[\]{}=,.])
    |(?P<word>[^\s\#"'\[\]{}=,.]+)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Kind(IntEnum):
    """What a token is."""

    NEWLINE = 0
    MARK = 1
    WORD = 2
    STRING = 3


_OPEN = ("open_block", "open_string")
_KINDS = {
    "newline": Kind.NEWLINE,
    "mark": Kind.MARK,
    "word": Kind.WORD,
    "other": Kind.WORD,
    "string": Kind.STRING,
    "block": Kind.STRING,
}


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, its text, and where it starts in the document."""

    kind: Kind
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """Tokens without blanks and comments; ends early at a string that never closes."""
    for match in _TOKEN.finditer(text):
        group = match.lastgroup or "other"
        if group == "gap":
            continue
        if group not in _KINDS:
            return
        yield Token(_KINDS[group], match.group(), match.start())


def unclosed_string(text: str, offset: int) -> int | None:
    """Offset of the first string that never closes and opens at or before `offset`, or None."""
    for match in _TOKEN.finditer(text):
        if match.start() > offset:
            break
        if match.lastgroup in _OPEN:
            return match.start()
    return None


@dataclass(frozen=True, slots=True)
class Lines:
    """Line starts of a text: from an offset to line and column, both from 1."""

    starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Lines:
        """Line starts of `text`."""
        return cls((0, *(match.end() for match in re.finditer("\n", text))))

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1
