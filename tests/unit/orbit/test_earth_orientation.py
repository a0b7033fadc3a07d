"""UT1, polar motion and the rotation of the Earth."""

from __future__ import annotations

import numpy as np
import pytest
from tolerances import METRE, MICROSECOND, MILLISECOND, SECOND, within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.orbit.earth_orientation import EarthOrientation, table_description
from euroqci_planner.timebase import utc

DAY_S = 86_400.0
EARTH_RADIUS_M = 6_378_137.0
JUNE_2026 = utc("2026-06-14T00:00:00Z")


def test_ut1_is_what_the_iers_predicted_for_the_day() -> None:
    orientation = EarthOrientation.over(JUNE_2026, 7 * DAY_S)
    assert orientation.ut1_minus_utc_s(0.0) == within(0.5 * MILLISECOND, of=0.0118)
    assert orientation.warning == ""


def test_ut1_before_the_leap_second_of_2016_lags_by_the_announced_tenths() -> None:
    orientation = EarthOrientation.over(utc("2016-12-19T00:00:00Z"), DAY_S)
    assert orientation.tai_minus_utc_s == 36.0
    assert orientation.ut1_minus_utc_s(0.0) == within(50 * MILLISECOND, of=-0.4)


def test_ut1_runs_on_through_a_leap_second_and_a_warning_tells() -> None:
    orientation = EarthOrientation.over(utc("2016-12-31T12:00:00Z"), DAY_S)
    t_s = np.linspace(0.0, DAY_S, 97)
    assert np.abs(np.diff(orientation.ut1_minus_utc_s(t_s))).max() < 1 * MILLISECOND
    assert "leap second" in orientation.warning


def test_both_sides_of_a_leap_second_turn_the_earth_alike() -> None:
    before = EarthOrientation.over(utc("2016-12-31T12:00:00Z"), DAY_S)
    after = EarthOrientation.over(utc("2017-01-01T12:00:00Z"), DAY_S)
    moved = after.gmst1982_rad(0.0) - before.gmst1982_rad(DAY_S + 1.0)
    assert moved * EARTH_RADIUS_M == within(0.001 * METRE, of=0.0)


def test_a_leap_second_between_epoch_and_start_counts() -> None:
    orientation = EarthOrientation.over(utc("2017-01-01T00:00:00Z"), DAY_S)
    assert orientation.seconds_from(utc("2016-12-31T00:00:00Z")) == DAY_S + 1.0
    assert orientation.seconds_from(utc("2017-01-02T00:00:00.000001Z")) == -DAY_S - 1e-6


def test_beyond_the_table_the_last_values_hold_and_a_warning_tells() -> None:
    orientation = EarthOrientation.over(utc("2031-03-01T00:00:00Z"), 30 * DAY_S)
    assert np.ptp(orientation.ut1_minus_utc_s(np.linspace(0.0, 30 * DAY_S, 50))) == 0.0
    assert abs(orientation.ut1_minus_utc_s(0.0)) < 0.9
    assert "tabulated until" in orientation.warning
    x, y = orientation.polar_motion_rad([0.0, DAY_S])
    assert 0.0 < np.hypot(x, y).max() < 5e-6


def test_a_window_that_runs_over_the_tables_end_is_continuous() -> None:
    end = EarthOrientation.over(JUNE_2026, DAY_S).table_end_utc
    orientation = EarthOrientation.over(end - np.timedelta64(2, "D"), 6 * DAY_S)
    ut1 = orientation.ut1_minus_utc_s(np.arange(0.0, 6 * DAY_S, 600.0))
    assert np.abs(np.diff(ut1)).max() < 0.1 * MILLISECOND
    assert ut1[-1] == ut1[-100]


def test_a_window_before_the_table_is_refused_with_the_first_day() -> None:
    with pytest.raises(InvalidInput, match=r"start_utc = 1965-.*1973-01-02"):
        EarthOrientation.over(utc("1965-05-01T00:00:00Z"), DAY_S)


def test_the_rotation_is_a_rotation_of_any_shape() -> None:
    orientation = EarthOrientation.over(JUNE_2026, DAY_S)
    t_s = np.linspace(0.0, DAY_S, 12).reshape(3, 4)
    turn = orientation.teme_to_earth_fixed(t_s)
    assert turn.shape == (3, 3, 3, 4)
    unit = np.einsum("ij...,kj...->ik...", turn, turn)
    assert unit == within(1e-14, of=np.eye(3)[:, :, None, None])
    assert np.linalg.det(np.moveaxis(turn, (0, 1), (-2, -1))) == within(1e-14, of=1.0)
    single = orientation.teme_to_earth_fixed(t_s[1, 2])
    assert single == within(1e-15, of=turn[:, :, 1, 2])


def test_the_rate_is_the_motion_of_the_sidereal_angle() -> None:
    orientation = EarthOrientation.over(JUNE_2026, DAY_S)
    angle = orientation.gmst1982_rad([1000.0, 2000.0])
    assert (angle[1] - angle[0]) / 1000.0 == within(1e-12, of=orientation.earth_rotation_rate_rad_s)


def test_julian_dates_keep_the_microsecond() -> None:
    orientation = EarthOrientation.over(JUNE_2026, DAY_S)
    day, fraction = orientation.tt_julian_date(50_000.0)
    assert day == 2_461_205.5
    assert fraction * DAY_S == within(0.001 * MICROSECOND, of=50_000.0 + 37.0 + 32.184)
    day, fraction = orientation.ut1_julian_date(-1.0 * SECOND)
    assert day == 2_461_204.5
    assert fraction * DAY_S == within(1 * MILLISECOND, of=DAY_S - 1.0 + 0.0118)


def test_the_description_names_package_and_days() -> None:
    assert "astropy-iers-data" in table_description()
    assert "1973-01-02 to 20" in table_description()
