"""What in the sky forbids a contact: horizon mask, Sun, Moon, light on the satellite.

Each rule gives a margin that is positive where it allows, and a bound on how far the margin can
move between two times: the speed of the satellite over its distance, plus the turning sky.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euroqci_planner.orbit.crossings import BoolArray, Gaps, IndexArray
from euroqci_planner.orbit.illumination import SkyBodies, angle_between_rad, solar_disc
from euroqci_planner.orbit.pass_track import PassTracks
from euroqci_planner.orbit.site import WGS84_EQUATORIAL_RADIUS_M
from euroqci_planner.units import FloatArray

SKY_RATE_RAD_S = 1e-4
"""Sun and Moon move slower than this over any station (7.3e-5, parallax of the Moon on top)."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Tracks of passes under Sun and Moon; the limits of the rules stand one per pass."""

    tracks: PassTracks
    bodies: SkyBodies


@dataclass(frozen=True, slots=True, eq=False)
class Daylight:
    """Margin: highest Sun elevation allowed minus the Sun's elevation at the station."""

    scene: Scene
    max_sun_elevation_rad: FloatArray

    def seen(self, row: IndexArray, t_s: FloatArray) -> FloatArray:
        """The margin in rad, (1, n)."""
        sun = sun_elevation_rad(self.scene, row, t_s)
        return (self.max_sun_elevation_rad[row] - sun)[None]

    def is_doubtful(self, gaps: Gaps) -> BoolArray:
        """Whether the Sun can reach the limit and come back inside the gap."""
        return _can_dip(gaps, SKY_RATE_RAD_S * gaps.length_s)


@dataclass(frozen=True, slots=True, eq=False)
class SunSeparation:
    """Margin: angle between satellite and Sun at the station minus its limit, day and night."""

    scene: Scene
    limit_rad: FloatArray

    def seen(self, row: IndexArray, t_s: FloatArray) -> FloatArray:
        """The margin in rad and the slant range in m, (2, n)."""
        tracks, bodies = self.scene.tracks, self.scene.bodies
        to_satellite = tracks.from_site(row, t_s)
        to_sun = _from_site(tracks, row, bodies.sun_earth_fixed_m(t_s))
        separation = angle_between_rad(to_satellite, to_sun)
        return np.stack((separation - self.limit_rad[row], _length(to_satellite)))

    def is_doubtful(self, gaps: Gaps) -> BoolArray:
        """Whether the line of sight can dip into the cone and out of it inside the gap."""
        return _can_dip(gaps, _sight_turn_rad(self.scene.tracks, gaps))


@dataclass(frozen=True, slots=True, eq=False)
class MoonSeparation:
    """Margin: angle between satellite and Moon minus its limit, where the Moon is up at all.

    The Moon counts while the geometric elevation of its centre is over 0 at the station.
    """

    scene: Scene
    limit_rad: FloatArray

    def seen(self, row: IndexArray, t_s: FloatArray) -> FloatArray:
        """The margin in rad and the slant range in m, (2, n)."""
        tracks, bodies = self.scene.tracks, self.scene.bodies
        to_satellite = tracks.from_site(row, t_s)
        to_moon = _from_site(tracks, row, bodies.moon_earth_fixed_m(t_s))
        elevation, _, _ = tracks.elevation_azimuth_range(row, to_moon)
        separation = angle_between_rad(to_satellite, to_moon)
        margin = np.maximum(separation - self.limit_rad[row], -elevation)
        return np.stack((margin, _length(to_satellite)))

    def is_doubtful(self, gaps: Gaps) -> BoolArray:
        """Whether the line of sight can dip into the cone and out of it inside the gap."""
        return _can_dip(gaps, _sight_turn_rad(self.scene.tracks, gaps))


@dataclass(frozen=True, slots=True, eq=False)
class Umbra:
    """Margin: depth of the satellite in the umbra (`SolarDisc.depth_in_umbra_rad`)."""

    scene: Scene

    def seen(self, row: IndexArray, t_s: FloatArray) -> FloatArray:
        """The margin in rad and the distance to the Earth's limb in m, (2, n)."""
        position = self.scene.tracks.at(row, t_s)
        disc = solar_disc(position, self.scene.bodies.sun_earth_fixed_m(t_s))
        to_limb2 = np.sum(position * position, axis=0) - WGS84_EQUATORIAL_RADIUS_M**2
        return np.stack((disc.depth_in_umbra_rad, np.sqrt(np.maximum(to_limb2, 0.0))))

    def is_doubtful(self, gaps: Gaps) -> BoolArray:
        """Whether the satellite can enter the umbra and leave it inside the gap.

        Both the Earth's radius and its distance from the Sun turn slower than speed over limb
        distance.
        """
        return _can_dip(gaps, 2.0 * _sight_turn_rad(self.scene.tracks, gaps))


@dataclass(frozen=True, slots=True, eq=False)
class HorizonMask:
    """Margin: elevation of the satellite minus the mask at its azimuth, one station's passes.

    `mask_rad` is (2, points): azimuths by rising value and elevations, joined linearly and
    closed over north.
    """

    scene: Scene
    mask_rad: FloatArray

    def seen(self, row: IndexArray, t_s: FloatArray) -> FloatArray:
        """The margin, elevation and azimuth in rad, and the slant range in m, (4, n)."""
        tracks = self.scene.tracks
        direction = tracks.elevation_azimuth_range(row, tracks.from_site(row, t_s))
        elevation, azimuth, _ = direction
        return np.stack((elevation - mask_elevation_rad(self.mask_rad, azimuth), *direction))

    def is_doubtful(self, gaps: Gaps) -> BoolArray:
        """Whether the mask between the azimuths of the gap reaches the elevations in it."""
        turn = _sight_turn_rad(self.scene.tracks, gaps)
        _, elevation0, azimuth0, _ = gaps.at_begin
        _, elevation1, azimuth1, _ = gaps.at_end
        lowest = 0.5 * (elevation0 + elevation1 - turn)
        highest = 0.5 * (elevation0 + elevation1 + turn)
        above = gaps.at_begin[0] >= 0.0
        doubtful = np.where(
            above, lowest < self.mask_rad[1].max(), highest > self.mask_rad[1].min()
        )
        near = np.flatnonzero(doubtful)
        half = _half_azimuth_span(azimuth0[near], azimuth1[near], highest[near], turn[near])
        middle = azimuth0[near] + 0.5 * _turned_by(azimuth0[near], azimuth1[near])
        low, high = _mask_between(self.mask_rad, middle, half)
        doubtful[near] = np.where(above[near], lowest[near] < high, highest[near] > low)
        return np.asarray(doubtful)


def mask_elevation_rad(mask_rad: FloatArray, azimuth_rad: FloatArray) -> FloatArray:
    """Elevation of a mask (2, points) at azimuths of any value, in rad."""
    azimuths, elevations = mask_rad
    return np.asarray(np.interp(azimuth_rad, azimuths, elevations, period=2.0 * np.pi))


def sun_elevation_rad(scene: Scene, row: IndexArray, t_s: FloatArray) -> FloatArray:
    """Elevation of the Sun's centre at the station of pass `row[i]`, in rad."""
    sun = _from_site(scene.tracks, row, scene.bodies.sun_earth_fixed_m(t_s))
    return scene.tracks.elevation_azimuth_range(row, sun)[0]


def moon_elevation_and_separation_rad(
    scene: Scene, row: IndexArray, t_s: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Elevation of the Moon's centre and its angle from the satellite at the station, in rad."""
    moon = _from_site(scene.tracks, row, scene.bodies.moon_earth_fixed_m(t_s))
    elevation = scene.tracks.elevation_azimuth_range(row, moon)[0]
    return elevation, angle_between_rad(scene.tracks.from_site(row, t_s), moon)


def _from_site(tracks: PassTracks, row: IndexArray, body_m: FloatArray) -> FloatArray:
    return np.asarray(body_m - tracks.sites.position_m[:, tracks.station[row]])


def _length(vector: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.sum(vector * vector, axis=0)))


def _can_dip(gaps: Gaps, turn_rad: FloatArray) -> BoolArray:
    """Whether a margin that moves by at most `turn_rad` can reach zero and come back."""
    return np.asarray(np.abs(gaps.at_begin[0]) + np.abs(gaps.at_end[0]) < turn_rad)


def _sight_turn_rad(tracks: PassTracks, gaps: Gaps) -> FloatArray:
    """Bound on the turn of the line of sight: fastest speed over nearest distance (last row)."""
    way = 1.01 * tracks.fastest_m_s[gaps.row] * gaps.length_s
    nearest = np.minimum(gaps.at_begin[-1], gaps.at_end[-1]) - 0.5 * way
    with np.errstate(divide="ignore"):
        turn = np.where(nearest > 0.0, way / nearest, np.inf)
    return np.asarray(turn + SKY_RATE_RAD_S * gaps.length_s)


def _turned_by(azimuth0: FloatArray, azimuth1: FloatArray) -> FloatArray:
    """Shortest way from one azimuth to the other, -pi..pi."""
    return np.asarray(np.mod(azimuth1 - azimuth0 + np.pi, 2.0 * np.pi) - np.pi)


def _half_azimuth_span(
    azimuth0: FloatArray, azimuth1: FloatArray, highest: FloatArray, turn: FloatArray
) -> FloatArray:
    """Half of the azimuths that a line of sight can cross on its way; pi near the zenith."""
    across = np.abs(_turned_by(azimuth0, azimuth1))
    with np.errstate(divide="ignore"):
        bound = np.where(highest < 0.5 * np.pi, turn / np.cos(highest), np.inf)
    return np.asarray(np.minimum(0.5 * np.maximum(bound, across), np.pi))


def _mask_between(
    mask_rad: FloatArray, middle: FloatArray, half: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest mask within `half` of the azimuth `middle`."""
    ends = [mask_elevation_rad(mask_rad, middle + side * half) for side in (-1.0, 1.0)]
    low, high = np.minimum(*ends), np.maximum(*ends)
    for azimuth, elevation in mask_rad.T:
        inside = np.abs(_turned_by(middle, np.full_like(middle, azimuth))) <= half
        low = np.where(inside, np.minimum(low, elevation), low)
        high = np.where(inside, np.maximum(high, elevation), high)
    return low, high
