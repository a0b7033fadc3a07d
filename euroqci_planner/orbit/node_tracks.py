"""Where the finder looks: Earth-fixed states of satellites on nodes, in blocks of bounded size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.orbit.ephemeris import GRAVITY_M3_S2, EarthFixedState, Fleet, IndexArray
from euroqci_planner.units import FloatArray

COMMON_STEPS_S = (300.0, 120.0)
"""Steps that several satellites share: deep-space and low orbits."""
MAX_ARC_RAD = 0.15
"""Geocentric arc between two nodes; a circular orbit at 150 km flies 0.144 rad in 120 s."""

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class NodeTrack:
    """States of some satellites on their nodes, one behind another; m nodes in all.

    `joined[i]` (m - 1) says that nodes i and i + 1 bound an interval of one satellite. `begins`
    and `ends` (m) mark where a satellite's usable time starts and stops. States at nodes that
    join nothing are zero. `share` is the part of the fleet's whole time that this block covers.
    """

    satellite: IndexArray
    t_s: FloatArray
    position_m: FloatArray
    velocity_m_s: FloatArray
    acceleration_m_s2: FloatArray
    joined: BoolArray
    begins: BoolArray
    ends: BoolArray
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class NodeGroup:
    """Satellites that share their nodes `t_s` (n), from the first to the last usable moment."""

    satellites: IndexArray
    t_s: FloatArray

    def first_from(self, t_s: float) -> int:
        """Index of the first node at or after a time, of the last node where there is none."""
        return min(int(np.searchsorted(self.t_s, t_s)), len(self.t_s) - 1)


def node_tracks(fleet: Fleet, usable_s: FloatArray, nodes_per_block: int) -> Iterator[NodeTrack]:
    """Blocks of at most about `nodes_per_block` nodes over `usable_s` (n, 2) of each satellite.

    Near-circular orbits share even nodes; the others have their own, denser where they are fast.
    """
    even = np.isfinite(common_steps_s(fleet))
    for group in even_groups(fleet, usable_s, even):
        yield from group_tracks(fleet, group, nodes_per_block)
    for group in own_groups(fleet, usable_s, ~even):
        yield from group_tracks(fleet, group, nodes_per_block)


def even_groups(fleet: Fleet, usable_s: FloatArray, chosen: BoolArray) -> Iterator[NodeGroup]:
    """Groups of the chosen satellites, whose orbits allow a common step, by step and bounds."""
    whole = np.flatnonzero((usable_s[:, 1] > usable_s[:, 0]) & chosen)
    kinds = np.column_stack([usable_s, common_steps_s(fleet)])[whole]
    for kind in np.unique(kinds, axis=0):
        yield NodeGroup(whole[np.all(kinds == kind, axis=1)], _even_times(*kind))


def own_groups(fleet: Fleet, usable_s: FloatArray, chosen: BoolArray) -> Iterator[NodeGroup]:
    """A group for each of the chosen satellites, with nodes that follow its speed."""
    for satellite in np.flatnonzero((usable_s[:, 1] > usable_s[:, 0]) & chosen):
        times = _adapted_times(fleet, int(satellite), *usable_s[satellite])
        yield NodeGroup(np.array([satellite]), times)


def common_steps_s(fleet: Fleet) -> FloatArray:
    """The longest shared step that keeps `MAX_ARC_RAD` at the perigee, infinite where none does."""
    eccentricity = np.array([e.eccentricity for e in fleet.element_sets], dtype=np.float64)
    perigee = np.maximum(fleet.perigee_radius_m, 1.0)
    rate = np.sqrt(GRAVITY_M3_S2 * (1.0 + eccentricity) / perigee**3)
    step = np.full(len(fleet), np.inf)
    for candidate in sorted(COMMON_STEPS_S):
        step[rate * candidate <= MAX_ARC_RAD] = candidate
    return step


def _even_times(begin_s: float, end_s: float, step_s: float) -> FloatArray:
    return np.linspace(begin_s, end_s, int(np.ceil((end_s - begin_s) / step_s)) + 1)


def _adapted_times(fleet: Fleet, satellite: int, begin_s: float, end_s: float) -> FloatArray:
    """Even nodes, each interval split until the arc flown in it is short enough."""
    coarse = _even_times(begin_s, end_s, max(COMMON_STEPS_S))
    position, velocity, _ = fleet.teme(satellite, coarse)
    moment = np.linalg.norm(np.cross(position, velocity, axis=0), axis=0)
    rate = np.nan_to_num(moment / np.sum(position**2, axis=0))
    around = np.concatenate((rate[:1], rate, rate[-1:]))
    fastest = np.maximum(np.maximum(around[:-2], around[2:]), rate)
    arc = np.maximum(fastest[:-1], fastest[1:]) * np.diff(coarse)
    parts = np.maximum(np.ceil(arc / MAX_ARC_RAD), 1.0).astype(np.intp)
    offset = np.arange(parts.sum()) - np.repeat(np.cumsum(parts) - parts, parts)
    inner = np.repeat(coarse[:-1], parts) + offset * np.repeat(np.diff(coarse) / parts, parts)
    return np.append(inner, end_s)


def group_tracks(
    fleet: Fleet, group: NodeGroup, nodes_per_block: int, first: int = 0, last: int | None = None
) -> Iterator[NodeTrack]:
    """Blocks of the nodes `first` to `last` (all) of a group; neighbours share a border node."""
    times, end = group.t_s, len(group.t_s) - 1 if last is None else last
    long = min(nodes_per_block, max(end - first, 1))
    many = max(nodes_per_block // (long + 1), 1)
    for row in range(0, len(group.satellites), many):
        members = group.satellites[row : row + many]
        for begin in range(first, end, long):
            chunk = slice(begin, min(begin + long, end) + 1)
            state = fleet.earth_fixed_grid(times[chunk], members)
            share = len(members) * (times[chunk][-1] - times[chunk][0]) / (times[-1] - times[0])
            is_border = (begin == 0, chunk.stop == len(times))
            yield _track(members, times[chunk], state, is_border, share / len(fleet))


def _track(
    satellites: IndexArray,
    times: FloatArray,
    state: EarthFixedState,
    is_border: tuple[bool, bool],
    share: float,
) -> NodeTrack:
    count = len(satellites) * len(times)
    good: BoolArray = np.isfinite(state.position_m + state.velocity_m_s).all(axis=0)  # type: ignore[assignment]
    joined = np.zeros(good.shape, dtype=np.bool_)
    joined[:, :-1] = good[:, :-1] & good[:, 1:]
    begins, ends = np.zeros_like(good), np.zeros_like(good)
    begins[:, 1:] = good[:, 1:] & ~good[:, :-1]
    ends[:, :-1] = good[:, :-1] & ~good[:, 1:]
    begins[:, 0] = good[:, 0] & is_border[0]
    ends[:, -1] = good[:, -1] & is_border[1]
    vectors = (state.position_m, state.velocity_m_s, state.acceleration_m_s2)
    position, velocity, acceleration = (
        np.where(good, vector, 0.0).reshape(3, count) for vector in vectors
    )
    return NodeTrack(
        satellite=np.repeat(satellites, len(times)),
        t_s=np.tile(times, len(satellites)),
        position_m=position,
        velocity_m_s=velocity,
        acceleration_m_s2=acceleration,
        joined=joined.ravel()[:-1],
        begins=begins.ravel(),
        ends=ends.ravel(),
        share=float(share),
    )
