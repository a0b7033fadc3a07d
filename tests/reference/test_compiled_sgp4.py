"""The compiled SGP4 against python-sgp4's C++ library.

Element sets: SGP4-VER.TLE of Vallado, Crawford, Hujsak, Kelso 2006 (AIAA 2006-6753), and real sets
of June 2026 (data/tle). States far after a failure are chaotic in every implementation and are
left out: the propagation gate never lets them through.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from orbit_cases import DAY_S, START, element_set, element_sets, fleet_of
from tolerances import MILLIMETRE, within

from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.timebase import instant_after, utc

pytest.importorskip("numba")

from euroqci_planner.orbit.compiled_sgp4 import CompiledSgp4
from euroqci_planner.orbit.kernel_inputs import compiled_sgp4, earth_of
from euroqci_planner.orbit.kernels.earth import earth_fixed_states
from euroqci_planner.resources import resource

MINUTE_S = 60.0


def _verification_sets() -> list[ElementSet]:
    lines = resource("validation", "SGP4-VER.TLE").read_text("ascii").splitlines()
    lines = [line[:69] for line in lines if line[:2] in ("1 ", "2 ")]
    return [element_set(*pair) for pair in zip(lines[::2], lines[1::2], strict=True)]


def _both(fleet: Fleet, row: int, t_s: np.ndarray) -> tuple[np.ndarray, ...]:
    """Compiled and library states up to the first failure, and both error codes with it."""
    position, velocity, code = compiled_sgp4(fleet).teme(row, t_s)
    expected, rate, expected_code = fleet.propagator.teme(row, t_s)
    failed = np.flatnonzero(expected_code)
    until = failed[0] if len(failed) else len(t_s)
    states = (position, expected, velocity, rate)
    codes = (code[: until + 1], expected_code[: until + 1])
    return *(item[:, :until] for item in states), *codes


def test_the_verification_sets_agree_within_a_tenth_of_a_millimetre_over_sixty_days(
    reference_data: Path,
) -> None:
    compared, codes = 0, set()
    for elements in _verification_sets():
        fleet = fleet_of([elements], elements.epoch_utc)
        if fleet.is_deep_space[0]:
            continue
        t_s = np.linspace(-5.0 * DAY_S, 60.0 * DAY_S, 2001)
        ahead, behind = t_s[t_s >= 0.0], t_s[t_s < 0.0][::-1]
        for times in (ahead, behind):
            position, expected, velocity, rate, code, expected_code = _both(fleet, 0, times)
            assert position == within(0.1 * MILLIMETRE, of=expected), elements.norad_id
            assert velocity == within(1e-4 * MILLIMETRE, of=rate), elements.norad_id
            assert np.array_equal(code, expected_code), elements.norad_id
            codes |= set(code.tolist())
            compared += position.shape[1]
    assert compared > 8_000
    assert codes == {0, 1, 6}


@pytest.mark.parametrize(
    "file", ["oneweb-400-2026-06-14.tle", "mixed-2026-06-12.tle", "qkd-relevant-2026-06-14.tle"]
)
def test_real_sets_agree_within_a_tenth_of_a_millimetre_over_sixty_days(
    reference_data: Path, file: str
) -> None:
    sets = element_sets(reference_data / "tle" / file)[::10]
    fleet = fleet_of(sets, duration_s=60.0 * DAY_S)
    t_s = np.linspace(0.0, 60.0 * DAY_S, 1501)
    for row in np.flatnonzero(~fleet.is_deep_space):
        position, expected, velocity, rate, _, _ = _both(fleet, int(row), t_s)
        assert position == within(0.1 * MILLIMETRE, of=expected)
        assert velocity == within(1e-4 * MILLIMETRE, of=rate)


@pytest.mark.parametrize(
    ("start", "days"),
    [
        (START, 60.0),
        (utc("2016-12-31T20:00:00Z"), 0.5),
        (utc("2027-10-20T20:00:00Z"), 60.0),
        (utc("2040-01-01T00:00:00Z"), 1.0),
    ],
)
def test_earth_fixed_states_agree_through_leap_seconds_and_beyond_the_table(
    reference_data: Path, start: np.datetime64, days: float
) -> None:
    sets = element_sets(reference_data / "tle" / "oneweb-400-2026-06-14.tle")[:300:100]
    sets = [replace(item, epoch_utc=instant_after(start, -DAY_S)) for item in sets]
    fleet = fleet_of(sets, start, days * DAY_S)
    t_s = np.random.default_rng(3).uniform(0.0, days * DAY_S, 3 * 700)
    state, first = np.empty((6, len(t_s))), np.arange(4) * 700.0
    constants = compiled_sgp4(fleet).constants
    earth_fixed_states(constants, earth_of(fleet.orientation), first, t_s, state)
    expected = fleet.earth_fixed_pairs(np.repeat(np.arange(3), 700), t_s)
    assert state[:3] == within(0.1 * MILLIMETRE, of=expected.position_m)
    assert state[3:] == within(1e-3 * MILLIMETRE, of=expected.velocity_m_s)


def test_a_state_does_not_depend_on_its_neighbours(reference_data: Path) -> None:
    sets = element_sets(reference_data / "tle" / "qkd-relevant-2026-06-14.tle")[:1]
    compiled = compiled_sgp4(fleet_of(sets))
    t_s = np.random.default_rng(1).uniform(0.0, 30.0 * DAY_S, 333)
    together, _, _ = compiled.teme(0, t_s)
    for begin, end in ((0, 1), (1, 65), (65, 66), (66, 333)):
        alone, _, _ = compiled.teme(0, t_s[begin:end])
        assert alone.tobytes() == np.ascontiguousarray(together[:, begin:end]).tobytes()


def test_deep_space_and_broken_sets_are_left_to_the_library(reference_data: Path) -> None:
    sets = element_sets(reference_data / "orbits" / "high-and-eccentric-2026-06-14.tle")
    broken = replace(sets[0], eccentricity=1.5, mean_motion_rad_s=1e-3)
    fleet = fleet_of([*sets, broken])
    compiled = compiled_sgp4(fleet)
    assert isinstance(compiled, CompiledSgp4)
    assert not compiled.is_compiled[fleet.is_deep_space].any()
    assert not compiled.is_compiled[-1]
    t_s = np.arange(0.0, 10.0) * MINUTE_S
    for row in np.flatnonzero(~compiled.is_compiled):
        for one, other in zip(compiled.teme(int(row), t_s), fleet.teme(int(row), t_s), strict=True):
            assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    grid = compiled.teme_grid(np.arange(len(fleet)), t_s)[0]
    assert np.array_equal(grid[:, 0], compiled.teme(0, t_s)[0], equal_nan=True)
