"""The one window: docks, menus, toolbar, status line, and what is asked before things are lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
)
from PySide6.QtWidgets import QUndoView, QWidget

from euroqci_planner.app.plan_changes import PlanChanges
from euroqci_planner.app.plan_sentences import changes_text
from euroqci_planner.errors import Fault
from euroqci_planner.gui import theme
from euroqci_planner.gui.change_list import ChangeList
from euroqci_planner.gui.commands import Command, Registry
from euroqci_planner.gui.docks import Docks
from euroqci_planner.gui.file_flow import FileFlow
from euroqci_planner.gui.message_bar import Choice, MessageBar
from euroqci_planner.gui.message_list import MessageList
from euroqci_planner.gui.messages import Message, Severity
from euroqci_planner.gui.override_guard import guard_overrides
from euroqci_planner.gui.planner_window import PlannerWindow
from euroqci_planner.gui.planning import Occasion
from euroqci_planner.gui.session import LAYOUT_VERSION
from euroqci_planner.gui.shell import Shell
from euroqci_planner.gui.shell_commands import shell_commands
from euroqci_planner.gui.status_line import StatusLine
from euroqci_planner.gui.time_bar import TimeBar
from euroqci_planner.gui.toolbars import make_toolbar
from euroqci_planner.gui.workspace_state import kept_state, restore_state

_WORKSPACE = "workspace"
_MIN_SIZE = (900, 560)
_SIZE = (1680, 1000)


class MainWindow(PlannerWindow):
    """Shows a shell; `closed` when it has gone."""

    closed = Signal()

    def __init__(self, shell: Shell) -> None:
        """Make all docks and commands; nothing is open yet."""
        guard_overrides()
        super().__init__(shell)
        self.setObjectName("main")
        self.setAcceptDrops(True)
        self.setMinimumSize(*_MIN_SIZE)
        self.resize(*_SIZE)
        self.file_flow = FileFlow(self)
        self.files = self.file_flow
        self._may_close = self._keeps_unsaved = False
        self._kept_workspace, self._is_fresh = "", False
        self.time_bar = TimeBar(shell.workspace, self)
        self.status = StatusLine(shell.workspace, self)
        self.message_bar = MessageBar(self)
        self.docks = Docks(self, shell.workspace)
        self.registry = Registry(self)
        self._fill_docks()
        self.registry.add(shell_commands(self))
        self.registry.add(_commands_of(self.docks.views.values()))
        self.menus = self.registry.fill_menu_bar(self.menuBar())
        make_toolbar(self)
        self.setStatusBar(self.status)
        self._connect()
        self._restore()
        self._on_state()

    def show_value(self, place: str) -> None:
        """Show the value that a message is about, as in `station[1].latitude_deg`."""
        from euroqci_planner.app.form_edits import path_of  # noqa: PLC0415 (early first paint)

        form = self.docks.views["scenario"]
        if hasattr(form, "show_value"):
            self.docks.raise_dock("scenario")
            form.show_value(path_of(place))

    def view_states(self) -> dict[str, str]:
        """State of every view that keeps one."""
        tellers = {name: getattr(view, "state", None) for name, view in self.docks.views.items()}
        return {name: str(state()) for name, state in tellers.items() if callable(state)}

    def close_now(self, *, keep_unsaved: bool = False) -> None:
        """Close without a question; `keep_unsaved` leaves unsaved work in its recovery file."""
        self._may_close, self._keeps_unsaved = True, keep_unsaved
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved work first; then end all work and keep the session."""
        if not self._may_close and self.shell.is_modified:
            event.ignore()
            self.files.guarded(self.close_now)
            return
        self._keep()
        self.time_bar.play(is_playing=False)
        # Work that is being stopped may take a moment: nobody has to look at it.
        self.hide()
        self.shell.close(keep_unsaved=self._keeps_unsaved)
        event.accept()
        self.closed.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Right-click on a view that has no menu of its own: what can be done to the selection."""
        if self.shell.has_selection:
            self.registry.refresh()
            self.registry.context_menu("pass", self).popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open a dropped scenario; offer the satellites of a dropped orbit file."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        if paths:
            self.files.open_path(paths[0])

    def _fill_docks(self) -> None:
        self.change_list = ChangeList(self.shell.workspace)
        self.message_list = MessageList(self.shell.messages)
        history = QUndoView(self.shell.editing.stack)
        history.setEmptyLabel("As opened")
        history.setAccessibleName("History of edits")
        self.docks.set_widget("changes", self.change_list)
        self.docks.set_widget("messages", self.message_list)
        self.message_list.place_asked.connect(self.show_value)
        self.docks.set_widget("history", history)
        self._take_in(self.docks.views.values())

    def _take_in(self, views: Iterable[QWidget]) -> None:
        """Give views the means for work beside the window, and their messages a place."""
        for view in views:
            if hasattr(view, "use_background"):
                view.use_background(self.shell.background)
            if hasattr(view, "failed"):
                view.failed.connect(self.shell.messages.warn)
            if hasattr(view, "said"):
                view.said.connect(self.shell.messages.say)
            if hasattr(view, "state_changed"):
                view.state_changed.connect(self._on_state)
            if hasattr(view, "export_asked"):
                view.export_asked.connect(lambda: self.registry.run("export.forecast"))

    def _on_plan(self) -> None:
        """Make the views that waited for the engine, and restore what the session knows."""
        if self.shell.workspace.plan is None:
            return
        if self._is_fresh:
            self._is_fresh = False
            restore_state(self.shell.workspace, self._kept_workspace)
            self._look_at_something()
        made = self.docks.fill_late()
        if made:
            self._take_in(made)
            self.registry.add(_commands_of(made))
            self.menus = self.registry.fill_menu_bar(self.menuBar())
            self._restore_views(made)
            self._on_state()

    def _look_at_something(self) -> None:
        """Where the session knows nothing, begin with the first contact."""
        workspace = self.shell.workspace
        plan = workspace.plan
        if plan is not None and not self._kept_workspace and len(plan.contact_rows):
            row = int(plan.contact_rows[0])
            workspace.select([row])
            workspace.set_time(plan.passes.highest_utc[row])

    def _restore_views(self, views: Iterable[QWidget]) -> None:
        document = self.shell.documents.document
        if document is None:
            return
        states = self.shell.session.view_states(document.path)
        for name, view in self.docks.views.items():
            if view in views and name in states and hasattr(view, "restore_state"):
                view.restore_state(states[name])

    def _connect(self) -> None:
        shell = self.shell
        shell.workspace.plan_changed.connect(self._on_plan)
        shell.state_changed.connect(self._on_state)
        shell.workspace.stale_changed.connect(
            lambda: self.docks.mark_stale(is_stale=shell.workspace.is_stale)
        )
        shell.messages.posted.connect(self._on_message)
        shell.planning.changes_found.connect(self._on_changes)
        shell.documents.opened.connect(self._on_opened)
        shell.documents.recovery_found.connect(self.file_flow.ask_about_recovery)
        shell.documents.conflict_found.connect(self.file_flow.ask_about_conflict)
        shell.editing.values_wanted.connect(self._on_values_wanted)
        shell.background.progressed.connect(self.status.show_job)
        shell.background.busy_changed.connect(self._on_busy)
        self.status.cancel_asked.connect(self.escape)
        theme.signals().changed.connect(self._on_theme)

    def _restore(self) -> None:
        session = self.shell.session
        geometry = session.bytes_of("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        layout = session.bytes_of("layout")
        if layout is None or not self.restoreState(layout, LAYOUT_VERSION):
            self.docks.reset()

    def _keep(self) -> None:
        session = self.shell.session
        session.set_bytes("geometry", self.saveGeometry())
        session.set_bytes("layout", self.saveState(LAYOUT_VERSION))
        document = self.shell.documents.document
        if document is not None:
            states = {**self.view_states(), _WORKSPACE: kept_state(self.shell.workspace)}
            session.set_view_states(document.path, states)

    def _on_state(self) -> None:
        self.registry.refresh()
        self.status.refresh_draft(has_draft=self.shell.editing.has_draft)
        document = self.shell.documents.document
        if document is None:
            self.setWindowTitle("euroqci_planner")
            return
        kind = " (sample)" if document.path is None else ""
        kind += " (read-only)" if document.is_read_only else ""
        self.setWindowTitle(f"{document.name}[*]{kind} – euroqci_planner")
        self.setWindowModified(document.is_modified)

    def _on_busy(self) -> None:
        self.status.show_job(self.shell.background.current)

    def _on_opened(self, _: Any) -> None:
        from euroqci_planner.gui.forms.scenario_form import ScenarioForm  # noqa: PLC0415

        guard_overrides()
        if not isinstance(self.docks.views["scenario"], ScenarioForm):
            form = ScenarioForm(self.shell.editing)
            form.setAccessibleName("Scenario")
            self.docks.set_widget("scenario", form)
        self.change_list.show_changes(None)
        document = self.shell.documents.document
        if document is not None:
            states = self.shell.session.view_states(document.path)
            self._kept_workspace, self._is_fresh = states.get(_WORKSPACE, ""), True
        self._restore_views(list(self.docks.views.values()))

    def _on_values_wanted(self, faults: Sequence[Fault]) -> None:
        self.docks.raise_dock("scenario")
        form = self.docks.views["scenario"]
        if hasattr(form, "show_first_fault"):
            form.show_first_fault()
        lines = [str(fault) for fault in faults]
        self.shell.messages.warn("Some values are still needed", lines)

    def _on_message(self, message: Message) -> None:
        choices: Sequence[Choice] = ()
        if len(message.lines) > 1 or message.severity is Severity.ERROR:
            choices = (Choice("Show all", lambda: self.docks.raise_dock("messages")),)
        self.message_bar.show_message(message, choices)

    def _on_changes(self, changes: PlanChanges, occasion: Occasion) -> None:
        self.change_list.show_changes(changes)
        show = Choice("Show changes", lambda: self.docks.raise_dock("changes"))
        text = f"New plan: {changes_text(changes)}"
        shown = () if changes.is_empty else (show,)
        self.message_bar.show_message(Message(Severity.INFORMATION, text), shown)
        is_typing = self.docks.views["scenario"].isAncestorOf(self.focusWidget() or self)
        if occasion is Occasion.ASKED and not changes.is_empty and not is_typing:
            self.docks.raise_dock("changes")

    def _on_theme(self) -> None:
        self.registry.refresh_icons()
        self.time_bar.refresh_icons()
        self.message_bar.refresh_style()
        if self._manual is not None:
            self._manual.refresh_style()
        for widget in self.findChildren(QWidget):
            widget.update()

    def share_space(self) -> None:
        """Fit the first window to the screen, and share it among the docks once it is shown."""
        if self.shell.session.bytes_of("geometry") is None:
            room = self.screen().availableSize()
            self.resize(self.size().boundedTo(room))
        if self.shell.session.bytes_of("layout") is None:
            QTimer.singleShot(0, self.docks.reset)


def _commands_of(views: Iterable[QWidget]) -> list[Command]:
    """What the views add to menus, palette and shortcut sheet."""
    found: list[Command] = []
    for view in views:
        if hasattr(view, "commands"):
            found += view.commands()
    return found
