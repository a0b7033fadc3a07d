"""Micius over Xinglong, Nanshan and Delingha, from its historical element sets.

Liao et al. 2017, Nature 549, 43: on 19 December 2016 the range fell from 1 200 km to 645 km, and
key was sent for 273 s. The other 20 dated passes were computed once with Skyfield; see
data/missions/README.md.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from orbit_cases import element_set, fleet_of, passes_of, place
from tolerances import DEGREE, KILOMETRE, SECOND, within

from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.orbit.site import Site
from euroqci_planner.timebase import utc

PLACES = {
    "Xinglong": (40.396, 117.577, 890.0),
    "Nanshan": (43.475, 87.177, 2080.0),
    "Delingha": (37.379, 97.727, 3153.0),
}
HOUR_S = 3600.0
DATA = Path(__file__).parent / "data" / "missions" / "micius_passes_2016_2017.csv"


def _rows() -> list[dict[str, str]]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _computed(row: dict[str, str]) -> tuple[PassTable, float]:
    """The pass of a row, and its seconds below 1 200 km."""
    start = utc(row["culmination_utc_computed"]) - np.timedelta64(1, "h")
    fleet = fleet_of([element_set(row["tle1"][:69], row["tle2"][:69])], start, 2 * HOUR_S)
    latitude, longitude, altitude = PLACES[row["station"]]
    station = place("s", latitude, longitude, altitude_m=altitude, minimum_deg=10.0)
    passes = passes_of(fleet, [station])
    middle = start + np.timedelta64(1, "h")
    chosen = passes.take([int(np.argmin(np.abs(passes.highest_utc - middle)))])
    t_s = np.arange(0.0, 2 * HOUR_S, 0.1)
    state = fleet.earth_fixed(0, t_s)
    _, _, distance = Site.of(station).elevation_azimuth_range(state.position_m)
    return chosen, 0.1 * float(np.count_nonzero(distance < 1200 * KILOMETRE))


def test_on_19_december_2016_micius_came_as_close_as_published() -> None:
    (row,) = (row for row in _rows() if row["label"] == "19dec16")
    passes, below_s = _computed(row)
    assert passes.min_range_m[0] == within(0.5 * KILOMETRE, of=645.3 * KILOMETRE)
    assert below_s == within(1 * SECOND, of=273.0)


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["label"])
def test_the_dated_passes_are_reproduced_to_the_digits_printed(row: dict[str, str]) -> None:
    passes, below_s = _computed(row)
    shift = (passes.culmination_utc[0] - utc(row["culmination_utc_computed"])) / np.timedelta64(
        1, "s"
    )
    length = (passes.set_utc[0] - passes.rise_utc[0]) / np.timedelta64(1, "s")
    assert shift == within(1 * SECOND, of=0.0)
    assert passes.max_elevation_rad[0] == within(
        0.02 * DEGREE, of=float(row["max_elevation_deg_computed"]) * DEGREE
    )
    assert passes.min_range_m[0] == within(
        0.1 * KILOMETRE, of=float(row["min_range_km_computed"]) * KILOMETRE
    )
    assert length == within(1 * SECOND, of=float(row["seconds_above_10deg_computed"]))
    assert below_s == within(1 * SECOND, of=float(row["seconds_below_1200km_computed"]))
