"""Several scenarios in one call: a folder each, one `batch.csv`, no failure stops the rest."""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from euroqci_planner.app import planner
from euroqci_planner.app.memory import SHARE_OF_MEMORY, physical_memory_bytes
from euroqci_planner.app.progress import Progress
from euroqci_planner.app.requirements import failed
from euroqci_planner.errors import (
    EXIT_DONE,
    EXIT_INTERNAL,
    EXIT_REQUIREMENT_FAILED,
    Fault,
    InvalidInput,
    PlannerError,
)
from euroqci_planner.io.exports.csv_files import csv_bytes
from euroqci_planner.mission.plan_totals import plan_totals

SUFFIX = ".scenario.toml"
MOST_TRIES = 3
POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What became of one scenario of a batch; counts are None where it failed."""

    scenario: str
    folder: str
    exit_code: int
    passes: int | None = None
    contacts: int | None = None
    key_expected_bits: float | None = None
    message: str = ""

    def as_plain(self) -> dict[str, Any]:
        """Plain data for JSON and CSV."""
        return {name: getattr(self, name) for name in self.__slots__}

    def as_line(self) -> str:
        """One line for a terminal."""
        if self.exit_code not in {EXIT_DONE, EXIT_REQUIREMENT_FAILED}:
            return f"{self.scenario}: failed ({self.exit_code}): {self.message.splitlines()[0]}"
        text = f"{self.scenario}: {self.passes} passes, {self.contacts} contacts -> {self.folder}"
        return f"{text} ({self.message})" if self.message else text


@dataclass(frozen=True, slots=True)
class _Task:
    """One scenario for a worker."""

    path: Path
    folder: Path
    strict: bool
    memory_limit_bytes: float


def plan_several(
    paths: Sequence[Path],
    out: Path,
    progress: Progress,
    on_row: Callable[[BatchRow], None],
    *,
    strict: bool = False,
    workers: int | None = None,
    memory_limit_bytes: float | None = None,
) -> list[BatchRow]:
    """Plan each scenario in a process of its own, write its folder under `out`, then `batch.csv`.

    Rows come in the order of `paths`; `on_row` sees each when it is done. Folders are named
    after the files: raises `InvalidInput` before anything is done where two would share one.
    A worker that dies is replaced, and its scenario tried again, three times in all. `Cancelled`
    stops the workers; finished folders stay. Those that run at once share the memory: 80 % of
    the machine's, or `memory_limit_bytes`.
    """
    names = folder_names(paths)
    at_once = max(min(workers or os.cpu_count() or 1, len(paths)), 1)
    memory = memory_limit_bytes or SHARE_OF_MEMORY * physical_memory_bytes()
    tasks = [
        _Task(path, out / name, strict, memory / at_once)
        for path, name in zip(paths, names, strict=True)
    ]
    rows: dict[int, BatchRow] = {}
    work = progress.staged((("scenarios", 1.0),))
    with work.stage("scenarios") as advance:
        for index, row in _completed(tasks, at_once, work.check):
            rows[index] = row
            on_row(row)
            advance(len(rows) / len(tasks))
    work.finished()
    ordered = [rows[index] for index in range(len(tasks))]
    planner.write_file(out / "batch.csv", _batch_csv(ordered))
    return ordered


def folder_names(paths: Sequence[Path]) -> list[str]:
    """Name of the output folder per scenario; raises `InvalidInput` where two would share one."""
    names = [path.name.removesuffix(SUFFIX).removesuffix(".toml") for path in paths]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InvalidInput(
            [
                Fault(
                    f"several scenarios would share the output folder {name}",
                    mend="rename a file, or plan them in two calls",
                )
                for name in twice
            ]
        )
    return names


def _completed(
    tasks: Sequence[_Task], workers: int, check: Callable[[], None]
) -> Iterator[tuple[int, BatchRow]]:
    """Rows as they are done; a broken pool is made anew for what it left undone."""
    waiting = dict.fromkeys(range(len(tasks)), 0)
    while waiting:
        for index in [index for index, tries in waiting.items() if tries == MOST_TRIES]:
            del waiting[index]
            task, text = tasks[index], f"the worker died {MOST_TRIES} times"
            yield index, BatchRow(str(task.path), str(task.folder), EXIT_INTERNAL, message=text)
        for index, row in _one_pool(tasks, waiting, workers, check):
            del waiting[index]
            yield index, row


def _one_pool(
    tasks: Sequence[_Task], waiting: dict[int, int], workers: int, check: Callable[[], None]
) -> Iterator[tuple[int, BatchRow]]:
    if not waiting:
        return
    pool = ProcessPoolExecutor(min(workers, len(waiting)), mp_context=get_context("spawn"))
    futures: dict[Future[BatchRow], int] = {}
    try:
        with _interrupts_held():
            futures |= {pool.submit(_planned, tasks[index]): index for index in waiting}
        while futures:
            done, _ = wait(futures, timeout=POLL_S, return_when=FIRST_COMPLETED)
            check()
            for future in done:
                index = futures.pop(future)
                try:
                    row = future.result()
                except BrokenProcessPool:
                    waiting[index] += 1
                else:
                    yield index, row
    finally:
        for process in list((pool._processes or {}).values()):
            if futures:
                process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Workers started inside never see Ctrl+C, which reaches the whole process group.

    They inherit the mask of blocked signals from their first instruction on; the parent decides.
    Another thread of the parent may still take the signal, so that Python would raise in the
    middle of a start: it is noted, and raised at the end.
    """
    noted: list[int] = []
    is_main = threading.current_thread() is threading.main_thread()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    if is_main:
        handler = signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
    try:
        yield
    finally:
        if is_main:
            signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    if noted:
        raise KeyboardInterrupt


def _planned(task: _Task) -> BatchRow:
    where = (str(task.path), str(task.folder))
    try:
        scenario = planner.load_scenario(task.path)
        if task.strict:
            planner.refuse_refused_records(scenario)
        plan = planner.make_plan(scenario, memory_limit_bytes=task.memory_limit_bytes)
        planner.write_plan(plan, task.folder)
    except PlannerError as error:
        return BatchRow(*where, error.exit_code, message=str(error))
    except Exception as error:  # noqa: BLE001 (one broken scenario must not stop the others)
        text = f"internal error: {type(error).__name__}: {error}"
        return BatchRow(*where, EXIT_INTERNAL, message=text)
    totals = plan_totals(plan)
    missed = ", ".join(item.requirement.id for item in failed(plan))
    return BatchRow(
        *where,
        EXIT_REQUIREMENT_FAILED if missed else EXIT_DONE,
        totals.passes,
        totals.contacts,
        totals.all_expected_bits,
        f"requirements failed: {missed}" if missed else "",
    )


def _batch_csv(rows: Sequence[BatchRow]) -> bytes:
    names = list(BatchRow.__slots__)
    return csv_bytes(names, [[row.as_plain()[name] for name in names] for row in rows])
