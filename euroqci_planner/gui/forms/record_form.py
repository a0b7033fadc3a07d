"""The form of one record: its values in groups, the faults beside each of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFormLayout, QGroupBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from euroqci_planner.app.form_edits import faults_at
from euroqci_planner.app.scenario_fields import FormField, FormGroup
from euroqci_planner.errors import Fault
from euroqci_planner.gui.forms.value_editor import ValueEditor

Path = tuple[str | int, ...]

_MARGIN_PX = 60


class RecordForm(QScrollArea):
    """Emits `edited(field, typed)` when a value was typed to its end, `typing` on every letter."""

    edited = Signal(object, str)
    typing = Signal(object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Empty until a record is shown."""
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setAccessibleName("Values of the record")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.editors: dict[Path, ValueEditor] = {}
        self._labels: dict[Path, QLabel] = {}
        self._layouts: dict[Path, QFormLayout] = {}
        self._shape: tuple[object, ...] = ()
        self._filter = ""

    def show_groups(self, groups: Sequence[FormGroup]) -> None:
        """Show a record; editors that stay keep their focus."""
        shape = tuple(_shape_of(field) for group in groups for field in group.fields)
        if shape != self._shape:
            self._build(groups)
            self._shape = shape
        for group in groups:
            for field in group.fields:
                self.editors[field.path].show_field(field)
        self.set_filter(self._filter)

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Put every fault beside the value that it is about."""
        for path, editor in self.editors.items():
            editor.show_faults(faults_at(faults, path))

    def set_filter(self, wanted: str) -> None:
        """Show only the values whose name, key or description holds the text."""
        self._filter = wanted
        for path, editor in self.editors.items():
            field = editor.field
            text = f"{field.label} {path[-1]} {field.description}".casefold()
            is_shown = wanted.casefold() in text
            self._layouts[path].setRowVisible(editor, is_shown)

    def focus_value(self, path: Path) -> bool:
        """Put the cursor into a value; whether it is in this form."""
        editor = self.editors.get(path)
        if editor is None:
            return False
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        # Once the form has its size: a fault below the value makes it taller.
        QTimer.singleShot(0, editor, lambda: self.ensureWidgetVisible(editor, 0, _MARGIN_PX))
        return True

    def _build(self, groups: Sequence[FormGroup]) -> None:
        self.editors, self._layouts = {}, {}
        page = QWidget(self)
        outer = QVBoxLayout(page)
        outer.setContentsMargins(8, 6, 8, 6)
        for group in groups:
            box = QGroupBox(group.title, page) if group.title else QWidget(page)
            layout = QFormLayout(box)
            layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
            layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
            layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
            layout.setVerticalSpacing(4)
            if not group.title:
                layout.setContentsMargins(0, 0, 0, 0)
            for field in group.fields:
                self._add(layout, field)
            self._align_units(group)
            outer.addWidget(box)
        outer.addStretch(1)
        self.setWidget(page)

    def _align_units(self, group: FormGroup) -> None:
        units = [self.editors[field.path].unit for field in group.fields]
        width = max((unit.sizeHint().width() for unit in units), default=0)
        for unit in units:
            unit.setFixedWidth(width)

    def _add(self, layout: QFormLayout, field: FormField) -> None:
        editor = ValueEditor(field)
        label = QLabel(field.label + (" *" if field.is_required else ""))
        label.setToolTip(field.description)
        label.setBuddy(editor)
        layout.addRow(label, editor)
        self.editors[field.path], self._layouts[field.path] = editor, layout
        editor.edited.connect(lambda typed, path=field.path: self._edited(path, typed))
        editor.typing.connect(lambda typed, path=field.path: self._typing(path, typed))

    def _edited(self, path: Path, typed: str) -> None:
        self.edited.emit(self.editors[path].field, typed)

    def _typing(self, path: Path, typed: str) -> None:
        self.typing.emit(self.editors[path].field, typed)


def _shape_of(field: FormField) -> tuple[object, ...]:
    return (field.path, field.kind, field.choices, field.suggestions, field.is_required)
