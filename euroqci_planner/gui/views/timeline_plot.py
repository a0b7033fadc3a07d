"""The painted part of the timeline: rows of passes under one time axis."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from euroqci_planner.app.display import short_day_and_time
from euroqci_planner.app.night_weather import night_weather
from euroqci_planner.gui import theme
from euroqci_planner.gui.followed_pass import FollowedPass
from euroqci_planner.gui.views.pass_columns import pass_tip
from euroqci_planner.gui.views.pass_menu import pass_menu
from euroqci_planner.gui.views.plot_drags import Drag
from euroqci_planner.gui.views.time_plot import TimePlot
from euroqci_planner.gui.views.timeline_drags import CloseDrag, MoveDrag, RubberDrag
from euroqci_planner.gui.views.timeline_rows import RowsBy, TimelineRows, strip_px
from euroqci_planner.gui.views.timeline_scene import (
    ColourBy,
    Frame,
    Scene,
    paint_passes,
    paint_row_labels,
    paint_rows,
    visible_bars,
)
from euroqci_planner.gui.views.timeline_tips import next_night, station_tip
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.assets import Closure

_MOST_ROW_PX = 40.0
_WHEEL_ROWS = 3.0
_NOTCH = 120.0


class TimelinePlot(TimePlot):
    """Bars of all passes; the mouse selects, moves contacts and closes stations.

    `scroll_changed` comes when the range or the place of the vertical scroll changes.
    """

    scroll_changed = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """Follow the plan and the selection."""
        super().__init__(workspace, parent)
        self.rows_by = RowsBy.STATION
        self.colour_by = ColourBy.STATE
        self.is_closing = False
        self.scroll_px = 0.0
        self._scene_data: Scene | None = None
        self._hovered: int | None = None
        self._followed = FollowedPass()
        self.setAccessibleName("Timeline of passes")
        workspace.plan_changed.connect(self._on_plan)
        workspace.document_changed.connect(self._on_document)
        workspace.selection_changed.connect(self._follow)
        self._on_plan()

    def set_rows_by(self, rows_by: RowsBy) -> None:
        """Rows per station or per satellite."""
        self.rows_by, self.scroll_px = rows_by, 0.0
        self._on_plan()

    def set_colour_by(self, colour_by: ColourBy) -> None:
        """Colours of flown passes by state or by satellite."""
        self.colour_by = colour_by
        self._on_document()

    def _on_plan(self) -> None:
        plan = self.workspace.plan
        self._scene_data = (
            None if plan is None else self._made_scene(TimelineRows(plan, self.rows_by))
        )
        self._hovered = None
        self._describe()
        self.refresh()
        self._clamp_scroll()

    def _on_document(self) -> None:
        if self._scene_data is not None:
            self._scene_data = self._made_scene(self._scene_data.rows)
        self.refresh()

    def _made_scene(self, rows: TimelineRows) -> Scene:
        scenario = self.workspace.scenario or rows.plan.scenario
        closures = {item.id: item.closures for item in scenario.stations}
        shown: tuple[tuple[Closure, ...], ...] = ()
        if rows.rows_by is RowsBy.STATION:
            shown = tuple(closures.get(name, ()) for name in rows.names)
        return Scene(rows, night_weather(rows.plan), shown, self.colour_by)

    def _describe(self) -> None:
        scene = self._scene_data
        if scene is not None:
            kind = f"{len(scene.rows.names)} rows, one per {scene.rows.rows_by}"
            flown = int(np.sum(scene.rows.is_flown))
            self.setAccessibleDescription(
                f"{kind}; {len(scene.rows.row)} passes, {flown} of them flown"
            )

    def row_names(self) -> Sequence[str]:
        """What the rows stand for."""
        return () if self._scene_data is None else self._scene_data.rows.names

    def row_name_at(self, y: float) -> str | None:
        """Name of the row at a height."""
        row = self.frame.row_at(y, len(self.row_names()))
        return None if row is None else self.row_names()[row]

    @property
    def row_px(self) -> float:
        """Height of a row: all of them where they fit, else what the font needs."""
        count = max(len(self.row_names()), 1)
        least = float(self.fontMetrics().height())
        return min(max(self.plot.height() / count, least), _MOST_ROW_PX)

    @property
    def hidden_px(self) -> float:
        """How far the rows can be scrolled."""
        return max(len(self.row_names()) * self.row_px - self.plot.height(), 0.0)

    @property
    def frame(self) -> Frame:
        """Where the rows are now."""
        area = self.plot
        return Frame(self.scale, area.top() - self.scroll_px, self.row_px, area, self.gutter_px)

    def scroll_to(self, scroll_px: float) -> None:
        """Scroll the rows."""
        wanted = min(max(scroll_px, 0.0), self.hidden_px)
        if wanted != self.scroll_px:
            self.scroll_px = wanted
            self.update()
            self.scroll_changed.emit()

    def _clamp_scroll(self) -> None:
        self.scroll_px = min(self.scroll_px, self.hidden_px)
        self.scroll_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the rows inside."""
        super().resizeEvent(event)
        self._clamp_scroll()

    def _follow(self) -> None:
        """Bring another primary pass into sight; a new plan moves nothing."""
        row, plan = self.workspace.primary_row, self.workspace.plan
        if row is None or plan is None or self._scene_data is None:
            pass
        elif self._followed.is_another(plan, row):
            self.axis.reveal(plan.passes.start_utc[row], plan.passes.end_utc[row])
            top = float(self._scene_data.rows.row[row]) * self.row_px
            if not self.scroll_px <= top <= self.scroll_px + self.plot.height() - self.row_px:
                self.scroll_to(top - 0.5 * self.plot.height())
        self.update()

    def scene_key(self) -> tuple[object, ...]:
        """The scene moves with the vertical scroll."""
        return (self.scroll_px,)

    def paint_scene(self, painter: QPainter) -> None:
        """Rows, nights, closures, passes, labels."""
        scene, frame = self._scene_data, self.frame
        if scene is None:
            return
        painter.setClipRect(frame.area)
        paint_rows(painter, scene, frame)
        self.paint_grid(painter)
        painter.save()
        paint_passes(painter, scene, frame)
        painter.restore()
        painter.setClipping(False)
        paint_row_labels(painter, scene, frame)

    def paint_overlay(self, painter: QPainter) -> None:
        """What is selected, and what is under the mouse."""
        scene = self._scene_data
        if scene is None:
            return
        ink, frame = theme.current(), self.frame
        painter.setClipRect(frame.area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        chosen = np.array(self.workspace.selected_rows[::-1], dtype=np.intp)
        bars = scene.rows.bars(chosen, frame.scale, frame.top_px, frame.row_px)
        is_seen = (bars.left <= frame.area.right()) & (bars.left + bars.width >= frame.area.left())
        for place in np.flatnonzero(is_seen).tolist():
            is_primary = bool(bars.rows[place] == self.workspace.primary_row)
            area = QRectF(
                bars.left[place], bars.top[place], bars.width[place], bars.height[place]
            ).adjusted(-2.0, -1.5, 2.0, 1.5)
            painter.setPen(QPen(ink.base, 3.5 if is_primary else 0.0))
            if is_primary:
                painter.drawRect(area)
            painter.setPen(QPen(ink.text, 2.0 if is_primary else 1.0))
            painter.drawRect(area)
        if self._hovered is not None:
            painter.setPen(QPen(ink.text, 1.0))
            painter.drawRect(self.bar_area(self._hovered).adjusted(-1.5, -1.0, 1.5, 1.0))

    def bar_area(self, row: int) -> QRectF:
        """Rectangle of one pass."""
        frame, scene = self.frame, self._scene_data
        if scene is None:
            return QRectF()
        bar = scene.rows.bars(np.array([row]), frame.scale, frame.top_px, frame.row_px)
        return QRectF(bar.left[0], bar.top[0], bar.width[0], bar.height[0])

    def pass_at(self, place: QPointF) -> int | None:
        """Row of the pass table under a point of the plot."""
        scene, frame = self._scene_data, self.frame
        if scene is None or not frame.area.contains(place):
            return None
        bars = visible_bars(scene.rows, frame)
        return scene.rows.found_at(bars, place.x(), place.y(), frame.top_px, frame.row_px)

    def rows_in(self, area: QRectF) -> list[int]:
        """Passes inside a rectangle, in order of time."""
        scene, frame = self._scene_data, self.frame
        if scene is None:
            return []
        bars = visible_bars(scene.rows, frame)
        inside = (
            (bars.left <= area.right())
            & (bars.left + bars.width >= area.left())
            & (bars.top <= area.bottom())
            & (bars.top + bars.height >= area.top())
        )
        return [int(row) for row in np.sort(bars.rows[inside])]

    def strip_row_at(self, place: QPointF) -> int | None:
        """Row of a station whose lower strip, where an interval is closed, is under a point."""
        frame = self.frame
        if self.rows_by is not RowsBy.STATION or not frame.area.contains(place):
            return None
        row = frame.row_at(place.y(), len(self.row_names()))
        if row is None:
            return None
        below = frame.row_area(row).bottom() - place.y()
        return row if below <= strip_px(frame.row_px) + 1.0 else None

    def start_drag(self, place: QPointF, event: QMouseEvent) -> Drag | None:
        """Shift frames passes; the strip, Alt or the tool closes; a contact pulled up or down."""
        if not self.frame.area.contains(place):
            return None
        modifiers, row = event.modifiers(), self.pass_at(place)
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            return RubberDrag(self, place)
        closing = self._closing_row(place, modifiers)
        if closing is not None:
            return CloseDrag(self, closing, place)
        path = event.position() - place
        is_upright = abs(path.y()) >= abs(path.x())
        if row is not None and is_upright and self._can_move(row):
            return MoveDrag(self, row, place)
        return None

    def _closing_row(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> int | None:
        if self.rows_by is not RowsBy.STATION or not self.workspace.actions.can_edit:
            return None
        if self.is_closing or modifiers & Qt.KeyboardModifier.AltModifier:
            return self.frame.row_at(place.y(), len(self.row_names()))
        return self.strip_row_at(place)

    def _can_move(self, row: int) -> bool:
        scene = self._scene_data
        is_flown = scene is not None and bool(scene.rows.is_flown[row])
        can_edit = bool(self.workspace.actions.can_edit)
        return is_flown and can_edit and self.rows_by is RowsBy.STATION

    def click(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Select a pass, or all contacts of a row by its label; add with Shift or Ctrl."""
        if place.x() < self.plot.left():
            self._click_label(place)
            return
        row, chosen = self.pass_at(place), self.workspace.selected_rows
        adds = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        if row is None:
            self.workspace.select(chosen if modifiers & adds else ())
        elif not modifiers & adds:
            self.workspace.select([row])
        elif row in chosen:
            self.workspace.select([other for other in chosen if other != row])
        else:
            self.workspace.select([row, *chosen])

    def _click_label(self, place: QPointF) -> None:
        scene, frame = self._scene_data, self.frame
        row = frame.row_at(place.y(), len(self.row_names()))
        if scene is not None and row is not None:
            mine = (scene.rows.row == row) & scene.rows.is_flown
            self.workspace.select([int(found) for found in np.flatnonzero(mine)])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Set the time to the pass, or to the place, that was clicked."""
        place, plan = event.position(), self.workspace.plan
        if plan is None or not self.frame.area.contains(place):
            return
        row = self.pass_at(place)
        instant = self.scale.instant_at(place.x())
        self.workspace.set_time(instant if row is None else plan.passes.highest_utc[row])

    def hover(self, place: QPointF) -> None:
        """Outline the pass under the mouse; say by the cursor what a drag would do."""
        before, self._hovered = self._hovered, self.pass_at(place)
        if before != self._hovered:
            self.update()
        super().hover(place)
        if self._hovered is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        if self._closing_row(place, Qt.KeyboardModifier.NoModifier) is not None:
            self.setCursor(Qt.CursorShape.SplitHCursor)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Over the labels, or with Ctrl, scroll the rows; else zoom."""
        is_label = event.position().x() < self.plot.left()
        if is_label or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            turn = event.angleDelta().y() / _NOTCH
            self.scroll_to(self.scroll_px - _WHEEL_ROWS * self.row_px * turn)
            event.accept()
            return
        super().wheelEvent(event)

    def tip_at(self, place: QPointF) -> str:
        """What the tooltip says at a point."""
        plan, row = self.workspace.plan, self.pass_at(place)
        if plan is None:
            return ""
        if row is not None:
            return pass_tip(plan, row)
        name = self.row_name_at(place.y())
        if name is None or self.rows_by is not RowsBy.STATION:
            return escape(name or "")
        if self._scene_data is None or not self.frame.area.contains(place):
            return f"<b>{escape(name)}</b>"
        can_edit = bool(self.workspace.actions.can_edit)
        return station_tip(
            self._scene_data, name, self.scale.instant_at(place.x()), can_edit=can_edit
        )

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Menu of the passes selected, or of the station."""
        menu = self.menu_at(QPointF(event.pos()))
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())

    def menu_at(self, place: QPointF) -> QMenu | None:
        """Menu for what is at a point; a pass that is not selected becomes the selection."""
        row = self.pass_at(place)
        if row is not None:
            if row not in self.workspace.selected_rows:
                self.workspace.select([row])
            return pass_menu(self.workspace, self.workspace.selected_rows, self)
        name = self.row_name_at(place.y())
        if name is None or self.rows_by is not RowsBy.STATION or self._scene_data is None:
            return None
        return self._station_menu(name, place)

    def _station_menu(self, name: str, place: QPointF) -> QMenu:
        menu, scene = QMenu(self), self._scene_data
        select = menu.addAction(f"Select all contacts of {name}")
        select.triggered.connect(lambda: self._click_label(QPointF(0.0, place.y())))
        if scene is not None:
            night = next_night(scene, name, self.scale.instant_at(place.x()))
            if night is not None:
                close = menu.addAction(
                    f"Close {name} for the night of {short_day_and_time(night[0]).strip()[:6]}",
                    partial(self.workspace.actions.close_station, name, *night),
                )
                close.setEnabled(bool(self.workspace.actions.can_edit))
        return menu
