"""How many passes there are: what remains of passes that went by in parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.table import locked

CountArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PassCounts:
    """Passes by satellite (rows) and station (columns), and by satellite and reason.

    `reasons` counts the codes of `plan.Reason`. Arrays are int64, copied and locked.
    """

    passes: CountArray
    usable: CountArray
    reasons: CountArray

    def __post_init__(self) -> None:
        """Lock the counts."""
        for name in ("passes", "usable", "reasons"):
            object.__setattr__(self, name, locked(getattr(self, name), "int64"))

    @classmethod
    def of(
        cls,
        satellite: NDArray[np.integer],
        station: NDArray[np.integer],
        usable: NDArray[np.bool_],
        reason: NDArray[np.integer],
        shape: tuple[int, int, int],
    ) -> Self:
        """Counts of these passes; `shape` is the number of satellites, stations, reasons."""
        satellites, stations, reasons = shape

        def counted(codes: NDArray[np.integer], columns: int) -> CountArray:
            flat = np.bincount(codes.astype(np.int64), minlength=satellites * columns)
            return flat.reshape(satellites, columns)

        rows = satellite.astype(np.int64)
        pair = rows * stations + station
        return cls(
            passes=counted(pair, stations),
            usable=counted(pair[usable], stations),
            reasons=counted(rows * reasons + reason, reasons),
        )

    def __add__(self, other: Self) -> Self:
        """Counts of both."""
        return type(self)(
            passes=self.passes + other.passes,
            usable=self.usable + other.usable,
            reasons=self.reasons + other.reasons,
        )

    def __len__(self) -> int:
        """Number of all passes."""
        return int(self.passes.sum())
