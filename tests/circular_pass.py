"""A circular orbit over a spherical Earth, by vectors: an independent geometry for link tests."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from link_cases import samples

EARTH_M = 6_371e3
GM = 3.986_004_418e14
EARTH_TURN_RAD_S = 7.292_115e-5


class Track(NamedTuple):
    """East, north and up of a satellite (3, n) over a station, its velocity and orbit normal."""

    t_s: np.ndarray
    position_m: np.ndarray
    velocity_m_s: np.ndarray
    normal: np.ndarray


def track(altitude_m, inclination_deg, offset_deg, turning=True, half_s=300.0, step_s=1.0):
    """Pass of a satellite whose ground track misses the station (45° N) by about `offset_deg`."""
    t = np.arange(-half_s, half_s + 0.5 * step_s, step_s)
    radius = EARTH_M + altitude_m
    rate = np.sqrt(GM / radius**3)
    tilt, latitude = np.deg2rad(inclination_deg), np.deg2rad(45.0)
    start = np.arcsin(np.sin(latitude) / np.sin(tilt))
    node = -np.arctan2(np.cos(tilt) * np.sin(start), np.cos(start)) + np.deg2rad(offset_deg)
    phase = start + rate * t
    along = np.stack([np.cos(phase), np.sin(phase) * np.cos(tilt), np.sin(phase) * np.sin(tilt)])
    spin = EARTH_TURN_RAD_S * t if turning else 0.0 * t
    inertial = radius * _about_pole(along, node + 0.0 * t)
    fixed = _about_pole(inertial, -spin)
    velocity = np.gradient(fixed, t, axis=1, edge_order=2)
    normal = np.cross(inertial[:, 0], inertial[:, 1])
    axes = np.array(
        [
            [0.0, 1.0, 0.0],
            [-np.sin(latitude), 0.0, np.cos(latitude)],
            [np.cos(latitude), 0.0, np.sin(latitude)],
        ]
    )
    station = EARTH_M * axes[2]
    return Track(
        t,
        axes @ (fixed - station[:, None]),
        axes @ velocity,
        axes @ (normal / np.linalg.norm(normal)),
    )


def _about_pole(vectors, angle):
    x, y, z = vectors
    return np.stack(
        [x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle), z]
    )


def as_samples(flight, lowest_deg=10.0, **columns):
    """The part of a track above an elevation as `PassSamples` of one pass."""
    distance = np.linalg.norm(flight.position_m, axis=0)
    elevation = np.arcsin(flight.position_m[2] / distance)
    seen = np.rad2deg(elevation) >= lowest_deg
    rate = np.sum(flight.position_m * flight.velocity_m_s, axis=0) / distance
    azimuth = np.mod(np.arctan2(flight.position_m[0], flight.position_m[1]), 2.0 * np.pi)
    across = np.linalg.norm(np.cross(flight.position_m.T, flight.velocity_m_s.T), axis=1)
    geometry = {
        "t_s": flight.t_s[seen] - flight.t_s[seen][0],
        "azimuth_rad": azimuth[seen],
        "range_m": distance[seen],
        "range_rate_m_s": rate[seen],
        "slew_rad_s": (across / distance**2)[seen],
    }
    return samples(np.rad2deg(elevation[seen]), **(geometry | columns))
