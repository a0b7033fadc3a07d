"""summary.json: strict, stable, complete."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from enum import IntEnum

import numpy as np
import plan_cases
import pytest

from euroqci_planner.io.exports.plain_text import json_bytes, plain
from euroqci_planner.io.exports.plan_folder import plan_files
from euroqci_planner.io.exports.summary_json import summary_bytes
from euroqci_planner.mission.plan_totals import plan_totals
from euroqci_planner.timebase import NOT_A_TIME, utc


def refuse(text: str) -> None:
    raise AssertionError(f"{text} is not JSON")


def read(content: bytes) -> dict:
    return json.loads(content.decode("utf-8"), parse_constant=refuse)


@pytest.fixture(scope="module")
def plan():
    return plan_cases.example_plan()


@pytest.fixture(scope="module")
def summary(plan):
    return read(summary_bytes(plan, {}))


def test_the_blocks_stand_in_a_fixed_order(summary):
    assert list(summary) == [
        "schema_version", "content", "marking", "scenario", "totals", "pair_contacts",
        "schedule", "limits", "satellites", "stations", "key_settings", "pooling", "key_stores",
        "outlook",
        "requirements", "security", "warnings", "import_report", "models", "epsilon_ledgers",
        "inputs", "files", "provenance",
    ]  # fmt: skip
    assert summary["schema_version"] == 1


def test_totals_bound_and_gap_are_those_of_the_plan(plan, summary):
    totals = plan_totals(plan)
    assert summary["totals"]["contacts"] == totals.contacts
    assert summary["totals"]["key_expected_bits"] == round(totals.key_expected_bits, 1)
    schedule = summary["schedule"]
    assert schedule["method"] == "greedy by expected key"
    assert schedule["bound_bits"] - schedule["value_bits"] == pytest.approx(
        schedule["gap_bits"], abs=0.11
    )
    assert schedule["relative_gap"] == pytest.approx(0.03 / 1.03, abs=1e-6)


def test_a_bound_that_is_not_proven_is_null(plan):
    schedule = read(summary_bytes(replace(plan, bound_bits=float("nan")), {}))["schedule"]
    assert schedule["bound_bits"] is None
    assert schedule["gap_bits"] is None
    assert schedule["relative_gap"] is None


def test_a_satellite_without_passes_says_why(summary):
    silent = [item for item in summary["satellites"] if not item["passes"]]
    assert [item["id"] for item in silent] == ["cubel"]
    assert "minimum elevation" in silent[0]["problem"]


def test_element_sets_have_their_age_and_design_orbits_have_none(summary):
    by_id = {item["id"]: item["elements"] for item in summary["satellites"]}
    # 2026-06-14T03:21:07.1 to 12:00:00 is 8 h 38 min 52.9 s.
    assert by_id["qube-ii"]["age_at_start_days"] == pytest.approx(31_132.9 / 86_400, abs=5e-5)
    assert by_id["qube-ii"]["age_at_end_days"] == pytest.approx(3.3603, abs=5e-5)
    assert by_id["qube-ii"]["epoch_utc"] == "2026-06-14T03:21:07.123584Z"
    assert by_id["cubel"]["age_at_start_days"] is None


def test_reasons_models_ledgers_inputs_and_provenance_are_there(plan, summary):
    assert sum(item["passes"] for item in summary["limits"]) == len(plan.passes) - len(
        plan.contact_rows
    )
    assert summary["models"][0] == {
        "role": "orbit",
        "name": "SGP4",
        "citation": "Vallado et al. 2006, AIAA 2006-6753",
    }
    ledger = summary["epsilon_ledgers"]["leo-850"]
    assert ledger["total"] == pytest.approx(sum(s["epsilon"] for s in ledger["shares"]))
    assert summary["inputs"] == [{"path": "orbits.tle", "sha256": "ab" * 32, "bytes": 1234}]
    assert summary["provenance"] == {"program": "euroqci-planner", "libraries": {"numpy": "2.4.6"}}
    assert summary["scenario"]["seed"] == 20260614
    assert summary["import_report"][0]["rule"] == "checksum"


def test_the_digests_are_those_of_the_other_files(plan):
    files = plan_files(plan)
    listed = read(files["summary.json"])["files"]
    assert set(listed) == set(files) - {"summary.json"}
    for name, entry in listed.items():
        assert entry["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert entry["bytes"] == len(files[name])


def test_passes_alone_have_no_schedule_and_no_key():
    summary = read(summary_bytes(plan_cases.geometry_plan(), {}))
    assert summary["content"] == "passes"
    assert summary["schedule"] is None
    assert summary["totals"]["key_clear_bits"] is None
    assert summary["totals"]["passes"] == 120


def test_plain_data_turns_what_json_cannot_say():
    class Colour(IntEnum):
        RED = 1

    data = {
        1: float("nan"),
        "inf": np.inf,
        "zero": -0.0,
        "array": np.array([1.5, np.nan]),
        "instant": utc("2026-06-14T12:00:00Z"),
        "none": NOT_A_TIME,
        "code": Colour.RED,
        "flag": np.arange(2)[1] > 0,
        "pair": (1, "caf\udce9"),
    }
    assert json.dumps(plain(data)) == json.dumps(
        {
            "1": None,
            "inf": None,
            "zero": 0.0,
            "array": [1.5, None],
            "instant": "2026-06-14T12:00:00.000Z",
            "none": None,
            "code": 1,
            "flag": True,
            "pair": [1, "caf\\udce9"],
        }
    )


def test_an_object_without_one_text_is_refused():
    with pytest.raises(TypeError, match="object is not plain data"):
        json_bytes({"x": object()})
