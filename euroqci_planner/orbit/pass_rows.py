"""Passes as rows of numbers, on their way from the searches to the table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit.kernels.columns import (
    END_AZIMUTH,
    END_S,
    HIGHEST,
    HIGHEST_AZIMUTH,
    HIGHEST_S,
    IS_TOP,
    NEAREST_M,
    PASS_COLUMNS,
    RISES,
    SATELLITE,
    SETS,
    START_AZIMUTH,
    START_S,
    STATION,
)
from euroqci_planner.timebase import NOT_A_TIME
from euroqci_planner.units import FloatArray

_MICROSECONDS = 1e6


def no_rows() -> FloatArray:
    """No passes."""
    return np.zeros((0, PASS_COLUMNS))


def pass_table(
    rows: FloatArray,
    satellite_ids: Sequence[str],
    station_ids: Sequence[str],
    start_utc: np.datetime64,
) -> PassTable:
    """The table of these rows, by start, then satellite id, then station id."""
    start_us = _microseconds(rows[:, START_S])
    order = _order(rows, start_us, satellite_ids, station_ids)
    rows = rows[order].T.copy()
    rises, sets, tops = (rows[column] > 0.0 for column in (RISES, SETS, IS_TOP))
    start, highest, end = (
        start_utc + micro.astype("timedelta64[us]")
        for micro in (start_us[order], _microseconds(rows[HIGHEST_S]), _microseconds(rows[END_S]))
    )
    return PassTable(
        satellite_ids=tuple(satellite_ids),
        station_ids=tuple(station_ids),
        satellite=rows[SATELLITE].astype(np.int32),
        station=rows[STATION].astype(np.int32),
        start_utc=start,
        end_utc=end,
        rise_utc=np.where(rises, start, NOT_A_TIME),
        culmination_utc=np.where(tops, highest, NOT_A_TIME),
        set_utc=np.where(sets, end, NOT_A_TIME),
        highest_utc=highest,
        max_elevation_rad=rows[HIGHEST],
        rise_azimuth_rad=np.where(rises, rows[START_AZIMUTH], np.nan),
        culmination_azimuth_rad=rows[HIGHEST_AZIMUTH],
        set_azimuth_rad=np.where(sets, rows[END_AZIMUTH], np.nan),
        min_range_m=rows[NEAREST_M],
    )


def _microseconds(t_s: FloatArray) -> NDArray[np.int64]:
    return np.asarray(np.round(t_s * _MICROSECONDS).astype(np.int64))


def _order(
    rows: FloatArray,
    start_us: NDArray[np.int64],
    satellite_ids: Sequence[str],
    station_ids: Sequence[str],
) -> NDArray[np.intp]:
    """Rows by start, then satellite id, then station id: by one number where that holds all."""
    satellite = _ranks(satellite_ids)[rows[:, SATELLITE].astype(np.intp)]
    pair = satellite * len(station_ids) + _ranks(station_ids)[rows[:, STATION].astype(np.intp)]
    pairs = len(satellite_ids) * len(station_ids)
    since_us = start_us - start_us.min(initial=0)
    if float(since_us.max(initial=0) + 1) * pairs < np.iinfo(np.int64).max:
        return np.argsort(since_us * pairs + pair)
    return np.lexsort((pair, start_us))


def _ranks(ids: Sequence[str]) -> NDArray[np.intp]:
    return np.argsort(np.argsort(np.array(ids, dtype=np.str_)))
