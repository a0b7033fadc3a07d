"""From contacts to deposits: post-processing, authentication, and the order of the engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.key_course import NO_PARTNER, BitsArray, DepositTable
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.network.key_store import MICROSECONDS_PER_SECOND, IndexArray
from euroqci_planner.network.layout import KeyNetwork, Layout
from euroqci_planner.timebase import UtcArray, after
from euroqci_planner.units import FloatArray

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ContactKeys:
    """Contacts and their key as a plan holds them, row for row.

    `satellite` and `station` index the ids; `key_bits` is the key of each contact where it
    happens, and `weight` in 0..1 what part of it is counted: 1, or the chance of clear sky.
    `partner` is the second station of contacts with entangled pairs, -1 for the others; None
    where there is none at all.
    """

    satellite_ids: tuple[str, ...]
    station_ids: tuple[str, ...]
    satellite: NDArray[np.int32]
    station: NDArray[np.int32]
    contact_end_utc: UtcArray
    key_bits: FloatArray
    weight: FloatArray
    partner: NDArray[np.int32] | None = None


def deposits_of(contacts: ContactKeys, policy: Policy) -> DepositTable:
    """Deposits of contacts: usable `post_processing_s` after their end, in whole bits.

    Key is rounded down and the cost of authentication up. A contact without key (zero or NaN)
    has a row with zero bits and pays nothing: without a block there is nothing to authenticate.
    """
    key = np.nan_to_num(contacts.key_bits) * contacts.weight
    bits = np.floor(key).astype(np.int64)
    cost = np.ceil(policy.authentication_bits_per_contact * contacts.weight).astype(np.int64)
    nobody = np.full(len(bits), NO_PARTNER)
    return DepositTable(
        satellite_ids=contacts.satellite_ids,
        station_ids=contacts.station_ids,
        satellite=contacts.satellite,
        station=contacts.station,
        contact_end_utc=contacts.contact_end_utc,
        usable_utc=after(contacts.contact_end_utc, policy.post_processing_s),
        key_bits=bits,
        authentication_bits=np.where(bits > 0, cost, 0),
        partner=nobody if contacts.partner is None else contacts.partner,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Deposits:
    """Deposits inside the window in order of time, ready for the engine.

    `bits` and `authentication` are (members, rows): what each contact brings in each member.
    """

    link: IndexArray
    usable_us: BitsArray
    made_us: BitsArray
    bits: BitsArray
    authentication: BitsArray


def window_us(case: KeyNetwork) -> tuple[int, int]:
    """Start and end of the window in microseconds of 1970."""
    start = int(case.start_utc.astype("datetime64[us]").astype(np.int64))
    return start, start + round(case.duration_s * MICROSECONDS_PER_SECOND)


def deposit_rows(case: KeyNetwork, layout: Layout, table: DepositTable) -> IndexArray:
    """Rows of `table` that reach a link store inside the window, by time, satellite, station."""
    start, end = window_us(case)
    usable = table.usable_utc.astype(np.int64)
    satellites = np.array(table.satellite_ids, dtype=np.str_)[table.satellite]
    stations = np.array(table.station_ids, dtype=np.str_)[table.station]
    partners = np.array((*table.station_ids, ""), dtype=np.str_)[table.partner]
    is_swapped = table.is_direct & (partners < stations)
    stations, partners = (
        np.where(is_swapped, one, other)
        for one, other in ((partners, stations), (stations, partners))
    )
    known = {name.a for name in layout.links if not name.is_direct}
    has_store = table.is_direct | np.isin(satellites, sorted(known))
    inside = (usable >= start) & (usable <= end) & has_store
    ends = table.contact_end_utc.astype(np.int64)
    order = np.lexsort((table.key_bits, ends, partners, stations, satellites, usable))
    return np.asarray(order[inside[order]])


def engine_deposits(layout: Layout, table: DepositTable, rows: IndexArray, clear: Mask) -> Deposits:
    """Deposits of these rows; `clear` (members, rows of `table`) says which contacts succeed."""
    names = [table.link_name(row) for row in rows.tolist()]
    return Deposits(
        link=np.array([layout.link_index[name] for name in names], dtype=np.intp),
        usable_us=table.usable_utc[rows].astype(np.int64),
        made_us=table.contact_end_utc[rows].astype(np.int64),
        bits=np.where(clear[:, rows], table.key_bits[rows], 0),
        authentication=np.where(clear[:, rows], table.authentication_bits[rows], 0),
    )
