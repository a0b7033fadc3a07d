"""The one door for both faces and for scripts.

scenario = load_scenario("first-plan.scenario.toml")
plan = make_plan(scenario)
write_plan(plan, "out")
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from euroqci_planner.app.constellations import with_constellations
from euroqci_planner.app.geometry import PASS_STAGES
from euroqci_planner.app.memory import refuse_too_large
from euroqci_planner.app.pipeline import PLAN_STAGES, passes_of, plan_of
from euroqci_planner.app.progress import Progress
from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.io import scenario_file, scenario_template
from euroqci_planner.io.atomic_write import write_bytes
from euroqci_planner.io.exports import plan_folder
from euroqci_planner.io.scenario_schema import scenario_json_schema
from euroqci_planner.mission.orbits import RecordStatus
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.scenario import Scenario


def load_scenario(path: str | PathLike[str]) -> Scenario:
    """Read and check a scenario file and the orbit files that it names.

    Raises `InvalidInput` with all faults at once: place, value, problem, mend.
    """
    return with_constellations(scenario_file.load_scenario(Path(path)))


def refuse_refused_records(scenario: Scenario) -> None:
    """Raise `InvalidInput` for every record of an orbit file that was refused (`--strict`)."""
    faults = [
        Fault(record.message, file=record.source, line=record.line, where=record.name)
        for file in scenario.orbit_files
        for record in file.records
        if record.status is RecordStatus.REFUSED
    ]
    if faults:
        raise InvalidInput(faults)


def make_plan(
    scenario: Scenario,
    progress: Progress | None = None,
    *,
    memory_limit_bytes: float | None = None,
) -> Plan:
    """Make the complete plan.

    Raises `InvalidInput` for impossible input and where the passes would not fit into memory
    (80 % of the machine's, or `memory_limit_bytes`), `Cancelled` on stop.
    """
    refuse_too_large(scenario, memory_limit_bytes)
    return plan_of(scenario, (progress or Progress()).staged(PLAN_STAGES))


def find_passes(
    scenario: Scenario,
    progress: Progress | None = None,
    *,
    memory_limit_bytes: float | None = None,
) -> Plan:
    """Find the passes and their usable windows alone: a plan without link, keys and schedule.

    Raises as `make_plan` does.
    """
    refuse_too_large(scenario, memory_limit_bytes)
    return passes_of(scenario, (progress or Progress()).staged(PASS_STAGES))


def plan_files(plan: Plan) -> dict[str, bytes]:
    """Content of every file of a plan's output folder, by name; the same bytes for both faces."""
    return plan_folder.plan_files(plan)


def write_plan(plan: Plan, folder: str | PathLike[str]) -> tuple[Path, ...]:
    """Write the output folder of a plan; either all files are written or none is changed.

    Raises `OutputError` where the folder cannot be written.
    """
    return plan_folder.write_plan(plan, Path(folder))


def write_file(path: str | PathLike[str], content: bytes) -> Path:
    """Write one file atomically; raises `OutputError` where that fails."""
    return write_bytes(Path(path), content)


def scenario_schema() -> dict[str, Any]:
    """JSON Schema of the scenario file, for editors."""
    return scenario_json_schema()


def write_new_scenario(path: str | PathLike[str], *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write a commented scenario that plans as it stands, with its orbit file beside it.

    Raises `OutputError` where a file exists and `overwrite` is false.
    """
    return scenario_template.write_new_scenario(Path(path), overwrite=overwrite)
