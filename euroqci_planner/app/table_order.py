"""The order in which a table shows its rows: by several columns, absent values last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.named_columns import ColumnKind, PlanColumns
from euroqci_planner.units import FloatArray

RowArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class SortKey:
    """Order by one column, smallest first unless `descending`."""

    column: str
    descending: bool = False


class SortSource(Protocol):
    """A table that gives a number per row for each of its columns."""

    def sort_values(self, column: str) -> FloatArray:
        """Numbers that order the rows as `column` does; NaN stands last in either direction."""


class TableRows:
    """Any table of named columns, ready to be ordered."""

    def __init__(self, columns: PlanColumns) -> None:
        """Keep the columns."""
        self.columns = columns

    def sort_values(self, column: str) -> FloatArray:
        """Alphabetic places of texts whatever their case, microseconds of instants, numbers."""
        kind, values = self.columns.formats[column].kind, self.columns[column]
        if kind is ColumnKind.INSTANT:
            return instant_numbers(values)
        if kind is ColumnKind.NUMBER:
            return np.asarray(values, dtype=np.float64)
        _, places = np.unique(np.char.lower(values.astype(np.str_)), return_inverse=True)
        return np.where(values == "", np.nan, places.astype(np.float64))


def ordered(source: SortSource, keys: Sequence[SortKey], shown: RowArray) -> RowArray:
    """The rows of `shown` by the first key, ties by the next, at last by row number.

    Absent values stand last whichever way a key runs.
    """
    columns: list[FloatArray | RowArray] = [shown]
    for key in reversed(keys):
        values = source.sort_values(key.column)[shown]
        columns.append(-values if key.descending else values)
    return np.asarray(shown[np.lexsort(columns)])


def instant_numbers(instants: NDArray[np.datetime64]) -> FloatArray:
    """Microseconds as numbers, which hold them exactly until the year 2255; NaN for not-a-time."""
    micro = instants.astype("datetime64[us]").astype(np.int64).astype(np.float64)
    return np.where(np.isnat(instants), np.nan, micro)
