"""The sample networks, planned end to end: users, ways and what fibre cannot reach."""

from __future__ import annotations

import csv

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

    def run(name):
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            source = resource("samples", name, f"{name}.scenario.toml")
            for file in source.parent.iterdir():
                (folder / file.name).write_bytes(file.read_bytes())
            path = folder / source.name
            lines = path.read_text("utf-8").splitlines()
            days = [n for n, line in enumerate(lines) if line.startswith("duration_days = ")]
            assert len(days) == 1
            lines[days[0]] = "duration_days = 3.0"
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            done = planner("plan", path, "--out", folder / "plan", "--quiet", timeout=LONGEST_S)
            assert done.returncode in (0, 4), done.stderr
            made[name] = folder / "plan"
        return made[name]

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
