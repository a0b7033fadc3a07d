"""Rows of a table as text for the clipboard: what a spreadsheet takes up cell by cell."""

from __future__ import annotations

from collections.abc import Sequence

from euroqci_planner.io.exports.csv_files import defused
from euroqci_planner.mission.named_columns import ColumnKind, PlanColumns

_BREAKS = str.maketrans({"\t": " ", "\r": " ", "\n": " "})


def tab_separated(table: PlanColumns, names: Sequence[str]) -> str:
    """Tab-separated text: a line of column names, then a line per row, in the order given.

    Cells read as in the CSV files: all decimals, instants in UTC with Z, empty where absent, text
    that looks like a formula defused. Raises KeyError for a name that the table lacks.
    """
    columns = [_cells(table, name) for name in names]
    lines = ["\t".join(names), *("\t".join(cells) for cells in zip(*columns, strict=True))]
    return "\n".join(lines) + "\n"


def _cells(table: PlanColumns, name: str) -> Sequence[str]:
    texts = table.texts(name)
    if table.formats[name].kind is not ColumnKind.TEXT:
        return texts
    return [defused(text).translate(_BREAKS) for text in texts]
