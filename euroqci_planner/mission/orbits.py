"""Orbits as the planner receives them: element sets, design orbits, and the import report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementSet:
    """One SGP4 mean element set (TLE or OMM), angles in radians.

    `mean_motion_rad_s` is the Kozai mean motion of the format, not the Brouwer one.
    `first_derivative_rad_s2` and `second_derivative_rad_s3` are the fields of the format in SI,
    without its factors 2 and 6; SGP4 ignores them. `epoch_utc` is exact: the eight decimals of
    a TLE day are multiples of 864 µs. `international_designator` is in full, `1998-067A`.
    `source` names the file, `line` the first element line there, `text` the two lines as read
    (none for OMM).
    """

    norad_id: int
    name: str
    international_designator: str
    epoch_utc: np.datetime64
    inclination_rad: float
    raan_rad: float
    eccentricity: float
    argument_of_perigee_rad: float
    mean_anomaly_rad: float
    mean_motion_rad_s: float
    bstar_per_earth_radius: float
    first_derivative_rad_s2: float = 0.0
    second_derivative_rad_s3: float = 0.0
    classification: str = "U"
    element_set_number: int = 0
    revolution_at_epoch: int = 0
    source: str = ""
    line: int = 0
    text: tuple[str, ...] = ()
    is_design: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SunSynchronousOrbit:
    """Circular Sun-synchronous design orbit, by local mean solar time of the descending node.

    Altitude is above the equatorial radius of WGS 72. Time of day in hours, 0 <= h < 24.
    """

    epoch_utc: np.datetime64
    altitude_m: float
    local_time_descending_node_h: float
    argument_of_latitude_rad: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CircularOrbit:
    """Circular design orbit by inclination and right ascension of the ascending node (TEME)."""

    epoch_utc: np.datetime64
    altitude_m: float
    inclination_rad: float
    raan_rad: float
    argument_of_latitude_rad: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeplerianOrbit:
    """Design orbit by mean Keplerian elements (TEME)."""

    epoch_utc: np.datetime64
    semi_major_axis_m: float
    eccentricity: float
    inclination_rad: float
    raan_rad: float
    argument_of_perigee_rad: float
    mean_anomaly_rad: float


class WalkerKind(StrEnum):
    """How the planes of a Walker pattern are spread: over a full turn, or over half of one."""

    DELTA = "walker_delta"
    STAR = "walker_star"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkerPattern:
    """Walker pattern i: t/p/f of circular design orbits; `planes` divides `satellites`.

    `phasing` is f, 0 <= f < planes. Altitude as in `CircularOrbit`.
    """

    kind: WalkerKind
    satellites: int
    planes: int
    phasing: int
    altitude_m: float
    inclination_rad: float
    epoch_utc: np.datetime64


DesignOrbit = SunSynchronousOrbit | CircularOrbit | KeplerianOrbit
OrbitSource = ElementSet | DesignOrbit


class StalePolicy(StrEnum):
    """What to do with element sets older than the limit at the start of the plan."""

    WARN = "warn"
    REFUSE = "refuse"
    ACCEPT = "accept"


class RecordStatus(StrEnum):
    """What became of one record of an orbit file."""

    ACCEPTED = "accepted"
    WARNED = "warned"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """One line of the import report: a record of an orbit file, or a satellite that uses it.

    `rule` is a short stable id (`checksum`, `stale`, `decayed`); `message` says what, where, the
    value and the mend. `usable_from_utc` and `usable_until_utc` bound the time in which the
    propagation gate let the element set through (not-a-time: no bound).
    """

    source: str
    line: int
    norad_id: int
    name: str
    status: RecordStatus
    rule: str = ""
    message: str = ""
    satellite_id: str = ""
    usable_from_utc: np.datetime64 = np.datetime64("NaT", "us")
    usable_until_utc: np.datetime64 = np.datetime64("NaT", "us")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrbitFile:
    """An orbit file as read: what was accepted, and a report on every record.

    Ages are seconds from epoch to the start of the plan (either side counts).
    """

    path: str
    sha256: str
    warn_age_s: float
    max_age_s: float
    on_stale: StalePolicy
    element_sets: tuple[ElementSet, ...]
    records: tuple[ImportRecord, ...]
