"""Rings and lines on the sphere, cut where the flat map ends: at ±180°.

Plain geometry in radians, without Qt: the builder of the packaged world map uses it too.
A ring is closed without repeating its first point. Edges of a cut that would be longer than
`EDGE_RAD` get points in between, so that they stay on their meridian in every projection.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from euroqci_planner.units import FloatArray

Line = tuple[FloatArray, FloatArray]
"""Latitudes and longitudes in rad."""

EDGE_RAD = float(np.radians(1.0))
_TURN = 2.0 * np.pi
_HALF_TURN = np.pi
_DECIMALS = 12


def cut_ring(
    latitude_rad: FloatArray, longitude_rad: FloatArray, pole: float | None = None
) -> list[Line]:
    """Rings inside ±180° that together cover what the ring encloses.

    A ring that winds around the axis encloses the pole of this sign, by default the one on whose
    side its mean latitude is. Of a ring that does not, the inside is without a pole.
    """
    unwrapped = np.unwrap(np.append(longitude_rad, longitude_rad[:1]))
    latitude, longitude = latitude_rad, unwrapped[:-1]
    if abs(unwrapped[-1] - unwrapped[0]) > _HALF_TURN:
        side = float(np.mean(latitude_rad)) if pole is None else pole
        latitude, longitude = _closed_over_the_pole(latitude_rad, unwrapped, side)
    cut = []
    for turn in _turns(longitude):
        # Rounded, the two ends of a ring that is cut open after a full turn are the same meridian.
        shifted = np.round(longitude - turn * _TURN, _DECIMALS)
        part = _clipped(latitude, shifted, _HALF_TURN, upper=True)
        part = _clipped(*part, -_HALF_TURN, upper=False)
        if len(part[0]) >= 3:
            cut.append(_with_fine_border(*part))
    return cut


def cut_line(latitude_rad: FloatArray, longitude_rad: FloatArray) -> list[Line]:
    """Pieces of an open line, each inside ±180°; a crossing ends one and begins the next."""
    longitude = np.unwrap(longitude_rad)
    turn = np.floor((longitude + _HALF_TURN) / _TURN)
    breaks = np.flatnonzero(np.diff(turn)) + 1
    bounds = np.concatenate(([0], breaks, [len(longitude)]))
    pieces = []
    for begin, end in pairwise(bounds.tolist()):
        shift = turn[begin] * _TURN
        piece = [(latitude_rad[begin:end], longitude[begin:end] - shift)]
        if begin > 0:
            piece.insert(0, _border_point(latitude_rad, longitude, begin - 1, shift))
        if end < len(longitude):
            piece.append(_border_point(latitude_rad, longitude, end - 1, shift))
        pieces.append(
            (np.concatenate([p[0] for p in piece]), np.concatenate([p[1] for p in piece]))
        )
    return pieces


def _border_point(
    latitude: FloatArray, longitude: FloatArray, at: int, shift: float
) -> tuple[FloatArray, FloatArray]:
    """Where the step from `at` to the next point meets the border, seen from one side."""
    here, there = longitude[at], longitude[at + 1]
    border = _TURN * np.floor((max(here, there) + _HALF_TURN) / _TURN) - _HALF_TURN
    share = (border - here) / (there - here)
    meets = latitude[at] + share * (latitude[at + 1] - latitude[at])
    return np.array([meets]), np.array([border - shift])


def _closed_over_the_pole(latitude: FloatArray, unwrapped: FloatArray, side: float) -> Line:
    pole = np.copysign(0.5 * np.pi, side)
    ends = np.array([unwrapped[-1], unwrapped[0]])
    around = np.concatenate((latitude, latitude[:1], [pole, pole]))
    return around, np.concatenate((unwrapped, ends))


def _turns(longitude: FloatArray) -> Iterator[int]:
    first = int(np.floor((longitude.min() + _HALF_TURN) / _TURN))
    last = int(np.ceil((longitude.max() - _HALF_TURN) / _TURN))
    return iter(range(first, max(last, first) + 1))


def _clipped(latitude: FloatArray, longitude: FloatArray, border: float, *, upper: bool) -> Line:
    """One pass of Sutherland and Hodgman (1974) against a meridian."""
    inside = longitude <= border if upper else longitude >= border
    if inside.all():
        return latitude, longitude
    next_latitude, next_longitude = np.roll(latitude, -1), np.roll(longitude, -1)
    crosses = inside != np.roll(inside, -1)
    step = np.where(crosses, next_longitude - longitude, 1.0)
    meets = latitude + (border - longitude) / step * (next_latitude - latitude)
    keep = np.stack((inside, crosses), axis=1).ravel()
    latitudes = np.stack((latitude, meets), axis=1).ravel()[keep]
    longitudes = np.stack((longitude, np.full_like(longitude, border)), axis=1).ravel()[keep]
    return latitudes, longitudes


def _with_fine_border(latitude: FloatArray, longitude: FloatArray) -> Line:
    """Points every degree on edges that run along ±180°."""
    next_latitude, next_longitude = np.roll(latitude, -1), np.roll(longitude, -1)
    on_border = (np.abs(longitude) >= _HALF_TURN - 1e-12) & (longitude == next_longitude)
    if not on_border.any():
        return latitude, longitude
    span = np.where(on_border, np.abs(next_latitude - latitude), 0.0)
    counts = np.maximum(np.ceil(span / EDGE_RAD), 1.0).astype(np.intp)
    owner = np.repeat(np.arange(len(latitude)), counts)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    share = place / counts[owner]
    return (
        latitude[owner] + share * (next_latitude - latitude)[owner],
        longitude[owner],
    )
