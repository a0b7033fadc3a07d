"""CSV by RFC 4180: CRLF, UTF-8, point decimals, empty cells for absent values.

Text that a spreadsheet would take for a formula is defused by an apostrophe in front of it;
`restored` takes it away again. Numbers are written as numbers and never touched.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

from euroqci_planner.io.exports.csv_cells import cells_of, lines_of
from euroqci_planner.io.exports.plain_text import utf8
from euroqci_planner.mission.named_columns import PlanColumns

LINE_END = "\r\n"

# A spreadsheet that splits at semicolons, or drops quotes, starts a new cell behind them.
_FORMULA = r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
_TO_DEFUSE = re.compile(rf"(^|[;\"])(?={_FORMULA})")
_TO_RESTORE = re.compile(rf"(^|[;\"])'(?={_FORMULA})")
_SPECIAL = re.compile(r"[\",\r\n]")
_ROWS_AT_ONCE = 8_192


def table_bytes(table: PlanColumns) -> bytes:
    """The file of a table: one header line with the column names, then a line per row."""
    file = BytesIO()
    file.write(header_line(table))
    file.writelines(table_lines(table))
    return file.getvalue()  # without a copy, which joining the parts would need


def header_line(table: PlanColumns) -> bytes:
    """The line with the names of the columns."""
    return utf8(",".join(map(_safe_cell, table.formats)) + LINE_END)


def table_lines(table: PlanColumns) -> Iterator[bytes]:
    """The lines of the rows of a table, some thousands at a time: memory for these alone."""
    for begin in range(0, table.rows, _ROWS_AT_ONCE):
        part = table.part(begin, begin + _ROWS_AT_ONCE)
        yield lines_of([cells_of(part, name, _safe_cell) for name in part.formats])


def csv_bytes(names: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> bytes:
    """A file of plain values: texts are defused, numbers written shortest, None is empty."""
    return _joined(names, ([_plain_cell(value) for value in row] for row in rows))


def _joined(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    header = ",".join(_safe_cell(name) for name in names)
    return utf8(LINE_END.join([header, *map(",".join, rows), ""]))


def _plain_cell(value: str | float | None) -> str:
    if isinstance(value, str):
        return _safe_cell(value)
    if value is None or not math.isfinite(value):
        return ""
    return str(value)


def defused(text: str) -> str:
    """The text with an apostrophe before every place where a formula could start."""
    return _TO_DEFUSE.sub(r"\1'", text)


def restored(cell: str) -> str:
    """The text that `defused` was given."""
    return _TO_RESTORE.sub(r"\1", cell)


def _safe_cell(text: str) -> str:
    safe = defused(text)
    return '"' + safe.replace('"', '""') + '"' if _SPECIAL.search(safe) else safe
