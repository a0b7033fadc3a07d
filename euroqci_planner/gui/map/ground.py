"""Figures on the ground as `Lines`: circles, tracks and the graticule, cut at ±180°."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from euroqci_planner.app.scene import GroundCircle, GroundPoints
from euroqci_planner.app.world_map import Lines
from euroqci_planner.gui.map.antimeridian import Line, cut_line, cut_ring


def circle_ring(circle: GroundCircle) -> Lines:
    """The ground inside a circle; of one around a pole the pole on its side is inside."""
    return joined(cut_ring(circle.latitude_rad, circle.longitude_rad, circle.centre_latitude_rad))


def circle_line(circle: GroundCircle) -> Lines:
    """The circle itself as closed line."""
    latitude, longitude = circle.latitude_rad, circle.longitude_rad
    return joined(cut_line(np.append(latitude, latitude[:1]), np.append(longitude, longitude[:1])))


def track_line(points: GroundPoints) -> Lines:
    """A track without the times at which the orbit cannot be used."""
    known = np.isfinite(points.latitude_rad)
    if np.count_nonzero(known) < 2:
        return joined(())
    return joined(cut_line(points.latitude_rad[known], points.longitude_rad[known]))


@lru_cache(maxsize=4)
def graticule(step_deg: int) -> Lines:
    """Meridians and parallels every `step_deg` degrees; meridians end 80° from the equator."""
    fine = np.radians(np.arange(-180.0, 181.0, 2.0))
    reach = np.radians(np.arange(-80.0, 81.0, 2.0))
    meridians = [
        (reach, np.full_like(reach, np.radians(degree))) for degree in range(-180, 181, step_deg)
    ]
    parallels = [
        (np.full_like(fine, np.radians(degree)), fine)
        for degree in range(-90 + step_deg, 90, step_deg)
        if abs(degree) <= 80
    ]
    return joined(meridians + parallels)


def joined(lines: Iterable[Line]) -> Lines:
    """Lines one behind another."""
    parts = list(lines)
    lengths = [len(part[0]) for part in parts]
    empty = np.zeros(0)
    return Lines(
        np.concatenate([part[0] for part in parts]) if parts else empty,
        np.concatenate([part[1] for part in parts]) if parts else empty,
        np.concatenate(([0], np.cumsum(lengths))).astype(np.intp),
    )
