"""From keys to decisions: weather, candidates, schedule, and its independent check."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from euroqci_planner.app.pair_decisions import (
    blocking_passes,
    decided_contacts,
    with_pair_candidates,
    with_passes_of_sources,
)
from euroqci_planner.app.pair_work import PairWork
from euroqci_planner.app.station_claims import stations_with_claims
from euroqci_planner.mission.interfaces import Check, Scheduler, unchecked
from euroqci_planner.mission.key_course import NO_PARTNER
from euroqci_planner.mission.key_yield import KeyYield
from euroqci_planner.mission.link_budget import PassLink
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.pass_table import PassConditions, PassTable
from euroqci_planner.mission.plan import (
    NO_BLOCKER,
    Candidates,
    PassDecisions,
    PassState,
    Reason,
    Schedule,
    reason_of_exclusion,
)
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.schedule.candidates import build_candidates, orbit_numbers, resources_of
from euroqci_planner.schedule.verify import violations
from euroqci_planner.timebase import NOT_A_TIME, after
from euroqci_planner.units import FloatArray
from euroqci_planner.weather.climatology import clear_probability

if TYPE_CHECKING:
    from euroqci_planner.app.geometry import Geometry


class Decided(NamedTuple):
    """What a schedule makes of the passes and of contacts of two stations (None: no source)."""

    decisions: PassDecisions
    schedule: Schedule
    contacts: PairContacts | None


def undecided(scenario: Scenario, passes: PassTable, conditions: PassConditions) -> PassDecisions:
    """Decisions of a plan without keys: usable passes are candidates, the others say why not."""
    usable = ~np.isnat(conditions.usable_start_utc)
    return PassDecisions(
        clear_probability=_clear(scenario, passes),
        key_expected_bits=np.full(len(passes), np.nan),
        key_usable_utc=np.full(len(passes), NOT_A_TIME),
        state=np.where(usable, PassState.CANDIDATE, PassState.REJECTED),
        reason=reason_of_exclusion(conditions.exclusion),
        blocked_by=np.full(len(passes), NO_BLOCKER),
    )


def decide(
    scenario: Scenario,
    found: Geometry,
    link: PassLink,
    keys: KeyYield,
    scheduler: Scheduler,
    check: Check = unchecked,
    pairs: PairWork | None = None,
) -> Decided:
    """Choose the contacts, check them, and say of every pass what became of it.

    `check` is asked while the scheduler works; what it raises ends it. `pairs` are the contacts
    that hold two stations.
    """
    base = undecided(scenario, found.passes, found.conditions)
    expected = base.clear_probability * keys.key_bits
    plain = candidates_of(scenario, found, expected)
    candidates = with_pair_candidates(scenario, found, plain, pairs)
    satellites, stations = resources_of(scenario.satellites, scenario.stations)
    stations = stations_with_claims(scenario, stations)
    schedule = scheduler.schedule(candidates, satellites, stations, scenario.schedule, check)
    faults = violations(candidates, schedule, satellites, stations, scenario.schedule.quotas)
    if faults:
        raise AssertionError("the schedule breaks its own rules: " + "; ".join(faults))
    decisions = _merged(scenario, found, base, keys, expected, candidates, schedule, link)
    contacts = decided_contacts(pairs, candidates, schedule)
    return Decided(with_passes_of_sources(scenario, found, decisions, contacts), schedule, contacts)


def candidates_of(scenario: Scenario, found: Geometry, expected_bits: FloatArray) -> Candidates:
    """Every usable pass with its value."""
    fleet, index = found.sky.fleet, found.passes.satellite
    epochs = np.array([item.epoch_utc for item in found.sky.element_sets], "datetime64[us]")
    revolutions = orbit_numbers(
        found.conditions.usable_start_utc, epochs[index], fleet.period_s[index]
    )
    return build_candidates(
        found.passes, found.conditions, expected_bits, revolutions, scenario.schedule
    )


def _clear(scenario: Scenario, passes: PassTable) -> FloatArray:
    return clear_probability(
        scenario.stations,
        passes.station,
        passes.highest_utc,
        scenario.weather,
        passes.max_elevation_rad,
    )


def _merged(
    scenario: Scenario,
    found: Geometry,
    base: PassDecisions,
    keys: KeyYield,
    expected: FloatArray,
    candidates: Candidates,
    schedule: Schedule,
    link: PassLink,
) -> PassDecisions:
    state, reason, blocked_by = base.state.copy(), base.reason.copy(), base.blocked_by.copy()
    usable = ~np.isnat(found.conditions.usable_start_utc)
    outside = usable & ~np.isfinite(link.transmittance_max)
    state[outside], reason[outside] = PassState.REJECTED, Reason.LINK_OUT_OF_RANGE
    alone = candidates.partner == NO_PARTNER
    rows = candidates.pass_row[alone]
    state[rows], reason[rows] = schedule.state[alone], schedule.reason[alone]
    blocked_by[rows] = blocking_passes(candidates, schedule.blocked_by)[alone]
    ready = after(found.conditions.usable_end_utc, scenario.policy.post_processing_s)
    return PassDecisions(
        clear_probability=base.clear_probability,
        key_expected_bits=expected,
        key_usable_utc=np.where(keys.key_bits > 0.0, ready, NOT_A_TIME),
        state=state,
        reason=reason,
        blocked_by=blocked_by,
    )
