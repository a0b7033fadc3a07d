"""Lines of sight to a circular orbit, without a pass."""

from __future__ import annotations

import numpy as np
from link_cases import samples
from tolerances import DEGREE, KILOMETRE, within

from euroqci_planner.link.motion import circular_speed_m_s
from euroqci_planner.link.overhead import (
    frame_turn_rad_s,
    overhead_samples,
    slant_range_m,
    slew_rad_s,
)
from euroqci_planner.link.polarisation import frame_rotation_rate_rad_s

EARTH_M, ORBIT_M = 6_371e3, 6_871e3


def test_ranges_are_those_of_a_sphere():
    elevation = np.array([10.0, 20.0, 30.0, 60.0, 90.0]) * DEGREE
    wanted = np.array([1694.6, 1192.8, 909.4, 570.5, 500.0]) * KILOMETRE
    assert slant_range_m(elevation, 500e3) == within(0.05 * KILOMETRE, of=wanted)


def test_the_line_of_sight_turns_as_the_satellite_moves():
    elevation = np.array([10.0, 45.0, 80.0]) * DEGREE
    centre = np.arccos(EARTH_M / ORBIT_M * np.cos(elevation)) - elevation
    step = 1e-4
    moved = centre + step * circular_speed_m_s(500e3) / ORBIT_M
    up, along = ORBIT_M * np.cos(moved) - EARTH_M, ORBIT_M * np.sin(moved)
    turned = (elevation - np.arctan2(up, along)) / step
    assert slew_rad_s(elevation, 500e3) == within(1e-6, of=turned)


def test_the_turn_of_the_frame_is_that_of_a_pass_beside_the_station():
    highest = np.array([15.0, 40.0, 70.0]) * DEGREE
    aside = np.arccos(EARTH_M / ORBIT_M * np.cos(highest)) - highest
    step = 1e-2
    seen = []
    for offset in aside:
        along = np.array([-step, 0.0, step]) * circular_speed_m_s(500e3) / ORBIT_M
        east = ORBIT_M * np.sin(offset) * np.cos(along)
        north, up = ORBIT_M * np.sin(along), ORBIT_M * np.cos(offset) * np.cos(along) - EARTH_M
        distance = np.sqrt(east**2 + north**2 + up**2)
        track = samples(
            np.rad2deg(np.arcsin(up / distance)),
            t_s=np.array([0.0, step, 2.0 * step]),
            azimuth_rad=np.arctan2(east, north),
            range_m=distance,
        )
        seen.append(abs(frame_rotation_rate_rad_s(track)[1]))
    assert frame_turn_rad_s(highest, 500e3) == within(1e-6, of=seen)


def test_no_azimuth_mount_follows_through_the_zenith():
    assert np.isnan(frame_turn_rad_s(np.pi / 2.0, 500e3))


def test_every_elevation_is_a_pass_of_its_own_in_a_dark_night():
    track = overhead_samples(np.array([20.0, 60.0]) * DEGREE, 500e3)
    assert list(track.first_sample) == [0, 1, 2]
    assert np.all(track.sunlit_fraction == 0.0)
    assert np.all(track.sun_elevation_rad < -18.0 * DEGREE)
