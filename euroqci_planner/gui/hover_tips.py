"""Tooltips whose text depends on the place under the pointer.

A filter instead of an override of `QWidget.event`: an exception in a handler that runs inside a
Python override of `event` ends the process (PySide6 6.11 on Python 3.11).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWidget


class HoverTips(QObject):
    """Shows what `text_at` says of a point of the widget; '' shows nothing."""

    def __init__(self, widget: QWidget, text_at: Callable[[QPoint], str]) -> None:
        """Watch the widget as long as it lives."""
        super().__init__(widget)
        self._widget, self._text_at = widget, text_at
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Answer requests for a tooltip and let everything else pass."""
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return False
        text = self._text_at(event.pos())
        if text:
            QToolTip.showText(event.globalPos(), text, self._widget)
        else:
            QToolTip.hideText()
        return True
