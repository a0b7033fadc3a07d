"""From keys to decisions: weather, candidates, schedule, and its independent check."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from euroqci_planner.app.pair_aims import pair_aims
from euroqci_planner.app.pair_decisions import (
    blocking_passes,
    decided_contacts,
    with_pair_candidates,
    with_passes_of_sources,
)
from euroqci_planner.app.pass_skies import skies_of_passes
from euroqci_planner.app.sky_keys import expected_bits, has_key
from euroqci_planner.app.station_claims import stations_with_claims
from euroqci_planner.mission.interfaces import Check, Scheduler, unchecked
from euroqci_planner.mission.key_course import NO_PARTNER
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
from euroqci_planner.mission.sky_states import SkyChances
from euroqci_planner.schedule.candidates import build_candidates, orbit_numbers, resources_of
from euroqci_planner.schedule.verify import violations
from euroqci_planner.timebase import NOT_A_TIME, after
from euroqci_planner.units import FloatArray

if TYPE_CHECKING:
    from euroqci_planner.app.geometry import Geometry
    from euroqci_planner.app.key_work import KeyWork


class Decided(NamedTuple):
    """What a schedule makes of the passes and of contacts of two stations (None: no source)."""

    decisions: PassDecisions
    schedule: Schedule
    contacts: PairContacts | None


def undecided(scenario: Scenario, passes: PassTable, conditions: PassConditions) -> PassDecisions:
    """Decisions of a plan without keys: usable passes are candidates, the others say why not."""
    return _under(skies_of_passes(scenario, passes), conditions)


def _under(chances: SkyChances, conditions: PassConditions) -> PassDecisions:
    usable = ~np.isnat(conditions.usable_start_utc)
    return PassDecisions(
        clear_probability=chances.clear,
        thin_probability=chances.thin,
        broken_probability=chances.broken,
        key_expected_bits=np.full(len(conditions), np.nan),
        key_usable_utc=np.full(len(conditions), NOT_A_TIME),
        state=np.where(usable, PassState.CANDIDATE, PassState.REJECTED),
        reason=reason_of_exclusion(conditions.exclusion),
        blocked_by=np.full(len(conditions), NO_BLOCKER),
    )


def decide(
    scenario: Scenario, work: KeyWork, scheduler: Scheduler, check: Check = unchecked
) -> Decided:
    """Choose the contacts, check them, and say of every pass what became of it.

    `check` is asked while the scheduler works; what it raises ends it.
    """
    found, details = work.found, work.details
    expected = expected_bits(
        work.chances, work.keys.key_bits, details.key_thin_bits, details.key_broken_bits
    )
    plain = candidates_of(scenario, found, expected)
    candidates = with_pair_candidates(scenario, found, plain, work.pairs)
    satellites, stations = resources_of(scenario.satellites, scenario.stations)
    stations = stations_with_claims(scenario, stations)
    aims = pair_aims(scenario, work)
    schedule = scheduler.schedule(candidates, satellites, stations, scenario.schedule, check, aims)
    faults = violations(candidates, schedule, satellites, stations, scenario.schedule.quotas)
    if faults:
        raise AssertionError("the schedule breaks its own rules: " + "; ".join(faults))
    decisions = _merged(scenario, work, expected, candidates, schedule)
    contacts = decided_contacts(work.pairs, candidates, schedule)
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


def _merged(
    scenario: Scenario,
    work: KeyWork,
    expected: FloatArray,
    candidates: Candidates,
    schedule: Schedule,
) -> PassDecisions:
    conditions = work.found.conditions
    base = _under(work.chances, conditions)
    state, reason, blocked_by = base.state.copy(), base.reason.copy(), base.blocked_by.copy()
    usable = ~np.isnat(conditions.usable_start_utc)
    outside = usable & ~np.isfinite(work.link.transmittance_max)
    state[outside], reason[outside] = PassState.REJECTED, Reason.LINK_OUT_OF_RANGE
    alone = candidates.partner == NO_PARTNER
    rows = candidates.pass_row[alone]
    state[rows], reason[rows] = schedule.state[alone], schedule.reason[alone]
    blocked_by[rows] = blocking_passes(candidates, schedule.blocked_by)[alone]
    ready = after(conditions.usable_end_utc, scenario.policy.post_processing_s)
    keyed = has_key(work.keys.key_bits, work.details)
    return replace(
        base,
        key_expected_bits=expected,
        key_usable_utc=np.where(keyed, ready, NOT_A_TIME),
        state=state,
        reason=reason,
        blocked_by=blocked_by,
    )
