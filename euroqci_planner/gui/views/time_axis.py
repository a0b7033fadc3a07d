"""The time axis that timeline and key stores share: scale, ticks, zoom and pan.

What is shown is `Workspace.window_utc`; every view with a time axis changes and follows that, so
that zooming one of them moves all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, Signal

from euroqci_planner.app.display import short_date
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.timebase import UtcArray, instant_after, seconds_between, to_datetime
from euroqci_planner.units import (
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    SECONDS_PER_MINUTE,
    FloatArray,
)

SHORTEST_S = 60.0
_SECOND_STEPS = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0)
_MINUTE_STEPS = tuple(SECONDS_PER_MINUTE * n for n in (1, 2, 5, 10, 15, 30))
_HOUR_STEPS = tuple(SECONDS_PER_HOUR * n for n in (1, 2, 3, 6, 12))
_DAY_STEPS = tuple(SECONDS_PER_DAY * n for n in (1, 2, 7, 14))
_STEPS = (*_SECOND_STEPS, *_MINUTE_STEPS, *_HOUR_STEPS, *_DAY_STEPS)
_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
_MONTH_S = 30.4 * SECONDS_PER_DAY
_MONDAY = np.datetime64("1970-01-05T00:00:00", "us")
_MICRO = 1e6


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Instants from `start_utc` to `end_utc` on the pixels from `left` to `right`."""

    start_utc: np.datetime64
    end_utc: np.datetime64
    left: float
    right: float

    @property
    def span_s(self) -> float:
        """Seconds shown."""
        return float(seconds_between(self.start_utc, self.end_utc))

    @property
    def seconds_per_px(self) -> float:
        """Seconds that one pixel stands for."""
        return self.span_s / max(self.right - self.left, 1.0)

    def x(self, instants_utc: UtcArray) -> FloatArray:
        """Pixels of instants, beyond the edges too; NaN for not-a-time."""
        seconds = seconds_between(self.start_utc, instants_utc)
        return np.asarray(self.left + seconds / self.seconds_per_px)

    def x_of(self, instant: np.datetime64) -> float:
        """Pixel of one instant."""
        return float(self.x(np.asarray(instant)))

    def instant_at(self, x: float) -> np.datetime64:
        """Instant at a pixel, beyond the edges too."""
        return instant_after(self.start_utc, (x - self.left) * self.seconds_per_px)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the axis; `is_date` marks the begin of a day or month."""

    x: float
    label: str
    is_date: bool


def time_ticks(scale: TimeScale, apart_px: float) -> list[Tick]:
    """Ticks at whole UTC seconds, minutes, hours, days or months, at least `apart_px` apart.

    Midnight shows the date, every other instant its time of day.
    """
    least_s = scale.seconds_per_px * apart_px
    step_s = next((step for step in _STEPS if step >= least_s), None)
    if step_s is None:
        return _month_ticks(scale, least_s)
    instants = _multiples(scale, step_s)
    pixels = scale.x(instants).tolist()
    return [_clock_tick(x, instant, step_s) for x, instant in zip(pixels, instants, strict=True)]


def minor_ticks(scale: TimeScale, apart_px: float) -> FloatArray:
    """Pixels of marks without text, at least `apart_px` apart."""
    least_s = scale.seconds_per_px * apart_px
    step_s = next((step for step in _STEPS if step >= least_s), None)
    if step_s is None:
        return np.zeros(0)
    return scale.x(_multiples(scale, step_s))


def rounded(instant: np.datetime64, step_s: float) -> np.datetime64:
    """The nearest multiple of a step, counted from midnight."""
    step = round(step_s * _MICRO)
    micro = int((instant - _MONDAY).astype("timedelta64[us]").astype(np.int64))
    nearest: np.datetime64 = _MONDAY + np.timedelta64((micro + step // 2) // step * step, "us")
    return nearest


def _multiples(scale: TimeScale, step_s: float) -> UtcArray:
    """Multiples of a step inside the scale, counted from a midnight, weeks from a Monday."""
    step = round(step_s * _MICRO)
    first, last = (
        int((edge - _MONDAY).astype("timedelta64[us]").astype(np.int64))
        for edge in (scale.start_utc, scale.end_utc)
    )
    numbers = np.arange(-(-first // step), last // step + 1)
    return np.asarray(_MONDAY + (numbers * step).astype("timedelta64[us]"))


def _clock_tick(x: float, instant: np.datetime64, step_s: float) -> Tick:
    moment = to_datetime(instant)
    if not (moment.hour or moment.minute or moment.second):
        return Tick(x, short_date(moment), is_date=True)
    form = "%H:%M:%S" if step_s < SECONDS_PER_MINUTE else "%H:%M"
    return Tick(x, moment.strftime(form), is_date=False)


def _month_ticks(scale: TimeScale, least_s: float) -> list[Tick]:
    step = next((n for n in _MONTH_STEPS if n * _MONTH_S >= least_s), _MONTH_STEPS[-1])
    first = int(scale.start_utc.astype("datetime64[M]").astype(np.int64))
    last = int(scale.end_utc.astype("datetime64[M]").astype(np.int64))
    made = []
    for number in range(math.ceil(first / step) * step, last + 1, step):
        instant = np.datetime64(number, "M").astype("datetime64[us]")
        if instant >= scale.start_utc:
            moment = to_datetime(instant)
            label = f"{short_date(moment).partition(' ')[2]} {moment.year}"
            made.append(Tick(scale.x_of(instant), label, is_date=True))
    return made


class TimeAxis(QObject):
    """Zoom and pan of the workspace's window; `changed` when it, or the whole span, changes."""

    changed = Signal()

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        """Follow the workspace."""
        super().__init__(parent)
        self._workspace = workspace
        workspace.window_changed.connect(self.changed)

    @property
    def is_empty(self) -> bool:
        """Whether there is no time to show yet."""
        start, end = self._workspace.window_utc
        return bool(np.isnat(start) or np.isnat(end))

    def scale(self, left: float, right: float) -> TimeScale:
        """The scale of a view that is so wide."""
        start, end = self._workspace.window_utc
        return TimeScale(start, end, left, right)

    def zoom(self, factor: float, about_utc: np.datetime64 | None = None) -> None:
        """Show `factor` times as long a span, with `about_utc` (else the middle) at its place."""
        if self.is_empty:
            return
        start, end = self._workspace.window_utc
        span = float(seconds_between(start, end))
        whole = float(seconds_between(*self._whole()))
        wanted = min(max(span * factor, min(SHORTEST_S, whole)), whole)
        about = instant_after(start, 0.5 * span) if about_utc is None else about_utc
        lead = float(seconds_between(start, about)) * wanted / span
        self._show(instant_after(about, -lead), wanted)

    def pan(self, seconds: float) -> None:
        """Move the window, as far as the planning window reaches."""
        if not self.is_empty:
            start, end = self._workspace.window_utc
            self._show(instant_after(start, seconds), float(seconds_between(start, end)))

    def show_from(self, start_utc: np.datetime64) -> None:
        """Move the window so that it begins there."""
        if not self.is_empty:
            self.pan(float(seconds_between(self._workspace.window_utc[0], start_utc)))

    def show_all(self) -> None:
        """Show the whole planning window."""
        if not self.is_empty:
            self._workspace.set_window(*self._whole())

    def reveal(self, start_utc: np.datetime64, end_utc: np.datetime64) -> None:
        """Move the window so that an interval is inside; it keeps its length where that does."""
        if self.is_empty:
            return
        start, end = self._workspace.window_utc
        if start_utc >= start and end_utc <= end:
            return
        span = float(seconds_between(start, end))
        wanted = max(span, 1.2 * float(seconds_between(start_utc, end_utc)))
        middle = instant_after(start_utc, 0.5 * float(seconds_between(start_utc, end_utc)))
        self._show(instant_after(middle, -0.5 * wanted), wanted)

    def _show(self, start_utc: np.datetime64, span_s: float) -> None:
        """Show a span from `start_utc`, shifted where it would stick out."""
        first, last = self._whole()
        latest = instant_after(last, -span_s)
        start = max(min(start_utc, latest), first)
        self._workspace.set_window(start, min(instant_after(start, span_s), last))

    def _whole(self) -> tuple[np.datetime64, np.datetime64]:
        scenario = self._workspace.scenario
        if scenario is None:
            return self._workspace.window_utc
        return scenario.start_utc, scenario.end_utc
