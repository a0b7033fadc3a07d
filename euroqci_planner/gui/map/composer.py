"""Puts the layers of the map together: still ones kept as pictures, the rest drawn each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtGui import QFont, QPaintEngine, QPainter, QPixmap

from euroqci_planner.app.scene import Scene
from euroqci_planner.gui.map.base_painter import BasePainter, range_ring_boxes
from euroqci_planner.gui.map.furniture import (
    legend_box,
    paint_legend,
    paint_note,
    paint_scale_and_time,
)
from euroqci_planner.gui.map.ink import Ink, SpriteInk, VectorInk
from euroqci_planner.gui.map.labels import LabelPlacer
from euroqci_planner.gui.map.overlay import Focus, OverlayPainter, reach_altitude_m
from euroqci_planner.gui.map.presets import Layer
from euroqci_planner.gui.map.sprites import Sprites
from euroqci_planner.gui.map.stage import Stage
from euroqci_planner.gui.theme import Theme
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import FloatArray

_SUN_RAD_PER_S = 2.0 * np.pi / 86_400.0
_NIGHT_STEP_PX = 4.0
_FALLBACK_ALTITUDE_M = 500e3
_MARKER_PX = 6.0
_VECTOR_ENGINES = (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf, QPaintEngine.Type.Picture)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Frame:
    """Everything that one picture of the map is made of."""

    stage: Stage
    scene: Scene | None
    theme: Theme
    layers: frozenset[Layer]
    focus: Focus
    time_utc: np.datetime64
    planned_stations: int
    font: QFont
    is_rough: bool
    note: str = ""

    def has(self, layer: Layer) -> bool:
        """Whether a layer is shown."""
        return layer in self.layers

    @property
    def has_night(self) -> bool:
        """Whether night can be and is to be drawn."""
        known = self.scene is not None and not np.isnat(self.time_utc)
        return known and self.has(Layer.NIGHT)


class MapComposer:
    """Paints frames of one widget and keeps what does not change from one to the next."""

    def __init__(self) -> None:
        """Nothing is kept yet."""
        self._base, self._overlay, self._sprites = BasePainter(), OverlayPainter(), Sprites()
        self._station_placer, self._satellite_placer = LabelPlacer(), LabelPlacer()
        self._land, self._backdrop = QPixmap(), QPixmap()
        self._land_key: tuple[Any, ...] = ()
        self._backdrop_key: tuple[Any, ...] = ()
        self._names: dict[int, tuple[float, float]] = {}
        self._names_key: tuple[Any, ...] = ()

    def forget(self) -> None:
        """Something behind the moving layers has changed."""
        self._backdrop_key, self._names_key = (), ()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """One frame; without pictures where the painter writes a vector file."""
        painter.setFont(frame.font)
        pixel_ratio = max(painter.deviceTransform().m11(), 1.0)
        self._sprites.use(frame.theme, frame.font, pixel_ratio)
        if painter.paintEngine().type() in _VECTOR_ENGINES:
            ink = VectorInk(frame.theme, frame.font)
            self._paint_land(painter, frame)
            self._paint_still(painter, frame)
            self._paint_moving(painter, frame, ink)
            return
        painter.drawPixmap(0, 0, self._ready_backdrop(frame, pixel_ratio))
        self._paint_moving(painter, frame, SpriteInk(self._sprites))

    def _ready_backdrop(self, frame: Frame, pixel_ratio: float) -> QPixmap:
        view = frame.stage.view
        land_key = (view, pixel_ratio, frame.theme.name, frame.layers, frame.is_rough)
        if land_key != self._land_key:
            self._land = _blank(frame, pixel_ratio)
            with QPainter(self._land) as painter:
                painter.setFont(frame.font)
                self._paint_land(painter, frame)
            self._land_key, self._backdrop_key = land_key, ()
        key = (self._night_step(frame), frame.scene, frame.focus.satellite)
        if key != self._backdrop_key:
            self._backdrop = self._land.copy()
            with QPainter(self._backdrop) as painter:
                painter.setFont(frame.font)
                self._paint_still(painter, frame)
            self._backdrop_key = key
        return self._backdrop

    def _night_step(self, frame: Frame) -> int:
        """Number that changes when the Sun has moved the night by about four pixels."""
        if not frame.has_night or frame.scene is None:
            return 0
        step_s = max(_NIGHT_STEP_PX / (frame.stage.view.scale_px * _SUN_RAD_PER_S), 1.0)
        since = seconds_between(frame.scene.plan.scenario.start_utc, frame.time_utc)
        return int(float(since) / step_s)

    def _paint_land(self, painter: QPainter, frame: Frame) -> None:
        self._base.paint_land(
            painter, frame.stage.view, frame.theme, frame.layers, is_rough=frame.is_rough
        )

    def _paint_still(self, painter: QPainter, frame: Frame) -> None:
        """Night and reach."""
        stage, scene, theme = frame.stage, frame.scene, frame.theme
        if frame.has_night and scene is not None:
            bands, sun = scene.night_bands(frame.time_utc), scene.sub_solar_point(frame.time_utc)
            self._base.paint_night(painter, stage.view, theme, bands)
            self._base.paint_sun(painter, stage.view, theme, sun)
        if scene is not None and frame.has(Layer.REACH):
            height = reach_altitude_m(stage, frame.focus.satellite)
            height = height if np.isfinite(height) else _FALLBACK_ALTITUDE_M
            self._overlay.paint_reach(painter, stage, scene, theme, height)

    def _paint_moving(self, painter: QPainter, frame: Frame, ink: Ink) -> None:
        stage, theme, scene = frame.stage, frame.theme, frame.scene
        if scene is not None:
            self._paint_selection(painter, frame, scene)
        if frame.has(Layer.STATIONS):
            self._paint_stations(painter, frame, ink)
        if scene is not None:
            self._overlay.paint_links(painter, stage, theme, frame.layers)
            if frame.has(Layer.SATELLITES):
                self._overlay.paint_satellites(painter, stage, theme, frame.focus, ink)
                if frame.has(Layer.SATELLITE_NAMES):
                    self._paint_satellite_names(painter, frame, scene, ink)
        paint_scale_and_time(painter, stage.view, theme, frame.time_utc)
        if frame.note:
            paint_note(painter, stage.view, theme, frame.note)
        if frame.has(Layer.LEGEND):
            paint_legend(painter, stage.view, theme, frame.layers)

    def _paint_stations(self, painter: QPainter, frame: Frame, ink: Ink) -> None:
        """Stations and their ids; labels keep off markers, range rings and the selected arcs."""
        stage = frame.stage
        for number in np.flatnonzero(np.isfinite(stage.station_x)).tolist():
            x, y = float(stage.station_x[number]), float(stage.station_y[number])
            ink.station(painter, x, y, is_filled=number < frame.planned_stations)
        for x, y in zip(stage.offer_x.tolist(), stage.offer_y.tolist(), strict=True):
            if np.isfinite(x):
                ink.station(painter, x, y, is_filled=False)
        self._place_names(frame)
        for number, (x, y) in self._names.items():
            ink.label(painter, x, y, stage.stations[number].id, frame.theme.station)

    def _place_names(self, frame: Frame) -> None:
        stage = frame.stage
        if not frame.has(Layer.STATION_NAMES):
            self._names = {}
            return
        key = (stage.view, frame.layers, frame.focus.rows, frame.font.key(), frame.planned_stations)
        if key == self._names_key:
            return
        self._names_key = key
        wishes = self._overlay.station_wishes(stage, self._sprites)
        arcs = self._overlay.arc_boxes(stage) if frame.has(Layer.TRACKS) else np.zeros((0, 4))
        taken = np.concatenate((_markers(stage), _corners(frame), arcs))
        self._names = self._station_placer.placed(wishes, taken, _size(stage))

    def _name_boxes(self, stage: Stage) -> FloatArray:
        boxes = []
        for number, (x, y) in self._names.items():
            width, height = self._sprites.label_size(stage.stations[number].id)
            boxes.append((x, y, x + width, y + height))
        return np.array(boxes, dtype=np.float64).reshape(-1, 4)

    def _paint_selection(self, painter: QPainter, frame: Frame, scene: Scene) -> None:
        stage, theme, focus = frame.stage, frame.theme, frame.focus
        if frame.has(Layer.TRACKS):
            self._overlay.paint_tracks(painter, stage, scene, theme, focus)
            self._overlay.paint_way_ahead(painter, stage, scene, theme, focus, frame.time_utc)
        if frame.has(Layer.REACH):
            self._overlay.paint_chosen_reach(painter, stage, scene, theme, focus)
        if frame.has(Layer.FOOTPRINTS):
            self._overlay.paint_footprint(painter, stage, scene, theme, focus, frame.time_utc)
        if frame.has(Layer.STATIONS):
            self._overlay.paint_station_focus(painter, stage, theme, focus)

    def _paint_satellite_names(
        self, painter: QPainter, frame: Frame, scene: Scene, ink: Ink
    ) -> None:
        stage = frame.stage
        wishes = self._overlay.satellite_wishes(stage, scene, frame.focus, self._sprites)
        taken = np.concatenate((self._name_boxes(stage), _markers(stage), _corners(frame)))
        ids = scene.plan.passes.satellite_ids
        for index, (x, y) in self._satellite_placer.placed(wishes, taken, _size(stage)).items():
            colour = frame.theme.satellite(index)
            ink.label(painter, x, y, ids[index], colour, is_bold=index == frame.focus.satellite)


def _blank(frame: Frame, pixel_ratio: float) -> QPixmap:
    width, height = _size(frame.stage)
    picture = QPixmap(round(width * pixel_ratio), round(height * pixel_ratio))
    picture.setDevicePixelRatio(pixel_ratio)
    return picture


def _size(stage: Stage) -> tuple[int, int]:
    return stage.view.width_px, stage.view.height_px


def _markers(stage: Stage) -> FloatArray:
    """Boxes around the stations that are on the map."""
    x, y = stage.station_x, stage.station_y
    boxes = np.stack((x - _MARKER_PX, y - _MARKER_PX, x + _MARKER_PX, y + _MARKER_PX), axis=1)
    return np.asarray(boxes[np.isfinite(boxes).all(axis=1)])


def _corners(frame: Frame) -> FloatArray:
    """Boxes of time, scale and legend."""
    width, height = _size(frame.stage)
    boxes = [(width - 190.0, height - 54.0, float(width), float(height))]
    if frame.has(Layer.LEGEND):
        boxes.append(legend_box(frame.font, frame.stage.view, frame.theme, frame.layers))
    boxes += range_ring_boxes(frame.stage.view, frame.font) if frame.has(Layer.GRID) else []
    return np.array(boxes)
