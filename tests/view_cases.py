"""What tests of views share: a workspace with a plan, actions that are written down, the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import Plan

View = TypeVar("View", bound=QWidget)
NO_KEYS = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.MouseButton.NoButton


class WrittenActions:
    """Actions that only write down what was asked for."""

    def __init__(self, *, can_edit: bool = True) -> None:
        self.can_edit = can_edit
        self.asked: list[tuple[object, ...]] = []

    def pin(self, rows: Sequence[int]) -> None:
        self.asked.append(("pin", tuple(rows)))

    def ban(self, rows: Sequence[int]) -> None:
        self.asked.append(("ban", tuple(rows)))

    def free(self, rows: Sequence[int]) -> None:
        self.asked.append(("free", tuple(rows)))

    def move(self, row: int, station_id: str) -> None:
        self.asked.append(("move", row, station_id))

    def close_station(
        self, station_id: str, from_utc: np.datetime64, to_utc: np.datetime64
    ) -> None:
        self.asked.append(("close", station_id, from_utc, to_utc))

    def add_station(self, catalogue_id: str) -> None:
        self.asked.append(("add", catalogue_id))


def shown(qtbot: QtBot, view: View, width: int, height: int) -> View:
    """The view of this size, visible."""
    qtbot.addWidget(view)
    view.resize(width, height)
    view.show()
    qtbot.waitExposed(view)
    return view


def workspace_of(plan: Plan | None, *, can_edit: bool = True) -> Workspace:
    """A workspace in which this plan is open."""
    made = Workspace()
    made.actions = WrittenActions(can_edit=can_edit)
    if plan is not None:
        made.set_document(plan.scenario, is_stale=False)
        made.set_plan(plan)
    return made


def mouse(
    widget: QWidget,
    kind: QEvent.Type,
    place: QPointF,
    modifiers: Qt.KeyboardModifier = NO_KEYS,
    button: Qt.MouseButton = LEFT,
) -> None:
    """One event of the mouse at a place of the widget."""
    is_move = kind == QEvent.Type.MouseMove
    is_up = kind == QEvent.Type.MouseButtonRelease
    event = QMouseEvent(
        kind,
        place,
        QPointF(widget.mapToGlobal(place)),
        NONE if is_move else button,
        NONE if is_up else button,
        modifiers,
    )
    QApplication.sendEvent(widget, event)


def click(widget: QWidget, place: QPointF, modifiers: Qt.KeyboardModifier = NO_KEYS) -> None:
    """Press and release without moving."""
    mouse(widget, QEvent.Type.MouseButtonPress, place, modifiers)
    mouse(widget, QEvent.Type.MouseButtonRelease, place, modifiers)


def hover(widget: QWidget, place: QPointF) -> None:
    """Move without a button."""
    mouse(widget, QEvent.Type.MouseMove, place, button=NONE)


def pull(
    widget: QWidget,
    start: QPointF,
    end: QPointF,
    modifiers: Qt.KeyboardModifier = NO_KEYS,
    *,
    button: Qt.MouseButton = LEFT,
    lets_go: bool = True,
) -> None:
    """Press at one place, move in steps, release at another."""
    mouse(widget, QEvent.Type.MouseButtonPress, start, modifiers, button)
    for share in (0.25, 0.5, 0.75, 1.0):
        mouse(widget, QEvent.Type.MouseMove, start + share * (end - start), modifiers, button)
    if lets_go:
        mouse(widget, QEvent.Type.MouseButtonRelease, end, modifiers, button)


def wheel(
    widget: QWidget, place: QPointF, notches: float, modifiers: Qt.KeyboardModifier = NO_KEYS
) -> None:
    """Turn the wheel."""
    event = QWheelEvent(
        place,
        QPointF(widget.mapToGlobal(place)),
        QPoint(),
        QPoint(0, round(120.0 * notches)),
        NONE,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,  # noqa: FBT003 (Qt's own signature)
    )
    QApplication.sendEvent(widget, event)


def colours_in(widget: QWidget, left: float, top: float, width: float, height: float) -> set[str]:
    """Names of the colours inside a rectangle of what the widget shows."""
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name()
        for x in range(max(round(left), 0), min(round(left + width), image.width()))
        for y in range(max(round(top), 0), min(round(top + height), image.height()))
    }
