"""What the error of the climatology means: the same forecast in a clearer and a cloudier month."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euroqci_planner.app.key_stores import store_inputs
from euroqci_planner.mission.key_course import DemandOutcome
from euroqci_planner.mission.key_outlook import ClimateRange
from euroqci_planner.mission.plan import PassDecisions, Plan
from euroqci_planner.mission.scenario import Scenario, WeatherModel
from euroqci_planner.network.forecast import key_forecast
from euroqci_planner.units import FloatArray

# One month of one year against the monthly climatology of the catalogue: rms 0.09 over 26 hourly
# data sets, rounded up (resources/catalogue/README.md).
CLIMATE_ERROR = 0.1


def climate_range(plan: Plan, scenario: Scenario) -> tuple[ClimateRange, ...]:
    """One record per demand; none without demands, or where no climatology is used alone.

    Both months meet the skies of the plan's own forecast, shifted.
    """
    if plan.forecast is None or scenario.weather.model is not WeatherModel.CLIMATOLOGY:
        return ()
    clearer = _outcome(plan, scenario, CLIMATE_ERROR)
    cloudier = _outcome(plan, scenario, -CLIMATE_ERROR)
    if clearer is None or cloudier is None:
        return ()
    return tuple(
        ClimateRange(
            demand_id=name,
            shift=CLIMATE_ERROR,
            p_empty_clearer=float(clearer.p_empty[row]),
            p_empty_cloudier=float(cloudier.p_empty[row]),
            availability_clearer=float(clearer.availability[row]),
            availability_cloudier=float(cloudier.availability[row]),
        )
        for row, name in enumerate(clearer.demand_ids)
    )


def shifted(chance: FloatArray, shift: float) -> FloatArray:
    """Chances moved by `shift` and kept in 0..1; what is certain stays so."""
    is_certain = (chance <= 0.0) | (chance >= 1.0)
    return np.asarray(np.where(is_certain, chance, np.clip(chance + shift, 0.0, 1.0)))


def _outcome(plan: Plan, scenario: Scenario, shift: float) -> DemandOutcome | None:
    if plan.keys is None or not scenario.network.demands:
        return None
    chance = shifted(plan.decisions.clear_probability, shift)
    decisions: PassDecisions = replace(plan.decisions, clear_probability=chance)
    inputs = store_inputs(scenario, plan, plan.keys, decisions)
    if inputs.clear is None:
        return None
    case = inputs.network
    return key_forecast(
        case, inputs.in_clear_sky, inputs.clear, sample_s=scenario.duration_s
    ).demands
