"""The status line: what the plan amounts to, whether it is stale, and how far the work is."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from euroqci_planner.app.plan_sentences import facts_text, totals_text
from euroqci_planner.gui.background import Job
from euroqci_planner.gui.views.view_parts import ElidedLabel
from euroqci_planner.gui.workspace import Workspace

_BAR_PX = 150
_STEPS = 1_000


class StatusLine(QStatusBar):
    """Follows the workspace; `cancel_asked` when its button is pressed."""

    cancel_asked = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """Follow the workspace from now on."""
        super().__init__(parent)
        self._workspace = workspace
        self.totals = self._label("Totals of the plan")
        self.stale = self._label("Whether the plan is stale")
        self.draft = self._label("Whether a form holds values that are not valid")
        self.draft.setText("✎ values in the form are not valid yet")
        self.draft.setProperty("fault", "true")
        self.draft.hide()
        self.facts = ElidedLabel(self)
        self.facts.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.facts.setContentsMargins(4, 0, 6, 0)
        self.stage = self._label("Progress")
        self.bar = QProgressBar(self)
        self.bar.setRange(0, _STEPS)
        self.bar.setFixedWidth(_BAR_PX)
        self.bar.setAccessibleName("Progress of the work")
        self.cancel = QToolButton(self)
        self.cancel.setText("Cancel (Esc)")
        self.cancel.clicked.connect(self.cancel_asked)
        self.addWidget(self.totals)
        self.addWidget(self.stale)
        self.addWidget(self.draft)
        for item in (self.stage, self.bar, self.cancel):
            self.addPermanentWidget(item)
        # What is left of the line: its end goes first where the rest has no room.
        self.addPermanentWidget(self.facts, 1)
        self.show_job(None)
        workspace.plan_changed.connect(self._on_plan)
        workspace.stale_changed.connect(self._on_stale)
        self._on_plan()
        self._on_stale()

    def show_job(self, job: Job | None) -> None:
        """Show how far a job is, or nothing."""
        for item in (self.stage, self.bar, self.cancel):
            item.setVisible(job is not None)
        if job is None:
            return
        left = job.remaining_s
        remaining = f", {left:.0f} s left" if math.isfinite(left) else ""
        stage = f": {job.stage}" if job.stage else ""
        self.stage.setText(f"{job.title}{stage}{remaining}")
        self.bar.setValue(round(_STEPS * job.fraction))

    def refresh_draft(self, *, has_draft: bool) -> None:
        """Say that a form holds values which are not valid yet."""
        self.draft.setVisible(has_draft)

    def _label(self, spoken: str) -> QLabel:
        label = QLabel(self)
        label.setAccessibleName(spoken)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setContentsMargins(4, 0, 6, 0)
        return label

    def _on_plan(self) -> None:
        plan = self._workspace.plan
        self.totals.setText("no plan yet" if plan is None else totals_text(plan))
        self.facts.set_full_text("" if plan is None else facts_text(plan))

    def _on_stale(self) -> None:
        is_stale = self._workspace.is_stale
        self.stale.setText("◌ stale: edited since the plan (Ctrl+R)" if is_stale else "")
        self.stale.setVisible(is_stale)
        self.stale.setProperty("fault", "true" if is_stale else "false")
        self.stale.style().unpolish(self.stale)
        self.stale.style().polish(self.stale)
