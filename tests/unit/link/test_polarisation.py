"""The polarisation frame against projected vectors."""

from __future__ import annotations

import numpy as np
import pytest
from circular_pass import as_samples, track
from link_cases import samples
from tolerances import DEGREE, within

from euroqci_planner.link.polarisation import (
    frame_angle_rad,
    frame_rotation_rad,
    frame_rotation_rate_rad_s,
    misalignment_error,
    orbit_normal,
)


def projected(position, axis):
    """Angle from the vertical plane to an axis, both projected across the line of sight."""
    sight = position / np.linalg.norm(position)
    up = np.array([0.0, 0.0, 1.0]) - sight[2] * sight
    right = np.cross(sight, up)
    flat = axis - np.dot(axis, sight) * sight
    return np.arctan2(np.dot(flat, right), np.dot(flat, up))


def test_an_axis_at_the_zenith_is_the_vertical_of_the_mount():
    assert frame_angle_rad(0.4, 1.0, np.pi / 2.0, 0.0) == within(1e-12, of=0.0)


def test_a_level_axis_across_the_line_of_sight_lies_in_the_horizon():
    assert frame_angle_rad(0.4, 1.0, 0.0, 1.0 + np.pi / 2.0) == within(1e-12, of=np.pi / 2.0)


@pytest.mark.parametrize("offset_deg", [-3.0, 0.7, 5.0])
def test_the_frame_of_a_pass_is_that_of_projected_vectors(offset_deg):
    flight = track(500e3, 97.4, offset_deg, turning=False)
    seen = as_samples(flight)
    kept = np.isin(np.linalg.norm(flight.position_m, axis=0), seen.range_m)
    exact = np.array([projected(p, flight.normal) for p in flight.position_m[:, kept].T])
    assert frame_rotation_rad(seen) == within(1e-6, of=exact)


def test_the_orbit_normal_is_found_within_two_degrees_under_a_turning_earth():
    flight = track(500e3, 60.0, 3.0)
    elevation, azimuth = orbit_normal(as_samples(flight))
    found = np.array(
        [
            np.cos(elevation[0]) * np.sin(azimuth[0]),
            np.cos(elevation[0]) * np.cos(azimuth[0]),
            np.sin(elevation[0]),
        ]
    )
    assert np.arccos(found @ flight.normal) < 3.0 * DEGREE


def test_the_frame_turns_fastest_near_culmination():
    seen = as_samples(track(500e3, 97.4, 1.5))
    rate = np.abs(frame_rotation_rate_rad_s(seen))
    assert abs(int(np.argmax(rate)) - int(np.argmax(seen.elevation_rad))) <= 3
    assert rate.max() > 5.0 * rate[0]


def test_the_turning_adds_up_to_the_change_of_the_frame():
    seen = as_samples(track(500e3, 97.4, 4.0))
    angle, rate = frame_rotation_rad(seen), frame_rotation_rate_rad_s(seen)
    turned = np.sum(rate[:-1] * np.diff(seen.t_s))
    assert np.mod(turned - (angle[-1] - angle[0]) + 1.0, 2.0 * np.pi) == within(1e-9, of=1.0)


def test_passes_do_not_mix_and_a_lone_sample_has_no_frame():
    seen = as_samples(track(500e3, 97.4, 4.0))
    count = len(seen)
    columns = {name: getattr(seen, name) for name in seen.column_names()}
    elevation = np.rad2deg(columns.pop("elevation_rad"))
    both = {name: np.append(values, values[:1]) for name, values in columns.items()}
    joined = samples(np.append(elevation, elevation[:1]), lengths=[count, 1], **both)
    assert frame_rotation_rad(joined)[:count] == within(1e-12, of=frame_rotation_rad(seen))
    rate = frame_rotation_rate_rad_s(joined)
    assert rate[:count] == within(1e-12, of=frame_rotation_rate_rad_s(seen))
    assert np.isnan(rate[count])


def test_no_samples_have_no_frame():
    assert len(frame_rotation_rate_rad_s(samples([], lengths=[0]))) == 0


def test_three_degrees_of_misalignment_add_a_quarter_percent_of_errors():
    assert misalignment_error(np.deg2rad(3.0)) == within(1e-5, of=0.00274)
