"""Passes by brute force: the reference for the pass finder, which shares no code with it.

Positions come from python-sgp4 at every trial time, frames from Skyfield (GMST 1982, polar
motion), the place of the station from Skyfield's WGS 84, instants from the same time scale as
the finder's. The sky is sampled every ten seconds; what changes sides of the minimum, or could
do so between two samples, is bisected.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sgp4.api import Satrec
from skyfield.api import EarthSatellite, wgs84
from skyfield.framelib import itrs
from skyfield.functions import mxm, mxv
from skyfield.sgp4lib import TEME

from euroqci_planner.mission.assets import Station
from euroqci_planner.orbit.earth_orientation import EarthOrientation

FloatArray = NDArray[np.float64]
GRID_S = 10.0
_DAY_S = 86_400.0
_HALVINGS = 36
_THIRDS = 44


@dataclass(frozen=True)
class DirectPasses:
    """Passes of one pair in order; rise or set is NaN where the window cuts it."""

    rise_s: FloatArray
    set_s: FloatArray
    highest_s: FloatArray
    highest_rad: FloatArray
    nearest_m: FloatArray


@dataclass(frozen=True)
class Grid:
    """Samples of one satellite over the window."""

    t_s: FloatArray
    position_m: FloatArray


class DirectSky:
    """One satellite over one window by direct evaluation."""

    def __init__(self, lines: tuple[str, ...], orientation: EarthOrientation) -> None:
        self.record = Satrec.twoline2rv(*lines)
        self.orientation = orientation
        self.timescale = orientation.timescale()

    def times(self, t_s: FloatArray) -> Any:
        """Skyfield's times, without precession and nutation: they cancel on the ground."""
        times = self.timescale.tt_jd(*self.orientation.tt_julian_date(t_s))
        times.gast = 0.0 * times.tt
        times.M = times.MT = np.identity(3)[:, :, None] + 0.0 * times.tt
        return times

    def position_m(self, t_s: FloatArray) -> FloatArray:
        """Earth-fixed position (3, n)."""
        times = self.times(t_s)
        fraction = times.tai_fraction - times._leap_seconds() / _DAY_S
        code, km, _ = self.record.sgp4_array(times.whole, fraction)
        assert not code.any()
        turn = mxm(itrs.rotation_at(times), np.swapaxes(TEME.rotation_at(times), 0, 1))
        return np.asarray(mxv(turn, km.T * 1e3))

    def grid(self, duration_s: float) -> Grid:
        """Samples every ten seconds and at the end."""
        t_s = np.append(np.arange(0.0, duration_s, GRID_S), duration_s)
        return Grid(t_s, self.position_m(t_s))


class DirectPair:
    """One satellite over one station by direct evaluation."""

    def __init__(self, sky: DirectSky, station: Station) -> None:
        latitude, longitude = station.latitude_rad, station.longitude_rad
        place = wgs84.latlon(
            np.degrees(latitude), np.degrees(longitude), elevation_m=station.altitude_m
        )
        level = np.cos(latitude)
        self.sky, self.minimum = sky, station.min_elevation_rad
        self.place = np.asarray(place.itrs_xyz.m)
        self.up = np.array([level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)])

    def seen(self, position_m: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Elevation and range."""
        away = position_m - self.place[:, None]
        upward = self.up @ away
        level = np.linalg.norm(away - self.up[:, None] * upward, axis=0)
        return np.arctan2(upward, level), np.linalg.norm(away, axis=0)

    def elevation(self, t_s: FloatArray) -> FloatArray:
        return self.seen(self.sky.position_m(t_s))[0]

    def distance(self, t_s: FloatArray) -> FloatArray:
        return self.seen(self.sky.position_m(t_s))[1]

    def passes(self, grid: Grid) -> DirectPasses:
        """All passes over a grid."""
        elevation, distance = self.seen(grid.position_m)
        extrema = self._between_samples(grid.t_s, elevation)
        marks = np.concatenate((grid.t_s, extrema))
        above = np.concatenate((elevation, self.elevation(extrema))) >= self.minimum
        order = np.argsort(marks, kind="stable")
        marks, above = marks[order], above[order]
        change = np.flatnonzero(above[1:] != above[:-1])
        rises = above[change + 1]
        edges = self._bisected(marks[change], marks[change + 1], rises)
        starts = np.concatenate(([np.nan], edges[rises])) if above[0] else edges[rises]
        ends = np.concatenate((edges[~rises], [np.nan])) if above[-1] else edges[~rises]
        low = np.where(np.isnan(starts), grid.t_s[0], starts)
        high = np.where(np.isnan(ends), grid.t_s[-1], ends)
        highest = self._best_inside(self.elevation, grid.t_s, elevation, low, high)
        nearest = self._best_inside(lambda t_s: -self.distance(t_s), grid.t_s, -distance, low, high)
        return DirectPasses(starts, ends, highest, self.elevation(highest), self.distance(nearest))

    def _between_samples(self, t_s: FloatArray, elevation: FloatArray) -> FloatArray:
        """Extrema between samples that could reach the minimum from either side."""
        before, here, behind = elevation[:-2], elevation[1:-1], elevation[2:]
        swing = np.maximum(np.abs(here - before), np.abs(here - behind))
        near = np.abs(here - self.minimum) <= swing
        top = (here >= before) & (here >= behind) & (here < self.minimum) & near
        low = (here <= before) & (here <= behind) & (here >= self.minimum) & near
        tops = _climbed(self.elevation, t_s[:-2][top], t_s[2:][top])
        lows = _climbed(lambda t: -self.elevation(t), t_s[:-2][low], t_s[2:][low])
        return np.concatenate((tops, lows))

    def _bisected(self, low: FloatArray, high: FloatArray, rises: NDArray[np.bool_]) -> FloatArray:
        for _ in range(_HALVINGS if len(low) else 0):
            middle = 0.5 * (low + high)
            over = self.elevation(middle) >= self.minimum
            low, high = np.where(over == rises, low, middle), np.where(over == rises, middle, high)
        return np.asarray(0.5 * (low + high))

    @staticmethod
    def _best_inside(
        function: Callable[[FloatArray], FloatArray],
        t_s: FloatArray,
        value: FloatArray,
        low: FloatArray,
        high: FloatArray,
    ) -> FloatArray:
        """Instant of the largest value between `low` and `high` of each pass."""
        middle = 0.5 * (low + high)
        for row, (first, last) in enumerate(
            zip(np.searchsorted(t_s, low), np.searchsorted(t_s, high, side="right"), strict=True)
        ):
            if last > first:
                middle[row] = t_s[first + np.argmax(value[first:last])]
        return _climbed(
            function, np.maximum(middle - GRID_S, low), np.minimum(middle + GRID_S, high)
        )


def _climbed(
    function: Callable[[FloatArray], FloatArray], low: FloatArray, high: FloatArray
) -> FloatArray:
    """Instants of the largest value between `low` and `high`, by thirds."""
    for _ in range(_THIRDS if len(low) else 0):
        left, right = low + (high - low) / 3.0, high - (high - low) / 3.0
        both = function(np.concatenate((left, right)))
        better = both[: len(left)] < both[len(left) :]
        low, high = np.where(better, left, low), np.where(better, high, right)
    return np.asarray(0.5 * (low + high))


def altaz_crossings(
    lines: tuple[str, ...],
    orientation: EarthOrientation,
    station: Station,
    near_s: FloatArray,
    *,
    rises: bool,
) -> FloatArray:
    """Crossings of the minimum within a second of `near_s`, bisected on Skyfield's `altaz()`."""
    timescale = orientation.timescale()
    ground = wgs84.latlon(
        np.degrees(station.latitude_rad),
        np.degrees(station.longitude_rad),
        elevation_m=station.altitude_m,
    )
    sight = EarthSatellite(*lines, ts=timescale) - ground
    low, high = near_s - 1.0, near_s + 1.0
    for _ in range(22 if len(near_s) else 0):
        middle = 0.5 * (low + high)
        times = timescale.tt_jd(*orientation.tt_julian_date(middle))
        over = sight.at(times).altaz()[0].radians >= station.min_elevation_rad
        low, high = np.where(over == rises, low, middle), np.where(over == rises, middle, high)
    return np.asarray(0.5 * (low + high))
