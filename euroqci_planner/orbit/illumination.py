"""Sun, Moon and shadow: where the lights stand, and how much of the Sun a satellite sees.

Sun and Moon come from ERFA's `epv00` (fit to VSOP2000, Moisson and Bretagnon 2001) and `moon98`
(ELP 2000-82 of Chapront, as abridged by Meeus 1998, chapter 47): the ephemeris that astropy calls
`builtin`. Nothing is downloaded and nothing expires.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import erfa
import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.mission.pass_table import EclipseState
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.orbit.site import WGS84_EQUATORIAL_RADIUS_M, WGS84_FLATTENING, Site
from euroqci_planner.units import SECONDS_PER_DAY, SPEED_OF_LIGHT_M_S, FloatArray

SUN_RADIUS_M = 695_700e3
ASTRONOMICAL_UNIT_M = float(erfa.DAU)

NODE_STEP_S = 3 * 3_600.0
_MARGIN_NODES = 4
_NO_LIGHT = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class SkyBodies:
    """Apparent Sun and Moon over one window, in TEME; `t_s` are seconds after `start_utc`.

    Cubic Hermite polynomials over nodes three hours apart, with the velocities of the theory;
    NaN over twelve hours outside the window. Against DE421 (2026-2027): Sun within 0.0001 deg,
    Moon within 0.003 deg, polynomials included. Diurnal aberration (0.3 arcseconds) is left out.
    """

    start_utc: np.datetime64
    duration_s: float
    orientation: EarthOrientation
    first_node_s: float
    sun_coefficients_m: FloatArray
    moon_coefficients_m: FloatArray

    @classmethod
    def over(
        cls, start_utc: np.datetime64, duration_s: float, orientation: EarthOrientation
    ) -> Self:
        """Compute the nodes for `duration_s` seconds from `start_utc`, half a day around them.

        Raises ValueError where the orientation belongs to another window.
        """
        start = start_utc.astype("datetime64[us]")
        if start != orientation.start_utc:
            raise ValueError("the orientation of the Earth belongs to another window")
        gaps = int(np.ceil(duration_s / NODE_STEP_S)) + 2 * _MARGIN_NODES
        node_s = np.arange(-_MARGIN_NODES, gaps + 1 - _MARGIN_NODES, dtype=np.float64) * NODE_STEP_S
        to_teme = _gcrs_to_teme(orientation, node_s)
        day, fraction = orientation.tt_julian_date(node_s)
        sun, moon = _apparent_sun(day, fraction), _apparent_moon(day, fraction)
        return cls(
            start_utc=start,
            duration_s=float(duration_s),
            orientation=orientation,
            first_node_s=float(node_s[0]),
            sun_coefficients_m=_hermite(*(_turned(to_teme, part) for part in sun)),
            moon_coefficients_m=_hermite(*(_turned(to_teme, part) for part in moon)),
        )

    def sun_teme_m(self, t_s: ArrayLike) -> FloatArray:
        """Apparent geocentric Sun (3, ...) in m at `t_s` (...)."""
        return self._at(self.sun_coefficients_m, t_s)

    def moon_teme_m(self, t_s: ArrayLike) -> FloatArray:
        """Apparent geocentric Moon (3, ...) in m at `t_s` (...)."""
        return self._at(self.moon_coefficients_m, t_s)

    def sun_earth_fixed_m(self, t_s: ArrayLike) -> FloatArray:
        """Sun (3, ...) in m in the rotating Earth-fixed frame at `t_s` (...)."""
        return _turned(self.orientation.teme_to_earth_fixed(t_s), self.sun_teme_m(t_s))

    def moon_earth_fixed_m(self, t_s: ArrayLike) -> FloatArray:
        """Moon (3, ...) in m in the rotating Earth-fixed frame at `t_s` (...)."""
        return _turned(self.orientation.teme_to_earth_fixed(t_s), self.moon_teme_m(t_s))

    def sun_and_moon_earth_fixed_m(self, t_s: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Both bodies (3, ...) in m in the rotating Earth-fixed frame at `t_s` (...)."""
        rotation = self.orientation.teme_to_earth_fixed(t_s)
        return _turned(rotation, self.sun_teme_m(t_s)), _turned(rotation, self.moon_teme_m(t_s))

    def sun_elevation_azimuth(self, site: Site, t_s: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Topocentric elevation and azimuth of the Sun's centre in rad, without refraction."""
        return site.elevation_azimuth_range(self.sun_earth_fixed_m(t_s))[:2]

    def moon_elevation_azimuth(self, site: Site, t_s: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Topocentric elevation and azimuth of the Moon's centre in rad, without refraction.

        The parallax of the site (up to 0.95 deg) is in it.
        """
        return site.elevation_azimuth_range(self.moon_earth_fixed_m(t_s))[:2]

    def moon_phase_angle_rad(self, t_s: ArrayLike) -> FloatArray:
        """Angle Sun-Moon-Earth: 0 at full Moon, pi at new Moon. Geocentric (1 deg from a site)."""
        moon = self.moon_teme_m(t_s)
        return angle_between_rad(self.sun_teme_m(t_s) - moon, -moon)

    def moon_illuminated_fraction(self, t_s: ArrayLike) -> FloatArray:
        """Lit share of the Moon's disc, 0..1: (1 + cos phase angle) / 2 (Meeus 1998, 48.1)."""
        return np.asarray(0.5 * (1.0 + np.cos(self.moon_phase_angle_rad(t_s))))

    def sunlit_fraction(self, satellite_teme_m: FloatArray, t_s: ArrayLike) -> FloatArray:
        """Share of the solar disc that satellites at (3, ...) in TEME see at `t_s` (...)."""
        return sunlit_fraction(satellite_teme_m, self.sun_teme_m(t_s))

    def _at(self, coefficients: FloatArray, t_s: ArrayLike) -> FloatArray:
        turns = (np.asarray(t_s, dtype=np.float64) - self.first_node_s) / NODE_STEP_S
        gaps = coefficients.shape[-1]
        outside = ~((turns >= 0.0) & (turns <= gaps))
        gap = np.minimum(np.where(outside, 0.0, turns).astype(np.intp), gaps - 1)
        along = np.where(outside, np.nan, turns - gap)
        value: FloatArray = coefficients[3][:, gap]
        for power in (2, 1, 0):
            value = value * along + coefficients[power][:, gap]
        return value


def angle_between_rad(one: FloatArray, other: FloatArray) -> FloatArray:
    """Angle between vectors (3, ...) in 0..pi, exact at both ends."""
    across = np.cross(one, other, axis=0)
    length = np.sqrt(np.sum(across * across, axis=0))
    return np.asarray(np.arctan2(length, np.sum(one * other, axis=0)))


@dataclass(frozen=True, slots=True, eq=False)
class SolarDisc:
    """The Sun behind the Earth as a satellite sees it: angles in rad.

    `sun_rad` and `earth_rad` are the angular radii, `apart_rad` the angle between the centres.
    The umbra is where `apart_rad` <= `earth_rad` - `sun_rad`.
    """

    sun_rad: FloatArray
    earth_rad: FloatArray
    apart_rad: FloatArray

    @property
    def depth_in_umbra_rad(self) -> FloatArray:
        """Angle by which the Sun's nearer edge is hidden: positive in the umbra."""
        return np.asarray(self.earth_rad - self.sun_rad - self.apart_rad)


def solar_disc(satellite_m: FloatArray, sun_m: FloatArray) -> SolarDisc:
    """Sun and Earth as seen from satellites (3, ...); both vectors in TEME or Earth-fixed axes.

    The Earth is the WGS 84 ellipsoid: stretching the polar axis makes it a sphere and keeps
    lines straight. Without the atmosphere, whose refraction and
    extinction move what is seen as the edge by up to 10 s. NaN inside the Earth.
    """
    stretch = np.array([1.0, 1.0, 1.0 / (1.0 - WGS84_FLATTENING)])
    shape = (3,) + (1,) * (np.ndim(satellite_m) - 1)
    satellite = satellite_m * stretch.reshape(shape)
    to_sun = sun_m * stretch.reshape(shape) - satellite
    distance = np.sqrt(np.sum(satellite * satellite, axis=0))
    outside = distance >= WGS84_EQUATORIAL_RADIUS_M
    sine = WGS84_EQUATORIAL_RADIUS_M / np.where(outside, distance, np.nan)
    sun_distance = np.sqrt(np.sum(to_sun * to_sun, axis=0))
    return SolarDisc(
        sun_rad=np.arcsin(SUN_RADIUS_M / sun_distance),
        earth_rad=np.arcsin(sine),
        apart_rad=angle_between_rad(-satellite, to_sun),
    )


def sunlit_fraction(satellite_m: FloatArray, sun_m: FloatArray) -> FloatArray:
    """Share of the solar disc that satellites (3, ...) see: 0 in umbra, 1 in full sunlight.

    Overlap of two discs (Montenbruck and Gill 2000, section 3.4.2), annular eclipses of far
    satellites included; limb darkening and the atmosphere are left out. Edges lie within
    10 s of what is seen in low orbits. Axes as in `solar_disc`.
    """
    disc = solar_disc(satellite_m, sun_m)
    a, b, c = disc.sun_rad, disc.earth_rad, disc.apart_rad
    fraction = np.where(c >= a + b, 1.0, 0.0)
    fraction = np.where(c <= a - b, 1.0 - (b / a) ** 2, fraction)
    fraction = np.where(np.isfinite(a + b + c), fraction, np.nan)
    partly = (c > np.abs(a - b)) & (c < a + b)
    fraction[partly] = 1.0 - _overlap(a[partly], b[partly], c[partly])
    return fraction


def _overlap(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """Share of a disc of radius `a` under a disc of radius `b`, centres `c` apart."""
    x = (c * c + a * a - b * b) / (2.0 * c)
    y = np.sqrt(np.maximum(a * a - x * x, 0.0))
    lens = a * a * np.arctan2(y, x) + b * b * np.arctan2(y, c - x) - c * y
    return np.asarray(lens / (np.pi * a * a))


def eclipse_states(sunlit: FloatArray, first: NDArray[np.intp]) -> NDArray[np.int8]:
    """`EclipseState` of ragged stretches of light: stretch k owns `sunlit[first[k]:first[k+1]]`.

    The state where it does not change from sample to sample; otherwise the first change says
    ENTERING (less light) or LEAVING (more). A millionth of the disc counts for nothing, so that
    a window that ends at an edge is not across it. No stretch is empty; NaN counts as umbra.
    """
    level = (sunlit > _NO_LIGHT).astype(np.int8) + (sunlit >= 1.0 - _NO_LIGHT)
    step = np.diff(level, append=level[-1:])
    step[first[1:] - 1] = 0
    position = np.where(step != 0, np.arange(len(step)), len(step))
    changed = np.minimum.reduceat(position, first[:-1]) if len(first) > 1 else position[:0]
    still = np.array([EclipseState.UMBRA, EclipseState.PENUMBRA, EclipseState.SUNLIT], np.int8)
    state = still[level[first[:-1]]]
    moving = changed < len(step)
    falls = step[changed[moving]] < 0
    state[moving] = np.where(falls, EclipseState.ENTERING, EclipseState.LEAVING)
    return state


def _turned(rotation: FloatArray, vector: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("ij...,j...->i...", rotation, vector))


def _hermite(value: FloatArray, rate_per_s: FloatArray) -> FloatArray:
    """Coefficients (4, 3, gaps) by rising power of the place 0..1 in each gap."""
    slope = rate_per_s * NODE_STEP_S
    rise = np.diff(value)
    return np.array(
        [
            value[:, :-1],
            slope[:, :-1],
            3.0 * rise - 2.0 * slope[:, :-1] - slope[:, 1:],
            slope[:, :-1] + slope[:, 1:] - 2.0 * rise,
        ]
    )


def _gcrs_to_teme(orientation: EarthOrientation, t_s: FloatArray) -> FloatArray:
    """Matrices (3, 3, n) by which what `teme_to_earth_fixed` turns on is the IAU 2006 sky.

    R3(ERA - GMST 1982) Q(IAU 2006/2000A): Earth-fixed directions then agree with the IERS
    Conventions 2010 (equation 5.1) although SGP4 keeps its own equinox.
    """
    celestial = np.moveaxis(erfa.c2i06a(*orientation.tt_julian_date(t_s)), 0, -1)
    angle = erfa.era00(*orientation.ut1_julian_date(t_s)) - orientation.gmst1982_rad(t_s)
    cos, sin = np.cos(angle), np.sin(angle)
    x, y, z = celestial
    return np.array([cos * x + sin * y, cos * y - sin * x, z])


def _apparent_sun(day: FloatArray, fraction: FloatArray) -> tuple[FloatArray, FloatArray]:
    """GCRS position (3, n) in m and velocity in m/s: light time and annual aberration in it.

    Deflection of light is left out (zero behind the disc), the rate is the geometric one (1e-4).
    """
    heliocentric, barycentric = erfa.epv00(day, fraction)
    rate = -heliocentric["v"].T * ASTRONOMICAL_UNIT_M / SECONDS_PER_DAY
    light_days = _light_days(heliocentric["p"])
    earlier, earlier_barycentric = erfa.epv00(day, fraction - light_days)
    seen = earlier_barycentric["p"] - earlier["p"] - barycentric["p"]
    distance = np.linalg.norm(seen, axis=1)
    beta = barycentric["v"] * ASTRONOMICAL_UNIT_M / SECONDS_PER_DAY / SPEED_OF_LIGHT_M_S
    slow = np.sqrt(1.0 - np.sum(beta * beta, axis=1))
    direction = erfa.ab(seen / distance[:, None], beta, distance, slow)
    return direction.T * distance * ASTRONOMICAL_UNIT_M, rate


def _apparent_moon(day: FloatArray, fraction: FloatArray) -> tuple[FloatArray, FloatArray]:
    """GCRS position (3, n) in m and velocity in m/s, one light time ago.

    The Moon shares the Earth's motion: light time and aberration together are the light time of
    the geocentric orbit (to 0.002 arcseconds).
    """
    now = erfa.moon98(day, fraction)
    seen = erfa.moon98(day, fraction - _light_days(now["p"]))
    rate = seen["v"].T * ASTRONOMICAL_UNIT_M / SECONDS_PER_DAY
    return seen["p"].T * ASTRONOMICAL_UNIT_M, rate


def _light_days(position_au: FloatArray) -> FloatArray:
    distance_m = np.linalg.norm(position_au, axis=1) * ASTRONOMICAL_UNIT_M
    return np.asarray(distance_m / SPEED_OF_LIGHT_M_S / SECONDS_PER_DAY)
