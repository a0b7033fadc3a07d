"""What holds of passes whatever the satellites, stations and windows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from orbit_cases import (
    ALPHASAT,
    ARKTIKA_M1,
    DAY_S,
    ENGINES,
    EUTELSAT_QUANTUM,
    QUBE_2,
    SPEQTRE,
    START,
    element_set,
    fleet_of,
    passes_of,
    place,
)
from tolerances import DEGREE

from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit.engine import Engine
from euroqci_planner.orbit.pass_finder import find_passes
from euroqci_planner.timebase import instant_after

SETS = [element_set(*lines) for lines in (QUBE_2, SPEQTRE, ARKTIKA_M1, ALPHASAT, EUTELSAT_QUANTUM)]
FEW_US = np.timedelta64(3, "us")
few = settings(max_examples=25, deadline=None)

stations = st.builds(
    place,
    st.uuids().map(str),
    st.floats(-90.0, 90.0),
    st.floats(-180.0, 180.0),
    altitude_m=st.floats(-100.0, 5000.0),
    minimum_deg=st.floats(-5.0, 80.0),
)
station_lists = st.lists(stations, min_size=1, max_size=4)
engines = st.sampled_from(ENGINES)
chosen_sets = st.lists(st.sampled_from(range(len(SETS))), min_size=1, max_size=3, unique=True)


def _rows(passes: PassTable) -> dict[tuple[str, str, str], tuple[object, ...]]:
    """Every column by the names of the pair and the start."""
    names = [name for name in passes.column_names() if name not in ("satellite", "station")]
    return {
        (
            passes.satellite_ids[passes.satellite[row]],
            passes.station_ids[passes.station[row]],
            str(passes.start_utc[row]),
        ): tuple(getattr(passes, name)[row].tobytes() for name in names)
        for row in range(len(passes))
    }


@few
@given(engine=engines, sets=chosen_sets, places=station_lists, share=st.floats(0.05, 0.95))
def test_two_windows_stitched_are_one(
    engine: Engine, sets: list[int], places: list[Station], share: float
) -> None:
    elements = [SETS[row] for row in sets]
    split_s = round(share * DAY_S, 6)
    split = instant_after(START, split_s)
    whole = passes_of(fleet_of(elements), places, engine=engine)
    first = passes_of(fleet_of(elements, START, split_s), places, engine=engine)
    second = passes_of(fleet_of(elements, split, DAY_S - split_s), places, engine=engine)
    assert len(first) + len(second) == len(whole) + np.count_nonzero(
        (whole.start_utc < split) & (split < whole.end_utc)
    )
    for part, kept in (
        (first, whole.take(whole.start_utc < split)),
        (second, whole.take(whole.end_utc > split)),
    ):
        order = np.lexsort((kept.start_utc, kept.station, kept.satellite))
        mine = np.lexsort((part.start_utc, part.station, part.satellite))
        for name in ("rise_utc", "set_utc"):
            found, expected = getattr(part, name)[mine], getattr(kept, name)[order]
            both = ~np.isnat(found) & ~np.isnat(expected)
            assert (np.abs(found - expected)[both] <= FEW_US).all()
            cut = np.isnat(found) & ~np.isnat(expected)
            border = part.end_utc if name == "set_utc" else part.start_utc
            assert (np.abs(border[mine][cut] - split) <= FEW_US).all()
            assert not (~np.isnat(found) & np.isnat(expected)).any()
        assert (part.max_elevation_rad[mine] <= kept.max_elevation_rad[order] + 1e-9).all()


@few
@given(engine=engines, sets=chosen_sets, places=station_lists, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_satellites_and_stations_changes_nothing(
    engine: Engine, sets: list[int], places: list[Station], seed: int
) -> None:
    random = np.random.default_rng(seed)
    plain = find_passes(
        fleet_of([SETS[row] for row in sets]),
        [f"n{row}" for row in sets],
        places,
        START,
        DAY_S,
        engine=engine,
    )
    sets_then = [sets[row] for row in random.permutation(len(sets))]
    places_then = [places[row] for row in random.permutation(len(places))]
    shuffled = find_passes(
        fleet_of([SETS[row] for row in sets_then]),
        [f"n{row}" for row in sets_then],
        places_then,
        START,
        DAY_S,
        engine=engine,
    )
    assert list(_rows(plain).items()) == list(_rows(shuffled).items())


@few
@given(engine=engines, sets=chosen_sets, places=station_lists, more=stations)
def test_another_station_changes_no_pass_of_the_others(
    engine: Engine, sets: list[int], places: list[Station], more: Station
) -> None:
    fleet = fleet_of([SETS[row] for row in sets])
    alone = passes_of(fleet, places, engine=engine)
    together = passes_of(fleet, [more, *places], engine=engine)
    assert _rows(alone) == {key: row for key, row in _rows(together).items() if key[1] != more.id}


@few
@given(
    engine=engines,
    chosen=st.sampled_from(range(len(SETS))),
    station=stations,
    higher=st.floats(0.01, 30.0),
)
def test_passes_over_a_higher_minimum_lie_inside_those_over_a_lower(
    engine: Engine, chosen: int, station: Station, higher: float
) -> None:
    fleet = fleet_of([SETS[chosen]])
    raised = replace(station, min_elevation_rad=station.min_elevation_rad + higher * DEGREE)
    low, high = (passes_of(fleet, [item], engine=engine) for item in (station, raised))
    around = np.searchsorted(low.start_utc, high.start_utc, side="right") - 1
    assert (around >= 0).all()
    assert (low.start_utc[around] <= high.start_utc).all()
    assert (high.end_utc <= low.end_utc[around]).all()
    assert (high.max_elevation_rad <= low.max_elevation_rad[around] + 1e-12).all()
    best = np.unique(around[np.isin(high.highest_utc, low.highest_utc)])
    reached = np.flatnonzero(low.max_elevation_rad >= raised.min_elevation_rad + 1e-9)
    assert np.isin(reached, best).all()


@few
@given(engine=engines, sets=chosen_sets, places=station_lists)
def test_every_row_is_ordered_in_time_and_above_its_minimum(
    engine: Engine, sets: list[int], places: list[Station]
) -> None:
    passes = passes_of(fleet_of([SETS[row] for row in sets]), places, engine=engine)
    minimum = np.array([station.min_elevation_rad for station in places])[passes.station]
    assert (passes.start_utc <= passes.highest_utc).all()
    assert (passes.highest_utc <= passes.end_utc).all()
    assert (passes.start_utc < passes.end_utc).all()
    assert (passes.max_elevation_rad >= minimum - 1e-12).all()
    assert (passes.max_elevation_rad <= np.pi / 2).all()
    for name, bound in (("rise_utc", "start_utc"), ("set_utc", "end_utc")):
        known = ~np.isnat(getattr(passes, name))
        assert np.array_equal(getattr(passes, name)[known], getattr(passes, bound)[known])
    assert passes.min_range_m.min(initial=1e9) > 100e3
    assert np.diff(passes.start_utc.astype(np.int64)).min(initial=0) >= 0
    assert (
        (passes.culmination_azimuth_rad >= 0) & (passes.culmination_azimuth_rad < 2 * np.pi)
    ).all()
