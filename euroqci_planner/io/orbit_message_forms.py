"""Orbit Mean-Elements Messages as lines of text: CSV, one message a line, and KVN.

A reader yields the keyword texts of one message after the other with their places; what the
texts mean is judged in `orbit_messages`. Source: CCSDS 502.0-B-3 (KVN); CSV as the public
catalogues write it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.element_columns import ElementFault, shown

KEYWORDS = frozenset(
    {
        "OBJECT_NAME",
        "OBJECT_ID",
        "CENTER_NAME",
        "REF_FRAME",
        "TIME_SYSTEM",
        "MEAN_ELEMENT_THEORY",
        "EPOCH",
        "MEAN_MOTION",
        "ECCENTRICITY",
        "INCLINATION",
        "RA_OF_ASC_NODE",
        "ARG_OF_PERICENTER",
        "MEAN_ANOMALY",
        "EPHEMERIS_TYPE",
        "CLASSIFICATION_TYPE",
        "NORAD_CAT_ID",
        "ELEMENT_SET_NO",
        "REV_AT_EPOCH",
        "BSTAR",
        "MEAN_MOTION_DOT",
        "MEAN_MOTION_DDOT",
    }
)
_KVN_LINE = re.compile(r"\s*([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*")
_WITH_UNIT = re.compile(r"([^\[\]]*?)\s*\[([^\[\]]*)\]")
_PLAIN_TEXT = frozenset({"OBJECT_NAME", "OBJECT_ID"})
_COMMENT = re.compile(r"\s*(?:COMMENT(?:\s.*)?)?")
_FETCH_AGAIN = "fetch the file again"


@dataclass(frozen=True, slots=True)
class RawField:
    """Text of one keyword with its place; `unit` as written beside it, '' if none is."""

    text: str
    line: int
    column: int = 0
    unit: str = ""


@dataclass(slots=True)
class RawMessage:
    """Keyword texts of one message; absent and empty ones are not in `fields`.

    `self_contained`: the form states frame, time system and theory in each message (XML, KVN);
    the catalogues' JSON and CSV leave them out.
    """

    source: str
    line: int
    self_contained: bool
    fields: dict[str, RawField] = field(default_factory=dict)
    faults: list[ElementFault] = field(default_factory=list)
    is_broken: bool = False

    def put(self, keyword: str, value: RawField) -> None:
        """Keep a keyword of the standard; a second text for it is a fault."""
        if keyword not in KEYWORDS or not value.text:
            return
        if keyword in self.fields:
            problem = f"is given twice, first as {shown(self.fields[keyword].text)}"
            self.fault("repeated", keyword, value, problem, "leave one")
        self.fields.setdefault(keyword, value)

    def fault(self, rule: str, keyword: str, value: RawField, problem: str, mend: str) -> None:
        """Note what is wrong with a keyword."""
        self.faults.append(
            ElementFault(
                problem,
                self.source,
                value.line,
                value.column,
                keyword,
                shown(value.text) if value.text else "",
                mend,
                rule,
            )
        )


def text_lines(data: bytes) -> Iterator[tuple[int, str]]:
    """Numbered lines; bytes that are no UTF-8 come out as surrogates, which no rule accepts."""
    for number, raw in enumerate(data.splitlines(), start=1):
        yield number, raw.decode("utf-8", "surrogateescape")


def csv_messages(data: bytes, source: str) -> Iterator[RawMessage]:
    """Messages of a CSV file: a header of keywords, then one message a line.

    Raises InvalidInput if the header is not a list of keywords.
    """
    lines = [(number, text) for number, text in text_lines(data) if text.strip()]
    header = _csv_header(lines[0][1], source, lines[0][0])
    for number, text in lines[1:]:
        message = RawMessage(source, number, self_contained=False)
        cells = _csv_cells(text)
        if cells is None or len(cells) != len(header):
            _note_broken_line(message, text, cells, header)
            # A line cut off by the end of the file still names its satellite; others may not.
            cells = cells[:-1] if cells and number == lines[-1][0] else []
        for keyword, cell in zip(header, cells, strict=False):
            message.put(keyword, RawField(cell.strip(), number))
        yield message


def _note_broken_line(
    message: RawMessage, text: str, cells: list[str] | None, header: list[str]
) -> None:
    """Say what is wrong with the cells of a line."""
    problem = "has unfinished quotes"
    if cells is not None:
        problem = f"has {len(cells)} cells under a header of {len(header)}"
        problem += f", the last is {shown(cells[-1])}"
    message.is_broken = True
    message.fault("csv", "line", RawField(text, message.line, 1), problem, _FETCH_AGAIN)


def _csv_header(head: str, source: str, line: int) -> list[str]:
    header = [cell.strip() for cell in _csv_cells(head) or []]
    repeated = [name for name, count in Counter(header).items() if count > 1]
    if "NORAD_CAT_ID" in header and not repeated:
        return header
    problem = f"names {shown(repeated[0])} twice" if repeated else "has no column NORAD_CAT_ID"
    mend = "the header is a line of OMM keywords with commas between them"
    raise InvalidInput.single(problem, file=source, line=line, where="CSV header", mend=mend)


def _csv_cells(text: str) -> list[str] | None:
    """Cells of one line; None if its quotes do not close."""
    try:
        return next(csv.reader([text], strict=True))
    except (csv.Error, StopIteration):
        return None


def kvn_messages(data: bytes, source: str) -> Iterator[RawMessage]:
    """Messages of a KVN file: `KEYWORD = value [unit]` lines, one message after the other.

    A message begins with CCSDS_OMM_VERS, or where OBJECT_NAME comes a second time.
    """
    message: RawMessage | None = None
    for number, text in text_lines(data):
        if _COMMENT.fullmatch(text):
            continue
        entry = _KVN_LINE.fullmatch(text)
        keyword = entry[1] if entry else ""
        if message is None or _begins(keyword, message):
            if message is not None and message.fields:
                yield message
            message = RawMessage(source, number, self_contained=True)
        if entry is None:
            place = RawField(text, number, 1)
            message.fault("kvn", "line", place, "is not KEYWORD = value", _FETCH_AGAIN)
        else:
            message.put(keyword, _kvn_value(keyword, entry, number))
    if message is not None and (message.fields or message.faults):
        yield message


def _kvn_value(keyword: str, entry: re.Match[str], number: int) -> RawField:
    """Value and unit of a line; brackets in a name belong to the name."""
    split = None if keyword in _PLAIN_TEXT else _WITH_UNIT.fullmatch(entry[2])
    text, unit = (split[1], split[2]) if split else (entry[2], "")
    return RawField(text, number, entry.start(2) + 1, unit)


def _begins(keyword: str, message: RawMessage) -> bool:
    return keyword == "CCSDS_OMM_VERS" or (keyword == "OBJECT_NAME" and keyword in message.fields)
