"""Windows of time in a programme whose rows tie all nights together.

Each window is an integer programme of its own: its contacts anew, all others held, with what these
leave of every row. A column that is no contact belongs to every window.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.schedule.conflicts import IndexArray, MicrosecondArray
from euroqci_planner.schedule.linear import integer
from euroqci_planner.schedule.programme import Programme
from euroqci_planner.units import FloatArray

_LARGEST_TREE = 50
_LEAST_GAIN = 1e-9


def swept(
    programme: Programme,
    start_us: MicrosecondArray,
    x: FloatArray,
    size: int,
    check: Check = unchecked,
) -> FloatArray:
    """A selection worth no less than `x`, which must keep every row, after one sweep.

    `start_us` goes by the columns that are contacts, which come first; windows of `size` contacts
    overlap by half.
    """
    order = np.argsort(start_us, kind="stable")
    always = np.flatnonzero(programme.columns < 0)
    for first in range(0, len(order), max(1, size // 2)):
        columns = np.append(np.sort(order[first : first + size]), always)
        x = _improved(programme, x, columns, check)
    return x


def _improved(programme: Programme, x: FloatArray, columns: IndexArray, check: Check) -> FloatArray:
    """The best of these columns beside the others; `x` itself where nothing better is found."""
    part, rows = programme.part(columns)
    held = (programme.matrix @ x)[rows] - part.matrix @ x[columns]
    local = replace(part, capacity=part.capacity - held)
    found = integer(local, x[columns], 0.0, check, most_nodes=_LARGEST_TREE)
    if found is None:
        return x
    whole = np.where(part.columns >= 0, np.round(found.x), found.x)
    if float((local.value * (whole - x[columns])).sum()) <= _LEAST_GAIN:
        return x
    better = x.copy()
    better[columns] = whole
    return better
