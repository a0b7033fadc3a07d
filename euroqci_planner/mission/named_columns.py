"""Tables as named columns in file units: what files, tables on screens and scripts share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.errors import UsageError
from euroqci_planner.mission.table import locked
from euroqci_planner.timebase import iso_texts
from euroqci_planner.units import FloatArray

Column = NDArray[Any]

_FULL_CIRCLE_DEG = 360.0


class ColumnKind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    INSTANT = "instant"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class ColumnFormat:
    """How a column is written: unit ('' where it has none), decimals of a number, meaning."""

    kind: ColumnKind
    meaning: str
    unit: str = ""
    decimals: int = 0


def text_format(meaning: str) -> ColumnFormat:
    """A column of text."""
    return ColumnFormat(ColumnKind.TEXT, meaning)


def instant_format(meaning: str) -> ColumnFormat:
    """A column of instants in UTC."""
    return ColumnFormat(ColumnKind.INSTANT, meaning, "UTC")


def number_format(unit: str, decimals: int, meaning: str) -> ColumnFormat:
    """A column of numbers."""
    return ColumnFormat(ColumnKind.NUMBER, meaning, unit, decimals)


@dataclass(frozen=True, slots=True, eq=False)
class PlanColumns:
    """Named columns of one length in file units, in the order of `formats`.

    `columns` holds `datetime64[us]` (not-a-time where absent), float64 (NaN where absent) and
    text ('' where absent), all read-only. Numbers are not rounded here; `texts` rounds.
    Raises ValueError where names or lengths do not fit.
    """

    formats: Mapping[str, ColumnFormat]
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        """Check the names and the lengths."""
        if tuple(self.formats) != tuple(self.columns):
            raise ValueError("PlanColumns: formats and columns differ in names or order")
        if len({len(values) for values in self.columns.values()}) > 1:
            raise ValueError("PlanColumns: columns differ in length")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns in order."""
        return tuple(self.columns)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> Column:
        """One column by name."""
        return self.columns[name]

    def take(self, rows: ArrayLike) -> PlanColumns:
        """The columns of these rows: indices or a boolean mask."""
        index = np.asarray(rows)
        index = index.astype(np.intp) if index.size == 0 else index
        picked = {name: frozen(values[index]) for name, values in self.columns.items()}
        return replace(self, columns=picked)

    def part(self, begin: int, end: int) -> PlanColumns:
        """The rows from `begin` to before `end`, without a copy."""
        return replace(self, columns={name: item[begin:end] for name, item in self.columns.items()})

    def texts(self, name: str) -> list[str]:
        """Cells of one column as every file writes them; '' where absent or not finite."""
        kind, values = self.formats[name].kind, self.columns[name]
        if kind is ColumnKind.TEXT:
            return [str(text) for text in values.tolist()]
        if kind is ColumnKind.INSTANT:
            return [str(text) for text in iso_texts(values).tolist()] if len(values) else []
        return number_texts(self.rounded(name), self.formats[name].decimals)

    def rounded(self, name: str) -> FloatArray:
        """A number column rounded to the decimals that files show; azimuths stay below 360."""
        values = np.round(self.columns[name], self.formats[name].decimals) + 0.0
        wraps = name.endswith("azimuth_deg")
        return np.asarray(np.mod(values, _FULL_CIRCLE_DEG) if wraps else values)

    def to_arrow(self) -> Any:
        """A `pyarrow.Table`; absent numbers are null, instants carry the zone UTC.

        Raises `UsageError` where pyarrow is not installed.
        """
        try:
            import pyarrow  # noqa: PLC0415 (an extra, loaded on demand)
        except ImportError as missing:
            raise UsageError(
                "to_arrow() needs pyarrow (install the extra: euroqci-planner[parquet])"
            ) from missing
        utc = pyarrow.timestamp("us", tz="UTC")
        arrays = {
            name: pyarrow.array(
                values,
                type=utc if self.formats[name].kind is ColumnKind.INSTANT else None,
                from_pandas=True,
            )
            for name, values in self.columns.items()
        }
        return pyarrow.table(arrays)

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame`; absent numbers are NaN, instants carry the zone UTC.

        Raises `UsageError` where pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415 (loaded on demand)
        except ImportError as missing:
            raise UsageError("to_pandas() needs pandas (install pandas)") from missing
        frame = pd.DataFrame({name: pd.Series(values) for name, values in self.columns.items()})
        for name, shape in self.formats.items():
            if shape.kind is ColumnKind.INSTANT:
                frame[name] = frame[name].dt.tz_localize("UTC")
        return frame


def number_texts(values: FloatArray, decimals: int) -> list[str]:
    """Point decimals without exponent, sign only where negative; '' where not finite."""
    pattern = f"%.{decimals}f"
    finite = np.isfinite(values)
    if finite.all():
        return [pattern % value for value in values.tolist()]
    texts = np.full(len(values), "", dtype=object)
    texts[finite] = [pattern % value for value in values[finite].tolist()]
    return list(texts.tolist())


def text_column(values: Iterable[str]) -> Column:
    """Texts as a column."""
    return np.array(list(values), dtype=np.str_)


def number_column(values: Iterable[float]) -> Column:
    """Numbers as a column."""
    return np.array(list(values), dtype=np.float64)


def named_columns(formats: Mapping[str, ColumnFormat], values: Mapping[str, Column]) -> PlanColumns:
    """The columns that `formats` names, in its order, locked."""
    kept = {name: locked(values[name], values[name].dtype.str) for name in formats}
    return PlanColumns(formats, kept)


def frozen(values: Column) -> Column:
    """The same array, read-only: it was made here, or is the locked column of a table."""
    values.setflags(write=False)
    return values
