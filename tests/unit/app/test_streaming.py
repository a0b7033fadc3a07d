"""Passes that go by in parts: the bytes of the whole, in flat memory, or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from euroqci_planner.app import planner, streaming
from euroqci_planner.app.progress import CancelToken, Event, Progress, StageAdvanced, WorkFinished
from euroqci_planner.app.streaming import Pace, PassStream, passes_summary, write_passes
from euroqci_planner.errors import Cancelled, InvalidInput
from euroqci_planner.mission.assets import SunRule
from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.mission.plan_totals import limits, plan_totals, satellite_totals
from euroqci_planner.orbit.engine import Engine
from euroqci_planner.resources import resource

DAY_S = 86_400.0
SAMPLE = resource("samples", "first-plan", "first-plan.scenario.toml")
CONSTELLATION = resource("samples", "oneweb-400", "oneweb-400.scenario.toml")


@pytest.fixture(scope="module")
def sample():
    return replace(planner.load_scenario(SAMPLE), duration_s=3.0 * DAY_S)


@pytest.fixture(scope="module")
def whole(sample):
    return planner.plan_files(planner.find_passes(sample))


def _files(scenario, folder: Path, part_days: float | None) -> dict[str, bytes]:
    _, paths = write_passes(scenario, folder, pace=Pace(part_days=part_days))
    return {path.name: path.read_bytes() for path in paths}


@pytest.mark.parametrize("part_days", [None, 1.0, 0.05])
def test_the_files_of_parts_are_the_files_of_the_whole(sample, whole, tmp_path, part_days):
    assert _files(sample, tmp_path / "out", part_days) == whole


def test_both_engines_write_the_same_columns_to_the_last_digits():
    pytest.importorskip("numba")
    scenario = planner.load_scenario(CONSTELLATION)
    few = replace(
        scenario,
        satellites=scenario.satellites[::10],
        stations=scenario.stations[::3],
        duration_s=2.0 * DAY_S,
    )
    paces = (Pace(0.3, Engine.COMPILED, 1), Pace(1.0, Engine.NUMPY))
    tables = [list(PassStream(few, pace=pace).tables()) for pace in paces]
    compiled, plain = (
        {name: np.concatenate([part[name] for part in parts]) for name in parts[0].names}
        for parts in tables
    )
    assert len(plain["pass_id"]) > 1_500
    for name, values in plain.items():
        if values.dtype.kind == "U":
            np.testing.assert_array_equal(values, compiled[name], err_msg=name)
        elif values.dtype.kind == "M":
            known = ~np.isnat(values)
            np.testing.assert_array_equal(known, ~np.isnat(compiled[name]), err_msg=name)
            apart_us = (values - compiled[name])[known].astype(np.int64)
            assert np.abs(apart_us).max(initial=0) <= 1, name
        else:
            np.testing.assert_allclose(values, compiled[name], rtol=1e-9, atol=1e-5)


def test_a_station_limited_by_its_background_loses_the_same_in_parts(sample, tmp_path):
    stations = [replace(item, sun_rule=SunRule.BY_BACKGROUND) for item in sample.stations]
    light = replace(sample, stations=tuple(stations), duration_s=1.0 * DAY_S)
    expected = planner.plan_files(planner.find_passes(light))
    assert _files(light, tmp_path / "out", 0.25) == expected


def test_counts_say_what_the_passes_would_have_said(sample):
    found, stream = planner.find_passes(sample), PassStream(sample, pace=Pace(part_days=0.5))
    rows = sum(table.rows for table in stream.tables())
    counted = stream.plan()
    assert rows == len(found.passes) == len(counted.counts)
    assert repr(plan_totals(counted)) == repr(plan_totals(found))
    assert repr(satellite_totals(counted)) == repr(satellite_totals(found))
    assert repr(limits(counted)) == repr(limits(found))
    assert counted.outcomes == found.outcomes


def test_the_summary_alone_is_that_of_the_folder(sample, whole):
    _, summary = passes_summary(sample, pace=Pace(part_days=1.0))
    assert summary == whole["summary.json"]


def _split_pass(start: str, highest: str, end: str) -> PassTable:
    instants = {"start_utc": start, "end_utc": end, "highest_utc": highest}
    columns = {
        name: np.array([instants.get(name, "NaT")], "datetime64[us]")
        if name.endswith("utc")
        else np.zeros(1)
        for name in PassTable.column_names()
    }
    return PassTable(satellite_ids=("a",), station_ids=("b",), **columns)


def test_a_pass_in_the_minute_of_one_in_the_part_before_gets_the_next_number():
    first = _split_pass("2026-06-14T12:00:01", "2026-06-14T12:00:30", "2026-06-14T12:00:31")
    second = _split_pass("2026-06-14T12:00:32", "2026-06-14T12:00:40", "2026-06-14T12:00:50")
    long_ago = _split_pass("2026-06-14T11:00:01", "2026-06-14T11:59:59", "2026-06-14T12:00:00")
    kept = streaming._still_in_its_minute(long_ago, first)
    assert kept.highest_utc.tolist() == first.highest_utc.tolist()
    assert second.pass_ids(kept).tolist() == ["a/b/20260614T1200Z-2"]
    assert second.pass_ids(long_ago).tolist() == ["a/b/20260614T1200Z"]


def test_progress_rises_to_the_end(sample):
    events: list[Event] = []
    list(PassStream(sample, Progress(events.append), pace=Pace(part_days=0.5)).lines())
    shares = [event.fraction for event in events if isinstance(event, StageAdvanced)]
    assert shares == sorted(shares)
    assert len(shares) > 5
    assert shares[-1] == pytest.approx(1.0)
    assert isinstance(events[-1], WorkFinished)


@pytest.mark.parametrize("stop_at", [0.0, 0.5])
def test_a_cancelled_stream_leaves_the_folder_as_it_was(sample, whole, tmp_path, stop_at):
    token = CancelToken()

    def listen(event: Event) -> None:
        if isinstance(event, StageAdvanced) and event.fraction >= stop_at:
            token.cancel()

    for folder in (tmp_path / "new", tmp_path / "old"):
        if folder.name == "old":
            write_passes(sample, folder)
        with pytest.raises(Cancelled):
            write_passes(sample, folder, Progress(listen, token), pace=Pace(part_days=0.1))
    assert not (tmp_path / "new").exists()
    left = {path.name: path.read_bytes() for path in (tmp_path / "old").iterdir()}
    assert left == whole


def test_a_stream_is_gone_through_once_and_has_no_plan_before(sample):
    stream = PassStream(sample)
    with pytest.raises(ValueError, match="not gone by yet"):
        stream.plan()
    list(stream.tables())
    with pytest.raises(ValueError, match="have gone by"):
        list(stream.tables())


def test_a_satellite_whose_orbit_is_lost_is_refused_before_the_first_line(sample):
    late = replace(sample, start_utc=np.datetime64("2086-01-01T00:00:00", "us"))
    with pytest.raises(InvalidInput):
        next(PassStream(late).lines())
