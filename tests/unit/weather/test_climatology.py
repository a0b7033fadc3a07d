"""Monthly clear-sky probabilities over the year."""

from __future__ import annotations

import numpy as np
import pytest
from station_cases import station
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.scenario import WeatherModel, WeatherSettings
from euroqci_planner.timebase import NOT_A_TIME, utc
from euroqci_planner.weather.climatology import (
    CLEAR_MODEL,
    CLIMATOLOGY_MODEL,
    clear_probability,
    models_used,
)
from euroqci_planner.weather.line_of_sight import LINE_OF_SIGHT_MODEL

CLIMATOLOGY = WeatherSettings(model=WeatherModel.CLIMATOLOGY)
CLEAR = WeatherSettings(model=WeatherModel.CLEAR)
RISING = station("rising", clear_sky_probability=tuple(0.05 * (k + 1) for k in range(12)))
STEADY = station("steady", clear_sky_probability=(0.37,) * 12)
UNKNOWN = station("unknown")
ROUNDING = 1e-15


def at(*texts):
    return np.array([utc(text) for text in texts])


def test_the_middle_of_a_month_has_the_value_of_the_month():
    middles = at("2026-01-16T12:00", "2026-02-15T00:00", "2026-04-16T00:00", "2026-12-16T12:00")
    chance = clear_probability((RISING,), np.zeros(4, int), middles, CLIMATOLOGY)
    assert chance == within(ROUNDING, of=[0.05, 0.10, 0.20, 0.60])


def test_leap_february_has_its_middle_half_a_day_later():
    middle = clear_probability((RISING,), np.zeros(1, int), at("2028-02-15T12:00"), CLIMATOLOGY)
    assert middle == within(ROUNDING, of=0.10)


def test_half_way_between_two_mid_months_is_half_way_between_their_values():
    # From 16 June 00:00 to 16 July 12:00 are 30.5 days.
    chance = clear_probability((RISING,), np.zeros(1, int), at("2026-07-01T06:00"), CLIMATOLOGY)
    assert chance == within(ROUNDING, of=0.325)


def test_the_year_closes_from_december_to_january():
    # From 16 December 12:00 to 16 January 12:00 are 31 days.
    instants = at("2026-12-24T06:00", "2027-01-01T00:00", "2027-01-08T18:00")
    chance = clear_probability((RISING,), np.zeros(3, int), instants, CLIMATOLOGY)
    assert chance == within(4 * ROUNDING, of=[0.60 - 0.55 * share for share in (0.25, 0.5, 0.75)])


def test_equal_monthly_values_come_out_unchanged_to_the_last_bit():
    year = utc("2026-01-01T00:00") + np.arange(0, 366 * 24, 5).astype("timedelta64[h]")
    chance = clear_probability((STEADY,), np.zeros(len(year), int), year, CLIMATOLOGY)
    assert np.all(chance == 0.37)


def test_the_course_is_continuous_and_never_leaves_the_range_of_the_months():
    steps = station("steps", clear_sky_probability=(0.0, 1.0) * 6)
    year = utc("2026-01-01T00:00") + np.arange(0, 400 * 24).astype("timedelta64[h]")
    chance = clear_probability((steps,), np.zeros(len(year), int), year, CLIMATOLOGY)
    assert chance.min() >= 0.0
    assert chance.max() <= 1.0
    assert np.abs(np.diff(chance)).max() < 1.01 / (29.5 * 24.0)


def test_every_instant_looks_at_its_own_station():
    index = np.array([[1, 0], [0, 1]])
    instants = np.full((2, 2), utc("2026-01-16T12:00"))
    chance = clear_probability((RISING, STEADY), index, instants, CLIMATOLOGY)
    assert chance == within(ROUNDING, of=[[0.37, 0.05], [0.05, 0.37]])


@pytest.mark.parametrize("weather", [CLEAR, CLIMATOLOGY])
def test_what_is_not_a_time_has_no_probability(weather):
    instants = np.array([NOT_A_TIME, utc("2026-05-01T00:00")])
    chance = clear_probability((STEADY,), np.zeros(2, int), instants, weather)
    assert np.isnan(chance).tolist() == [True, False]


def test_a_clear_sky_needs_no_climatology():
    chance = clear_probability((UNKNOWN,), np.zeros(1, int), at("2026-05-01T00:00"), CLEAR)
    assert chance.tolist() == [1.0]


def test_stations_without_climatology_are_all_named_with_the_mend():
    with pytest.raises(InvalidInput) as caught:
        clear_probability((UNKNOWN, STEADY, UNKNOWN), np.zeros(0, int), at(), CLIMATOLOGY)
    assert [fault.where for fault in caught.value.faults] == [
        "station[0].clear_sky_probability_monthly",
        "station[2].clear_sky_probability_monthly",
    ]
    assert caught.value.faults[0].value == "unknown"
    assert "twelve values" in caught.value.faults[0].mend


def test_a_forecast_is_refused_and_not_replaced_in_silence():
    weather = WeatherSettings(model=WeatherModel.FORECAST)
    with pytest.raises(InvalidInput, match="no forecast of the sky"):
        clear_probability((STEADY,), np.zeros(0, int), at(), weather)


def test_no_stations_and_no_instants_give_an_empty_answer():
    empty = np.zeros(0, "datetime64[us]")
    assert clear_probability((), np.zeros(0, int), empty, CLIMATOLOGY).shape == (0,)


def test_the_plan_can_name_the_model_and_its_source():
    assert models_used(CLEAR) == (CLEAR_MODEL,)
    assert models_used(CLIMATOLOGY)[:2] == (CLIMATOLOGY_MODEL, LINE_OF_SIGHT_MODEL)
    assert "Rymes and Myers 2001" in CLIMATOLOGY_MODEL.citation
