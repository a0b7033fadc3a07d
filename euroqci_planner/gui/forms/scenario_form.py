"""The whole scenario as forms: blocks and records on the left, the values of one on the right."""

from __future__ import annotations

import tomllib
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.app.form_edits import (
    faults_at,
    field_edit,
    new_record,
    record_added,
    record_removed,
)
from euroqci_planner.app.scenario_fields import Block, FormField, blocks, form_of
from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.gui.editing import Editing
from euroqci_planner.gui.forms.record_form import RecordForm

Path = tuple[str | int, ...]
_PATH = Qt.ItemDataRole.UserRole
_LIST = Qt.ItemDataRole.UserRole + 1
_TYPING_MS = 150
# Members that are made elsewhere: a pin means a pass, and passes are pinned where they are seen.
_NOT_ADDED_HERE = ("pin",)


class ScenarioForm(QWidget):
    """Edits go through `Editing`: values that are not valid yet stay a draft, with their faults."""

    def __init__(self, editing: Editing, parent: QWidget | None = None) -> None:
        """Follow the document from now on."""
        super().__init__(parent)
        self._editing = editing
        self._record: Path = ("scenario",)
        self._typed: tuple[FormField, str] | None = None
        self.tree = QTreeWidget(self)
        self.form = RecordForm(self)
        self.search = QLineEdit(self)
        self.heading = QLabel(self)
        self.about = QLabel(self)
        self.add_button = QPushButton("Add", self)
        self.remove_button = QPushButton("Remove", self)
        self.drop_button = QPushButton("Undo what is not valid", self)
        self.draft_note = QLabel(self)
        self._timer = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._lay_out()
        self._connect()
        self.refresh()

    @property
    def record(self) -> Path:
        """Path of the record that is shown."""
        return self._record

    def show_record(self, path: Path) -> None:
        """Show one record of the scenario."""
        self._record = path
        self.refresh()

    def show_value(self, path: Path) -> None:
        """Show the record that holds a value, with the cursor in the value."""
        data = self._data()
        for length in range(len(path), 0, -1):
            if any(path[:length] == entry.path for b in blocks(data) for entry in b.records):
                self.show_record(path[:length])
                break
        self.form.focus_value(path)

    def show_first_fault(self) -> None:
        """Show the first value of the draft that is not valid, with the cursor in it."""
        data = self._data()
        for fault in self._editing.draft_faults:
            for entry in (item for block in blocks(data) for item in block.records):
                if not faults_at((fault,), entry.path):
                    continue
                paths = [
                    field.path for group in form_of(data, entry.path) for field in group.fields
                ]
                wanted = next((path for path in paths if faults_at((fault,), path)), None)
                if wanted is not None:
                    self.show_record(entry.path)
                    self.form.focus_value(wanted)
                    return

    def refresh(self) -> None:
        """Show the scenario as it stands, draft included."""
        data = self._data()
        self.setEnabled(bool(data))
        if not data:
            return
        found = blocks(data)
        if not any(self._record == entry.path for block in found for entry in block.records):
            self._record = next(
                (block.path for block in found if block.path == self._record), ("scenario",)
            )
        self._fill_tree(found)
        self._fill_form(data, found)
        self._show_faults()

    def _lay_out(self) -> None:
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setAccessibleName("Blocks and records of the scenario")
        self.search.setPlaceholderText("Find a value")
        self.search.setAccessibleName("Find a value in this record")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(180)
        font = self.heading.font()
        font.setBold(True)
        self.heading.setFont(font)
        for label in (self.about, self.draft_note):
            label.setWordWrap(True)
        self.about.setProperty("muted", "true")
        self.draft_note.setProperty("fault", "true")
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.search)
        top.addWidget(self.add_button)
        top.addWidget(self.remove_button)
        draft = QHBoxLayout()
        draft.addWidget(self.draft_note, 1)
        draft.addWidget(self.drop_button)
        right = QWidget(self)
        box = QVBoxLayout(right)
        box.setContentsMargins(8, 6, 6, 6)
        box.addLayout(top)
        box.addWidget(self.about)
        box.addWidget(self.form, 1)
        box.addLayout(draft)
        split = QSplitter(self)
        split.addWidget(self.tree)
        split.addWidget(right)
        split.setStretchFactor(1, 1)
        split.setSizes([180, 420])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(split)

    def _connect(self) -> None:
        self.tree.currentItemChanged.connect(self._on_item)
        self.form.edited.connect(self._on_edited)
        self.form.typing.connect(self._on_typing)
        self.search.textChanged.connect(self.form.set_filter)
        self.add_button.clicked.connect(self._add)
        self.remove_button.clicked.connect(self._remove)
        self.drop_button.clicked.connect(self._editing.drop_draft)
        self._timer.timeout.connect(self._judge_typing)
        self._editing.text_changed.connect(self.refresh)
        self._editing.draft_changed.connect(self.refresh)

    def _data(self) -> dict[str, Any]:
        text = self._editing.draft_text.removeprefix("\ufeff")
        return tomllib.loads(text) if text else {}

    def _fill_tree(self, found: tuple[Block, ...]) -> None:
        faults = self._editing.draft_faults
        self.tree.blockSignals(True)  # noqa: FBT003 (Qt's call)
        at = self.tree.verticalScrollBar().value()
        self.tree.clear()
        items: dict[Path, QTreeWidgetItem] = {}
        for block in found:
            parent = items.get(block.path[:-1]) or items.get(block.path[:-2])
            item = QTreeWidgetItem([_counted(block)])
            item.setData(0, _PATH, block.path)
            item.setData(0, _LIST, block.is_list)
            item.setToolTip(0, block.description)
            items[block.path] = item
            if parent is None:
                self.tree.addTopLevelItem(item)
            else:
                parent.addChild(item)
            for entry in block.records if block.is_list else ():
                child = QTreeWidgetItem(
                    [entry.name + (" ✕" if faults_at(faults, entry.path) else "")]
                )
                child.setData(0, _PATH, entry.path)
                item.addChild(child)
                items[entry.path] = child
        chosen = items.get(self._record)
        for path in (self._record[:length] for length in range(1, len(self._record) + 1)):
            if path in items:
                items[path].setExpanded(True)
        if chosen is not None:
            self.tree.setCurrentItem(chosen)
        self.tree.verticalScrollBar().setValue(at)
        self.tree.blockSignals(False)  # noqa: FBT003 (Qt's call)

    def _fill_form(self, data: dict[str, Any], found: tuple[Block, ...]) -> None:
        block = self._block(found)
        is_record = block is not None and self._record != block.path
        shows_values = block is None or not block.is_list or is_record
        self.form.setVisible(shows_values)
        self.search.setVisible(shows_values)
        self.heading.setText(self._name(found))
        self.about.setText("" if block is None else block.description)
        can_add = block is not None and block.is_list and block.path[-1] not in _NOT_ADDED_HERE
        self.add_button.setVisible(can_add)
        self.remove_button.setVisible(block is not None and block.is_list and is_record)
        self.add_button.setEnabled(self._editing.can_edit)
        self.remove_button.setEnabled(self._editing.can_edit)
        if shows_values:
            self.form.show_groups(form_of(data, self._record))
            self.form.setEnabled(self._editing.can_edit)

    def _show_faults(self) -> None:
        faults = self._editing.draft_faults
        self.form.show_faults(faults)
        beside = {f for path in self.form.editors for f in faults_at(faults, path)}
        elsewhere = [str(fault) for fault in faults if fault not in beside]
        text = "Not taken over yet: these values are not valid. " if self._editing.has_draft else ""
        self.draft_note.setText(text + "\n".join(elsewhere))
        self.draft_note.setVisible(self._editing.has_draft)
        self.drop_button.setVisible(self._editing.has_draft)

    def _block(self, found: tuple[Block, ...]) -> Block | None:
        return next(
            (
                block
                for block in found
                if block.path == self._record
                or any(entry.path == self._record for entry in block.records)
            ),
            None,
        )

    def _name(self, found: tuple[Block, ...]) -> str:
        block = self._block(found)
        if block is None:
            return ""
        entry = next((item for item in block.records if item.path == self._record), None)
        inner = entry is not None and block.is_list
        owner = self._owner_name(found, block)
        return (
            f"{block.title}{owner} › {entry.name}" if inner and entry else f"{block.title}{owner}"
        )

    def _owner_name(self, found: tuple[Block, ...], block: Block) -> str:
        holder = block.path[:-1]
        named = (item.name for other in found for item in other.records if item.path == holder)
        name = next(named, "")
        return f" of {name}" if name else ""

    def _on_item(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            path = item.data(0, _PATH)
            self._record = tuple(path)
            data = self._data()
            found = blocks(data)
            self._fill_form(data, found)
            self._show_faults()

    def _on_typing(self, field: FormField, typed: str) -> None:
        self._typed = (field, typed)
        self._timer.start()

    def _judge_typing(self) -> None:
        """Say what is wrong while it is typed; nothing is taken over before it is finished."""
        document = self._editing.document
        if self._typed is None or document is None:
            return
        field, typed = self._typed
        faults: tuple[Fault, ...] = ()
        try:
            document.checked(field_edit(self._editing.draft_text, field, typed, "").text)
        except InvalidInput as error:
            faults = error.faults
        editor = self.form.editors.get(field.path)
        if editor is not None:
            editor.show_faults(faults_at(faults, field.path))

    def _on_edited(self, field: FormField, typed: str) -> None:
        self._timer.stop()
        self._typed = None
        owner = self._name(blocks(self._data())).rpartition(" › ")[2]
        self._editing.try_draft(lambda text: field_edit(text, field, typed, owner))

    def _add(self) -> None:
        data = self._data()
        block = self._block(blocks(data))
        if block is None:
            return
        at = (*block.path, len(block.records))
        fields = new_record(data, block.path)
        self._record = at
        self._editing.try_draft(lambda text: record_added(text, block.path, fields))
        self.refresh()

    def _remove(self) -> None:
        path = self._record
        name = self._name(blocks(self._data())).rpartition(" › ")[2]
        self._record = path[:-1]
        self._editing.try_draft(lambda text: record_removed(text, path, name))
        self.refresh()


def _counted(block: Block) -> str:
    return f"{block.title} ({len(block.records)})" if block.is_list else block.title
