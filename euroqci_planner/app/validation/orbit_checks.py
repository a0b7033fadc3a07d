"""Published orbits and passes, recomputed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np

from euroqci_planner.io.element_lines import parse_element_lines
from euroqci_planner.mission.orbits import ElementSet, SunSynchronousOrbit
from euroqci_planner.orbit.constellation import element_set_of
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.site import Site, east_north_up, geodetic_position_m
from euroqci_planner.resources import resource
from euroqci_planner.timebase import utc
from euroqci_planner.units import KILO, MILLI, SECONDS_PER_MINUTE, FloatArray

MICIUS = (
    "1 41731U 16051A   16354.56913372  .00000384  00000-0  18801-4 0  9991",
    "2 41731  97.3698 268.1064 0013349 175.8929 309.0190 15.23916091 19164",
)
MICIUS_START_UTC = utc("2016-12-19T16:40:00Z")
MICIUS_DURATION_S = 1_500.0
XINGLONG_DEG = (40.3958, 117.5775)
XINGLONG_ALTITUDE_M = 890.0
RANGE_LIMIT_M = 1_200e3
MADE_TO_FAIL = {28872, 33333, 33334, 33335}


def sgp4_verification_mm() -> float:
    """Largest distance in mm between the listed states and those of this program's fleet.

    The sets that are made to fail (decayed, checksums changed) stop at the door and are left out.
    """
    worst = 0.0
    for elements, minutes, position_km in _verification_cases():
        orientation = EarthOrientation.over(elements.epoch_utc, 0.0)
        fleet = Fleet.of([elements], elements.epoch_utc, orientation)
        computed_m, _, _ = fleet.teme(0, minutes * SECONDS_PER_MINUTE)
        off = np.linalg.norm(computed_m - position_km.T * KILO, axis=0)
        worst = max(worst, float(np.max(off)))
    return worst / MILLI


def _verification_cases() -> Iterator[tuple[ElementSet, FloatArray, FloatArray]]:
    lines = resource("validation", "SGP4-VER.TLE").read_text("ascii").splitlines()
    ones = [line.ljust(69) for line in lines if line.startswith("1 ")]
    twos = [line[:69] for line in lines if line.startswith("2 ")]
    for one, two, states in zip(ones, twos, _listed_states(), strict=True):
        if int(two[2:7]) not in MADE_TO_FAIL:
            yield parse_element_lines(one, two), states[:, 0], states[:, 1:4]


def _listed_states() -> list[FloatArray]:
    """Minutes since epoch and position in km, a table per element set, in the order of the sets."""
    tables: list[list[list[float]]] = []
    for line in resource("validation", "tcppver.out").read_text("ascii").splitlines():
        if line.endswith("xx"):
            tables.append([])
        elif line.strip():
            tables[-1].append([float(cell) for cell in line.split()[:4]])
    return [np.array(table) for table in tables]


@lru_cache(maxsize=1)
def _micius_range_m() -> tuple[FloatArray, FloatArray]:
    """Slant range from Xinglong every 10 ms around the culmination of 19 Dec 2016."""
    t_s = np.arange(0.0, MICIUS_DURATION_S, 0.01)
    orientation = EarthOrientation.over(MICIUS_START_UTC, MICIUS_DURATION_S)
    fleet = Fleet.of([parse_element_lines(*MICIUS)], MICIUS_START_UTC, orientation)
    latitude, longitude = np.radians(XINGLONG_DEG)
    site = Site(
        geodetic_position_m(latitude, longitude, XINGLONG_ALTITUDE_M),
        east_north_up(latitude, longitude),
    )
    _, _, range_m = site.elevation_azimuth_range(fleet.earth_fixed(0, t_s).position_m)
    return t_s, range_m


def _sun_synchronous_inclination_deg(altitude_km: float) -> float:
    orbit = SunSynchronousOrbit(
        epoch_utc=utc("2026-06-14T00:00:00Z"),
        altitude_m=altitude_km * KILO,
        local_time_descending_node_h=10.5,
    )
    return float(np.degrees(element_set_of(orbit, "design", "design").inclination_rad))


ORBIT_CHECKS: dict[str, Callable[[], float]] = {
    "SGP4-VER": sgp4_verification_mm,
    "MIC-2016-RANGE": lambda: float(np.min(_micius_range_m()[1])) / KILO,
    "MIC-2016-TIME": lambda: float(np.sum(_micius_range_m()[1] < RANGE_LIMIT_M)) * 0.01,
    "SSO-500": lambda: _sun_synchronous_inclination_deg(500.0),
    "SSO-800": lambda: _sun_synchronous_inclination_deg(800.0),
}
