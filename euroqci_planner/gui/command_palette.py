"""The command palette: type some letters of what you want, Enter does it (Ctrl+Shift+P)."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from euroqci_planner.gui.commands import Command, Registry, shown_keys

_WIDTH = 620
_HEIGHT = 420
_ID = Qt.ItemDataRole.UserRole


def rank(command: Command, typed: str) -> int | None:
    """How well a command fits what was typed, 0 best; None where a letter is missing.

    Words in order beat letters in order; earlier beats later.
    """
    text = command.path.casefold()
    words = typed.casefold().split()
    if all(word in text for word in words):
        return sum(text.index(word) for word in words)
    at = -1
    for letter in "".join(words):
        at = text.find(letter, at + 1)
        if at < 0:
            return None
    return 1_000 + at


class CommandPalette(QDialog):
    """All commands of a registry, by what was typed."""

    def __init__(self, registry: Registry, parent: QWidget) -> None:
        """List every command."""
        super().__init__(parent, Qt.WindowType.Popup)
        self._registry = registry
        self.setAccessibleName("Command palette")
        self.setObjectName("palette")
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText("Type a command")
        self.edit.setAccessibleName("Command")
        self.list = QTreeWidget(self)
        self.list.setAccessibleName("Commands that fit")
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        box = QVBoxLayout(self)
        box.setContentsMargins(6, 6, 6, 6)
        box.addWidget(self.edit)
        box.addWidget(self.list)
        self.resize(_WIDTH, _HEIGHT)
        self.edit.textChanged.connect(self._fill)
        self.edit.installEventFilter(self)
        self.list.itemClicked.connect(lambda item, _: self._run(item))
        self._fill("")

    def show_over(self, window: QWidget) -> None:
        """Open below the upper edge of a window."""
        top = window.mapToGlobal(window.rect().topLeft())
        self.move(top.x() + max(0, (window.width() - self.width()) // 2), top.y() + 70)
        self.show()
        self.edit.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while the cursor stays in the line; Enter runs."""
        if watched is not self.edit or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.KeyPress and self._on_key(event.key()):
            return True
        return bool(super().eventFilter(watched, event))

    def _on_key(self, key: int) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10}
        steps[Qt.Key.Key_PageUp] = -10
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentItem())
            return True
        step = next((places for name, places in steps.items() if name == key), 0)
        item = self.list.currentItem()
        if step and item is not None:
            self._go_to(self.list.indexOfTopLevelItem(item) + step)
        return bool(step)

    def _go_to(self, row: int) -> None:
        last = self.list.topLevelItemCount() - 1
        item = self.list.topLevelItem(min(max(row, 0), last))
        if item is not None:
            self.list.setCurrentItem(item)

    def _fill(self, typed: str) -> None:
        self._registry.refresh()
        ranked = [(rank(command, typed), command) for command in self._registry.commands]
        found = [(place, command) for place, command in ranked if place is not None]
        found.sort(key=lambda pair: (not pair[1].enabled(), pair[0]))
        self.list.clear()
        for _, command in found:
            item = QTreeWidgetItem([command.path, shown_keys(command)])
            item.setData(0, _ID, command.id)
            item.setToolTip(0, command.help or command.plain_title)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setDisabled(not command.enabled())
            self.list.addTopLevelItem(item)
        self.list.resizeColumnToContents(1)
        keys = self.list.columnWidth(1) + 12
        self.list.setColumnWidth(0, max(200, self.width() - keys - 40))
        self._go_to(0)

    def _run(self, item: QTreeWidgetItem | None) -> None:
        if item is None or item.isDisabled():
            return
        name = str(item.data(0, _ID))
        self.close()
        self._registry.run(name)
