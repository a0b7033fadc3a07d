"""Where the Earth points: UT1 and polar motion from the IERS table that astropy ships, offline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

import astropy_iers_data
import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.errors import InvalidInput
from euroqci_planner.timebase import instant_after, iso_text, julian_date
from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

_ARCSECOND = np.pi / 648_000.0
_MODIFIED_JULIAN_EPOCH = np.datetime64("1858-11-17", "D")
_MODIFIED_JULIAN_DATE_0 = 2_400_000.5
_J2000 = 2_451_545.0
_DAYS_PER_CENTURY = 36_525.0
_TT_MINUS_TAI_S = 32.184
_S_PRIME_ARCSECONDS_PER_CENTURY = -47.0e-6
_MARGIN_DAYS = 2


@dataclass(frozen=True, slots=True)
class _Table:
    """Daily rows of the IERS table at 0 h UTC, and the leap seconds."""

    day: NDArray[np.datetime64]
    ut1_minus_utc_s: FloatArray
    x_rad: FloatArray
    y_rad: FloatArray
    leap_day: NDArray[np.datetime64]
    leap_tai_minus_utc_s: FloatArray
    version: str

    def tai_minus_utc_s(self, instants_utc: ArrayLike) -> FloatArray:
        days = np.asarray(instants_utc, "datetime64[us]").astype("datetime64[D]")
        row = np.searchsorted(self.leap_day, days, side="right") - 1
        return np.asarray(self.leap_tai_minus_utc_s[np.maximum(row, 0)])


def _floats(values: ArrayLike) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


def _fixed_column(rows: NDArray[np.bytes_], first: int, last: int) -> FloatArray:
    """Numbers in the bytes `first` to `last` (from 1, inclusive, as the format counts)."""
    width = last - first + 1
    text = np.frombuffer(rows.tobytes(), "S1").reshape(len(rows), -1)[:, first - 1 : last]
    cells = np.char.strip(np.ascontiguousarray(text).view(f"S{width}").ravel())
    return np.asarray(np.where(cells == b"", b"nan", cells).astype(np.float64))


def _with_bulletin_b(
    rows: NDArray[np.bytes_], rapid: tuple[int, int], final: tuple[int, int]
) -> FloatArray:
    """Bulletin A, replaced by Bulletin B on the days for which that is published."""
    values_a, values_b = _fixed_column(rows, *rapid), _fixed_column(rows, *final)
    return np.asarray(np.where(np.isnan(values_b), values_a, values_b))


def _days(modified_julian: FloatArray) -> NDArray[np.datetime64]:
    return np.asarray(_MODIFIED_JULIAN_EPOCH + modified_julian.astype(np.int64))


@lru_cache(maxsize=1)
def _table() -> _Table:
    """The packaged `finals2000A.all` (columns as in its ReadMe) and `Leap_Second.dat`."""
    rows = np.array(Path(astropy_iers_data.IERS_A_FILE).read_bytes().splitlines())
    ut1 = _with_bulletin_b(rows, (59, 68), (155, 165))
    x = _with_bulletin_b(rows, (19, 27), (135, 144))
    y = _with_bulletin_b(rows, (38, 46), (145, 154))
    known = np.isfinite(ut1) & np.isfinite(x) & np.isfinite(y)
    leaps = np.loadtxt(astropy_iers_data.IERS_LEAP_SECOND_FILE, comments="#", usecols=(0, 4))
    return _Table(
        day=_days(_fixed_column(rows, 8, 15)[known]),
        ut1_minus_utc_s=ut1[known],
        x_rad=x[known] * _ARCSECOND,
        y_rad=y[known] * _ARCSECOND,
        leap_day=_days(leaps[:, 0]),
        leap_tai_minus_utc_s=leaps[:, 1],
        version=f"finals2000A of astropy-iers-data {astropy_iers_data.__version__}",
    )


def table_description() -> str:
    """Which table of UT1 and polar motion is used, and the days that it covers."""
    table = _table()
    return f"{table.version}, {table.day[0]} to {table.day[-1]}"


@dataclass(frozen=True, slots=True, eq=False)
class EarthOrientation:
    """UT1, polar motion and the rotation from TEME to the Earth-fixed frame over one window.

    `t_s` are SI seconds after `start_utc`. The clock of the window keeps the TAI-UTC of its
    start, `tai_minus_utc_s`: only in a window with a leap second inside does it part from civil
    UTC (by one second after the leap), and `warning` says so. `t_node_s`, `ut1_minus_utc_node_s`
    (against that clock), `x_node_rad` and `y_node_rad` are the daily values, joined linearly;
    beyond the table's end the last ones hold and `warning` says so. `warning` is empty otherwise.

    Source of the values: IERS Bulletins A and B, `finals2000A.all`.
    """

    start_utc: np.datetime64
    duration_s: float
    tai_minus_utc_s: float
    t_node_s: FloatArray
    ut1_minus_utc_node_s: FloatArray
    x_node_rad: FloatArray
    y_node_rad: FloatArray
    table_version: str
    table_end_utc: np.datetime64
    warning: str

    @classmethod
    def over(cls, start_utc: np.datetime64, duration_s: float) -> Self:
        """Orientation for `duration_s` seconds from `start_utc`, and a day around them.

        Raises InvalidInput for a window that begins before the table (January 1973).
        """
        table = _table()
        start = start_utc.astype("datetime64[us]")
        first, last = _rows_around(table, start, duration_s)
        chosen = slice(first, last)
        tai_minus_utc = float(table.tai_minus_utc_s(start))
        step = table.tai_minus_utc_s(table.day[chosen]) - tai_minus_utc
        civil = (table.day[chosen].astype("datetime64[us]") - start).astype(np.int64) * 1e-6
        return cls(
            start_utc=start,
            duration_s=float(duration_s),
            tai_minus_utc_s=tai_minus_utc,
            t_node_s=civil + step,
            ut1_minus_utc_node_s=table.ut1_minus_utc_s[chosen] - step,
            x_node_rad=table.x_rad[chosen],
            y_node_rad=table.y_rad[chosen],
            table_version=table.version,
            table_end_utc=table.day[-1].astype("datetime64[us]"),
            warning=_warning(table, start, duration_s),
        )

    def ut1_minus_utc_s(self, t_s: ArrayLike) -> FloatArray:
        """UT1 minus the clock of the window, in seconds; any shape."""
        return np.asarray(np.interp(_floats(t_s), self.t_node_s, self.ut1_minus_utc_node_s))

    def polar_motion_rad(self, t_s: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Coordinates (x, y) of the pole; any shape."""
        x = np.interp(_floats(t_s), self.t_node_s, self.x_node_rad)
        return np.asarray(x), np.asarray(np.interp(_floats(t_s), self.t_node_s, self.y_node_rad))

    def tt_julian_date(self, t_s: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Terrestrial Time as a Julian date: a half-integer day and the days after it."""
        return self._julian_date(np.asarray(t_s) + (self.tai_minus_utc_s + _TT_MINUS_TAI_S))

    def ut1_julian_date(self, t_s: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """UT1 as a Julian date: a half-integer day and the days after it."""
        return self._julian_date(np.asarray(t_s) + self.ut1_minus_utc_s(t_s))

    def _julian_date(self, t_s: FloatArray) -> tuple[FloatArray, FloatArray]:
        day, fraction = julian_date(self.start_utc)
        rest = fraction + t_s / SECONDS_PER_DAY
        whole = np.floor(rest)
        return np.asarray(day + whole), np.asarray(rest - whole)

    def gmst1982_rad(self, t_s: ArrayLike) -> FloatArray:
        """Greenwich mean sidereal time of 1982 at UT1: from TEME to the pseudo Earth-fixed axes.

        Vallado, Crawford, Hujsak, Kelso 2006 (AIAA 2006-6753), appendix C.
        """
        day, fraction = self.ut1_julian_date(t_s)
        century = (day - _J2000 + fraction) / _DAYS_PER_CENTURY
        seconds = 67310.54841 + century * (8640184.812866 + century * (0.093104 - 6.2e-6 * century))
        turns = 0.5 + fraction + np.mod(seconds / SECONDS_PER_DAY, 1.0)
        return np.asarray(2.0 * np.pi * np.mod(turns, 1.0))

    @property
    def earth_rotation_rate_rad_s(self) -> float:
        """Rate of `gmst1982_rad` at the start of the window (it changes by 1e-12 in a year)."""
        day, fraction = self.ut1_julian_date(0.0)
        century = float(day - _J2000 + fraction) / _DAYS_PER_CENTURY
        per_century = 8640184.812866 + century * (2.0 * 0.093104 - 3.0 * 6.2e-6 * century)
        turns_per_day = 1.0 + per_century / (SECONDS_PER_DAY * _DAYS_PER_CENTURY)
        return 2.0 * np.pi * turns_per_day / SECONDS_PER_DAY

    def rotation_angle_rad(self, t_s: ArrayLike) -> FloatArray:
        """`gmst1982_rad` plus the TIO locator: the turn about the pole in `teme_to_earth_fixed`."""
        day, fraction = self.tt_julian_date(t_s)
        century = (day - _J2000 + fraction) / _DAYS_PER_CENTURY
        locator = _S_PRIME_ARCSECONDS_PER_CENTURY * _ARCSECOND * century
        return np.asarray(self.gmst1982_rad(t_s) + locator)

    def teme_to_earth_fixed(self, t_s: ArrayLike) -> FloatArray:
        """Rotation matrices (3, 3, *shape of t_s): Earth-fixed = matrix @ TEME.

        R1(-y) R2(-x) R3(s') R3(GMST) with the TIO locator s' = -47 microarcseconds a century
        (Petit and Luzum 2010, IERS Conventions 2010, equations 5.3 and 5.13).
        """
        angle = self.rotation_angle_rad(t_s)
        x, y = self.polar_motion_rad(t_s)
        cos, sin, zero = np.cos(angle), np.sin(angle), np.zeros_like(angle)
        cx, sx, cy, sy = np.cos(x), np.sin(x), np.cos(y), np.sin(y)
        return np.array(
            [
                [cx * cos, cx * sin, sx + zero],
                [sy * sx * cos - cy * sin, sy * sx * sin + cy * cos, -sy * cx],
                [-cy * sx * cos - sy * sin, -cy * sx * sin + sy * cos, cy * cx],
            ]
        )

    def seconds_from(self, instant_utc: np.datetime64) -> float:
        """SI seconds from a UTC instant to the start of the window, leap seconds counted."""
        civil = (self.start_utc - instant_utc.astype("datetime64[us]")).astype(np.int64)
        leap = self.tai_minus_utc_s - float(_table().tai_minus_utc_s(instant_utc))
        return float(civil) * 1e-6 + leap

    def timescale(self) -> Any:
        """A Skyfield `Timescale` with the same UT1, polar motion and leap seconds."""
        from skyfield.timelib import Timescale  # noqa: PLC0415 (heavy, wanted by few)

        table = _table()
        day, fraction = self.tt_julian_date(self.t_node_s)
        node_tt = day + fraction
        tt_minus_clock = _TT_MINUS_TAI_S + self.tai_minus_utc_s
        delta_t = tt_minus_clock - self.ut1_minus_utc_node_s

        def delta_t_s(tt: ArrayLike) -> FloatArray:
            return np.asarray(np.interp(_floats(tt), node_tt, delta_t))

        leap_day = (table.leap_day - _MODIFIED_JULIAN_EPOCH).astype(np.float64)
        leaps = leap_day[1:] + _MODIFIED_JULIAN_DATE_0
        timescale = Timescale(delta_t_s, leaps, table.leap_tai_minus_utc_s[1:])
        poles = (self.x_node_rad / _ARCSECOND, self.y_node_rad / _ARCSECOND)
        timescale.polar_motion_table = (node_tt, *poles)
        return timescale


def _rows_around(table: _Table, start_utc: np.datetime64, duration_s: float) -> tuple[int, int]:
    """First and past-the-last row of the table for the window with a margin on both sides."""
    begin = start_utc.astype("datetime64[D]")
    if np.isnat(start_utc) or begin < table.day[0]:
        raise InvalidInput.single(
            "Earth rotation is not tabulated that early",
            where="scenario.start_utc",
            value=iso_text(start_utc, "s"),
            mend=f"start at {table.day[0]} or later",
        )
    end = instant_after(start_utc, duration_s).astype("datetime64[D]")
    first = int(np.searchsorted(table.day, begin - _MARGIN_DAYS))
    last = int(np.searchsorted(table.day, end + _MARGIN_DAYS + 1, side="right"))
    return min(first, len(table.day) - 1), last


def _warning(table: _Table, start_utc: np.datetime64, duration_s: float) -> str:
    end_utc = instant_after(start_utc, duration_s)
    texts = []
    if end_utc > table.day[-1]:
        texts.append(
            f"Earth rotation is tabulated until {table.day[-1]}; after that UT1-UTC stays at "
            f"{table.ut1_minus_utc_s[-1]:+.3f} s and the pole where it was (a second of UT1 is "
            "465 m at the equator)"
        )
    if table.tai_minus_utc_s(end_utc) != table.tai_minus_utc_s(start_utc):
        texts.append(
            "a leap second falls into the window; after it the times of this plan are one "
            "second ahead of UTC"
        )
    return "; ".join(texts)
