"""Quintics over the share 0..1 of one interval, and where they cross, turn or come nearest.

The same polynomials as in `orbit.hermite`, one interval at a time. `upward` is `u.d` and `square`
is `|d|²`, with `d` from station to satellite and `u` the station's vertical.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from euroqci_planner.compilation import inner

_TOLERANCE = 1e-3
"""Newton's last step; the share is then exact to about its square."""
_ROUNDS = 60
_END = 0.01


class Quintic(NamedTuple):
    """Coefficients by rising power of the share."""

    c0: float
    c1: float
    c2: float
    c3: float
    c4: float
    c5: float


class Rise(NamedTuple):
    """Value and its first and second derivative by time at one end."""

    value: float
    slope: float
    bend: float


@inner
def between(begin: Rise, end: Rise, width_s: float) -> Quintic:
    """The polynomial that has these values, slopes and bends at both ends."""
    c0, c1, c2 = begin.value, width_s * begin.slope, 0.5 * width_s * width_s * begin.bend
    value = end.value - c0 - c1 - c2
    slope = width_s * end.slope - c1 - 2.0 * c2
    bend = 0.5 * width_s * width_s * end.bend - c2
    c3 = 10.0 * value - 4.0 * slope + bend
    c4 = -15.0 * value + 7.0 * slope - 2.0 * bend
    return Quintic(c0, c1, c2, c3, c4, 6.0 * value - 3.0 * slope + bend)


@inner
def value_at(q: Quintic, x: float) -> float:
    """Value at a share."""
    return q.c0 + x * (q.c1 + x * (q.c2 + x * (q.c3 + x * (q.c4 + x * q.c5))))


@inner
def slope_at(q: Quintic, x: float) -> float:
    """First derivative by the share."""
    return q.c1 + x * (2.0 * q.c2 + x * (3.0 * q.c3 + x * (4.0 * q.c4 + x * 5.0 * q.c5)))


@inner
def bend_at(q: Quintic, x: float) -> float:
    """Second derivative by the share."""
    return 2.0 * q.c2 + x * (6.0 * q.c3 + x * (12.0 * q.c4 + x * 20.0 * q.c5))


CROSSING, TURNING, NEAREST = 0.0, 1.0, 2.0


@inner
def _function(
    kind: float, upward: Quintic, square: Quintic, sine: float, x: float
) -> tuple[float, float]:
    """Height over the minimum, rate of climb or of the range, and the slope of that."""
    sq, sq1 = value_at(square, x), slope_at(square, x)
    if kind == NEAREST:
        return sq1, bend_at(square, x)
    up, up1 = value_at(upward, x), slope_at(upward, x)
    if kind == CROSSING:
        distance = math.sqrt(sq)
        return up - sine * distance, up1 - 0.5 * sine * sq1 / distance
    climb = up1 * sq - 0.5 * up * sq1
    return climb, bend_at(upward, x) * sq + 0.5 * up1 * sq1 - 0.5 * up * bend_at(square, x)


@inner
def root(kind: float, upward: Quintic, square: Quintic, sine: float, rises: bool) -> float:
    """Share at which the elevation crosses the minimum, turns, or the range is smallest.

    `sine` is that of the minimum elevation, `rises` whether the function grows there. Newton's
    method inside 0..1 from the chord, bisection where it does not help.
    """
    low, high = 0.0, 1.0
    at_low, _ = _function(kind, upward, square, sine, 0.0)
    at_high, _ = _function(kind, upward, square, sine, 1.0)
    x = at_low / (at_low - at_high)
    x = x if _END < x < 1.0 - _END else 0.5
    step = older = 1.0
    for _ in range(_ROUNDS):
        value, slope = _function(kind, upward, square, sine, x)
        if (value > 0.0) == rises:
            high = x
        else:
            low = x
        following = x - value / slope
        usable = (following >= low) & (following <= high) & (2.0 * abs(following - x) <= older)
        following = following if usable else 0.5 * (low + high)
        older, step = step, abs(following - x)
        x = following if value != 0.0 else x
        if step <= _TOLERANCE or value == 0.0:
            break
    return x


@inner
def sine_bend(upward: Quintic, square: Quintic, x: float) -> float:
    """Second derivative of the sine of the elevation by the share, where the first is zero."""
    up, up1, up2 = value_at(upward, x), slope_at(upward, x), bend_at(upward, x)
    sq, sq1, sq2 = value_at(square, x), slope_at(square, x), bend_at(square, x)
    return (up2 * sq + 0.5 * up1 * sq1 - 0.5 * up * sq2) / (sq * math.sqrt(sq))
