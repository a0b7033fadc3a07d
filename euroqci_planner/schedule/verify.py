"""An independent check of a finished schedule: it shares no code with the schedulers.

Nothing here is clever on purpose: contacts are dealt to terminals one after the other, groups
are counted one by one, sums are taken anew.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.key_course import NO_PARTNER
from euroqci_planner.mission.plan import (
    NO_BLOCKER,
    Candidates,
    PassState,
    Reason,
    Resource,
    Schedule,
)
from euroqci_planner.mission.scenario import Quota

Mask = NDArray[np.bool_]

_VALUE_WITHIN = 1e-9
_QUOTA_WITHIN_US = 2.0


def violations(
    candidates: Candidates,
    schedule: Schedule,
    satellites: tuple[Resource, ...],
    stations: tuple[Resource, ...],
    quotas: tuple[Quota, ...] = (),
) -> tuple[str, ...]:
    """Everything that is wrong with a schedule, a sentence each; empty where all is well.

    Checked: one decision per candidate; no terminal of a satellite or station holds two
    contacts at once, set-up included, both stations where a contact has two; no pass of such a
    contact is flown in another; limits per orbit and day; quotas; every pin is flown and marked,
    no ban is, and nothing without value but pins; the total is the sum of what is flown and not
    above the bound; who is flown has no reason, who is rejected has one, and blockers are
    contacts that are flown.
    """
    if len(schedule) != len(candidates):
        return (f"{len(schedule)} decisions for {len(candidates)} candidates",)
    flown = np.isin(schedule.state, (PassState.SCHEDULED, PassState.PINNED))
    rows: list[int] = np.flatnonzero(flown).tolist()
    by_satellite, by_station = defaultdict(list), defaultdict(list)
    for row in rows:
        by_satellite[int(candidates.satellite[row])].append(row)
        by_station[int(candidates.station[row])].append(row)
        if candidates.partner[row] != NO_PARTNER:
            by_station[int(candidates.partner[row])].append(row)
    found: list[str] = []
    for index, resource in enumerate(satellites):
        found += _overlaps(candidates, f"satellite {resource.id}", resource, by_satellite[index])
        found += _limits(candidates, resource, by_satellite[index])
    for index, resource in enumerate(stations):
        found += _overlaps(candidates, f"station {resource.id}", resource, by_station[index])
    found += _partners(candidates, rows)
    found += _quotas(candidates, stations, quotas, rows)
    found += _choices(candidates, schedule, flown)
    found += _explanations(candidates, schedule, flown)
    found += _value(candidates, schedule, rows)
    return tuple(found)


def _overlaps(
    candidates: Candidates, title: str, resource: Resource, rows: list[int]
) -> Iterator[str]:
    """Deal contacts to terminals in order of start, to the one that is free the longest."""
    setup = np.timedelta64(round(resource.setup_s * 1e6), "us")
    terminals: list[tuple[np.datetime64, int]] = []
    for row in sorted(rows, key=lambda item: (candidates.start_utc[item], item)):
        start, end = candidates.start_utc[row], candidates.end_utc[row]
        if not end > start:
            yield f"{title}: contact {_name(candidates, row)} does not end after it starts"
        if len(terminals) < resource.terminals:
            terminals.append((end + setup, row))
            continue
        free_from, previous = min(terminals)
        if start < free_from:
            yield (
                f"{title}: contact {_name(candidates, row)} needs a terminal that "
                f"{_name(candidates, previous)} holds until {free_from}, set-up included"
            )
        terminals[terminals.index((free_from, previous))] = (max(free_from, end + setup), row)


def _partners(candidates: Candidates, rows: list[int]) -> Iterator[str]:
    """Contacts of two stations: two stations indeed, and each pass in one of them."""
    taken: dict[int, int] = {}
    for row in rows:
        if candidates.partner[row] == NO_PARTNER:
            continue
        if candidates.partner[row] == candidates.station[row]:
            yield f"contact {_name(candidates, row)} names one station twice"
        for pass_row in (int(candidates.pass_row[row]), int(candidates.partner_pass_row[row])):
            if pass_row in taken:
                other = _name(candidates, taken[pass_row])
                yield f"contact {_name(candidates, row)} flies a pass that {other} flies"
            taken[pass_row] = row


def _limits(candidates: Candidates, resource: Resource, rows: list[int]) -> Iterator[str]:
    for unit, numbers, largest in (
        ("orbit", candidates.orbit_number, resource.max_contacts_per_orbit),
        ("day", candidates.day_number, resource.max_contacts_per_day),
    ):
        if largest is None:
            continue
        counts: dict[int, int] = defaultdict(int)
        for row in rows:
            counts[int(numbers[row])] += 1
        for number, count in sorted(counts.items()):
            if count > largest:
                yield f"satellite {resource.id}: {count} contacts in {unit} {number} of {largest}"


def _quotas(
    candidates: Candidates,
    stations: tuple[Resource, ...],
    quotas: tuple[Quota, ...],
    rows: list[int],
) -> Iterator[str]:
    """Add up the contact time, and of each group what its stations credit it."""
    microsecond = np.timedelta64(1, "us")
    flown_us, credited_us = 0, {quota.group: 0.0 for quota in quotas}
    for row in rows:
        length_us = int((candidates.end_utc[row] - candidates.start_utc[row]) / microsecond)
        flown_us += length_us
        at = [int(candidates.station[row])]
        if candidates.partner[row] != NO_PARTNER:
            at.append(int(candidates.partner[row]))
        for index in at:
            for group, share in stations[index].group_shares:
                if group in credited_us:
                    credited_us[group] += length_us * share / len(at)
    for quota in quotas:
        most_us = quota.max_share * flown_us
        if credited_us[quota.group] > most_us + _QUOTA_WITHIN_US:
            yield (
                f"group {quota.group}: {credited_us[quota.group] / 1e6:.3f} s credited of "
                f"{flown_us / 1e6:.3f} s flown, at most {quota.max_share:.2%} may be"
            )


def _choices(candidates: Candidates, schedule: Schedule, flown: Mask) -> Iterator[str]:
    pinned, banned, state = candidates.pinned, candidates.banned, schedule.state
    for wrong, text in (
        (pinned & (state != PassState.PINNED), "is a pin and not marked as flown by one"),
        (~pinned & (state == PassState.PINNED), "is marked as pinned and is not"),
        (banned & (state != PassState.BANNED), "is banned and not marked so"),
        (~banned & (state == PassState.BANNED), "is marked as banned and is not"),
        (flown & ~pinned & ~(candidates.value_bits > 0.0), "is flown for no value"),
    ):
        yield from (f"contact {_name(candidates, row)} {text}" for row in np.flatnonzero(wrong))


def _explanations(candidates: Candidates, schedule: Schedule, flown: Mask) -> Iterator[str]:
    turned_down = np.isin(schedule.state, (PassState.REJECTED, PassState.BANNED))
    has_reason = schedule.reason != Reason.NONE
    blocker = schedule.blocked_by
    known = (blocker >= 0) & (blocker < len(candidates))
    stands_in_the_way = flown[np.where(known, blocker, 0)] & known
    for wrong, text in (
        (turned_down & ~has_reason, "is turned down without a reason"),
        (~turned_down & has_reason, "is not turned down and has a reason"),
        ((blocker != NO_BLOCKER) & ~stands_in_the_way, "is blocked by one that is not flown"),
    ):
        yield from (f"contact {_name(candidates, row)} {text}" for row in np.flatnonzero(wrong))


def _value(candidates: Candidates, schedule: Schedule, rows: list[int]) -> Iterator[str]:
    total = math.fsum(candidates.value_bits[rows].tolist())
    stated = schedule.value_bits
    if not math.isclose(stated, total, rel_tol=_VALUE_WITHIN, abs_tol=_VALUE_WITHIN):
        yield f"the stated value {stated!r} is not the sum of the contacts, {total!r}"
    if schedule.bound_bits < total - _VALUE_WITHIN * abs(total):
        yield f"the value {total!r} exceeds the bound {schedule.bound_bits!r}"


def _name(candidates: Candidates, row: int | np.intp) -> str:
    satellite = candidates.satellite_ids[candidates.satellite[row]]
    station = candidates.station_ids[candidates.station[row]]
    if candidates.partner[row] != NO_PARTNER:
        station += f"+{candidates.station_ids[candidates.partner[row]]}"
    return f"{satellite}/{station} {candidates.start_utc[row]}"
