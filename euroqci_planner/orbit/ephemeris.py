"""Where satellites are: SGP4 states of a fleet, in TEME and in the rotating Earth-fixed frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sgp4.api import WGS72, Satrec

from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.orbit.earth_orientation import EarthOrientation
from euroqci_planner.timebase import julian_date
from euroqci_planner.units import KILO, SECONDS_PER_DAY, SECONDS_PER_MINUTE, FloatArray

EARTH_RADIUS_M = 6_378_135.0
GRAVITY_M3_S2 = 398_600.8e9
J2 = 0.001082616
_DIFFERENCE_RAD = 2e-4
_SGP4_EPOCH_JULIAN_DATE = 2_433_281.5

CodeArray = NDArray[np.uint8]
IndexArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class EarthFixedState:
    """Position, velocity and acceleration in the rotating frame, components first (3, ...).

    A state of several satellites at common times has the shape (3, satellites, times). Velocity:
    that of SGP4 in low orbits (within centimetres per second of the rate of the position); in
    deep-space orbits, where SGP4 leaves out the rates of its Sun and Moon terms (metres per
    second near an eccentric perigee), the difference quotient of positions.
    """

    position_m: FloatArray
    velocity_m_s: FloatArray
    acceleration_m_s2: FloatArray


class Propagator(Protocol):
    """From element sets to TEME states; the seam for a second implementation of SGP4."""

    def teme(self, satellite: int, t_s: FloatArray) -> tuple[FloatArray, FloatArray, CodeArray]:
        """Position (3, n) in m, velocity (3, n) in m/s, error code (n,) at `t_s` (n,)."""

    def teme_grid(
        self, satellites: IndexArray, t_s: FloatArray
    ) -> tuple[FloatArray, FloatArray, CodeArray]:
        """The same for several satellites at common times: (3, s, n), (3, s, n), (s, n)."""


@dataclass(frozen=True, slots=True, eq=False)
class Sgp4Propagator:
    """SGP4 and SDP4 of python-sgp4's C++ library, WGS 72, improved mode.

    `since_epoch_s` is the exact time from each element set's epoch to the start of the window, in
    SI seconds (a leap second in between counts).
    Vallado, Crawford, Hujsak, Kelso 2006, AIAA 2006-6753. NaN where the code is not 0.
    """

    records: tuple[Satrec, ...]
    since_epoch_s: FloatArray

    def teme(self, satellite: int, t_s: FloatArray) -> tuple[FloatArray, FloatArray, CodeArray]:
        """Position (3, n) in m, velocity (3, n) in m/s, error code (n,) at `t_s` (n,)."""
        record = self.records[satellite]
        days = (self.since_epoch_s[satellite] + t_s) / SECONDS_PER_DAY
        whole = np.floor(days)
        code, position_km, velocity_km_s = record.sgp4_array(
            record.jdsatepoch + whole, record.jdsatepochF + (days - whole)
        )
        failed = code != 0
        position = np.where(failed, np.nan, position_km.T * KILO)
        return position, np.where(failed, np.nan, velocity_km_s.T * KILO), code

    def teme_grid(
        self, satellites: IndexArray, t_s: FloatArray
    ) -> tuple[FloatArray, FloatArray, CodeArray]:
        """The same for several satellites at common times: (3, s, n), (3, s, n), (s, n)."""
        position = np.empty((3, len(satellites), len(t_s)))
        velocity = np.empty_like(position)
        code = np.empty(position.shape[1:], dtype=np.uint8)
        for row, satellite in enumerate(satellites):
            position[:, row], velocity[:, row], code[row] = self.teme(int(satellite), t_s)
        return position, velocity, code


def satrec_of(elements: ElementSet) -> Satrec:
    """The initialised SGP4 record of an element set.

    The catalogue number does not enter the model and is left out: the library knows none above
    339999. States are asked for by the time from the exact epoch; where Moon and Sun stand at the
    epoch is taken from one double of Julian days (40 µs), as in the authors' program.
    """
    return initialised(Satrec(), elements)


def initialised(record: Any, elements: ElementSet) -> Any:
    """`record`, of python-sgp4's C++ or Python class, initialised with an element set."""
    day, fraction = julian_date(elements.epoch_utc)
    record.sgp4init(
        WGS72,
        "i",
        0,
        float(day + fraction) - _SGP4_EPOCH_JULIAN_DATE,
        elements.bstar_per_earth_radius,
        elements.first_derivative_rad_s2 * SECONDS_PER_MINUTE**2,
        elements.second_derivative_rad_s3 * SECONDS_PER_MINUTE**3,
        elements.eccentricity,
        elements.argument_of_perigee_rad,
        elements.inclination_rad,
        elements.mean_anomaly_rad,
        elements.mean_motion_rad_s * SECONDS_PER_MINUTE,
        elements.raan_rad,
    )
    return record


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """Satellites by element set over one window; `t_s` are seconds after `start_utc`.

    Satellites are named by their position in `element_sets`. States are NaN where SGP4 reports
    an error; which of the others may be trusted is for the propagation gate to say.
    """

    element_sets: tuple[ElementSet, ...]
    start_utc: np.datetime64
    orientation: EarthOrientation
    propagator: Propagator
    period_s: FloatArray
    perigee_radius_m: FloatArray
    is_deep_space: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        element_sets: Sequence[ElementSet],
        start_utc: np.datetime64,
        orientation: EarthOrientation,
    ) -> Self:
        """Initialise SGP4 for every element set; raises ValueError for another window."""
        start = start_utc.astype("datetime64[us]")
        if start != orientation.start_utc:
            raise ValueError("the orientation of the Earth belongs to another window")
        records = tuple(satrec_of(elements) for elements in element_sets)
        since = [orientation.seconds_from(elements.epoch_utc) for elements in element_sets]
        return cls(
            element_sets=tuple(element_sets),
            start_utc=start,
            orientation=orientation,
            propagator=Sgp4Propagator(records, np.array(since, dtype=np.float64)),
            period_s=np.array([2 * np.pi / e.mean_motion_rad_s for e in element_sets]),
            perigee_radius_m=np.array([(1.0 + r.altp) * EARTH_RADIUS_M for r in records]),
            is_deep_space=np.array([r.method == "d" for r in records], dtype=np.bool_),
        )

    def __len__(self) -> int:
        """Number of satellites."""
        return len(self.element_sets)

    def teme(self, satellite: int, t_s: ArrayLike) -> tuple[FloatArray, FloatArray, CodeArray]:
        """Position (3, n) in m, velocity (3, n) in m/s and SGP4 error code (n,), in TEME."""
        return self.propagator.teme(satellite, np.atleast_1d(np.asarray(t_s, dtype=np.float64)))

    def earth_fixed(self, satellite: int, t_s: ArrayLike) -> EarthFixedState:
        """Earth-fixed state (3, n) of one satellite at `t_s` (n,)."""
        times = np.atleast_1d(np.asarray(t_s, dtype=np.float64))
        position, velocity = self._motion(satellite, times)
        return self._rotated(position, velocity, self.orientation.teme_to_earth_fixed(times))

    def earth_fixed_grid(
        self, t_s: ArrayLike, satellites: ArrayLike | None = None
    ) -> EarthFixedState:
        """Earth-fixed state (3, s, n) of these satellites (all by default) at `t_s` (n,)."""
        times = np.atleast_1d(np.asarray(t_s, dtype=np.float64))
        chosen = np.arange(len(self)) if satellites is None else np.asarray(satellites, np.intp)
        position, velocity, _ = self.propagator.teme_grid(chosen, times)
        for row in np.flatnonzero(self.is_deep_space[chosen]):
            velocity[:, row] = self._difference(int(chosen[row]), times, position[:, row])
        return self._rotated(position, velocity, self.orientation.teme_to_earth_fixed(times))

    def earth_fixed_pairs(self, satellite: ArrayLike, t_s: ArrayLike) -> EarthFixedState:
        """Earth-fixed state (3, n) of `satellite[i]` at `t_s[i]`, both (n,)."""
        owner = np.asarray(satellite, dtype=np.intp)
        times = np.asarray(t_s, dtype=np.float64)
        position, velocity = np.empty((3, len(times))), np.empty((3, len(times)))
        order = np.argsort(owner, kind="stable")
        present, first = np.unique(owner[order], return_index=True)
        bounds = np.append(first, len(order))
        for index, begin, end in zip(present, bounds[:-1], bounds[1:], strict=True):
            rows = order[begin:end]
            position[:, rows], velocity[:, rows] = self._motion(int(index), times[rows])
        return self._rotated(position, velocity, self.orientation.teme_to_earth_fixed(times))

    def _motion(self, satellite: int, t_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        """TEME position and its rate."""
        position, velocity, _ = self.propagator.teme(satellite, t_s)
        if self.is_deep_space[satellite]:
            velocity = self._difference(satellite, t_s, position)
        return position, velocity

    def _difference(self, satellite: int, t_s: FloatArray, position: FloatArray) -> FloatArray:
        """Rate of the TEME position by central difference; truncation under 0.1 mm/s."""
        radius = np.sqrt(np.sum(position * position, axis=0))
        apart_s = _DIFFERENCE_RAD * np.sqrt(radius**3 / GRAVITY_M3_S2)
        ahead, _, _ = self.propagator.teme(satellite, t_s + apart_s)
        behind, _, _ = self.propagator.teme(satellite, t_s - apart_s)
        return np.asarray((ahead - behind) / (2.0 * apart_s))

    def _rotated(
        self, position: FloatArray, velocity: FloatArray, rotation: FloatArray
    ) -> EarthFixedState:
        rate = self.orientation.earth_rotation_rate_rad_s
        fixed = _turned(rotation, position)
        moved = _turned(rotation, velocity)
        ox, oy, oz = rate * rotation[:, 2]
        x, y, z = fixed
        moved[0] -= oy * z - oz * y
        moved[1] -= oz * x - ox * z
        moved[2] -= ox * y - oy * x
        return EarthFixedState(fixed, moved, _acceleration(fixed, moved, rate))


def _turned(rotation: FloatArray, vector: FloatArray) -> FloatArray:
    """`rotation` (3, 3, n) applied to `vector` (3, ..., n)."""
    out = np.empty_like(vector)
    for row in range(3):
        np.multiply(rotation[row, 0], vector[0], out=out[row])
        out[row] += rotation[row, 1] * vector[1]
        out[row] += rotation[row, 2] * vector[2]
    return out


def _acceleration(position: FloatArray, velocity: FloatArray, rate: float) -> FloatArray:
    """Acceleration in the rotating frame: point mass, J2, Coriolis, centrifugal; (3, ...).

    Vallado 2013, equations 8-30 (J2) and 3-29 (rotating frame). Constants of WGS 72, as SGP4.
    Missing: higher harmonics (under 1e-5 of gravity), Sun, Moon, drag, and the tilt of the
    rotation axis by polar motion (1e-6).
    """
    x, y, z = position
    radius2 = x * x + y * y + z * z
    pull = -GRAVITY_M3_S2 / (radius2 * np.sqrt(radius2))
    flat = 1.5 * J2 * EARTH_RADIUS_M**2 / radius2
    sine2 = 5.0 * z * z / radius2
    across = pull * (1.0 + flat * (1.0 - sine2)) + rate * rate
    out = np.empty_like(position)
    out[0] = across * x + 2.0 * rate * velocity[1]
    out[1] = across * y - 2.0 * rate * velocity[0]
    out[2] = pull * (1.0 + flat * (3.0 - sine2)) * z
    return out
