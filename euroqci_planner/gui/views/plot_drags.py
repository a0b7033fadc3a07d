"""What the mouse does in any plot with a time axis: drags, and those that all plots share."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from euroqci_planner.gui.views.time_axis import TimeAxis, TimeScale
from euroqci_planner.gui.workspace import Workspace


class Drag(Protocol):
    """What the mouse does between press and release."""

    cursor: Qt.CursorShape

    def move(self, place: QPointF) -> None:
        """The mouse is here now."""

    def finish(self, place: QPointF) -> None:
        """The button was released here."""

    def cancel(self) -> None:
        """Esc was pressed: leave everything as it was."""

    def paint(self, painter: QPainter) -> None:
        """Show what would happen."""


class Plot(Protocol):
    """What a drag needs of the plot that it happens in."""

    axis: TimeAxis

    @property
    def workspace(self) -> Workspace:
        """Selection, time and actions."""

    @property
    def plot(self) -> QRectF:
        """Where the data are drawn."""

    @property
    def scale(self) -> TimeScale:
        """Time across the plot."""


class PanDrag:
    """Moves the window with the mouse."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, plot: Plot, start: QPointF) -> None:
        """Begin where the mouse was pressed."""
        self._plot = plot
        self._grip_utc = plot.scale.instant_at(start.x())
        self._start_utc = plot.scale.start_utc

    def move(self, place: QPointF) -> None:
        """Keep the instant that was gripped under the mouse."""
        scale = self._plot.scale
        shift = self._grip_utc - scale.instant_at(place.x())
        self._plot.axis.show_from(scale.start_utc + shift)

    def finish(self, place: QPointF) -> None:
        """The window stays where it is."""
        self.move(place)

    def cancel(self) -> None:
        """Go back to where the window was."""
        self._plot.axis.show_from(self._start_utc)

    def paint(self, painter: QPainter) -> None:
        """Nothing beyond the moved window."""


class TimeDrag:
    """Moves the one time with the mouse."""

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, plot: Plot) -> None:
        """Remember the time as it is."""
        self._plot = plot
        self._before = plot.workspace.time_utc

    def move(self, place: QPointF) -> None:
        """The time is under the mouse, inside what is shown."""
        area = self._plot.plot
        x = min(max(place.x(), area.left()), area.right())
        self._plot.workspace.set_time(self._plot.scale.instant_at(x))

    def finish(self, place: QPointF) -> None:
        """The time stays where it is."""
        self.move(place)

    def cancel(self) -> None:
        """Go back to the time as it was."""
        self._plot.workspace.set_time(self._before)

    def paint(self, painter: QPainter) -> None:
        """Nothing beyond the line itself."""
