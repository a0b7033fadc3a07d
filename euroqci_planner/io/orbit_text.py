"""Files of two-line element sets (TLE, 3LE): found in the text record by record.

A damaged record costs itself alone: reading goes on at the next line that can begin a record,
and every line that is not used is in the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.element_columns import (
    FIRST_FORM,
    NUMBER,
    SECOND_FORM,
    ElementFault,
    catalogue_number,
    shown,
)
from euroqci_planner.io.element_faults import first_line_faults, second_line_faults
from euroqci_planner.io.element_lines import ElementText, TextLine, read_element_text
from euroqci_planner.io.import_report import ImportReport, name_problem, safe_name

MAX_LINES = 2_000_000
_SHORTEST = 40
_LONGEST = 200
_FETCH_AGAIN = "fetch the file again"
_BEGINNING = re.compile(r"[12] [0-9A-Z][0-9]{3}")
_STUMP = re.compile(r"[12] ?[0-9A-Z]?[0-9]{0,3}")


class Kind(Enum):
    """What a line of an orbit file looks like, however damaged."""

    NAME = 0
    FIRST = 1
    SECOND = 2


@dataclass(frozen=True, slots=True)
class _Found:
    """Lines that belong together: strays, then a name and the two lines, each possibly missing."""

    strays: list[TextLine]
    name: TextLine | None
    first: TextLine | None
    second: TextLine | None


def read_element_lines(data: bytes, source: str) -> ImportReport:
    """Element sets of a TLE or 3LE file, with a record for each, accepted or not.

    Ends of lines may be LF, CR LF or CR; blank lines and lines with `#` are skipped; names may
    begin with `0 ` and be UTF-8 or Latin-1. Raises InvalidInput if no line looks like an element
    line, or beyond a million records, 100 000 refused ones or two million lines.
    """
    lines = _text_lines(data, source)
    kinds = [kind_of(line.text) for line in lines]
    if all(kind is Kind.NAME for kind in kinds):
        raise InvalidInput([_nothing_found(lines, source)])
    report = ImportReport(source)
    for found in _records(lines, kinds):
        if found.strays:
            _refuse_strays(report, found.strays)
        if found.first and found.second:
            _take(report, found.name, ElementText(found.first, found.second, "", source))
        elif found.first:
            _refuse_half(report, found.name, found.first, Kind.FIRST)
        elif found.second:
            _refuse_half(report, found.name, found.second, Kind.SECOND)
    return report


def kind_of(text: str) -> Kind:
    """What a line looks like: line 1, line 2, or else a name.

    A whole element line has many digits and is told by its points (line 1 has two, line 2 five),
    which survive a shifted or changed character; a short one by how it begins.
    """
    if FIRST_FORM.fullmatch(text):
        return Kind.FIRST
    if SECOND_FORM.fullmatch(text):
        return Kind.SECOND
    if _SHORTEST <= len(text) <= _LONGEST and _digits(text[:8]) >= 4 and _digits(text) >= 20:
        return Kind.SECOND if text[:70].count(".") > 3 else Kind.FIRST
    if len(text) <= _LONGEST and (_BEGINNING.match(text) or _STUMP.fullmatch(text)):
        return Kind.FIRST if text[0] == "1" else Kind.SECOND
    return Kind.NAME


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _text_lines(data: bytes, source: str) -> list[TextLine]:
    if max(data.count(b"\n"), data.count(b"\r")) > MAX_LINES:
        problem = f"the file has more than {MAX_LINES} lines"
        raise InvalidInput.single(problem, file=source, mend="split the file")
    lines = []
    for number, raw in enumerate(data.splitlines(), start=1):
        bare = raw.strip()
        if bare and not bare.startswith(b"#"):
            lines.append(TextLine(number, _decoded(raw.rstrip(b" "))))
    return lines


def _decoded(raw: bytes) -> str:
    """Text of one line: UTF-8, or else Latin-1, in which every byte is a character."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _records(lines: list[TextLine], kinds: list[Kind]) -> Iterator[_Found]:
    at, end = 0, len(lines)
    while at < end:
        start = at
        while at < end and kinds[at] is Kind.NAME:
            at += 1
        names = lines[start:at]
        if at == end:
            yield _Found(names, None, None, None)
            return
        first: TextLine | None = None
        second: TextLine | None = None
        if kinds[at] is Kind.FIRST:
            first = lines[at]
            at += 1
        if at < end and kinds[at] is Kind.SECOND:
            second = lines[at]
            at += 1
        yield _Found(names[:-1], names[-1] if names else None, first, second)


def _take(report: ImportReport, name_line: TextLine | None, lines: ElementText) -> None:
    name = _name(name_line)
    faults = _name_faults(name_line, report.source)
    try:
        elements = read_element_text(replace(lines, name=name))
        if not faults:
            report.accept(elements)
            return
    except InvalidInput as refusal:
        faults += [fault for fault in refusal.faults if isinstance(fault, ElementFault)]
    number = _number_of(lines.first) or _number_of(lines.second)
    report.refuse(lines.first.number, number, safe_name(name), faults)


def _refuse_half(report: ImportReport, name: TextLine | None, line: TextLine, kind: Kind) -> None:
    """A line without its other half: say so first, then what is wrong with the line itself."""
    judge = first_line_faults if kind is Kind.FIRST else second_line_faults
    lone, missing = kind.value, 3 - kind.value
    fault = ElementFault(
        f"line {lone} stands without its line {missing}",
        report.source,
        line.number,
        1,
        "record",
        shown(line.text),
        _FETCH_AGAIN,
        f"missing-line-{missing}",
    )
    faults = [fault, *judge(line.text, report.source, line.number)]
    report.refuse(line.number, _number_of(line), safe_name(_name(name)), faults)


def _refuse_strays(report: ImportReport, strays: list[TextLine]) -> None:
    """Lines that are neither element lines nor the name before one: one record for the run."""
    others = len(strays) - 1
    more = f", nor {'is the line' if others == 1 else f'are the {others} lines'} after it"
    fault = ElementFault(
        f"is neither an element line nor the name before one{more if others else ''}",
        report.source,
        strays[0].number,
        1,
        "line",
        shown(strays[0].text),
        "delete it, or put # before a comment",
        "stray-line",
    )
    report.refuse(strays[0].number, 0, "", [fault])


def _name(line: TextLine | None) -> str:
    """Name of a satellite, without the `0 ` by which some files mark it."""
    text = line.text.strip() if line else ""
    return text[2:].strip() if text.startswith("0 ") else "" if text == "0" else text


def _name_faults(line: TextLine | None, source: str) -> list[ElementFault]:
    name = _name(line)
    problem, index = name_problem(name)
    if line is None or not problem:
        return []
    column = line.text.index(name) + index + 1
    mend = "write a plain name"
    return [ElementFault(problem, source, line.number, column, "name", shown(name), mend, "name")]


def _number_of(line: TextLine) -> int:
    """Catalogue number of a line if it can be read, else 0."""
    if line.text[:2] in {"1 ", "2 "} and NUMBER.fits(line.text):
        return catalogue_number(NUMBER.of(line.text))
    return 0


def _nothing_found(lines: list[TextLine], source: str) -> ElementFault:
    if not lines:
        return ElementFault("the file is empty", source, mend="give TLE, 3LE or OMM")
    first = lines[0]
    mend = "give TLE, 3LE or OMM as XML, JSON, CSV or KVN"
    problem = "no line of the file is an element line; the first is this"
    return ElementFault(
        problem, source, first.number, 1, "line", shown(first.text), mend, "stray-line"
    )
