"""What is asked before things are lost: unsaved work, files that others changed, recovered work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from euroqci_planner.gui import dialog_actions, dialogs
from euroqci_planner.gui.planner_window import PlannerWindow

if TYPE_CHECKING:
    from euroqci_planner.app.recovery import Recovery

SCENARIO_ENDING = ".toml"


class FileFlow:
    """Opening, saving and closing as a window does them, with the questions on the way."""

    def __init__(self, window: PlannerWindow) -> None:
        """Ask in this window."""
        self._window = window
        self._shell = window.shell

    def guarded(self, then: Callable[[], object]) -> None:
        """Do something that closes the document, after unsaved work was saved or given up."""
        if not self._shell.is_modified:
            then()
            return
        document = self._shell.documents.document
        name = "" if document is None else document.name
        details = "What is not saved is lost."
        if self._shell.editing.has_draft:
            details += " Values in the form that are not valid yet cannot be saved."
        dialogs.ask(
            self._window,
            f"Save the changes to {name}?",
            details,
            (
                ("Save", lambda: self.save(then)),
                ("Discard", then),
                ("Cancel", None),
            ),
        )

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Save; a document without a file asks for one first."""
        document = self._shell.documents.document
        if document is None:
            return
        if document.path is None:
            self.save_as(then)
        elif self._shell.documents.save() and then is not None:
            then()

    def save_as(self, then: Callable[[], object] | None = None) -> None:
        """Ask for a name and save under it."""
        document = self._shell.documents.document
        if document is None:
            return

        def take(path: Path) -> None:
            if self._shell.documents.save_as(path) and then is not None:
                then()

        folder = Path.home() if document.path is None else document.path.parent
        start = folder / Path(document.name).name
        dialogs.ask_save(self._window, "Save the scenario as", dialogs.SCENARIOS, take, start)

    def open_path(self, path: Path) -> None:
        """Open a scenario, or offer the satellites of an orbit file."""
        if path.suffix.lower() == SCENARIO_ENDING:
            self.guarded(lambda: self._shell.documents.open_path(path))
        else:
            dialog_actions.offer_satellites(self._window, path)

    def ask_about_recovery(self, recovery: Recovery) -> None:
        """Ask what to do with work that a crash left."""
        documents = self._shell.documents
        dialogs.ask(
            self._window,
            "Unsaved work was found",
            f"The program ended on {recovery.written_utc} before it was saved.",
            (
                ("Recover", lambda: documents.take_recovery(recovery)),
                ("Discard", lambda: documents.drop_recovery(recovery)),
                ("Later", None),
            ),
        )

    def ask_about_conflict(self) -> None:
        """Ask whether to overwrite a file that somebody changed since it was read."""
        documents = self._shell.documents
        name = "" if documents.document is None else documents.document.name
        dialogs.ask(
            self._window,
            f"{name} was changed by another program",
            "Overwriting loses what was written there; it stays in the .bak file.",
            (
                ("Overwrite", lambda: documents.save(overwrite=True)),
                ("Save as…", self.save_as),
                ("Cancel", None),
            ),
        )
