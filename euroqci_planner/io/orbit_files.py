"""The orbit door: TLE, 3LE and OMM files in, element sets and a report on every record out."""

from __future__ import annotations

import codecs
import difflib
import hashlib
import os
import re
import stat
from enum import StrEnum
from pathlib import Path

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.element_selection import check_age, select_element_set
from euroqci_planner.io.import_report import ImportReport
from euroqci_planner.io.orbit_message_forms import csv_messages, kvn_messages
from euroqci_planner.io.orbit_message_trees import json_messages, xml_messages
from euroqci_planner.io.orbit_messages import read_orbit_messages
from euroqci_planner.io.orbit_text import read_element_lines
from euroqci_planner.mission.orbits import ElementSet, ImportRecord, OrbitFile, StalePolicy

__all__ = [
    "MAX_BYTES",
    "OrbitFormat",
    "check_age",
    "orbit_format",
    "parse_orbit_text",
    "read_orbit_file",
    "select_element_set",
]

MAX_BYTES = 64 * 1024 * 1024
_LOOKED_AT = 4096
_XML_HEAD = re.compile(rb"<(\?xml|!|(\w+:)?(ndm|omm|html)\b)", re.IGNORECASE)
_JSON_HEAD = re.compile(rb"(\[\s*)?\{\s*\"|\[\s*\]")
_KVN_LINE = re.compile(rb"^[ \t]*(CCSDS_OMM_VERS|OBJECT_NAME|NORAD_CAT_ID)[ \t]*=", re.MULTILINE)
_CSV_HEAD = re.compile(rb"[^\r\n]*\b(NORAD_CAT_ID|OBJECT_NAME|MEAN_MOTION)\b")
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


class OrbitFormat(StrEnum):
    """Formats of orbit files, told apart by their content."""

    TWO_LINE = "TLE"
    OMM_XML = "OMM XML"
    OMM_JSON = "OMM JSON"
    OMM_CSV = "OMM CSV"
    OMM_KVN = "OMM KVN"


def read_orbit_file(
    path: Path, display: str, warn_age_s: float, max_age_s: float, on_stale: StalePolicy
) -> OrbitFile:
    """Read a TLE, 3LE or OMM file; `display` is its name in messages and in the result.

    Damaged records are refused one by one in `records`, the rest loads. Raises InvalidInput if
    the file cannot be read, is no regular file, is larger than 64 MiB, holds more than a million
    records, or nothing in it looks like an element set.
    """
    data = _read_bytes(path, display)
    element_sets, records = parse_orbit_text(data, display)
    return OrbitFile(
        path=display,
        sha256=hashlib.sha256(data).hexdigest(),
        warn_age_s=warn_age_s,
        max_age_s=max_age_s,
        on_stale=on_stale,
        element_sets=element_sets,
        records=records,
    )


def parse_orbit_text(
    text: str | bytes, source: str
) -> tuple[tuple[ElementSet, ...], tuple[ImportRecord, ...]]:
    """Element sets of a text in any of the formats, and a record for each, accepted or not.

    Raises InvalidInput if it is too large or nothing in it looks like an element set.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > MAX_BYTES:
        raise _too_large(source)
    report = _read(data.removeprefix(codecs.BOM_UTF8), source)
    return tuple(report.element_sets), tuple(report.records)


def orbit_format(data: bytes) -> OrbitFormat:
    """Format of an orbit file by its beginning; what is no OMM counts as element lines."""
    head = data[:_LOOKED_AT].lstrip()
    if _XML_HEAD.match(head):
        return OrbitFormat.OMM_XML
    if _JSON_HEAD.match(head):
        return OrbitFormat.OMM_JSON
    if _KVN_LINE.search(head):
        return OrbitFormat.OMM_KVN
    if _CSV_HEAD.match(head):
        return OrbitFormat.OMM_CSV
    return OrbitFormat.TWO_LINE


_MESSAGES = {
    OrbitFormat.OMM_XML: xml_messages,
    OrbitFormat.OMM_JSON: json_messages,
    OrbitFormat.OMM_CSV: csv_messages,
    OrbitFormat.OMM_KVN: kvn_messages,
}


def _read(data: bytes, source: str) -> ImportReport:
    if data.startswith(_WIDE_MARKS):
        problem = "the file is UTF-16 or UTF-32"
        raise InvalidInput.single(problem, file=source, mend="save it as UTF-8 or plain ASCII")
    orbit_form = orbit_format(data)
    if orbit_form is OrbitFormat.TWO_LINE:
        return read_element_lines(data, source)
    return read_orbit_messages(_MESSAGES[orbit_form](data, source), source)


def _read_bytes(path: Path, display: str) -> bytes:
    """The bytes of a regular file; never waits on a pipe, never reads more than the limit."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        raise _missing(path, display) from None
    except (OSError, ValueError) as problem:
        raise _unreadable(display, problem) from problem
    try:
        _require_regular(os.fstat(handle), display)
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1)
    except OSError as problem:
        raise _unreadable(display, problem) from problem
    finally:
        os.close(handle)


def _require_regular(status: os.stat_result, display: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "no regular file"
        raise InvalidInput.single(f"is {what}", file=display, mend="give an orbit file")
    if status.st_size > MAX_BYTES:
        raise _too_large(display)


def _unreadable(display: str, problem: Exception) -> InvalidInput:
    reason = getattr(problem, "strerror", None) or str(problem)
    return InvalidInput.single(
        f"cannot be read: {reason}", file=display, mend="check the path and its permissions"
    )


def _missing(path: Path, display: str) -> InvalidInput:
    """The file is not there: name the nearest one that is."""
    mend = "check the path"
    try:
        near = difflib.get_close_matches(path.name, [p.name for p in path.parent.iterdir()], n=1)
    except (OSError, ValueError):
        near = []
    if near:
        mend += f"; beside it there is {near[0]}"
    return InvalidInput.single("there is no such file", file=display, mend=mend)


def _too_large(source: str) -> InvalidInput:
    problem = f"is larger than {MAX_BYTES // 1024**2} MiB"
    return InvalidInput.single(problem, file=source, mend="leave out what is not needed")
