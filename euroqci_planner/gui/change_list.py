"""The change list: contacts that the last plan gained, lost or moved."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.app.display import signed_bits
from euroqci_planner.app.plan_changes import NO_ROW, Change, ContactChange, PlanChanges
from euroqci_planner.app.plan_sentences import changes_text
from euroqci_planner.gui import theme
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import PassState
from euroqci_planner.timebase import iso_text

_SIGNS = {Change.GAINED: "+ gained", Change.LOST: "− lost", Change.MOVED: "→ moved"}
_COLOURS = {
    Change.GAINED: PassState.PINNED,
    Change.LOST: PassState.BANNED,
    Change.MOVED: PassState.SCHEDULED,
}
_HEADS = ("Change", "Start [UTC]", "Satellite", "OGS", "Before", "Expected key")
_ROW = Qt.ItemDataRole.UserRole


class ChangeList(QWidget):
    """Click a line to select its pass."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """No plan was replaced yet."""
        super().__init__(parent)
        self._workspace = workspace
        self._changes: PlanChanges | None = None
        self.summary = QLabel("No plan was replaced yet", self)
        self.summary.setWordWrap(True)
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName("Changed contacts")
        self.tree.setHeaderLabels(list(_HEADS))
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setAlternatingRowColors(True)
        self.tree.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.tree.itemSelectionChanged.connect(self._lead)
        box = QVBoxLayout(self)
        box.setContentsMargins(6, 6, 6, 6)
        box.addWidget(self.summary)
        box.addWidget(self.tree, 1)
        theme.signals().changed.connect(self._fill)

    def show_changes(self, changes: PlanChanges | None) -> None:
        """Show what a new plan changed, or that there was none."""
        self._changes = changes
        self._fill()

    def _fill(self) -> None:
        self.tree.blockSignals(True)  # noqa: FBT003 (Qt's call)
        self.tree.clear()
        if self._changes is None:
            self.summary.setText("No plan was replaced yet")
        else:
            self.summary.setText(changes_text(self._changes))
            self.tree.addTopLevelItems([self._line(item) for item in self._changes.contacts])
            for column in range(len(_HEADS)):
                self.tree.resizeColumnToContents(column)
        self.tree.blockSignals(False)  # noqa: FBT003 (Qt's call)

    def _line(self, item: ContactChange) -> QTreeWidgetItem:
        moment = iso_text(item.start_utc, "s").replace("T", " ").removesuffix("Z")
        before = item.old_station_id if item.old_station_id != item.station_id else ""
        bits = signed_bits(item.key_expected_bits) if math.isfinite(item.key_expected_bits) else ""
        line = QTreeWidgetItem(
            [_SIGNS[item.change], moment, item.satellite_id, item.station_id, before, bits]
        )
        line.setForeground(0, theme.current().states[_COLOURS[item.change]])
        line.setTextAlignment(5, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.setData(0, _ROW, item.new_row)
        return line

    def _lead(self) -> None:
        plan = self._workspace.plan
        rows = [int(item.data(0, _ROW)) for item in self.tree.selectedItems()]
        count = 0 if plan is None else len(plan.passes)
        here = [row for row in rows if row != NO_ROW and row < count]
        if here:
            self._workspace.select(here)
