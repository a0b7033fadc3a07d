"""Samples and usable windows against Skyfield and DE421 by direct evaluation.

Source: Skyfield 1.5x `altaz` (WGS 84, no refraction) and JPL DE421 as packaged by skyfield-data,
with UT1 and polar motion of the same IERS table.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skyfield_data
from sky_cases import CUBEL, START_UTC, Mission, calar_alto, satellite
from skyfield.api import EarthSatellite, load_file, wgs84
from tolerances import DEGREE, METRE, MILLISECOND, within

from euroqci_planner.orbit.sampling import pass_samples
from euroqci_planner.timebase import seconds_between


@pytest.fixture(scope="module")
def de421() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the package warns of its other files
        folder = skyfield_data.get_skyfield_data_path()
    kernel = load_file(str(Path(folder) / "de421.bsp"))
    yield kernel
    kernel.close()


@pytest.fixture(scope="module")
def mission() -> Mission:
    return Mission.of((satellite(CUBEL),), (calar_alto(),), 14.0)


def direct_place(mission: Mission) -> Any:
    station = mission.stations[0]
    return wgs84.latlon(
        np.degrees(station.latitude_rad),
        np.degrees(station.longitude_rad),
        elevation_m=station.altitude_m,
    )


def times_of(mission: Mission, t_s) -> Any:
    orientation = mission.fleet.orientation
    return orientation.timescale().tt_jd(*orientation.tt_julian_date(np.atleast_1d(t_s)))


def test_samples_stand_where_skyfield_sees_the_satellite(mission):
    conditions = mission.conditions()
    rows = [0, 11, 40]
    samples = pass_samples(
        mission.passes,
        conditions,
        rows,
        mission.fleet,
        mission.satellites,
        mission.stations,
        mission.bodies,
        10.0,
    )
    begin_s = seconds_between(START_UTC, conditions.usable_start_utc[rows])
    t_s = samples.t_s + np.repeat(begin_s, np.diff(samples.first_sample))
    times = times_of(mission, t_s)
    craft = EarthSatellite(*CUBEL.text, ts=mission.fleet.orientation.timescale())
    altitude, azimuth, distance, _, _, rate = (
        (craft - direct_place(mission)).at(times).frame_latlon_and_rates(direct_place(mission))
    )
    assert samples.elevation_rad == within(2e-5 * DEGREE, of=altitude.radians)
    turned = np.mod(samples.azimuth_rad - azimuth.radians + np.pi, 2.0 * np.pi) - np.pi
    assert turned * np.cos(samples.elevation_rad) == within(2e-5 * DEGREE, of=0.0)
    assert samples.range_m == within(0.1 * METRE, of=distance.m)
    assert samples.range_rate_m_s == within(0.05, of=rate.m_per_s)


def test_a_window_is_cut_at_the_instant_at_which_de421_has_the_sun_at_the_limit(mission, de421):
    length_s = seconds_between(mission.passes.start_utc, mission.passes.end_utc)
    rows = np.flatnonzero(length_s > 120.0)[::3]
    begin_s = seconds_between(START_UTC, mission.passes.start_utc[rows])
    end_s = seconds_between(START_UTC, mission.passes.end_utc[rows])
    cut_s = begin_s + 0.6 * (end_s - begin_s)
    place = de421["earth"] + direct_place(mission)
    limits, ends = (
        place.at(times_of(mission, t_s)).observe(de421["sun"]).apparent().altaz()[0].radians
        for t_s in (cut_s, end_s)
    )
    assert len(rows) >= 8
    for row, limit, expected_s, rises in zip(rows, limits, cut_s, ends > limits, strict=True):
        conditions = mission.conditions((calar_alto(max_sun_elevation_rad=float(limit)),))
        edge = conditions.usable_end_utc if rises else conditions.usable_start_utc
        # 0.0001 deg of the Sun are 24 ms or more; near noon and midnight it hardly climbs.
        late_s = seconds_between(START_UTC, edge[row]) - expected_s
        assert late_s == within(50 * MILLISECOND, of=0.0)
