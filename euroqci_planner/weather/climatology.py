"""Chance of a clear line of sight from the monthly values of each station."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.mission.scenario import SkyModel, WeatherModel, WeatherSettings
from euroqci_planner.mission.sky_forecast import SkyForecast
from euroqci_planner.timebase import month_index, seconds_between
from euroqci_planner.units import FloatArray
from euroqci_planner.weather.line_of_sight import (
    LINE_OF_SIGHT_MODEL,
    REFERENCE_ELEVATION_RAD,
    at_elevation,
    clear_line_of_sight,
)
from euroqci_planner.weather.sky_forecast import FORECAST_MODEL, forecast_cover, forecast_weight
from euroqci_planner.weather.sky_states import SKY_STATES_MODEL

CLEAR_MODEL = ModelUsed(
    role="weather", name="clear sky", citation="every line of sight is clear, by assumption"
)
CLIMATOLOGY_MODEL = ModelUsed(
    role="weather",
    name="monthly climatology",
    citation=(
        "monthly clear-sky probabilities of each station, joined linearly between mid-months (the "
        "practice that Rymes and Myers 2001, Solar Energy 71, 225, start from)"
    ),
)


def models_used(weather: WeatherSettings) -> tuple[ModelUsed, ...]:
    """The models behind the chances of the sky, with their sources."""
    if weather.model is WeatherModel.CLEAR:
        return (CLEAR_MODEL,)
    foreseen = (FORECAST_MODEL,) if weather.model is WeatherModel.FORECAST else ()
    states = (SKY_STATES_MODEL,) if weather.sky_states is SkyModel.FOUR else ()
    return (*foreseen, CLIMATOLOGY_MODEL, LINE_OF_SIGHT_MODEL, *states)


def clear_probability(
    stations: tuple[Station, ...],
    station_index: NDArray[np.integer],
    instants_utc: ArrayLike,
    weather: WeatherSettings,
    elevation_rad: FloatArray | None = None,
) -> FloatArray:
    """Probability (0..1) that the line of sight from each station is clear at each instant.

    `station_index`, `instants_utc` and `elevation_rad` have one shape, or shapes that broadcast;
    NaN where the instant is not a time. CLEAR gives 1. CLIMATOLOGY joins the twelve monthly
    values linearly between the middles of the months, December with January; they hold for 30
    deg and are taken to the elevation by `at_elevation` where one is given. FORECAST mixes in the
    chance under the forecast cover with `forecast_weight`; where it has no cover, the climatology
    stands. Raises InvalidInput for each station without monthly values, and for FORECAST without
    a forecast.

    Missing here: no difference between day and night; the mean over a month is not kept where
    the year bends; cloud below a mountain station counts as cloud over it.
    """
    instants = np.asarray(instants_utc, "datetime64[us]")
    index = np.asarray(station_index)
    if weather.model is WeatherModel.CLEAR:
        clear = np.ones(np.broadcast_shapes(index.shape, instants.shape))
        return np.where(np.isnat(instants), np.nan, clear)
    chance = climatological_chance(stations, index, instants)
    if elevation_rad is not None:
        chance = at_elevation(chance, np.asarray(elevation_rad, np.float64))
    if weather.model is not WeatherModel.FORECAST:
        return chance
    index, instants = np.broadcast_arrays(index, instants)
    return _with_forecast(chance, (stations, index, instants), weather, elevation_rad)


def climatological_chance(
    stations: tuple[Station, ...], index: NDArray[np.integer], instants: NDArray[np.datetime64]
) -> FloatArray:
    """The climatology of `clear_probability` at 30 deg; raises as it does."""
    return between_months(_monthly_values(stations), index, instants)


def between_months(
    monthly: FloatArray, index: NDArray[np.integer], instants: NDArray[np.datetime64]
) -> FloatArray:
    """Monthly values (stations, 12) joined linearly between the middles of the months."""
    month, next_month, share = _between_mid_months(instants)
    here = monthly[index, month]
    return np.asarray(here + share * (monthly[index, next_month] - here))


def _with_forecast(
    climatology: FloatArray,
    where: tuple[tuple[Station, ...], NDArray[np.integer], NDArray[np.datetime64]],
    weather: WeatherSettings,
    elevation_rad: FloatArray | None,
) -> FloatArray:
    forecast = forecast_of(weather)
    stations, index, instants = where
    cover = forecast_cover(stations, index, instants, forecast)
    height = REFERENCE_ELEVATION_RAD if elevation_rad is None else elevation_rad
    foreseen = clear_line_of_sight(np.where(np.isnan(cover), 0.5, cover), np.asarray(height))
    weight = forecast_weight(seconds_between(forecast.issued_utc, instants))
    weight = np.where(np.isnan(cover), 0.0, weight)
    return np.asarray(climatology + weight * (foreseen - climatology))


def forecast_of(weather: WeatherSettings) -> SkyForecast:
    """The forecast of the sky; raises InvalidInput where there is none."""
    if weather.forecast is None:
        raise InvalidInput.single(
            "there is no forecast of the sky",
            where="weather.forecast_file",
            mend="name a file of hourly cloud cover, or set model = climatology",
        )
    return weather.forecast


def _monthly_values(stations: tuple[Station, ...]) -> FloatArray:
    faults = [
        Fault(
            "the climatology is needed and this station has no monthly values",
            where=f"station[{number}].clear_sky_probability_monthly",
            value=station.id,
            mend='give twelve values from 0 to 1, or set weather.model = "clear"',
        )
        for number, station in enumerate(stations)
        if station.clear_sky_probability is None
    ]
    if faults:
        raise InvalidInput(faults)
    values = [station.clear_sky_probability for station in stations]
    return np.array(values, dtype=np.float64).reshape(len(stations), 12)


def _between_mid_months(
    instants: NDArray[np.datetime64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]:
    """Months (0..11) whose middles enclose each instant, and the share of the way between."""
    month = instants.astype("datetime64[M]")
    earlier = np.where(instants < _middle(month), month - 1, month)
    before, after = _middle(earlier), _middle(earlier + 1)
    share = (instants - before) / (after - before)
    missing = np.isnat(instants)
    known = np.where(missing, np.datetime64(0, "M"), earlier)
    return month_index(known), month_index(known + 1), np.where(missing, np.nan, share)


def _middle(month: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
    first = month.astype("datetime64[us]")
    return np.asarray(first + ((month + 1).astype("datetime64[us]") - first) // 2)
