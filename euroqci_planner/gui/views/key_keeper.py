"""Keys that a widget needs at times although they are shortcuts of the program.

A filter instead of an override of `QWidget.event`, as for tooltips (see `hover_tips`).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class EscapeKeeper(QObject):
    """Keeps Esc for the widget while `is_needed` says so."""

    def __init__(self, widget: QWidget, is_needed: Callable[[], bool]) -> None:
        """Watch the widget as long as it lives."""
        super().__init__(widget)
        self._is_needed = is_needed
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Claim Esc before a shortcut takes it; let everything else pass."""
        if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if event.key() != Qt.Key.Key_Escape or not self._is_needed():
            return False
        event.accept()
        return True
