"""Pens that keep their width on the screen whatever the transform of the painter."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen


def thin_pen(
    painter: QPainter,
    colour: QColor,
    width_px: float = 1.0,
    style: Qt.PenStyle = Qt.PenStyle.SolidLine,
) -> QPen:
    """A pen so many pixels wide; a cosmetic pen alone counts the pixels of dense screens."""
    pen = QPen(colour, width_px * painter.device().devicePixelRatioF(), style)
    pen.setCosmetic(True)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen
