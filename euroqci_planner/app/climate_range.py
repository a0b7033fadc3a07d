"""What the error of the climatology means: the same forecast in a clearer and a cloudier month."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euroqci_planner.app.key_stores import KeysAtHand, store_inputs
from euroqci_planner.app.pair_skies import skies_of_each, with_chances
from euroqci_planner.app.pass_skies import skies_of_passes
from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.key_course import DemandOutcome
from euroqci_planner.mission.key_outlook import ClimateRange
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.plan import PassDecisions, Plan
from euroqci_planner.mission.scenario import Scenario, SkyModel, WeatherModel
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
    decisions = shifted_decisions(plan, scenario, shift)
    contacts = _shifted_contacts(plan, scenario, shift)
    keys = KeysAtHand(plan.keys, plan.key_details)
    inputs = store_inputs(scenario, plan, keys, decisions, contacts)
    if inputs.sky is None:
        return None
    case = inputs.network
    return key_forecast(case, inputs.in_full, inputs.sky, sample_s=scenario.duration_s).demands


def shifted_decisions(plan: Plan, scenario: Scenario, shift: float) -> PassDecisions:
    """Decisions in a clearer or cloudier month.

    Where the sky has four states the monthly values themselves are shifted, and the states follow;
    the key in each of them stays, that under broken cloud too.
    """
    decisions = plan.decisions
    if scenario.weather.sky_states is SkyModel.TWO:
        chance = shifted(decisions.clear_probability, shift)
        return replace(decisions, clear_probability=chance)
    stations = tuple(_in_another_month(item, shift) for item in scenario.stations)
    chances = skies_of_passes(replace(scenario, stations=stations), plan.passes)
    return replace(
        decisions,
        clear_probability=chances.clear,
        thin_probability=chances.thin,
        broken_probability=chances.broken,
    )


def _shifted_contacts(plan: Plan, scenario: Scenario, shift: float) -> PairContacts | None:
    """Contacts of two stations in a clearer or cloudier month; their keys stay."""
    contacts = plan.pair_contacts
    if contacts is None:
        return None
    if scenario.weather.sky_states is SkyModel.TWO:
        return replace(
            contacts,
            clear_a_probability=shifted(contacts.clear_a_probability, shift),
            clear_b_probability=shifted(contacts.clear_b_probability, shift),
        )
    moved = tuple(_in_another_month(item, shift) for item in scenario.stations)
    month = replace(scenario, stations=moved)
    return with_chances(month, contacts, skies_of_each(month, contacts))


def _in_another_month(station: Station, shift: float) -> Station:
    monthly = station.clear_sky_probability
    if monthly is None:
        return station
    moved = shifted(np.array(monthly), shift)
    return replace(station, clear_sky_probability=tuple(moved.tolist()))
