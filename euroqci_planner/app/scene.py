"""The scene of a plan at any instant: what a map shows, as latitudes and longitudes.

Satellites, their tracks and footprints, stations and their reach, night, and who talks to whom.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.sky_cache import sky_of
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_totals import flown
from euroqci_planner.orbit.ephemeris import EarthFixedState
from euroqci_planner.orbit.ground_points import (
    geodetic_coordinates,
    ground_angle_rad,
    small_circle,
)
from euroqci_planner.orbit.hermite import Node, Quintic
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import FloatArray

Rows = NDArray[np.intp]

NIGHT_SUN_ELEVATIONS_DEG = (0.0, -6.0, -12.0, -18.0)
"""Limits of day and of civil, nautical and astronomical twilight (centre of the Sun)."""

_NODE_STEP_S = 60.0
_NODES_PER_PIECE = 32
_PIECES_KEPT = 4
_CIRCLE_POINTS = 180
_NIGHT_POINTS = 240


@dataclass(frozen=True, slots=True, eq=False)
class GroundPoints:
    """Points below satellites: geodetic latitude and longitude in rad, height in m; (n,) each.

    NaN where the element set of the satellite cannot be used at that time.
    """

    latitude_rad: FloatArray
    longitude_rad: FloatArray
    altitude_m: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class GroundCircle:
    """A circle on the ground: centre, radius as an angle, and points on it (rad), not closed."""

    centre_latitude_rad: float
    centre_longitude_rad: float
    radius_rad: float
    latitude_rad: FloatArray
    longitude_rad: FloatArray

    @classmethod
    def around(
        cls, latitude_rad: float, longitude_rad: float, radius_rad: float, points: int
    ) -> GroundCircle:
        """The circle of this radius."""
        ring = small_circle(latitude_rad, longitude_rad, radius_rad, points)
        return cls(latitude_rad, longitude_rad, radius_rad, *ring)


@dataclass(frozen=True, slots=True, eq=False)
class NightBand:
    """Where the Sun stands lower than this: a circle around the point opposite to the Sun."""

    sun_elevation_rad: float
    circle: GroundCircle


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """Earth-fixed states of all satellites on nodes that begin at `first_s`, (3, s, n)."""

    first_s: float
    state: EarthFixedState

    def positions(self, t_s: float) -> FloatArray:
        """Positions (3, s) inside the piece, by quintics between the nodes."""
        turns = (t_s - self.first_s) / _NODE_STEP_S
        at = min(max(int(turns), 0), _NODES_PER_PIECE - 2)
        width = np.asarray(_NODE_STEP_S)
        return Quintic.between(self._node(at), self._node(at + 1), width).value(
            np.asarray(turns - at)
        )

    def _node(self, at: int) -> Node:
        state = self.state
        return Node(
            state.position_m[:, :, at],
            state.velocity_m_s[:, :, at],
            state.acceleration_m_s2[:, :, at],
        )


class Scene:
    """Where everything of a plan is. Satellites and stations go by their index in the scenario.

    States are SGP4's on nodes a minute apart and quintics between them (within 1 m in low
    orbits); nodes are computed in pieces of half an hour as they are asked for and the last few
    kept. Not to be used from two threads at once.
    """

    def __init__(self, plan: Plan) -> None:
        """Take the plan's orbits; the sky is shared with others of the same orbits."""
        self._plan = plan
        self._sky = sky_of(plan.scenario)
        self._pieces: OrderedDict[int, _Piece] = OrderedDict()
        start, end = self._sky.usable_bounds_s.T
        duration = plan.scenario.duration_s
        self._usable_from_s = np.where(start <= 0.0, -np.inf, start)
        self._usable_until_s = np.where(end >= duration, np.inf, end)
        self._contacts = np.flatnonzero(flown(plan))
        self._windows = np.flatnonzero(~np.isnat(plan.conditions.usable_start_utc))

    @property
    def plan(self) -> Plan:
        """The plan that is shown."""
        return self._plan

    def satellites_at(self, instant_utc: np.datetime64) -> GroundPoints:
        """Points below all satellites."""
        t_s = self._seconds(instant_utc)
        position = self._piece(t_s).positions(t_s)
        known = (self._usable_from_s <= t_s) & (t_s <= self._usable_until_s)
        return GroundPoints(*geodetic_coordinates(np.where(known, position, np.nan)))

    def track(
        self,
        satellite: int,
        from_utc: np.datetime64,
        to_utc: np.datetime64,
        step_s: float = 20.0,
    ) -> GroundPoints:
        """Points below one satellite from one instant to another, at most `step_s` apart."""
        begin, end = self._seconds(from_utc), self._seconds(to_utc)
        times = np.linspace(begin, end, max(int(np.ceil((end - begin) / step_s)), 1) + 1)
        position = self._sky.fleet.earth_fixed(satellite, times).position_m
        known = (self._usable_from_s[satellite] <= times) & (
            times <= self._usable_until_s[satellite]
        )
        return GroundPoints(*geodetic_coordinates(np.where(known, position, np.nan)))

    def period_s(self, satellite: int) -> float:
        """Time of one revolution."""
        return float(self._sky.fleet.period_s[satellite])

    def footprint(
        self, satellite: int, instant_utc: np.datetime64, min_elevation_rad: float
    ) -> GroundCircle | None:
        """Ground that sees the satellite at least this high; None where its orbit is unusable.

        See `ground_angle_rad` for what a sphere in place of the ellipsoid costs.
        """
        points = self.satellites_at(instant_utc)
        height = float(points.altitude_m[satellite])
        radius = float(ground_angle_rad(height, min_elevation_rad))
        if not np.isfinite(radius):
            return None
        latitude, longitude = points.latitude_rad[satellite], points.longitude_rad[satellite]
        return GroundCircle.around(float(latitude), float(longitude), radius, _CIRCLE_POINTS)

    def station_circle(self, station: int, altitude_m: float) -> GroundCircle:
        """Points below a satellite of this height that the station sees over its minimum."""
        site = self._plan.scenario.stations[station]
        radius = float(ground_angle_rad(altitude_m, site.min_elevation_rad))
        return GroundCircle.around(site.latitude_rad, site.longitude_rad, radius, _CIRCLE_POINTS)

    def sub_solar_point(self, instant_utc: np.datetime64) -> tuple[float, float]:
        """Geodetic latitude and longitude (rad) where the Sun stands in the zenith."""
        x, y, z = self._sky.bodies.sun_earth_fixed_m(self._seconds(instant_utc))
        return float(np.arctan2(z, np.hypot(x, y))), float(np.arctan2(y, x))

    def night_bands(self, instant_utc: np.datetime64) -> tuple[NightBand, ...]:
        """Ground with the Sun's centre below 0, -6, -12 and -18 deg, the widest first.

        Geometric elevations, no refraction; the Sun's parallax (0.0024 deg) is left out.
        """
        latitude, longitude = self.sub_solar_point(instant_utc)
        opposite = float(np.mod(longitude, 2.0 * np.pi) - np.pi)
        bands = []
        for limit in np.radians(NIGHT_SUN_ELEVATIONS_DEG):
            radius = float(0.5 * np.pi + limit)
            circle = GroundCircle.around(-latitude, opposite, radius, _NIGHT_POINTS)
            bands.append(NightBand(float(limit), circle))
        return tuple(bands)

    def contacts_at(self, instant_utc: np.datetime64) -> Rows:
        """Rows of the contacts that are under way."""
        return self._under_way(self._contacts, instant_utc)

    def usable_passes_at(self, instant_utc: np.datetime64) -> Rows:
        """Rows of the passes inside their usable window, flown or not."""
        return self._under_way(self._windows, instant_utc)

    def pass_of_satellite(self, satellite: int, instant_utc: np.datetime64) -> int | None:
        """The pass to show for a satellite: see `_nearest`."""
        rows = np.flatnonzero(self._plan.passes.satellite == satellite)
        return self._nearest(rows, instant_utc)

    def pass_of_station(self, station: int, instant_utc: np.datetime64) -> int | None:
        """The pass to show for a station: see `_nearest`."""
        return self._nearest(np.flatnonzero(self._plan.passes.station == station), instant_utc)

    def _nearest(self, rows: Rows, instant_utc: np.datetime64) -> int | None:
        """Of these passes the one under way, else the next, else the last; None of none.

        Of several, a contact goes before a usable pass, and that before any other.
        """
        passes = self._plan.passes
        for wanted in (self._contacts, self._windows, rows):
            chosen = rows[np.isin(rows, wanted)]
            now = (passes.start_utc[chosen] <= instant_utc) & (
                instant_utc <= passes.end_utc[chosen]
            )
            if now.any():
                return int(chosen[now][0])
        for wanted in (self._windows, rows):
            chosen = rows[np.isin(rows, wanted)]
            later = chosen[passes.start_utc[chosen] > instant_utc]
            if len(later):
                return int(later[np.argmin(passes.start_utc[later])])
        return int(rows[-1]) if len(rows) else None

    def _under_way(self, rows: Rows, instant_utc: np.datetime64) -> Rows:
        conditions = self._plan.conditions
        begun = conditions.usable_start_utc[rows] <= instant_utc
        return np.asarray(rows[begun & (instant_utc < conditions.usable_end_utc[rows])])

    def _seconds(self, instant_utc: np.datetime64) -> float:
        return float(seconds_between(self._sky.fleet.start_utc, instant_utc))

    def _piece(self, t_s: float) -> _Piece:
        span = _NODE_STEP_S * (_NODES_PER_PIECE - 1)
        number = int(np.floor(t_s / span))
        piece = self._pieces.pop(number, None)
        if piece is None:
            times = number * span + _NODE_STEP_S * np.arange(_NODES_PER_PIECE)
            piece = _Piece(number * span, self._sky.fleet.earth_fixed_grid(times))
        self._pieces[number] = piece
        while len(self._pieces) > _PIECES_KEPT:
            self._pieces.popitem(last=False)
        return piece
