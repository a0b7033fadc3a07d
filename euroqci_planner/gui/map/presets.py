"""The four ways to look at the map, and what can be switched on it."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from euroqci_planner.gui.map.projections import Azimuthal, Equirectangular, Plane, Projection
from euroqci_planner.gui.map.viewport import Viewport
from euroqci_planner.mission.assets import Station


class MapMode(StrEnum):
    """What the map is centred on, and how it is laid flat."""

    EUROPE = "europe"
    WORLD = "world"
    STATION = "station"
    GLOBE = "globe"


MODE_TITLES = {
    MapMode.EUROPE: "Europe",
    MapMode.WORLD: "World",
    MapMode.STATION: "Around a station",
    MapMode.GLOBE: "Globe",
}


class Layer(StrEnum):
    """What can be switched on and off."""

    NIGHT = "night"
    GRID = "grid"
    BORDERS = "borders"
    STATIONS = "stations"
    STATION_NAMES = "station_names"
    CATALOGUE = "catalogue"
    REACH = "reach"
    SATELLITES = "satellites"
    SATELLITE_NAMES = "satellite_names"
    TRACKS = "tracks"
    FOOTPRINTS = "footprints"
    CONTACTS = "contacts"
    OPPORTUNITIES = "opportunities"
    LEGEND = "legend"


LAYER_TITLES = {
    Layer.NIGHT: "Night and twilight",
    Layer.GRID: "Graticule or range rings",
    Layer.BORDERS: "Country borders",
    Layer.STATIONS: "Stations",
    Layer.STATION_NAMES: "Station names",
    Layer.CATALOGUE: "Stations of the catalogue (click to add)",
    Layer.REACH: "Reach of the stations",
    Layer.SATELLITES: "Satellites",
    Layer.SATELLITE_NAMES: "Satellite names",
    Layer.TRACKS: "Tracks of the selection",
    Layer.FOOTPRINTS: "Footprint of the selection",
    Layer.CONTACTS: "Contacts under way",
    Layer.OPPORTUNITIES: "Usable passes not flown",
    Layer.LEGEND: "Legend",
}
DEFAULT_LAYERS = frozenset(Layer) - {Layer.LEGEND, Layer.CATALOGUE}

_EUROPE_DEG = (34.5, 61.0, -11.0, 30.5)
_NEAR_EUROPE_DEG = (26.0, 71.0, -32.0, 45.0)
_EUROPE_TRUE_LATITUDE = float(np.radians(48.0))
_STATION_VIEW_RAD = float(np.radians(24.0))


def projection_of(mode: MapMode, latitude_rad: float, longitude_rad: float) -> Projection:
    """The projection of a mode; the point counts where the mode has a centre."""
    if mode is MapMode.EUROPE:
        return Equirectangular(_EUROPE_TRUE_LATITUDE)
    if mode is MapMode.WORLD:
        return Equirectangular()
    return Azimuthal(latitude_rad, longitude_rad, mode is MapMode.GLOBE)


def fitting_mode(stations: Sequence[Station]) -> MapMode:
    """Europe where all stations are in it or near it, else the world."""
    south, north, west, east = np.radians(_NEAR_EUROPE_DEG)
    is_near = [
        south <= site.latitude_rad <= north and west <= site.longitude_rad <= east
        for site in stations
    ]
    return MapMode.EUROPE if all(is_near) else MapMode.WORLD


def home_view(
    mode: MapMode, projection: Projection, size_px: tuple[int, int], stations: Sequence[Station]
) -> Viewport:
    """What a mode shows at first."""
    view = Viewport(projection, 1.0, 0.0, 0.0, *size_px)
    if mode is MapMode.EUROPE:
        return view.fitted(_europe(projection, stations), 1.04)
    if mode is MapMode.STATION:
        reach = np.array([-_STATION_VIEW_RAD, _STATION_VIEW_RAD])
        return view.fitted((np.zeros(2), reach), 1.02)
    half_width, half_height = projection.half_size
    margin = 1.06 if projection.is_round else 1.0
    corners = (np.array([-half_width, half_width]), np.array([-half_height, half_height]))
    return view.fitted(corners, margin)


def _europe(projection: Projection, stations: Sequence[Station]) -> Plane:
    """Europe, and the stations that are near it."""
    south, north, west, east = _NEAR_EUROPE_DEG
    latitudes, longitudes = list(_EUROPE_DEG[:2]), list(_EUROPE_DEG[2:])
    for site in stations:
        latitude, longitude = np.degrees(site.latitude_rad), np.degrees(site.longitude_rad)
        if south <= latitude <= north and west <= longitude <= east:
            latitudes += [latitude - 1.5, latitude + 1.5]
            longitudes += [longitude - 2.0, longitude + 2.0]
    box = [np.radians([min(values), max(values)]) for values in (latitudes, longitudes)]
    return projection.forward(box[0], box[1])
