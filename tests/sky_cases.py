"""A small mission under a real sky: fleet, Sun and Moon, stations, passes, for tests of orbits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import orbit_cases
from orbit_cases import element_set
from plan_cases import payload
from station_cases import station

from euroqci_planner.mission.assets import Role, Satellite, Station
from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.mission.pass_table import PassConditions, PassTable
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.illumination import SkyBodies
from euroqci_planner.orbit.pass_finder import find_passes
from euroqci_planner.orbit.usable_windows import pass_conditions

START_UTC = np.datetime64("2026-06-14T12:00:00", "us")
DAY_S = 86_400.0

# Element sets of 13 June 2026 (tests/reference/data/tle/README.md).
QUBE_II = element_set(
    "1 69023U 26100AV  26164.67935215  .00008548  00000+0  39761-3 0  9999",
    "2 69023  97.4085  62.5609 0003920  38.9400 321.2117 15.20187951  6272",
    "QUBE-II",
)
CUBEL = element_set(
    "1 47448U 21006AM  26164.65576284  .00010149  00000+0  24705-3 0  9993",
    "2 47448  97.2330 215.2725 0006917 170.5124 189.6255 15.41107898299213",
    "CUBEL",
)
ISS = element_set(
    "1 25544U 98067A   26164.83523427  .00008738  00000+0  16534-3 0  9990",
    "2 25544  51.6333 316.6832 0004955 182.4672 177.6293 15.49214103571238",
    "ISS (ZARYA)",
)
ALPHASAT = element_set(
    "1 39215U 13038A   26164.83933735  .00000142  00000+0  00000+0 0  9990",
    "2 39215   2.9985   1.4091 0001619  89.2047 138.5335  1.00273285 43987",
    "ALPHASAT",
)


def site(
    name: str, latitude_deg: float, longitude_deg: float, altitude_m: float, **fields: Any
) -> Station:
    """A station at a place, open at every hour and in every light unless `fields` say otherwise."""
    free: dict[str, Any] = {
        "latitude_rad": np.radians(latitude_deg),
        "longitude_rad": np.radians(longitude_deg),
        "altitude_m": altitude_m,
        "min_elevation_rad": np.radians(10.0),
        "max_sun_elevation_rad": 0.5 * np.pi,
        "min_sun_separation_rad": 0.0,
        "min_moon_separation_rad": 0.0,
    }
    return station(name, **(free | fields))


def calar_alto(**fields: Any) -> Station:
    """Calar Alto, Spain."""
    return site("calar-alto", 37.2236, -2.5461, 2_168.0, **fields)


def tenerife(**fields: Any) -> Station:
    """Teide, Tenerife."""
    return site("tenerife", 28.3009, -16.5118, 2_393.0, **fields)


def satellite(elements: ElementSet, **fields: Any) -> Satellite:
    """A satellite on this orbit."""
    name = elements.name.lower()
    plain: dict[str, Any] = {
        "id": name,
        "name": elements.name,
        "orbit": elements,
        "payload": payload(),
        "role": Role.TRUSTED_NODE,
    }
    return Satellite(**(plain | fields))


@dataclass(frozen=True)
class Mission:
    """Satellites over stations for some days from `start_utc`."""

    satellites: tuple[Satellite, ...]
    stations: tuple[Station, ...]
    days: float
    start_utc: np.datetime64
    fleet: Fleet
    bodies: SkyBodies
    passes: PassTable

    @classmethod
    def of(
        cls,
        satellites: tuple[Satellite, ...],
        stations: tuple[Station, ...],
        days: float,
        start_utc: np.datetime64 = START_UTC,
    ) -> Mission:
        """Find the passes; element sets only."""
        orientation = EarthOrientation.over(start_utc, days * DAY_S)
        sets = [item.orbit for item in satellites if isinstance(item.orbit, ElementSet)]
        fleet = Fleet.of(sets, start_utc, orientation)
        bodies = SkyBodies.over(start_utc, days * DAY_S, orientation)
        ids = [item.id for item in satellites]
        passes = find_passes(fleet, ids, stations, start_utc, days * DAY_S)
        return cls(satellites, stations, days, start_utc, fleet, bodies, passes)

    def conditions(
        self,
        stations: tuple[Station, ...] | None = None,
        satellites: tuple[Satellite, ...] | None = None,
        usable_s: Any = None,
        min_dwell_s: float = 30.0,
        **options: Any,
    ) -> PassConditions:
        """Conditions of the passes, with other fields of the same stations or satellites."""
        everything = np.tile([0.0, self.days * DAY_S], (len(self.satellites), 1))
        return pass_conditions(
            self.passes,
            self.fleet,
            satellites or self.satellites,
            stations or self.stations,
            self.bodies,
            self.start_utc,
            min_dwell_s,
            everything if usable_s is None else np.asarray(usable_s, dtype=np.float64),
            **({"engine": orbit_cases.engine} | options),
        )
