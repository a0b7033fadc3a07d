"""What is open: plan, scenario, selection and time, with their signals. No physics, no files.

Views read this one object and never each other:

    class XView(QWidget):
        def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None: ...

A view may also have `state() -> str` and `restore_state(text: str) -> None` (what the session keeps
of it: columns, filters, projection, as a short text of its own) and
`commands() -> Sequence[Command]` (see `gui/commands.py`: what it adds to menus, palette and
shortcut sheet).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal

from euroqci_planner.app.plan_changes import matched_rows
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.timebase import NOT_A_TIME

Window = tuple[np.datetime64, np.datetime64]


class Actions(Protocol):
    """What a user can do to passes and stations; every call is one undoable step.

    Rows are rows of `Workspace.plan.passes`. `can_edit` is false where the document is read-only:
    then the calls do nothing but say so in the status line.
    """

    @property
    def can_edit(self) -> bool:
        """Whether edits are taken."""

    def pin(self, rows: Sequence[int]) -> None:
        """Fly these passes whatever the objective says."""

    def ban(self, rows: Sequence[int]) -> None:
        """Never fly these passes."""

    def free(self, rows: Sequence[int]) -> None:
        """Take pins and bans off these passes."""

    def move(self, row: int, station_id: str) -> None:
        """Fly the pass of the same satellite over another station at about the same time."""

    def close_station(
        self, station_id: str, from_utc: np.datetime64, to_utc: np.datetime64
    ) -> None:
        """No contacts at a station within an interval."""

    def add_station(self, catalogue_id: str) -> None:
        """Add a station of the catalogue to the scenario."""


class NoActions:
    """The actions of a workspace without a document: none."""

    can_edit = False

    def pin(self, rows: Sequence[int]) -> None:
        """Do nothing: there is no document."""

    def ban(self, rows: Sequence[int]) -> None:
        """Do nothing: there is no document."""

    def free(self, rows: Sequence[int]) -> None:
        """Do nothing: there is no document."""

    def move(self, row: int, station_id: str) -> None:
        """Do nothing: there is no document."""

    def close_station(
        self, station_id: str, from_utc: np.datetime64, to_utc: np.datetime64
    ) -> None:
        """Do nothing: there is no document."""

    def add_station(self, catalogue_id: str) -> None:
        """Do nothing: there is no document."""


class Workspace(QObject):
    """One plan, one selection, one time.

    `scenario` is the document as edited; `plan.scenario` is the one that the shown plan belongs
    to. They differ while `is_stale`. `compared_plan` is a second plan kept for comparison.
    """

    plan_changed = Signal()
    selection_changed = Signal()
    time_changed = Signal()
    stale_changed = Signal()
    document_changed = Signal()
    window_changed = Signal()
    compared_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Nothing is open yet."""
        super().__init__(parent)
        self.actions: Actions = NoActions()
        self._plan: Plan | None = None
        self._compared: Plan | None = None
        self._scenario: Scenario | None = None
        self._rows: tuple[int, ...] = ()
        self._time: np.datetime64 = NOT_A_TIME
        self._window: Window = (NOT_A_TIME, NOT_A_TIME)
        self._is_stale = False

    @property
    def plan(self) -> Plan | None:
        """The last complete plan, None before the first."""
        return self._plan

    @property
    def compared_plan(self) -> Plan | None:
        """The plan to compare with, None where none is kept."""
        return self._compared

    @property
    def scenario(self) -> Scenario | None:
        """The scenario as edited, None before the first."""
        return self._scenario

    @property
    def selected_rows(self) -> tuple[int, ...]:
        """Rows of `plan.passes`; the first is the primary one."""
        return self._rows

    @property
    def primary_row(self) -> int | None:
        """The row that inspector and map follow, None where nothing is selected."""
        return self._rows[0] if self._rows else None

    @property
    def time_utc(self) -> np.datetime64:
        """The one time; not-a-time before a scenario is open."""
        return self._time

    @property
    def window_utc(self) -> Window:
        """The part of the planning window that the views with a time axis show."""
        return self._window

    @property
    def is_stale(self) -> bool:
        """Whether the shown plan no longer belongs to the scenario as edited."""
        return self._is_stale

    def select(self, rows: Sequence[int]) -> None:
        """Select passes, the first one is the primary one; repeated rows count once.

        Raises IndexError for a row that the plan does not have.
        """
        count = 0 if self._plan is None else len(self._plan.passes)
        chosen = tuple(dict.fromkeys(int(row) for row in rows))
        if any(not 0 <= row < count for row in chosen):
            raise IndexError(f"the plan has rows 0 to {count - 1}, not {chosen}")
        if chosen != self._rows:
            self._rows = chosen
            self.selection_changed.emit()

    def set_time(self, instant: np.datetime64) -> None:
        """Set the one time, held inside the planning window."""
        if self._scenario is None or np.isnat(instant):
            return
        wanted = instant.astype("datetime64[us]")
        held = min(max(wanted, self._scenario.start_utc), self._scenario.end_utc)
        if held != self._time:
            self._time = held
            self.time_changed.emit()

    def set_window(self, start_utc: np.datetime64, end_utc: np.datetime64) -> None:
        """Set the visible part of the time axis; held inside the planning window."""
        if self._scenario is None:
            return
        first, last = self._scenario.start_utc, self._scenario.end_utc
        start = min(max(start_utc.astype("datetime64[us]"), first), last)
        end = min(max(end_utc.astype("datetime64[us]"), first), last)
        if start < end and (start, end) != self._window:
            self._window = (start, end)
            self.window_changed.emit()

    def set_document(self, scenario: Scenario, *, is_stale: bool) -> None:
        """Take the scenario as edited; the window follows where the planning window moved."""
        is_moved = self._scenario is None or (scenario.start_utc, scenario.end_utc) != (
            self._scenario.start_utc,
            self._scenario.end_utc,
        )
        self._scenario = scenario
        self.set_stale(is_stale=is_stale)
        self.document_changed.emit()
        if is_moved:
            wanted = scenario.start_utc if np.isnat(self._time) else self._time
            self._window = (scenario.start_utc, scenario.end_utc)
            self.set_time(wanted)
            self.window_changed.emit()

    def set_stale(self, *, is_stale: bool) -> None:
        """Say whether the shown plan still belongs to the scenario."""
        if is_stale != self._is_stale:
            self._is_stale = is_stale
            self.stale_changed.emit()

    def set_plan(self, plan: Plan | None) -> None:
        """Show another complete plan; selected passes that it has too stay selected."""
        kept: tuple[int, ...] = ()
        if self._plan is not None and plan is not None and self._rows:
            found = matched_rows(self._plan, plan)[list(self._rows)]
            kept = tuple(int(row) for row in found if row >= 0)
        had_rows, self._rows = self._rows, kept
        self._plan = plan
        self.plan_changed.emit()
        if had_rows or kept:
            self.selection_changed.emit()

    def set_compared(self, plan: Plan | None) -> None:
        """Keep a second plan for comparison, or none."""
        if plan is not self._compared:
            self._compared = plan
            self.compared_changed.emit()
