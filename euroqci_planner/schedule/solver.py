"""HiGHS with one programme in it: load, run, stop, read.

Dual simplex after Huangfu and Hall 2018, Math. Prog. Comp. 10, 119. One thread, a fixed seed and
no clock: the same programme has the same solution.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array

from euroqci_planner.mission.interfaces import Check, unchecked
from euroqci_planner.schedule.conflicts import IndexArray
from euroqci_planner.schedule.programme import Programme
from euroqci_planner.units import FloatArray

_SETTINGS: Mapping[str, Any] = {"output_flag": False, "threads": 1, "random_seed": 0}
_COLUMN_WISE, _MAXIMISE, _FEASIBLE = 1, -1, 2  # HiGHS: MatrixFormat, ObjSense, SolutionStatus
AT_LOWER, BASIC = 0, 1  # HiGHS: BasisStatus
_ASKED_EVERY_S = 0.02
_STOPS_WITHIN_S = 0.1

StatusArray = NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Where the simplex method stands: a status of HiGHS for every column and row."""

    columns: StatusArray
    rows: StatusArray


class Solver:
    """One programme inside HiGHS; a context manager that sets its memory free.

    While HiGHS runs, `check` is asked every 20 ms; what it raises leaves `run` at once. HiGHS is
    told to stop and does so within milliseconds in a linear programme; in an integer programme
    the thread may work on unseen for seconds, until HiGHS next listens.
    """

    def __init__(self, highs: Any, check: Check) -> None:
        """Take over a loaded HiGHS; see `opened`."""
        self._highs = highs
        self._check = check
        self._stop = threading.Event()
        self._done = threading.Event()
        self._done.set()
        answer = _answer_of(self._stop)
        highs.cbSimplexInterrupt.subscribe(answer)
        highs.cbIpmInterrupt.subscribe(answer)
        highs.cbMipInterrupt.subscribe(answer)

    def __enter__(self) -> Self:
        """The solver itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Free the memory, unless a run that was left is still in it."""
        if self._done.is_set():
            self._highs.clear()

    def run(self) -> bool:
        """Whether an optimum was found.

        HiGHS keeps one pool of workers per calling thread, and fails where an earlier run of that
        thread, by whomever, asked for another number of them: every run has a thread of its own.
        """
        self._check()
        self._done.clear()
        threading.Thread(target=_work_of(self._highs, self._done), name="HiGHS").start()
        try:
            while not self._done.wait(_ASKED_EVERY_S):
                self._check()
        except BaseException:
            self._stop.set()
            self._done.wait(_STOPS_WITHIN_S)
            raise
        return bool(self._highs.getModelStatus().name == "kOptimal")

    def use(self, **options: Any) -> None:
        """Set options of HiGHS for the next runs."""
        for name, setting in options.items():
            self._highs.setOptionValue(name, setting)

    def hold_whole(self, columns: IndexArray, *, whole: bool) -> None:
        """Columns that must be whole numbers from now on, or need not be."""
        kinds = np.full(len(columns), int(whole), dtype=np.uint8)
        self._highs.changeColsIntegrality(len(columns), columns.astype(np.int32), kinds)

    @property
    def has_solution(self) -> bool:
        """Whether there is a feasible solution, optimal or not."""
        return int(self._highs.getInfo().primal_solution_status) == _FEASIBLE

    @property
    def x(self) -> FloatArray:
        """Value of every column."""
        return np.array(self._highs.getSolution().col_value)

    @property
    def prices(self) -> FloatArray:
        """Price of every row, not below zero."""
        return np.asarray(np.maximum(self._highs.getSolution().row_dual, 0.0))

    @property
    def integer_bound(self) -> float:
        """What HiGHS has proven of the integer programme."""
        return float(self._highs.getInfo().mip_dual_bound)

    @property
    def basis(self) -> Basis:
        """Where the last run ended."""
        basis = self._highs.getBasis()
        return Basis(columns=_codes(basis.col_status), rows=_codes(basis.row_status))

    def start_from(self, basis: Basis) -> None:
        """Begin the next run there; HiGHS mends a basis that does not fit, or begins anew."""
        import highspy  # noqa: PLC0415 (heavy, and the program plans without it)

        statuses = {int(item): item for item in highspy.HighsBasisStatus.__members__.values()}
        given: Any = highspy.HighsBasis()
        given.col_status = [statuses[code] for code in basis.columns.tolist()]
        given.row_status = [statuses[code] for code in basis.rows.tolist()]
        given.valid = given.alien = True
        self._highs.setBasis(given)

    def start_with(self, x: FloatArray) -> None:
        """Begin the next run with this feasible selection."""
        self._highs.setSolution(len(x), np.arange(len(x), dtype=np.int32), x)

    def bound_columns(self, columns: IndexArray, lower: FloatArray, upper: FloatArray) -> None:
        """New bounds for some columns."""
        self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def bound_rows(self, lower: FloatArray, upper: FloatArray) -> None:
        """New bounds for all rows."""
        self._highs.changeRowsBounds(
            len(lower), np.arange(len(lower), dtype=np.int32), lower, upper
        )

    def value_columns(self, value: FloatArray) -> None:
        """A new objective."""
        self._highs.changeColsCost(len(value), np.arange(len(value), dtype=np.int32), value)


def opened(
    programme: Programme,
    options: Mapping[str, Any],
    check: Check = unchecked,
    *,
    whole: bool = False,
) -> Solver | None:
    """HiGHS with the programme, in whole contacts or not; None where it is not installed."""
    try:
        import highspy  # noqa: PLC0415 (heavy, and the program plans without it)
    except ImportError:
        return None
    make: Any = highspy.Highs
    highs = make()
    for name, setting in {**_SETTINGS, **options}.items():
        highs.setOptionValue(name, setting)
    _pass_model(highs, programme, whole=whole)
    return Solver(highs, check)


def opened_rows(
    matrix: csc_array, capacity: FloatArray, bounds: tuple[FloatArray, FloatArray], check: Check
) -> Solver | None:
    """HiGHS with matrix v <= capacity between two bounds of v, to be maximised by cost given later.

    None where HiGHS is not installed.
    """
    try:
        import highspy  # noqa: PLC0415 (heavy, and the program plans without it)
    except ImportError:
        return None
    make: Any = highspy.Highs
    highs = make()
    for name, setting in _SETTINGS.items():
        highs.setOptionValue(name, setting)
    rows, columns = matrix.shape
    highs.passModel(
        columns,
        rows,
        matrix.nnz,
        _COLUMN_WISE,
        _MAXIMISE,
        0.0,
        np.zeros(columns),
        *bounds,
        np.full(rows, -np.inf),
        capacity,
        matrix.indptr[:-1].astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        np.zeros(columns, dtype=np.int32),
    )
    return Solver(highs, check)


def _work_of(highs: Any, done: threading.Event) -> Callable[[], None]:
    def work() -> None:
        try:
            highs.run()
        finally:
            done.set()

    return work


def _answer_of(stop: threading.Event) -> Callable[[Any], None]:
    def answer(event: Any) -> None:
        if stop.is_set():
            event.interrupt()

    return answer


def _codes(statuses: list[Any]) -> StatusArray:
    return np.fromiter((int(item) for item in statuses), dtype=np.int8, count=len(statuses))


def _pass_model(highs: Any, programme: Programme, *, whole: bool) -> None:
    rows, columns = programme.matrix.shape
    matrix = programme.matrix
    highs.passModel(
        columns,
        rows,
        matrix.nnz,
        _COLUMN_WISE,
        _MAXIMISE,
        0.0,
        programme.value,
        programme.fixed.astype(np.float64),
        np.ones(columns),
        np.full(rows, -np.inf),
        programme.capacity,
        matrix.indptr[:-1].astype(np.int32),
        matrix.indices.astype(np.int32),
        matrix.data,
        ((programme.columns >= 0) & whole).astype(np.int32),
    )
