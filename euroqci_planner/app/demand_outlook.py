"""The next deposits of every demand as named columns, for a table on a screen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from euroqci_planner.mission.key_outlook import KeyOutlook
from euroqci_planner.mission.named_columns import ColumnFormat, ColumnKind, PlanColumns
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.table import locked

OUTLOOK_COLUMNS: Mapping[str, ColumnFormat] = {
    "demand_id": ColumnFormat(ColumnKind.TEXT, "demand that the deposit serves"),
    "key_usable_utc": ColumnFormat(ColumnKind.INSTANT, "when the key can be used"),
    "satellite_id": ColumnFormat(ColumnKind.TEXT, "satellite of the contact"),
    "station_id": ColumnFormat(ColumnKind.TEXT, "station of the contact, both of a direct link"),
    "key_clear_bits": ColumnFormat(ColumnKind.NUMBER, "key in clear sky", "bit", 0),
    "clear_probability": ColumnFormat(ColumnKind.NUMBER, "chance of clear sky", "", 3),
    "main_driver": ColumnFormat(ColumnKind.TEXT, "what holds the demand back most"),
}


def outlook_columns(outlook: KeyOutlook) -> PlanColumns:
    """A row per demand and deposit to come, in order of demand, then time."""
    rows = [(name, item) for name, items in outlook.next_deposits.items() for item in items]
    drivers = outlook.main_drivers
    values = {
        "demand_id": np.array([name for name, _ in rows], dtype=np.str_),
        "key_usable_utc": np.array([item.usable_utc for _, item in rows], dtype="datetime64[us]"),
        "satellite_id": np.array([item.satellite_id for _, item in rows], dtype=np.str_),
        "station_id": np.array([item.stations_text for _, item in rows], dtype=np.str_),
        "key_clear_bits": np.array([item.key_bits for _, item in rows], dtype=np.float64),
        "clear_probability": np.array([item.chance for _, item in rows], dtype=np.float64),
        "main_driver": np.array([drivers.get(name, "") for name, _ in rows], dtype=np.str_),
    }
    frozen = {name: locked(column, column.dtype.str) for name, column in values.items()}
    return PlanColumns(OUTLOOK_COLUMNS, frozen)


def pass_of_deposit(plan: Plan, table: PlanColumns, row: int) -> int | None:
    """Row of the pass whose key a row of `outlook_columns` tells of, None where there is none."""
    passes = plan.passes
    names = np.array(passes.satellite_ids)[passes.satellite] == table["satellite_id"][row]
    names &= np.array(passes.station_ids)[passes.station] == table["station_id"][row]
    found = np.flatnonzero(names & (plan.decisions.key_usable_utc == table["key_usable_utc"][row]))
    return int(found[0]) if len(found) else None
