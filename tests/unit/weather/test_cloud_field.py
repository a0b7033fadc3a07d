"""Clouds correlated in time and space."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from network_cases import START_UTC
from station_cases import station
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.mission.scenario import WeatherSettings
from euroqci_planner.mission.sky_states import SkyState
from euroqci_planner.weather.cloud_field import (
    SkyQuestions,
    clear_members,
    correlation_root,
    nearest_correlation,
    sky_members,
    spatial_correlation,
    step_length_s,
)

EARTH_RADIUS_M = 6_371_008.8
REACH_M = 600e3
HOUR = np.timedelta64(1, "h")
WEATHER = WeatherSettings(
    correlation_time_s=9 * 3_600.0, correlation_length_m=REACH_M, members=1_000
)
SAMPLING = 0.005


def stations_with(correlation: float):
    """Two stations on the equator as far apart as gives this correlation."""
    apart_rad = -REACH_M * np.log(correlation) / EARTH_RADIUS_M
    first = station("a", latitude_rad=0.0, longitude_rad=0.0)
    return first, station("b", latitude_rad=0.0, longitude_rad=float(apart_rad))


def asked(station_rows, hours, chances, days=7.0):
    return SkyQuestions(
        station=np.array(station_rows),
        instants_utc=START_UTC + (np.array(hours) * 3.6e9).astype("timedelta64[us]"),
        clear_probability=np.array(chances, dtype=np.float64),
        start_utc=START_UTC,
        duration_s=days * 86_400.0,
    )


@pytest.mark.parametrize(
    ("chance", "correlation", "any_clear"),
    [(0.5, 0.5, 0.6667), (0.6, 0.3, 0.7942), (0.7, 0.6, 0.8273)],
)
def test_two_sites_have_the_chance_of_any_clear_sky_of_the_copula(chance, correlation, any_clear):
    many = replace(WEATHER, members=60_000)
    sky = clear_members(
        stations_with(correlation), asked([0, 1], [1.0, 1.0], [chance] * 2), many, 7
    )
    assert sky.any(axis=1).mean() == within(SAMPLING, of=any_clear)
    assert sky.mean(axis=0) == within(SAMPLING, of=[chance, chance])


@pytest.mark.parametrize("hours_apart", [0.0, 3.0, 9.0, 40.0])
def test_clouds_last_as_long_as_their_memory_says(hours_apart):
    """At p = 1/2 the chance that two instants agree is 1/2 + asin(rho)/pi (Sheppard 1899)."""
    many = replace(WEATHER, members=40_000)
    sky = clear_members(
        stations_with(0.5), asked([0, 0], [2.0, 2.0 + hours_apart], [0.5, 0.5]), many, 7
    )
    expected = 0.5 + np.arcsin(np.exp(-hours_apart / 9.0)) / np.pi
    assert (sky[:, 0] == sky[:, 1]).mean() == within(2 * SAMPLING, of=expected)


def test_certain_skies_are_certain():
    sky = clear_members(stations_with(0.5), asked([0, 1], [1.0, 1.0], [0.0, 1.0]), WEATHER, 3)
    assert not sky[:, 0].any()
    assert sky[:, 1].all()


def test_the_same_seed_gives_the_same_sky_and_another_one_does_not():
    questions = asked([0, 1, 0], [1.0, 5.0, 60.0], [0.4, 0.5, 0.6])
    sky = clear_members(stations_with(0.5), questions, WEATHER, 3)
    assert np.array_equal(sky, clear_members(stations_with(0.5), questions, WEATHER, 3))
    assert not np.array_equal(sky, clear_members(stations_with(0.5), questions, WEATHER, 4))


def test_scenarios_with_other_contacts_meet_the_same_sky():
    all_of_them = asked([0, 1, 0, 1], [1.0, 5.0, 60.0, 150.0], [0.4, 0.5, 0.6, 0.5])
    fewer = asked([1, 0], [5.0, 60.0], [0.5, 0.6])
    sky = clear_members(stations_with(0.5), all_of_them, WEATHER, 3)
    assert np.array_equal(sky[:, 1:3], clear_members(stations_with(0.5), fewer, WEATHER, 3))


def test_a_larger_forecast_begins_with_the_members_of_a_smaller_one():
    questions = asked([0, 1], [1.0, 50.0], [0.4, 0.5])
    some = clear_members(stations_with(0.5), questions, replace(WEATHER, members=130), 3)
    more = clear_members(stations_with(0.5), questions, replace(WEATHER, members=700), 3)
    assert (len(some), len(more)) == (130, 700)
    assert np.array_equal(some, more[:130])


def test_the_order_of_the_stations_has_no_say():
    a, b = stations_with(0.5)
    questions = asked([0, 1], [1.0, 50.0], [0.4, 0.5])
    swapped = asked([1, 0], [1.0, 50.0], [0.4, 0.5])
    assert np.array_equal(
        clear_members((a, b), questions, WEATHER, 3), clear_members((b, a), swapped, WEATHER, 3)
    )


def test_a_better_chance_in_the_same_sky_is_never_worse():
    low = clear_members(stations_with(0.5), asked([0], [9.0], [0.3]), WEATHER, 3)
    high = clear_members(stations_with(0.5), asked([0], [9.0], [0.5]), WEATHER, 3)
    assert np.all(high >= low)


def with_clouds(questions, thin, broken):
    return replace(questions, thin_probability=np.array(thin), broken_probability=np.array(broken))


def test_states_keep_the_clear_skies_and_every_chance():
    many = replace(WEATHER, members=60_000)
    plain = asked([0, 1], [1.0, 1.0], [0.5, 0.2])
    states = sky_members(stations_with(0.5), with_clouds(plain, [0.1, 0.07], [0.25, 0.4]), many, 7)
    assert states.dtype == np.int8
    clear = clear_members(stations_with(0.5), plain, many, 7)
    assert np.array_equal(states == SkyState.CLEAR, clear)
    for state, chances in (
        (SkyState.CLEAR, [0.5, 0.2]),
        (SkyState.THIN, [0.1, 0.07]),
        (SkyState.BROKEN, [0.25, 0.4]),
        (SkyState.OVERCAST, [0.15, 0.33]),
    ):
        assert (states == state).mean(axis=0) == within(SAMPLING, of=chances)


def test_states_lie_in_order_over_the_same_field():
    order = [SkyState.CLEAR, SkyState.THIN, SkyState.BROKEN, SkyState.OVERCAST]
    plain = asked([0, 0], [1.0, 1.0], [0.3, 0.5])
    states = sky_members(stations_with(0.5), with_clouds(plain, [0.1] * 2, [0.3] * 2), WEATHER, 3)
    rank = np.argsort(order)[states]
    assert np.all(rank[:, 0] >= rank[:, 1]), "the cloudier contact of one instant is never clearer"


@pytest.mark.parametrize("state", [SkyState.CLEAR, SkyState.THIN, SkyState.BROKEN])
def test_a_state_that_is_certain_is_drawn_always(state):
    chances = {name: 1.0 if name is state else 0.0 for name in SkyState}
    questions = with_clouds(
        asked([0], [1.0], [chances[SkyState.CLEAR]]),
        [chances[SkyState.THIN]],
        [chances[SkyState.BROKEN]],
    )
    assert np.all(sky_members(stations_with(0.5), questions, WEATHER, 3) == state)


def test_chances_that_sum_to_more_than_one_are_refused():
    questions = with_clouds(asked([1], [1.0], [0.5]), [0.3], [0.3])
    with pytest.raises(InvalidInput) as refused:
        sky_members(stations_with(0.5), questions, WEATHER, 3)
    assert refused.value.faults[0].where == "station b: sum of the chances"


@pytest.mark.parametrize("chance", [1.2, -0.1, np.nan])
def test_what_is_no_chance_is_refused_with_the_station(chance):
    with pytest.raises(InvalidInput) as refused:
        clear_members(stations_with(0.5), asked([1], [1.0], [chance]), WEATHER, 3)
    assert refused.value.faults[0].where == "station b: clear_sky_probability"


def test_a_contact_outside_the_window_is_refused():
    with pytest.raises(InvalidInput, match="outside the window"):
        clear_members(stations_with(0.5), asked([0], [200.0], [0.5]), WEATHER, 3)


def test_no_contacts_ask_nothing():
    sky = clear_members(stations_with(0.5), asked([], [], []), WEATHER, 3)
    assert sky.shape == (1_000, 0)


def test_the_step_follows_the_memory_within_bounds():
    assert step_length_s(9 * 3_600.0, 7 * 86_400.0) == 1_800.0
    assert step_length_s(3_600.0, 7 * 86_400.0) == 225.0
    assert step_length_s(1.0, 7 * 86_400.0) == 7 * 86_400.0 / 20_000


def test_the_correlation_falls_with_the_distance():
    correlation = spatial_correlation(stations_with(0.37), REACH_M)
    assert correlation == within(1e-9, of=[[1.0, 0.37], [0.37, 1.0]])


def test_the_nearest_correlation_is_that_of_the_published_example():
    """Higham 2002, section 4: the tridiagonal matrix of ones, corner and middle to four digits."""
    ones = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]])
    fixed = nearest_correlation(ones)
    expected = [[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]]
    assert fixed == within(5e-5, of=expected)
    assert np.linalg.eigvalsh(fixed)[0] > -1e-9


def test_a_correlation_matrix_is_its_own_nearest_and_its_root_gives_it_back():
    good = np.array([[1.0, 0.3], [0.3, 1.0]])
    assert np.array_equal(nearest_correlation(good), good)
    root = correlation_root(good)
    assert root @ root.T == within(1e-9, of=good)


def test_two_stations_on_one_spot_share_their_sky():
    here = station("a"), station("b")
    sky = clear_members(here, asked([0, 1], [3.0, 3.0], [0.5, 0.5]), WEATHER, 3)
    assert (sky[:, 0] == sky[:, 1]).mean() > 0.999


def test_what_is_no_matrix_is_refused():
    for bad in (np.ones((2, 3)), np.array([[1.0, np.nan], [np.nan, 1.0]])):
        with pytest.raises(ValueError, match="square and finite"):
            nearest_correlation(bad)
