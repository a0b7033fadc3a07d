"""Many rectangles drawn by one call, from a NumPy array instead of one object each."""

from __future__ import annotations

from typing import cast

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from euroqci_planner.units import FloatArray


def draw_rectangles(
    painter: QPainter, left: FloatArray, top: FloatArray, width: FloatArray, height: FloatArray
) -> None:
    """Draw rectangles with the painter's pen and brush; the arrays are of one length or scalars."""
    table = _table(left, top, width, height)
    if len(table):
        first = cast(QRectF, shiboken6.wrapInstance(table.ctypes.data, QRectF))
        painter.drawRects(first, len(table))


def draw_lines(
    painter: QPainter, x1: FloatArray, y1: FloatArray, x2: FloatArray, y2: FloatArray
) -> None:
    """Draw separate lines with the painter's pen; the arrays are of one length or scalars."""
    table = _table(x1, y1, x2, y2)
    if len(table):
        first = cast(QLineF, shiboken6.wrapInstance(table.ctypes.data, QLineF))
        painter.drawLines(first, len(table))


def _table(*columns: FloatArray) -> FloatArray:
    """Four numbers per row, as Qt lays out a rectangle or a line in memory."""
    return np.stack(np.broadcast_arrays(*map(np.atleast_1d, columns)), axis=1).astype(
        np.float64, order="C"
    )
