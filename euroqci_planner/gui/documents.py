"""Opening and saving: the document's way from and to the disk, recovery, locks, recent files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from euroqci_planner.app.progress import Progress
from euroqci_planner.errors import OutputError, PlannerError
from euroqci_planner.gui.background import Background
from euroqci_planner.gui.editing import Editing
from euroqci_planner.gui.messages import Messages
from euroqci_planner.gui.planning import Planning

if TYPE_CHECKING:
    from euroqci_planner.app.document import Document
    from euroqci_planner.app.recovery import Recovery

AUTOSAVE_MS = 60_000


class Documents(QObject):
    """The one open document.

    `opened(document)` follows every change of document, `state_changed` every change of its name,
    its file or whether it is modified. Two signals ask the user: `recovery_found(recovery)` what
    to do with unsaved work that a crash left, `conflict_found()` whether to overwrite a file that
    somebody changed since it was read.
    """

    opened = Signal(object)
    state_changed = Signal()
    recovery_found = Signal(object)
    conflict_found = Signal()

    def __init__(
        self,
        editing: Editing,
        planning: Planning,
        background: Background,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        """Nothing is open."""
        super().__init__(parent)
        self._editing, self._planning = editing, planning
        self._background, self._messages = background, messages
        self._has_failed = False
        self._lost: Recovery | None = None
        self._timer = QTimer(self, interval=AUTOSAVE_MS)
        self._timer.timeout.connect(self.keep)
        editing.text_changed.connect(self._on_text)

    @property
    def document(self) -> Document | None:
        """The open document."""
        return self._editing.document

    def open_sample(self) -> None:
        """Open the sample scenario."""
        self._open(None, "the sample scenario")

    def open_path(self, path: Path) -> None:
        """Open a scenario file; the former document stays open where that fails."""
        self._open(path, path.name)

    def take_recovery(self, recovery: Recovery) -> None:
        """Put the recovered text into the open document, as one step that can be undone."""
        from euroqci_planner.app.recovery import discard  # noqa: PLC0415 (early first paint)
        from euroqci_planner.app.scenario_edits import Edit  # noqa: PLC0415

        if self._editing.commit(Edit(recovery.text, "Recover unsaved work")):
            self._lost = None
            if self.document is not None and self.document.path is None:
                discard(recovery)
            self._messages.say(f"Recovered the work of {recovery.written_utc}: it is not saved yet")

    def drop_recovery(self, recovery: Recovery) -> None:
        """Give the recovered work up."""
        from euroqci_planner.app.recovery import discard  # noqa: PLC0415 (early first paint)

        self._lost = None
        try:
            discard(recovery)
        except OutputError as error:
            self._messages.fail("The recovery file stays", error)

    def save(self, *, overwrite: bool = False) -> bool:
        """Write the document to its file; whether that worked.

        A file that somebody changed meanwhile is overwritten only when told to.
        """
        document = self.document
        if document is not None and not overwrite and document.is_changed_on_disk():
            self.conflict_found.emit()
            return False
        return self._saved(lambda document: document.save())

    def save_as(self, path: Path) -> bool:
        """Write the document to another file and go on with that; whether that worked."""
        return self._saved(lambda document: document.save_as(path))

    def keep(self) -> None:
        """Write what a crash would lose; a failure is said once."""
        document = self.document
        if document is None:
            return
        try:
            document.keep_for_recovery()
            self._has_failed = False
        except OutputError as error:
            if not self._has_failed:
                self._messages.fail("Unsaved work cannot be kept for recovery", error)
            self._has_failed = True

    def close(self, *, keep_unsaved: bool = False) -> None:
        """Close the document: what is not saved is given up, unless nobody was asked yet."""
        self._timer.stop()
        if self.document is not None:
            self.document.close(keep_recovery=keep_unsaved or self._lost is not None)

    def _open(self, path: Path | None, name: str) -> None:
        def work(progress: Progress) -> Document:
            from euroqci_planner.app import document, scenario_fields  # noqa: PLC0415 (loads much)

            progress.check()
            found = document.sample_document() if path is None else document.read_document(path)
            # The first look at the schema takes half a second: here, and not in the window.
            scenario_fields.blocks(found.data)
            return found

        self._background.start(
            work,
            title=f"Opening {name}",
            done=self._take,
            failed=lambda error: self._messages.fail(f"Cannot open {name}", error),
        )

    def _take(self, document: Document) -> None:
        from euroqci_planner.app.recent_files import remember_file  # noqa: PLC0415

        self.close()
        document.lock()
        if document.is_changed_on_disk():
            # Somebody saved it between reading and locking.
            document.close(keep_recovery=True)
            if document.path is not None:
                self.open_path(document.path)
            return
        self._lost = None if document.is_read_only else _lost_work(document)
        self._editing.take(document)
        self._planning.take(document)
        if document.path is not None:
            remember_file(document.path)
        self._timer.start()
        self.opened.emit(document)
        self.state_changed.emit()
        if document.is_read_only:
            self._messages.warn(
                f"{document.name} is read-only: {document.holder} has it open",
                ("File > Save as makes a copy that you can edit.",),
            )
        elif self._lost is not None:
            self.recovery_found.emit(self._lost)

    def _saved(self, write: Callable[[Document], None]) -> bool:
        from euroqci_planner.app.recent_files import remember_file  # noqa: PLC0415

        document = self.document
        if document is None:
            return False
        former = document.scenario
        try:
            write(document)
        except PlannerError as error:
            self._messages.fail(f"{document.name} is not saved", error)
            return False
        if document.path is not None:
            remember_file(document.path)
        self._editing.stack.setClean()
        if document.scenario is not former:
            self._planning.follow_text()
        self._messages.say(f"Saved {document.name}")
        self.state_changed.emit()
        return True

    def _on_text(self) -> None:
        self._planning.follow_text()
        self.keep()
        self.state_changed.emit()


def _lost_work(document: Document) -> Recovery | None:
    """What a crash left of this document, if it differs from what the file holds."""
    from euroqci_planner.app import recovery  # noqa: PLC0415 (early first paint)

    if document.path is None:
        lost = next((item for item in recovery.orphans() if not item.path), None)
    else:
        lost = recovery.recovery_of(document.path)
    if lost is not None and lost.text == document.text:
        recovery.discard(lost)
        return None
    return lost
