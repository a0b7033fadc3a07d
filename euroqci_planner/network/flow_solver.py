"""HiGHS with a flow programme in it: goals one after the other, each kept while the next is met.

Interior point or dual simplex as HiGHS chooses (Huangfu and Hall 2018, Math. Prog. Comp. 10, 119),
one thread, a fixed seed and no clock: the same programme has the same solution.
"""

from __future__ import annotations

import threading
from typing import Any

import highspy
import numpy as np

from euroqci_planner.network.flow_program import FlowProgram
from euroqci_planner.units import FloatArray

_KEPT = 1.0 - 1e-7
_MINIMISE, _COLUMN_WISE = 1, 1


class FlowSolver:
    """One flow programme; `maximise` and `minimise` may be called in turn."""

    def __init__(self, program: FlowProgram) -> None:
        """Load the programme."""
        self._program = program
        make: Any = highspy.Highs
        self._highs = make()
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
            self._highs.setOptionValue(name, value)
        matrix = program.matrix
        rows, columns = matrix.shape
        self._highs.passModel(
            columns,
            rows,
            matrix.nnz,
            _COLUMN_WISE,
            _MINIMISE,
            0.0,
            np.zeros(columns),
            np.zeros(columns),
            program.column_upper,
            program.row_lower,
            program.row_upper,
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            matrix.data,
            np.zeros(columns, dtype=np.int32),
        )

    def minimise(self, cost: FloatArray) -> FloatArray:
        """Columns of the least cost."""
        numbers = np.arange(len(cost), dtype=np.int32)
        self._highs.changeColsCost(len(cost), numbers, cost)
        # HiGHS keeps a pool of workers per calling thread and fails where an earlier run of that
        # thread asked for another number of them: every run has a thread of its own.
        worker = threading.Thread(target=self._highs.run, name="HiGHS")
        worker.start()
        worker.join()
        status = self._highs.getModelStatus().name
        if status != "kOptimal":
            raise AssertionError(f"a flow of key has an optimum, HiGHS says {status}")
        return np.array(self._highs.getSolution().col_value)

    def keep_share(self, rank: int, share: float) -> None:
        """From now on every demand of the class gets this share."""
        column = self._program.share_column[rank]
        self._highs.changeColBounds(column, min(1.0, max(0.0, share * _KEPT)), 1.0)

    def keep_total(self, rank: int, total: float) -> None:
        """From now on the class gets this total, in units."""
        self._highs.changeRowBounds(
            self._program.total_row[rank], max(0.0, total * _KEPT), highspy.kHighsInf
        )
