"""The search for the largest rate that is served, from few and cheap answers to sure ones.

Few members of the weather give a curve of availability by rate. All members correct it where they
were asked, and it says where to ask them next.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

STEP = 1.01
_LEAST_RATE_BPS = 256.0 / SECONDS_PER_DAY
LEAST_RATE = np.array([_LEAST_RATE_BPS])
_FAR, _BETWEEN = 7, 6
_NEAR = (0.5, 0.7, 0.8, 0.9, 1.0)
_DOUBT = 0.03
_GUIDED_ROUNDS = 6
_APART = 1e-12
_MOST_PARTS = 6
_STEPS_ASIDE = (-5.0, 5.0)
_FEW_SEARCHES = 4
_HALF_STEP = STEP**0.499


@dataclass(slots=True)
class RateSearch:
    """The search for the largest rate of one pair.

    Over all members a rate of `served` is served and one of `refused` is not. `curve` is what a
    few members say, availability by rate, and `offsets` how much more all members had.
    """

    pair: int
    share: float
    refused: float
    served: float = 0.0
    curve: dict[float, float] = field(default_factory=dict)
    offsets: dict[float, float] = field(default_factory=dict)
    rounds: int = 0

    @property
    def is_done(self) -> bool:
        """Whether the rate is known to a step."""
        return self.refused <= max(STEP * self.served, _LEAST_RATE_BPS)

    @property
    def is_doubtful(self) -> bool:
        """Whether the least rate may be too much: a few members are near the share or below."""
        return self.curve[_LEAST_RATE_BPS] < self.share + _DOUBT

    def all_over(self) -> FloatArray:
        """Rates for a few members: over all magnitudes, and close below what can be had at all."""
        far = np.geomspace(_LEAST_RATE_BPS, _NEAR[0] * self.refused, _FAR + 1)[1:-1]
        return np.append(far, self.refused * np.array(_NEAR))

    def around(self) -> FloatArray:
        """Rates between those two where the few members cross the share."""
        known, availability = self._curve()
        above = min(max(int((availability >= self.share).sum()), 1), len(known) - 1)
        return np.geomspace(known[above - 1], known[above], _BETWEEN + 2)[1:-1]

    def look(self, rates: FloatArray, availability: FloatArray) -> None:
        """Take up what a few members say."""
        self.curve.update(zip(rates.tolist(), availability.tolist(), strict=True))

    def learn(self, rates: FloatArray, availability: FloatArray) -> None:
        """Take up what all members say, and by how much the few misjudged it."""
        is_served = availability >= self.share
        self.served = max([self.served, *rates[is_served].tolist()])
        self.refused = min([self.refused, *rates[~is_served].tolist()])
        known, few = _in_order(self.curve)
        missed = availability - np.interp(np.log(rates), known, few)
        self.offsets.update(zip(rates.tolist(), missed.tolist(), strict=True))
        self.rounds += 1

    def next_rates(self, others: int) -> FloatArray:
        """Rates for all members: where these should cross the share, or a step beside a known end.

        The curve has `_GUIDED_ROUNDS` to come near; then the bracket is cut in parts, the more the
        fewer `others` are being sought.
        """
        floor, guess = max(self.served, _LEAST_RATE_BPS), self._guess()
        is_narrow = self.refused <= STEP**2 * floor
        if self.served == 0.0 and (guess <= floor * STEP or is_narrow):
            return LEAST_RATE
        if is_narrow:
            return np.array([math.sqrt(floor * self.refused)])
        if self.rounds >= _GUIDED_ROUNDS:
            return np.geomspace(floor, self.refused, 2 + max(2, _MOST_PARTS // (1 + others)))[1:-1]
        aside = guess * STEP ** np.array(_STEPS_ASIDE if others < _FEW_SEARCHES else ())
        aside = aside[(aside > floor) & (aside < self.refused)]
        if guess * _HALF_STEP >= self.refused:
            return np.append(aside, self.refused / _HALF_STEP**2)
        if guess <= self.served * _HALF_STEP:
            return np.append(aside, self.served * _HALF_STEP**2)
        near = [guess / _HALF_STEP, guess * _HALF_STEP] if self.rounds else [guess]
        return np.append(aside, near)

    def _guess(self) -> float:
        """Where the corrected curve of the few members crosses the share."""
        known, availability = self._curve()
        falling = availability[::-1] + _APART * np.arange(len(known))
        return float(np.exp(np.interp(self.share, falling, np.log(known[::-1]))))

    def _curve(self) -> tuple[FloatArray, FloatArray]:
        """Rates in order with what all members should say to them, made to fall."""
        rates, few = _in_order(self.curve)
        offset = np.interp(rates, *_in_order(self.offsets)) if self.offsets else 0.0
        return np.exp(rates), np.minimum.accumulate(few + offset)


def _in_order(by_rate: Mapping[float, float]) -> tuple[FloatArray, FloatArray]:
    """Logarithms of the rates in order, and what belongs to them."""
    rates = sorted(by_rate)
    return np.log(rates), np.array([by_rate[rate] for rate in rates])
