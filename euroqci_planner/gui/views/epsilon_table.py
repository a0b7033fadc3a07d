"""Where the security parameters of a key block go: every entry of the epsilon ledger."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from euroqci_planner.app.inspection import PassInspection
from euroqci_planner.gui.theme import Theme
from euroqci_planner.gui.views.chart import Chart
from euroqci_planner.mission.key_yield import EpsilonLedger

_GAP_PX = 10.0
_HEADS = ("purpose", "uses", "each", "epsilon")
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_WRAP = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap


class EpsilonTable(Chart):
    """Purpose, number of uses, epsilon of each, and their product; the total below."""

    title = "Security parameters of a block"
    least_px = (320, 120)

    def __init__(self) -> None:
        """No ledger."""
        super().__init__()
        self._ledger: EpsilonLedger | None = None

    def show_pass(self, inspection: PassInspection | None) -> None:
        """Show the ledger of the pass's payload."""
        self._ledger = None if inspection is None else inspection.ledger
        self.message = "" if self._ledger or inspection is None else "no key was computed"
        self.setAccessibleDescription(
            "; ".join(f"{row[0]}: {row[3]}" for row in self._rows()) or self.message
        )
        self.updateGeometry()
        self.update()

    def minimumSizeHint(self) -> QSize:
        """All rows at this width, words wrapped."""
        height = self.title_height + 14.0
        if self._ledger is not None:
            heights = self._heights(max(float(self.width()), float(self.least_px[0])) - 12.0)
            height += sum(heights)
        return QSize(self.least_px[0], max(math.ceil(height), self.least_px[1]))

    def paint_plot(self, painter: QPainter, area: QRectF, theme: Theme) -> None:
        """The table, then the proof that it belongs to."""
        if self._ledger is None:
            return
        rows = [_HEADS, *self._rows()]
        widths = self._widths(area.width())
        y = area.top()
        for number, (row, height) in enumerate(
            zip(rows, self._heights(area.width()), strict=False)
        ):
            is_total = number == len(rows) - 1
            font = QFont(self.plot_font)
            font.setBold(is_total)
            painter.setFont(font)
            painter.setPen(theme.muted if number == 0 else theme.text)
            x = area.left()
            for column, (text, width) in enumerate(zip(row, widths, strict=True)):
                box = QRectF(x, y, width, height)
                align = (
                    _WRAP
                    if column == 0
                    else Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
                )
                painter.drawText(box, align, text)
                x += width + _GAP_PX
            y += height
            if number in {0, len(rows) - 2}:
                painter.setPen(QPen(theme.line, 1.0))
                right = int(area.left() + sum(widths) + 3.0 * _GAP_PX)
                painter.drawLine(int(area.left()), int(y) - 1, right, int(y) - 1)
        painter.setFont(self.plot_font)
        painter.setPen(theme.muted)
        painter.drawText(
            QRectF(area.left(), y + 3.0, area.width(), area.bottom() - y), _WRAP, self._ledger.proof
        )

    def _rows(self) -> list[tuple[str, str, str, str]]:
        if self._ledger is None:
            return []
        rows = [
            (
                share.purpose,
                str(share.uses),
                _power_text(share.epsilon_each),
                _power_text(share.epsilon),
            )
            for share in self._ledger.shares
        ]
        return [*rows, ("total", "", "", _power_text(self._ledger.total))]

    def _widths(self, width: float) -> list[float]:
        bold = QFont(self.plot_font)
        bold.setBold(True)
        metrics = QFontMetricsF(bold)
        columns = list(zip(_HEADS, *self._rows(), strict=True))
        numbers = [
            max(metrics.horizontalAdvance(text) for text in column) + 2.0 for column in columns[1:]
        ]
        widest = max(metrics.horizontalAdvance(text) for text in columns[0]) + 4.0
        room = max(width - sum(numbers) - 3.0 * _GAP_PX, 60.0)
        return [min(widest, room), *numbers]

    def _heights(self, width: float) -> list[float]:
        """Height of every row, and of the proof at the end."""
        first, metrics = self._widths(width)[0], self.metrics
        texts = [row[0] for row in [_HEADS, *self._rows()]]
        heights = [_wrapped(metrics, text, first) + 2.0 for text in texts]
        proof = "" if self._ledger is None else self._ledger.proof
        return [*heights, _wrapped(metrics, proof, width) + 4.0]


def _wrapped(metrics: QFontMetricsF, text: str, width: float) -> float:
    box = metrics.boundingRect(QRectF(0.0, 0.0, width, 10_000.0), int(_WRAP), text)
    return max(box.height(), metrics.height())


def _power_text(value: float) -> str:
    """`4.8·10⁻¹¹`."""
    if value <= 0.0:
        return "0"
    exponent = math.floor(math.log10(value) + 1e-12)
    digits = f"{value / 10.0**exponent:.2f}".rstrip("0").rstrip(".")
    power = f"10{str(exponent).translate(_SUPERSCRIPTS)}"
    return power if digits == "1" else f"{digits}·{power}"
