"""The sentence: scenario → ephemeris → passes → link budgets → secret key → schedule → plan.

The only place that chains the verbs. Each step takes nouns and gives nouns.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

from euroqci_planner.app.decisions import Decided, decide, undecided
from euroqci_planner.app.geometry import PASS_STAGES, geometry_of
from euroqci_planner.app.key_stores import KeysAtHand, key_stores_of
from euroqci_planner.app.key_work import KeyWork
from euroqci_planner.app.link_and_key import (
    link_models_used,
    refuse_links,
    warnings_of_links,
)
from euroqci_planner.app.outcomes import import_report, outcomes
from euroqci_planner.app.pair_blocks import pooled_flown
from euroqci_planner.app.pair_flown import with_flown_pairs
from euroqci_planner.app.pair_windows import is_source
from euroqci_planner.app.plan_keys import (
    key_models_used,
    keys_of_contacts,
    keys_to_choose_from,
    warnings_of_keys,
    without_keyless,
)
from euroqci_planner.app.plan_without_keys import plan_without_keys
from euroqci_planner.app.progress import Progress
from euroqci_planner.app.provenance import provenance
from euroqci_planner.app.registry import OBJECTIVE_MODELS, ORBIT_MODELS, SCHEDULERS, STORE_MODELS
from euroqci_planner.app.requirements import findings_of
from euroqci_planner.app.station_claims import warnings_of_claims
from euroqci_planner.mission.interfaces import Check
from euroqci_planner.mission.key_details import Pooling
from euroqci_planner.mission.plan import ModelUsed, Plan, Schedule
from euroqci_planner.mission.scenario import Scenario, WeatherModel
from euroqci_planner.orbit.nights import nights
from euroqci_planner.weather import climatology
from euroqci_planner.weather.joint_sky import JOINT_SKY_MODEL

_POOLING_ROUNDS = 4
PLAN_STAGES = (*PASS_STAGES, ("links and keys", 8.0), ("schedule", 1.0), ("key stores", 1.0))


def passes_of(scenario: Scenario, progress: Progress) -> Plan:
    """The passes of a scenario without link, key and schedule."""
    found = geometry_of(scenario, progress)
    decisions = undecided(scenario, found.passes, found.conditions)
    progress.finished()
    return plan_without_keys(
        scenario,
        found.sky,
        found.passes,
        found.conditions,
        outcomes=outcomes(scenario, found.sky, found.passes, found.conditions, decisions),
        import_report=import_report(scenario, found.sky),
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
        work, (decisions, schedule, contacts), pooling = _decided(
            scenario, work, scheduler, progress.check
        )
        work = with_flown_pairs(scenario, work, contacts)
        found = work.found
    with progress.stage("key stores"):
        keys_at_hand = KeysAtHand(work.keys, work.details)
        stores = key_stores_of(scenario, found, keys_at_hand, decisions, contacts)
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
            *warnings_of_claims(scenario, found.passes, decisions),
            *warnings_of_keys(pooling),
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
        pair_contacts=contacts,
        goals=schedule.goals,
        quotas=schedule.quotas,
        pairs=schedule.pairs,
    )
    return replace(plan, findings=findings_of(plan))


def _decided(
    scenario: Scenario, work: KeyWork, scheduler: str, check: Check
) -> tuple[KeyWork, Decided, Pooling | None]:
    """The contacts with their keys.

    The schedule values a pooled pass with others that it may not choose: where that leaves contacts
    without a key, it chooses again without these.
    """
    for _ in range(_POOLING_ROUNDS):
        chosen = decide(scenario, work, SCHEDULERS[scheduler], check)
        settled, decisions, pooling = keys_of_contacts(scenario, work, chosen.decisions)
        contacts = pooled_flown(scenario, work.pairs, chosen.contacts)
        left = None
        if pooling is not None:
            left = without_keyless(work, settled, decisions, contacts)
        if left is None:
            break
        work = left
    return settled, Decided(decisions, chosen.schedule, contacts), pooling


def warnings_of_schedule(schedule: Schedule, scheduler: str) -> tuple[str, ...]:
    """What a planner should know about how the schedule was found."""
    if scheduler == "exact" and not isfinite(schedule.bound_bits):
        return (
            f"the solver gave no bound: the schedule is {schedule.method}",
            *_left_out(schedule),
        )
    return _left_out(schedule)


def _left_out(schedule: Schedule) -> tuple[str, ...]:
    """Demands that an objective of pairs of users cannot do anything for."""
    pairs = schedule.pairs
    if pairs is None or bool(pairs.is_reached.all()):
        return ()
    names = [
        name
        for name, reached in zip(pairs.demand_ids, pairs.is_reached, strict=True)
        if not reached
    ]
    return (f"no schedule brings new key to {', '.join(names)}: they have no say in its goals",)


def _models_of_pairs(scenario: Scenario) -> tuple[ModelUsed, ...]:
    """The model of the sky over two stations at once, where a plan needs it."""
    is_clear = scenario.weather.model is WeatherModel.CLEAR
    return (JOINT_SKY_MODEL,) if is_source(scenario).any() and not is_clear else ()


def models_used(scenario: Scenario, scheduler: str) -> tuple[ModelUsed, ...]:
    """Every published model that took part, in the order of the sentence."""
    return (
        *ORBIT_MODELS,
        *link_models_used(scenario),
        *key_models_used(scenario),
        *climatology.models_used(scenario.weather),
        *_models_of_pairs(scenario),
        *SCHEDULERS[scheduler].models,
        *OBJECTIVE_MODELS.get(scenario.schedule.objective, ()),
        *STORE_MODELS,
    )
