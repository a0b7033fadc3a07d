"""The hours behind a mean cover, against 26 typical years of hourly observed night sky cover.

Source: EPW files of the IWEC family, `data/weather/night_sky_cover.csv`. Their mean cover and their
mean cloud-free line of sight at 30 deg were computed from the hours themselves; the planner knows
the mean alone and assumes a beta distribution around it.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from tolerances import within

from euroqci_planner.weather.line_of_sight import cover_of
from euroqci_planner.weather.sky_states import states_of_climatology

# Root mean square over 312 months: a typical-year month is one real month with its own hours.
MONTH = 0.01
# Mean over all months: what the concentration 0.6 may be wrong by.
ALL = 0.004
# What the fit to the means may differ in cover, where the chance hardly moves with it.
COVER = 0.02


@pytest.fixture
def nights(reference_data: Path) -> tuple[np.ndarray, np.ndarray]:
    with (reference_data / "weather" / "night_sky_cover.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 26
    names = [f"m{month:02d}" for month in range(1, 13)]
    cover = np.array([[float(row[name]) for name in names] for row in rows])
    clear = np.array([[float(row[f"clear_fraction_{name}"]) for name in names] for row in rows])
    return cover, clear


def test_the_beta_hours_give_the_line_of_sight_of_the_observed_hours(nights):
    cover, clear = nights
    chances = np.linspace(0.001, 0.999, 2_000)
    expected = np.interp(-cover, -cover_of(chances), chances)
    difference = expected - clear
    assert np.sqrt(np.mean(difference**2)) == within(MONTH, of=0.0)
    assert np.mean(difference) == within(ALL, of=0.0)


def test_the_mean_cover_behind_a_chance_is_the_observed_one(nights):
    cover, clear = nights
    assert np.sqrt(np.mean((cover_of(clear) - cover) ** 2)) == within(COVER, of=0.0)


def test_a_wrong_concentration_would_miss_the_observed_hours(nights):
    cover, clear = nights
    # All or nothing: every hour without cloud or overcast, the limit of concentration zero.
    assert np.mean(1.0 - cover - clear) == within(0.01, of=-0.025)


def test_the_states_keep_the_observed_line_of_sight(nights):
    _, clear = nights
    states = states_of_climatology(clear, np.radians(30.0))
    assert states.clear + states.broken * states.usable_share == within(1e-9, of=clear)
