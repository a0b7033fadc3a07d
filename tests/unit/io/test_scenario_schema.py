"""The published JSON Schema, and the version of the format."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from typing import Any

import jsonschema
import pytest
from scenario_editing import example

from euroqci_planner.io.scenario_migrations import MIGRATIONS, migrated
from euroqci_planner.io.scenario_schema import scenario_json_schema
from euroqci_planner.resources import resource

Edit = Callable[[dict[str, Any]], object]


def as_json(text: str) -> dict[str, Any]:
    """A TOML document as editors hand it to a JSON Schema: times as ISO 8601 texts."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return value.isoformat() if isinstance(value, datetime) else value

    document = plain(tomllib.loads(text))
    assert isinstance(document, dict)
    return document


VALIDATOR = jsonschema.Draft202012Validator(scenario_json_schema())


def test_the_published_schema_is_the_one_of_the_program() -> None:
    published = json.loads(resource("scenario.schema.json").read_text(encoding="utf-8"))
    assert published == scenario_json_schema()


def test_the_schema_is_a_valid_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(scenario_json_schema())


def test_the_example_and_the_sample_are_valid() -> None:
    sample = resource("samples", "first-plan", "first-plan.scenario.toml")
    for text in (example(), sample.read_text(encoding="utf-8")):
        assert [error.message for error in VALIDATOR.iter_errors(as_json(text))] == []


@pytest.mark.parametrize(
    "edit",
    [
        lambda doc: doc["station"][0].update(latitude_deg=148),
        lambda doc: doc["station"][0].update(latitude="37"),
        lambda doc: doc["station"][0]["receiver"].update(coupling="mirror"),
        lambda doc: doc["satellite"][0].update(tle=["1", "2"]),
        lambda doc: doc["satellite"][0].pop("norad_id"),
        lambda doc: doc["payload"][1].pop("wavelength_nm"),
        lambda doc: doc["payload"][1]["source"].pop("intensities"),
        lambda doc: (doc["station"][0].pop("from"), doc["station"][0].pop("latitude_deg")),
        lambda doc: (
            doc["station"][0].pop("from"),
            doc["station"][0]["receiver"].pop("dark_count_hz"),
        ),
        lambda doc: doc.pop("schema"),
        lambda doc: doc.update(station=[]),
    ],
)
def test_the_schema_refuses_what_the_program_refuses(edit: Edit) -> None:
    document = deepcopy(as_json(example()))
    edit(document)
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    "edit",
    [
        lambda doc: doc["station"][0].pop("latitude_deg"),
        lambda doc: doc["station"][0]["receiver"].pop("dark_count_hz"),
        lambda doc: doc["payload"][0].update(source={"pulse_rate_mhz": 200.0}),
        lambda doc: doc["station"][0].update(receiver={"from": "micius-xinglong"}),
        lambda doc: doc["payload"][0].update(receiver={"from": "silicon-on-board"}),
    ],
)
def test_the_schema_does_not_ask_for_what_the_catalogue_gives(edit: Edit) -> None:
    document = deepcopy(as_json(example()))
    edit(document)
    assert VALIDATOR.is_valid(document)


def test_every_field_of_the_schema_is_described() -> None:
    bare = [
        f"{name}.{key}"
        for name, record in scenario_json_schema()["$defs"].items()
        for key, rule in record["properties"].items()
        if not rule.get("description")
    ]
    assert bare == []


def test_older_files_go_through_one_step_per_version() -> None:
    assert MIGRATIONS == {}
    steps = {0: lambda data: {**data, "station": data["site"]}}
    old = {"schema": 0, "site": [1]}
    assert migrated(old, steps) == {"schema": 1, "site": [1], "station": [1]}
    assert migrated({"schema": 1}, steps) == {"schema": 1}
    assert migrated({"schema": "0"}, steps) == {"schema": "0"}
