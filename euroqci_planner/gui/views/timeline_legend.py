"""What the colours and shapes of the timeline mean, in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from euroqci_planner.gui import theme
from euroqci_planner.gui.marker_shapes import marker_path
from euroqci_planner.gui.views.timeline_scene import cloud_colour, paint_closure
from euroqci_planner.gui.views.timeline_style import draw_swatch
from euroqci_planner.mission.plan import PassState

_SWATCH_PX, _SWATCH_HIGH_PX = 16.0, 10.0
_LINE_SWATCH_PX = 32.0
_GAP_PX, _BETWEEN_PX = 5.0, 12.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One swatch with its text."""

    text: str
    draw: Callable[[QPainter, QRectF], None]
    swatch_px: float = _SWATCH_PX


class Legend(QWidget):
    """Entries side by side; those that have no room are left out, the tooltip names all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """No entries."""
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.signals().changed.connect(self.update)

    def set_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show other entries."""
        self._entries = entries
        names = ", ".join(entry.text for entry in entries)
        self.setAccessibleName(f"Legend: {names}")
        self.setToolTip(f"Legend: {names}")
        self.update()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, with room or without."""
        return self._entries

    def sizeHint(self) -> QSize:
        """Room for all entries."""
        width = sum(self._width(entry) for entry in self._entries)
        return QSize(int(width), self.fontMetrics().height() + 6)

    def minimumSizeHint(self) -> QSize:
        """It can do without any."""
        return QSize(0, self.fontMetrics().height() + 6)

    def _width(self, entry: Entry) -> float:
        text = self.fontMetrics().horizontalAdvance(entry.text)
        return entry.swatch_px + _GAP_PX + text + _BETWEEN_PX

    def shown_texts(self) -> list[str]:
        """Texts of the entries that have room."""
        shown, left = [], 0.0
        for entry in self._entries:
            left += self._width(entry)
            if left - _BETWEEN_PX > self.width():
                break
            shown.append(entry.text)
        return shown

    def paintEvent(self, event: QPaintEvent) -> None:
        """Swatches and texts."""
        del event
        painter, left = QPainter(self), 0.0
        for entry, _ in zip(self._entries, self.shown_texts(), strict=False):
            middle = 0.5 * self.height()
            swatch = QRectF(
                round(left),
                round(middle - 0.5 * _SWATCH_HIGH_PX),
                entry.swatch_px,
                _SWATCH_HIGH_PX,
            )
            painter.save()
            entry.draw(painter, swatch)
            painter.restore()
            painter.setPen(theme.current().text)
            room = QRectF(swatch.right() + _GAP_PX, 0.0, self._width(entry), self.height())
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, flags, entry.text)
            left += self._width(entry)
        painter.end()


def state_entry(state: PassState, text: str) -> Entry:
    """The bar of a state."""
    return Entry(text, lambda painter, area: draw_swatch(painter, area, state, theme.current()))


def satellite_entry(index: int, name: str) -> Entry:
    """Colour and marker of a satellite."""

    def draw(painter: QPainter, area: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(area.center())
        path = marker_path(theme.satellite_marker(index), 4.5)
        painter.fillPath(path, theme.current().satellite(index))

    return Entry(name, draw)


def store_entry(index: int, dashes: Qt.PenStyle, name: str) -> Entry:
    """Colour, dashes and marker of a line of a satellite's key."""

    def draw(painter: QPainter, area: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour, middle = theme.current().satellite(index), area.center()
        painter.setPen(QPen(colour, 1.8, dashes))
        painter.drawLine(QPointF(area.left(), middle.y()), QPointF(area.right(), middle.y()))
        painter.translate(area.right() - 4.0, middle.y())
        painter.fillPath(marker_path(theme.satellite_marker(index), 4.0), colour)

    return Entry(name, draw, _LINE_SWATCH_PX)


def night_entry() -> Entry:
    """The ground of a night."""
    return Entry("night", lambda painter, area: painter.fillRect(area, theme.current().night))


def cloud_entry() -> Entry:
    """From a clear to a cloudy night."""

    def draw(painter: QPainter, area: QRectF) -> None:
        shade = QLinearGradient(area.topLeft(), area.topRight())
        shade.setColorAt(0.0, cloud_colour(0.0))
        shade.setColorAt(1.0, cloud_colour(1.0))
        strip = area.adjusted(-_SWATCH_PX * 0.0, 3.0, 0.0, -3.0)
        painter.fillRect(strip, shade)

    return Entry("cloud 0\u2013100 %", draw)


def closed_entry() -> Entry:
    """A closed interval."""
    return Entry("closed", lambda painter, area: paint_closure(painter, area, theme.current()))


def line_entry(text: str, colour: Callable[[], QColor], style: Qt.PenStyle) -> Entry:
    """A line of a plot."""

    def draw(painter: QPainter, area: QRectF) -> None:
        pen = painter.pen()
        pen.setColor(colour())
        pen.setWidthF(1.6)
        pen.setStyle(style)
        painter.setPen(pen)
        y = area.center().y()
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))

    return Entry(text, draw)
