"""Stations that work while the noise allows a key: windows end where the light ends them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from sample_case import SAMPLE
from tolerances import DEGREE, within

from euroqci_planner.app import planner
from euroqci_planner.app.link_and_key import budget_of, pieces_of
from euroqci_planner.app.sky import sky_over
from euroqci_planner.link.usable import LARGEST_ERROR, expected_error
from euroqci_planner.mission.assets import SunRule
from euroqci_planner.mission.plan import Reason
from euroqci_planner.resources import resource
from euroqci_planner.timebase import seconds_between

NIGHT_RAD = -18.0 * DEGREE


@lru_cache(maxsize=3)
def found(rule: SunRule, max_sun_elevation_rad: float):
    whole = planner.load_scenario(resource(*SAMPLE))
    stations = tuple(
        replace(item, sun_rule=rule, max_sun_elevation_rad=max_sun_elevation_rad)
        for item in whole.stations
        if item.id in {"matera", "metsahovi"}
    )
    schedule = replace(whole.schedule, pins=(), bans=())
    return planner.find_passes(
        replace(whole, stations=stations, duration_s=2 * 86_400.0, schedule=schedule)
    )


def by_light():
    return found(SunRule.BY_BACKGROUND, 0.0)


def in_any_light():
    return found(SunRule.MAX_ELEVATION, np.pi / 2.0)


def errors_of(plan, row):
    """Expected error along the window that the geometry alone allows."""
    wide = in_any_light()
    sky = sky_over(plan.scenario)
    for piece in pieces_of(plan.scenario, wide.passes, wide.conditions):
        if row in piece.rows:
            one = replace(piece, rows=np.array([row]))
            samples, budget = budget_of(plan.scenario, sky, wide.passes, wide.conditions, one)
            error = expected_error(budget, piece.satellite.payload, piece.station.receiver)
            return samples, error
    raise AssertionError("the row has no window")


def usable(plan):
    return ~np.isnat(plan.conditions.usable_start_utc)


def test_every_pass_keeps_a_part_of_its_window_or_says_daylight():
    light, wide = by_light(), in_any_light()
    lost = usable(wide) & ~usable(light)
    assert lost.sum() > 10
    reasons = light.decisions.reason[lost]
    assert set(reasons) <= {Reason.DAYLIGHT, Reason.TOO_SHORT}
    assert np.count_nonzero(reasons == Reason.DAYLIGHT) > 10
    kept = usable(light)
    start, end = light.conditions.usable_start_utc[kept], light.conditions.usable_end_utc[kept]
    assert np.all(start >= wide.conditions.usable_start_utc[kept])
    assert np.all(end <= wide.conditions.usable_end_utc[kept])


def test_passes_by_night_are_whole():
    light, wide = by_light(), in_any_light()
    night = usable(wide) & (wide.conditions.sun_elevation_rad < NIGHT_RAD - 2.0 * DEGREE)
    assert night.any()
    np.testing.assert_array_equal(
        light.conditions.usable_start_utc[night], wide.conditions.usable_start_utc[night]
    )
    np.testing.assert_array_equal(
        light.conditions.usable_end_utc[night], wide.conditions.usable_end_utc[night]
    )


def test_noon_is_over_every_station():
    light = by_light()
    noon = light.conditions.sun_elevation_rad > 10.0 * DEGREE
    assert noon.any()
    assert not usable(light)[noon].any()


def test_a_pass_cut_by_the_light_ends_at_the_second_that_the_noise_takes():
    light, wide = by_light(), in_any_light()
    cut = np.flatnonzero(
        usable(light)
        & (
            (light.conditions.usable_start_utc != wide.conditions.usable_start_utc)
            | (light.conditions.usable_end_utc != wide.conditions.usable_end_utc)
        )
    )
    assert len(cut)
    row = int(cut[0])
    samples, error = errors_of(light, row)
    begin = wide.conditions.usable_start_utc[row]
    start_s = seconds_between(begin, light.conditions.usable_start_utc[row])
    end_s = seconds_between(begin, light.conditions.usable_end_utc[row])
    inside = (samples.t_s > start_s) & (samples.t_s < end_s)
    assert np.all(error[inside] <= LARGEST_ERROR)
    before = np.flatnonzero(inside)[0] - 1
    behind = np.flatnonzero(inside)[-1] + 1
    edges = [at for at in (before, behind) if 0 <= at < len(error)]
    assert max(error[edges]) > LARGEST_ERROR


def test_a_northern_station_works_in_june_though_the_sun_never_sinks_to_twelve_degrees():
    light = by_light()
    north = light.passes.station == light.passes.station_ids.index("metsahovi")
    assert usable(light)[north].any()
    night = found(SunRule.MAX_ELEVATION, -12.0 * DEGREE)
    assert not usable(night)[north].any()


def test_the_sun_of_a_narrowed_window_is_that_of_its_middle():
    light = by_light()
    rows = np.flatnonzero(usable(light))
    samples, _ = errors_of(light, int(rows[0]))
    wide = in_any_light().conditions
    begin = wide.usable_start_utc[rows[0]]
    edges = (light.conditions.usable_start_utc[rows[0]], light.conditions.usable_end_utc[rows[0]])
    middle_s = np.mean([seconds_between(begin, edge) for edge in edges])
    sun = np.interp(middle_s, samples.t_s, samples.sun_elevation_rad)
    assert light.conditions.sun_elevation_rad[rows[0]] == within(1e-4 * DEGREE, of=sun)
