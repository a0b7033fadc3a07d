"""UT1, polar motion and frames against astropy's own reader and against Skyfield.

astropy.utils.iers reads the packaged table in its own way; Skyfield's ITRS and TEME frames are
built independently from the same UT1 and polar motion.
"""

from __future__ import annotations

import astropy_iers_data
import numpy as np
import pytest
from astropy.utils import iers
from direct_passes import DirectSky
from orbit_cases import ARKTIKA_M1, DAY_S, QUBE_2, element_set, fleet_of, place
from skyfield.api import EarthSatellite, wgs84
from skyfield.framelib import itrs
from skyfield.functions import mxm
from skyfield.sgp4lib import TEME
from tolerances import DEGREE, METRE, MICROSECOND, MILLIMETRE, within

from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.site import Site
from euroqci_planner.timebase import utc

WINDOWS = [
    "2026-06-14T12:00:00",
    "2016-12-19T00:00:00",
    "2016-12-31T12:00:00",
    "2031-01-01T00:00:00",
]
T_S = np.linspace(0.0, 7 * DAY_S, 57)


@pytest.fixture(scope="module")
def table() -> iers.IERS_A:
    return iers.IERS_A.open(astropy_iers_data.IERS_A_FILE)


@pytest.mark.parametrize(
    "start", ["1980-03-01", "1999-07-01", "2016-12-10", "2026-06-14", "2027-05-01"]
)
def test_daily_values_are_those_that_astropy_reads(table: iers.IERS_A, start: str) -> None:
    orientation = EarthOrientation.over(utc(start), 20 * DAY_S)
    days = np.arange(21.0)
    first = (np.datetime64(start) - np.datetime64("1858-11-17")).astype(float)
    rows = np.searchsorted(table["MJD"].value, first + days)
    ut1 = table["UT1_UTC"][rows].to_value("s")
    assert orientation.ut1_minus_utc_s(days * DAY_S) == within(0.001 * MICROSECOND, of=ut1)
    x, y = orientation.polar_motion_rad(days * DAY_S)
    assert x == within(1e-15, of=table["PM_x"][rows].to_value("rad"))
    assert y == within(1e-15, of=table["PM_y"][rows].to_value("rad"))


@pytest.mark.parametrize("start", WINDOWS)
def test_the_rotation_from_teme_is_skyfields(start: str) -> None:
    orientation = EarthOrientation.over(utc(start), 7 * DAY_S)
    times = orientation.timescale().tt_jd(*orientation.tt_julian_date(T_S))
    expected = mxm(itrs.rotation_at(times), np.swapaxes(TEME.rotation_at(times), 0, 1))
    turned = orientation.teme_to_earth_fixed(T_S) - expected
    assert np.abs(turned).max() * 42e6 * METRE < 0.001 * MILLIMETRE


@pytest.mark.parametrize("start", WINDOWS[:2])
def test_the_timescale_speaks_the_same_utc(start: str) -> None:
    orientation = EarthOrientation.over(utc(start), 7 * DAY_S)
    times = orientation.timescale().tt_jd(*orientation.tt_julian_date(T_S))
    assert times.dut1 == within(0.1 * MICROSECOND, of=orientation.ut1_minus_utc_s(T_S))
    assert times[0].utc_iso() == f"{start}Z"


@pytest.mark.parametrize("lines", [QUBE_2, ARKTIKA_M1])
def test_earth_fixed_positions_are_skyfields(lines: tuple[str, str]) -> None:
    fleet = fleet_of([element_set(*lines)], duration_s=7 * DAY_S)
    orientation = fleet.orientation
    timescale = orientation.timescale()
    times = timescale.tt_jd(*orientation.tt_julian_date(T_S))
    expected = EarthSatellite(*lines, ts=timescale).at(times).frame_xyz(itrs).m
    found = fleet.earth_fixed(0, T_S).position_m
    assert found == within(0.01 * MILLIMETRE, of=expected)
    assert DirectSky(lines, orientation).position_m(T_S) == within(0.01 * MILLIMETRE, of=found)


@pytest.mark.parametrize(
    ("latitude_deg", "longitude_deg"), [(48.1, 11.3), (-33.9, 18.5), (0.0, -60.0), (89.9, 0.0)]
)
def test_elevation_azimuth_and_range_are_those_of_altaz(
    latitude_deg: float, longitude_deg: float
) -> None:
    fleet = fleet_of([element_set(*QUBE_2)])
    orientation = fleet.orientation
    timescale = orientation.timescale()
    t_s = T_S[:8]
    times = timescale.tt_jd(*orientation.tt_julian_date(t_s))
    ground = wgs84.latlon(latitude_deg, longitude_deg, elevation_m=650.0)
    altitude, azimuth, distance = (EarthSatellite(*QUBE_2, ts=timescale) - ground).at(times).altaz()
    site = Site.of(place("s", latitude_deg, longitude_deg, altitude_m=650.0))
    found = site.elevation_azimuth_range(fleet.earth_fixed(0, t_s).position_m)
    assert found[0] == within(1e-9 * DEGREE, of=altitude.radians)
    assert found[1] == within(1e-8 * DEGREE, of=azimuth.radians)
    assert found[2] == within(0.01 * MILLIMETRE, of=distance.m)
