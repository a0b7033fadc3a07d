"""What a new plan changes: contacts gained, lost and moved; passes are matched by overlap in time.

A pass keeps its identity while its satellite and station stay and its time overlaps: newer element
sets shift it by seconds, a longer window adds others around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.pass_table import PassTable
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_totals import flown, plan_totals

NO_ROW = -1
SHIFT_TOLERANCE = np.timedelta64(10, "s")
Rows = NDArray[np.int64]


class Change(StrEnum):
    """What became of a contact."""

    GAINED = "gained"
    LOST = "lost"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange:
    """One contact that is not as it was.

    `old_row` is a row of the old plan's passes, `new_row` one of the new plan's, -1 for none. A
    contact has moved where its satellite flies another station during an overlapping pass, or
    where its start or end shifts by more than `SHIFT_TOLERANCE`. `start_utc` and `end_utc` bound
    the contact that is flown now, or the one that was lost. `key_expected_bits` is the change of
    expected key, NaN for plans without keys.
    """

    change: Change
    satellite_id: str
    station_id: str
    old_station_id: str
    start_utc: np.datetime64
    end_utc: np.datetime64
    key_expected_bits: float
    old_row: int = NO_ROW
    new_row: int = NO_ROW


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanges:
    """All changed contacts in order of time, and the change of the totals (bits may be NaN)."""

    contacts: tuple[ContactChange, ...]
    old_contacts: int
    new_contacts: int
    key_expected_bits: float

    def count(self, change: Change) -> int:
        """How many contacts changed in this way."""
        return sum(item.change is change for item in self.contacts)

    @property
    def is_empty(self) -> bool:
        """Whether every contact is as it was."""
        return not self.contacts


def matched_rows(old: Plan, new: Plan) -> Rows:
    """Row of `new.passes` for each row of `old.passes`, -1 where there is none.

    Same satellite and station, and of those that overlap in time the one that fits best.
    """
    return _matched(old.passes, new.passes)


def plan_changes(old: Plan, new: Plan) -> PlanChanges:
    """Contacts that differ between two plans."""
    match = matched_rows(old, new)
    was, now = flown(old), flown(new)
    still = was & (match >= 0)
    still[still] = now[match[still]]
    gained_mask = now.copy()
    gained_mask[match[still]] = False
    lost, gained = np.flatnonzero(was & ~still), np.flatnonzero(gained_mask)
    pairs = [*_moves(old, new, lost, gained), *_shifts(old, new, np.flatnonzero(still), match)]
    moved_from = {pair[0] for pair in pairs}
    moved_to = {pair[1] for pair in pairs}
    changes = [
        *(_moved(old, new, *pair) for pair in pairs),
        *(_lost(old, int(row)) for row in lost if int(row) not in moved_from),
        *(_gained(new, int(row)) for row in gained if int(row) not in moved_to),
    ]
    before, after = plan_totals(old), plan_totals(new)
    return PlanChanges(
        contacts=tuple(sorted(changes, key=_order)),
        old_contacts=before.contacts,
        new_contacts=after.contacts,
        key_expected_bits=after.all_expected_bits - before.all_expected_bits,
    )


def _order(item: ContactChange) -> tuple[np.datetime64, str, str, str]:
    return (item.start_utc, item.satellite_id, item.station_id, item.change)


def _matched(old: PassTable, new: PassTable) -> Rows:
    found = np.full(len(old), NO_ROW, dtype=np.int64)
    if not len(old) or not len(new):
        return found
    origin = min(old.start_utc.min(), new.start_utc.min())
    old_pair, new_pair = _pairs(old, old, new), _pairs(new, old, new)
    order = np.lexsort((new.start_utc, new_pair))
    span = int((max(old.end_utc.max(), new.end_utc.max()) - origin).astype(np.int64)) + 1
    starts = _on_one_axis(new_pair, new.start_utc, origin, span)[order]
    ends = _on_one_axis(new_pair, new.end_utc, origin, span)[order]
    reached = np.maximum.accumulate(ends)
    old_start = _on_one_axis(old_pair, old.start_utc, origin, span)
    old_end = _on_one_axis(old_pair, old.end_utc, origin, span)
    first = np.searchsorted(reached, old_start, side="right")
    stop = np.searchsorted(starts, old_end, side="left")
    best = np.full(len(old), np.iinfo(np.int64).min)
    for step in range(int(np.max(stop - first, initial=0))):
        row = np.minimum(first + step, len(order) - 1)
        overlap = np.minimum(ends[row], old_end) - np.maximum(starts[row], old_start)
        apart = np.abs(starts[row] - old_start) + np.abs(ends[row] - old_end)
        better = (first + step < stop) & (overlap > 0) & (overlap - apart > best)
        found[better], best[better] = order[row[better]], (overlap - apart)[better]
    return found


def _pairs(table: PassTable, old: PassTable, new: PassTable) -> Rows:
    """One number per satellite and station, the same in both tables."""
    satellites = _numbers((*old.satellite_ids, *new.satellite_ids))
    stations = _numbers((*old.station_ids, *new.station_ids))
    satellite = np.array([satellites[name] for name in table.satellite_ids], np.int64)
    station = np.array([stations[name] for name in table.station_ids], np.int64)
    return np.asarray(satellite[table.satellite] * len(stations) + station[table.station])


def _numbers(names: Sequence[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def _on_one_axis(
    pair: Rows, instants_utc: NDArray[np.datetime64], origin: np.datetime64, span: int
) -> Rows:
    """Microseconds on an axis that holds the pairs one behind the other."""
    return np.asarray(pair * span + (instants_utc - origin).astype(np.int64))


def _moves(old: Plan, new: Plan, lost: Rows, gained: Rows) -> list[tuple[int, int]]:
    """Lost and gained contacts of one satellite whose passes overlap: largest overlap first."""
    by_satellite: dict[str, list[int]] = {}
    for row in gained:
        by_satellite.setdefault(_satellite(new, int(row)), []).append(int(row))
    offers = []
    for row in lost:
        for other in by_satellite.get(_satellite(old, int(row)), ()):
            overlap = min(old.passes.end_utc[row], new.passes.end_utc[other]) - max(
                old.passes.start_utc[row], new.passes.start_utc[other]
            )
            if overlap > np.timedelta64(0, "us"):
                offers.append((-int(overlap.astype(np.int64)), int(row), other))
    taken: set[tuple[str, int]] = set()
    pairs = []
    for _, row, other in sorted(offers):
        if not taken & {("old", row), ("new", other)}:
            taken |= {("old", row), ("new", other)}
            pairs.append((row, other))
    return pairs


def _shifts(old: Plan, new: Plan, rows: Rows, match: Rows) -> list[tuple[int, int]]:
    """Contacts of the same pass whose start or end is no longer the same."""
    others = match[rows]
    before, after = old.conditions, new.conditions
    late = np.abs(before.usable_start_utc[rows] - after.usable_start_utc[others])
    longer = np.abs(before.usable_end_utc[rows] - after.usable_end_utc[others])
    shifted = (late > SHIFT_TOLERANCE) | (longer > SHIFT_TOLERANCE)
    return [
        (int(row), int(other)) for row, other in zip(rows[shifted], others[shifted], strict=True)
    ]


def _moved(old: Plan, new: Plan, old_row: int, new_row: int) -> ContactChange:
    return ContactChange(
        change=Change.MOVED,
        satellite_id=_satellite(new, new_row),
        station_id=_station(new, new_row),
        old_station_id=_station(old, old_row),
        start_utc=new.conditions.usable_start_utc[new_row],
        end_utc=new.conditions.usable_end_utc[new_row],
        key_expected_bits=_bits(new, new_row) - _bits(old, old_row),
        old_row=old_row,
        new_row=new_row,
    )


def _lost(old: Plan, row: int) -> ContactChange:
    return ContactChange(
        change=Change.LOST,
        satellite_id=_satellite(old, row),
        station_id=_station(old, row),
        old_station_id=_station(old, row),
        start_utc=old.conditions.usable_start_utc[row],
        end_utc=old.conditions.usable_end_utc[row],
        key_expected_bits=-_bits(old, row),
        old_row=row,
    )


def _gained(new: Plan, row: int) -> ContactChange:
    return ContactChange(
        change=Change.GAINED,
        satellite_id=_satellite(new, row),
        station_id=_station(new, row),
        old_station_id="",
        start_utc=new.conditions.usable_start_utc[row],
        end_utc=new.conditions.usable_end_utc[row],
        key_expected_bits=_bits(new, row),
        new_row=row,
    )


def _satellite(plan: Plan, row: int) -> str:
    return plan.passes.satellite_ids[int(plan.passes.satellite[row])]


def _station(plan: Plan, row: int) -> str:
    return plan.passes.station_ids[int(plan.passes.station[row])]


def _bits(plan: Plan, row: int) -> float:
    return float("nan") if plan.keys is None else float(plan.decisions.key_expected_bits[row])
