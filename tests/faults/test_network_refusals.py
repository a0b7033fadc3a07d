"""What is wrong with users, fibre, stores and clouds is refused by name, with place and mend."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from network_scenarios import NETWORK, with_users

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.scenario_file import load_scenario
from euroqci_planner.resources import resource

SAMPLE = resource("samples", "first-plan", "first-plan.scenario.toml")
SECOND_LINK = """
[[fibre_link]]
a = "nice"
b = "calern"
length_km = 31.0
device = "dv-standard"
"""
CLEAR = (
    'from = "OGS-CAL"\nclear_sky_probability_monthly = [{}, {},'
    " 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]"
)
STOCK = """
[[link_store]]
satellite = "{}"
station = "{}"
stock_kbit = {}
"""


def changed(folder: Path, old: str, new: str, more: str = "") -> Path:
    path = with_users(SAMPLE, folder, rate=10.0, more=more)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


CASES = {
    "unknown node": ('a = "nice"\nb = "athens"', 'a = "nicee"\nb = "athens"', "",
                     "demand[0].a", "no node of this id", "did you mean nice?"),
    "station as a user": ('a = "nice"\nb = "athens"', 'a = "calern"\nb = "athens"', "",
                          "demand[0].a", "no node of this id", "known node"),
    "a pair of one": ('a = "nice"\nb = "athens"', 'a = "athens"\nb = "athens"', "",
                      "demand[0].b", "", ""),
    "negative reserve": ("start_mbit = 0.1", "start_mbit = 0.1\nreserve_mbit = -0.5", "",
                         "demand[0].store.reserve_mbit", "at least 0", ""),
    "reserve beyond all measure": ("start_mbit = 0.1", "start_mbit = 0.1\nreserve_mbit = 1e12", "",
                                   "demand[0].store.reserve_mbit", "1e+15 bits", "check the unit"),
    "negative stock": ("start_mbit = 0.1", "start_mbit = -0.1", "",
                       "demand[0].store.start_mbit", "at least 0", ""),
    "loop of access links": ("[scenario]", "[scenario]", SECOND_LINK, "fibre_link[2].b",
                             "closes a loop of access links: nice - calern - nice",
                             "remove one of these links"),
    "cloud probability of 1.2": (
        'from = "OGS-CAL"', CLEAR.format("1.2", "0.5"), "",
        "station[2].clear_sky_probability_monthly[0]", "between 0 and 1", ""),
    "negative cloud probability": (
        'from = "OGS-CAL"', CLEAR.format("0.5", "-0.1"), "",
        "station[2].clear_sky_probability_monthly[1]", "between 0 and 1", ""),
    "availability of 1.2": ("wanted_availability = 0.95", "wanted_availability = 1.2", "",
                            "demand[0].store.wanted_availability", "", ""),
    "post-processing of two years": ("post_processing_min = 30.0", "post_processing_min = 1.1e6",
                                     "", "policy.post_processing_min", "within a year", "minutes"),
    "negative post-processing": ("post_processing_min = 30.0", "post_processing_min = -1.0", "",
                                 "policy.post_processing_min", "at least 0", ""),
    "authentication without end": (
        "post_processing_min = 30.0",
        "post_processing_min = 30.0\nauthentication_bits_per_contact = 1e12", "",
        "policy.authentication_bits_per_contact", "1e+09 bits", "a few thousand"),
    "a classical contact in two years": (
        "post_processing_min = 30.0", "post_processing_min = 30.0\nclassical_contact_h = 17532.0",
        "", "policy.classical_contact_h", "within a year", "hours"),
    "stock of an unknown satellite": ("[scenario]", "[scenario]",
                                      STOCK.format("qube-3", "calern", 10),
                                      "link_store[0].satellite", "no satellite of this id",
                                      "did you mean qube-2?"),
    "stock at an unknown station": ("[scenario]", "[scenario]",
                                    STOCK.format("qube-2", "calernn", 10),
                                    "link_store[0].station", "no station of this id",
                                    "did you mean calern?"),
    "unknown device": ('device = "dv-standard"', 'device = "dv-standart"', "",
                       "fibre_link[0].device", "no catalogue device", "did you mean dv-standard?"),
    "unknown class": ('class = "public"', 'class = "publik"', "", "demand[0].class", "", "public"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_its_place_and_a_mend(name: str, tmp_path: Path) -> None:
    old, new, more, where, problem, mend = CASES[name]
    with pytest.raises(InvalidInput) as refused:
        load_scenario(changed(tmp_path, old, new, more))
    faults = [fault for fault in refused.value.faults if fault.where == where]
    assert len(faults) == 1, [str(fault) for fault in refused.value.faults]
    assert problem in faults[0].problem
    assert mend in faults[0].mend
    assert faults[0].line > 0


def test_all_faults_of_a_network_are_said_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    path = changed(tmp_path, 'a = "nice"\nb = "athens"', 'a = "nicee"\nb = "athens"', SECOND_LINK)
    text = path.read_text("utf-8").replace(
        "start_mbit = 0.1", "start_mbit = 0.1\nreserve_mbit = -1"
    )
    path.write_text(text, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "euroqci_planner", "plan", path, "--out", tmp_path / "out"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert run.returncode == 3
    assert "Traceback" not in run.stderr
    for words in ("did you mean nice?", "reserve_mbit", "closes a loop of access links"):
        assert words in run.stderr
    assert not (tmp_path / "out").exists()


def test_a_status_file_stands_among_the_inputs_with_its_digest(tmp_path: Path) -> None:
    status = json.dumps({"stored_key_count": 4_000, "key_size": 256}).encode()
    (tmp_path / "kme.json").write_bytes(status)
    path = changed(tmp_path, "start_mbit = 0.1", 'status_file = "kme.json"')
    scenario = load_scenario(path)
    (found,) = [item for item in scenario.inputs if item.path == "kme.json"]
    assert found.sha256 == hashlib.sha256(status).hexdigest()
    assert found.bytes == len(status)
    assert scenario.network.demands[0].store.start_bits == 1_024_000


def test_the_text_of_the_cases_is_that_of_the_network() -> None:
    assert 'a = "nice"\nb = "athens"' in NETWORK


OBJECTIVE = ('objective = "expected_key"', 'objective = "{}"')


@pytest.mark.parametrize("objective", ["fair_pairs", "stock_value"])
def test_an_objective_of_pairs_without_demands_is_refused(tmp_path, objective):
    old, new = OBJECTIVE[0], OBJECTIVE[1].format(objective)
    for file in SAMPLE.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    bare = tmp_path / SAMPLE.name
    bare.write_text(bare.read_text("utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(InvalidInput, match="no pair of users asks for key") as refused:
        load_scenario(bare)
    assert "schedule.objective" in str(refused.value)


@pytest.mark.parametrize("objective", ["fair_pairs", "stock_value"])
def test_an_objective_of_pairs_with_a_demand_and_a_quota_is_in_force(tmp_path, objective):
    old, new = OBJECTIVE[0], OBJECTIVE[1].format(objective)
    quota = '[[schedule.quota]]\ngroup = "g"\nmax_share = 0.5\n'
    path = changed(tmp_path, old, new, more=quota)
    text = path.read_text("utf-8").replace(
        'class = "public"', 'class = "public"\nquota_group = "g"'
    )
    path.write_text(text, encoding="utf-8")
    scenario = load_scenario(path)
    assert scenario.schedule.objective.value == objective
    assert [(item.group, item.max_share) for item in scenario.schedule.quotas] == [("g", 0.5)]
    assert not any("objective" in text for text in scenario.warnings)
