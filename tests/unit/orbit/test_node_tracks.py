"""Nodes: spacing, borders, gaps."""

from __future__ import annotations

import numpy as np
import pytest
from orbit_cases import ALPHASAT, ARKTIKA_M1, DAY_S, DECAYING, QUBE_2, SPEQTRE, fleet_of
from tolerances import MICROSECOND, within

from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.node_tracks import MAX_ARC_RAD, NodeTrack, common_steps_s, node_tracks


def _tracks(fleet: Fleet, nodes_per_block: int = 100_000) -> list[NodeTrack]:
    usable = np.tile([0.0, fleet.orientation.duration_s], (len(fleet), 1))
    return list(node_tracks(fleet, usable, nodes_per_block))


def test_low_orbits_share_two_minutes_high_ones_five_and_eccentric_ones_nothing() -> None:
    fleet = fleet_of([QUBE_2, ALPHASAT, ARKTIKA_M1])
    assert list(common_steps_s(fleet)) == [120.0, 300.0, np.inf]


@pytest.mark.parametrize("lines", [QUBE_2, ARKTIKA_M1, ALPHASAT, DECAYING])
def test_no_satellite_flies_a_longer_arc_between_nodes(lines: tuple[str, str]) -> None:
    (track,) = _tracks(fleet_of([lines]))
    unit = track.position_m / np.linalg.norm(track.position_m, axis=0)
    arc = np.arccos(np.clip(np.sum(unit[:, 1:] * unit[:, :-1], axis=0), -1.0, 1.0))
    assert arc.max() < 1.1 * MAX_ARC_RAD
    assert track.joined.all()
    assert track.t_s[0] == 0.0
    assert track.t_s[-1] == DAY_S
    assert np.diff(track.t_s).max() <= 300.0


@pytest.mark.parametrize("nodes_per_block", [17, 721, 1500, 100_000])
def test_blocks_of_any_size_cover_every_interval_once(nodes_per_block: int) -> None:
    fleet = fleet_of([QUBE_2, SPEQTRE, ALPHASAT])
    tracks = _tracks(fleet, nodes_per_block)
    assert sum(track.share for track in tracks) == within(1e-12, of=1.0)
    for satellite in range(3):
        covered = [
            (track.t_s[row], track.t_s[row + 1])
            for track in tracks
            for row in np.flatnonzero(track.joined & (track.satellite[:-1] == satellite))
        ]
        begin, end = np.array(covered).T
        assert begin[0] == 0.0
        assert end[-1] == DAY_S
        assert np.array_equal(begin[1:], end[:-1])
    for name, expected in (("begins", 0.0), ("ends", DAY_S)):
        marked = [track.t_s[getattr(track, name)] for track in tracks]
        assert np.array_equal(np.concatenate(marked), np.full(3, expected))


def test_usable_bounds_are_kept_to_the_microsecond() -> None:
    fleet = fleet_of([QUBE_2, SPEQTRE])
    bounds = np.array([[3600.000001, 7200.5], [0.0, 0.0]])
    (track,) = node_tracks(fleet, bounds, 10_000)
    assert set(track.satellite) == {0}
    assert track.t_s[[0, -1]] == within(0.01 * MICROSECOND, of=bounds[0])


def test_nodes_without_a_state_join_nothing() -> None:
    (track,) = _tracks(fleet_of([DECAYING], duration_s=40 * DAY_S))
    good = np.linalg.norm(track.position_m, axis=0) > 0.0
    assert 0 < good.sum() < len(good)
    assert np.array_equal(track.joined, good[1:] & good[:-1])
    last = np.flatnonzero(good)[-1]
    assert track.ends[last]
    assert not track.ends[~good].any()
    assert np.isfinite(track.velocity_m_s).all()
