"""The states of the sky, for any climate, elevation and share of thin cloud."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from station_cases import station
from tolerances import within

from euroqci_planner.mission.scenario import WeatherSettings
from euroqci_planner.mission.sky_states import SkyState
from euroqci_planner.weather.cloud_field import SkyQuestions, clear_members, sky_members
from euroqci_planner.weather.line_of_sight import at_elevation, clear_line_of_sight
from euroqci_planner.weather.sky_states import (
    states_of_climatology,
    states_under_cover,
    with_thin_cloud,
)

SHARES = st.floats(0.0, 1.0)
HEIGHTS = st.floats(np.radians(5.0), np.radians(90.0))
START_UTC = np.datetime64("2026-06-14T12:00", "us")


def one(value: float) -> np.ndarray:
    return np.array([value])


@settings(deadline=None)
@given(SHARES, SHARES, HEIGHTS, st.booleans())
def test_chances_are_chances_and_sum_to_one(sky, thin, height, is_cover):
    states = (states_under_cover if is_cover else states_of_climatology)(one(sky), one(height))
    found = with_thin_cloud(states, one(thin))
    parts = (found.clear, found.thin, found.broken, found.overcast, found.usable_share)
    for part in parts:
        assert -1e-9 <= part[0] <= 1.0 + 1e-9
    assert found.thin[0] <= thin + 1e-12
    assert found.clear[0] == states.clear[0]
    if sky in (0.0, 1.0):
        assert max(found.clear[0], found.overcast[0]) == 1.0


@settings(deadline=None)
@given(SHARES, HEIGHTS)
def test_the_mean_line_of_sight_is_kept(sky, height):
    climate = states_of_climatology(one(sky), one(height))
    hour = states_under_cover(one(sky), one(height))
    for states, line in (
        (climate, at_elevation(one(sky), one(height))),
        (hour, clear_line_of_sight(one(sky), one(height))),
    ):
        assert states.clear + states.broken * states.usable_share == within(1e-8, of=line)


@settings(deadline=None)
@given(st.floats(0.001, 0.99), st.floats(0.0005, 0.009), HEIGHTS)
def test_a_clearer_climate_is_never_cloudier(sky, more, height):
    before = states_of_climatology(one(sky), one(height))
    after = states_of_climatology(one(sky + more), one(height))
    assert after.clear[0] >= before.clear[0]
    assert after.clear[0] + after.broken[0] >= before.clear[0] + before.broken[0] - 1e-12


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(SHARES, SHARES, SHARES), min_size=1, max_size=4), st.integers(0, 99))
def test_members_of_four_states_are_clear_where_those_of_two_are(cuts, seed):
    ordered = np.sort(np.array(cuts), axis=1)
    clear, thin, broken = ordered[:, 0], np.diff(ordered)[:, 0], np.diff(ordered)[:, 1]
    contacts = len(cuts)
    weather = WeatherSettings(members=40)
    questions = SkyQuestions(
        station=np.arange(contacts) % 2,
        instants_utc=START_UTC + np.arange(contacts) * np.timedelta64(5, "h"),
        clear_probability=clear,
        thin_probability=thin,
        broken_probability=broken,
        start_utc=START_UTC,
        duration_s=86_400.0,
    )
    sites = (station("a"), station("b", longitude_rad=0.1))
    states = sky_members(sites, questions, weather, seed)
    assert np.array_equal(states == SkyState.CLEAR, clear_members(sites, questions, weather, seed))
    for state, chance in ((SkyState.THIN, thin), (SkyState.BROKEN, broken)):
        assert not (states == state)[:, chance == 0.0].any()
