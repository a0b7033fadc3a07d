"""Consumption of key: how much is used when, who comes first, and what is kept from whom.

Key is consumed evenly within each hour, in whole bits: what is used between two instants is the
difference of one rounded running total, so no division of time changes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from euroqci_planner.mission.key_course import BitsArray
from euroqci_planner.mission.network import HOURS_PER_WEEK, Demand, DemandClass
from euroqci_planner.network.key_store import MICROSECONDS_PER_SECOND, IndexArray
from euroqci_planner.units import FloatArray

HOUR_US = 3_600 * MICROSECONDS_PER_SECOND
WEEK_US = HOURS_PER_WEEK * HOUR_US
_MONDAY_US = 4 * 24 * HOUR_US
_CLASSES = len(DemandClass)
_ROUNDING_BITS = 1e-6


class ConsumptionClock:
    """Running totals of what each demand asks for, from the start of the window."""

    def __init__(self, demands: Sequence[Demand], start_us: int) -> None:
        """Tabulate the hours of the week, Monday 00:00 UTC first."""
        rates = [demand.consumption.hourly_rates_bps for demand in demands]
        self.rates_bps = np.array(rates, dtype=np.float64).reshape(len(demands), HOURS_PER_WEEK)
        self._until_hour = np.zeros((len(demands), HOURS_PER_WEEK + 1))
        np.cumsum(self.rates_bps * 3_600.0, axis=1, out=self._until_hour[:, 1:])
        self._origin_us = start_us - (start_us - _MONDAY_US) % WEEK_US
        self._start_bits = self._bits_since_origin(start_us)

    def _bits_since_origin(self, instant_us: int) -> FloatArray:
        weeks, rest_us = divmod(instant_us - self._origin_us, WEEK_US)
        hour, inside_us = divmod(rest_us, HOUR_US)
        inside = self.rates_bps[:, hour] * (inside_us / MICROSECONDS_PER_SECOND)
        return np.asarray(
            weeks * self._until_hour[:, -1] + self._until_hour[:, hour] + inside,
            dtype=np.float64,
        )

    def bits_until(self, instant_us: int) -> BitsArray:
        """Whole bits that each demand has asked for by this instant."""
        return whole_bits(self._bits_since_origin(instant_us) - self._start_bits)

    def is_asked(self, instant_us: int) -> np.ndarray:
        """Whether each demand consumes in the hour of this instant."""
        hour = (instant_us - self._origin_us) % WEEK_US // HOUR_US
        return np.asarray(self.rates_bps[:, hour] > 0.0)

    @property
    def mean_rates_bps(self) -> FloatArray:
        """Mean over the week, by demand."""
        return np.asarray(self.rates_bps.mean(axis=1))


def whole_bits(asked: FloatArray) -> BitsArray:
    """A running total in whole bits, rounded down but for errors of rounding."""
    return np.asarray(np.floor(asked + _ROUNDING_BITS).astype(np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Levels of pair stores at one instant, in bits.

    A pair asks for key for a class when it holds and awaits less than `low` (pairs, classes),
    and then for what is missing to `high`. Demands draw no store below their `floor`, one more of
    the lowest class none below `last_floor` (pairs).
    """

    low: BitsArray
    high: BitsArray
    floor: BitsArray
    last_floor: BitsArray


class DemandBook:
    """Demands by pair and priority, with the levels that protect those who come first.

    Nested protection levels, as in the rationing of inventories (Topkis 1968, Management
    Science 15, 160): a class draws a pair store no further down than the reserves of all higher
    classes and what those will consume until new key could come. Emergency and public demands may
    use their own reserve, critical and industrial ones may not. Within a class: in order of id.
    """

    def __init__(self, demands: Sequence[Demand], pair_of: IndexArray, pairs: int) -> None:
        """Order the demands of each of `pairs` pairs by class, then by id."""
        self.pair_of = pair_of
        self.rank = np.array([item.demand_class.rank for item in demands], dtype=np.intp)
        self.reserve = np.array([item.store.reserve_bits for item in demands], dtype=np.int64)
        self.classes = tuple(np.unique(self.rank).tolist())
        self._cell = pair_of * _CLASSES + self.rank
        self._pairs = pairs
        keeps = np.array([not item.demand_class.may_use_own_reserve for item in demands])
        reserves = self._by_class(self.reserve)
        own, self._last_reserve = reserves[pair_of, self.rank], reserves[:, -1]
        self._own_reserve = np.where(keeps.astype(np.bool_), own, 0)
        self.slots = self._slots(demands)

    def _slots(self, demands: Sequence[Demand]) -> IndexArray:
        """Demands by pair in order of service (pairs, places), -1 where there is none."""
        order = sorted(range(len(demands)), key=lambda row: (self.rank[row], demands[row].id))
        mine: list[list[int]] = [[] for _ in range(self._pairs)]
        for row in order:
            mine[self.pair_of[row]].append(row)
        slots = np.full((self._pairs, max(map(len, mine), default=0)), -1, dtype=np.intp)
        for pair, rows in enumerate(mine):
            slots[pair, : len(rows)] = rows
        return slots

    def _by_class(self, bits: BitsArray) -> BitsArray:
        """Sums of `bits` per demand by pair and class."""
        sums = np.zeros(self._pairs * _CLASSES, dtype=np.int64)
        np.add.at(sums, self._cell, bits)
        return sums.reshape(self._pairs, _CLASSES)

    @property
    def pair_reserve(self) -> BitsArray:
        """Reserve by pair: the sum over its demands."""
        return np.asarray(self._by_class(self.reserve).sum(axis=1))

    def levels(self, cover: BitsArray, next_cover: BitsArray, batch: BitsArray) -> Levels:
        """Levels from what each demand consumes until new key could come, by demand.

        `cover` is the consumption until then, `next_cover` that of as long a time after it, which
        protects higher classes at its end, and `batch` what is asked for beyond.
        """
        held_for_all = np.cumsum(self._by_class(self.reserve + cover), axis=1)
        low = held_for_all.copy()
        low[:, 1:] += np.cumsum(self._by_class(next_cover), axis=1)[:, :-1]
        high = low + np.cumsum(self._by_class(batch), axis=1)
        rank_above = np.maximum(self.rank, 1) - 1
        higher = np.where(self.rank > 0, held_for_all[self.pair_of, rank_above], 0)
        return Levels(
            low=low,
            high=high,
            floor=higher + self._own_reserve,
            last_floor=held_for_all[:, -2] + self._last_reserve,
        )
