"""What became of each satellite and of each orbit record: never "no passes" without a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.mission.assets import Satellite
from euroqci_planner.mission.orbits import ElementSet, ImportRecord, RecordStatus
from euroqci_planner.mission.pass_counts import PassCounts
from euroqci_planner.mission.pass_table import PassConditions, PassTable
from euroqci_planner.mission.plan import (
    REASON_TEXTS,
    PassDecisions,
    PassState,
    Reason,
    SatelliteOutcome,
)
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.orbit.propagation_gate import GateResult
from euroqci_planner.timebase import NOT_A_TIME, instant_after

if TYPE_CHECKING:
    from euroqci_planner.app.sky import Sky


def refuse_lost_satellites(scenario: Scenario, sky: Sky) -> None:
    """Raise `InvalidInput` naming every satellite whose orbit cannot be used at any time."""
    faults = [
        Fault(
            problem=result.message,
            file=scenario.path,
            where=f"satellite[{index}] {satellite.id}",
            mend="take a newer element set, or remove the satellite",
        )
        for index, (satellite, result) in enumerate(
            zip(scenario.satellites, sky.gates, strict=True)
        )
        if not result.is_usable
    ]
    if faults:
        raise InvalidInput(faults)


def counts_of(
    passes: PassTable, conditions: PassConditions, decisions: PassDecisions
) -> PassCounts:
    """How many passes there are, usable ones, and for which reasons the others are not."""
    return PassCounts.of(
        passes.satellite,
        passes.station,
        ~np.isnat(conditions.usable_start_utc),
        decisions.reason,
        (len(passes.satellite_ids), len(passes.station_ids), len(Reason)),
    )


def outcomes(
    scenario: Scenario,
    sky: Sky,
    passes: PassTable,
    conditions: PassConditions,
    decisions: PassDecisions,
) -> tuple[SatelliteOutcome, ...]:
    """One record per satellite, in the order of the scenario."""
    flown = np.isin(decisions.state, (PassState.SCHEDULED, PassState.PINNED))
    contacts = np.bincount(passes.satellite[flown], minlength=len(passes.satellite_ids))
    return outcomes_of_counts(scenario, sky, counts_of(passes, conditions, decisions), contacts)


def outcomes_of_counts(
    scenario: Scenario, sky: Sky, counts: PassCounts, contacts: NDArray[np.integer]
) -> tuple[SatelliteOutcome, ...]:
    """One record per satellite, in the order of the scenario; `contacts` by satellite."""
    passes, usable = counts.passes.sum(axis=1), counts.usable.sum(axis=1)
    found = []
    for index, satellite in enumerate(scenario.satellites):
        elements, result = sky.element_sets[index], sky.gates[index]
        found.append(
            SatelliteOutcome(
                satellite_id=satellite.id,
                norad_id=elements.norad_id,
                elements=_described(elements),
                epoch_utc=elements.epoch_utc,
                passes=int(passes[index]),
                usable_passes=int(usable[index]),
                contacts=int(contacts[index]),
                problem=_problem(scenario, satellite, result, counts, index),
                usable_from_utc=_bound(scenario, result.usable_from_s, 0.0),
                usable_until_utc=_bound(scenario, result.usable_until_s, scenario.duration_s),
            )
        )
    return tuple(found)


def import_report(scenario: Scenario, sky: Sky) -> tuple[ImportRecord, ...]:
    """Records of the orbit files that were not plainly accepted, then the gate's findings."""
    notable = [
        record
        for file in scenario.orbit_files
        for record in file.records
        if record.status is not RecordStatus.ACCEPTED
    ]
    gated = [
        ImportRecord(
            source=elements.source,
            line=elements.line,
            norad_id=elements.norad_id,
            name=elements.name,
            status=RecordStatus.WARNED,
            rule=result.rule,
            message=result.message,
            satellite_id=satellite.id,
            usable_from_utc=_bound(scenario, result.usable_from_s, 0.0),
            usable_until_utc=_bound(scenario, result.usable_until_s, scenario.duration_s),
        )
        for satellite, elements, result in zip(
            scenario.satellites, sky.element_sets, sky.gates, strict=True
        )
        if result.message
    ]
    return (*notable, *gated)


def _described(elements: ElementSet) -> str:
    if elements.is_design:
        return "design orbit"
    return f"{elements.source}:{elements.line}" if elements.source else "inline element set"


def _bound(scenario: Scenario, seconds: float, open_end: float) -> np.datetime64:
    """Not-a-time where the gate left the window's end open."""
    return NOT_A_TIME if seconds == open_end else instant_after(scenario.start_utc, seconds)


def _problem(
    scenario: Scenario, satellite: Satellite, result: GateResult, counts: PassCounts, index: int
) -> str:
    if result.message:
        return result.message
    if not counts.passes[index].any():
        return f"never above the minimum elevation of any of the {len(scenario.stations)} stations"
    if counts.usable[index].any():
        return ""
    common = Reason(int(counts.reasons[index].argmax()))
    return f"{satellite.name}: no pass is usable, mostly: {REASON_TEXTS[common]}"
