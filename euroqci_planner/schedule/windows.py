"""Make a selection better window by window: the contacts of a while anew, the others held.

Each window is an integer programme of its own. One of three hundred contacts takes hundredths of
a second, one of two thousand a tenth to some seconds, where a whole night takes minutes: so small
ones come first. The prices of the linear programme say where value was lost, so that windows
without loss are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from euroqci_planner.schedule.conflicts import IndexArray, MicrosecondArray
from euroqci_planner.schedule.linear import integer
from euroqci_planner.schedule.programme import Programme
from euroqci_planner.schedule.relaxation import Relaxation
from euroqci_planner.units import FloatArray

WINDOW_SIZES = (300, 500, 1_000, 2_000)
_LARGEST_TREE = 100
_LEAST_GAIN = 1e-9
_LEAST_LOSS = 1e-6
_WHOLE_WITHIN = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Losses:
    """How far a selection is from the bound, split over columns and rows.

    bound - value = sum of price × room left over rows + sum over columns of the surplus that is
    not taken and of the deficit that is (complementary slackness).
    """

    columns: FloatArray
    rows: FloatArray


def losses(programme: Programme, prices: FloatArray, x: FloatArray) -> Losses:
    """Where the selection `x` loses value against the bound that the prices prove."""
    surplus = programme.value - programme.matrix.T @ prices
    counted = np.where(programme.fixed, surplus, np.maximum(surplus, 0.0))
    return Losses(
        columns=counted - surplus * x,
        rows=prices * (programme.capacity - programme.matrix @ x),
    )


def improved_in_windows(
    relaxation: Relaxation,
    start_us: MicrosecondArray,
    x: FloatArray,
    enough: float = np.inf,
    sizes: tuple[int, ...] = WINDOW_SIZES,
) -> FloatArray:
    """A selection worth no less than `x`, which must keep every row.

    `start_us` goes by column. One sweep for each size of window, in contacts; windows overlap by
    half. The work ends where the value reaches `enough`.
    """
    order = np.argsort(start_us, kind="stable")
    value, prices = relaxation.programme.value, relaxation.prices
    for size in sizes:
        for first in range(0, len(order), size // 2):
            if float((value * x).sum()) >= enough:
                return x
            x = _improved(relaxation, prices, x, order[first : first + size])
    return x


def _improved(
    relaxation: Relaxation, prices: FloatArray, x: FloatArray, window: IndexArray
) -> FloatArray:
    """The selection with the best that fits into the window; `x` itself where it is that."""
    programme = relaxation.programme
    part, rows = programme.part(window)
    lost = losses(programme, prices, x)
    if float(lost.columns[window].sum() + lost.rows[rows].sum()) <= _LEAST_LOSS:
        return x
    held = (programme.matrix @ x)[rows] - part.matrix @ x[window]
    room = part.capacity - held
    enters = part.matrix.T @ (room < 1.0 - _WHOLE_WITHIN).astype(np.float64) == 0.0
    free = np.flatnonzero(enters)
    local, of_part = part.part(free)
    local = replace(local, capacity=room[of_part])
    columns = window[free]
    found = integer(local, x[columns], 0.0, relaxation.check, most_nodes=_LARGEST_TREE)
    if found is None:
        return x
    whole = np.round(found.x)
    if float((local.value * (whole - x[columns])).sum()) <= _LEAST_GAIN:
        return x
    better = x.copy()
    better[columns] = whole
    return better
