"""What this version of the planner carries along without using it.

Kept aside is what a later room will use and whose absence leaves the plan true; every case gives
a warning. What would make a plan wrong if it were ignored is refused instead (`key_rules`).
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from euroqci_planner.io.scenario_parts import Part
from euroqci_planner.io.scenario_references import flown_constellations

_KEPT_BLOCKS = ("cost",)
_NOT_YET = "kept, not used yet"


@dataclass(frozen=True, slots=True)
class _Setting:
    """A value of a setting that is kept aside, and what is done instead."""

    key: str
    used: Any
    instead: str


_SETTINGS: Mapping[str, tuple[_Setting, ...]] = {
    "schedule": (
        _Setting("freeze_hours", (0,), "nothing is frozen"),
        _Setting("change_penalty", (0,), "changes cost nothing"),
    ),
}


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
    """Payloads that no satellite carries."""
    carriers = (*filled.tables("satellite"), *flown_constellations(filled))
    flown = {part.text("payload") for part in carriers}
    for part in written.tables("payload"):
        name = part.text("id") or ""
        if name not in flown:
            blocks.setdefault("payload", {})[name] = deepcopy(part.value)
            warnings.append(f"payload {name}: no satellite carries it")
