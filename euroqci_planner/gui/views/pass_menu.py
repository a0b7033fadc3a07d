"""The context menu of passes: the same in every view that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from euroqci_planner.app.move_targets import move_targets
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan_totals import flown


def pass_menu(workspace: Workspace, rows: Sequence[int], parent: QWidget) -> QMenu:
    """Pin, ban, free, move and show in time; edits are off where the document is read-only."""
    menu, actions = QMenu(parent), workspace.actions
    for title, run in (
        ("Pin\tP", actions.pin),
        ("Ban\tB", actions.ban),
        ("Free\tF", actions.free),
    ):
        entry = menu.addAction(title, partial(run, tuple(rows)))
        entry.setEnabled(bool(actions.can_edit))
    _add_moves(menu, workspace, rows)
    menu.addSeparator()
    menu.addAction("Set the time to this pass", partial(_show_time, workspace, rows[0]))
    return menu


def _add_moves(menu: QMenu, workspace: Workspace, rows: Sequence[int]) -> None:
    plan, actions = workspace.plan, workspace.actions
    if plan is None or len(rows) != 1 or not flown(plan)[rows[0]]:
        return
    targets = move_targets(plan, rows[0])
    inner = menu.addMenu("Move to")
    inner.setEnabled(bool(targets) and bool(actions.can_edit))
    for name in sorted(targets):
        inner.addAction(name, partial(actions.move, rows[0], name))


def _show_time(workspace: Workspace, row: int) -> None:
    if workspace.plan is not None:
        workspace.set_time(workspace.plan.passes.highest_utc[row])
