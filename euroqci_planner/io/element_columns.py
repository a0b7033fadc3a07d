"""The columns of the two-line element format, as a table: one row per column, one rule per row.

Source: the format as defined with SGP4 in Hoots and Roehrich 1980 (Spacetrack Report 3) and
Vallado et al. 2006 (AIAA 2006-6753), the Alpha-5 catalogue numbers of the 18th Space Defense
Squadron. Everything is ASCII; digits are 0..9 only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from euroqci_planner.errors import Fault

LINE_LENGTH = 69
_EPOCH_PIVOT = 57
_ALPHA_5 = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SHOWN = 40

_EXPONENT = "[ +-][0-9]{5}[+-][0-9]"
_EXPONENT_FORM = "sign or blank, five digits, sign, one digit, as in '-11606-4'"
_ANGLE = "(?: {2}[0-9]| [0-9]{2}|[0-9]{3})\\.[0-9]{4}"
_ANGLE_FORM = "up to three digits, a point, four digits, as in ' 51.6333'"
_NUMBER = "[0-9]{5}|[A-HJ-NP-Z][0-9]{4}"
_NUMBER_FORM = "five digits, or Alpha-5: A to Z without I and O, then four digits"


def _right_justified(width: int) -> str:
    """Pattern of digits, at least one, behind blanks; exactly `width` characters."""
    fills = (f" {{{width - digits}}}[0-9]{{{digits}}}" for digits in range(1, width + 1))
    return "|".join(fills)


@dataclass(frozen=True, slots=True)
class ElementFault(Fault):
    """A fault of an element set; `rule` is its short stable id, listed in `ELEMENT_RULES`."""

    rule: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """Columns `first` to `last` (from 1) of a line: the rule, what it is called, how it looks."""

    rule: str
    name: str
    first: int
    last: int
    pattern: str
    form: str
    shape: re.Pattern[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Compile the pattern once."""
        object.__setattr__(self, "shape", re.compile(self.pattern))

    def of(self, text: str) -> str:
        """The part of a line that stands in this column."""
        return text[self.first - 1 : self.last]

    def fits(self, text: str) -> bool:
        """Whether the column of this line has the form."""
        return self.shape.fullmatch(self.of(text)) is not None


def _blank(column: int) -> Column:
    return Column("blank", f"column {column}", column, column, " ", "a blank")


NUMBER = Column("catalogue-number", "catalogue number", 3, 7, _NUMBER, _NUMBER_FORM)
CLASSIFICATION = Column("classification", "classification", 8, 8, "[UCS]", "U, C or S")
DESIGNATOR = Column(
    "designator",
    "international designator",
    10,
    17,
    "[0-9]{5}(?:[A-Z] {2}|[A-Z]{2} |[A-Z]{3})| {8}",
    "eight blanks, or year, launch number and piece, as in '98067A  '",
)
EPOCH = Column(
    "epoch", "epoch", 19, 32, "[0-9]{5}\\.[0-9]{8}", "YYDDD.DDDDDDDD, as in '26164.83523427'"
)
FIRST_DERIVATIVE = Column(
    "first-derivative",
    "first derivative",
    34,
    43,
    "[ +-]\\.[0-9]{8}",
    "sign or blank, a point, eight digits, as in '-.00002182'",
)
SECOND_DERIVATIVE = Column(
    "second-derivative", "second derivative", 45, 52, _EXPONENT, _EXPONENT_FORM
)
BSTAR = Column("bstar", "drag term", 54, 61, _EXPONENT, _EXPONENT_FORM)
EPHEMERIS_TYPE = Column("ephemeris-type", "ephemeris type", 63, 63, "[0 ]", "0 or blank")
ELEMENT_NUMBER = Column(
    "element-number", "element set number", 65, 68, _right_justified(4), "up to four digits"
)
CHECKSUM = Column("checksum", "checksum", 69, 69, "[0-9]", "one digit")

FIRST_LINE = (
    Column("line-number", "line number", 1, 1, "1", "1"),
    _blank(2),
    NUMBER,
    CLASSIFICATION,
    _blank(9),
    DESIGNATOR,
    _blank(18),
    EPOCH,
    _blank(33),
    FIRST_DERIVATIVE,
    _blank(44),
    SECOND_DERIVATIVE,
    _blank(53),
    BSTAR,
    _blank(62),
    EPHEMERIS_TYPE,
    _blank(64),
    ELEMENT_NUMBER,
    CHECKSUM,
)

INCLINATION = Column("inclination", "inclination", 9, 16, _ANGLE, _ANGLE_FORM)
RAAN = Column("raan", "right ascension of the node", 18, 25, _ANGLE, _ANGLE_FORM)
ECCENTRICITY = Column("eccentricity", "eccentricity", 27, 33, "[0-9]{7}", "seven digits")
ARGUMENT_OF_PERIGEE = Column(
    "argument-of-perigee", "argument of perigee", 35, 42, _ANGLE, _ANGLE_FORM
)
MEAN_ANOMALY = Column("mean-anomaly", "mean anomaly", 44, 51, _ANGLE, _ANGLE_FORM)
MEAN_MOTION = Column(
    "mean-motion",
    "mean motion",
    53,
    63,
    "[ 0-9][0-9]\\.[0-9]{8}",
    "up to two digits, a point, eight digits, as in '15.49214103'",
)

REVOLUTION = Column(
    "revolution", "revolution number", 64, 68, _right_justified(5), "up to five digits"
)

SECOND_LINE = (
    Column("line-number", "line number", 1, 1, "2", "2"),
    _blank(2),
    NUMBER,
    _blank(8),
    INCLINATION,
    _blank(17),
    RAAN,
    _blank(26),
    ECCENTRICITY,
    _blank(34),
    ARGUMENT_OF_PERIGEE,
    _blank(43),
    MEAN_ANOMALY,
    _blank(52),
    MEAN_MOTION,
    REVOLUTION,
    CHECKSUM,
)


def _whole(columns: tuple[Column, ...]) -> re.Pattern[str]:
    return re.compile("".join(f"({column.pattern})" for column in columns))


FIRST_FORM = _whole(FIRST_LINE)
SECOND_FORM = _whole(SECOND_LINE)

ELEMENT_RULES: dict[str, str] = {
    "line-length": "each of the two lines has 69 characters; blanks at its end do not count",
    "line-number": "the first line begins with 1, the second with 2",
    "blank": "the columns between the fields are blank",
    "not-ascii": "digits, signs and letters are ASCII",
    "control-character": "there are no tabs and no other control characters",
    "catalogue-number": "five digits from 00001, or Alpha-5 from A0000 (100000)",
    "alpha-5": "Alpha-5 numbers begin with A to Z without I and O: A0000 to Z9999",
    "id-mismatch": "both lines carry the same catalogue number",
    "classification": "U, C or S",
    "designator": "blank, or launch year, launch number and one to three letters",
    "epoch": "year 57..99 (19xx) or 00..56 (20xx), day 001 to 366 with eight decimals",
    "epoch-day": "the day is in 1 <= d < 366, or < 367 in leap years",
    "first-derivative": "sign, point, eight digits",
    "second-derivative": "sign, five digits, signed exponent",
    "bstar": "sign, five digits, signed exponent",
    "ephemeris-type": "0 or blank: SGP4 alone; type 4 (SGP4-XP) needs another propagator",
    "element-number": "up to four digits",
    "inclination": "0 to 180 degrees with four decimals",
    "raan": "0 to 360 degrees with four decimals",
    "eccentricity": "seven digits behind an understood point",
    "argument-of-perigee": "0 to 360 degrees with four decimals",
    "mean-anomaly": "0 to 360 degrees with four decimals",
    "mean-motion": "more than 0, less than 18 revolutions per day, eight decimals",
    "perigee": "the perigee lies above the equatorial radius of the Earth",
    "revolution": "up to five digits",
    "checksum": "column 69 is the sum of the digits, each minus sign as 1, modulo 10",
}


def catalogue_number(text: str) -> int:
    """Number of five digits, or of Alpha-5 (A0000 = 100000 ... Z9999 = 339999)."""
    if text[0] in _ALPHA_5:
        return (_ALPHA_5.index(text[0]) + 10) * 10_000 + int(text[1:])
    return int(text)


def epoch_year(text: str) -> int:
    """Year of the two digits at the start of a text: 57..99 is 19xx, 00..56 is 20xx."""
    short = int(text[:2])
    return short + (1900 if short >= _EPOCH_PIVOT else 2000)


def shown(text: str) -> str:
    """A value as a message shows it: quoted, ASCII alone, cut after 40 characters."""
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return ascii(cut)
