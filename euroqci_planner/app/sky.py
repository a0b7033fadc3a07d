"""Satellites and lights over the planning window: what every later step looks up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.orbit.constellation import element_set_of
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.engine import Engine, is_compiled
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.illumination import SkyBodies
from euroqci_planner.orbit.propagation_gate import GateResult, gates
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True)
class Sky:
    """Fleet, Earth orientation, Sun and Moon of one planning window."""

    satellite_ids: tuple[str, ...]
    element_sets: tuple[ElementSet, ...]
    orientation: EarthOrientation
    fleet: Fleet
    bodies: SkyBodies
    gates: tuple[GateResult, ...]
    warnings: tuple[str, ...]

    @property
    def usable_bounds_s(self) -> FloatArray:
        """Seconds from and until which each satellite's elements can be used, (n, 2)."""
        bounds = [(item.usable_from_s, item.usable_until_s) for item in self.gates]
        return np.asarray(bounds, dtype=np.float64).reshape(-1, 2)


def sky_over(scenario: Scenario) -> Sky:
    """Initialise every orbit of the scenario and pass it through the propagation gate."""
    orientation = EarthOrientation.over(scenario.start_utc, scenario.duration_s)
    element_sets = tuple(
        item.orbit
        if isinstance(item.orbit, ElementSet)
        else element_set_of(item.orbit, item.id, item.name)
        for item in scenario.satellites
    )
    fleet = Fleet.of(element_sets, scenario.start_utc, orientation)
    compiled = is_compiled(Engine.AUTO, len(fleet), len(scenario.stations), scenario.duration_s)
    return Sky(
        satellite_ids=tuple(item.id for item in scenario.satellites),
        element_sets=element_sets,
        orientation=orientation,
        fleet=fleet,
        bodies=SkyBodies.over(scenario.start_utc, scenario.duration_s, orientation),
        gates=gates(fleet, scenario.duration_s, compiled=compiled),
        warnings=(orientation.warning,) if orientation.warning else (),
    )
