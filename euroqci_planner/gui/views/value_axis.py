"""Ticks and units of an axis of values."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from euroqci_planner.app.display import bit_unit
from euroqci_planner.units import FloatArray

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ValueScale:
    """Values from 0 to `top` on the pixels from `bottom` up to `ceiling`.

    With a `floor` above 0 the scale is logarithmic from there; what is smaller lies at `bottom`.
    """

    top: float
    bottom: float
    ceiling: float
    floor: float = 0.0

    @property
    def is_logarithmic(self) -> bool:
        """Whether equal distances mean equal factors."""
        return self.floor > 0.0

    def ys(self, values: FloatArray) -> FloatArray:
        """Pixels of values, beyond the upper edge too."""
        height = self.bottom - self.ceiling
        if not self.is_logarithmic:
            return np.asarray(self.bottom - values / self.top * height)
        decades = math.log10(self.top / self.floor)
        share = np.log10(np.maximum(values, self.floor) / self.floor) / decades
        return np.asarray(self.bottom - share * height)

    def y(self, value: float) -> float:
        """Pixel of one value."""
        return float(self.ys(np.asarray(value)))


@dataclass(frozen=True, slots=True)
class ValueTick:
    """A mark at a value with its text, without the unit."""

    value: float
    label: str


def nice_step(top: float, most: int) -> float:
    """The smallest of 1, 2, 2.5 or 5 times a power of ten with at most `most` steps up to `top`."""
    if not top > 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(top / max(most, 1)))
    return next(power * n for n in _STEPS if power * n * most >= top * (1.0 - _ROUNDING))


def bit_ticks(top_bits: float, most: int) -> tuple[list[ValueTick], str]:
    """Ticks from 0 to `top_bits` and the unit that their texts are in."""
    size, unit = bit_unit(top_bits)
    step = nice_step(top_bits / size, most)
    decimals = max(0, -math.floor(math.log10(step) + _ROUNDING))
    decimals += not (step * 10.0**decimals).is_integer()
    count = math.floor(top_bits / size / step + _ROUNDING)
    values = [number * step for number in range(count + 1)]
    return [ValueTick(value * size, f"{value:.{decimals}f}") for value in values], unit


def decade_ticks(floor_bits: float, top_bits: float, most: int) -> list[ValueTick]:
    """Ticks at powers of ten, each with its unit, at most `most` of them from the top down."""
    first, last = math.ceil(math.log10(floor_bits) - _ROUNDING), math.floor(math.log10(top_bits))
    every = max(-(-(last - first + 1) // max(most, 1)), 1)
    return [ValueTick(10.0**power, _plain(10.0**power)) for power in range(last, first - 1, -every)]


def _plain(bits: float) -> str:
    size, unit = bit_unit(bits)
    return f"{bits / size:.0f} {unit}"
