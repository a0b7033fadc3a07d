"""What the program tells its user while the work goes on: one list, newest last."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from euroqci_planner.errors import Fault, InvalidInput, PlannerError

_LOG = logging.getLogger("euroqci_planner.gui")
_LEVELS = {"information": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_KEPT = 500


class Severity(StrEnum):
    """How much attention a message wants."""

    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Message:
    """One message: a headline, its lines, and when it came (UTC, `HH:MM:SS`).

    `places` goes with the lines: what each is about, as in `station[1].latitude_deg`, or ''.
    """

    severity: Severity
    text: str
    lines: tuple[str, ...] = ()
    at: str = ""
    places: tuple[str, ...] = ()


class Messages(QObject):
    """All messages of one run; `posted` brings each to bar, list and log."""

    posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Nothing was said yet."""
        super().__init__(parent)
        self.kept: list[Message] = []

    def say(self, text: str, lines: Sequence[str] = ()) -> None:
        """Something went well, or is worth knowing."""
        self._post(Severity.INFORMATION, text, lines)

    def warn(self, text: str, lines: Sequence[str] = ()) -> None:
        """Something needs a look."""
        self._post(Severity.WARNING, text, lines)

    def fail(self, text: str, error: BaseException) -> None:
        """Something failed; every fault of the input is a line of its own."""
        places = [fault.where for fault in faults_of(error)]
        self._post(Severity.ERROR, text, lines_of(error), places)

    def _post(
        self, severity: Severity, text: str, lines: Sequence[str], places: Sequence[str] = ()
    ) -> None:
        moment = datetime.now(UTC).strftime("%H:%M:%S")
        message = Message(severity, text, tuple(lines), moment, tuple(places))
        self.kept = [*self.kept[1 - _KEPT :], message]
        _LOG.log(_LEVELS[severity], "%s", "\n".join((text, *lines)))
        self.posted.emit(message)


def lines_of(error: BaseException) -> tuple[str, ...]:
    """What an error says, a line for each fault."""
    if isinstance(error, InvalidInput):
        return tuple(str(fault) for fault in error.faults)
    if isinstance(error, PlannerError):
        return tuple(str(error).splitlines())
    return (f"internal error: {type(error).__name__}: {error}",)


def faults_of(error: BaseException) -> tuple[Fault, ...]:
    """The faults of an error; none for other errors."""
    return error.faults if isinstance(error, InvalidInput) else ()
