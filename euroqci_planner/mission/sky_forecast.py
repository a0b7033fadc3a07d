"""A forecast of cloud cover over the stations, hour by hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.table import Table, column
from euroqci_planner.timebase import UtcArray
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SkyForecast(Table):
    """Cloud cover (0..1) by station, then by time; between two instants it is joined linearly.

    `station` indexes `station_ids`. Lead times count from `issued_utc`. Stations that are not
    listed have no forecast. `cloud_cover` is that of all clouds; `low_cover`, `mid_cover` and
    `high_cover` are those of their layers, NaN where the file does not tell them.
    """

    issued_utc: np.datetime64
    station_ids: tuple[str, ...]
    station: NDArray[np.int32] = column("int32")
    time_utc: UtcArray = column("datetime64[us]")
    cloud_cover: FloatArray = column("float64")
    low_cover: FloatArray = column("float64", absent=np.nan)
    mid_cover: FloatArray = column("float64", absent=np.nan)
    high_cover: FloatArray = column("float64", absent=np.nan)
