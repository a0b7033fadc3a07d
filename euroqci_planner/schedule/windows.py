"""Make a selection better window by window: all contacts of an hour or two anew, the rest held.

Each window is an integer programme of some two thousand contacts, which is solved to its optimum
in tenths of a second where a whole night takes minutes. The prices of the linear programme say
where value was lost, so that windows without loss are passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.schedule.conflicts import IndexArray, MicrosecondArray
from euroqci_planner.schedule.linear import integer
from euroqci_planner.schedule.programme import Programme
from euroqci_planner.units import FloatArray

WINDOW_COLUMNS = 2_000
_SWEEPS = 4
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
    programme: Programme,
    start_us: MicrosecondArray,
    x: FloatArray,
    prices: FloatArray,
    check: Check = unchecked,
    enough: float = np.inf,
) -> FloatArray:
    """A selection worth no less than `x`, which must keep every row.

    `start_us` goes by column. Windows overlap by half; sweeps end when the value reaches
    `enough`, a sweep gains nothing, or after four.
    """
    order = np.argsort(start_us, kind="stable")
    step = WINDOW_COLUMNS // 2
    windows = [order[first : first + WINDOW_COLUMNS] for first in range(0, len(order), step)]
    best = x
    for _ in range(_SWEEPS):
        before = best
        for window in windows:
            if float((programme.value * best).sum()) >= enough:
                return best
            best = _improved(programme, prices, best, window, check)
        if best is before:
            break
    return best


def _improved(
    programme: Programme, prices: FloatArray, x: FloatArray, window: IndexArray, check: Check
) -> FloatArray:
    """The selection with the best that fits into the window; `x` itself where it is that."""
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
    found = integer(local, x[columns], 0.0, check, most_nodes=_LARGEST_TREE)
    if found is None:
        return x
    whole = np.round(found.x)
    if float((local.value * (whole - x[columns])).sum()) <= _LEAST_GAIN:
        return x
    better = x.copy()
    better[columns] = whole
    return better
