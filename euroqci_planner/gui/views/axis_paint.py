"""Paints the time axis of a plot: ticks, dates, the zone, and the line of the one time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF

from euroqci_planner.app.display import short_date, time_of_day
from euroqci_planner.gui import theme
from euroqci_planner.gui.views.rect_array import draw_lines
from euroqci_planner.gui.views.time_axis import Tick, TimeScale, minor_ticks, time_ticks
from euroqci_planner.timebase import to_datetime

_TICK_APART_EM = 6.5
_MINOR_APART_PX = 7.0


@dataclass(frozen=True, slots=True)
class AxisFrame:
    """Where an axis lies: under `area`, over the `width_px` of the widget, `high_px` high."""

    scale: TimeScale
    area: QRectF
    width_px: float
    high_px: float


def main_ticks(painter: QPainter, frame: AxisFrame) -> list[Tick]:
    """Ticks whose texts have room in the painter's font."""
    apart = _TICK_APART_EM * painter.fontMetrics().averageCharWidth() + 12.0
    return time_ticks(frame.scale, apart)


def paint_grid(painter: QPainter, frame: AxisFrame) -> None:
    """Vertical lines at the ticks, stronger where a day begins."""
    area, ink = frame.area, theme.current()
    for tick in main_ticks(painter, frame):
        if area.left() <= tick.x <= area.right():
            painter.setPen(QPen(ink.line if tick.is_date else ink.grid, 1.0))
            x = round(tick.x) + 0.5
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))


def paint_axis(painter: QPainter, frame: AxisFrame) -> None:
    """The band below the plot."""
    area, ink, plain = frame.area, theme.current(), painter.font()
    painter.fillRect(QRectF(0.0, area.bottom(), frame.width_px, frame.high_px), ink.window)
    painter.setPen(QPen(ink.line, 1.0))
    edge = round(area.bottom()) + 0.5
    painter.drawLine(QPointF(0.0, edge), QPointF(frame.width_px, edge))
    minor = minor_ticks(frame.scale, _MINOR_APART_PX)
    draw_lines(painter, minor, np.array(edge), minor, np.array(edge + 2.0))
    ticks = main_ticks(painter, frame)
    taken: list[QRectF] = []
    for tick in sorted(ticks, key=lambda tick: not _is_whole(painter, frame, tick)):
        painter.setFont(_weighted(plain, is_bold=tick.is_date))
        _paint_tick(painter, frame, tick, taken)
    painter.setFont(plain)
    _paint_corner(painter, frame, has_date=any(tick.is_date for tick in ticks))


def _is_whole(painter: QPainter, frame: AxisFrame, tick: Tick) -> bool:
    """Whether the text of a tick has room in the middle under it."""
    return abs(_tick_place(painter, frame, tick).center().x() - tick.x) < 1.0


def _paint_tick(painter: QPainter, frame: AxisFrame, tick: Tick, taken: list[QRectF]) -> None:
    """Mark and text; a text pushed aside by the border is left out where it would touch one."""
    area, ink = frame.area, theme.current()
    edge = area.bottom()
    painter.setPen(QPen(ink.muted, 1.0))
    painter.drawLine(QPointF(tick.x, edge), QPointF(tick.x, edge + 4.0))
    painter.setPen(ink.text if tick.is_date else ink.muted)
    place = _tick_place(painter, frame, tick)
    room = place.adjusted(-4.0, 0.0, 4.0, 0.0)
    if _is_whole(painter, frame, tick) or not any(room.intersects(other) for other in taken):
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, tick.label)
        taken.append(place)


def _tick_place(painter: QPainter, frame: AxisFrame, tick: Tick) -> QRectF:
    """Where the text of a tick stands, in the painter's font."""
    area = frame.area
    room = painter.fontMetrics().horizontalAdvance(tick.label) + 2.0
    left = min(max(tick.x - 0.5 * room, area.left()), frame.width_px - room - 1.0)
    return QRectF(left, area.bottom() + 3.0, room, frame.high_px - 3.0)


def _paint_corner(painter: QPainter, frame: AxisFrame, *, has_date: bool) -> None:
    """Left of the axis: UTC and the year, or the whole date where no tick shows it."""
    start, area = to_datetime(frame.scale.start_utc), frame.area
    date = str(start.year) if has_date else f"{short_date(start)} {start.year}"
    painter.setPen(theme.current().muted)
    place = QRectF(2.0, area.bottom() + 3.0, area.left() - 8.0, frame.high_px - 3.0)
    flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(place, flags, f"{date} UTC")


def _clear_covered(painter: QPainter, frame: AxisFrame, flag: QRectF) -> None:
    """Take away the texts of ticks that the flag would leave in part."""
    plain = painter.font()
    for tick in main_ticks(painter, frame):
        painter.setFont(_weighted(plain, is_bold=tick.is_date))
        place = _tick_place(painter, frame, tick)
        if place.intersects(flag):
            painter.fillRect(place.adjusted(0.0, 2.0, 0.0, 0.0), theme.current().window)
    painter.setFont(plain)


def paint_time(painter: QPainter, frame: AxisFrame, instant: np.datetime64) -> None:
    """The line of the one time, with its text on the axis; nothing outside the window."""
    area, ink, plain = frame.area, theme.current(), painter.font()
    x = frame.scale.x_of(instant)
    if not area.left() - 0.5 <= x <= area.right() + 0.5:
        return
    painter.fillRect(QRectF(round(x) - 1.0, area.top(), 2.0, area.height()), ink.now)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(_weighted(plain, is_bold=True))
    text = time_of_day(instant)
    room = painter.fontMetrics().horizontalAdvance(text) + 8.0
    left = min(max(x - 0.5 * room, area.left()), frame.width_px - room)
    flag = QRectF(left, area.bottom() + 3.0, room, frame.high_px - 4.0)
    _clear_covered(painter, frame, flag)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.now)
    painter.drawRoundedRect(flag, 3.0, 3.0)
    tip = QPointF(x, area.bottom() - 1.0)
    painter.drawPolygon(QPolygonF([tip, tip + QPointF(-4.0, 4.5), tip + QPointF(4.0, 4.5)]))
    painter.setPen(QColor("#14100c") if ink.is_dark else QColor("#ffffff"))
    painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, text)
    painter.setFont(plain)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _weighted(font: QFont, *, is_bold: bool) -> QFont:
    made = QFont(font)
    made.setBold(is_bold)
    return made
