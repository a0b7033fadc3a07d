"""Two plans side by side: their totals, and those of each satellite and each station."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_totals import (
    Totals,
    goal_gap,
    plan_totals,
    satellite_totals,
    station_totals,
)
from euroqci_planner.mission.table import Table, column
from euroqci_planner.units import FloatArray


class Better(StrEnum):
    """Which direction of a change is wanted."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Figure:
    """One total of two plans; `unit` is '' for a count, 'bit', 's' or '%'.

    `better` says which direction is wanted.
    """

    name: str
    unit: str
    old: float
    new: float
    better: Better

    @property
    def difference(self) -> float:
        """New minus old."""
        return self.new - self.old


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PartDifference(Table):
    """Contacts and expected key of each satellite or station in two plans.

    What one of the plans lacks counts as nothing there. Bits are NaN where a plan has no keys.
    """

    names: tuple[str, ...]
    index: NDArray[np.intp] = column("intp")
    old_contacts: NDArray[np.int64] = column("int64")
    new_contacts: NDArray[np.int64] = column("int64")
    old_bits: FloatArray = column("float64")
    new_bits: FloatArray = column("float64")


def compared_figures(old: Plan, new: Plan) -> tuple[Figure, ...]:
    """Totals of both plans, most wanted first."""
    a, b = plan_totals(old), plan_totals(new)
    return (
        Figure("expected key", "bit", a.all_expected_bits, b.all_expected_bits, Better.MORE),
        Figure("key in clear sky", "bit", a.all_clear_bits, b.all_clear_bits, Better.MORE),
        Figure("contacts", "", a.contacts, b.contacts, Better.MORE),
        Figure("time in contact", "s", a.contact_s, b.contact_s, Better.NEITHER),
        Figure("usable passes", "", a.usable_passes, b.usable_passes, Better.MORE),
        Figure("passes", "", a.passes, b.passes, Better.NEITHER),
        Figure(
            "gap to the bound",
            "%",
            100.0 * goal_gap(old),
            100.0 * goal_gap(new),
            Better.NEITHER,
        ),
    )


def compared_satellites(old: Plan, new: Plan) -> PartDifference:
    """Satellites of the new plan in its order, then those that only the old one has."""
    return _parts(satellite_totals(old), satellite_totals(new))


def compared_stations(old: Plan, new: Plan) -> PartDifference:
    """Stations of the new plan in its order, then those that only the old one has."""
    return _parts(station_totals(old), station_totals(new))


def _parts(old: Mapping[str, Totals], new: Mapping[str, Totals]) -> PartDifference:
    names = tuple(dict.fromkeys((*new, *old)))
    return PartDifference(
        names=names,
        index=np.arange(len(names)),
        old_contacts=np.array([old[name].contacts if name in old else 0 for name in names]),
        new_contacts=np.array([new[name].contacts if name in new else 0 for name in names]),
        old_bits=np.array([old[name].all_expected_bits if name in old else 0.0 for name in names]),
        new_bits=np.array([new[name].all_expected_bits if name in new else 0.0 for name in names]),
    )
