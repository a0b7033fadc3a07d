"""What the mouse does in the timeline: move a contact, close a station, select by a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from euroqci_planner.app.display import bits_text, short_day_and_time, span
from euroqci_planner.app.move_targets import move_targets
from euroqci_planner.gui import theme
from euroqci_planner.gui.views.time_axis import TimeScale, rounded
from euroqci_planner.gui.views.timeline_scene import Frame, paint_closure
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import Plan
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import SECONDS_PER_HOUR, SECONDS_PER_MINUTE

_COARSE_SPAN_S = 6.0 * SECONDS_PER_HOUR
_COARSE_STEP_S = 5.0 * SECONDS_PER_MINUTE
_FRAME_ALPHA = 40
_NOTE_PAD_PX = 5.0


class Host(Protocol):
    """What a drag needs of the plot that it happens in."""

    @property
    def workspace(self) -> Workspace:
        """Selection, time and actions."""

    @property
    def plot(self) -> QRectF:
        """Where the rows are drawn."""

    @property
    def scale(self) -> TimeScale:
        """Time across the plot."""

    @property
    def frame(self) -> Frame:
        """Where the rows are."""

    def row_names(self) -> Sequence[str]:
        """What the rows stand for."""

    def row_name_at(self, y: float) -> str | None:
        """Name of the row at a height."""

    def rows_in(self, area: QRectF) -> list[int]:
        """Passes inside a rectangle."""

    def bar_area(self, row: int) -> QRectF:
        """Rectangle of one pass."""


def paint_note(
    painter: QPainter, plot: QRectF, place: QPointF, text: str, *, is_good: bool
) -> None:
    """A line of text beside the mouse, inside the plot."""
    ink, metrics = theme.current(), painter.fontMetrics()
    width = metrics.horizontalAdvance(text) + 2.0 * _NOTE_PAD_PX
    height = metrics.height() + 2.0
    left = max(min(place.x() + 14.0, plot.right() - width), 4.0)
    above = place.y() - height - 8.0
    area = QRectF(left, above if above > 2.0 else place.y() + 16.0, width, height)
    painter.setPen(QPen(ink.good if is_good else ink.bad, 1.0))
    painter.setBrush(ink.header)
    painter.drawRoundedRect(area, 3.0, 3.0)
    painter.setPen(ink.text)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


class RubberDrag:
    """Selects the passes inside a frame, besides those selected before."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, plot: Host, start: QPointF) -> None:
        """Begin at a corner."""
        self._plot, self._start, self._end = plot, start, start
        self._before = plot.workspace.selected_rows

    def _area(self) -> QRectF:
        return QRectF(self._start, self._end).normalized()

    def move(self, place: QPointF) -> None:
        """Select while the frame grows."""
        self._end = place
        inside = self._plot.rows_in(self._area())
        self._plot.workspace.select([*self._before, *inside])

    def finish(self, place: QPointF) -> None:
        """Keep the selection."""
        self.move(place)

    def cancel(self) -> None:
        """Back to what was selected."""
        self._plot.workspace.select(self._before)

    def paint(self, painter: QPainter) -> None:
        """The frame."""
        ink = theme.current()
        fill = QColor(ink.accent)
        fill.setAlpha(_FRAME_ALPHA)
        painter.setPen(QPen(ink.accent, 1.0, Qt.PenStyle.DashLine))
        painter.setBrush(fill)
        painter.drawRect(self._area().intersected(self._plot.plot))


class MoveDrag:
    """Takes a contact to another station that has a pass of the same satellite."""

    cursor = Qt.CursorShape.DragMoveCursor

    def __init__(self, plot: Host, row: int, start: QPointF) -> None:
        """Take hold of the contact of a row."""
        self._plot, self._row, self._place = plot, row, start
        plan = plot.workspace.plan
        self.targets = {} if plan is None else move_targets(plan, row)

    def target(self) -> str | None:
        """Station under the mouse, None where the contact cannot go there."""
        name = self._plot.row_name_at(self._place.y())
        return name if name in self.targets else None

    def move(self, place: QPointF) -> None:
        """Follow the mouse."""
        self._place = place

    def finish(self, place: QPointF) -> None:
        """Move the contact if the station under the mouse has a pass for it."""
        self._place = place
        name = self.target()
        if name is not None:
            self._plot.workspace.actions.move(self._row, name)

    def cancel(self) -> None:
        """The contact stays."""

    def paint(self, painter: QPainter) -> None:
        """Outline where it can go, and the contact under the mouse."""
        ink, chosen = theme.current(), self.target()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for name, row in self.targets.items():
            is_chosen = name == chosen
            style = Qt.PenStyle.SolidLine if is_chosen else Qt.PenStyle.DashLine
            painter.setPen(QPen(ink.good if is_chosen else ink.text, 2.0, style))
            painter.drawRect(self._plot.bar_area(row).adjusted(-3.0, -2.0, 3.0, 2.0))
        ghost = self._plot.bar_area(self._row)
        ghost.moveCenter(QPointF(ghost.center().x(), self._place.y()))
        painter.setPen(QPen(ink.good if chosen else ink.bad, 2.0))
        painter.drawRect(ghost.adjusted(-1.0, 0.0, 1.0, 0.0))
        paint_note(painter, self._plot.plot, self._place, self.text(), is_good=chosen is not None)

    def text(self) -> str:
        """What letting go here would do."""
        plan, chosen = self._plot.workspace.plan, self.target()
        if plan is None or chosen is None:
            name = self._plot.row_name_at(self._place.y()) or ""
            own = plan is not None and name == _station(plan, self._row)
            if not self.targets:
                return "no other station has a pass of this satellite near this time"
            return "drop on an outlined pass" if own or not name else f"no pass over {name}"
        row = self.targets[chosen]
        when = short_day_and_time(plan.conditions.usable_start_utc[row])
        bits = float(plan.decisions.key_expected_bits[row])
        key = "" if plan.keys is None else f", {bits_text(bits)} expected"
        return f"to {chosen}, {when} UTC{key}"


class CloseDrag:
    """Closes a station for the interval that the mouse crosses."""

    cursor = Qt.CursorShape.SplitHCursor

    def __init__(self, plot: Host, row: int, start: QPointF) -> None:
        """Begin in a row of a station."""
        self._plot, self._row = plot, row
        self._name = plot.row_names()[row]
        self._from = self._to = self._instant(start)
        self._place = start

    def _instant(self, place: QPointF) -> np.datetime64:
        scale, area = self._plot.scale, self._plot.plot
        is_coarse = scale.span_s > _COARSE_SPAN_S
        step = _COARSE_STEP_S if is_coarse else SECONDS_PER_MINUTE
        x = min(max(place.x(), area.left()), area.right())
        return rounded(scale.instant_at(x), step)

    def interval(self) -> tuple[np.datetime64, np.datetime64]:
        """First and last instant."""
        return min(self._from, self._to), max(self._from, self._to)

    def move(self, place: QPointF) -> None:
        """Stretch the interval."""
        self._place, self._to = place, self._instant(place)

    def finish(self, place: QPointF) -> None:
        """Close the station unless the interval is empty."""
        self.move(place)
        start, end = self.interval()
        if start < end:
            self._plot.workspace.actions.close_station(self._name, start, end)

    def cancel(self) -> None:
        """The station stays open."""

    def paint(self, painter: QPainter) -> None:
        """The interval as it would look, with its times."""
        start, end = self.interval()
        area = self._plot.frame.row_area(self._row)
        area.setLeft(self._plot.scale.x_of(start))
        area.setRight(self._plot.scale.x_of(end))
        paint_closure(painter, area, theme.current())
        length = span(float(seconds_between(start, end)))
        text = (
            f"close {self._name}: {short_day_and_time(start)[:-3]} to "
            f"{short_day_and_time(end)[:-3]} UTC, {length}"
        )
        paint_note(painter, self._plot.plot, self._place, text, is_good=bool(start < end))


def _station(plan: Plan, row: int) -> str:
    return plan.passes.station_ids[int(plan.passes.station[row])]
