"""What the painted charts share: a title, a plot area with axes, ticks, and messages."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from euroqci_planner.app.display import fixed
from euroqci_planner.gui import theme as themes
from euroqci_planner.gui.theme import Theme

PAD_PX = 6.0
_MINUS = "\u2212"
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_CLOSEST = 4


@dataclass(frozen=True, slots=True)
class Scale:
    """A linear scale from values to pixels; pixels may fall as values rise."""

    low: float
    high: float
    at_low_px: float
    at_high_px: float

    def px(self, value: float) -> float:
        """Pixel of a value."""
        span = self.high - self.low
        share = (value - self.low) / span if span else 0.5
        return self.at_low_px + share * (self.at_high_px - self.at_low_px)

    def value(self, px: float) -> float:
        """Value at a pixel."""
        share = (px - self.at_low_px) / (self.at_high_px - self.at_low_px)
        return self.low + share * (self.high - self.low)


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round values inside a range, at most so many, at least one step apart."""
    span = high - low
    if not math.isfinite(span) or span <= 0.0 or most < 1:
        return []
    rough = span / most
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * size for factor in _STEPS if factor * size >= rough * (1.0 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [number * step + 0.0 for number in range(first, last + 1)]


def readable_ticks(low: float, high: float, room_px: float, apart_px: float) -> list[float]:
    """Round values inside a range, two at least where their texts have room for it.

    `apart_px` is how far ticks should stand apart; where one alone would be left, the first and
    the last of closer ones stand there, half of that apart at least.
    """
    most = max(int(room_px / apart_px), 1)
    found = ticks(low, high, most)
    for closer in range(most + 1, _CLOSEST * most + 1):
        finer = ticks(low, high, closer)
        if len(found) < 2 <= len(finer):
            apart = (finer[-1] - finer[0]) / (high - low) * room_px
            found = [finer[0], finer[-1]] if apart >= 0.5 * apart_px else found
    return found


def tick_texts(values: list[float]) -> list[str]:
    """Texts of ticks with as many decimals as their step needs."""
    if not values:
        return []
    step = values[1] - values[0] if len(values) > 1 else abs(values[0]) or 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if any(abs(value * 10.0**decimals - round(value * 10.0**decimals)) > 1e-6 for value in values):
        decimals += 1
    return [fixed(value, decimals).replace("-", _MINUS) for value in values]


class Chart(QWidget):
    """A panel that paints itself: title above, the plot below.

    A subclass paints in `paint_plot`; `message` is shown instead where it is not empty.
    """

    title = ""
    least_px = (160, 120)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Empty."""
        super().__init__(parent)
        self.message = ""
        self.setAccessibleName(self.title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        themes.signals().changed.connect(self.update)

    def minimumSizeHint(self) -> QSize:
        """As small as it can be read."""
        return QSize(*self.least_px)

    @property
    def plot_font(self) -> QFont:
        """A little smaller than the text around."""
        font = QFont(self.font())
        size = font.pointSizeF()
        font.setPointSizeF(max(0.88 * size, 7.5) if size > 0.0 else 8.0)
        return font

    @property
    def metrics(self) -> QFontMetricsF:
        """Metrics of `plot_font`."""
        return QFontMetricsF(self.plot_font)

    @property
    def title_height(self) -> float:
        """Room of the title."""
        return self.metrics.height() + 6.0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Ground, title, then the plot or the message."""
        theme = themes.current()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), theme.base)
            painter.setFont(self.plot_font)
            self._paint_title(painter, theme)
            area = QRectF(self.rect()).adjusted(PAD_PX, self.title_height, -PAD_PX, -PAD_PX)
            if self.message:
                painter.setPen(theme.muted)
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(area, flags, self.message)
            else:
                self.paint_plot(painter, area, theme)

    def paint_plot(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        """Paint inside `area`."""

    def _paint_title(self, painter: QPainter, theme: Theme) -> None:
        font = QFont(self.plot_font)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(theme.text)
        box = QRectF(PAD_PX, 2.0, self.width() - 2.0 * PAD_PX, self.title_height)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        text = QFontMetricsF(font).elidedText(self.title, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, flags, text)
        painter.setFont(self.plot_font)


def paint_x_axis(
    painter: QPainter, plot: QRectF, scale: Scale, theme: Theme, unit: str | None, most: int
) -> None:
    """Grid lines, ticks below the plot, and the unit at their end; no texts without a unit."""
    values = ticks(scale.low, scale.high, most)
    if len(values) < 2:
        values = ticks(scale.low, scale.high, 2 * most)
    metrics = QFontMetricsF(painter.font())
    painter.setPen(QPen(theme.grid, 1.0))
    places = [scale.px(value) for value in values]
    painter.drawLines([QLineF(x, plot.top(), x, plot.bottom()) for x in places])
    if unit is None:
        return
    painter.setPen(theme.muted)
    width, height = metrics.horizontalAdvance(unit) + 2.0, metrics.height()
    painter.drawText(
        QRectF(plot.right() - width, plot.bottom() + 1.0, width, height),
        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
        unit,
    )
    taken = plot.right() - width - 3.0
    for x, text in reversed(list(zip(places, tick_texts(values), strict=True))):
        half = 0.5 * metrics.horizontalAdvance(text) + 1.0
        if x + half <= taken:
            box = QRectF(x - half, plot.bottom() + 1.0, 2.0 * half, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            taken = x - half - 3.0


def paint_y_axis(
    painter: QPainter, plot: QRectF, scale: Scale, theme: Theme, values: list[float]
) -> None:
    """Grid lines and ticks to the left of the plot."""
    painter.setPen(QPen(theme.grid, 1.0))
    painter.drawLines([QLineF(plot.left(), scale.px(v), plot.right(), scale.px(v)) for v in values])
    painter.setPen(theme.muted)
    metrics = QFontMetricsF(painter.font())
    for value, text in zip(values, tick_texts(values), strict=True):
        width = metrics.horizontalAdvance(text)
        painter.drawText(
            QRectF(
                plot.left() - width - 5.0,
                scale.px(value) - 0.5 * metrics.height(),
                width + 2.0,
                metrics.height(),
            ),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            text,
        )


def fainter(colour: QColor, alpha: int) -> QColor:
    """The colour with this opacity (0..255)."""
    made = QColor(colour)
    made.setAlpha(alpha)
    return made


def text_at(
    painter: QPainter, at: QPointF, text: str, align: Qt.AlignmentFlag, width: float = 400.0
) -> None:
    """A line of text whose left, right or middle stands at a point."""
    height = QFontMetricsF(painter.font()).height()
    box = QRectF(at.x(), at.y() - 0.5 * height, width, height)
    if align == Qt.AlignmentFlag.AlignRight:
        box.moveRight(at.x())
    elif align == Qt.AlignmentFlag.AlignHCenter:
        box.moveCenter(at)
    painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, text)
