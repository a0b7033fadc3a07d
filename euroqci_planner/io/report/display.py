"""Numbers and instants as a reader wants to see them."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np

from euroqci_planner.timebase import to_datetime
from euroqci_planner.units import SECONDS_PER_HOUR, SECONDS_PER_MINUTE

ABSENT = "\u2013"
_NARROW_SPACE = "\u202f"
_BIT_UNITS = ((1e12, "Tbit"), (1e9, "Gbit"), (1e6, "Mbit"), (1e3, "kbit"))
_SIGNIFICANT = 3
# Not from strftime: its names change with the locale, the page must not.
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def bit_unit(largest_bits: float) -> tuple[float, str]:
    """Size and name of the unit in which values up to `largest_bits` read best."""
    for size, name in _BIT_UNITS:
        if largest_bits >= size:
            return size, name
    return 1.0, "bit"


def bits_text(bits: float) -> str:
    """Three significant digits and a unit, as in `1.23 Mbit`; below a kilobit whole bits."""
    if not math.isfinite(bits):
        return ABSENT
    size, name = bit_unit(abs(bits))
    return f"{_significant(bits / size) if size > 1.0 else f'{bits:.0f}'} {name}"


def fixed(value: float, decimals: int) -> str:
    """Fixed decimals with thousands set apart; a dash where absent."""
    if not math.isfinite(value):
        return ABSENT
    return f"{round(value, decimals) + 0.0:,.{decimals}f}".replace(",", _NARROW_SPACE)


def count(number: int) -> str:
    """A whole number with thousands set apart."""
    return f"{number:,}".replace(",", _NARROW_SPACE)


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun: `1 pass`, `2 passes`."""
    return f"{count(number)} {one if number == 1 else many}"


def percent(fraction: float, decimals: int = 1) -> str:
    """A fraction in percent."""
    return f"{fixed(100.0 * fraction, decimals)} %" if math.isfinite(fraction) else ABSENT


def span(seconds: float) -> str:
    """A length of time in its two largest units: `3 d 4 h`, `2 h 05 min`, `6 min 03 s`."""
    if not math.isfinite(seconds):
        return ABSENT
    whole = round(seconds)
    if whole >= SECONDS_PER_HOUR * 48:
        days, rest = divmod(round(seconds / SECONDS_PER_HOUR), 24)
        return f"{days} d {rest} h" if rest else f"{days} d"
    if whole >= SECONDS_PER_HOUR:
        hours, minutes = divmod(round(seconds / SECONDS_PER_MINUTE), 60)
        return f"{hours} h {minutes:02d} min"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def day_and_time(instant: np.datetime64) -> str:
    """`2026-06-18 23:18:04`, to the nearest second; a dash for not-a-time."""
    if np.isnat(instant):
        return ABSENT
    return f"{to_datetime(instant + np.timedelta64(500, 'ms')):%Y-%m-%d %H:%M:%S}"


def time_of_day(instant: np.datetime64) -> str:
    """`23:18:04`, to the nearest second; a dash for not-a-time."""
    return day_and_time(instant).rpartition(" ")[2]


def long_date(instant: np.datetime64) -> str:
    """`14 June 2026, 12:00 UTC`; seconds only where there are any."""
    if np.isnat(instant):
        return ABSENT
    moment = to_datetime(instant)
    clock = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}, {clock} UTC"


def short_date(moment: datetime) -> str:
    """`18 Jun`."""
    return f"{moment.day} {short_month(moment)}"


def short_month(moment: datetime) -> str:
    """`Jun`."""
    return MONTHS[moment.month - 1][:3]


def _significant(value: float) -> str:
    """Three significant digits without exponent, of a value of 1 or more."""
    rounded = float(f"{value:.{_SIGNIFICANT - 1}e}")
    return f"{rounded:.{max(_SIGNIFICANT - 1 - math.floor(math.log10(abs(rounded))), 0)}f}"
