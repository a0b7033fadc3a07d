"""The polarisation frame: how the satellite's axis turns as seen through the telescope.

Linear polarisation states are defined by an axis of the satellite; a receiver on an elevation over
azimuth mount measures against its own. The angle between the two turns along a pass.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.link.airmass import EARTH_RADIUS_M
from euroqci_planner.mission.pass_table import PassSamples
from euroqci_planner.units import FloatArray

Index = NDArray[np.intp]


def frame_angle_rad(
    elevation_rad: ArrayLike,
    azimuth_rad: ArrayLike,
    axis_elevation_rad: ArrayLike,
    axis_azimuth_rad: ArrayLike,
) -> FloatArray:
    """Angle about the line of sight from the vertical plane to a satellite axis, -π..π.

    The axis is given by the direction that it points to in the station's horizontal frame;
    positive towards growing azimuth. Undefined (jumps) where the line of sight meets the axis.
    """
    elevation = np.asarray(elevation_rad, dtype=np.float64)
    axis = np.asarray(axis_elevation_rad, dtype=np.float64)
    turn = np.asarray(axis_azimuth_rad, dtype=np.float64) - np.asarray(azimuth_rad)
    across = np.cos(axis) * np.sin(turn)
    upward = np.sin(axis) * np.cos(elevation) - np.cos(axis) * np.sin(elevation) * np.cos(turn)
    return np.asarray(np.arctan2(across, upward))


def orbit_normal(
    samples: PassSamples, station_altitude_m: float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Elevation and azimuth of the orbit normal over the station, one pair per pass, rad.

    From the first and the last sample of a pass over a spherical Earth that stands still: good to
    about 3° over a pass of five minutes. NaN for a pass of fewer than two samples.
    """
    first, last = samples.first_sample[:-1], samples.first_sample[1:] - 1
    whole = last > first
    out = np.full((2, len(first)), np.nan)
    east, north, up = np.cross(
        _from_earth_centre(samples, first[whole], station_altitude_m),
        _from_earth_centre(samples, last[whole], station_altitude_m),
    ).T
    out[0, whole] = np.arctan2(up, np.hypot(east, north))
    out[1, whole] = np.arctan2(east, north)
    return out[0], out[1]


def _from_earth_centre(samples: PassSamples, rows: Index, altitude_m: float) -> FloatArray:
    """Positions (rows, 3) in the axes east, north and up of the station."""
    elevation, azimuth = samples.elevation_rad[rows], samples.azimuth_rad[rows]
    level = samples.range_m[rows] * np.cos(elevation)
    up = samples.range_m[rows] * np.sin(elevation) + EARTH_RADIUS_M + altitude_m
    return np.stack([level * np.sin(azimuth), level * np.cos(azimuth), up], axis=-1)


def frame_rotation_rad(samples: PassSamples, station_altitude_m: float = 0.0) -> FloatArray:
    """Frame angle along every pass of a satellite whose transmit axis is its orbit normal, -π..π.

    For a satellite that keeps its pitch axis on the normal, and an elevation over azimuth mount.
    NaN for a pass of a single sample.
    """
    elevation, azimuth = orbit_normal(samples, station_altitude_m)
    lengths = np.diff(samples.first_sample)
    axis = np.repeat(elevation, lengths), np.repeat(azimuth, lengths)
    return frame_angle_rad(samples.elevation_rad, samples.azimuth_rad, *axis)


def frame_rotation_rate_rad_s(samples: PassSamples, station_altitude_m: float = 0.0) -> FloatArray:
    """Turning rate of that frame from each sample to the next (the last repeats), rad/s.

    Largest near culmination. NaN for a pass of a single sample.
    """
    angle = frame_rotation_rad(samples, station_altitude_m)
    ends = samples.first_sample[1:] - 1
    row = np.arange(len(angle))
    here = row - np.isin(row, ends)
    there = np.minimum(here + 1, len(angle) - 1)
    step = np.mod(angle[there] - angle[here] + np.pi, 2.0 * np.pi) - np.pi
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(step / (samples.t_s[there] - samples.t_s[here]))


def misalignment_error(angle_rad: ArrayLike) -> FloatArray:
    """Errors that a frame turned by this angle adds to linear states: sin² δ (0.3 % at 3°)."""
    return np.asarray(np.sin(np.asarray(angle_rad, dtype=np.float64)) ** 2)
