"""The scenario as forms: which blocks and records there are, and the fields of a record.

Everything follows from the schema of the file door, so that a form knows the keys, units, limits,
words and descriptions that the file knows, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from euroqci_planner.io.catalogue import load_catalogue
from euroqci_planner.io.scenario_merge import filled_from_catalogue
from euroqci_planner.io.scenario_places import ABSENT, value_at
from euroqci_planner.io.scenario_schema import strict_schema
from euroqci_planner.io.schema_node import SchemaNode, node_at
from euroqci_planner.io.toml_edits import value_text
from euroqci_planner.io.toml_locator import Path

_HIDDEN = ("schema",)
_UNITS: Mapping[str, str] = {
    "_mag_arcsec2": "mag/arcsec²",
    "_urad": "µrad",
    "_deg": "°",
    "_arcsec": "arcsec",
    "_nm_rms": "nm rms",
    "_nm": "nm",
    "_mm": "mm",
    "_km": "km",
    "_um": "µm",
    "_m2": "m²",
    "_m": "m",
    "_mhz": "MHz",
    "_hz": "Hz",
    "_ns": "ns",
    "_ps": "ps",
    "_s": "s",
    "_min": "min",
    "_hours": "h",
    "_h": "h",
    "_days": "d",
    "_db": "dB",
    "_bps": "bit/s",
    "_kbit": "kbit",
    "_mbit": "Mbit",
    "_bits": "bit",
    "_du": "DU",
    "_utc": "UTC",
    "_meur": "M€",
}
# What counts for a demand that says nothing stands in the policy, under the same key.
_OF_POLICY = ("relay_paths",)
_WORDS: Mapping[str, str] = {
    "id": "Id",
    "norad id": "NORAD id",
    "tle": "TLE",
    "raan": "RAAN",
}


class FieldKind(StrEnum):
    """What a value is."""

    NUMBER = "number"
    WHOLE = "whole number"
    TEXT = "text"
    WORD = "word"
    TRUTH = "true or false"
    MOMENT = "time"
    LIST = "list"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """One value of a record.

    `written` is what the scenario writes, as a person would type it, '' where it writes nothing;
    `inherited` what counts then and `origin` where that comes from. `limits` says the allowed
    range in words. `suggestions` are ids that
    the value may name. `is_variant` marks the word that decides which fields there are.
    """

    path: Path
    label: str
    unit: str
    kind: FieldKind
    description: str
    limits: str
    choices: tuple[str, ...]
    suggestions: tuple[str, ...]
    written: str
    inherited: str
    origin: str
    is_required: bool
    is_variant: bool


@dataclass(frozen=True, slots=True)
class FormGroup:
    """Fields of one table of a record; `title` is '' for the record itself."""

    title: str
    path: Path
    description: str
    fields: tuple[FormField, ...]


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """One record of the scenario: where it stands, and what to call it."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the scenario file; `is_list` where it has records that can be added."""

    path: Path
    title: str
    description: str
    records: tuple[RecordEntry, ...]
    is_list: bool = False


def blocks(data: Mapping[str, Any]) -> tuple[Block, ...]:
    """All blocks that a scenario may have, in the order of the schema, with the records written.

    Lists inside a record (closures of a station, pins and bans) are blocks of their own.
    """
    found = []
    for name in strict_schema()["properties"]:
        if name in _HIDDEN:
            continue
        path: Path = (name,)
        found.append(_block(data, path, _title(name)))
        holders = range(len(data.get(name, ()))) if found[-1].is_list else (None,)
        for holder in holders:
            record = path if holder is None else (*path, holder)
            found += _inner_blocks(data, record)
    return tuple(found)


def form_of(data: Mapping[str, Any], record: Path) -> tuple[FormGroup, ...]:
    """Fields of one record in groups: its own, then those of each of its tables."""
    filled = filled_from_catalogue(data, load_catalogue())
    row = filled.rows.get(record[:2])
    origin = "default" if row is None else f"catalogue {row.id}"
    node = node_at(record, filled.data)
    groups = [_group(data, filled.data, record, "", origin)]
    for key in node.names:
        inner = (*record, key)
        below = node_at(inner, filled.data)
        needed = key in node.rule.get("required", ())
        is_there = value_at(filled.data, inner) is not ABSENT
        if below.is_table and (needed or is_there):
            groups.append(_group(data, filled.data, inner, _label(key, ""), origin))
    return tuple(groups)


def quota_groups(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Groups that demands name, in order of name: a quota can stand for each."""
    named = {item.get("quota_group") for item in data.get("demand", ()) if isinstance(item, dict)}
    return tuple(sorted(name for name in named if isinstance(name, str)))


def _block(data: Mapping[str, Any], path: Path, title: str) -> Block:
    node = node_at(path, data)
    written = value_at(data, path)
    if not node.is_array_of_tables:
        return Block(path, title, node.description, (RecordEntry(path, title),))
    members = written if isinstance(written, list) else []
    entries = tuple(
        RecordEntry((*path, number), _record_name(item, number))
        for number, item in enumerate(members)
    )
    return Block(path, title, node.description, entries, is_list=True)


def _inner_blocks(data: Mapping[str, Any], record: Path) -> list[Block]:
    node = node_at(record, data)
    return [
        _block(data, (*record, key), _title(key))
        for key in node.names
        if node_at((*record, key), data).is_array_of_tables
    ]


def _record_name(item: Any, number: int) -> str:
    if not isinstance(item, dict):
        return str(number)
    for keys in (("id",), ("path",), ("item",), ("a", "b"), ("satellite", "station"), ("group",)):
        parts = [str(item[key]) for key in keys if item.get(key)]
        if parts:
            return " · ".join(parts)
    moments = [value_text(item[key]) for key in ("from_utc", "to_utc") if key in item]
    return " to ".join(moments) or f"number {number + 1}"


def _group(
    data: Mapping[str, Any], filled: Mapping[str, Any], table: Path, title: str, origin: str
) -> FormGroup:
    node = node_at(table, filled)
    fields = []
    for key in node.names:
        path = (*table, key)
        below = node_at(path, filled)
        if not below.is_table and not below.is_array_of_tables:
            fields.append(_field(data, filled, path, node, origin))
    return FormGroup(title, table, node.description, tuple(fields))


def _field(
    data: Mapping[str, Any],
    filled: Mapping[str, Any],
    path: Path,
    parent: SchemaNode,
    origin: str,
) -> FormField:
    key = str(path[-1])
    below = node_at(path, filled)
    is_variant = bool(parent.variants) and "const" in below.rule
    written, in_use = value_at(data, path), value_at(filled, path)
    rule = parent.rule["properties"][key]
    inherited = in_use if written is ABSENT else ABSENT
    if inherited is ABSENT:
        inherited, origin = rule.get("default", ABSENT), "default"
    if inherited in (ABSENT, None) and key in _OF_POLICY:
        inherited, origin = value_at(filled, ("policy", key)), "policy"
        if inherited is ABSENT:
            inherited = node_at(("policy",), filled).rule["properties"][key]["default"]
    is_none = inherited is ABSENT or inherited is None
    unit = _unit(key)
    return FormField(
        path=path,
        label=_label(key, unit),
        unit=_UNITS.get(unit, ""),
        kind=_kind(key, below, rule),
        description=below.description,
        limits=_limits(below),
        choices=parent.variants if is_variant else below.choices,
        suggestions=_suggestions(filled, path),
        written="" if written is ABSENT else _typed(written),
        inherited="" if is_none else _typed(inherited),
        origin="" if is_none else origin,
        is_required=key in parent.rule.get("required", ()) and is_none,
        is_variant=is_variant,
    )


_QUOTA_GROUP = ("quota_group", "group")
_NAMED_BLOCKS: Mapping[str, tuple[str, ...]] = {
    "payload": ("payload",),
    "satellite": ("satellite",),
    "station": ("station",),
    "demand": ("demand",),
    "a": ("node", "station"),
    "b": ("node", "station"),
}


def _suggestions(data: Mapping[str, Any], path: Path) -> tuple[str, ...]:
    key = str(path[-1])
    if key == "from":
        return tuple(load_catalogue().table("receiver" if "receiver" in path else str(path[0])))
    if key == "device":
        return tuple(load_catalogue().devices)
    if key in _QUOTA_GROUP:
        return quota_groups(data)
    found = (item for block in _NAMED_BLOCKS.get(key, ()) for item in data.get(block, ()))
    return tuple(str(item["id"]) for item in found if isinstance(item, dict) and "id" in item)


def _typed(value: Any) -> str:
    return value if isinstance(value, str) else value_text(value)


def _kind(key: str, node: SchemaNode, rule: Mapping[str, Any]) -> FieldKind:
    if key.endswith("_utc") and node.rule.get("type") != "array":
        return FieldKind.MOMENT
    options = [item.get("type") for item in rule.get("oneOf", ())]
    if node.choices and len(options) < 2:
        return FieldKind.WORD
    kinds: Mapping[str, FieldKind] = {
        "number": FieldKind.NUMBER,
        "integer": FieldKind.WHOLE,
        "boolean": FieldKind.TRUTH,
        "array": FieldKind.LIST,
    }
    if len(options) > 1:
        return FieldKind.LIST
    return kinds.get(str(node.rule.get("type")), FieldKind.TEXT)


def _limits(node: SchemaNode) -> str:
    if node.rule.get("type") == "array":
        return node.length if "minItems" in node.rule else ""
    return node.bounds if node.bounds != "must be " else ""


def _unit(key: str) -> str:
    return next((suffix for suffix in _UNITS if key.endswith(suffix)), "")


def _label(key: str, unit: str) -> str:
    if key == "from":
        return "From the catalogue"
    plain = key.removesuffix(unit).replace("_", " ")
    if plain in _WORDS:
        return _WORDS[plain]
    text = re.sub(r"(\d+nm)$", r"at \1", plain)
    return (text[:1].upper() + text[1:]).replace("Norad", "NORAD")


_PLURALS: Mapping[str, str] = {
    "orbit_file": "Orbit files",
    "satellite": "Satellites",
    "constellation": "Constellations",
    "payload": "Payloads",
    "station": "Stations",
    "node": "Nodes",
    "fibre_link": "Fibre links",
    "link_store": "Link stores",
    "demand": "Demands",
    "requirement": "Requirements",
    "cost": "Costs",
    "closed": "Closures",
    "pin": "Pins",
    "ban": "Bans",
    "quota": "Quotas",
}


def _title(name: str) -> str:
    return _PLURALS.get(name, _label(name, ""))
