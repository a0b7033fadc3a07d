"""Rows that tie contacts of all nights and resources together: quotas of groups, and floors.

A quota limits what share of the contact time is credited to a group of demands. Time that others
fly raises what the group may have, so the row has coefficients of both signs and is no clique. A
floor is key that a station must get: a row with negative coefficients alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.key_course import NO_PARTNER
from euroqci_planner.mission.plan import Candidates, Resource
from euroqci_planner.mission.scenario import Quota
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import FloatArray

QUOTA_WITHIN_S = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class SideRow:
    """The `amount` of the flown contacts, of either sign, adds up to at most `capacity`.

    `within` is how much more still counts as that. `group` names the quota behind the row, ''
    where it is none.
    """

    group: str
    amount: FloatArray
    capacity: float
    within: float

    def keeps_out(self, flown: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Contacts that are not flown and would break the row if they were."""
        room = self.capacity + self.within - float(self.amount[flown].sum())
        return np.asarray(~flown & (self.amount > 0.0) & (self.amount > room))

    def is_kept(self, flown: NDArray[np.bool_]) -> bool:
        """Whether the flown contacts keep the row."""
        return float(self.amount[flown].sum()) <= self.capacity + self.within


def quota_rows(
    table: Candidates, stations: tuple[Resource, ...], quotas: tuple[Quota, ...]
) -> tuple[SideRow, ...]:
    """A row for every quota that could be exceeded, in order of group.

    Sum over contacts of time × (share of the group − largest share) <= 0, in seconds. `stations`
    go by the ids of the table; the time of a contact with two stations is credited half by half.
    """
    seconds = seconds_between(table.start_utc, table.end_utc)
    rows = []
    for quota in sorted(quotas, key=lambda item: item.group):
        shares = np.array([dict(item.group_shares).get(quota.group, 0.0) for item in stations])
        share = credited_share(shares, table)
        amount = seconds * (share - quota.max_share)
        if bool(np.any(amount > 0.0)):
            rows.append(SideRow(quota.group, amount, 0.0, QUOTA_WITHIN_S))
    return tuple(rows)


def credited_share(shares: FloatArray, table: Candidates) -> FloatArray:
    """By contact the share at its station, or the mean over its two stations."""
    first = shares[table.station]
    has_second = table.partner != NO_PARTNER
    second = np.where(has_second, shares[np.where(has_second, table.partner, 0)], first)
    return np.asarray(0.5 * (first + second))
