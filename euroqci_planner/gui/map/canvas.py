"""The painted map as a widget: what it shows, and what pointer and keys do to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from euroqci_planner.app.catalogue_offers import StationOffer
from euroqci_planner.app.scene import Scene
from euroqci_planner.gui import theme as themes
from euroqci_planner.gui.hover_tips import HoverTips
from euroqci_planner.gui.map.composer import Frame, MapComposer
from euroqci_planner.gui.map.overlay import Focus
from euroqci_planner.gui.map.presets import (
    DEFAULT_LAYERS,
    Layer,
    MapMode,
    home_view,
    projection_of,
)
from euroqci_planner.gui.map.projections import Azimuthal
from euroqci_planner.gui.map.stage import MapTarget, Stage, TargetKind, offers_beside, staged
from euroqci_planner.gui.map.tips import tip_of
from euroqci_planner.gui.map.viewport import Viewport
from euroqci_planner.gui.theme import Theme
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.assets import Station

_WHEEL_STEP = 1.2
_KEY_PAN_PX = 60.0
_SETTLE_MS = 120
_DRAG_PX = 4


class MapCanvas(QWidget):
    """One map of one workspace. `clicked` and `menu_wanted` say what was hit."""

    clicked = Signal(object, object)
    menu_wanted = Signal(object, object)
    hovered = Signal(object)
    view_changed = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """An empty map of Europe."""
        super().__init__(parent)
        self._workspace = workspace
        self._scene: Scene | None = None
        self._mode = MapMode.EUROPE
        self._centre = (0.0, 0.0)
        self.layers: frozenset[Layer] = DEFAULT_LAYERS
        self._composer = MapComposer()
        self._offered: tuple[StationOffer, ...] = ()
        self._offered_beside: tuple[Station, ...] | None = None
        self._stage: Stage | None = None
        self._hover: MapTarget | None = None
        self._press: QPointF | None = None
        self._is_dragging = False
        self._is_home = True
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.update)
        projection = projection_of(self._mode, *self._centre)
        self._view = Viewport(projection, 500.0, 0.0, 0.0, 640, 400)
        self.setMouseTracking(True)
        HoverTips(self, self._tip_at)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Map of satellites and ground stations")
        themes.signals().changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for Europe."""
        return QSize(700, 440)

    @property
    def mode(self) -> MapMode:
        """What the map shows."""
        return self._mode

    @property
    def viewport(self) -> Viewport:
        """What part of the map is seen."""
        return self._view

    @property
    def scene(self) -> Scene | None:
        """The scene of the plan that is shown; None before it is ready."""
        return self._scene

    @property
    def is_home(self) -> bool:
        """Whether the map still shows what its mode shows at first."""
        return self._is_home

    @property
    def stage(self) -> Stage:
        """What stands on the map now."""
        if self._stage is None:
            self._stage = staged(
                self._view,
                self.stations(),
                self._scene,
                self._workspace.time_utc,
                self._offers() if Layer.CATALOGUE in self.layers else (),
                with_opportunities=Layer.OPPORTUNITIES in self.layers,
            )
        return self._stage

    def set_scene(self, scene: Scene | None) -> None:
        """Show the satellites of another plan."""
        self._scene = scene
        self.refresh()

    def set_layers(self, layers: Iterable[Layer]) -> None:
        """Show these layers."""
        self.layers = frozenset(layers)
        self.refresh()

    def set_mode(self, mode: MapMode, centre_rad: tuple[float, float]) -> None:
        """Look at the map in another way; the centre counts for station and globe."""
        self._mode, self._centre = mode, centre_rad
        self.go_home()

    def go_home(self) -> None:
        """Show what the mode shows at first."""
        projection = projection_of(self._mode, *self._centre)
        size = (max(self.width(), 1), max(self.height(), 1))
        self._set_view(home_view(self._mode, projection, size, self.stations()))
        self._is_home = True

    def look_at(self, centre_x: float, centre_y: float, scale_px: float) -> None:
        """Look at a place of the plane of the projection."""
        moved = replace(self._view, centre_x=centre_x, centre_y=centre_y, scale_px=scale_px)
        self.set_view(moved.held())

    def set_view(self, view: Viewport) -> None:
        """Look at another part of the map."""
        self._is_home = False
        self._set_view(view)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Nearer (over 1) or farther, around a pixel or the middle."""
        point = at or QPointF(0.5 * self.width(), 0.5 * self.height())
        if self._mode is MapMode.GLOBE:
            point = QPointF(0.5 * self.width(), 0.5 * self.height())
        self._settle.start()
        self.set_view(self._view.zoomed(factor, point.x(), point.y()))

    def pan(self, dx_px: float, dy_px: float) -> None:
        """Move the map; the globe turns."""
        self._settle.start()
        projection = self._view.projection
        if self._mode is MapMode.GLOBE and isinstance(projection, Azimuthal):
            self.set_view(
                replace(
                    self._view, projection=_turned(projection, dx_px, dy_px, self._view.scale_px)
                )
            )
        else:
            self.set_view(self._view.panned(dx_px, dy_px))

    def refresh(self) -> None:
        """Something on the map has changed."""
        self._stage = None
        self._composer.forget()
        self.update()

    def tick(self) -> None:
        """The time has changed."""
        self._stage = None
        self.update()

    def select_changed(self) -> None:
        """The selection has changed: reach follows the height of its satellite."""
        self.refresh()

    def focus_now(self) -> Focus:
        """What is brought forward."""
        row, plan = self._workspace.primary_row, self._workspace.plan
        if row is None or plan is None or self._scene is None or plan is not self._scene.plan:
            return Focus((), -1, -1, self._hover)
        passes = plan.passes
        return Focus(
            self._workspace.selected_rows,
            int(passes.satellite[row]),
            int(passes.station[row]),
            self._hover,
        )

    def _set_view(self, view: Viewport) -> None:
        self._view = view
        self._stage = None
        self.update()
        self.view_changed.emit()

    def stations(self) -> tuple[Station, ...]:
        """Those of the plan by their index there, then those that were added since."""
        plan, scenario = self._workspace.plan, self._workspace.scenario
        planned = plan.scenario.stations if plan is not None else ()
        known = {site.id for site in planned}
        edited = scenario.stations if scenario is not None else ()
        return planned + tuple(site for site in edited if site.id not in known)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draw the kept pictures and what moves; everything anew for vector files."""
        theme = themes.current()
        with QPainter(self) as painter:
            self._composer.paint(painter, self._frame(theme))
            if self.hasFocus():
                painter.setPen(QPen(theme.accent, 2.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(self.rect()).adjusted(1.0, 1.0, -1.0, -1.0))

    def _frame(self, theme: Theme) -> Frame:
        plan = self._workspace.plan
        return Frame(
            stage=self.stage,
            scene=self._scene,
            theme=theme,
            layers=self.layers,
            focus=self.focus_now(),
            time_utc=self._workspace.time_utc,
            planned_stations=0 if plan is None else len(plan.scenario.stations),
            font=self._small_font(),
            is_rough=self._settle.isActive(),
            note="the plan is stale" if self._workspace.is_stale else "",
        )

    def _small_font(self) -> QFont:
        font = QFont(self.font())
        size = font.pointSizeF()
        font.setPointSizeF(max(0.9 * size, 7.5) if size > 0.0 else 8.5)
        return font

    def _offers(self) -> tuple[StationOffer, ...]:
        """Stations of the catalogue, but those that stand where the scenario has one."""
        stations = self.stations()
        if stations != self._offered_beside:
            self._offered_beside, self._offered = stations, offers_beside(stations)
        return self._offered

    # events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep what was in view; the first view of a mode is fitted anew."""
        if self._is_home:
            self.go_home()
        else:
            self._set_view(self._view.resized(event.size().width(), event.size().height()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        turns = event.angleDelta().y() / 120.0
        if turns:
            self.zoom(_WHEEL_STEP**turns, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a click or a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._press = event.position()
            self._is_dragging = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the map, or point at something."""
        if self._press is None:
            self._point_at(event.position())
            return
        moved = event.position() - self._press
        if self._is_dragging or moved.manhattanLength() > _DRAG_PX:
            self._is_dragging = True
            self._press = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan(moved.x(), moved.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a drag, or click what is under the pointer."""
        if event.button() != Qt.MouseButton.LeftButton or self._press is None:
            return
        self._press = None
        self.unsetCursor()
        if not self._is_dragging:
            position = event.position()
            target = self.stage.target(position.x(), position.y())
            self.clicked.emit(target, event.modifiers())
        self._is_dragging = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Nearer to the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.zoom(_WHEEL_STEP**3, event.position())

    def leaveEvent(self, event: QEvent) -> None:  # noqa: ARG002
        """Nothing is pointed at."""
        self._set_hover(None)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Say what the menu is wanted for; by keyboard the pass that is selected."""
        position = event.pos()
        target = self.stage.target(position.x(), position.y())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            row = self._workspace.primary_row
            if row is not None:
                target = replace(target, kind=TargetKind.PASS, index=row)
        self.menu_wanted.emit(target, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, + and - zoom, 0 and Home show all, . and , step through satellites."""
        moves = {
            Qt.Key.Key_Left: (_KEY_PAN_PX, 0.0),
            Qt.Key.Key_Right: (-_KEY_PAN_PX, 0.0),
            Qt.Key.Key_Up: (0.0, _KEY_PAN_PX),
            Qt.Key.Key_Down: (0.0, -_KEY_PAN_PX),
        }
        key = Qt.Key(event.key())
        if key in moves:
            self.pan(*moves[key])
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self.zoom(_WHEEL_STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1.0 / _WHEEL_STEP)
        elif key in {Qt.Key.Key_0, Qt.Key.Key_Home}:
            self.go_home()
        elif key in {Qt.Key.Key_Period, Qt.Key.Key_Comma}:
            self._step_satellite(1 if key == Qt.Key.Key_Period else -1)
        else:
            super().keyPressEvent(event)

    def _step_satellite(self, step: int) -> None:
        """Click the next satellite in view."""
        view = self.stage.in_view.tolist()
        if not view:
            return
        now = self.focus_now().satellite
        at = (view.index(now) + step) % len(view) if now in view else 0
        target = MapTarget(TargetKind.SATELLITE, view[at], np.nan, np.nan)
        self.clicked.emit(target, Qt.KeyboardModifier.NoModifier)

    def _point_at(self, position: QPointF) -> None:
        target = self.stage.target(position.x(), position.y())
        is_thing = target.kind is not TargetKind.GROUND
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if is_thing else Qt.CursorShape.ArrowCursor
        )
        self._set_hover(target)

    def _set_hover(self, target: MapTarget | None) -> None:
        old, self._hover = self._hover, target
        self.hovered.emit(target)
        if _identity(old) != _identity(target):
            self.update()

    def _tip_at(self, at: QPoint) -> str:
        return tip_of(self.stage.target(at.x(), at.y()), self.stage, self._workspace.plan)


def _identity(target: MapTarget | None) -> tuple[object, int]:
    if target is None or target.kind is TargetKind.GROUND:
        return (None, -1)
    return (target.kind, target.index)


def _turned(projection: Azimuthal, dx_px: float, dy_px: float, scale_px: float) -> Azimuthal:
    """The globe turned under the pointer; poles stay upright."""
    latitude = projection.latitude_rad + dy_px / scale_px
    shrink = max(np.cos(projection.latitude_rad), 0.2)
    longitude = projection.longitude_rad - dx_px / scale_px / shrink
    limit = 0.5 * np.pi
    return Azimuthal(
        float(min(max(latitude, -limit), limit)),
        float(np.mod(longitude + np.pi, 2.0 * np.pi) - np.pi),
        projection.is_orthographic,
    )
