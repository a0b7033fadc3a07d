"""UTC instants as `datetime64[us]` and what is computed from them, with NumPy alone.

Every table and file of the planner speaks UTC. Leap seconds are not representable in
`datetime64`: differences across one are short by a second, as in every civil calendar. None is
announced for the years this planner covers.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

UtcArray = NDArray[np.datetime64]

NOT_A_TIME = np.datetime64("NaT", "us")
J2000_UTC = np.datetime64("2000-01-01T12:00:00", "us")
J2000_JULIAN_DATE = 2_451_545.0
_UNIX_EPOCH_JULIAN_DATE = 2_440_587.5
_MICROSECONDS = 1_000_000.0


def utc(text: str) -> np.datetime64:
    """Instant of an ISO 8601 text that is UTC by convention; a trailing `Z` is allowed."""
    return np.datetime64(text.removesuffix("Z"), "us")


def from_datetime(moment: datetime) -> np.datetime64:
    """Instant of an aware `datetime`; raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("a time without offset has no place on the UTC axis")
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")


def to_datetime(instant: np.datetime64) -> datetime:
    """Aware UTC `datetime` of an instant; raises ValueError for not-a-time."""
    if np.isnat(instant):
        raise ValueError("not a time")
    plain: datetime = instant.astype("datetime64[us]").item()
    return plain.replace(tzinfo=UTC)


def seconds_between(start_utc: ArrayLike, end_utc: ArrayLike) -> FloatArray:
    """Seconds from `start_utc` to `end_utc`, elementwise; NaN where either is not a time."""
    delta = np.asarray(end_utc, "datetime64[us]") - np.asarray(start_utc, "datetime64[us]")
    micro = delta.astype(np.int64).astype(np.float64)
    return np.asarray(np.where(np.isnat(delta), np.nan, micro / _MICROSECONDS))


def after(start_utc: ArrayLike, seconds: ArrayLike) -> UtcArray:
    """Instant `seconds` after `start_utc`, rounded to the microsecond; NaN gives not-a-time."""
    span = np.asarray(seconds, dtype=np.float64)
    missing = ~np.isfinite(span)
    micro = np.round(np.where(missing, 0.0, span) * _MICROSECONDS).astype(np.int64)
    instants = np.asarray(start_utc, "datetime64[us]") + micro.astype("timedelta64[us]")
    return np.asarray(np.where(missing, NOT_A_TIME, instants))


def instant_after(start_utc: np.datetime64, seconds: float) -> np.datetime64:
    """One instant `seconds` after `start_utc`, rounded to the microsecond."""
    span = np.timedelta64(round(seconds * _MICROSECONDS), "us")
    later: np.datetime64 = start_utc.astype("datetime64[us]") + span
    return later


def julian_date(instants_utc: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """UTC Julian date split into a half-integer day and a fraction in 0..1 (0.1 ns resolution)."""
    micro = np.asarray(instants_utc, "datetime64[us]").astype(np.int64)
    per_day = int(SECONDS_PER_DAY) * 1_000_000
    day, rest = np.divmod(micro, per_day)
    return (
        np.asarray(day.astype(np.float64) + _UNIX_EPOCH_JULIAN_DATE),
        np.asarray(rest.astype(np.float64) / per_day),
    )


def month_index(instants_utc: ArrayLike) -> NDArray[np.int64]:
    """Calendar month of each instant as 0..11."""
    months = np.asarray(instants_utc, "datetime64[us]").astype("datetime64[M]")
    return np.asarray(months.astype(np.int64) % 12)


def seconds_of_day(instants_utc: ArrayLike) -> FloatArray:
    """Seconds since 00:00 UTC of the same day."""
    instants = np.asarray(instants_utc, "datetime64[us]")
    return seconds_between(instants.astype("datetime64[D]"), instants)


def iso_texts(instants_utc: ArrayLike, unit: str = "ms") -> NDArray[np.str_]:
    """ISO 8601 texts with `Z`, rounded half up to `unit` (`s`, `ms`, `us`); not-a-time is ''."""
    instants = np.atleast_1d(np.asarray(instants_utc, "datetime64[us]"))
    half = {"s": 500_000, "ms": 500, "us": 0}[unit]
    missing = np.isnat(instants)
    rounded = (instants + np.timedelta64(half, "us")).astype(f"datetime64[{unit}]")
    texts = np.char.add(np.datetime_as_string(rounded), "Z")
    return np.asarray(np.where(missing, "", texts))


def iso_text(instant: np.datetime64, unit: str = "ms") -> str:
    """ISO 8601 text with `Z` of one instant; '' for not-a-time."""
    return str(iso_texts(instant, unit)[0])


def minute_stamps(instants_utc: ArrayLike) -> NDArray[np.str_]:
    """Compact stamps to the minute (cut, not rounded), as in `20260618T2318Z`."""
    instants = np.atleast_1d(np.asarray(instants_utc, "datetime64[us]")).astype("datetime64[m]")
    minutes, which = np.unique(instants, return_inverse=True)  # many passes share a minute
    texts = np.datetime_as_string(minutes)
    stamps = np.char.add(np.char.replace(np.char.replace(texts, "-", ""), ":", ""), "Z")
    return np.asarray(stamps[which])
