"""Walker patterns: satellites on circular orbits, evenly spread over evenly spread planes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euroqci_planner.mission.orbits import CircularOrbit, WalkerKind, WalkerPattern
from euroqci_planner.orbit.ephemeris import EARTH_RADIUS_M
from euroqci_planner.units import FloatArray

_TURN = 2.0 * np.pi


def walker_orbits(pattern: WalkerPattern) -> tuple[CircularOrbit, ...]:
    """One orbit per satellite: plane after plane, in each in order of argument of latitude.

    Walker 1984, J. Br. Interplanet. Soc. 37, 559: i: t/p/f. Plane k has its node at k/p of a
    turn (delta) or of half a turn (star); its satellite j stands j p/t of a turn after the
    node, advanced by k f/t of a turn.
    """
    node, latitude = _angles(pattern)
    return tuple(
        CircularOrbit(
            epoch_utc=pattern.epoch_utc,
            altitude_m=pattern.altitude_m,
            inclination_rad=pattern.inclination_rad,
            raan_rad=float(raan),
            argument_of_latitude_rad=float(argument),
        )
        for raan, argument in zip(node, latitude, strict=True)
    )


def closest_approach_m(pattern: WalkerPattern) -> float:
    """Smallest distance between any two satellites of the pattern over a revolution.

    Circular orbits of one radius and inclination, without drift: r_min = 2 a |cos(β/2)
    sin(δ/2)| with cos β = cos² i + sin² i cos ΔΩ and δ = Δu + 2 atan(cos i tan(ΔΩ/2))
    (Speckman, Lang, Boyce 1990, AIAA 90-2900). Infinite for a single satellite.
    """
    node, latitude = _angles(pattern)
    first, second = np.triu_indices(len(node), k=1)
    # In a delta every satellite sees the same neighbours; in a star every plane has its own.
    if pattern.kind is WalkerKind.DELTA:
        first, second = np.zeros(len(node) - 1, dtype=np.intp), np.arange(1, len(node))
    if not len(first):
        return float("inf")
    apart = _smallest_chord(
        pattern.inclination_rad, node[second] - node[first], latitude[second] - latitude[first]
    )
    return float(np.min(apart)) * (EARTH_RADIUS_M + pattern.altitude_m)


def best_phasing(pattern: WalkerPattern) -> tuple[int, float]:
    """The phasing with the largest closest approach, the smallest of equals, and that distance."""
    found = [
        (closest_approach_m(replace(pattern, phasing=phasing)), -phasing)
        for phasing in range(pattern.planes)
    ]
    distance_m, phasing = max((round(distance, 3), phasing) for distance, phasing in found)
    return -phasing, distance_m


def _angles(pattern: WalkerPattern) -> tuple[FloatArray, FloatArray]:
    """Node and argument of latitude of every satellite at the epoch."""
    per_plane = pattern.satellites // pattern.planes
    plane, place = np.divmod(np.arange(pattern.satellites), per_plane)
    spread = _TURN if pattern.kind is WalkerKind.DELTA else 0.5 * _TURN
    latitude = place / per_plane + pattern.phasing * plane / pattern.satellites
    return np.asarray(spread * plane / pattern.planes), np.asarray(_TURN * np.mod(latitude, 1.0))


def _smallest_chord(
    inclination_rad: float, node_apart: FloatArray, latitude_apart: FloatArray
) -> FloatArray:
    """Smallest distance over a revolution in units of the radius."""
    cos_i, sin_i = np.cos(inclination_rad), np.sin(inclination_rad)
    cos_between = cos_i**2 + sin_i**2 * np.cos(node_apart)
    turned = 2.0 * np.arctan2(cos_i * np.sin(0.5 * node_apart), np.cos(0.5 * node_apart))
    half = np.sqrt(np.maximum(0.5 * (1.0 + cos_between), 0.0))
    return np.asarray(2.0 * np.abs(half * np.sin(0.5 * (latitude_apart + turned))))
