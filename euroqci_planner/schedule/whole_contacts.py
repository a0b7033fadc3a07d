"""What the linear programme leaves in fractions, decided as integer programmes."""

from __future__ import annotations

import math

import numpy as np

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.schedule.conflicts import IndexArray, Mask
from euroqci_planner.schedule.linear import dual_bound, fractional, integer
from euroqci_planner.schedule.programme import components
from euroqci_planner.schedule.relaxation import Part
from euroqci_planner.units import FloatArray


def largest_open_component(parts: list[Part]) -> int:
    """Number of columns in the largest component that is still fractional."""
    sizes = [np.bincount(label)[is_open] for label, is_open in map(_components, parts)]
    return int(max((size.max(initial=0) for size in sizes), default=0))


def in_whole_contacts(
    part: Part, start: FloatArray, relative_gap: float, check: Check = unchecked
) -> tuple[FloatArray, float]:
    """A selection for a part, each open component to the gap, and an upper bound.

    A component is what no row divides further; those that the linear programme solved in whole
    contacts stay. `start` is a feasible selection, and the result where no better is found.
    """
    label, is_open = _components(part)
    x = np.round(part.x)
    done, rows = part.programme.part(np.flatnonzero(~is_open[label]))
    bounds = [dual_bound(done, part.prices[rows])]
    for number in np.flatnonzero(is_open):
        columns = np.flatnonzero(label == number)
        programme, rows = part.programme.part(columns)
        found = integer(programme, start[columns], relative_gap, check)
        bounds.append(dual_bound(programme, part.prices[rows]))
        x[columns] = start[columns]
        if found is not None:
            x[columns], bounds[-1] = np.round(found.x), min(bounds[-1], found.bound)
    return x, math.fsum(bounds)


def _components(part: Part) -> tuple[IndexArray, Mask]:
    """The component of every column, and which components are still fractional."""
    label = components(part.programme.matrix)
    is_open = np.zeros(label.max(initial=-1) + 1, dtype=np.bool_)
    is_open[label[fractional(part.x)]] = True
    return label, is_open
