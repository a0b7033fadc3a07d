"""Clear, broken and overcast sky behind a chance or a cover, and thin cloud taken from the rest."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta
from tolerances import within

from euroqci_planner.weather.line_of_sight import (
    COVER_CONCENTRATION,
    at_elevation,
    clear_line_of_sight,
    cover_of,
)
from euroqci_planner.weather.sky_states import (
    CoverStates,
    states_of_climatology,
    states_under_cover,
    under_a_veil,
    with_thin_cloud,
)

CHANCES = np.linspace(0.0, 1.0, 41)
LOW, HIGH = np.radians(20.0), np.radians(70.0)
# Tables are joined linearly between means of cover that are half a percent apart.
GRID = 3e-3


def one(clear, broken, share=0.5):
    return CoverStates(*(np.array([value], dtype=np.float64) for value in (clear, broken, share)))


@pytest.mark.parametrize("elevation", [LOW, HIGH])
def test_the_chance_of_a_clear_line_of_sight_is_kept(elevation):
    states = states_of_climatology(CHANCES, elevation)
    line = at_elevation(CHANCES, elevation)
    assert states.clear + states.broken * states.usable_share == within(1e-12, of=line)


def test_the_states_are_chances_and_what_is_certain_stays_so():
    states = states_of_climatology(CHANCES, LOW)
    overcast = 1.0 - states.clear - states.broken
    for values in (*states, overcast):
        assert np.all((values >= -1e-12) & (values <= 1.0 + 1e-12))
    assert (states.clear[0], states.broken[0], overcast[0]) == (0.0, 0.0, 1.0)
    assert (states.clear[-1], states.broken[-1], overcast[-1]) == (1.0, 0.0, 0.0)


def test_a_clearer_climate_has_more_clear_and_less_overcast_sky():
    states = states_of_climatology(CHANCES, LOW)
    assert np.all(np.diff(states.clear) > 0.0)
    assert np.all(np.diff(states.clear + states.broken) > 0.0)


def test_a_high_line_of_sight_is_clear_more_often_and_broken_cloud_has_wider_gaps():
    low, high = (states_of_climatology(CHANCES[1:-1], height) for height in (LOW, HIGH))
    assert np.all(high.clear > low.clear)
    assert np.all(high.usable_share > low.usable_share)


@pytest.mark.parametrize("chance", [0.25, 0.5, 0.8])
def test_the_states_are_the_means_over_the_hours_by_another_quadrature(chance):
    mean = float(cover_of(np.float64(chance)))
    hours = beta(COVER_CONCENTRATION * mean, COVER_CONCENTRATION * (1.0 - mean))

    def over(first, last, value):
        # The density has poles at both ends: the quantile function takes them away.
        return quad(lambda u: value(hours.ppf(u)), hours.cdf(first), hours.cdf(last), limit=300)[0]

    def line(cover):
        return float(clear_line_of_sight(np.float64(cover), LOW))

    clear = over(0.0, 1 / 8, line)
    overcast = over(7 / 8, 1.0, lambda cover: 1.0 - line(cover) / line(7 / 8))
    found = states_of_climatology(np.float64(chance), LOW)
    assert found.clear == within(GRID, of=clear)
    assert 1.0 - found.clear - found.broken == within(GRID, of=overcast)


def test_an_hour_of_known_cover_has_the_states_that_a_hand_computes():
    # At 45 deg and an eighth less: z = 1 - (N + 3 N^2) / 4, p = z^(1 + 0.55 - N / 2).
    few = (1.0 - 0.25 * (0.1 + 0.03)) ** 1.5
    half = (1.0 - 0.25 * (0.5 + 0.75)) ** 1.3
    found = states_under_cover(np.array([0.0, 0.1, 0.5, 1.0]), np.radians(45.0))
    assert found.clear == within(1e-12, of=[1.0, few, 0.0, 0.0])
    assert found.broken == within(1e-12, of=[0.0, 1.0 - few, 1.0, 0.0])
    assert found.usable_share == within(1e-12, of=[0.0, 0.0, half, 0.0])


def test_more_cloud_never_opens_the_sky_where_broken_becomes_overcast():
    covers = np.linspace(0.80, 1.0, 81)
    found = states_under_cover(covers, LOW)
    assert found.broken[covers <= 0.875] == within(1e-12, of=1.0)
    assert np.all(np.diff(found.broken[covers >= 0.875]) < 0.0)
    assert np.all(np.diff(found.usable_share) <= 1e-12)
    assert found.broken * found.usable_share == within(1e-12, of=clear_line_of_sight(covers, LOW))


def test_thin_cloud_is_taken_from_overcast_sky_and_then_from_broken_sky():
    plenty = with_thin_cloud(one(0.5, 0.3), np.array([0.07]))
    assert (plenty.clear[0], plenty.broken[0]) == (0.5, 0.3)
    assert plenty.overcast == within(1e-12, of=0.13)
    little = with_thin_cloud(one(0.5, 0.48), np.array([0.07]))
    assert little.broken == within(1e-12, of=0.43)
    assert little.overcast == within(1e-12, of=0.0)
    none = with_thin_cloud(one(0.96, 0.03), np.array([0.07]))
    assert (none.clear[0], none.broken[0], none.usable_share[0]) == (0.96, 0.0, 0.0)
    assert none.thin == within(1e-12, of=0.04)


def test_a_certain_sky_has_no_thin_cloud():
    for clear in (0.0, 1.0):
        found = with_thin_cloud(one(clear, 0.0), np.array([0.07]))
        assert (found.clear[0], found.thin[0], found.broken[0]) == (clear, 0.0, 0.0)


def test_the_chances_sum_to_one():
    states = states_of_climatology(CHANCES, LOW)
    found = with_thin_cloud(states, np.full(len(CHANCES), 0.12))
    for values in (found.clear, found.thin, found.broken, found.overcast):
        assert np.all(values >= -1e-12)
    total = found.clear + found.thin + found.broken + found.overcast
    assert total == within(1e-12, of=1.0)


def test_high_cloud_makes_clear_sky_thin_and_leaves_broken_sky():
    found = under_a_veil(one(0.6, 0.3), np.array([0.25]))
    assert found.clear == within(1e-12, of=0.45)
    assert found.thin == within(1e-12, of=0.15)
    assert (found.broken[0], found.usable_share[0]) == (0.3, 0.5)


def test_what_is_absent_stays_absent():
    states = states_of_climatology(np.array([np.nan, 0.5]), np.radians([30.0, 2.0]))
    found = with_thin_cloud(states, np.full(2, 0.07))
    for values in (found.clear, found.thin, found.broken, found.usable_share, found.overcast):
        assert np.isnan(values).all()
