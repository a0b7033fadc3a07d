"""`stores.csv` and `demands.csv`: who will run out of key."""

from __future__ import annotations

import csv
import json

import pytest
from network_scenarios import NETWORK, with_users


def rows_of(path):
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


@pytest.fixture
def planned(planner, sample, tmp_path):
    def run(rate: float):
        folder = tmp_path / f"rate-{rate:g}"
        path = with_users(sample, folder, rate=rate)
        done = planner("plan", path, "--out", folder / "plan", "--quiet")
        assert done.returncode == 0, done.stderr
        return folder / "plan"

    return run


def test_a_small_demand_is_served_over_the_satellite_and_a_large_one_runs_out(planned):
    (small,) = rows_of(planned(10.0) / "demands.csv")
    (large,) = rows_of(planned(100_000.0) / "demands.csv")
    assert float(small["availability"]) > 0.95 > float(large["availability"])
    assert float(small["p_empty"]) < float(large["p_empty"]) == 1.0
    assert float(large["days_to_empty_p10"]) <= float(large["days_to_empty_p50"])
    assert int(small["trusted_nodes"]) >= 1
    assert "calern" in small["route"]
    assert "helmos" in small["route"]


def test_the_ledger_of_every_store_balances_to_the_bit(planned):
    folder = planned(100.0)
    ledger = json.loads((folder / "summary.json").read_text("utf-8"))["key_stores"]["ledger"]
    assert {name.split()[0] for name in ledger} == {"link", "pair"}
    for row in ledger.values():
        gone = (
            row["authentication_bits"] + row["withdrawn_bits"] + row["expired_bits"]
            + row["overflow_bits"]
        )  # fmt: skip
        assert row["start_bits"] + row["deposited_bits"] - gone == row["end_bits"]


def test_quantiles_rise_and_stores_are_never_below_zero(planned):
    rows = rows_of(planned(100.0) / "stores.csv")
    assert {row["kind"] for row in rows} == {"link", "pair"}
    for row in rows:
        levels = [float(row[name]) for name in ("p01_bits", "p10_bits", "p50_bits", "p90_bits")]
        assert 0.0 <= levels[0] <= levels[1] <= levels[2] <= levels[3]


def test_under_a_sky_that_is_always_clear_there_is_one_course_and_no_quantiles(
    planner, sample, tmp_path
):
    for file in sample.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    path = tmp_path / sample.name
    text = path.read_text("utf-8").replace('model = "climatology"', 'model = "clear"')
    path.write_text(text + NETWORK.format(rate=10.0), encoding="utf-8")
    assert planner("plan", path, "--out", tmp_path / "plan", "--quiet").returncode == 0
    rows = rows_of(tmp_path / "plan" / "stores.csv")
    assert {row["p50_bits"] for row in rows} == {""}
    assert max(float(row["expected_bits"]) for row in rows) > 0.0


@pytest.mark.parametrize("chance", ["1.0", "0.0"])
def test_certain_skies_give_one_and_the_same_course(planner, sample, tmp_path, chance):
    path = with_users(sample, tmp_path, rate=1_000.0, days=2.0)
    months = ", ".join([chance] * 12)
    text = path.read_text("utf-8").replace(
        "min_elevation_deg = 20.0",
        f"min_elevation_deg = 20.0\nclear_sky_probability_monthly = [{months}]",
    )
    path.write_text(text, encoding="utf-8")
    assert planner("plan", path, "--out", tmp_path / "certain", "--quiet").returncode == 0
    rows = rows_of(tmp_path / "certain" / "stores.csv")
    assert rows
    for row in rows:
        assert row["p01_bits"] == row["p50_bits"] == row["p90_bits"] == row["expected_bits"]
    (demand,) = rows_of(tmp_path / "certain" / "demands.csv")
    assert demand["p_empty"] in {"0.0000", "1.0000"}
    if chance == "0.0":
        assert {row["kind"] for row in rows} == {"pair"}, "a contact worth nothing is not flown"
        return
    path.write_text(text.replace('model = "climatology"', 'model = "clear"'), encoding="utf-8")
    assert planner("plan", path, "--out", tmp_path / "clear", "--quiet").returncode == 0
    clear = rows_of(tmp_path / "clear" / "stores.csv")
    assert [row["expected_bits"] for row in clear] == [row["p50_bits"] for row in rows]
