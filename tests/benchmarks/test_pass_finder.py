"""Small searches against Skyfield's `find_events`, and a larger accuracy run.

Not part of the test run; `make bench` prints the figures.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from orbit_cases import (
    DAY_S,
    element_sets,
    fleet_of,
    passes_of,
    scattered_places,
    seconds,
)
from pass_comparison import compare
from skyfield.api import EarthSatellite, wgs84
from station_cases import station as plain_station

from euroqci_planner.mission.assets import Station

DATA = Path(__file__).parent.parent / "reference" / "data"
ONEWEB = DATA / "tle" / "oneweb-400-2026-06-14.tle"


def _europe(count: int) -> list[Station]:
    random = np.random.default_rng(7)
    return [
        plain_station(
            f"e{row:02d}",
            latitude_rad=np.radians(random.uniform(35.0, 65.0)),
            longitude_rad=np.radians(random.uniform(-10.0, 30.0)),
            min_elevation_rad=np.radians(20.0),
        )
        for row in range(count)
    ]


def _skyfield_s_per_pair_day(places: list[Station], days: float) -> float:
    elements = element_sets(ONEWEB)[:2]
    fleet = fleet_of(elements, duration_s=days * DAY_S)
    timescale = fleet.orientation.timescale()
    ends = timescale.tt_jd(*fleet.orientation.tt_julian_date([0.0, days * DAY_S]))
    begin = time.process_time()
    for item in elements:
        satellite = EarthSatellite(*item.text[-2:], ts=timescale)
        for place in places:
            latitude, longitude = np.degrees([place.latitude_rad, place.longitude_rad])
            ground = wgs84.latlon(latitude, longitude, elevation_m=place.altitude_m)
            satellite.find_events(ground, ends[0], ends[1], altitude_degrees=20.0)
    return (time.process_time() - begin) / (len(elements) * len(places) * days)


@pytest.mark.parametrize(
    ("satellites", "stations", "days"),
    [(5, 10, 7.0), (100, 30, 7.0), (1, 1, 365.0)],
)
def test_speed_beside_skyfield(
    benchmark: Callable[..., Any], satellites: int, stations: int, days: float
) -> None:
    places = _europe(stations)
    fleet = fleet_of(element_sets(ONEWEB)[:satellites], duration_s=days * DAY_S)
    begin = time.process_time()
    passes = benchmark.pedantic(passes_of, (fleet, places), rounds=1, warmup_rounds=1)
    wall_s = 0.5 * (time.process_time() - begin)
    peer = _skyfield_s_per_pair_day(places[:4], min(days, 3.0))
    ratio = peer * satellites * stations * days / wall_s
    print(
        f"\n{satellites} x {stations} x {days:g} d: {len(passes)} passes in {wall_s:.2f} s, "
        f"{len(passes) / wall_s:,.0f} per second, {ratio:.0f} times skyfield {peer * 1e3:.2f} ms"
        " per pair and day"
    )
    assert len(passes) > 0


def test_accuracy_over_a_larger_run() -> None:
    files = (
        DATA / "tle" / "qkd-relevant-2026-06-14.tle",
        DATA / "tle" / "mixed-2026-06-12.tle",
        DATA / "orbits" / "high-and-eccentric-2026-06-14.tle",
    )
    sets = [item for file in files for item in element_sets(file)]
    sets += element_sets(ONEWEB)[::13]
    places = scattered_places(20, (20.0, 0.0, 10.0, -2.0, 45.0, 75.0, 30.0), seed=5)
    found = compare(sets, places, 5.0)
    lengths = seconds(found.passes, "end_utc") - seconds(found.passes, "start_utc")
    rise = np.abs(seconds(found.passes, "rise_utc") - found.direct_rise_s)
    end = np.abs(seconds(found.passes, "set_utc") - found.direct_set_s)
    top = np.abs(seconds(found.passes, "highest_utc") - found.direct_highest_s)
    angle = np.abs(found.passes.max_elevation_rad - found.direct_highest_rad)
    near = np.abs(found.passes.min_range_m - found.direct_nearest_m)
    print(
        f"\n{len(found.passes)} passes of {len(sets)} satellites over {len(places)} stations, "
        f"{np.count_nonzero(lengths < 60.0)} under a minute, shortest {lengths.min():.3f} s; "
        f"miscounted pairs: {found.miscounted}\nlargest differences: rise {np.nanmax(rise):.2e} s, "
        f"set {np.nanmax(end):.2e} s, culmination {top.max():.2e} s, elevation "
        f"{np.degrees(angle.max()):.2e} deg, range {near.max():.2e} m"
    )
    assert found.miscounted == []
