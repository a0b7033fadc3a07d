"""Forecast: who runs out of key, as planned and with something changed, side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.app.demand_outlook import pass_of_deposit
from euroqci_planner.app.forecast_sentences import forecast_sentence, why_no_forecast
from euroqci_planner.app.key_forecast import (
    SwitchedForecast,
    Switches,
    forecast_files,
    forecast_plan,
    write_forecast,
)
from euroqci_planner.app.link_totals import contacts_of_links
from euroqci_planner.app.progress import Progress
from euroqci_planner.app.user_pairs import stores_of_pair
from euroqci_planner.errors import PlannerError
from euroqci_planner.gui import theme
from euroqci_planner.gui.background import Background, Job
from euroqci_planner.gui.commands import Command
from euroqci_planner.gui.item_models import TableContent
from euroqci_planner.gui.views import forecast_tables as tables
from euroqci_planner.gui.views.data_table import DataTable
from euroqci_planner.gui.views.forecast_switches import SwitchesPanel
from euroqci_planner.gui.views.view_parts import ElidedLabel, table_pages, tool_button
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import Plan


@dataclass(frozen=True, slots=True)
class _Page:
    """A part of the forecast: title, what it shows, what stands there without rows."""

    title: str
    about: str
    empty_text: str
    content: Callable[[SwitchedForecast], TableContent]


_PAGES = (
    _Page("Demands", "Risk, availability and main driver of each demand", "No demand",
          tables.demand_content),
    _Page("Deposits", "The next contacts that can serve each demand",
          "No contact that serves a demand is to come", tables.deposit_content),
    _Page("Classes", "What stays unserved, by class of demand",
          "One course without members: no chances by class", tables.class_content),
    _Page("Ways", "Served at best by fibre alone, by satellites alone, by both",
          "No flow was made", tables.flow_content),
    _Page("Spare", "The constant rate that is left for industry beside all demands",
          "No spare rates were made", tables.spare_content),
    _Page("Climate", "With every monthly chance of clear sky 0.1 higher or lower",
          "The weather is not the climatology alone", tables.climate_content),
)  # fmt: skip
_DEMANDS, _DEPOSITS = 0, 1
_HINT = (
    "Choose what is changed on the left, or nothing, and run the forecast (Ctrl+Return).\n\n"
    "It says who will run out of key and what holds each demand back; with a change, the planned"
    " figures stand beside the new ones, under the same skies."
)
_CSV = "forecast.csv"


class ForecastView(QWidget):
    """Switches, what was found, and how long it is worth something.

    `state_changed` when commands may have become enabled or disabled; `export_asked` asks the
    window for a folder; `failed` and `said` are messages.
    """

    state_changed = Signal()
    export_asked = Signal()
    failed = Signal(str)
    said = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        parent: QWidget | None = None,
        background: Background | None = None,
    ) -> None:
        """Nothing is forecast yet; without `background` it is made on the spot."""
        super().__init__(parent)
        self._workspace, self._background = workspace, background
        self._job: Job | None = None
        self._of_plan: Plan | None = None
        self.found: SwitchedForecast | None = None
        self.panel = SwitchesPanel(self)
        self.headline, self.note = QLabel(self), ElidedLabel(self)
        self.former = QLabel("This forecast is of a former plan: run it again.", self)
        self.empty = QLabel(_HINT, self)
        self.run_button = QPushButton("Forecast", self)
        self.reset_button = tool_button("Reset", "All switches off", self.panel.reset)
        self.copy_button = tool_button("Copy", f"Copy {_CSV}: a row per case and demand", self.copy)
        self.export_button = tool_button(
            "Export\u2026", "Write the files of the forecast", self.export_asked.emit
        )
        self.tables = [DataTable(page.about, self) for page in _PAGES]
        titled = [(page.title, page.about) for page in _PAGES]
        self.pages = table_pages(
            "Parts of the forecast",
            [(*titles, table) for titles, table in zip(titled, self.tables, strict=True)],
        )
        self._stack = QStackedWidget(self)
        self._lay_out()
        self._connect()
        self._on_plan()

    def use_background(self, background: Background) -> None:
        """Forecast there from now on."""
        self._background = background
        background.dropped.connect(self._on_dropped)

    @property
    def is_running(self) -> bool:
        """Whether a forecast is being made."""
        return self._job is not None

    @property
    def can_run(self) -> bool:
        """Whether the plan can be asked for a forecast."""
        plan = self._workspace.plan
        return plan is not None and not why_no_forecast(plan)

    @property
    def is_of_former_plan(self) -> bool:
        """Whether what is shown belongs to another plan than the one shown elsewhere."""
        return self.found is not None and self._of_plan is not self._workspace.plan

    def run(self) -> None:
        """Forecast with what is chosen; a forecast that is still being made is dropped."""
        plan = self._workspace.plan
        if plan is None or not self.can_run:
            return
        self.stop()
        is_same = self.found is not None and self._of_plan is plan
        studied = self.found.planned if is_same and self.found is not None else None
        work = partial(_forecast, plan, self.panel.switches, studied)
        if self._background is None:
            self._take(plan, work(Progress()))
            return
        self._job = self._background.start(
            work, title="Forecast", done=partial(self._take, plan), failed=self._on_failure
        )
        self._refresh()

    def stop(self) -> bool:
        """Stop the forecast that is being made; what is shown stays. Whether there was one."""
        job = self._job
        return job is not None and self._background is not None and self._background.cancel(job)

    def copy(self) -> None:
        """Put the bytes of `forecast.csv` on the clipboard as text."""
        if self.found is not None:
            QGuiApplication.clipboard().setText(forecast_files(self.found)[_CSV].decode("utf-8"))
            self.said.emit(f"Copied {_CSV}")

    def export(self, folder: Path) -> bool:
        """Write all files of the forecast, with the bytes of the command line."""
        if self.found is None:
            return False
        try:
            written = write_forecast(self.found, folder)
        except PlannerError as error:
            self.failed.emit(f"The forecast is not written: {error}")
            return False
        self.said.emit(f"Wrote {', '.join(path.name for path in written)} into {folder}")
        return True

    def commands(self) -> Sequence[Command]:
        """What the view adds to menus and palette."""
        return (
            Command(
                id="forecast.run", title="R&un the forecast", run=self.run, menu="Plan",
                section=3, shortcuts=("Ctrl+Return", "Ctrl+Enter"), enabled=lambda: self.can_run,
                help="Forecast the key stores with the switches of the Forecast view",
            ),
            Command(
                id="forecast.reset", title="All s&witches of the forecast off",
                run=self.panel.reset, menu="Plan", section=3,
                enabled=lambda: not self.panel.switches.is_plain,
                help="No station down, no satellite lost, the demand as it is",
            ),
            Command(
                id="forecast.copy", title="Copy the fo&recast", run=self.copy, menu="Export",
                section=2, enabled=lambda: self.found is not None,
                help=f"Copy {_CSV}: a row per case and demand",
            ),
        )  # fmt: skip

    def state(self) -> str:
        """Switches and page, as a short text."""
        return json.dumps({**self.panel.plain(), "page": self.pages.currentIndex()})

    def restore_state(self, text: str) -> None:
        """Take up what `state` gave; a text that does not fit changes nothing."""
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            kept = json.loads(text)
            self.panel.take(kept)
            self.pages.setCurrentIndex(int(kept["page"]))

    # construction

    def _lay_out(self) -> None:
        for page, table in zip(_PAGES, self.tables, strict=True):
            table.empty_text = page.empty_text
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setMargin(24)
        self.empty.setProperty("muted", "true")
        self.former.setProperty("fault", "true")
        self.note.setProperty("muted", "true")
        self.run_button.setToolTip("Forecast with these switches (Ctrl+Return)")
        result = QWidget(self)
        box = QVBoxLayout(result)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(self.pages, 1)
        box.addWidget(self.note)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(result)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self._left())
        splitter.addWidget(self._right())
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([190, 460])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(splitter)
        self.setFocusProxy(self.panel)

    def _left(self) -> QWidget:
        page = QWidget(self)
        buttons = QGridLayout()
        buttons.setContentsMargins(6, 0, 2, 4)
        buttons.setSpacing(3)
        buttons.addWidget(self.run_button, 0, 0, 1, 2)
        for place, button in enumerate((self.copy_button, self.export_button, self.reset_button)):
            buttons.addWidget(button, 0 if place == 2 else 1, 2 if place == 2 else place)
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.panel, 1)
        box.addLayout(buttons)
        return page

    def _right(self) -> QWidget:
        page = QWidget(self)
        for label in (self.headline, self.former):
            label.setWordWrap(True)
            label.setContentsMargins(6, 3, 4, 3)
        self.headline.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.headline)
        box.addWidget(self.former)
        box.addWidget(self._stack, 1)
        return page

    def _connect(self) -> None:
        self.run_button.clicked.connect(self._on_button)
        self.panel.run_asked.connect(self.run)
        self.panel.changed.connect(self._refresh)
        self.tables[_DEMANDS].rows_selected.connect(self._lead_by_demand)
        self.tables[_DEPOSITS].rows_selected.connect(self._lead_by_deposit)
        self._workspace.plan_changed.connect(self._on_plan)
        theme.signals().changed.connect(self._refresh)

    # what happens

    def _on_button(self) -> None:
        if self.is_running:
            self.stop()
        else:
            self.run()

    def _on_plan(self) -> None:
        """Another plan: a forecast that is being made is of no use, a finished one is former."""
        self.stop()
        plan = self._workspace.plan
        if plan is not None:
            self.panel.stations.offer([item.id for item in plan.scenario.stations])
            self.panel.satellites.offer([item.id for item in plan.scenario.satellites])
        self._refresh()

    def _take(self, plan: Plan, found: SwitchedForecast) -> None:
        self._job, self._of_plan, self.found = None, plan, found
        for page, table in zip(_PAGES, self.tables, strict=True):
            table.set_content(page.content(found))
            table.fit_columns()
        self._refresh()

    def _on_dropped(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self._refresh()

    def _on_failure(self, error: Exception) -> None:
        self._job = None
        self.failed.emit(f"No forecast: {error}")
        self._refresh()

    def _refresh(self) -> None:
        """Say what is shown and what can be done."""
        plan, found = self._workspace.plan, self.found
        why_not = "No plan yet" if plan is None else why_no_forecast(plan)
        self.empty.setText(why_not or _HINT)
        self._stack.setCurrentIndex(0 if found is None else 1)
        self.headline.setText("" if found is None else forecast_sentence(found))
        self.headline.setVisible(found is not None)
        outlook = None if found is None else found.last.outlook
        notes = () if outlook is None else outlook.notes
        self.note.set_full_text("; ".join(notes))
        self.note.setVisible(bool(notes))
        self.former.setVisible(self.is_of_former_plan)
        self.run_button.setText("Stop (Esc)" if self.is_running else "Forecast")
        self.run_button.setEnabled(self.can_run or self.is_running)
        self.reset_button.setEnabled(not self.panel.switches.is_plain)
        for button in (self.copy_button, self.export_button):
            button.setEnabled(found is not None)
        self.state_changed.emit()

    def _lead_by_demand(self) -> None:
        """Select the contacts of the plan that serve the chosen demands."""
        plan, content = self._workspace.plan, self.tables[_DEMANDS].table_model.content
        if plan is None or content is None:
            return
        rows = self.tables[_DEMANDS].selected_rows()
        pairs = sorted(
            {tuple(sorted((content.table["a"][r], content.table["b"][r]))) for r in rows}
        )
        links = [link for a, b in pairs for link in stores_of_pair(plan.course, (str(a), str(b)))]
        self._workspace.select(contacts_of_links(plan, links))

    def _lead_by_deposit(self) -> None:
        plan, content = self._workspace.plan, self.tables[_DEPOSITS].table_model.content
        if plan is None or content is None:
            return
        rows = self.tables[_DEPOSITS].selected_rows()
        found = (pass_of_deposit(plan, content.table, row) for row in rows)
        self._workspace.select([row for row in found if row is not None])


def _forecast(
    plan: Plan, switches: Switches, studied: Plan | None, progress: Progress
) -> SwitchedForecast:
    return forecast_plan(plan, switches, progress, studied=studied)
