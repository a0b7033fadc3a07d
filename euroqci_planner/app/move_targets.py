"""Where a contact can go: passes of its satellite over other stations at about the same time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.plan import PassState, Plan
from euroqci_planner.units import FloatArray

NEAR = np.timedelta64(30, "m")
_NO_TIME = np.timedelta64(0, "us")


def move_targets(plan: Plan, row: int) -> dict[str, int]:
    """Row of the pass to fly instead, by station id, for every other station that has one.

    A pass of the same satellite with a usable window and, where keys are known, a key, not
    banned, no further than `NEAR` from the contact. Of several over one station the nearest in
    time, then the one with more expected key, then the earlier one.
    """
    passes = plan.passes
    may = _may_be_flown(plan)
    may &= passes.satellite == passes.satellite[row]
    may &= passes.station != passes.station[row]
    rows = np.flatnonzero(may)
    gap = _gaps(plan, rows, row)
    rows, gap = rows[gap <= NEAR], gap[gap <= NEAR]
    order = np.lexsort((rows, -_expected(plan)[rows], gap.astype(np.int64)))
    found: dict[str, int] = {}
    for target in rows[order].tolist():
        found.setdefault(passes.station_ids[int(passes.station[target])], target)
    return found


def _may_be_flown(plan: Plan) -> NDArray[np.bool_]:
    usable = ~np.isnat(plan.conditions.usable_start_utc)
    allowed = usable & (plan.decisions.state != PassState.BANNED)
    return np.asarray(allowed if plan.keys is None else allowed & (_expected(plan) > 0.0))


def _expected(plan: Plan) -> FloatArray:
    return np.nan_to_num(plan.decisions.key_expected_bits)


def _gaps(plan: Plan, rows: NDArray[np.intp], row: int) -> NDArray[np.timedelta64]:
    """Time between two passes, zero where they overlap."""
    start, end = plan.passes.start_utc, plan.passes.end_utc
    return np.asarray(
        np.maximum(_NO_TIME, np.maximum(start[rows] - end[row], start[row] - end[rows]))
    )
