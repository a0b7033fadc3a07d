"""Where continuous rules forbid a pass: no dip is missed, every edge is refined.

A rule is a margin over time that is positive where the rule allows. Between two nodes its change
is bounded by what can move there, so that a hidden dip is either excluded or looked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.units import FloatArray

IndexArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

SHORTEST_GAP_S = 0.25
"""Dips that begin and end inside a gap of this length are not looked for."""
_PARTS = 4
_EDGE_TOLERANCE_S = 1e-6
_MOST_STEPS = 60
_BISECT_EVERY = 3


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Stretches between two times of a pass, with what the rule sees at both ends, (k, n)."""

    row: IndexArray
    begin_s: FloatArray
    end_s: FloatArray
    at_begin: FloatArray
    at_end: FloatArray

    @property
    def length_s(self) -> FloatArray:
        """Length of each gap."""
        return np.asarray(self.end_s - self.begin_s)

    @property
    def is_edge(self) -> BoolArray:
        """Whether the margin changes its sign over the gap."""
        return np.asarray((self.at_begin[0] >= 0.0) != (self.at_end[0] >= 0.0))

    def take(self, chosen: NDArray[np.generic]) -> Self:
        """These gaps, by index or mask."""
        return type(self)(
            self.row[chosen],
            self.begin_s[chosen],
            self.end_s[chosen],
            self.at_begin[:, chosen],
            self.at_end[:, chosen],
        )


class SkyRule(Protocol):
    """A rule that looks at the sky, continuous in time."""

    def seen(self, row: IndexArray, t_s: FloatArray) -> FloatArray:
        """What the rule needs at `t_s[i]` of pass `row[i]`, (k, n); first the margin."""

    def is_doubtful(self, gaps: Gaps) -> BoolArray:
        """Whether the margin may change its sign twice inside a gap whose ends agree."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Stretches of passes, in order of row and time: [begin, end) in µs of the window."""

    row: IndexArray
    begin_us: NDArray[np.int64]
    end_us: NDArray[np.int64]

    @classmethod
    def of_seconds(cls, row: IndexArray, begin_s: FloatArray, end_s: FloatArray) -> Self:
        """From seconds after the start of the window, rounded to the microsecond."""
        return cls(row, microseconds(begin_s), microseconds(end_s))

    @classmethod
    def none(cls) -> Self:
        """No stretch at all."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(empty.astype(np.intp), empty, empty)

    @property
    def length_us(self) -> NDArray[np.int64]:
        """Length of each stretch."""
        return np.asarray(self.end_us - self.begin_us)


def microseconds(seconds: FloatArray) -> NDArray[np.int64]:
    """Whole microseconds."""
    return np.asarray(np.round(seconds * 1e6).astype(np.int64))


def seconds(micro: NDArray[np.int64]) -> FloatArray:
    """Seconds of whole microseconds."""
    return np.asarray(micro * 1e-6, dtype=np.float64)


def forbidden_stretches(rule: SkyRule, row: IndexArray, node_s: FloatArray) -> Stretches:
    """Where the margin of a rule is negative.

    `row` and `node_s` are the nodes of the passes, in order of row and time; the first and last
    node of a row are the ends of its pass. Edges are exact to a microsecond. A margin that is
    not a number forbids nothing.
    """
    if not len(row):
        return Stretches.none()
    gaps = _settled(rule, _between(rule, row, node_s))
    begins, ends = gaps.at_begin[0] < 0.0, gaps.at_end[0] < 0.0
    edge = np.array(gaps.begin_s)
    crossing = np.flatnonzero(gaps.is_edge)
    edge[crossing] = _edges(rule, gaps.take(crossing))
    opens = np.concatenate(([True], gaps.row[1:] != gaps.row[:-1]))
    closes = np.concatenate((opens[1:], [True]))
    start_s = np.stack(
        (np.where(opens & begins, gaps.begin_s, np.nan), _only(edge, ~begins & ends))
    )
    stop_s = np.stack((_only(edge, begins & ~ends), np.where(closes & ends, gaps.end_s, np.nan)))
    rows = np.stack((gaps.row, gaps.row))
    chosen = np.isfinite(start_s.T)
    return Stretches.of_seconds(rows.T[chosen], start_s.T[chosen], stop_s.T[np.isfinite(stop_s.T)])


def refined_roots(
    margin: Callable[[IndexArray, FloatArray], FloatArray],
    brackets: tuple[FloatArray, FloatArray],
    values: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Times at which `margin(index, t_s)` changes its sign between the ends of each bracket.

    Illinois method (Dowell and Jarratt 1971) with a bisection in every third step, until every
    bracket is under a microsecond: it needs no slope, and masks have corners. `index` numbers
    the brackets.
    """
    low, high = (np.array(end, dtype=np.float64) for end in brackets)
    at_low, at_high = (np.array(value, dtype=np.float64) for value in values)
    active = np.arange(len(low))
    for step in range(_MOST_STEPS):
        active = active[high[active] - low[active] > _EDGE_TOLERANCE_S]
        if not len(active):
            break
        a, b, fa, fb = low[active], high[active], at_low[active], at_high[active]
        bisect = step % _BISECT_EVERY == _BISECT_EVERY - 1
        guess = 0.5 * (a + b) if bisect else _secant(a, b, fa, fb)
        value = margin(active, guess)
        left = (value >= 0.0) == (fa >= 0.0)
        low[active], high[active] = np.where(left, guess, a), np.where(left, b, guess)
        at_low[active] = np.where(left, value, 0.5 * fa)
        at_high[active] = np.where(left, 0.5 * fb, value)
    return np.asarray(0.5 * (low + high))


def _secant(a: FloatArray, b: FloatArray, fa: FloatArray, fb: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        guess = (a * fb - b * fa) / (fb - fa)
    inside = (guess >= a) & (guess <= b)
    return np.asarray(np.where(inside, guess, 0.5 * (a + b)))


def _only(values: FloatArray, chosen: BoolArray) -> FloatArray:
    return np.asarray(np.where(chosen, values, np.nan))


def _edges(rule: SkyRule, gaps: Gaps) -> FloatArray:
    return refined_roots(
        lambda index, t_s: _seen(rule, gaps.row[index], t_s)[0],
        (gaps.begin_s, gaps.end_s),
        (gaps.at_begin[0], gaps.at_end[0]),
    )


def _seen(rule: SkyRule, row: IndexArray, t_s: FloatArray) -> FloatArray:
    seen = rule.seen(row, t_s)
    seen[0] = np.where(np.isnan(seen[0]), 1.0, seen[0])
    return seen


def _between(rule: SkyRule, row: IndexArray, node_s: FloatArray) -> Gaps:
    """The gaps between nodes of the same row."""
    seen = _seen(rule, row, node_s)
    same = np.flatnonzero(row[1:] == row[:-1])
    return Gaps(row[same], node_s[same], node_s[same + 1], seen[:, same], seen[:, same + 1])


def _settled(rule: SkyRule, gaps: Gaps) -> Gaps:
    """The gaps, split until none can hide a dip, in order of row and time."""
    done = []
    while len(gaps.row):
        long = np.flatnonzero(gaps.length_s > SHORTEST_GAP_S)
        unsure = long[gaps.is_edge[long] | rule.is_doubtful(gaps.take(long))]
        sure = np.ones(len(gaps.row), dtype=np.bool_)
        sure[unsure] = False
        done.append(gaps.take(sure))
        gaps = _split(rule, gaps.take(unsure))
    return _joined(done)


def _split(rule: SkyRule, gaps: Gaps) -> Gaps:
    """Every gap in four."""
    count = len(gaps.row)
    places = np.arange(_PARTS + 1)[:, None] / _PARTS
    times = gaps.begin_s + places * gaps.length_s
    times[-1] = gaps.end_s
    inner = _seen(rule, np.tile(gaps.row, _PARTS - 1), times[1:-1].ravel())
    inner = inner.reshape(len(inner), _PARTS - 1, count)
    seen = np.concatenate((gaps.at_begin[:, None], inner, gaps.at_end[:, None]), axis=1)
    return Gaps(
        np.tile(gaps.row, _PARTS),
        times[:-1].ravel(),
        times[1:].ravel(),
        seen[:, :-1].reshape(len(seen), -1),
        seen[:, 1:].reshape(len(seen), -1),
    )


def _joined(parts: list[Gaps]) -> Gaps:
    row = np.concatenate([part.row for part in parts])
    begin_s = np.concatenate([part.begin_s for part in parts])
    whole = Gaps(
        row,
        begin_s,
        np.concatenate([part.end_s for part in parts]),
        np.concatenate([part.at_begin for part in parts], axis=1),
        np.concatenate([part.at_end for part in parts], axis=1),
    )
    return whole.take(np.lexsort((begin_s, row)))
