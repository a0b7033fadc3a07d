"""What a new plan changes: contacts gained, lost and moved; passes are matched by overlap in time.

A pass keeps its identity while its satellite and station stay and its time overlaps: newer element
sets shift it by seconds, a longer window adds others around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.plan import Plan

NO_ROW = -1
UtcArray = NDArray[np.datetime64]


class Change(StrEnum):
    """What became of a contact."""

    GAINED = "gained"
    LOST = "lost"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange:
    """One contact that is not as it was.

    `old_row` is a row of the old plan's passes, `new_row` one of the new plan's, -1 for none. A
    contact has moved where the same satellite flies another station in overlapping time; or the
    same pass in another interval, by more than `TIME_SHIFT`. Times bound the contact that is now
    flown, or the one that was lost; bits are the change of expected key.
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


TIME_SHIFT = np.timedelta64(1_000_000, "us")


def matched_rows(old: Plan, new: Plan) -> NDArray[np.int64]:
    """Row of `new.passes` for each row of `old.passes`, -1 where there is none.

    The same satellite and station, and the largest overlap in time.
    """
    return _matched(old.passes, new.passes)
