"""Rows of named bars on one axis: waterfalls of losses and of key, levels of noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QLineF, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from euroqci_planner.gui.hover_tips import HoverTips
from euroqci_planner.gui.theme import Theme
from euroqci_planner.gui.views.chart import PAD_PX, Chart, Scale, fainter, paint_x_axis, ticks

_GAP_PX = 6.0
_MOST_NAME_SHARE = 0.5


class Kind(Enum):
    """What a bar is: a part, a sum, a sum to be glad of or not, or nothing worth a bar."""

    PART = "part"
    SUM = "sum"
    GOOD = "good"
    BAD = "bad"
    NONE = "none"


_SUMS = {Kind.SUM, Kind.GOOD, Kind.BAD}


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: name, from where to where its bar goes, its value as text, and what it means."""

    name: str
    begin: float
    end: float
    text: str
    kind: Kind
    tip: str = ""


class BarChart(Chart):
    """Bars with names at the left and values at their right end; the last row may be a sum."""

    unit = ""
    is_logarithmic = False

    def __init__(self) -> None:
        """No bars."""
        super().__init__()
        self.bars: Sequence[Bar] = ()
        HoverTips(self, self.tip_at)

    def set_bars(self, bars: Sequence[Bar], message: str = "") -> None:
        """Show other bars, or a message instead."""
        self.bars, self.message = bars, message
        self.setAccessibleDescription(
            message or "; ".join(f"{bar.name} {bar.text}" for bar in bars)
        )
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        """All rows with readable text."""
        rows = max(len(self.bars), 4) + 1
        height = self.title_height + rows * (self.metrics.height() + 1.0) + 12.0
        return QSize(self.least_px[0], math.ceil(height))

    def tip_at(self, position: QPoint) -> str:
        """What the row under a point means; '' where there is none."""
        number = math.floor((position.y() - self.title_height) / self._step())
        inside = not self.message and 0 <= number < len(self.bars)
        return self.bars[number].tip if inside else ""

    def _step(self) -> float:
        """Height of a row."""
        line = self.metrics.height()
        room = self.height() - self.title_height - PAD_PX - line - 2.0
        return min(room / max(len(self.bars), 1), 1.7 * line)

    def paint_plot(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        """Axis first, then row by row."""
        if not self.bars:
            return
        line = self.metrics.height()
        plot = area.adjusted(self._name_width(area), 0.0, -self._text_width(), -line - 2.0)
        step = self._step()
        plot.setHeight(step * len(self.bars))
        scale = self._scale(plot)
        self._paint_axis(painter, plot, scale, theme)
        for number, bar in enumerate(self.bars):
            row = QRectF(area.left(), plot.top() + number * step, area.width(), step)
            self._paint_row(painter, bar, row, plot, scale, theme)

    def _name_width(self, area: QRectF) -> float:
        bold = QFontMetricsF(self._bold())
        widest = max(bold.horizontalAdvance(bar.name) for bar in self.bars)
        return min(widest + _GAP_PX, _MOST_NAME_SHARE * area.width())

    def _text_width(self) -> float:
        """Room at the right for the text of a bar that ends there."""
        bold = QFontMetricsF(self._bold())
        return max(bold.horizontalAdvance(bar.text) for bar in self.bars) + _GAP_PX

    def _bold(self) -> QFont:
        font = QFont(self.plot_font)
        font.setBold(True)
        return font

    def _scale(self, plot: QRectF) -> Scale:
        ends = [end for bar in self.bars for end in (bar.begin, bar.end) if math.isfinite(end)]
        if self.is_logarithmic:
            high = math.ceil(max((value for value in ends if value > 0.0), default=1.0))
            top = max(math.ceil(math.log10(high)), 0)
            return Scale(self._floor(), float(top), plot.left(), plot.right())
        return Scale(min([0.0, *ends]), max([1e-9, *ends]), plot.left(), plot.right())

    def _floor(self) -> float:
        """Power of ten at the left end of a logarithmic axis."""
        least = min((bar.end for bar in self.bars if bar.end > 0.0), default=1.0)
        return float(min(max(math.floor(math.log10(least)), -3), 0))

    def _paint_axis(self, painter: QPainter, plot: QRectF, scale: Scale, theme: Theme) -> None:
        if not self.is_logarithmic:
            room = self.metrics.horizontalAdvance("88.8") + 14.0
            most = max(int(plot.width() / room), 1)
            paint_x_axis(painter, plot, scale, theme, self.unit, most)
            return
        decades = [float(value) for value in range(round(scale.low), round(scale.high) + 1)]
        painter.setPen(QPen(theme.grid, 1.0))
        painter.drawLines(
            [QLineF(scale.px(v), plot.top(), scale.px(v), plot.bottom()) for v in decades]
        )
        painter.setPen(theme.muted)
        shown = ticks(scale.low, scale.high, max(int(plot.width() / 44.0), 1))
        for value in shown:
            if value == round(value) and scale.px(value) < plot.right() - 20.0:
                box = QRectF(
                    scale.px(value) - 22.0, plot.bottom() + 1.0, 44.0, self.metrics.height()
                )
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _power(round(value)))
        box = QRectF(
            plot.left(),
            plot.bottom() + 1.0,
            plot.width() + self._text_width(),
            self.metrics.height(),
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, self.unit)

    def _paint_row(
        self, painter: QPainter, bar: Bar, row: QRectF, plot: QRectF, scale: Scale, theme: Theme
    ) -> None:
        is_sum = bar.kind in _SUMS
        painter.setFont(self._bold() if is_sum else self.plot_font)
        metrics = QFontMetricsF(painter.font())
        painter.setPen(theme.muted if bar.kind is Kind.NONE else theme.text)
        name = QRectF(row.left(), row.top(), plot.left() - row.left() - _GAP_PX, row.height())
        text = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, name.width() + 1.0)
        painter.drawText(name, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        end = plot.left()
        if bar.kind is not Kind.NONE:
            end = self._paint_bar(painter, bar, row, scale, theme)
        value = QRectF(
            end + 4.0, row.top(), metrics.horizontalAdvance(bar.text) + 2.0, row.height()
        )
        painter.drawText(
            value, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, bar.text
        )
        painter.setFont(self.plot_font)

    def _paint_bar(
        self, painter: QPainter, bar: Bar, row: QRectF, scale: Scale, theme: Theme
    ) -> float:
        """The bar itself; gives its right end."""
        ends = (bar.begin, bar.end)
        if self.is_logarithmic:
            ends = (scale.low, math.log10(bar.end))
        left, right = sorted(scale.px(end) for end in ends)
        thick = min(0.72 * row.height(), 14.0)
        box = QRectF(left, row.center().y() - 0.5 * thick, max(right - left, 1.5), thick)
        colour = _colour(bar.kind, theme)
        painter.fillRect(box, colour if bar.kind is not Kind.PART else fainter(colour, 190))
        if bar.kind in _SUMS:
            painter.setPen(QPen(theme.text, 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
        painter.setPen(theme.text)
        return box.right()


def _colour(kind: Kind, theme: Theme) -> QColor:
    return {
        Kind.PART: theme.accent,
        Kind.SUM: theme.accent,
        Kind.GOOD: theme.good,
        Kind.BAD: theme.bad,
        Kind.NONE: theme.muted,
    }[kind]


def _power(exponent: int) -> str:
    """`0.01`, `1`, `10⁴`."""
    if -3 <= exponent <= 3:
        return f"{10.0**exponent:g}"
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
