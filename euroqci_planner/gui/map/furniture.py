"""What frames the map: scale bar, time, legend, attribution."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from euroqci_planner.app.display import count, day_and_time
from euroqci_planner.gui.map.base_painter import night_veil
from euroqci_planner.gui.map.presets import Layer
from euroqci_planner.gui.map.sprites import draw_station
from euroqci_planner.gui.map.viewport import Viewport
from euroqci_planner.gui.marker_shapes import marker_path
from euroqci_planner.gui.theme import Theme, satellite_marker

_SCALE_STEPS_KM = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 3_000, 5_000)
_SCALE_ROOM_PX = 60.0
_MARGIN_PX = 8.0
_SIGN_PX = 30.0
_NIGHT_TEXTS = ("Sun below 0°", "below −6° (civil)", "below −12° (nautical)", "below −18° (night)")

Sign = Callable[[QPainter, QRectF], None]


def paint_scale_and_time(
    painter: QPainter, view: Viewport, theme: Theme, instant_utc: np.datetime64
) -> None:
    """Scale bar and time in the lower right corner."""
    metrics = painter.fontMetrics()
    steps = [step for step in _SCALE_STEPS_KM if step / view.km_per_px() >= _SCALE_ROOM_PX]
    step = steps[0] if steps else _SCALE_STEPS_KM[-1]
    length = min(step / view.km_per_px(), 0.4 * view.width_px)
    distance = f"{count(step)} km"
    when = "" if np.isnat(instant_utc) else time_text(instant_utc)
    widths = [metrics.horizontalAdvance(text) for text in (distance, when)]
    width = max(length + 6.0 + widths[0], widths[1]) + 12.0
    height = (2 if when else 1) * metrics.height() + 8.0
    box = QRectF(
        view.width_px - width - _MARGIN_PX, view.height_px - height - _MARGIN_PX, width, height
    )
    _panel(painter, box, theme)
    right, line = box.right() - 6.0, metrics.height()
    painter.setPen(theme.text)
    if when:
        painter.drawText(
            QRectF(box.left(), box.top() + 4.0, width - 6.0, line),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            when,
        )
    low = box.bottom() - 4.0 - 0.5 * line
    painter.drawText(
        QRectF(right - widths[0], low - 0.5 * line, widths[0] + 1.0, line),
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
        distance,
    )
    _bar(painter, right - widths[0] - 6.0 - length, low, length, theme)


def paint_note(painter: QPainter, view: Viewport, theme: Theme, text: str) -> None:
    """A warning in the upper right corner."""
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(text) + 16.0, metrics.height() + 6.0
    box = QRectF(view.width_px - width - _MARGIN_PX, _MARGIN_PX, width, height)
    _panel(painter, box, theme)
    painter.setPen(theme.warning)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def time_text(instant_utc: np.datetime64) -> str:
    """`2026-06-14 20:43:17 UTC`."""
    return f"{day_and_time(instant_utc)} UTC"


def _bar(painter: QPainter, left: float, y: float, length: float, theme: Theme) -> None:
    painter.setPen(QPen(theme.text, 1.4))
    painter.drawLines(
        [
            QLineF(left, y, left + length, y),
            QLineF(left, y - 3.5, left, y + 3.5),
            QLineF(left + length, y - 3.5, left + length, y + 3.5),
        ]
    )


def legend_box(
    font: QFont, view: Viewport, theme: Theme, layers: AbstractSet[Layer]
) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the legend."""
    box = _legend(QFontMetricsF(font), view, theme, layers)[0]
    return box.left(), box.top(), box.right(), box.bottom()


def _legend(
    metrics: QFontMetricsF, view: Viewport, theme: Theme, layers: AbstractSet[Layer]
) -> tuple[QRectF, list[tuple[Sign, str]]]:
    rows = _legend_rows(theme, layers)
    line = metrics.height() + 1.0
    fits = max(int((view.height_px - 2.0 * _MARGIN_PX - 10.0) / line), 1)
    shown = rows[:fits]
    widest = max((metrics.horizontalAdvance(text) for _, text in shown), default=0.0)
    width = _SIGN_PX + widest + 22.0
    height = line * len(shown) + 10.0
    box = QRectF(_MARGIN_PX, view.height_px - height - _MARGIN_PX, width, height)
    return box, shown


def paint_legend(
    painter: QPainter, view: Viewport, theme: Theme, layers: AbstractSet[Layer]
) -> None:
    """What the signs mean, in the lower left corner."""
    metrics = QFontMetricsF(painter.font())
    box, rows = _legend(metrics, view, theme, layers)
    if not rows:
        return
    line = metrics.height() + 1.0
    _panel(painter, box, theme)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number, (sign, text) in enumerate(rows):
        top = box.top() + 5.0 + number * line
        painter.save()
        sign(painter, QRectF(box.left() + 7.0, top, _SIGN_PX, line))
        painter.restore()
        painter.setPen(theme.text)
        painter.drawText(
            QRectF(box.left() + _SIGN_PX + 14.0, top, box.width(), line),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            text,
        )
    painter.restore()


def _legend_rows(theme: Theme, layers: AbstractSet[Layer]) -> list[tuple[Sign, str]]:
    blue = theme.satellite(0)
    rows: list[tuple[Layer, Sign, str]] = [
        (Layer.STATIONS, _station_sign(theme), "ground station"),
        (Layer.REACH, _line_sign(theme.station, 1.3, Qt.PenStyle.DotLine), "reach of a station"),
        (Layer.SATELLITES, _satellite_sign(theme), "satellite (shape and colour)"),
        (Layer.TRACKS, _line_sign(blue, 4.0), "selected pass, usable part"),
        (Layer.TRACKS, _line_sign(blue, 1.0), "its track, one revolution"),
        (Layer.FOOTPRINTS, _line_sign(blue, 1.2, Qt.PenStyle.DashLine), "its footprint now"),
        (Layer.CONTACTS, _line_sign(blue, 2.6), "contact under way"),
        (
            Layer.OPPORTUNITIES,
            _line_sign(theme.muted, 1.0, Qt.PenStyle.DotLine),
            "usable, not flown",
        ),
    ]
    shown = [(sign, text) for layer, sign, text in rows if layer in layers]
    if Layer.NIGHT in layers:
        shown += [(_night_sign(theme, n + 1), text) for n, text in enumerate(_NIGHT_TEXTS)]
    return shown


def _station_sign(theme: Theme) -> Sign:
    def draw(painter: QPainter, box: QRectF) -> None:
        painter.translate(box.center())
        draw_station(painter, theme, is_filled=True)

    return draw


def _line_sign(colour: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> Sign:
    def draw(painter: QPainter, box: QRectF) -> None:
        pen = QPen(colour, width, style)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.drawLine(
            QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y())
        )

    return draw


def _satellite_sign(theme: Theme) -> Sign:
    def draw(painter: QPainter, box: QRectF) -> None:
        painter.setPen(QPen(theme.base, 1.0))
        painter.translate(box.left() + 5.0, box.center().y())
        for index in range(3):
            painter.setBrush(theme.satellite(index))
            painter.drawPath(marker_path(satellite_marker(index), 3.6))
            painter.translate(10.0, 0.0)

    return draw


def _night_sign(theme: Theme, bands: int) -> Sign:
    def draw(painter: QPainter, box: QRectF) -> None:
        patch = box.adjusted(0.0, 2.0, 0.0, -2.0)
        painter.fillRect(patch, theme.sea)
        painter.fillRect(
            QRectF(patch.center().x(), patch.top(), 0.5 * patch.width(), patch.height()), theme.land
        )
        painter.fillRect(patch, night_veil(theme, bands))
        painter.setPen(QPen(theme.line, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(patch)

    return draw


def _panel(painter: QPainter, box: QRectF, theme: Theme) -> None:
    ground = QColor(theme.window)
    ground.setAlpha(225)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.fillRect(box, ground)
    painter.setPen(QPen(theme.line, 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(box.toRect())
    painter.restore()
