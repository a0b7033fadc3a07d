"""`catalogue`: rows with their sources, assumed ones marked."""

from __future__ import annotations

import json

import pytest

KINDS = ["stations", "nodes", "fibre", "payloads", "receivers", "devices"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_listed_with_sources_and_assumptions(planner, kind):
    rows = json.loads(planner("catalogue", kind, "--json").stdout)[kind]
    assert rows
    assert all(row["source"] for row in rows)
    assert {row["assumed"] for row in rows} <= {True, False}
    text = planner("catalogue", kind).stdout.decode()
    for row in rows:
        assert row["id"] in text
    assert f"{sum(row['assumed'] for row in rows)} of them assumed" in text


def test_rows_of_one_country_are_found_at_both_ends_of_a_fibre(planner):
    rows = json.loads(planner("catalogue", "fibre", "--country", "it", "--json").stdout)["fibre"]
    assert rows
    assert all("IT-" in row["id"] for row in rows)
    assert any(row["country"] != "IT" for row in rows)


def test_one_row_shows_every_field_that_a_scenario_takes(planner):
    text = planner("catalogue", "stations", "OGS-CAL").stdout.decode()
    for part in ("latitude_deg = 43.7547", "receiver.aperture_mm = 1540", "source:"):
        assert part in text


def test_an_unknown_id_and_an_unknown_country_are_answered_with_what_there_is(planner):
    run = planner("catalogue", "stations", "OGS-KAL")
    assert (run.returncode, b"OGS-CAL" in run.stderr) == (3, True)
    run = planner("catalogue", "stations", "--country", "XX")
    assert (run.returncode, b"GR" in run.stderr) == (3, True)
