"""Paints the lines of key stores: courses, fans, deposits, reserve lines, marks of depletion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from euroqci_planner.app.display import short_day_and_time
from euroqci_planner.app.store_lines import StoreLine
from euroqci_planner.gui import theme
from euroqci_planner.gui.marker_shapes import marker_path
from euroqci_planner.gui.views.rect_array import draw_lines
from euroqci_planner.gui.views.time_axis import TimeScale
from euroqci_planner.gui.views.value_axis import ValueScale
from euroqci_planner.timebase import UtcArray
from euroqci_planner.units import FloatArray

_FAN_ALPHA = 55
_MARKER_PX = 3.2
_LABEL_ALPHA = 220
_MOST_MARKERS = 150
_BESIDE_PX = 20.0


@dataclass(frozen=True, slots=True)
class Look:
    """Colour, marker and dashes of a line, and whether it stands in front."""

    colour: QColor
    marker: theme.Marker
    dashes: Qt.PenStyle
    is_strong: bool
    has_fan: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """The corners of a line in pixels."""

    x: FloatArray
    y: FloatArray


def trace_of(line: StoreLine, bits: FloatArray, scale: TimeScale, values: ValueScale) -> Trace:
    """Corners of one of the columns of a line, as far as they matter for the window."""
    if line.is_sampled:
        first = max(int(np.searchsorted(line.time_utc, scale.start_utc, side="right")) - 1, 0)
        last = int(np.searchsorted(line.time_utc, scale.end_utc)) + 1
        return Trace(scale.x(line.time_utc[first:last]), values.ys(bits[first:last]))
    first = int(np.searchsorted(line.time_utc, scale.start_utc, side="right"))
    last = int(np.searchsorted(line.time_utc, scale.end_utc, side="right"))
    levels = np.repeat(np.concatenate(([0.0], bits))[first : last + 1], 2)
    edges = np.repeat(scale.x(line.time_utc[first:last]), 2)
    return Trace(np.concatenate(([scale.left], edges, [scale.right])), values.ys(levels))


def paint_line(
    painter: QPainter, line: StoreLine, look: Look, scale: TimeScale, values: ValueScale
) -> None:
    """The fan where there is one, then the line."""
    if look.has_fan and line.has_quantiles:
        _paint_fan(painter, line, look, scale, values)
    trace = trace_of(line, line.line_bits, scale, values)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=line.is_sampled)
    pen = QPen(look.colour, 2.2 if look.is_strong else 1.3)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    if look.dashes is Qt.PenStyle.SolidLine:
        painter.setPen(pen)
        draw_lines(painter, trace.x[:-1], trace.y[:-1], trace.x[1:], trace.y[1:])
    else:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setStyle(look.dashes)
        painter.setPen(pen)
        painter.drawPolyline(_polygon(_inside(trace, scale)))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)


def _paint_fan(
    painter: QPainter, line: StoreLine, look: Look, scale: TimeScale, values: ValueScale
) -> None:
    low = trace_of(line, line.p10_bits, scale, values)
    high = trace_of(line, line.p90_bits, scale, values)
    fill = QColor(look.colour)
    fill.setAlpha(_FAN_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    corners = Trace(np.concatenate((high.x, low.x[::-1])), np.concatenate((high.y, low.y[::-1])))
    painter.drawPolygon(_polygon(corners))


def _polygon(trace: Trace) -> QPolygonF:
    corners = zip(trace.x.tolist(), trace.y.tolist(), strict=True)
    return QPolygonF([QPointF(*corner) for corner in corners])


def _inside(trace: Trace, scale: TimeScale) -> Trace:
    """The trace cut off beside the window: dashes far outside would be drawn for nothing."""
    x = np.clip(trace.x, scale.left - _BESIDE_PX, scale.right + _BESIDE_PX)
    if len(x) < 2 or (np.diff(trace.x) <= 0.0).any():
        return Trace(x, trace.y)
    return Trace(x, np.interp(x, trace.x, trace.y))


def paint_deposits(
    painter: QPainter,
    line: StoreLine,
    deposits_utc: UtcArray,
    look: Look,
    scale: TimeScale,
    values: ValueScale,
) -> None:
    """A marker on the line at each deposit, unless there are too many to tell apart."""
    shown = deposits_utc[(deposits_utc >= scale.start_utc) & (deposits_utc <= scale.end_utc)]
    if not len(shown) or len(shown) > _MOST_MARKERS:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    path = marker_path(look.marker, _MARKER_PX + 0.8 * look.is_strong)
    painter.setPen(QPen(theme.current().base, 0.8))
    painter.setBrush(look.colour)
    heights = values.ys(line.bits_at(shown)).tolist()
    for left, top in zip(scale.x(shown).tolist(), heights, strict=True):
        painter.translate(left, top)
        painter.drawPath(path)
        painter.translate(-left, -top)
    painter.restore()


def paint_reserve(
    painter: QPainter, line: StoreLine, look: Look, area: QRectF, values: ValueScale
) -> None:
    """The stock that is kept back, as a dashed line."""
    y = values.y(line.reserve_bits) if line.reserve_bits > 0.0 else area.bottom() + 1.0
    if area.top() <= y <= area.bottom():
        painter.setPen(QPen(look.colour, 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))


def paint_empty(
    painter: QPainter, line: StoreLine, look: Look, area: QRectF, scale: TimeScale
) -> None:
    """A line and a mark where a store runs empty."""
    x = _empty_x(line, area, scale)
    if x is None:
        return
    painter.setPen(QPen(theme.current().bad, 1.2, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(x, area.bottom() - 6.0)
    painter.fillPath(marker_path(theme.Marker.TRIANGLE_DOWN, 5.0), look.colour)
    painter.restore()


def paint_line_notes(
    painter: QPainter,
    lines: Sequence[StoreLine],
    area: QRectF,
    scale: TimeScale,
    values: ValueScale,
    covered: Sequence[QRectF] = (),
) -> None:
    """When stores run empty, and what the dashed lines are; a text that has no room is left out.

    `covered` is where other texts stand.
    """
    ink, metrics = theme.current(), painter.fontMetrics()
    height, taken = float(metrics.height()), list(covered)
    for text, x in empty_texts(lines, area, scale):
        room = metrics.horizontalAdvance(text)
        left = x + 5.0 if x + room + 6.0 < area.right() else x - room - 5.0
        rows = range(max(int(area.height() // height) - 1, 1))
        boxes = [QRectF(left, area.top() + row * height, room, height) for row in rows]
        _write(painter, boxes, text, taken, ink.bad)
    for line in lines:
        if line.reserve_bits > 0.0:
            y = values.y(line.reserve_bits)
            room = metrics.horizontalAdvance("reserve")
            boxes = [QRectF(area.left() + 5.0, y - height, room, height)]
            _write(painter, boxes, "reserve", taken, ink.text)


def empty_texts(
    lines: Sequence[StoreLine], area: QRectF, scale: TimeScale
) -> list[tuple[str, float]]:
    """A text for each minute in which stores run empty, and its place: one name, and how many."""
    found: dict[str, list[tuple[str, float]]] = {}
    for line in lines:
        x = _empty_x(line, area, scale)
        if x is not None:
            when = short_day_and_time(line.empty_utc).strip()[:-3]
            found.setdefault(when, []).append((f"{line.name.a} \u2013 {line.name.b}", x))
    texts = []
    for when, stores in found.items():
        more = f" and {len(stores) - 1} more" if len(stores) > 1 else ""
        texts.append((f"{stores[0][0]}{more} empty {when}", stores[0][1]))
    return texts


def _write(
    painter: QPainter, boxes: Sequence[QRectF], text: str, taken: list[QRectF], colour: QColor
) -> None:
    """Write into the first box that touches no text."""
    for box in boxes:
        if not any(box.intersects(other) for other in taken):
            taken.append(box)
            ground = QColor(theme.current().base)
            ground.setAlpha(_LABEL_ALPHA)
            painter.fillRect(box, ground)
            painter.setPen(colour)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, text)
            return


def _empty_x(line: StoreLine, area: QRectF, scale: TimeScale) -> float | None:
    if np.isnat(line.empty_utc):
        return None
    x = scale.x_of(line.empty_utc)
    return x if area.left() <= x <= area.right() else None


def paint_end_labels(
    painter: QPainter, labels: list[tuple[float, str, QColor]], area: QRectF
) -> list[QRectF]:
    """Names at the right ends of the lines, moved apart, as many as have room (first come)."""
    metrics = painter.fontMetrics()
    height = float(metrics.height())
    most = int((area.height() - 4.0) // height)
    lowest_first = sorted(labels[:most], key=lambda item: -item[0])
    bases = _apart([y - 2.0 for y, _, _ in lowest_first], height, area)
    boxes = []
    ground = QColor(theme.current().base)
    ground.setAlpha(_LABEL_ALPHA)
    for base, (_, text, colour) in zip(bases, lowest_first, strict=True):
        width = metrics.horizontalAdvance(text)
        box = QRectF(area.right() - width - 6.0, base - height + 2.0, width + 4.0, height)
        painter.fillRect(box, ground)
        painter.setPen(colour)
        painter.drawText(QPointF(box.left() + 2.0, base - metrics.descent() + 2.0), text)
        boxes.append(box)
    return boxes


def _apart(wanted: Sequence[float], height: float, area: QRectF) -> list[float]:
    """Feet of texts, the lowest first: near where they are wanted, apart, inside the area."""
    feet: list[float] = []
    for y in wanted:
        feet.append(min(y, feet[-1] - height if feet else area.bottom() - 2.0))
    highest = area.top() + height
    for place in range(len(feet) - 1, -1, -1):
        feet[place] = max(feet[place], highest)
        highest = feet[place] + height
    return feet
