"""What is wrong at a path of the scenario, and how that becomes a fault with its place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from euroqci_planner.errors import Fault
from euroqci_planner.io.catalogue import CatalogueRow
from euroqci_planner.io.printable_text import printable
from euroqci_planner.io.toml_locator import Path, Places, path_text

ABSENT: Any = object()
_ENOUGH = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at a path; `at_key` points at the key, otherwise at its value."""

    path: Path
    problem: str
    mend: str = ""
    at_key: bool = False


def value_at(data: Any, path: Path) -> Any:
    """What stands at a path of plain data; `ABSENT` where nothing does."""
    for part in path:
        data = _step(data, part)
    return data


def _step(data: Any, part: str | int) -> Any:
    if isinstance(part, str):
        return data.get(part, ABSENT) if isinstance(data, dict) else ABSENT
    is_member = isinstance(data, list) and 0 <= part < len(data)
    return data[part] if is_member else ABSENT


def shown(value: Any) -> str:
    """A value as TOML writes it, cut to a length that fits into a message."""
    if value is ABSENT or _holds_table(value):
        return ""
    return printable(_toml(value))


def _holds_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and dict in map(type, value))


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value[:_ENOUGH], ensure_ascii=not value.isprintable())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date | time):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value[:_ENOUGH])}]"
    return "{...}" if isinstance(value, dict) else str(value)[:_ENOUGH]


@dataclass(frozen=True, slots=True)
class ScenarioPlaces:
    """From problems to faults: places in the text, and rows that gave what is not in it.

    `data` is the scenario with the catalogue filled in, `rows` the catalogue row behind each
    record path; nothing is said about what is below a path in `set_aside`.
    """

    display: str
    places: Places
    data: Mapping[str, Any]
    rows: Mapping[Path, CatalogueRow] = field(default_factory=dict)
    set_aside: frozenset[Path] = frozenset()

    def faults(self, problems: Iterable[Problem]) -> list[Fault]:
        """Faults of all problems, in order of place; one for each path and problem."""
        kept = dict.fromkeys(item for item in problems if not self._is_set_aside(item.path))
        found = [self._fault(item) for item in kept]
        return sorted(found, key=lambda fault: (fault.line, fault.column))

    def _is_set_aside(self, path: Path) -> bool:
        return any(path[:length] in self.set_aside for length in range(1, len(path) + 1))

    def _fault(self, item: Problem) -> Fault:
        row = self._row_behind(item.path)
        value = value_at(self.data, item.path)
        is_from_row = row is not None and value is not ABSENT
        place = self.places.of((*item.path[:2], "from") if is_from_row else item.path)
        at_key = item.at_key and not is_from_row
        problem = item.problem
        if row is not None:
            problem += f", in the {row.place}" if is_from_row else f"; the {row.place} lacks it"
        return Fault(
            problem,
            file=self.display,
            line=place.key_line if at_key else place.line,
            column=place.key_column if at_key else place.column,
            where=path_text(item.path),
            value=shown(value),
            mend=item.mend,
        )

    def _row_behind(self, path: Path) -> CatalogueRow | None:
        """The catalogue row that answers for a path which the text does not hold."""
        row = self.rows.get(path[:2])
        return row if row and len(path) > 2 and not self.places.holds(path) else None
