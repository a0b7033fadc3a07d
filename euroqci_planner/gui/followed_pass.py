"""Whether the selected pass is another one: a new plan numbers the same passes anew."""

from __future__ import annotations

import numpy as np

from euroqci_planner.mission.plan import Plan

_SAME_WITHIN = np.timedelta64(60, "s")


class FollowedPass:
    """Remembers the pass that a view followed last."""

    def __init__(self) -> None:
        """None yet."""
        self._names: tuple[str, str] = ("", "")
        self._highest: np.datetime64 = np.datetime64("NaT", "us")

    def is_another(self, plan: Plan, row: int) -> bool:
        """Whether this is not the pass of the last call; it is remembered for the next one."""
        passes = plan.passes
        names = passes.satellite_ids[passes.satellite[row]], passes.station_ids[passes.station[row]]
        highest = passes.highest_utc[row]
        is_same = names == self._names and abs(highest - self._highest) < _SAME_WITHIN
        self._names, self._highest = names, highest
        return not is_same
