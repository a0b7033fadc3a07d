"""One frozen record of locked columns: what every table of the planner is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

_COLUMN = "column"


def column(dtype: str, per_row: tuple[str, ...] = (), absent: object = None) -> Any:
    """Declare a column of `dtype`; `per_row` names further axes behind the row axis.

    A column with an `absent` value may be left out where a table is built: every row has that
    value then (a tuple along its further axis). It cannot be the first column of its table.
    """
    metadata = {_COLUMN: dtype, "axes": per_row, "absent": absent}
    return field(metadata=metadata) if absent is None else field(default=None, metadata=metadata)


def locked(values: ArrayLike, dtype: str) -> NDArray[Any]:
    """A read-only, contiguous copy of `values`; `values` itself where it is all of that.

    An array that was made read-only and is no view of another is shared: nobody writes to it.
    """
    if isinstance(values, np.ndarray) and values.dtype == dtype and _is_settled(values):
        return values
    array = np.array(values, dtype=dtype, order="C", copy=True)
    array.setflags(write=False)
    return array


def _settled(array: NDArray[Any]) -> NDArray[Any]:
    """The array, made here and now read-only."""
    array.setflags(write=False)
    return array


def _is_settled(array: NDArray[Any]) -> bool:
    flags = array.flags
    return bool(flags.c_contiguous and flags.owndata and not flags.writeable)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Table:
    """Base of the tables: columns of one length, copied and locked when the table is built.

    A column that is locked already, as those of other tables are, is shared and not copied.

    A subclass is a `@dataclass(frozen=True, slots=True, eq=False, kw_only=True)` whose columns
    are declared with `column(dtype)`. Other fields describe the whole table. Arrays are locked
    again after unpickling. Raises ValueError where columns differ in length.
    """

    def __post_init__(self) -> None:
        """Copy, check and lock the columns."""
        for spec in self._specs():
            given = getattr(self, spec.name)
            if given is None:
                absent = spec.metadata["absent"]
                given = np.full((len(self), *np.shape(absent)), absent)
            values = locked(given, spec.metadata[_COLUMN])
            object.__setattr__(self, spec.name, values)
        lengths = {spec.name: len(getattr(self, spec.name)) for spec in self._specs()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"{type(self).__name__}: columns differ in length: {lengths}")

    @classmethod
    def _specs(cls) -> Iterator[Field[Any]]:
        return (spec for spec in fields(cls) if _COLUMN in spec.metadata)

    @classmethod
    def column_names(cls) -> tuple[str, ...]:
        """Names of the columns in order of declaration."""
        return tuple(spec.name for spec in cls._specs())

    @classmethod
    def column_axes(cls) -> dict[str, tuple[str, ...]]:
        """Names of the columns and of the axes that each has behind the row axis."""
        return {spec.name: spec.metadata["axes"] for spec in cls._specs()}

    def __len__(self) -> int:
        """Number of rows."""
        return len(getattr(self, self.column_names()[0]))

    def take(self, rows: ArrayLike) -> Self:
        """The table of these rows: indices, a slice's indices, or a boolean mask."""
        index = np.asarray(rows)
        if index.size == 0:
            index = index.astype(np.intp)
        columns = {name: _settled(getattr(self, name)[index]) for name in self.column_names()}
        return replace(self, **columns)

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """One table of all rows of `parts` in order; other fields come from the first part."""
        if not parts:
            raise ValueError(f"{cls.__name__}: nothing to join")
        columns = {
            name: _settled(np.concatenate([getattr(part, name) for part in parts]))
            for name in cls.column_names()
        }
        return replace(parts[0], **columns)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process by way of the constructor, which locks the columns again."""
        values = {spec.name: getattr(self, spec.name) for spec in fields(self)}
        return rebuilt, (type(self), values)


def rebuilt(kind: type[Any], values: dict[str, Any]) -> Any:
    """A record made anew from its fields: how frozen records arrive in another process."""
    return kind(**values)
