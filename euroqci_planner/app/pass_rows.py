"""The passes of a plan as a table that can be ordered and filtered in milliseconds.

Texts that repeat (satellite, station, state, reason) are kept once, with a number per row, so that
a hundred thousand passes are ordered and searched by numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.table_order import instant_numbers
from euroqci_planner.mission.named_columns import ColumnKind, PlanColumns
from euroqci_planner.mission.pass_table import EclipseState
from euroqci_planner.mission.plan import REASON_TEXTS, PassState, Plan, Reason
from euroqci_planner.mission.plan_columns import passes_columns
from euroqci_planner.units import FloatArray

MaskArray = NDArray[np.bool_]

STATE_NAMES = tuple(state.name.lower() for state in PassState)
REASON_NAMES = tuple(REASON_TEXTS[reason] for reason in Reason)
LIGHT_NAMES = tuple(state.name.lower() for state in EclipseState)


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """A text column that repeats itself: row k reads `names[codes[k]]`."""

    names: tuple[str, ...]
    codes: NDArray[np.integer]

    def where(self, test: Callable[[str], bool]) -> MaskArray:
        """Rows whose text passes the test; each text is asked once."""
        if not self.names:
            return np.zeros(len(self.codes), dtype=np.bool_)
        return np.asarray(np.array([test(name) for name in self.names])[self.codes])

    def ranks(self) -> FloatArray:
        """Alphabetic place of each row's text, whatever its case; NaN for an empty one."""
        if not self.names:
            return np.zeros(len(self.codes))
        order = sorted(range(len(self.names)), key=lambda k: (self.names[k].casefold(), k))
        place = np.empty(len(self.names))
        place[order] = np.arange(len(self.names))
        place[[not name for name in self.names]] = np.nan
        return np.asarray(place[self.codes])


class PassRows:
    """Every pass of a plan, row for row with `plan.passes`, ready to be ordered and filtered.

    `columns` are the columns of `passes.csv`. What they lack where the planning window cuts a
    pass (rise, culmination, set) is taken for the order from what is seen of the pass.
    """

    def __init__(self, plan: Plan) -> None:
        """Compute the columns once."""
        self.plan = plan
        self.columns: PlanColumns = passes_columns(plan)
        self._keys: dict[str, FloatArray] = {}

    def __len__(self) -> int:
        """Number of passes."""
        return len(self.plan.passes)

    @cached_property
    def labels(self) -> Mapping[str, Labels]:
        """Columns of few different texts."""
        passes, decisions = self.plan.passes, self.plan.decisions
        return {
            "satellite_id": Labels(passes.satellite_ids, passes.satellite),
            "station_id": Labels(passes.station_ids, passes.station),
            "eclipse_state": Labels(LIGHT_NAMES, self.plan.conditions.eclipse_state),
            "state": Labels(STATE_NAMES, decisions.state),
            "reason": Labels(REASON_NAMES, decisions.reason),
            "partner_station_id": Labels((*passes.station_ids, ""), decisions.partner),
        }

    @cached_property
    def folded_ids(self) -> NDArray[np.str_]:
        """Identity of each pass in small letters, for the search."""
        return np.char.lower(self.columns["pass_id"])

    def sort_values(self, column: str) -> FloatArray:
        """Numbers that order the rows as `column` does; NaN stands last in either direction."""
        if column not in self._keys:
            self._keys[column] = self._sort_values(column)
        return self._keys[column]

    def _sort_values(self, column: str) -> FloatArray:
        if column in self.labels:
            return self.labels[column].ranks()
        if column == "pass_id":
            return self._identity_places()
        if column == "blocked_by":
            blocker = self.plan.decisions.blocked_by
            places = self.sort_values("pass_id")
            return np.where(blocker >= 0, places[np.maximum(blocker, 0)], np.nan)
        if self.columns.formats[column].kind is ColumnKind.INSTANT:
            return instant_numbers(self._standing(column))
        return np.asarray(self.columns[column], dtype=np.float64)

    def _identity_places(self) -> FloatArray:
        """Place by satellite, station and time: the order in which the identities read."""
        passes = self.plan.passes
        names = [self.labels[name].ranks() for name in ("station_id", "satellite_id")]
        order = np.lexsort((passes.highest_utc.astype(np.int64), *names))
        places = np.empty(len(order))
        places[order] = np.arange(len(order))
        return places

    def _standing(self, column: str) -> NDArray[np.datetime64]:
        """Instants that stand for every pass where the border of the window cuts one."""
        passes = self.plan.passes
        whole = {
            "rise_utc": passes.start_utc,
            "culmination_utc": passes.highest_utc,
            "set_utc": passes.end_utc,
        }
        return whole.get(column, self.columns[column])
