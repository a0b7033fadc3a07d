"""What the contacts of a schedule credit to the groups that have a quota."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.plan import Reason
from euroqci_planner.mission.quota_use import QuotaUse
from euroqci_planner.mission.scenario import Quota
from euroqci_planner.schedule.case import Case
from euroqci_planner.schedule.conflicts import Mask, Problem
from euroqci_planner.schedule.sides import credited_share
from euroqci_planner.timebase import seconds_between


def quota_use(
    case: Case, flown: Mask, reason: NDArray[np.int8], priced: Collection[str]
) -> tuple[QuotaUse, ...]:
    """Time credited to each group, in order of group.

    `flown` and `reason` go by row of the problem; `priced` are groups that the search knows to
    cost key.
    """
    kept_out = _kept_out(case.problem, flown, reason)
    rows = np.sort(case.problem.order[flown])
    return tuple(
        _use(case, rows, quota, kept_out.get(quota.group, 0), is_priced=quota.group in priced)
        for quota in sorted(case.settings.quotas, key=lambda item: item.group)
    )


def _use(
    case: Case, rows: NDArray[np.intp], quota: Quota, kept_out: int, *, is_priced: bool
) -> QuotaUse:
    contacts = case.candidates.take(rows)
    seconds = seconds_between(contacts.start_utc, contacts.end_utc)
    shares = [dict(item.group_shares).get(quota.group, 0.0) for item in case.stations]
    credited_s = seconds * credited_share(np.array(shares), contacts)
    names = [item.id for item, share in zip(case.stations, shares, strict=True) if share > 0.0]
    return QuotaUse(
        group=quota.group,
        max_share=quota.max_share,
        credited_s=float(credited_s.sum()),
        contact_s=float(seconds.sum()),
        binds=is_priced or kept_out > 0,
        kept_out=kept_out,
        station_ids=tuple(sorted(names)),
    )


def _kept_out(problem: Problem, flown: Mask, reason: NDArray[np.int8]) -> dict[str, int]:
    """By group the passes that its quota alone keeps out; a pass counts for the first group."""
    left = reason == Reason.QUOTA
    counts = {}
    for side in problem.sides:
        rows = left & side.keeps_out(flown)
        counts[side.group] = int(rows.sum())
        left &= ~rows
    return counts
