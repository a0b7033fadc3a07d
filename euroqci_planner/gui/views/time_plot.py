"""A painted view over the shared time axis: layers, axis, the one time, zoom and pan."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QWidget

from euroqci_planner.gui import theme
from euroqci_planner.gui.hover_tips import HoverTips
from euroqci_planner.gui.views import axis_paint
from euroqci_planner.gui.views.key_keeper import EscapeKeeper
from euroqci_planner.gui.views.plot_drags import Drag, PanDrag, TimeDrag
from euroqci_planner.gui.views.time_axis import TimeAxis, TimeScale
from euroqci_planner.gui.workspace import Workspace

RIGHT_PX = 14.0
MARKER_PX = 16
_NOTCH = 120.0
_ZOOM_PER_NOTCH = 1.25
_PAN_PER_NOTCH = 0.1
_PAN_PER_KEY = 0.125
_GRAB_PX = 4.0
_LABEL_AIR_PX = 13
_LABEL_MOST_PX = 150
_LABEL_LEAST_PX = 74


class TimePlot(QWidget):
    """Base of the views with a time axis.

    A subclass paints `paint_scene` (kept as a picture until something of `scene_key` changes) and
    `paint_overlay` (at every frame), and says in `start_drag` and `click` what the mouse does.
    """

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """Follow time and window of the workspace."""
        super().__init__(parent)
        self.workspace = workspace
        self.axis = TimeAxis(workspace, self)
        self.frames_painted = 0
        self.scenes_painted = 0
        self._scene: QPixmap | None = None
        self._key: tuple[object, ...] = ()
        self._gutter: tuple[object, float] | None = None
        self._press: QPointF | None = None
        self._drag: Drag | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        EscapeKeeper(self, lambda: self._drag is not None)
        HoverTips(self, lambda place: self.tip_at(QPointF(place)))
        self.axis.changed.connect(self.update)
        workspace.time_changed.connect(self.update)
        theme.signals().changed.connect(self.update)

    @property
    def gutter_px(self) -> float:
        """Room for labels on the left, the same in every view of one plan."""
        plan = self.workspace.plan
        key = (plan, self.font().key())
        if self._gutter is None or self._gutter[0] != key:
            advance = self.fontMetrics().horizontalAdvance
            stations = () if plan is None else plan.passes.station_ids
            satellites = () if plan is None else plan.passes.satellite_ids
            widest = max(
                max(map(advance, stations), default=0) + _LABEL_AIR_PX,
                max(map(advance, satellites), default=0) + _LABEL_AIR_PX + MARKER_PX,
            )
            width = float(min(max(widest, _LABEL_LEAST_PX), _LABEL_MOST_PX))
            self._gutter = (key, width)
        return self._gutter[1]

    @property
    def axis_px(self) -> float:
        """Room for the time axis at the bottom."""
        return float(self.fontMetrics().height() + 8)

    @property
    def plot(self) -> QRectF:
        """Where the data are drawn."""
        left = self.gutter_px
        width = max(self.width() - left - RIGHT_PX, 1.0)
        return QRectF(left, 1.0, width, max(self.height() - self.axis_px - 1.0, 1.0))

    @property
    def scale(self) -> TimeScale:
        """Time across the plot."""
        area = self.plot
        return self.axis.scale(area.left(), area.right())

    def paint_scene(self, painter: QPainter) -> None:
        """Draw what stays as long as `scene_key` does."""

    def paint_overlay(self, painter: QPainter) -> None:
        """Draw what may change at every frame."""

    def scene_key(self) -> tuple[object, ...]:
        """What the scene depends on besides size, window, theme and font."""
        return ()

    def start_drag(self, place: QPointF, event: QMouseEvent) -> Drag | None:
        """What a mouse that began to move at `place` does; None pans."""
        del place, event
        return None

    def click(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse was pressed and released without moving."""

    def tip_at(self, place: QPointF) -> str:
        """What the tooltip says at a point, '' where there is nothing to say."""
        del place
        return ""

    def refresh(self) -> None:
        """Forget the picture of the scene and paint anew."""
        self._scene = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Copy the scene, then draw what moves."""
        del event
        self.frames_painted += 1
        painter = QPainter(self)
        if self.axis.is_empty:
            self._paint_nothing(painter)
        elif painter.paintEngine().type() == QPaintEngine.Type.Raster:
            painter.drawPixmap(0, 0, self._scene_picture(painter.deviceTransform().m11()))
            self._paint_top(painter)
        else:
            self._paint_whole_scene(painter)
            self._paint_top(painter)
        painter.end()

    def _paint_nothing(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), theme.current().base)
        painter.setPen(theme.current().muted)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No plan yet")

    def _scene_picture(self, ratio: float) -> QPixmap:
        key = (
            self.size().toTuple(),
            ratio,
            self.workspace.window_utc,
            theme.current().name,
            self.font().key(),
            *self.scene_key(),
        )
        if self._scene is None or key != self._key:
            self._key, self.scenes_painted = key, self.scenes_painted + 1
            self._scene = QPixmap(self.size() * ratio)
            self._scene.setDevicePixelRatio(ratio)
            painter = QPainter(self._scene)
            painter.setFont(self.font())
            self._paint_whole_scene(painter)
            painter.end()
        return self._scene

    def _paint_whole_scene(self, painter: QPainter) -> None:
        painter.fillRect(QRectF(self.rect()), theme.current().window)
        painter.fillRect(self.plot, theme.current().base)
        painter.save()
        self.paint_scene(painter)
        painter.restore()
        axis_paint.paint_axis(painter, self._axis_frame())

    def _paint_top(self, painter: QPainter) -> None:
        painter.save()
        self.paint_overlay(painter)
        painter.restore()
        if not np.isnat(self.workspace.time_utc):
            axis_paint.paint_time(painter, self._axis_frame(), self.workspace.time_utc)
        if self._drag is not None:
            self._drag.paint(painter)
        if self.hasFocus():
            painter.setPen(QPen(theme.current().accent, 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def paint_grid(self, painter: QPainter) -> None:
        """Vertical lines at the ticks, stronger where a day begins."""
        axis_paint.paint_grid(painter, self._axis_frame())

    def _axis_frame(self) -> axis_paint.AxisFrame:
        return axis_paint.AxisFrame(self.scale, self.plot, float(self.width()), self.axis_px)

    def _time_x(self) -> float | None:
        instant = self.workspace.time_utc
        return None if np.isnat(instant) else self.scale.x_of(instant)

    def is_on_time_handle(self, place: QPointF) -> bool:
        """Whether the mouse takes hold of the time: the axis, or the line itself."""
        x = self._time_x()
        is_on_axis = place.y() > self.plot.bottom() and place.x() >= self.plot.left()
        return is_on_axis or (x is not None and abs(place.x() - x) <= _GRAB_PX)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor; pan with Shift or a sideways wheel."""
        turn, modifiers = event.angleDelta(), event.modifiers()
        is_sideways = bool(modifiers & Qt.KeyboardModifier.ShiftModifier) or not turn.y()
        steps = (turn.y() or turn.x()) / _NOTCH
        if self.axis.is_empty or not steps:
            event.ignore()
            return
        if is_sideways:
            self.axis.pan(-_PAN_PER_NOTCH * steps * self.scale.span_s)
        else:
            about = self.scale.instant_at(event.position().x())
            self.axis.zoom(_ZOOM_PER_NOTCH**-steps, about)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where; on the axis the time follows at once."""
        buttons = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)
        if self.axis.is_empty or event.button() not in buttons:
            super().mousePressEvent(event)
            return
        self._press = event.position()
        is_on_axis = self._press.y() > self.plot.bottom()
        if event.button() == Qt.MouseButton.LeftButton and is_on_axis:
            self._begin(TimeDrag(self))
            self._move(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the drag, or begin one."""
        place = event.position()
        if self._press is None:
            self.hover(place)
            return
        if self._drag is None:
            path = place - self._press
            if path.manhattanLength() < QApplication.startDragDistance():
                return
            self._begin(self._chosen_drag(event))
        self._move(place)

    def _chosen_drag(self, event: QMouseEvent) -> Drag:
        start = self._press or event.position()
        if event.buttons() & Qt.MouseButton.MiddleButton:
            return PanDrag(self, start)
        own = self.start_drag(start, event)
        if own is not None:
            return own
        return TimeDrag(self) if self.is_on_time_handle(start) else PanDrag(self, start)

    def _begin(self, drag: Drag) -> None:
        self._drag = drag
        self.setCursor(drag.cursor)

    def _move(self, place: QPointF) -> None:
        if self._drag is not None:
            self._drag.move(place)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Finish the drag, or click."""
        press, drag = self._press, self._drag
        self._end_drag()
        if drag is not None:
            drag.finish(event.position())
        elif press is not None and event.button() == Qt.MouseButton.LeftButton:
            self.click(press, event.modifiers())
        self.hover(event.position())

    def _end_drag(self) -> None:
        self._press = self._drag = None
        self.unsetCursor()
        self.update()

    def hover(self, place: QPointF) -> None:
        """Show by the cursor what a drag from here would do."""
        if self.axis.is_empty:
            return
        if self.is_on_time_handle(place):
            self.setCursor(Qt.CursorShape.SizeHorCursor)
        else:
            self.unsetCursor()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc ends a drag; arrows pan, plus and minus zoom, zero shows all."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self._drag is not None:
            drag = self._drag
            self._end_drag()
            drag.cancel()
        elif self.axis.is_empty or not self._key_zoom(Qt.Key(key)):
            super().keyPressEvent(event)

    def _key_zoom(self, key: Qt.Key) -> bool:
        span = self.scale.span_s
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.axis.pan((1.0 if key == Qt.Key.Key_Right else -1.0) * _PAN_PER_KEY * span)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.axis.zoom(1.0 / _ZOOM_PER_NOTCH)
        elif key == Qt.Key.Key_Minus:
            self.axis.zoom(_ZOOM_PER_NOTCH)
        elif key == Qt.Key.Key_0:
            self.axis.show_all()
        else:
            return False
        return True

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the mouse any more."""
        self.hover(QPointF(-1.0, -1.0))
        super().leaveEvent(event)
