"""What must hold of usable windows, slots and gates, whatever the station and the orbit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from orbit_cases import ENGINES
from sky_cases import DAY_S, ISS, QUBE_II, START_UTC, Mission, calar_alto, satellite

from euroqci_planner.mission.assets import Station, SunRule
from euroqci_planner.mission.pass_table import Exclusion
from euroqci_planner.orbit.ephemeris import EARTH_RADIUS_M, satrec_of
from euroqci_planner.orbit.illumination import angle_between_rad
from euroqci_planner.orbit.propagation_gate import gate
from euroqci_planner.orbit.sampling import slots_of
from euroqci_planner.orbit.site import Site
from euroqci_planner.timebase import seconds_between

GRID_S = 0.25
SLACK_RAD = 1e-6


@cache
def mission() -> Mission:
    return Mission.of((satellite(QUBE_II), satellite(ISS)), (calar_alto(),), 2.0)


@dataclass(frozen=True)
class Sky:
    """Everything that a rule can look at, by direct evaluation."""

    elevation: np.ndarray
    azimuth: np.ndarray
    sun_elevation: np.ndarray
    sun_separation: np.ndarray
    moon_elevation: np.ndarray
    moon_separation: np.ndarray
    light: np.ndarray
    second_of_day: np.ndarray


def sky_at(row: int, t_s: np.ndarray) -> Sky:
    made = mission()
    place = Site.of(made.stations[0])
    index = int(made.passes.satellite[row])
    position = made.fleet.earth_fixed(index, t_s).position_m
    elevation, azimuth, _ = place.elevation_azimuth_range(position)
    sight = position - place.position_m[:, None]
    sun, moon = made.bodies.sun_and_moon_earth_fixed_m(t_s)
    return Sky(
        elevation=elevation,
        azimuth=azimuth,
        sun_elevation=made.bodies.sun_elevation_azimuth(place, t_s)[0],
        sun_separation=angle_between_rad(sight, sun - place.position_m[:, None]),
        moon_elevation=made.bodies.moon_elevation_azimuth(place, t_s)[0],
        moon_separation=angle_between_rad(sight, moon - place.position_m[:, None]),
        light=made.bodies.sunlit_fraction(made.fleet.teme(index, t_s)[0], t_s),
        second_of_day=np.mod(t_s + 12.0 * 3_600.0, DAY_S),
    )


@cache
def grid_of(row: int) -> tuple[np.ndarray, Sky]:
    made = mission()
    begin, end = seconds_between(
        START_UTC, np.array([made.passes.start_utc[row], made.passes.end_utc[row]])
    )
    t_s = np.arange(begin + 1e-3, end, GRID_S)
    return t_s, sky_at(row, t_s)


def allowed(station: Station, eclipse_only: bool, sky: Sky, slack: float) -> np.ndarray:
    """Whether every rule allows, `slack` rad to the strict side (negative: lenient)."""
    points = np.array(station.horizon_mask_rad).reshape(-1, 2)
    ok = np.ones(len(sky.elevation), dtype=bool)
    if len(points):
        mask = np.interp(sky.azimuth, points[:, 0], points[:, 1], period=2.0 * np.pi)
        ok &= sky.elevation >= mask + slack
    if station.sun_rule is SunRule.MAX_ELEVATION:
        ok &= sky.sun_elevation <= station.max_sun_elevation_rad - slack
    ok &= sky.sun_separation >= station.min_sun_separation_rad + slack
    moon_apart = sky.moon_separation >= station.min_moon_separation_rad + slack
    ok &= (sky.moon_elevation <= -slack) | moon_apart
    if eclipse_only:
        ok &= (sky.light == 0.0) if slack >= 0.0 else (sky.light < 1e-4)
    if station.opening_s is not None:
        opens, closes = station.opening_s
        since = np.mod(sky.second_of_day - opens, DAY_S)
        ok &= (since < np.mod(closes - opens, DAY_S)) | (opens == closes)
    return ok


angles = st.floats(min_value=0.0, max_value=60.0).map(np.radians)
masks = st.lists(st.integers(0, 35), unique=True, max_size=8).flatmap(
    lambda tens: st.tuples(
        *(st.tuples(st.just(np.radians(10.0 * ten)), angles) for ten in sorted(tens))
    )
)
hours = st.none() | st.tuples(st.integers(0, 86_399).map(float), st.integers(0, 86_399).map(float))
stations = st.builds(
    lambda mask, rule, sun, sun_apart, moon_apart, opening: calar_alto(
        horizon_mask_rad=mask,
        sun_rule=rule,
        max_sun_elevation_rad=sun,
        min_sun_separation_rad=sun_apart,
        min_moon_separation_rad=moon_apart,
        opening_s=opening,
    ),
    masks,
    st.sampled_from(SunRule),
    st.floats(-40.0, 80.0).map(np.radians),
    angles,
    angles,
    hours,
)


def longest_run_s(ok: np.ndarray) -> float:
    padded = np.concatenate(([False], ok, [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(padded)).reshape(-1, 2)
    return float(np.max(edges[:, 1] - edges[:, 0], initial=0) * GRID_S)


@settings(max_examples=60, deadline=None)
@given(station=stations, eclipse_only=st.booleans(), engine=st.sampled_from(ENGINES))
def test_the_usable_window_is_the_longest_stretch_that_every_rule_allows(
    station, eclipse_only, engine
):
    made = mission()
    craft = tuple(replace(item, eclipse_only=eclipse_only) for item in made.satellites)
    conditions = made.conditions((station,), craft, min_dwell_s=1e-3, engine=engine)
    for row in range(0, len(made.passes), 3):
        t_s, sky = grid_of(row)
        begin, end = seconds_between(
            START_UTC, np.array([conditions.usable_start_utc[row], conditions.usable_end_utc[row]])
        )
        used_s = 0.0 if np.isnan(begin) else end - begin
        inside = (t_s > begin + 1e-3) & (t_s < end - 1e-3)
        lenient = allowed(station, eclipse_only, sky, -SLACK_RAD)
        assert np.all(lenient[inside]), "the window holds an instant that a rule forbids"
        strict = allowed(station, eclipse_only, sky, SLACK_RAD)
        assert longest_run_s(strict) <= used_s + 4.0 * GRID_S, "a longer stretch was left out"


@settings(max_examples=60, deadline=None)
@given(station=stations, eclipse_only=st.booleans())
def test_a_window_and_an_exclusion_never_stand_together(station, eclipse_only):
    made = mission()
    craft = tuple(replace(item, eclipse_only=eclipse_only) for item in made.satellites)
    conditions = made.conditions((station,), craft)
    usable = conditions.exclusion == Exclusion.NONE
    assert np.array_equal(usable, ~np.isnat(conditions.usable_start_utc))
    assert np.array_equal(usable, ~np.isnat(conditions.usable_end_utc))
    begin, end = conditions.usable_start_utc[usable], conditions.usable_end_utc[usable]
    assert np.all(begin >= made.passes.start_utc[usable])
    assert np.all(end <= made.passes.end_utc[usable])
    assert np.all(seconds_between(begin, end) >= 30.0)
    closed_rules = {Exclusion.STATION_CLOSED, Exclusion.NOT_IN_SERVICE, Exclusion.ELEMENTS_UNUSABLE}
    assert not closed_rules & set(conditions.exclusion)


@settings(max_examples=200, deadline=None)
@given(
    window_s=st.floats(1e-6, 1e5, allow_nan=False),
    step_s=st.floats(1e-2, 1e3, allow_nan=False),
)
def test_slots_fill_every_window_and_none_is_needlessly_short(window_s, step_s):
    counts, width_s = slots_of(np.array([window_s]), step_s)
    count, width = int(counts[0]), float(width_s[0])
    last_s = window_s - (count - 1) * width
    assert count >= 1
    assert 0.0 < last_s <= width * (1.0 + 1e-9) + 1e-9
    assert width < 1.5 * step_s * (1.0 + 1e-9)
    assert count == 1 or last_s >= 0.5 * step_s * (1.0 - 1e-6) - 1e-9


element_sets = st.builds(
    lambda rev, ecc, inc, bstar, anomaly: replace(
        ISS,
        mean_motion_rad_s=rev * 2.0 * np.pi / DAY_S,
        eccentricity=ecc,
        inclination_rad=inc,
        bstar_per_earth_radius=bstar,
        mean_anomaly_rad=anomaly,
    ),
    st.floats(0.05, 18.0),
    st.floats(0.0, 0.999),
    st.floats(0.0, np.pi),
    st.floats(-0.5, 0.5),
    st.floats(0.0, 6.283),
)


@settings(max_examples=80, deadline=None)
@given(elements=element_sets, begin_days=st.floats(-60.0, 400.0), days=st.floats(0.01, 20.0))
def test_what_the_gate_lets_through_is_finite_and_above_the_ground(elements, begin_days, days):
    start_utc = elements.epoch_utc + np.timedelta64(round(begin_days * DAY_S * 1e6), "us")
    result = gate(elements, start_utc, days * DAY_S)
    assert 0.0 <= result.usable_from_s <= result.usable_until_s <= days * DAY_S
    assert bool(result.rule) == bool(result.message) == (not np.isnat(result.failed_utc))
    whole = (result.usable_from_s, result.usable_until_s) == (0.0, days * DAY_S)
    assert whole or result.rule
    if not result.is_usable:
        return
    since_s = float(seconds_between(elements.epoch_utc, start_utc)) + np.linspace(
        result.usable_from_s, result.usable_until_s, 40
    )
    record = satrec_of(elements)
    code, position_km, velocity_km_s = record.sgp4_array(
        np.full(40, record.jdsatepoch), record.jdsatepochF + since_s / DAY_S
    )
    assert not code.any()
    assert np.isfinite(velocity_km_s).all()
    radius_m = np.linalg.norm(position_km, axis=1) * 1e3
    assert np.all(radius_m > EARTH_RADIUS_M)
