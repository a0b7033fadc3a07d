"""Fibre and satellites in one linear programme: key through a graph over buckets of time.

Columns: flow of each pair over each way and bucket, what each demand uses, and the stocks that
go on to the next bucket. Rows: balance of every pair, link store and fibre store in every bucket.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array

from euroqci_planner.mission.key_course import BitsArray, DepositTable, LinkName
from euroqci_planner.network.demand import ConsumptionClock
from euroqci_planner.network.deposits import deposit_rows, window_us
from euroqci_planner.network.key_store import IndexArray
from euroqci_planner.network.layout import KeyNetwork, Layout
from euroqci_planner.network.paths import FibrePath
from euroqci_planner.network.relay import FIBRE_BUFFER_S
from euroqci_planner.units import FloatArray

UNIT_BITS = 1e6
Group = tuple[int, bool]


@dataclass(frozen=True, slots=True)
class FlowWay:
    """A way of one pair: over fibre (link stores -1), through one satellite, or by a direct link.

    A direct link is `link_a`, `link_b` is -1 then. Where a bit of the pair takes bits of `paths`
    different satellites, the ways of one `bundle` go together.

    `fibre` and `use` are fibre links and the bits that each spends per bit; `trusted_nodes`
    counts all trusted places, the satellite included.
    """

    pair: int
    link_a: int
    link_b: int
    fibre: tuple[int, ...]
    use: tuple[int, ...]
    trusted_nodes: int
    countries: tuple[str, ...]
    paths: int = 1
    bundle: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Supply:
    """What comes by bucket, in bits: link stores (links, buckets), fibre likewise, and uses.

    `asked` is (demands, buckets); `pair_start` by pair.
    """

    links: FloatArray
    fibre: FloatArray
    asked: FloatArray
    pair_start: FloatArray


def supply_of(case: KeyNetwork, layout: Layout, deposits: DepositTable, bucket_us: int) -> Supply:
    """Sums by bucket; a deposit counts from the bucket in which a relay could bring it."""
    start, end = window_us(case)
    edges = np.append(np.arange(start, end, bucket_us), end)
    clock = ConsumptionClock(layout.demands, start)
    asked = np.array([clock.bits_until(int(edge)) for edge in edges], dtype=np.float64)
    seconds = np.diff(edges) / 1e6
    rates = np.array([chain.mean_rate_bps for chain in layout.graph.chains])
    starts = [sum(d.store.start_bits for d in layout.demands_of(pair)) for pair in layout.pairs]
    return Supply(
        links=_link_supply(case, layout, deposits, edges),
        fibre=rates[:, None] * seconds,
        asked=np.diff(asked, axis=0).T.reshape(len(layout.demands), len(seconds)),
        pair_start=np.array(starts, dtype=np.float64),
    )


def _link_supply(
    case: KeyNetwork, layout: Layout, deposits: DepositTable, edges: BitsArray
) -> FloatArray:
    found = np.zeros((len(layout.links), len(edges) - 1))
    for stock in case.network.link_stocks:
        row = layout.link_index.get(LinkName(stock.satellite_id, stock.station_id))
        if row is not None:
            found[row, 0] += stock.stock_bits
    lead_us = round(case.policy.classical_contact_s * 1e6)
    for row in deposit_rows(case, layout, deposits).tolist():
        name = deposits.link_name(row)
        ready_us = int(deposits.usable_utc[row].astype(np.int64))
        with_pair_us = ready_us if name.is_direct else ready_us + lead_us
        bucket = int(np.searchsorted(edges, with_pair_us, side="right")) - 1
        if bucket < len(edges) - 1:
            net = deposits.key_bits[row] - deposits.authentication_bits[row]
            found[layout.link_index[name], bucket] += max(0, int(net))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class FlowProgram:
    """Maximise or minimise over 0 <= x <= upper with lower <= matrix x <= upper by row.

    Columns: flows `flow_way` x `flow_bucket` first, then uses (demand by bucket, from
    `first_use`), stocks, and at the end a share for each group of demands (`share_column`): those
    of one class that have a way over fibre alone, and those that have none. Rows of class totals
    are `total_row`. All in `UNIT_BITS`.
    """

    matrix: csc_array
    row_lower: FloatArray
    row_upper: FloatArray
    column_upper: FloatArray
    flow_way: IndexArray
    flow_bucket: IndexArray
    first_use: int
    buckets: int
    share_column: dict[Group, int]
    total_row: dict[int, int]


class _Builder:
    """Collects entries of the matrix, columns and rows."""

    def __init__(self) -> None:
        self.entries: list[tuple[IndexArray, IndexArray, FloatArray]] = []
        self.column_upper: list[FloatArray] = []
        self.row_bounds: list[tuple[FloatArray, FloatArray]] = []
        self.columns = 0
        self.rows = 0

    def add_columns(self, upper: FloatArray) -> int:
        first = self.columns
        self.column_upper.append(np.ravel(upper).astype(np.float64))
        self.columns += int(np.size(upper))
        return first

    def add_rows(self, lower: FloatArray, upper: FloatArray) -> int:
        first = self.rows
        self.row_bounds.append((np.ravel(lower), np.ravel(upper)))
        self.rows += int(np.size(lower))
        return first

    def put(self, rows: IndexArray, columns: IndexArray, values: FloatArray | float) -> None:
        value = np.broadcast_to(np.asarray(values, dtype=np.float64), np.shape(rows))
        self.entries.append((np.ravel(rows), np.ravel(columns), np.ravel(value)))

    def matrix(self) -> csc_array:
        rows, columns, values = (
            np.concatenate([part[number] for part in self.entries]) for number in range(3)
        )
        return csc_array(coo_array((values, (rows, columns)), shape=(self.rows, self.columns)))


def flow_program(layout: Layout, ways: list[FlowWay], supply: Supply) -> FlowProgram:
    """The programme of these ways."""
    build = _Builder()
    buckets = supply.asked.shape[1]
    flow_way, flow_bucket = _flows(ways, supply)
    flows = build.add_columns(np.full(len(flow_way), np.inf)) + np.arange(len(flow_way))
    first_use = build.add_columns(supply.asked / UNIT_BITS)
    uses = first_use + np.arange(supply.asked.size).reshape(supply.asked.shape)
    pair_rows = _stock_rows(build, _first_only(supply.pair_start, buckets), np.inf)
    link_rows = _stock_rows(build, supply.links, np.inf)
    day = supply.fibre[:, :1] / _first_seconds(supply, layout) * FIBRE_BUFFER_S
    fibre_rows = _stock_rows(build, supply.fibre, day / UNIT_BITS)
    number = {pair: row for row, pair in enumerate(layout.pairs)}
    pair_of = np.array([number[demand.pair] for demand in layout.demands], dtype=np.intp)
    build.put(pair_rows[pair_of], uses, 1.0)
    pair_of_way = np.array([way.pair for way in ways], dtype=np.intp)
    paths = np.array([way.paths for way in ways], dtype=np.float64)[flow_way]
    build.put(pair_rows[pair_of_way[flow_way], flow_bucket], flows, -1.0 / paths)
    _put_bundles(build, ways, (flow_way, flow_bucket, flows))
    _put_uses(build, ways, (flow_way, flow_bucket, flows), (link_rows, fibre_rows))
    groups = groups_of(layout, ways)
    share_column = _share_rows(build, supply, uses, groups)
    total_row = _total_rows(build, uses, [group[0] for group in groups])
    lower, upper = (
        np.concatenate([bounds[side] for bounds in build.row_bounds]) for side in (0, 1)
    )
    return FlowProgram(
        matrix=build.matrix(),
        row_lower=lower,
        row_upper=upper,
        column_upper=np.concatenate(build.column_upper),
        flow_way=flow_way,
        flow_bucket=flow_bucket,
        first_use=first_use,
        buckets=buckets,
        share_column=share_column,
        total_row=total_row,
    )


def _first_only(start: FloatArray, buckets: int) -> FloatArray:
    found = np.zeros((len(start), buckets))
    found[:, :1] = start[:, None]
    return found


def _first_seconds(supply: Supply, layout: Layout) -> FloatArray:
    """Length of the first bucket, by fibre link, from what it makes there."""
    rates = np.array([chain.mean_rate_bps for chain in layout.graph.chains]).reshape(-1, 1)
    return np.asarray(supply.fibre[:, :1] / np.where(rates > 0.0, rates, 1.0))


def _flows(ways: list[FlowWay], supply: Supply) -> tuple[IndexArray, IndexArray]:
    """Which ways may carry key in which buckets.

    Where no fibre is in between, key is best relayed as soon as it has come to both ends, so in a
    bucket with a deposit at one of them; otherwise whenever both ends could hold key.
    """
    buckets = supply.asked.shape[1]
    came = supply.links > 0.0
    held = np.cumsum(supply.links, axis=1) > 0.0
    kept_ways, kept_buckets = [], []
    for number, way in enumerate(ways):
        if way.link_a < 0:
            mine = np.arange(buckets)
        else:
            ends = [link for link in (way.link_a, way.link_b) if link >= 0]
            both, fresh = held[ends].all(axis=0), came[ends].any(axis=0)
            is_held = way.fibre or way.paths > 1
            mine = np.flatnonzero(both if is_held else both & fresh)
        kept_ways.append(np.full(len(mine), number, dtype=np.intp))
        kept_buckets.append(mine.astype(np.intp))
    if not kept_ways:
        nothing = np.zeros(0, dtype=np.intp)
        return nothing, nothing
    return np.concatenate(kept_ways), np.concatenate(kept_buckets)


def _stock_rows(build: _Builder, supply: FloatArray, most: FloatArray | float) -> IndexArray:
    """Rows of stores (stores, buckets): stock + taken - former stock <= supply."""
    stock = build.add_columns(np.broadcast_to(most, supply.shape))
    rows = build.add_rows(np.full(supply.shape, -np.inf), supply / UNIT_BITS)
    stocks = stock + np.arange(supply.size).reshape(supply.shape)
    row_numbers = rows + np.arange(supply.size).reshape(supply.shape)
    build.put(row_numbers, stocks, 1.0)
    build.put(row_numbers[:, 1:], stocks[:, :-1], -1.0)
    return row_numbers


def _put_uses(
    build: _Builder,
    ways: list[FlowWay],
    flow: tuple[IndexArray, IndexArray, IndexArray],
    rows: tuple[IndexArray, IndexArray],
) -> None:
    """What flows take from link stores and from fibre, which forwards what is combined."""
    way, bucket, column = flow
    link_rows, fibre_rows = rows
    for name in ("link_a", "link_b"):
        links = np.array([getattr(item, name) for item in ways], dtype=np.intp)[way]
        space = np.flatnonzero(links >= 0)
        build.put(link_rows[links[space], bucket[space]], column[space], 1.0)
    widest = max((len(item.fibre) for item in ways), default=0)
    for place in range(widest):
        link = np.array([_at(item.fibre, place, -1) for item in ways], dtype=np.intp)[way]
        use = np.array([_at(item.use, place, 0) / item.paths for item in ways], np.float64)[way]
        there = np.flatnonzero(link >= 0)
        build.put(fibre_rows[link[there], bucket[there]], column[there], use[there])


def _put_bundles(
    build: _Builder, ways: list[FlowWay], flow: tuple[IndexArray, IndexArray, IndexArray]
) -> None:
    """No satellite gives more than one of the bits behind each bit: paths x flow <= all flows."""
    together: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for number, bucket, column in zip(*(item.tolist() for item in flow), strict=True):
        way = ways[number]
        if way.paths > 1:
            key = (way.pair, way.bundle, bucket)
            together.setdefault(key, []).append((column, way.paths))
    for members in together.values():
        columns = np.array([column for column, _ in members], dtype=np.intp)
        size = len(columns)
        rows = build.add_rows(np.full(size, -np.inf), np.zeros(size)) + np.arange(size)
        paths = np.array([paths for _, paths in members], dtype=np.float64)
        build.put(np.repeat(rows[:, None], size, axis=1), np.tile(columns, (size, 1)), -1.0)
        build.put(rows, columns, paths)


def _at(values: tuple[int, ...], place: int, absent: int) -> int:
    return values[place] if place < len(values) else absent


def groups_of(layout: Layout, ways: list[FlowWay]) -> list[Group]:
    """By demand: the rank of its class, and whether fibre alone joins its pair."""
    on_fibre = {way.pair for way in ways if way.link_a < 0}
    number = {pair: row for row, pair in enumerate(layout.pairs)}
    return [
        (demand.demand_class.rank, number[demand.pair] in on_fibre) for demand in layout.demands
    ]


def _share_rows(
    build: _Builder, supply: Supply, uses: IndexArray, groups: list[Group]
) -> dict[Group, int]:
    """By group: the share that every demand gets at least."""
    requested = supply.asked.sum(axis=1) / UNIT_BITS
    found = {}
    for group in sorted(set(groups)):
        is_mine = [item == group for item in groups]
        mine = np.flatnonzero(np.array(is_mine) & (requested > 0.0))
        found[group] = build.add_columns(np.ones(1))
        bounds = np.zeros(len(mine)), np.full(len(mine), np.inf)
        rows = build.add_rows(*bounds) + np.arange(len(mine))
        build.put(np.repeat(rows[:, None], uses.shape[1], axis=1), uses[mine], 1.0)
        build.put(rows, np.full(len(mine), found[group]), -requested[mine])
    return found


def _total_rows(build: _Builder, uses: IndexArray, ranks: list[int]) -> dict[int, int]:
    """By class: all that is served."""
    found = {}
    for rank in sorted(set(ranks)):
        mine = uses[np.array(ranks) == rank]
        found[rank] = build.add_rows(np.zeros(1), np.full(1, np.inf))
        build.put(np.full(mine.shape, found[rank]), mine, 1.0)
    return found


def fibre_uses(paths: Iterable[FibrePath]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Fibre links on some paths together, with how often each is used."""
    counts: dict[int, int] = {}
    for path in paths:
        for link in path.links:
            counts[link] = counts.get(link, 0) + 1
    ordered = sorted(counts)
    return tuple(ordered), tuple(counts[link] for link in ordered)
