"""Passes of satellites over stations: every rise, culmination and set in a window."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from euroqci_planner.compilation import THREADS
from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit.engine import Engine
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.pass_stream import stream_passes


def find_passes(
    fleet: Fleet,
    satellite_ids: Sequence[str],
    stations: Sequence[Station],
    start_utc: np.datetime64,
    duration_s: float,
    progress: Callable[[float], None] | None = None,
    usable: ArrayLike | None = None,
    engine: Engine = Engine.AUTO,
    threads: int = THREADS,
) -> PassTable:
    """Passes above each station's minimum elevation within `start_utc` + `duration_s`.

    `satellite_ids` name the satellites of `fleet` in its order. `usable` (n, 2) bounds the
    seconds in which a satellite's states may be trusted, as the propagation gate found them
    (default: the whole window; an empty interval: no passes); a pass is cut there as by the
    window's border. `progress` is told the share done, 0..1, some fifty times in long searches,
    and may raise to stop.

    Geometric elevation against the WGS 84 normal, no refraction, no light time. Rise and set are
    those of SGP4 and the Earth orientation to a microsecond, culminations to a millisecond
    (geostationary: 0.1 s), smallest ranges to a metre. A pass between two nodes is seen by the
    sign of the slope at them, down to a microsecond. Missed are only two extrema of elevation
    between neighbouring nodes (120 s in low orbits, up to 300 s in high ones) that lie on
    either side of the minimum: they differ by 2e-6 rad at most. Takes about 0.7 kB of memory per
    pass: search long windows of large fleets in parts. Raises ValueError where ids, bounds or
    the start do not fit the fleet.
    """
    parts = stream_passes(
        fleet,
        satellite_ids,
        stations,
        start_utc,
        duration_s,
        progress=progress,
        usable=usable,
        engine=engine,
        threads=threads,
    )
    return PassTable.joined(list(parts))
