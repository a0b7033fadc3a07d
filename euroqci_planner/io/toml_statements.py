"""A TOML text as statements with their spans: what an editor that keeps comments works on.

Meant for text that parses. Inline tables and arrays belong to the statement that holds them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from euroqci_planner.io.toml_lexer import Kind, Token, tokens
from euroqci_planner.io.toml_locator import Path

_OPENING, _CLOSING = frozenset("[{"), frozenset("]}")


@dataclass(frozen=True, slots=True)
class Statement:
    """A header or a `key = value` with its place in the text.

    `path` is what it defines, `table` the table that it stands in (a header: itself). `start` is
    its first character, `end` the one behind its last; `value` is where its value starts, or its
    end for a header. Comments and blanks are outside.
    """

    path: Path
    table: Path
    start: int
    end: int
    value: int
    is_header: bool

    def is_within(self, path: Path) -> bool:
        """Whether it defines `path` or something below it."""
        return self.path[: len(path)] == path


def statements(text: str) -> list[Statement]:
    """All statements of a TOML text, in order; raises ValueError for text that is not TOML."""
    table: Path = ()
    counts: dict[Path, int] = {}
    found = []
    for group in _groups(text):
        if group[0].text == "[" and group[0].kind is Kind.MARK:
            table = _header_path(group, counts)
            end = _end(group[-1])
            found.append(Statement(table, table, group[0].start, end, end, is_header=True))
        else:
            found.append(_pair(group, table))
    return found


def _groups(text: str) -> Iterator[list[Token]]:
    """Tokens of one statement at a time: up to a line end outside of brackets."""
    group: list[Token] = []
    depth = 0
    for token in tokens(text):
        if token.kind is Kind.NEWLINE and depth == 0:
            if group:
                yield group
            group = []
        elif token.kind is not Kind.NEWLINE:
            group.append(token)
            if token.kind is Kind.MARK:
                depth += (token.text in _OPENING) - (token.text in _CLOSING)
    if group:
        yield group


def _header_path(group: list[Token], counts: dict[Path, int]) -> Path:
    is_array = group[1].kind is Kind.MARK and group[1].text == "["
    depth = 2 if is_array else 1
    keys = [_name(token) for token in group[depth:-depth] if token.kind is not Kind.MARK]
    path: Path = ()
    for key in keys[:-1]:
        path = (*path, key)
        if path in counts:
            path = (*path, counts[path] - 1)
    path = (*path, keys[-1])
    if is_array:
        counts[path] = counts.get(path, 0) + 1
        path = (*path, counts[path] - 1)
    return path


def _pair(group: list[Token], table: Path) -> Statement:
    is_equals = (token.kind is Kind.MARK and token.text == "=" for token in group)
    equals = next((number for number, found in enumerate(is_equals) if found), 0)
    if not 0 < equals < len(group) - 1:
        raise ValueError("not a TOML text")
    keys = tuple(_name(token) for token in group[:equals] if token.kind is not Kind.MARK)
    start, end = group[0].start, _end(group[-1])
    path = (*table, *keys)
    return Statement(path, table, start, end, group[equals + 1].start, is_header=False)


def _name(token: Token) -> str:
    if token.kind is Kind.WORD:
        return token.text
    return str(tomllib.loads(f"key = {token.text}")["key"])


def _end(token: Token) -> int:
    return token.start + len(token.text)
