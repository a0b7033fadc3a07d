"""One value of a form: an editor, its unit, where the value comes from, and its faults."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.app.scenario_fields import FieldKind, FormField
from euroqci_planner.errors import Fault

_TRUTHS = ("true", "false")


class ValueEditor(QWidget):
    """Emits `edited(typed)` when a value was typed to its end; `typing(typed)` on every letter."""

    edited = Signal(str)
    typing = Signal(str)

    def __init__(self, field: FormField, parent: QWidget | None = None) -> None:
        """Show what the scenario writes."""
        super().__init__(parent)
        self.field = field
        self._shown = ""
        words = _TRUTHS if field.kind is FieldKind.TRUTH else field.choices
        is_choice = field.kind in {FieldKind.WORD, FieldKind.TRUTH}
        self.edit: QLineEdit | None = None
        self.combo: QComboBox | None = None
        editor: QLineEdit | QComboBox
        if is_choice:
            editor = self.combo = self._word_editor(words)
        else:
            editor = self.edit = self._line_editor()
        self._editor = editor
        editor.setAccessibleName(self.spoken_name)
        editor.setToolTip(self._tip())
        self.setFocusProxy(editor)
        self.note = QLabel(self)
        self.note.setWordWrap(True)
        self.note.setProperty("fault", "true")
        self.note.hide()
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(editor, 1)
        self.unit = QLabel(field.unit, self)
        self.unit.setProperty("muted", "true")
        line.addWidget(self.unit)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(1)
        box.addLayout(line)
        box.addWidget(self.note)
        self.show_field(field)

    @property
    def spoken_name(self) -> str:
        """Name for screen readers: label and unit."""
        return f"{self.field.label} in {self.field.unit}" if self.field.unit else self.field.label

    def show_field(self, field: FormField) -> None:
        """Show the value again, as the scenario now has it."""
        self.field = field
        self._shown = field.written
        if self.combo is not None:
            self.combo.setItemText(0, self._absent())
            at = self.combo.findText(field.written) if field.written else 0
            if at < 0:
                self.combo.addItem(field.written)
                at = self.combo.count() - 1
            self.combo.setCurrentIndex(at)
        elif self.edit is not None:
            self.edit.setPlaceholderText(self._absent())
            if self.edit.text() != field.written:
                self.edit.setText(field.written)
                self.edit.setCursorPosition(0)

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Mark the value and say what is wrong with it, in the words of the file door."""
        texts = [
            f"{fault.problem} ({fault.mend})" if fault.mend else fault.problem for fault in faults
        ]
        self.note.setText("\n".join(texts))
        self.note.setVisible(bool(texts))
        editor = self._editor
        editor.setProperty("fault", "true" if texts else "false")
        editor.setAccessibleDescription(" ".join(texts))
        editor.style().unpolish(editor)
        editor.style().polish(editor)

    def typed(self) -> str:
        """What stands in the editor; '' for nothing."""
        if self.combo is not None:
            return "" if self.combo.currentIndex() == 0 else self.combo.currentText()
        return "" if self.edit is None else self.edit.text()

    def _word_editor(self, words: Sequence[str]) -> QComboBox:
        combo = _Choice(self)
        combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        combo.addItem("")
        combo.addItems(list(words))
        combo.activated.connect(lambda _: self._finish())
        return combo

    def _line_editor(self) -> QLineEdit:
        edit = QLineEdit(self)
        edit.editingFinished.connect(self._finish)
        edit.textEdited.connect(self.typing)
        options = [*self.field.suggestions, *self.field.choices]
        if options:
            completer = QCompleter(options, edit)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            edit.setCompleter(completer)
        return edit

    def _finish(self) -> None:
        typed = self.typed()
        if typed != self._shown:
            self._shown = typed
            self.edited.emit(typed)

    def _absent(self) -> str:
        """What counts where nothing is written."""
        if not self.field.inherited:
            return "needed" if self.field.is_required else "not set"
        return f"{self.field.inherited} ({self.field.origin})"

    def _tip(self) -> str:
        field = self.field
        parts = [field.description, field.limits]
        key = str(field.path[-1])
        return "\n".join(part for part in (*parts, f"Key in the file: {key}") if part)


class _Choice(QComboBox):
    """The wheel scrolls the form; only a choice that has the focus turns with it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
