"""`tables.meta.json`: marking, units and meaning of the CSV files beside it.

The CSV files hold nothing but their columns. What belongs to them stands here, in the vocabulary
of W3C *Metadata Vocabulary for Tabular Data* (2015): `dc:rights` is the marking.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from euroqci_planner.io.exports.plain_text import json_bytes
from euroqci_planner.mission.named_columns import ColumnFormat, ColumnKind, PlanColumns
from euroqci_planner.mission.plan import Plan

FILE_NAME = "tables.meta.json"

_DATATYPES: Mapping[ColumnKind, str] = {
    ColumnKind.TEXT: "string",
    ColumnKind.INSTANT: "dateTime",
    ColumnKind.NUMBER: "decimal",
}
_PRIMARY_KEYS: Mapping[str, Any] = {
    "pair_contacts.csv": "contact_id",
    "stores.csv": ["kind", "a", "b", "time_utc"],
    "demands.csv": "demand_id",
    "requirements.csv": "requirement_id",
    "security.csv": ["a", "b"],
}
_ALWAYS_THERE = ("pass_id", "contact_id", "satellite_id", "station_id", "state")


def tables_meta_bytes(
    plan: Plan, tables: Mapping[str, PlanColumns], rows: Mapping[str, int] | None = None
) -> bytes:
    """The metadata file for CSV files given by file name.

    `rows` are the rows of files whose tables went by in parts.
    """
    counts = {name: table.rows for name, table in tables.items()} | dict(rows or {})
    return json_bytes(
        {
            "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
            "dc:title": plan.scenario.name,
            "dc:rights": plan.scenario.marking,
            "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "header": True},
            "notes": [
                "Text cells that a spreadsheet would take for a formula carry a leading apostrophe."
            ],
            "tables": [_table(name, table, counts[name]) for name, table in tables.items()],
        }
    )


def _table(name: str, table: PlanColumns, rows: int) -> dict[str, Any]:
    return {
        "url": name,
        "notes": [{"rows": rows}],
        "tableSchema": {
            "columns": [_column(column, shape) for column, shape in table.formats.items()],
            "primaryKey": _PRIMARY_KEYS.get(name, "pass_id"),
        },
    }


def _column(name: str, shape: ColumnFormat) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": name,
        "titles": name,
        "datatype": _DATATYPES[shape.kind],
        "dc:description": shape.meaning,
    }
    if shape.unit:
        entry["schema:unitText"] = shape.unit
    if name in _ALWAYS_THERE:
        entry["required"] = True
    return entry
