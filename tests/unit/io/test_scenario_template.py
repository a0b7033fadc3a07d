"""`new` and the sample: scenarios that plan as they stand."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest

from euroqci_planner.errors import OutputError
from euroqci_planner.io.scenario_file import load_scenario
from euroqci_planner.io.scenario_template import new_scenario_text, write_new_scenario
from euroqci_planner.mission.assets import Protocol
from euroqci_planner.mission.orbits import ElementSet, SunSynchronousOrbit
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.resources import resource

SAMPLE = ("samples", "first-plan")


@pytest.fixture(scope="module")
def sample() -> Scenario:
    return load_scenario(resource(*SAMPLE, "first-plan.scenario.toml"))


def test_the_sample_loads_without_a_warning(sample: Scenario) -> None:
    assert sample.warnings == ()
    assert (len(sample.satellites), len(sample.stations)) == (5, 10)
    assert sample.duration_s == 7 * 86_400


def test_the_sample_flies_three_real_and_two_planned_satellites(sample: Scenario) -> None:
    numbers = [s.orbit.norad_id for s in sample.satellites if isinstance(s.orbit, ElementSet)]
    assert numbers == [69_023, 66_769, 47_448]
    planned = [s for s in sample.satellites if isinstance(s.orbit, SunSynchronousOrbit)]
    assert [s.id for s in planned] == ["eagle-1", "midnight"]
    assert all("planned" in s.name for s in planned)


def test_what_is_assumed_in_the_sample_says_so(sample: Scenario) -> None:
    assert all(s.payload.assumed and s.payload.provenance for s in sample.satellites)
    assert all(station.assumed and station.provenance for station in sample.stations)


def test_the_sample_keeps_every_station_in_the_dark(sample: Scenario) -> None:
    limits = np.degrees([station.max_sun_elevation_rad for station in sample.stations])
    assert np.allclose(limits, -12.0)
    assert {s.payload.source.protocol for s in sample.satellites} == {Protocol.BB84_TWO_DECOY}


def test_a_new_scenario_loads_without_an_edit(tmp_path: Path) -> None:
    path = tmp_path / "mine" / "tonight.scenario.toml"
    written = write_new_scenario(path)
    assert [item.name for item in written] == [path.name, "qkd-relevant-2026-06-14.tle"]
    assert load_scenario(path).name == "Seven June nights"
    assert "plan tonight.scenario.toml" in path.read_text(encoding="utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_scenario_that_exists_is_not_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "x.scenario.toml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="the file exists"):
        write_new_scenario(path)
    assert path.read_text(encoding="utf-8") == "mine"
    assert [item.name for item in tmp_path.iterdir()] == [path.name]
    write_new_scenario(path, overwrite=True)
    assert load_scenario(path).name == "Seven June nights"


def test_a_second_scenario_shares_the_orbit_file(tmp_path: Path) -> None:
    write_new_scenario(tmp_path / "a.scenario.toml")
    write_new_scenario(tmp_path / "b.scenario.toml")
    (tmp_path / "qkd-relevant-2026-06-14.tle").write_text("other", encoding="utf-8")
    with pytest.raises(OutputError, match=r"qkd-relevant-2026-06-14\.tle"):
        write_new_scenario(tmp_path / "c.scenario.toml")
    assert not (tmp_path / "c.scenario.toml").exists()


def test_the_orbit_file_cannot_be_the_scenario(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="a file name of its own"):
        write_new_scenario(tmp_path / "qkd-relevant-2026-06-14.tle")


def test_the_template_explains_itself() -> None:
    text = new_scenario_text("x.scenario.toml")
    comments = sum("#" in line for line in text.split("\n"))
    assert comments > 60
    assert "first-plan" not in text
