"""Progress and cancel: typed events out, one question back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from euroqci_planner.errors import Cancelled


@dataclass(frozen=True, slots=True)
class StageStarted:
    """A stage of the work begins; `fraction` (0..1) of the whole is behind it."""

    stage: str
    fraction: float


@dataclass(frozen=True, slots=True)
class StageAdvanced:
    """`fraction` (0..1) of the whole work is done, within `stage`."""

    stage: str
    fraction: float


@dataclass(frozen=True, slots=True)
class WorkFinished:
    """All stages are done."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning that the user should see while the work goes on."""

    text: str


Event = StageStarted | StageAdvanced | WorkFinished | Notice
Listener = Callable[[Event], None]


class CancelToken:
    """Set from any thread; the work asks it at every step."""

    def __init__(self) -> None:
        """Start unset."""
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()


def _nobody(event: Event) -> None:
    del event


@dataclass(slots=True)
class Progress:
    """Emits events to one listener and raises `Cancelled` when the token is set.

    `stages` gives each stage its share of the whole; unknown stages have no share.
    """

    listener: Listener = _nobody
    token: CancelToken = field(default_factory=CancelToken)
    stages: tuple[tuple[str, float], ...] = ()

    def staged(self, stages: tuple[tuple[str, float], ...]) -> Progress:
        """The same listener and token, with these stages."""
        return Progress(self.listener, self.token, stages)

    @contextmanager
    def stage(self, name: str) -> Iterator[Callable[[float], None]]:
        """Run one stage; the yielded function takes the fraction (0..1) of this stage."""
        total = sum(share for _, share in self.stages) or 1.0
        names = [stage for stage, _ in self.stages]
        at = names.index(name) if name in names else len(names)
        before = sum(share for _, share in self.stages[:at]) / total
        share = (self.stages[at][1] / total) if at < len(names) else 0.0
        self.check()
        self.listener(StageStarted(name, before))

        def advance(fraction: float) -> None:
            self.check()
            self.listener(StageAdvanced(name, before + share * min(max(fraction, 0.0), 1.0)))

        yield advance
        self.check()

    def notice(self, text: str) -> None:
        """Say a warning."""
        self.listener(Notice(text))

    def finished(self) -> None:
        """Say that all is done."""
        self.listener(WorkFinished())

    def check(self) -> None:
        """Raise `Cancelled` if somebody asked to stop."""
        if self.token.is_cancelled:
            raise Cancelled("stopped before the plan was complete; nothing was changed")
