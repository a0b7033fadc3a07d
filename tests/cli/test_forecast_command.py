"""`forecast`: risk, next deposits and what-if on the terminal, as JSON and as files."""

from __future__ import annotations

import csv
import json

import pytest
from network_scenarios import requirement, with_users

LIMIT = ("REQ-AVAIL", "availability", "nice-athens", "at_least", 0.2)


@pytest.fixture(scope="module")
def scenario(sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("forecast")
    return with_users(sample, folder, rate=3_000.0, more=requirement(*LIMIT), days=3.0)


@pytest.fixture(scope="module")
def without_helmos(planner, scenario):
    folder = scenario.parent / "down"
    run = planner(
        "forecast", scenario, "--without-station", "helmos", "--out", folder, "--quiet"
    )  # fmt: skip
    return run, folder


def case_of(folder, name):
    return json.loads((folder / "forecast.json").read_text("utf-8"))["cases"][name]


def test_a_station_that_is_down_costs_availability_and_the_requirement_fails(without_helmos):
    run, folder = without_helmos
    assert run.returncode == 4, run.stderr
    (planned,), (switched,) = (case_of(folder, name)["demands"] for name in ("planned", "switched"))
    assert planned["availability"] > 0.2 > switched["availability"]
    assert planned["requested_bits"] == switched["requested_bits"]
    assert switched["served_bits"] < planned["served_bits"]
    verdicts = [
        case_of(folder, name)["requirements"][0]["verdict"] for name in ("planned", "switched")
    ]
    assert verdicts == ["pass", "fail"]
    assert b"requirement REQ-AVAIL failed" in run.stderr


def test_the_terminal_shows_planned_and_new_risk_side_by_side(without_helmos):
    run, _ = without_helmos
    shown = run.stdout.decode()
    assert "without station helmos (other contacts as planned)" in shown
    for words in ("P(empty) planned", "next deposits", "fibre only", "left for industry"):
        assert words in shown


def test_the_tables_have_a_row_per_case_and_demand(without_helmos):
    _, folder = without_helmos
    rows = list(csv.DictReader((folder / "forecast.csv").read_text("utf-8").splitlines()))
    assert [(row["case"], row["demand_id"]) for row in rows] == [
        ("planned", "nice-athens"),
        ("switched", "nice-athens"),
    ]
    stations = {
        row["b"]
        for row in csv.DictReader((folder / "stores.csv").read_text("utf-8").splitlines())
        if row["kind"] == "link" and float(row["expected_bits"]) > 0.0
    }
    assert "helmos" not in stations
    assert "calern" in stations


def test_next_deposits_come_in_order_with_key_and_chance(without_helmos):
    _, folder = without_helmos
    coming = case_of(folder, "planned")["outlook"]["demands"]["nice-athens"]["next_deposits"]
    assert 1 <= len(coming) <= 3
    times = [item["usable_utc"] for item in coming]
    assert times == sorted(times)
    assert all(item["key_clear_bits"] > 0 and 0.0 < item["chance"] <= 1.0 for item in coming)
    assert {item["station"] for item in coming} <= {"calern", "helmos"}


def test_the_error_of_the_climatology_is_shown_and_brackets_the_forecast(without_helmos):
    run, folder = without_helmos
    case = case_of(folder, "planned")
    (demand,) = case["demands"]
    error = case["outlook"]["climate_error"]["nice-athens"]
    assert error["shift"] == 0.1
    assert error["availability_cloudier"] < demand["availability"] < error["availability_clearer"]
    assert error["p_empty_clearer"] <= demand["p_empty"] <= error["p_empty_cloudier"]
    assert "0.1 higher or lower" in run.stdout.decode()


def test_a_lost_satellite_and_a_new_plan_keep_other_satellites_at_work(planner, scenario):
    run = planner(
        "forecast", scenario, "--without-satellite", "qube-2", "--replan", "--json", "--quiet"
    )  # fmt: skip
    assert run.returncode in (0, 4), run.stderr
    plain = json.loads(run.stdout)
    assert plain["switches"] == "without satellite qube-2 (contacts chosen anew)"
    again = plain["cases"]["switched"]
    coming = again["outlook"]["demands"]["nice-athens"]["next_deposits"]
    assert "qube-2" not in {item["satellite"] for item in coming}
    assert again["contacts"] > 0


def test_twice_the_demand_raises_the_risk_under_the_same_skies(planner, scenario):
    run = planner("forecast", scenario, "--demand-factor", "2", "--json", "--quiet")
    cases = json.loads(run.stdout)["cases"]
    (planned,), (switched,) = (cases[name]["demands"] for name in ("planned", "switched"))
    assert switched["requested_bits"] == 2 * planned["requested_bits"]
    assert switched["p_empty"] >= planned["p_empty"]
    assert switched["availability"] < planned["availability"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--without-station", "helmoss"), "did you mean helmos?"),
        (("--without-satellite", "qube-3"), "did you mean qube-2?"),
        (("--demand-factor", "0"), "is no factor"),
        (("--demand-factor", "nan"), "is no factor"),
    ],
)
def test_what_cannot_be_switched_is_refused_by_name(planner, scenario, options, words):
    run = planner("forecast", scenario, *options, "--quiet")
    assert run.returncode == 3
    assert words in run.stderr.decode()


def test_the_plan_holds_the_outlook_in_summary_and_report(planner, scenario, tmp_path):
    run = planner("plan", scenario, "--out", tmp_path / "out", "--quiet")
    assert run.returncode == 0, run.stderr
    outlook = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))["outlook"]
    assert outlook["demands"]["nice-athens"]["next_deposits"]
    flow = outlook["flow"]["nice-athens"]
    assert flow["combination"] == "satellite"
    assert flow["served_bits_fibre_only"] < flow["served_bits_hybrid"]
    assert "Who runs out of key" in (tmp_path / "out" / "report.html").read_text("utf-8")
