"""Moves the one time to a pass that is selected, so that the map shows it under way."""

from __future__ import annotations

from PySide6.QtCore import QObject

from euroqci_planner.gui.followed_pass import FollowedPass
from euroqci_planner.gui.session import Session
from euroqci_planner.gui.workspace import Workspace

_KEY, _OFF = "time_follows", "no"


class TimeFollower(QObject):
    """Sets the time to the highest point of a newly selected pass, unless it lies inside the pass.

    A new plan in which the same pass is still selected moves nothing.
    """

    def __init__(self, workspace: Workspace, session: Session, parent: QObject) -> None:
        """Follow from now on, if the session says so."""
        super().__init__(parent)
        self._workspace, self._session = workspace, session
        self._followed = FollowedPass()
        workspace.selection_changed.connect(self._follow)

    @property
    def is_on(self) -> bool:
        """Whether the time follows the selection."""
        return self._session.text(_KEY) != _OFF

    def toggle(self) -> None:
        """Follow, or no longer."""
        self._session.set_text(_KEY, _OFF if self.is_on else "")

    def _follow(self) -> None:
        workspace = self._workspace
        plan, row = workspace.plan, workspace.primary_row
        if plan is None or row is None:
            return
        passes = plan.passes
        is_inside = passes.start_utc[row] <= workspace.time_utc <= passes.end_utc[row]
        if self._followed.is_another(plan, row) and self.is_on and not is_inside:
            workspace.set_time(passes.highest_utc[row])
