"""Checks that a plan must meet, and what came of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Metric(StrEnum):
    """The figure that a requirement looks at; limits are in the unit of the name."""

    AVAILABILITY = "availability"
    P_EMPTY = "p_empty"
    KEY_PER_DAY = "key_per_day_kbit"
    CONTACTS_PER_WEEK = "contacts_per_week"

    @property
    def unit(self) -> str:
        """Unit of figure and limit; '' for a fraction."""
        return _UNITS[self]


_UNITS: Mapping[Metric, str] = {
    Metric.AVAILABILITY: "",
    Metric.P_EMPTY: "",
    Metric.KEY_PER_DAY: "kbit/d",
    Metric.CONTACTS_PER_WEEK: "1/week",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A check: the figure of `metric` is at least (`is_floor`) or at most `limit`.

    `demand_id` names whose figure it is; '' for that of the whole plan.
    """

    id: str
    metric: Metric
    limit: float
    is_floor: bool
    demand_id: str = ""

    def is_met_by(self, figure: float) -> bool:
        """Whether the figure keeps the limit; an absent figure (NaN) never does."""
        return figure >= self.limit if self.is_floor else figure <= self.limit

    @property
    def limit_text(self) -> str:
        """`at least 0.95`, `at most 3 1/week`."""
        word = "at least" if self.is_floor else "at most"
        return f"{word} {self.limit:g} {self.metric.unit}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What came of one requirement; `figure` is NaN where the plan has none.

    `evidence` says in a sentence where the figure comes from.
    """

    requirement: Requirement
    figure: float
    evidence: str

    @property
    def is_met(self) -> bool:
        """Whether the plan passes the check."""
        return self.requirement.is_met_by(self.figure)

    @property
    def verdict(self) -> str:
        """`pass` or `fail`."""
        return "pass" if self.is_met else "fail"

    @property
    def figure_text(self) -> str:
        """The figure with its unit, or that there is none."""
        if not np.isfinite(self.figure):
            return "no figure"
        return f"{self.figure:.6g} {self.requirement.metric.unit}".rstrip()
