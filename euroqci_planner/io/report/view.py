"""What every part of the report looks at: the plan, and what is derived from it once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.io.report.display import bits_text
from euroqci_planner.io.report.satellite_styles import SatelliteStyle, satellite_styles
from euroqci_planner.mission.assets import Satellite, Station
from euroqci_planner.mission.named_columns import PlanColumns
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.plan_columns import columns_of_passes
from euroqci_planner.timebase import seconds_between
from euroqci_planner.units import FloatArray

MOST_SINGLE_MARKS = 500
_LONGEST_NAME = 18


@dataclass(frozen=True, slots=True)
class View:
    """A plan as the report sees it.

    `usable` and `contacts` are the columns of the files for the passes that can be used and for
    those that are flown; `contact_rows` are the rows of the flown passes in the plan,
    `flown_usable` those in `usable`. The labels are what plots and tables call satellites and
    stations: the names where all of them are short, else the ids.
    """

    plan: Plan
    usable: PlanColumns
    contacts: PlanColumns
    contact_rows: NDArray[np.intp]
    flown_usable: NDArray[np.intp]
    satellites: Mapping[str, Satellite]
    stations: Mapping[str, Station]
    styles: Mapping[str, SatelliteStyle]
    satellite_labels: Mapping[str, str]
    station_labels: Mapping[str, str]

    @classmethod
    def of(cls, plan: Plan, contacts: PlanColumns, pass_ids: NDArray[np.str_]) -> View:
        """Look up what the parts need."""
        rows = np.flatnonzero(~np.isnat(plan.conditions.usable_start_utc))
        return cls(
            plan=plan,
            usable=columns_of_passes(plan, rows, pass_ids),
            contacts=contacts,
            contact_rows=plan.contact_rows,
            flown_usable=np.searchsorted(rows, plan.contact_rows),
            satellites={item.id: item for item in plan.scenario.satellites},
            stations={item.id: item for item in plan.scenario.stations},
            styles=satellite_styles(plan),
            satellite_labels=_labels({item.id: item.name for item in plan.scenario.satellites}),
            station_labels=_labels({item.id: item.name for item in plan.scenario.stations}),
        )

    def window_s(self, instants_utc: NDArray[np.datetime64]) -> FloatArray:
        """Seconds after the start of the planning window; NaN for not-a-time."""
        return seconds_between(self.plan.scenario.start_utc, instants_utc)

    def contact_title(self, row: int) -> str:
        """One line about a contact, for tooltips."""
        satellite = self.satellite_labels[str(self.contacts["satellite_id"][row])]
        station = self.station_labels[str(self.contacts["station_id"][row])]
        start = str(self.contacts["start_utc"][row].astype("datetime64[s]")).replace("T", " ")
        elevation = float(self.contacts["max_elevation_deg"][row])
        bits = float(self.contacts["key_expected_bits"][row])
        return f"{satellite} over {station}, {start} UTC, {elevation:.1f}\u00b0, {bits_text(bits)}"


def _labels(names: Mapping[str, str]) -> Mapping[str, str]:
    """Label by id; ids where a name is too long, missing, or not the only one of its kind."""
    usable = all(0 < len(name) <= _LONGEST_NAME for name in names.values())
    if usable and len(set(names.values())) == len(names):
        return names
    return {key: key for key in names}
