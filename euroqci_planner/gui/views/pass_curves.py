"""Elevation, range, loss, QBER and key rate of a pass against time, one small plot each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPen, QPolygonF

from euroqci_planner.app.display import ABSENT, bit_unit, fixed, time_of_day
from euroqci_planner.app.inspection import PassInspection
from euroqci_planner.gui.theme import Theme
from euroqci_planner.gui.views.chart import (
    Chart,
    Scale,
    fainter,
    paint_x_axis,
    paint_y_axis,
    readable_ticks,
)
from euroqci_planner.timebase import instant_after, seconds_between
from euroqci_planner.units import KILO, FloatArray, decibel_loss

_CELL_PX = (158.0, 74.0)
_MOST_COLUMNS = 6
_AIR = 0.06
_TICKS_APART_PX = 20.0
_SLACK_S = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One quantity against time; `is_from_zero` keeps zero in the plot."""

    name: str
    unit: str
    t_s: FloatArray
    values: FloatArray
    decimals: int
    is_from_zero: bool

    def at(self, t_s: float) -> str:
        """Value at a time; a dash where there is none."""
        if not len(self.t_s) or not self.t_s[0] - 1.0 <= t_s <= self.t_s[-1] + 1.0:
            return ABSENT
        value = fixed(float(np.interp(t_s, self.t_s, self.values)), self.decimals)
        return value.replace("-", "\u2212")


class PassCurves(Chart):
    """Small plots on one time axis; `time_wanted` when the user clicks at a time."""

    title = "Course of the pass, in seconds from the highest point"
    least_px = (330, 128)
    time_wanted = Signal(object)

    def __init__(self) -> None:
        """No pass."""
        super().__init__()
        self._pass: PassInspection | None = None
        self._curves: list[Curve] = []
        self._satellite = 0
        self._time_s = float("nan")
        self._hover_s = float("nan")
        self.setAccessibleDescription(
            "Elevation, range, loss, QBER and key rate against seconds from the highest point"
        )

    def show_pass(self, inspection: PassInspection | None) -> None:
        """Show another pass."""
        self._pass = inspection
        self._curves = [] if inspection is None else curves_of(inspection)
        self._satellite = 0 if inspection is None else inspection.satellite
        self._hover_s = float("nan")
        self.update()

    def show_time(self, instant_utc: np.datetime64) -> None:
        """Move the line of the one time; outside the pass there is none."""
        before, self._time_s = self._time_s, float("nan")
        if self._pass is not None and not np.isnat(instant_utc):
            at_s = float(seconds_between(self._pass.highest_utc, instant_utc))
            low, high = self._span()
            if low - _SLACK_S <= at_s <= high + _SLACK_S:
                self._time_s = at_s
        if not (np.isnan(before) and np.isnan(self._time_s)):
            self.update()

    def paint_plot(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        """Five plots with their values at one time, which the sixth cell names."""
        if self._pass is None:
            return
        cells = self._cells(area)
        columns = self._columns(area)
        for number, (curve, cell) in enumerate(zip(self._curves, cells, strict=False)):
            is_lowest = self._is_lowest(number, columns)
            self._paint_curve(painter, curve, cell, theme, is_lowest=is_lowest)
        if len(cells) > len(self._curves):
            self._paint_readout(painter, cells[len(self._curves)], theme, self._pass)

    def _columns(self, area: QRectF) -> int:
        """As many columns as leave the cells their best shape."""

        def score(columns: int) -> float:
            rows = -(-6 // columns)
            return min(area.width() / columns / _CELL_PX[0], area.height() / rows / _CELL_PX[1])

        return max((1, 2, 3, 6), key=score)

    def _cells(self, area: QRectF) -> list[QRectF]:
        columns = self._columns(area)
        rows = -(-6 // columns)
        width, height = area.width() / columns, area.height() / rows
        return [
            QRectF(
                area.left() + (number % columns) * width,
                area.top() + (number // columns) * height,
                width,
                height,
            )
            for number in range(6)
        ]

    def _plot(self, cell: QRectF, *, is_lowest: bool) -> QRectF:
        """The plot inside a cell: room for the name above, ticks at the left and below."""
        line = self.metrics.height()
        left = self.metrics.horizontalAdvance("2\u202f000") + 6.0
        return cell.adjusted(left, line, -8.0, -line - 2.0 if is_lowest else -5.0)

    def _is_lowest(self, number: int, columns: int) -> bool:
        """Whether nothing but the readout stands below a plot."""
        return number + columns >= len(self._curves)

    def _span(self) -> tuple[float, float]:
        if self._pass is None:
            return (0.0, 1.0)
        t_s = self._pass.arc.t_s
        return float(t_s[0]), float(t_s[-1])

    def _paint_curve(
        self, painter: QPainter, curve: Curve, cell: QRectF, theme: Theme, *, is_lowest: bool
    ) -> None:
        plot = self._plot(cell, is_lowest=is_lowest)
        self._paint_name(painter, curve, QRectF(plot.left(), cell.top(), plot.width(), 0.0), theme)
        across = Scale(*self._span(), plot.left(), plot.right())
        self._paint_window(painter, plot, across, theme)
        most = max(int(plot.width() / 28.0), 1)
        paint_x_axis(painter, plot, across, theme, "s" if is_lowest else None, most)
        painter.setPen(QPen(theme.line, 1.0))
        painter.drawRect(plot)
        known = curve.values[np.isfinite(curve.values)]
        if not len(known):
            painter.setPen(theme.muted)
            painter.drawText(plot, Qt.AlignmentFlag.AlignCenter, self._absence())
            return
        up = _range_of(curve, known, plot)
        values = readable_ticks(up.low, up.high, plot.height(), _TICKS_APART_PX)
        paint_y_axis(painter, plot, up, theme, values)
        self._paint_line(painter, curve, across, up, theme)
        self._paint_times(painter, plot, across, theme)

    def _absence(self) -> str:
        has_window = self._pass is not None and self._pass.window_s is not None
        return "not computed" if has_window else "no usable window"

    def _paint_window(self, painter: QPainter, plot: QRectF, across: Scale, theme: Theme) -> None:
        if self._pass is not None and self._pass.window_s is not None:
            left, right = (across.px(value) for value in self._pass.window_s)
            painter.fillRect(
                QRectF(left, plot.top(), right - left, plot.height()), fainter(theme.accent, 38)
            )

    def _paint_line(
        self, painter: QPainter, curve: Curve, across: Scale, up: Scale, theme: Theme
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if up.low < 0.0 < up.high:
            painter.setPen(QPen(theme.muted, 1.0))
            painter.drawLine(QLineF(across.at_low_px, up.px(0.0), across.at_high_px, up.px(0.0)))
        painter.setPen(QPen(theme.satellite(self._satellite), 1.8))
        good = np.isfinite(curve.values)
        breaks = np.flatnonzero(np.diff(good.astype(np.int8))) + 1
        for part in np.split(np.arange(len(good)), breaks):
            if len(part) > 1 and good[part[0]]:
                x = [across.px(value) for value in curve.t_s[part].tolist()]
                y = [up.px(value) for value in curve.values[part].tolist()]
                points = [QPointF(a, b) for a, b in zip(x, y, strict=True)]
                painter.drawPolyline(QPolygonF(points))
        painter.restore()

    def _paint_times(self, painter: QPainter, plot: QRectF, across: Scale, theme: Theme) -> None:
        for at_s, pen in (
            (self._hover_s, QPen(theme.muted, 1.0, Qt.PenStyle.DashLine)),
            (self._time_s, QPen(theme.now, 1.4)),
        ):
            if across.low <= at_s <= across.high:
                painter.setPen(pen)
                painter.drawLine(
                    QLineF(across.px(at_s), plot.top(), across.px(at_s), plot.bottom())
                )

    def _paint_name(self, painter: QPainter, curve: Curve, row: QRectF, theme: Theme) -> None:
        """Name and unit at the left, the value at the time of reading at the right."""
        row.setHeight(self.metrics.height())
        name, value = f"{curve.name} [{curve.unit}]", curve.at(self._reading_s())
        painter.setPen(theme.muted)
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        room = row.width() - self.metrics.horizontalAdvance(name) - 4.0
        if self.metrics.horizontalAdvance(value) <= room:
            painter.setPen(theme.text)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(row, flags, value)

    def _reading_s(self) -> float:
        """At the pointer, else at the one time, else at the highest point."""
        return next((t for t in (self._hover_s, self._time_s) if np.isfinite(t)), 0.0)

    def _paint_readout(
        self, painter: QPainter, cell: QRectF, theme: Theme, shown: PassInspection
    ) -> None:
        """When the values above the plots hold, light on the satellite, and what is shaded."""
        at_s, arc = self._reading_s(), shown.arc
        lit = float(np.interp(at_s, arc.t_s, arc.sunlit_fraction))
        light = "in sunlight" if lit > 0.5 else "in the Earth's shadow"
        lines = [
            f"{time_of_day(instant_after(shown.highest_utc, at_s))} UTC",
            f"{at_s:+.0f} s".replace("-", "\u2212"),
            light,
        ]
        line = self.metrics.height() + 1.0
        box = cell.adjusted(12.0, 0.0, -8.0, 0.0)
        for number, text in enumerate(lines):
            painter.setPen(theme.text if number == 0 else theme.muted)
            row = QRectF(box.left(), box.top() + number * line, box.width(), line)
            painter.drawText(row, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if shown.window_s is None:
            return
        row = QRectF(box.left(), box.top() + len(lines) * line, box.width(), line)
        painter.fillRect(
            QRectF(row.left(), row.top() + 3.0, 16.0, line - 6.0), fainter(theme.accent, 60)
        )
        row.setLeft(row.left() + 21.0)
        painter.setPen(theme.muted)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(row, flags, "usable window")

    # pointer

    def time_at(self, position: QPointF) -> float:
        """Seconds from the highest point under a pixel; NaN beside the plots."""
        area = QRectF(self.rect()).adjusted(6.0, self.title_height, -6.0, -6.0)
        columns = self._columns(area)
        for number, cell in enumerate(self._cells(area)[: len(self._curves)]):
            plot = self._plot(cell, is_lowest=self._is_lowest(number, columns))
            if plot.contains(position):
                return Scale(*self._span(), plot.left(), plot.right()).value(position.x())
        return float("nan")

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the curves under the pointer."""
        self._hover_s = self.time_at(event.position())
        self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: ARG002
        """Read them at the one time again."""
        self._hover_s = float("nan")
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for this time."""
        at_s = self.time_at(event.position())
        if self._pass is not None and np.isfinite(at_s):
            self.time_wanted.emit(instant_after(self._pass.highest_utc, at_s))


def curves_of(shown: PassInspection) -> list[Curve]:
    """The five quantities; those of the link are empty where there is none."""
    arc, link = shown.arc, shown.link
    nothing = np.zeros(0)
    t_s = nothing if link is None else link.t_s
    loss = nothing if link is None else decibel_loss(link.transmittance)
    qber = nothing if link is None else 100.0 * link.qber
    key = nothing if link is None else link.key_rate_hz
    size, unit = bit_unit(float(np.nanmax(np.abs(key), initial=0.0)))
    return [
        Curve("Elevation", "°", arc.t_s, np.degrees(arc.elevation_rad), 1, is_from_zero=True),
        Curve("Range", "km", arc.t_s, arc.range_m / KILO, 0, is_from_zero=False),
        Curve("Loss", "dB", t_s, loss, 1, is_from_zero=False),
        Curve("QBER", "%", t_s, qber, 2, is_from_zero=True),
        Curve("Key rate", f"{unit}/s", t_s, key / size, 1, is_from_zero=True),
    ]


def _range_of(curve: Curve, known: FloatArray, plot: QRectF) -> Scale:
    low, high = float(known.min()), float(known.max())
    if curve.is_from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    air = _AIR * ((high - low) or abs(high) or 1.0)
    bottom = low if curve.is_from_zero and low == 0.0 else low - air
    return Scale(bottom, high + air, plot.bottom(), plot.top())
