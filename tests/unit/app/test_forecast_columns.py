"""A forecast as tables: the plan beside the case that was asked about, and in one sentence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from plan_cases import example_plan
from tolerances import within

from euroqci_planner.app.forecast_columns import (
    forecast_classes,
    forecast_climate,
    forecast_demands,
    forecast_deposits,
    forecast_flow,
    forecast_spare,
)
from euroqci_planner.app.forecast_sentences import forecast_sentence, why_no_forecast
from euroqci_planner.app.key_forecast import SwitchedForecast, Switches
from euroqci_planner.app.key_outlook import Steps
from euroqci_planner.mission.key_course import (
    ClassShortage,
    DemandOutcome,
    KeyForecast,
    StoreCourse,
)
from euroqci_planner.mission.key_outlook import ClimateRange, KeyOutlook, NextDeposit, SpareRate
from euroqci_planner.timebase import utc

DAY_S = 86_400.0
NO_TIMES = np.array([], dtype="datetime64[us]")
NOTHING = np.array([])
STORES = StoreCourse(
    stores=(), store=NOTHING, time_utc=NO_TIMES, expected_bits=NOTHING, p01_bits=NOTHING,
    p10_bits=NOTHING, p50_bits=NOTHING, p90_bits=NOTHING, reserve_bits=NOTHING,
)  # fmt: skip


def outcome(p_empty: float, days: float, unserved: float) -> DemandOutcome:
    return DemandOutcome(
        demand_ids=("nice-athens",), a=("nice",), b=("athens",), classes=("public",),
        countries=("",), routes=("",),
        requested_bits=np.array([1e6]), served_bits=np.array([1e6 - unserved]),
        unserved_bits=np.array([unserved]), p_empty=np.array([p_empty]),
        time_to_empty_s=np.array([days * DAY_S]), time_to_empty_p10_s=np.array([0.5 * DAY_S]),
        availability=np.array([1.0 - unserved / 1e6]), wanted_availability=np.array([0.95]),
        expired_bits=np.array([0.0]), trusted_nodes=np.array([1]),
    )  # fmt: skip


def forecast(p_empty: float, days: float, unserved: float) -> KeyForecast:
    shortage = ClassShortage(
        classes=("public",), requested_bits=np.array([1e6]), mean_bits=np.array([unserved]),
        p50_bits=np.array([0.0]), p90_bits=np.array([2.0 * unserved]), p_short=np.array([p_empty]),
    )  # fmt: skip
    demands = outcome(p_empty, days, unserved)
    return KeyForecast(
        members=400, stores=STORES, demands=demands, shortage=shortage, p_kept=(0.5,),
        link_expired_bits=(),
    )  # fmt: skip


def deposit(at: str, station: str) -> NextDeposit:
    return NextDeposit(utc(at), "qube-2", station, 2_000_000, 0.7)


FIRST, SECOND, THIRD = (
    deposit("2026-06-15T01:00:00Z", "helmos"),
    deposit("2026-06-15T02:00:00Z", "calern"),
    deposit("2026-06-16T02:00:00Z", "calern"),
)


def outlook(deposits: tuple[NextDeposit, ...], rate_bps: float, driver: str) -> KeyOutlook:
    return KeyOutlook(
        next_deposits={"nice-athens": deposits},
        main_drivers={"nice-athens": driver},
        spare=(SpareRate(a="athens", b="nice", availability=0.95, rate_bps=rate_bps),),
        climate=(
            ClimateRange(
                demand_id="nice-athens", shift=0.1, p_empty_clearer=0.1, p_empty_cloudier=0.6,
                availability_clearer=0.99, availability_cloudier=0.7,
            ),
        ),
    )  # fmt: skip


@pytest.fixture
def found() -> SwitchedForecast:
    plan = example_plan()
    planned = replace(
        plan,
        forecast=forecast(0.2, np.inf, 1e4),
        outlook=outlook((FIRST, SECOND), 2.0, "cloud at helmos"),
    )
    switched = replace(
        plan,
        forecast=forecast(0.9, 1.25, 4e5),
        outlook=outlook((SECOND, THIRD), 0.5, "too few passes"),
    )
    return SwitchedForecast(
        planned=planned, switches=Switches(without_stations=("helmos",)), switched=switched
    )


def test_the_planned_figures_stand_beside_those_of_the_switches(found):
    table = forecast_demands(found)
    assert table["p_empty_planned"].tolist() == [0.2]
    assert table["p_empty_asked"].tolist() == [0.9]
    assert table["days_to_empty_p50_planned"].tolist() == [np.inf]
    assert table["days_to_empty_p50_asked"][0] == within(1e-9, of=1.25)
    assert table["main_driver_planned"].tolist() == ["cloud at helmos"]
    assert table["main_driver_asked"].tolist() == ["too few passes"]
    assert table["wanted_availability"].tolist() == [0.95]


def test_without_switches_both_cases_are_the_plan(found):
    same = SwitchedForecast(planned=found.planned, switches=Switches(), switched=None)
    table = forecast_demands(same)
    assert table["unserved_bits_asked"].tolist() == table["unserved_bits_planned"].tolist()


def test_a_deposit_of_the_lost_station_is_lost_and_the_next_one_is_gained(found):
    table = forecast_deposits(found)
    assert table["change"].tolist() == ["lost", "", "gained"]
    assert table["station_id"].tolist() == ["helmos", "calern", "calern"]
    assert table["key_usable_utc"].tolist() == sorted(table["key_usable_utc"].tolist())


def test_classes_hold_what_stays_unserved_in_both_cases(found):
    table = forecast_classes(found)
    assert table["mean_bits_planned"].tolist() == [1e4]
    assert table["p90_bits_asked"].tolist() == [8e5]


def test_a_spare_rate_is_given_per_day(found):
    table = forecast_spare(found)
    assert table["bits_per_day_planned"][0] == within(1e-6, of=2.0 * DAY_S)
    assert table["bits_per_day_asked"][0] == within(1e-6, of=0.5 * DAY_S)


def test_the_climate_has_a_row_per_demand_and_no_flow_gives_no_rows(found):
    assert forecast_climate(found)["p_empty_cloudier_asked"].tolist() == [0.6]
    assert forecast_flow(found).rows == 0


def test_the_sentence_tells_the_change_the_skies_and_who_is_likely_short(found):
    text = forecast_sentence(found)
    assert text.startswith("Without station helmos (other contacts as planned) · 400 skies · ")
    assert "1 of 1 demand likely to run out (as planned 0)" in text


def test_a_plan_without_demands_has_no_forecast_and_says_why():
    assert why_no_forecast(example_plan()) != ""


def test_a_step_tells_how_many_are_done_and_a_poll_none_more():
    heard: list[float] = []
    steps = Steps(heard.append, 4)
    for _ in range(4):
        steps()
        steps.poll()
    assert heard == [0.0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1.0]
