"""Two-line element sets by strict rules: whatever SGP4 would misread is refused with a reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io import element_faults as judge
from euroqci_planner.io.element_columns import (
    ARGUMENT_OF_PERIGEE,
    BSTAR,
    CLASSIFICATION,
    DESIGNATOR,
    ECCENTRICITY,
    ELEMENT_NUMBER,
    EPOCH,
    FIRST_DERIVATIVE,
    INCLINATION,
    MEAN_ANOMALY,
    MEAN_MOTION,
    NUMBER,
    RAAN,
    REVOLUTION,
    SECOND_DERIVATIVE,
    Column,
    catalogue_number,
    epoch_year,
)
from euroqci_planner.mission.orbits import ElementSet

_RADIANS_PER_DEGREE = math.pi / 180.0
_REV_DAY_PER_RAD_MIN = 1440.0 / (2.0 * math.pi)
_MINUTES_PER_DAY = 1440.0
_SECONDS_PER_MINUTE = 60.0
_MICROSECONDS_PER_EPOCH_UNIT = 864
_EPOCH_UNITS_PER_DAY = 100_000_000


class TextLine(NamedTuple):
    """A line of a file without its end; `number` from 1, 0 = unknown."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class ElementText:
    """The two lines of one element set, the name beside them and the file they come from."""

    first: TextLine
    second: TextLine
    name: str = ""
    source: str = ""


def parse_element_lines(
    line1: str, line2: str, name: str = "", source: str = "", line: int = 0
) -> ElementSet:
    """Element set of two lines; `line` is the number of the first one in `source`.

    Angles come out in radians and the mean motion in rad/s, such that SGP4 sees what
    `Satrec.twoline2rv` would give it; the derivatives are the fields of the format in SI (half
    and a sixth of the true ones). Blanks at the end of a line do not count. Raises InvalidInput
    with every fault of the record, each an `ElementFault` with its rule (`ELEMENT_RULES`).
    Source: Hoots and Roehrich 1980; Vallado et al. 2006, AIAA 2006-6753.
    """
    first = TextLine(line, line1.rstrip(" \r\n"))
    second = TextLine(line + 1 if line else 0, line2.rstrip(" \r\n"))
    return read_element_text(ElementText(first, second, name, source))


def read_element_text(lines: ElementText) -> ElementSet:
    """Element set of two lines with their places; raises InvalidInput with all its faults."""
    one, two, number = lines.first.text, lines.second.text, lines.second.number
    faults = judge.first_line_faults(one, lines.source, lines.first.number)
    second = judge.second_line_faults(two, lines.source, number)
    second += judge.id_faults(one, two, lines.source, number)
    faults += sorted(second, key=lambda fault: fault.column)
    if faults:
        raise InvalidInput(faults)
    return element_set_of(lines)


def element_set_of(lines: ElementText) -> ElementSet:
    """Values of two lines of sound form, without the rules: for verification sets alone.

    The published SGP4 verification set has orbits through the ground, which the rules refuse.
    """
    one, two = lines.first.text, lines.second.text
    return ElementSet(
        norad_id=catalogue_number(NUMBER.of(one)),
        name=lines.name,
        international_designator=_full_designator(DESIGNATOR.of(one)),
        epoch_utc=_epoch_utc(EPOCH.of(one)),
        inclination_rad=_angle_rad(INCLINATION, two),
        raan_rad=_angle_rad(RAAN, two),
        eccentricity=float("0." + ECCENTRICITY.of(two)),
        argument_of_perigee_rad=_angle_rad(ARGUMENT_OF_PERIGEE, two),
        mean_anomaly_rad=_angle_rad(MEAN_ANOMALY, two),
        mean_motion_rad_s=mean_motion_rad_s(float(MEAN_MOTION.of(two))),
        bstar_per_earth_radius=_with_exponent(BSTAR.of(one)),
        first_derivative_rad_s2=first_derivative_rad_s2(float(FIRST_DERIVATIVE.of(one))),
        second_derivative_rad_s3=second_derivative_rad_s3(
            _with_exponent(SECOND_DERIVATIVE.of(one))
        ),
        classification=CLASSIFICATION.of(one),
        element_set_number=int(ELEMENT_NUMBER.of(one)),
        revolution_at_epoch=int(REVOLUTION.of(two)),
        source=lines.source,
        line=lines.first.number,
        text=(one, two),
    )


def _angle_rad(column: Column, text: str) -> float:
    return angle_rad(float(column.of(text)))


def angle_rad(degrees: float) -> float:
    """Radians of degrees, rounded as SGP4's own reader rounds (times pi/180)."""
    return degrees * _RADIANS_PER_DEGREE


def mean_motion_rad_s(rev_per_day: float) -> float:
    """Mean motion in rad/s whose 60-fold is SGP4's rad/min, to the last bit where one exists.

    SGP4 takes rad/min as rev/day divided by 1440/(2 pi). Not every float64 is 60 times another:
    then the nearest is taken, off by one unit in the last place at most.
    """
    rad_per_minute = rev_per_day / _REV_DAY_PER_RAD_MIN
    middle = rad_per_minute / _SECONDS_PER_MINUTE
    if middle * _SECONDS_PER_MINUTE == rad_per_minute:
        return middle
    near = (middle, math.nextafter(middle, 0.0), math.nextafter(middle, math.inf))
    return min(near, key=lambda value: abs(value * _SECONDS_PER_MINUTE - rad_per_minute))


def first_derivative_rad_s2(rev_per_day2: float) -> float:
    """The first-derivative field (rev/day²) in rad/s², without the factor of two."""
    rad_per_minute2 = rev_per_day2 / (_REV_DAY_PER_RAD_MIN * _MINUTES_PER_DAY)
    return rad_per_minute2 / _SECONDS_PER_MINUTE**2


def second_derivative_rad_s3(rev_per_day3: float) -> float:
    """The second-derivative field (rev/day³) in rad/s³, without the factor of six."""
    rad_per_minute3 = rev_per_day3 / (_REV_DAY_PER_RAD_MIN * _MINUTES_PER_DAY**2)
    return rad_per_minute3 / _SECONDS_PER_MINUTE**3


def _with_exponent(text: str) -> float:
    """Number of the form `-11606-4` = -0.11606e-4."""
    return float(f"{text[0]}.{text[1:6]}") * 10.0 ** int(text[6:])


def _epoch_utc(text: str) -> np.datetime64:
    """Instant of YYDDD.DDDDDDDD in whole microseconds: a unit of the last digit is 864 µs."""
    units = int(text[2:5] + text[6:]) - _EPOCH_UNITS_PER_DAY
    new_year = np.datetime64(f"{epoch_year(text)}-01-01", "us")
    instant: np.datetime64 = new_year + np.timedelta64(units * _MICROSECONDS_PER_EPOCH_UNIT, "us")
    return instant


def _full_designator(text: str) -> str:
    """International designator with the year in full: `98067A` is `1998-067A`, blank is ''."""
    if text.isspace():
        return ""
    return f"{epoch_year(text)}-{text[2:].rstrip()}"
