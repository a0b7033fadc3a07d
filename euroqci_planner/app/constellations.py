"""Constellations laid out as satellites: after this step a plan knows satellites alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.mission.assets import Constellation, Satellite
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.orbit.walker import best_phasing, closest_approach_m, walker_orbits
from euroqci_planner.units import KILO

# Below this two satellites of a pattern come nearer than operators accept without manoeuvres.
CLOSE_M = 50e3


def with_constellations(scenario: Scenario) -> Scenario:
    """The scenario with the satellites of its constellations behind its own, in order.

    Raises `InvalidInput` where a satellite has the id of one of theirs. A pattern whose
    satellites meet closely is warned of, with the phasing that keeps them farthest apart.
    """
    members = [member for item in scenario.constellations for member in _members(item)]
    taken = {item.id for item in scenario.satellites}
    faults = [
        Fault(
            "a satellite of a constellation has this id",
            file=scenario.path,
            where="satellite",
            value=member.id,
            mend="give the satellite, or the constellation, another id",
        )
        for member in members
        if member.id in taken
    ]
    if faults:
        raise InvalidInput(faults)
    return replace(
        scenario,
        satellites=(*scenario.satellites, *members),
        warnings=(*scenario.warnings, *_close_patterns(scenario.constellations)),
    )


def _members(constellation: Constellation) -> Iterator[Satellite]:
    orbits = walker_orbits(constellation.pattern)
    for name, orbit in zip(constellation.member_ids(), orbits, strict=True):
        yield replace(constellation.member, id=name, name=name, orbit=orbit)


def _close_patterns(constellations: tuple[Constellation, ...]) -> Iterator[str]:
    for item in constellations:
        nearest_m = closest_approach_m(item.pattern)
        if nearest_m < CLOSE_M:
            phasing, distance_m = best_phasing(item.pattern)
            yield (
                f"constellation {item.id}: two satellites come within {nearest_m / KILO:.0f} km; "
                f"phasing = {phasing} keeps all {distance_m / KILO:.0f} km apart"
            )
