"""Lines of key stores: from the forecast, else from the course."""

from __future__ import annotations

import numpy as np
import pytest
from key_course_cases import (
    CHANCES,
    EMPTY_S,
    HOUR_S,
    PAIRS,
    RESERVE_BITS,
    level_bits,
    plan_with_demands,
)
from tolerances import MICROSECOND, within

from euroqci_planner.app.store_lines import LineSource, numbers_of, store_book
from euroqci_planner.app.user_pairs import Risk, links_of_pair, outcome_of, risk_of, user_pairs
from euroqci_planner.mission.key_course import StoreKind
from euroqci_planner.timebase import after, seconds_between


@pytest.fixture(scope="module")
def plan():
    return plan_with_demands()


def test_the_forecast_comes_before_the_course(plan):
    assert store_book(plan).source is LineSource.FORECAST
    assert store_book(plan_with_demands(has_forecast=False)).source is LineSource.COURSE


@pytest.mark.parametrize("store", [0, 1, 2])
def test_a_line_holds_the_samples_of_its_store(plan, store):
    line = store_book(plan).line(store)
    assert np.array_equal(line.expected_bits, level_bits(store))
    assert line.is_sampled
    assert line.has_quantiles
    assert line.p10_bits == within(1e-6, of=0.5 * level_bits(store))
    assert line.p90_bits == within(1e-6, of=1.5 * level_bits(store))


def test_between_samples_the_line_runs_straight(plan):
    line = store_book(plan).line(0)
    start = plan.scenario.start_utc
    instants = after(start, HOUR_S * np.array([-5.0, 0.5, 10.25, 500.0]))
    assert line.bits_at(instants) == within(1e-3, of=[0.0, 0.5e5, 10.25e5, 72e5])


def test_pairs_have_a_reserve_a_chance_and_a_moment_without_key(plan):
    book = store_book(plan)
    first, second = numbers_of(book, StoreKind.PAIR)
    line = book.line(first)
    assert (line.name.a, line.name.b) == PAIRS[0]
    assert line.reserve_bits == RESERVE_BITS
    assert line.p_empty == CHANCES[0]
    away_s = float(seconds_between(plan.scenario.start_utc, line.empty_utc))
    assert away_s == within(1 * MICROSECOND, of=EMPTY_S)
    assert np.isnat(book.line(second).empty_utc)


def test_links_have_neither_and_the_riskiest_pair_comes_first(plan):
    book = store_book(plan)
    (link,) = numbers_of(book, StoreKind.LINK)
    line = book.line(link)
    assert np.isnan([line.reserve_bits, line.p_empty]).all()
    assert [book.p_empty[n] for n in numbers_of(book, StoreKind.PAIR)] == list(CHANCES)


def test_without_a_forecast_there_is_one_line_and_no_chance():
    book = store_book(plan_with_demands(has_forecast=False))
    line = book.line(1)
    assert not line.has_quantiles
    assert np.array_equal(line.line_bits, level_bits(1))
    assert np.isnan(line.p_empty)
    assert not np.isnat(line.empty_utc)


def test_pairs_of_users_take_their_demands_together(plan):
    pairs = user_pairs(plan)
    assert pairs.names == PAIRS
    assert pairs.p_empty.tolist() == list(CHANCES)
    assert pairs.served_share == within(1e-12, of=[0.8, 1.0])
    assert pairs.demands.tolist() == [1, 1]
    assert outcome_of(plan) is plan.forecast.demands


@pytest.mark.parametrize(
    ("chance", "served", "risk"),
    [
        (0.005, 0.5, Risk.LOW),
        (0.05, 1.0, Risk.RAISED),
        (0.35, 1.0, Risk.HIGH),
        (float("nan"), 0.999, Risk.LOW),
        (float("nan"), 0.95, Risk.RAISED),
        (float("nan"), 0.5, Risk.HIGH),
    ],
)
def test_a_risk_is_a_chance_or_without_a_forecast_what_is_not_served(chance, served, risk):
    assert risk_of(chance, served) is risk


def test_the_links_that_served_a_pair_are_those_of_its_relays(plan):
    satellite, stations = plan.passes.satellite_ids[0], plan.passes.station_ids
    wanted = {(satellite, stations[0]), (satellite, stations[1])}
    assert set(links_of_pair(plan.course, PAIRS[0])) == wanted
    assert links_of_pair(plan.course, PAIRS[1]) == ()
    assert links_of_pair(None, PAIRS[0]) == ()
