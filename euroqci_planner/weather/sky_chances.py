"""Chances of the states of the sky over contacts: from the climatology and the forecast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.scenario import SkyModel, WeatherModel, WeatherSettings
from euroqci_planner.mission.sky_states import SkyChances
from euroqci_planner.timebase import UtcArray, seconds_between
from euroqci_planner.units import FloatArray
from euroqci_planner.weather.climatology import (
    between_months,
    clear_probability,
    climatological_chance,
    forecast_of,
)
from euroqci_planner.weather.line_of_sight import clear_line_of_sight
from euroqci_planner.weather.sky_forecast import forecast_cover, forecast_layers, forecast_weight
from euroqci_planner.weather.sky_states import (
    THIN_CLOUD_PROBABILITY,
    states_of_climatology,
    states_under_cover,
    under_a_veil,
    with_thin_cloud,
)


def sky_chances(
    stations: tuple[Station, ...],
    station_index: NDArray[np.integer],
    instants_utc: UtcArray,
    weather: WeatherSettings,
    elevation_rad: FloatArray,
) -> SkyChances:
    """Chances of clear, thin, broken and overcast sky over each contact, (contacts,).

    The instants and elevations are those of the highest points. With `sky_states` TWO the sky is
    clear with `clear_probability` and overcast else. With FOUR the climatology is split by the
    hours behind it (`states_of_climatology`) and gives the station's share of the time to thin
    cloud (`with_thin_cloud`). A forecast is split by its hour; where it tells the layers of the
    cloud, high cloud over a clear sky is thin, else thin cloud is as in the climatology. Both are
    mixed with `forecast_weight`. NaN and errors as `clear_probability`.

    Missing here: thick ice cloud is not told from thin where a forecast has layers, and broken
    cloud leaves every pass its mean share.
    """
    instants = np.asarray(instants_utc, "datetime64[us]")
    index, elevation = np.asarray(station_index), np.asarray(elevation_rad, np.float64)
    if weather.model is WeatherModel.CLEAR or weather.sky_states is SkyModel.TWO:
        clear = clear_probability(stations, index, instants, weather, elevation)
        none = np.zeros(len(clear))
        return SkyChances(clear=clear, thin=none, broken=none, usable_share=none)
    chance = climatological_chance(stations, index, instants)
    thin = between_months(_thin_monthly(stations), index, instants)
    usual = with_thin_cloud(states_of_climatology(chance, elevation), thin)
    if weather.model is not WeatherModel.FORECAST:
        return usual
    where = (stations, index, instants)
    foreseen, weight = _foreseen(where, weather, elevation, thin)
    return _mixed(usual, foreseen, weight)


def _thin_monthly(stations: tuple[Station, ...]) -> FloatArray:
    own = (THIN_CLOUD_PROBABILITY,) * 12
    values = [station.thin_cloud_probability or own for station in stations]
    return np.array(values, dtype=np.float64).reshape(len(stations), 12)


def _foreseen(
    where: tuple[tuple[Station, ...], NDArray[np.integer], NDArray[np.datetime64]],
    weather: WeatherSettings,
    elevation_rad: FloatArray,
    thin: FloatArray,
) -> tuple[SkyChances, FloatArray]:
    """Chances under the forecast, and its weight: zero where it has no cover."""
    forecast = forecast_of(weather)
    cover = forecast_cover(*where, forecast)
    lower, high = forecast_layers(*where, forecast)
    known, layered = np.isfinite(cover), np.isfinite(lower) & np.isfinite(high)
    whole = with_thin_cloud(states_under_cover(np.where(known, cover, 0.5), elevation_rad), thin)
    below = states_under_cover(np.where(layered, lower, 0.5), elevation_rad)
    veil = 1.0 - clear_line_of_sight(np.where(layered, high, 0.5), elevation_rad)
    weight = forecast_weight(seconds_between(forecast.issued_utc, where[2]))
    chosen = _either(layered, under_a_veil(below, veil), whole)
    return chosen, np.where(known, weight, 0.0)


def _either(choose: NDArray[np.bool_], one: SkyChances, other: SkyChances) -> SkyChances:
    names = SkyChances.column_names()
    return SkyChances(
        **{name: np.where(choose, getattr(one, name), getattr(other, name)) for name in names}
    )


def _mixed(usual: SkyChances, foreseen: SkyChances, weight: FloatArray) -> SkyChances:
    """Chances with a share `weight` of the foreseen; broken sky keeps its mean usable share."""

    def between(one: FloatArray, other: FloatArray) -> FloatArray:
        return np.asarray(one + weight * (other - one))

    broken = between(usual.broken, foreseen.broken)
    usable = between(usual.broken * usual.usable_share, foreseen.broken * foreseen.usable_share)
    some = broken > 0.0
    return SkyChances(
        clear=between(usual.clear, foreseen.clear),
        thin=between(usual.thin, foreseen.thin),
        broken=broken,
        usable_share=np.where(some, usable / np.where(some, broken, 1.0), 0.0 * broken),
    )
