"""The time axis of the plots: straight, or folded to the hours of the day that matter.

Optical links live at night. Where all usable windows keep out of some hours of the UTC day, those
hours are left out: one panel per night, twice the room for the contacts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from euroqci_planner.io.report.display import short_date
from euroqci_planner.io.report.markup import Markup, joined
from euroqci_planner.io.report.svg_plot import (
    Frame,
    Scale,
    label,
    line,
    minor_marks,
    text_px,
    x_axis,
)
from euroqci_planner.io.report.ticks import minor_time_marks, time_ticks
from euroqci_planner.mission.plan import Plan
from euroqci_planner.timebase import instant_after, seconds_between, seconds_of_day, to_datetime
from euroqci_planner.units import SECONDS_PER_DAY, SECONDS_PER_HOUR, FloatArray

_GAP_PX = 10.0
_LEAST_PANEL_PX = 62.0
_LEAST_IDLE_H = 5
_HOUR_STEPS = (1, 2, 3, 4, 6, 12)
_HOUR_LABEL_PX = 42.0
_DAY_H = 24


@dataclass(frozen=True, slots=True)
class Panel:
    """One stretch of the axis: seconds after the start of the window, and pixels."""

    start_s: float
    end_s: float
    left: float
    right: float

    def scale(self) -> Scale:
        """From seconds to pixels."""
        return Scale(self.start_s, self.end_s, self.left, self.right)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Time to the right in one panel, or in one per night."""

    start_utc: np.datetime64
    duration_s: float
    frame: Frame
    panels: tuple[Panel, ...]

    def x(self, seconds: FloatArray) -> FloatArray:
        """Pixels of seconds after the start of the window; NaN in hours that are left out."""
        values = np.asarray(seconds, dtype=np.float64)
        pixels: FloatArray = np.full(values.shape, np.nan)
        for panel in self.panels:
            inside = (values >= panel.start_s) & (values <= panel.end_s)
            pixels[inside] = panel.scale()(values[inside])
        return pixels

    def spans(self, starts_s: FloatArray, ends_s: FloatArray) -> tuple[FloatArray, ...]:
        """Left edges, widths and rows of what is seen of intervals, cut at the panels."""
        lefts, rights, rows = [], [], []
        for panel in self.panels:
            first = np.clip(starts_s, panel.start_s, panel.end_s)
            last = np.clip(ends_s, panel.start_s, panel.end_s)
            seen = np.flatnonzero(last > first)
            lefts.append(panel.scale()(first[seen]))
            rights.append(panel.scale()(last[seen]))
            rows.append(seen)
        left = np.concatenate(lefts)
        return left, np.concatenate(rights) - left, np.concatenate(rows)

    def markup(self) -> Markup:
        """Lines, ticks, labels and title."""
        if len(self.panels) == 1:
            return self._straight()
        parts = [self._panel(panel) for panel in self.panels]
        middle = 0.5 * (self.frame.left + self.frame.right)
        title = label(middle, self.frame.bottom + 54.0, self._title(), "axis-title", "middle")
        return joined([*parts, title])

    @property
    def height_px(self) -> float:
        """Room that the axis takes below the frame."""
        return 48.0 if len(self.panels) == 1 else 66.0

    def _straight(self) -> Markup:
        end_utc = instant_after(self.start_utc, self.duration_s)
        width = self.frame.width
        ticks = time_ticks(self.start_utc, end_utc, width, 64.0)
        minor = minor_time_marks(self.start_utc, end_utc, width, 9.0)
        scale = self.panels[0].scale()
        axis = x_axis(self.frame, scale, ticks, self._title())
        return joined([axis, minor_marks(self.frame, scale, minor)])

    def _panel(self, panel: Panel) -> Markup:
        """Hours under the panel, and the night's date under the hours."""
        bottom, scale = self.frame.bottom, panel.scale()
        parts = [line(panel.left, bottom, panel.right, bottom, "axis")]
        for second, hour in self._hours(panel):
            x = scale.at(second)
            parts.append(line(x, self.frame.top, x, bottom, "midnight" if hour == 0 else "grid"))
            parts.append(line(x, bottom, x, bottom + 5.0, "axis"))
            if x < panel.right - 0.5 * _HOUR_LABEL_PX or panel is self.panels[-1]:
                parts.append(label(x, bottom + 15.0, f"{hour:02d}:00", "tick", "middle"))
        middle = 0.5 * (panel.left + panel.right)
        date = self._date(panel, panel.right - panel.left)
        return joined([*parts, label(middle, bottom + 33.0, date, "date", "middle")])

    def _hours(self, panel: Panel) -> list[tuple[float, int]]:
        """Whole hours far enough apart to be written, midnight among them."""
        px_per_h = (panel.right - panel.left) / (panel.end_s - panel.start_s) * SECONDS_PER_HOUR
        step = next((n for n in _HOUR_STEPS if n * px_per_h >= _HOUR_LABEL_PX), _DAY_H)
        start = instant_after(self.start_utc, panel.start_s)
        first_h = float(seconds_of_day(start)) / SECONDS_PER_HOUR
        last_h = first_h + (panel.end_s - panel.start_s) / SECONDS_PER_HOUR
        hours = range(step * math.ceil(first_h / step), math.floor(last_h) + 1, step)
        return [
            (panel.start_s + (hour - first_h) * SECONDS_PER_HOUR, hour % _DAY_H) for hour in hours
        ]

    def _date(self, panel: Panel, room_px: float) -> str:
        first = to_datetime(instant_after(self.start_utc, panel.start_s))
        last = to_datetime(instant_after(self.start_utc, panel.end_s - 1.0))
        if first.date() == last.date():
            return short_date(first)
        if first.month == last.month:
            return f"{first.day}/{short_date(last)}"
        text = f"{short_date(first)} / {short_date(last)}"
        return text if text_px(text) < room_px else short_date(first)

    def _title(self) -> str:
        end_utc = instant_after(self.start_utc, self.duration_s)
        years = dict.fromkeys(str(instant)[:4] for instant in (self.start_utc, end_utc))
        return f"time [UTC], {' to '.join(years)}"


def time_axis(plan: Plan, frame: Frame) -> TimeAxis:
    """Folded where the usable windows leave enough hours free and the panels are wide enough."""
    scenario = plan.scenario
    return TimeAxis(
        start_utc=scenario.start_utc,
        duration_s=scenario.duration_s,
        frame=frame,
        panels=_folded(plan, frame) or (Panel(0.0, scenario.duration_s, frame.left, frame.right),),
    )


def _folded(plan: Plan, frame: Frame) -> tuple[Panel, ...]:
    """One panel per night that touches the window; none where folding does not help."""
    scenario, busy = plan.scenario, _busy_hours(plan)
    if busy is None:
        return ()
    from_h, length_h = busy
    midnight = scenario.start_utc.astype("datetime64[D]").astype("datetime64[us]")
    lead_s = float(seconds_between(scenario.start_utc, midnight)) + from_h * SECONDS_PER_HOUR
    length_s = length_h * SECONDS_PER_HOUR
    days = range(-1, math.ceil(scenario.duration_s / SECONDS_PER_DAY) + 1)
    starts = [lead_s + day * SECONDS_PER_DAY for day in days]
    starts = [at for at in starts if at < scenario.duration_s and at + length_s > 0.0]
    room = (frame.width + _GAP_PX) / max(len(starts), 1) - _GAP_PX
    if len(starts) < 2 or room < _LEAST_PANEL_PX:
        return ()
    return tuple(
        Panel(at, at + length_s, left, left + room)
        for at, left in (
            (at, frame.left + number * (room + _GAP_PX)) for number, at in enumerate(starts)
        )
    )


def _busy_hours(plan: Plan) -> tuple[int, int] | None:
    """First hour of the UTC day and number of hours that hold all usable windows.

    None where they leave fewer than `_LEAST_IDLE_H` hours in a row free.
    """
    conditions = plan.conditions
    usable = ~np.isnat(conditions.usable_start_utc)
    starts = seconds_of_day(conditions.usable_start_utc[usable]) / SECONDS_PER_HOUR
    lengths = seconds_between(
        conditions.usable_start_utc[usable], conditions.usable_end_utc[usable]
    )
    if not len(starts) or float(lengths.max()) >= SECONDS_PER_DAY:
        return None
    busy = np.zeros(2 * _DAY_H, dtype=np.int64)
    np.add.at(busy, np.floor(starts).astype(np.int64), 1)
    np.add.at(busy, np.floor(starts + lengths / SECONDS_PER_HOUR).astype(np.int64) + 1, -1)
    filled = np.cumsum(busy) > 0
    hours = filled[:_DAY_H] | filled[_DAY_H:]
    idle = _longest_idle(hours)
    if idle[1] < _LEAST_IDLE_H:
        return None
    return (idle[0] + idle[1]) % _DAY_H, _DAY_H - idle[1]


def _longest_idle(hours: np.ndarray) -> tuple[int, int]:
    """First hour and length of the longest stretch without work, round the clock."""
    best = (0, 0)
    for first in np.flatnonzero(~hours & np.roll(hours, 1)).tolist():
        turned = np.roll(hours, -first)
        length = int(np.argmax(turned)) if turned.any() else _DAY_H
        best = max(best, (first, length), key=lambda item: item[1])
    return best
