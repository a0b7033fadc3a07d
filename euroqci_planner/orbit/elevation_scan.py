"""Which intervals between nodes hold an event: signs of height and slope, all pairs at once.

With `d` from station to satellite and `u` the station's vertical, the sine of the elevation is
`u.d / |d|`. The scan knows `u.d`, `|d|²` and their rates at every node from three small matrix
products. Whether a satellite is above the minimum is the sign of `u.d - |d| sin(minimum)`;
whether it climbs is the sign of `(u.d)' |d|² - u.d (|d|²)' / 2`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from euroqci_planner.orbit.ephemeris import GRAVITY_M3_S2, IndexArray
from euroqci_planner.orbit.hermite import Node, Quintic
from euroqci_planner.orbit.node_tracks import BoolArray, NodeTrack
from euroqci_planner.orbit.site import SiteArray
from euroqci_planner.units import FloatArray

_REACH_MARGIN = 1.2


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """Intervals (n) between two nodes, with `u.d` and `|d|²` as quintics inside.

    `rate_rad_s` is the rate of a circular orbit at that radius: the time scale of the motion.
    """

    satellite: IndexArray
    station: IndexArray
    begin_s: FloatArray
    width_s: FloatArray
    sine_of_minimum: FloatArray
    rate_rad_s: FloatArray
    upward: Quintic
    square: Quintic

    def take(self, rows: BoolArray | IndexArray) -> Self:
        """The intervals of these rows."""
        return type(self)(
            self.satellite[rows],
            self.station[rows],
            self.begin_s[rows],
            self.width_s[rows],
            self.sine_of_minimum[rows],
            self.rate_rad_s[rows],
            self.upward.take(rows),
            self.square.take(rows),
        )

    def __len__(self) -> int:
        """Number of intervals."""
        return len(self.begin_s)


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """What a scan found: pairs (station, node) as index arrays (2, n).

    `rises` and `sets` change sides of the minimum elevation; `tops` hold a culmination next to a
    node above it; `hidden` a culmination between two nodes below; `dips` a lowest point between
    two nodes above; `nearest` a smallest range. `begins` and `ends` are single nodes above the
    minimum at the border of the usable time.
    """

    rises: IndexArray
    sets: IndexArray
    tops: IndexArray
    hidden: IndexArray
    dips: IndexArray
    nearest: IndexArray
    begins: IndexArray
    ends: IndexArray


def scan(track: NodeTrack, sites: SiteArray) -> Scan:
    """Find the intervals of a block of nodes in which something happens over these stations."""
    upward, square, upward_rate, half_square_rate = _geometry(track, sites)
    distance = np.sqrt(square)
    above = upward >= sites.sine_of_minimum[:, None] * distance
    climbs = upward_rate * square > upward * half_square_rate
    nears = half_square_rate < 0.0
    was, now = above[:, :-1], above[:, 1:]
    top = climbs[:, :-1] & ~climbs[:, 1:] & track.joined
    either = (was | now) & track.joined
    return Scan(
        rises=_where(~was & now & track.joined),
        sets=_where(was & ~now & track.joined),
        tops=_where(top & either),
        hidden=_within_reach(track, sites, upward, distance, _where(top & ~either)),
        dips=_where(~climbs[:, :-1] & climbs[:, 1:] & was & now & track.joined),
        nearest=_where(nears[:, :-1] & ~nears[:, 1:] & either),
        begins=_where(above & track.begins),
        ends=_where(above & track.ends),
    )


def _where(mask: BoolArray) -> IndexArray:
    return np.array(np.divmod(np.flatnonzero(mask), mask.shape[1]))


def _geometry(
    track: NodeTrack, sites: SiteArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """`u.d`, `|d|²`, the rate of the first and half the rate of the second, (stations, nodes)."""
    up, place = sites.up.T, sites.position_m.T
    position, velocity = track.position_m, track.velocity_m_s
    upward = up @ position - np.sum(up * place, axis=1)[:, None]
    square = np.sum(position**2, axis=0) + np.sum(place**2, axis=1)[:, None]
    square -= 2.0 * (place @ position)
    half_square_rate = np.sum(position * velocity, axis=0) - place @ velocity
    return upward, square, up @ velocity, half_square_rate


def _within_reach(
    track: NodeTrack,
    sites: SiteArray,
    upward: FloatArray,
    distance: FloatArray,
    tops: IndexArray,
) -> IndexArray:
    """Those of the tops between two nodes below the minimum that may reach it (never too few).

    Between nodes `u.d` exceeds its larger end by no more than a h² / 8, and `|d|` differs from
    its nearer end by no more than v h / 2.
    """
    station, node = tops
    width = track.t_s[node + 1] - track.t_s[node]
    force = np.maximum(*(_length(track.acceleration_m_s2[:, k]) for k in (node, node + 1)))
    speed = np.maximum(*(_length(track.velocity_m_s[:, k]) for k in (node, node + 1)))
    bulge = _REACH_MARGIN / 8.0 * force * width**2
    change = _REACH_MARGIN / 2.0 * speed * width
    highest = np.maximum(upward[station, node], upward[station, node + 1]) + bulge
    ends = (distance[station, node], distance[station, node + 1])
    shortest, longest = np.maximum(np.minimum(*ends) - change, 0.0), np.maximum(*ends) + change
    sine = sites.sine_of_minimum[station]
    return tops[:, highest >= sine * np.where(sine > 0.0, shortest, longest)]


def _length(vector: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.sum(vector * vector, axis=0)))


def intervals(track: NodeTrack, sites: SiteArray, found: IndexArray) -> Interval:
    """The intervals behind these (station, node) pairs of a scan."""
    station, node = found
    begin = _nodes(track, sites, station, node)
    end = _nodes(track, sites, station, node + 1)
    width = track.t_s[node + 1] - track.t_s[node]
    radius2 = np.sum(track.position_m[:, node] ** 2, axis=0)
    return Interval(
        satellite=track.satellite[node],
        station=station,
        begin_s=track.t_s[node],
        width_s=width,
        sine_of_minimum=sites.sine_of_minimum[station],
        rate_rad_s=np.sqrt(GRAVITY_M3_S2) * radius2**-0.75,
        upward=Quintic.between(begin[0], end[0], width),
        square=Quintic.between(begin[1], end[1], width),
    )


def _nodes(
    track: NodeTrack, sites: SiteArray, station: IndexArray, node: IndexArray
) -> tuple[Node, Node]:
    """`u.d` and `|d|²` with two derivatives at single nodes."""
    up = sites.up[:, station]
    away = track.position_m[:, node] - sites.position_m[:, station]
    velocity, acceleration = track.velocity_m_s[:, node], track.acceleration_m_s2[:, node]
    upward = Node(_dot(up, away), _dot(up, velocity), _dot(up, acceleration))
    bend = 2.0 * (_dot(velocity, velocity) + _dot(away, acceleration))
    return upward, Node(_dot(away, away), 2.0 * _dot(away, velocity), bend)


def _dot(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(a[0] * b[0] + a[1] * b[1] + a[2] * b[2])
