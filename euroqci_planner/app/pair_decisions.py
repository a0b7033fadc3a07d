"""Contacts of two stations in the schedule: candidates, pins and bans, and what became of them.

A ban on a satellite or a station holds for every contact that has such a pass. A pin means a pass:
the contact that holds most of the pinned passes is flown, of these the one of most expected key.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.pair_windows import is_source
from euroqci_planner.app.pair_work import PairWork
from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.mission.key_course import NO_PARTNER
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.plan import (
    NO_BLOCKER,
    Candidates,
    PassDecisions,
    PassState,
    Reason,
    Schedule,
    is_flown,
)
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.schedule.candidates import orbit_numbers
from euroqci_planner.timebase import NOT_A_TIME

if TYPE_CHECKING:
    from euroqci_planner.app.geometry import Geometry

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]


def with_pair_candidates(
    scenario: Scenario, found: Geometry, plain: Candidates, pairs: PairWork | None
) -> Candidates:
    """The candidates with contacts of two stations, at the end, in place of the sources' passes.

    `plain` holds every usable pass with its pins and bans. Raises InvalidInput for a pinned pass
    of a source that no other station shares.
    """
    if pairs is None:
        return plain
    sources = is_source(scenario)[plain.satellite]
    own, contacts = plain.take(sources), pairs.contacts
    fleet, index = found.sky.fleet, contacts.satellite
    epochs = np.array([item.epoch_utc for item in found.sky.element_sets], "datetime64[us]")
    banned, start = own.pass_row[own.banned], contacts.start_utc
    return Candidates.joined(
        [
            plain.take(~sources),
            Candidates(
                satellite_ids=plain.satellite_ids,
                station_ids=plain.station_ids,
                pass_row=contacts.pass_a,
                satellite=index,
                station=contacts.station_a,
                start_utc=start,
                end_utc=contacts.end_utc,
                value_bits=contacts.key_expected_bits,
                orbit_number=orbit_numbers(start, epochs[index], fleet.period_s[index]),
                day_number=start.astype("datetime64[D]").astype(np.int64),
                pinned=_pinned(found, contacts, own.pass_row[own.pinned]),
                banned=np.isin(contacts.pass_a, banned) | np.isin(contacts.pass_b, banned),
                partner=contacts.station_b,
                partner_pass_row=contacts.pass_b,
            ),
        ]
    )


def _pinned(found: Geometry, contacts: PairContacts, passes: Rows) -> Mask:
    """The contact that each pinned pass means; one contact may serve two pins."""
    chosen = np.zeros(len(contacts), dtype=np.bool_)
    pins = np.isin(contacts.pass_a, passes).astype(int) + np.isin(contacts.pass_b, passes)
    worth = np.nan_to_num(contacts.key_expected_bits, nan=-1.0)
    faults = []
    for row in passes.tolist():
        options = np.flatnonzero((contacts.pass_a == row) | (contacts.pass_b == row))
        if not options.size:
            faults.append(_no_partner(found, row))
        elif not chosen[options].any():
            best = np.lexsort((options, -worth[options], -pins[options]))[0]
            chosen[options[best]] = True
    if faults:
        raise InvalidInput(faults)
    return chosen


def _no_partner(found: Geometry, row: int) -> Fault:
    return Fault(
        "no other station sees this source of pairs at the same time",
        where="schedule.pin",
        value=str(found.passes.take([row]).pass_ids()[0]),
        mend="remove the pin, or pin a pass that two stations share",
    )


def blocking_passes(candidates: Candidates, blocked_by: NDArray[np.int64]) -> NDArray[np.int64]:
    """Row of the pass that stands in the way of each candidate, -1 for none.

    Of a blocker with two stations it is the pass at the one that both want, else the first.
    """
    blocked = blocked_by >= 0
    blocker = np.where(blocked, blocked_by, 0)
    if not len(candidates):
        return blocked_by
    ends = (candidates.station, candidates.partner)
    first, second = (np.logical_or(*(want == end[blocker] for want in ends)) for end in ends)
    second &= ~first & (candidates.partner[blocker] != NO_PARTNER)
    row = np.where(second, candidates.partner_pass_row[blocker], candidates.pass_row[blocker])
    return np.asarray(np.where(blocked, row, NO_BLOCKER))


def decided_contacts(
    pairs: PairWork | None, candidates: Candidates, schedule: Schedule
) -> PairContacts | None:
    """The contacts with what became of them; None where there is no source."""
    if pairs is None:
        return None
    mine = np.flatnonzero(candidates.partner != NO_PARTNER)
    return replace(
        pairs.contacts,
        state=schedule.state[mine],
        reason=schedule.reason[mine],
        blocked_by=blocking_passes(candidates, schedule.blocked_by)[mine],
    )


def with_passes_of_sources(
    scenario: Scenario, found: Geometry, decisions: PassDecisions, contacts: PairContacts | None
) -> PassDecisions:
    """The decisions with those on the passes of sources of pairs, which follow from the contacts.

    A pass that is flown names its partner. One that is not has the reason of the best of its
    contacts, or has no partner; it has no key of its own.
    """
    if contacts is None:
        return decisions
    passes = found.passes
    mine = is_source(scenario)[passes.satellite]
    usable = mine & ~np.isnat(found.conditions.usable_start_utc)
    columns = {name: getattr(decisions, name).copy() for name in decisions.column_names()}
    columns["key_expected_bits"][mine] = np.nan
    columns["key_usable_utc"][mine] = NOT_A_TIME
    columns["state"][usable], columns["blocked_by"][mine] = PassState.REJECTED, NO_BLOCKER
    columns["reason"][usable] = Reason.NO_PARTNER_STATION
    rows, contact = _most_telling(contacts)
    for name in ("state", "reason", "blocked_by"):
        columns[name][rows] = getattr(contacts, name)[contact]
    flown = is_flown(contacts.state)
    columns["partner"][contacts.pass_a[flown]] = contacts.station_b[flown]
    columns["partner"][contacts.pass_b[flown]] = contacts.station_a[flown]
    return PassDecisions(**columns)


def _most_telling(contacts: PairContacts) -> tuple[Rows, Rows]:
    """Passes that have a contact, and the contact of each that tells most.

    The one that is flown, else of those that are not banned, else of all, the one of most expected
    key; of equals the earlier.
    """
    worth = np.nan_to_num(contacts.key_expected_bits, nan=-1.0)
    standing = np.where(is_flown(contacts.state), 2, contacts.state != PassState.BANNED)
    rank = np.lexsort((np.arange(len(contacts)), -worth, -standing))
    passes = np.stack((contacts.pass_a[rank], contacts.pass_b[rank]), axis=1).ravel()
    rows, first = np.unique(passes, return_index=True)
    return rows, rank[first // 2]
