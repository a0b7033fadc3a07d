"""Usable windows and conditions of passes with NumPy, block by block, for any propagator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import SunRule
from euroqci_planner.mission.pass_table import Exclusion, PassConditions, PassTable
from euroqci_planner.orbit.crossings import (
    IndexArray,
    SkyRule,
    Stretches,
    forbidden_stretches,
    seconds,
)
from euroqci_planner.orbit.element_age import timing_sigma_s
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.illumination import eclipse_states, sunlit_fraction
from euroqci_planner.orbit.pass_track import PassTracks, node_step_s, ragged
from euroqci_planner.orbit.scenery import (
    MicroArray,
    Scenery,
    age_of_elements_s,
    calendar_cuts,
    instants,
    whole_passes,
)
from euroqci_planner.orbit.service_times import joined_stretches, outside
from euroqci_planner.orbit.site import SiteArray
from euroqci_planner.orbit.sky_rules import (
    Daylight,
    HorizonMask,
    MoonSeparation,
    Scene,
    SunSeparation,
    Umbra,
    moon_elevation_and_separation_rad,
    sun_elevation_rad,
)
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import FloatArray

_NODES_PER_BLOCK = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class _Situation:
    """Everything the rules look at; `whole` are the passes, one stretch per row."""

    passes: PassTable
    whole: Stretches
    scene: Scene
    scenery: Scenery


def numpy_conditions(passes: PassTable, scenery: Scenery) -> PassConditions:
    """Conditions of passes (`usable_windows.pass_conditions`), block by block."""
    order, blocks = _blocks(passes, scenery.fleet)
    parts = []
    for rows in blocks:
        situation = _situation(passes.take(rows), scenery)
        parts.append(_conditions(situation, *_windows(situation, scenery.min_dwell_s)))
    return PassConditions.joined(parts).take(np.argsort(order, kind="stable"))


def _blocks(passes: PassTable, fleet: Fleet) -> tuple[IndexArray, list[IndexArray]]:
    """Rows satellite by satellite, and that cut into blocks that stay in the processor's cache."""
    order = np.argsort(passes.satellite, kind="stable")
    length_s = seconds_between(passes.start_utc, passes.end_utc)
    nodes = length_s / node_step_s(fleet)[passes.satellite] + 2.0
    block = np.cumsum(nodes[order]) // _NODES_PER_BLOCK
    return order, np.split(order, np.flatnonzero(np.diff(block)) + 1)


def _situation(passes: PassTable, scenery: Scenery) -> _Situation:
    whole = whole_passes(passes, scenery.fleet)
    owners = (passes.satellite.astype(np.intp), passes.station.astype(np.intp))
    begin_s, end_s = seconds(whole.begin_us), seconds(whole.end_us)
    sites = SiteArray.of(scenery.stations)
    tracks = PassTracks.of(scenery.fleet, sites, owners, begin_s, end_s)
    return _Situation(passes, whole, Scene(tracks, scenery.bodies), scenery)


def _windows(
    situation: _Situation, min_dwell_s: float
) -> tuple[MicroArray, MicroArray, NDArray[np.int8]]:
    """Longest stretch that no rule forbids, and why there is none."""
    whole = situation.whole
    taken_us = np.zeros((len(Exclusion), len(whole.row)), dtype=np.int64)
    undecided = np.ones(len(whole.row), dtype=np.bool_)
    forbidden = []
    for code, stretches in _forbidden_by_rule(situation, undecided):
        np.add.at(taken_us[code], stretches.row, stretches.length_us)
        forbidden.append(stretches)
        undecided &= taken_us[code] < whole.length_us
    begin_us, end_us = longest_free(whole, joined_stretches(forbidden))
    left_us = end_us - begin_us
    exclusion = np.full(len(left_us), int(Exclusion.NONE), dtype=np.int8)
    short = (left_us < min_dwell_s * 1e6) | (left_us <= 0)
    exclusion[short] = Exclusion.TOO_SHORT
    none = (left_us <= 0) & (whole.length_us > 0)
    exclusion[none] = np.argmax(taken_us[:, none], axis=0)
    return begin_us, end_us, exclusion


def _forbidden_by_rule(
    situation: _Situation, undecided: NDArray[np.bool_]
) -> Iterator[tuple[Exclusion, Stretches]]:
    """Forbidden stretches per rule, in the order of `Exclusion`.

    A pass that one rule takes whole needs no later rule: ties go by that order. The caller clears
    `undecided` as it goes.
    """
    whole, satellite = situation.whole, situation.passes.satellite.astype(np.intp)
    yield from calendar_cuts(whole, (satellite, situation.scene.tracks.station), situation.scenery)
    bounds = situation.scenery.usable_us[satellite]
    beyond = outside(whole, bounds[:, 0], bounds[:, 1])
    for code, rule, applies in _sky_rules(situation):
        rows = np.flatnonzero(applies & undecided)
        tracks = situation.scene.tracks
        nodes = tracks.ends(rows) if code is Exclusion.DAYLIGHT else tracks.node_times(rows)
        yield code, forbidden_stretches(rule, *nodes)
    yield Exclusion.ELEMENTS_UNUSABLE, beyond


def _sky_rules(
    situation: _Situation,
) -> Iterator[tuple[Exclusion, SkyRule, NDArray[np.bool_]]]:
    """The continuous rules and the passes they apply to, in the order of `Exclusion`."""
    scene, stations = situation.scene, situation.scenery.stations
    station = scene.tracks.station
    for index, owner in enumerate(stations):
        mask = np.array(owner.horizon_mask_rad, dtype=np.float64).reshape(-1, 2).T
        if np.any(mask[1] > owner.min_elevation_rad):
            yield Exclusion.HORIZON_MASK, HorizonMask(scene, mask), station == index
    by_elevation = np.array([item.sun_rule is SunRule.MAX_ELEVATION for item in stations], bool)
    highest_sun = np.array([item.max_sun_elevation_rad for item in stations], np.float64)
    yield Exclusion.DAYLIGHT, Daylight(scene, highest_sun[station]), by_elevation[station]
    from_sun = np.array([item.min_sun_separation_rad for item in stations], np.float64)[station]
    yield Exclusion.SUN_TOO_CLOSE, SunSeparation(scene, from_sun), from_sun > 0.0
    from_moon = np.array([item.min_moon_separation_rad for item in stations], np.float64)[station]
    yield Exclusion.MOON_TOO_CLOSE, MoonSeparation(scene, from_moon), from_moon > 0.0
    eclipse_only = np.array([item.eclipse_only for item in situation.scenery.satellites], bool)
    yield Exclusion.SATELLITE_SUNLIT, Umbra(scene), eclipse_only[situation.passes.satellite]


def longest_free(whole: Stretches, forbidden: Stretches) -> tuple[MicroArray, MicroArray]:
    """Begin and end of the longest stretch of each row outside the forbidden ones.

    Forbidden stretches lie inside their row and may overlap; of equally long free ones the first
    counts. Both ends are the begin of the row where nothing is left.
    """
    count, marks = len(whole.row), len(forbidden.row)
    row = np.concatenate((whole.row, whole.row, forbidden.row, forbidden.row))
    time = np.concatenate((whole.begin_us, whole.end_us, forbidden.begin_us, forbidden.end_us))
    step = np.repeat([0, 1, -1], [2 * count, marks, marks])
    order = np.lexsort((time, row))
    row, time, depth = row[order], time[order], np.cumsum(step[order])
    free = np.flatnonzero((depth[:-1] == 0) & (row[:-1] == row[1:]))
    begin, length, owner = time[free], np.diff(time)[free], row[free]
    best = np.lexsort((begin, -length, owner))
    owners, first = np.unique(owner[best], return_index=True)
    begin_us, end_us = np.array(whole.begin_us), np.array(whole.begin_us)
    begin_us[owners] = begin[best][first]
    end_us[owners] = begin_us[owners] + length[best][first]
    return begin_us, end_us


def _conditions(
    situation: _Situation,
    begin_us: MicroArray,
    end_us: MicroArray,
    exclusion: NDArray[np.int8],
) -> PassConditions:
    passes, scene, whole = situation.passes, situation.scene, situation.whole
    fleet, usable = situation.scenery.fleet, exclusion == Exclusion.NONE
    highest_s = seconds_between(fleet.start_utc, passes.highest_utc)
    middle_s = np.where(usable, seconds(begin_us + end_us) / 2.0, highest_s)
    lit_us = np.where(usable, (begin_us, end_us), (whole.begin_us, whole.end_us))
    lit_s = seconds(lit_us)
    moon_elevation, moon_separation = moon_elevation_and_separation_rad(scene, whole.row, middle_s)
    age_s = age_of_elements_s(passes, fleet)
    return PassConditions(
        usable_start_utc=instants(fleet.start_utc, begin_us, usable),
        usable_end_utc=instants(fleet.start_utc, end_us, usable),
        exclusion=exclusion,
        sun_elevation_rad=sun_elevation_rad(scene, whole.row, middle_s),
        moon_elevation_rad=moon_elevation,
        moon_separation_rad=moon_separation,
        moon_illuminated_fraction=scene.bodies.moon_illuminated_fraction(middle_s),
        eclipse_state=_eclipse_states(scene, *lit_s),
        element_age_s=age_s,
        timing_sigma_s=timing_sigma_s(fleet, passes.satellite, age_s),
    )


def _eclipse_states(scene: Scene, begin_s: FloatArray, end_s: FloatArray) -> NDArray[np.int8]:
    """State of the light between two times of each pass, looked at once per track node.

    A minute in low orbits: a shadow that only grazes the pass for less may stay unseen.
    """
    gaps = np.ceil((end_s - begin_s) / scene.tracks.step_s).astype(np.intp)
    gaps = np.maximum(gaps, 1)
    row, place = ragged(gaps + 1)
    t_s = begin_s[row] + (end_s - begin_s)[row] * (place / gaps[row])
    sun = scene.bodies.sun_earth_fixed_m(t_s)
    first: IndexArray = np.concatenate(([0], np.cumsum(gaps + 1)))
    return eclipse_states(sunlit_fraction(scene.tracks.at(row, t_s), sun), first)
