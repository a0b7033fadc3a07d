"""The packaged map: what it holds, and that land is where land is."""

from __future__ import annotations

import numpy as np
import pytest
from tolerances import within

from euroqci_planner.app.world_map import Lines, MapScale, world_map
from euroqci_planner.gui.map.projections import is_inside
from euroqci_planner.resources import resource

LAND_DEG = {"Madrid": (40.42, -3.70), "Graz": (47.07, 15.44), "South Pole": (-89.5, 12.0)}
SEA_DEG = {"Biscay": (45.5, -5.0), "Black Sea": (43.2, 34.0), "North Pole": (89.5, 0.0)}


@pytest.mark.parametrize("scale", list(MapScale))
@pytest.mark.parametrize("place", [*LAND_DEG, *SEA_DEG])
def test_places_on_land_are_inside_the_rings_and_those_at_sea_are_not(scale, place):
    latitude, longitude = np.radians((LAND_DEG | SEA_DEG)[place])
    assert is_inside(world_map(scale).land, latitude, longitude) == (place in LAND_DEG)


@pytest.mark.parametrize("scale", list(MapScale))
def test_no_step_of_a_line_leaps_across_the_map(scale):
    for lines in (world_map(scale).coast, world_map(scale).borders):
        inside = np.ones(len(lines.latitude_rad), dtype=bool)
        inside[lines.first[:-1]] = False
        leaps = np.abs(np.diff(lines.longitude_rad))[inside[1:]]
        assert np.degrees(leaps.max()) < 30.0
        assert np.all(np.abs(lines.longitude_rad) <= np.pi + 1e-12)


def test_the_medium_map_has_as_many_points_as_its_source():
    # Natural Earth 1:50m as packed by world-atlas 2.0.2: 61 003 points of coast, 19 614 of
    # borders; a few fall together when rounded, a few are added where lines are cut.
    shown = world_map(MapScale.MEDIUM)
    assert len(shown.coast.latitude_rad) == within(60, of=61_003)
    assert len(shown.borders.latitude_rad) == within(60, of=19_614)


@pytest.mark.parametrize("scale", list(MapScale))
def test_lines_follow_each_other_without_a_gap(scale):
    for name in ("land", "coast", "borders"):
        lines: Lines = getattr(world_map(scale), name)
        assert lines.first[0] == 0
        assert lines.first[-1] == len(lines.latitude_rad) == len(lines.longitude_rad)
        assert np.min(np.diff(lines.first)) >= 2


def test_the_files_are_small():
    sizes = [resource("map", f"world_{scale}.npz").stat().st_size for scale in MapScale]
    assert sum(sizes) < 500_000
