"""Two ways of putting markers and labels on a map: copied pictures, or drawn for vector files."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from euroqci_planner.gui.map.sprites import Sprites, draw_haloed, draw_satellite, draw_station
from euroqci_planner.gui.theme import Theme


class Ink(Protocol):
    """Draws markers and labels."""

    def satellite(
        self, painter: QPainter, index: int, x: float, y: float, radius_px: float
    ) -> None:
        """Marker of a satellite, its middle at a pixel."""

    def station(self, painter: QPainter, x: float, y: float, *, is_filled: bool) -> None:
        """Marker of a station, its middle at a pixel; hollow where the plan does not know it."""

    def label(
        self,
        painter: QPainter,
        x: float,
        y: float,
        text: str,
        colour: QColor,
        *,
        is_bold: bool = False,
    ) -> None:
        """A label, its left upper corner at a pixel."""


class SpriteInk:
    """For the screen."""

    def __init__(self, sprites: Sprites) -> None:
        """Take the pictures that are ready."""
        self._sprites = sprites

    def satellite(
        self, painter: QPainter, index: int, x: float, y: float, radius_px: float
    ) -> None:
        """Marker of a satellite, its middle at a pixel."""
        picture, half = self._sprites.satellite(index, radius_px)
        painter.drawPixmap(QPointF(x - half, y - half), picture)

    def station(self, painter: QPainter, x: float, y: float, *, is_filled: bool) -> None:
        """Marker of a station, its middle at a pixel; hollow where the plan does not know it."""
        picture, half = self._sprites.station(is_filled=is_filled)
        painter.drawPixmap(QPointF(x - half, y - half), picture)

    def label(
        self,
        painter: QPainter,
        x: float,
        y: float,
        text: str,
        colour: QColor,
        *,
        is_bold: bool = False,
    ) -> None:
        """A label, its left upper corner at a pixel."""
        picture = self._sprites.label(text, colour, is_bold=is_bold)
        painter.drawPixmap(QPointF(round(x), round(y)), picture)


class VectorInk:
    """For SVG and PDF."""

    def __init__(self, theme: Theme, font: QFont) -> None:
        """Take the colours and the font."""
        self._theme, self._font = theme, font

    def satellite(
        self, painter: QPainter, index: int, x: float, y: float, radius_px: float
    ) -> None:
        """Marker of a satellite, its middle at a pixel."""
        painter.save()
        painter.translate(x, y)
        draw_satellite(painter, self._theme, index, radius_px)
        painter.restore()

    def station(self, painter: QPainter, x: float, y: float, *, is_filled: bool) -> None:
        """Marker of a station, its middle at a pixel; hollow where the plan does not know it."""
        painter.save()
        painter.translate(x, y)
        draw_station(painter, self._theme, is_filled=is_filled)
        painter.restore()

    def label(
        self,
        painter: QPainter,
        x: float,
        y: float,
        text: str,
        colour: QColor,
        *,
        is_bold: bool = False,
    ) -> None:
        """A label, its left upper corner at a pixel."""
        font = QFont(self._font)
        font.setBold(is_bold)
        baseline = QPointF(x + 2.0, y + QFontMetricsF(font).ascent())
        draw_haloed(painter, baseline, text, font, colour, self._theme)
