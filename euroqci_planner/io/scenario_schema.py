"""The scenario file as a whole: its blocks, its version, and its published JSON Schema."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

from euroqci_planner.io.schema_network import (
    CostRecord,
    DemandRecord,
    FibreLinkRecord,
    LinkStoreRecord,
    NodeRecord,
    RequirementRecord,
)
from euroqci_planner.io.schema_payloads import PayloadRecord
from euroqci_planner.io.schema_policy import (
    PolicyRecord,
    ScenarioRecord,
    ScheduleRecord,
    WeatherRecord,
)
from euroqci_planner.io.schema_satellites import (
    ConstellationRecord,
    OrbitFileRecord,
    SatelliteRecord,
)
from euroqci_planner.io.schema_stations import StationRecord
from euroqci_planner.io.schema_types import Record, told

SCHEMA_VERSION = 1
JSON_SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class ScenarioDocument(Record):
    """A scenario of euroqci_planner, schema 1. Units stand in the keys; times carry Z."""

    schema_version: Literal[1] = told("Version of the format; the first key.", alias="schema")
    scenario: ScenarioRecord = told("Name, window and sampling.")
    orbit_file: list[OrbitFileRecord] = told("Files with element sets.", [])
    satellite: list[SatelliteRecord] = told("Satellites, one block each.", [])
    constellation: list[ConstellationRecord] = told("Walker patterns.", [])
    payload: list[PayloadRecord] = told("Transmitting terminals.")
    station: list[StationRecord] = told("Optical ground stations.")
    node: list[NodeRecord] = told("Hubs and users of the network.", [])
    fibre_link: list[FibreLinkRecord] = told("Fibre between nodes and stations.", [])
    link_store: list[LinkStoreRecord] = told("Key at the start.", [])
    demand: list[DemandRecord] = told("Who uses how much key.", [])
    policy: PolicyRecord = told("Security and post-processing.", PolicyRecord())
    schedule: ScheduleRecord = told("How contacts are chosen.", ScheduleRecord())
    weather: WeatherRecord = told("Chance of clear sky.", WeatherRecord())
    requirement: list[RequirementRecord] = told("Checks on the plan.", [])
    cost: list[CostRecord] = told("Prices.", [])


@lru_cache(maxsize=1)
def strict_schema() -> dict[str, Any]:
    """JSON Schema of a scenario in which every catalogue reference has been filled in."""
    return ScenarioDocument.model_json_schema(by_alias=True)


_FROM = "from"
_NESTED_IN_CATALOGUE = {"StationRecord": "receiver", "PayloadRecord": "source"}
_ASKING = ("required", "if", "then", "else")
_NEEDED = ("payload", "station")
_ORBIT_KEYS = ("norad_id", "tle", "orbit")


def scenario_json_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the scenario file as it is written, for editors.

    Times are strings of format `date-time`, as TOML editors see them. Where a block has
    `from`, the fields of the catalogue are not asked for.
    """
    schema: dict[str, Any] = _plain(strict_schema())
    records = schema["$defs"]
    for name in [key for key, record in records.items() if _FROM in record["properties"]]:
        _ask_without_from(records, name)
    for block in _NEEDED:
        schema["properties"][block]["minItems"] = 1
    schema["anyOf"] = [{"required": [block]} for block in ("satellite", "constellation")]
    records["SatelliteRecord"]["oneOf"] = [{"required": [key]} for key in _ORBIT_KEYS]
    return {
        "$schema": JSON_SCHEMA_DIALECT,
        "title": f"euroqci_planner scenario, schema {SCHEMA_VERSION}",
        **schema,
    }


def _plain(node: Any) -> Any:
    """A copy without what only serves Python: titles, nulls, and tags of variants."""
    if isinstance(node, list):
        return [_plain(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: value
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
        and key != "discriminator"
        and not (key == "default" and value is None)
    }
    options = [item for item in kept.get("anyOf", []) if item != {"type": "null"}]
    if len(options) == 1:
        del kept["anyOf"]
        kept = {**options[0], **kept}
    return {key: _plain(value) for key, value in kept.items()}


def _ask_without_from(records: dict[str, Any], name: str) -> None:
    """Make the fields of a record optional where `from` fills them, and those of its table."""
    record = records[name]
    own = [key for key in record["required"] if key in {"id", "a", "b"}]
    asked = [key for key in record["required"] if key not in own]
    record |= {"required": own, "if": {"required": [_FROM]}, "else": {"required": asked}}
    nested = _NESTED_IN_CATALOGUE.get(name)
    if nested is None:
        return
    rule = record["properties"][nested]
    record["properties"][nested] = {"description": rule["description"], "type": "object"}
    variants = [item["$ref"].rpartition("/")[2] for item in rule.get("oneOf", [rule])]
    for variant in variants:
        partial = {key: value for key, value in records[variant].items() if key not in _ASKING}
        records[f"{variant}OverCatalogue"] = partial
    record["else"]["properties"] = {nested: {"oneOf": [_reference(item) for item in variants]}}
    record["then"] = {
        "properties": {nested: {"anyOf": [_reference(f"{item}OverCatalogue") for item in variants]}}
    }


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}
