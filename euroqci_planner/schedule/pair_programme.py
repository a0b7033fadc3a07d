"""Contacts and the key that pairs of users get from them, in one linear programme.

Contacts x fill link stores (satellite, station; or two stations); flows y carry key of one and the
same satellite from two of them, or that of two stations from one, to a pair, over fibre to its
users where these stand elsewhere; demands use it, or it stays in stock. Time goes in the buckets of
the aims: a multicommodity flow through time (Ahuja, Magnanti and Orlin 1993, Network Flows,
chapters 17 and 19).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import block_array, coo_array, csc_array, eye_array

from euroqci_planner.mission.pair_aims import PairAims
from euroqci_planner.schedule.conflicts import IndexArray, Mask
from euroqci_planner.schedule.pair_links import NO_STORE, LinkSupply
from euroqci_planner.schedule.programme import Programme
from euroqci_planner.units import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PairProgramme:
    """Columns lower <= v <= upper under matrix v <= capacity; goals are rows of costs.

    The first `whole` columns are the contacts (`feeds` those of `supply`), worth `total` each in
    expected key of the largest; then come flows (in the unit of their pair,
    `pair_unit` bits), what demands use by bucket (likewise), stocks, and a share by class.
    `uses` are columns (demands, buckets), `reserves` and `cushions` columns of stock likewise;
    `share` is the column of each rank. `servable` are demands that new key can reach, `most_bits`
    what each pair could have at most if all contacts were flown for it alone. `rows` and `room`
    are those of the schedule, over the contacts, but for the rows that tie all contacts together:
    these are the rows `side_rows` of the matrix, with the coefficients `sides` (rows, contacts)
    and `side_room`.
    """

    matrix: csc_array
    capacity: FloatArray
    lower: FloatArray
    upper: FloatArray
    whole: int
    feeds: IndexArray
    total: FloatArray
    supply: LinkSupply
    pair_unit: FloatArray
    uses: IndexArray
    reserves: IndexArray
    cushions: IndexArray
    share: dict[int, int]
    servable: Mask
    most_bits: FloatArray
    rows: csc_array
    room: FloatArray
    side_rows: IndexArray
    sides: FloatArray
    side_room: FloatArray

    def with_goals(self, costs: Sequence[FloatArray]) -> tuple[PairProgramme, list[int]]:
        """A further column for each of `costs`, from 0 to 1 and at most what the cost comes to.

        Its lower bound then is a floor for the cost, which must not exceed 1 anywhere.
        """
        columns = self.matrix.shape[1]
        added = csc_array(np.array(costs).reshape(len(costs), columns))
        matrix = block_array([[self.matrix, None], [-added, eye_array(len(costs))]], format="csc")
        goals = replace(
            self,
            matrix=csc_array(matrix),
            capacity=np.concatenate((self.capacity, np.zeros(len(costs)))),
            lower=np.concatenate((self.lower, np.zeros(len(costs)))),
            upper=np.concatenate((self.upper, np.ones(len(costs)))),
        )
        return goals, list(range(columns, columns + len(costs)))


class _Builder:
    """Collects entries of the matrix, columns and rows."""

    def __init__(self) -> None:
        self.entries: list[tuple[IndexArray, IndexArray, FloatArray]] = []
        self.upper: list[FloatArray] = []
        self.capacity: list[FloatArray] = []
        self.columns = self.rows = 0

    def add_columns(self, upper: FloatArray) -> IndexArray:
        """Columns in the shape of their upper bounds."""
        first, self.columns = self.columns, self.columns + upper.size
        self.upper.append(upper.ravel())
        return first + np.arange(upper.size).reshape(upper.shape)

    def add_rows(self, capacity: FloatArray) -> IndexArray:
        """Rows in the shape of their capacities."""
        first, self.rows = self.rows, self.rows + capacity.size
        self.capacity.append(capacity.ravel())
        return first + np.arange(capacity.size).reshape(capacity.shape)

    def put(self, rows: IndexArray, columns: IndexArray, values: FloatArray | float) -> None:
        """Entries of the matrix."""
        shape = np.broadcast_shapes(rows.shape, columns.shape)
        parts = (np.broadcast_to(item, shape).ravel() for item in (rows, columns, values))
        row, column, value = parts
        self.entries.append((row, column, value.astype(np.float64)))

    def put_row(self, capacity: float, *terms: tuple[IndexArray, float]) -> None:
        """A row of a few terms: columns and the one value that they have in it."""
        row = self.add_rows(np.array([capacity]))
        for columns, value in terms:
            self.put(np.repeat(row, len(columns)), columns, value)

    def matrix(self) -> csc_array:
        """The matrix of all entries."""
        row, column, value = (
            np.concatenate([part[number] for part in self.entries]) for number in range(3)
        )
        return csc_array(coo_array((value, (row, column)), shape=(self.rows, self.columns)))


def pair_programme(
    programme: Programme, supply: LinkSupply, aims: PairAims, sides: int = 0
) -> PairProgramme:
    """The programme of these contacts; `programme` holds the rows of the whole schedule.

    The last `sides` of these are rows over all contacts.
    """
    build = _Builder()
    x = build.add_columns(np.ones(len(programme.columns)))
    entries = programme.matrix.tocoo()
    build.put(build.add_rows(programme.capacity)[entries.row], x[entries.col], entries.data)
    wanted = aims.wanted_bits()
    unit = np.where(wanted[:, 0] > 0.0, wanted[:, 0], 1.0)
    flow = _flows(aims, supply, unit, wanted)
    y = build.add_columns(flow.upper)
    feeds = np.searchsorted(programme.columns, supply.contacts)
    _put_links(build, supply, aims, (x[feeds], y), flow, unit)
    given = _given(build, aims, y, flow)
    _put_fibre(build, aims, given, unit)
    uses, reserves, cushions = _put_pairs(build, aims, given, unit)
    may = np.bincount(given.pair, given.upper, minlength=len(aims.pairs)) > 0.0
    servable = may[aims.pair_of] & (aims.requested_bits > 0.0)
    share = _put_shares(build, aims, uses, unit, servable)
    upper = np.concatenate(build.upper)
    lower = np.zeros(len(upper))
    lower[: len(x)] = programme.fixed
    own = len(programme.capacity) - sides
    return PairProgramme(
        matrix=build.matrix(),
        capacity=np.concatenate(build.capacity),
        lower=lower,
        upper=upper,
        whole=len(x),
        feeds=feeds,
        total=programme.value,
        supply=supply,
        pair_unit=unit,
        uses=uses,
        reserves=reserves,
        cushions=cushions,
        share=share,
        servable=servable,
        most_bits=_most_bits(aims, supply, flow, unit),
        rows=csc_array(programme.matrix[:own]),
        room=programme.capacity[:own],
        side_rows=np.arange(own, own + sides),
        sides=programme.matrix[own:].toarray(),
        side_room=programme.capacity[own:],
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Flows:
    """Flows by way (satellite and route; or fibre alone, links `NO_STORE`) and bucket."""

    pair: IndexArray
    route: IndexArray
    link_a: IndexArray
    link_b: IndexArray
    bucket: IndexArray
    upper: FloatArray


def _flows(aims: PairAims, supply: LinkSupply, unit: FloatArray, wanted: FloatArray) -> _Flows:
    """Flows in the buckets in which they can carry something.

    Through space without fibre: in buckets in which key comes to one of the ends, which is as
    good as later; from then on with fibre on the way, whose key comes all the time, and where a
    bit takes several satellites.
    """
    came = supply.by_bucket(aims.buckets)
    held = np.cumsum(came, axis=1)
    alone = [n for n, item in enumerate(aims.routes) if not item.station_a]
    none = np.full(len(alone), NO_STORE, dtype=np.intp)
    route = np.concatenate((supply.route, np.array(alone, dtype=np.intp)))
    link_a = np.concatenate((supply.link_a, none))
    link_b = np.concatenate((supply.link_b, none))
    space = link_a != NO_STORE
    at = np.full((len(route), aims.buckets), np.inf)
    other = np.where(link_b == NO_STORE, link_a, link_b)
    at[space] = np.minimum(held[link_a[space]], held[other[space]])
    has_fibre = np.array([bool(item.fibre) for item in aims.routes], dtype=np.bool_)[route]
    fresh = np.ones_like(at, dtype=np.bool_)
    fresh[space] = (came[link_a[space]] > 0.0) | (came[other[space]] > 0.0)
    pair_of_way = np.array([item.pair for item in aims.routes], dtype=np.intp)[route]
    waits = has_fibre | (aims.paths[pair_of_way] > 1)
    way, bucket = np.nonzero((at > 0.0) & (fresh | waits[:, None]))
    pair = pair_of_way[way]
    most = np.minimum(at[way, bucket], wanted[pair, bucket])
    return _Flows(pair, route[way], link_a[way], link_b[way], bucket, most / unit[pair])


def _put_links(
    build: _Builder,
    supply: LinkSupply,
    aims: PairAims,
    columns: tuple[IndexArray, IndexArray],
    flow: _Flows,
    unit: FloatArray,
) -> None:
    """Link stores: what flows take and what stays is no more than what came and was there."""
    x, y = columns
    came = supply.by_bucket(aims.buckets)
    total = came.sum(axis=1)
    scale = np.where(total > 0.0, total, 1.0)
    start = np.zeros_like(came)
    start[:, 0] = supply.stock_bits / scale
    rows = build.add_rows(start)
    build.put(rows[supply.link, supply.bucket], x, -supply.bits / scale[supply.link])
    for ends in (flow.link_a, flow.link_b):
        space = np.flatnonzero(ends != NO_STORE)
        per_unit = unit[flow.pair[space]] / scale[ends[space]]
        build.put(rows[ends[space], flow.bucket[space]], y[space], per_unit)
    _put_stock(build, rows, np.ones_like(came[:, 1:]))


def _put_stock(build: _Builder, rows: IndexArray, most: FloatArray) -> None:
    """What is left of one bucket and comes to the next, in the unit of the rows."""
    stock = build.add_columns(most)
    build.put(rows[:, :-1], stock, 1.0)
    build.put(rows[:, 1:], stock, -1.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """What reaches pairs: columns, each with its pair, route and bucket, and its largest value."""

    column: IndexArray
    pair: IndexArray
    route: IndexArray
    bucket: IndexArray
    upper: FloatArray


def _given(build: _Builder, aims: PairAims, y: IndexArray, flow: _Flows) -> _Given:
    """Flows themselves; where a bit takes several satellites, a column for what they give together.

    With flows y_s through the satellites s of one route and bucket the pair gets n where the sum
    of y_s is k n and no y_s exceeds n (McNaughton's wrap-around rule, 1959, Management Sci. 6, 1).
    """
    several = (aims.paths[flow.pair] > 1) & (flow.link_a != NO_STORE)
    alone = np.flatnonzero(~several)
    columns, rows = [y[alone]], [alone]
    uppers = [flow.upper[alone]]
    keys = flow.route * aims.buckets + flow.bucket
    for key in np.unique(keys[several]).tolist():
        mine = np.flatnonzero(several & (keys == key))
        paths = int(aims.paths[flow.pair[mine[0]]])
        most = flow.upper[mine].sum() / paths if len(mine) >= paths else 0.0
        joint = build.add_columns(np.array([most]))
        build.put_row(0.0, (joint, float(paths)), (y[mine], -1.0))
        for one in y[mine]:
            build.put_row(0.0, (np.array([one]), 1.0), (joint, -1.0))
        columns.append(joint)
        rows.append(mine[:1])
        uppers.append(np.array([most]))
    row = np.concatenate(rows)
    return _Given(
        column=np.concatenate(columns),
        pair=flow.pair[row],
        route=flow.route[row],
        bucket=flow.bucket[row],
        upper=np.concatenate(uppers),
    )


def _put_fibre(build: _Builder, aims: PairAims, given: _Given, unit: FloatArray) -> None:
    """Fibre links: a bit of their key for every bit of a pair that they forward."""
    scale = np.maximum(aims.fibre_bits.max(axis=1, initial=0.0), 1.0)
    rows = build.add_rows(aims.fibre_bits / scale[:, None])
    for number, item in enumerate(aims.routes):
        mine = np.flatnonzero(given.route == number)
        for link, use in zip(item.fibre, item.fibre_use, strict=True):
            per_unit = use * unit[item.pair] / scale[link]
            build.put(rows[link, given.bucket[mine]], given.column[mine], per_unit)
    most = np.broadcast_to((aims.fibre_most_bits / scale)[:, None], rows[:, 1:].shape)
    _put_stock(build, rows, most)


def _put_pairs(
    build: _Builder, aims: PairAims, given: _Given, unit: FloatArray
) -> tuple[IndexArray, IndexArray, IndexArray]:
    """Pair stores: what is used and what stays is no more than what came and was there."""
    pairs, buckets = len(aims.pairs), aims.buckets
    start = np.zeros((pairs, buckets))
    start[:, 0] = aims.start_bits / unit
    rows = build.add_rows(start)
    build.put(rows[given.pair, given.bucket], given.column, -1.0)
    scale = unit[aims.pair_of][:, None]
    uses = build.add_columns(aims.asked_bits / scale)
    mine = rows[aims.pair_of]
    build.put(mine, uses, 1.0)
    levels = []
    for bits in (aims.reserve_bits, aims.cushion_bits):
        level = build.add_columns(np.broadcast_to(bits[:, None] / scale, uses.shape))
        build.put(mine, level, 1.0)
        build.put(mine[:, 1:], level[:, :-1], -1.0)
        levels.append(level)
    left = np.cumsum(aims.asked_bits[:, ::-1], axis=1)[:, ::-1][:, 1:]
    _put_stock(build, rows, _by_pair(aims, left) / unit[:, None])
    return uses, levels[0], levels[1]


def _by_pair(aims: PairAims, bits: FloatArray) -> FloatArray:
    """Sums of (demands, ...) by pair."""
    found = np.zeros((len(aims.pairs), *bits.shape[1:]))
    np.add.at(found, aims.pair_of, bits)
    return found


def _put_shares(
    build: _Builder, aims: PairAims, uses: IndexArray, unit: FloatArray, servable: Mask
) -> dict[int, int]:
    """By class: the share of what it asks for that every demand gets which new key can reach."""
    asked = aims.requested_bits
    found = {}
    for rank in np.unique(aims.rank[servable]).tolist():
        mine = np.flatnonzero((aims.rank == rank) & servable)
        found[rank] = int(build.add_columns(np.ones(1))[0])
        rows = build.add_rows(np.zeros(len(mine)))
        build.put(rows, np.full(len(mine), found[rank]), 1.0)
        per_unit = unit[aims.pair_of[mine]] / asked[mine]
        build.put(rows[:, None], uses[mine], -per_unit[:, None])
    return found


def _most_bits(aims: PairAims, supply: LinkSupply, flow: _Flows, unit: FloatArray) -> FloatArray:
    """Start, fibre, direct links, and the lesser of the two sides of each satellite."""
    total = supply.by_bucket(aims.buckets).sum(axis=1)
    most = aims.start_bits.copy()
    alone = flow.link_a == NO_STORE
    np.add.at(most, flow.pair[alone], flow.upper[alone] * unit[flow.pair[alone]])
    pair = np.array([item.pair for item in aims.routes], dtype=np.intp)[supply.route]
    sides: dict[tuple[int, str], tuple[set[int], set[int]]] = {}
    ends = zip(pair.tolist(), supply.link_a.tolist(), supply.link_b.tolist(), strict=True)
    for mine, link_a, link_b in ends:
        first, second = sides.setdefault((mine, supply.names[link_a][0]), (set(), set()))
        first.add(link_a)
        second.add(link_a if link_b == NO_STORE else link_b)
    for (mine, _), both in sorted(sides.items()):
        held = min(float(total[sorted(side)].sum()) for side in both)
        most[mine] += held / float(aims.paths[mine])
    return most
