"""From the document to the shown plan: on demand or live, beside the window, all or nothing."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from euroqci_planner.app.plan_changes import PlanChanges, plan_changes
from euroqci_planner.app.progress import Progress
from euroqci_planner.gui.background import Background, Job
from euroqci_planner.gui.messages import Messages
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.scenario import InputFile, Scenario

if TYPE_CHECKING:
    from euroqci_planner.app.document import Document

_LIVE_DELAY_MS = 250
_KEPT_PLANS = 3
_LARGE_PASSES = 50_000
Key = tuple[InputFile, ...]


class Occasion(StrEnum):
    """Why a plan is made."""

    OPENED = "opened"
    ASKED = "asked"
    LIVE = "live"


class Planning(QObject):
    """Makes plans of the document; the shown plan stays until a new one is complete.

    `changes_found(changes, occasion)` tells what a new plan changes against the one before.
    Plans belong to the exact bytes of their inputs, so that an undo finds the former plan again.
    """

    changes_found = Signal(object, object)
    settings_changed = Signal()

    def __init__(
        self,
        workspace: Workspace,
        background: Background,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        """Nothing to plan yet."""
        super().__init__(parent)
        self._workspace, self._background, self._messages = workspace, background, messages
        self._document: Document | None = None
        self._job: Job | None = None
        self._kept: OrderedDict[Key, Plan] = OrderedDict()
        self._is_live = False
        self.changes: PlanChanges | None = None
        self._timer = QTimer(self, singleShot=True, interval=_LIVE_DELAY_MS)
        self._timer.timeout.connect(lambda: self.plan_now(Occasion.LIVE))

    @property
    def is_planning(self) -> bool:
        """Whether a plan is being made."""
        return self._job is not None

    @property
    def is_live(self) -> bool:
        """Whether every edit is planned at once."""
        return self._is_live

    def set_live(self, *, is_live: bool) -> None:
        """Plan every edit at once, or on demand."""
        self._is_live = is_live
        self.settings_changed.emit()
        if is_live and self._workspace.is_stale:
            self._timer.start()

    def take(self, document: Document) -> None:
        """Show another document, and make its plan."""
        self.stop()
        self._document = document
        self._kept.clear()
        self.changes = None
        self._workspace.set_plan(None)
        self._workspace.set_document(document.scenario, is_stale=False)
        self.plan_now(Occasion.OPENED)

    def follow_text(self) -> None:
        """Take note of an edit: show a plan that is known already, or call the shown one stale."""
        document = self._document
        if document is None:
            return
        self._drop_job()
        known = self._kept.get(document.scenario.inputs)
        self._workspace.set_document(document.scenario, is_stale=known is None)
        if known is not None:
            self._timer.stop()
            self._replace(known, Occasion.LIVE)
        elif self._is_live:
            self._timer.start()

    def plan_now(self, occasion: Occasion = Occasion.ASKED) -> None:
        """Make the plan of the document as it stands."""
        document = self._document
        self._timer.stop()
        if document is None:
            return
        self._drop_job()
        self._job = self._background.start(
            _work_on(document.scenario),
            title="Planning",
            done=lambda plan: self._finished(plan, occasion),
            failed=self._failed,
        )

    def stop(self) -> bool:
        """Stop planning; the shown plan stays. Whether anything was stopped."""
        self._timer.stop()
        return self._drop_job()

    def plan_other(self, scenario: Scenario, done: Callable[[Plan], None]) -> None:
        """Plan a scenario that is not the document, for comparison."""
        self._background.start(
            _work_on(scenario),
            title=f"Planning {scenario.name}",
            done=done,
            failed=lambda error: self._messages.fail("The other scenario has no plan", error),
        )

    def _drop_job(self) -> bool:
        job, self._job = self._job, None
        return job is not None and self._background.cancel(job)

    def _finished(self, plan: Plan, occasion: Occasion) -> None:
        self._job = None
        if self._document is not None and plan.scenario.inputs == self._document.scenario.inputs:
            self._replace(plan, occasion)

    def _failed(self, error: Exception) -> None:
        self._job = None
        self._messages.fail("No new plan: the former one stays", error)

    def _replace(self, plan: Plan, occasion: Occasion) -> None:
        """Show a plan, and say what it changes."""
        former = self._workspace.plan
        self._show(plan)
        if former is None or former is plan:
            return
        self.changes = plan_changes(former, plan)
        self.changes_found.emit(self.changes, occasion)

    def _show(self, plan: Plan) -> None:
        self._keep(plan)
        self._workspace.set_plan(plan)
        self._workspace.set_stale(is_stale=False)

    def _keep(self, plan: Plan) -> None:
        self._kept[plan.scenario.inputs] = plan
        self._kept.move_to_end(plan.scenario.inputs)
        limit = 1 if len(plan.passes) > _LARGE_PASSES else _KEPT_PLANS
        while len(self._kept) > limit:
            self._kept.popitem(last=False)


def _work_on(scenario: Scenario) -> Callable[[Progress], Plan]:
    def work(progress: Progress) -> Plan:
        from euroqci_planner.app import planner  # noqa: PLC0415 (loads the engine: in a thread)

        return planner.make_plan(scenario, progress)

    return work
