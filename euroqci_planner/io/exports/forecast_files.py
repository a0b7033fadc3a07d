"""Files of a forecast: what `forecast --out` writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from euroqci_planner.io.exports.assurance_json import requirements_plain
from euroqci_planner.io.exports.csv_files import csv_bytes, table_bytes
from euroqci_planner.io.exports.outlook_json import outlook_plain
from euroqci_planner.io.exports.plain_text import json_bytes
from euroqci_planner.mission.key_course import ClassShortage, DemandOutcome
from euroqci_planner.mission.network_columns import demands_columns, stores_columns
from euroqci_planner.mission.plan import Plan
from euroqci_planner.units import SECONDS_PER_DAY

SCHEMA_VERSION = 1
PLANNED, SWITCHED = "planned", "switched"
_COLUMNS = (
    "case", "demand_id", "a", "b", "class", "requested_bits", "served_bits", "unserved_bits",
    "p_empty", "days_to_empty_p50", "days_to_empty_p10", "availability", "wanted_availability",
    "expired_bits", "main_driver",
)  # fmt: skip
_DECIMALS = 6


def forecast_files(planned: Plan, switched: Plan | None, what: str) -> dict[str, bytes]:
    """Content by file name; `what` says in words what was switched.

    `stores.csv` and `demands.csv` are those of the case that was asked about: the switched one
    where there is one.
    """
    last = planned if switched is None else switched
    files = {
        "forecast.csv": csv_bytes(_COLUMNS, list(_rows(planned, switched))),
        "forecast.json": json_bytes(_plain(planned, switched, what)),
    }
    stores = last.forecast or last.course
    if stores is not None:
        files["stores.csv"] = table_bytes(stores_columns(stores.stores))
        files["demands.csv"] = table_bytes(demands_columns(stores.demands))
    return files


def _cases(planned: Plan, switched: Plan | None) -> Iterator[tuple[str, Plan]]:
    yield PLANNED, planned
    if switched is not None:
        yield SWITCHED, switched


def _rows(planned: Plan, switched: Plan | None) -> Iterator[list[str | float | None]]:
    for case, plan in _cases(planned, switched):
        stores = plan.forecast or plan.course
        if stores is None:
            continue
        for row in range(len(stores.demands)):
            figures = _figures(plan, stores.demands, row)
            yield [case, *(figures[name] for name in _COLUMNS[1:])]


def _figures(plan: Plan, demands: DemandOutcome, row: int) -> dict[str, str | float | None]:
    drivers = {} if plan.outlook is None else plan.outlook.main_drivers
    name = demands.demand_ids[row]
    return {
        "demand_id": name,
        "a": demands.a[row],
        "b": demands.b[row],
        "class": demands.classes[row],
        "requested_bits": round(float(demands.requested_bits[row])),
        "served_bits": round(float(demands.served_bits[row])),
        "unserved_bits": round(float(demands.unserved_bits[row])),
        "p_empty": round(float(demands.p_empty[row]), _DECIMALS),
        "days_to_empty_p50": round(float(demands.time_to_empty_s[row]) / SECONDS_PER_DAY, 4),
        "days_to_empty_p10": round(float(demands.time_to_empty_p10_s[row]) / SECONDS_PER_DAY, 4),
        "availability": round(float(demands.availability[row]), _DECIMALS),
        "wanted_availability": round(float(demands.wanted_availability[row]), _DECIMALS),
        "expired_bits": round(float(demands.expired_bits[row])),
        "main_driver": drivers.get(name, ""),
    }


def _plain(planned: Plan, switched: Plan | None, what: str) -> dict[str, Any]:
    scenario = planned.scenario
    return {
        "schema_version": SCHEMA_VERSION,
        "content": "forecast",
        "marking": scenario.marking,
        "scenario": scenario.name,
        "start_utc": scenario.start_utc,
        "end_utc": scenario.end_utc,
        "switches": what,
        "cases": {case: _case(plan) for case, plan in _cases(planned, switched)},
    }


def _case(plan: Plan) -> dict[str, Any]:
    stores = plan.forecast or plan.course
    demands = None if stores is None else stores.demands
    rows = 0 if demands is None else len(demands)
    return {
        "members": None if plan.forecast is None else plan.forecast.members,
        "contacts": len(plan.contact_rows),
        "demands": [] if demands is None else [_figures(plan, demands, row) for row in range(rows)],
        "unserved_by_class": None if plan.forecast is None else _classes(plan.forecast.shortage),
        "outlook": outlook_plain(plan.outlook),
        "requirements": requirements_plain(plan),
        "warnings": list(plan.warnings),
    }


def _classes(shortage: ClassShortage) -> dict[str, Any]:
    return {
        name: {
            "requested_bits": round(float(shortage.requested_bits[row])),
            "mean_bits": round(float(shortage.mean_bits[row]), 1),
            "p50_bits": round(float(shortage.p50_bits[row])),
            "p90_bits": round(float(shortage.p90_bits[row])),
            "p_short": float(shortage.p_short[row]),
        }
        for row, name in enumerate(shortage.classes)
    }
