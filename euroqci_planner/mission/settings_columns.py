"""Protocol settings of the contacts as named columns: what an operator uploads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from euroqci_planner.mission.key_details import INTENSITIES
from euroqci_planner.mission.named_columns import Column, ColumnFormat, ColumnKind, PlanColumns
from euroqci_planner.mission.plan import Plan

SETTINGS_COLUMNS: Mapping[str, ColumnFormat] = {
    "pass_id": ColumnFormat(ColumnKind.TEXT, "pass of the plan"),
    "satellite_id": ColumnFormat(ColumnKind.TEXT, "satellite of the scenario"),
    "station_id": ColumnFormat(ColumnKind.TEXT, "optical ground station of the scenario"),
    "payload_id": ColumnFormat(ColumnKind.TEXT, "payload of the scenario"),
    "start_utc": ColumnFormat(ColumnKind.INSTANT, "start of the contact", "UTC"),
    **{
        f"{name}_intensity": ColumnFormat(
            ColumnKind.NUMBER, f"mean photon number of the {name} pulses", "", 6
        )
        for name in INTENSITIES
    },
    **{
        f"{name}_probability": ColumnFormat(
            ColumnKind.NUMBER, f"share of the {name} pulses, a fraction", "", 6
        )
        for name in INTENSITIES
    },
    "key_basis_probability": ColumnFormat(
        ColumnKind.NUMBER, "share of the key basis at the sender, a fraction", "", 6
    ),
    "receiver_key_basis_probability": ColumnFormat(
        ColumnKind.NUMBER, "share of the key basis at the receiver, a fraction", "", 6
    ),
}


def settings_columns(plan: Plan, contacts: PlanColumns) -> PlanColumns | None:
    """Settings per contact, row for row with `contacts`; None where the plan has no details."""
    details = plan.key_details
    if details is None:
        return None
    rows = plan.contact_rows
    payloads = np.array([item.payload.id for item in plan.scenario.satellites] or [""])
    columns: dict[str, Column] = {
        name: contacts[name] for name in ("pass_id", "satellite_id", "station_id")
    }
    columns["payload_id"] = payloads[plan.passes.satellite[rows]]
    columns["start_utc"] = contacts["start_utc"]
    for kind in ("intensities", "probabilities"):
        word = "intensity" if kind == "intensities" else "probability"
        for level, name in enumerate(INTENSITIES):
            columns[f"{name}_{word}"] = getattr(details, kind)[rows, level]
    for name in ("key_basis_probability", "receiver_key_basis_probability"):
        columns[name] = getattr(details, name)[rows]
    return PlanColumns(SETTINGS_COLUMNS, columns)
