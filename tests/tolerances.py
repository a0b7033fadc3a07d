"""Tolerances with names: `assert x == within(1 * MILLIMETRE, of=reference)`."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

METRE = 1.0
MILLIMETRE = 1e-3
KILOMETRE = 1e3
SECOND = 1.0
MILLISECOND = 1e-3
MICROSECOND = 1e-6
DEGREE = np.pi / 180.0
DECIBEL = 1.0
BIT = 1.0


class within:  # noqa: N801 (reads as a word in an assertion)
    """Compares equal to values (scalar or array) no further than `tolerance` from `of`."""

    __array_ufunc__ = None

    def __init__(self, tolerance: float, of: ArrayLike) -> None:
        self.tolerance = tolerance
        self.of = np.asarray(of, dtype=np.float64)

    def __eq__(self, other: object) -> bool:
        self.seen = np.asarray(other, dtype=np.float64)
        return bool(np.all(np.abs(self.seen - self.of) <= self.tolerance))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        if not hasattr(self, "seen"):
            return f"within({self.tolerance:g}, of={self.of!r})"
        off = np.abs(
            np.broadcast_to(self.seen, np.broadcast_shapes(self.seen.shape, self.of.shape))
            - self.of
        )
        if not np.isfinite(off).any():
            return f"within({self.tolerance:g}, of={self.of!r}) but nothing is finite"
        worst = np.unravel_index(np.nanargmax(off), off.shape)
        return f"within({self.tolerance:g}) but off by {np.nanmax(off):g} at {worst} of {self.of!r}"
