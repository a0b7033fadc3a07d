"""The pass finder and brute force side by side, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from direct_passes import DirectPair, DirectSky
from orbit_cases import DAY_S, fleet_of, passes_of

from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit.ephemeris import Fleet


@dataclass(frozen=True)
class Comparison:
    """Found passes beside the direct ones, row by row; `miscounted` pairs are left out."""

    fleet: Fleet
    stations: list[Station]
    passes: PassTable
    direct_rise_s: np.ndarray
    direct_set_s: np.ndarray
    direct_highest_s: np.ndarray
    direct_highest_rad: np.ndarray
    direct_nearest_m: np.ndarray
    miscounted: list[tuple[str, str, int, int]]


def _usable(fleet: Fleet, row: int, duration_s: float) -> float:
    """Until when a satellite has states."""
    times = np.arange(0.0, duration_s + 60.0, 60.0)
    failed = np.flatnonzero(fleet.teme(row, times)[2])
    return float(times[failed[0]] - 60.0) if len(failed) else duration_s


def compare(sets: Sequence[ElementSet], stations: list[Station], days: float) -> Comparison:
    """Search and brute force over `days` from the tests' start."""
    fleet = fleet_of(sets, duration_s=days * DAY_S)
    until = [_usable(fleet, row, days * DAY_S) for row in range(len(sets))]
    passes = passes_of(fleet, stations, usable=[(0.0, end) for end in until])
    rows, direct, miscounted = [], [], []
    for satellite, elements in enumerate(sets):
        sky = DirectSky(elements.text[-2:], fleet.orientation)
        grid = sky.grid(until[satellite])
        for place, station in enumerate(stations):
            expected = DirectPair(sky, station).passes(grid)
            mine = np.flatnonzero((passes.satellite == satellite) & (passes.station == place))
            if len(mine) == len(expected.rise_s):
                rows.append(mine)
                direct.append(np.array(list(vars(expected).values())))
            else:
                found = (elements.name, station.id, len(mine), len(expected.rise_s))
                miscounted.append(found)
    columns = np.concatenate(direct, axis=1)
    return Comparison(fleet, stations, passes.take(np.concatenate(rows)), *columns, miscounted)
