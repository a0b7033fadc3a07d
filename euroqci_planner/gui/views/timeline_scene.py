"""Paints what lies still in the timeline: rows, nights, weather, closures, all passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen

from euroqci_planner.app.night_weather import NightWeather
from euroqci_planner.gui import theme
from euroqci_planner.gui.marker_shapes import marker_path
from euroqci_planner.gui.views.rect_array import draw_rectangles
from euroqci_planner.gui.views.time_axis import TimeScale
from euroqci_planner.gui.views.timeline_rows import Bars, RowsBy, TimelineRows, flown_px, strip_px
from euroqci_planner.gui.views.timeline_style import draw_state, mixed
from euroqci_planner.mission.assets import Closure
from euroqci_planner.mission.plan import PassState

_ORDER = (
    PassState.REJECTED,
    PassState.CANDIDATE,
    PassState.BANNED,
    PassState.SCHEDULED,
    PassState.PINNED,
)
_MARKER_ROOM_PX = 13.0
_LABEL_ROOM_PX = 34.0
_LABEL_LEAST_HEIGHT_PX = 9.0
_CLOUD_STEPS = 6
_LEAST_TEXT_PX = 7


class ColourBy(StrEnum):
    """What the colour of a flown pass tells."""

    STATE = "state"
    SATELLITE = "satellite"


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the rows are: time scale, top of the first row, height of a row, visible part."""

    scale: TimeScale
    top_px: float
    row_px: float
    area: QRectF
    gutter_px: float

    def row_area(self, row: int) -> QRectF:
        """A row across the plot."""
        return QRectF(
            self.area.left(), self.top_px + row * self.row_px, self.area.width(), self.row_px
        )

    def row_at(self, y: float, count: int) -> int | None:
        """Row at a height, None beyond the first and last."""
        row = int((y - self.top_px) // self.row_px)
        return row if 0 <= row < count and y < self.area.bottom() else None


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn: the rows of passes and what lies behind them (by row of the timeline)."""

    rows: TimelineRows
    weather: NightWeather
    closures: tuple[tuple[Closure, ...], ...]
    colour_by: ColourBy


def paint_rows(painter: QPainter, scene: Scene, frame: Frame) -> None:
    """Stripes, nights, weather and closures."""
    ink = theme.current()
    painter.fillRect(frame.area, ink.day)
    if scene.rows.rows_by is RowsBy.STATION:
        _paint_nights(painter, scene, frame)
    for area, reason in _closed_areas(scene, frame):
        paint_closure(painter, area, ink)
        _paint_reason(painter, area, reason, ink)
    painter.setPen(QPen(ink.grid, 1.0))
    for row in range(len(scene.rows.names) + 1):
        y = round(frame.top_px + row * frame.row_px) - 0.5
        painter.drawLine(QPointF(0.0, y), QPointF(frame.area.right(), y))


def _paint_nights(painter: QPainter, scene: Scene, frame: Frame) -> None:
    ink, nights = theme.current(), scene.weather
    shown = (nights.end_utc >= frame.scale.start_utc) & (nights.start_utc <= frame.scale.end_utc)
    nights = nights.take(shown)
    left = np.maximum(frame.scale.x(nights.start_utc), frame.area.left())
    width = np.minimum(frame.scale.x(nights.end_utc), frame.area.right()) - left
    top = frame.top_px + nights.station.astype(np.float64) * frame.row_px
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink.night)
    draw_rectangles(painter, left, top, width, np.array(frame.row_px))
    strip = strip_px(frame.row_px)
    cloud = 1.0 - nights.clear_probability
    for step in range(_CLOUD_STEPS):
        low, high = step / _CLOUD_STEPS, (step + 1) / _CLOUD_STEPS
        inside = (cloud >= low) & ((cloud < high) | ((step == _CLOUD_STEPS - 1) & (cloud >= high)))
        painter.setBrush(cloud_colour((step + 0.5) / _CLOUD_STEPS))
        bottom = top[inside] + frame.row_px - strip - 1.0
        draw_rectangles(painter, left[inside], bottom, width[inside], np.array(strip))


def cloud_colour(share: float) -> QColor:
    """From the night's own colour to grey, the greyer the cloudier."""
    ink = theme.current()
    return mixed(ink.muted, ink.night, 0.05 + 0.6 * share)


def _closed_areas(scene: Scene, frame: Frame) -> Iterator[tuple[QRectF, str]]:
    """Closed intervals inside the window, and their reasons."""
    if scene.rows.rows_by is not RowsBy.STATION:
        return
    for row, closures in enumerate(scene.closures):
        for closure in closures:
            left = max(frame.scale.x_of(closure.from_utc), frame.area.left())
            right = min(frame.scale.x_of(closure.to_utc), frame.area.right())
            if right <= left:
                continue
            area = frame.row_area(row)
            area.setLeft(left)
            area.setRight(right)
            yield area, closure.reason or "closed"


def paint_closure(painter: QPainter, area: QRectF, ink: theme.Theme) -> None:
    """A closed interval: crossed hatching and an edge."""
    painter.fillRect(area, mixed(ink.base, ink.muted, 0.8))
    painter.setPen(QPen(ink.muted, 1.0))
    painter.setBrush(QBrush(mixed(ink.muted, ink.base, 0.45), Qt.BrushStyle.FDiagPattern))
    painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -1.5))


def _paint_reason(painter: QPainter, area: QRectF, text: str, ink: theme.Theme) -> None:
    """Why, where there is room above the passes that cannot be flown meanwhile."""
    plain, high = painter.font(), flown_px(area.height())
    font = QFont(plain)
    font.setPixelSize(min(painter.fontInfo().pixelSize(), round(high) - 2))
    if font.pixelSize() < _LEAST_TEXT_PX:
        return
    painter.setFont(font)
    room = painter.fontMetrics().horizontalAdvance(text) + 8.0
    if room < area.width():
        box = QRectF(area.center().x() - 0.5 * room, area.top() + 1.0, room, high)
        painter.fillRect(box, ink.base)
        painter.setPen(ink.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.setFont(plain)


def paint_passes(painter: QPainter, scene: Scene, frame: Frame) -> None:
    """All passes inside the window, the flown ones last."""
    rows, ink = scene.rows, theme.current()
    bars = visible_bars(rows, frame)
    states = rows.plan.decisions.state[bars.rows]
    for state in _ORDER:
        mine = bars.take(states == state)
        is_flown = state in (PassState.SCHEDULED, PassState.PINNED)
        if is_flown and scene.colour_by is ColourBy.SATELLITE:
            _paint_by_satellite(painter, mine, state, rows)
        else:
            draw_state(painter, mine, state, ink.states[state], ink)
    _paint_labels(painter, scene, bars)


def visible_bars(rows: TimelineRows, frame: Frame) -> Bars:
    """Bars inside the window and between the upper and lower edge of the plot."""
    bars = rows.bars(rows.visible(frame.scale), frame.scale, frame.top_px, frame.row_px)
    is_seen = (bars.top + bars.height >= frame.area.top()) & (bars.top <= frame.area.bottom())
    return bars.take(is_seen)


def _paint_by_satellite(
    painter: QPainter, bars: Bars, state: PassState, rows: TimelineRows
) -> None:
    ink, satellite = theme.current(), rows.plan.passes.satellite[bars.rows]
    number = satellite % len(ink.satellites)
    for index in np.unique(number).tolist():
        draw_state(painter, bars.take(number == index), state, ink.satellite(index), ink)


def _paint_labels(painter: QPainter, scene: Scene, bars: Bars) -> None:
    """Marker of the satellite, then the name, in bars that have room for them."""
    is_high = bars.height >= _LABEL_LEAST_HEIGHT_PX
    roomy = bars.take((bars.width >= _MARKER_ROOM_PX) & is_high)
    largest = painter.fontInfo().pixelSize()
    for place in range(len(roomy.rows)):
        font = QFont(painter.font())
        font.setPixelSize(max(min(round(0.85 * float(roomy.height[place])), largest), 7))
        painter.setFont(font)
        _paint_label(painter, scene, roomy, place)


def _paint_label(painter: QPainter, scene: Scene, bars: Bars, place: int) -> None:
    plan, ink, row = scene.rows.plan, theme.current(), int(bars.rows[place])
    state = PassState(int(plan.decisions.state[row]))
    satellite = int(plan.passes.satellite[row])
    area = QRectF(bars.left[place], bars.top[place], bars.width[place], bars.height[place])
    is_filled = state is PassState.SCHEDULED
    text_ink = ink.base if is_filled else ink.text
    marker_ink = ink.base if is_filled else ink.satellite(satellite)
    radius = min(0.3 * area.height(), 4.0)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.left() + 7.0, area.center().y())
    painter.fillPath(marker_path(theme.satellite_marker(satellite), radius), marker_ink)
    painter.restore()
    name = _name(scene, row)
    room = area.adjusted(14.0, 0.0, -3.0, 0.0)
    if area.width() >= _LABEL_ROOM_PX:
        metrics = painter.fontMetrics()
        elided = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.setPen(text_ink)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)


def _name(scene: Scene, row: int) -> str:
    passes = scene.rows.plan.passes
    if scene.rows.rows_by is RowsBy.STATION:
        return passes.satellite_ids[int(passes.satellite[row])]
    return passes.station_ids[int(passes.station[row])]


def paint_row_labels(painter: QPainter, scene: Scene, frame: Frame) -> None:
    """Names in the gutter, satellites with their marker."""
    ink, metrics = theme.current(), painter.fontMetrics()
    gutter = QRectF(0.0, frame.area.top() - 1.0, frame.gutter_px, frame.area.height() + 1.0)
    painter.fillRect(gutter, ink.window)
    painter.setClipRect(gutter)
    for row, name in enumerate(scene.rows.names):
        area = frame.row_area(row)
        room = QRectF(4.0, area.top(), frame.gutter_px - 12.0, area.height())
        if not room.intersects(gutter):
            continue
        painter.setPen(ink.text)
        if scene.rows.rows_by is RowsBy.SATELLITE:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(10.0, area.center().y())
            painter.fillPath(marker_path(theme.satellite_marker(row), 4.0), ink.satellite(row))
            painter.restore()
            room.setLeft(20.0)
        text = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, int(room.width()))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, flags, text)
    painter.setClipping(False)
    painter.setPen(QPen(ink.line, 1.0))
    x = frame.gutter_px - 0.5
    painter.drawLine(QPointF(x, frame.area.top() - 1.0), QPointF(x, frame.area.bottom()))
