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
_ADAPTIVE = ("modes", "bandwidth_hz")
_ON_THE_GROUND = ("aperture_mm", "obscuration_ratio", "coupling", *_ADAPTIVE)
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
            if not isinstance(item, dict):
                continue
            name = item.get(FROM)
            base: Mapping[str, Any] = {}
            if isinstance(name, str):
                if name in table:
                    rows[block, index] = table[name]
                    base = table[name].fields
                elif len(problems) < _MAX_PROBLEMS:
                    problems.append(_no_row(name, table, (block, index, FROM), block))
            written, lacking = _with_receiver(item, catalogue.receivers, (block, index))
            problems += lacking[: _MAX_PROBLEMS - len(problems)]
            members[index] = _merged(base, written)
    return Filled(filled, rows, tuple(problems))


def _with_receiver(
    item: Mapping[str, Any], presets: Mapping[str, CatalogueRow], path: Path
) -> tuple[Mapping[str, Any], list[Problem]]:
    """The record with the preset that its `receiver` names filled in."""
    receiver = item.get("receiver")
    name = receiver.get(FROM) if isinstance(receiver, dict) else None
    if not isinstance(receiver, dict) or not isinstance(name, str):
        return item, []
    if name not in presets:
        return item, [_no_row(name, presets, (*path, "receiver", FROM), "receiver")]
    base = presets[name].fields
    if path[0] == "payload":
        base = {key: value for key, value in base.items() if key not in _ON_THE_GROUND}
    if receiver.get("coupling", base.get("coupling")) != base.get("coupling"):
        base = {key: value for key, value in base.items() if key not in _ADAPTIVE}
    return {**item, "receiver": {**base, **receiver}}, []


def _no_row(name: str, table: Mapping[str, CatalogueRow], path: Path, block: str) -> Problem:
    mend = mend_unknown(name, table, f"catalogue {block}")
    return Problem(path, "the catalogue has no row of this id", mend)


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
