"""What the links and stations of a plan amount to: contacts, key, last and next deposit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.app.direct_links import DirectLinks, direct_events, direct_links
from euroqci_planner.app.link_stock import deposits
from euroqci_planner.app.pair_card import link_of_pass
from euroqci_planner.mission.named_columns import ColumnFormat, ColumnKind, PlanColumns
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.table import Table, column
from euroqci_planner.timebase import NOT_A_TIME, UtcArray, seconds_between
from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

LINK_COLUMNS: Mapping[str, ColumnFormat] = {
    "satellite_id": ColumnFormat(
        ColumnKind.TEXT, "satellite of the scenario; of two stations, those that sent the pairs"
    ),
    "station_id": ColumnFormat(ColumnKind.TEXT, "optical ground station of the scenario"),
    "partner_station_id": ColumnFormat(
        ColumnKind.TEXT, "the other station, where the two share key that no satellite knows"
    ),
    "contacts": ColumnFormat(ColumnKind.NUMBER, "contacts of the plan"),
    "contact_s": ColumnFormat(ColumnKind.NUMBER, "time in contact", "s", 1),
    "key_expected_bits": ColumnFormat(ColumnKind.NUMBER, "expected key of the plan", "bit", 1),
    "key_clear_bits": ColumnFormat(ColumnKind.NUMBER, "key if the sky were clear", "bit"),
    "deposited_bits": ColumnFormat(
        ColumnKind.NUMBER, "expected key that can be used by the time shown", "bit", 1
    ),
    "last_deposit_utc": ColumnFormat(ColumnKind.INSTANT, "last deposit until then", "UTC"),
    "next_deposit_utc": ColumnFormat(ColumnKind.INSTANT, "next deposit after it", "UTC"),
}
PAIR_COLUMNS: Mapping[str, ColumnFormat] = {
    "a": ColumnFormat(ColumnKind.TEXT, "one station"),
    "b": ColumnFormat(ColumnKind.TEXT, "the other station"),
    "bound_bits": ColumnFormat(
        ColumnKind.NUMBER,
        "most key that the pair could share if it were served alone: per satellite the smaller"
        " of its two links, summed, and the key of their direct link",
        "bit",
        1,
    ),
    "satellites": ColumnFormat(
        ColumnKind.NUMBER, "satellites that give key to both stations, sources of pairs among them"
    ),
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LinkTotals(Table):
    """Every link of satellite and station that is flown, by satellite, then station.

    Contacts of two stations belong to neither of these links: `DirectLinks` has them.
    Expected bits are NaN throughout where the plan holds no keys. `last_utc` and `next_utc` are
    the deposits (the instants from which their key can be used) around the instant asked for,
    not-a-time where there is none; `deposited_bits` is what has come in until then.
    """

    satellite_ids: tuple[str, ...]
    station_ids: tuple[str, ...]
    satellite: NDArray[np.int32] = column("int32")
    station: NDArray[np.int32] = column("int32")
    contacts: NDArray[np.int64] = column("int64")
    contact_s: FloatArray = column("float64")
    key_clear_bits: FloatArray = column("float64")
    key_expected_bits: FloatArray = column("float64")
    deposited_bits: FloatArray = column("float64")
    last_utc: UtcArray = column("datetime64[us]")
    next_utc: UtcArray = column("datetime64[us]")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StationSupply(Table):
    """Every station of the pass table, in its order, as it stands at one instant.

    Key that it shares with another station by a source of pairs counts at both.
    `contacts` and `key_expected_bits` are of the whole plan, `deposited_bits` of what can be used
    by then. `days_without` counts from the last deposit, NaN before the first one.
    """

    contacts: NDArray[np.int64] = column("int64")
    key_expected_bits: FloatArray = column("float64")
    deposited_bits: FloatArray = column("float64")
    last_utc: UtcArray = column("datetime64[us]")
    next_utc: UtcArray = column("datetime64[us]")
    days_without: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PairBounds(Table):
    """The most key that two stations could share, station `a` before station `b`.

    Over one trusted satellite a pair gets no more than the smaller of its two links; `bits` is
    the sum over the satellites, and the key of the direct link of the two. It holds for each pair
    alone: key spent on one pair is gone for the others.
    """

    a: NDArray[np.int32] = column("int32")
    b: NDArray[np.int32] = column("int32")
    bits: FloatArray = column("float64")
    satellites: NDArray[np.int64] = column("int64")


def link_totals(plan: Plan, at_utc: np.datetime64) -> LinkTotals:
    """Totals per link that is flown, with its deposits around `at_utc`."""
    rows, passes = plan.contact_rows, plan.passes
    rows = rows[plan.decisions.flown_alone[rows]]
    stations = max(len(passes.station_ids), 1)
    number = passes.satellite[rows].astype(np.int64) * stations + passes.station[rows]
    links, group = np.unique(number, return_inverse=True)
    lengths = seconds_between(
        plan.conditions.usable_start_utc[rows], plan.conditions.usable_end_utc[rows]
    )
    added = deposits(plan)
    place = np.searchsorted(links, added.satellite.astype(np.int64) * stations + added.station)
    deposited, last, following = _around(added.usable_utc, added.bits, place, len(links), at_utc)
    return LinkTotals(
        satellite_ids=passes.satellite_ids,
        station_ids=passes.station_ids,
        satellite=links // stations,
        station=links % stations,
        contacts=np.bincount(group, minlength=len(links)),
        contact_s=_summed(group, lengths, len(links)),
        key_clear_bits=_summed(group, _clear(plan)[rows], len(links)),
        key_expected_bits=_summed(group, _expected(plan)[rows], len(links)),
        deposited_bits=deposited,
        last_utc=last,
        next_utc=following,
    )


def station_supply(plan: Plan, at_utc: np.datetime64) -> StationSupply:
    """How the stations stand at `at_utc`."""
    rows, count = plan.contact_rows, len(plan.passes.station_ids)
    station = plan.passes.station[rows]
    added, (place, ready, bits) = deposits(plan), direct_events(plan)
    group = np.concatenate((added.station.astype(np.intp), place))
    given, ready = np.concatenate((added.bits, bits)), np.concatenate((added.usable_utc, ready))
    deposited, last, following = _around(ready, given, group, count, at_utc)
    return StationSupply(
        contacts=np.bincount(station, minlength=count),
        key_expected_bits=_summed(station, _expected(plan)[rows], count)
        + _summed(place, bits, count),
        deposited_bits=deposited,
        last_utc=last,
        next_utc=following,
        days_without=seconds_between(last, np.full(count, at_utc)) / SECONDS_PER_DAY,
    )


def pair_bounds(plan: Plan) -> PairBounds:
    """Pairs of stations that share a satellite with key on both links, by station order."""
    passes, rows = plan.passes, plan.contact_rows
    size = (len(passes.satellite_ids), len(passes.station_ids))
    bits = np.zeros(size)
    np.add.at(
        bits,
        (passes.satellite[rows], passes.station[rows]),
        np.nan_to_num(plan.decisions.key_expected_bits[rows]),
    )
    a, b = np.triu_indices(size[1], k=1)
    shared = np.minimum(bits[:, a], bits[:, b])
    direct = direct_links(plan, plan.scenario.end_utc)
    own_bits, own_sources = np.zeros((size[1], size[1])), np.zeros((size[1], size[1]), np.int64)
    own_bits[direct.a, direct.b] = direct.key_expected_bits
    own_sources[direct.a, direct.b] = [len(names) for names in direct.sources]
    total = shared.sum(axis=0) + own_bits[a, b]
    satellites = np.count_nonzero(shared, axis=0) + own_sources[a, b]
    there = total > 0.0
    return PairBounds(a=a[there], b=b[there], bits=total[there], satellites=satellites[there])


def _around(
    usable_utc: UtcArray,
    bits: FloatArray,
    group: NDArray[np.integer],
    count: int,
    at_utc: np.datetime64,
) -> tuple[FloatArray, UtcArray, UtcArray]:
    """Sum until `at_utc`, last deposit until then and first one after it, per group."""
    done = usable_utc <= at_utc
    last = np.full(count, np.iinfo(np.int64).min)
    following = np.full(count, np.iinfo(np.int64).max)
    micro = usable_utc.astype(np.int64)
    np.maximum.at(last, group[done], micro[done])
    np.minimum.at(following, group[~done], micro[~done])
    return (
        _summed(group[done], bits[done], count),
        last.astype("datetime64[us]"),
        np.where(
            following == np.iinfo(np.int64).max, NOT_A_TIME, following.astype("datetime64[us]")
        ),
    )


def _summed(group: NDArray[np.integer], values: FloatArray, count: int) -> FloatArray:
    return np.bincount(group, weights=values, minlength=count).astype(np.float64)


def _expected(plan: Plan) -> FloatArray:
    if plan.keys is None:
        return np.full(len(plan.passes), np.nan)
    return np.nan_to_num(plan.decisions.key_expected_bits)


def _clear(plan: Plan) -> FloatArray:
    if plan.keys is None:
        return np.full(len(plan.passes), np.nan)
    return np.floor(np.nan_to_num(plan.keys.key_bits))


def link_columns(totals: LinkTotals, direct: DirectLinks) -> PlanColumns:
    """The links as named columns in file units: of satellites first, then of two stations."""
    names = np.array(totals.satellite_ids or ("",)), np.array(totals.station_ids or ("",))
    ends = [direct.ends(row) for row in range(len(direct))]

    def both(name: str) -> Any:
        return np.concatenate((getattr(totals, name), getattr(direct, name)))

    return PlanColumns(
        LINK_COLUMNS,
        {
            "satellite_id": _texts(names[0][totals.satellite], map(", ".join, direct.sources)),
            "station_id": _texts(names[1][totals.station], (one for one, _ in ends)),
            "partner_station_id": _texts([""] * len(totals), (other for _, other in ends)),
            "contacts": both("contacts").astype(np.float64),
            "contact_s": both("contact_s"),
            "key_expected_bits": both("key_expected_bits"),
            "key_clear_bits": both("key_clear_bits"),
            "deposited_bits": both("deposited_bits"),
            "last_deposit_utc": both("last_utc"),
            "next_deposit_utc": both("next_utc"),
        },
    )


def _texts(first: Iterable[str], behind: Iterable[str]) -> NDArray[np.str_]:
    return np.array([*first, *behind], dtype=np.str_)


def pair_columns(pairs: PairBounds, station_ids: tuple[str, ...]) -> PlanColumns:
    """The pairs as named columns in file units."""
    names = np.array(station_ids or ("",))
    return PlanColumns(
        PAIR_COLUMNS,
        {
            "a": names[pairs.a],
            "b": names[pairs.b],
            "bound_bits": pairs.bits,
            "satellites": pairs.satellites.astype(np.float64),
        },
    )


def contacts_of_links(plan: Plan, links: Sequence[tuple[str, str]]) -> tuple[int, ...]:
    """Rows of the contacts of these links, in order of time.

    A link is a satellite and a station, or two stations: then the passes at both are among them.
    """
    wanted = {pair for a, b in links for pair in ((a, b), (b, a))}
    return tuple(int(row) for row in plan.contact_rows if link_of_pass(plan, int(row)) in wanted)
