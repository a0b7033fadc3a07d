"""The pass finder against brute force on python-sgp4 and Skyfield.

Element sets: data/tle and data/orbits (June 2026). The reference, tests/direct_passes.py, samples
every ten seconds and bisects what changes; a sample of instants is bisected once more on Skyfield's
own `altaz()`, precession and nutation included.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from direct_passes import altaz_crossings
from orbit_cases import (
    DAY_S,
    START,
    element_sets,
    fleet_of,
    passes_of,
    scattered_places,
    seconds,
)
from pass_comparison import Comparison, compare
from tolerances import DEGREE, METRE, MICROSECOND, MILLISECOND, within

from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit.ephemeris import Fleet

DATA = Path(__file__).parent / "data"
MINIMA_DEG = (20.0, 0.0, 10.0, -2.0, 45.0, 75.0)
GROUPS = {
    "qkd": ("tle/qkd-relevant-2026-06-14.tle", slice(None), 3.0),
    "mixed": ("tle/mixed-2026-06-12.tle", slice(None), 3.0),
    "constellation": ("tle/oneweb-400-2026-06-14.tle", slice(0, 400, 50), 2.0),
    "eccentric": ("orbits/high-and-eccentric-2026-06-14.tle", slice(None), 3.0),
}


@pytest.fixture(scope="module")
def compared() -> dict[str, Comparison]:
    return {
        name: compare(element_sets(DATA / file)[chosen], scattered_places(10, MINIMA_DEG), days)
        for name, (file, chosen, days) in GROUPS.items()
    }


@pytest.fixture(params=GROUPS)
def group(request: pytest.FixtureRequest, compared: dict[str, Comparison]) -> Comparison:
    return compared[request.param]


def test_more_than_five_thousand_passes_are_compared(compared: dict[str, Comparison]) -> None:
    assert sum(len(group.passes) for group in compared.values()) > 5_000


def test_no_pass_is_missed_and_none_is_doubled(group: Comparison) -> None:
    assert group.miscounted == []


def test_rise_and_set_are_those_of_direct_evaluation(group: Comparison) -> None:
    for found, expected in (
        (seconds(group.passes, "rise_utc"), group.direct_rise_s),
        (seconds(group.passes, "set_utc"), group.direct_set_s),
    ):
        known = ~np.isnan(expected)
        assert np.array_equal(np.isnan(found), ~known), "cut by the same borders"
        assert found[known] == within(5 * MICROSECOND, of=expected[known])


def test_the_shortest_and_longest_passes_are_among_them(compared: dict[str, Comparison]) -> None:
    lengths = np.concatenate(
        [
            seconds(group.passes, "end_utc") - seconds(group.passes, "start_utc")
            for group in compared.values()
        ]
    )
    assert lengths.min() < 10.0
    assert np.count_nonzero(lengths < 60.0) > 50
    assert lengths.max() == within(0.001, of=3 * DAY_S)


def test_culminations_and_highest_elevations_are_those_of_direct_evaluation(
    group: Comparison,
) -> None:
    highest = seconds(group.passes, "highest_utc")
    assert highest == within(50 * MILLISECOND, of=group.direct_highest_s)
    assert group.passes.max_elevation_rad == within(1e-7 * DEGREE, of=group.direct_highest_rad)
    inside = ~np.isnat(group.passes.culmination_utc)
    assert np.array_equal(group.passes.culmination_utc[inside], group.passes.highest_utc[inside])


def test_a_pass_has_a_culmination_unless_its_highest_point_is_the_border(
    group: Comparison,
) -> None:
    passes = group.passes
    at_start = np.isnat(passes.rise_utc) & (passes.highest_utc == passes.start_utc)
    at_end = np.isnat(passes.set_utc) & (passes.highest_utc == passes.end_utc)
    assert np.array_equal(np.isnat(passes.culmination_utc), at_start | at_end)


def test_smallest_ranges_are_those_of_direct_evaluation(group: Comparison) -> None:
    assert group.passes.min_range_m == within(1 * METRE, of=group.direct_nearest_m)


@pytest.mark.parametrize("station", [0, 1, 2, 3, 6, 8])
def test_a_sample_agrees_with_bisection_on_skyfields_altaz(
    compared: dict[str, Comparison], station: int
) -> None:
    for name, satellite in (("qkd", 9), ("mixed", 7), ("eccentric", station)):
        group = compared[name]
        mine = (group.passes.satellite == satellite) & (group.passes.station == station)
        passes = group.passes.take(mine).take(range(min(6, int(mine.sum()))))
        lines = group.fleet.element_sets[satellite].text[-2:]
        for column, rises in (("rise_utc", True), ("set_utc", False)):
            found = seconds(passes, column)
            found = found[~np.isnan(found)]
            assert len(found) or name != "qkd"
            exact = altaz_crossings(
                lines, group.fleet.orientation, group.stations[station], found, rises=rises
            )
            assert found == within(20 * MICROSECOND, of=exact)


def test_passes_that_graze_the_minimum_are_found_and_near_misses_are_not(
    compared: dict[str, Comparison],
) -> None:
    """Each pass again with its own highest elevation, plus or minus 1e-9 rad, as the minimum."""
    for group in compared.values():
        chosen = group.passes.take(~np.isnat(group.passes.culmination_utc)).take(range(0, 200, 5))
        for row in range(len(chosen)):
            elements = group.fleet.element_sets[chosen.satellite[row]]
            begin = chosen.start_utc[row] - np.timedelta64(1, "h")
            length = float((chosen.end_utc[row] - begin) / np.timedelta64(1, "s")) + 3600.0
            fleet = fleet_of([elements], begin, length)
            _assert_grazed(fleet, group.stations[chosen.station[row]], chosen.take([row]))


def _assert_grazed(fleet: Fleet, station: Station, whole: PassTable) -> None:
    top = float(whole.max_elevation_rad[0])
    places = [
        replace(station, id=name, min_elevation_rad=top + shift)
        for name, shift in (("under", -1e-9), ("over", 1e-9))
    ]
    passes = passes_of(fleet, places)
    near = np.abs(passes.highest_utc - whole.highest_utc[0]) < np.timedelta64(100, "ms")
    assert list(passes.station[near]) == [0]


def test_windows_that_begin_inside_passes_cut_them_and_lose_none(
    compared: dict[str, Comparison],
) -> None:
    group = compared["mixed"]
    inside = group.passes.highest_utc[::331]
    for begin in np.sort(inside):
        if begin <= START:
            continue
        fleet = fleet_of(group.fleet.element_sets, begin, 2 * 3600.0)
        cut = passes_of(fleet, group.stations)
        end = fleet.start_utc + np.timedelta64(2, "h")
        kept = group.passes.take((group.passes.end_utc > begin) & (group.passes.start_utc < end))
        for table in (cut, kept):
            assert len(table) > 0
        assert _identities(cut, fleet.start_utc, end) == _identities(kept, fleet.start_utc, end)


def _identities(
    passes: PassTable, begin: np.datetime64, end: np.datetime64
) -> list[tuple[int, int, int, int]]:
    """Satellite, station, and borders cut to the window in units of 10 µs."""
    starts = np.maximum(passes.start_utc, begin).astype(np.int64)
    ends = np.minimum(passes.end_utc, end).astype(np.int64)
    rounded = [(starts + 5) // 10, (ends + 5) // 10]
    return sorted(
        zip(
            passes.satellite.tolist(),
            passes.station.tolist(),
            *(column.tolist() for column in rounded),
            strict=True,
        )
    )
