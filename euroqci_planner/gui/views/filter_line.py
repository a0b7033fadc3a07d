"""The filter line of the pass table: completion, chips for its tokens, what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.app.filter_fields import FIELDS
from euroqci_planner.app.pass_filter import PassFilter, Token, completions, parse_filter, without
from euroqci_planner.app.pass_rows import PassRows
from euroqci_planner.errors import InvalidInput
from euroqci_planner.gui import theme
from euroqci_planner.gui.views.flow_layout import FlowLayout
from euroqci_planner.gui.views.key_keeper import EscapeKeeper
from euroqci_planner.gui.views.view_parts import ElidedLabel, menu_button

_CLOSE = "\u2715"
_HINT = "Filter:  sat:\u2026  ogs:\u2026  state:flown  el>40  key>1M  or any word"
_TYPED = 2
_LEAVING = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _LastWord(QCompleter):
    """Completes the last word of the line and leaves the others alone."""

    def splitPath(self, path: str) -> list[str]:
        """What the popup looks for: the word being typed, from its second letter on.

        A word that is whole asks for nothing: the next key is for the line.
        """
        word = path.rsplit(" ", maxsplit=1)[-1].removeprefix("-")
        model = self.model()
        words = model.stringList() if isinstance(model, QStringListModel) else []
        is_whole = word.casefold() in (known.casefold() for known in words)
        return [word if len(word) >= _TYPED and not is_whole else "\0"]

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """The line with its last word completed."""
        line = self.widget()
        text = line.text() if isinstance(line, QLineEdit) else ""
        head, blank, word = text.rpartition(" ")
        minus = "-" if word.startswith("-") else ""
        return f"{head}{blank}{minus}{index.data()}"


class FilterEdit(QLineEdit):
    """A line of tokens; Esc empties it, Down and Enter go to the table."""

    left_downwards = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """An empty line."""
        super().__init__(parent)
        self._words = QStringListModel(self)
        completer = _LastWord(self._words, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(12)
        self.setCompleter(completer)
        self.setPlaceholderText(_HINT)
        self.setClearButtonEnabled(True)
        EscapeKeeper(self, lambda: bool(self.text()))
        self.setAccessibleName("Filter of passes")

    def set_words(self, words: Sequence[str]) -> None:
        """What is offered while typing."""
        self._words.setStringList(list(words))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc empties the line, Down and Enter leave it; everything else is the line's own."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in _LEAVING and not self._is_completing():
            self.left_downwards.emit()
        else:
            super().keyPressEvent(event)

    def _is_completing(self) -> bool:
        popup = self.completer().popup()
        return popup is not None and popup.isVisible()


class FilterLine(QWidget):
    """Line, help button, chips and message; `filter_changed` comes with every filter that holds.

    A line with a fault leaves the last filter in force and says what is wrong.
    """

    filter_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        """No filter."""
        super().__init__(parent)
        self.active = PassFilter(())
        self.edit = FilterEdit(self)
        self._rows: PassRows | None = None
        self._chips = QWidget(self)
        self._message = ElidedLabel(self)
        self._lay_out()
        self.edit.textChanged.connect(self._on_text)
        theme.signals().changed.connect(self._colour)

    def _lay_out(self) -> None:
        button = menu_button("+", self._help_menu(), "What a filter can ask for")
        self.line = QHBoxLayout()
        self.line.setSpacing(4)
        self.line.addWidget(self.edit, 1)
        self.line.addWidget(button)
        self._chip_layout = FlowLayout(self._chips, spacing_px=4)
        self._message.setVisible(False)
        self._chips.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(self.line)
        column.addWidget(self._chips)
        column.addWidget(self._message)

    def _help_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAccessibleName("Fields of the filter")
        for field in FIELDS:
            action = menu.addAction(f"{field.example}\t{field.meaning}")
            action.triggered.connect(lambda _=False, text=field.example: self.add(text))
        menu.addSeparator()
        note = menu.addAction("-ogs:graz\tnot;   sat:a,b  either;   words: anywhere")
        note.setEnabled(False)
        return menu

    def set_rows(self, rows: PassRows | None) -> None:
        """The passes that the filter speaks of: what it offers, which names it knows."""
        self._rows = rows
        self.edit.set_words(completions(rows) if rows is not None else ())
        self._say_notes()

    def text(self) -> str:
        """The line as it stands."""
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Write another line."""
        self.edit.setText(text)

    def add(self, token: str) -> None:
        """Put a token behind the line, once."""
        if token not in self.text().split():
            self.set_text(f"{self.text().rstrip()} {token}".strip())
        self.edit.setFocus()

    def _on_text(self, text: str) -> None:
        try:
            self.active = parse_filter(text)
        except InvalidInput as error:
            first = error.faults[0]
            mend = f" ({first.mend})" if first.mend else ""
            self._say(f"{first.value}: {first.problem}{mend}", is_fault=True)
            return
        self._show_chips()
        self._say_notes()
        self.filter_changed.emit()

    def _say_notes(self) -> None:
        notes = self.active.notes(self._rows) if self._rows is not None else ()
        self._say("; ".join(notes), is_fault=False)

    def _say(self, text: str, *, is_fault: bool) -> None:
        self._message.set_full_text(text)
        self._message.setVisible(bool(text))
        self._message.setProperty("fault", is_fault)
        self._colour()

    def _colour(self) -> None:
        colours = theme.current()
        is_fault = bool(self._message.property("fault"))
        colour = colours.bad if is_fault else colours.muted
        self._message.setStyleSheet(f"color: {colour.name()};")
        self._chips.setStyleSheet(
            f"QToolButton {{ background: {colours.header.name()}; color: {colours.text.name()};"
            f" border: 1px solid {colours.line.name()}; border-radius: 9px; padding: 1px 8px; }}"
            f"QToolButton:hover, QToolButton:focus {{ border-color: {colours.accent.name()}; }}"
        )

    def _show_chips(self) -> None:
        while self._chip_layout.count():
            item = self._chip_layout.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for token in self.active.tokens:
            self._chip_layout.addWidget(self._chip(token))
        self._chips.setVisible(bool(self.active.tokens))

    def _chip(self, token: Token) -> QToolButton:
        chip = QToolButton(self._chips)
        chip.setText(f"{token.text}  {_CLOSE}")
        chip.setToolTip(f"Take {token.text} away")
        chip.setAccessibleName(f"Take the filter {token.text} away")
        chip.clicked.connect(lambda: self._drop(token))
        return chip

    def _drop(self, token: Token) -> None:
        self.set_text(without(self.text(), token))
        self.edit.setFocus()
