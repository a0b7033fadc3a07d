"""Files of a plan with contacts of two stations."""

from __future__ import annotations

import csv
import io
import json
from functools import lru_cache

import numpy as np
from entangled_cases import pair_plan
from tolerances import within

from euroqci_planner.app import planner
from euroqci_planner.mission.pair_columns import PAIR_CONTACT_COLUMNS
from euroqci_planner.mission.plan import is_flown
from euroqci_planner.mission.plan_totals import plan_totals, satellite_totals, station_totals


@lru_cache(maxsize=1)
def files():
    return planner.plan_files(pair_plan())


def rows(name):
    return list(csv.DictReader(io.StringIO(files()[name].decode("utf-8"))))


def test_every_candidate_stands_in_the_file_with_the_columns_of_the_manual():
    found = rows("pair_contacts.csv")
    assert tuple(found[0]) == tuple(PAIR_CONTACT_COLUMNS)
    assert len(found) == len(pair_plan().pair_contacts)
    passes = {row["pass_id"] for row in rows("passes.csv")}
    for row in found:
        assert {row["pass_a_id"], row["pass_b_id"]} <= passes
        assert row["contact_id"].startswith(
            f"{row['satellite_id']}/{row['station_a_id']}+{row['station_b_id']}/"
        )
        assert float(row["loss_min_db"]) <= float(row["loss_max_db"])
        expected = float(row["clear_probability"]) * float(row["key_clear_bits"])
        expected += float(row["key_cloudy_bits"])
        light = float(row["clear_probability"]) + float(row["cloudy_probability"])
        for end in "ab":
            states = ("clear", "thin", "broken")
            alone = sum(float(row[f"{state}_{end}_probability"]) for state in states)
            assert light < alone + 3e-4
        assert float(row["key_expected_bits"]) == within(2e-4 * expected + 1.0, of=expected)
        assert (row["reason"] == "") == (row["state"] == "scheduled")


def test_a_rejected_contact_names_the_contact_in_its_way():
    found = rows("pair_contacts.csv")
    flown = {row["contact_id"] for row in found if row["state"] == "scheduled"}
    flown |= {row["pass_id"] for row in rows("contacts.csv")}
    blockers = [row["blocked_by"] for row in found if row["blocked_by"]]
    assert blockers
    assert set(blockers) <= flown


def test_both_stations_have_the_contact_in_their_list_and_in_the_calendar():
    found = [row for row in rows("contacts.csv") if row["partner_station_id"]]
    flown = [row for row in rows("pair_contacts.csv") if row["state"] == "scheduled"]
    assert len(found) == 2 * len(flown)
    ends = {(row["start_utc"], row["station_id"], row["partner_station_id"]) for row in found}
    for row in flown:
        a, b = row["station_a_id"], row["station_b_id"]
        assert {(row["start_utc"], a, b), (row["start_utc"], b, a)} <= ends
    assert all(row["key_clear_bits"] == row["key_expected_bits"] == "" for row in found)
    calendar = files()["contacts.ics"].decode("utf-8").replace("\r\n ", "")
    assert calendar.count("Partner station: ") == len(found)


def test_the_summary_counts_the_key_of_pairs_apart_and_once():
    summary, plan = json.loads(files()["summary.json"]), pair_plan()
    flown = is_flown(plan.pair_contacts.state)
    bits = float(plan.pair_contacts.key_expected_bits[flown].sum())
    told = summary["pair_contacts"]
    assert told["candidates"] == len(flown)
    assert told["contacts"] == flown.sum()
    assert told["key_expected_bits"] == within(0.06, of=bits)
    assert sum(item["key_expected_bits"] for item in told["links"]) == within(1.0, of=bits)
    alone = float(np.nansum(plan.decisions.key_expected_bits[plan.decisions.flown_alone]))
    assert summary["totals"]["key_expected_bits"] == within(0.06, of=alone)
    assert summary["schedule"]["value_bits"] == within(0.2, of=alone + bits)
    assert any(model["name"] == "both skies clear at once" for model in summary["models"])


def test_totals_by_station_have_each_contact_at_both_ends():
    plan = pair_plan()
    whole = plan_totals(plan)
    by_station, by_satellite = station_totals(plan).values(), satellite_totals(plan).values()
    assert sum(item.pair_contacts for item in by_station) == 2 * whole.pair_contacts
    assert sum(item.pair_contacts for item in by_satellite) == whole.pair_contacts
    total = sum(item.all_expected_bits for item in by_satellite)
    assert total == within(1e-3, of=whole.all_expected_bits)


def test_the_report_lists_what_two_stations_share():
    page = files()["report.html"].decode("utf-8")
    assert "<h2>Contacts of two stations</h2>" in page
    assert "Expected key of pairs" in page


def test_the_metadata_describe_the_file():
    tables = {item["url"]: item for item in json.loads(files()["tables.meta.json"])["tables"]}
    schema = tables["pair_contacts.csv"]["tableSchema"]
    assert schema["primaryKey"] == "contact_id"
    assert [item["name"] for item in schema["columns"]] == list(PAIR_CONTACT_COLUMNS)
