"""Passes: what a planner sees of them in ordinary and odd orbits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from orbit_cases import (
    ALPHASAT,
    ARKTIKA_M1,
    DAY_S,
    DECAYING,
    EUTELSAT_QUANTUM,
    QUBE_2,
    SPEQTRE,
    START,
    element_set,
    fleet_of,
    passes_of,
    place,
    scattered_places,
    seconds,
)
from tolerances import DEGREE, KILOMETRE, METRE, MICROSECOND, MILLISECOND, SECOND, within

from euroqci_planner.errors import Cancelled
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.pass_finder import find_passes
from euroqci_planner.orbit.site import Site
from euroqci_planner.timebase import instant_after, utc

pytestmark = pytest.mark.usefixtures("each_engine")

TENERIFE = place("tenerife", 28.3, -16.5, altitude_m=2390.0)
CALAR_ALTO = place("calar-alto", 37.22, -2.55, altitude_m=2168.0)


def _elevation(fleet: Fleet, station: object, t_s: object) -> object:
    state = fleet.earth_fixed(0, t_s)
    return Site.of(station).elevation_azimuth_range(state.position_m)[0]  # type: ignore[arg-type]


def test_a_pass_rises_culminates_and_sets_at_the_minimum_elevation() -> None:
    fleet = fleet_of([QUBE_2], duration_s=3 * DAY_S)
    passes = passes_of(fleet, [TENERIFE])
    assert len(passes) == 4
    rise, top, end = (seconds(passes, f"{name}_utc") for name in ("rise", "culmination", "set"))
    assert _elevation(fleet, TENERIFE, rise) == within(1e-7 * DEGREE, of=20 * DEGREE)
    assert _elevation(fleet, TENERIFE, end) == within(1e-7 * DEGREE, of=20 * DEGREE)
    assert _elevation(fleet, TENERIFE, top) == within(1e-12, of=passes.max_elevation_rad)
    assert (passes.max_elevation_rad > 20 * DEGREE).all()
    assert ((rise < top) & (top < end) & (end - rise < 600.0)).all()
    for shift in (-1.0, 1.0):
        beside = _elevation(fleet, TENERIFE, top + shift)
        assert (beside < passes.max_elevation_rad).all()


def test_azimuths_and_range_belong_to_the_instants_of_the_pass() -> None:
    fleet = fleet_of([QUBE_2], duration_s=3 * DAY_S)
    passes = passes_of(fleet, [TENERIFE])
    for name in ("rise", "culmination", "set"):
        state = fleet.earth_fixed(0, seconds(passes, f"{name}_utc"))
        _, azimuth, _ = Site.of(TENERIFE).elevation_azimuth_range(state.position_m)
        assert getattr(passes, f"{name}_azimuth_rad") == within(1e-9, of=azimuth)
    for row in range(len(passes)):
        t_s = np.linspace(seconds(passes, "rise_utc")[row], seconds(passes, "set_utc")[row], 4001)
        position = fleet.earth_fixed(0, t_s).position_m
        _, _, distance = Site.of(TENERIFE).elevation_azimuth_range(position)
        assert passes.min_range_m[row] == within(1 * METRE, of=distance.min())


def test_a_geostationary_satellite_is_one_pass_without_rise_and_set() -> None:
    passes = passes_of(fleet_of([EUTELSAT_QUANTUM], duration_s=3 * DAY_S), [CALAR_ALTO])
    assert len(passes) == 1
    assert np.isnat(passes.rise_utc[0])
    assert np.isnat(passes.set_utc[0])
    assert np.isnan(passes.rise_azimuth_rad[0])
    assert np.isnan(passes.set_azimuth_rad[0])
    assert passes.start_utc[0] == START
    assert passes.end_utc[0] == instant_after(START, 3 * DAY_S)
    assert passes.culmination_utc[0] == passes.highest_utc[0]
    assert passes.min_range_m[0] == within(60 * KILOMETRE, of=39_327 * KILOMETRE)


def test_a_geostationary_satellite_beyond_the_horizon_has_no_pass() -> None:
    assert len(passes_of(fleet_of([EUTELSAT_QUANTUM]), [place("x", 0.0, 175.0)])) == 0


def test_the_highest_of_several_culminations_is_the_culmination() -> None:
    fleet = fleet_of([ALPHASAT], duration_s=3 * DAY_S)
    passes = passes_of(fleet, [CALAR_ALTO])
    elevation = _elevation(fleet, CALAR_ALTO, np.arange(0.0, 3 * DAY_S, 30.0))
    inner = np.asarray(elevation)[1:-1]
    tops = (inner > np.asarray(elevation)[:-2]) & (inner > np.asarray(elevation)[2:])
    assert tops.sum() == 3
    assert len(passes) == 1
    assert passes.max_elevation_rad[0] == within(3e-8, of=inner.max())


@pytest.mark.parametrize("depth_rad", [1e-5, 1e-7, 1e-9, 1e-11])
def test_a_dip_under_the_minimum_makes_two_passes_of_one(depth_rad: float) -> None:
    fleet = fleet_of([ARKTIKA_M1], duration_s=2 * DAY_S)
    station = place("sardinia", 40.0, 10.0)
    t_s = np.arange(0.0, 2 * DAY_S, 20.0)
    elevation = np.asarray(_elevation(fleet, station, t_s))
    inner = elevation[1:-1]
    lows = (inner < elevation[:-2]) & (inner < elevation[2:]) & (inner > 0.0)
    fine_s = t_s[1:-1][lows][0] + np.arange(-20.0, 20.0, 0.01)
    near = np.asarray(_elevation(fleet, station, fine_s))
    dip, lowest_s = near.min(), fine_s[near.argmin()]
    under, over = (
        passes_of(fleet, [replace(station, min_elevation_rad=float(dip + shift))])
        for shift in (-depth_rad, depth_rad)
    )
    assert len(over) == len(under) + 1
    sets, rises = seconds(over, "set_utc")[:-1], seconds(over, "rise_utc")[1:]
    gap = np.flatnonzero((sets - 0.1 < lowest_s) & (lowest_s < rises + 0.1))
    assert len(gap) == 1
    bend = np.polynomial.Polynomial.fit(fine_s - lowest_s, near - dip, 2).convert().coef[2]
    assert (rises - sets)[gap[0]] == within(
        0.02 + 0.02 * np.sqrt(depth_rad / bend), of=2.0 * np.sqrt(depth_rad / bend)
    )


def test_a_pass_cut_by_the_start_has_no_rise() -> None:
    whole = passes_of(fleet_of([QUBE_2]), [TENERIFE])
    rise, top, end = (seconds(whole, f"{name}_utc")[0] for name in ("rise", "culmination", "set"))
    for begin_s, climbs in ((0.5 * (rise + top), True), (0.5 * (top + end), False)):
        begin = instant_after(START, float(begin_s))
        cut = passes_of(fleet_of([QUBE_2], begin), [TENERIFE])
        assert np.isnat(cut.rise_utc[0])
        assert np.isnan(cut.rise_azimuth_rad[0])
        assert cut.start_utc[0] == begin
        assert abs(cut.set_utc[0] - whole.set_utc[0]) <= np.timedelta64(2, "us")
        if climbs:
            assert abs(cut.culmination_utc[0] - whole.culmination_utc[0]) < np.timedelta64(1, "ms")
            assert cut.max_elevation_rad[0] == within(1e-9, of=whole.max_elevation_rad[0])
        else:
            assert np.isnat(cut.culmination_utc[0])
            assert cut.highest_utc[0] == begin
            assert cut.max_elevation_rad[0] < whole.max_elevation_rad[0]


def test_a_pass_cut_by_the_end_has_no_set() -> None:
    whole = passes_of(fleet_of([QUBE_2]), [TENERIFE])
    rise, top = (seconds(whole, f"{name}_utc")[0] for name in ("rise", "culmination"))
    duration_s = round(0.5 * (rise + top), 6)
    cut = passes_of(fleet_of([QUBE_2], duration_s=duration_s), [TENERIFE])
    assert len(cut) == 1
    assert cut.rise_utc[0] == whole.rise_utc[0]
    assert np.isnat(cut.culmination_utc[0])
    assert np.isnat(cut.set_utc[0])
    assert cut.end_utc[0] == cut.highest_utc[0] == instant_after(START, duration_s)


def test_the_propagation_gate_cuts_like_a_border() -> None:
    fleet = fleet_of([QUBE_2, SPEQTRE])
    whole = passes_of(fleet, [TENERIFE])
    mine = whole.take(whole.satellite == 0)
    middle = float(seconds(mine, "culmination_utc")[0]) - 10.0
    cut = passes_of(fleet, [TENERIFE], usable=[(0.0, middle), (500.0, 500.0)])
    assert set(cut.satellite) == {0}
    assert len(cut) == 1
    assert np.isnat(cut.set_utc[0])
    assert cut.end_utc[0] == instant_after(START, middle)


def test_a_satellite_that_decays_in_the_window_keeps_its_passes_until_then() -> None:
    fleet = fleet_of([DECAYING], duration_s=40 * DAY_S)
    passes = passes_of(fleet, [TENERIFE, CALAR_ALTO])
    times = np.arange(0.0, 40 * DAY_S, 600.0)
    failed = times[fleet.teme(0, times)[2] != 0][0]
    assert len(passes) > 10
    assert seconds(passes, "end_utc").max() <= failed


def test_minima_at_and_under_the_horizon_give_longer_passes() -> None:
    minima = (-5.0, 0.0, 5.0, 40.0)
    places = [place(f"m{row}", 50.0, 10.0, minimum_deg=deg) for row, deg in enumerate(minima)]
    passes = passes_of(fleet_of([QUBE_2]), places)
    lengths = seconds(passes, "end_utc") - seconds(passes, "start_utc")
    totals = [lengths[passes.station == row].sum() for row in range(4)]
    assert totals == sorted(totals, reverse=True)
    counts = [int((passes.station == row).sum()) for row in range(4)]
    assert counts == sorted(counts, reverse=True)
    ends = fleet_of([QUBE_2]).earth_fixed(0, seconds(passes, "set_utc")[passes.station == 0])
    elevation, _, _ = Site.of(places[0]).elevation_azimuth_range(ends.position_m)
    assert elevation == within(1e-7 * DEGREE, of=-5 * DEGREE)


def test_a_polar_station_sees_a_polar_orbit_every_turn() -> None:
    pole = place("pole", 90.0, 0.0, minimum_deg=10.0)
    passes = passes_of(fleet_of([QUBE_2]), [pole])
    assert len(passes) == 15
    gaps = np.diff(seconds(passes, "culmination_utc"))
    assert gaps == within(10 * SECOND, of=86_400 / 15.20187951)


def test_a_pass_through_the_zenith_is_found_at_ninety_degrees() -> None:
    fleet = fleet_of([QUBE_2])
    position = fleet.earth_fixed(0, [30_000.0]).position_m[:, 0]
    radius = np.linalg.norm(position)
    latitude = float(np.arcsin(position[2] / radius))
    for _ in range(20):
        site = Site.of(replace(TENERIFE, latitude_rad=latitude, altitude_m=0.0))
        height = radius - np.linalg.norm(site.position_m)
        flat = np.hypot(*position[:2])
        sine = np.sin(latitude)
        normal = 6_378_137.0 / np.sqrt(1.0 - 0.006694379990141 * sine**2)
        latitude = float(np.arctan2(position[2] + 0.006694379990141 * normal * sine, flat))
    under = replace(
        TENERIFE,
        latitude_rad=latitude,
        longitude_rad=float(np.arctan2(position[1], position[0])),
        altitude_m=0.0,
    )
    passes = passes_of(fleet, [under])
    row = int(np.argmin(np.abs(seconds(passes, "culmination_utc") - 30_000.0)))
    assert seconds(passes, "culmination_utc")[row] == within(1 * MILLISECOND, of=30_000.0)
    assert passes.max_elevation_rad[row] == within(1e-5 * DEGREE, of=90 * DEGREE)
    assert passes.min_range_m[row] == within(20 * KILOMETRE, of=height)


def test_a_pass_shorter_than_the_nodes_is_found_and_a_miss_is_not() -> None:
    fleet = fleet_of([QUBE_2], duration_s=2 * DAY_S)
    whole = passes_of(fleet, [replace(CALAR_ALTO, min_elevation_rad=0.0)])
    for above_rad, length_s in ((1e-6, 2.0), (1e-8, 0.2), (1e-10, 0.02)):
        tops = [
            replace(CALAR_ALTO, id=f"t{row}", min_elevation_rad=float(top) - above_rad)
            for row, top in enumerate(whole.max_elevation_rad)
        ]
        found = passes_of(fleet, tops)
        for row, moment in enumerate(whole.highest_utc):
            mine = found.take(found.station == row)
            near = np.abs(mine.highest_utc - moment) < np.timedelta64(1, "ms")
            assert near.sum() == 1
            lasts = seconds(mine, "end_utc")[near] - seconds(mine, "start_utc")[near]
            assert 0.0 < lasts[0] < length_s
        missed = [
            replace(top, min_elevation_rad=top.min_elevation_rad + 2e-10 + above_rad)
            for top in tops
        ]
        below = passes_of(fleet, missed)
        for row, moment in enumerate(whole.highest_utc):
            mine = below.take(below.station == row)
            assert not (np.abs(mine.highest_utc - moment) < np.timedelta64(60, "s")).any()


def test_rows_are_in_order_of_start_then_satellite_then_station() -> None:
    twin = element_set(*QUBE_2)
    stations = [replace(TENERIFE, id="b"), replace(TENERIFE, id="a"), CALAR_ALTO]
    fleet = fleet_of([QUBE_2, SPEQTRE, twin])
    passes = find_passes(fleet, ["z", "y", "x"], stations, START, DAY_S)
    names = np.array(passes.satellite_ids)[passes.satellite]
    places = np.array(passes.station_ids)[passes.station]
    keys = list(zip(passes.start_utc, names, places, strict=True))
    assert keys == sorted(keys)
    assert passes.satellite_ids == ("z", "y", "x")
    assert len(set(passes.pass_ids())) == len(passes)


def test_nothing_to_search_gives_an_empty_table() -> None:
    empty = passes_of(fleet_of([QUBE_2]), [])
    assert len(empty) == 0
    assert empty.satellite_ids == ("sat0",)
    assert empty.station_ids == ()
    assert len(passes_of(fleet_of([]), [TENERIFE])) == 0


def test_progress_is_told_about_fifty_times_and_ends_at_one() -> None:
    shares: list[float] = []
    fleet = fleet_of([QUBE_2] * 40, duration_s=2 * DAY_S)
    passes_of(fleet, scattered_places(20, [20.0]), progress=shares.append)
    assert 40 <= len(shares) <= 51
    assert shares == sorted(shares)
    assert shares[-1] == within(1e-9, of=1.0)


def test_progress_may_stop_the_search() -> None:
    def stop(_share: float) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        passes_of(fleet_of([QUBE_2]), [TENERIFE], progress=stop)


def test_ids_bounds_and_start_must_fit_the_fleet() -> None:
    fleet = fleet_of([QUBE_2])
    with pytest.raises(ValueError, match="2 ids for 1 satellites"):
        find_passes(fleet, ["a", "b"], [TENERIFE], START, DAY_S)
    with pytest.raises(ValueError, match="another window"):
        find_passes(fleet, ["a"], [TENERIFE], utc("2026-06-15T12:00:00Z"), DAY_S)
    with pytest.raises(ValueError, match="finite pairs"):
        find_passes(fleet, ["a"], [TENERIFE], START, DAY_S, usable=[(0.0, np.nan)])


def _columns(passes: PassTable) -> list[bytes]:
    return [getattr(passes, name).tobytes() for name in passes.column_names()]


def test_the_same_search_gives_the_same_bytes() -> None:
    stations = scattered_places(8, [10.0, 0.0, 30.0])
    runs = [passes_of(fleet_of([QUBE_2, ARKTIKA_M1, ALPHASAT]), stations) for _ in range(2)]
    assert _columns(runs[0]) == _columns(runs[1])


def test_a_window_through_a_leap_second_loses_no_time() -> None:
    start = utc("2016-12-31T20:00:00Z")
    elements = replace(element_set(*QUBE_2), epoch_utc=utc("2016-12-31T12:00:00Z"))
    station = place("pole", 90.0, 0.0, minimum_deg=10.0)
    through = passes_of(fleet_of([elements], start, 0.5 * DAY_S), [station])
    after = passes_of(fleet_of([elements], utc("2017-01-01T00:00:00Z"), DAY_S / 3), [station])
    late = through.rise_utc[through.rise_utc > utc("2017-01-01T00:00:01Z")]
    assert len(late) == 5
    difference = (late - after.rise_utc[-len(late) :]) / np.timedelta64(1, "us")
    assert difference * MICROSECOND == within(3 * MICROSECOND, of=1 * SECOND)
