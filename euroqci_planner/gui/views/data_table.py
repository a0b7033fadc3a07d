"""A table view over a `TableModel`: order by click, columns to choose, selection that stays."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress

import numpy as np
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from euroqci_planner.app.table_order import RowArray, SortKey
from euroqci_planner.app.table_text import tab_separated
from euroqci_planner.gui import theme
from euroqci_planner.gui.item_models import TableContent, TableModel, next_order
from euroqci_planner.gui.views.cell_delegate import CellDelegate, row_height, text_width
from euroqci_planner.mission.named_columns import PlanColumns

_SAMPLE_ROWS = 100
_ORDER_MARK = "\u25be"
_WIDEST_PX = 340
_SELECT = QItemSelectionModel.SelectionFlag


class DataTable(QTableView):
    """Shows a `TableContent`.

    Selected rows are rows of the table, not places on the screen; they stay selected while the
    order or the filter changes. `rows_selected` speaks only of what the user does.
    """

    rows_selected = Signal()
    order_changed = Signal()
    columns_changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """An empty table with an accessible name."""
        super().__init__(parent)
        self.table_model = TableModel(self)
        self._is_own_change = False
        self._pending_layout = ""
        self._fitted: set[int] = set()
        self.empty_text = ""
        self.setModel(self.table_model)
        self.setItemDelegate(CellDelegate(self))
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self._set_up_headers()
        self.selectionModel().selectionChanged.connect(self._on_selection)
        theme.signals().changed.connect(self._on_theme)

    def _set_up_headers(self) -> None:
        rows, header = self.verticalHeader(), self.horizontalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(row_height(self.fontMetrics()))
        # Qt asks every selected row whether it makes a column look selected: not wanted here.
        header.setSelectionModel(QItemSelectionModel(self.table_model, header))
        header.setSectionsClickable(True)
        header.setSectionsMovable(True)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(24)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.sectionClicked.connect(self._on_header_click)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._on_header_menu)

    def set_content(self, content: TableContent | None, mask: object = None) -> None:
        """Show another table; columns keep their width, place and whether they are shown."""
        had = self._names()
        kept = np.asarray(mask) if mask is not None else None
        self._quietly(lambda: self.table_model.set_content(content, kept))
        if self._names() != had:
            self._lay_out_columns()
        if self._pending_layout and content is not None:
            text, self._pending_layout = self._pending_layout, ""
            self.restore_layout(text)

    def set_mask(self, mask: object) -> None:
        """Show only the rows where the mask is true."""
        wanted = np.asarray(mask) if mask is not None else None
        self._keeping_selection(lambda: self.table_model.set_mask(wanted))

    def set_order(self, keys: Sequence[SortKey]) -> None:
        """Order by these columns."""
        self._keeping_selection(lambda: self.table_model.set_order(keys))
        self.order_changed.emit()

    def selected_rows(self) -> tuple[int, ...]:
        """Rows selected, the current one first, the others from top to bottom."""
        shown = self.table_model.shown
        selection = self.selectionModel().selection()
        parts = [selection.at(number) for number in range(selection.count())]
        places = [np.arange(part.top(), part.bottom() + 1) for part in parts if part.isValid()]
        if not places:
            return ()
        rows = shown[np.unique(np.concatenate(places))].tolist()
        current = self.currentIndex()
        if current.isValid() and self.selectionModel().isRowSelected(current.row()):
            first = self.table_model.row_of(current.row())
            rows = [first, *(row for row in rows if row != first)]
        return tuple(rows)

    def select_rows(self, rows: Sequence[int], *, scroll: bool = True) -> None:
        """Select rows without telling anybody; the first becomes the current one."""
        self._quietly(lambda: self._select(rows, scroll=scroll))

    def _select(self, rows: Sequence[int], *, scroll: bool) -> None:
        model, selection = self.table_model, self.selectionModel()
        places = model.places_of(np.array(rows, dtype=np.intp))
        chosen = _selection(model, np.sort(places))
        selection.select(chosen, _SELECT.ClearAndSelect | _SELECT.Rows)
        if len(places):
            current = model.index(int(places[0]), self._first_column())
            selection.setCurrentIndex(current, _SELECT.NoUpdate)
            if scroll and not self.visualRect(current).intersects(self.viewport().rect()):
                self.scrollTo(current, QAbstractItemView.ScrollHint.PositionAtCenter)
            elif scroll:
                self.scrollTo(current)

    def _keeping_selection(self, change: Callable[[], None]) -> None:
        rows = self.selected_rows()

        def changed() -> None:
            change()
            self._select(rows, scroll=True)

        self._quietly(changed)

    def _quietly(self, change: Callable[[], None]) -> None:
        before, self._is_own_change = self._is_own_change, True
        try:
            change()
        finally:
            self._is_own_change = before

    def _on_selection(self) -> None:
        if not self._is_own_change:
            self.rows_selected.emit()

    def _on_theme(self) -> None:
        self.verticalHeader().setDefaultSectionSize(row_height(self.fontMetrics()))
        self.viewport().update()

    def _on_header_click(self, section: int) -> None:
        content = self.table_model.content
        if content is None:
            return
        is_within = bool(QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        name = content.screen[section].name
        self.set_order(next_order(self.table_model.sort_keys, name, within=is_within))

    def step(self, places: int) -> int | None:
        """Row that stands so many places further down; the first or last one beyond the end."""
        count = len(self.table_model.shown)
        if not count:
            return None
        current = self.table_model.places_of(self.selected_rows()[:1])
        if not len(current):
            return self.table_model.row_of(0 if places > 0 else count - 1)
        return self.table_model.row_of(min(max(int(current[0]) + places, 0), count - 1))

    def copied_text(self) -> str:
        """The selected rows, all where none is selected, as text for a spreadsheet."""
        content, rows = self.table_model.content, sorted(self._selected_places())
        if content is None:
            return ""
        shown, names = self.table_model.shown, self.copied_names()
        picked = shown[np.array(rows, dtype=np.intp)] if rows else shown
        part = PlanColumns(
            {name: content.table.formats[name] for name in names},
            {name: content.table[name][picked] for name in names},
        )
        return tab_separated(part, names)

    def copy(self) -> None:
        """Put `copied_text` on the clipboard."""
        QGuiApplication.clipboard().setText(self.copied_text())

    def _selected_places(self) -> list[int]:
        return [int(place) for place in self.table_model.places_of(self.selected_rows())]

    def paintEvent(self, event: QPaintEvent) -> None:
        """The cells, or `empty_text` where there are none."""
        super().paintEvent(event)
        if self.empty_text and not len(self.table_model.shown):
            painter = QPainter(self.viewport())
            painter.setPen(theme.current().muted)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(
                self.viewport().rect().adjusted(12, 12, -12, -12), flags, self.empty_text
            )
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies; everything else is the table's own."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            event.accept()
            return
        super().keyPressEvent(event)

    def visible_names(self) -> tuple[str, ...]:
        """Names of the columns shown, from left to right."""
        header, names = self.horizontalHeader(), self._names()
        order = [header.logicalIndex(place) for place in range(header.count())]
        return tuple(names[section] for section in order if not self.isColumnHidden(section))

    def copied_names(self) -> tuple[str, ...]:
        """Names of the columns that go to the clipboard: those shown and what belongs to them."""
        content = self.table_model.content
        screen = {column.name: column for column in content.screen} if content is not None else {}
        names = [screen[name].copied or (name,) for name in self.visible_names()]
        return tuple(dict.fromkeys(name for group in names for name in group))

    def show_column(self, name: str, *, is_shown: bool) -> None:
        """Show or hide a column; the last one that is shown stays."""
        if not is_shown and self.visible_names() == (name,):
            return
        section = self._names().index(name)
        self.setColumnHidden(section, not is_shown)
        if is_shown and section not in self._fitted:
            self._fit(section)
        self.columns_changed.emit()

    def column_menu(self, parent: QWidget | None = None) -> QMenu:
        """A menu in which every column can be switched on and off."""
        menu = QMenu(parent or self)
        menu.setToolTipsVisible(True)
        content = self.table_model.content
        for column in content.screen if content is not None else ():
            action = QAction(column.heading, menu)
            action.setCheckable(True)
            action.setChecked(column.name in self.visible_names())
            action.setToolTip(content.table.formats[column.name].meaning if content else "")
            action.toggled.connect(lambda on, name=column.name: self.show_column(name, is_shown=on))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction("Default columns", self.reset_columns)
        menu.addAction("Fit widths", self.fit_columns)
        return menu

    def _on_header_menu(self, place: QPoint) -> None:
        menu = self.column_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(place))

    def reset_columns(self) -> None:
        """Columns as at first: which are shown, their order and their widths."""
        header = self.horizontalHeader()
        for section in range(header.count()):
            header.moveSection(header.visualIndex(section), section)
        self._lay_out_columns()
        self.columns_changed.emit()

    def fit_columns(self) -> None:
        """Make every column that is shown as wide as its cells (of a sample of rows)."""
        self._fitted.clear()
        for section in range(len(self._names())):
            if not self.isColumnHidden(section):
                self._fit(section)

    def _lay_out_columns(self) -> None:
        content = self.table_model.content
        for section, column in enumerate(content.screen if content is not None else ()):
            self.setColumnHidden(section, not column.is_shown)
        self.fit_columns()

    def _fit(self, section: int) -> None:
        content, model = self.table_model.content, self.table_model
        if content is None:
            return
        self._fitted.add(section)
        column, metrics = content.screen[section], self.fontMetrics()
        heading = (
            self.horizontalHeader()
            .fontMetrics()
            .horizontalAdvance(f"{column.heading} \u25be\u00b2")
        )
        step = max(len(model.shown) // _SAMPLE_ROWS, 1)
        texts = {column.widest, *(model.cell_text(column, int(row)) for row in model.shown[::step])}
        widest = max(text_width(metrics, text, column) for text in texts)
        self.setColumnWidth(section, min(max(widest, heading + 12), _WIDEST_PX))

    def _first_column(self) -> int:
        return self.horizontalHeader().logicalIndex(0)

    def _names(self) -> tuple[str, ...]:
        content = self.table_model.content
        return tuple(column.name for column in content.screen) if content is not None else ()

    def layout_text(self) -> str:
        """Columns, widths and order as a short text."""
        header, names = self.horizontalHeader(), self._names()
        sections = [header.logicalIndex(place) for place in range(header.count())]
        columns = [
            [names[section], not self.isColumnHidden(section), self.columnWidth(section)]
            for section in sections
        ]
        order = [[key.column, key.descending] for key in self.table_model.sort_keys]
        return json.dumps({"columns": columns, "order": order})

    def restore_layout(self, text: str) -> None:
        """Take up what `layout_text` gave, now or as soon as there is a table.

        A text that does not fit changes nothing.
        """
        if self.table_model.content is None:
            self._pending_layout = text
            return
        with suppress(ValueError, KeyError, TypeError):
            kept = json.loads(text)
            columns = [(str(name), bool(on), int(width)) for name, on, width in kept["columns"]]
            order = [SortKey(str(name), bool(down)) for name, down in kept["order"]]
            self._restore(columns, [key for key in order if key.column in self._names()])

    def _restore(self, columns: Sequence[tuple[str, bool, int]], order: Sequence[SortKey]) -> None:
        header, names = self.horizontalHeader(), self._names()
        known = [item for item in columns if item[0] in names]
        if not any(is_shown for _, is_shown, _ in known):
            return
        for place, (name, is_shown, width) in enumerate(known):
            section = names.index(name)
            header.moveSection(header.visualIndex(section), place)
            self.setColumnHidden(section, not is_shown)
            if width > 0:
                self._fitted.add(section)
                self.setColumnWidth(section, min(width, 2 * _WIDEST_PX))
        self.set_order(order)
        self.columns_changed.emit()


def _selection(model: TableModel, places: RowArray) -> QItemSelection:
    """Places in rising order as ranges of whole rows."""
    made = QItemSelection()
    if not len(places):
        return made
    last = model.columnCount() - 1
    breaks = np.flatnonzero(np.diff(places) > 1)
    starts = places[np.concatenate(([0], breaks + 1))]
    ends = places[np.concatenate((breaks, [len(places) - 1]))]
    for top, bottom in zip(starts.tolist(), ends.tolist(), strict=True):
        made.append(QItemSelectionRange(model.index(top, 0), model.index(bottom, last)))
    return made
