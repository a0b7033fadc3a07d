"""From what a person types into a form to an edit of the scenario, and back to its faults."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from euroqci_planner.app.document import plain_text
from euroqci_planner.app.scenario_edits import Edit
from euroqci_planner.app.scenario_fields import FieldKind, FormField, quota_groups
from euroqci_planner.errors import Fault
from euroqci_planner.io.scenario_places import value_at
from euroqci_planner.io.schema_node import node_at
from euroqci_planner.io.toml_edits import value_text, with_tables, with_value, without
from euroqci_planner.io.toml_locator import Path, path_text

_PART = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]")


def field_edit(text: str, field: FormField, typed: str, owner: str) -> Edit:
    """The text with what was typed into a field; nothing typed takes the value out.

    `owner` names the record for the history. Where the field decides which others there are,
    those that mean nothing any more go with it.
    """
    if not typed.strip():
        return Edit(without(text, [field.path]), f"Reset {_said(field)} of {owner}")
    value = typed_value(field, typed)
    if field.is_variant:
        data = tomllib.loads(plain_text(text))
        text = without(text, variant_leftovers(data, field, typed))
    unit = f" {field.unit}" if field.unit and field.unit != "UTC" else ""
    shown = value if isinstance(value, str) else value_text(value)
    title = f"Set {_said(field)} of {owner} to {shown}{unit}"
    return Edit(with_value(text, field.path, value), title)


def new_record(data: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Fields of a new member of a list: an id of its own, and what it most likely starts from."""
    node = node_at((*path, len(_members(data, path))), data)
    fields: dict[str, Any] = {}
    if "id" in node.names:
        fields["id"] = _unused(str(path[-1]), _members(data, path))
    starts: Mapping[str, dict[str, Any]] = {
        "satellite": _new_satellite(data),
        "closed": _window(data),
        "ban": {**_first(data, "satellite"), **_window(data)},
        "constellation": _first(data, "payload"),
        "quota": _new_quota(data),
        "link_store": {**_first(data, "satellite"), **_first(data, "station")},
    }
    return {**fields, **starts.get(str(path[-1]), {})}


def record_added(text: str, path: Path, fields: Mapping[str, Any]) -> Edit:
    """The text with a member added to a list."""
    name = f" {fields['id']}" if "id" in fields else ""
    return Edit(with_tables(text, path, [fields]), f"Add {_words(path)}{name}")


def record_removed(text: str, path: Path, name: str) -> Edit:
    """The text without a member of a list."""
    return Edit(without(text, [path]), f"Remove {_words(path[:-1])} {name}")


def faults_at(faults: Iterable[Fault], path: Path) -> tuple[Fault, ...]:
    """Faults of one value, or of something inside it."""
    place = path_text(path)
    inside = (f"{place}.", f"{place}[")
    return tuple(f for f in faults if f.where == place or f.where.startswith(inside))


def typed_value(field: FormField, typed: str) -> Any:
    """The value that a person means; what cannot be read stays text, for the door to judge."""
    if field.kind in {FieldKind.TEXT, FieldKind.WORD}:
        return typed
    plain = typed.strip()
    try:
        value = tomllib.loads(f"value = {plain}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError, ValueError):
        return plain
    if field.kind is FieldKind.NUMBER and type(value) is int:
        return float(value)
    return value


def variant_leftovers(data: Mapping[str, Any], field: FormField, word: str) -> tuple[Path, ...]:
    """Keys of a table that mean nothing once its variant is `word`."""
    table = field.path[:-1]
    written = value_at(data, table)
    if not isinstance(written, dict):
        return ()
    changed = {**written, str(field.path[-1]): word}
    names = node_at(table, _exchanged(data, table, changed)).names
    return tuple((*table, key) for key in written if key not in names)


def _exchanged(data: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    part, rest = path[0], path[1:]
    if isinstance(data, list):
        return [_exchanged(item, rest, value) if n == part else item for n, item in enumerate(data)]
    return {**data, part: _exchanged(data.get(part, {}), rest, value)}


def path_of(where: str) -> Path:
    """Path of a value as the messages write it: `station[1].receiver.aperture_mm`."""
    parts = _PART.findall(where)
    return tuple(int(number) if number else name for name, number in parts)


def _said(field: FormField) -> str:
    return field.label if field.label.isupper() else field.label[:1].lower() + field.label[1:]


def _words(path: Path) -> str:
    return " ".join(str(part).replace("_", " ") for part in path if isinstance(part, str))


def _members(data: Mapping[str, Any], path: Path) -> list[Any]:
    found = value_at(data, path)
    return found if isinstance(found, list) else []


def _unused(stem: str, members: Iterable[Any]) -> str:
    taken = {item.get("id") for item in members if isinstance(item, dict)}
    base = stem.replace("_", "-")
    return next(
        name for number in range(1, len(taken) + 2) if (name := f"{base}-{number}") not in taken
    )


def _first(data: Mapping[str, Any], block: str) -> dict[str, Any]:
    members = _members(data, (block,))
    has_id = bool(members) and isinstance(members[0], dict) and "id" in members[0]
    return {block: members[0]["id"]} if has_id else {}


def _window(data: Mapping[str, Any]) -> dict[str, Any]:
    """The first day of the plan, as an interval to start from."""
    start = data.get("scenario", {}).get("start_utc")
    return {} if start is None else {"from_utc": start, "to_utc": start + timedelta(days=1)}


def _new_quota(data: Mapping[str, Any]) -> dict[str, Any]:
    """The first group that has no quota yet; its share is for the user to say."""
    taken = {item.get("group") for item in _members(data, ("schedule", "quota"))}
    free = (name for name in quota_groups(data) if name not in taken)
    return {"group": name} if (name := next(free, "")) else {}


def _new_satellite(data: Mapping[str, Any]) -> dict[str, Any]:
    epoch = data.get("scenario", {}).get("start_utc")
    orbit = {
        "type": "sun_synchronous",
        "altitude_km": 500.0,
        "local_time_descending_node": "22:30",
    }
    return {**_first(data, "payload"), "orbit": orbit | ({"epoch_utc": epoch} if epoch else {})}
