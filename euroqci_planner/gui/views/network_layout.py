"""Where things stand in the network view: stations by their coordinates, satellites beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.network import Node
from euroqci_planner.units import FloatArray

Place = Station | Node

_LEAST_SPAN_RAD = float(np.radians(6.0))
_MARGIN = 0.09
_LABEL_GAP_PX = 9.0
_NEAR_PLACES = (
    (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0), (0.8, 0.8), (0.8, -0.8), (-0.8, 0.8),
    (-0.8, -0.8),
)  # fmt: skip
_FAR = 1.7
_FAR_COST = 60.0
_PLACES = (*_NEAR_PLACES, *((_FAR * x, _FAR * y) for x, y in _NEAR_PLACES))


@dataclass(frozen=True, slots=True)
class Chart:
    """A plain chart: longitude to the right, latitude up, true in the middle latitude."""

    area: QRectF
    west_rad: float
    north_rad: float
    px_per_rad: float
    shrink: float

    def xy(self, latitude_rad: FloatArray, longitude_rad: FloatArray) -> tuple[FloatArray, ...]:
        """Pixels of places."""
        x = self.area.left() + (longitude_rad - self.west_rad) * self.shrink * self.px_per_rad
        y = self.area.top() + (self.north_rad - latitude_rad) * self.px_per_rad
        return np.asarray(x), np.asarray(y)

    def point(self, station: Place) -> QPointF:
        """Pixel of a station or a node."""
        x, y = self.xy(np.array([station.latitude_rad]), np.array([station.longitude_rad]))
        return QPointF(float(x[0]), float(y[0]))


def chart_of(stations: Sequence[Place], area: QRectF) -> Chart:
    """The chart in which all places lie inside the area, with a margin."""
    latitude = np.array([item.latitude_rad for item in stations] or [0.8])
    longitude = np.array([item.longitude_rad for item in stations] or [0.2])
    middle = 0.5 * (float(latitude.min()) + float(latitude.max()))
    shrink = float(np.cos(middle))
    high = max(float(np.ptp(latitude)), _LEAST_SPAN_RAD)
    wide = max(float(np.ptp(longitude)) * shrink, _LEAST_SPAN_RAD)
    room = 1.0 - 2.0 * _MARGIN
    px_per_rad = min(area.height() * room / high, area.width() * room / wide)
    centre = 0.5 * (float(longitude.min()) + float(longitude.max()))
    return Chart(
        area=area,
        west_rad=centre - 0.5 * area.width() / px_per_rad / shrink,
        north_rad=middle + 0.5 * area.height() / px_per_rad,
        px_per_rad=px_per_rad,
        shrink=shrink,
    )


def column(count: int, area: QRectF) -> list[QPointF]:
    """Points one below the other in the middle of an area."""
    step = area.height() / max(count, 1)
    return [QPointF(area.left(), area.top() + (n + 0.5) * step) for n in range(count)]


def label_boxes(
    points: Sequence[QPointF], sizes: Sequence[tuple[float, float]], area: QRectF
) -> list[QRectF]:
    """A box beside each point that covers neither points nor other boxes, as far as that goes."""
    nodes = [QRectF(point.x() - 7.0, point.y() - 7.0, 14.0, 14.0) for point in points]
    placed: list[QRectF] = []
    for number, (point, size) in enumerate(zip(points, sizes, strict=True)):
        others = [node for place, node in enumerate(nodes) if place != number]
        boxes = [_box(point, size, place) for place in _PLACES]
        costs = [_cost(box, [*others, *placed], area) for box in boxes]
        costs = [cost + _FAR_COST * (k >= len(_NEAR_PLACES)) for k, cost in enumerate(costs)]
        placed.append(boxes[int(np.argmin(costs))])
    return placed


def _box(point: QPointF, size: tuple[float, float], place: tuple[float, float]) -> QRectF:
    width, height = size
    centre_x = point.x() + place[0] * (_LABEL_GAP_PX + 0.5 * width)
    centre_y = point.y() + place[1] * (_LABEL_GAP_PX + 0.5 * height)
    return QRectF(centre_x - 0.5 * width, centre_y - 0.5 * height, width, height)


def _cost(box: QRectF, taken: Sequence[QRectF], area: QRectF) -> float:
    """Area covered, and what sticks out, which counts more."""
    covered = sum(_size(box.intersected(other)) for other in taken)
    return covered + 4.0 * (_size(box) - _size(box.intersected(area)))


def _size(box: QRectF) -> float:
    return max(box.width(), 0.0) * max(box.height(), 0.0)
