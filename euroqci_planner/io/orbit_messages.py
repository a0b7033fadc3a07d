"""Orbit Mean-Elements Messages (OMM): what their texts mean, by the same limits as two lines."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.element_columns import shown
from euroqci_planner.io.element_faults import MAX_MEAN_MOTION_REV_DAY, perigee_height_m
from euroqci_planner.io.element_lines import (
    angle_rad,
    first_derivative_rad_s2,
    mean_motion_rad_s,
    second_derivative_rad_s3,
)
from euroqci_planner.io.import_report import ImportReport, name_problem, safe_name
from euroqci_planner.io.orbit_message_forms import RawField, RawMessage
from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.timebase import NOT_A_TIME, from_datetime
from euroqci_planner.units import KILO

MAX_NORAD_ID = 999_999_999
MESSAGE_RULES: dict[str, str] = {
    "missing": "the keywords that SGP4 needs are all there",
    "repeated": "a keyword stands once in a message",
    "number": "numbers are ASCII decimals, finite, with a point",
    "unit": "a unit, where one is written, is that of the standard",
    "centre": "CENTER_NAME is EARTH",
    "frame": "REF_FRAME is TEME",
    "time-system": "TIME_SYSTEM is UTC",
    "theory": "MEAN_ELEMENT_THEORY is SGP4",
    "csv": "a line has as many cells as the header",
    "kvn": "a line is KEYWORD = value, with or without [unit]",
    "json": "the file is JSON: an object or an array of objects",
    "xml": "the file is well-formed XML",
}

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]{1,3})?")
_INTEGER = re.compile(r"\+?[0-9]{1,9}")
_OBJECT_ID = re.compile(r"[0-9]{4}-[0-9]{3}[A-Z]{1,3}|UNKNOWN")
_EPOCH = re.compile(
    r"([0-9]{4})-(?:([0-9]{2})-([0-9]{2})|([0-9]{3}))"
    r"T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?Z?"
)
_LONGEST_NUMBER = 40
_FIRST_YEAR = 1957
_CORRECT_IT = "correct it, or fetch the file again"


@dataclass(frozen=True, slots=True)
class _Quantity:
    """A number of the message: its rule, written unit, limits (inclusive) and what they are."""

    rule: str
    unit: str
    low: float
    high: float
    limits: str
    required: bool = True


def _degrees(rule: str, high: float) -> _Quantity:
    return _Quantity(rule, "deg", 0.0, high, f"from 0 to {high:.0f} degrees")


def _any(rule: str, unit: str, required: bool) -> _Quantity:
    return _Quantity(rule, unit, -math.inf, math.inf, "finite", required)


_QUANTITIES = {
    "MEAN_MOTION": _Quantity(
        "mean-motion",
        "rev/day",
        math.nextafter(0.0, 1.0),
        math.nextafter(MAX_MEAN_MOTION_REV_DAY, 0.0),
        f"above 0 and below {MAX_MEAN_MOTION_REV_DAY:.0f} revolutions per day",
    ),
    "ECCENTRICITY": _Quantity(
        "eccentricity", "n/a", 0.0, math.nextafter(1.0, 0.0), "from 0 to below 1"
    ),
    "INCLINATION": _degrees("inclination", 180.0),
    "RA_OF_ASC_NODE": _degrees("raan", 360.0),
    "ARG_OF_PERICENTER": _degrees("argument-of-perigee", 360.0),
    "MEAN_ANOMALY": _degrees("mean-anomaly", 360.0),
    "BSTAR": _any("bstar", "1/er", required=True),
    "MEAN_MOTION_DOT": _any("first-derivative", "rev/day**2", required=False),
    "MEAN_MOTION_DDOT": _any("second-derivative", "rev/day**3", required=False),
}
_WORDS = {
    "CENTER_NAME": ("centre", ("EARTH",)),
    "REF_FRAME": ("frame", ("TEME",)),
    "TIME_SYSTEM": ("time-system", ("UTC",)),
    "MEAN_ELEMENT_THEORY": ("theory", ("SGP4", "SGP/SGP4")),
}
_COUNTS = {
    "NORAD_CAT_ID": ("catalogue-number", 1, MAX_NORAD_ID),
    "EPHEMERIS_TYPE": ("ephemeris-type", 0, 0),
    "ELEMENT_SET_NO": ("element-number", 0, 999_999),
    "REV_AT_EPOCH": ("revolution", 0, 99_999_999),
}


def read_orbit_messages(messages: Iterable[RawMessage], source: str) -> ImportReport:
    """Element sets of the messages of a file, with a record for each, accepted or not.

    Angles in degrees and mean motion in revolutions per day come out in SI, as for two-line
    elements; catalogue numbers have up to nine digits; epochs may carry `Z` and up to nine
    decimals and are rounded to the microsecond. Raises InvalidInput if there is no message, or
    beyond a million. Source: CCSDS 502.0-B-3, section 4.
    """
    report = ImportReport(source)
    for message in messages:
        reading = _Reading(message)
        elements = None if message.is_broken else reading.element_set()
        if elements is None:
            faults = sorted(message.faults, key=lambda fault: (fault.line, fault.column))
            name = safe_name(reading.text("OBJECT_NAME"))
            report.refuse(message.line, reading.norad_id(), name, faults)
        else:
            report.accept(elements)
    if not report.records:
        problem = "holds no orbit mean-elements message"
        raise InvalidInput.single(problem, file=source, mend="give an OMM with its elements")
    return report


class _Reading:
    """One message while it is judged: values out, faults into the message."""

    def __init__(self, message: RawMessage) -> None:
        self._message = message

    def element_set(self) -> ElementSet | None:
        """The element set; None if the message has faults, then all of them are noted."""
        self._judge_words()
        values = {keyword: self._number(keyword) for keyword in _QUANTITIES}
        counts = {keyword: self._count(keyword) for keyword in _COUNTS}
        epoch_utc = self._epoch()
        self._judge_texts()
        self._judge_perigee(values["MEAN_MOTION"], values["ECCENTRICITY"])
        if self._message.faults:
            return None
        return ElementSet(
            norad_id=counts["NORAD_CAT_ID"],
            name=self.text("OBJECT_NAME").strip(),
            international_designator=self.text("OBJECT_ID").replace("UNKNOWN", ""),
            epoch_utc=epoch_utc,
            inclination_rad=angle_rad(values["INCLINATION"]),
            raan_rad=angle_rad(values["RA_OF_ASC_NODE"]),
            eccentricity=values["ECCENTRICITY"],
            argument_of_perigee_rad=angle_rad(values["ARG_OF_PERICENTER"]),
            mean_anomaly_rad=angle_rad(values["MEAN_ANOMALY"]),
            mean_motion_rad_s=mean_motion_rad_s(values["MEAN_MOTION"]),
            bstar_per_earth_radius=values["BSTAR"],
            first_derivative_rad_s2=first_derivative_rad_s2(values["MEAN_MOTION_DOT"]),
            second_derivative_rad_s3=second_derivative_rad_s3(values["MEAN_MOTION_DDOT"]),
            classification=self.text("CLASSIFICATION_TYPE") or "U",
            element_set_number=counts["ELEMENT_SET_NO"],
            revolution_at_epoch=counts["REV_AT_EPOCH"],
            source=self._message.source,
            line=self._message.line,
        )

    def text(self, keyword: str) -> str:
        """Text of a keyword, '' if it is absent."""
        field = self._message.fields.get(keyword)
        return field.text if field else ""

    def norad_id(self) -> int:
        """Catalogue number if it can be read, else 0."""
        text = self.text("NORAD_CAT_ID")
        return int(text) if _INTEGER.fullmatch(text) else 0

    def _fault(self, rule: str, keyword: str, problem: str, mend: str = _CORRECT_IT) -> None:
        place = self._message.fields.get(keyword) or RawField("", self._message.line)
        self._message.fault(rule, keyword, place, problem, mend)

    def _missing(self, keyword: str, why: str) -> None:
        """Note an absent keyword, unless its value was refused before."""
        if all(fault.where != keyword for fault in self._message.faults):
            self._fault("missing", keyword, f"is missing: {why}")

    def _number(self, keyword: str) -> float:
        """Value of a number in its written unit; NaN for a fault, 0 for an absent optional one."""
        quantity = _QUANTITIES[keyword]
        field = self._message.fields.get(keyword)
        if field is None:
            if quantity.required:
                self._missing(keyword, "SGP4 needs it")
            return math.nan if quantity.required else 0.0
        unit = field.unit.replace(" ", "").casefold()
        if unit not in {"", quantity.unit, "n/a"}:
            self._fault("unit", keyword, f"has the unit {shown(field.unit)}, not {quantity.unit}")
        if len(field.text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(field.text):
            mend = "use a point" if "," in field.text else _CORRECT_IT
            self._fault("number", keyword, "is no decimal number in ASCII", mend)
            return math.nan
        value = float(field.text)
        if not quantity.low <= value <= quantity.high or math.isinf(value):
            self._fault(quantity.rule, keyword, f"must be {quantity.limits}")
            return math.nan
        return value

    def _count(self, keyword: str) -> int:
        rule, low, high = _COUNTS[keyword]
        text = self.text(keyword)
        if not text:
            if low > 0:
                self._missing(keyword, "it names the satellite")
            return 0
        if _INTEGER.fullmatch(text) and low <= int(text) <= high:
            return int(text)
        must = f"a whole number from {low} to {high}" if high else "0, the type of SGP4 elements"
        self._fault(rule, keyword, f"must be {must}")
        return 0

    def _judge_words(self) -> None:
        for keyword, (rule, allowed) in _WORDS.items():
            text = self.text(keyword)
            if not text and self._message.self_contained:
                self._missing(keyword, f"it must be {allowed[0]}")
            elif text and text.upper() not in allowed:
                mend = "give mean elements for SGP4 in TEME and UTC"
                self._fault(rule, keyword, f"is not supported: it must be {allowed[0]}", mend)

    def _judge_texts(self) -> None:
        designator = self.text("OBJECT_ID")
        if designator and not _OBJECT_ID.fullmatch(designator):
            problem = "must be year, launch number and piece, as in 1998-067A"
            self._fault("designator", "OBJECT_ID", problem)
        if self.text("CLASSIFICATION_TYPE") not in {"", "U", "C", "S"}:
            self._fault("classification", "CLASSIFICATION_TYPE", "must be U, C or S")
        problem, _ = name_problem(self.text("OBJECT_NAME").strip())
        if problem:
            self._fault("name", "OBJECT_NAME", problem, "write a plain name")

    def _judge_perigee(self, rev_per_day: float, eccentricity: float) -> None:
        height_m = perigee_height_m(rev_per_day, eccentricity)
        if height_m <= 0.0:
            problem = (
                f"with this eccentricity the perigee is {-height_m / KILO:.0f} km under ground"
            )
            self._fault("perigee", "MEAN_MOTION", problem, f"it has decayed, or {_CORRECT_IT}")

    def _epoch(self) -> np.datetime64:
        """Epoch to the nearest microsecond; not-a-time for a fault."""
        text = self.text("EPOCH")
        parts = _EPOCH.fullmatch(text)
        if not text:
            self._missing("EPOCH", "SGP4 needs it")
        elif parts is None:
            problem = "must be UTC as in 2026-06-13T05:32:57.928, with or without Z"
            self._fault("epoch", "EPOCH", problem)
        elif parts[7] == "60":
            problem = "is a leap second, which cannot be represented"
            self._fault("epoch", "EPOCH", problem, "use second 59.999999")
        else:
            try:
                return _instant(parts)
            except ValueError:
                self._fault("epoch-day", "EPOCH", "is no date of the calendar since 1957")
        return NOT_A_TIME


def _instant(parts: re.Match[str]) -> np.datetime64:
    """Instant of a matched epoch; raises ValueError for a date that does not exist."""
    year, month, day, day_of_year, hour, minute, second = (int(p or 0) for p in parts.groups()[:7])
    if year < _FIRST_YEAR:
        raise ValueError("before the first satellite")
    if day_of_year:
        new_year = datetime(year, 1, 1, hour, minute, second, tzinfo=UTC)
        moment = new_year + timedelta(days=day_of_year - 1)
        if moment.year != year:
            raise ValueError("the year has fewer days")
    else:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    microseconds = round(int((parts[8] or "0").ljust(9, "0")) / 1000)
    instant: np.datetime64 = from_datetime(moment) + np.timedelta64(microseconds, "us")
    return instant
