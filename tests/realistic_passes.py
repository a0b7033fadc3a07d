"""Candidates with the conflict structure of real passes: circular orbits over European stations.

Circular orbits with the nodal drift of J2 (Vallado 2013, eq. 9-38) over a rotating sphere, night
from the Sun's declination of late November. Good to seconds and kilometres, which is all that
the structure of conflicts needs; no part of the planner is used to make them.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.plan import Candidates, Resource

FloatArray = NDArray[np.float64]

START_UTC = np.datetime64("2026-11-22T12:00:00", "us")
EARTH_RADIUS_M = 6_371_000.0
MU_M3_S2 = 3.986004418e14
J2 = 1.08263e-3
EARTH_RATE_RAD_S = 7.2921159e-5
STEP_S = 20.0
MIN_ELEVATION_RAD = np.radians(20.0)
SUN_DECLINATION_RAD = np.radians(-20.2)
NIGHT_RAD = np.radians(-6.0)

# Capitals and observatories, degrees: a spread like that of the network, no catalogue.
SITES_DEG = (
    (37.22, -2.55), (28.30, -16.51), (38.02, 22.20), (35.21, 24.90), (40.65, 16.70),
    (48.09, 11.28), (52.21, 4.42), (50.00, 5.15), (47.07, 15.49), (43.75, 6.92),
    (45.85, 11.57), (41.69, 24.74), (34.93, 32.86), (35.90, 14.51), (38.72, -9.14),
    (53.35, -6.26), (59.33, 18.07), (60.17, 24.94), (58.27, 26.46), (56.95, 24.11),
    (54.69, 25.28), (52.23, 21.01), (50.08, 14.42), (48.15, 17.11), (47.50, 19.04),
    (44.43, 26.10), (45.81, 15.98), (46.06, 14.51), (55.68, 12.57), (49.61, 6.13),
)  # fmt: skip


def _satellite_unit_vectors(
    number: int, t_s: FloatArray, altitude_m: float
) -> tuple[FloatArray, float]:
    axis_m = EARTH_RADIUS_M + altitude_m
    polar = number % 4 != 3
    inclination = np.radians(97.8 if polar else 55.0)
    rate = np.sqrt(MU_M3_S2 / axis_m**3)
    drift = -1.5 * J2 * rate * (EARTH_RADIUS_M / axis_m) ** 2 * np.cos(inclination)
    node = 2.399963 * number + (drift - EARTH_RATE_RAD_S) * t_s
    angle = 1.618034 * number**1.5 + rate * t_s
    return np.stack(
        (
            np.cos(node) * np.cos(angle) - np.sin(node) * np.sin(angle) * np.cos(inclination),
            np.sin(node) * np.cos(angle) + np.cos(node) * np.sin(angle) * np.cos(inclination),
            np.sin(angle) * np.sin(inclination),
        )
    ), axis_m


def _at_night(latitude: float, longitude: float, t_s: FloatArray) -> NDArray[np.bool_]:
    hour_angle = 2.0 * np.pi * t_s / 86_400.0 + longitude
    sine = np.sin(latitude) * np.sin(SUN_DECLINATION_RAD) + np.cos(latitude) * np.cos(
        SUN_DECLINATION_RAD
    ) * np.cos(hour_angle)
    return np.asarray(sine < np.sin(NIGHT_RAD))


def _passes_of_pair(
    unit: FloatArray, axis_m: float, site: tuple[float, float], t_s: FloatArray
) -> list[tuple[float, float, float]]:
    latitude, longitude = np.radians(site)
    up = np.array(
        (
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        )
    )
    cosine = up @ unit
    sine_elevation = (axis_m * cosine - EARTH_RADIUS_M) / np.sqrt(
        axis_m**2 + EARTH_RADIUS_M**2 - 2.0 * axis_m * EARTH_RADIUS_M * cosine
    )
    seen = (sine_elevation > np.sin(MIN_ELEVATION_RAD)) & _at_night(latitude, longitude, t_s)
    edges = np.flatnonzero(np.diff(seen.astype(np.int8), prepend=0, append=0))
    return [
        (t_s[first], t_s[end - 1], float(sine_elevation[first:end].max()))
        for first, end in edges.reshape(-1, 2)
        if end - 1 > first
    ]


@cache
def realistic_candidates(
    satellites: int = 40,
    stations: int = 30,
    days: float = 7.0,
    seed: int = 1,
    altitude_m: float = 620e3,
) -> Candidates:
    """Night passes with a value that grows with duration and elevation, times a clear chance.

    Higher satellites are seen longer and farther: more of them wait for one station.
    """
    t_s = np.arange(0.0, days * 86_400.0, STEP_S)
    random = np.random.default_rng(seed)
    clear = random.uniform(0.25, 0.8, stations)
    rows = []
    for satellite in range(satellites):
        unit, axis_m = _satellite_unit_vectors(satellite, t_s, altitude_m)
        for station in range(stations):
            for start, end, sine in _passes_of_pair(unit, axis_m, SITES_DEG[station], t_s):
                value = 1_000.0 * (end - start) * sine**2 * clear[station]
                rows.append((start, satellite, station, end, value))
    rows.sort()
    start, satellite, station, end, value = (np.array(item) for item in zip(*rows, strict=True))
    jitter = random.uniform(0.0, STEP_S, (2, len(start)))
    start_utc = START_UTC + ((start + jitter[0]) * 1e6).astype("timedelta64[us]")
    end_utc = START_UTC + ((end + STEP_S + jitter[1]) * 1e6).astype("timedelta64[us]")
    return Candidates(
        satellite_ids=tuple(f"sat-{index:03d}" for index in range(satellites)),
        station_ids=tuple(f"ogs-{index:02d}" for index in range(stations)),
        pass_row=np.arange(len(start)),
        satellite=satellite,
        station=station,
        start_utc=start_utc,
        end_utc=end_utc,
        value_bits=value,
        orbit_number=np.floor(start / 5_801.0),
        day_number=start_utc.astype("datetime64[D]").astype(np.int64),
        pinned=np.zeros(len(start), dtype=bool),
        banned=np.zeros(len(start), dtype=bool),
    )


def realistic_resources(
    satellites: int = 40,
    stations: int = 30,
    per_orbit: int | None = None,
    per_day: int | None = None,
) -> tuple[tuple[Resource, ...], tuple[Resource, ...]]:
    """One terminal each; 60 s between contacts of a satellite, 120 s of a station."""
    return (
        tuple(
            Resource(
                id=f"sat-{index:03d}",
                terminals=1,
                setup_s=60.0,
                max_contacts_per_orbit=per_orbit,
                max_contacts_per_day=per_day,
            )
            for index in range(satellites)
        ),
        tuple(
            Resource(id=f"ogs-{index:02d}", terminals=1, setup_s=120.0) for index in range(stations)
        ),
    )
