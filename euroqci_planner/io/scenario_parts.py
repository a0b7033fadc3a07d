"""A look at unchecked plain data that never fails: what has the wrong type is not there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from euroqci_planner.io.scenario_places import Problem
from euroqci_planner.io.schema_types import EARLIEST, LATEST
from euroqci_planner.io.toml_locator import Path

MAX_KEYS = 500
MAX_MEMBERS = 5000


@dataclass(frozen=True, slots=True)
class Part:
    """A table of the scenario at its path; getters give None for what is absent or mistyped."""

    path: Path
    value: dict[str, Any]

    def has(self, key: str) -> bool:
        """Whether the table has the key."""
        return key in self.value

    def text(self, key: str) -> str | None:
        """A text."""
        found = self.value.get(key)
        return found if isinstance(found, str) else None

    def number(self, key: str) -> float | None:
        """A finite number."""
        return _number(self.value.get(key))

    def numbers(self, key: str) -> list[float] | None:
        """An array of finite numbers."""
        return numbers_of(self.value.get(key))

    def moment(self, key: str) -> datetime | None:
        """A time with offset inside the years that can be planned."""
        found = self.value.get(key)
        if not isinstance(found, datetime) or found.tzinfo is None:
            return None
        try:
            universal = found.astimezone(UTC)
        except OverflowError:
            return None
        return universal if EARLIEST <= universal < LATEST else None

    def table(self, key: str) -> Part | None:
        """A table below this one."""
        found = self.value.get(key)
        return Part((*self.path, key), found) if isinstance(found, dict) else None

    def tables(self, key: str) -> Iterator[Part]:
        """Tables of an array below this one, without what is no table."""
        found = self.value.get(key)
        if isinstance(found, list):
            for index, item in enumerate(found):
                if isinstance(item, dict):
                    yield Part((*self.path, key, index), item)

    def problem(self, key: str, problem: str, mend: str = "") -> Problem:
        """A problem of one key of this table."""
        return Problem((*self.path, key), problem, mend)


def numbers_of(value: Any) -> list[float] | None:
    """An array of finite numbers, or None where `value` is anything else."""
    if not isinstance(value, list):
        return None
    numbers = [_number(item) for item in value]
    known = [item for item in numbers if item is not None]
    return known if len(known) == len(numbers) else None


def oversize_problems(value: Any, path: Path = ()) -> Iterator[Problem]:
    """Tables and arrays that are larger than any scenario needs; nothing below them is judged."""
    if not isinstance(value, dict | list):
        return
    limit = MAX_KEYS if isinstance(value, dict) else MAX_MEMBERS
    if len(value) > limit:
        kind = "keys" if isinstance(value, dict) else "members"
        yield Problem(path, f"has {len(value)} {kind}, more than {limit}", "split the scenario")
        return
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield from oversize_problems(item, (*path, key))


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
