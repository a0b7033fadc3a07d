"""Values of a filter line: numbers with prefixes and units, instants, hours of the day."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from euroqci_planner.app.filter_fields import Field
from euroqci_planner.app.pass_rows import MaskArray
from euroqci_planner.timebase import utc
from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([kMG%]?)")
_PREFIXES = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "%": 0.01}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?[Zz]?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_RANGE = ".."
_DAY = np.timedelta64(1, "D")
_HALF_DAY = np.timedelta64(12, "h")


class FilterError(Exception):
    """A token that has no meaning: what is wrong and what to write."""

    def __init__(self, problem: str, mend: str) -> None:
        """Keep both sentences."""
        super().__init__(problem)
        self.problem = problem
        self.mend = mend


@dataclass(frozen=True, slots=True)
class TestValue:
    """Bounds of a number; `low_open` and `high_open` leave the bound itself out.

    With `wraps` the values outside the gap from `high` to `low` hold (hours over midnight).
    """

    __test__ = False

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False
    wraps: bool = False

    def holds(self, values: FloatArray) -> MaskArray:
        """Which values lie inside; NaN never does."""
        above = values > self.low if self.low_open else values >= self.low
        below = values < self.high if self.high_open else values <= self.high
        return np.asarray(above | below if self.wraps else above & below)


def number_span(field: Field, operator: str, text: str) -> TestValue:
    """Bounds that `el>40`, `el:40..60` or `el=45` ask for.

    A single number behind `:` or `=` means that number as far as its digits say.
    """
    if operator in (":", "="):
        low, dots, high = text.partition(_RANGE)
        if dots:
            return TestValue(_end(field, low, -math.inf), _end(field, high, math.inf))
        value, half = _number(field, text)
        return TestValue(value - half, value + half)
    value, _ = _number(field, text)
    is_open = operator in ("<", ">")
    if operator[0] == "<":
        return TestValue(-math.inf, value, high_open=is_open)
    return TestValue(value, math.inf, low_open=is_open)


def _end(field: Field, text: str, missing: float) -> float:
    return _number(field, text)[0] if text.strip() else missing


def _number(field: Field, text: str) -> tuple[float, float]:
    """A value in the unit of the column, and half a unit of its last digit."""
    plain = text.strip()
    for unit in (field.unit, "°" if field.unit == "deg" else ""):
        plain = plain.removesuffix(unit).rstrip() if unit else plain
    match = _NUMBER.fullmatch(plain)
    if match is None or (match[2] == "%" and field.unit):
        unit = f" in {field.unit}" if field.unit else ""
        raise FilterError(f"{text.strip()} is not a number{unit}", f"for example {field.example}")
    factor = _PREFIXES[match[2]]
    mantissa = match[1].lower().partition("e")
    decimals = len(mantissa[0].partition(".")[2])
    exponent = int(mantissa[2] or 0)
    return float(match[1]) * factor, 0.5 * factor * 10.0 ** (exponent - decimals)


def time_span(field: Field, text: str) -> TestValue:
    """Bounds in microseconds since 1970 of the start of a pass."""
    if field.name in ("on", "night"):
        if _DATE.fullmatch(text) is None:
            raise FilterError(f"{text} is not a date", f"for example {field.example}")
        first = _instant(field, text) + (_HALF_DAY if field.name == "night" else 0)
        return TestValue(_micro(first), _micro(first + _DAY), high_open=True)
    instant = _micro(_instant(field, text))
    if field.name == "after":
        return TestValue(instant, math.inf)
    return TestValue(-math.inf, instant, high_open=True)


def _instant(field: Field, text: str) -> np.datetime64:
    if _DATE.fullmatch(text) or _INSTANT.fullmatch(text):
        try:
            return utc(text.upper())
        except ValueError:
            problem = f"{text} is not in the calendar"
            raise FilterError(problem, f"for example {field.example}") from None
    raise FilterError(f"{text} is not a UTC time", f"for example {field.example}")


def _micro(instant: np.datetime64) -> float:
    return float(instant.astype("datetime64[us]").astype(np.int64))


def clock_span(field: Field, text: str) -> TestValue:
    """Bounds in seconds of the UTC day; they wrap over midnight where the first is later."""
    low, dots, high = text.partition(_RANGE)
    first, last = _CLOCK.fullmatch(low.strip()), _CLOCK.fullmatch(high.strip())
    if not dots or first is None or last is None:
        raise FilterError(f"{text} is not a span of hours", f"for example {field.example}")
    start_s, end_s = (60.0 * (60.0 * float(match[1]) + float(match[2])) for match in (first, last))
    if max(start_s, end_s) > SECONDS_PER_DAY or any(int(m[2]) > 59 for m in (first, last)):
        raise FilterError(f"{text} is not a span of hours", f"for example {field.example}")
    return TestValue(start_s, end_s, high_open=True, wraps=end_s < start_s)
