"""States of a fleet: TEME, Earth-fixed, rates, errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from orbit_cases import (
    ALPHASAT,
    ARKTIKA_M1,
    DAY_S,
    DECAYING,
    QUBE_2,
    SPEQTRE,
    START,
    element_set,
    fleet_of,
)
from tolerances import METRE, MICROSECOND, MILLIMETRE, SECOND, within

from euroqci_planner.orbit.ephemeris import Fleet
from euroqci_planner.timebase import utc

T_S = np.linspace(0.0, DAY_S, 200)


@pytest.mark.parametrize(
    ("lines", "consistency_m_s2"), [(QUBE_2, 3e-4), (ARKTIKA_M1, 2e-2), (ALPHASAT, 3e-5)]
)
def test_velocity_and_acceleration_are_the_rates_of_the_position(
    lines: tuple[str, str], consistency_m_s2: float
) -> None:
    fleet = fleet_of([lines])
    h = 0.5 * SECOND
    before, here, after = (fleet.earth_fixed(0, T_S + shift) for shift in (-h, 0.0, h))
    velocity = (after.position_m - before.position_m) / (2.0 * h)
    acceleration = (after.velocity_m_s - before.velocity_m_s) / (2.0 * h)
    assert here.velocity_m_s == within(0.03, of=velocity)
    assert here.acceleration_m_s2 == within(consistency_m_s2, of=acceleration)


def test_a_geostationary_satellite_stands_still_over_its_longitude() -> None:
    state = fleet_of([ALPHASAT]).earth_fixed(0, T_S)
    assert np.linalg.norm(state.velocity_m_s, axis=0).max() < 200.0
    longitude = np.degrees(np.arctan2(state.position_m[1], state.position_m[0]))
    assert longitude == within(0.2, of=24.9)


def test_grid_pairs_and_single_states_agree_to_the_bit() -> None:
    fleet = fleet_of([QUBE_2, ALPHASAT, SPEQTRE])
    grid = fleet.earth_fixed_grid(T_S)
    assert grid.position_m.shape == (3, 3, len(T_S))
    chosen = fleet.earth_fixed_grid(T_S, [2, 0])
    owner = np.arange(len(T_S)) % 3
    pairs = fleet.earth_fixed_pairs(owner, T_S)
    for satellite in range(3):
        single = fleet.earth_fixed(satellite, T_S)
        for name in ("position_m", "velocity_m_s", "acceleration_m_s2"):
            value = getattr(single, name)
            assert np.array_equal(getattr(grid, name)[:, satellite], value)
            mine = owner == satellite
            assert np.array_equal(getattr(pairs, name)[:, mine], value[:, mine])
    assert np.array_equal(chosen.position_m[:, 0], grid.position_m[:, 2])
    assert np.array_equal(chosen.position_m[:, 1], grid.position_m[:, 0])


def test_no_pairs_give_no_states() -> None:
    assert fleet_of([QUBE_2]).earth_fixed_pairs([], []).position_m.shape == (3, 0)


def test_a_decayed_satellite_has_no_state_and_a_code() -> None:
    fleet = fleet_of([DECAYING], duration_s=60 * DAY_S)
    position, velocity, code = fleet.teme(0, np.array([0.0, 59 * DAY_S]))
    assert list(code != 0) == [False, True]
    assert np.isfinite(position[:, 0]).all()
    assert np.isnan(position[:, 1]).all()
    assert np.isnan(velocity[:, 1]).all()
    assert np.isnan(fleet.earth_fixed(0, [59 * DAY_S]).acceleration_m_s2).all()


def test_the_epoch_counts_to_the_microsecond() -> None:
    elements = element_set(*QUBE_2)
    late = replace(elements, epoch_utc=elements.epoch_utc + np.timedelta64(137, "us"))
    fleet = fleet_of([elements, late])
    first, _, _ = fleet.teme(0, np.array([1000.0]))
    second, _, _ = fleet.teme(1, np.array([1000.0 + 137 * MICROSECOND]))
    assert second == within(0.01 * MILLIMETRE, of=first)


def test_the_window_may_begin_before_the_epoch() -> None:
    start = utc("2026-06-10T00:00:00Z")
    early = fleet_of([QUBE_2], start)
    late = fleet_of([QUBE_2])
    shift_s = float((START - start) / np.timedelta64(1, "s"))
    position, _, _ = early.teme(0, np.array([shift_s + 500.0]))
    expected, _, _ = late.teme(0, np.array([500.0]))
    assert position == within(0.1 * MILLIMETRE, of=expected)


def test_catalogue_numbers_beyond_the_format_are_welcome() -> None:
    plain = element_set(*QUBE_2)
    fleet = fleet_of([plain, replace(plain, norad_id=799_500_234)])
    positions = fleet.earth_fixed_grid([0.0]).position_m
    assert np.array_equal(positions[:, 0], positions[:, 1])


def test_period_perigee_and_regime_follow_from_the_elements() -> None:
    fleet = fleet_of([QUBE_2, ALPHASAT, ARKTIKA_M1])
    assert fleet.period_s == within(1 * SECOND, of=[86_400 / 15.20187951, 86_163.6, 43_065.3])
    radius = np.linalg.norm(fleet.earth_fixed_grid(T_S).position_m, axis=0)
    assert fleet.perigee_radius_m[0] == within(15_000 * METRE, of=radius[0].min())
    assert fleet.perigee_radius_m[2] == within(15_000 * METRE, of=26_560e3 * (1.0 - 0.7285674))
    assert list(fleet.is_deep_space) == [False, True, True]
    assert len(fleet) == 3


def test_an_orientation_of_another_window_is_refused() -> None:
    fleet = fleet_of([QUBE_2])
    with pytest.raises(ValueError, match="another window"):
        Fleet.of(fleet.element_sets, utc("2026-06-15T12:00:00Z"), fleet.orientation)
