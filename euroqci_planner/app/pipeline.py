"""The sentence: scenario → ephemeris → passes → link budgets → secret key → schedule → plan.

The only place that chains the verbs. Each step takes nouns and gives nouns.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

from euroqci_planner.app.background_windows import has_background_rule, limited_by_background
from euroqci_planner.app.decisions import decide, undecided
from euroqci_planner.app.key_stores import key_stores_of
from euroqci_planner.app.link_and_key import (
    link_models_used,
    refuse_links,
    warnings_of_links,
)
from euroqci_planner.app.outcomes import import_report, outcomes, refuse_lost_satellites
from euroqci_planner.app.plan_keys import key_models_used, keys_of_contacts, keys_to_choose_from
from euroqci_planner.app.progress import Progress
from euroqci_planner.app.provenance import provenance
from euroqci_planner.app.registry import ORBIT_MODELS, SCHEDULERS, STORE_MODELS
from euroqci_planner.app.requirements import findings_of
from euroqci_planner.app.sky import Sky, sky_over
from euroqci_planner.mission.pass_table import PassConditions, PassTable
from euroqci_planner.mission.plan import ModelUsed, Plan, Schedule
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.orbit.nights import nights
from euroqci_planner.orbit.pass_finder import find_passes
from euroqci_planner.orbit.usable_windows import pass_conditions
from euroqci_planner.weather import climatology

PASS_STAGES = (("orbits", 2.0), ("passes", 3.0), ("windows", 2.0))
PLAN_STAGES = (*PASS_STAGES, ("links and keys", 8.0), ("schedule", 1.0), ("key stores", 1.0))


@dataclass(frozen=True, slots=True)
class Geometry:
    """What the passes follow from, and the passes."""

    sky: Sky
    passes: PassTable
    conditions: PassConditions


def geometry_of(scenario: Scenario, progress: Progress) -> Geometry:
    """Orbits, passes and the windows in which they can be used."""
    with progress.stage("orbits"):
        sky = sky_over(scenario)
        refuse_lost_satellites(scenario, sky)
    with progress.stage("passes") as advance:
        passes = find_passes(
            sky.fleet,
            sky.satellite_ids,
            scenario.stations,
            scenario.start_utc,
            scenario.duration_s,
            progress=advance,
            usable=sky.usable_bounds_s,
        )
    with progress.stage("windows"):
        conditions = pass_conditions(
            passes,
            sky.fleet,
            scenario.satellites,
            scenario.stations,
            sky.bodies,
            scenario.start_utc,
            scenario.schedule.min_dwell_s,
            sky.usable_bounds_s,
        )
        if has_background_rule(scenario):
            refuse_links(scenario)
            conditions = limited_by_background(scenario, sky, passes, conditions)
    return Geometry(sky, passes, conditions)


def passes_of(scenario: Scenario, progress: Progress) -> Plan:
    """The passes of a scenario without link, key and schedule."""
    found = geometry_of(scenario, progress)
    decisions = undecided(scenario, found.passes, found.conditions)
    progress.finished()
    return Plan(
        scenario=scenario,
        passes=found.passes,
        conditions=found.conditions,
        decisions=decisions,
        link=None,
        keys=None,
        schedule_method="",
        objective="",
        value_bits=0.0,
        bound_bits=float("nan"),
        outcomes=outcomes(scenario, found.sky, found.passes, found.conditions, decisions),
        import_report=import_report(scenario, found.sky),
        ledgers={},
        models=ORBIT_MODELS,
        warnings=scenario.warnings + found.sky.warnings,
        provenance=provenance(found.sky),
        nights=nights(scenario.stations, found.sky.bodies, scenario.duration_s),
    )


def plan_of(scenario: Scenario, progress: Progress, scheduler: str = "exact") -> Plan:
    """The complete plan of a scenario."""
    refuse_links(scenario)
    found = geometry_of(scenario, progress)
    with progress.stage("links and keys") as advance:
        work = keys_to_choose_from(scenario, found, advance)
        found = work.found
    with progress.stage("schedule"):
        decisions, schedule = decide(
            scenario, found, work.link, work.keys, SCHEDULERS[scheduler], progress.check
        )
        work, decisions, pooling = keys_of_contacts(scenario, work, decisions)
    with progress.stage("key stores"):
        stores = key_stores_of(scenario, found, work.keys, decisions)
    progress.finished()
    plan = Plan(
        scenario=scenario,
        passes=found.passes,
        conditions=found.conditions,
        decisions=decisions,
        link=work.link,
        keys=work.keys,
        schedule_method=schedule.method,
        objective=schedule.objective,
        value_bits=schedule.value_bits,
        bound_bits=schedule.bound_bits,
        outcomes=outcomes(scenario, found.sky, found.passes, found.conditions, decisions),
        import_report=import_report(scenario, found.sky),
        ledgers=work.ledgers,
        models=models_used(scenario, scheduler),
        warnings=(
            *scenario.warnings,
            *found.sky.warnings,
            *warnings_of_links(scenario),
            *warnings_of_schedule(schedule, scheduler),
            *stores.warnings,
        ),
        provenance=provenance(found.sky),
        nights=nights(scenario.stations, found.sky.bodies, scenario.duration_s),
        course=stores.course,
        forecast=stores.forecast,
        outlook=stores.outlook,
        key_details=work.details,
        key_settings=work.settings,
        pooling=pooling,
    )
    return replace(plan, findings=findings_of(plan))


def warnings_of_schedule(schedule: Schedule, scheduler: str) -> tuple[str, ...]:
    """What a planner should know about how the schedule was found."""
    if scheduler == "exact" and not isfinite(schedule.bound_bits):
        return (f"the solver gave no bound: the schedule is {schedule.method}",)
    return ()


def models_used(scenario: Scenario, scheduler: str) -> tuple[ModelUsed, ...]:
    """Every published model that took part, in the order of the sentence."""
    return (
        *ORBIT_MODELS,
        *link_models_used(scenario),
        *key_models_used(scenario),
        *climatology.models_used(scenario.weather),
        *SCHEDULERS[scheduler].models,
        *STORE_MODELS,
    )
