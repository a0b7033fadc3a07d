"""Small schedules made by hand: contacts as tuples, and an optimum by trying every subset."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.key_course import NO_PARTNER
from euroqci_planner.mission.plan import Candidates, PassState, Resource, Schedule
from euroqci_planner.mission.scenario import Quota, ScheduleSettings
from euroqci_planner.schedule.verify import violations

MIDNIGHT = np.datetime64("2026-06-15T00:00:00", "us")
SETTINGS = ScheduleSettings(relative_gap=0.0)
Contact = tuple[str, str, float, float, float]
Resources = tuple[tuple[Resource, ...], tuple[Resource, ...]]


def resource(
    name: str,
    setup_s: float = 0.0,
    terminals: int = 1,
    per_orbit: int | None = None,
    per_day: int | None = None,
    shares: tuple[tuple[str, float], ...] = (),
    weight: float = 1.0,
) -> Resource:
    return Resource(
        id=name,
        terminals=terminals,
        setup_s=setup_s,
        max_contacts_per_orbit=per_orbit,
        max_contacts_per_day=per_day,
        group_shares=shares,
        weight=weight,
    )


def contacts(
    rows: list[Contact],
    resources: Resources,
    *,
    pinned: tuple[int, ...] = (),
    banned: tuple[int, ...] = (),
    orbit_s: float = 6_000.0,
) -> Candidates:
    """Candidates from (satellite, station, start, end, value), seconds from midnight."""
    satellite_ids = tuple(item.id for item in resources[0])
    station_ids = tuple(item.id for item in resources[1])
    start_s = np.array([row[2] for row in rows], dtype=float)
    return Candidates(
        satellite_ids=satellite_ids,
        station_ids=station_ids,
        pass_row=np.arange(len(rows)),
        satellite=[satellite_ids.index(row[0]) for row in rows],
        station=[station_ids.index(row[1]) for row in rows],
        start_utc=_instants(start_s),
        end_utc=_instants(np.array([row[3] for row in rows], dtype=float)),
        value_bits=[row[4] for row in rows],
        orbit_number=np.floor(start_s / orbit_s).astype(int),
        day_number=_instants(start_s).astype("datetime64[D]").astype(int),
        pinned=np.isin(np.arange(len(rows)), pinned),
        banned=np.isin(np.arange(len(rows)), banned),
    )


def with_partners(
    candidates: Candidates, partners: Mapping[int, str], pass_rows: Mapping[int, tuple[int, int]]
) -> Candidates:
    """Some contacts with a second station; `pass_rows` are those of both passes, by contact."""
    partner = np.full(len(candidates), NO_PARTNER)
    partner_pass, pass_row = partner.copy(), candidates.pass_row.copy()
    for row, name in partners.items():
        partner[row] = candidates.station_ids.index(name)
        pass_row[row], partner_pass[row] = pass_rows[row]
    return replace(candidates, pass_row=pass_row, partner=partner, partner_pass_row=partner_pass)


def crowded(
    count: int = 3_000,
    satellites: int = 40,
    stations: int = 15,
    hours: float = 5.0,
    seed: int = 1,
    *,
    nights: int = 1,
    per_orbit: int | None = None,
    per_day: int | None = None,
    pinned: tuple[int, ...] = (),
) -> tuple[Candidates, Resources]:
    """Long contacts at random, so many at a time that the linear programme ends in fractions.

    Nights are alike in length and ten hours of one UTC day apart.
    """
    random = np.random.default_rng(seed)
    resources = (
        tuple(
            resource(f"s{k:03d}", 90.0, per_orbit=per_orbit, per_day=per_day)
            for k in range(satellites)
        ),
        tuple(resource(f"g{k:02d}", 120.0) for k in range(stations)),
    )
    start = np.sort(random.uniform(0.0, hours * 3_600.0, (nights, count)), axis=1)
    start = (start + 36_000.0 * np.arange(nights)[:, None]).ravel()
    length = random.uniform(200.0, 600.0, len(start))
    value = np.round(random.uniform(300.0, 1_000.0, len(start)) * length)
    satellite, station = (random.integers(size, size=len(start)) for size in (satellites, stations))
    columns = zip(satellite, station, start, length, value, strict=True)
    rows = [(f"s{s:03d}", f"g{g:02d}", at, at + lasts, worth) for s, g, at, lasts, worth in columns]
    return contacts(rows, resources, pinned=pinned), resources


def _instants(seconds: NDArray[np.float64]) -> NDArray[np.datetime64]:
    return MIDNIGHT + np.round(seconds * 1e6).astype("timedelta64[us]")


def flown(schedule: Schedule) -> list[int]:
    chosen = np.isin(schedule.state, (PassState.SCHEDULED, PassState.PINNED))
    return np.flatnonzero(chosen).tolist()


def selection(candidates: Candidates, rows: list[int] | tuple[int, ...]) -> Schedule:
    """A schedule that flies these rows, with honest states and a reason for the others."""
    state = np.full(len(candidates), PassState.REJECTED, dtype=np.int8)
    state[candidates.banned] = PassState.BANNED
    state[list(rows)] = PassState.SCHEDULED
    chosen = state == PassState.SCHEDULED
    state[chosen & candidates.pinned] = PassState.PINNED
    return Schedule(
        method="by hand",
        objective="expected_key",
        value_bits=math.fsum(candidates.value_bits[list(rows)]),
        bound_bits=math.nan,
        state=state,
        reason=np.where(chosen, 0, 13),
        blocked_by=np.full(len(candidates), -1),
    )


def best_value_by_brute_force(
    candidates: Candidates, resources: Resources, quotas: tuple[Quota, ...] = ()
) -> float | None:
    """Largest total over all subsets that break no rule; None where no subset does."""
    best = None
    everyone = range(len(candidates))
    for size in range(len(candidates) + 1):
        for rows in combinations(everyone, size):
            total = math.fsum(candidates.value_bits[list(rows)])
            if best is not None and total <= best:
                continue
            if not violations(candidates, selection(candidates, rows), *resources, quotas):
                best = total
    return best


def shuffled(
    candidates: Candidates, resources: Resources, random: np.random.Generator
) -> tuple[Candidates, Resources]:
    """The same contacts in another order, with satellites and stations in another order too."""
    rows = random.permutation(len(candidates))
    satellites = random.permutation(len(resources[0]))
    stations = random.permutation(len(resources[1]))
    mixed = candidates.take(rows)
    return replace(
        mixed,
        satellite_ids=tuple(candidates.satellite_ids[index] for index in satellites),
        station_ids=tuple(candidates.station_ids[index] for index in stations),
        satellite=np.argsort(satellites)[mixed.satellite],
        station=np.argsort(stations)[mixed.station],
        partner=np.append(np.argsort(stations), NO_PARTNER)[mixed.partner],
    ), (
        tuple(resources[0][index] for index in satellites),
        tuple(resources[1][index] for index in stations),
    )
