"""Forecast of the sky: hourly cloud cover, blended into the climatology as it grows old."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.plan import ModelUsed
from euroqci_planner.mission.sky_forecast import SkyForecast
from euroqci_planner.timebase import UtcArray, seconds_between
from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

TRUSTED_LEAD_S = 2.0 * SECONDS_PER_DAY
FADING_S = 5.0 * SECONDS_PER_DAY
LONGEST_LEAD_S = 10.0 * SECONDS_PER_DAY

FORECAST_MODEL = ModelUsed(
    role="weather",
    name="hourly forecast blended with the climatology",
    citation=(
        "cloud cover of the forecast file at the hour of the pass; its weight is 1 for two days"
        " and falls as exp(-(lead - 2 d) / 5 d) until it ends at ten (own choice)"
    ),
)


def forecast_cover(
    stations: tuple[Station, ...],
    station_index: NDArray[np.integer],
    instants_utc: UtcArray,
    forecast: SkyForecast,
) -> FloatArray:
    """Cover (0..1) over each station at each instant; NaN where the forecast has none.

    Joined linearly between its hours; nothing before the first and after the last. Index and
    instants have one shape.
    """
    return _joined(stations, station_index, instants_utc, forecast, ("cloud_cover",))[0]


def forecast_layers(
    stations: tuple[Station, ...],
    station_index: NDArray[np.integer],
    instants_utc: UtcArray,
    forecast: SkyForecast,
) -> tuple[FloatArray, FloatArray]:
    """Cover of low and mid cloud together, and of high cloud, as `forecast_cover`.

    Low and mid cloud overlap at random, but cover no less than either and no more than all cloud
    does, which no layer exceeds. NaN where the forecast does not tell the layers.
    """
    names = ("cloud_cover", "low_cover", "mid_cover", "high_cover")
    total, low, mid, high = _joined(stations, station_index, instants_utc, forecast, names)
    at_random = 1.0 - (1.0 - low) * (1.0 - mid)
    least = np.maximum(low, mid)
    return np.maximum(least, np.minimum(at_random, total)), high


def _joined(
    stations: tuple[Station, ...],
    station_index: NDArray[np.integer],
    instants_utc: UtcArray,
    forecast: SkyForecast,
    names: tuple[str, ...],
) -> tuple[FloatArray, ...]:
    """Columns of the forecast at each instant."""
    found = tuple(np.full(np.shape(instants_utc), np.nan) for _ in names)
    seconds = seconds_between(forecast.issued_utc, instants_utc)
    for number, name in enumerate(forecast.station_ids):
        places = [row for row, station in enumerate(stations) if station.id == name]
        asked = np.isin(station_index, places)
        mine = forecast.take(forecast.station == number)
        if not asked.any() or not len(mine):
            continue
        hours = seconds_between(forecast.issued_utc, mine.time_utc)
        for values, kind in zip(found, names, strict=True):
            cover = getattr(mine, kind)
            values[asked] = np.interp(seconds[asked], hours, cover, left=np.nan, right=np.nan)
    return found


def forecast_weight(lead_s: FloatArray) -> FloatArray:
    """Weight of a forecast of this lead: 1 for two days, then fading, nothing beyond ten.

    A negative lead, a time before the forecast was made, counts as none.
    """
    lead = np.asarray(lead_s, np.float64)
    fading = np.exp(-np.maximum(lead - TRUSTED_LEAD_S, 0.0) / FADING_S)
    return np.asarray(np.where(lead <= LONGEST_LEAD_S, fading, 0.0))
