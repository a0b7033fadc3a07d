"""The running program without its window: document, plan, history, work and session together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from euroqci_planner.app.plan_file_names import has_plan_file
from euroqci_planner.errors import PlannerError
from euroqci_planner.gui.background import Background
from euroqci_planner.gui.documents import Documents
from euroqci_planner.gui.editing import Editing
from euroqci_planner.gui.messages import Messages
from euroqci_planner.gui.planning import Planning
from euroqci_planner.gui.session import Session
from euroqci_planner.gui.workspace import Workspace


class Shell(QObject):
    """Everything that is not a widget; the window and its parts only show it.

    `state_changed` says that commands may have become enabled or disabled.
    """

    state_changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        """Put the parts together; nothing is open yet."""
        super().__init__(parent)
        self.session = session
        self.messages = Messages(self)
        self.workspace = Workspace(self)
        self.background = Background(self)
        self.editing = Editing(self.workspace, self.messages, self)
        self.planning = Planning(self.workspace, self.background, self.messages, self)
        self.documents = Documents(
            self.editing, self.planning, self.background, self.messages, self
        )
        self.background.notice.connect(self.messages.warn)
        for signal in (
            self.workspace.plan_changed,
            self.workspace.selection_changed,
            self.workspace.stale_changed,
            self.workspace.document_changed,
            self.workspace.compared_changed,
            self.background.busy_changed,
            self.documents.state_changed,
            self.editing.stack.indexChanged,
            self.editing.draft_changed,
            self.planning.settings_changed,
        ):
            signal.connect(self.state_changed)

    @property
    def has_plan(self) -> bool:
        """Whether there is a plan to look at."""
        return self.workspace.plan is not None

    def has_file(self, name: str) -> bool:
        """Whether the shown plan is written to a file of this name, among others."""
        plan = self.workspace.plan
        return plan is not None and has_plan_file(plan, name)

    @property
    def has_selection(self) -> bool:
        """Whether passes are selected."""
        return bool(self.workspace.selected_rows)

    @property
    def can_edit(self) -> bool:
        """Whether the document takes edits."""
        return self.editing.can_edit

    @property
    def is_modified(self) -> bool:
        """Whether something would be lost by closing."""
        document = self.documents.document
        return document is not None and (document.is_modified or self.editing.has_draft)

    def selected(self, act: Callable[[tuple[int, ...]], None]) -> None:
        """Do something to the selected passes."""
        act(self.workspace.selected_rows)

    def clear_selection(self) -> bool:
        """Select nothing; whether anything was selected."""
        had = self.has_selection
        self.workspace.select(())
        return had

    def keep_for_comparison(self) -> None:
        """Keep the shown plan to compare later ones with it."""
        self.workspace.set_compared(self.workspace.plan)
        self.messages.say("This plan is kept: later plans are compared with it")

    def compare_with(self, path: Path) -> None:
        """Plan another scenario file and compare with it."""
        from euroqci_planner.app.planner import load_scenario  # noqa: PLC0415 (early first paint)

        try:
            scenario = load_scenario(path)
        except PlannerError as error:
            self.messages.fail(f"Cannot compare with {path.name}", error)
            return
        self.planning.plan_other(scenario, self.workspace.set_compared)

    def export_file(self, name: str, path: Path) -> bool:
        """Write one file of the shown plan, with the bytes of the command line."""
        from euroqci_planner.app import planner  # noqa: PLC0415 (early first paint)

        plan = self.workspace.plan
        if plan is None:
            return False
        content = planner.plan_files(plan).get(name)
        if content is None:
            self.messages.warn(f"This plan has no {name}: nothing is written")
            return False
        return self._written(lambda: planner.write_file(path, content), path)

    def export_folder(self, folder: Path) -> bool:
        """Write all files of the shown plan into a folder, as the command line does."""
        from euroqci_planner.app import planner  # noqa: PLC0415 (early first paint)

        plan = self.workspace.plan
        if plan is None:
            return False
        return self._written(lambda: planner.write_plan(plan, folder), folder)

    def close(self, *, keep_unsaved: bool = False) -> None:
        """End all work, give the lock back, write the session."""
        document = self.documents.document
        name = "" if document is None or document.path is None else str(document.path.resolve())
        self.session.set_text("document", name)
        self.background.close()
        self.documents.close(keep_unsaved=keep_unsaved)
        self.session.close()

    def _written(self, write: Callable[[], object], path: Path) -> bool:
        try:
            write()
        except PlannerError as error:
            self.messages.fail(f"{path.name} is not written", error)
            return False
        stale = " (of the plan as shown: the scenario was edited since)"
        self.messages.say(f"Wrote {path}{stale if self.workspace.is_stale else ''}")
        return True
