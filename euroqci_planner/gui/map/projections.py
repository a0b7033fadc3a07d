"""Map projections: from latitude and longitude to a plane whose unit is a radian at the centre.

x runs east, y north. Everything that is drawn comes as `Lines` cut at ±180° (see
`antimeridian`); the plane figures are `Figure`s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.world_map import Lines
from euroqci_planner.units import FloatArray

Plane = tuple[FloatArray, FloatArray]
BoolArray = NDArray[np.bool_]

_LIMB_STEP_RAD = float(np.radians(3.0))
_FARTHEST_RAD = float(np.radians(179.0))


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """Points of the plane; `starts` marks those that begin a new stroke or ring."""

    x: FloatArray
    y: FloatArray
    starts: BoolArray


def overlaid(figures: Sequence[Figure]) -> Figure:
    """Several figures as one."""
    return Figure(
        np.concatenate([figure.x for figure in figures]),
        np.concatenate([figure.y for figure in figures]),
        np.concatenate([figure.starts for figure in figures]),
    )


class Projection(Protocol):
    """One way of laying the globe flat."""

    @property
    def is_round(self) -> bool:
        """Whether the map is a disc (else a rectangle that ends at ±180° and the poles)."""

    @property
    def half_size(self) -> tuple[float, float]:
        """Half width and half height of the whole map in the plane."""

    def forward(self, latitude_rad: FloatArray, longitude_rad: FloatArray) -> Plane:
        """Points in the plane; NaN where they are behind the globe."""

    def inverse(self, x: FloatArray, y: FloatArray) -> Plane:
        """Latitude and longitude of points of the plane; NaN outside the map."""

    def strokes(self, lines: Lines) -> Figure:
        """Open lines, broken where they are hidden."""

    def areas(self, rings: Lines) -> Figure:
        """What the rings enclose, to be filled by the odd-even rule."""


@dataclass(frozen=True, slots=True)
class Equirectangular:
    """Meridians and parallels as a grid, true to scale along one parallel (Snyder 1987, p. 90)."""

    true_latitude_rad: float = 0.0

    @property
    def is_round(self) -> bool:
        """A rectangle."""
        return False

    @property
    def half_size(self) -> tuple[float, float]:
        """Half width and half height of the whole map in the plane."""
        return float(np.pi * np.cos(self.true_latitude_rad)), 0.5 * np.pi

    def forward(self, latitude_rad: FloatArray, longitude_rad: FloatArray) -> Plane:
        """Points in the plane."""
        return longitude_rad * np.cos(self.true_latitude_rad), latitude_rad

    def inverse(self, x: FloatArray, y: FloatArray) -> Plane:
        """Latitude and longitude; NaN outside the map."""
        longitude = np.asarray(x) / np.cos(self.true_latitude_rad)
        outside = (np.abs(longitude) > np.pi) | (np.abs(y) > 0.5 * np.pi)
        return np.where(outside, np.nan, y), np.where(outside, np.nan, longitude)

    def strokes(self, lines: Lines) -> Figure:
        """Open lines."""
        x, y = self.forward(lines.latitude_rad, lines.longitude_rad)
        return Figure(x, y, _starts(lines))

    def areas(self, rings: Lines) -> Figure:
        """The rings as they are."""
        return self.strokes(rings)


@dataclass(frozen=True, slots=True)
class Azimuthal:
    """The globe as seen around one point, with true directions from it.

    Orthographic (from far away, one hemisphere; Snyder 1987, p. 145) or equidistant (true
    distances from the centre, the whole globe; p. 191). Points beyond the edge are drawn on it.
    """

    latitude_rad: float
    longitude_rad: float
    is_orthographic: bool

    @property
    def is_round(self) -> bool:
        """A disc."""
        return True

    @property
    def half_size(self) -> tuple[float, float]:
        """Radius of the disc, twice."""
        return self._edge, self._edge

    @property
    def _edge(self) -> float:
        return 1.0 if self.is_orthographic else _FARTHEST_RAD

    def forward(self, latitude_rad: FloatArray, longitude_rad: FloatArray) -> Plane:
        """Points in the plane; NaN beyond the edge."""
        x, y, hidden = self._on_disc(latitude_rad, longitude_rad)
        return np.where(hidden, np.nan, x), np.where(hidden, np.nan, y)

    def inverse(self, x: FloatArray, y: FloatArray) -> Plane:
        """Latitude and longitude; NaN outside the disc."""
        radius = np.hypot(x, y)
        inside = np.where(radius > self._edge, np.nan, radius)
        angle = np.arcsin(inside) if self.is_orthographic else inside
        share = np.sin(angle) / np.where(inside == 0.0, 1.0, inside)
        sine, cosine = np.sin(self.latitude_rad), np.cos(self.latitude_rad)
        latitude = np.arcsin(np.clip(np.cos(angle) * sine + y * share * cosine, -1.0, 1.0))
        east = np.arctan2(x * share, np.cos(angle) * cosine - y * share * sine)
        return latitude, np.mod(self.longitude_rad + east + np.pi, 2.0 * np.pi) - np.pi

    def strokes(self, lines: Lines) -> Figure:
        """Open lines, broken where both ends of a step lie beyond the edge."""
        x, y, hidden = self._on_disc(lines.latitude_rad, lines.longitude_rad)
        starts = _starts(lines)
        starts[1:] |= hidden[1:] & hidden[:-1]
        return Figure(x, y, starts)

    def areas(self, rings: Lines) -> Figure:
        """The rings, their far side laid along the edge.

        A ring around the point opposite to the centre comes out as its own outside: the edge
        itself is added as one more ring where the opposite point is inside, which turns it over.
        """
        x, y, hidden = self._on_disc(rings.latitude_rad, rings.longitude_rad)
        figure = _along_the_edge(x, y, hidden, rings, self._edge)
        opposite = np.mod(self.longitude_rad, 2.0 * np.pi) - np.pi
        if not is_inside(rings, -self.latitude_rad, float(opposite)):
            return figure
        angle = np.arange(0.0, 2.0 * np.pi, _LIMB_STEP_RAD)
        return Figure(
            np.append(figure.x, self._edge * np.sin(angle)),
            np.append(figure.y, self._edge * np.cos(angle)),
            np.append(figure.starts, angle == 0.0),
        )

    def _on_disc(
        self, latitude: FloatArray, longitude: FloatArray
    ) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Points of the disc, those beyond the edge moved onto it."""
        sine, cosine = np.sin(self.latitude_rad), np.cos(self.latitude_rad)
        sin_lat, cos_lat = np.sin(latitude), np.cos(latitude)
        along = cos_lat * np.cos(longitude - self.longitude_rad)
        x = cos_lat * np.sin(longitude - self.longitude_rad)
        y = cosine * sin_lat - sine * along
        toward = sine * sin_lat + cosine * along
        radius = np.hypot(x, y)
        safe = np.where(radius > 0.0, radius, 1.0)
        if self.is_orthographic:
            hidden = toward < 0.0
            scale = np.where(hidden, 1.0 / safe, 1.0)
        else:
            angle = np.arctan2(radius, toward)
            hidden = angle > self._edge
            scale = np.where(radius > 0.0, np.minimum(angle, self._edge) / safe, 1.0)
        return x * scale, y * scale, hidden


def is_inside(rings: Lines, latitude_rad: float, longitude_rad: float) -> bool:
    """Whether a point lies inside rings cut at ±180°, by the odd-even rule."""
    latitude, longitude = rings.latitude_rad, rings.longitude_rad
    after = _next(rings)
    crosses = (latitude > latitude_rad) != (latitude[after] > latitude_rad)
    at = np.flatnonzero(crosses)
    share = (latitude_rad - latitude[at]) / (latitude[after[at]] - latitude[at])
    meets = longitude[at] + share * (longitude[after[at]] - longitude[at])
    return bool(np.count_nonzero(meets > longitude_rad) % 2)


def _starts(lines: Lines) -> BoolArray:
    starts = np.zeros(len(lines.latitude_rad), dtype=np.bool_)
    starts[lines.first[:-1]] = True
    return starts


def _next(rings: Lines) -> NDArray[np.intp]:
    """For every point the one after it in its ring."""
    after = np.arange(1, len(rings.latitude_rad) + 1)
    after[rings.first[1:] - 1] = rings.first[:-1]
    return after


def _along_the_edge(
    x: FloatArray, y: FloatArray, hidden: BoolArray, rings: Lines, edge: float
) -> Figure:
    """The rings with points put in where a step runs along the edge, so that it stays on it."""
    after = _next(rings)
    bearing = np.arctan2(x, y)
    turn = np.mod(bearing[after] - bearing + np.pi, 2.0 * np.pi) - np.pi
    both = hidden & hidden[after]
    counts = np.where(both, np.ceil(np.abs(turn) / _LIMB_STEP_RAD), 1.0).astype(np.intp)
    counts = np.maximum(counts, 1)
    owner = np.repeat(np.arange(len(x)), counts)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    on_edge = bearing[owner] + turn[owner] * place / counts[owner]
    added = place > 0
    return Figure(
        np.where(added, edge * np.sin(on_edge), x[owner]),
        np.where(added, edge * np.cos(on_edge), y[owner]),
        _starts(rings)[owner] & ~added,
    )
