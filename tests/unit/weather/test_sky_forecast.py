"""A forecast of the sky against the climatology that it fades into."""

from __future__ import annotations

import numpy as np
import pytest
from station_cases import station
from tolerances import within

from euroqci_planner.mission.scenario import WeatherModel, WeatherSettings
from euroqci_planner.mission.sky_forecast import SkyForecast
from euroqci_planner.weather.climatology import clear_probability, models_used
from euroqci_planner.weather.line_of_sight import at_elevation, clear_line_of_sight
from euroqci_planner.weather.sky_forecast import FORECAST_MODEL, forecast_cover, forecast_weight

ISSUED = np.datetime64("2026-06-14T06:00:00", "us")
HOUR = np.timedelta64(3_600_000_000, "us")
DAY_S = 86_400.0
SITES = tuple(station(name, clear_sky_probability=(0.6,) * 12) for name in ("a", "b"))
HEIGHT = np.radians(60.0)


def forecast(hours, covers, name="a"):
    return SkyForecast(
        issued_utc=ISSUED,
        station_ids=(name,),
        station=np.zeros(len(hours), np.int32),
        time_utc=ISSUED + np.array(hours) * HOUR,
        cloud_cover=np.array(covers),
    )


def chance(hours, index, table):
    weather = WeatherSettings(model=WeatherModel.FORECAST, forecast=table)
    instants = ISSUED + np.array(hours) * HOUR
    return clear_probability(SITES, np.array(index), instants, weather, np.full(len(hours), HEIGHT))


def test_tomorrow_is_as_the_forecast_says():
    table = forecast([0, 24, 48], [0.0, 1.0, 0.0])
    assert chance([0, 24, 48], [0, 0, 0], table).tolist() == [1.0, 0.0, 1.0]


def test_between_two_hours_the_cover_is_joined():
    table = forecast([0, 10], [0.2, 0.8])
    instants = ISSUED + np.array([5, 10]) * HOUR
    assert forecast_cover(SITES, np.array([0, 0]), instants, table) == within(1e-12, of=[0.5, 0.8])


def test_outside_the_hours_and_for_other_stations_the_climatology_stands():
    table = forecast([10, 20], [1.0, 1.0])
    found = chance([5, 25, 15, 15], [0, 0, 1, 0], table)
    climate = float(at_elevation(np.float64(0.6), HEIGHT))
    assert found[:3] == within(1e-12, of=np.full(3, climate))
    assert found[3] == 0.0


def test_the_weight_is_whole_for_two_days_fades_and_ends_at_ten():
    leads = np.array([-1.0, 0.0, 2.0, 7.0, 10.0, 10.01]) * DAY_S
    expected = [1.0, 1.0, 1.0, np.exp(-1.0), np.exp(-1.6), 0.0]
    assert forecast_weight(leads) == within(1e-12, of=expected)


def test_in_a_week_forecast_and_climatology_are_mixed():
    table = forecast([0, 24 * 9], [0.4, 0.4])
    (found,) = chance([24 * 7], [0], table)
    climate = float(at_elevation(np.float64(0.6), HEIGHT))
    foreseen = float(clear_line_of_sight(np.float64(0.4), HEIGHT))
    weight = np.exp(-1.0)
    assert found == within(1e-12, of=weight * foreseen + (1.0 - weight) * climate)


def test_the_plan_names_forecast_and_climatology():
    weather = WeatherSettings(model=WeatherModel.FORECAST, forecast=forecast([0], [0.5]))
    assert FORECAST_MODEL in models_used(weather)


@pytest.mark.parametrize("elevation_deg", [20.0, 45.0, 80.0])
def test_the_elevation_counts_for_the_climatology_too(elevation_deg):
    weather = WeatherSettings()
    height = np.radians([elevation_deg])
    found = clear_probability(SITES, np.zeros(1, int), ISSUED + np.zeros(1) * HOUR, weather, height)
    assert found == within(1e-12, of=at_elevation(np.array([0.6]), height))
    assert (found[0] > 0.6) == (elevation_deg > 30.0)
