"""The scenario as forms: fields that follow the schema, and what typing into them does."""

from __future__ import annotations

import tomllib

import pytest
from scenario_editing import example, read

from euroqci_planner.app.form_edits import (
    faults_at,
    field_edit,
    new_record,
    record_added,
    record_removed,
)
from euroqci_planner.app.scenario_fields import FieldKind, FormField, blocks, form_of
from euroqci_planner.errors import InvalidInput

DATA = tomllib.loads(example())


def field(*path: str | int) -> FormField:
    for length in range(len(path) - 1, 0, -1):
        for group in form_of(DATA, path[:length]):
            for item in group.fields:
                if item.path == path:
                    return item
    raise AssertionError(f"no field {path}")


def test_every_value_that_the_example_writes_has_a_field():
    shown = {
        item.path
        for block in blocks(DATA)
        for entry in block.records
        for group in form_of(DATA, entry.path)
        for item in group.fields
    }

    def written(data, path=()):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            inner = isinstance(value, dict) or (
                isinstance(value, list) and isinstance(value[0], dict)
            )
            yield from written(value, (*path, key)) if inner else [(*path, key)]

    assert set(written(DATA)) - shown == {("schema",)}


def test_a_field_knows_unit_limits_and_what_is_written():
    item = field("station", 0, "receiver", "aperture_mm")
    assert (item.label, item.unit, item.written) == ("Aperture", "mm", "800.0")
    assert item.limits == "must be above 0 and at most 50000"
    assert item.kind is FieldKind.NUMBER


def test_a_field_that_is_not_written_shows_what_counts_and_where_it_comes_from():
    default = field("satellite", 1, "max_contacts_per_day")
    assert (default.written, default.inherited, default.origin) == ("", "", "")
    row = field("payload", 0, "aperture_mm")
    assert (row.inherited, row.origin) == ("80.0", "catalogue generic-leo-1550")


def test_words_are_offered_and_ids_suggested():
    assert field("policy", "concentration").choices == ("hoeffding", "chernoff", "exact")
    assert field("satellite", 0, "payload").suggestions == ("leo-1550", "qube-2")
    assert field("payload", 0, "source", "protocol").is_variant


def test_what_is_typed_becomes_a_value_of_its_kind_and_a_readable_step():
    edit = field_edit(
        example(), field("station", 0, "receiver", "aperture_mm"), "1200", "calar-alto"
    )
    assert edit.title == "Set aperture of calar-alto to 1200.0 mm"
    assert read(edit.text).stations[0].receiver.aperture_m == 1.2


def test_nothing_typed_lets_the_default_count_again():
    edit = field_edit(example(), field("policy", "post_processing_min"), "  ", "Policy")
    assert edit.title == "Reset post processing of Policy"
    assert "post_processing_min" not in edit.text


@pytest.mark.parametrize(
    ("path", "typed", "problem"),
    [
        (("station", 0, "latitude_deg"), "128.3", "must be between -90 and 90"),
        (("station", 0, "latitude_deg"), "37,2", "must be a number"),
        (("scenario", "start_utc"), "2026-06-14T12:00:00", "a time needs an offset or Z"),
        (("policy", "concentration"), "chernof", "must be one of hoeffding, chernoff, exact"),
        (("satellite", 0, "payload"), "leo-155O", "there is no payload of this id"),
        (("station", 0, "receiver", "detectors"), "2.5", "must be a whole number"),
    ],
)
def test_the_form_says_what_the_file_door_says(path, typed, problem):
    text = field_edit(example(), field(*path), typed, "").text
    with pytest.raises(InvalidInput) as caught:
        read(text)
    found = faults_at(caught.value.faults, path)
    assert [fault.problem for fault in found] == [problem]
    assert all(fault.mend for fault in found)


def test_another_variant_takes_the_keys_along_that_mean_nothing_any_more():
    item = field("satellite", 1, "orbit", "type")
    data = tomllib.loads(field_edit(example(), item, "circular", "eagle-1").text)
    assert data["satellite"][1]["orbit"] == {
        "type": "circular",
        "epoch_utc": DATA["satellite"][1]["orbit"]["epoch_utc"],
        "altitude_km": 500.0,
        "argument_of_latitude_deg": 0.0,
    }


@pytest.mark.parametrize("block", ["satellite", "link_store"])
def test_a_new_record_is_valid_where_it_can_be(block):
    path = (block,)
    edit = record_added(example(), path, new_record(DATA, path))
    if block == "link_store":
        with pytest.raises(InvalidInput):
            read(edit.text)
    else:
        assert len(read(edit.text).satellites) == len(DATA["satellite"]) + 1


def test_a_new_record_takes_an_id_that_is_free():
    first = record_added(example(), ("station",), new_record(DATA, ("station",))).text
    second = new_record(tomllib.loads(first), ("station",))
    assert second["id"] == "station-2"


def test_a_removed_record_is_gone():
    edit = record_removed(example(), ("schedule", "ban", 0), "eagle-1")
    assert edit.title == "Remove schedule ban eagle-1"
    assert read(edit.text).schedule.bans == ()
