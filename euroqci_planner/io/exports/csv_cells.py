"""Cells of whole columns as bytes: tables of a million rows are written without a loop over them.

A column becomes a matrix (rows, width) of bytes. `NOTHING`, which no UTF-8 text holds, stands
where a cell is shorter than the widest, and is taken out when the lines are put together.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.io.exports.plain_text import utf8
from euroqci_planner.mission.named_columns import ColumnKind, PlanColumns
from euroqci_planner.units import FloatArray

ByteMatrix = NDArray[np.uint8]
Cell = Callable[[str], str]

NOTHING = 0xFF

# Beyond this the steps between neighbouring numbers reach the last decimal.
_LARGEST = 1e15
_FIRST_YEAR, _LAST_YEAR = np.datetime64("1000-01-01", "us"), np.datetime64("9999-12-31", "us")
_MS_PER_DAY = 86_400_000
_ZERO = ord("0")
_INSTANT = np.frombuffer(b"0000-00-00T00:00:00.000Z", dtype=np.uint8)
_CARE_INSIDE = [ord(sign) for sign in '",;\r\n']
_CARE_IN_FRONT = [ord(sign) for sign in "'=+-@\t"]
_IS_CAREFUL = np.zeros((2, 128), dtype=np.bool_)
_IS_CAREFUL[:, _CARE_INSIDE] = True
_IS_CAREFUL[0, _CARE_IN_FRONT] = True


def cells_of(table: PlanColumns, name: str, safe: Cell) -> ByteMatrix:
    """The cells of a column; `safe` makes a cell of a text that needs care."""
    kind, values = table.formats[name].kind, table[name]
    if kind is ColumnKind.TEXT:
        return text_cells(values, safe)
    if kind is ColumnKind.INSTANT:
        return instant_cells(values, lambda: table.texts(name))
    return number_cells(table.rounded(name), table.formats[name].decimals)


def lines_of(columns: list[ByteMatrix]) -> bytes:
    """Lines of cells: commas between columns, CR LF behind each row."""
    rows = len(columns[0])
    comma, end = _repeated(b",", rows), _repeated(b"\r\n", rows)
    parts = [part for column in columns for part in (column, comma)][:-1]
    return np.concatenate([*parts, end], axis=1).tobytes().translate(None, bytes([NOTHING]))


def text_cells(values: NDArray[np.str_], safe: Cell) -> ByteMatrix:
    """Texts; where any of them needs care, `safe` sees each."""
    if values.dtype.kind == "U" and values.dtype.itemsize and len(values):
        signs = np.ascontiguousarray(values).view(np.uint32).reshape(len(values), -1)
        ends = signs == 0
        if signs.max() < len(_IS_CAREFUL[0]) and not (ends[:, :-1] & ~ends[:, 1:]).any():
            small = signs.astype(np.uint8)
            if not (_IS_CAREFUL[0][small[:, 0]].any() or _IS_CAREFUL[1][small].any()):
                small[ends] = NOTHING
                return small
    return _any_cells([safe(str(text)) for text in values.tolist()])


def instant_cells(values: NDArray[np.datetime64], texts: Callable[[], list[str]]) -> ByteMatrix:
    """Instants to the millisecond, half up, with Z; `texts` where a year has not four digits."""
    missing = np.isnat(values)
    if missing.all():
        return np.zeros((len(values), 0), dtype=np.uint8)
    known = np.where(missing, _FIRST_YEAR, values)
    if known.min() < _FIRST_YEAR or known.max() >= _LAST_YEAR:
        return _any_cells(texts())
    ms = (known.astype(np.int64) + 500) // 1000
    day, rest = np.divmod(ms, _MS_PER_DAY)
    out = np.repeat(_INSTANT[None, :], len(values), axis=0)
    _write_date(out, day)
    second, milli = np.divmod(rest.astype(np.int32), np.int32(1000))
    minute, second = np.divmod(second, np.int32(60))
    hour, minute = np.divmod(minute, np.int32(60))
    for value, place, digits in ((hour, 11, 2), (minute, 14, 2), (second, 17, 2), (milli, 20, 3)):
        _write_digits(out, place, digits, value)
    out[missing] = NOTHING
    return out


def number_cells(rounded: FloatArray, decimals: int) -> ByteMatrix:
    """Numbers with point decimals as `named_columns.number_texts` writes them.

    `rounded` are rounded to these decimals already.
    """
    finite = np.isfinite(rounded)
    if not finite.any():
        return np.zeros((len(rounded), 0), dtype=np.uint8)
    units = np.rint(np.where(finite, rounded, 0.0) * 10.0**decimals)
    if np.abs(units).max() >= _LARGEST:
        pattern = f"%.{decimals}f"
        return _any_cells([pattern % x if np.isfinite(x) else "" for x in rounded.tolist()])
    size = np.abs(units).astype(np.int64)
    size = size.astype(np.int32) if size.max() < 2**31 - 1 else size
    out = _digits(size, decimals)
    if (units < 0.0).any():
        sign = np.where(units < 0.0, ord("-"), NOTHING).astype(np.uint8)
        out = np.concatenate((sign[:, None], out), axis=1)
    out[~finite] = NOTHING
    return out


def _digits(size: NDArray[np.integer], decimals: int) -> ByteMatrix:
    """Whole numbers of the last decimal with a point before the decimals, no leading zeros."""
    width = max(len(str(int(size.max()))), decimals + 1)
    out = np.empty((len(size), width + (1 if decimals else 0)), dtype=np.uint8)
    place = out.shape[1] - 1
    for position in range(width):
        if decimals and position == decimals:
            out[:, place] = ord(".")
            place -= 1
        rest = size // 10
        digit = size - 10 * rest + _ZERO
        shown = digit if position <= decimals else np.where(size > 0, digit, NOTHING)
        out[:, place] = shown
        size, place = rest, place - 1
    return out


def _write_date(out: ByteMatrix, day: NDArray[np.int64]) -> None:
    """Year, month and day of days since 1970 into the first ten columns: each day once."""
    days, which = np.unique(day, return_inverse=True)
    texts = np.datetime_as_string(days.astype("datetime64[D]")).astype("S10")
    out[:, :10] = texts.view(np.uint8).reshape(len(days), 10)[which]


def _write_digits(out: ByteMatrix, place: int, digits: int, value: NDArray[np.int32]) -> None:
    for position in range(digits - 1, -1, -1):
        rest = value // np.int32(10)
        out[:, place + position] += (value - 10 * rest).astype(np.uint8)
        value = rest


def _repeated(sign: bytes, rows: int) -> ByteMatrix:
    return np.repeat(np.frombuffer(sign, dtype=np.uint8)[None, :], rows, axis=0)


def _any_cells(cells: list[str]) -> ByteMatrix:
    """Cells of any text, one by one."""
    raw = [utf8(cell) for cell in cells]
    width = max(map(len, raw), default=0)
    filled = b"".join(cell.ljust(width, bytes([NOTHING])) for cell in raw)
    return np.frombuffer(filled, dtype=np.uint8).reshape(len(raw), width)
