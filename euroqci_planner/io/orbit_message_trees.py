"""Orbit Mean-Elements Messages as trees: JSON as the public catalogues write it, and XML.

XML is read by expat, told to take UTF-8 and no document type: a file with `<!DOCTYPE` or
`<!ENTITY` is refused before it is parsed, so nothing can be expanded or fetched. Source: CCSDS
505.0-B (XML).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.parsers import expat

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.element_columns import shown
from euroqci_planner.io.orbit_message_forms import KEYWORDS, RawField, RawMessage

MAX_DEPTH = 32
MAX_BROKEN = 100
_FETCH_AGAIN = "fetch the file again"
_FORBIDDEN = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
_NEXT_OBJECT = re.compile(r"\}\s*,\s*(?=\{)")
_BLANK = re.compile(r"[ \t\r\n]*")


class _JsonNumber(str):
    """A number of a JSON text as it was written."""

    __slots__ = ()


class _JsonObject(list[tuple[str, Any]]):
    """The pairs of a JSON object, repeated keys included."""


_DECODER = json.JSONDecoder(
    object_pairs_hook=_JsonObject,
    parse_float=_JsonNumber,
    parse_int=_JsonNumber,
    parse_constant=_JsonNumber,
)


class _Places:
    """Line and column of growing positions in a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._seen = 0
        self._line = 1
        self._line_start = 0

    def at(self, position: int) -> tuple[int, int]:
        """Line and column, from 1, of a position that is not before the last one asked for."""
        newline = self._text.rfind("\n", self._seen, position)
        if newline >= 0:
            self._line += self._text.count("\n", self._seen, position)
            self._line_start = newline + 1
        self._seen = position
        return self._line, position - self._line_start + 1


def json_messages(data: bytes, source: str) -> Iterator[RawMessage]:
    """Messages of a JSON file: one object, or an array of them.

    After a broken object reading goes on at the next; after 100 of them it stops and says so.
    """
    text = data.decode("utf-8", "surrogateescape")
    places = _Places(text)
    at, broken = _blank_end(text, 0), 0
    is_array = text[at] == "["
    at = _first_object(text, at) if is_array else at
    while at >= 0:
        value, end, problem = _object_at(text, at)
        if value is not None:
            yield _json_message(value, places, text[at:end], at, source)
            end, problem = _after_object(text, end, is_array)
        if problem:
            broken += 1
            stop = "; reading stops here, there are too many" if broken == MAX_BROKEN else ""
            yield _broken(source, *places.at(end), text[end : end + 40], "json", problem + stop)
            following = _NEXT_OBJECT.search(text, end) if is_array and not stop else None
            end = following.end() if following else -1
        at = end


def _blank_end(text: str, at: int) -> int:
    """Position of the next character that is no blank."""
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _first_object(text: str, at: int) -> int:
    start = _blank_end(text, at + 1)
    return -1 if text[start : start + 1] == "]" else start


def _object_at(text: str, at: int) -> tuple[_JsonObject | None, int, str]:
    """The object that begins at a position and where it ends; else where it breaks and why."""
    if text[at : at + 1] != "{":
        return None, at, "an object must begin here"
    try:
        value, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as problem:
        return None, problem.pos, f"is no JSON: {problem.msg}"
    except RecursionError:
        return None, at, "is nested too deeply"
    return value, end, ""


def _after_object(text: str, end: int, is_array: bool) -> tuple[int, str]:
    """Where the next object begins (-1: there is none), or where the array breaks and why."""
    after = _blank_end(text, end)
    if is_array and text[after : after + 1] == ",":
        return _blank_end(text, after + 1), ""
    if is_array and text[after : after + 1] != "]":
        return after, "a comma or the end of the array must stand here"
    rest = _blank_end(text, after + is_array)
    return (-1, "") if rest == len(text) else (rest, "nothing may follow the end")


def _json_message(
    pairs: _JsonObject, places: _Places, written: str, at: int, source: str
) -> RawMessage:
    """Message of an object; `written` is its text, which begins at the position `at`."""
    message = RawMessage(source, places.at(at)[0], self_contained=False)
    last = 0
    for keyword, value in pairs:
        if keyword not in KEYWORDS or value is None:
            continue
        last = max(last, written.find(f'"{keyword}"', last))
        line, column = places.at(at + last)
        if isinstance(value, str):
            message.put(keyword, RawField(value, line, column))
        else:
            place = RawField(type(value).__name__, line, column)
            message.fault("json", keyword, place, "must be a number or a text", _FETCH_AGAIN)
    return message


def _broken(source: str, line: int, column: int, text: str, rule: str, problem: str) -> RawMessage:
    message = RawMessage(source, line, self_contained=False, is_broken=True)
    message.fault(rule, rule.upper(), RawField(text, line, column), problem, _FETCH_AGAIN)
    return message


def xml_messages(data: bytes, source: str) -> Iterator[RawMessage]:
    """Messages of an XML file (`omm`, or `ndm` around several): those before the first break.

    Raises InvalidInput for a document type or entities, another encoding than UTF-8, or another
    root element.
    """
    forbidden = _FORBIDDEN.search(data)
    if forbidden:
        problem = f"has {shown(forbidden[0].decode())}: document types and entities are refused"
        line = data.count(b"\n", 0, forbidden.start()) + 1
        raise InvalidInput.single(problem, file=source, line=line, mend="delete that declaration")
    encoding = _ENCODING.match(data.lstrip())
    if encoding and encoding[1].upper() not in {b"UTF-8", b"US-ASCII", b"ASCII"}:
        problem = f"is encoded as {shown(encoding[1].decode('latin-1'))}"
        raise InvalidInput.single(problem, file=source, mend="save it as UTF-8")
    return iter(_XmlReader(source).read(data.lstrip()))


class _XmlReader:
    """Collects the keyword elements of each `segment`."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._messages: list[RawMessage] = []
        self._message: RawMessage | None = None
        self._keyword = ""
        self._field = RawField("", 0)
        self._pieces: list[str] = []
        self._depth = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._pieces.append

    def read(self, data: bytes) -> list[RawMessage]:
        """All messages; where the XML breaks, a last one that says so."""
        try:
            self._parser.Parse(data, True)  # noqa: FBT003 (the interface of expat)
        except expat.ExpatError as problem:
            text = f"is no well-formed XML: {expat.ErrorString(problem.code)}"
            place = (problem.lineno, problem.offset + 1)
            self._messages.append(_broken(self._source, *place, "", "xml", text))
        return self._messages

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if self._depth == 0 and name not in {"ndm", "omm"}:
            raise self._refusal(f"the root element is <{name[:40]}>, not <ndm> or <omm>")
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._refusal(f"elements are nested more than {MAX_DEPTH} deep")
        if name == "segment":
            self._message = RawMessage(self._source, self._line(), self_contained=True)
        if name in KEYWORDS:
            column = self._parser.CurrentColumnNumber + 1
            self._keyword = name
            self._field = RawField("", self._line(), column, attributes.get("units", ""))
        self._pieces.clear()

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        self._depth -= 1
        if name == self._keyword and self._message is not None:
            text = "".join(self._pieces).strip()
            self._message.put(name, replace(self._field, text=text))
        if name == "segment" and self._message is not None:
            self._messages.append(self._message)
            self._message = None
        self._keyword = ""
        self._pieces.clear()

    def _line(self) -> int:
        return self._parser.CurrentLineNumber

    def _refusal(self, problem: str) -> InvalidInput:
        mend = "give an OMM without it"
        return InvalidInput.single(problem, file=self._source, line=self._line(), mend=mend)
