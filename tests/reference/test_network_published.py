"""`validate --group network`: cloud copula, stores under clouds with a memory, fibre rates.

Sources stand in each row of `resources/validation/published.csv`: quadrature of the bivariate
normal for the copula, a separate Monte Carlo program for the stores, published systems for fibre.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest
from scipy.stats import multivariate_normal, norm
from tolerances import within

from euroqci_planner.app.validation.network_checks import any_clear, fibre_rate_bps
from euroqci_planner.app.validation.runner import validate

STOCKS = Path(__file__).parent / "data" / "network" / "single_link_stock.csv"
RECORDS = {"FIBRE-TOSHIBA-LAB", "FIBRE-COW", "FIBRE-CLAVIS", "FIBRE-TOSHIBA-PRODUCT"}
COPULA_TOLERANCE = 0.002


@cache
def rows():
    return {row.number.id: row for row in validate(("network",))}


def test_all_is_reproduced_but_the_records_of_other_classes_which_say_so():
    off = {name for name, row in rows().items() if row.status not in {"reproduced", "compatible"}}
    assert off == RECORDS
    assert all("not of the class" in rows()[name].number.note for name in RECORDS)
    assert len(rows()) == 22


def test_the_table_of_single_stores_is_the_published_one():
    with STOCKS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            share = round(100 * float(row["consumption_over_supply"]))
            number = rows()[f"STOCK-{share}-{row['cloud_memory_h']}H"].number
            assert number.published == float(row["p_empty"])
            assert number.tolerance == 0.03


@pytest.mark.parametrize(("probability", "correlation"), [(0.5, 0.5), (0.3, 0.8), (0.85, 0.1)])
def test_the_copula_agrees_with_the_bivariate_normal_elsewhere_too(probability, correlation):
    limit = norm.ppf(1.0 - probability)
    cloudy = multivariate_normal.cdf([limit, limit], cov=[[1.0, correlation], [correlation, 1.0]])
    expected = 1.0 - float(cloudy)
    assert any_clear(probability, correlation) == within(COPULA_TOLERANCE, of=expected)


def test_beyond_its_largest_loss_a_class_gives_nothing():
    assert fibre_rate_bps("dv-standard", 28.0) == 0.0
    assert fibre_rate_bps("dv-standard", 40.0) == 0.0


def test_the_chance_to_run_empty_rises_with_the_memory_of_the_planners_own_clouds():
    for share in (60, 75, 90):
        chances = [rows()[f"STOCK-{share}-{memory}H"].computed for memory in (0, 36, 96)]
        assert chances[0] + 0.03 < chances[1]
        assert chances[1] + 0.03 < chances[2]
