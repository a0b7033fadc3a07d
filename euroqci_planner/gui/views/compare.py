"""Two plans side by side: what the shown plan has that the kept one has not, and the reverse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from euroqci_planner.app.comparison_tables import rows_now
from euroqci_planner.app.plan_changes import Change, PlanChanges, plan_changes
from euroqci_planner.app.plan_comparison import (
    PartDifference,
    compared_figures,
    compared_satellites,
    compared_stations,
)
from euroqci_planner.gui import theme
from euroqci_planner.gui.views.compare_columns import change_content, figure_content, part_content
from euroqci_planner.gui.views.data_table import DataTable
from euroqci_planner.gui.views.pass_columns import one_year
from euroqci_planner.gui.views.view_parts import ElidedLabel, tool_button
from euroqci_planner.gui.workspace import Workspace
from euroqci_planner.mission.plan import Plan

_EMPTY = (
    "Nothing to compare with yet.\n\nKeep this plan (Plan \u203a Compare), change the scenario and"
    " plan again: the differences stand here."
)


class Parts(StrEnum):
    """What the second table lists."""

    STATIONS = "stations"
    SATELLITES = "satellites"


class CompareView(QWidget):
    """Totals, differences per station or satellite, and the list of changed contacts."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """Follow both plans of the workspace."""
        super().__init__(parent)
        self._workspace = workspace
        self._changes: PlanChanges | None = None
        self._rows: tuple[int | None, ...] = ()
        self.parts = Parts.STATIONS
        self.figures = DataTable("Totals of both plans", self)
        self.part_table = DataTable("Differences per station or satellite", self)
        self.changes = DataTable("Changed contacts", self)
        self.title = ElidedLabel(self)
        self.empty = QLabel(_EMPTY, self)
        self._pages = QStackedWidget(self)
        self._part_buttons: dict[Parts, QToolButton] = {}
        self._change_buttons: dict[Change, QToolButton] = {}
        self._lay_out()
        self.changes.rows_selected.connect(self._lead)
        workspace.plan_changed.connect(self.refresh)
        workspace.compared_changed.connect(self.refresh)
        workspace.selection_changed.connect(self._follow)
        theme.signals().changed.connect(self._colour)
        self._colour()
        self.refresh()

    def _lay_out(self) -> None:
        upper = QSplitter(Qt.Orientation.Horizontal, self)
        upper.addWidget(self.figures)
        upper.addWidget(self.part_table)
        upper.setSizes([500, 300])
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.addWidget(upper)
        splitter.addWidget(self.changes)
        splitter.setSizes([210, 220])
        splitter.setChildrenCollapsible(False)
        upper.setChildrenCollapsible(False)
        page = QWidget(self)
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        self.title.setContentsMargins(8, 4, 8, 0)
        box.addWidget(self.title)
        box.addLayout(self._head())
        box.addWidget(splitter, 1)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setWordWrap(True)
        self.empty.setMargin(24)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        self.setFocusProxy(self.changes)

    def _head(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(6, 2, 6, 2)
        line.setSpacing(2)
        for change in Change:
            button = tool_button("", f"Show contacts that are {change}", None)
            button.setCheckable(True)
            button.setChecked(True)
            button.toggled.connect(lambda _: self._filter())
            self._change_buttons[change] = button
            line.addWidget(button)
        line.addStretch(1)
        group = QButtonGroup(self)
        for parts in Parts:
            button = tool_button(
                parts.capitalize(), f"Differences per {parts[:-1]}", partial(self.choose, parts)
            )
            button.setCheckable(True)
            group.addButton(button)
            self._part_buttons[parts] = button
            line.addWidget(button)
        return line

    def _colour(self) -> None:
        self.empty.setStyleSheet(f"color: {theme.current().muted.name()};")

    def choose(self, parts: Parts) -> None:
        """List stations or satellites."""
        self.parts = parts
        self.refresh()

    def refresh(self) -> None:
        """Compare the kept plan with the one that is shown."""
        old, new = self._workspace.compared_plan, self._workspace.plan
        self._part_buttons[self.parts].setChecked(True)
        if old is None or new is None:
            self._changes, self._rows = None, ()
            self._pages.setCurrentIndex(0)
            return
        self._pages.setCurrentIndex(1)
        self._changes = plan_changes(old, new)
        self._rows = rows_now(self._changes, old, new)
        places = {name: index for index, name in enumerate(new.passes.satellite_ids)}
        self.figures.set_content(figure_content(compared_figures(old, new)))
        self.part_table.set_content(part_content(*self._part_choice(old, new), places.get))
        self.changes.set_content(change_content(self._changes, places.get, one_year(new)))
        for table in (self.figures, self.part_table, self.changes):
            # Another pair of plans has other figures, wider ones as a rule than none at all.
            table.fit_columns()
        self.changes.empty_text = "Every contact is as it was"
        self._say(old, new)
        self._filter()

    def _part_choice(self, old: Plan, new: Plan) -> tuple[PartDifference, str]:
        if self.parts is Parts.STATIONS:
            return compared_stations(old, new), "Station"
        return compared_satellites(old, new), "Satellite"

    def _say(self, old: Plan, new: Plan) -> None:
        changes = self._changes
        if changes is None:
            return
        self.title.set_full_text(f"Kept: {_name(old, new)}   Now: {_name(new, old)}")
        signs: Mapping[Change, str] = {
            Change.GAINED: "+",
            Change.LOST: "\u2212",
            Change.MOVED: "\u2192",
        }
        for change, button in self._change_buttons.items():
            button.setText(f"{signs[change]} {changes.count(change)} {change}")

    def _filter(self) -> None:
        if self._changes is None:
            return
        kept = [self._change_buttons[item.change].isChecked() for item in self._changes.contacts]
        self.changes.set_mask(np.array(kept, dtype=np.bool_))
        self._follow()

    def _lead(self) -> None:
        """Select the passes behind the changes; go to the time where a pass is gone."""
        chosen = self.changes.selected_rows()
        rows = [row for row in (self._rows[place] for place in chosen) if row is not None]
        if chosen and self._changes is not None:
            self._workspace.set_time(self._changes.contacts[chosen[0]].start_utc)
        self._workspace.select(rows)

    def _follow(self) -> None:
        if self._changes is None:
            return
        wanted = set(self._workspace.selected_rows)
        places = [place for place, row in enumerate(self._rows) if row in wanted]
        if set(places) != set(self.changes.selected_rows()) and places:
            self.changes.select_rows(places)

    def state(self) -> str:
        """What the second table lists, as a short text."""
        return json.dumps({"parts": self.parts})

    def restore_state(self, text: str) -> None:
        """Take up what `state` gave; a text that does not fit changes nothing."""
        with suppress(ValueError, KeyError, TypeError):
            self.choose(Parts(json.loads(text)["parts"]))


def _name(plan: Plan, other: Plan) -> str:
    """Name of the scenario, with its file where both have the same name."""
    name = plan.scenario.name
    if name != other.scenario.name:
        return name
    size = f"{len(plan.scenario.satellites)} satellites, {len(plan.scenario.stations)} stations"
    return f"{name} ({size})"
