"""The comparison of two plans as tables of named columns in file units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from euroqci_planner.app.plan_changes import NO_ROW, PlanChanges, matched_rows
from euroqci_planner.app.plan_comparison import Figure, PartDifference
from euroqci_planner.mission.named_columns import ColumnFormat, ColumnKind, PlanColumns
from euroqci_planner.mission.plan import Plan

_TEXT, _NUMBER, _INSTANT = ColumnKind.TEXT, ColumnKind.NUMBER, ColumnKind.INSTANT

FIGURE_COLUMNS: Mapping[str, ColumnFormat] = {
    "quantity": ColumnFormat(_TEXT, "total of a plan"),
    "unit": ColumnFormat(_TEXT, "unit of the row"),
    "kept": ColumnFormat(_NUMBER, "in the plan that is kept for comparison", decimals=3),
    "now": ColumnFormat(_NUMBER, "in the plan shown", decimals=3),
    "difference": ColumnFormat(_NUMBER, "plan shown minus plan kept", decimals=3),
}
PART_COLUMNS: Mapping[str, ColumnFormat] = {
    "id": ColumnFormat(_TEXT, "satellite or station"),
    "kept_contacts": ColumnFormat(_NUMBER, "contacts in the plan kept"),
    "now_contacts": ColumnFormat(_NUMBER, "contacts in the plan shown"),
    "contacts_difference": ColumnFormat(_NUMBER, "contacts: shown minus kept"),
    "kept_bits": ColumnFormat(_NUMBER, "expected key in the plan kept", "bit", 1),
    "now_bits": ColumnFormat(_NUMBER, "expected key in the plan shown", "bit", 1),
    "bits_difference": ColumnFormat(_NUMBER, "expected key: shown minus kept", "bit", 1),
}
CHANGE_COLUMNS: Mapping[str, ColumnFormat] = {
    "change": ColumnFormat(_TEXT, "gained, lost or moved"),
    "satellite_id": ColumnFormat(_TEXT, "satellite of the contact"),
    "station_id": ColumnFormat(_TEXT, "station that flies it, or flew it"),
    "kept_station_id": ColumnFormat(_TEXT, "station in the plan kept"),
    "start_utc": ColumnFormat(_INSTANT, "start of the contact, of a lost one as it was", "UTC"),
    "end_utc": ColumnFormat(_INSTANT, "end of the contact", "UTC"),
    "bits_difference": ColumnFormat(_NUMBER, "change of expected key", "bit", 1),
}


def figure_columns(figures: Sequence[Figure]) -> PlanColumns:
    """Totals of both plans, a row per quantity."""
    return PlanColumns(
        FIGURE_COLUMNS,
        {
            "quantity": np.array([item.name for item in figures], dtype=np.str_),
            "unit": np.array([item.unit for item in figures], dtype=np.str_),
            "kept": np.array([item.old for item in figures], dtype=np.float64),
            "now": np.array([item.new for item in figures], dtype=np.float64),
            "difference": np.array([item.difference for item in figures], dtype=np.float64),
        },
    )


def part_columns(parts: PartDifference) -> PlanColumns:
    """Contacts and key of each satellite or station in both plans."""
    return PlanColumns(
        PART_COLUMNS,
        {
            "id": np.array(parts.names, dtype=np.str_),
            "kept_contacts": parts.old_contacts.astype(np.float64),
            "now_contacts": parts.new_contacts.astype(np.float64),
            "contacts_difference": (parts.new_contacts - parts.old_contacts).astype(np.float64),
            "kept_bits": parts.old_bits,
            "now_bits": parts.new_bits,
            "bits_difference": parts.new_bits - parts.old_bits,
        },
    )


def change_columns(changes: PlanChanges) -> PlanColumns:
    """Contacts gained, lost and moved, in order of time."""
    items = changes.contacts
    return PlanColumns(
        CHANGE_COLUMNS,
        {
            "change": np.array([str(item.change) for item in items], dtype=np.str_),
            "satellite_id": np.array([item.satellite_id for item in items], dtype=np.str_),
            "station_id": np.array([item.station_id for item in items], dtype=np.str_),
            "kept_station_id": np.array([item.old_station_id for item in items], dtype=np.str_),
            "start_utc": np.array([item.start_utc for item in items], dtype="datetime64[us]"),
            "end_utc": np.array([item.end_utc for item in items], dtype="datetime64[us]"),
            "bits_difference": np.array([item.key_expected_bits for item in items], np.float64),
        },
    )


def rows_now(changes: PlanChanges, old: Plan, new: Plan) -> tuple[int | None, ...]:
    """Row of the new plan's passes behind each change, None where the pass is gone altogether."""
    match = matched_rows(old, new)

    def row(old_row: int, new_row: int) -> int | None:
        found = new_row if new_row != NO_ROW else int(match[old_row])
        return None if found == NO_ROW else found

    return tuple(row(item.old_row, item.new_row) for item in changes.contacts)
