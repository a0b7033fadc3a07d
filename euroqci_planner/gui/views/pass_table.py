"""All passes of the plan in a table: filter, order, columns, copy; it leads and follows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QMenu, QVBoxLayout, QWidget

from euroqci_planner.app.display import count
from euroqci_planner.app.pass_rows import PassRows
from euroqci_planner.gui.commands import Command
from euroqci_planner.gui.views.data_table import DataTable
from euroqci_planner.gui.views.filter_line import FilterLine
from euroqci_planner.gui.views.pass_columns import pass_content
from euroqci_planner.gui.views.pass_menu import pass_menu
from euroqci_planner.gui.views.view_parts import menu_button
from euroqci_planner.gui.workspace import Workspace

_GAP_PX = 4


class PassTableView(QWidget):
    """The pass table with its filter line."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        """Follow the workspace from now on."""
        super().__init__(parent)
        self._workspace = workspace
        self._rows: PassRows | None = None
        self.filter_line = FilterLine(self)
        self.table = DataTable("Passes", self)
        self.count_label = QLabel(self)
        self._lay_out()
        self.filter_line.filter_changed.connect(self._on_filter)
        self.filter_line.edit.left_downwards.connect(self._to_table)
        self.table.rows_selected.connect(self._lead)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._on_menu)
        workspace.plan_changed.connect(self._on_plan)
        workspace.selection_changed.connect(self._follow)
        self._on_plan()

    def _lay_out(self) -> None:
        self._column_menu = QMenu(self)
        self._column_menu.aboutToShow.connect(self._fill_column_menu)
        columns = menu_button("Columns \u25be", self._column_menu, "Choose the columns")
        self.count_label.setAccessibleName("Passes shown")
        self.filter_line.line.addWidget(self.count_label)
        self.filter_line.line.addWidget(columns)
        box = QVBoxLayout(self)
        box.setContentsMargins(_GAP_PX, _GAP_PX, _GAP_PX, _GAP_PX)
        box.setSpacing(_GAP_PX)
        box.addWidget(self.filter_line)
        box.addWidget(self.table, 1)
        self.setFocusProxy(self.table)

    def _fill_column_menu(self) -> None:
        self._column_menu.clear()
        self._column_menu.addActions(self.table.column_menu(self._column_menu).actions())

    def _on_plan(self) -> None:
        plan = self._workspace.plan
        self._rows = PassRows(plan) if plan is not None else None
        self.filter_line.set_rows(self._rows)
        if self._rows is None:
            self.table.set_content(None)
        else:
            mask = self.filter_line.active.mask(self._rows)
            self.table.set_content(pass_content(self._rows), mask)
        self._follow()

    def _on_filter(self) -> None:
        if self._rows is not None:
            self.table.set_mask(self.filter_line.active.mask(self._rows))
            self._follow()

    def _lead(self) -> None:
        self._workspace.select(self.table.selected_rows())
        self._say_count()

    def _follow(self) -> None:
        if self.table.selected_rows() != self._workspace.selected_rows:
            self.table.select_rows(self._workspace.selected_rows)
        self._say_count()

    def _say_count(self) -> None:
        shown, total = len(self.table.table_model.shown), self.table.table_model.total
        self.table.empty_text = _empty_text(total) if self._rows is not None else "No plan yet"
        chosen = len(self._workspace.selected_rows)
        more = f", {count(chosen)} selected" if chosen > 1 else ""
        self.count_label.setText(f"{count(shown)} of {count(total)}{more}")

    def _to_table(self) -> None:
        self.table.setFocus()
        if not self._workspace.selected_rows:
            self.step(1)

    def step(self, places: int) -> None:
        """Select the pass so many places further down in the order shown."""
        row = self.table.step(places)
        if row is not None:
            self._workspace.select([row])

    def focus_filter(self) -> None:
        """Put the cursor into the filter line."""
        self.filter_line.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter_line.edit.selectAll()

    def commands(self) -> Sequence[Command]:
        """Steps through the passes, the filter, the clipboard."""

        def has_passes() -> bool:
            return bool(len(self.table.table_model.shown))

        return (
            Command(
                id="passes.next",
                title="&Next pass",
                run=lambda: self.step(1),
                menu="View/Passes",
                shortcuts=("]",),
                enabled=has_passes,
                help="Select the next pass in the order of the table",
            ),
            Command(
                id="passes.previous",
                title="&Previous pass",
                run=lambda: self.step(-1),
                menu="View/Passes",
                shortcuts=("[",),
                enabled=has_passes,
                help="Select the previous pass in the order of the table",
            ),
            Command(
                id="passes.find",
                title="&Filter passes",
                run=self.focus_filter,
                menu="View/Passes",
                section=1,
                shortcuts=("Ctrl+F",),
                help="Write a filter such as ogs:graz el>40",
            ),
            Command(
                id="passes.show_all",
                title="Show &all passes",
                run=lambda: self.filter_line.set_text(""),
                menu="View/Passes",
                section=1,
                enabled=lambda: bool(self.filter_line.text()),
                help="Take the filter away",
            ),
            Command(
                id="passes.copy",
                title="&Copy passes as a table",
                run=self.table.copy,
                menu="View/Passes",
                section=2,
                enabled=has_passes,
                help="Copy the selected passes, or all that are shown, for a spreadsheet",
            ),
        )

    def _on_menu(self, place: QPoint) -> None:
        menu = self.row_menu()
        if menu is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.table.viewport().mapToGlobal(place))

    def row_menu(self) -> QMenu | None:
        """What can be done with the selected passes; None where there are none."""
        rows, plan = self._workspace.selected_rows, self._workspace.plan
        if not rows or plan is None:
            return None
        menu = pass_menu(self._workspace, rows, self)
        menu.addAction("Copy as a table\tCtrl+C", self.table.copy)
        menu.addSeparator()
        self._add_filters(menu, rows[0])
        return menu

    def _add_filters(self, menu: QMenu, row: int) -> None:
        if self._rows is None:
            return
        cells = {name: str(self._rows.columns[name][row]) for name in _FILTERED}
        for name, field in _FILTERED.items():
            if cells[name]:
                value = f'"{cells[name]}"' if " " in cells[name] else cells[name]
                token = f"{field}:{value}"
                menu.addAction(f"Only {token}", partial(self.filter_line.add, token))

    def state(self) -> str:
        """Columns, order and filter as a short text."""
        return json.dumps({"table": self.table.layout_text(), "filter": self.filter_line.text()})

    def restore_state(self, text: str) -> None:
        """Take up what `state` gave; a text that does not fit changes nothing."""
        with suppress(ValueError, KeyError, TypeError):
            kept = json.loads(text)
            layout, line = str(kept["table"]), str(kept["filter"])
            self.table.restore_layout(layout)
            self.filter_line.set_text(line)


_FILTERED = {"satellite_id": "sat", "station_id": "ogs", "state": "state", "reason": "reason"}


def _empty_text(total: int) -> str:
    return "No pass meets the filter" if total else "The plan has no passes"
