"""From contacts to deposits: post-processing, authentication, and the order of the engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.key_course import NO_PARTNER, BitsArray, DepositTable
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.mission.sky_states import SkyState
from euroqci_planner.network.key_store import MICROSECONDS_PER_SECOND, IndexArray
from euroqci_planner.network.layout import KeyNetwork, Layout
from euroqci_planner.timebase import UtcArray, after
from euroqci_planner.units import FloatArray

Mask = NDArray[np.bool_]
# (members, contacts): which contacts are clear, or the `SkyState` of each; of contacts of two
# stations the code of both skies (`sky_codes`).
MemberSky = NDArray[np.bool_] | NDArray[np.int8]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CloudyContacts:
    """Key of contacts under thin and broken cloud, and what part of each is counted (0..1)."""

    thin_bits: FloatArray
    thin_weight: FloatArray
    broken_bits: FloatArray
    broken_weight: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CloudyPairs:
    """Key of contacts of two stations under each of `CLOUDY_SKIES`, and what part is counted.

    Both (contacts, skies), the parts 0..1.
    """

    bits: FloatArray
    weight: FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ContactKeys:
    """Contacts and their key as a plan holds them, row for row.

    `satellite` and `station` index the ids; `key_bits` is the key of each contact where it
    happens in clear sky, and `weight` in 0..1 what part of it is counted: 1, or the chance of that.
    `cloudy` adds the key of other skies, None where there are none. `partner` is the second station
    of contacts with entangled pairs, -1 for the others; None where there is none at all. `pairs`
    is their key where not both skies are clear.
    """

    satellite_ids: tuple[str, ...]
    station_ids: tuple[str, ...]
    satellite: NDArray[np.int32]
    station: NDArray[np.int32]
    contact_end_utc: UtcArray
    key_bits: FloatArray
    weight: FloatArray
    partner: NDArray[np.int32] | None = None
    cloudy: CloudyContacts | None = None
    pairs: CloudyPairs | None = None


def deposits_of(contacts: ContactKeys, policy: Policy) -> DepositTable:
    """Deposits of contacts: usable `post_processing_s` after their end, in whole bits.

    Key is rounded down and the cost of authentication up. A contact without key (zero or NaN)
    has a row with zero bits and pays nothing: without a block there is nothing to authenticate.
    Neither does a sky without key.
    """
    clear = np.nan_to_num(contacts.key_bits)
    key, paid = clear * contacts.weight, contacts.weight
    under_clouds = _under_clouds(contacts)
    if under_clouds:
        paid = np.where(clear > 0.0, paid, 0.0)
    for there, weight in under_clouds:
        key = key + there * weight
        paid = paid + np.where(there > 0.0, weight, 0.0)
    whole = [np.floor(there).astype(np.int64) for there, _ in under_clouds]
    skies: dict[str, BitsArray] = {}
    if contacts.cloudy is not None:
        skies |= {"thin_bits": whole[0], "broken_bits": whole[1]}
    if contacts.pairs is not None:
        skies["cloudy_bits"] = np.stack(whole[-contacts.pairs.bits.shape[1] :], axis=1)
    bits = np.floor(key).astype(np.int64)
    cost = np.ceil(policy.authentication_bits_per_contact * paid).astype(np.int64)
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
        **skies,
    )


def _under_clouds(contacts: ContactKeys) -> list[tuple[FloatArray, FloatArray]]:
    """Key in every sky but the clear one, and what part of it is counted."""
    found = []
    if (cloudy := contacts.cloudy) is not None:
        found.append((cloudy.thin_bits, cloudy.thin_weight))
        found.append((cloudy.broken_bits, cloudy.broken_weight))
    if (pairs := contacts.pairs) is not None:
        found += list(zip(pairs.bits.T, pairs.weight.T, strict=True))
    return [(np.nan_to_num(bits), weight) for bits, weight in found]


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


def engine_deposits(
    layout: Layout, table: DepositTable, rows: IndexArray, sky: MemberSky
) -> Deposits:
    """Deposits of these rows; `sky` (members, rows of `table`) says what each contact meets."""
    names = [table.link_name(row) for row in rows.tolist()]
    paid = table.authentication_bits[rows]
    bits = _brought(sky[:, rows], table.take(rows))
    return Deposits(
        link=np.array([layout.link_index[name] for name in names], dtype=np.intp),
        usable_us=table.usable_utc[rows].astype(np.int64),
        made_us=table.contact_end_utc[rows].astype(np.int64),
        bits=bits,
        authentication=np.where(bits > 0, paid, 0),
    )


def opened(sky: MemberSky, rows: Mask) -> MemberSky:
    """The same sky, clear over these contacts."""
    return np.where(rows, np.array(SkyState.CLEAR, dtype=sky.dtype), sky)


def _brought(sky: MemberSky, table: DepositTable) -> BitsArray:
    """Key of every row of the table in each member, (members, rows)."""
    if sky.dtype == np.bool_:
        return np.where(sky, table.key_bits, 0)
    alone = np.flatnonzero(~table.is_direct)
    if len(alone) == len(table):
        return _by_state(sky, table)
    direct = np.flatnonzero(table.is_direct)
    bits = np.empty(sky.shape, dtype=np.int64)
    bits[:, alone] = _by_state(sky[:, alone], table.take(alone))
    bits[:, direct] = _by_code(sky[:, direct], table.take(direct))
    return bits


def _by_state(sky: MemberSky, table: DepositTable) -> BitsArray:
    """Key of single contacts under the `SkyState` of each."""
    return np.asarray(np.choose(sky, _of_states(table)))


def _by_code(sky: MemberSky, table: DepositTable) -> BitsArray:
    """Key of contacts of two stations under the code of both skies."""
    by_code = np.column_stack([*_of_states(table), table.cloudy_bits])
    return np.take_along_axis(by_code, sky.T.astype(np.intp), axis=1).T


def _of_states(table: DepositTable) -> list[BitsArray]:
    """Key in every `SkyState`, in order."""
    found = {
        SkyState.OVERCAST: np.zeros(len(table), dtype=np.int64),
        SkyState.CLEAR: table.key_bits,
        SkyState.THIN: table.thin_bits,
        SkyState.BROKEN: table.broken_bits,
    }
    return [found[state] for state in sorted(SkyState)]
