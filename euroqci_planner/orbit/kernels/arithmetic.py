"""Sine, cosine and rounding as plain arithmetic: loops over them run on vector units."""

from __future__ import annotations

import math

from euroqci_planner.compilation import inner

TWO_PI = 2.0 * math.pi
_PER_QUARTER = 2.0 / math.pi
_SHIFTER = 1.5 * 2.0**52

# pi / 2 in three parts, the first two of 33 bits: their products with whole numbers up to
# 2^20 are exact (Cody and Waite 1980, chapter 8).
_QUARTER_1 = float.fromhex("0x1.921fb54400000p+0")
_QUARTER_2 = float.fromhex("0x1.0b4611a600000p-34")
_QUARTER_3 = float.fromhex("0x1.3198a2e037073p-69")

_S3, _S5, _S7, _S9 = -1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 1.0 / 362880.0
_S11, _S13 = -1.0 / 39916800.0, 1.0 / 6227020800.0
_S15, _S17 = -1.0 / 1307674368000.0, 1.0 / 355687428096000.0
_C4, _C6, _C8, _C10 = 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40320.0, -1.0 / 3628800.0
_C12, _C14 = 1.0 / 479001600.0, -1.0 / 87178291200.0
_C16, _C18 = 1.0 / 20922789888000.0, -1.0 / 6402373705728000.0


@inner
def nothing() -> int:
    """Where a count starts. A literal 0 would make a version of its own of all that takes it."""
    return 0


@inner
def whole(x: float) -> float:
    """Nearest whole number, ties to even; |x| < 2^51."""
    return (x + _SHIFTER) - _SHIFTER


@inner
def sine_cosine(x: float) -> tuple[float, float]:
    """Sine and cosine, within 3e-16 for |x| < 1e6; NaN where the argument is not finite.

    Reduced to -pi/4..pi/4, then the Taylor series to the 17th and 18th power.
    """
    n = whole(x * _PER_QUARTER)
    r = ((x - n * _QUARTER_1) - n * _QUARTER_2) - n * _QUARTER_3
    z = r * r
    tail = _S9 + z * (_S11 + z * (_S13 + z * (_S15 + z * _S17)))
    s = r + r * z * (_S3 + z * (_S5 + z * (_S7 + z * tail)))
    tail = _C10 + z * (_C12 + z * (_C14 + z * (_C16 + z * _C18)))
    c = 1.0 - 0.5 * z + z * z * (_C4 + z * (_C6 + z * (_C8 + z * tail)))
    quarter = n - 4.0 * whole(0.25 * n)
    odd = abs(quarter) == 1.0
    half_turn = abs(quarter) == 2.0
    sine, cosine = (c, s) if odd else (s, c)
    sine = -sine if half_turn | (quarter == -1.0) else sine
    cosine = -cosine if half_turn | (quarter == 1.0) else cosine
    return sine, cosine


@inner
def small_sine_cosine(x: float) -> tuple[float, float]:
    """Sine and cosine of |x| < 0.1, within 2e-17."""
    z = x * x
    sine = x * (1.0 + z * (_S3 + z * (_S5 + z * (_S7 + z * (_S9 + z * _S11)))))
    return sine, 1.0 + z * (-0.5 + z * (_C4 + z * (_C6 + z * (_C8 + z * _C10))))
