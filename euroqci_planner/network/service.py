"""Service of the demands: consumption from pair stores, class by class, and its record."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.key_course import BitsArray
from euroqci_planner.mission.network import DemandClass
from euroqci_planner.network.demand import HOUR_US, ConsumptionClock, DemandBook, Levels
from euroqci_planner.network.key_store import (
    MICROSECONDS_PER_SECOND,
    IndexArray,
    KeyStores,
)
from euroqci_planner.network.layout import Layout
from euroqci_planner.network.spare_trial import SpareTrial, TrialSpan
from euroqci_planner.units import FloatArray

BATCH_US = 6 * HOUR_US
LAST_RANK = DemandClass.INDUSTRY.rank


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """What each demand got, (members, demands) each; seconds count from the start.

    `first_empty_s` is infinite where no bit was refused. `served_s` is the part of `asked_s`,
    the time with consumption, in which key was at hand.
    """

    served: BitsArray
    first_empty_s: FloatArray
    served_s: FloatArray
    asked_s: FloatArray

    @classmethod
    def empty(cls, members: int, demands: int) -> Record:
        """Nothing asked, nothing served."""
        shape = (members, demands)
        return cls(
            served=np.zeros(shape, dtype=np.int64),
            first_empty_s=np.full(shape, np.inf),
            served_s=np.zeros(shape),
            asked_s=np.zeros(shape),
        )


class Service:
    """Lets pairs consume, each up to its own clock, and says what their stores should hold.

    `lead_us` is how long key takes from the asking to the pair. All pairs must be served at
    each full hour, so that rates do not change between two calls.
    """

    def __init__(
        self,
        layout: Layout,
        stores: KeyStores,
        start_us: int,
        lead_us: int,
        trial: SpareTrial | None = None,
    ) -> None:
        """Start all clocks.

        A `trial` asks for more in each member; it alone is recorded then.
        """
        number = {pair: row for row, pair in enumerate(layout.pairs)}
        pair_of = np.array([number[item.pair] for item in layout.demands], dtype=np.intp)
        self.book = DemandBook(layout.demands, pair_of, len(layout.pairs))
        self.consumption = ConsumptionClock(layout.demands, start_us)
        rates = np.bincount(
            pair_of, weights=self.consumption.mean_rates_bps, minlength=len(layout.pairs)
        )
        self.pair_rates_bps = np.maximum(rates, np.finfo(np.float64).tiny)
        self.trial = trial
        self.classes = self.book.classes
        if trial is not None:
            self.pair_rates_bps = self.pair_rates_bps + trial.rates_at_pairs()
            self.classes = tuple(sorted({*self.classes, LAST_RANK}))
        self.record = Record.empty(len(stores.total), len(layout.demands))
        self._stores, self._cover_us, self._start_us = stores, lead_us + HOUR_US, start_us
        self._clock = np.full(len(layout.pairs), start_us)
        self._asked_until = np.zeros(len(layout.demands), dtype=np.int64)
        self._levels_at: tuple[int, Levels] | None = None
        self._bands_at: tuple[int, BitsArray, BitsArray] | None = None
        self._every = np.arange(len(layout.demands))

    def until(self, pairs: IndexArray, now_us: int) -> None:
        """Let these pairs consume up to now."""
        late = pairs[self._clock[pairs] < now_us]
        if not len(late):
            return
        asked_until = self.consumption.bits_until(now_us)
        levels = self.levels(now_us)
        floor = levels.floor
        for place in range(self.book.slots.shape[1]):
            demands = self.book.slots[late, place]
            there = demands >= 0
            if there.any():
                mine, stores = demands[there], late[there]
                asked = asked_until[mine] - self._asked_until[mine]
                self._asked_until[mine] = asked_until[mine]
                held = self._stores.total[:, self._stores.columns(stores)]
                free = np.maximum(held - floor[mine], 0)
                served = np.minimum(asked, free)
                self._stores.consume(stores, served)
                if self.trial is None:
                    self._note(mine, (self._clock[stores], now_us), asked, served, free)
        if self.trial is not None:
            since = self._clock - self._start_us
            span = TrialSpan(late, since, now_us - self._start_us, levels.last_floor)
            self.trial.serve(self._stores, span)
        self._clock[late] = now_us

    def _is_every_demand(self, demands: IndexArray) -> bool:
        """Whether these are all demands in order."""
        return len(demands) == len(self._every) and bool((demands == self._every).all())

    def levels(self, now_us: int) -> Levels:
        """Levels of the pair stores at this instant: for the time until key could come."""
        if self._levels_at is None or self._levels_at[0] != now_us:
            cover_us = self._cover_us
            ahead = (0, cover_us, 2 * cover_us, cover_us + BATCH_US)
            now, cover, next_cover, batch = (
                self.consumption.bits_until(now_us + item) for item in ahead
            )
            levels = self.book.levels(cover - now, next_cover - cover, batch - cover)
            self._levels_at = now_us, levels
        return self._levels_at[1]

    def band(self, now_us: int, pairs: IndexArray, rank: int) -> tuple[BitsArray, BitsArray]:
        """Low and high level of pairs for one class: (pairs), or (members, pairs) with a trial."""
        levels = self.levels(now_us)
        low, high = levels.low[pairs, rank], levels.high[pairs, rank]
        if self.trial is None or rank != LAST_RANK:
            return low, high
        if self._bands_at is None or self._bands_at[0] != now_us:
            cover_us, since_us = self._cover_us, now_us - self._start_us
            bits = self.trial.bits_until
            first = bits(since_us)
            cover, batch = (
                self.trial.bits_at_pairs(bits(since_us + ahead_us) - first)
                for ahead_us in (cover_us, cover_us + BATCH_US)
            )
            self._bands_at = now_us, cover, batch
        _, cover, batch = self._bands_at
        mine = self._stores.columns(pairs)
        return low + cover[:, mine], high + batch[:, mine]

    def _note(
        self,
        demands: IndexArray,
        span_us: tuple[BitsArray, int],
        asked: BitsArray,
        served: BitsArray,
        free: BitsArray,
    ) -> None:
        """Book what was served over the time since each pair's clock."""
        record = self.record
        seconds = (span_us[1] - span_us[0]) / MICROSECONDS_PER_SECOND
        is_asked = self.consumption.is_asked(int(span_us[0].min()))[demands]
        asked_s = np.where(is_asked, seconds, 0.0)
        mine = slice(None) if self._is_every_demand(demands) else demands
        record.served[:, mine] += served
        record.asked_s[:, mine] += asked_s
        record.served_s[:, mine] += asked_s
        idle = np.flatnonzero(asked == 0)
        if len(idle):
            record.served_s[:, demands[idle]] -= np.where(free[:, idle] > 0, 0.0, asked_s[idle])
        is_short = served < asked
        if not is_short.any():
            return
        members, columns = np.nonzero(is_short)
        share = served[members, columns] / asked[columns]
        short = members, demands[columns]
        record.served_s[short] -= (1.0 - share) * asked_s[columns]
        since_s = (span_us[0] - self._start_us) / MICROSECONDS_PER_SECOND
        empty_s = since_s[columns] + share * seconds[columns]
        record.first_empty_s[short] = np.minimum(record.first_empty_s[short], empty_s)
