"""What is wrong with a line of an element set: rule, place, value and mend, all at once.

A sound line is passed by one pattern and its checksum; only the others are taken apart, by the
same columns that the pattern is made of.
"""

from __future__ import annotations

import calendar
import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from euroqci_planner.io.element_columns import (
    ARGUMENT_OF_PERIGEE,
    CHECKSUM,
    ECCENTRICITY,
    EPHEMERIS_TYPE,
    EPOCH,
    FIRST_FORM,
    FIRST_LINE,
    INCLINATION,
    LINE_LENGTH,
    MEAN_ANOMALY,
    MEAN_MOTION,
    NUMBER,
    RAAN,
    SECOND_FORM,
    SECOND_LINE,
    Column,
    ElementFault,
    catalogue_number,
    epoch_year,
    shown,
)
from euroqci_planner.units import KILO, SECONDS_PER_DAY

MAX_MEAN_MOTION_REV_DAY = 18.0
_WGS72_MU_M3_S2 = 398_600.8e9
_WGS72_RADIUS_M = 6_378_135.0
_FETCH_AGAIN = "fetch the element set again"
_CHANGED = f"the line was changed: {_FETCH_AGAIN}"
_WEIGHTS = bytes(code - 48 if 48 <= code <= 57 else int(code == 45) for code in range(256))
_UPPER_DEGREES = (
    (INCLINATION, 180.0),
    (RAAN, 360.0),
    (ARGUMENT_OF_PERIGEE, 360.0),
    (MEAN_ANOMALY, 360.0),
)
_OTHER_THEORIES = {"1": "SGP", "2": "SGP4 with Brouwer mean motion", "4": "SGP4-XP", "6": "SP"}


@dataclass(frozen=True, slots=True)
class _Line:
    """A line under judgement: which of the two it is, where it stands, what it says."""

    which: int
    text: str
    source: str
    number: int

    def fault(self, column: Column, rule: str, problem: str, mend: str) -> ElementFault:
        return ElementFault(
            problem,
            self.source,
            self.number,
            column.first,
            self._name(column),
            shown(column.of(self.text)),
            mend,
            rule,
        )

    def _name(self, column: Column) -> str:
        """Name of the column; with the line where both lines have one of that name."""
        both = column.rule in {"line-number", "blank", "catalogue-number", "checksum"}
        return f"{column.name} of line {self.which}" if both else column.name


def checksum(text: str) -> int:
    """Sum of the digits of the first 68 columns, each minus sign as 1, modulo 10."""
    return sum(text[: LINE_LENGTH - 1].encode("ascii", "replace").translate(_WEIGHTS)) % 10


def first_line_faults(text: str, source: str = "", number: int = 0) -> list[ElementFault]:
    """Faults of the first line in order of columns; `source` and `number` say where it stands."""
    line = _Line(1, text, source, number)
    if FIRST_FORM.fullmatch(text):
        return [*_number_faults(line), *_epoch_faults(line), *_checksum_faults(line)]
    if len(text) != LINE_LENGTH or SECOND_FORM.fullmatch(text):
        return _whole_line_faults(line, FIRST_LINE)
    return _in_order(
        _form_faults(line, FIRST_LINE),
        _number_faults(line) if NUMBER.fits(text) else (),
        _epoch_faults(line) if EPOCH.fits(text) else (),
        _checksum_faults(line) if CHECKSUM.fits(text) else (),
    )


def second_line_faults(text: str, source: str = "", number: int = 0) -> list[ElementFault]:
    """Faults of the second line in order of columns; `source` and `number` say where it stands."""
    line = _Line(2, text, source, number)
    if SECOND_FORM.fullmatch(text):
        return [*_angle_faults(line), *_motion_faults(line), *_checksum_faults(line)]
    if len(text) != LINE_LENGTH or FIRST_FORM.fullmatch(text):
        return _whole_line_faults(line, SECOND_LINE)
    return _in_order(
        _form_faults(line, SECOND_LINE),
        _angle_faults(line),
        _motion_faults(line) if MEAN_MOTION.fits(text) and ECCENTRICITY.fits(text) else (),
        _checksum_faults(line) if CHECKSUM.fits(text) else (),
    )


def id_faults(first: str, second: str, source: str = "", number: int = 0) -> list[ElementFault]:
    """The fault of two lines with different catalogue numbers; `number` is the second line's."""
    one, two = NUMBER.of(first), NUMBER.of(second)
    if one == two or not (NUMBER.fits(first) and NUMBER.fits(second)):
        return []
    problem = f"line 1 carries {shown(one)}: these lines belong to different satellites"
    mend = f"a line is missing or was changed: {_FETCH_AGAIN}"
    return [_Line(2, second, source, number).fault(NUMBER, "id-mismatch", problem, mend)]


def _in_order(*faults: Iterable[ElementFault]) -> list[ElementFault]:
    return sorted((fault for some in faults for fault in some), key=lambda fault: fault.column)


def _whole_line_faults(line: _Line, columns: tuple[Column, ...]) -> list[ElementFault]:
    """Wrong length or the wrong line, and the first column that shows it: the rest is shifted."""
    if len(line.text) == LINE_LENGTH:
        problem = f"this is line {3 - line.which} of an element set"
        mend = "put line 1 before line 2"
        return [line.fault(columns[0], columns[0].rule, problem, mend)]
    whole = Column("line-length", f"line {line.which}", 1, LINE_LENGTH, "", "")
    problem = f"has {len(line.text)} characters instead of {LINE_LENGTH}"
    if len(line.text) == LINE_LENGTH - 1 and all(c.fits(line.text) for c in columns[:-1]):
        return [line.fault(whole, whole.rule, f"{problem}, the checksum is missing", _CHANGED)]
    length = line.fault(whole, whole.rule, problem if line.text else "is missing", _CHANGED)
    return [length, *islice(_form_faults(line, columns), 1 if line.text else 0)]


def _form_faults(line: _Line, columns: tuple[Column, ...]) -> Iterator[ElementFault]:
    for column in columns:
        if not column.fits(line.text):
            yield _form_fault(line, column)


def _form_fault(line: _Line, column: Column) -> ElementFault:
    value = column.of(line.text)
    control = next((c for c in value if unicodedata.category(c) == "Cc"), "")
    if control:
        problem = f"has the control character U+{ord(control):04X}"
        return line.fault(column, "control-character", problem, "use blanks, no tabs")
    if not value.isascii():
        foreign = next(c for c in value if not c.isascii())
        problem = f"has {unicodedata.name(foreign, 'a character')} (U+{ord(foreign):04X})"
        return line.fault(column, "not-ascii", problem, "write plain ASCII digits and signs")
    if column is NUMBER and value[:1].isalpha():
        return line.fault(column, "alpha-5", "is no Alpha-5 number", f"must be {column.form}")
    if column is EPHEMERIS_TYPE and value in _OTHER_THEORIES:
        problem = f"these are mean elements of {_OTHER_THEORIES[value]}, not of SGP4"
        return line.fault(column, column.rule, problem, "use an element set of type 0")
    return line.fault(column, column.rule, f"must be {column.form}", _CHANGED)


def _number_faults(line: _Line) -> Iterator[ElementFault]:
    if catalogue_number(NUMBER.of(line.text)) == 0:
        problem = "is no catalogue number: they begin with 00001"
        yield line.fault(NUMBER, NUMBER.rule, problem, "give the satellite's own number")


def _epoch_faults(line: _Line) -> Iterator[ElementFault]:
    text = EPOCH.of(line.text)
    year = epoch_year(text)
    days = 366 if calendar.isleap(year) else 365
    if not 1 <= int(text[2:5]) <= days:
        problem = f"the day must be from 1 to {days}.99999999 in {year}"
        yield line.fault(EPOCH, "epoch-day", problem, _CHANGED)


def _angle_faults(line: _Line) -> Iterator[ElementFault]:
    for column, upper in _UPPER_DEGREES:
        text = column.of(line.text)
        if column.fits(line.text) and float(text) > upper:
            problem = f"must be from 0 to {upper:.0f} degrees"
            yield line.fault(column, column.rule, problem, _CHANGED)


def _motion_faults(line: _Line) -> Iterator[ElementFault]:
    rev_per_day = float(MEAN_MOTION.of(line.text))
    if not 0.0 < rev_per_day < MAX_MEAN_MOTION_REV_DAY:
        problem = f"must be above 0 and below {MAX_MEAN_MOTION_REV_DAY:.0f} revolutions per day"
        yield line.fault(MEAN_MOTION, MEAN_MOTION.rule, problem, _CHANGED)
        return
    height_m = perigee_height_m(rev_per_day, float("0." + ECCENTRICITY.of(line.text)))
    if height_m <= 0.0:
        problem = f"with this eccentricity the perigee is {-height_m / KILO:.0f} km under ground"
        yield line.fault(
            MEAN_MOTION, "perigee", problem, "the satellite has decayed, or " + _CHANGED
        )


def perigee_height_m(rev_per_day: float, eccentricity: float) -> float:
    """Height of the Keplerian perigee over the equatorial radius of WGS 72, in metres.

    Takes the mean motion as Keplerian, which is good to some 10 km for the Kozai mean motion.
    """
    rate_rad_s = rev_per_day * 2.0 * math.pi / SECONDS_PER_DAY
    semi_major_axis_m = math.pow(_WGS72_MU_M3_S2 / rate_rad_s**2, 1.0 / 3.0)
    return semi_major_axis_m * (1.0 - eccentricity) - _WGS72_RADIUS_M


def _checksum_faults(line: _Line) -> Iterator[ElementFault]:
    digits = str(checksum(line.text))
    if CHECKSUM.of(line.text) != digits:
        yield line.fault(CHECKSUM, "checksum", f"the line adds up to {digits}", _CHANGED)
