"""Element sets and windows for the orbit tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sgp4.api import Satrec
from station_cases import station

from euroqci_planner.compilation import is_available
from euroqci_planner.io.orbit_files import read_orbit_file
from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.orbits import ElementSet, StalePolicy
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.engine import Engine
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.pass_finder import find_passes
from euroqci_planner.timebase import seconds_between, utc

START = utc("2026-06-14T12:00:00Z")
ENGINES = (Engine.NUMPY, Engine.COMPILED) if is_available() else (Engine.NUMPY,)
engine = Engine.AUTO
"""What `passes_of` and the missions of `sky_cases` use; the fixture `each_engine` sets it."""
DAY_S = 86_400.0
_MINUTE_S = 60.0
_DAY_US = 86_400_000_000
_UNIX_EPOCH_JULIAN_DATE = 2_440_587.5

QUBE_2 = (
    "1 69023U 26100AV  26164.67935215  .00008548  00000+0  39761-3 0  9999",
    "2 69023  97.4085  62.5609 0003920  38.9400 321.2117 15.20187951  6272",
)
SPEQTRE = (
    "1 66769U 25276DH  26164.86925603  .00004922  00000+0  22859-3 0  9999",
    "2 66769  97.4213 238.7378 0000908 148.0145 212.1146 15.20467492 29930",
)
DECAYING = (
    "1 45760U 20038AG  26164.67210345  .02369154  11993-4  66770-3 0  9998",
    "2 45760  53.0291  23.5243 0009957 264.9501  95.0404 16.26848725332650",
)
ALPHASAT = (
    "1 39215U 13038A   26164.83933735  .00000142  00000+0  00000+0 0  9990",
    "2 39215   2.9985   1.4091 0001619  89.2047 138.5335  1.00273285 43987",
)
EUTELSAT_QUANTUM = (
    "1 49056U 21069B   26164.85168034  .00000136  00000+0  00000+0 0  9994",
    "2 49056   0.0211  35.2040 0002073  48.2227 173.0360  1.00270950 17890",
)
ARKTIKA_M1 = (
    "1 47719U 21016A   26160.51571443 -.00000149  00000+0  00000+0 0  9996",
    "2 47719  63.2417  58.7595 7285674 269.8905  14.6803  2.00625436 38630",
)


def element_set(line1: str, line2: str, name: str = "") -> ElementSet:
    """One element set by its two lines, whatever their checksums say."""
    record = Satrec.twoline2rv(line1, line2)
    days = record.jdsatepoch - _UNIX_EPOCH_JULIAN_DATE
    epoch_us = round(days * _DAY_US) + round(record.jdsatepochF * _DAY_US)
    return ElementSet(
        norad_id=record.satnum,
        name=name,
        international_designator=record.intldesg,
        epoch_utc=np.datetime64(epoch_us, "us"),
        inclination_rad=record.inclo,
        raan_rad=record.nodeo,
        eccentricity=record.ecco,
        argument_of_perigee_rad=record.argpo,
        mean_anomaly_rad=record.mo,
        mean_motion_rad_s=record.no_kozai / _MINUTE_S,
        bstar_per_earth_radius=record.bstar,
        text=(line1, line2),
    )


def element_sets(path: Path) -> tuple[ElementSet, ...]:
    """All element sets of an orbit file."""
    return read_orbit_file(path, path.name, np.inf, np.inf, StalePolicy.ACCEPT).element_sets


def fleet_of(
    sets: Sequence[ElementSet | Sequence[str]],
    start_utc: np.datetime64 = START,
    duration_s: float = DAY_S,
) -> Fleet:
    """The fleet of element sets or of their lines."""
    elements = [item if isinstance(item, ElementSet) else element_set(*item) for item in sets]
    return Fleet.of(elements, start_utc, EarthOrientation.over(start_utc, duration_s))


def place(name: str, latitude_deg: float, longitude_deg: float, **fields: Any) -> Station:
    """A station somewhere; the minimum elevation in degrees as `minimum_deg` (20)."""
    minimum_rad = np.radians(fields.pop("minimum_deg", 20.0))
    return station(
        name,
        latitude_rad=np.radians(latitude_deg),
        longitude_rad=np.radians(longitude_deg),
        **({"min_elevation_rad": minimum_rad} | fields),
    )


def scattered_places(count: int, minimum_deg: Sequence[float], seed: int = 1) -> list[Station]:
    """Stations all over the Earth, the first two on its poles."""
    random = np.random.default_rng(seed)
    latitude = np.degrees(np.arcsin(random.uniform(-1.0, 1.0, count)))
    latitude[:2] = 90.0, -90.0
    longitude, altitude = random.uniform(-180.0, 180.0, count), random.uniform(0.0, 2500.0, count)
    return [
        place(
            f"s{row:02d}",
            latitude[row],
            longitude[row],
            altitude_m=altitude[row],
            minimum_deg=minimum_deg[row % len(minimum_deg)],
        )
        for row in range(count)
    ]


def passes_of(fleet: Fleet, stations: Sequence[Station], **options: Any) -> PassTable:
    """Passes over the fleet's window; satellites are named `sat0`, `sat1`, ..."""
    names = [f"sat{row}" for row in range(len(fleet))]
    duration_s = fleet.orientation.duration_s
    options = {"engine": engine} | options
    return find_passes(fleet, names, stations, fleet.start_utc, duration_s, **options)


def seconds(passes: PassTable, column: str, start_utc: np.datetime64 = START) -> Any:
    """A column of instants as seconds from the start, NaN where there is none."""
    return seconds_between(start_utc, getattr(passes, column))
