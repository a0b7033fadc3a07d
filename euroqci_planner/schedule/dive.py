"""From shares to whole contacts: fix what is nearly chosen, solve again, until nothing is open.

A dive in the linear programme (Berthold 2006, Primal Heuristics for Mixed Integer Programs,
TU Berlin):
each round flies the open contacts that have most of their terminal already, and the solver says,
from where it stood, what this means for the others. It loses far less than rounding once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.schedule.conflicts import IndexArray
from euroqci_planner.schedule.linear import SIMPLEX, fractional
from euroqci_planner.schedule.programme import Programme
from euroqci_planner.schedule.relaxation import Relaxation
from euroqci_planner.schedule.solver import Basis, opened
from euroqci_planner.units import FloatArray

_LIKELY = 0.7
_LARGEST_PIECE = 20_000
_ROOM_DECIMALS = 6
_WHOLE_WITHIN = 1e-6


def dived(relaxation: Relaxation) -> FloatArray:
    """A selection in whole contacts that keeps every row, piece after piece.

    A piece is a part, or a block of one where the part is large. Each piece gets, of a limit that
    it shares with others, what these leave, to the nearest whole contact: what one is given too
    much the next is given less, so that the limit holds in the end.
    """
    programme, x = relaxation.programme, relaxation.x
    for columns in _pieces(relaxation):
        if bool(fractional(x[columns]).any()):
            piece, rows = programme.part(columns)
            others = (programme.matrix @ x)[rows] - piece.matrix @ x[columns]
            room = np.floor(piece.capacity - others + 0.5 + _WHOLE_WITHIN)
            start = relaxation.basis(columns, rows)
            x[columns] = dive(replace(piece, capacity=room), start, relaxation.check)
        x[columns] = np.round(x[columns])
    return x


def _pieces(relaxation: Relaxation) -> Iterator[IndexArray]:
    for part in relaxation.parts:
        if len(part.columns) <= _LARGEST_PIECE:
            yield part.columns
        else:
            yield from (relaxation.blocks[number] for number in part.blocks)


def dive(programme: Programme, start: Basis | None = None, check: Check = unchecked) -> FloatArray:
    """Whole contacts from an optimum of the linear programme, which `start` is near.

    Should the solver fail on the way, what is whole by then.
    """
    x = programme.fixed.astype(np.float64)
    solver = opened(programme, SIMPLEX, check)
    if solver is None:
        return x
    with solver:
        if start is not None:
            solver.start_from(start)
        while solver.run():
            x = solver.x
            chosen, hopeless = _next_step(programme, x)
            if not len(chosen) + len(hopeless):
                return np.round(x)
            columns = np.concatenate((chosen, hopeless))
            bounds = np.repeat((1.0, 0.0), (len(chosen), len(hopeless)))
            solver.bound_columns(columns, bounds, bounds)
        return np.floor(x + _WHOLE_WITHIN)


def _next_step(programme: Programme, x: FloatArray) -> tuple[IndexArray, IndexArray]:
    """Open contacts to fly, and open ones that do not fit beside those at 1.

    To fly: all of a share of 0.7 or more as far as they fit together, or else the one that has
    the largest value times share.
    """
    matrix = programme.matrix
    is_open = fractional(x)
    room = programme.capacity - matrix @ (np.round(x) * ~is_open)
    fits = matrix.T @ (room < 1.0 - _WHOLE_WITHIN).astype(np.float64) == 0.0
    weight = np.round(programme.value * x, _ROOM_DECIMALS)
    likely = np.flatnonzero(is_open & fits & (x >= _LIKELY))
    likely = likely[np.argsort(-weight[likely], kind="stable")]
    if not len(likely):
        likely = np.flatnonzero(is_open & fits)
        likely = likely[[np.argmax(weight[likely])]] if len(likely) else likely
    return _together(programme, likely, room), np.flatnonzero(is_open & ~fits)


def _together(programme: Programme, columns: IndexArray, room: FloatArray) -> IndexArray:
    """The columns that fit one after the other; takes them from `room`."""
    matrix, fitting = programme.matrix, []
    for column in columns.tolist():
        rows = matrix.indices[matrix.indptr[column] : matrix.indptr[column + 1]]
        if bool(np.all(room[rows] >= 1.0 - _WHOLE_WITHIN)):
            room[rows] -= 1.0
            fitting.append(column)
    return np.array(fitting, dtype=np.intp)
