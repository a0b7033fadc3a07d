"""One more demand in every member, of the lowest class, each at a pair and a rate of its own.

Trial rates go through one simulation side by side: they differ between members, where all that the
demands of the scenario ask for is the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.key_course import BitsArray
from euroqci_planner.network.demand import whole_bits
from euroqci_planner.network.key_store import (
    MICROSECONDS_PER_SECOND,
    IndexArray,
    KeyStores,
)
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class TrialSpan:
    """Time that pairs go through at once: their number `late`, and how the clocks stood.

    `clock_us` (pairs) and `now_us` count from the start; `floor` (pairs) is what the store keeps
    from the lowest class.
    """

    late: IndexArray
    clock_us: BitsArray
    now_us: int
    floor: BitsArray


class SpareTrial:
    """What each member asks for on top: `pair` and `rate_bps` (members), constant in time.

    It comes after all demands, as one of the class industry without a reserve of its own.
    """

    def __init__(self, pair: IndexArray, rate_bps: FloatArray, pairs: int) -> None:
        """Nothing asked, nothing served yet; there are `pairs` pairs in all."""
        self.pair, self.rate_bps = pair, rate_bps
        self.served_s: FloatArray = np.zeros(len(pair))
        self._asked_until: BitsArray = np.zeros(len(pair), dtype=np.int64)
        self._members, self._pairs = np.arange(len(pair)), pairs

    def bits_until(self, since_us: int) -> BitsArray:
        """Whole bits that each member has asked for so long after the start."""
        return whole_bits(self.rate_bps * (since_us / MICROSECONDS_PER_SECOND))

    def bits_at_pairs(self, bits: BitsArray) -> BitsArray:
        """One number per member as (members, pairs): it stands at the member's pair, else 0."""
        found = np.zeros((len(self.pair), self._pairs), dtype=np.int64)
        found[self._members, self.pair] = bits
        return found

    def rates_at_pairs(self) -> FloatArray:
        """Rates as (members, pairs) likewise."""
        found = np.zeros((len(self.pair), self._pairs))
        found[self._members, self.pair] = self.rate_bps
        return found

    def serve(self, stores: KeyStores, span: TrialSpan) -> None:
        """Let the trials at these pairs consume, and note for how long they had key."""
        is_late = np.zeros(self._pairs, dtype=np.bool_)
        is_late[span.late] = True
        members = np.flatnonzero(is_late[self.pair])
        if not len(members):
            return
        pair = self.pair[members]
        until = self.bits_until(span.now_us)[members]
        asked = until - self._asked_until[members]
        self._asked_until[members] = until
        free = np.maximum(stores.total[members, pair] - span.floor[pair], 0)
        served = np.minimum(asked, free)
        stores.consume_one(members, pair, served)
        seconds = (span.now_us - span.clock_us[pair]) / MICROSECONDS_PER_SECOND
        had_key = np.where(asked > 0, served / np.maximum(asked, 1), free > 0)
        self.served_s[members] += seconds * had_key
