"""Where the marks of an axis stand and what is written at them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from euroqci_planner.io.report.display import short_date, short_month
from euroqci_planner.timebase import instant_after, seconds_between, to_datetime
from euroqci_planner.units import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE

_ROUND_STEPS = (1.0, 2.0, 5.0, 10.0)
_MINUTE_STEPS = tuple(SECONDS_PER_MINUTE * n for n in (1, 2, 5, 10, 15, 30))
_HOUR_STEPS = tuple(SECONDS_PER_HOUR * n for n in (1, 2, 3, 6, 12))
_DAY_STEPS = tuple(SECONDS_PER_DAY * n for n in (1, 2, 7, 14))
_CLOCK_STEPS = (*_MINUTE_STEPS, *_HOUR_STEPS, *_DAY_STEPS)
_MONTH_STEPS = (1, 3, 6, 12, 24, 60, 120)
_MONTH_S = 30.4 * SECONDS_PER_DAY


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark at `value`; '' as label where it is only a mark."""

    value: float
    label: str


def number_ticks(low: float, high: float, most: int) -> list[Tick]:
    """At most `most` + 1 ticks at multiples of 1, 2 or 5 times a power of ten inside the range."""
    width = high - low
    if not width > 0.0:
        return [Tick(low, f"{low:g}")]
    power = 10.0 ** math.floor(math.log10(width / most))
    step = next(power * n for n in _ROUND_STEPS if power * n * most >= width * (1.0 - 1e-9))
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [Tick(n * step, f"{n * step + 0.0:.{decimals}f}") for n in range(first, last + 1)]


def rounded_up(largest: float, most: int) -> float:
    """The next tick at or above `largest`, as the end of an axis that starts at 0."""
    if not largest > 0.0:
        return 1.0
    ticks = number_ticks(0.0, largest, most)
    step = ticks[1].value - ticks[0].value
    return step * math.ceil(largest / step - 1e-9)


def time_ticks(
    start_utc: np.datetime64, end_utc: np.datetime64, width_px: float, apart_px: float
) -> list[Tick]:
    """Ticks in seconds after `start_utc` at whole UTC minutes, hours, days or months.

    Labels stand at least `apart_px` apart; midnight shows the date, other ticks the time.
    """
    length_s = float(seconds_between(start_utc, end_utc))
    least_s = length_s * apart_px / width_px
    steps = [step for step in _CLOCK_STEPS if step >= least_s]
    if not steps:
        return _month_ticks(start_utc, end_utc, least_s)
    return [
        Tick(at_s, _clock_label(instant_after(start_utc, at_s)))
        for at_s in _clock_marks(start_utc, length_s, steps[0])
    ]


def minor_time_marks(
    start_utc: np.datetime64, end_utc: np.datetime64, width_px: float, apart_px: float
) -> Sequence[float]:
    """Seconds after `start_utc` of marks without label, at least `apart_px` apart."""
    length_s = float(seconds_between(start_utc, end_utc))
    steps = [step for step in _CLOCK_STEPS if step >= length_s * apart_px / width_px]
    return _clock_marks(start_utc, length_s, steps[0]) if steps else []


def _clock_marks(start_utc: np.datetime64, length_s: float, step_s: float) -> list[float]:
    """Multiples of the step, counted from a midnight (from Monday 5 January 1970 for weeks)."""
    origin = np.datetime64("1970-01-05T00:00:00", "us")
    offset = float(seconds_between(origin, start_utc))
    first = math.ceil(offset / step_s - 1e-9)
    last = math.floor((offset + length_s) / step_s + 1e-9)
    return [n * step_s - offset for n in range(first, last + 1)]


def _clock_label(instant: np.datetime64) -> str:
    moment = to_datetime(instant)
    if moment.hour or moment.minute:
        return f"{moment:%H:%M}"
    return short_date(moment)


def _month_label(instant: np.datetime64) -> str:
    moment = to_datetime(instant)
    return f"{short_month(moment)} {moment.year}"


def _month_ticks(start_utc: np.datetime64, end_utc: np.datetime64, least_s: float) -> list[Tick]:
    steps = [step for step in _MONTH_STEPS if step * _MONTH_S >= least_s]
    step = steps[0] if steps else _MONTH_STEPS[-1]
    first = int(start_utc.astype("datetime64[M]").astype(np.int64))
    last = int(end_utc.astype("datetime64[M]").astype(np.int64))
    months = [n for n in range(first, last + 1) if n % step == 0]
    instants = [np.datetime64(n, "M").astype("datetime64[us]") for n in months]
    return [
        Tick(float(seconds_between(start_utc, item)), _month_label(item))
        for item in instants
        if item >= start_utc
    ]
