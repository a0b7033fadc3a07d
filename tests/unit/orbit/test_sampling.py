"""Samples: slots fill the window, and every column is what direct evaluation says."""

from __future__ import annotations

import numpy as np
import pytest
from sky_cases import DAY_S, ISS, QUBE_II, Mission, calar_alto, satellite, tenerife
from tolerances import DEGREE, METRE, MICROSECOND, within

from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.orbit.sampling import pass_samples, slots_of
from euroqci_planner.orbit.site import Site
from euroqci_planner.timebase import seconds_between

ARCSECOND = DEGREE / 3_600.0


@pytest.fixture(scope="module")
def mission() -> Mission:
    return Mission.of((satellite(QUBE_II), satellite(ISS)), (calar_alto(), tenerife()), 2.0)


def samples_of(mission: Mission, rows, step_s: float = 1.0, **changed) -> PassSamples:
    return pass_samples(
        mission.passes,
        changed.get("conditions", mission.conditions()),
        rows,
        mission.fleet,
        changed.get("satellites", mission.satellites),
        mission.stations,
        mission.bodies,
        step_s,
    )


@pytest.mark.parametrize(
    ("window_s", "step_s", "widths"),
    [
        (10.0, 1.0, [1.0] * 10),
        (10.5, 1.0, [1.0] * 10 + [0.5]),
        (10.9, 1.0, [1.0] * 10 + [0.9]),
        (10.4, 1.0, [1.04] * 10),
        (0.3, 1.0, [0.3]),
        (0.7, 1.0, [0.7]),
        (7.0, 3.0, [3.5, 3.5]),
        (8.0, 3.0, [3.0, 3.0, 2.0]),
    ],
)
def test_the_remainder_is_a_slot_of_its_own_from_half_a_step_on(window_s, step_s, widths):
    counts, width_s = slots_of(np.array([window_s]), step_s)
    last_s = window_s - (counts[0] - 1) * width_s[0]
    made = [width_s[0]] * (int(counts[0]) - 1) + [last_s]
    assert made == within(1e-12, of=widths)


def test_slots_are_contiguous_and_fill_the_window(mission):
    rows = np.arange(len(mission.passes))
    for step_s in (0.5, 1.0, 7.3, 5_000.0):
        samples = samples_of(mission, rows, step_s)
        window_s = seconds_between(mission.passes.start_utc, mission.passes.end_utc)
        begins, ends = samples.first_sample[:-1], samples.first_sample[1:] - 1
        assert np.add.reduceat(samples.slot_s, begins) == within(1e-9, of=window_s)
        left, right = samples.t_s - 0.5 * samples.slot_s, samples.t_s + 0.5 * samples.slot_s
        assert left[begins] == within(1e-9, of=0.0)
        assert right[ends] == within(1e-9, of=window_s)
        inner = np.setdiff1d(np.arange(len(samples)), ends)
        assert left[inner + 1] == within(1e-9, of=right[inner])
        assert samples.slot_s.max() < 1.5 * step_s
        assert np.all(samples.slot_s[inner] >= min(step_s, samples.slot_s[inner].min(initial=9e9)))


def test_geometry_is_that_of_sgp4_at_the_middle_of_each_slot(mission):
    rows = [21, 2, 17]
    samples = samples_of(mission, rows)
    for position, row in enumerate(rows):
        mine = slice(*samples.first_sample[position : position + 2])
        t_s = samples.t_s[mine] + seconds_between(mission.start_utc, mission.passes.start_utc[row])
        place = Site.of(mission.stations[mission.passes.station[row]])
        index = int(mission.passes.satellite[row])
        at = mission.fleet.earth_fixed(index, t_s).position_m
        elevation, azimuth, range_m = place.elevation_azimuth_range(at)
        assert samples.elevation_rad[mine] == within(1e-4 * ARCSECOND, of=elevation)
        assert samples.azimuth_rad[mine] == within(1e-3 * ARCSECOND, of=azimuth)
        assert samples.range_m[mine] == within(1e-3 * METRE, of=range_m)
        ahead, behind = (
            place.elevation_azimuth_range(mission.fleet.earth_fixed(index, t_s + d).position_m)[2]
            for d in (0.05, -0.05)
        )
        assert samples.range_rate_m_s[mine] == within(0.02, of=(ahead - behind) / 0.1)
        sun = mission.bodies.sun_elevation_azimuth(place, t_s)
        moon = mission.bodies.moon_elevation_azimuth(place, t_s)
        assert samples.sun_elevation_rad[mine] == within(1e-4 * ARCSECOND, of=sun[0])
        assert samples.sun_azimuth_rad[mine] == within(1e-3 * ARCSECOND, of=sun[1])
        assert samples.moon_elevation_rad[mine] == within(1e-4 * ARCSECOND, of=moon[0])
        assert samples.moon_azimuth_rad[mine] == within(1e-3 * ARCSECOND, of=moon[1])
        phase = mission.bodies.moon_phase_angle_rad(t_s)
        assert samples.moon_phase_angle_rad[mine] == within(1e-9, of=phase)
        light = mission.bodies.sunlit_fraction(mission.fleet.teme(index, t_s)[0], t_s)
        assert samples.sunlit_fraction[mine] == within(1e-5, of=light)


def test_the_phase_angle_is_that_of_the_triangle_sun_satellite_station(mission):
    samples = samples_of(mission, [11])
    t_s = samples.t_s + seconds_between(mission.start_utc, mission.passes.start_utc[11])
    place = Site.of(mission.stations[mission.passes.station[11]])
    index = int(mission.passes.satellite[11])
    at = mission.fleet.earth_fixed(index, t_s).position_m
    sun = mission.bodies.sun_earth_fixed_m(t_s)
    # Law of cosines, in units of 1000 km to keep digits.
    a = np.linalg.norm(sun - at, axis=0)
    b = np.linalg.norm(place.position_m[:, None] - at, axis=0)
    unit_a, unit_b = (sun - at) / a, (place.position_m[:, None] - at) / b
    chord = np.linalg.norm(unit_a - unit_b, axis=0)
    angle = 2.0 * np.arcsin(0.5 * chord)
    assert samples.satellite_phase_angle_rad == within(1e-9, of=angle)
    assert np.ptp(samples.satellite_phase_angle_rad) > np.radians(10.0)


def test_rows_keep_the_order_in_which_they_were_asked(mission):
    both = samples_of(mission, [20, 4])
    alone = samples_of(mission, [4])
    assert list(both.pass_row) == [20, 4]
    second = slice(both.first_sample[1], both.first_sample[2])
    for name in PassSamples.column_names():
        assert np.array_equal(getattr(both, name)[second], getattr(alone, name))


def test_many_samples_equal_the_same_ones_in_pieces(mission):
    rows = np.arange(len(mission.passes))
    whole = samples_of(mission, rows, 0.2)
    assert len(whole) > 2 * 16_384
    for row in (0, 25, len(rows) - 1):
        piece, alone = whole.of_passes([row]), samples_of(mission, [row], 0.2)
        assert np.array_equal(piece.elevation_rad, alone.elevation_rad)
        assert np.array_equal(piece.sunlit_fraction, alone.sunlit_fraction)


def test_a_window_of_the_planning_border_keeps_its_microseconds(mission):
    samples = samples_of(mission, [0], step_s=10.0)
    window_s = float(seconds_between(mission.passes.start_utc[0], mission.passes.end_utc[0]))
    assert samples.t_s[-1] + 0.5 * samples.slot_s[-1] == within(0.001 * MICROSECOND, of=window_s)
    assert window_s < DAY_S


def test_no_rows_give_no_samples(mission):
    samples = samples_of(mission, [])
    assert (len(samples), list(samples.first_sample)) == (0, [0])


def test_rows_without_a_window_and_silly_steps_are_refused(mission):
    never = mission.conditions(min_dwell_s=1e6)
    with pytest.raises(ValueError, match="usable window"):
        samples_of(mission, [0], conditions=never)
    for step_s in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="positive step"):
            samples_of(mission, [0], step_s)
    with pytest.raises(ValueError, match="do not go with"):
        samples_of(mission, [0], satellites=mission.satellites[:1])
