"""Tracks of many passes at once: states at nodes, quintic in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.orbit.ephemeris import GRAVITY_M3_S2, Fleet
from euroqci_planner.orbit.hermite import Node, Quintic
from euroqci_planner.orbit.site import SiteArray, elevation_azimuth_range
from euroqci_planner.units import FloatArray

IndexArray = NDArray[np.intp]

_NODES_PER_TURN = 96


def ragged(counts: ArrayLike) -> tuple[IndexArray, IndexArray]:
    """Owner and place within the owner of every entry of stretches with these lengths."""
    lengths = np.asarray(counts, dtype=np.intp)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    offsets = np.cumsum(lengths) - lengths
    return owner, np.arange(len(owner)) - offsets[owner]


@dataclass(frozen=True, slots=True, eq=False)
class PassTracks:
    """Earth-fixed tracks of passes over their stations; row `k` belongs to pass `k`.

    Nodes stand `step_s[k]` apart (96 to a turn at the angular rate of the perigee, or closer)
    from `begin_s[k]` to `end_s[k]`: states beyond may be nonsense. Pass `k` owns the nodes
    `first[k]:first[k+1]`. Between nodes a quintic Hermite polynomial joins position, velocity and
    acceleration: within 1 m of SGP4 in low orbits, 10 m in high and eccentric ones (a last orbit
    before decay: 20 m).
    """

    begin_s: FloatArray
    end_s: FloatArray
    step_s: FloatArray
    first: IndexArray
    position_m: FloatArray
    velocity_m_s: FloatArray
    acceleration_m_s2: FloatArray
    fastest_m_s: FloatArray
    station: IndexArray
    sites: SiteArray

    @classmethod
    def of(
        cls,
        fleet: Fleet,
        sites: SiteArray,
        owners: tuple[IndexArray, IndexArray],
        begin_s: FloatArray,
        end_s: FloatArray,
    ) -> Self:
        """Tracks of the passes of `owners` (satellite and station indices) between two times."""
        satellite, station = owners
        longest_s, length_s = node_step_s(fleet)[satellite], end_s - begin_s
        counts = np.maximum(np.ceil(length_s / longest_s), 1.0).astype(np.intp) + 1
        step_s = np.where(length_s > 0.0, length_s / (counts - 1), longest_s)
        row, place = ragged(counts)
        state = fleet.earth_fixed_pairs(satellite[row], begin_s[row] + place * step_s[row])
        speed = np.sqrt(np.sum(state.velocity_m_s**2, axis=0))
        first = np.concatenate(([0], np.cumsum(counts)))
        return cls(
            begin_s=begin_s,
            end_s=end_s,
            step_s=step_s,
            first=first,
            position_m=state.position_m,
            velocity_m_s=state.velocity_m_s,
            acceleration_m_s2=state.acceleration_m_s2,
            fastest_m_s=np.fmax.reduceat(speed, first[:-1]) if len(row) else speed,
            station=station,
            sites=sites,
        )

    def node_times(self, rows: IndexArray) -> tuple[IndexArray, FloatArray]:
        """Row and time of the nodes of these rows."""
        owner, place = ragged(np.diff(self.first)[rows])
        row = rows[owner]
        return row, np.minimum(self.begin_s[row] + place * self.step_s[row], self.end_s[row])

    def ends(self, rows: IndexArray) -> tuple[IndexArray, FloatArray]:
        """Row and time of the two ends of these rows: enough where the satellite plays no part."""
        times = np.stack((self.begin_s[rows], self.end_s[rows]), axis=1)
        return np.repeat(rows, 2), times.ravel()

    def at(self, row: IndexArray, t_s: FloatArray) -> FloatArray:
        """Earth-fixed position (3, n) of pass `row[i]` at `t_s[i]`, inside the pass."""
        step = self.step_s[row]
        turns = (t_s - self.begin_s[row]) / step
        last = self.first[row + 1] - self.first[row] - 2
        gap = np.clip(np.floor(turns).astype(np.intp), 0, np.maximum(last, 0))
        node = self.first[row] + gap
        beyond = np.minimum(node + 1, self.first[row + 1] - 1)
        between = Quintic.between(self._node(node), self._node(beyond), step)
        return between.value(turns - gap)

    def _node(self, node: IndexArray) -> Node:
        return Node(
            self.position_m[:, node], self.velocity_m_s[:, node], self.acceleration_m_s2[:, node]
        )

    def from_site(self, row: IndexArray, t_s: FloatArray) -> FloatArray:
        """Vector (3, n) in m from the station of pass `row[i]` to the satellite at `t_s[i]`."""
        return np.asarray(self.at(row, t_s) - self.sites.position_m[:, self.station[row]])

    def elevation_azimuth_range(
        self, row: IndexArray, vector_m: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Direction (rad) and length (m) of Earth-fixed vectors (3, n) from the stations."""
        return elevation_azimuth_range(self.sites.axes[:, :, self.station[row]], vector_m)


def node_step_s(fleet: Fleet) -> FloatArray:
    """Distance of track nodes per satellite, from the angular rate at the perigee."""
    eccentricity = np.array([item.eccentricity for item in fleet.element_sets], dtype=np.float64)
    perigee = fleet.perigee_radius_m
    rate_rad_s = np.sqrt(GRAVITY_M3_S2 * (1.0 + eccentricity) / perigee**3)
    return np.asarray(2.0 * np.pi / rate_rad_s / _NODES_PER_TURN)
