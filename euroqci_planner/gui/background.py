"""Long work beside the window: one executor, one queued signal, one way to stop.

`start` runs a function with a `Progress` in a thread and calls back in the window's thread. A job
that is cancelled is dropped at once: whatever it still does in its thread, nobody hears of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from euroqci_planner.app.progress import (
    CancelToken,
    Event,
    Notice,
    Progress,
    StageAdvanced,
    StageStarted,
)
from euroqci_planner.errors import Cancelled

Result = TypeVar("Result")
_EVENT_GAP_S = 1.0 / 30.0
# A job that winds down after a cancel must not hold up the next one.
_THREADS = 3


@dataclass(slots=True, eq=False)
class Job:
    """One piece of work: its title, how far it is, and what happens at its end."""

    title: str
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    is_shown: bool = True
    token: CancelToken = field(default_factory=CancelToken)
    stage: str = ""
    fraction: float = 0.0
    started_s: float = field(default_factory=time.monotonic)

    @property
    def remaining_s(self) -> float:
        """Seconds left if it goes on as before; NaN while nobody can tell."""
        spent = time.monotonic() - self.started_s
        if self.fraction < 0.05 or spent < 0.5:
            return float("nan")
        return spent * (1.0 - self.fraction) / self.fraction


@dataclass(frozen=True, slots=True)
class _Report:
    """What a thread says of its job: an event, or its end."""

    job: Job
    event: Event | None = None
    result: Any = None
    error: Exception | None = None


class Background(QObject):
    """All work that the window does not wait for.

    `progressed(job)` and `notice(text)` come while a shown job runs; `busy_changed` when the
    first begins or the last ends; `dropped(job)` when one is cancelled.
    """

    progressed = Signal(object)
    notice = Signal(str)
    busy_changed = Signal()
    dropped = Signal(object)
    _reported = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        """No thread is started before the first job."""
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="planner")
        self._jobs: list[Job] = []
        self._reported.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def current(self) -> Job | None:
        """The shown job that runs, the last one started; None when there is none."""
        return next((job for job in reversed(self._jobs) if job.is_shown), None)

    def start(
        self,
        work: Callable[[Progress], Result],
        *,
        title: str,
        done: Callable[[Result], None],
        failed: Callable[[Exception], None],
        is_shown: bool = True,
    ) -> Job:
        """Run `work` in a thread; `done` or `failed` is called in this one, unless cancelled."""
        job = Job(title, done, failed, is_shown)
        was_busy = self.current is not None
        self._jobs.append(job)
        self._pool.submit(self._run, job, work)
        if is_shown and not was_busy:
            self.busy_changed.emit()
        return job

    def cancel(self, job: Job | None = None) -> bool:
        """Drop a job, by default the current one; whether there was one."""
        wanted = self.current if job is None else job
        if wanted is None or wanted not in self._jobs:
            return False
        wanted.token.cancel()
        self._forget(wanted)
        self.dropped.emit(wanted)
        return True

    def close(self) -> None:
        """Drop all jobs and wait for their threads: they stop at their next step."""
        for job in tuple(self._jobs):
            self.cancel(job)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _run(self, job: Job, work: Callable[[Progress], Any]) -> None:
        """In the thread: touches nothing of Qt but the one signal."""
        try:
            result = work(Progress(_thinned(job, self._reported.emit), job.token))
        except Cancelled:
            return
        except Exception as error:  # noqa: BLE001 (it goes to `failed`, in the window's thread)
            self._reported.emit(_Report(job, error=error))
        else:
            self._reported.emit(_Report(job, result=result))

    @Slot(object)
    def _deliver(self, report: _Report) -> None:
        job = report.job
        if job not in self._jobs:
            return
        if report.event is not None:
            self._follow(job, report.event)
            return
        self._forget(job)
        if report.error is not None:
            job.failed(report.error)
        else:
            job.done(report.result)

    def _follow(self, job: Job, event: Event) -> None:
        if isinstance(event, StageStarted | StageAdvanced):
            job.stage, job.fraction = event.stage, event.fraction
            if job.is_shown:
                self.progressed.emit(job)
        elif isinstance(event, Notice):
            self.notice.emit(event.text)

    def _forget(self, job: Job) -> None:
        self._jobs.remove(job)
        if job.is_shown and self.current is None:
            self.busy_changed.emit()


def _thinned(job: Job, emit: Callable[[_Report], None]) -> Callable[[Event], None]:
    """A listener that passes on at most thirty advances a second, and everything else."""
    last = [0.0]

    def listen(event: Event) -> None:
        now = time.monotonic()
        if isinstance(event, StageAdvanced) and now - last[0] < _EVENT_GAP_S:
            return
        last[0] = now
        emit(_Report(job, event=event))

    return listen
