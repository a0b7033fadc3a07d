"""Coastlines and borders of the world for maps, from the packaged files in `resources/map`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.resources import resource
from euroqci_planner.units import FloatArray

_STEPS_PER_DEGREE = 180.0


class MapScale(StrEnum):
    """Generalisation of the map: the number is the denominator of its scale."""

    SMALL = "110m"
    MEDIUM = "50m"


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines one behind another: line k owns the points `first[k]:first[k + 1]`, in rad."""

    latitude_rad: FloatArray
    longitude_rad: FloatArray
    first: NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class WorldMap:
    """Rings of land (closed, first point not repeated), coastlines and country borders.

    Natural Earth 4.1.0, cut at ±180 deg, rounded to 1/180 deg (0.6 km); see resources/map.
    """

    land: Lines
    coast: Lines
    borders: Lines


@lru_cache(maxsize=2)
def world_map(scale: MapScale) -> WorldMap:
    """The packaged map of one scale; raises FileNotFoundError where the resource is missing."""
    with np.load(resource("map", f"world_{scale}.npz"), allow_pickle=False) as columns:
        return WorldMap(*(_lines(columns, name) for name in ("land", "coast", "borders")))


def _lines(columns: Any, name: str) -> Lines:
    """Wrapped differences summed up again: coordinates fit into the 16 bits, the way back too."""
    steps = np.cumsum(columns[f"{name}_steps"], axis=1, dtype=np.int16)
    latitude, longitude = np.radians(steps / _STEPS_PER_DEGREE)
    first = np.concatenate(([0], np.cumsum(columns[f"{name}_points"]))).astype(np.intp)
    return Lines(latitude, longitude, first)
