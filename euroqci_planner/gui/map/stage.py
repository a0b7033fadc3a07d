"""What stands on the map at one instant, in pixels: shared by painting, hit tests and tooltips."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.catalogue_offers import StationOffer, catalogue_stations
from euroqci_planner.app.scene import GroundPoints, Scene
from euroqci_planner.gui.map.viewport import Viewport
from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.plan import Plan
from euroqci_planner.units import FloatArray

HIT_PX = 8.0
_SAME_PLACE_DEG = 0.01


class TargetKind(StrEnum):
    """What can be pointed at."""

    GROUND = "ground"
    STATION = "station"
    OFFER = "offer"
    SATELLITE = "satellite"
    PASS = "pass"


@dataclass(frozen=True, slots=True)
class MapTarget:
    """What is under the pointer: `index` of a station, offer or satellite, row of a pass, or -1.

    Latitude and longitude (rad) are those of the pointer, NaN beside the map.
    """

    kind: TargetKind
    index: int
    latitude_rad: float
    longitude_rad: float


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """Line from a station to a satellite in pixels, for one pass of the plan."""

    row: int
    satellite: int
    station: int
    ends: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Pixels of stations, satellites and links at one instant; NaN where hidden."""

    view: Viewport
    stations: tuple[Station, ...]
    station_x: FloatArray
    station_y: FloatArray
    offers: tuple[StationOffer, ...]
    offer_x: FloatArray
    offer_y: FloatArray
    points: GroundPoints | None
    satellite_x: FloatArray
    satellite_y: FloatArray
    contacts: tuple[Link, ...]
    opportunities: tuple[Link, ...]

    @property
    def in_view(self) -> NDArray[np.intp]:
        """Satellites inside the widget."""
        inside = (
            (self.satellite_x >= -8.0)
            & (self.satellite_x <= self.view.width_px + 8.0)
            & (self.satellite_y >= -8.0)
            & (self.satellite_y <= self.view.height_px + 8.0)
        )
        return np.flatnonzero(inside)

    def target(self, x_px: float, y_px: float) -> MapTarget:
        """What is nearest within 8 pixels: a satellite or station, else a link, else the ground."""
        ground = self.view.ground(x_px, y_px)
        marks = (
            (TargetKind.SATELLITE, self.satellite_x, self.satellite_y),
            (TargetKind.STATION, self.station_x, self.station_y),
            (TargetKind.OFFER, self.offer_x, self.offer_y),
        )
        found = [(kind, *_nearest(x, y, x_px, y_px)) for kind, x, y in marks]
        kind, index, away = min(found, key=lambda item: item[2])
        if away <= HIT_PX:
            return MapTarget(kind, index, *ground)
        links = [(_distance(link, x_px, y_px), link.row) for link in self._links]
        nearest = min(links, default=(np.inf, -1))
        if nearest[0] <= HIT_PX:
            return MapTarget(TargetKind.PASS, nearest[1], *ground)
        return MapTarget(TargetKind.GROUND, -1, *ground)

    @property
    def _links(self) -> tuple[Link, ...]:
        return self.contacts + self.opportunities


def staged(
    view: Viewport,
    stations: tuple[Station, ...],
    scene: Scene | None,
    instant_utc: np.datetime64,
    offers: tuple[StationOffer, ...] = (),
    *,
    with_opportunities: bool,
) -> Stage:
    """The stage at an instant; without a scene the stations alone."""
    latitude = np.array([site.latitude_rad for site in stations], dtype=np.float64)
    longitude = np.array([site.longitude_rad for site in stations], dtype=np.float64)
    station_x, station_y = view.place(latitude, longitude)
    offer_x, offer_y = view.place(
        np.radians([offer.latitude_deg for offer in offers]),
        np.radians([offer.longitude_deg for offer in offers]),
    )
    nothing = np.zeros(0)
    empty = Stage(
        view=view,
        stations=stations,
        station_x=station_x,
        station_y=station_y,
        offers=offers,
        offer_x=offer_x,
        offer_y=offer_y,
        points=None,
        satellite_x=nothing,
        satellite_y=nothing,
        contacts=(),
        opportunities=(),
    )
    if scene is None or np.isnat(instant_utc):
        return empty
    points = scene.satellites_at(instant_utc)
    x, y = view.place(points.latitude_rad, points.longitude_rad)
    ground = _Places(station_x, station_y, x, y)
    contacts = scene.contacts_at(instant_utc)
    others = scene.usable_passes_at(instant_utc) if with_opportunities else contacts
    return replace(
        empty,
        points=points,
        satellite_x=x,
        satellite_y=y,
        contacts=_links(scene.plan, contacts, ground),
        opportunities=_links(scene.plan, np.setdiff1d(others, contacts), ground),
    )


def offers_beside(stations: tuple[Station, ...]) -> tuple[StationOffer, ...]:
    """Stations of the catalogue, but those that stand where one of these does."""
    here = np.degrees([(site.latitude_rad, site.longitude_rad) for site in stations])
    here = here.reshape(-1, 2)

    def is_here(offer: StationOffer) -> bool:
        apart = np.abs(here - (offer.latitude_deg, offer.longitude_deg))
        return bool(np.any(np.max(apart, axis=1) < _SAME_PLACE_DEG))

    return tuple(offer for offer in catalogue_stations() if not is_here(offer))


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    station_x: FloatArray
    station_y: FloatArray
    x: FloatArray
    y: FloatArray


def _links(plan: Plan, rows: NDArray[np.intp], places: _Places) -> tuple[Link, ...]:
    """Links with both ends on the map."""
    found = []
    for row in rows.tolist():
        satellite, station = int(plan.passes.satellite[row]), int(plan.passes.station[row])
        if station >= len(places.station_x):
            continue
        ends = (
            float(places.station_x[station]),
            float(places.station_y[station]),
            float(places.x[satellite]),
            float(places.y[satellite]),
        )
        if np.isfinite(ends).all():
            found.append(Link(row, satellite, station, ends))
    return tuple(found)


def _nearest(x: FloatArray, y: FloatArray, x_px: float, y_px: float) -> tuple[int, float]:
    if not len(x):
        return -1, np.inf
    away = np.hypot(x - x_px, y - y_px)
    away = np.where(np.isnan(away), np.inf, away)
    nearest = int(np.argmin(away))
    return nearest, float(away[nearest])


def _distance(link: Link, x_px: float, y_px: float) -> float:
    """Distance of a pixel from a link."""
    x0, y0, x1, y1 = link.ends
    along, across = x1 - x0, y1 - y0
    length2 = along * along + across * across
    share = 0.0 if length2 == 0.0 else ((x_px - x0) * along + (y_px - y0) * across) / length2
    held = min(max(share, 0.0), 1.0)
    return float(np.hypot(x0 + held * along - x_px, y0 + held * across - y_px))
