"""The pass search compiled beside the desktop program, before somebody waits for it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from euroqci_planner import compilation
from euroqci_planner.app.progress import Progress
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.orbit import warm_up
from euroqci_planner.orbit.engine import Engine, is_compiled

_LOWEST_PRIORITY = 19


def compile_now() -> None:
    """Compile the search where numba is installed and the code is not kept yet."""
    if compilation.is_available() and not warm_up.is_warm():
        warm_up.warm_up()


def compile_for(scenario: Scenario, progress: Progress, engine: Engine = Engine.AUTO) -> None:
    """Compile the search, as a stage of the work, where this scenario needs it and nobody did."""
    size = (len(scenario.satellites), len(scenario.stations), scenario.duration_s)
    if is_compiled(engine, *size) and not warm_up.is_warm():
        with progress.stage("compiling the pass search, once"):
            warm_up.warm_up()


@contextlib.contextmanager
def compiling_beside() -> Iterator[subprocess.Popen[bytes] | None]:
    """Another process compiles inside, at the lowest priority; None where nothing is to be done."""
    needed = compilation.is_available() and warm_up.kept_in() is not None and not warm_up.is_warm()
    worker = _started() if needed else None
    try:
        yield worker
    finally:
        if worker is not None:
            worker.kill()
            worker.wait()


def _started() -> subprocess.Popen[bytes] | None:
    frozen = getattr(sys, "frozen", False)
    program = [sys.executable] if frozen else [sys.executable, "-m", "euroqci_planner"]
    nothing = subprocess.DEVNULL
    try:
        worker = subprocess.Popen(  # noqa: S603 (this program itself)
            [*program, "doctor", "--compile", "--quiet"],
            stdin=nothing,
            stdout=nothing,
            stderr=nothing,
            start_new_session=True,
        )
    except OSError:
        return None
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, worker.pid, _LOWEST_PRIORITY)
    return worker
