"""Walker patterns and their closest approach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tolerances import DEGREE, KILOMETRE, METRE, within

from euroqci_planner.mission.orbits import WalkerKind, WalkerPattern
from euroqci_planner.orbit.ephemeris import EARTH_RADIUS_M
from euroqci_planner.orbit.walker import best_phasing, closest_approach_m, walker_orbits
from euroqci_planner.timebase import utc

DELTA = WalkerPattern(
    kind=WalkerKind.DELTA,
    satellites=24,
    planes=6,
    phasing=1,
    altitude_m=550e3,
    inclination_rad=53.0 * DEGREE,
    epoch_utc=utc("2026-06-14T00:00:00Z"),
)
LARGE = replace(DELTA, satellites=400, planes=20)


def flown_distance_m(pattern: WalkerPattern, steps: int = 720) -> float:
    """Smallest distance of any pair by stepping all satellites through a revolution."""
    orbits = walker_orbits(pattern)
    node = np.array([orbit.raan_rad for orbit in orbits])
    latitude = np.array([orbit.argument_of_latitude_rad for orbit in orbits])
    cos_i, sin_i = np.cos(pattern.inclination_rad), np.sin(pattern.inclination_rad)
    nearest = np.inf
    for turn in np.linspace(0.0, 2.0 * np.pi, steps, endpoint=False):
        u = latitude + turn
        place = np.array(
            [
                np.cos(node) * np.cos(u) - np.sin(node) * np.sin(u) * cos_i,
                np.sin(node) * np.cos(u) + np.cos(node) * np.sin(u) * cos_i,
                np.sin(u) * sin_i,
            ]
        )
        cosines = place.T @ place - 2.0 * np.eye(len(orbits))
        nearest = min(nearest, float(np.sqrt(2.0 - 2.0 * cosines.max())))
    return nearest * (EARTH_RADIUS_M + pattern.altitude_m)


def test_nodes_and_arguments_follow_walkers_rule():
    orbits = walker_orbits(DELTA)
    assert len(orbits) == 24
    assert [orbit.raan_rad / DEGREE for orbit in orbits[::4]] == within(1e-9, of=np.arange(6) * 60)
    second_plane = [orbit.argument_of_latitude_rad / DEGREE for orbit in orbits[4:8]]
    assert second_plane == within(1e-9, of=[15.0, 105.0, 195.0, 285.0])


def test_the_planes_of_a_star_share_half_a_turn():
    orbits = walker_orbits(replace(DELTA, kind=WalkerKind.STAR))
    assert [orbit.raan_rad / DEGREE for orbit in orbits[::4]] == within(1e-9, of=np.arange(6) * 30)


@pytest.mark.parametrize("kind", list(WalkerKind))
@pytest.mark.parametrize("phasing", [0, 1, 4])
@pytest.mark.parametrize("inclination_deg", [30.0, 53.0, 97.6])
def test_the_closest_approach_is_that_of_satellites_stepped_through_a_revolution(
    kind, phasing, inclination_deg
):
    pattern = replace(DELTA, kind=kind, phasing=phasing, inclination_rad=inclination_deg * DEGREE)
    closed, stepped = closest_approach_m(pattern), flown_distance_m(pattern)
    assert closed <= stepped + 1.0 * METRE
    assert stepped == within(0.02 * closed + 30.0 * KILOMETRE, of=closed)


def test_a_large_pattern_is_safest_at_the_best_of_its_phasings():
    phasing, distance_m = best_phasing(LARGE)
    every = [closest_approach_m(replace(LARGE, phasing=number)) for number in range(20)]
    assert distance_m == within(1.0 * METRE, of=max(every))
    assert every[phasing] == within(1.0 * METRE, of=max(every))
    assert closest_approach_m(replace(LARGE, phasing=phasing)) > closest_approach_m(LARGE)


def test_a_single_satellite_meets_nobody():
    assert closest_approach_m(replace(DELTA, satellites=1, planes=1, phasing=0)) == float("inf")
