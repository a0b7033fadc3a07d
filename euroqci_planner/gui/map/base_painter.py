"""The still layers of the map: sea, land, borders, grid, night. Paths are kept per projection."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from euroqci_planner.app.display import count
from euroqci_planner.app.scene import NightBand
from euroqci_planner.app.world_map import MapScale, world_map
from euroqci_planner.gui.map.ground import circle_ring, graticule
from euroqci_planner.gui.map.paths import path_of
from euroqci_planner.gui.map.pens import thin_pen
from euroqci_planner.gui.map.presets import Layer
from euroqci_planner.gui.map.projections import Azimuthal, Projection, overlaid
from euroqci_planner.gui.map.viewport import MEAN_EARTH_RADIUS_KM, Viewport
from euroqci_planner.gui.theme import Theme

_DETAIL_FROM_PX_PER_RADIAN = 330.0
_PROJECTIONS_KEPT = 3
_RING_STEPS_KM = (100.0, 250.0, 500.0, 1_000.0, 2_500.0, 5_000.0)
_RING_ROOM_PX = 60.0
_NIGHT_SHARE = {True: 0.20, False: 0.29}
_SUN_PX = 5.0


class BasePainter:
    """Draws what does not move with the satellites."""

    def __init__(self) -> None:
        """Nothing is projected yet."""
        self._paths: dict[tuple[Projection, str, str], QPainterPath] = {}

    def paint_land(
        self,
        painter: QPainter,
        view: Viewport,
        theme: Theme,
        layers: AbstractSet[Layer],
        *,
        is_rough: bool,
    ) -> None:
        """Sea, land, borders, coast and grid; `is_rough` for while the map moves."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=not is_rough)
        painter.fillRect(0, 0, view.width_px, view.height_px, theme.base)
        painter.setTransform(view.transform(), combine=True)
        painter.fillPath(_outline(view.projection), theme.sea)
        is_near = view.scale_px >= _DETAIL_FROM_PX_PER_RADIAN and not is_rough
        scale = MapScale.MEDIUM if is_near else MapScale.SMALL
        painter.fillPath(self._path(view.projection, scale, "land"), theme.land)
        if Layer.GRID in layers and not _has_rings(view.projection):
            painter.strokePath(self._grid(view), thin_pen(painter, theme.grid))
        if Layer.BORDERS in layers:
            painter.strokePath(
                self._path(view.projection, scale, "borders"), thin_pen(painter, theme.border)
            )
        painter.strokePath(
            self._path(view.projection, scale, "coast"), thin_pen(painter, theme.coast)
        )
        painter.strokePath(_outline(view.projection), thin_pen(painter, theme.line))
        painter.restore()
        if Layer.GRID in layers and _has_rings(view.projection):
            paint_range_rings(painter, view, theme)

    def paint_night(
        self,
        painter: QPainter,
        view: Viewport,
        theme: Theme,
        bands: tuple[NightBand, ...],
    ) -> None:
        """Day is left as it is; each band below it is one veil bluer."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setTransform(view.transform(), combine=True)
        figures = [view.projection.areas(circle_ring(band.circle)) for band in bands]
        for number, figure in enumerate(figures):
            # Odd-even with the next, darker band leaves the ring between them: painted once.
            parts = figures[number : number + 2] if number + 1 < len(figures) else [figure]
            painter.fillPath(path_of(overlaid(parts)), night_veil(theme, number + 1))
        painter.restore()

    def paint_sun(
        self, painter: QPainter, view: Viewport, theme: Theme, at_rad: tuple[float, float]
    ) -> None:
        """Where the Sun stands in the zenith."""
        x, y = view.place(np.array(at_rad[:1]), np.array(at_rad[1:]))
        if not np.isfinite([x[0], y[0]]).all():
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
        painter.translate(float(x[0]), float(y[0]))
        painter.setPen(QPen(theme.warning, 1.6))
        painter.setBrush(theme.warning)
        painter.drawEllipse(QPointF(0.0, 0.0), _SUN_PX, _SUN_PX)
        for _ in range(8):
            painter.drawLine(QPointF(_SUN_PX + 2.5, 0.0), QPointF(_SUN_PX + 5.0, 0.0))
            painter.rotate(45.0)
        painter.restore()

    def _path(self, projection: Projection, scale: MapScale, name: str) -> QPainterPath:
        key = (projection, str(scale), name)
        path = self._paths.pop(key, None)
        if path is None:
            lines = getattr(world_map(scale), name)
            draw = projection.areas if name == "land" else projection.strokes
            path = path_of(draw(lines))
        self._paths[key] = path
        while len({known[0] for known in self._paths}) > _PROJECTIONS_KEPT:
            self._paths.pop(next(iter(self._paths)))
        return path

    def _grid(self, view: Viewport) -> QPainterPath:
        step = grid_step_deg(view.scale_px)
        key = (view.projection, "grid", str(step))
        if key not in self._paths:
            self._paths[key] = path_of(view.projection.strokes(graticule(step)))
        return self._paths[key]


def grid_step_deg(scale_px: float) -> int:
    """Degrees between the lines of the grid."""
    wide = np.degrees(90.0 / scale_px)
    return next((step for step in (1, 2, 5, 10, 15) if step >= wide), 30)


def ring_step_km(scale_px: float) -> float:
    """Distance of the range rings."""
    least = _RING_ROOM_PX * MEAN_EARTH_RADIUS_KM / scale_px
    return next((step for step in _RING_STEPS_KM if step >= least), _RING_STEPS_KM[-1])


def night_veil(theme: Theme, bands: int) -> QColor:
    """What lies over ground that is inside so many of the four bands of night."""
    veil = QColor(theme.night)
    veil.setAlphaF(1.0 - (1.0 - _NIGHT_SHARE[theme.is_dark]) ** bands)
    return veil


def paint_range_rings(painter: QPainter, view: Viewport, theme: Theme) -> None:
    """Circles of equal distance around the centre of an equidistant map, with their kilometres."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for centre, radius, text, box in _range_rings(view, painter.font()):
        painter.setPen(thin_pen(painter, theme.border))
        painter.drawEllipse(centre, radius, radius)
        painter.setPen(theme.muted)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def range_ring_boxes(view: Viewport, font: QFont) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of the kilometres on the range rings; none where none are."""
    if not _has_rings(view.projection):
        return []
    rings = _range_rings(view, font)
    return [(box.left(), box.top(), box.right(), box.bottom()) for *_, box in rings]


def _range_rings(view: Viewport, font: QFont) -> list[tuple[QPointF, float, str, QRectF]]:
    """Centre, radius, text and its box of every ring that can be seen."""
    metrics = QFontMetricsF(font)
    step = ring_step_km(view.scale_px)
    x, y = view.to_screen((np.zeros(1), np.zeros(1)))
    centre = QPointF(float(x[0]), float(y[0]))
    away = np.hypot(centre.x() - 0.5 * view.width_px, centre.y() - 0.5 * view.height_px)
    reach_px = 0.5 * np.hypot(view.width_px, view.height_px) + away
    rings = []
    for number in range(1, int(np.pi * MEAN_EARTH_RADIUS_KM / step)):
        radius = number * step / MEAN_EARTH_RADIUS_KM * view.scale_px
        if radius > reach_px:
            break
        text = f"{count(round(number * step))} km"
        box = QRectF(0.0, 0.0, metrics.horizontalAdvance(text) + 6.0, metrics.height())
        box.moveCenter(QPointF(centre.x(), centre.y() - radius))
        rings.append((centre, radius, text, box))
    return rings


def _has_rings(projection: Projection) -> bool:
    return isinstance(projection, Azimuthal) and not projection.is_orthographic


def _outline(projection: Projection) -> QPainterPath:
    width, height = projection.half_size
    path = QPainterPath()
    box = QRectF(-width, -height, 2.0 * width, 2.0 * height)
    if projection.is_round:
        path.addEllipse(box)
    else:
        path.addRect(box)
    return path
