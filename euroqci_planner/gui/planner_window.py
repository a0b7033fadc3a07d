"""What commands, toolbars and questions know of the window: its parts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QMainWindow

from euroqci_planner.gui.commands import Registry
from euroqci_planner.gui.docks import Docks
from euroqci_planner.gui.manual_viewer import ManualViewer
from euroqci_planner.gui.message_bar import MessageBar
from euroqci_planner.gui.shell import Shell
from euroqci_planner.gui.time_bar import TimeBar
from euroqci_planner.gui.time_follower import TimeFollower


class Files(Protocol):
    """Opening and saving, with the questions on the way."""

    def guarded(self, then: Callable[[], object]) -> None:
        """Do something that closes the document, after unsaved work was saved or given up."""

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Save; a document without a file asks for one first."""

    def save_as(self, then: Callable[[], object] | None = None) -> None:
        """Ask for a name and save under it."""

    def open_path(self, path: Path) -> None:
        """Open a scenario, or offer the satellites of an orbit file."""


class PlannerWindow(QMainWindow):
    """A window around a shell; the main window fills in the parts."""

    docks: Docks
    registry: Registry
    time_bar: TimeBar
    message_bar: MessageBar
    files: Files

    def __init__(self, shell: Shell) -> None:
        """Show nothing yet."""
        super().__init__()
        self.shell = shell
        self.time_follower = TimeFollower(shell.workspace, shell.session, self)
        self._manual: ManualViewer | None = None

    def manual(self) -> ManualViewer:
        """The manual's window, made when it is first asked for."""
        if self._manual is None:
            self._manual = ManualViewer(self)
        return self._manual

    def escape(self) -> None:
        """Cancel the work; else close the message; else clear the selection."""
        if self.shell.planning.stop() or self.shell.background.cancel():
            self.shell.messages.say("Stopped: what is shown stays")
        elif not self.message_bar.hide_message():
            self.shell.clear_selection()
