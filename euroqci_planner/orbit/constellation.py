"""Design orbits as element sets: what SGP4 flies is what was asked for.

Gravity constants are those of SGP4 (WGS 72; Vallado et al. 2006, AIAA 2006-6753). A design orbit
has no drag. Mean eccentricity 0 is the frozen orbit of the model: its J3 terms (Brouwer 1959)
then hold the flown eccentricity at 0.001 with the perigee at the highest latitude, so the
altitude repeats from orbit to orbit and stays within about 8 km of its mean in low orbits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from sgp4.api import Satrec

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.mission.orbits import (
    CircularOrbit,
    DesignOrbit,
    ElementSet,
    KeplerianOrbit,
    SunSynchronousOrbit,
)
from euroqci_planner.orbit.ephemeris import EARTH_RADIUS_M, GRAVITY_M3_S2, J2, satrec_of
from euroqci_planner.timebase import J2000_JULIAN_DATE, julian_date
from euroqci_planner.units import KILO, SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_MINUTE

TROPICAL_YEAR_S = 365.2422 * SECONDS_PER_DAY

LOWEST_ALTITUDE_M = 150e3
HIGHEST_ALTITUDE_M = 200_000e3
_FULL_TURN = 2.0 * np.pi
_ORBIT_POINTS = 720
_ITERATIONS = 4


@dataclass(frozen=True, slots=True)
class _Angles:
    """The four angles of an element set and its eccentricity."""

    inclination_rad: float
    raan_rad: float
    argument_of_perigee_rad: float
    mean_anomaly_rad: float
    eccentricity: float = 0.0


def element_set_of(orbit: DesignOrbit, satellite_id: str, name: str) -> ElementSet:
    """SGP4 element set of a design orbit (`is_design`, no drag, catalogue number 0).

    Sun-synchronous and circular orbits: the mean over one revolution of the radius that SGP4
    flies is the altitude asked for plus the equatorial radius of WGS 72, to a millimetre (in
    deep space, periods over 225 min, at the epoch: Moon and Sun move it later). Keplerian
    orbits: the semi-major axis is Brouwer's mean one, the mean of the osculating one over a
    revolution (to 0.1 km in low orbits, SGP4 leaving out terms of eccentricity times J2). Angles
    count from the mean equinox and true equator of the epoch (TEME).

    Raises InvalidInput with every fault: not finite, perigee under 150 km, apogee over
    200 000 km, no Sun-synchronous inclination (above 5 980 km), angles or eccentricity out of
    range.
    """
    faults = tuple(_faults(orbit, f"satellite[{satellite_id}].orbit"))
    if faults:
        raise InvalidInput(faults)
    first_guess = _first_guess(orbit, satellite_id, name)
    if isinstance(orbit, KeplerianOrbit):
        return _with_mean_axis(first_guess, orbit.semi_major_axis_m)
    return _with_mean_radius(first_guess, EARTH_RADIUS_M + orbit.altitude_m)


def sun_synchronous_inclination_rad(altitude_m: float) -> float:
    """Inclination whose J2 node drift follows the mean Sun; NaN where there is none.

    cos i = -(2 pi / tropical year) / (1.5 J2 (R/a)^2 n), circular orbit, a = R + altitude
    (Vallado 2013, section 11.4.1). First order in J2: the higher terms of SGP4 let the local
    time of the node drift by -6 s in 30 days and -1.3 min in a year at 500-600 km.
    """
    axis_m = EARTH_RADIUS_M + altitude_m
    rate_rad_s = _kepler_rate(axis_m)
    drift_rad_s = 1.5 * J2 * (EARTH_RADIUS_M / axis_m) ** 2 * rate_rad_s
    cosine = -(_FULL_TURN / TROPICAL_YEAR_S) / drift_rad_s
    return float(np.arccos(cosine)) if abs(cosine) <= 1.0 else float("nan")


def mean_sun_right_ascension_rad(instant_utc: np.datetime64) -> float:
    """Right ascension of the fictitious mean Sun from the mean equinox of date, 0 <= a < 2 pi.

    Aoki et al. (1982), the definition behind GMST 1982, so that local mean solar time is UT
    plus east longitude. Takes UTC for UT1: wrong by under 2e-7 rad.
    """
    day, fraction = julian_date(instant_utc)
    centuries = (float(day) - J2000_JULIAN_DATE + float(fraction)) / 36_525.0
    seconds = (
        67_310.54841
        + 8_640_184.812866 * centuries
        + 0.093104 * centuries**2
        - 6.2e-6 * centuries**3
    )
    return float(np.mod(seconds / SECONDS_PER_DAY * _FULL_TURN, _FULL_TURN))


def _first_guess(orbit: DesignOrbit, satellite_id: str, name: str) -> ElementSet:
    """The element set with Kepler's mean motion, off by a kilometre or two."""
    angles = _angles(orbit)
    if isinstance(orbit, KeplerianOrbit):
        axis_m = orbit.semi_major_axis_m
    else:
        axis_m = EARTH_RADIUS_M + orbit.altitude_m
    return ElementSet(
        norad_id=0,
        name=name,
        international_designator="",
        epoch_utc=orbit.epoch_utc.astype("datetime64[us]"),
        inclination_rad=angles.inclination_rad,
        raan_rad=angles.raan_rad,
        eccentricity=angles.eccentricity,
        argument_of_perigee_rad=angles.argument_of_perigee_rad,
        mean_anomaly_rad=angles.mean_anomaly_rad,
        mean_motion_rad_s=_kepler_rate(axis_m),
        bstar_per_earth_radius=0.0,
        source=f"design orbit of {satellite_id}",
        is_design=True,
    )


def _angles(orbit: DesignOrbit) -> _Angles:
    if isinstance(orbit, KeplerianOrbit):
        return _Angles(
            orbit.inclination_rad,
            _turned(orbit.raan_rad),
            _turned(orbit.argument_of_perigee_rad),
            _turned(orbit.mean_anomaly_rad),
            orbit.eccentricity,
        )
    along = _turned(orbit.argument_of_latitude_rad)
    if isinstance(orbit, CircularOrbit):
        return _Angles(orbit.inclination_rad, _turned(orbit.raan_rad), 0.0, along)
    hours_from_noon = orbit.local_time_descending_node_h - 12.0
    descending = mean_sun_right_ascension_rad(orbit.epoch_utc) + hours_from_noon / 24 * _FULL_TURN
    inclination = sun_synchronous_inclination_rad(orbit.altitude_m)
    return _Angles(inclination, _turned(descending + np.pi), 0.0, along)


def _turned(angle_rad: float) -> float:
    return float(np.mod(angle_rad, _FULL_TURN))


def _kepler_rate(axis_m: float) -> float:
    return float(np.sqrt(GRAVITY_M3_S2 / axis_m**3))


def _with_mean_radius(elements: ElementSet, wanted_m: float) -> ElementSet:
    """The elements with the Kozai mean motion for which SGP4 flies this mean radius."""
    for _ in range(_ITERATIONS):
        flown_m = _mean_radius_m(satrec_of(elements))
        rate = elements.mean_motion_rad_s * (flown_m / wanted_m) ** 1.5
        elements = replace(elements, mean_motion_rad_s=rate)
    return elements


def _with_mean_axis(elements: ElementSet, wanted_m: float) -> ElementSet:
    """The elements with the Kozai mean motion of this Brouwer mean semi-major axis."""
    for _ in range(_ITERATIONS):
        brouwer_m = satrec_of(elements).a * EARTH_RADIUS_M
        rate = elements.mean_motion_rad_s * (brouwer_m / wanted_m) ** 1.5
        elements = replace(elements, mean_motion_rad_s=rate)
    return elements


def _mean_radius_m(record: Satrec) -> float:
    """Mean distance from the geocentre over one nodal revolution from the epoch."""
    nodal_period_s = _FULL_TURN / (record.mdot + record.argpdot) * SECONDS_PER_MINUTE
    fractions = np.arange(_ORBIT_POINTS) / _ORBIT_POINTS * nodal_period_s / SECONDS_PER_DAY
    days = np.full(_ORBIT_POINTS, record.jdsatepoch)
    _, position_km, _ = record.sgp4_array(days, record.jdsatepochF + fractions)
    return float(np.mean(np.linalg.norm(position_km, axis=1))) * KILO


def _faults(orbit: DesignOrbit, where: str) -> Iterator[Fault]:
    yield from _not_numbers(orbit, where)
    if isinstance(orbit, SunSynchronousOrbit):
        yield from _altitude_faults(orbit.altitude_m, f"{where}.altitude_km")
        yield from _sun_synchronous_faults(orbit, where)
    elif isinstance(orbit, CircularOrbit):
        yield from _altitude_faults(orbit.altitude_m, f"{where}.altitude_km")
        yield from _inclination_faults(orbit.inclination_rad, where)
    else:
        yield from _keplerian_faults(orbit, where)
        yield from _inclination_faults(orbit.inclination_rad, where)


def _not_numbers(orbit: DesignOrbit, where: str) -> Iterator[Fault]:
    if np.isnat(orbit.epoch_utc):
        yield Fault("is missing", where=f"{where}.epoch_utc", mend="give the epoch in UTC")
    for name in type(orbit).__slots__:
        value = getattr(orbit, name)
        if isinstance(value, float) and not np.isfinite(value):
            yield Fault("is not finite", where=f"{where}.{name}", value=str(value))


def _altitude_faults(altitude_m: float, where: str) -> Iterator[Fault]:
    value = f"{altitude_m / KILO:g}"
    if altitude_m < LOWEST_ALTITUDE_M:
        yield Fault("no orbit lasts under 150 km", where=where, value=value, mend="raise the orbit")
    if altitude_m > HIGHEST_ALTITUDE_M:
        yield Fault(
            "SGP4 is not meant for orbits beyond 200 000 km",
            where=where,
            value=value,
            mend="lower the orbit",
        )


def _sun_synchronous_faults(orbit: SunSynchronousOrbit, where: str) -> Iterator[Fault]:
    none = np.isnan(sun_synchronous_inclination_rad(max(orbit.altitude_m, 0.0)))
    if none and orbit.altitude_m <= HIGHEST_ALTITUDE_M:
        yield Fault(
            "no inclination is Sun-synchronous at this altitude",
            where=f"{where}.altitude_km",
            value=f"{orbit.altitude_m / KILO:g}",
            mend="stay under 5980 km, or use a circular orbit",
        )
    hours = orbit.local_time_descending_node_h
    if np.isfinite(hours) and not 0.0 <= hours < SECONDS_PER_DAY / SECONDS_PER_HOUR:
        yield Fault(
            "is no time of day",
            where=f"{where}.local_time_descending_node",
            value=f"{hours:g} h",
            mend="give 00:00 to 23:59",
        )


def _inclination_faults(inclination_rad: float, where: str) -> Iterator[Fault]:
    if np.isfinite(inclination_rad) and not 0.0 <= inclination_rad <= np.pi:
        yield Fault(
            "must be between 0 and 180",
            where=f"{where}.inclination_deg",
            value=f"{np.degrees(inclination_rad):g}",
            mend="a retrograde orbit has an inclination over 90",
        )


def _keplerian_faults(orbit: KeplerianOrbit, where: str) -> Iterator[Fault]:
    if not 0.0 <= orbit.eccentricity < 1.0:
        yield Fault(
            "must be at least 0 and under 1",
            where=f"{where}.eccentricity",
            value=f"{orbit.eccentricity:g}",
            mend="the orbit must be closed",
        )
        return
    perigee_m = orbit.semi_major_axis_m * (1.0 - orbit.eccentricity) - EARTH_RADIUS_M
    apogee_m = orbit.semi_major_axis_m * (1.0 + orbit.eccentricity) - EARTH_RADIUS_M
    below, above = f"{where}.semi_major_axis_km (perigee)", f"{where}.semi_major_axis_km (apogee)"
    if perigee_m < LOWEST_ALTITUDE_M:
        yield from _altitude_faults(perigee_m, below)
    if apogee_m > HIGHEST_ALTITUDE_M:
        yield from _altitude_faults(apogee_m, above)
