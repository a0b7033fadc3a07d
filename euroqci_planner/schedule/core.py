"""Integer programmes over the contacts on which the linear programme is undecided.

What the prices of the linear programme value clearly, a plan flies or leaves as they say; the few
contacts of nearly no surplus decide how good it is (the core of Balas and Zemel 1980, Operations
Research 28, 1130). Contacts where plan and linear programme differ belong to it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.schedule.conflicts import IndexArray
from euroqci_planner.schedule.linear import Optimum, integer
from euroqci_planner.schedule.programme import Programme
from euroqci_planner.units import FloatArray

CORE_SIZES = (300, 1_000, 3_000)
_NODE_COLUMNS = 300_000
_MOST_NODES = 10_000
_LEAST_GAIN = 1e-9
_DIGITS = 9


@dataclass(frozen=True, slots=True, eq=False)
class Improved:
    """A selection, and the bound that its search proved, infinite where it saw a part alone."""

    x: FloatArray
    bound: float = np.inf


def improved_in_core(
    programme: Programme,
    optimum: Optimum,
    x: FloatArray,
    size: int,
    relative_gap: float,
    check: Check = unchecked,
) -> Improved:
    """A selection worth no less than `x`, which must keep every row; the core has `size` contacts.

    The tree has up to 10 000 nodes, fewer where nodes times columns exceed 300 000.
    """
    core = _core(programme, optimum, x, size)
    part, rows = programme.part(core)
    held = (programme.matrix @ x)[rows] - part.matrix @ x[core]
    local = replace(part, capacity=part.capacity - held)
    nodes = min(_MOST_NODES, _NODE_COLUMNS // max(1, len(core)))
    found = integer(local, x[core], relative_gap, check, most_nodes=nodes)
    if found is None:
        return Improved(x)
    bound = found.bound if len(core) == len(x) else np.inf
    whole = np.where(part.columns >= 0, np.round(found.x), found.x)
    if float((local.value * (whole - x[core])).sum()) <= _LEAST_GAIN:
        return Improved(x, bound)
    better = x.copy()
    better[core] = whole
    return Improved(better, bound)


def _core(programme: Programme, optimum: Optimum, x: FloatArray, size: int) -> IndexArray:
    """Columns that are no contact, then where `x` differs, then those of least surplus."""
    surplus = np.abs(programme.value - programme.matrix.T @ optimum.prices)
    open_first = np.where(np.abs(optimum.x - x) > _LEAST_GAIN, -1.0, np.round(surplus, _DIGITS))
    open_first[programme.columns < 0] = -2.0
    return np.sort(np.argsort(open_first, kind="stable")[:size])
