"""Edits of the document as undoable steps, and what the views may do to passes and stations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from euroqci_planner.errors import Fault, InvalidInput, PlannerError
from euroqci_planner.gui.messages import Messages, faults_of
from euroqci_planner.gui.workspace import Workspace

if TYPE_CHECKING:
    from euroqci_planner.app.document import Document
    from euroqci_planner.app.scenario_edits import Edit, Target


@dataclass(frozen=True, slots=True)
class _Splice:
    """The part of a text that differs: thousands of steps of a long text stay small."""

    start: int
    old: str
    new: str

    @classmethod
    def between(cls, before: str, after: str) -> _Splice:
        shorter = min(len(before), len(after))
        start = next((n for n in range(shorter) if before[n] != after[n]), shorter)
        rest = shorter - start
        tail = next((n for n in range(rest) if before[-1 - n] != after[-1 - n]), rest)
        return cls(start, before[start : len(before) - tail], after[start : len(after) - tail])

    def applied(self, text: str, *, is_back: bool) -> str:
        old, new = (self.new, self.old) if is_back else (self.old, self.new)
        end = self.start + len(old)
        if text[self.start : end] != old:
            raise ValueError("the history does not fit the text")
        return text[: self.start] + new + text[end:]


class _Step(QUndoCommand):
    """One step of the history."""

    def __init__(self, splice: _Splice, title: str, apply: Callable[[_Splice, bool], None]) -> None:
        super().__init__(title)
        self._splice, self._apply = splice, apply

    def redo(self) -> None:
        self._apply(self._splice, False)  # noqa: FBT003 (forward)

    def undo(self) -> None:
        self._apply(self._splice, True)  # noqa: FBT003 (back)


class Editing(QObject):
    """The history of one document, and a draft that is not valid yet.

    A form may need several values before the scenario is valid again: what was typed is kept as
    a draft, with its faults, and becomes one step as soon as the door accepts it.
    `text_changed` follows every step, `draft_changed` every change of the draft;
    `values_wanted(faults)` asks for values without which something added is not valid.
    """

    text_changed = Signal()
    draft_changed = Signal()
    values_wanted = Signal(object)

    def __init__(
        self, workspace: Workspace, messages: Messages, parent: QObject | None = None
    ) -> None:
        """No document is open yet."""
        super().__init__(parent)
        self.stack = QUndoStack(self)
        self._workspace, self._messages = workspace, messages
        self._document: Document | None = None
        self._draft: Edit | None = None
        self.draft_faults: tuple[Fault, ...] = ()
        workspace.actions = self

    @property
    def can_edit(self) -> bool:
        """Whether there is a document that takes edits."""
        return self._document is not None and not self._document.is_read_only

    @property
    def document(self) -> Document | None:
        """The document, None before the first."""
        return self._document

    @property
    def draft_text(self) -> str:
        """The text with what was typed but is not valid yet."""
        if self._draft is not None:
            return self._draft.text
        return "" if self._document is None else self._document.text

    @property
    def has_draft(self) -> bool:
        """Whether there are values that the door does not accept yet."""
        return self._draft is not None

    def take(self, document: Document) -> None:
        """Begin with another document and an empty history."""
        self._document = document
        self._draft, self.draft_faults = None, ()
        self.stack.clear()
        self.stack.setClean()
        self.draft_changed.emit()

    def commit(self, edit: Edit) -> bool:
        """Make an edit a step of the history; whether it was accepted."""
        document = self._document
        if document is None or not self._may_edit():
            return False
        try:
            document.checked(edit.text)
        except PlannerError as error:
            self._messages.fail(f"Not done: {edit.title}", error)
            return False
        self._drop_draft()
        if edit.text != document.text:
            splice = _Splice.between(document.text, edit.text)
            self.stack.push(_Step(splice, edit.title, self._apply))
        if edit.notes:
            self._messages.warn(edit.title, edit.notes)
        return True

    def try_draft(self, make: Callable[[str], Edit]) -> bool:
        """Apply an edit to the draft; it becomes a step when all is valid. Whether it did."""
        document = self._document
        if document is None or not self._may_edit():
            return False
        edit = make(self.draft_text)
        if self._draft is not None:
            edit = type(edit)(edit.text, f"{self._draft.title}, {_lower(edit.title)}", edit.notes)
        try:
            document.checked(edit.text)
        except InvalidInput as error:
            self._draft, self.draft_faults = edit, faults_of(error)
            self.draft_changed.emit()
            return False
        return self.commit(edit)

    def drop_draft(self) -> None:
        """Give up what was typed but is not valid."""
        self._drop_draft()

    def pin(self, rows: Sequence[int]) -> None:
        """Fly these passes whatever the objective says."""
        from euroqci_planner.app import scenario_edits  # noqa: PLC0415 (early first paint)

        self._edit_passes(lambda on: scenario_edits.pin(on, rows), rows)

    def ban(self, rows: Sequence[int]) -> None:
        """Never fly these passes."""
        from euroqci_planner.app import scenario_edits  # noqa: PLC0415 (early first paint)

        self._edit_passes(lambda on: scenario_edits.ban(on, rows), rows)

    def free(self, rows: Sequence[int]) -> None:
        """Take pins and bans off these passes."""
        from euroqci_planner.app import scenario_edits  # noqa: PLC0415 (early first paint)

        self._edit_passes(lambda on: scenario_edits.free(on, rows), rows)

    def move(self, row: int, station_id: str) -> None:
        """Fly the pass of the same satellite over another station instead."""
        from euroqci_planner.app import scenario_edits  # noqa: PLC0415 (early first paint)

        self._edit_passes(lambda on: scenario_edits.move(on, row, station_id), [row])

    def close_station(
        self, station_id: str, from_utc: np.datetime64, to_utc: np.datetime64
    ) -> None:
        """No contacts at a station within an interval."""
        from euroqci_planner.app import scenario_edits  # noqa: PLC0415 (early first paint)

        document = self._document
        if document is not None:
            self._guarded(
                lambda: scenario_edits.close_station(
                    document.text, document.scenario, station_id, (from_utc, to_utc)
                )
            )

    def add_station(self, catalogue_id: str) -> None:
        """Add a station of the catalogue to the scenario."""
        from euroqci_planner.app import scenario_edits  # noqa: PLC0415 (early first paint)

        document = self._document
        if document is None or not self._may_edit():
            return

        def make(text: str) -> Edit:
            return scenario_edits.add_station(text, document.scenario, catalogue_id)

        if not self.try_draft(make) and self.draft_faults:
            self.values_wanted.emit(self.draft_faults)

    def _edit_passes(self, make: Callable[[Target], Edit], rows: Sequence[int]) -> None:
        from euroqci_planner.app.scenario_edits import Target  # noqa: PLC0415 (early first paint)

        document, plan = self._document, self._workspace.plan
        if document is not None and plan is not None and rows:
            target = Target(document.text, document.scenario, plan)
            self._guarded(lambda: make(target))

    def _guarded(self, make: Callable[[], Edit]) -> None:
        if not self._may_edit():
            return
        try:
            edit = make()
        except PlannerError as error:
            self._messages.fail("Not done", error)
        else:
            self.commit(edit)

    def _may_edit(self) -> bool:
        if self._document is not None and self._document.is_read_only:
            holder = self._document.holder
            self._messages.warn(
                f"{self._document.name} is read-only: {holder} has it open",
                ("File > Save as makes a copy that you can edit.",),
            )
        return self.can_edit

    def _drop_draft(self) -> None:
        if self._draft is not None or self.draft_faults:
            self._draft, self.draft_faults = None, ()
            self.draft_changed.emit()

    def _apply(self, splice: _Splice, is_back: bool) -> None:
        document = self._document
        if document is None:
            return
        try:
            document.replace(splice.applied(document.text, is_back=is_back))
        except PlannerError as error:
            self._messages.fail("This step cannot be taken any more; the history ends here", error)
            # Not at once: the stack still runs the step that would be deleted with it.
            QTimer.singleShot(0, self.stack.clear)
            return
        self._drop_draft()
        self.text_changed.emit()


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]
