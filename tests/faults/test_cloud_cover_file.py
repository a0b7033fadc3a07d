"""Forecast files of the sky: both forms, and everything that can be wrong with them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from network_scenarios import with_users
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.cloud_cover_file import load_cloud_cover
from euroqci_planner.io.scenario_file import load_scenario
from euroqci_planner.mission.scenario import WeatherModel
from euroqci_planner.resources import resource

STATIONS = ("calern", "matera")
ISSUED = np.datetime64("2026-06-14T06:00", "us")
SAMPLE = resource("samples", "first-plan", "first-plan.scenario.toml")
HEAD = "station,time_utc,cloud_cover_percent\n"
GOOD = HEAD + "calern,2026-06-14T12:00Z,25\ncalern,2026-06-14T13:00Z,75\n"


def read(folder: Path, text: str | bytes):
    path = folder / "sky.dat"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_cloud_cover(path, STATIONS, ISSUED)


def test_csv_and_json_say_the_same(tmp_path: Path) -> None:
    hourly = {"time": ["2026-06-14T12:00", "2026-06-14T13:00"], "cloud_cover": [25, 75]}
    plain = {"calern": {"timezone": "GMT", "hourly": hourly}}
    one, other = read(tmp_path, GOOD), read(tmp_path, json.dumps(plain))
    for table in (one, other):
        assert table.station_ids == ("calern",)
        assert table.cloud_cover == within(1e-12, of=[0.25, 0.75])
        assert table.time_utc[0] == np.datetime64("2026-06-14T12:00", "us")


def test_offsets_are_taken_to_utc_and_rows_into_order(tmp_path: Path) -> None:
    text = HEAD + "calern,2026-06-14T15:00+02:00,75\ncalern,2026-06-14T12:00Z,25\n"
    assert read(tmp_path, text).cloud_cover == within(1e-12, of=[0.25, 0.75])


LAYERS = "cloud_cover_low", "cloud_cover_mid", "cloud_cover_high"
LAYERED = HEAD.strip() + "," + ",".join(f"{name}_percent" for name in LAYERS) + "\n"


def test_layers_of_the_cloud_are_read_from_csv_and_json(tmp_path: Path) -> None:
    times = ["2026-06-14T12:00Z", "2026-06-14T13:00Z"]
    columns = dict(zip(LAYERS, ([10, 20], [30, 40], [50, 60]), strict=True))
    one = read(tmp_path, LAYERED + f"calern,{times[0]},60,10,30,50\ncalern,{times[1]},70,20,40,60")
    hourly = {"time": times, "cloud_cover": [60, 70], **columns}
    other = read(tmp_path, json.dumps({"calern": hourly}))
    for table in (one, other):
        assert table.low_cover == within(1e-12, of=[0.1, 0.2])
        assert table.mid_cover == within(1e-12, of=[0.3, 0.4])
        assert table.high_cover == within(1e-12, of=[0.5, 0.6])


def test_stations_with_and_without_layers_stand_in_one_file(tmp_path: Path) -> None:
    plain = {"time": ["2026-06-14T12:00Z"], "cloud_cover": [60]}
    layered = {**plain, **{name: [10] for name in LAYERS}}
    table = read(tmp_path, json.dumps({"calern": plain, "matera": layered}))
    assert np.isnan(table.high_cover[0])
    assert table.high_cover[1] == within(1e-12, of=0.1)


BAD = {
    "some layers": (
        HEAD.strip() + ",cloud_cover_high_percent\ncalern,2026-06-14T12:00Z,25,10\n",
        "some layers of the cloud only"),
    "an empty layer": (LAYERED + "calern,2026-06-14T12:00Z,25,10,,30\n", "no cloud cover"),
    "a layer of too much": (LAYERED + "calern,2026-06-14T12:00Z,25,10,20,130\n", "no cloud cover"),
    "some layers in JSON": (
        '{"calern": {"time": ["2026-06-14T12:00Z"], "cloud_cover": [5], "cloud_cover_low": [5]}}',
        "some layers of the cloud only"),
    "a short layer": (
        json.dumps({"calern": {"time": ["2026-06-14T12:00Z"], "cloud_cover": [5],
                               **dict(zip(LAYERS, ([], [5], [5]), strict=True))}}),
        "needs time and cloud_cover"),
    "nothing": ("", "column station is missing"),
    "no values": (HEAD, "holds no value"),
    "another header": ("a,b\n1,2\n", "column station is missing"),
    "unknown station": (HEAD + "calernn,2026-06-14T12:00Z,25\n", "no station of this id"),
    "naive time": (HEAD + "calern,2026-06-14T12:00,25\n", "no time with offset"),
    "no time": (HEAD + "calern,noon,25\n", "no time with offset"),
    "more than all": (HEAD + "calern,2026-06-14T12:00Z,120\n", "no cloud cover"),
    "less than nothing": (HEAD + "calern,2026-06-14T12:00Z,-1\n", "no cloud cover"),
    "not a number": (HEAD + "calern,2026-06-14T12:00Z,nan\n", "no cloud cover"),
    "a word": (HEAD + "calern,2026-06-14T12:00Z,cloudy\n", "no cloud cover"),
    "twice": (GOOD + "calern,2026-06-14T12:00Z,30\n", "has this time twice"),
    "a gap": (GOOD + "calern,2026-06-15T13:00Z,30\n", "gap of 24 h"),
    "no JSON": ("{", "is no JSON"),
    "a list": ("[1]", "is no object"),
    "half a series": ('{"calern": {"time": ["2026-06-14T12:00Z"]}}', "needs time and cloud_cover"),
    "unequal series": ('{"calern": {"time": [], "cloud_cover": [1]}}', "needs time and"),
    "true is no cover": (
        '{"calern": {"time": ["2026-06-14T12:00Z"], "cloud_cover": [true]}}', "no cloud cover"),
    "naive in JSON": (
        '{"calern": {"time": ["2026-06-14T12:00"], "cloud_cover": [5]}}', "no time with offset"),
    "a deep nest": ("[" * 100_000, "is no JSON"),
    "latin": ("station,é\n".encode("latin-1"), "no UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_tells_no_cover_is_refused_and_named(name: str, tmp_path: Path) -> None:
    text, words = BAD[name]
    with pytest.raises(InvalidInput, match=words):
        read(tmp_path, text)


def forecast_scenario(folder: Path, text: str) -> Path:
    path = with_users(SAMPLE, folder, rate=10.0)
    (folder / "sky.csv").write_text(text, encoding="utf-8")
    scenario = path.read_text("utf-8")
    assert 'model = "climatology"' in scenario
    new = 'model = "forecast"\nforecast_file = "sky.csv"'
    path.write_text(scenario.replace('model = "climatology"', new), encoding="utf-8")
    return path


def test_a_scenario_takes_its_forecast_and_names_what_it_lacks(tmp_path: Path) -> None:
    scenario = load_scenario(forecast_scenario(tmp_path, GOOD))
    assert scenario.weather.model is WeatherModel.FORECAST
    assert scenario.weather.forecast is not None
    assert "sky.csv" in {item.path for item in scenario.inputs}
    assert any("forecast_file has nothing for" in text for text in scenario.warnings)


def test_faults_of_the_file_stand_at_its_name_in_the_scenario(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        load_scenario(forecast_scenario(tmp_path, GOOD + "calernn,2026-06-14T14:00Z,30\n"))
    (fault,) = refused.value.faults
    assert fault.where == "weather.forecast_file"
    assert "line 4" in fault.problem
    assert "did you mean calern?" in fault.mend
