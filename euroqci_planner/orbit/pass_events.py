"""Instants of rise, set, culmination and smallest range: quintic first, then SGP4 itself.

The quintic places an event to about 0.1 ms in low orbits; a last Newton step on directly
propagated positions removes what is left, so that results do not depend on the nodes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.table import Table, column
from euroqci_planner.orbit.elevation_scan import Interval, intervals, scan
from euroqci_planner.orbit.ephemeris import Fleet, IndexArray
from euroqci_planner.orbit.node_tracks import NodeTrack
from euroqci_planner.orbit.root_finding import Bracket, RowArray, bracketed_roots
from euroqci_planner.orbit.site import SiteArray, elevation_azimuth_range
from euroqci_planner.units import FloatArray

_SHARE_TOLERANCE = 1e-6
# Newton's last step; on a steep way the error that is left is its square times 0.1 per second.
_CROSSING_TOLERANCE_S = 1e-5
_STEEP_TOLERANCE_S = 2e-4
_STEEP_M_S = 50.0
_CARRIED_S = 2e-3
_EXTREMUM_TOLERANCE_S = 1e-3
_EXTREMUM_ROUNDS = 12
_SECANT_STEP_S = 0.1
_DIFFERENCE_RAD = 1.5e-4
_OUTSIDE_SHARE = 0.25


class EventKind(IntEnum):
    """What happens; BEGIN and END are the borders of the usable time while above the minimum."""

    RISE = 0
    BEGIN = 1
    CULMINATION = 2
    NEAREST = 3
    SET = 4
    END = 5


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EventTable(Table):
    """Events of all pairs in no order; `t_s` counts from the start of the window."""

    kind: NDArray[np.int8] = column("int8")
    satellite: NDArray[np.int32] = column("int32")
    station: NDArray[np.int32] = column("int32")
    t_s: FloatArray = column("float64")
    elevation_rad: FloatArray = column("float64")
    azimuth_rad: FloatArray = column("float64")
    range_m: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """Satellites seen last from their stations: times (n), vectors and their rates (3, n)."""

    t_s: FloatArray
    away_m: FloatArray
    velocity_m_s: FloatArray
    acceleration_m_s2: FloatArray

    @classmethod
    def nowhere(cls, count: int) -> Self:
        """Nothing was seen yet."""
        return cls(np.full(count, np.inf), *np.zeros((3, 3, count)))

    def note(self, rows: RowArray, t_s: FloatArray, *motion: FloatArray) -> None:
        """Keep what is seen of these rows: vectors, their rates and accelerations."""
        self.t_s[rows] = t_s
        kept = (self.away_m, self.velocity_m_s, self.acceleration_m_s2)
        for vectors, values in zip(kept, motion, strict=True):
            vectors[:, rows] = values

    def carried(self, t_s: FloatArray) -> tuple[RowArray, FloatArray]:
        """Rows that were seen within 2 ms of these times, and all vectors carried there."""
        by_s = t_s - self.t_s
        near = np.abs(by_s) <= _CARRIED_S
        by_s[~near] = 0.0
        bent = self.velocity_m_s + 0.5 * by_s * self.acceleration_m_s2
        return np.flatnonzero(near), self.away_m + by_s * bent


@dataclass(frozen=True, slots=True, eq=False)
class EventFinder:
    """Finds the events of one block of nodes after the other."""

    fleet: Fleet
    sites: SiteArray
    usable_s: FloatArray

    def events(self, track: NodeTrack) -> Iterator[EventTable]:
        """All events of a block, one table per kind of search."""
        found = scan(track, self.sites)
        for kind, pairs in ((EventKind.BEGIN, found.begins), (EventKind.END, found.ends)):
            owner, when = track.satellite[pairs[1]], track.t_s[pairs[1]]
            yield self._seen(kind, owner, pairs[0], when)
        for kind, pairs in ((EventKind.RISE, found.rises), (EventKind.SET, found.sets)):
            yield self._crossings(kind, intervals(track, self.sites, pairs))
        tops = intervals(track, self.sites, found.tops)
        yield self._culminations(tops, *self._extrema(tops, is_top=True))
        yield from self._short_passes(intervals(track, self.sites, found.hidden))
        yield from self._short_dips(intervals(track, self.sites, found.dips))
        yield self._nearest(intervals(track, self.sites, found.nearest))

    def _crossings(self, kind: EventKind, where: Interval) -> EventTable:
        """Rises or sets that the nodes on both sides show."""
        share = quintic_crossings(where, rises=kind == EventKind.RISE)
        inside = Bracket(
            where.begin_s,
            where.begin_s + where.width_s,
            np.full(len(where), kind == EventKind.RISE),
        )
        return self._crossed(kind, where, inside, where.begin_s + share * where.width_s)

    def _crossed(
        self, kind: EventKind, where: Interval, inside: Bracket, start_s: FloatArray
    ) -> EventTable:
        """Newton on propagated states from `start_s` on; NaN states leave the start as it is."""

        look = _Look.nowhere(len(where))

        def height(t_s: FloatArray, rows: RowArray) -> tuple[FloatArray, FloatArray]:
            away, velocity, bent = self._away(where.satellite[rows], where.station[rows], t_s)
            look.note(rows, t_s, away, velocity, bent)
            up, sine = self.sites.up[:, where.station[rows]], where.sine_of_minimum[rows]
            distance = np.sqrt(np.sum(away * away, axis=0))
            value = np.sum(up * away, axis=0) - sine * distance
            slope = np.sum(up * velocity, axis=0)
            slope -= sine * np.sum(away * velocity, axis=0) / distance
            return np.nan_to_num(value), slope

        when = bracketed_roots(height, inside, start_s, _crossing_tolerance_s)
        return self._seen(kind, where.satellite, where.station, when, look)

    def _extrema(self, where: Interval, *, is_top: bool) -> tuple[FloatArray, _Look]:
        """Instants of highest (lowest) elevation, by differences of propagated directions.

        Not from velocities: those of SGP4 part from the motion of its positions by millimetres
        to centimetres per second, which shifts a slow culmination by seconds.
        """
        share = quintic_extrema(where, is_top=is_top)
        when = where.begin_s + share * where.width_s
        bend = _sine_bend(where, share) / where.width_s**2
        apart = _DIFFERENCE_RAD / where.rate_rad_s
        low, high = self._room(where)
        slope, change = np.zeros(len(where)), np.zeros(len(where))
        rows, look = np.arange(len(where)), _Look.nowhere(len(where))
        for _ in range(_EXTREMUM_ROUNDS):
            owner, station = where.satellite[rows], where.station[rows]
            after, _, bent = self._away(owner, station, when[rows] + apart[rows])
            before, _, bent_before = self._away(owner, station, when[rows] - apart[rows])
            bent = 0.5 * (bent + bent_before)
            middle = 0.5 * (after + before - bent * apart[rows] ** 2)
            look.note(rows, when[rows], middle, (after - before) / (2.0 * apart[rows]), bent)
            new_slope = self._sine_of(station, after) - self._sine_of(station, before)
            new_slope /= 2.0 * apart[rows]
            bend[rows] = _secant(new_slope - slope[rows], change[rows], bend[rows])
            step = np.nan_to_num(-new_slope / bend[rows], posinf=0.0, neginf=0.0)
            moved = np.clip(when[rows] + step, low[rows], high[rows])
            slope[rows], change[rows] = new_slope, moved - when[rows]
            when[rows] = moved
            rows = rows[np.abs(change[rows]) > _EXTREMUM_TOLERANCE_S]
            if not len(rows):
                break
        return when, look

    def _room(self, where: Interval) -> tuple[FloatArray, FloatArray]:
        """A little more than the interval, inside the usable time."""
        extra = _OUTSIDE_SHARE * where.width_s
        usable = self.usable_s[where.satellite]
        low = np.maximum(where.begin_s - extra, usable[:, 0])
        return low, np.minimum(where.begin_s + where.width_s + extra, usable[:, 1])

    def _culminations(
        self, where: Interval, when_s: FloatArray, look: _Look | None = None
    ) -> EventTable:
        return self._seen(EventKind.CULMINATION, where.satellite, where.station, when_s, look)

    def _short_passes(self, hidden: Interval) -> Iterator[EventTable]:
        """Passes that rise and set between two nodes."""
        when, _ = self._extrema(hidden, is_top=True)
        sine = self._sine(hidden.satellite, hidden.station, when)
        real = sine >= hidden.sine_of_minimum
        where, top, excess = hidden.take(real), when[real], (sine - hidden.sine_of_minimum)[real]
        yield self._culminations(where, top)
        yield from self._both_sides(where, top, excess, (EventKind.RISE, EventKind.SET))
        yield self._nearest(where)

    def _short_dips(self, dips: Interval) -> Iterator[EventTable]:
        """Sets and rises of a satellite that sinks under the minimum between two nodes only."""
        when, _ = self._extrema(dips, is_top=False)
        sine = self._sine(dips.satellite, dips.station, when)
        real = sine < dips.sine_of_minimum
        where, lowest, excess = dips.take(real), when[real], (sine - dips.sine_of_minimum)[real]
        yield from self._both_sides(where, lowest, excess, (EventKind.SET, EventKind.RISE))

    def _both_sides(
        self,
        where: Interval,
        extremum_s: FloatArray,
        excess: FloatArray,
        kinds: tuple[EventKind, EventKind],
    ) -> Iterator[EventTable]:
        """The crossings before and after an extremum, from its parabola."""
        share = (extremum_s - where.begin_s) / where.width_s
        bend = _sine_bend(where, share) / where.width_s**2
        half = np.sqrt(np.maximum(-2.0 * excess / bend, 0.0))
        low = np.minimum(where.begin_s, extremum_s)
        high = np.maximum(where.begin_s + where.width_s, extremum_s)
        for kind, begin, end, sign in (
            (kinds[0], low, extremum_s, -1.0),
            (kinds[1], extremum_s, high, 1.0),
        ):
            inside = Bracket(begin, end, np.full(len(where), kind == EventKind.RISE))
            start = np.clip(extremum_s + sign * half, begin, end)
            yield self._crossed(kind, where, inside, start)

    def _nearest(self, where: Interval) -> EventTable:
        """Smallest range: the quintic's instant, the range there by SGP4."""
        falls = where.square.slope(np.zeros(len(where))) < 0.0
        where = where.take(falls & (where.square.slope(np.ones(len(where))) >= 0.0))

        def slope(share: FloatArray, rows: RowArray) -> tuple[FloatArray, FloatArray]:
            square = where.square.take(rows)
            return square.slope(share), square.bend(share)

        inside = _whole(len(where), rises=True)
        share = bracketed_roots(slope, inside, _middle(where), _SHARE_TOLERANCE)
        when = where.begin_s + share * where.width_s
        return self._seen(EventKind.NEAREST, where.satellite, where.station, when)

    def _away(
        self, satellite: IndexArray, station: IndexArray, t_s: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Vector from station to satellite, its rate and acceleration, by SGP4; (3, n)."""
        state = self.fleet.earth_fixed_pairs(satellite, t_s)
        away = state.position_m - self.sites.position_m[:, station]
        return away, state.velocity_m_s, state.acceleration_m_s2

    def _sine(self, satellite: IndexArray, station: IndexArray, t_s: FloatArray) -> FloatArray:
        return self._sine_of(station, self._away(satellite, station, t_s)[0])

    def _sine_of(self, station: IndexArray, away: FloatArray) -> FloatArray:
        """Sine of the elevation of vectors from the stations."""
        upward = np.sum(self.sites.up[:, station] * away, axis=0)
        return np.asarray(upward / np.sqrt(np.sum(away * away, axis=0)))

    def _seen(
        self,
        kind: EventKind,
        satellite: IndexArray,
        station: IndexArray,
        t_s: FloatArray,
        look: _Look | None = None,
    ) -> EventTable:
        """The events with the directions in which they are seen.

        Instants are rounded to the microsecond of the tables first, so that everything said of
        an event holds at the instant told, and last bits of the search leave no trace.
        """
        t_s = np.round(t_s, 6)
        near, away = (look or _Look.nowhere(len(t_s))).carried(t_s)
        far = np.delete(np.arange(len(t_s)), near)
        if len(far):
            away[:, far], _, _ = self._away(satellite[far], station[far], t_s[far])
        elevation, azimuth, distance = elevation_azimuth_range(self.sites.axes[:, :, station], away)
        return EventTable(
            kind=np.full(len(t_s), kind, dtype=np.int8),
            satellite=satellite.astype(np.int32),
            station=station.astype(np.int32),
            t_s=t_s,
            elevation_rad=elevation,
            azimuth_rad=azimuth,
            range_m=distance,
        )


def _crossing_tolerance_s(slope_m_s: FloatArray) -> FloatArray:
    steep = np.abs(slope_m_s) >= _STEEP_M_S
    return np.where(steep, _STEEP_TOLERANCE_S, _CROSSING_TOLERANCE_S)


def _secant(slope_change: FloatArray, change_s: FloatArray, bend: FloatArray) -> FloatArray:
    """The bend seen in the last step where that was long enough to show one, else the old."""
    long = np.abs(change_s) > _SECANT_STEP_S
    seen = slope_change / np.where(long, change_s, 1.0)
    return np.asarray(np.where(long & (seen * bend > 0.0), seen, bend))


def _whole(count: int, *, rises: bool) -> Bracket:
    return Bracket(np.zeros(count), np.ones(count), np.full(count, rises))


def _middle(where: Interval) -> FloatArray:
    return np.full(len(where), 0.5)


def quintic_crossings(where: Interval, *, rises: bool) -> FloatArray:
    """Shares of the intervals at which the elevation passes the minimum."""

    def height(share: FloatArray, rows: RowArray) -> tuple[FloatArray, FloatArray]:
        upward, square = where.upward.take(rows), where.square.take(rows)
        sine, distance = where.sine_of_minimum[rows], np.sqrt(square.value(share))
        slope = upward.slope(share) - 0.5 * sine * square.slope(share) / distance
        return upward.value(share) - sine * distance, slope

    inside = _whole(len(where), rises=rises)
    return bracketed_roots(height, inside, _middle(where), _SHARE_TOLERANCE)


def quintic_extrema(where: Interval, *, is_top: bool) -> FloatArray:
    """Shares of the intervals at which the elevation is highest (lowest)."""

    def climb(share: FloatArray, rows: RowArray) -> tuple[FloatArray, FloatArray]:
        upward, square = where.upward.take(rows), where.square.take(rows)
        up, up1, up2 = upward.value(share), upward.slope(share), upward.bend(share)
        sq, sq1, sq2 = square.value(share), square.slope(share), square.bend(share)
        return up1 * sq - 0.5 * up * sq1, up2 * sq + 0.5 * up1 * sq1 - 0.5 * up * sq2

    inside = _whole(len(where), rises=not is_top)
    return bracketed_roots(climb, inside, _middle(where), _SHARE_TOLERANCE)


def _sine_bend(where: Interval, share: FloatArray) -> FloatArray:
    """Second derivative of the sine of the elevation by the share, where the first is zero."""
    up, up2 = where.upward.value(share), where.upward.bend(share)
    square, square2 = where.square.value(share), where.square.bend(share)
    up1, square1 = where.upward.slope(share), where.square.slope(share)
    rate = up2 * square + 0.5 * up1 * square1 - 0.5 * up * square2
    return np.asarray(rate / (square * np.sqrt(square)))
