"""From the records of a scenario to what the schedulers work on."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.mission.assets import Role, Satellite, Station
from euroqci_planner.mission.pass_table import Exclusion, PassConditions, PassTable
from euroqci_planner.mission.plan import REASON_TEXTS, Candidates, Reason, Resource
from euroqci_planner.mission.scenario import Ban, Pin, ScheduleSettings
from euroqci_planner.timebase import iso_text, seconds_between
from euroqci_planner.units import SECONDS_PER_MINUTE, FloatArray

RowArray = NDArray[np.intp]

_ENDS = 2
PIN_WITHIN_S = 10.0 * SECONDS_PER_MINUTE


def resources_of(
    satellites: tuple[Satellite, ...], stations: tuple[Station, ...]
) -> tuple[tuple[Resource, ...], tuple[Resource, ...]]:
    """Satellites and stations as resources, in their order.

    A satellite needs slew and acquisition between two contacts of one terminal. A contact of a
    source of entangled pairs takes two of its telescopes.
    """
    return (
        tuple(
            Resource(
                id=item.id,
                terminals=item.payload.terminals // (_ENDS if _is_source(item) else 1),
                setup_s=item.payload.slew_s + item.payload.acquisition_s,
                max_contacts_per_orbit=item.max_contacts_per_orbit,
                max_contacts_per_day=item.max_contacts_per_day,
            )
            for item in satellites
        ),
        tuple(
            Resource(id=item.id, terminals=item.terminals, setup_s=item.setup_s)
            for item in stations
        ),
    )


def _is_source(satellite: Satellite) -> bool:
    return satellite.role is Role.ENTANGLED_SOURCE


def orbit_numbers(
    contact_start_utc: ArrayLike, epoch_utc: ArrayLike, period_s: ArrayLike
) -> NDArray[np.int64]:
    """Whole revolutions from a satellite's epoch to the start of a contact, elementwise.

    Falls below zero before the epoch; 0 where the start is not a time (such a pass is no
    candidate). Raises ValueError for a period that is not above zero, or an epoch that is not a
    time. The anomaly at the epoch is not looked at: numbers change there, not at the node.
    """
    period = np.asarray(period_s, dtype=np.float64)
    if not bool(np.all(period > 0.0)) or bool(np.any(np.isnat(np.asarray(epoch_utc)))):
        raise ValueError("orbit numbers need an epoch and a period above zero")
    revolutions = np.floor(seconds_between(epoch_utc, contact_start_utc) / period)
    return np.where(np.isnan(revolutions), 0.0, revolutions).astype(np.int64)


def pinned_rows(passes: PassTable, conditions: PassConditions, pins: tuple[Pin, ...]) -> RowArray:
    """Row of the pass that each pin means, in the order of the pins.

    It is the pass of the pair that is highest nearest to `near_utc`, within 10 minutes (ties:
    the earlier). Raises InvalidInput with a fault for each pin that finds none, or whose pass
    has no usable window.
    """
    found = [_pinned_row(passes, conditions, pin) for pin in pins]
    faults = [
        Fault(
            item.problem,
            where=f"schedule.pin[{number}]",
            value=f"{pin.satellite_id}/{pin.station_id} near {iso_text(pin.near_utc, 's')}",
            mend=item.mend,
        )
        for number, (pin, item) in enumerate(zip(pins, found, strict=True))
        if isinstance(item, Fault)
    ]
    if faults:
        raise InvalidInput(faults)
    return np.array(found, dtype=np.intp)


def banned_rows(passes: PassTable, bans: tuple[Ban, ...]) -> RowArray:
    """Rows of the passes that a ban touches, rising.

    A ban names a satellite, a station or both, and the passes that share time with it: those
    that start before its end and end after its start; a missing border is open.
    """
    hit = np.zeros(len(passes), dtype=np.bool_)
    for ban in bans:
        of_ban = _of_pair(passes, ban.satellite_id, ban.station_id)
        if not np.isnat(ban.from_utc):
            of_ban &= passes.end_utc > ban.from_utc
        if not np.isnat(ban.to_utc):
            of_ban &= passes.start_utc < ban.to_utc
        hit |= of_ban
    return np.flatnonzero(hit)


def build_candidates(
    passes: PassTable,
    conditions: PassConditions,
    value_bits: FloatArray,
    orbit_number: NDArray[np.int64],
    settings: ScheduleSettings,
) -> Candidates:
    """Candidates from all passes with a usable window, pins and bans marked.

    `value_bits` (expected key; NaN outside the link model) and `orbit_number` go by pass. A
    contact fills the usable window; its day is the UTC day of its start, counted from 1970.
    Raises InvalidInput as `pinned_rows` does.
    """
    rows = np.flatnonzero(conditions.exclusion == Exclusion.NONE)
    start_utc = conditions.usable_start_utc[rows]
    return Candidates(
        satellite_ids=passes.satellite_ids,
        station_ids=passes.station_ids,
        pass_row=rows,
        satellite=passes.satellite[rows],
        station=passes.station[rows],
        start_utc=start_utc,
        end_utc=conditions.usable_end_utc[rows],
        value_bits=np.asarray(value_bits, dtype=np.float64)[rows],
        orbit_number=np.asarray(orbit_number, dtype=np.int64)[rows],
        day_number=start_utc.astype("datetime64[D]").astype(np.int64),
        pinned=np.isin(rows, pinned_rows(passes, conditions, settings.pins)),
        banned=np.isin(rows, banned_rows(passes, settings.bans)),
    )


def _pinned_row(passes: PassTable, conditions: PassConditions, pin: Pin) -> int | Fault:
    rows = np.flatnonzero(_of_pair(passes, pin.satellite_id, pin.station_id))
    if not len(rows):
        return Fault("this pair has no pass in the planning window", mend="remove the pin")
    distance_s = np.abs(seconds_between(pin.near_utc, passes.highest_utc[rows]))
    row = int(rows[np.argmin(distance_s)])
    nearest = iso_text(passes.highest_utc[row], "s")
    if distance_s.min() > PIN_WITHIN_S:
        return Fault("no pass of this pair within 10 min", mend=f"the nearest is at {nearest}")
    exclusion = Reason(int(conditions.exclusion[row]))
    if exclusion is not Reason.NONE:
        return Fault(
            f"the pass at {nearest} cannot be used: {REASON_TEXTS[exclusion]}",
            mend="pin another pass, or change what excludes this one",
        )
    return row


def _of_pair(passes: PassTable, satellite_id: str, station_id: str) -> NDArray[np.bool_]:
    """Passes of the pair; '' stands for every satellite or station."""
    chosen = np.ones(len(passes), dtype=np.bool_)
    for wanted, ids, index in (
        (satellite_id, passes.satellite_ids, passes.satellite),
        (station_id, passes.station_ids, passes.station),
    ):
        if wanted:
            chosen &= index == (ids.index(wanted) if wanted in ids else -1)
    return chosen
