"""Scenario files of older schemas: one step per version, from plain data to plain data.

A step takes a document of its version and returns one of the next. Places in the text are those
of the file as it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from euroqci_planner.io.scenario_schema import SCHEMA_VERSION

Step = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: Mapping[int, Step] = {}


def migrated(data: dict[str, Any], steps: Mapping[int, Step] = MIGRATIONS) -> dict[str, Any]:
    """The document in the present schema; unchanged where it has no version that can be read."""
    version = data.get("schema")
    while isinstance(version, int) and version in steps and version < SCHEMA_VERSION:
        data = steps[version](data)
        version += 1
        data = {**data, "schema": version}
    return data
