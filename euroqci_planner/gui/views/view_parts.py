"""Small parts that several views share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QTabWidget, QToolButton, QWidget


class ElidedLabel(QLabel):
    """One line of text that ends in dots where it has no room; the tooltip holds all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """No text."""
        super().__init__(parent)
        self._full = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_full_text(self, text: str) -> None:
        """Show another text."""
        self._full = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._elide()

    @property
    def full_text(self) -> str:
        """The text, cut or not."""
        return self._full

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(40, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text anew."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = max(self.contentsRect().width() - 2, 40)
        elided = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, room)
        if elided != self.text():
            self.setText(elided)


def table_pages(name: str, pages: Sequence[tuple[str, str, QWidget]]) -> QTabWidget:
    """Tables behind tabs: a short title, what it shows, the table."""
    made = QTabWidget()
    made.setDocumentMode(True)
    made.setAccessibleName(name)
    for number, (title, about, table) in enumerate(pages):
        made.addTab(table, title)
        made.setTabToolTip(number, about)
    made.tabBar().setStyleSheet("QTabBar::tab { padding: 4px 7px; }")
    return made


def menu_button(text: str, menu: QMenu, tip: str) -> QToolButton:
    """A button that opens a menu at once; its text says so, no arrow is drawn beside it."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    button.setMenu(menu)
    button.setStyleSheet("QToolButton::menu-indicator { image: none; width: 0; }")
    return button


def tool_button(text: str, tip: str, run: Callable[[], object] | None) -> QToolButton:
    """A flat button with a text."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    if run is not None:
        button.clicked.connect(lambda _=False: run())
    return button
