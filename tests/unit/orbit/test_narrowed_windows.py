"""Windows made narrower: what stands around them follows them."""

from __future__ import annotations

import numpy as np
import sky_cases
from tolerances import MICROSECOND, within

from euroqci_planner.mission.pass_table import EclipseState, Exclusion
from euroqci_planner.orbit.narrowed_windows import NarrowedWindows, narrowed

ARC_SECOND = np.deg2rad(1.0 / 3_600.0)
NOTHING = np.datetime64("NaT", "us")


def mission():
    satellites = tuple(map(sky_cases.satellite, (sky_cases.QUBE_II, sky_cases.CUBEL)))
    return sky_cases.Mission.of(satellites, (sky_cases.calar_alto(), sky_cases.tenerife()), 2.0)


def cut(made, rows, begin_utc, end_utc, *, min_dwell_s=1.0):
    left = NarrowedWindows(rows, begin_utc, end_utc, Exclusion.DAYLIGHT)
    return narrowed(
        made.passes, made.conditions(), left, made.fleet, made.stations, made.bodies, min_dwell_s
    )


def test_the_same_windows_have_the_same_surroundings():
    made = mission()
    before = made.conditions()
    rows = np.flatnonzero(~np.isnat(before.usable_start_utc))
    assert len(rows) > 5
    after = cut(made, rows, before.usable_start_utc[rows], before.usable_end_utc[rows])
    for name in before.column_names():
        one, other = getattr(before, name), getattr(after, name)
        if one.dtype.kind == "f":
            assert other == within(1e-3 * ARC_SECOND, of=one)
        else:
            np.testing.assert_array_equal(one, other)


def test_half_a_window_has_the_sun_of_its_own_middle():
    made = mission()
    before = made.conditions()
    row = np.flatnonzero(~np.isnat(before.usable_start_utc))[:1]
    begin, end = before.usable_start_utc[row], before.usable_end_utc[row]
    half = begin + (end - begin) // 2
    late = cut(made, row, half, end)
    assert late.usable_start_utc[row] == half
    moved = np.abs(late.sun_elevation_rad[row] - before.sun_elevation_rad[row])
    quarter_s = (end - half).astype(np.int64) * MICROSECOND / 2.0
    assert 0.0 < moved < 2.0 * np.pi / 86_400.0 * quarter_s


def test_a_window_of_which_nothing_is_left_says_why_and_looks_at_the_whole_pass():
    made = mission()
    before = made.conditions()
    row = np.flatnonzero(~np.isnat(before.usable_start_utc))[:1]
    gone = cut(made, row, np.array([NOTHING]), np.array([NOTHING]))
    assert np.isnat(gone.usable_start_utc[row])
    assert gone.exclusion[row] == Exclusion.DAYLIGHT
    assert gone.eclipse_state[row][0] in set(EclipseState)


def test_a_window_under_the_dwell_time_is_too_short():
    made = mission()
    before = made.conditions()
    row = np.flatnonzero(~np.isnat(before.usable_start_utc))[:1]
    begin = before.usable_start_utc[row]
    short = cut(made, row, begin, begin + np.timedelta64(20, "s"), min_dwell_s=30.0)
    assert short.exclusion[row] == Exclusion.TOO_SHORT
    assert np.isnat(short.usable_end_utc[row])


def test_the_other_passes_stay_as_they_were():
    made = mission()
    before = made.conditions()
    row = np.flatnonzero(~np.isnat(before.usable_start_utc))[:1]
    gone = cut(made, row, np.array([NOTHING]), np.array([NOTHING]))
    others = np.delete(np.arange(len(made.passes)), row)
    for name in before.column_names():
        np.testing.assert_array_equal(getattr(before, name)[others], getattr(gone, name)[others])
