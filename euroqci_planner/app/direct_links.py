"""Direct links of a plan: key that two stations share by a source of entangled pairs.

The satellite does not know this key: no link of satellite and station holds any of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.plan import Plan, is_flown
from euroqci_planner.mission.table import Table, column
from euroqci_planner.timebase import NOT_A_TIME, UtcArray, seconds_between
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DirectLinks(Table):
    """Every two stations with flown contacts of their own.

    `a` and `b` index the stations of the pass table, `a` before `b`. `sources` are the ids of the
    satellites that sent the pairs. Bits, instants and `deposited_bits` are as in `LinkTotals`.
    """

    station_ids: tuple[str, ...]
    sources: tuple[tuple[str, ...], ...]
    a: NDArray[np.int32] = column("int32")
    b: NDArray[np.int32] = column("int32")
    contacts: NDArray[np.int64] = column("int64")
    contact_s: FloatArray = column("float64")
    key_clear_bits: FloatArray = column("float64")
    key_expected_bits: FloatArray = column("float64")
    deposited_bits: FloatArray = column("float64")
    last_utc: UtcArray = column("datetime64[us]")
    next_utc: UtcArray = column("datetime64[us]")

    def ends(self, row: int) -> tuple[str, str]:
        """Ids of both stations."""
        return self.station_ids[int(self.a[row])], self.station_ids[int(self.b[row])]


def flown_contacts(plan: Plan) -> PairContacts | None:
    """Contacts of two stations that are flown; None where no source of pairs takes part."""
    contacts = plan.pair_contacts
    return None if contacts is None else contacts.take(is_flown(contacts.state))


def direct_links(plan: Plan, at_utc: np.datetime64) -> DirectLinks:
    """The direct links with their deposits around `at_utc`, in the order of the stations."""
    flown = flown_contacts(plan)
    if flown is None:
        return _links(plan, [], np.zeros(0, np.intp), np.zeros(0, np.intp))
    a, b = _stations(plan, flown)
    a, b = np.minimum(a, b), np.maximum(a, b)
    key = a * len(plan.passes.station_ids) + b
    rows = [np.flatnonzero(key == number) for number in np.unique(key)]
    first = np.array([mine[0] for mine in rows], dtype=np.intp)
    parts = [_totals(flown.take(mine), at_utc) for mine in rows]
    return _links(plan, parts, a[first], b[first])


def direct_events(plan: Plan) -> tuple[NDArray[np.intp], UtcArray, FloatArray]:
    """Station, instant and bits of every deposit on direct links: one at each of the two."""
    flown = flown_contacts(plan)
    if flown is None:
        return np.zeros(0, np.intp), np.zeros(0, "datetime64[us]"), np.zeros(0)
    gives = _gives(flown)
    a, b = _stations(plan, flown)
    ready, bits = flown.key_usable_utc[gives], flown.key_expected_bits[gives]
    return np.concatenate((a[gives], b[gives])), np.tile(ready, 2), np.tile(bits, 2)


def _stations(plan: Plan, flown: PairContacts) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Both stations of each contact, as the pass table numbers them."""
    order = np.array([plan.passes.station_ids.index(name) for name in flown.station_ids], np.intp)
    return order[flown.station_a], order[flown.station_b]


def _gives(contacts: PairContacts) -> NDArray[np.bool_]:
    return np.asarray((contacts.key_expected_bits > 0.0) & ~np.isnat(contacts.key_usable_utc))


@dataclass(frozen=True, slots=True)
class _Totals:
    sources: tuple[str, ...]
    contacts: int
    contact_s: float
    clear_bits: float
    expected_bits: float
    deposited_bits: float
    last_utc: np.datetime64
    next_utc: np.datetime64


def _totals(mine: PairContacts, at_utc: np.datetime64) -> _Totals:
    expected, gives = np.nan_to_num(mine.key_expected_bits), _gives(mine)
    ready = mine.key_usable_utc[gives]
    done = ready <= at_utc
    return _Totals(
        sources=tuple(mine.satellite_ids[number] for number in np.unique(mine.satellite).tolist()),
        contacts=len(mine),
        contact_s=float(seconds_between(mine.start_utc, mine.end_utc).sum()),
        clear_bits=float(np.floor(np.nan_to_num(mine.key_bits)).sum()),
        expected_bits=float(expected.sum()),
        deposited_bits=float(expected[gives][done].sum()),
        last_utc=ready[done].max() if done.any() else NOT_A_TIME,
        next_utc=ready[~done].min() if not done.all() else NOT_A_TIME,
    )


def _links(
    plan: Plan, parts: list[_Totals], a: NDArray[np.intp], b: NDArray[np.intp]
) -> DirectLinks:
    return DirectLinks(
        station_ids=plan.passes.station_ids,
        sources=tuple(part.sources for part in parts),
        a=a.astype(np.int32),
        b=b.astype(np.int32),
        contacts=np.array([part.contacts for part in parts]),
        contact_s=np.array([part.contact_s for part in parts]),
        key_clear_bits=np.array([part.clear_bits for part in parts]),
        key_expected_bits=np.array([part.expected_bits for part in parts]),
        deposited_bits=np.array([part.deposited_bits for part in parts]),
        last_utc=np.array([part.last_utc for part in parts], dtype="datetime64[us]"),
        next_utc=np.array([part.next_utc for part in parts], dtype="datetime64[us]"),
    )
