"""The chance of clear sky per night against means made night by night."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from plan_cases import example_plan
from tolerances import within

from euroqci_planner.app.night_weather import night_weather


def test_each_night_holds_the_mean_chance_of_its_passes():
    plan = example_plan(satellites=4, stations=5, days=3.0)
    random = np.random.default_rng(5)
    chances = random.random(len(plan.passes))
    plan = replace(plan, decisions=replace(plan.decisions, clear_probability=chances))
    nights = night_weather(plan)
    assert len(nights) == len(plan.nights)
    for row in range(len(nights)):
        inside = (
            (plan.passes.station == nights.station[row])
            & (plan.passes.highest_utc >= nights.start_utc[row])
            & (plan.passes.highest_utc <= nights.end_utc[row])
        )
        assert nights.passes[row] == np.sum(inside)
        if inside.any():
            assert nights.clear_probability[row] == within(1e-12, of=np.mean(chances[inside]))


def test_a_night_without_passes_has_no_chance():
    plan = example_plan()
    alone = replace(
        plan,
        passes=plan.passes.take(plan.passes.station == 0),
        decisions=plan.decisions.take(plan.passes.station == 0),
    )
    nights = night_weather(alone)
    assert np.isnan(nights.clear_probability[nights.station == 1]).all()
    assert np.isfinite(nights.clear_probability[nights.station == 0]).any()


def test_a_plan_without_nights_has_none():
    assert len(night_weather(replace(example_plan(), nights=None))) == 0
