"""Schema violations in plain words: what must stand there, and how to put it right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from euroqci_planner.io.nearest_name import mend_unknown
from euroqci_planner.io.scenario_places import Problem, shown, value_at
from euroqci_planner.io.schema_node import SchemaNode, node_at
from euroqci_planner.io.schema_types import EARLIEST, LATEST, VARIANT_TAGS
from euroqci_planner.io.toml_locator import Path
from euroqci_planner.io.unit_hints import unit_hint

_TIME_EXAMPLE = "2026-06-14T12:00:00Z"


def schema_problems(error: ValidationError, data: Mapping[str, Any]) -> Iterator[Problem]:
    """All violations that one validation of `data` found, in the order of the schema."""
    for detail in error.errors(include_url=False):
        path = _path_in(data, detail["loc"])
        yield _phrased(detail, path, data)


def _path_in(data: Mapping[str, Any], location: tuple[int | str, ...]) -> Path:
    """Path without the names of variants that pydantic puts between the keys."""
    path: Path = ()
    for part in location:
        here = value_at(data, path)
        is_key = isinstance(here, dict) and part in here
        if is_key or isinstance(part, int) or part not in VARIANT_TAGS:
            path = (*path, part)
    return path


def _phrased(detail: ErrorDetails, path: Path, data: Mapping[str, Any]) -> Problem:
    kind = detail["type"]
    if kind == "missing":
        return _missing(path, node_at(path, data))
    if kind == "extra_forbidden":
        return _unknown_key(path, node_at(path[:-1], data))
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        return _variant_problem(detail, path, data)
    node, value = node_at(path, data), value_at(data, path)
    phrase = _PHRASES.get(kind)
    problem, mend = phrase(node, value) if phrase else (detail["msg"], node.description)
    return Problem(path, problem, mend)


def _missing(path: Path, node: SchemaNode) -> Problem:
    key = str(path[-1])
    if len(path) == 1 and node.is_array_of_tables:
        return Problem(path, f"there is no [[{key}]]", f"add at least one: {node.description}")
    if node.is_table:
        table = ".".join(str(part) for part in path if isinstance(part, str))
        return Problem(path, "is missing", f"add [{table}]: {node.description}")
    return Problem(path, "is missing", f"add {key}: {node.description}")


def _unknown_key(path: Path, parent: SchemaNode) -> Problem:
    key = str(path[-1])
    mend = unit_hint(key, parent.names) or mend_unknown(key, parent.names, "known keys")
    return Problem(path, "there is no such key", mend, at_key=True)


def _variant_problem(detail: ErrorDetails, path: Path, data: Mapping[str, Any]) -> Problem:
    context = detail.get("ctx", {})
    key = str(context["discriminator"]).strip("'")
    words = node_at(path, data).variants
    listed = ", ".join(words)
    if detail["type"] == "union_tag_not_found":
        return Problem((*path, key), "is missing", f"add {key}, one of {listed}")
    mend = mend_unknown(str(context["tag"]), words, "known words")
    return Problem((*path, key), f"must be one of {listed}", mend)


Phrase = Callable[[SchemaNode, Any], tuple[str, str]]


def _range(node: SchemaNode, value: Any) -> tuple[str, str]:
    high = node.rule.get("maximum", node.rule.get("exclusiveMaximum"))
    number = float(value) if abs(value) < 1e300 else 0.0
    if high == 1 and 1 < number <= 100:
        return node.bounds, f"a fraction, not a percentage: {number / 100:g}"
    if high == 180 and node.rule.get("minimum") == -180 and 180 < number <= 360:
        return node.bounds, f"count west as negative: {number - 360:g}"
    return node.bounds, node.description


def _number(node: SchemaNode, value: Any) -> tuple[str, str]:
    mend = node.description
    if isinstance(value, str):
        plain = value.strip().replace(",", ".")
        try:
            float(plain)
        except ValueError:
            return "must be a number", mend
        mend = f"write it without quotes, with a point: {plain[:40]}"
    return "must be a number", mend


def _whole_number(node: SchemaNode, value: Any) -> tuple[str, str]:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return "must be a whole number", f"write it without a point: {int(value)}"
    return "must be a whole number", _number(node, value)[1]


def _text(node: SchemaNode, value: Any) -> tuple[str, str]:
    if isinstance(value, time):
        return "must be text", f'write it in quotes: "{value.isoformat()[:5]}"'
    is_plain = isinstance(value, int | float | datetime | date)
    return "must be text", f'write it in quotes: "{shown(value)}"' if is_plain else node.description


def _boolean(node: SchemaNode, value: Any) -> tuple[str, str]:
    quoted = isinstance(value, str) and value.casefold() in {"true", "false"}
    mend = f"write it without quotes: {value.casefold()}" if quoted else node.description
    return "must be true or false", mend


def _array(node: SchemaNode, value: Any) -> tuple[str, str]:
    if node.is_array_of_tables:
        return "must be an array of tables", "write its header with double brackets: [[...]]"
    return "must be an array", node.description or f"put it in brackets: [{shown(value)}]"


def _table(node: SchemaNode, value: Any) -> tuple[str, str]:
    if isinstance(value, list):
        return "must be one table", "write its header with single brackets: [...]"
    return "must be a table", node.description


def _moment(_: SchemaNode, value: Any) -> tuple[str, str]:
    if isinstance(value, str):
        return "must be a time", f"write it without quotes, like {_TIME_EXAMPLE}"
    if isinstance(value, date):
        return "must be a time, not a date alone", f"write it like {value.isoformat()}T00:00:00Z"
    return "must be a time", f"write it like {_TIME_EXAMPLE}"


def _naive(_: SchemaNode, value: Any) -> tuple[str, str]:
    return "a time needs an offset or Z", f"if it is UTC, write {value.isoformat()}Z"


def _years(_: SchemaNode, value: Any) -> tuple[str, str]:
    del value
    return f"must lie in the years {EARLIEST.year} to {LATEST.year - 1}", "check the year"


def _word(node: SchemaNode, value: Any) -> tuple[str, str]:
    mend = mend_unknown(value, node.choices, "known words") if isinstance(value, str) else ""
    return f"must be one of {', '.join(node.choices)}", mend or "write the word in quotes"


def _pattern(node: SchemaNode, value: Any) -> tuple[str, str]:
    if "[0-5][0-9]" in str(node.rule.get("pattern")):
        return "must be a time of day", 'write it as "HH:MM", 00:00 to 23:59'
    del value
    return (
        "must be a short name without blanks",
        "letters, digits, point, hyphen and underscore; at most 64",
    )


def _length(node: SchemaNode, value: Any) -> tuple[str, str]:
    return f"{node.length}, has {len(value)}", node.description


def _text_length(node: SchemaNode, value: Any) -> tuple[str, str]:
    if not value:
        return "must not be empty", node.description
    return f"has {len(value)} characters, at most {node.rule.get('maxLength')}", "shorten it"


_PHRASES: Mapping[str, Phrase] = {
    "greater_than": _range,
    "greater_than_equal": _range,
    "less_than": _range,
    "less_than_equal": _range,
    "finite_number": lambda node, _: ("must be a finite number", node.description),
    "float_type": _number,
    "int_type": _whole_number,
    "int_from_float": _whole_number,
    "string_type": _text,
    "bool_type": _boolean,
    "list_type": _array,
    "dict_type": _table,
    "model_type": _table,
    "model_attributes_type": _table,
    "datetime_type": _moment,
    "naive_time": _naive,
    "time_range": _years,
    "literal_error": _word,
    "string_pattern_mismatch": _pattern,
    "too_short": _length,
    "too_long": _length,
    "string_too_short": _text_length,
    "string_too_long": _text_length,
    "control_character": lambda *_: ("holds a control character", "use printable text"),
}
