"""What goes wrong, said so that a planner can mend it: what, where, the value, the mend."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

EXIT_DONE = 0
EXIT_INTERNAL = 1
EXIT_USAGE = 2
EXIT_INVALID_INPUT = 3
EXIT_REQUIREMENT_FAILED = 4
EXIT_STUDY_PARTLY_FAILED = 5
EXIT_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the input.

    `file`, `line` and `column` (both from 1, 0 = unknown) say where; `where` names the field
    (`station[1].latitude_deg`), `value` is what stood there, `problem` says what is wrong with it
    and `mend` how to put it right.
    """

    problem: str
    file: str = ""
    line: int = 0
    column: int = 0
    where: str = ""
    value: str = ""
    mend: str = ""

    def __str__(self) -> str:
        """Render as `file:line:column where = value: problem (mend)`."""
        place = ":".join(
            str(part) for part in (self.file, self.line or "", self.column or "") if part != ""
        )
        subject = self.where + (f" = {self.value}" if self.value else "")
        head = " ".join(part for part in (place, subject) if part)
        tail = f"{self.problem} ({self.mend})" if self.mend else self.problem
        return f"{head}: {tail}" if head else tail


class PlannerError(Exception):
    """Base of every error that is meant for the user; `exit_code` is what the program returns."""

    exit_code = EXIT_INTERNAL


class InvalidInput(PlannerError):  # noqa: N818 (reads as the sentence it is)
    """The input has faults; all of them are in `faults`, in order of place."""

    exit_code = EXIT_INVALID_INPUT

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults; there is at least one."""
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @classmethod
    def single(cls, problem: str, **place: object) -> InvalidInput:
        """Build from one fault given as the fields of `Fault`."""
        return cls([Fault(problem, **place)])  # type: ignore[arg-type]

    def __reduce__(self) -> tuple[type[InvalidInput], tuple[tuple[Fault, ...]]]:
        """Survive the way between processes."""
        return (type(self), (self.faults,))


class UsageError(PlannerError):
    """The command was called in a way that has no meaning."""

    exit_code = EXIT_USAGE


class OutputError(PlannerError):
    """An output could not be written; nothing half-written was left behind."""

    exit_code = EXIT_INTERNAL


class Cancelled(PlannerError):  # noqa: N818
    """The user stopped the work; nothing was changed."""

    exit_code = EXIT_INTERRUPTED
