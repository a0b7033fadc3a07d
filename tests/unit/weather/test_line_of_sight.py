"""Cloud-free line of sight: limits, elevation, the hours behind a climatological chance."""

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
)

GRID = 0.002
HEIGHTS = np.radians([10.0, 20.0, 30.0, 45.0, 70.0, 90.0])
CHANCES = np.array([0.0, 0.05, 0.3, 0.5, 0.72, 0.95, 1.0])


def test_no_cloud_is_clear_and_full_cloud_is_not_at_any_elevation():
    assert clear_line_of_sight(np.zeros(6), HEIGHTS).tolist() == [1.0] * 6
    assert clear_line_of_sight(np.ones(6), HEIGHTS).tolist() == [0.0] * 6


def test_the_fit_has_its_own_value_at_the_zenith_and_falls_towards_the_horizon():
    cover = 0.4
    chances = clear_line_of_sight(np.full(6, cover), HEIGHTS)
    assert chances[-1] == within(1e-12, of=1.0 - 0.25 * (cover + 3.0 * cover**2))
    assert np.all(np.diff(chances) > 0.0)
    assert chances[2] == within(1e-6, of=0.78 ** (1.0 + 0.35 / np.tan(np.radians(30.0))))


@pytest.mark.parametrize(("cover", "elevation_deg"), [(-0.1, 30), (1.2, 30), (0.5, 3), (0.5, -10)])
def test_outside_its_validity_there_is_no_chance(cover, elevation_deg):
    assert np.isnan(clear_line_of_sight(np.float64(cover), np.radians(elevation_deg)))


def test_the_climatology_comes_out_unchanged_at_its_own_elevation():
    assert at_elevation(CHANCES, np.radians(30.0)) == within(1e-12, of=CHANCES)


def test_certain_skies_stay_certain_at_every_elevation():
    for certain in (0.0, 1.0):
        assert at_elevation(np.full(6, certain), HEIGHTS).tolist() == [certain] * 6


def test_a_higher_line_of_sight_is_clear_more_often_and_a_better_site_too():
    table = at_elevation(CHANCES[1:-1, None], HEIGHTS)
    assert np.all(np.diff(table, axis=1) > 0.0)
    assert np.all(np.diff(table, axis=0) > 0.0)


@pytest.mark.parametrize("mean", [0.2, 0.5, 0.8])
def test_the_chance_is_the_mean_over_the_hours_by_another_quadrature(mean):
    hours = beta(COVER_CONCENTRATION * mean, COVER_CONCENTRATION * (1.0 - mean))

    def expected(elevation_rad):
        # The density has poles at both ends: the quantile function takes them away.
        return quad(
            lambda u: float(clear_line_of_sight(hours.ppf(u), elevation_rad)), 0.0, 1.0, limit=400
        )[0]

    at_reference = expected(np.radians(30.0))
    for elevation in np.radians([10.0, 52.5, 90.0]):
        found = float(at_elevation(np.float64(at_reference), elevation))
        assert found == within(GRID, of=expected(elevation))


def test_what_is_absent_stays_absent():
    assert np.isnan(at_elevation(np.array([np.nan, 0.5]), np.radians([30.0, 2.0]))).all()
