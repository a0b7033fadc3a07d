"""Chances of the states of the sky over contacts, from the climatology and the forecast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from station_cases import station
from tolerances import within

from euroqci_planner.mission.scenario import SkyModel, WeatherModel, WeatherSettings
from euroqci_planner.mission.sky_forecast import SkyForecast
from euroqci_planner.weather.climatology import (
    CLIMATOLOGY_MODEL,
    clear_probability,
    models_used,
)
from euroqci_planner.weather.line_of_sight import LINE_OF_SIGHT_MODEL, at_elevation
from euroqci_planner.weather.sky_chances import sky_chances
from euroqci_planner.weather.sky_states import (
    SKY_STATES_MODEL,
    THIN_CLOUD_PROBABILITY,
    states_of_climatology,
)

ISSUED = np.datetime64("2026-06-14T06:00:00", "us")
HOUR = np.timedelta64(3_600_000_000, "us")
CLIMATE = 0.6
SITES = (
    station("a", clear_sky_probability=(CLIMATE,) * 12),
    station("b", clear_sky_probability=(CLIMATE,) * 12, thin_cloud_probability=(0.15,) * 12),
)
HEIGHT = np.radians(60.0)
FOUR = WeatherSettings()
TWO = replace(FOUR, sky_states=SkyModel.TWO)


def chances(weather, hours=(1.0,), sites=None, stations=SITES):
    index = np.zeros(len(hours), int) if sites is None else np.array(sites)
    instants = ISSUED + (np.array(hours) * 3.6e9).astype("timedelta64[us]")
    return sky_chances(stations, index, instants, weather, np.full(len(hours), HEIGHT))


def forecast(total, low=None, mid=None, high=None, hours=(0, 240)):
    layers = {} if low is None else {"low_cover": low, "mid_cover": mid, "high_cover": high}
    table = SkyForecast(
        issued_utc=ISSUED,
        station_ids=("a",),
        station=np.zeros(len(hours), np.int32),
        time_utc=ISSUED + np.array(hours) * HOUR,
        cloud_cover=np.full(len(hours), total),
        **{name: np.full(len(hours), value) for name, value in layers.items()},
    )
    return replace(FOUR, model=WeatherModel.FORECAST, forecast=table)


def test_two_states_are_the_chance_of_clear_sky_to_the_bit_and_nothing_else():
    found = chances(TWO, hours=[1.0, 500.0, 3000.0])
    instants = ISSUED + np.array([1, 500, 3000]) * HOUR
    plain = clear_probability(SITES, np.zeros(3, int), instants, TWO, np.full(3, HEIGHT))
    assert np.array_equal(found.clear, plain)
    for values in (found.thin, found.broken, found.usable_share):
        assert not values.any()


def test_a_clear_sky_by_assumption_is_clear():
    found = chances(replace(FOUR, model=WeatherModel.CLEAR))
    assert (found.clear[0], found.thin[0], found.broken[0]) == (1.0, 0.0, 0.0)


def test_the_climatology_keeps_its_chance_beside_its_share_of_thin_cloud():
    found = chances(FOUR)
    line = float(at_elevation(np.float64(CLIMATE), HEIGHT))
    assert found.thin[0] == THIN_CLOUD_PROBABILITY
    assert found.clear + found.broken * found.usable_share == within(1e-12, of=line)


def test_a_station_tells_its_own_thin_cloud():
    assert chances(FOUR, sites=[1]).thin == within(1e-12, of=0.15)
    by_month = replace(SITES[0], thin_cloud_probability=(0.0,) * 5 + (0.1,) + (0.0,) * 6)
    middle = np.datetime64("2026-06-16T00:00:00", "us")
    hours = [float((middle - ISSUED) / HOUR)]
    assert chances(FOUR, hours=hours, stations=(by_month,)).thin == within(1e-12, of=0.1)


def test_tomorrow_is_as_the_forecast_says():
    blue, grey, half = (chances(forecast(cover)) for cover in (0.0, 1.0, 0.5))
    assert (blue.clear[0], blue.thin[0]) == (1.0, 0.0)
    assert (grey.overcast[0], grey.thin[0]) == (1.0, 0.0)
    assert half.broken == within(1e-12, of=1.0 - THIN_CLOUD_PROBABILITY)


def test_high_cloud_alone_is_thin_where_the_layers_are_told():
    high = chances(forecast(1.0, low=0.0, mid=0.0, high=1.0))
    assert (high.thin[0], high.clear[0], high.broken[0]) == (1.0, 0.0, 0.0)
    low = chances(forecast(1.0, low=1.0, mid=0.0, high=1.0))
    assert (low.overcast[0], low.thin[0]) == (1.0, 0.0)
    mid = chances(forecast(0.5, low=0.5, mid=0.5, high=0.0))
    assert mid.broken[0] == 1.0, "low and mid cloud together cover no more than all cloud"
    assert mid.usable_share == within(1e-12, of=chances(forecast(0.5)).usable_share)


def test_a_fading_forecast_mixes_chances_and_keeps_the_mean_share_of_broken_sky():
    weather, weight = forecast(0.5), np.exp(-1.0)
    climate = states_of_climatology(np.float64(CLIMATE), HEIGHT)
    found, told = chances(weather, hours=[7 * 24.0]), chances(weather)
    assert found.clear == within(1e-12, of=(1.0 - weight) * climate.clear)
    usable = weight * told.broken * told.usable_share
    usable = usable + (1.0 - weight) * climate.broken * climate.usable_share
    assert found.broken * found.usable_share == within(1e-12, of=usable)


def test_the_plan_can_name_the_states_and_their_sources():
    assert models_used(FOUR) == (CLIMATOLOGY_MODEL, LINE_OF_SIGHT_MODEL, SKY_STATES_MODEL)
    assert models_used(TWO) == (CLIMATOLOGY_MODEL, LINE_OF_SIGHT_MODEL)
    assert "Hoareau et al. 2013" in SKY_STATES_MODEL.citation
