"""The compiled pass conditions against the plain ones: NumPy over the C++ SGP4 of python-sgp4.

Element sets: a real constellation of June 2026 (see `data/tle/README.md`); the stations are those
of the packaged sample, with every rule of the sky and of the calendar put on them.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from tolerances import MICROSECOND, within

pytest.importorskip("numba", reason="the extra [fast] is not installed")

from euroqci_planner.app import planner
from euroqci_planner.app.sky import sky_over
from euroqci_planner.mission.assets import Closure
from euroqci_planner.mission.pass_table import Exclusion, PassConditions
from euroqci_planner.orbit.engine import Engine
from euroqci_planner.orbit.pass_finder import find_passes
from euroqci_planner.orbit.usable_windows import pass_conditions
from euroqci_planner.resources import resource

DAY_S = 86_400.0
DAYS = 3.0
TIMES = ("usable_start_utc", "usable_end_utc")
ANGLES = ("sun_elevation_rad", "moon_elevation_rad", "moon_separation_rad")
EXACT = ("exclusion", "eclipse_state", "element_age_s", "timing_sigma_s")


def _ruled(scenario):
    """A mask, opening hours, closures, wide separations: some of it on every station."""
    azimuth = np.radians(np.arange(0.0, 360.0, 20.0))
    height = np.radians(22.0 + 18.0 * np.sin(3.0 * azimuth))
    mask = tuple(zip(azimuth.tolist(), height.tolist(), strict=True))
    begin = scenario.start_utc + np.timedelta64(20, "h")
    closure = Closure(from_utc=begin, to_utc=begin + np.timedelta64(5, "h"))
    stations = []
    for row, item in enumerate(scenario.stations):
        stations.append(
            replace(
                item,
                horizon_mask_rad=mask if row % 3 == 0 else (),
                opening_s=(18.0 * 3_600.0, 3.5 * 3_600.0) if row % 4 == 1 else None,
                closures=(closure,) if row % 5 == 2 else (),
                max_sun_elevation_rad=np.radians((-12.0, 5.0, 90.0)[row % 3]),
                min_sun_separation_rad=np.radians(30.0),
                min_moon_separation_rad=np.radians(40.0),
            )
        )
    craft = [
        replace(item, eclipse_only=row % 2 == 1) for row, item in enumerate(scenario.satellites)
    ]
    return replace(scenario, stations=tuple(stations), satellites=tuple(craft))


@pytest.fixture(scope="module")
def ruled():
    scenario = planner.load_scenario(resource("samples", "oneweb-400", "oneweb-400.scenario.toml"))
    cut = replace(
        scenario,
        satellites=scenario.satellites[::16],
        stations=scenario.stations[::2],
        duration_s=DAYS * DAY_S,
    )
    return _ruled(cut)


@pytest.fixture(scope="module")
def looked_at(ruled):
    sky = sky_over(ruled)
    bounds = sky.usable_bounds_s.copy()
    bounds[4:6] = (0.4 * DAY_S, 1.2 * DAY_S)
    passes = find_passes(
        sky.fleet, sky.satellite_ids, ruled.stations, ruled.start_utc, DAYS * DAY_S
    )

    def conditions(engine: Engine, threads: int = 2) -> PassConditions:
        return pass_conditions(
            passes, sky.fleet, ruled.satellites, ruled.stations, sky.bodies, ruled.start_utc,
            30.0, bounds, engine, threads,
        )  # fmt: skip

    return conditions


@pytest.fixture(scope="module")
def both(looked_at):
    return looked_at(Engine.NUMPY), looked_at(Engine.COMPILED)


def test_the_comparison_meets_every_reason_to_exclude_a_pass(both):
    plain, _ = both
    met = {Exclusion(code) for code in plain.exclusion.tolist()}
    never = {Exclusion.NOT_IN_SERVICE}
    assert met == set(Exclusion) - never
    assert len(plain) > 4_000


def test_both_engines_give_the_same_windows_to_a_microsecond(both):
    for name in TIMES:
        plain, compiled = (getattr(table, name) for table in both)
        missing = np.isnat(plain)
        np.testing.assert_array_equal(missing, np.isnat(compiled))
        apart_s = (plain - compiled)[~missing].astype(np.int64) * 1e-6
        assert apart_s == within(1.01 * MICROSECOND, of=0.0)


def test_both_engines_give_the_same_reasons_shadows_and_ages(both):
    for name in EXACT:
        plain, compiled = (getattr(table, name) for table in both)
        np.testing.assert_array_equal(plain, compiled)


def test_both_engines_see_sun_and_moon_in_the_same_place(both):
    for name in ANGLES:
        plain, compiled = (getattr(table, name) for table in both)
        assert compiled == within(1e-8, of=plain)
    plain, compiled = (table.moon_illuminated_fraction for table in both)
    assert compiled == within(1e-9, of=plain)


def test_one_thread_and_three_give_the_same_bits(looked_at, both):
    for threads in (1, 3):
        made = looked_at(Engine.COMPILED, threads)
        for field in fields(PassConditions):
            one, other = getattr(both[1], field.name), getattr(made, field.name)
            assert one.tobytes() == other.tobytes(), field.name
