"""Usable windows: what cuts a pass, where exactly, and what the exclusion says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sky_cases import (
    ALPHASAT,
    DAY_S,
    ISS,
    QUBE_II,
    START_UTC,
    Mission,
    calar_alto,
    satellite,
    site,
    tenerife,
)
from tolerances import DEGREE, MICROSECOND, MILLISECOND, SECOND, within

from euroqci_planner.mission.assets import Closure, SunRule
from euroqci_planner.mission.pass_table import EclipseState, Exclusion
from euroqci_planner.orbit.site import Site
from euroqci_planner.orbit.sky_rules import mask_elevation_rad
from euroqci_planner.timebase import instant_after, seconds_between, seconds_of_day

pytestmark = pytest.mark.usefixtures("each_engine")

TWILIGHT_RAD = np.radians(-9.0)
ARCSECOND = DEGREE / 3_600.0


@pytest.fixture(scope="module")
def mission() -> Mission:
    """Two low satellites over two open stations for a week."""
    return Mission.of((satellite(QUBE_II), satellite(ISS)), (calar_alto(), tenerife()), 7.0)


def seconds(mission: Mission, instants) -> np.ndarray:
    return seconds_between(mission.start_utc, instants)


def lengths(conditions) -> np.ndarray:
    return seconds_between(conditions.usable_start_utc, conditions.usable_end_utc)


def look(mission: Mission, row: int, t_s):
    """Elevation, azimuth and vector of a pass's satellite from its station, by direct SGP4."""
    place = Site.of(mission.stations[mission.passes.station[row]])
    position = mission.fleet.earth_fixed(int(mission.passes.satellite[row]), t_s).position_m
    elevation, azimuth, _ = place.elevation_azimuth_range(position)
    return elevation, azimuth, position - place.position_m[:, None]


def sun_elevation(mission: Mission, row: int, t_s) -> np.ndarray:
    place = Site.of(mission.stations[mission.passes.station[row]])
    return mission.bodies.sun_elevation_azimuth(place, np.atleast_1d(t_s))[0]


def test_an_open_station_uses_the_whole_of_every_pass(mission):
    conditions = mission.conditions()
    assert len(mission.passes) > 60
    assert np.array_equal(conditions.usable_start_utc, mission.passes.start_utc)
    assert np.array_equal(conditions.usable_end_utc, mission.passes.end_utc)
    assert np.all(conditions.exclusion == Exclusion.NONE)


def test_a_pass_cut_by_sunrise_ends_at_the_twilight_limit(mission):
    mornings, evenings = 0, 0
    for row in range(0, len(mission.passes), 4):
        span = seconds(mission, [mission.passes.start_utc[row], mission.passes.end_utc[row]])
        cut_s = span[0] + 0.6 * (span[1] - span[0])
        limit = float(sun_elevation(mission, row, cut_s)[0])
        dark = tuple(replace(s, max_sun_elevation_rad=limit) for s in mission.stations)
        conditions = mission.conditions(dark)
        used = [conditions.usable_start_utc[row], conditions.usable_end_utc[row]]
        rises = sun_elevation(mission, row, span[1])[0] > sun_elevation(mission, row, span[0])[0]
        mornings, evenings = mornings + rises, evenings + (not rises)
        expected = (span[0], cut_s) if rises else (cut_s, span[1])
        assert seconds(mission, used) == within(0.1 * MILLISECOND, of=expected)
        assert conditions.sun_elevation_rad[row] < limit
    assert mornings >= 3
    assert evenings >= 3


def test_passes_by_day_are_excluded_as_daylight(mission):
    dark = tuple(replace(s, max_sun_elevation_rad=TWILIGHT_RAD) for s in mission.stations)
    conditions = mission.conditions(dark)
    day = conditions.exclusion == Exclusion.DAYLIGHT
    assert 20 < day.sum() < len(mission.passes) - 20
    assert np.all(conditions.sun_elevation_rad[day] > TWILIGHT_RAD)
    assert np.all(conditions.sun_elevation_rad[conditions.exclusion == 0] < TWILIGHT_RAD)
    assert np.all(np.isnat(conditions.usable_start_utc[day]))


def test_a_station_that_counts_background_works_by_day(mission):
    by_noise = tuple(
        replace(s, max_sun_elevation_rad=TWILIGHT_RAD, sun_rule=SunRule.BY_BACKGROUND)
        for s in mission.stations
    )
    conditions = mission.conditions(by_noise)
    assert np.all(conditions.exclusion == Exclusion.NONE)
    far = tuple(replace(s, min_sun_separation_rad=np.radians(40.0)) for s in by_noise)
    assert np.any(lengths(mission.conditions(far)) < lengths(conditions) - 5.0)


def test_polar_day_leaves_every_pass_in_daylight():
    north = site("longyearbyen", 78.2, 15.4, 450.0, max_sun_elevation_rad=TWILIGHT_RAD)
    polar = Mission.of((satellite(QUBE_II),), (north,), 2.0)
    conditions = polar.conditions()
    assert len(polar.passes) > 20
    assert np.all(conditions.exclusion == Exclusion.DAYLIGHT)


def test_a_mask_splits_a_pass_and_the_longer_part_is_used(mission):
    row = int(np.argmax(mission.passes.max_elevation_rad))
    station = mission.stations[mission.passes.station[row]]
    start_s, end_s = seconds(mission, [mission.passes.start_utc[row], mission.passes.end_utc[row]])
    # A tower in the azimuth at 40 % of the pass, half a degree wide, higher than the satellite.
    _, azimuth, _ = look(mission, row, start_s + 0.4 * (end_s - start_s))
    tower = float(azimuth[0])
    width = np.radians(0.25)
    points = sorted(
        ((tower + side * width * edge) % (2.0 * np.pi), height)
        for side in (-1.0, 1.0)
        for edge, height in ((1.0, np.radians(89.9)), (1.001, 0.0))
    )
    masked = tuple(
        replace(s, horizon_mask_rad=tuple(points)) if s is station else s for s in mission.stations
    )
    conditions = mission.conditions(masked)
    used_s = seconds(mission, [conditions.usable_start_utc[row], conditions.usable_end_utc[row]])
    assert used_s[1] == end_s
    assert used_s[0] > start_s + 0.4 * (end_s - start_s)
    assert used_s[0] < start_s + 0.45 * (end_s - start_s)
    _, left_azimuth, _ = look(mission, row, used_s[0])
    edge = np.abs(np.mod(left_azimuth - tower + np.pi, 2.0 * np.pi) - np.pi)
    assert edge == within(0.002 * width, of=width)


def test_a_window_begins_where_the_satellite_clears_the_mask(mission):
    mask = np.radians([[0.0, 15.0], [90.0, 32.0], [180.0, 12.0], [270.0, 28.0]])
    masked = tuple(replace(s, horizon_mask_rad=tuple(map(tuple, mask))) for s in mission.stations)
    conditions = mission.conditions(masked)
    usable = np.flatnonzero(conditions.exclusion == Exclusion.NONE)
    assert 30 < len(usable) < len(mission.passes)
    later = conditions.usable_start_utc[usable] > mission.passes.start_utc[usable]
    assert later.sum() > 20
    for row in usable[later]:
        start_s = seconds(mission, conditions.usable_start_utc[row])
        elevation, azimuth, _ = look(mission, row, start_s + np.array([0.0, 1e-3, -1e-3]))
        clear = elevation - mask_elevation_rad(mask.T, azimuth)
        assert clear[0] == within(0.2 * ARCSECOND, of=0.0)
        assert clear[1] > 0.0 > clear[2]
    hidden = conditions.exclusion == Exclusion.HORIZON_MASK
    assert np.all(np.degrees(mission.passes.max_elevation_rad[hidden]) < 32.0)


def test_a_mask_under_the_minimum_elevation_changes_nothing(mission):
    low = tuple(replace(s, horizon_mask_rad=((0.0, 0.1), (3.0, 0.17))) for s in mission.stations)
    same = mission.conditions()
    masked = mission.conditions(low)
    assert np.array_equal(masked.usable_start_utc, same.usable_start_utc)
    assert np.array_equal(masked.usable_end_utc, same.usable_end_utc)


def test_opening_hours_over_midnight_are_exact(mission):
    hours = (19.5 * 3_600.0, 4.25 * 3_600.0)
    opened = tuple(replace(s, opening_s=hours) for s in mission.stations)
    conditions = mission.conditions(opened, min_dwell_s=0.001)
    begin, end = (seconds_of_day(t) for t in (mission.passes.start_utc, mission.passes.end_utc))
    usable = conditions.exclusion == Exclusion.NONE
    inside = ((begin >= hours[0]) | (begin < hours[1])) & ((end >= hours[0]) | (end <= hours[1]))
    assert np.array_equal(conditions.usable_start_utc[inside], mission.passes.start_utc[inside])
    outside = (begin > hours[1]) & (end < hours[0]) & (begin < end)
    assert np.all(conditions.exclusion[outside] == Exclusion.OUTSIDE_OPENING_HOURS)
    over = usable & (begin > end)
    assert over.sum() >= 1, "a pass over midnight is not cut there"
    assert np.array_equal(conditions.usable_end_utc[over], mission.passes.end_utc[over])


def test_a_pass_cut_by_the_opening_hour_begins_on_the_microsecond(mission):
    row = 10
    opens = seconds_of_day(mission.passes.start_utc[row]) + 100.25
    opened = tuple(
        replace(s, opening_s=(float(opens) % DAY_S, (float(opens) + 3_600.0) % DAY_S))
        for s in mission.stations
    )
    conditions = mission.conditions(opened)
    waited = seconds_between(mission.passes.start_utc[row], conditions.usable_start_utc[row])
    assert waited == within(0.5 * MICROSECOND, of=100.25)
    assert conditions.usable_end_utc[row] == mission.passes.end_utc[row]


def test_a_closure_in_the_middle_leaves_the_longer_side(mission):
    row = int(np.argmax(seconds_between(mission.passes.start_utc, mission.passes.end_utc)))
    middle = mission.passes.highest_utc[row]
    closures = (
        Closure(from_utc=instant_after(middle, -60.0), to_utc=instant_after(middle, 10.0)),
        Closure(from_utc=instant_after(middle, 5.0), to_utc=instant_after(middle, 30.0)),
    )
    index = int(mission.passes.station[row])
    shut = tuple(
        replace(s, closures=closures) if position == index else s
        for position, s in enumerate(mission.stations)
    )
    conditions = mission.conditions(shut)
    assert conditions.usable_start_utc[row] == instant_after(middle, 30.0)
    assert conditions.usable_end_utc[row] == mission.passes.end_utc[row]
    whole = (Closure(from_utc=START_UTC, to_utc=instant_after(START_UTC, 8 * DAY_S)),)
    never = mission.conditions(tuple(replace(s, closures=whole) for s in mission.stations))
    assert np.all(never.exclusion == Exclusion.STATION_CLOSED)


def test_validity_dates_of_station_and_satellite_bound_the_service(mission):
    first, last = instant_after(START_UTC, 2.3 * DAY_S), instant_after(START_UTC, 4.7 * DAY_S)
    stations = (replace(mission.stations[0], valid_from_utc=first), mission.stations[1])
    satellites = (mission.satellites[0], replace(mission.satellites[1], valid_to_utc=last))
    conditions = mission.conditions(stations, satellites)
    too_early = (mission.passes.station == 0) & (mission.passes.end_utc <= first)
    too_late = (mission.passes.satellite == 1) & (mission.passes.start_utc >= last)
    out = too_early | too_late
    assert np.all(conditions.exclusion[out] == Exclusion.NOT_IN_SERVICE)
    assert np.all(conditions.exclusion[~out] == Exclusion.NONE)


def test_bounds_of_the_elements_cut_and_exclude(mission):
    middle = mission.passes.highest_utc[5]
    edge_s = float(seconds(mission, middle))
    everything = [0.0, 7.0 * DAY_S]
    bounds = [everything, everything]
    bounds[mission.passes.satellite[5]] = [0.0, edge_s]
    conditions = mission.conditions(usable_s=bounds)
    assert conditions.usable_end_utc[5] == middle
    mine = mission.passes.satellite == mission.passes.satellite[5]
    later = mine & (mission.passes.start_utc >= middle)
    assert np.all(conditions.exclusion[later] == Exclusion.ELEMENTS_UNUSABLE)
    assert np.all(conditions.exclusion[~mine] == Exclusion.NONE)


def test_the_moon_counts_only_while_it_is_up(mission):
    near = tuple(replace(s, min_moon_separation_rad=np.radians(60.0)) for s in mission.stations)
    conditions = mission.conditions(near)
    up = conditions.moon_elevation_rad > 0.0
    cut = lengths(mission.conditions()) - np.nan_to_num(lengths(conditions)) > 1.0
    assert cut.sum() > 10
    for row in np.flatnonzero(cut):
        start_s, end_s = seconds(
            mission, [mission.passes.start_utc[row], mission.passes.end_utc[row]]
        )
        t_s = np.linspace(start_s, end_s, 200)
        place = Site.of(mission.stations[mission.passes.station[row]])
        assert mission.bodies.moon_elevation_azimuth(place, t_s)[0].max() > 0.0
    usable = conditions.exclusion == Exclusion.NONE
    assert np.all(conditions.moon_separation_rad[usable & up] >= np.radians(60.0))
    assert np.any(conditions.moon_separation_rad[usable & ~up] < np.radians(60.0))
    assert np.any(conditions.exclusion == Exclusion.MOON_TOO_CLOSE)


def test_a_short_dip_into_the_cone_of_the_sun_is_not_missed(mission):
    # The smallest separation of each pass, then a limit a hair above it: a cut of seconds.
    wide = tuple(replace(s, sun_rule=SunRule.BY_BACKGROUND) for s in mission.stations)
    found = 0
    for row in range(0, len(mission.passes), 5):
        start_s, end_s = seconds(
            mission, [mission.passes.start_utc[row], mission.passes.end_utc[row]]
        )
        t_s = np.linspace(start_s, end_s, 4_000)
        place = Site.of(mission.stations[mission.passes.station[row]])
        _, _, sight = look(mission, row, t_s)
        sun = mission.bodies.sun_earth_fixed_m(t_s) - place.position_m[:, None]
        cosine = np.sum(sight * sun, axis=0) / np.linalg.norm(sight, axis=0)
        separation = np.arccos(cosine / np.linalg.norm(sun, axis=0))
        deepest = int(np.argmin(separation))
        if 0.2 < deepest / 4_000 < 0.8:
            found += 1
            limit = separation[deepest] + np.radians(0.005)
            near = tuple(replace(s, min_sun_separation_rad=limit) for s in wide)
            conditions = mission.conditions(near)
            free_s = max(deepest, 3_999 - deepest) / 3_999 * (end_s - start_s)
            assert lengths(conditions)[row] == within(10 * SECOND, of=free_s - 4.0)
    assert found >= 3


def test_a_satellite_that_works_in_eclipse_is_used_in_the_umbra_alone(mission):
    shy = tuple(replace(item, eclipse_only=True) for item in mission.satellites)
    conditions = mission.conditions(satellites=shy, min_dwell_s=1.0)
    usable = np.flatnonzero(conditions.exclusion == Exclusion.NONE)
    assert np.all(conditions.eclipse_state[usable] == EclipseState.UMBRA)
    lit = conditions.exclusion == Exclusion.SATELLITE_SUNLIT
    assert lit.sum() > 20
    cut = 0
    for row in usable:
        begin, end = seconds(
            mission, [conditions.usable_start_utc[row], conditions.usable_end_utc[row]]
        )
        t_s = np.array([begin - 0.05, begin + 0.05, end - 0.05, end + 0.05])
        index = int(mission.passes.satellite[row])
        light = mission.bodies.sunlit_fraction(mission.fleet.teme(index, t_s)[0], t_s)
        assert np.all(light[1:3] == 0.0)
        if conditions.usable_start_utc[row] > mission.passes.start_utc[row]:
            cut += 1
            assert light[0] > 0.0
        if conditions.usable_end_utc[row] < mission.passes.end_utc[row]:
            cut += 1
            assert light[3] > 0.0
    assert cut >= 3


def test_what_is_left_under_the_minimum_dwell_is_too_short(mission):
    length_s = seconds_between(mission.passes.start_utc, mission.passes.end_utc)
    limit = float(np.median(length_s))
    conditions = mission.conditions(min_dwell_s=limit)
    short = length_s < limit
    assert np.all(conditions.exclusion[short] == Exclusion.TOO_SHORT)
    assert np.all(conditions.exclusion[~short] == Exclusion.NONE)
    assert np.all(np.isnat(conditions.usable_start_utc[short]))


def test_the_rule_that_takes_most_is_named_and_ties_go_by_order(mission):
    forever = (Closure(from_utc=START_UTC, to_utc=instant_after(START_UTC, 8 * DAY_S)),)
    late = instant_after(START_UTC, 30 * DAY_S)
    both = tuple(
        replace(s, closures=forever, max_sun_elevation_rad=-np.pi / 2) for s in mission.stations
    )
    assert np.all(mission.conditions(both).exclusion == Exclusion.STATION_CLOSED)
    all_three = tuple(replace(s, valid_from_utc=late) for s in both)
    assert np.all(mission.conditions(all_three).exclusion == Exclusion.NOT_IN_SERVICE)
    # Closed for the first 40 %, without usable elements for the last 70 %.
    row = 7
    begin, end = mission.passes.start_utc[row], mission.passes.end_utc[row]
    length_s = float(seconds_between(begin, end))
    start_s = float(seconds(mission, begin))
    part = (Closure(from_utc=begin, to_utc=instant_after(begin, 0.4 * length_s)),)
    shut = tuple(replace(s, closures=part) for s in mission.stations)
    bounds = np.tile([0.0, start_s + 0.3 * length_s], (2, 1))
    assert mission.conditions(shut, usable_s=bounds).exclusion[row] == Exclusion.ELEMENTS_UNUSABLE


def test_a_geostationary_pass_of_days_is_cut_night_by_night():
    days = 5.0
    still = Mission.of(
        (satellite(ALPHASAT),), (tenerife(max_sun_elevation_rad=TWILIGHT_RAD),), days
    )
    assert len(still.passes) == 1
    conditions = still.conditions()
    hours = lengths(conditions)[0] / 3_600.0
    place = Site.of(still.stations[0])
    t_s = np.arange(0.0, days * DAY_S, 10.0)
    dark = still.bodies.sun_elevation_azimuth(place, t_s)[0] <= TWILIGHT_RAD
    edges = np.flatnonzero(np.diff(dark.astype(int)))
    nights = np.diff(edges)[dark[edges[:-1] + 1]] * 10.0 / 3_600.0
    assert len(nights) == 5
    assert hours == within(20.0 / 3_600.0, of=nights.max())


def test_conditions_stand_at_the_middle_of_the_window(mission):
    conditions = mission.conditions()
    for row in (0, 17, 33):
        middle_s = 0.5 * (
            seconds(mission, conditions.usable_start_utc[row])
            + seconds(mission, conditions.usable_end_utc[row])
        )
        place = Site.of(mission.stations[mission.passes.station[row]])
        sun = mission.bodies.sun_elevation_azimuth(place, middle_s)[0]
        moon = mission.bodies.moon_elevation_azimuth(place, middle_s)
        elevation, azimuth, _ = look(mission, row, middle_s)
        cosine = np.sin(elevation) * np.sin(moon[0]) + np.cos(elevation) * np.cos(moon[0]) * np.cos(
            azimuth - moon[1]
        )
        assert conditions.sun_elevation_rad[row] == within(0.01 * ARCSECOND, of=sun)
        assert conditions.moon_elevation_rad[row] == within(0.01 * ARCSECOND, of=moon[0])
        assert conditions.moon_separation_rad[row] == within(0.5 * ARCSECOND, of=np.arccos(cosine))
        lit = mission.bodies.moon_illuminated_fraction(middle_s)
        assert conditions.moon_illuminated_fraction[row] == within(1e-9, of=lit)


def test_age_counts_from_the_epoch_to_the_highest_point(mission):
    conditions = mission.conditions()
    epochs = np.array([QUBE_II.epoch_utc, ISS.epoch_utc])[mission.passes.satellite]
    days = (mission.passes.highest_utc - epochs) / np.timedelta64(1, "D")
    assert conditions.element_age_s / DAY_S == within(1e-9, of=days)


def test_eclipse_states_agree_with_direct_light_along_the_window(mission):
    conditions = mission.conditions()
    seen = set()
    for row in range(len(mission.passes)):
        begin, end = seconds(mission, [mission.passes.start_utc[row], mission.passes.end_utc[row]])
        t_s = np.linspace(begin, end, 300)
        index = int(mission.passes.satellite[row])
        light = mission.bodies.sunlit_fraction(mission.fleet.teme(index, t_s)[0], t_s)
        state = EclipseState(conditions.eclipse_state[row])
        seen.add(state)
        if state is EclipseState.SUNLIT:
            assert np.all(light == 1.0)
        elif state is EclipseState.UMBRA:
            assert np.all(light == 0.0)
        elif state is EclipseState.ENTERING:
            assert light[0] > light[-1]
        elif state is EclipseState.LEAVING:
            assert light[0] < light[-1]
    assert {EclipseState.SUNLIT, EclipseState.UMBRA, EclipseState.LEAVING} <= seen


def test_no_passes_give_no_conditions(mission):
    none = Mission(
        mission.satellites,
        mission.stations,
        mission.days,
        mission.start_utc,
        mission.fleet,
        mission.bodies,
        mission.passes.take([]),
    )
    assert len(none.conditions()) == 0


def test_a_fleet_of_another_window_is_refused(mission):
    later = Mission.of((satellite(QUBE_II),), (calar_alto(),), 1.0, instant_after(START_UTC, 60.0))
    with pytest.raises(ValueError, match="another planning window"):
        replace(later, start_utc=START_UTC).conditions()


def test_a_window_is_the_same_whatever_else_is_planned(mission):
    alone = Mission.of((satellite(ISS),), (tenerife(max_sun_elevation_rad=TWILIGHT_RAD),), 7.0)
    dark = (mission.stations[0], replace(mission.stations[1], max_sun_elevation_rad=TWILIGHT_RAD))
    mine = (mission.passes.satellite == 1) & (mission.passes.station == 1)
    together = mission.conditions(dark).take(np.flatnonzero(mine))
    by_itself = alone.conditions()
    usable = ~np.isnat(by_itself.usable_start_utc)
    assert np.array_equal(together.exclusion, by_itself.exclusion)
    off = seconds_between(by_itself.usable_start_utc, together.usable_start_utc)[usable]
    assert off == within(0.1 * MILLISECOND, of=0.0)
