"""Where satellites fly: orbit files, inline element sets, their age and their faults."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from scenario_editing import DATA, changed, faults_of, read, unmarked

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.scenario_file import load_scenario
from euroqci_planner.mission.orbits import ElementSet, RecordStatus
from euroqci_planner.mission.scenario import Scenario

ORBITS = "qkd-relevant-2026-06-14.tle"
ONE = "1 69023U 26100AV  26164.67935215  .00008548  00000+0  39761-3 0  9999"
TWO = "2 69023  97.4085  62.5609 0003920  38.9400 321.2117 15.20187951  6272"
BY_NUMBER = (
    "norad_id = 69023                           "
    '# looked up in the orbit files; or tle = ["line 1", "line 2"]; or [satellite.orbit]'
)


def started(moment: str, *edits: tuple[str, str]) -> str:
    """The example with another start, without what is bound to its own week."""
    text = changed(("start_utc = 2026-06-14T12:00:00Z", f"start_utc = {moment}"), *edits)
    pin = text.index("[[schedule.pin]]")
    return text[:pin] + text[text.index("[[schedule.ban]]") :]


def test_an_inline_element_set_is_read_from_its_lines() -> None:
    scenario = read(changed((BY_NUMBER, f'tle = [\n  "{ONE}",\n  "{TWO}",\n]')))
    orbit = scenario.satellites[0].orbit
    assert isinstance(orbit, ElementSet)
    assert (orbit.norad_id, orbit.name, orbit.line) == (69_023, "QUBE-II", 25)
    assert orbit.source == "example.scenario.toml"


@pytest.mark.parametrize("layout", ['tle = ["{}", "{}"]', 'tle = [\n  "{}",\n  "{}",\n]'])
def test_a_fault_of_an_inline_element_set_points_into_its_quotes(layout: str) -> None:
    damaged = TWO.replace("97.4085", "97.¦x085")
    text, line, column = unmarked(changed((BY_NUMBER, layout.format(ONE, damaged))))
    (fault,) = (item for item in faults_of(text) if "inclination" in item.where)
    assert (fault.line, fault.file) == (line, "example.scenario.toml")
    assert column - len("97.") == fault.column + TWO[8:].index("97")
    assert fault.where.startswith("satellite[0].tle")


def test_an_unknown_catalogue_number_gets_the_nearest() -> None:
    text, line, column = unmarked(changed(("norad_id = 69023", "norad_id = ¦69032")))
    (fault,) = faults_of(text)
    assert (fault.line, fault.column, fault.where) == (line, column, "satellite[0].norad_id")
    assert "69023 (QUBE-II)" in fault.mend


def test_an_ageing_element_set_is_warned_of_and_reported() -> None:
    scenario = read(started("2026-06-18T12:00:00Z"))
    told = [warning for warning in scenario.warnings if warning.startswith("satellite qube-2")]
    assert len(told) == 1
    assert "4.82 days before the start" in told[0]
    report = scenario.orbit_files[0].records[-1]
    assert (report.satellite_id, report.rule) == ("qube-2", "ageing")
    assert report.status is RecordStatus.WARNED


def test_a_stale_element_set_does_what_its_file_says() -> None:
    start = "2026-07-14T12:00:00Z"
    assert any("stale" in record.rule for record in _reports(read(started(start))))
    refused = started(start, ('on_stale = "warn"', 'on_stale = "refuse"'))
    (fault,) = faults_of(refused)
    assert fault.where == "satellite[0].norad_id"
    assert fault.line == refused[: refused.index("norad_id =")].count("\n") + 1
    assert "30.82 days before the start" in fault.problem
    accepted = read(started(start, ('on_stale = "warn"', 'on_stale = "accept"')))
    assert not [text for text in accepted.warnings if "qube-2" in text]
    assert _reports(accepted)[-1].status is RecordStatus.ACCEPTED


def _reports(scenario: Scenario) -> tuple:
    return scenario.orbit_files[0].records


def test_refusing_is_the_default_for_stale_element_sets() -> None:
    faults = faults_of(started("2026-07-14T12:00:00Z", ("on_stale", "#")))
    assert "max_age_days = 14" in faults[0].problem


def test_a_stale_inline_element_set_is_refused() -> None:
    text = started("2026-07-14T12:00:00Z", (BY_NUMBER, f'tle = ["{ONE}", "{TWO}"]'))
    (fault,) = faults_of(text)
    assert fault.where == "satellite[0].tle"
    assert "put the lines into an [[orbit_file]]" in fault.mend


def test_an_ageing_inline_element_set_is_reported_under_the_scenario() -> None:
    text = started("2026-06-18T12:00:00Z", (BY_NUMBER, f'tle = ["{ONE}", "{TWO}"]'))
    scenario = read(text)
    assert scenario.orbit_files[-1].path == "example.scenario.toml"
    assert scenario.orbit_files[-1].records[0].rule == "ageing"


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/etc/passwd", "absolute path"),
        ("../secret.tle", ".. leads out"),
        ("orbits/../../x.tle", ".. leads out"),
        ("C:/orbits/x.tle", "absolute path"),
        ("~/x.tle", "absolute path"),
        ("orbits\\\\x.tle", "written with /"),
        ("con", "names a device"),
        ("x/NUL.tle", "names a device"),
        ("lpt1.txt", "names a device"),
        ("a\\u0000b", "not a file name"),
        ("a\\nb", "not a file name"),
        ("   ", "not a file name"),
        ("missing.tle", "no such file"),
        (".", "is a folder"),
        ("README.md", ""),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused_at_its_place(path: str, problem: str) -> None:
    text, line, column = unmarked(changed((f'path = "{ORBITS}"', f'path = ¦"{path}"')))
    (fault,) = faults_of(text)
    assert (fault.line, fault.column, fault.where) == (line, column, "orbit_file[0].path")
    assert problem in fault.problem


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plan"
    folder.mkdir()
    (folder / "x.scenario.toml").write_text(changed(), encoding="utf-8")
    return folder


def test_a_link_out_of_the_folder_is_refused_and_one_inside_is_followed(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    shutil.copy(DATA / ORBITS, tmp_path / ORBITS)
    (folder / ORBITS).symlink_to(tmp_path / ORBITS)
    with pytest.raises(InvalidInput, match="a link leads out"):
        load_scenario(folder / "x.scenario.toml")
    (folder / ORBITS).unlink()
    shutil.copy(DATA / ORBITS, folder / "real.tle")
    (folder / ORBITS).symlink_to(folder / "real.tle")
    assert len(load_scenario(folder / "x.scenario.toml").satellites) == 2


def test_links_in_a_circle_are_refused(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    (folder / ORBITS).symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / ORBITS)
    with pytest.raises(InvalidInput, match=r"orbit_file\[0\]\.path"):
        load_scenario(folder / "x.scenario.toml")


def test_a_scenario_behind_a_link_finds_the_files_beside_the_link(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    shutil.copy(DATA / ORBITS, folder / ORBITS)
    link = folder / "link.scenario.toml"
    link.symlink_to(folder / "x.scenario.toml")
    assert load_scenario(link).inputs[0].path == "link.scenario.toml"


def test_a_damaged_record_leaves_a_warning_and_the_rest_loads(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    lines = (DATA / ORBITS).read_text(encoding="utf-8")
    (folder / ORBITS).write_text(lines.replace("1 25544U", "1 25545U", 1), encoding="utf-8")
    scenario = load_scenario(folder / "x.scenario.toml")
    assert f"{ORBITS}: 1 of 11 records were refused" in scenario.warnings


def test_a_satellite_whose_record_was_refused_says_so(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    lines = (DATA / ORBITS).read_text(encoding="utf-8")
    (folder / ORBITS).write_text(lines.replace("97.4085", "97.4086", 1), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_scenario(folder / "x.scenario.toml")
    (fault,) = caught.value.faults
    assert fault.where == "satellite[0].norad_id"
    assert "checksum" in fault.problem
