"""Roots of many functions at once: Newton's method that never leaves its bracket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.units import FloatArray

RowArray = NDArray[np.intp]
Function = Callable[[FloatArray, RowArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True, eq=False)
class Bracket:
    """Where the roots lie: `low` <= root <= `high`, (n,), and whether the function rises there."""

    low: FloatArray
    high: FloatArray
    rises: NDArray[np.bool_]


def bracketed_roots(
    function: Function,
    bracket: Bracket,
    start: FloatArray,
    tolerance: float | Callable[[FloatArray], FloatArray],
    rounds: int = 80,
) -> FloatArray:
    """Roots of `function(x, rows) -> (value, slope)` for all rows of the bracket.

    Newton's step is taken where it stays in the bracket and halves the step before the last,
    else the bracket is halved (Press et al. 2007, section 9.4). A row rests once it moves by no
    more than `tolerance`, which may follow from the slope there.
    """
    low, high, root = bracket.low.copy(), bracket.high.copy(), start.copy()
    step = older = high - low
    rows = np.arange(len(root))
    for _ in range(rounds):
        if not len(rows):
            break
        x = root[rows]
        with np.errstate(invalid="ignore"):
            value, slope = function(x, rows)
        too_far = (value > 0.0) == bracket.rises[rows]
        high[rows] = np.where(too_far, x, high[rows])
        low[rows] = np.where(too_far, low[rows], x)
        following = _next(x, value, slope, low[rows], high[rows], older)
        older, step = step, np.abs(following - x)
        root[rows] = following
        limit = tolerance(slope) if callable(tolerance) else tolerance
        moving = (step > limit) & (value != 0.0)
        rows, older, step = rows[moving], older[moving], step[moving]
    return root


def _next(
    x: FloatArray,
    value: FloatArray,
    slope: FloatArray,
    low: FloatArray,
    high: FloatArray,
    older: FloatArray,
) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        newton = x - value / slope
        usable = (newton >= low) & (newton <= high) & (2.0 * np.abs(newton - x) <= older)
    chosen = np.where(usable, newton, 0.5 * (low + high))
    return np.asarray(np.where(value == 0.0, x, chosen))
