"""Markers and labels as small pictures, drawn once and then copied."""

from __future__ import annotations

from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPixmap,
)

from euroqci_planner.gui.marker_shapes import marker_path, station_path
from euroqci_planner.gui.theme import Theme, satellite_marker

_LOOKS = 56
_MOST_LABELS = 2_000
_HALO_PX = 2.6
_PAD_PX = 2.0


class Sprite(NamedTuple):
    """A picture and the distance from its corner to its middle."""

    picture: QPixmap
    half_px: float


class Sprites:
    """Pictures for one theme, font and pixel ratio; forgotten when any of them changes."""

    def __init__(self) -> None:
        """No picture yet."""
        self._key: tuple[object, ...] = ()
        self._satellites: dict[tuple[int, float], Sprite] = {}
        self._stations: dict[bool, Sprite] = {}
        self._labels: dict[tuple[str, int, bool], QPixmap] = {}

    def use(self, theme: Theme, font: QFont, pixel_ratio: float) -> None:
        """Draw for these from now on."""
        key = (theme.name, font.key(), pixel_ratio)
        if key != self._key:
            self._key, self._theme, self._font, self._ratio = key, theme, font, pixel_ratio
            self._satellites.clear()
            self._stations.clear()
            self._labels.clear()

    def satellite(self, index: int, radius_px: float) -> Sprite:
        """Marker of a satellite by its index in the plan."""
        key = (index % _LOOKS, radius_px)
        found = self._satellites.get(key)
        if found is None:
            half = ceil(1.5 * radius_px + 2.0)
            picture = self._blank(2.0 * half, 2.0 * half)
            with QPainter(picture) as painter:
                painter.translate(half, half)
                draw_satellite(painter, self._theme, index, radius_px)
            found = self._satellites[key] = Sprite(picture, float(half))
        return found

    def station(self, *, is_filled: bool) -> Sprite:
        """Marker of a station."""
        found = self._stations.get(is_filled)
        if found is None:
            picture = self._blank(18.0, 18.0)
            with QPainter(picture) as painter:
                painter.translate(9.0, 9.0)
                draw_station(painter, self._theme, is_filled=is_filled)
            found = self._stations[is_filled] = Sprite(picture, 9.0)
        return found

    def label(self, text: str, colour: QColor, *, is_bold: bool = False) -> QPixmap:
        """A text with a halo of the ground behind it."""
        key = (text, colour.rgba(), is_bold)
        picture = self._labels.get(key)
        if picture is None:
            if len(self._labels) > _MOST_LABELS:
                self._labels.clear()
            picture = self._drawn_label(text, colour, is_bold=is_bold)
            self._labels[key] = picture
        return picture

    def label_size(self, text: str, *, is_bold: bool = False) -> tuple[float, float]:
        """Width and height of a label in device-independent pixels."""
        metrics = QFontMetricsF(self._bold_or_plain(is_bold=is_bold))
        return metrics.horizontalAdvance(text) + 2.0 * _PAD_PX, metrics.height()

    def _drawn_label(self, text: str, colour: QColor, *, is_bold: bool) -> QPixmap:
        font = self._bold_or_plain(is_bold=is_bold)
        width, height = self.label_size(text, is_bold=is_bold)
        picture = self._blank(width, height)
        baseline = QPointF(_PAD_PX, QFontMetricsF(font).ascent())
        with QPainter(picture) as painter:
            draw_haloed(painter, baseline, text, font, colour, self._theme)
        return picture

    def _bold_or_plain(self, *, is_bold: bool) -> QFont:
        font = QFont(self._font)
        font.setBold(is_bold)
        return font

    def _blank(self, width: float, height: float) -> QPixmap:
        picture = QPixmap(ceil(width * self._ratio), ceil(height * self._ratio))
        picture.setDevicePixelRatio(self._ratio)
        picture.fill(Qt.GlobalColor.transparent)
        return picture


def draw_satellite(painter: QPainter, theme: Theme, index: int, radius_px: float) -> None:
    """Marker of a satellite around the origin."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.base, 1.2))
    painter.setBrush(theme.satellite(index))
    painter.drawPath(marker_path(satellite_marker(index), radius_px))


def draw_station(painter: QPainter, theme: Theme, *, is_filled: bool) -> None:
    """Marker of a station around the origin."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.base, 1.2) if is_filled else QPen(theme.station, 1.4))
    painter.setBrush(theme.station if is_filled else theme.base)
    painter.drawPath(station_path())


def draw_haloed(
    painter: QPainter, baseline: QPointF, text: str, font: QFont, colour: QColor, theme: Theme
) -> None:
    """Text with a halo, as a path: sharp on any ground and in vector files."""
    path = QPainterPath()
    path.addText(baseline, font, text)
    stroker = QPainterPathStroker()
    stroker.setWidth(_HALO_PX)
    stroker.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    halo = QColor(theme.base)
    halo.setAlpha(215)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(stroker.createStroke(path), halo)
    painter.fillPath(path, colour)
    painter.restore()
