"""The sample networks, planned end to end: users, ways and what fibre cannot reach."""

from __future__ import annotations

import csv
import json

import pytest
from tolerances import within

from euroqci_planner.resources import resource

LONGEST_S = 60.0
CAPITALS = 27
ISLANDS = {"cy-brussels", "ie-brussels", "mt-brussels"}
WITHOUT_STATION = {"martinique-brussels", "mayotte-brussels", "madeira-brussels"}


def rows_of(path):
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


@pytest.fixture(scope="module")
def planned(planner, tmp_path_factory):
    """The folder of a sample's plan, made once."""
    made = {}

    def run(name, objective="fair_pairs"):
        if (name, objective) not in made:
            folder = tmp_path_factory.mktemp(name)
            source = resource("samples", name, f"{name}.scenario.toml")
            for file in source.parent.iterdir():
                (folder / file.name).write_bytes(file.read_bytes())
            path = folder / source.name
            lines = path.read_text("utf-8").splitlines()
            days = [n for n, line in enumerate(lines) if line.startswith("duration_days = ")]
            assert len(days) == 1
            lines[days[0]] = "duration_days = 3.0"
            text = "\n".join(lines).replace('"fair_pairs"', f'"{objective}"') + "\n"
            path.write_text(text, encoding="utf-8")
            done = planner("plan", path, "--out", folder / "plan", "--quiet", timeout=LONGEST_S)
            assert done.returncode in (0, 4), done.stderr
            made[name, objective] = folder / "plan"
        return made[name, objective]

    return run


@pytest.mark.parametrize(
    ("name", "demands", "satellites"),
    [
        ("islands", 11, 4),
        ("member-states-27", 26, 4),
        ("one-satellite-four-nodes", 6, 1),
        ("greek-stations", 4, 4),
    ],
)
def test_every_sample_flies_contacts_and_answers_for_every_demand(
    planned, name, demands, satellites
):
    folder = planned(name)
    flown = rows_of(folder / "contacts.csv")
    assert 1 <= len({row["satellite_id"] for row in flown}) <= satellites
    found = rows_of(folder / "demands.csv")
    assert len(found) == demands
    assert all(0.0 <= float(row["availability"]) <= 1.0 for row in found)
    assert {row["verdict"] for row in rows_of(folder / "requirements.csv")} <= {"pass", "fail"}
    assert len(rows_of(folder / "security.csv")) == len({(row["a"], row["b"]) for row in found})


def test_in_the_27_states_fibre_serves_23_pairs_in_full_and_the_islands_need_satellites(planned):
    rows = {row["demand_id"]: row for row in rows_of(planned("member-states-27") / "demands.csv")}
    assert len(rows) == CAPITALS - 1
    on_fibre = {name for name, row in rows.items() if "~" not in row["route"]} - ISLANDS
    assert on_fibre == set(rows) - ISLANDS
    for name in on_fibre:
        assert float(rows[name]["availability"]) == within(1e-9, of=1.0)
        assert float(rows[name]["trusted_nodes"]) >= 1
    for name in ISLANDS:
        assert "~" in rows[name]["route"] or rows[name]["route"].startswith("no way")


def test_users_of_the_islands_without_a_station_are_named(planned):
    rows = {row["demand_id"]: row for row in rows_of(planned("islands") / "demands.csv")}
    assert set(rows) > WITHOUT_STATION
    for name in WITHOUT_STATION:
        assert "reaches no station" in rows[name]["route"]
        assert rows[name]["trusted_nodes"] == ""


def test_heraklion_is_reached_over_skinakas_and_thessaloniki_over_fibre(planned):
    rows = {row["demand_id"]: row for row in rows_of(planned("greek-stations") / "demands.csv")}
    assert "~" not in rows["athens-thessaloniki"]["route"]
    assert "ogs-ski" in rows["athens-heraklion"]["route"]
    assert "~" in rows["athens-heraklion"]["route"]


@pytest.mark.parametrize(
    "name", ["islands", "member-states-27", "one-satellite-four-nodes", "greek-stations"]
)
def test_every_sample_says_where_its_figures_come_from_and_what_is_assumed(name):
    head = (
        resource("samples", name, f"{name}.scenario.toml").read_text("utf-8").split("schema =")[0]
    )
    assert "Sources:" in head
    assert "ssumed" in head


def smallest_share(folder, names):
    rows = [row for row in rows_of(folder / "demands.csv") if row["demand_id"] in names]
    return min(float(row["served_bits"]) / float(row["requested_bits"]) for row in rows)


@pytest.mark.parametrize("name", ["islands", "member-states-27", "one-satellite-four-nodes"])
def test_fair_pairs_serves_the_poorest_in_the_forecast_no_worse_than_expected_key(planned, name):
    fair, by_key = planned(name), planned(name, "expected_key")
    schedule = json.loads((fair / "summary.json").read_text("utf-8"))["schedule"]
    assert schedule["objective"] == "fair_pairs"
    reached = {item["demand"] for item in schedule["pairs"] if item["is_reached"]}
    assert smallest_share(fair, reached) >= smallest_share(by_key, reached)
    goals = schedule["goals"]
    shares = [item["served_share"] for item in schedule["pairs"] if item["is_reached"]]
    assert min(goal["value"] for goal in goals[:-2]) == within(1e-5, of=min(shares))
    assert all(goal["bound"] >= goal["value"] for goal in goals)
    assert goals[-1]["value"] == within(0.1, of=schedule["value_bits"])
    left_out = {item["demand"] for item in schedule["pairs"]} - reached
    warnings = "".join(json.loads((fair / "summary.json").read_text("utf-8"))["warnings"])
    assert all(item in warnings for item in left_out)
    page = (fair / "report.html").read_text("utf-8")
    assert "smallest served share, public" in page
    assert ("no new key" in page) == bool(left_out)


def test_stock_value_names_days_and_what_the_stocks_of_each_demand_are_worth(planned):
    folder = planned("one-satellite-four-nodes", "stock_value")
    schedule = json.loads((folder / "summary.json").read_text("utf-8"))["schedule"]
    assert [goal["unit"] for goal in schedule["goals"]] == ["day", "bit"]
    worth = sum(item["stock_value_days"] for item in schedule["pairs"])
    assert schedule["goals"][0]["value"] == within(1e-3 * worth, of=worth)
    assert all(item["stock_value_days"] <= item["most_value_days"] for item in schedule["pairs"])
    assert "Value" in (folder / "report.html").read_text("utf-8")
