"""`summary.json`: what the plan amounts to, what limits it, and what it was made from."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from euroqci_planner.io.exports.assurance_json import requirements_plain, security_plain
from euroqci_planner.io.exports.key_plain import pooling_plain, settings_plain
from euroqci_planner.io.exports.outlook_json import outlook_plain
from euroqci_planner.io.exports.plain_text import json_bytes
from euroqci_planner.io.exports.schedule_json import schedule_plain
from euroqci_planner.mission.key_yield import EpsilonLedger
from euroqci_planner.mission.orbits import ElementSet
from euroqci_planner.mission.plan import Plan, SatelliteOutcome, is_flown
from euroqci_planner.mission.plan_totals import (
    Totals,
    limits,
    plan_totals,
    satellite_totals,
    station_totals,
)
from euroqci_planner.timebase import iso_text, seconds_between
from euroqci_planner.units import SECONDS_PER_DAY

FILE_NAME = "summary.json"
SCHEMA_VERSION = 1

_SECONDS_DECIMALS = 3
_BITS_DECIMALS = 1
_DAYS_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class FileDigest:
    """What the summary says of a file that is not kept in memory."""

    sha256: str
    bytes: int


Files = Mapping[str, "bytes | FileDigest"]


def summary_bytes(plan: Plan, files: Files) -> bytes:
    """The summary as strict JSON; `files` are the other files of the folder, by name.

    Keys stand in a fixed order, absent numbers are null, nothing depends on when or where the
    plan was made.
    """
    return json_bytes(summary(plan, files))


def summary(plan: Plan, files: Files) -> dict[str, Any]:
    """The summary as nested plain data (instants as `datetime64`, absent numbers as NaN)."""
    return {
        "schema_version": SCHEMA_VERSION,
        "content": "passes" if plan.keys is None else "plan",
        "marking": plan.scenario.marking,
        "scenario": _scenario(plan),
        "totals": _totals(plan_totals(plan)),
        "pair_contacts": _pair_contacts(plan),
        "schedule": None if plan.keys is None else schedule_plain(plan),
        "limits": _limits(plan),
        "satellites": _satellites(plan),
        "stations": _stations(plan),
        "key_settings": [settings_plain(item) for item in plan.key_settings],
        "pooling": None if plan.pooling is None else pooling_plain(plan.pooling),
        "key_stores": _key_stores(plan),
        "outlook": outlook_plain(plan.outlook),
        "requirements": requirements_plain(plan),
        "security": security_plain(plan),
        "warnings": list(plan.warnings),
        "import_report": [asdict(record) for record in plan.import_report],
        "models": [asdict(model) for model in plan.models],
        "epsilon_ledgers": {name: _ledger(item) for name, item in sorted(plan.ledgers.items())},
        "inputs": [asdict(item) for item in plan.scenario.inputs],
        "files": {name: _digest(content) for name, content in sorted(files.items())},
        "provenance": plan.provenance,
    }


def _key_stores(plan: Plan) -> dict[str, Any] | None:
    """What every store held, got and gave, to the bit, and how short the demands came."""
    if plan.course is None:
        return None
    ledger, demands = plan.course.ledger, (plan.forecast or plan.course).demands
    names = [f"{item.kind.value} {item.a} {item.b}" for item in ledger.stores]
    balance = {
        store: {name: int(getattr(ledger, name)[row]) for name in ledger.column_names()}
        for row, store in enumerate(names)
    }
    return {
        "forecast_members": None if plan.forecast is None else plan.forecast.members,
        "unserved_bits": dict(zip(demands.demand_ids, demands.unserved_bits.tolist(), strict=True)),
        "ledger": balance,
    }


def _scenario(plan: Plan) -> dict[str, Any]:
    scenario = plan.scenario
    return {
        "name": scenario.name,
        "description": scenario.description,
        "start_utc": scenario.start_utc,
        "end_utc": scenario.end_utc,
        "duration_days": round(scenario.duration_s / SECONDS_PER_DAY, 9),
        "issued_utc": scenario.issued_utc,
        "step_s": scenario.step_s,
        "seed": scenario.seed,
    }


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        "passes": totals.passes,
        "usable_passes": totals.usable_passes,
        "contacts": totals.contacts,
        "contact_s": round(totals.contact_s, _SECONDS_DECIMALS),
        "key_clear_bits": round(totals.key_clear_bits, _BITS_DECIMALS),
        "key_expected_bits": round(totals.key_expected_bits, _BITS_DECIMALS),
    }


def _pair_contacts(plan: Plan) -> dict[str, Any] | None:
    """Contacts of two stations with one source: in all, and between which stations."""
    contacts, totals = plan.pair_contacts, plan_totals(plan)
    if contacts is None:
        return None
    links: dict[tuple[str, str], list[float]] = {}
    flown = contacts.take(is_flown(contacts.state))
    for row in range(len(flown)):
        ends = flown.station_ids[flown.station_a[row]], flown.station_ids[flown.station_b[row]]
        links.setdefault(ends, []).append(float(np.nan_to_num(flown.key_expected_bits[row])))
    return {
        "candidates": len(contacts),
        "contacts": totals.pair_contacts,
        "contact_s": round(
            float(np.sum(seconds_between(flown.start_utc, flown.end_utc))), _SECONDS_DECIMALS
        ),
        "key_clear_bits": round(totals.pair_clear_bits, _BITS_DECIMALS),
        "key_expected_bits": round(totals.pair_expected_bits, _BITS_DECIMALS),
        "links": [
            {
                "a": a,
                "b": b,
                "contacts": len(bits),
                "key_expected_bits": round(math.fsum(bits), _BITS_DECIMALS),
            }
            for (a, b), bits in sorted(links.items())
        ],
    }


def _limits(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "reason": limit.text,
            "passes": limit.passes,
            "key_clear_bits": round(limit.key_clear_bits, _BITS_DECIMALS),
            "key_expected_bits": round(limit.key_expected_bits, _BITS_DECIMALS),
        }
        for limit in limits(plan)
    ]


def _satellites(plan: Plan) -> list[dict[str, Any]]:
    totals = satellite_totals(plan)
    known = {satellite.id: satellite for satellite in plan.scenario.satellites}
    rows = []
    for outcome in plan.outcomes:
        satellite = known[outcome.satellite_id]
        orbit = satellite.orbit
        designed = not isinstance(orbit, ElementSet) or orbit.is_design
        rows.append(
            {
                "id": satellite.id,
                "name": satellite.name,
                "norad_id": None if designed else outcome.norad_id,
                **_totals(totals[satellite.id]),
                "problem": outcome.problem,
                "elements": _elements(plan, outcome, designed=designed),
            }
        )
    return rows


def _elements(plan: Plan, outcome: SatelliteOutcome, *, designed: bool) -> dict[str, Any]:
    """Age at both ends of the window; a design orbit has no age."""
    scenario = plan.scenario
    ages = seconds_between(outcome.epoch_utc, np.array([scenario.start_utc, scenario.end_utc]))
    days = [
        None if designed else round(float(age) / SECONDS_PER_DAY, _DAYS_DECIMALS) for age in ages
    ]
    return {
        "source": outcome.elements,
        "epoch_utc": iso_text(outcome.epoch_utc, "us") or None,
        "age_at_start_days": days[0],
        "age_at_end_days": days[1],
        "usable_from_utc": outcome.usable_from_utc,
        "usable_until_utc": outcome.usable_until_utc,
    }


def _stations(plan: Plan) -> list[dict[str, Any]]:
    totals = station_totals(plan)
    return [
        {"id": item.id, "name": item.name, "country": item.country, **_totals(totals[item.id])}
        for item in plan.scenario.stations
    ]


def _ledger(ledger: EpsilonLedger) -> dict[str, Any]:
    return {
        "proof": ledger.proof,
        "total": ledger.total,
        "shares": [
            {
                "purpose": share.purpose,
                "uses": share.uses,
                "epsilon_each": share.epsilon_each,
                "epsilon": share.epsilon,
            }
            for share in ledger.shares
        ],
    }


def _digest(content: bytes | FileDigest) -> dict[str, Any]:
    if isinstance(content, FileDigest):
        return asdict(content)
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
