"""Numbers and instants as a reader wants to see them: the same words as in the report."""

from __future__ import annotations

import numpy as np

from euroqci_planner.io.report.display import (
    ABSENT,
    bit_unit,
    bits_text,
    count,
    counted,
    day_and_time,
    fixed,
    long_date,
    percent,
    short_date,
    span,
    time_of_day,
)
from euroqci_planner.timebase import to_datetime

__all__ = [
    "ABSENT",
    "bit_unit",
    "bits_text",
    "count",
    "counted",
    "day_and_time",
    "fixed",
    "long_date",
    "percent",
    "short_date",
    "short_day_and_time",
    "signed_bits",
    "span",
    "time_of_day",
]

_FIGURE_SPACE = "\u2007"
_HALF_SECOND = np.timedelta64(500, "ms")
_MINUS = "\u2212"


def signed_bits(bits: float) -> str:
    """A difference of bits with its sign, as in `+1.23 Mbit`; a dash where absent."""
    text = bits_text(abs(bits))
    if text == ABSENT or not bits:
        return text if text == ABSENT else f"±{text}"
    return f"{'+' if bits > 0.0 else _MINUS}{text}"


def short_day_and_time(instant: np.datetime64) -> str:
    """`18 Jun 23:18:04`, to the nearest second, days of one digit set in; a dash for not-a-time."""
    if np.isnat(instant):
        return ABSENT
    moment = to_datetime(instant + _HALF_SECOND)
    inset = _FIGURE_SPACE if moment.day < 10 else ""
    return f"{inset}{short_date(moment)} {moment:%H:%M:%S}"
