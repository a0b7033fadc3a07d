"""The chance of clear sky night by night: what the passes of a plan were given."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.table import Table, column
from euroqci_planner.timebase import UtcArray
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NightWeather(Table):
    """Nights of the stations of the pass table, with the mean chance over their passes.

    `station` indexes `plan.passes.station_ids`; `passes` are those whose highest point falls into
    the night. `clear_probability` is their mean, NaN where the night has no pass.
    """

    station: NDArray[np.int32] = column("int32")
    start_utc: UtcArray = column("datetime64[us]")
    end_utc: UtcArray = column("datetime64[us]")
    passes: NDArray[np.int64] = column("int64")
    clear_probability: FloatArray = column("float64")


def night_weather(plan: Plan) -> NightWeather:
    """Chance of clear sky per station and night; no rows where the plan holds no nights."""
    if plan.nights is None:
        return _table(np.zeros(0, np.int32), np.zeros((2, 0), "datetime64[us]"), plan)
    places = {name: place for place, name in enumerate(plan.passes.station_ids)}
    of_night = np.array([places.get(item.id, -1) for item in plan.scenario.stations], np.int32)
    station = of_night[plan.nights.station]
    there = station >= 0
    edges = np.stack([plan.nights.start_utc[there], plan.nights.end_utc[there]])
    return _table(station[there], edges, plan)


def _table(station: NDArray[np.int32], edges: UtcArray, plan: Plan) -> NightWeather:
    count = np.zeros(len(station), dtype=np.int64)
    total = np.zeros(len(station))
    for place in np.unique(station):
        nights = np.flatnonzero(station == place)
        mine = plan.passes.station == place
        number = _night_of(plan.passes.highest_utc[mine], edges[:, nights])
        inside = number >= 0
        chances = plan.decisions.clear_probability[mine][inside]
        count[nights] = np.bincount(number[inside], minlength=len(nights))
        total[nights] = np.bincount(number[inside], weights=chances, minlength=len(nights))
    return NightWeather(
        station=station,
        start_utc=edges[0],
        end_utc=edges[1],
        passes=count,
        clear_probability=np.where(count > 0, total / np.maximum(count, 1), np.nan),
    )


def _night_of(instants: UtcArray, edges: UtcArray) -> NDArray[np.intp]:
    """Night that each instant falls into, -1 for none; nights are in order and apart."""
    number = np.searchsorted(edges[0], instants, side="right") - 1
    inside = (number >= 0) & (instants <= edges[1][np.maximum(number, 0)])
    return np.where(inside, number, -1)
