"""Shapes of markers as paths around the origin: the same in every view."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF

from euroqci_planner.gui.theme import Marker

_POLYGONS = {
    Marker.DIAMOND: (4, 1.35, 0.0),
    Marker.SQUARE: (4, 1.25, 0.25 * pi),
    Marker.TRIANGLE: (3, 1.45, 0.0),
    Marker.TRIANGLE_DOWN: (3, 1.45, pi),
    Marker.HEXAGON: (6, 1.15, 0.0),
}
"""Corners, radius and turn of the regular ones."""


@lru_cache(maxsize=64)
def marker_path(marker: Marker, radius_px: float) -> QPainterPath:
    """Closed path of a marker that looks as large as a circle of this radius."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    if marker is Marker.CIRCLE:
        path.addEllipse(QPointF(0.0, 0.0), radius_px, radius_px)
        return path
    path.addPolygon(QPolygonF([QPointF(x * radius_px, y * radius_px) for x, y in _corners(marker)]))
    path.closeSubpath()
    return path


@lru_cache(maxsize=4)
def station_path(radius_px: float = 4.5) -> QPainterPath:
    """Closed path of a station's marker: a dome on its base."""
    r = radius_px
    dome = QPainterPath(QPointF(r, 0.45 * r))
    dome.arcTo(QRectF(-r, -r, 2.0 * r, 2.9 * r), 0.0, 180.0)
    dome.closeSubpath()
    base = QPainterPath()
    base.addRect(QRectF(-1.25 * r, 0.45 * r, 2.5 * r, 0.6 * r))
    return dome.united(base)


def _corners(marker: Marker) -> list[tuple[float, float]]:
    if marker is Marker.CROSS:
        return _cross(1.25, 0.42)
    if marker is Marker.STAR:
        tips, dents = _regular(5, 1.5, 0.0), _regular(5, 0.62, pi / 5.0)
        return [corner for pair in zip(tips, dents, strict=True) for corner in pair]
    return _regular(*_POLYGONS[marker])


def _regular(corners: int, radius: float, turn: float) -> list[tuple[float, float]]:
    """Corners of a regular polygon, the first one up."""
    angles = [turn + 2.0 * pi * number / corners for number in range(corners)]
    return [(radius * sin(angle), -radius * cos(angle)) for angle in angles]


def _cross(reach: float, half: float) -> list[tuple[float, float]]:
    return [
        (-half, -reach), (half, -reach), (half, -half), (reach, -half), (reach, half), (half, half),
        (half, reach), (-half, reach), (-half, half), (-reach, half), (-reach, -half),
        (-half, -half),
    ]  # fmt: skip
