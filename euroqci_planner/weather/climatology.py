"""Chance of a clear line of sight from the monthly values of each station."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.mission.scenario import WeatherModel, WeatherSettings
from euroqci_planner.timebase import month_index
from euroqci_planner.units import FloatArray

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
    """The models behind `clear_probability`, with their sources."""
    return (CLEAR_MODEL,) if weather.model is WeatherModel.CLEAR else (CLIMATOLOGY_MODEL,)


def clear_probability(
    stations: tuple[Station, ...],
    station_index: NDArray[np.integer],
    instants_utc: ArrayLike,
    weather: WeatherSettings,
) -> FloatArray:
    """Probability (0..1) that the line of sight from each station is clear at each instant.

    `station_index` and `instants_utc` have one shape, or shapes that broadcast; NaN where the
    instant is not a time. CLEAR gives 1. CLIMATOLOGY joins the twelve monthly values linearly
    between the middles of the months, December with January; equal values come out unchanged.
    Raises InvalidInput for each station without monthly values, and for the model FORECAST.

    Missing here: the values hold for 30 deg of elevation and are used for all (a low line of
    sight meets more cloud, a high one less); no difference between day and night; the mean over
    a month is not kept where the year bends; nothing about how long clear or cloudy spells last.
    """
    instants = np.asarray(instants_utc, "datetime64[us]")
    index = np.asarray(station_index)
    if weather.model is WeatherModel.CLEAR:
        clear = np.ones(np.broadcast_shapes(index.shape, instants.shape))
        return np.where(np.isnat(instants), np.nan, clear)
    monthly = _monthly_values(weather.model, stations)
    month, next_month, share = _between_mid_months(instants)
    here = monthly[index, month]
    return np.asarray(here + share * (monthly[index, next_month] - here))


def _monthly_values(model: WeatherModel, stations: tuple[Station, ...]) -> FloatArray:
    if model is not WeatherModel.CLIMATOLOGY:
        raise InvalidInput.single(
            "no forecast of the sky is read by this version",
            where="weather.model",
            value=model.value,
            mend="use climatology or clear",
        )
    faults = [
        Fault(
            "weather.model is climatology and this station has no monthly values",
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
