"""The toolbar, with the time at its end."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QToolBar, QToolButton

from euroqci_planner.gui.planner_window import PlannerWindow

_TOOLBAR = (
    "file.open", "file.save", "", "edit.undo", "edit.redo", "", "plan.make", "plan.live", "",
    "pass.pin", "pass.ban", "pass.free", "", "plan.compare", "export.folder",
)  # fmt: skip
# Their signs are known everywhere; the words of the others stand beside them.
_SIGN_ALONE = ("file.open", "file.save", "edit.undo", "edit.redo")
_ICON_PX = 18


def make_toolbar(window: PlannerWindow) -> None:
    """Put the most used commands and the time above the docks."""
    bar = QToolBar("Toolbar", window)
    bar.setObjectName("toolbar")
    bar.setMovable(False)
    bar.setIconSize(QSize(_ICON_PX, _ICON_PX))
    bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    for name in _TOOLBAR:
        if name:
            _add_button(window, bar, name)
        else:
            bar.addSeparator()
    bar.addWidget(window.time_bar)
    window.addToolBar(bar)


def _add_button(window: PlannerWindow, bar: QToolBar, name: str) -> None:
    action = window.registry.action(name)
    bar.addAction(action)
    button = bar.widgetForAction(action)
    if isinstance(button, QToolButton):
        button.setAccessibleName(window.registry.command(name).plain_title)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if name in _SIGN_ALONE:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
