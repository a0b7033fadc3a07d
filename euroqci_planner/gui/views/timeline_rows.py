"""Rows of the timeline: which pass lies in which row and lane, and what is under the mouse.

Flown passes have the upper part of a row to themselves, all others the lower part, in lanes where
they overlap in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.gui.views.time_axis import TimeScale
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_totals import flown
from euroqci_planner.timebase import UtcArray
from euroqci_planner.units import MICRO, FloatArray

_MOST_LANES = 3
_NEAR_PX = 4.0
_AIR_PX = 1.5
_STRIP_SHARE = 0.14
_STRIP_LEAST_PX, _STRIP_MOST_PX = 2.0, 4.0
_FLOWN_SHARE = 0.57
# Narrower bars are widened to the second figure where the next bar leaves room, else to the first.
_LEAST_BAR_PX, _ROOMY_BAR_PX = 1.0, 2.0
_LEAST_FLOWN_PX, _ROOMY_FLOWN_PX = 3.0, 7.0
_GAP_PX = 1.0


class RowsBy(StrEnum):
    """What a row of the timeline stands for."""

    STATION = "station"
    SATELLITE = "satellite"


@dataclass(frozen=True, slots=True)
class Bars:
    """Rectangles of passes in pixels, row for row with `rows` (rows of the pass table)."""

    rows: NDArray[np.intp]
    left: FloatArray
    top: FloatArray
    width: FloatArray
    height: FloatArray

    def take(self, mask: NDArray[np.bool_]) -> Bars:
        """The rectangles where the mask is true."""
        return Bars(
            self.rows[mask], self.left[mask], self.top[mask], self.width[mask], self.height[mask]
        )


class TimelineRows:
    """The passes of one plan laid out in rows."""

    def __init__(self, plan: Plan, rows_by: RowsBy) -> None:
        """Work out rows and lanes once."""
        passes = plan.passes
        by_station = rows_by is RowsBy.STATION
        self.plan = plan
        self.rows_by = rows_by
        self.names = passes.station_ids if by_station else passes.satellite_ids
        self.row: NDArray[np.int32] = passes.station if by_station else passes.satellite
        self.is_flown = flown(plan)
        usable = plan.conditions
        contact = self.is_flown & ~np.isnat(usable.usable_start_utc)
        self.start_utc: UtcArray = np.where(contact, usable.usable_start_utc, passes.start_utc)
        self.end_utc: UtcArray = np.where(contact, usable.usable_end_utc, passes.end_utc)
        self.lane, self.lanes = self._lay_lanes()
        longest = self.end_utc - self.start_utc
        self._longest = longest.max() if len(longest) else np.timedelta64(0, "us")
        self._by_start = np.argsort(self.start_utc, kind="stable")
        self._starts = self.start_utc[self._by_start]
        self._to_next_s = self._times_to_next()

    def _times_to_next(self) -> FloatArray:
        """Seconds from the start of each bar to that of the next one in its lane."""
        lane = (self.row.astype(np.int64) * 2 + self.is_flown) * _MOST_LANES + self.lane.astype(int)
        starts = self.start_utc.astype(np.int64)
        order = np.lexsort((starts, lane))
        gaps = np.full(len(order), np.inf)
        same = np.diff(lane[order]) == 0
        gaps[order[:-1][same]] = np.diff(starts[order])[same] * MICRO
        return gaps

    def _lay_lanes(self) -> tuple[FloatArray, FloatArray]:
        """Lane of each pass, and in how many lanes the passes around it lie."""
        lane, lanes = np.zeros(len(self.row)), np.ones(len(self.row))
        group = self.row.astype(np.int64) * 2 + self.is_flown
        order = np.lexsort((self.start_utc, group))
        edges = np.flatnonzero(np.diff(group[order])) + 1
        starts, ends = self.start_utc.astype(np.int64), self.end_utc.astype(np.int64)
        for part in np.split(order, edges):
            self._lay(part, starts[part].tolist(), ends[part].tolist(), lane, lanes)
        return lane, lanes

    @staticmethod
    def _lay(
        part: NDArray[np.intp],
        starts: list[int],
        ends: list[int],
        lane: FloatArray,
        lanes: FloatArray,
    ) -> None:
        """First lane that is free; passes that hang together share their number of lanes."""
        first, free, until = 0, [0] * _MOST_LANES, 0
        used = 1
        for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if start >= until:
                lanes[part[first:place]] = used
                first, used, free = place, 1, [start] * _MOST_LANES
            number = min(range(_MOST_LANES), key=lambda k: (free[k] > start, k))
            if free[number] > start:
                number = min(range(_MOST_LANES), key=free.__getitem__)
            free[number], until = end, max(until, end)
            used = max(used, number + 1)
            lane[part[place]] = number
        lanes[part[first:]] = used

    def visible(self, scale: TimeScale) -> NDArray[np.intp]:
        """Rows of the pass table that reach into the window."""
        first = np.searchsorted(self._starts, scale.start_utc - self._longest, side="left")
        last = np.searchsorted(self._starts, scale.end_utc, side="right")
        found = self._by_start[first:last]
        return np.asarray(found[self.end_utc[found] >= scale.start_utc])

    def bars(self, rows: NDArray[np.intp], scale: TimeScale, top_px: float, row_px: float) -> Bars:
        """Rectangles of these passes; `top_px` is where the first row begins."""
        left, right = scale.x(self.start_utc[rows]), scale.x(self.end_utc[rows])
        is_flown = self.is_flown[rows]
        room = self._to_next_s[rows] / scale.seconds_per_px - _GAP_PX
        least = np.where(
            is_flown,
            np.clip(room, _LEAST_FLOWN_PX, _ROOMY_FLOWN_PX),
            np.clip(room, _LEAST_BAR_PX, _ROOMY_BAR_PX),
        )
        offset, height = self._vertical(rows, row_px)
        return Bars(
            rows=rows,
            left=left,
            top=top_px + self.row[rows] * row_px + offset,
            width=np.maximum(right - left, least),
            height=height,
        )

    def _vertical(self, rows: NDArray[np.intp], row_px: float) -> tuple[FloatArray, FloatArray]:
        """Distance from the top of its row and height of each bar."""
        room, upper = row_px - 2.0 * _AIR_PX - strip_px(row_px), flown_px(row_px)
        is_flown, lanes = self.is_flown[rows], self.lanes[rows]
        band = np.where(is_flown, upper, room - upper - 1.0)
        height = band / lanes
        begin = np.where(is_flown, _AIR_PX, _AIR_PX + upper + 1.0)
        return begin + self.lane[rows] * height, np.maximum(height - (lanes > 1) * 0.5, 1.0)

    def found_at(self, bars: Bars, x: float, y: float, top_px: float, row_px: float) -> int | None:
        """Row of the pass table under a point, flown ones and near ones first."""
        row = int((y - top_px) // row_px)
        beyond = np.maximum(np.maximum(bars.left - x, x - bars.left - bars.width), 0.0)
        near = (self.row[bars.rows] == row) & (beyond <= _NEAR_PX)
        if not near.any():
            return None
        below = np.maximum(np.maximum(bars.top - y, y - bars.top - bars.height), 0.0)
        places = np.flatnonzero(near)
        order = np.lexsort(
            (
                np.abs(bars.left[places] + 0.5 * bars.width[places] - x),
                ~self.is_flown[bars.rows[places]],
                beyond[places],
                np.round(below[places]),
            )
        )
        return int(bars.rows[places[order[0]]])


def flown_px(row_px: float) -> float:
    """Height of the upper part of a row, where the flown passes are."""
    return (row_px - 2.0 * _AIR_PX - strip_px(row_px)) * _FLOWN_SHARE


def strip_px(row_px: float) -> float:
    """Height of the strip along the lower edge of a row."""
    return min(max(_STRIP_SHARE * row_px, _STRIP_LEAST_PX), _STRIP_MOST_PX)
