"""All messages of this run, every fault with its place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from euroqci_planner.gui import theme
from euroqci_planner.gui.icons import icon
from euroqci_planner.gui.messages import Message, Messages

_PLACE = Qt.ItemDataRole.UserRole


class MessageList(QWidget):
    """Newest first; a double click on a line asks for the place that it is about."""

    place_asked = Signal(str)

    def __init__(self, messages: Messages, parent: QWidget | None = None) -> None:
        """Follow the messages from now on."""
        super().__init__(parent)
        self._messages = messages
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName("Messages")
        self.tree.setHeaderLabels(["Time [UTC]", "Message"])
        self.tree.setWordWrap(True)
        self.tree.setColumnWidth(0, 110)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.tree)
        self.tree.itemActivated.connect(self._on_item)
        messages.posted.connect(self._add)
        theme.signals().changed.connect(self._fill)
        self._fill()

    def copy(self) -> None:
        """Copy the selected messages with their faults."""
        texts = []
        for item in self.tree.selectedItems():
            texts.append(item.text(1))
            children = (item.child(row) for row in range(item.childCount()))
            texts += [child.text(1) for child in children if child is not None]
        QGuiApplication.clipboard().setText("\n".join(texts))

    def _on_item(self, item: QTreeWidgetItem) -> None:
        place = item.data(0, _PLACE)
        if place:
            self.place_asked.emit(str(place))

    def _fill(self) -> None:
        self.tree.clear()
        for message in self._messages.kept:
            self._add(message)

    def _add(self, message: Message) -> None:
        item = QTreeWidgetItem([message.at, message.text])
        item.setIcon(0, icon(str(message.severity)))
        item.setToolTip(1, message.text)
        places = message.places or ("",) * len(message.lines)
        for line, place in zip(message.lines, places, strict=True):
            child = QTreeWidgetItem(["", line])
            child.setData(0, _PLACE, place)
            child.setToolTip(1, line)
            child.setFlags(child.flags() | Qt.ItemFlag.ItemIsSelectable)
            item.addChild(child)
        self.tree.insertTopLevelItem(0, item)
        item.setExpanded(True)
