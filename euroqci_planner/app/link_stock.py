"""Key deposited per link: what each contact is expected to add, and when it can be used.

A link is one satellite with one station. Nothing is withdrawn here: the sums are what a link
would hold if nobody used its key.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.plan import Plan, is_flown
from euroqci_planner.mission.table import Table, column
from euroqci_planner.timebase import UtcArray
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Deposits(Table):
    """Expected key of every contact that gives any, by link, then by the time of its use.

    `satellite` and `station` index the id tuples of the pass table; `pass_row` is its row.
    `sum_bits` is the sum of the link up to and with this deposit.
    """

    satellite_ids: tuple[str, ...]
    station_ids: tuple[str, ...]
    pass_row: NDArray[np.intp] = column("intp")
    satellite: NDArray[np.int32] = column("int32")
    station: NDArray[np.int32] = column("int32")
    usable_utc: UtcArray = column("datetime64[us]")
    bits: FloatArray = column("float64")
    sum_bits: FloatArray = column("float64")


def deposits(plan: Plan) -> Deposits:
    """What the contacts of a plan are expected to deposit; none where it holds no keys.

    Deposits that can be used only after the planning window are among them.
    """
    rows = plan.contact_rows
    bits = plan.decisions.key_expected_bits[rows]
    ready = plan.decisions.key_usable_utc[rows]
    gives = (bits > 0.0) & ~np.isnat(ready)
    rows, bits, ready = rows[gives], bits[gives], ready[gives]
    satellite, station = plan.passes.satellite[rows], plan.passes.station[rows]
    order = np.lexsort((rows, ready, station, satellite))
    satellite, station, bits = satellite[order], station[order], bits[order]
    return Deposits(
        satellite_ids=plan.passes.satellite_ids,
        station_ids=plan.passes.station_ids,
        pass_row=rows[order],
        satellite=satellite,
        station=station,
        usable_utc=ready[order],
        bits=bits,
        sum_bits=_sums_by_group(bits, _starts(satellite, station)),
    )


def starts_of_links(table: Deposits) -> NDArray[np.intp]:
    """Rows at which another link begins."""
    return _starts(table.satellite, table.station)


def _starts(satellite: NDArray[np.int32], station: NDArray[np.int32]) -> NDArray[np.intp]:
    """Rows at which another link begins."""
    if not len(satellite):
        return np.zeros(0, dtype=np.intp)
    changes = (np.diff(satellite) != 0) | (np.diff(station) != 0)
    return np.concatenate(([0], np.flatnonzero(changes) + 1)).astype(np.intp)


def _sums_by_group(values: FloatArray, starts: NDArray[np.intp]) -> FloatArray:
    """Running sum that starts anew with every group, each group summed on its own."""
    parts = np.split(values, starts[1:]) if len(starts) else []
    return np.concatenate([np.cumsum(part) for part in parts]) if parts else np.zeros(0)


def deposit_near(table: Deposits, a: str, b: str, instant: np.datetime64) -> int | None:
    """Row of the pass table whose deposit on the link of `a` and `b` is nearest in time."""
    if a not in table.satellite_ids or b not in table.station_ids:
        return None
    satellite, station = table.satellite_ids.index(a), table.station_ids.index(b)
    mine = np.flatnonzero((table.satellite == satellite) & (table.station == station))
    if not len(mine):
        return None
    away = np.abs(table.usable_utc[mine] - instant)
    return int(table.pass_row[mine[np.argmin(away)]])


def deposits_of_link(table: Deposits, a: str, b: str) -> UtcArray:
    """Instants from which the deposits on the link of `a` and `b` can be used."""
    if a not in table.satellite_ids or b not in table.station_ids:
        return table.usable_utc[:0]
    satellite, station = table.satellite_ids.index(a), table.station_ids.index(b)
    mine = (table.satellite == satellite) & (table.station == station)
    return np.asarray(table.usable_utc[mine])


def direct_deposits(plan: Plan, a: str, b: str) -> tuple[UtcArray, NDArray[np.intp]]:
    """When key that two stations share can be used, in order, and the pass at `a` of each.

    Of the flown contacts of sources of entangled pairs; nothing where the two have none.
    """
    contacts = plan.pair_contacts
    if contacts is None or not {a, b} <= set(contacts.station_ids):
        return np.zeros(0, "datetime64[us]"), np.zeros(0, dtype=np.intp)
    one, other = contacts.station_ids.index(a), contacts.station_ids.index(b)
    mine = is_flown(contacts.state) & (contacts.key_bits > 0.0)
    forth = mine & (contacts.station_a == one) & (contacts.station_b == other)
    back = mine & (contacts.station_a == other) & (contacts.station_b == one)
    rows = np.flatnonzero(forth | back)
    rows = rows[np.argsort(contacts.key_usable_utc[rows], kind="stable")]
    passes = np.where(back, contacts.pass_b, contacts.pass_a)[rows]
    return contacts.key_usable_utc[rows], passes.astype(np.intp)
