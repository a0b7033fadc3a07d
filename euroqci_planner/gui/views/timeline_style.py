"""How passes look in the timeline and its legend: one look per state, told by shape and colour."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from euroqci_planner.gui.theme import STATE_STYLES, StateStyle, Theme
from euroqci_planner.gui.views.rect_array import draw_lines, draw_rectangles
from euroqci_planner.gui.views.timeline_rows import Bars
from euroqci_planner.mission.plan import PassState

WIDE_PX = 4.0
_FAINT = 0.22


def mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    """An opaque colour: `share` of `colour` on `ground`."""
    rest = 1.0 - share
    return QColor(
        round(share * colour.red() + rest * ground.red()),
        round(share * colour.green() + rest * ground.green()),
        round(share * colour.blue() + rest * ground.blue()),
    )


def draw_state(painter: QPainter, bars: Bars, state: PassState, colour: QColor, ink: Theme) -> None:
    """Draw bars of one state: plain where they are narrow, in full where there is room."""
    style = STATE_STYLES[state]
    wide = bars.width >= WIDE_PX
    narrow = bars.take(~wide)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    draw_rectangles(painter, narrow.left, narrow.top, narrow.width, narrow.height)
    _draw_wide(painter, bars.take(wide), style, colour, ink)


def _draw_wide(
    painter: QPainter, bars: Bars, style: StateStyle, colour: QColor, ink: Theme
) -> None:
    if not len(bars.rows):
        return
    pen_px = 2.0 if style is StateStyle.THICK_OUTLINE else 1.0
    brush: QBrush | QColor = mixed(colour, ink.base, _FAINT)
    if style is StateStyle.FILLED:
        brush = colour
    elif style is StateStyle.HATCHED:
        brush = QBrush(colour, Qt.BrushStyle.BDiagPattern)
    pen = QPen(colour, pen_px)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.setBrush(brush)
    inset = 0.5 * pen_px
    draw_rectangles(
        painter,
        np.round(bars.left) + inset,
        np.round(bars.top) + inset,
        np.maximum(np.round(bars.width) - pen_px, 1.0),
        np.maximum(np.round(bars.height) - pen_px, 1.0),
    )
    if style is StateStyle.STRUCK:
        _strike(painter, bars, colour)


def _strike(painter: QPainter, bars: Bars, colour: QColor) -> None:
    """Both diagonals of each bar, no wider than it is high."""
    painter.setPen(QPen(colour, 1.0))
    middle = bars.left + 0.5 * bars.width
    half = 0.5 * np.minimum(bars.width, 1.4 * bars.height)
    top, bottom = bars.top, bars.top + bars.height
    draw_lines(painter, middle - half, top, middle + half, bottom)
    draw_lines(painter, middle - half, bottom, middle + half, top)


def draw_swatch(painter: QPainter, area: QRectF, state: PassState, ink: Theme) -> None:
    """One bar of a state, for a legend."""
    bars = Bars(
        rows=np.zeros(1, dtype=np.intp),
        left=np.array([area.left()]),
        top=np.array([area.top()]),
        width=np.array([area.width()]),
        height=np.array([area.height()]),
    )
    _draw_wide(painter, bars, STATE_STYLES[state], ink.states[state], ink)
