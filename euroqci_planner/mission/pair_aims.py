"""What pairs of users want of a schedule: key by demand, the ways it may take, what is at hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.table import Table, column
from euroqci_planner.units import FloatArray

IndexArray = NDArray[np.intp]
TOO_LATE = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class PairRoute:
    """A way of one pair: a station for each user, or over fibre alone where these are ''.

    `is_direct`: by key that the two stations share from a source of entangled pairs, else through
    satellites that know it. `fibre` are fibre links and `fibre_use` the bits that each spends per
    bit of the pair.
    """

    pair: int
    station_a: str = ""
    station_b: str = ""
    is_direct: bool = False
    fibre: tuple[int, ...] = ()
    fibre_use: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PairAims:
    """What contacts are chosen for, in bits, where pairs of users are the aim.

    Time goes in buckets, one or several that fill the window of `days`. By demand (in order of
    id): the pair, the rank of its class, `asked_bits` (demands, buckets), `reserve_bits` and
    `cushion_bits`, the stock wanted beyond the reserve. By pair: `start_bits`, and
    `paths`, the different satellites that every bit is the XOR of (1: no redundancy); `fibre_bits`
    (links, buckets) is what fibre makes, of which it keeps `fibre_most_bits` from one bucket to
    the next. `stocks` are (satellite, station, bits) at the start; only key of one and the same
    of the `relays` combines. By pass: `pass_bits` and `pass_chance` (passes, skies), its key in
    every sky net of authentication and the chance of that sky, and `pass_bucket`, the first in
    which the key can be relayed, `TOO_LATE` where the window ends before. The last rows of the
    three are those of contacts of two stations, if there are any, in order.
    """

    days: float
    pairs: tuple[tuple[str, str], ...]
    demand_ids: tuple[str, ...]
    pair_of: IndexArray
    rank: IndexArray
    asked_bits: FloatArray
    reserve_bits: FloatArray
    cushion_bits: FloatArray
    start_bits: FloatArray
    paths: IndexArray
    routes: tuple[PairRoute, ...]
    fibre_bits: FloatArray
    fibre_most_bits: FloatArray
    stocks: tuple[tuple[str, str, float], ...]
    relays: tuple[str, ...]
    pass_bits: FloatArray
    pass_chance: FloatArray
    pass_bucket: IndexArray

    @property
    def buckets(self) -> int:
        """Number of buckets."""
        return int(self.asked_bits.shape[1])

    @property
    def requested_bits(self) -> FloatArray:
        """Asked for in the whole window, by demand."""
        return np.asarray(self.asked_bits.sum(axis=1))

    def wanted_bits(self) -> FloatArray:
        """What key that comes in each bucket can still be for (pairs, buckets): use and stocks."""
        later = np.cumsum(self.asked_bits[:, ::-1], axis=1)[:, ::-1]
        by_demand = later + (self.reserve_bits + self.cushion_bits)[:, None]
        found = np.zeros((len(self.pairs), self.buckets))
        np.add.at(found, self.pair_of, by_demand)
        return found


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PairShares(Table):
    """What a schedule means for each demand, in expected bits over the window.

    `served_bits` is the best that the contacts allow under the objective, `most_share` what no
    schedule can exceed for this demand's pair, were it alone. `is_reached` is false where neither
    a satellite nor fibre can bring the pair new key: such demands have no say in the smallest
    share. `stock_value` is the value of the demand under the objective of stocks, in days, with
    `most_value` the value with all stocks full; both NaN under other objectives.
    """

    demand_ids: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    rank: NDArray[np.int64] = column("int64")
    requested_bits: FloatArray = column("float64")
    served_bits: FloatArray = column("float64")
    most_share: FloatArray = column("float64")
    is_reached: NDArray[np.bool_] = column("bool")
    stock_value: FloatArray = column("float64")
    most_value: FloatArray = column("float64")

    @property
    def served_share(self) -> FloatArray:
        """Served of what is asked for; 1 where nothing is."""
        asked = np.where(self.requested_bits > 0.0, self.requested_bits, 1.0)
        return np.where(self.requested_bits > 0.0, self.served_bits / asked, 1.0)
