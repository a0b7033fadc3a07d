"""What a schedule was asked to maximise, and how far it came."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One figure that is maximised; of several, each without giving up those before it.

    `name` says what it is in words, `unit` is 'bit', 'day' or '' for a share. `value` is what the
    plan reaches, `bound` what no plan can exceed that keeps the goals before (NaN: not proven).
    """

    name: str
    unit: str
    value: float
    bound: float = math.nan

    @property
    def relative_gap(self) -> float:
        """Bound minus value as a fraction of the bound, 0 where both are 0, NaN without bound."""
        if self.bound == 0.0:
            return 0.0 if self.value == 0.0 else math.nan
        return (self.bound - self.value) / self.bound
