"""What became of every record of an orbit file while it is read, whatever its format."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.element_columns import ElementFault
from euroqci_planner.mission.orbits import ElementSet, ImportRecord, RecordStatus

MAX_RECORDS = 1_000_000
MAX_REFUSED = 100_000
MAX_NAME_LENGTH = 100
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
ElementKey = tuple[object, ...]

RECORD_RULES: dict[str, str] = {
    "missing-line-1": "a line 2 follows its line 1",
    "missing-line-2": "a line 1 is followed by its line 2",
    "stray-line": "a line is a name, an element line, a comment (#) or blank",
    "name": f"names have up to {MAX_NAME_LENGTH} printable characters",
    "duplicate": "an element set stands once in a file (warning, counted once)",
    "several-sets": "a satellite has one element set in a file (warning)",
    "ageing": "the epoch is within warn_age_days of the start of the plan (warning)",
    "stale": "the epoch is within max_age_days of the start of the plan (as on_stale says)",
}


def name_problem(name: str) -> tuple[str, int]:
    """What is wrong with a satellite's name, '' if nothing, and at which character (from 0)."""
    for index, character in enumerate(name[: MAX_NAME_LENGTH + 1]):
        if unicodedata.category(character) in _UNPRINTABLE:
            return f"has the control character U+{ord(character):04X}", index
    if len(name) > MAX_NAME_LENGTH:
        return f"is longer than {MAX_NAME_LENGTH} characters", 0
    return "", 0


def safe_name(name: str) -> str:
    """A name as a report may show it, whatever it holds."""
    cut = name[:MAX_NAME_LENGTH]
    return "".join("?" if unicodedata.category(c) in _UNPRINTABLE else c for c in cut)


def element_key(elements: ElementSet) -> ElementKey:
    """What SGP4 takes from an element set: equal keys are the same orbit, however written."""
    return (
        elements.norad_id,
        elements.epoch_utc,
        elements.inclination_rad,
        elements.raan_rad,
        elements.eccentricity,
        elements.argument_of_perigee_rad,
        elements.mean_anomaly_rad,
        elements.mean_motion_rad_s,
        elements.bstar_per_earth_radius,
    )


@dataclass(slots=True)
class ImportReport:
    """Element sets and import records in the order of the file, and where each was seen first."""

    source: str
    element_sets: list[ElementSet] = field(default_factory=list)
    records: list[ImportRecord] = field(default_factory=list)
    _refused: int = 0
    _line_of_orbit: dict[ElementKey, int] = field(default_factory=dict)
    _line_of_number: dict[int, int] = field(default_factory=dict)

    def accept(self, elements: ElementSet) -> None:
        """Take a sound element set in; warn if the same, or another of its number, came before."""
        orbit_line = self._line_of_orbit.get(key := element_key(elements))
        number_line = self._line_of_number.get(elements.norad_id)
        if orbit_line is not None:
            self._add(elements, "duplicate", f"the same elements stand at {self.at(orbit_line)}")
            return
        self._line_of_orbit[key] = elements.line
        self._line_of_number.setdefault(elements.norad_id, elements.line)
        self.element_sets.append(elements)
        if number_line is None:
            self._add(elements, "", "")
            return
        problem = f"catalogue number {elements.norad_id} has other elements at"
        self._add(elements, "several-sets", f"{problem} {self.at(number_line)}")

    def refuse(self, line: int, norad_id: int, name: str, faults: Sequence[ElementFault]) -> None:
        """Put a refused record into the report under the rule of its first fault."""
        self._refused += 1
        if self._refused > MAX_REFUSED:
            raise self._hopeless(f"more than {MAX_REFUSED} of its records are refused", line)
        self._append(
            ImportRecord(
                source=self.source,
                line=line,
                norad_id=norad_id,
                name=name,
                status=RecordStatus.REFUSED,
                rule=faults[0].rule,
                message="; ".join(str(fault) for fault in faults),
            )
        )

    def at(self, line: int) -> str:
        """A place in the file as messages name it."""
        return f"{self.source}:{line}"

    def _add(self, elements: ElementSet, rule: str, problem: str) -> None:
        self._append(
            ImportRecord(
                source=self.source,
                line=elements.line,
                norad_id=elements.norad_id,
                name=elements.name,
                status=RecordStatus.WARNED if rule else RecordStatus.ACCEPTED,
                rule=rule,
                message=f"{self.at(elements.line)}: {problem}" if problem else "",
            )
        )

    def _append(self, record: ImportRecord) -> None:
        if len(self.records) >= MAX_RECORDS:
            raise self._hopeless(f"has more than {MAX_RECORDS} records", record.line)
        self.records.append(record)

    def _hopeless(self, problem: str, line: int) -> InvalidInput:
        mend = "give a file with the satellites that are needed"
        return InvalidInput.single(problem, file=self.source, line=line, mend=mend)
