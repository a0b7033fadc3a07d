"""What the command line says: data to standard output, the rest to standard error."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from euroqci_planner.app.progress import (
    Event,
    Notice,
    Progress,
    StageAdvanced,
    StageStarted,
    WorkFinished,
)
from euroqci_planner.cli.progress_bar import ProgressBar
from euroqci_planner.cli.stage_times import StageTimes
from euroqci_planner.errors import InvalidInput, PlannerError


class Console:
    """One run of the program as its user sees it."""

    def __init__(self, *, quiet: bool, verbose: bool, as_json: bool) -> None:
        """Say nothing yet."""
        self.quiet, self.verbose, self.as_json = quiet, verbose, as_json
        self._bar = ProgressBar(sys.stderr)
        self._times = StageTimes(self.say) if verbose else None

    def progress(self, title: str) -> Progress:
        """A progress whose events are shown under this title."""

        def show(event: Event) -> None:
            if self.quiet:
                return
            self._take_time(event)
            if isinstance(event, StageStarted | StageAdvanced):
                self._bar.show(title, event.stage, event.fraction)
            elif isinstance(event, WorkFinished):
                self._bar.finish()
            elif isinstance(event, Notice):
                self.warn(event.text)

        return Progress(show)

    @contextmanager
    def timed(self, work: str) -> Iterator[None]:
        """Work outside a progress; `--verbose` says how long it took."""
        self._take_time(StageStarted(work, 0.0))
        yield
        self._take_time(WorkFinished())

    def data(self, text: str | bytes) -> None:
        """Write data to standard output, as it is."""
        self._bar.finish()
        raw = text.encode() if isinstance(text, str) else text
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()

    def pieces(self, content: Iterable[bytes]) -> None:
        """Write data to standard output piece by piece; progress goes on beside a file or pipe."""
        sys.stdout.flush()
        for piece in content:
            if sys.stdout.isatty():
                self._bar.finish()
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()

    def line(self, text: str = "") -> None:
        """Write a line of the result to standard output."""
        self.data(text + "\n")

    def json(self, value: Mapping[str, Any]) -> None:
        """Write a result as JSON to standard output."""
        self.line(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))

    def say(self, text: str) -> None:
        """A message on the way."""
        if not self.quiet:
            self._message(text)

    def warn(self, text: str) -> None:
        """A warning; `--quiet` silences it."""
        if not self.quiet:
            self._message(f"warning: {text}")

    def error(self, text: str) -> None:
        """An error; always said."""
        self._message(f"error: {text}")

    def fail(self, error: PlannerError) -> None:
        """Say an error that is meant for the user, every fault on a line."""
        if self.as_json:
            self.json({"error": _plain(error)})
        faults = error.faults if isinstance(error, InvalidInput) else (error,)
        for fault in faults:
            self.error(str(fault))

    def internal_error(self, error: Exception) -> None:
        """Say that the program itself failed."""
        self._message(f"internal error: {type(error).__name__}: {error}")
        if self.verbose:
            self._message("".join(traceback.format_exception(error)))
        else:
            self._message("this is a fault of the program: run again with -v for the details")

    def close(self) -> None:
        """Leave the terminal tidy."""
        self._bar.finish()

    def _take_time(self, event: Event) -> None:
        if self._times is None:
            return
        if isinstance(event, StageStarted):
            self._times.begin(event.stage)
        elif isinstance(event, WorkFinished):
            self._times.end()

    def _message(self, text: str) -> None:
        self._bar.finish()
        print(text, file=sys.stderr, flush=True)


def _plain(error: PlannerError) -> dict[str, Any]:
    faults: Sequence[dict[str, Any]] = []
    if isinstance(error, InvalidInput):
        faults = [
            {
                "file": fault.file,
                "line": fault.line or None,
                "column": fault.column or None,
                "where": fault.where,
                "value": fault.value,
                "problem": fault.problem,
                "mend": fault.mend,
            }
            for fault in error.faults
        ]
    return {"message": str(error), "exit_code": error.exit_code, "faults": faults}
