"""The shortcut sheet: every key of the program, by menu, with a search line (`?`)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.gui.commands import Registry, shown_keys

_SIZE = (720, 620)
# Keys that belong to no command: they are the window system's, or mean what the focus says.
_OTHER_KEYS = (
    ("Esc", "Cancel the work, else close the message, else clear the selection"),
    ("Tab, Shift+Tab", "Next and previous control"),
    ("F10, Alt", "Menu bar"),
    ("Arrow keys", "Rows of a table, time on the slider, map"),
    ("Ctrl+click, Shift+click", "Add to the selection, extend it"),
)


class ShortcutSheet(QDialog):
    """What every key does."""

    def __init__(self, registry: Registry, parent: QWidget) -> None:
        """List all shortcuts."""
        super().__init__(parent)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(*_SIZE)
        self._registry = registry
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search the shortcuts")
        self.search.setClearButtonEnabled(True)
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName("Shortcuts")
        self.tree.setHeaderLabels(["Key", "What it does"])
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        for item in (self.search, self.tree, buttons):
            box.addWidget(item)
        self.search.textChanged.connect(self._fill)
        self._fill("")

    def _fill(self, wanted: str) -> None:
        self.tree.clear()
        for menu, rows in self._rows().items():
            shown = [row for row in rows if wanted.casefold() in f"{row[0]} {row[1]}".casefold()]
            if shown:
                group = QTreeWidgetItem([menu, ""])
                group.setFirstColumnSpanned(True)
                group.addChildren([QTreeWidgetItem(list(row)) for row in shown])
                self.tree.addTopLevelItem(group)
        self.tree.expandAll()

    def _rows(self) -> dict[str, list[tuple[str, str]]]:
        rows: dict[str, list[tuple[str, str]]] = {}
        for command in self._registry.commands:
            if command.shortcuts:
                menu = command.menu.replace("/", " › ") or "Anywhere"
                text = command.help or command.plain_title
                rows.setdefault(menu, []).append((shown_keys(command), text))
        rows["Everywhere"] = list(_OTHER_KEYS)
        return rows
