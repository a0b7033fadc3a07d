"""Where time and memory went, for `--verbose`: said on the way, never written to a file."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

BYTES_PER_STATED_UNIT = 1024.0  # in which Linux states the resident memory
BYTES_PER_MB = 1e6


class StageTimes:
    """Says of every stage how long it took and the most memory that the program held until then."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """No stage is running."""
        self._say = say
        self._stage = ""
        self._since_s = 0.0

    def begin(self, stage: str) -> None:
        """Another stage begins; the one before is done."""
        self.end()
        self._stage, self._since_s = stage, time.perf_counter()

    def end(self) -> None:
        """The stage that runs, if any, is done."""
        if self._stage:
            took_s = time.perf_counter() - self._since_s
            self._say(f"{self._stage}: {took_s:.2f} s, {_peak_mb():.0f} MB at most so far")
        self._stage = ""


def _peak_mb() -> float:
    """Largest resident memory of this process until now."""
    stated = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return stated * BYTES_PER_STATED_UNIT / BYTES_PER_MB
