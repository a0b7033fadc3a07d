"""The scenario door: a TOML file in, a complete and checked scenario out, or all its faults.

The order of the checks: is it text that is safe to parse; is it TOML; is it a schema that this
version reads; then, all together, schema, rules inside and between records, and orbit files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io.catalogue import load_catalogue
from euroqci_planner.io.key_rules import protocol_problems
from euroqci_planner.io.link_rules import transmitter_problems
from euroqci_planner.io.network_rules import network_problems
from euroqci_planner.io.scenario_assembly import Checked, assembled
from euroqci_planner.io.scenario_assets import instant
from euroqci_planner.io.scenario_faults import schema_problems
from euroqci_planner.io.scenario_merge import filled_from_catalogue
from euroqci_planner.io.scenario_migrations import migrated
from euroqci_planner.io.scenario_orbits import OrbitInput, resolve_orbits
from euroqci_planner.io.scenario_parts import Part, oversize_problems
from euroqci_planner.io.scenario_paths import path_problem
from euroqci_planner.io.scenario_places import Problem, ScenarioPlaces
from euroqci_planner.io.scenario_references import reference_problems
from euroqci_planner.io.scenario_rules import record_problems
from euroqci_planner.io.scenario_schema import ScenarioDocument
from euroqci_planner.io.scenario_text import (
    display_name,
    refuse_newer,
    scenario_bytes,
    version_problems,
)
from euroqci_planner.io.schema_satellites import OrbitFileRecord, SatelliteRecord
from euroqci_planner.io.schema_types import Record
from euroqci_planner.io.toml_reader import read_toml
from euroqci_planner.mission.scenario import InputFile, Scenario
from euroqci_planner.timebase import NOT_A_TIME

MAX_FAULTS = 100
MAX_PROBLEMS = 300
AnyRecord = TypeVar("AnyRecord", bound=Record)


def load_scenario(path: Path) -> Scenario:
    """Read and check a scenario file and the orbit files that it names.

    Raises `InvalidInput` with every fault that can be determined, in order of place.
    """
    return _scenario(_Source(scenario_bytes(path), path.parent, display_name(path)))


def parse_scenario(text: str, folder: Path, display: str) -> Scenario:
    """Check a scenario given as text; the files that it names are looked for below `folder`.

    `display` names the text in the faults. Raises `InvalidInput` as `load_scenario` does.
    """
    return _scenario(_Source(text.encode("utf-8", "surrogatepass"), folder, display))


@dataclass(frozen=True, slots=True)
class _Source:
    """A scenario as bytes, and where it comes from."""

    data: bytes
    folder: Path
    display: str

    @property
    def as_input(self) -> InputFile:
        name = Path(self.display).name
        digest = hashlib.sha256(self.data).hexdigest()
        return InputFile(path=name, sha256=digest, bytes=len(self.data))


def _scenario(source: _Source) -> Scenario:
    document = read_toml(source.data, source.display)
    refuse_newer(document, source.display)
    filled = filled_from_catalogue(migrated(document.data), load_catalogue())
    places = ScenarioPlaces(
        source.display, document.places, filled.data, filled.rows, document.set_aside
    )
    root = Part((), filled.data)
    oversize = places.faults(islice(oversize_problems(filled.data), MAX_FAULTS))
    if oversize:
        raise InvalidInput(oversize)
    checked, problems = _validated(filled.data)
    problems += [*version_problems(document), *filled.problems]
    problems.extend(islice(record_problems(root), MAX_PROBLEMS))
    if document.faults:
        raise InvalidInput(_in_order((*document.faults, *places.faults(problems))))
    problems.extend(islice(_problems_between(root, source.folder), MAX_PROBLEMS))
    orbits = resolve_orbits(_orbit_input(root, source), places)
    faults = _in_order((*places.faults(problems), *orbits.faults))
    if faults or checked is None:
        raise InvalidInput(faults)
    whole = Checked(checked, document.data, filled, orbits)
    return assembled(whole, source.folder, source.as_input, source.display)


def _validated(data: dict[str, Any]) -> tuple[ScenarioDocument | None, list[Problem]]:
    """The document as records, or its violations; the version has a check of its own."""
    try:
        return ScenarioDocument.model_validate(data), []
    except ValidationError as error:
        found = (item for item in schema_problems(error, data) if item.path != ("schema",))
        return None, list(islice(found, MAX_PROBLEMS))


def _problems_between(root: Part, folder: Path) -> Iterator[Problem]:
    """Problems that need more than one record, or the folder."""
    catalogue = load_catalogue()
    yield from reference_problems(root, catalogue.devices, catalogue.payloads)
    yield from protocol_problems(root)
    yield from transmitter_problems(root)
    yield from network_problems(root, folder)
    weather = root.table("weather")
    stores = (part.table("store") for part in root.tables("demand"))
    yield from _file_problems(weather, "forecast_file", folder)
    for store in stores:
        yield from _file_problems(store, "status_file", folder)


def _file_problems(part: Part | None, key: str, folder: Path) -> Iterator[Problem]:
    """A named file that no room reads yet must still be one that is there."""
    written = part.text(key) if part else None
    if part is None or not written:
        return
    told = path_problem(written, folder)
    if told is not None:
        yield part.problem(key, *told)
    elif not (folder / written).is_file():
        yield part.problem(key, "there is no such file", "put it beside the scenario")


def _orbit_input(root: Part, source: _Source) -> OrbitInput:
    """The records behind the orbits that are valid for themselves, whatever else is wrong."""
    files = dict(_valid(root.tables("orbit_file"), OrbitFileRecord))
    scenario = root.table("scenario")
    start = scenario.moment("start_utc") if scenario else None
    return OrbitInput(
        folder=source.folder,
        display=source.display,
        sha256=source.as_input.sha256,
        start_utc=NOT_A_TIME if start is None else instant(start),
        files=files,
        satellites=dict(_valid(root.tables("satellite"), SatelliteRecord)),
        has_all_files=len(files) == len(root.value.get("orbit_file") or ()),
    )


def _valid(parts: Iterable[Part], model: type[AnyRecord]) -> Iterator[tuple[int, AnyRecord]]:
    for part in parts:
        try:
            record = model.model_validate(part.value)
        except ValidationError:
            continue
        yield int(part.path[-1]), record


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    """The faults by place; of very many, the first ones and a word about the others."""
    ordered = sorted(faults, key=lambda fault: (fault.line, fault.column))
    if len(ordered) <= MAX_FAULTS:
        return ordered
    more = Fault(f"there are more faults than these {MAX_FAULTS}", mend="mend these first")
    return [*ordered[:MAX_FAULTS], more]
