"""From a path in a TOML document to its line and column: what no TOML parser keeps.

A path is a tuple of keys and indices, `("station", 1, "latitude_deg")`, as pydantic names it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from euroqci_planner.io.printable_text import printable
from euroqci_planner.io.toml_lexer import Kind, Lines, Token, tokens

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, and its key: lines and columns from 1.

    For a table, both are the place of its header (or of its inline brace and key).
    """

    line: int
    column: int
    key_line: int
    key_column: int


TOP = Place(1, 1, 1, 1)


def path_text(path: Path) -> str:
    """Path as the messages write it: `station[1].latitude_deg`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{printable(part)}" for part in path)
    return "".join(parts).removeprefix(".")


@dataclass(frozen=True, slots=True)
class Repeated:
    """A key or table that is given twice."""

    path: Path
    first: Place
    again: Place


@dataclass(frozen=True, slots=True)
class Located:
    """Places of every path of one text, in order of appearance, and what is given twice."""

    by_path: Mapping[Path, Place]
    repeated: tuple[Repeated, ...] = ()


def locate(text: str, *, only_to_repeat: bool = False) -> Located:
    """Places of all keys, tables and array members of a TOML text.

    Meant for text that parses. On other text it never raises: what cannot be read is skipped
    to the end of its line. `only_to_repeat` stops at the first key that is given twice.
    """
    walker = _Walker(tokens(text), Lines.of(text), only_to_repeat)
    walker.document()
    return Located(walker.found, tuple(walker.repeated))


class Places:
    """Places in a TOML text, found when the first one is asked for."""

    def __init__(self, text: str) -> None:
        """Keep the text; a scenario without faults never needs its places."""
        self._text = text
        self._located: Located | None = None

    @property
    def by_path(self) -> Mapping[Path, Place]:
        """All places, in order of appearance."""
        if self._located is None:
            self._located = locate(self._text)
        return self._located.by_path

    def of(self, path: Path) -> Place:
        """Place of the path, or of its nearest ancestor that the text holds."""
        for length in range(len(path), 0, -1):
            place = self.by_path.get(path[:length])
            if place is not None:
                return place
        return TOP

    def holds(self, path: Path) -> bool:
        """Whether the text itself gives this path."""
        return path in self.by_path


class _OffGrammar(Exception):  # noqa: N818
    """The text is not TOML at this token."""


@dataclass(slots=True)
class _Walker:
    """Recursive descent over the tokens; depth is bounded by the guard's bracket limit."""

    items: Iterator[Token]
    lines: Lines
    only_to_repeat: bool
    ahead: Token | None = None
    found: dict[Path, Place] = field(default_factory=dict)
    repeated: list[Repeated] = field(default_factory=list)
    counts: dict[Path, int] = field(default_factory=dict)
    headers: set[Path] = field(default_factory=set)
    assigned: set[Path] = field(default_factory=set)
    dotted: set[Path] = field(default_factory=set)

    def document(self) -> None:
        """Walk the whole text."""
        table: Path = ()
        self._step()
        while self.ahead is not None and not (self.only_to_repeat and self.repeated):
            try:
                if self.ahead.kind is Kind.NEWLINE:
                    self._step()
                elif self._is_mark("["):
                    table = self._header()
                else:
                    self._key_value(table)
            except _OffGrammar:
                self._skip_line()

    def _step(self) -> None:
        self.ahead = next(self.items, None)

    def _skip_line(self) -> None:
        while self.ahead is not None and self.ahead.kind is not Kind.NEWLINE:
            self._step()

    def _peek(self) -> Token:
        if self.ahead is None:
            raise _OffGrammar
        return self.ahead

    def _is_mark(self, mark: str) -> bool:
        token = self._peek()
        return token.kind is Kind.MARK and token.text == mark

    def _take_mark(self, mark: str) -> Token:
        token = self._peek()
        if not self._is_mark(mark):
            raise _OffGrammar
        self._step()
        return token

    def _skip_newlines(self) -> None:
        while self._peek().kind is Kind.NEWLINE:
            self._step()

    def _header(self) -> Path:
        """Read `[a.b]` or `[[a.b]]`; gives the path of the table that it opens."""
        opening = self._take_mark("[")
        is_array = self._is_mark("[")
        if is_array:
            self._step()
        keys = self._dotted_key()
        self._take_mark("]")
        if is_array:
            self._take_mark("]")
        place = Place(*self.lines.place(opening.start), *self.lines.place(opening.start))
        path = self._resolved(tuple(name for name, _ in keys[:-1]), place)
        path = (*path, keys[-1][0])
        self._check_header(path, place, is_array=is_array)
        if is_array:
            self.found.setdefault(path, place)
            index = self.counts.get(path, 0)
            self.counts[path] = index + 1
            path = (*path, index)
        self.headers.add(path)
        self.found.setdefault(path, place)
        return path

    def _check_header(self, path: Path, place: Place, *, is_array: bool) -> None:
        """Note a header whose table exists already as something else, or at all."""
        taken = path in self.assigned or path in self.dotted or path in self.headers
        if taken or (not is_array and path in self.counts):
            self.repeated.append(Repeated(path, self.found[path], place))

    def _resolved(self, keys: tuple[str, ...], place: Place) -> Path:
        """Path of nested tables, through the latest member of every array of tables."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            self.found.setdefault(path, place)
            if path in self.assigned:
                self.repeated.append(Repeated(path, self.found[path], place))
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def _dotted_key(self) -> list[tuple[str, Token]]:
        keys = [self._simple_key()]
        while self.ahead is not None and self._is_mark("."):
            self._step()
            keys.append(self._simple_key())
        return keys

    def _simple_key(self) -> tuple[str, Token]:
        token = self._peek()
        self._step()
        if token.kind is Kind.WORD:
            return token.text, token
        if token.kind is not Kind.STRING:
            raise _OffGrammar
        try:
            return str(tomllib.loads(f"key = {token.text}")["key"]), token
        except tomllib.TOMLDecodeError:
            raise _OffGrammar from None

    def _key_value(self, table: Path) -> None:
        keys = self._dotted_key()
        self._take_mark("=")
        path = table
        for name, token in keys[:-1]:
            path = (*path, name)
            line, column = self.lines.place(token.start)
            place = Place(line, column, line, column)
            if path in self.headers or path in self.assigned:
                self.repeated.append(Repeated(path, self.found[path], place))
            self.found.setdefault(path, place)
            self.dotted.add(path)
        name, token = keys[-1]
        path = (*path, name)
        value_place = self.lines.place(self._peek().start)
        place = Place(*value_place, *self.lines.place(token.start))
        if path in self.found:
            self.repeated.append(Repeated(path, self.found[path], place))
        self.found.setdefault(path, place)
        self.assigned.add(path)
        self._value(path)

    def _value(self, path: Path) -> None:
        if self._is_mark("["):
            self._array(path)
        elif self._is_mark("{"):
            self._inline_table(path)
        else:
            self._scalar()

    def _scalar(self) -> None:
        """A scalar may be several tokens: numbers with points, times with a blank."""
        begin = self._peek()
        while self.ahead is not None and not _ends_scalar(self.ahead):
            self._step()
        if self.ahead is begin:
            raise _OffGrammar

    def _array(self, path: Path) -> None:
        self._take_mark("[")
        index = 0
        self._skip_newlines()
        while not self._is_mark("]"):
            member: Path = (*path, index)
            line, column = self.lines.place(self._peek().start)
            self.found.setdefault(member, Place(line, column, line, column))
            self._value(member)
            index += 1
            self._skip_newlines()
            if not self._is_mark("]"):
                self._take_mark(",")
                self._skip_newlines()
        self._step()

    def _inline_table(self, path: Path) -> None:
        self._take_mark("{")
        while not self._is_mark("}"):
            self._key_value(path)
            if not self._is_mark("}"):
                self._take_mark(",")
        self._step()


def _ends_scalar(token: Token) -> bool:
    return token.kind is Kind.NEWLINE or (token.kind is Kind.MARK and token.text != ".")
