"""How much memory a scenario will need, asked before the work starts."""

from __future__ import annotations

import math
import os

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.assets import Satellite, Station
from euroqci_planner.mission.orbits import ElementSet, KeplerianOrbit
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.units import GIGA, SECONDS_PER_DAY

# Measured with all files of the output folder: 1 500 at 326 000 passes of which a sixth can be
# used, 3 200 at 93 000 that can nearly all be used. The start includes machine code.
BYTES_PER_PASS = 3_300
BYTES_AT_START = 250_000_000
# Of passes that go by in parts: those of one part, and nodes of orbits, Sun and Moon.
PASSES_IN_A_PART = 60_000
BYTES_PER_DAY = 20_000
SHARE_OF_MEMORY = 0.8
_EARTH_RADIUS_M = 6_371_000.0
_GRAVITY_M3_S2 = 3.986e14


def refuse_too_large(
    scenario: Scenario, limit_bytes: float | None = None, *, in_parts: bool = False
) -> None:
    """Raise `InvalidInput` with the figures where the passes would not fit into memory.

    The limit is 80 % of the machine's memory unless one is given. `in_parts`: the passes go by
    part after part.
    """
    limit = SHARE_OF_MEMORY * physical_memory_bytes() if limit_bytes is None else limit_bytes
    passes = expected_passes(scenario)
    needed = BYTES_AT_START + BYTES_PER_PASS * (
        min(passes, PASSES_IN_A_PART) if in_parts else passes
    )
    needed += BYTES_PER_DAY * scenario.duration_s / SECONDS_PER_DAY
    if needed > limit:
        raise InvalidInput.single(
            f"about {passes:,.0f} passes need some {needed / GIGA:,.1f} GB of memory, and "
            f"the limit is {limit / GIGA:,.1f} GB",
            file=scenario.path,
            where="scenario",
            mend="plan fewer days, satellites or stations at once, or raise --memory-limit-gb",
        )


def physical_memory_bytes() -> float:
    """Memory of the machine."""
    return float(os.sysconf("SC_PAGE_SIZE")) * float(os.sysconf("SC_PHYS_PAGES"))


def expected_passes(scenario: Scenario) -> float:
    """Number of passes to expect, good to a factor of two, rather too many.

    A revolution passes over a station with the chance that its track comes within the visible
    cap: sin λ for a cap of angular radius λ, half as much again for stations in high latitudes.
    """
    days = scenario.duration_s / SECONDS_PER_DAY
    daily = sum(
        _daily_passes(satellite, station)
        for satellite in scenario.satellites
        for station in scenario.stations
    )
    return daily * days


def _daily_passes(satellite: Satellite, station: Station) -> float:
    radius = _radius_m(satellite)
    elevation = max(station.min_elevation_rad, 0.0)
    cap = math.acos(min(math.cos(elevation) * _EARTH_RADIUS_M / radius, 1.0)) - elevation
    revolutions = SECONDS_PER_DAY / (2.0 * math.pi * math.sqrt(radius**3 / _GRAVITY_M3_S2))
    return 1.5 * revolutions * math.sin(min(cap, 0.5 * math.pi))


def _radius_m(satellite: Satellite) -> float:
    """Mean distance from the Earth's centre."""
    orbit = satellite.orbit
    if isinstance(orbit, ElementSet):
        return math.cbrt(_GRAVITY_M3_S2 / orbit.mean_motion_rad_s**2)
    if isinstance(orbit, KeplerianOrbit):
        return orbit.semi_major_axis_m
    return _EARTH_RADIUS_M + orbit.altitude_m
