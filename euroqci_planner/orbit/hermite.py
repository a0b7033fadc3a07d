"""Quintic Hermite interpolation of scalars between two nodes, many intervals at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Value and its first and second derivative by time at the end of an interval, (n,)."""

    value: FloatArray
    slope: FloatArray
    bend: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Quintic:
    """Polynomials of degree five over the share 0..1 of intervals; `coefficients` is (6, n).

    Derivatives are by the share, not by time. The error for a motion of angular rate w over an
    interval h is about (w h)^6 / 46080 of its radius (Hildebrand 1974, section 8.2).
    """

    coefficients: FloatArray

    @classmethod
    def between(cls, begin: Node, end: Node, width_s: FloatArray) -> Self:
        """The polynomial that has these values, slopes and bends at both ends."""
        c0, c1, c2 = begin.value, width_s * begin.slope, 0.5 * width_s**2 * begin.bend
        value = end.value - c0 - c1 - c2
        slope = width_s * end.slope - c1 - 2.0 * c2
        bend = 0.5 * width_s**2 * end.bend - c2
        c3 = 10.0 * value - 4.0 * slope + bend
        c4 = -15.0 * value + 7.0 * slope - 2.0 * bend
        c5 = 6.0 * value - 3.0 * slope + bend
        return cls(np.array([c0, c1, c2, c3, c4, c5]))

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """The polynomials of these intervals."""
        return type(self)(self.coefficients[:, rows])

    def value(self, share: FloatArray) -> FloatArray:
        """Value at `share` (n,)."""
        c0, c1, c2, c3, c4, c5 = self.coefficients
        tail = c3 + share * (c4 + share * c5)
        return np.asarray(c0 + share * (c1 + share * (c2 + share * tail)))

    def slope(self, share: FloatArray) -> FloatArray:
        """First derivative by the share."""
        _, c1, c2, c3, c4, c5 = self.coefficients
        tail = 3.0 * c3 + share * (4.0 * c4 + share * 5.0 * c5)
        return np.asarray(c1 + share * (2.0 * c2 + share * tail))

    def bend(self, share: FloatArray) -> FloatArray:
        """Second derivative by the share."""
        _, _, c2, c3, c4, c5 = self.coefficients
        return np.asarray(2.0 * c2 + share * (6.0 * c3 + share * (12.0 * c4 + share * 20.0 * c5)))
