"""Tables on the screen: one Qt model over NumPy columns and an index array of the rows shown.

Ordering and filtering change the index array, never a row object; Qt asks for the cells that it
paints and for no others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from euroqci_planner.app.display import ABSENT, day_and_time, short_day_and_time
from euroqci_planner.app.pass_rows import MaskArray
from euroqci_planner.app.table_order import RowArray, SortKey, SortSource, TableRows, ordered
from euroqci_planner.gui.theme import Marker
from euroqci_planner.mission.named_columns import ColumnKind, PlanColumns

AnyIndex = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_UP, _DOWN = "\u25b4", "\u25be"
_THIN = "\u202f"
_RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
_NUMBER_ALIGNMENT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TEXT_ALIGNMENT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class CellStyle(StrEnum):
    """What a cell shows besides its text."""

    PLAIN = "plain"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class Mark:
    """A coloured shape or sign in front of a cell's text; a colour may also be the text's own."""

    colour: Callable[[], QColor]
    marker: Marker | None = None
    sign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenColumn:
    """How a column of a `PlanColumns` looks on the screen.

    Numbers are shown as `value / scale` with `decimals`; `unit` is the unit on the screen, the
    file's own where it is ''. `text` replaces the text of a row, `mark` puts a shape in front of
    it. `widest` is a text that the column must have room for. `copied` names the columns that go
    to the clipboard with it, itself where there are none. `is_short_date` leaves out the year.
    """

    name: str
    title: str
    unit: str = ""
    scale: float = 1.0
    decimals: int = 0
    signed: bool = False
    widest: str = ""
    is_shown: bool = True
    style: CellStyle = CellStyle.PLAIN
    text: Callable[[int], str] | None = None
    mark: Callable[[int], Mark | None] | None = None
    header_help: str = ""
    copied: tuple[str, ...] = ()
    is_short_date: bool = False

    @property
    def heading(self) -> str:
        """Title with its unit."""
        return f"{self.title} [{self.unit}]" if self.unit else self.title


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TableContent:
    """What a table shows: its columns, how they look, and what orders them.

    `is_quiet` says which rows are of less weight; `tip` gives the tooltip of a row.
    """

    table: PlanColumns
    screen: tuple[ScreenColumn, ...]
    source: SortSource
    tip: Callable[[int], str] | None = None
    is_quiet: MaskArray | None = None
    largest: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        table: PlanColumns,
        screen: Sequence[ScreenColumn],
        *,
        tip: Callable[[int], str] | None = None,
        is_quiet: MaskArray | None = None,
    ) -> TableContent:
        """A table that is ordered by its own cells."""
        made = cls(
            table=table,
            screen=tuple(screen),
            source=TableRows(table),
            tip=tip,
            is_quiet=is_quiet,
        )
        return made.with_bars()

    def with_bars(self) -> TableContent:
        """The content that knows the largest value of every column drawn as bars."""
        largest = {}
        for column in self.screen:
            if column.style is CellStyle.BAR:
                values = np.abs(self.table[column.name])
                finite = values[np.isfinite(values)]
                largest[column.name] = float(finite.max()) if len(finite) else 0.0
        return replace(self, largest=largest)


class TableModel(QAbstractTableModel):
    """Cells of a `TableContent`, row by row as `shown` says."""

    def __init__(self, parent: QObject | None = None) -> None:
        """An empty table."""
        super().__init__(parent)
        self.content: TableContent | None = None
        self.sort_keys: tuple[SortKey, ...] = ()
        self._mask: MaskArray | None = None
        self._shown: RowArray = np.zeros(0, dtype=np.intp)
        self._place: RowArray = np.zeros(0, dtype=np.intp)

    @property
    def shown(self) -> RowArray:
        """Rows of the table in the order shown."""
        return self._shown

    @property
    def total(self) -> int:
        """Number of rows, shown or not."""
        return 0 if self.content is None else self.content.table.rows

    def set_content(self, content: TableContent | None, mask: MaskArray | None = None) -> None:
        """Show another table; the order is kept as far as its columns are there."""
        self.beginResetModel()
        self.content, self._mask = content, mask
        names = () if content is None else content.table.names
        self.sort_keys = tuple(key for key in self.sort_keys if key.column in names)
        self._arrange()
        self.endResetModel()

    def set_mask(self, mask: MaskArray | None) -> None:
        """Show only the rows where the mask is true; None shows all."""
        self.beginResetModel()
        self._mask = mask
        self._arrange()
        self.endResetModel()

    def set_order(self, keys: Sequence[SortKey]) -> None:
        """Order by these columns; none means the order of the table itself."""
        self.beginResetModel()
        self.sort_keys = tuple(keys)
        self._arrange()
        self.endResetModel()

    def row_of(self, place: int) -> int:
        """Row of the table at a place on the screen."""
        return int(self._shown[place])

    def places_of(self, rows: Sequence[int] | RowArray) -> RowArray:
        """Places of rows in the order given; those that are hidden are left out."""
        found = self._place[np.asarray(rows, dtype=np.intp)]
        return np.asarray(found[found >= 0])

    def rowCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        """Rows shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: AnyIndex = _NO_PARENT) -> int:
        """Columns, hidden ones too."""
        return 0 if parent.isValid() or self.content is None else len(self.content.screen)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, tooltip and alignment of a cell."""
        if not index.isValid() or self.content is None:
            return None
        column = self.content.screen[index.column()]
        row = int(self._shown[index.row()])
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cell_text(column, row)
        if role == Qt.ItemDataRole.ToolTipRole and self.content.tip is not None:
            return self.content.tip(row)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(self.alignment(column).value)
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """Titles with units and the marks of the order; row numbers from 1."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if self.content is None or not 0 <= section < len(self.content.screen):
            return None
        column = self.content.screen[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.heading + self._order_mark(column.name)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._header_help(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(self.alignment(column).value)
        return None

    def alignment(self, column: ScreenColumn) -> Qt.AlignmentFlag:
        """Numbers to the right, all else to the left."""
        return _NUMBER_ALIGNMENT if self._is_number(column) else _TEXT_ALIGNMENT

    def cell_text(self, column: ScreenColumn, row: int) -> str:
        """Text of a cell as the screen shows it; a dash where there is nothing."""
        if self.content is None:
            return ""
        if column.text is not None:
            return column.text(row)
        value = self.content.table[column.name][row]
        kind = self.content.table.formats[column.name].kind
        if kind is ColumnKind.INSTANT:
            return short_day_and_time(value) if column.is_short_date else day_and_time(value)
        if kind is ColumnKind.TEXT:
            return str(value) or ABSENT
        return number_text(float(value), column)

    def _arrange(self) -> None:
        """Work out the rows shown and where each of them stands."""
        rows = np.arange(self.total)
        if self._mask is not None:
            rows = rows[self._mask]
        if self.sort_keys and self.content is not None:
            rows = ordered(self.content.source, self.sort_keys, rows)
        self._shown = rows
        self._place = np.full(self.total, -1, dtype=np.intp)
        self._place[rows] = np.arange(len(rows))

    def _is_number(self, column: ScreenColumn) -> bool:
        if self.content is None or column.text is not None:
            return False
        return self.content.table.formats[column.name].kind is ColumnKind.NUMBER

    def _order_mark(self, name: str) -> str:
        """Arrow, and the rank of the column where several order the rows."""
        for rank, key in enumerate(self.sort_keys):
            if key.column == name:
                number = _RAISED[min(rank + 1, 9)] if len(self.sort_keys) > 1 else ""
                return f" {_DOWN if key.descending else _UP}{number}"
        return ""

    def _header_help(self, column: ScreenColumn) -> str:
        if self.content is None:
            return ""
        shape = self.content.table.formats[column.name]
        meaning = column.header_help or shape.meaning
        unit = f" [{column.unit}]" if column.unit else ""
        return f"{column.title}{unit}: {meaning}\nClick: order; Shift+click: order within"


def number_text(value: float, column: ScreenColumn) -> str:
    """A number in the column's screen unit, thousands apart, a dash where it is absent."""
    if not np.isfinite(value):
        return ABSENT
    shown = round(value / column.scale, column.decimals) + 0.0
    sign = "+" if column.signed and shown > 0.0 else ""
    text = f"{sign}{shown:,.{column.decimals}f}".replace(",", _THIN)
    return text.replace("-", "\u2212")


def next_order(keys: Sequence[SortKey], name: str, *, within: bool) -> tuple[SortKey, ...]:
    """The order after a click on a column: up, down, then no longer by it.

    `within` keeps the other columns and puts a new one behind them.
    """
    old = next((key for key in keys if key.column == name), None)
    if old is None:
        kept = tuple(keys) if within else ()
        return (*kept, SortKey(name))
    turned = None if old.descending else SortKey(name, descending=True)
    if not within:
        return (
            (turned,) if turned and len(keys) == 1 else () if len(keys) == 1 else (SortKey(name),)
        )
    replaced = (turned if key is old else key for key in keys)
    return tuple(key for key in replaced if key is not None)
