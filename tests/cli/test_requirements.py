"""`[[requirement]]`: pass or fail on the terminal, in every file, and in the exit code."""

from __future__ import annotations

import csv
import json

import pytest
from network_scenarios import requirement, with_users

MET = (
    ("REQ-AVAIL", "availability", "nice-athens", "at_least", 0.5),
    ("REQ-EMPTY", "p_empty", "nice-athens", "at_most", 1.0),
    ("REQ-KEY", "key_per_day_kbit", "nice-athens", "at_least", 5.0),
    ("REQ-CONTACTS", "contacts_per_week", "", "at_least", 1.0),
)
MISSED = (
    ("REQ-ALL-KEY", "key_per_day_kbit", "", "at_least", 1e9),
    ("REQ-FEW", "contacts_per_week", "nice-athens", "at_most", 0.5),
)


@pytest.fixture(scope="module")
def planned(planner, sample, tmp_path_factory):
    """Plans three days with these requirements, each set once; the run and its folder."""
    made = {}

    def run(*wanted):
        if wanted not in made:
            folder = tmp_path_factory.mktemp("planned")
            more = "".join(requirement(*item) for item in wanted)
            path = with_users(sample, folder, rate=1_000.0, more=more, days=3.0)
            done = planner("plan", path, "--out", folder / "out", "--quiet")
            made[wanted] = (done, folder / "out")
        return made[wanted]

    return run


def rows_of(path):
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_a_plan_that_meets_its_requirements_exits_with_0_and_shows_the_figures(planned):
    run, folder = planned(*MET)
    assert run.returncode == 0, run.stderr
    rows = {row["requirement_id"]: row for row in rows_of(folder / "requirements.csv")}
    assert list(rows) == [item[0] for item in MET]
    assert {row["verdict"] for row in rows.values()} == {"pass"}
    (demand,) = rows_of(folder / "demands.csv")
    assert float(rows["REQ-AVAIL"]["figure"]) == pytest.approx(
        float(demand["availability"]), abs=1e-5
    )
    assert float(rows["REQ-EMPTY"]["figure"]) == pytest.approx(float(demand["p_empty"]), abs=1e-4)
    per_day = float(demand["served_bits"]) / 3.0 / 1e3
    assert float(rows["REQ-KEY"]["figure"]) == pytest.approx(per_day, rel=1e-3)
    contacts = len(rows_of(folder / "contacts.csv"))
    assert float(rows["REQ-CONTACTS"]["figure"]) == pytest.approx(contacts / 3.0 * 7.0, rel=1e-6)
    shown = run.stdout.decode()
    assert shown.count("PASS") == len(MET)


def test_a_requirement_that_fails_gives_exit_code_4_and_is_named_everywhere(planned):
    run, folder = planned(*MET, *MISSED)
    assert run.returncode == 4
    said = run.stderr.decode()
    assert "requirement REQ-ALL-KEY failed: key_per_day_kbit is" in said
    assert "wanted at least 1e+09 kbit/d" in said
    assert "requirement REQ-FEW failed" in said
    assert "REQ-AVAIL" not in said
    assert run.stdout.decode().count("FAIL") == len(MISSED)
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    verdicts = {item["id"]: item["verdict"] for item in summary["requirements"]}
    assert [name for name, verdict in verdicts.items() if verdict == "fail"] == [
        item[0] for item in MISSED
    ]
    page = (folder / "report.html").read_text("utf-8")
    assert "6 requirements, 2 not met" in page
    assert page.count("<strong>FAIL</strong>") >= len(MISSED)


def test_several_scenarios_of_which_one_misses_a_requirement(planner, sample, tmp_path):
    more = "".join(requirement(*item) for item in MISSED)
    scenario = with_users(sample, tmp_path, rate=1_000.0, more=more, days=2.0)
    fine = tmp_path / "fine.scenario.toml"
    fine.write_text(scenario.read_text("utf-8").replace(more, ""), encoding="utf-8")
    run = planner("plan", scenario, fine, "--out", tmp_path / "batch", "--quiet")
    assert run.returncode == 4
    rows = rows_of(tmp_path / "batch" / "batch.csv")
    assert [row["exit_code"] for row in rows] == ["4", "0"]
    assert rows[0]["message"] == "requirements failed: REQ-ALL-KEY, REQ-FEW"
    assert int(rows[0]["contacts"]) > 0


def test_the_security_of_a_pair_names_places_countries_epsilon_age_and_evidence(planned):
    run, folder = planned(*MET)
    assert run.returncode == 0
    (pair,) = rows_of(folder / "security.csv")
    assert (pair["a"], pair["b"], pair["demands"]) == ("athens", "nice", "nice-athens")
    places = pair["trusted_places"].split()
    assert {"calern", "helmos"} <= set(places)
    assert {"FR", "GR"} <= set(pair["countries"].split())
    # Helmos is joined to Athens by three hops: station, satellite, station, two nodes between.
    assert int(float(pair["trusted_nodes"])) >= 5
    assert int(float(pair["disjoint_ways"])) >= 1
    blocks = int(float(pair["key_blocks"]))
    assert blocks >= 2
    assert float(pair["epsilon"]) == pytest.approx(blocks * (1e-9 + 1e-15), rel=1e-3)
    assert 0.0 < float(pair["mean_key_age_days"]) <= float(pair["oldest_key_age_days"]) <= 3.1
    assert pair["requirements"] == "REQ-AVAIL pass; REQ-EMPTY pass; REQ-KEY pass"
    page = (folder / "report.html").read_text("utf-8")
    assert "Security of athens and nice" in page
    assert "epsilon budget" in page
    (plain,) = json.loads((folder / "summary.json").read_text("utf-8"))["security"]
    assert sum(way["bits"] for way in plain["ways"]) > 0
    assert plain["requirements"] == ["REQ-AVAIL", "REQ-EMPTY", "REQ-KEY"]
