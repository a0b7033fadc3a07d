"""An upright axis for key: linear where the values are alike, logarithmic where they are not."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from euroqci_planner.io.report.display import bit_unit
from euroqci_planner.io.report.svg_plot import Frame, Scale
from euroqci_planner.io.report.ticks import Tick, number_ticks, rounded_up
from euroqci_planner.units import FloatArray

_WIDE_SPREAD = 30.0
_SMALL_SHARE = 0.1
_ZERO_SHARE = 0.09
_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


@dataclass(frozen=True, slots=True)
class BitsAxis:
    """Scale, ticks and unit of an axis for key.

    On a logarithmic axis `lowest` is the least value that it shows; what is below, zero above
    all, stands on the frame. NaN on a linear axis.
    """

    scale: Scale
    ticks: tuple[Tick, ...]
    unit: str
    size: float
    lowest: float

    @property
    def logarithmic(self) -> bool:
        """Whether equal steps are equal factors."""
        return math.isfinite(self.lowest)

    def y(self, bits: FloatArray) -> FloatArray:
        """Pixels of bits; NaN stays NaN."""
        values = np.asarray(bits, dtype=np.float64)
        if not self.logarithmic:
            return self.scale(values / self.size)
        powers = np.log10(np.maximum(values, self.lowest))
        return self.scale(np.where(values < self.lowest, self.scale.low, powers))

    def title(self, text: str) -> str:
        """Title of the axis with its unit."""
        return f"{text}, logarithmic [{self.unit}]" if self.logarithmic else f"{text} [{self.unit}]"


def bits_axis(bits: FloatArray, frame: Frame) -> BitsAxis:
    """The axis that shows these values best; it always begins at zero."""
    values = bits[np.isfinite(bits)]
    positive = values[values > 0.0]
    largest = float(values.max(initial=0.0))
    if len(positive) and largest > _WIDE_SPREAD * float(np.quantile(positive, _SMALL_SHARE)):
        return _logarithmic(float(positive.min()), largest, frame)
    top = rounded_up(largest, 5)
    size, unit = bit_unit(top)
    scale = Scale(0.0, top / size, frame.bottom, frame.top)
    return BitsAxis(scale, tuple(number_ticks(0.0, top / size, 5)), unit, size, math.nan)


def _logarithmic(smallest: float, largest: float, frame: Frame) -> BitsAxis:
    """From the round number below the smallest to the one above the largest, and zero below."""
    lowest, highest = _round_below(smallest), _round_below(largest / 1.001) * 2.5
    first, last = math.log10(lowest), math.log10(highest)
    low = first - _ZERO_SHARE * (last - first)
    decades = range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1)
    ticks = (Tick(low, "0"), *(Tick(float(power), _decade(power)) for power in decades))
    return BitsAxis(Scale(low, last, frame.bottom, frame.top), ticks, "bit", 1.0, lowest)


def _round_below(value: float) -> float:
    """1, 2 or 5 times a power of ten, at or below the value."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(n * power for n in (1.0, 2.0, 5.0) if n * power <= value * (1.0 + 1e-9))


def _decade(power: int) -> str:
    """`100`, `1 k`, `10 M`."""
    value = 10.0**power
    size, prefix = next(((s, p) for s, p in _PREFIXES if value >= s * 0.999), (1.0, ""))
    return f"{value / size:g} {prefix}".strip()
