"""Orbit files and satellites: which orbit every satellite flies, and whether it is fresh enough."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath

import numpy as np

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.element_lines import parse_element_lines
from euroqci_planner.io.orbit_files import check_age, read_orbit_file, select_element_set
from euroqci_planner.io.scenario_assets import design_orbit
from euroqci_planner.io.scenario_paths import path_problem
from euroqci_planner.io.scenario_places import Problem, ScenarioPlaces
from euroqci_planner.io.schema_satellites import OrbitFileRecord, SatelliteRecord
from euroqci_planner.io.toml_locator import Path
from euroqci_planner.mission.orbits import (
    ElementSet,
    ImportRecord,
    OrbitFile,
    OrbitSource,
    RecordStatus,
    StalePolicy,
)
from euroqci_planner.units import SECONDS_PER_DAY

INLINE_WARN_AGE_DAYS = 3.0
INLINE_MAX_AGE_DAYS = 14.0


@dataclass(frozen=True, slots=True)
class OrbitInput:
    """What the orbits follow from; records that failed their checks are left out.

    `files` and `satellites` go by their index in the document; `has_all_files` is false where
    an `[[orbit_file]]` failed its checks; `start_utc` is not-a-time where it is not known.
    """

    folder: FilePath
    display: str
    sha256: str
    start_utc: np.datetime64
    files: Mapping[int, OrbitFileRecord]
    satellites: Mapping[int, SatelliteRecord]
    has_all_files: bool = True


@dataclass(frozen=True, slots=True)
class Orbits:
    """The orbit of each satellite by index, the files as read, warnings, and all faults."""

    sources: Mapping[int, OrbitSource]
    files: tuple[OrbitFile, ...]
    warnings: tuple[str, ...]
    faults: tuple[Fault, ...]


def resolve_orbits(given: OrbitInput, places: ScenarioPlaces) -> Orbits:
    """Read the orbit files and find the orbit of every satellite, with all faults at once."""
    faults: list[Fault] = []
    files = _read_files(given, places, faults)
    is_complete = given.has_all_files and len(files) == len(given.files)
    book = _AgeBook(given, list(files.values()))
    sources: dict[int, OrbitSource] = {}
    for index, record in given.satellites.items():
        try:
            source = _orbit_of(index, record, given, book.files, places, is_complete=is_complete)
        except InvalidInput as error:
            faults.extend(error.faults)
            continue
        if source is not None:
            sources[index] = source
        if isinstance(source, ElementSet):
            faults.extend(book.judge(index, record, source, places))
    refused = tuple(_refused_warnings(files.values()))
    return Orbits(sources, tuple(book.files), (*refused, *book.warnings), tuple(faults))


def _read_files(
    given: OrbitInput, places: ScenarioPlaces, faults: list[Fault]
) -> dict[int, OrbitFile]:
    found: dict[int, OrbitFile] = {}
    for index, record in given.files.items():
        told = path_problem(record.path, given.folder)
        if told is not None:
            faults.extend(places.faults([Problem(("orbit_file", index, "path"), *told)]))
            continue
        try:
            found[index] = read_orbit_file(
                given.folder / record.path,
                record.path,
                record.warn_age_days * SECONDS_PER_DAY,
                record.max_age_days * SECONDS_PER_DAY,
                StalePolicy(record.on_stale),
            )
        except InvalidInput as error:
            faults.extend(_placed(places, ("orbit_file", index, "path"), error))
    return found


def _orbit_of(
    index: int,
    record: SatelliteRecord,
    given: OrbitInput,
    files: Sequence[OrbitFile],
    places: ScenarioPlaces,
    *,
    is_complete: bool,
) -> OrbitSource | None:
    """The orbit of one satellite; None where a file that could hold it was not read."""
    if record.orbit is not None:
        return design_orbit(record.orbit)
    if record.tle is not None:
        return _inline_elements(index, record, given, places)
    if record.norad_id is None:
        return None
    try:
        return select_element_set(files, record.norad_id)
    except InvalidInput as error:
        if not is_complete:
            return None
        raise InvalidInput(_placed(places, ("satellite", index, "norad_id"), error)) from None


def _inline_elements(
    index: int, record: SatelliteRecord, given: OrbitInput, places: ScenarioPlaces
) -> ElementSet:
    """Element set of `tle = [...]`; its faults point at the columns inside the quotes."""
    one, two = record.tle or ("", "")
    first, second = (places.places.of(("satellite", index, "tle", part)) for part in (0, 1))
    try:
        return parse_element_lines(one, two, record.name or record.id, given.display, first.line)
    except InvalidInput as error:
        faults = []
        for item in error.faults:
            place = second if item.line > first.line else first
            column = place.column + item.column if item.column else place.column
            where = f"satellite[{index}].tle {item.where}".rstrip()
            faults.append(
                replace(item, file=given.display, line=place.line, column=column, where=where)
            )
        raise InvalidInput(faults) from None


class _AgeBook:
    """Ages of the element sets in use, written into the report of the file they came from."""

    def __init__(self, given: OrbitInput, files: list[OrbitFile]) -> None:
        self.files = files
        self.warnings: list[str] = []
        self._start_utc = given.start_utc
        self._inline = OrbitFile(
            path=given.display,
            sha256=given.sha256,
            warn_age_s=INLINE_WARN_AGE_DAYS * SECONDS_PER_DAY,
            max_age_s=INLINE_MAX_AGE_DAYS * SECONDS_PER_DAY,
            on_stale=StalePolicy.WARN,
            element_sets=(),
            records=(),
        )

    def judge(
        self, index: int, record: SatelliteRecord, elements: ElementSet, places: ScenarioPlaces
    ) -> Iterator[Fault]:
        """Note the age of one element set; a fault where its age policy refuses it."""
        if np.isnat(self._start_utc):
            return
        number = self._file_of(record, elements)
        file = self._inline if number is None else self.files[number]
        report = check_age(elements, self._start_utc, file)
        if report is None:
            return
        if number is None and report.rule == "stale":
            mend = "or put the lines into an [[orbit_file]] with its own max_age_days"
            yield from places.faults([Problem(("satellite", index, "tle"), report.message, mend)])
            return
        if report.status is RecordStatus.REFUSED:
            yield from places.faults([Problem(("satellite", index, "norad_id"), report.message)])
            return
        self._note(number, replace(report, satellite_id=record.id))

    def _file_of(self, record: SatelliteRecord, elements: ElementSet) -> int | None:
        if record.tle is not None:
            return None
        paths = [file.path for file in self.files]
        return paths.index(elements.source)

    def _note(self, number: int | None, report: ImportRecord) -> None:
        if report.status is RecordStatus.WARNED:
            self.warnings.append(f"satellite {report.satellite_id}: {report.message}")
        if number is None:
            self.files.append(replace(self._inline, records=(report,)))
        else:
            file = self.files[number]
            self.files[number] = replace(file, records=(*file.records, report))


def _refused_warnings(files: Iterable[OrbitFile]) -> Iterator[str]:
    for file in files:
        refused = sum(record.status is RecordStatus.REFUSED for record in file.records)
        if refused:
            yield f"{file.path}: {refused} of {len(file.records)} records were refused"


def _placed(places: ScenarioPlaces, path: Path, error: InvalidInput) -> list[Fault]:
    """Faults found elsewhere, at the key of the scenario that led there."""
    return places.faults(Problem(path, _with_place(item), item.mend) for item in error.faults)


def _with_place(fault: Fault) -> str:
    """Problem of a fault in another file, with its place there."""
    if not fault.file:
        return fault.problem
    place = ":".join(str(part) for part in (fault.file, fault.line, fault.column) if part)
    return f"{place}: {fault.problem}"
