"""What becomes of the key: deposits, relays, stores over time, and what each demand got."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.pair_security import PairSecurity
from euroqci_planner.mission.sky_states import NO_CLOUDY_BITS
from euroqci_planner.mission.table import Table, column
from euroqci_planner.units import FloatArray

BitsArray = NDArray[np.int64]


NO_PARTNER = -1
NO_SATELLITE = -1


class StoreKind(StrEnum):
    """A link store is shared by satellite and station or by two stations; a pair's by two users."""

    LINK = "link"
    PAIR = "pair"


@dataclass(frozen=True, slots=True)
class StoreName:
    """A store: satellite and station of a link, or two stations or nodes in order of id."""

    kind: StoreKind
    a: str
    b: str


class LinkName(NamedTuple):
    """A link store: satellite and station, or the two stations of a direct link in order of id."""

    a: str
    b: str
    is_direct: bool = False

    @classmethod
    def between(cls, one: str, other: str) -> LinkName:
        """The direct link of two stations."""
        return cls(min(one, other), max(one, other), is_direct=True)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DepositTable(Table):
    """Key that contacts bring into link stores, one row per contact.

    `key_bits` is what post-processing yields, `authentication_bits` what it spends of the same
    store on its messages; both are whole bits. The key was made by `contact_end_utc`, which
    counts for its age, and can be used from `usable_utc`. `thin_bits` and `broken_bits` are what
    post-processing yields under thin and broken cloud, at the same price where there is any.

    With a `partner`, the index of a second station, the key is shared by the two stations and the
    satellite, a mere source of entangled pairs, knows nothing of it; -1 stands for none.
    `cloudy_bits` is what such a contact yields under each of `CLOUDY_SKIES`.
    """

    satellite_ids: tuple[str, ...]
    station_ids: tuple[str, ...]
    satellite: NDArray[np.int32] = column("int32")
    station: NDArray[np.int32] = column("int32")
    contact_end_utc: NDArray[np.datetime64] = column("datetime64[us]")
    usable_utc: NDArray[np.datetime64] = column("datetime64[us]")
    key_bits: BitsArray = column("int64")
    authentication_bits: BitsArray = column("int64")
    thin_bits: BitsArray = column("int64", absent=0)
    broken_bits: BitsArray = column("int64", absent=0)
    partner: NDArray[np.int32] = column("int32", absent=NO_PARTNER)
    cloudy_bits: BitsArray = column("int64", ("skies",), absent=NO_CLOUDY_BITS)

    @property
    def is_direct(self) -> NDArray[np.bool_]:
        """Which rows are key between two stations."""
        return np.asarray(self.partner != NO_PARTNER)

    def link_name(self, row: int) -> LinkName:
        """The store that a row fills."""
        station = self.station_ids[self.station[row]]
        if self.partner[row] != NO_PARTNER:
            return LinkName.between(station, self.station_ids[self.partner[row]])
        return LinkName(self.satellite_ids[self.satellite[row]], station)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RelayTable(Table):
    """Link key that was bound to a pair: `bits` of both link stores of one satellite.

    Bound (and taken from both stores) at `bound_utc`, with the pair from `usable_utc`, when the
    satellite has published the XOR. `pair` indexes `pairs`. Key of a direct link has `satellite`
    -1: it was taken from the one store of `station_a` and `station_b` and is with the pair at once.
    A bit of the pair took `paths` such bits, of different satellites, so that the pair gets the sum
    of bits / paths.
    """

    pairs: tuple[tuple[str, str], ...]
    satellite_ids: tuple[str, ...]
    station_ids: tuple[str, ...]
    pair: NDArray[np.int32] = column("int32")
    satellite: NDArray[np.int32] = column("int32")
    station_a: NDArray[np.int32] = column("int32")
    station_b: NDArray[np.int32] = column("int32")
    bits: BitsArray = column("int64")
    bound_utc: NDArray[np.datetime64] = column("datetime64[us]")
    usable_utc: NDArray[np.datetime64] = column("datetime64[us]")
    paths: NDArray[np.int32] = column("int32", absent=1)

    def link_names(self, row: int) -> tuple[LinkName, ...]:
        """The stores that a row took its bits from: two of one satellite, or one direct link."""
        a, b = (self.station_ids[end[row]] for end in (self.station_a, self.station_b))
        if self.satellite[row] == NO_SATELLITE:
            return (LinkName.between(a, b),)
        satellite = self.satellite_ids[self.satellite[row]]
        return LinkName(satellite, a), LinkName(satellite, b)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StoreLedger(Table):
    """Every bit of every store over the window, one row per store.

    start + deposited - authentication - withdrawn - expired - overflow = end, exactly.
    Withdrawn from a link is what was bound to pairs; withdrawn from a pair is what was consumed.
    `in_transit_bits` are bound to the pair and not with it at the end.
    """

    stores: tuple[StoreName, ...]
    start_bits: BitsArray = column("int64")
    deposited_bits: BitsArray = column("int64")
    authentication_bits: BitsArray = column("int64")
    withdrawn_bits: BitsArray = column("int64")
    expired_bits: BitsArray = column("int64")
    overflow_bits: BitsArray = column("int64")
    end_bits: BitsArray = column("int64")
    in_transit_bits: BitsArray = column("int64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StoreCourse(Table):
    """Stock of the stores over time, by store, then by time.

    `store` indexes `stores`. `expected_bits` is the course with the deposits as given, or the
    mean of a forecast; the quantiles are NaN until a forecast exists; `reserve_bits` is NaN for
    links, which have none.
    """

    stores: tuple[StoreName, ...]
    store: NDArray[np.int32] = column("int32")
    time_utc: NDArray[np.datetime64] = column("datetime64[us]")
    expected_bits: FloatArray = column("float64")
    p01_bits: FloatArray = column("float64")
    p10_bits: FloatArray = column("float64")
    p50_bits: FloatArray = column("float64")
    p90_bits: FloatArray = column("float64")
    reserve_bits: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DemandOutcome(Table):
    """What each demand asked for and got, one row per demand in order of id.

    Bits are whole in a course and means in a forecast. `time_to_empty_s` counts from the start
    of the window to the first moment without key: infinite where that does not come, in a
    forecast the median; `time_to_empty_p10_s` (one member in ten runs out before) and `p_empty`
    are NaN until a forecast exists. `availability` is the share of the asked-for time in which
    key was at hand. `expired_bits` of a pair store stand at its first demand. `trusted_nodes` is
    the largest number on any way that was used (the satellite counts), -1 where there is no way;
    `countries` are those whose trusted places took part; `routes` is the way most used, or says
    why there is none.
    """

    demand_ids: tuple[str, ...]
    a: tuple[str, ...]
    b: tuple[str, ...]
    classes: tuple[str, ...]
    countries: tuple[str, ...]
    routes: tuple[str, ...]
    requested_bits: FloatArray = column("float64")
    served_bits: FloatArray = column("float64")
    unserved_bits: FloatArray = column("float64")
    p_empty: FloatArray = column("float64")
    time_to_empty_s: FloatArray = column("float64")
    time_to_empty_p10_s: FloatArray = column("float64")
    availability: FloatArray = column("float64")
    wanted_availability: FloatArray = column("float64")
    expired_bits: FloatArray = column("float64")
    trusted_nodes: NDArray[np.int64] = column("int64")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCourse:
    """One course of all stores over the planning window; `security` has a record per pair."""

    stores: StoreCourse
    demands: DemandOutcome
    ledger: StoreLedger
    relays: RelayTable
    warnings: tuple[str, ...] = ()
    security: tuple[PairSecurity, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ClassShortage(Table):
    """Bits that were asked for and not served, by class of demand, over the members."""

    classes: tuple[str, ...]
    requested_bits: FloatArray = column("float64")
    mean_bits: FloatArray = column("float64")
    p50_bits: FloatArray = column("float64")
    p90_bits: FloatArray = column("float64")
    p_short: FloatArray = column("float64")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyForecast:
    """Many courses of all stores that differ in the weather.

    `p_kept` is, by demand in the order of `demands`, the share of members that reach the wanted
    availability; NaN where none is wanted. `link_expired_bits` is the mean of what link stores
    lost to age, by link in the order of `stores.stores`.
    """

    members: int
    stores: StoreCourse
    demands: DemandOutcome
    shortage: ClassShortage
    p_kept: tuple[float, ...]
    link_expired_bits: tuple[float, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class FlowTable(Table):
    """The best combination of fibre and satellites for each demand, one row per demand, by id.

    `served_bits` is the sum of what was delivered in the window and used; `fibre_bits` and
    `satellite_bits` are what reached the pair (all demands of a pair show the pair's).
    `combination` is fibre, satellite, hybrid or none; `trusted_nodes` the most on any way in use,
    -1 for none; `disjoint_ways` how many ways share no place at all (a redundancy of n - 1).
    `floor_share` is the smallest share that a demand of its kind gets (the same class, and joined
    by fibre alone or not), `total_bits` what its class gets, both as the linear programme has them.
    """

    demand_ids: tuple[str, ...]
    combination: tuple[str, ...]
    countries: tuple[str, ...]
    requested_bits: FloatArray = column("float64")
    served_bits: FloatArray = column("float64")
    fibre_bits: FloatArray = column("float64")
    satellite_bits: FloatArray = column("float64")
    trusted_nodes: NDArray[np.int64] = column("int64")
    disjoint_ways: NDArray[np.int64] = column("int64")
    floor_share: FloatArray = column("float64")
    total_bits: FloatArray = column("float64")
