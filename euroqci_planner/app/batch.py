"""Several scenarios in one call: a folder each, one `batch.csv`, no failure stops the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from euroqci_planner.app import planner
from euroqci_planner.errors import EXIT_DONE, EXIT_INTERNAL, Cancelled, Fault, PlannerError
from euroqci_planner.errors import InvalidInput as Invalid
from euroqci_planner.io.exports.csv_files import csv_bytes
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_totals import plan_totals

SUFFIX = ".scenario.toml"


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
        if self.exit_code:
            return f"{self.scenario}: failed ({self.exit_code}): {self.message.splitlines()[0]}"
        return f"{self.scenario}: {self.passes} passes, {self.contacts} contacts -> {self.folder}"


def plan_several(
    paths: Sequence[Path],
    out: Path,
    make: Callable[[Path], Plan],
    on_failure: Callable[[PlannerError], None],
) -> list[BatchRow]:
    """Plan each scenario with `make`, write its folder under `out`, then `batch.csv`.

    Folders are named after the files; two files of one name are refused before anything is done.
    """
    names = folder_names(paths)
    rows = [
        _planned(path, out / name, make, on_failure)
        for path, name in zip(paths, names, strict=True)
    ]
    planner.write_file(out / "batch.csv", _batch_csv(rows))
    return rows


def folder_names(paths: Sequence[Path]) -> list[str]:
    """Name of the output folder per scenario; raises `InvalidInput` where two would share one."""
    names = [path.name.removesuffix(SUFFIX).removesuffix(".toml") for path in paths]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise Invalid(
            [
                Fault(
                    f"several scenarios would share the output folder {name}",
                    mend="rename a file, or plan them in two calls",
                )
                for name in twice
            ]
        )
    return names


def _planned(
    path: Path,
    folder: Path,
    make: Callable[[Path], Plan],
    on_failure: Callable[[PlannerError], None],
) -> BatchRow:
    try:
        plan = make(path)
        planner.write_plan(plan, folder)
    except Cancelled:
        raise
    except PlannerError as error:
        on_failure(error)
        return BatchRow(str(path), str(folder), error.exit_code, message=str(error))
    except Exception as error:  # noqa: BLE001 (one broken scenario must not stop the others)
        text = f"internal error: {type(error).__name__}: {error}"
        on_failure(PlannerError(text))
        return BatchRow(str(path), str(folder), EXIT_INTERNAL, message=text)
    totals = plan_totals(plan)
    return BatchRow(
        str(path),
        str(folder),
        EXIT_DONE,
        totals.passes,
        totals.contacts,
        totals.key_expected_bits,
    )


def _batch_csv(rows: Sequence[BatchRow]) -> bytes:
    names = list(BatchRow.__slots__)
    return csv_bytes(names, [[row.as_plain()[name] for name in names] for row in rows])
