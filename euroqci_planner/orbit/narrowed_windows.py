"""Usable windows made narrower by what the geometry alone cannot know, and what stands around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.pass_table import Exclusion, PassConditions, PassTable
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.illumination import SkyBodies, eclipse_states, sunlit_fraction
from euroqci_planner.orbit.pass_track import PassTracks, ragged
from euroqci_planner.orbit.site import SiteArray
from euroqci_planner.orbit.sky_rules import (
    Scene,
    moon_elevation_and_separation_rad,
    sun_elevation_rad,
)
from euroqci_planner.timebase import UtcArray, seconds_between
from euroqci_planner.units import FloatArray

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class NarrowedWindows:
    """What is left of the usable windows of some passes; not-a-time where nothing is.

    `exclusion` says why nothing is left.
    """

    row: Rows
    begin_utc: UtcArray
    end_utc: UtcArray
    exclusion: Exclusion


def narrowed(
    passes: PassTable,
    conditions: PassConditions,
    left: NarrowedWindows,
    fleet: Fleet,
    stations: Sequence[Station],
    bodies: SkyBodies,
    min_dwell_s: float,
) -> PassConditions:
    """Conditions with some usable windows replaced by what is left of them.

    A part under `min_dwell_s` is TOO_SHORT. Sun, Moon and light on the satellite are those of the
    new windows, by the rules of `PassConditions`.
    """
    rows, window_utc = left.row, (left.begin_utc, left.end_utc)
    length_s = seconds_between(*window_utc)
    reason = np.where(np.isnan(length_s), left.exclusion, Exclusion.NONE)
    reason[length_s < min_dwell_s] = Exclusion.TOO_SHORT
    usable = reason == Exclusion.NONE
    chosen = passes.take(rows)
    scene, bounds_s = _scene(chosen, fleet, stations, bodies)
    highest_s = seconds_between(fleet.start_utc, chosen.highest_utc)
    window_s = np.stack([seconds_between(fleet.start_utc, edge) for edge in window_utc])
    window_s = np.where(usable, window_s, bounds_s)
    middle_s = np.where(usable, 0.5 * (window_s[0] + window_s[1]), highest_s)
    every = np.arange(len(rows))
    moon_elevation, moon_separation = moon_elevation_and_separation_rad(scene, every, middle_s)
    nothing = np.datetime64("NaT", "us")
    changed = {
        "usable_start_utc": np.where(usable, left.begin_utc, nothing),
        "usable_end_utc": np.where(usable, left.end_utc, nothing),
        "exclusion": reason,
        "sun_elevation_rad": sun_elevation_rad(scene, every, middle_s),
        "moon_elevation_rad": moon_elevation,
        "moon_separation_rad": moon_separation,
        "moon_illuminated_fraction": bodies.moon_illuminated_fraction(middle_s),
        "eclipse_state": _light(scene, window_s),
    }
    columns = {name: np.array(getattr(conditions, name)) for name in conditions.column_names()}
    for name, values in changed.items():
        columns[name][rows] = values
    return PassConditions(**columns)


def _scene(
    passes: PassTable, fleet: Fleet, stations: Sequence[Station], bodies: SkyBodies
) -> tuple[Scene, FloatArray]:
    """Tracks of whole passes under Sun and Moon, and their two ends in s."""
    owners = passes.satellite.astype(np.intp), passes.station.astype(np.intp)
    ends = [seconds_between(fleet.start_utc, edge) for edge in (passes.start_utc, passes.end_utc)]
    tracks = PassTracks.of(fleet, SiteArray.of(stations), owners, *ends)
    return Scene(tracks, bodies), np.stack(ends)


def _light(scene: Scene, window_s: FloatArray) -> NDArray[np.int8]:
    """Light on the satellites between two times of each pass, looked at once per track node."""
    begin_s, end_s = window_s
    gaps = np.maximum(np.ceil((end_s - begin_s) / scene.tracks.step_s).astype(np.intp), 1)
    row, place = ragged(gaps + 1)
    t_s = begin_s[row] + (end_s - begin_s)[row] * (place / gaps[row])
    sun = scene.bodies.sun_earth_fixed_m(t_s)
    first: Rows = np.concatenate(([0], np.cumsum(gaps + 1)))
    return eclipse_states(sunlit_fraction(scene.tracks.at(row, t_s), sun), first)
