"""The compiled search against the plain one: NumPy over the C++ SGP4 of python-sgp4.

Element sets: a real constellation and real QKD satellites of June 2026 (see `data/tle/README.md`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tolerances import MICROSECOND, MILLIMETRE, within

pytest.importorskip("numba", reason="the extra [fast] is not installed")

from euroqci_planner.app import planner
from euroqci_planner.app.sky import sky_over
from euroqci_planner.orbit.engine import Engine
from euroqci_planner.orbit.pass_finder import find_passes
from euroqci_planner.resources import resource

DAY_S = 86_400.0
SAMPLES = {
    "constellation": ("oneweb-400", slice(0, 400, 20), slice(0, 30, 6)),
    "low orbits": ("first-plan", slice(None), slice(None)),
}


@pytest.fixture(scope="module", params=list(SAMPLES))
def both(request):
    name, satellites, stations = SAMPLES[request.param]
    scenario = planner.load_scenario(resource("samples", name, f"{name}.scenario.toml"))
    cut = replace(
        scenario,
        satellites=scenario.satellites[satellites],
        stations=scenario.stations[stations],
        duration_s=DAY_S,
    )
    sky = sky_over(cut)

    def found(engine: Engine):
        return find_passes(
            sky.fleet, sky.satellite_ids, cut.stations, cut.start_utc, DAY_S,
            usable=sky.usable_bounds_s, engine=engine,
        )  # fmt: skip

    return found(Engine.NUMPY), found(Engine.COMPILED)


def test_both_searches_find_the_same_passes_in_the_same_order(both):
    plain, compiled = both
    assert len(plain) == len(compiled) > 60
    np.testing.assert_array_equal(plain.satellite, compiled.satellite)
    np.testing.assert_array_equal(plain.station, compiled.station)


@pytest.mark.parametrize(
    "name", ["start_utc", "end_utc", "rise_utc", "culmination_utc", "set_utc", "highest_utc"]
)
def test_both_searches_agree_on_times_to_a_microsecond(both, name):
    plain, compiled = (getattr(table, name) for table in both)
    missing = np.isnat(plain)
    np.testing.assert_array_equal(missing, np.isnat(compiled))
    apart_s = (plain - compiled)[~missing].astype(np.int64) * 1e-6
    assert apart_s == within(1.01 * MICROSECOND, of=0.0)


def test_both_searches_agree_on_elevation_and_range(both):
    plain, compiled = both
    assert compiled.max_elevation_rad == within(1e-10, of=plain.max_elevation_rad)
    assert compiled.min_range_m == within(1 * MILLIMETRE, of=plain.min_range_m)
