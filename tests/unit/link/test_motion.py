"""Point-ahead and Doppler, against passes computed by vectors."""

from __future__ import annotations

import numpy as np
import pytest
from circular_pass import as_samples, track
from tolerances import within

from euroqci_planner.link.motion import (
    circular_speed_m_s,
    doppler_shift,
    largest_doppler_shift,
    point_ahead_rad,
    time_bin_phase_rad,
)

MICRORADIAN = 1e-6


@pytest.mark.parametrize(
    ("altitude_m", "urad"), [(400e3, 51.2), (600e3, 50.4), (1_200e3, 48.4), (20_200e3, 25.9)]
)
def test_the_point_ahead_angle_is_twice_the_speed_over_that_of_light(altitude_m, urad):
    lead = point_ahead_rad(circular_speed_m_s(altitude_m))
    assert lead == within(0.1 * MICRORADIAN, of=urad * MICRORADIAN)


def test_a_turning_earth_changes_the_lead_at_zenith_by_a_fifteenth():
    eastward, westward = (as_samples(track(500e3, tilt, 0.1), 80.0) for tilt in (46.0, 134.0))
    leads = [point_ahead_rad(seen.slew_rad_s * seen.range_m).max() for seen in (eastward, westward)]
    ground = 7.292_115e-5 * 6_871e3 * np.cos(np.pi / 4.0)
    expected = 2.0 * (circular_speed_m_s(500e3) + np.array([-ground, ground])) / 299_792_458.0
    assert leads == within(0.2 * MICRORADIAN, of=expected)


def test_the_doppler_shift_at_ten_degrees_is_a_fiftieth_of_a_nanometre():
    flight = track(500e3, 97.4, 0.1, half_s=400.0, turning=False)
    shift = doppler_shift(as_samples(flight).range_rate_m_s)
    assert np.max(shift) == within(0.02e-5, of=2.31e-5)
    assert np.min(shift) == within(0.02e-5, of=-2.31e-5)
    assert largest_doppler_shift(500e3, np.deg2rad(10.0)) == within(0.02e-5, of=np.max(shift))


def test_a_nanosecond_between_time_bins_turns_their_phase_by_a_radian_per_eighty_metres_a_second():
    per_speed = time_bin_phase_rad(1.0, 1e-9, 785e-9)
    assert 1.0 / per_speed == within(1.0, of=125.0)
