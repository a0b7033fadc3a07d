"""HiGHS with a flow programme in it: goals one after the other, each kept while the next is met.

Dual simplex (Huangfu and Hall 2018, Math. Prog. Comp. 10, 119) for small programmes, interior
point without crossover for large ones, which are degenerate: 56 s become 3 s. One thread, a fixed
seed and no clock: the same programme has the same solution.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from euroqci_planner.network.flow_program import FlowProgram, Group
from euroqci_planner.units import FloatArray

LARGEST_FOR_SIMPLEX = 6_000
_KEPT = 1.0 - 1e-6
_MINIMISE, _COLUMN_WISE = 1, 1


class FlowSolver:
    """One flow programme: a goal is minimised, kept, and the next one follows."""

    def __init__(self, program: FlowProgram) -> None:
        """Load the programme."""
        import highspy  # noqa: PLC0415 (heavy, and plans without a flow do not need it)

        self._program = program
        make: Any = highspy.Highs
        self._highs = make()
        matrix = program.matrix
        rows, columns = matrix.shape
        self._set(output_flag=False, threads=1, random_seed=0)
        if columns > LARGEST_FOR_SIMPLEX:
            self._set(solver="ipm", run_crossover="off")
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

    def _set(self, **options: object) -> None:
        for name, value in options.items():
            self._highs.setOptionValue(name, value)

    def minimise(self, cost: FloatArray) -> FloatArray:
        """Columns of the least cost."""
        numbers = np.arange(len(cost), dtype=np.int32)
        self._highs.changeColsCost(len(cost), numbers, cost)
        status = self._run()
        if status != "kOptimal":
            self._set(solver="simplex", run_crossover="on")
            status = self._run()
        if status != "kOptimal":
            raise AssertionError(f"a flow of key has an optimum, HiGHS says {status}")
        return np.asarray(np.maximum(self._highs.getSolution().col_value, 0.0), dtype=np.float64)

    def _run(self) -> str:
        # HiGHS keeps a pool of workers per calling thread and fails where an earlier run of that
        # thread asked for another number of them: every run has a thread of its own.
        worker = threading.Thread(target=self._highs.run, name="HiGHS")
        worker.start()
        worker.join()
        return str(self._highs.getModelStatus().name)

    def keep_share(self, group: Group, share: float) -> None:
        """From now on every demand of the group gets this share."""
        column = self._program.share_column[group]
        self._highs.changeColBounds(column, min(1.0, max(0.0, share * _KEPT)), 1.0)

    def keep_total(self, rank: int, total: float) -> None:
        """From now on the class gets this total, in units."""
        self._highs.changeRowBounds(self._program.total_row[rank], max(0.0, total * _KEPT), np.inf)
