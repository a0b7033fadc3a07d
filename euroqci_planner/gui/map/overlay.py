"""The layers of the map above the ground: reach, tracks, footprints, links, markers, labels."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from euroqci_planner.app.scene import GroundCircle, Scene
from euroqci_planner.gui.map.ground import circle_line, track_line
from euroqci_planner.gui.map.ink import Ink
from euroqci_planner.gui.map.labels import Wish
from euroqci_planner.gui.map.paths import path_of
from euroqci_planner.gui.map.pens import thin_pen
from euroqci_planner.gui.map.presets import Layer
from euroqci_planner.gui.map.projections import Projection
from euroqci_planner.gui.map.sprites import Sprites
from euroqci_planner.gui.map.stage import Link, MapTarget, Stage, TargetKind
from euroqci_planner.gui.theme import Theme
from euroqci_planner.timebase import instant_after
from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

MOST_ARCS = 12
MOST_REACH_CIRCLES = 16
_FEW_SATELLITES = 30
_LARGE_PX, _SMALL_PX = 5.0, 3.2
_STATION_PX = 5.5


@dataclass(frozen=True, slots=True, eq=False)
class Focus:
    """What is brought forward: selected passes (the first is the primary one) and the hover."""

    rows: tuple[int, ...]
    satellite: int
    station: int
    hover: MapTarget | None

    @property
    def hovered_satellite(self) -> int:
        """Satellite under the pointer, -1 for none."""
        hover = self.hover
        return hover.index if hover is not None and hover.kind is TargetKind.SATELLITE else -1

    @property
    def hovered_station(self) -> int:
        """Station under the pointer, -1 for none."""
        hover = self.hover
        return hover.index if hover is not None and hover.kind is TargetKind.STATION else -1


@dataclass(frozen=True, slots=True, eq=False)
class _Arc:
    """Ground below one pass: the whole pass, its usable part, and which way it goes."""

    satellite: int
    whole: QPainterPath
    usable: QPainterPath
    latitude_rad: FloatArray
    longitude_rad: FloatArray


class OverlayPainter:
    """Paints what moves or follows the selection; keeps the figures of the selection."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._key: tuple[object, ...] = ()
        self._arcs: list[_Arc] = []
        self._orbit = QPainterPath()

    def paint_reach(
        self, painter: QPainter, stage: Stage, scene: Scene, theme: Theme, altitude_m: float
    ) -> None:
        """Faint circles: where satellites of this height are seen, if stations are few."""
        if len(scene.plan.scenario.stations) > MOST_REACH_CIRCLES:
            return
        colour = QColor(theme.station)
        colour.setAlpha(105)
        for number in range(len(scene.plan.scenario.stations)):
            circle = scene.station_circle(number, altitude_m)
            _stroke(painter, stage, circle, thin_pen(painter, colour, 1.0, Qt.PenStyle.DotLine))

    def paint_chosen_reach(
        self, painter: QPainter, stage: Stage, scene: Scene, theme: Theme, focus: Focus
    ) -> None:
        """Solid circle of the station in focus, for the height of the satellite in focus."""
        station = focus.hovered_station if focus.hovered_station >= 0 else focus.station
        if not 0 <= station < len(scene.plan.scenario.stations):
            return
        circle = scene.station_circle(station, reach_altitude_m(stage, focus.satellite))
        _stroke(painter, stage, circle, thin_pen(painter, theme.station, 1.3))

    def paint_tracks(
        self, painter: QPainter, stage: Stage, scene: Scene, theme: Theme, focus: Focus
    ) -> None:
        """One revolution of the primary pass, and the arcs of all selected passes."""
        self._prepare(scene, focus.rows, stage.view.projection)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(stage.view.transform(), combine=True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._arcs:
            thin = QColor(theme.satellite(self._arcs[0].satellite))
            thin.setAlpha(150)
            painter.strokePath(self._orbit, thin_pen(painter, thin, 1.0))
        for number, arc in reversed(list(enumerate(self._arcs))):
            colour = theme.satellite(arc.satellite)
            wide = 1.0 if number else 1.5
            painter.strokePath(arc.whole, thin_pen(painter, colour, 1.6 * wide))
            painter.strokePath(arc.usable, thin_pen(painter, colour, 3.2 * wide))
        painter.restore()
        for arc in self._arcs:
            _arrow(painter, stage, arc, theme.satellite(arc.satellite))

    def _prepare(self, scene: Scene, rows: tuple[int, ...], projection: Projection) -> None:
        key = (scene, rows[:MOST_ARCS], projection)
        if key == self._key:
            return
        self._key = key
        self._arcs = [_arc(scene, row, projection) for row in rows[:MOST_ARCS]]
        self._orbit = _orbit(scene, rows[0], projection) if rows else QPainterPath()

    def paint_footprint(
        self,
        painter: QPainter,
        stage: Stage,
        scene: Scene,
        theme: Theme,
        focus: Focus,
        instant_utc: np.datetime64,
    ) -> None:
        """Ground that sees the satellite in focus now, over the least elevation of its station."""
        stations = scene.plan.scenario.stations
        chosen = focus.hovered_satellite if focus.hovered_satellite >= 0 else focus.satellite
        if chosen < 0 or not stations:
            return
        least = min(site.min_elevation_rad for site in stations)
        if chosen == focus.satellite:
            least = stations[focus.station].min_elevation_rad
        circle = scene.footprint(chosen, instant_utc, least)
        if circle is not None:
            pen = thin_pen(painter, theme.satellite(chosen), 1.2, Qt.PenStyle.DashLine)
            _stroke(painter, stage, circle, pen)

    def paint_way_ahead(
        self,
        painter: QPainter,
        stage: Stage,
        scene: Scene,
        theme: Theme,
        focus: Focus,
        instant_utc: np.datetime64,
    ) -> None:
        """Where the satellite under the pointer goes within one revolution."""
        satellite = focus.hovered_satellite
        if satellite < 0:
            return
        end = instant_after(instant_utc, min(scene.period_s(satellite), SECONDS_PER_DAY))
        track = track_line(scene.track(satellite, instant_utc, end, 30.0))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(stage.view.transform(), combine=True)
        path = path_of(stage.view.projection.strokes(track))
        painter.strokePath(
            path, thin_pen(painter, theme.satellite(satellite), 1.2, Qt.PenStyle.DotLine)
        )
        painter.restore()

    def paint_links(
        self, painter: QPainter, stage: Stage, theme: Theme, layers: AbstractSet[Layer]
    ) -> None:
        """Contacts as double lines, usable passes that are not flown as thin dotted ones."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if Layer.OPPORTUNITIES in layers:
            painter.setPen(thin_pen(painter, theme.muted, 1.0, Qt.PenStyle.DotLine))
            painter.drawLines([_line(link) for link in stage.opportunities])
        if Layer.CONTACTS in layers:
            for link in stage.contacts:
                painter.setPen(thin_pen(painter, theme.base, 5.0))
                painter.drawLine(_line(link))
                painter.setPen(thin_pen(painter, theme.satellite(link.satellite), 2.6))
                painter.drawLine(_line(link))
        painter.restore()

    def paint_station_focus(
        self, painter: QPainter, stage: Stage, theme: Theme, focus: Focus
    ) -> None:
        """A ring around the stations in focus."""
        for station in {focus.station, focus.hovered_station}:
            if 0 <= station < len(stage.station_x):
                x, y = stage.station_x[station], stage.station_y[station]
                _ring(painter, float(x), float(y), theme.station, 8.5)

    def paint_satellites(
        self, painter: QPainter, stage: Stage, theme: Theme, focus: Focus, ink: Ink
    ) -> None:
        """All satellites in view, those in focus last and larger."""
        view = stage.in_view
        radius = _LARGE_PX if len(view) <= _FEW_SATELLITES else _SMALL_PX
        xs, ys = stage.satellite_x.tolist(), stage.satellite_y.tolist()
        forward = {focus.satellite, focus.hovered_satellite} - {-1}
        for index in view.tolist():
            if index not in forward:
                ink.satellite(painter, index, xs[index], ys[index], radius)
        for index in sorted(forward & set(view.tolist())):
            ink.satellite(painter, index, xs[index], ys[index], _LARGE_PX + 1.5)
            _ring(painter, xs[index], ys[index], theme.text, 10.5)

    def arc_boxes(self, stage: Stage) -> FloatArray:
        """Small boxes along the selected passes, for labels to keep off."""
        boxes = np.zeros((0, 4))
        for arc in self._arcs:
            x, y = stage.view.place(arc.latitude_rad, arc.longitude_rad)
            near = np.stack((x - 3.0, y - 3.0, x + 3.0, y + 3.0), axis=1)
            boxes = np.concatenate((boxes, near[np.isfinite(near).all(axis=1)]))
        return boxes

    def station_wishes(self, stage: Stage, sprites: Sprites) -> list[Wish]:
        """Labels of all stations, from north to south."""
        order = np.argsort(np.nan_to_num(stage.station_y, nan=np.inf), kind="stable")
        wishes = []
        for number in order.tolist():
            x, y = float(stage.station_x[number]), float(stage.station_y[number])
            if np.isfinite(x) and np.isfinite(y):
                size = sprites.label_size(stage.stations[number].id)
                wishes.append(Wish(number, x, y, *size, reach=_STATION_PX))
        return wishes

    def satellite_wishes(
        self, stage: Stage, scene: Scene, focus: Focus, sprites: Sprites
    ) -> list[Wish]:
        """Labels of the satellites in focus and in contact, of all where they are few."""
        view = stage.in_view.tolist()
        busy = [link.satellite for link in stage.contacts]
        first = [focus.satellite, focus.hovered_satellite, *busy]
        wanted = dict.fromkeys(index for index in first if index in view)
        if len(view) <= _FEW_SATELLITES:
            wanted |= dict.fromkeys(view)
        wishes = []
        for index in wanted:
            text = scene.plan.passes.satellite_ids[index]
            size = sprites.label_size(text, is_bold=index == focus.satellite)
            x, y = float(stage.satellite_x[index]), float(stage.satellite_y[index])
            wishes.append(Wish(index, x, y, *size, reach=_LARGE_PX + 2.0))
        return wishes


def reach_altitude_m(stage: Stage, satellite: int) -> float:
    """Height for which reach is drawn: that of the satellite in focus, else the middle one."""
    if stage.points is None:
        return float("nan")
    heights = stage.points.altitude_m
    chosen = heights[satellite] if 0 <= satellite < len(heights) else np.nan
    return float(chosen if np.isfinite(chosen) else np.nanmedian(heights))


def _arc(scene: Scene, row: int, projection: Projection) -> _Arc:
    passes, conditions = scene.plan.passes, scene.plan.conditions
    satellite = int(passes.satellite[row])
    points = scene.track(satellite, passes.start_utc[row], passes.end_utc[row], 10.0)
    usable = QPainterPath()
    if not np.isnat(conditions.usable_start_utc[row]):
        window = scene.track(
            satellite, conditions.usable_start_utc[row], conditions.usable_end_utc[row], 10.0
        )
        usable = path_of(projection.strokes(track_line(window)))
    whole = path_of(projection.strokes(track_line(points)))
    return _Arc(satellite, whole, usable, points.latitude_rad, points.longitude_rad)


def _orbit(scene: Scene, row: int, projection: Projection) -> QPainterPath:
    passes = scene.plan.passes
    satellite = int(passes.satellite[row])
    half = 0.5 * min(scene.period_s(satellite), SECONDS_PER_DAY)
    highest = passes.highest_utc[row]
    ends = instant_after(highest, -half), instant_after(highest, half)
    return path_of(projection.strokes(track_line(scene.track(satellite, *ends, 30.0))))


def _arrow(painter: QPainter, stage: Stage, arc: _Arc, colour: QColor) -> None:
    """Head of an arrow at the end of a pass."""
    x, y = stage.view.place(arc.latitude_rad[-2:], arc.longitude_rad[-2:])
    if len(x) < 2 or not np.isfinite([*x, *y]).all():
        return
    along = np.array([x[1] - x[0], y[1] - y[0]])
    length = float(np.hypot(*along))
    if length == 0.0:
        return
    ahead = along / length * 9.0
    side = np.array([-ahead[1], ahead[0]]) * 0.5
    tip = np.array([x[1], y[1]]) + ahead
    base = tip - ahead
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    corners = (tip, base + side, base - side)
    painter.drawPolygon(QPolygonF([QPointF(float(a), float(b)) for a, b in corners]))
    painter.restore()


def _stroke(painter: QPainter, stage: Stage, circle: GroundCircle, pen: QPen) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setTransform(stage.view.transform(), combine=True)
    painter.strokePath(path_of(stage.view.projection.strokes(circle_line(circle))), pen)
    painter.restore()


def _ring(painter: QPainter, x: float, y: float, colour: QColor, radius: float) -> None:
    if np.isfinite(x) and np.isfinite(y):
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 1.6))
        painter.drawEllipse(QPointF(float(x), float(y)), radius, radius)
        painter.restore()


def _line(link: Link) -> QLineF:
    return QLineF(*link.ends)
