"""`from = "ID"`: fields of the catalogue under the fields that the scenario writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from euroqci_planner.io.catalogue import Catalogue, CatalogueRow
from euroqci_planner.io.nearest_name import mend_unknown
from euroqci_planner.io.scenario_places import Problem
from euroqci_planner.io.schema_payloads import BEAM_FIELDS
from euroqci_planner.io.toml_locator import Path

FROM = "from"
_MAX_PROBLEMS = 300
_BLOCKS = ("station", "payload", "node", "fibre_link")
_NESTED = ("receiver", "source", "transmitter")


@dataclass(frozen=True, slots=True)
class Filled:
    """A scenario with its catalogue rows filled in, and the row behind each record."""

    data: dict[str, Any]
    rows: Mapping[Path, CatalogueRow]
    problems: tuple[Problem, ...]


def filled_from_catalogue(data: Mapping[str, Any], catalogue: Catalogue) -> Filled:
    """Fill in every `from`; what is not a record, or has another type, is left as it is."""
    filled = dict(data)
    rows: dict[Path, CatalogueRow] = {}
    problems: list[Problem] = []
    for block in _BLOCKS:
        if not isinstance(data.get(block), list):
            continue
        table = catalogue.table(block)
        filled[block] = members = list(data[block])
        for index, item in enumerate(members):
            name = item.get(FROM) if isinstance(item, dict) else None
            if not isinstance(name, str):
                continue
            if name in table:
                rows[block, index] = table[name]
                members[index] = _merged(table[name].fields, item)
            elif len(problems) < _MAX_PROBLEMS:
                mend = mend_unknown(name, table, f"catalogue {block}")
                path: Path = (block, index, FROM)
                problems.append(Problem(path, "the catalogue has no row of this id", mend))
    return Filled(filled, rows, tuple(problems))


def _merged(base: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of `base` with those of `written` over them, inner tables field by field."""
    merged = {key: value for key, value in base.items() if key not in _replaced(base, written)}
    for key, value in written.items():
        below = merged.get(key)
        if key in _NESTED and isinstance(value, dict) and isinstance(below, dict):
            merged[key] = {**below, **value}
        else:
            merged[key] = value
    return merged


def _replaced(base: Mapping[str, Any], written: Mapping[str, Any]) -> set[str]:
    """Fields of the row that mean nothing once another beam, direction or protocol is chosen."""
    gone: set[str] = set()
    another_beam = written.get("beam", base.get("beam")) != base.get("beam")
    if another_beam or written.get("direction") == "uplink":
        gone.update(("beam",), *BEAM_FIELDS.values())
    ours, theirs = written.get("source"), base.get("source")
    if isinstance(ours, dict) and isinstance(theirs, dict):
        protocol = theirs.get("protocol")
        if ours.get("protocol", protocol) != protocol:
            gone.add("source")
    return gone
