"""One line over the lower edge of the window: what just happened, what can be done about it.

It lies over the docks and moves nothing: a view never jumps because something was said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from euroqci_planner.gui.icons import icon
from euroqci_planner.gui.messages import Message, Severity

_FADE_MS = 8_000
_AIR_PX, _EDGE_PX = 24, 20
# High enough to leave the status line and the time axis free.
_ABOVE_PX = 88


@dataclass(frozen=True, slots=True)
class Choice:
    """A button in the bar."""

    text: str
    run: Callable[[], object]


class MessageBar(QFrame):
    """Shows the last message; information goes by itself, the rest stays until it is closed."""

    def __init__(self, parent: QWidget) -> None:
        """Hidden until there is something to say; it keeps its place when the parent is resized."""
        super().__init__(parent)
        parent.installEventFilter(self)
        self._icon = QLabel(self)
        self.label = QLabel(self)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.label.setAccessibleName("Message")
        self._close = QToolButton(self)
        self._close.setAutoRaise(True)
        self._close.setToolTip("Close the message (Esc)")
        self._close.setAccessibleName("Close the message")
        self._close.clicked.connect(self.hide_message)
        self._buttons: list[QPushButton] = []
        self._box = QHBoxLayout(self)
        self._box.setContentsMargins(8, 3, 4, 3)
        self._box.addWidget(self._icon)
        self._box.addWidget(self.label, 1)
        self._box.addWidget(self._close)
        self._severity = Severity.INFORMATION
        self._timer = QTimer(self, singleShot=True, interval=_FADE_MS)
        self._timer.timeout.connect(self.hide_message)
        self._is_open = False
        self.hide()

    def show_message(self, message: Message, choices: Sequence[Choice] = ()) -> None:
        """Show a message with its first line, and buttons for what can be done."""
        self._severity = message.severity
        self.setProperty("bar", str(message.severity))
        self.refresh_style()
        first = f": {message.lines[0]}" if message.lines else ""
        more = f"  (+ {len(message.lines) - 1} more)" if len(message.lines) > 1 else ""
        self.label.setText(f"{message.text}{first}{more}")
        self.label.setToolTip("\n".join((message.text, *message.lines)))
        self._set_choices(choices)
        self._timer.stop()
        if message.severity is Severity.INFORMATION:
            self._timer.start()
        self._is_open = True
        self._place()
        self.show()
        self.raise_()

    def hide_message(self) -> bool:
        """Close the bar; whether it was open."""
        was_open, self._is_open = self._is_open, False
        self._timer.stop()
        self.hide()
        return was_open

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place over the lower edge of the window."""
        if event.type() == QEvent.Type.Resize and self._is_open:
            self._place()
        return bool(super().eventFilter(watched, event))

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        text = self.label.fontMetrics().horizontalAdvance(self.label.text())
        width = min(self.sizeHint().width() + text + _AIR_PX, parent.width() - 2 * _EDGE_PX)
        height = self.sizeHint().height()
        left = (parent.width() - width) // 2
        self.setGeometry(left, parent.height() - height - _ABOVE_PX, width, height)

    def refresh_style(self) -> None:
        """Take the colours of the theme."""
        self._icon.setPixmap(icon(str(self._severity)).pixmap(18, 18))
        self._close.setIcon(icon("close"))
        self.style().unpolish(self)
        self.style().polish(self)

    def _set_choices(self, choices: Sequence[Choice]) -> None:
        for button in self._buttons:
            self._box.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        for choice in choices:
            button = QPushButton(choice.text, self)
            button.clicked.connect(self._chosen(choice))
            self._box.insertWidget(self._box.count() - 1, button)
            # A layout leaves no room for what is not shown.
            button.show()
            self._buttons.append(button)

    def _chosen(self, choice: Choice) -> Callable[[], None]:
        def run() -> None:
            self.hide_message()
            choice.run()

        return run
