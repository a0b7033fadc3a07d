"""Walk the JSON Schema along a path of the scenario: names, bounds and descriptions there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from euroqci_planner.io.scenario_places import ABSENT
from euroqci_planner.io.scenario_schema import strict_schema
from euroqci_planner.io.toml_locator import Path


@dataclass(frozen=True, slots=True)
class SchemaNode:
    """What the schema says of one value."""

    rule: dict[str, Any]
    description: str = ""
    variants: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Keys that the table may hold."""
        return tuple(self.rule.get("properties", ()))

    @property
    def choices(self) -> tuple[str, ...]:
        """Words that the value may be."""
        words = self.rule.get("enum", [self.rule["const"]] if "const" in self.rule else [])
        return tuple(str(word) for word in words)

    @property
    def is_table(self) -> bool:
        """Whether a table stands here."""
        return "properties" in self.rule

    @property
    def is_array_of_tables(self) -> bool:
        """Whether `[[double brackets]]` stand here."""
        items = self.rule.get("items", {})
        return "$ref" in items or "properties" in items

    @property
    def bounds(self) -> str:
        """The allowed range in words, '' where there is none."""
        low, high = self.rule.get("minimum"), self.rule.get("maximum")
        above, below = self.rule.get("exclusiveMinimum"), self.rule.get("exclusiveMaximum")
        if low is not None and high is not None:
            return f"must be between {_figure(low)} and {_figure(high)}"
        lower = f"at least {_figure(low)}" if low is not None else ""
        lower = f"above {_figure(above)}" if above is not None else lower
        upper = f"at most {_figure(high)}" if high is not None else ""
        upper = f"below {_figure(below)}" if below is not None else upper
        return f"must be {' and '.join(part for part in (lower, upper) if part)}"

    @property
    def length(self) -> str:
        """How many members the array must have, in words."""
        low, high = self.rule.get("minItems"), self.rule.get("maxItems")
        if low == high:
            return f"must have {low} members"
        return f"must have at least {low} member{'s' * (low != 1)}"


def node_at(path: Path, data: Any) -> SchemaNode:
    """The schema at `path`; `data` chooses between variants. Empty where nothing may stand."""
    root = strict_schema()
    node = SchemaNode(root)
    value: Any = data
    for part in path:
        if isinstance(part, str):
            rule = node.rule.get("properties", {}).get(part, {})
            value = value.get(part, ABSENT) if isinstance(value, dict) else ABSENT
        else:
            rule = node.rule.get("items", {})
            known = isinstance(value, list) and part < len(value)
            value = value[part] if known else ABSENT
        node = _resolved(rule, value, root)
    return node


def _resolved(rule: dict[str, Any], value: Any, root: dict[str, Any]) -> SchemaNode:
    """Follow references and choose the variant that `value` is meant to be."""
    description = str(rule.get("description", ""))
    variants: tuple[str, ...] = ()
    while True:
        if "$ref" in rule:
            rule = root["$defs"][rule["$ref"].rpartition("/")[2]]
        elif "oneOf" in rule or "anyOf" in rule:
            variants = tuple(rule.get("discriminator", {}).get("mapping", variants))
            rule = _variant(rule, value)
        else:
            return SchemaNode(rule, description, variants)


def _figure(bound: float) -> str:
    return f"{bound}" if isinstance(bound, int) else f"{bound:g}"


def _variant(rule: dict[str, Any], value: Any) -> dict[str, Any]:
    chooser = rule.get("discriminator")
    if chooser is not None:
        mapping = chooser["mapping"]
        tag = value.get(chooser["propertyName"]) if isinstance(value, dict) else None
        known = tag if isinstance(tag, str) and tag in mapping else next(iter(mapping))
        return {"$ref": mapping[known]}
    both: list[dict[str, Any]] = rule.get("oneOf") or rule.get("anyOf") or []
    options = [item for item in both if item.get("type") != "null"]
    wanted = _json_type(value)
    return next((item for item in options if item.get("type") == wanted), options[0])


def _json_type(value: Any) -> str:
    if isinstance(value, list):
        return "array"
    return "string" if isinstance(value, str) else "number"
