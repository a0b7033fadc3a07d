"""What this version of the planner does with a scenario: use it, keep it aside, or refuse it.

Kept aside is what a later room will use and whose absence leaves the plan true; every case gives
a warning. Refused is what would make a plan wrong if it were ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from euroqci_planner.io.scenario_parts import Part
from euroqci_planner.io.scenario_places import Problem
from euroqci_planner.io.scenario_references import flown_constellations, payloads_by_id

SUPPORTED_PROTOCOLS = ("bb84_two_decoy", "bb84_one_decoy")
_KEPT_BLOCKS = ("cost",)
_NOT_YET = "kept, not used yet"


def refused_problems(document: Part) -> Iterator[Problem]:
    """What cannot be planned by this version, because leaving it out would mislead."""
    payloads = payloads_by_id(document)
    for part in (*document.tables("satellite"), *flown_constellations(document)):
        source = _source_of(part, payloads)
        if source:
            yield from _protocol_problems(part, source)


def _source_of(satellite: Part, payloads: Mapping[str, Part]) -> Part | None:
    payload = payloads.get(satellite.text("payload") or "")
    return payload.table("source") if payload else None


def _protocol_problems(satellite: Part, source: Part) -> Iterator[Problem]:
    protocol = source.text("protocol")
    if protocol == "bbm92":
        yield source.problem(
            "protocol",
            f"no key model in this version, and satellite {satellite.text('id')} needs one",
            f"supported: {', '.join(SUPPORTED_PROTOCOLS)}",
        )
    if satellite.text("role") == "entangled_source" and protocol not in {"bbm92", None}:
        problem = f"an entangled source cannot send {protocol}"
        yield satellite.problem("role", problem, "set role = trusted_node, or protocol = bbm92")


@dataclass(frozen=True, slots=True)
class _Setting:
    """A value of a setting that is kept aside, and what is done instead."""

    key: str
    used: Any
    instead: str


_SETTINGS: Mapping[str, tuple[_Setting, ...]] = {
    "policy": (
        _Setting("block", ("per_pass",), "each pass is a block of its own"),
        _Setting("usable_window", ("all",), "the whole usable window is used"),
    ),
    "schedule": (
        _Setting("objective", ("expected_key",), "expected_key is maximised"),
        _Setting("freeze_hours", (0,), "nothing is frozen"),
        _Setting("change_penalty", (0,), "changes cost nothing"),
        _Setting("quota", ([],), "shares are not limited"),
    ),
    "weather": (
        _Setting("model", ("clear", "climatology"), "the climatology is used"),
        _Setting("forecast_file", (None,), "the file is not read"),
    ),
}
_SOURCE_SETTINGS = (_Setting("settings", ("fixed",), "the given intensities are used"),)


@dataclass(frozen=True, slots=True)
class KeptAside:
    """Plain data that no room uses yet, by block, and the warnings that say so."""

    blocks: Mapping[str, Any]
    warnings: tuple[str, ...]


def kept_aside(written: Part, filled: Part) -> KeptAside:
    """Blocks and settings of a checked document that this version carries without using them.

    `written` is the document as it stands in the file, `filled` with its catalogue rows.
    """
    blocks: dict[str, Any] = {}
    warnings: list[str] = []
    for block in _KEPT_BLOCKS:
        if written.value.get(block):
            blocks[block] = deepcopy(written.value[block])
            warnings.append(f"[[{block}]]: {_NOT_YET}")
    for pattern in written.tables("constellation"):
        if pattern.value.get("enabled", True) is False:
            blocks.setdefault("constellation", []).append(deepcopy(pattern.value))
            warnings.append(f"constellation {pattern.text('id')}: enabled = false, not flown")
    for block, settings in _SETTINGS.items():
        part = filled.table(block)
        if part:
            _keep(blocks, warnings, part, settings, (block,), f"[{block}] ")
    _keep_payloads(written, filled, blocks, warnings)
    return KeptAside(blocks, tuple(warnings))


def _keep(
    blocks: dict[str, Any],
    warnings: list[str],
    part: Part,
    settings: tuple[_Setting, ...],
    path: tuple[str, ...],
    name: str,
) -> None:
    """Keep the settings of `part` that have a value which no room uses."""
    for setting in settings:
        value = part.value.get(setting.key, setting.used[0])
        if value in setting.used:
            continue
        below = blocks
        for step in path:
            below = below.setdefault(step, {})
        below[setting.key] = deepcopy(value)
        if setting.instead:
            written = f" = {value}" if isinstance(value, str | float | int) else ""
            warnings.append(f"{name}{setting.key}{written}: {_NOT_YET}; {setting.instead}")


def _keep_payloads(
    written: Part, filled: Part, blocks: dict[str, Any], warnings: list[str]
) -> None:
    """Payloads that no satellite carries, and settings that no room uses."""
    carriers = (*filled.tables("satellite"), *flown_constellations(filled))
    flown = {part.text("payload") for part in carriers}
    for part in written.tables("payload"):
        name = part.text("id") or ""
        if name not in flown:
            blocks.setdefault("payload", {})[name] = deepcopy(part.value)
            warnings.append(f"payload {name}: no satellite carries it")
    for part in filled.tables("payload"):
        name, source = part.text("id") or "", part.table("source")
        if name in flown and source:
            path = ("payload", name, "source")
            _keep(blocks, warnings, source, _SOURCE_SETTINGS, path, f"payload {name}: ")
