"""Passes in parts: the same rows, bits and order as in one piece."""

from __future__ import annotations

import numpy as np
import pytest
from orbit_cases import (
    ALPHASAT,
    ARKTIKA_M1,
    DAY_S,
    DECAYING,
    ENGINES,
    EUTELSAT_QUANTUM,
    QUBE_2,
    SPEQTRE,
    START,
    element_sets,
    fleet_of,
    passes_of,
    place,
    scattered_places,
    seconds,
)
from tolerances import MICROSECOND, within

from euroqci_planner.errors import Cancelled, UsageError
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit import engine as engines
from euroqci_planner.orbit.engine import COMPILED_FROM_PAIR_DAYS, Engine
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.pass_stream import stream_passes

EVERYTHING = [QUBE_2, SPEQTRE, ALPHASAT, ARKTIKA_M1, EUTELSAT_QUANTUM, DECAYING]
HOUR_S = 3_600.0


def _parts(fleet: Fleet, places: list, **options: object) -> list[PassTable]:
    names = [f"sat{row}" for row in range(len(fleet))]
    duration_s = fleet.orientation.duration_s
    return list(stream_passes(fleet, names, places, fleet.start_utc, duration_s, **options))


def _assert_same_bits(one: PassTable, other: PassTable) -> None:
    assert one.satellite_ids == other.satellite_ids
    for name in one.column_names():
        assert getattr(one, name).tobytes() == getattr(other, name).tobytes(), name


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("chunk_s", [HOUR_S / 7.0, 3.0 * HOUR_S, 1.0 * DAY_S + 0.123456])
def test_parts_of_any_length_join_to_the_whole_bit_for_bit(engine: Engine, chunk_s: float) -> None:
    fleet = fleet_of(EVERYTHING, duration_s=3.0 * DAY_S)
    places = scattered_places(6, (20.0, 0.0, 10.0, -2.0, 45.0))
    whole = passes_of(fleet, places, engine=engine)
    parts = _parts(fleet, places, engine=engine, chunk_s=chunk_s)
    assert len(parts) == int(np.ceil(3.0 * DAY_S / chunk_s))
    assert len(whole) > 200
    _assert_same_bits(PassTable.joined(parts), whole)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_pass_over_a_border_is_one_pass(engine: Engine) -> None:
    fleet, tenerife = fleet_of([QUBE_2]), place("tenerife", 28.3, -16.5)
    whole = passes_of(fleet, [tenerife], engine=engine)
    middle_s = float(seconds(whole, "highest_utc")[0])
    parts = _parts(fleet, [tenerife], engine=engine, chunk_s=middle_s)
    rises = [seconds(part, "rise_utc") for part in parts]
    assert np.concatenate(rises) == within(0.0, of=seconds(whole, "rise_utc"))
    assert not any(np.isnat(part.set_utc).any() for part in parts)


@pytest.mark.parametrize("engine", ENGINES)
def test_usable_bounds_cut_parts_as_they_cut_the_whole(engine: Engine) -> None:
    fleet = fleet_of([QUBE_2, SPEQTRE, QUBE_2], duration_s=2.0 * DAY_S)
    places = scattered_places(5, (5.0, 15.0))
    bounds = [(0.3 * DAY_S, 1.7 * DAY_S), (0.0, 2.0 * DAY_S), (0.9 * DAY_S, 0.9 * DAY_S)]
    whole = passes_of(fleet, places, engine=engine, usable=bounds)
    parts = _parts(fleet, places, engine=engine, usable=bounds, chunk_s=5.0 * HOUR_S)
    _assert_same_bits(PassTable.joined(parts), whole)
    assert set(whole.satellite) == {0, 1}


def test_parts_come_in_time_and_a_satellite_that_never_sets_keeps_none_back() -> None:
    fleet = fleet_of([EUTELSAT_QUANTUM, QUBE_2], duration_s=4.0 * DAY_S)
    parts = _parts(fleet, scattered_places(8, (10.0,)), chunk_s=DAY_S, engine=Engine.NUMPY)
    for row, part in enumerate(parts):
        assert len(part) > 5
        assert seconds(part, "start_utc").max() < (row + 1) * DAY_S


def test_one_thread_and_two_give_the_same_bits() -> None:
    pytest.importorskip("numba")
    fleet = fleet_of(EVERYTHING * 2, duration_s=2.0 * DAY_S)
    places = scattered_places(6, (20.0, 0.0, -2.0))
    one, two, three = (
        PassTable.joined(_parts(fleet, places, engine=Engine.COMPILED, threads=threads))
        for threads in (1, 2, 3)
    )
    _assert_same_bits(one, two)
    _assert_same_bits(one, three)


def test_both_engines_find_the_same_passes_within_a_microsecond(reference_data) -> None:
    pytest.importorskip("numba")
    sets = element_sets(reference_data / "tle" / "oneweb-400-2026-06-14.tle")[::40]
    fleet = fleet_of([*sets, *EVERYTHING], duration_s=3.0 * DAY_S)
    places = scattered_places(8, (20.0, 0.0, 10.0, -2.0, 45.0, 75.0))
    one, other = (passes_of(fleet, places, engine=item) for item in (Engine.NUMPY, Engine.COMPILED))
    assert len(one) > 2_000
    assert np.array_equal(one.satellite, other.satellite)
    assert np.array_equal(one.station, other.station)
    for name in ("start_utc", "end_utc", "rise_utc", "set_utc", "highest_utc", "culmination_utc"):
        first, second = seconds(one, name), seconds(other, name)
        known = ~np.isnan(first)
        assert np.array_equal(known, ~np.isnan(second)), name
        assert second[known] == within(1.5 * MICROSECOND, of=first[known]), name
    assert other.max_elevation_rad == within(1e-9, of=one.max_elevation_rad)
    assert other.min_range_m == within(1e-4, of=one.min_range_m)
    known = ~np.isnan(one.rise_azimuth_rad)
    turned = np.abs(other.rise_azimuth_rad - one.rise_azimuth_rad)[known]
    assert np.minimum(turned, 2.0 * np.pi - turned) == within(1e-7, of=0.0)


def test_progress_ends_at_one_and_may_stop_the_stream() -> None:
    fleet, places = fleet_of([QUBE_2, ALPHASAT], duration_s=DAY_S), [place("a", 50.0, 5.0)]
    for engine in ENGINES:
        shares: list[float] = []
        _parts(fleet, places, engine=engine, chunk_s=3.0 * HOUR_S, progress=shares.append)
        assert shares == sorted(shares)
        assert shares[-1] == 1.0

        def stop(_share: float) -> None:
            raise Cancelled("enough")

        with pytest.raises(Cancelled):
            _parts(fleet, places, engine=engine, chunk_s=3.0 * HOUR_S, progress=stop)


def test_parts_and_threads_must_make_sense() -> None:
    fleet = fleet_of([QUBE_2])
    for options in ({"chunk_s": 0.0}, {"chunk_s": float("nan")}, {"threads": 0}):
        with pytest.raises(ValueError, match="parts need"):
            _parts(fleet, [], **options)


def test_the_engine_follows_the_size_of_the_search_alone(monkeypatch) -> None:
    days_s = COMPILED_FROM_PAIR_DAYS / 100.0 * DAY_S
    assert engines.is_compiled(Engine.AUTO, 10, 10, days_s) == (Engine.COMPILED in ENGINES)
    assert not engines.is_compiled(Engine.AUTO, 10, 10, 0.99 * days_s)
    assert not engines.is_compiled(Engine.NUMPY, 10, 10, days_s)
    monkeypatch.setattr(engines.compilation, "is_available", lambda: False)
    assert not engines.is_compiled(Engine.AUTO, 10, 10, days_s)
    with pytest.raises(UsageError, match=r"euroqci-planner\[fast\]"):
        engines.is_compiled(Engine.COMPILED, 1, 1, 1.0)


def test_an_empty_search_gives_empty_parts() -> None:
    for engine in ENGINES:
        parts = _parts(fleet_of([QUBE_2]), [], engine=engine, chunk_s=HOUR_S)
        assert len(parts) == 24
        assert sum(map(len, parts)) == 0
        parts = _parts(fleet_of([]), [place("a", 50.0, 5.0)], engine=engine)
        assert [len(part) for part in parts] == [0]
    assert fleet_of([]).start_utc == START
