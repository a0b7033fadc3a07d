"""Sun, Moon and shadow against second implementations.

Sources: JPL DE421 (Folkner, Williams, Boggs 2009) through Skyfield, the kernel as packaged by
skyfield-data; Skyfield's `is_sunlit` (cylinder of equatorial radius); astropy's `get_body` with
its built-in ephemeris in the TEME frame of astropy.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skyfield_data
from orbit_cases import element_sets
from sky_cases import calar_alto, site
from skyfield.almanac import fraction_illuminated
from skyfield.api import EarthSatellite, load_file, wgs84
from tolerances import DEGREE, SECOND, within

from euroqci_planner.mission.pass_table import EclipseState
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.illumination import SkyBodies, eclipse_states, solar_disc
from euroqci_planner.orbit.site import Site

START_UTC = np.datetime64("2026-01-01T00:00:00", "us")
TLE_FILE = Path(__file__).parent / "data" / "tle" / "qkd-relevant-2026-06-14.tle"
YEARS_S = 660.0 * 86_400.0
SITES = {
    "calar-alto": calar_alto(),
    "kiruna": site("kiruna", 67.8559, 20.9644, 402.0),
    "equator": site("equator", 0.0, -60.0, 0.0),
    "south": site("south", -45.0, 170.0, 1_000.0),
}


@pytest.fixture(scope="module")
def de421() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # the package warns of its other files
        folder = skyfield_data.get_skyfield_data_path()
    kernel = load_file(str(Path(folder) / "de421.bsp"))
    yield kernel
    kernel.close()


@pytest.fixture(scope="module")
def orientation() -> EarthOrientation:
    return EarthOrientation.over(START_UTC, YEARS_S)


@pytest.fixture(scope="module")
def bodies(orientation: EarthOrientation) -> SkyBodies:
    return SkyBodies.over(START_UTC, YEARS_S, orientation)


@pytest.fixture(scope="module")
def t_s() -> np.ndarray:
    return np.sort(np.random.default_rng(421).uniform(0.0, YEARS_S, 1_500))


def skyfield_times(orientation: EarthOrientation, t_s: np.ndarray) -> Any:
    return orientation.timescale().tt_jd(*orientation.tt_julian_date(t_s))


@pytest.mark.parametrize("name", SITES)
@pytest.mark.parametrize(("body", "tolerance_deg"), [("sun", 0.001), ("moon", 0.005)])
def test_sun_and_moon_stand_where_de421_puts_them(
    de421, orientation, bodies, t_s, name, body, tolerance_deg
):
    station = SITES[name]
    place = wgs84.latlon(
        np.degrees(station.latitude_rad),
        np.degrees(station.longitude_rad),
        elevation_m=station.altitude_m,
    )
    seen = (de421["earth"] + place).at(skyfield_times(orientation, t_s)).observe(de421[body])
    altitude, azimuth, _ = seen.apparent().altaz()
    look = {"sun": bodies.sun_elevation_azimuth, "moon": bodies.moon_elevation_azimuth}[body]
    elevation, own_azimuth = look(Site.of(station), t_s)
    assert elevation == within(tolerance_deg * DEGREE, of=altitude.radians)
    turned = np.mod(own_azimuth - azimuth.radians + np.pi, 2.0 * np.pi) - np.pi
    assert turned * np.cos(elevation) == within(tolerance_deg * DEGREE, of=0.0)


def test_the_illuminated_fraction_of_the_moon_is_that_of_de421(de421, orientation, bodies, t_s):
    published = fraction_illuminated(de421, "moon", skyfield_times(orientation, t_s))
    assert bodies.moon_illuminated_fraction(t_s) == within(2e-4, of=published)


def test_astropy_puts_both_bodies_at_the_same_place_in_teme(bodies, orientation):
    # astropy bends the light of the Sun's own centre at the Sun, by up to 0.16 arcseconds.
    arcsecond = DEGREE / 3_600.0
    from astropy.coordinates import TEME, get_body  # noqa: PLC0415 (seconds of import)
    from astropy.time import Time  # noqa: PLC0415
    from astropy.utils import iers  # noqa: PLC0415

    t_s = np.linspace(0.0, 300.0 * 86_400.0, 40)
    offline = iers.conf.set_temp("auto_download", value=False)
    with offline, iers.conf.set_temp("auto_max_age", value=None):
        times = Time(*orientation.tt_julian_date(t_s), format="jd", scale="tt")
        for name, own, tolerance in (
            ("sun", bodies.sun_teme_m(t_s), 0.2 * arcsecond),
            ("moon", bodies.moon_teme_m(t_s), 0.005 * arcsecond),
        ):
            theirs = get_body(name, times, ephemeris="builtin").transform_to(TEME(obstime=times))
            vector = theirs.cartesian.xyz.to_value("m")
            across = np.linalg.norm(np.cross(own, vector, axis=0), axis=0)
            angle = across / np.linalg.norm(own, axis=0) / np.linalg.norm(vector, axis=0)
            assert angle == within(tolerance, of=0.0)


def crossings(values: np.ndarray) -> np.ndarray:
    return np.flatnonzero(values[1:] != values[:-1])


@pytest.mark.parametrize("name", ["QUBE", "QUBE-II", "SPEQTRE", "CUBEL", "ISS (ZARYA)"])
def test_shadow_edges_lie_within_ten_seconds_of_skyfield(de421, name):
    """Edge: half of the disc hidden. Ellipsoid and cone against cylinder of equatorial radius.

    Ten seconds from our edges, and every minute, Skyfield must tell light from shadow as we do.
    """
    fleet, bodies = day_of(name)
    fine_s = np.arange(0.0, 86_400.0, 1.0)
    edge_s = fine_s[crossings(bodies.sunlit_fraction(fleet.teme(0, fine_s)[0], fine_s) > 0.5)]
    assert len(edge_s) >= 29
    around_s = np.stack((edge_s - 10.0, edge_s + 11.0), axis=1)
    minutes_s = np.arange(0.0, 86_400.0, 60.0)
    near = np.abs(minutes_s[:, None] - edge_s).min(axis=1) <= 10.0
    t_s = np.sort(np.concatenate((around_s.ravel(), minutes_s[~near])))
    lit = bodies.sunlit_fraction(fleet.teme(0, t_s)[0], t_s)
    timescale = fleet.orientation.timescale()
    craft = EarthSatellite(*fleet.element_sets[0].text, ts=timescale)
    times = timescale.tt_jd(*fleet.orientation.tt_julian_date(t_s))
    assert np.array_equal(craft.at(times).is_sunlit(de421), lit > 0.5)


def day_of(name: str) -> tuple[Fleet, SkyBodies]:
    start_utc = np.datetime64("2026-06-14T12:00:00", "us")
    orientation = EarthOrientation.over(start_utc, 86_400.0)
    sets = {item.name: item for item in element_sets(TLE_FILE)}
    fleet = Fleet.of([sets[name]], start_utc, orientation)
    return fleet, SkyBodies.over(start_utc, 86_400.0, orientation)


def test_passes_into_and_out_of_the_shadow_are_told_apart():
    fleet, bodies = day_of("QUBE")
    t_s = np.arange(0.0, 86_400.0, 1.0)
    lit = bodies.sunlit_fraction(fleet.teme(0, t_s)[0], t_s)
    edges = crossings(lit > 0.5)[1:-1]
    around = np.stack((lit[edges - 30], lit[edges + 31]), axis=1).ravel()
    states = eclipse_states(around, np.arange(0, 2 * len(edges) + 1, 2))
    falls = lit[edges] > 0.5
    assert 10 < np.sum(falls) < len(edges) - 10
    assert np.array_equal(states == EclipseState.ENTERING, falls)
    assert np.array_equal(states == EclipseState.LEAVING, ~falls)


def test_the_penumbra_of_a_low_orbit_lasts_eight_seconds():
    """Orbits-and-passes measurement: umbra and full Sun lie 5 and 4 s from the cylinder."""
    fleet, bodies = day_of("QUBE")
    t_s = np.arange(0.0, 86_400.0, 0.25)
    position, _, _ = fleet.teme(0, t_s)
    lit = bodies.sunlit_fraction(position, t_s)
    partly = (lit > 0.0) & (lit < 1.0)
    edges = len(crossings(lit > 0.5))
    assert np.sum(partly) * 0.25 / edges == within(0.5 * SECOND, of=8.3)
    depth = solar_disc(position, bodies.sun_teme_m(t_s)).depth_in_umbra_rad
    assert np.array_equal(depth >= 0.0, lit == 0.0)
