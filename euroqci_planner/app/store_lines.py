"""Courses of key stores, one line per store: of the forecast, else of the plan's course.

A plan without key stores still has lines: the deposits of its contacts, with nothing withdrawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.link_stock import Deposits, deposits, starts_of_links
from euroqci_planner.mission.key_course import (
    DemandOutcome,
    StoreCourse,
    StoreKind,
    StoreName,
)
from euroqci_planner.mission.plan import Plan
from euroqci_planner.timebase import NOT_A_TIME, UtcArray, after
from euroqci_planner.units import FloatArray


class LineSource(StrEnum):
    """Where the lines come from."""

    FORECAST = "forecast"
    COURSE = "course"
    DEPOSITS = "deposits"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StoreLine:
    """Stock of one store over time.

    A sampled line runs straight from one instant to the next; any other one holds its stock until
    the next instant, and nothing before the first. Quantiles are NaN, `reserve_bits` too, and
    `empty_utc` is not-a-time, where there are none. `empty_utc` is the first moment without key:
    in the expected course, in a forecast in half of the members. `p_empty` is NaN without one.
    """

    name: StoreName
    is_sampled: bool
    time_utc: UtcArray
    expected_bits: FloatArray
    p10_bits: FloatArray
    p50_bits: FloatArray
    p90_bits: FloatArray
    reserve_bits: float = float("nan")
    empty_utc: np.datetime64 = NOT_A_TIME
    p_empty: float = float("nan")

    @property
    def has_quantiles(self) -> bool:
        """Whether there is a spread around the line."""
        return bool(np.isfinite(self.p50_bits).any())

    @property
    def line_bits(self) -> FloatArray:
        """What is drawn as the line: the median of a forecast, else the expected stock."""
        return self.p50_bits if self.has_quantiles else self.expected_bits

    def bits_at(self, instants_utc: UtcArray) -> FloatArray:
        """The line at instants; a sampled line keeps its ends outside its span."""
        if self.is_sampled:
            when, at = (
                item.astype("datetime64[us]").astype(np.int64).astype(np.float64)
                for item in (instants_utc, self.time_utc)
            )
            return np.interp(when, at, self.line_bits)
        place = np.searchsorted(self.time_utc, instants_utc, side="right")
        return np.concatenate(([0.0], self.line_bits))[place]


class StoreBook(Protocol):
    """All stores of a plan; lines are made when asked for."""

    source: LineSource
    names: tuple[StoreName, ...]
    peak_bits: FloatArray
    p_empty: FloatArray

    def line(self, number: int) -> StoreLine:
        """The line of one store."""


def store_book(plan: Plan) -> StoreBook:
    """The stores of a plan: of its forecast, else of its course, else the deposits of its links."""
    if plan.forecast is not None and len(plan.forecast.stores):
        forecast = plan.forecast
        return CourseBook(LineSource.FORECAST, forecast.stores, forecast.demands, plan)
    if plan.course is not None and len(plan.course.stores):
        return CourseBook(LineSource.COURSE, plan.course.stores, plan.course.demands, plan)
    return DepositBook(plan)


class CourseBook:
    """Lines of a table of sampled stocks."""

    def __init__(
        self, source: LineSource, table: StoreCourse, demands: DemandOutcome, plan: Plan
    ) -> None:
        """Find where each store begins and how high it rises."""
        self.source, self.names = source, table.stores
        self._table, self._plan = table, plan
        count = len(table.stores)
        self._first = np.searchsorted(table.store, np.arange(count + 1))
        highest = table.expected_bits
        self.peak_bits = _largest(highest, self._first)
        self.p_empty, self._empty_utc = _shortage(table.stores, demands, plan)

    def line(self, number: int) -> StoreLine:
        """The line of one store."""
        rows, table = slice(self._first[number], self._first[number + 1]), self._table
        reserve = table.reserve_bits[rows]
        return StoreLine(
            name=self.names[number],
            is_sampled=True,
            time_utc=table.time_utc[rows],
            expected_bits=table.expected_bits[rows],
            p10_bits=table.p10_bits[rows],
            p50_bits=table.p50_bits[rows],
            p90_bits=table.p90_bits[rows],
            reserve_bits=float(reserve[0]) if len(reserve) else float("nan"),
            empty_utc=self._empty_utc[number],
            p_empty=float(self.p_empty[number]),
        )


class DepositBook:
    """Lines of what the contacts deposit, link by link."""

    source = LineSource.DEPOSITS

    def __init__(self, plan: Plan) -> None:
        """Sum up the deposits once."""
        self._table = deposits(plan)
        starts = starts_of_links(self._table)
        self._edges = np.append(starts, len(self._table))
        self.names = tuple(_link_name(self._table, int(row)) for row in starts)
        self.peak_bits = np.array([self._table.sum_bits[end - 1] for end in self._edges[1:]])
        self.p_empty = np.full(len(self.names), np.nan)

    def line(self, number: int) -> StoreLine:
        """The line of one link."""
        rows = slice(self._edges[number], self._edges[number + 1])
        sums = self._table.sum_bits[rows]
        absent = np.full(len(sums), np.nan)
        return StoreLine(
            name=self.names[number],
            is_sampled=False,
            time_utc=self._table.usable_utc[rows],
            expected_bits=sums,
            p10_bits=absent,
            p50_bits=absent,
            p90_bits=absent,
        )


def ranked(book: StoreBook, numbers: Sequence[int]) -> list[int]:
    """Stores in the order of what they tell: the riskiest pair, then the fullest store first."""
    risk = np.nan_to_num(book.p_empty, nan=-1.0)
    return sorted(numbers, key=lambda n: (-risk[n], -book.peak_bits[n], n))


def numbers_of(book: StoreBook, kind: StoreKind) -> list[int]:
    """Stores of one kind, ranked."""
    return ranked(book, [n for n, name in enumerate(book.names) if name.kind is kind])


def _link_name(table: Deposits, row: int) -> StoreName:
    return StoreName(
        StoreKind.LINK,
        table.satellite_ids[int(table.satellite[row])],
        table.station_ids[int(table.station[row])],
    )


def _largest(values: FloatArray, first: NDArray[np.intp]) -> FloatArray:
    """Largest value of each part; 0 for an empty one."""
    parts = len(first) - 1
    if not parts or not len(values):
        return np.zeros(parts)
    found = np.maximum.reduceat(values, np.minimum(first[:-1], len(values) - 1))
    return np.where(np.diff(first) > 0, found, 0.0)


def _shortage(
    names: Sequence[StoreName], demands: DemandOutcome, plan: Plan
) -> tuple[FloatArray, UtcArray]:
    """Chance to be empty and first empty moment by store; the worst demand of a pair counts."""
    chance = np.full(len(names), np.nan)
    first_s = np.full(len(names), np.inf)
    places = {(name.a, name.b): n for n, name in enumerate(names) if name.kind is StoreKind.PAIR}
    for row, pair in enumerate(zip(demands.a, demands.b, strict=True)):
        number = places.get((min(pair), max(pair)))
        if number is not None:
            chance[number] = np.fmax(chance[number], demands.p_empty[row])
            first_s[number] = np.fmin(first_s[number], demands.time_to_empty_s[row])
    known = np.where(np.isfinite(first_s), first_s, np.nan)
    return chance, after(np.full(len(names), plan.scenario.start_utc), known)
