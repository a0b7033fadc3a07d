"""Any element set that the two-line format can carry is read back to the value that was written."""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sgp4.api import Satrec
from sgp4.exporter import export_tle
from sgp4.io import fix_checksum

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.element_columns import (
    FIRST_FORM,
    FIRST_LINE,
    SECOND_FORM,
    SECOND_LINE,
    Column,
)
from euroqci_planner.io.element_faults import first_line_faults, second_line_faults
from euroqci_planner.io.element_lines import parse_element_lines
from euroqci_planner.io.import_report import element_key
from euroqci_planner.timebase import to_datetime

ALPHA_5 = "ABCDEFGHJKLMNPQRSTUVWXYZ"
EARTH_RADIUS_KM = 6_378.135
EARTH_MU_KM3_S2 = 398_600.8


@dataclass(frozen=True)
class Written:
    """An element set as whole numbers of the last digit of each field."""

    number: int
    year: int
    day_units: int
    inclination: int
    raan: int
    eccentricity: int
    perigee: int
    anomaly: int
    motion: int
    drag: tuple[str, int, int]
    derivative: tuple[str, int]
    element_number: int
    revolution: int

    def lines(self) -> tuple[str, str]:
        day, rest = divmod(self.day_units, 100_000_000)
        sign, mantissa, exponent = self.drag
        number = self.alpha_5()
        one = (
            f"1 {number}U 26100AV  {self.year % 100:02d}{day + 1:03d}.{rest:08d}"
            f" {self.derivative[0]}.{self.derivative[1]:08d}  00000+0"
            f" {sign}{mantissa:05d}{exponent:+d} 0 {self.element_number:4d}0"
        )
        motion = f"{self.motion // 10**8:2d}.{self.motion % 10**8:08d}"
        two = (
            f"2 {number} {angle(self.inclination)} {angle(self.raan)} {self.eccentricity:07d}"
            f" {angle(self.perigee)} {angle(self.anomaly)} {motion}{self.revolution:5d}0"
        )
        return fix_checksum(one), fix_checksum(two)

    def alpha_5(self) -> str:
        head, tail = divmod(self.number, 10_000)
        return f"{head if head < 10 else ALPHA_5[head - 10]}{tail:04d}"

    def perigee_km(self) -> float:
        rate = self.motion * 1e-8 * 2.0 * math.pi / 86_400.0
        axis_km: float = (EARTH_MU_KM3_S2 / rate**2) ** (1.0 / 3.0)
        return axis_km * (1.0 - self.eccentricity * 1e-7) - EARTH_RADIUS_KM


def angle(units: int) -> str:
    return f"{units // 10_000:3d}.{units % 10_000:04d}"


@st.composite
def element_sets(draw: st.DrawFn) -> Written:
    year = draw(st.integers(1957, 2056))
    signs = st.sampled_from(" +-")
    written = Written(
        number=draw(st.integers(1, 339_999)),
        year=year,
        day_units=draw(st.integers(0, (365 + calendar.isleap(year)) * 100_000_000 - 1)),
        inclination=draw(st.integers(0, 1_800_000)),
        raan=draw(st.integers(0, 3_600_000)),
        eccentricity=draw(st.one_of(st.integers(0, 30_000), st.integers(0, 9_999_999))),
        perigee=draw(st.integers(0, 3_600_000)),
        anomaly=draw(st.integers(0, 3_600_000)),
        motion=draw(st.integers(1, 1_799_999_999)),
        drag=(draw(signs), draw(st.integers(0, 99_999)), draw(st.integers(-9, 9))),
        derivative=(draw(signs), draw(st.integers(0, 99_999_999))),
        element_number=draw(st.integers(0, 9_999)),
        revolution=draw(st.integers(0, 99_999)),
    )
    assume(abs(written.perigee_km()) > 1e-3)
    return written


@settings(max_examples=500)
@given(element_sets())
def test_what_is_written_is_read(written: Written) -> None:
    one, two = written.lines()
    assert (len(one), len(two)) == (69, 69)
    try:
        elements = parse_element_lines(one, two)
    except InvalidInput as refusal:
        rules = [getattr(fault, "rule", "") for fault in refusal.faults]
    else:
        rules = []
        assert elements.norad_id == written.number
        new_year = datetime(written.year, 1, 1, tzinfo=UTC)
        epoch = new_year + timedelta(microseconds=written.day_units * 864)
        assert to_datetime(elements.epoch_utc) == epoch
        assert elements.inclination_rad == math.radians(float(Decimal(written.inclination) / 10**4))
        assert elements.raan_rad == math.radians(float(Decimal(written.raan) / 10**4))
        assert elements.eccentricity == float(Decimal(written.eccentricity) / 10**7)
        assert elements.argument_of_perigee_rad == math.radians(
            float(Decimal(written.perigee) / 10**4)
        )
        assert elements.mean_anomaly_rad == math.radians(float(Decimal(written.anomaly) / 10**4))
        rate = float(Decimal(written.motion) / 10**8) * 2.0 * math.pi / 86_400.0
        assert math.isclose(elements.mean_motion_rad_s, rate, rel_tol=1e-15)
        sign, mantissa, exponent = written.drag
        drag = float(Decimal(mantissa).scaleb(exponent - 5)) * (-1.0 if sign == "-" else 1.0)
        assert math.isclose(elements.bstar_per_earth_radius, drag, rel_tol=1e-15)
        assert (elements.element_set_number, elements.revolution_at_epoch) == (
            written.element_number,
            written.revolution,
        )
    assert rules == ([] if written.perigee_km() > 0.0 else ["perigee"])


@given(element_sets())
def test_a_set_that_the_library_writes_again_is_read_to_the_same_orbit(written: Written) -> None:
    assume(written.perigee_km() > 0.0 and abs(written.drag[2]) < 5)
    one, two = written.lines()
    first = parse_element_lines(one, two)
    again = parse_element_lines(
        *(fix_checksum(line) for line in export_tle(Satrec.twoline2rv(one, two)))
    )
    assert element_key(again)[:8] == element_key(first)[:8]
    drag, rewritten = first.bstar_per_earth_radius, again.bstar_per_earth_radius
    assert math.isclose(rewritten, drag, rel_tol=1e-14)


LINES = st.text(
    st.one_of(
        st.sampled_from("0123456789 .+-"), st.characters(min_codepoint=32, max_codepoint=126)
    ),
    min_size=60,
    max_size=75,
)


def columns_fit(line: str, columns: tuple[Column, ...]) -> bool:
    return len(line) == 69 and all(column.fits(line) for column in columns)


@given(element_sets(), st.integers(0, 68), st.characters(max_codepoint=0x2FF))
@example(Written(5, 2000, 0, 1, 1, 0, 1, 1, 1_500_000_000, (" ", 0, 0), (" ", 0), 0, 0), 65, "")
def test_the_fast_pattern_and_the_columns_are_one_grammar(
    written: Written, at: int, character: str
) -> None:
    for line, form, columns in zip(
        written.lines(), (FIRST_FORM, SECOND_FORM), (FIRST_LINE, SECOND_LINE), strict=True
    ):
        changed = line[:at] + character + line[at + 1 :]
        assert (form.fullmatch(changed) is not None) == columns_fit(changed, columns)


@given(LINES)
def test_every_text_gets_a_verdict_with_a_place(line: str) -> None:
    for judge in (first_line_faults, second_line_faults):
        faults = judge(line, "x.tle", 3)
        assert all(fault.line == 3 and 1 <= fault.column <= 69 and fault.rule for fault in faults)
        assert faults or len(line) == 69
        assert [fault.column for fault in faults] == sorted(fault.column for fault in faults)


@given(LINES, LINES)
def test_two_texts_never_end_in_another_exception(one: str, two: str) -> None:
    try:
        parse_element_lines(one, two)
    except InvalidInput as refusal:
        assert str(refusal)  # noqa: PT017 (both ends are right)
