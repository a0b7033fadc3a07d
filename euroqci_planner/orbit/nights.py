"""Nights: when the Sun is low enough at each station."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.plan import NightTable
from euroqci_planner.orbit.illumination import SkyBodies
from euroqci_planner.orbit.site import Site
from euroqci_planner.timebase import after
from euroqci_planner.units import FloatArray

NODE_STEP_S = 300.0


def nights(stations: Sequence[Station], bodies: SkyBodies, duration_s: float) -> NightTable:
    """Intervals with the Sun's centre below each station's `max_sun_elevation_rad`.

    Edges are joined linearly between elevations 300 s apart: good to 2 s away from the poles,
    for display; the usable windows have their own, exact, edges.
    """
    t_s = np.append(np.arange(0.0, duration_s, NODE_STEP_S), duration_s)
    sun_m = bodies.sun_earth_fixed_m(t_s)
    owner, begin, end = [], [], []
    for index, station in enumerate(stations):
        elevation, _, _ = Site.of(station).elevation_azimuth_range(sun_m)
        starts, ends = _below(t_s, elevation - station.max_sun_elevation_rad)
        owner.append(np.full(len(starts), index))
        begin.append(starts)
        end.append(ends)
    return NightTable(
        station=np.concatenate(owner),
        start_utc=after(bodies.start_utc, np.concatenate(begin)),
        end_utc=after(bodies.start_utc, np.concatenate(end)),
    )


def _below(t_s: FloatArray, height: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Starts and ends of the stretches in which `height` is negative, inside the nodes."""
    below = height < 0.0
    edges = np.flatnonzero(below[1:] != below[:-1])
    step = height[edges + 1] - height[edges]
    crossings = t_s[edges] - height[edges] * (t_s[edges + 1] - t_s[edges]) / step
    falls = below[edges + 1]
    starts, ends = crossings[falls], crossings[~falls]
    if below[0]:
        starts = np.concatenate((t_s[:1], starts))
    if below[-1]:
        ends = np.concatenate((ends, t_s[-1:]))
    return starts, ends
