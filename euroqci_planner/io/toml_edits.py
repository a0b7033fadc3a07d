"""Edits of a TOML text that leave everything else as it was written: comments, order, layout.

A saved scenario differs from the former one only in the lines that were meant. Every edit is
checked: the new text must parse to exactly the data that the edit asks for.
"""

from __future__ import annotations

import copy
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from euroqci_planner.io.toml_locator import Path
from euroqci_planner.io.toml_statements import Statement, statements

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_COMMENT = re.compile(r"([ \t]+)(?=#)")
_ESCAPES: Mapping[str, str] = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_Splice = tuple[int, int, str]


def value_text(value: Any) -> str:
    """A value as TOML; raises TypeError for what TOML cannot hold, ValueError for nan and inf."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(name)} = {value_text(item)}" for name, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(value_text(item) for item in value)}]"
    return _scalar(value)


def with_value(text: str, path: Path, value: Any) -> str:
    """The text with another value at `path`; key and table are added where they are missing.

    Raises ValueError where `path` does not lead through tables.
    """
    found = statements(text)
    holder = _holder(found, path)
    if holder is not None:
        rest = path[len(holder.path) :]
        splices = [_replaced(text, holder, rest, value)]
    else:
        splices = [_inserted(text, found, path, value)]
    return _checked(text, splices, lambda data: _set(data, path, value))


def without(text: str, paths: Iterable[Path]) -> str:
    """The text without the values, tables or members at `paths`; missing ones are no fault."""
    found = statements(text)
    gone = list(dict.fromkeys(paths))
    splices = _removals(text, found, gone)
    for path in gone:
        holder = _holder(found, path)
        if holder is not None and len(holder.path) < len(path):
            if sum(other[: len(holder.path)] == holder.path for other in gone) > 1:
                raise ValueError("several members of one inline value are taken out one by one")
            splices.append(_replaced(text, holder, path[len(holder.path) :], _GONE))
    return _checked(text, splices, lambda data: _delete(data, gone))


def with_tables(text: str, path: Path, members: Sequence[Mapping[str, Any]]) -> str:
    """The text with members added to the array of tables at `path`.

    They stand behind the last member, or at the end of the table that the array belongs to.
    """
    found = statements(text)
    holder = _holder(found, path)
    if holder is not None:
        every = [*_at(tomllib.loads(text), path), *members]
        splices = [_replaced(text, holder, path[len(holder.path) :], every)]
    else:
        splices = [_appended(text, found, path, members)]
    return _checked(text, splices, lambda data: _extend(data, path, members))


_GONE: Any = object()


def _scalar(value: Any) -> str:
    for kind, write in _SCALARS:
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"TOML has no {type(value).__name__}")


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError("a scenario holds finite numbers")
    return re.sub(r"e([+-])0+(\d)", r"e\1\2", repr(value)).replace("e+", "e")


def _text(value: str) -> str:
    return f'"{"".join(_character(item) for item in value)}"'


def _character(item: str) -> str:
    if item in _ESCAPES:
        return _ESCAPES[item]
    if item.isprintable():
        return item
    return f"\\u{ord(item):04x}" if ord(item) < 0x10000 else f"\\U{ord(item):08x}"


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    plain = value.astimezone(UTC).replace(tzinfo=None)
    return f"{plain.isoformat()}Z"


# bool before int, datetime before date: each is one of the other too.
_SCALARS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (float, _number),
    (int, str),
    (str, _text),
    (datetime, _moment),
    (date, date.isoformat),
    (time, time.isoformat),
)


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _holder(found: Sequence[Statement], path: Path) -> Statement | None:
    """The `key = value` that gives `path`, or an inline value around it."""
    pairs = (item for item in found if not item.is_header)
    return next((item for item in pairs if path[: len(item.path)] == item.path), None)


def _replaced(text: str, holder: Statement, rest: Path, value: Any) -> _Splice:
    """The value of a statement exchanged, or something inside it; a comment keeps its column."""
    old = text[holder.value : holder.end]
    whole = value
    if rest:
        whole = tomllib.loads(f"value = {old}")["value"]
        _put(whole, rest, value)
    written = _laid_out(old, whole, _newline(text))
    gap = _COMMENT.match(text, holder.end)
    if gap is None or "\n" in written:
        return holder.value, holder.end, written
    width = max(1, len(gap.group(1)) + len(old) - len(written))
    return holder.value, gap.end(), written + " " * width


def _put(whole: Any, rest: Path, value: Any) -> None:
    inner = _at(whole, rest[:-1])
    if value is _GONE:
        del inner[rest[-1]]
    elif isinstance(inner, list) and rest[-1] == len(inner):
        inner.append(value)
    else:
        inner[rest[-1]] = value


def _laid_out(old: str, value: Any, newline: str) -> str:
    """An array that stood on several lines stays one member to a line."""
    if "\n" not in old or not isinstance(value, list):
        return value_text(value)
    lines = "".join(f"  {value_text(item)},{newline}" for item in value)
    return f"[{newline}{lines}]"


def _line_end(text: str, offset: int) -> int:
    """Behind the line end that follows, and behind the comment before it."""
    at = text.find("\n", offset)
    return len(text) if at < 0 else at + 1


def _inserted(text: str, found: Sequence[Statement], path: Path, value: Any) -> _Splice:
    """A new key at the end of its table, or with a new table."""
    newline, table = _newline(text), path[:-1]
    own = [item for item in found if item.table == table]
    if own or not table:
        first = "" if own else newline
        at = _line_end(text, own[-1].end) if own else 0
        return _line(text, at, f"{_key(str(path[-1]))} = {value_text(value)}{newline}", first)
    dotted = [item for item in found if item.is_within(table) and len(item.table) < len(table)]
    if dotted:
        last = dotted[-1]
        keys = ".".join(_key(str(part)) for part in path[len(last.table) :])
        at = _line_end(text, last.end)
        return _line(text, at, f"{keys} = {value_text(value)}{newline}")
    header = f"[{_header(table)}]{newline}{_key(str(path[-1]))} = {value_text(value)}{newline}"
    return _block(text, found, table, [header])


def _line(text: str, at: int, line: str, behind: str = "") -> _Splice:
    is_open = 0 < at == len(text) and not text.endswith("\n")
    return at, at, (_newline(text) if is_open else "") + line + behind


def _header(path: Path) -> str:
    return ".".join(_key(part) for part in path if isinstance(part, str))


def _appended(
    text: str, found: Sequence[Statement], path: Path, members: Sequence[Mapping[str, Any]]
) -> _Splice:
    newline = _newline(text)
    blocks = [
        f"[[{_header(path)}]]{newline}"
        + "".join(f"{_key(name)} = {value_text(value)}{newline}" for name, value in item.items())
        for item in members
    ]
    return _block(text, found, path, blocks)


def _block(text: str, found: Sequence[Statement], path: Path, blocks: Sequence[str]) -> _Splice:
    """Blocks behind what `path` holds, or behind the nearest table around it.

    Blocks of the top level and of tables without number stand apart by a blank line; those inside
    a member of an array follow at once.
    """
    around = next(
        (inner for n in range(len(path), 0, -1) if (inner := _last_within(found, path[:n]))), None
    )
    if around is None:
        around = found[-1] if found else None
    newline = _newline(text)
    at = _line_end(text, around.end) if around else len(text)
    is_apart = not any(isinstance(part, int) for part in path)
    joined = "".join((newline if is_apart else "") + block for block in blocks)
    return _line(text, at, joined)


def _last_within(found: Sequence[Statement], path: Path) -> Statement | None:
    return next((item for item in reversed(found) if item.is_within(path)), None)


def _removals(text: str, found: Sequence[Statement], gone: Sequence[Path]) -> list[_Splice]:
    """Runs of statements that lie within `gone`, whole lines; one blank line of two goes too."""
    wanted = set(gone)
    lengths = {len(path) for path in wanted}
    splices: list[_Splice] = []
    start = end = -1
    for item in found:
        is_gone = any(item.path[:length] in wanted for length in lengths)
        line = text.rfind("\n", 0, item.start) + 1
        if is_gone and start < 0:
            start = line
        if is_gone:
            end = _line_end(text, item.end)
        elif start >= 0:
            splices.append(_cut(text, start, end))
            start = -1
    if start >= 0:
        splices.append(_cut(text, start, end))
    return splices


def _cut(text: str, start: int, end: int) -> _Splice:
    blank = re.compile(r"[ \t]*\r?\n")
    follows = blank.match(text, end)
    is_blank_before = start == 0 or re.search(r"(^|\n)[ \t]*\r?\n$", text[:start]) is not None
    if follows is not None and is_blank_before:
        end = follows.end()
    elif end == len(text) and is_blank_before:
        start = len(text[:start].rstrip()) + len(_newline(text)) if text[:start].strip() else 0
    return start, end, ""


def _checked(text: str, splices: Iterable[_Splice], change: Any) -> str:
    """The text with its splices, if it holds exactly what the change asks for."""
    new = text
    for start, end, piece in sorted(splices, reverse=True):
        new = new[:start] + piece + new[end:]
    wanted = copy.deepcopy(tomllib.loads(text))
    change(wanted)
    if _comparable(tomllib.loads(new)) != _comparable(wanted):
        raise ValueError("the text cannot be edited here without touching something else")
    return new


def _comparable(data: Any) -> Any:
    """Data in which an empty array or table counts as absent: TOML text cannot tell."""
    if isinstance(data, dict):
        inner = {key: _comparable(item) for key, item in data.items()}
        return {key: item for key, item in inner.items() if item not in ({}, [])}
    return [_comparable(item) for item in data] if isinstance(data, list) else (type(data), data)


def _at(data: Any, path: Path) -> Any:
    for part in path:
        data = data[part]
    return data


def _table(data: Any, path: Path) -> Any:
    for part in path:
        if isinstance(part, str) and part not in data:
            data[part] = {}
        data = data[part]
    return data


def _set(data: Any, path: Path, value: Any) -> None:
    inner = _table(data, path[:-1])
    if isinstance(inner, list) and path[-1] == len(inner):
        inner.append(value)
    else:
        inner[path[-1]] = value


def _extend(data: Any, path: Path, members: Sequence[Mapping[str, Any]]) -> None:
    inner = _table(data, path[:-1])
    inner.setdefault(path[-1], []).extend(dict(item) for item in members)


def _delete(data: Any, gone: Sequence[Path]) -> None:
    for path in sorted(gone, key=_from_the_end, reverse=True):
        try:
            del _at(data, path[:-1])[path[-1]]
        except (KeyError, IndexError):
            continue


def _from_the_end(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((part, "") if isinstance(part, int) else (-1, part) for part in path)
