"""Tracks between nodes: metres from SGP4, and no node outside the pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sky_cases import ALPHASAT, DAY_S, ISS, QUBE_II, START_UTC, Mission, calar_alto, satellite
from tolerances import METRE, within

from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.orbit.pass_finder import find_passes
from euroqci_planner.orbit.pass_track import PassTracks, ragged
from euroqci_planner.orbit.propagation_gate import gate
from euroqci_planner.orbit.site import SiteArray

SITES = SiteArray.of([calar_alto()])


def tracks_of(elements, begin_s, end_s) -> tuple[Fleet, PassTracks]:
    fleet = Fleet.of([elements], START_UTC, EarthOrientation.over(START_UTC, 2.0 * DAY_S))
    none = np.zeros(len(begin_s), dtype=np.intp)
    return fleet, PassTracks.of(fleet, SITES, (none, none), np.array(begin_s), np.array(end_s))


@pytest.mark.parametrize(("elements", "metres"), [(QUBE_II, 0.5), (ISS, 0.5), (ALPHASAT, 15.0)])
def test_between_nodes_a_track_stays_with_sgp4(elements, metres):
    fleet, tracks = tracks_of(elements, [0.0, 40_000.0, 90_000.0], [600.0, 46_000.0, 90_001.0])
    row = np.repeat([0, 1, 2], 500)
    share = np.tile(np.linspace(0.0, 1.0, 500), 3)
    t_s = tracks.begin_s[row] + share * (tracks.end_s - tracks.begin_s)[row]
    off = tracks.at(row, t_s) - fleet.earth_fixed(0, t_s).position_m
    assert np.linalg.norm(off, axis=0) == within(metres * METRE, of=0.0)


def test_nodes_begin_and_end_with_the_pass():
    _, tracks = tracks_of(QUBE_II, [10.0, 500.0], [333.3, 500.0])
    row, node_s = tracks.node_times(np.array([0, 1]))
    for index in (0, 1):
        mine = node_s[row == index]
        assert mine[0] == tracks.begin_s[index]
        assert mine[-1] == within(1e-9, of=tracks.end_s[index])
        assert len(mine) >= 2
    assert np.all(np.isfinite(tracks.at(np.array([1]), np.array([500.0]))))


def test_a_pass_that_ends_with_the_elements_has_no_nodes_behind():
    falling = replace(ISS, name="FALLING", bstar_per_earth_radius=0.05)
    mission = Mission.of((satellite(falling),), (calar_alto(),), 20.0)
    result = gate(falling, START_UTC, 20.0 * DAY_S)
    assert 0.0 < result.usable_until_s < 19.0 * DAY_S
    # Bounds put into the middle of a pass: its second half is not to be believed.
    middle_s = float((mission.passes.highest_utc[3] - START_UTC) / np.timedelta64(1, "us") * 1e-6)
    for until_s in (middle_s, result.usable_until_s):
        passes = find_passes(
            mission.fleet,
            ["falling"],
            mission.stations,
            START_UTC,
            20.0 * DAY_S,
            usable=[[0.0, until_s]],
        )
        cut = replace(mission, passes=passes)
        conditions = cut.conditions(usable_s=[[0.0, until_s]])
        assert len(passes) >= 4
        assert np.isfinite(conditions.moon_separation_rad).all()
        assert conditions.usable_end_utc[-1] == passes.end_utc[-1]


def test_ragged_counts_give_owner_and_place():
    owner, place = ragged([2, 0, 3])
    assert (list(owner), list(place)) == ([0, 0, 2, 2, 2], [0, 1, 0, 1, 2])
