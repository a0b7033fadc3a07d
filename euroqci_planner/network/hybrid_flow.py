"""The best combination of fibre and satellites for every pair, as a multicommodity flow.

Strict order of goals: for each class of demand, from the first on, the smallest share that any of
its demands gets is made as large as it can be (first for pairs that no fibre joins, whose key is
the scarcest, then for the others), then what the class gets in all; then, with all that kept, key
goes where it trusts the fewest places and spends the least satellite key. Satellites are asked
only for pairs that fibre alone does not satisfy.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import numpy as np

from euroqci_planner.mission.key_course import DepositTable, FlowTable, LinkName
from euroqci_planner.network.exposure import ExposureBook, WayUse
from euroqci_planner.network.flow_program import (
    UNIT_BITS,
    FlowProgram,
    FlowWay,
    Group,
    Supply,
    fibre_uses,
    flow_program,
    groups_of,
    supply_of,
)
from euroqci_planner.network.flow_solver import FlowSolver
from euroqci_planner.network.layout import KeyNetwork, Layout
from euroqci_planner.network.redundancy import disjoint_ways
from euroqci_planner.network.relay import FIBRE_ALONE
from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

WAYS_THROUGH_SPACE = 3
MOST_BUCKETS = 6
SATELLITE_PRICE_NODES = 3.0
_SMALL_SHARE = 1e-4
_SATISFIED = 1.0 - 1e-6


class WayKind(StrEnum):
    """Which ways key may take."""

    FIBRE = "fibre"
    SATELLITE = "satellite"
    HYBRID = "hybrid"


def hybrid_flow(
    case: KeyNetwork,
    deposits: DepositTable,
    bucket_s: float | None = None,
    use: WayKind = WayKind.HYBRID,
) -> FlowTable:
    """Fibre, satellite or both for each demand, with exposure and redundancy.

    `use` says which ways may be taken: over fibre alone, through a satellite (with fibre on the
    ground), or both.

    Time goes in buckets of `bucket_s`, by default a day or a `MOST_BUCKETS`-th of the window. Key
    may be used in the bucket in which it comes, stores are not limited, reserves and ages
    play no part, and all deposits are known beforehand: `floor_share` and `total_bits` are upper
    bounds for what any plan of key can do at this resolution. A bit of satellite key costs as
    much as `SATELLITE_PRICE_NODES` trusted nodes on the way of a bit. Each pair has its best
    fibre way, one that shares no place with it, its `WAYS_THROUGH_SPACE` best direct links, and as
    many pairs of stations with every satellite. With redundant paths the satellites of a pair of
    stations go together in each bucket, none with more than its part. Multicommodity flow after
    Ahuja, Magnanti and Orlin 1993, Network Flows, chapter 17.
    """
    layout = Layout(case, deposits)
    bucket_s = bucket_s or max(SECONDS_PER_DAY, case.duration_s / MOST_BUCKETS)
    supply = supply_of(case, layout, deposits, round(bucket_s * 1e6))
    whole = supply_of(case, layout, deposits, round(case.duration_s * 1e6))
    book = ExposureBook(case, layout)
    fibre_ways = [] if use is WayKind.SATELLITE else list(_fibre_ways(layout, book))
    needy = set() if use is WayKind.FIBRE else _unsatisfied(layout, fibre_ways, whole)
    ways = fibre_ways + [way for way in _space_ways(layout, book) if way.pair in needy]
    program = flow_program(layout, ways, supply)
    return _table(layout, ways, supply, (program, *_solved(program, ways)))


def _fibre_ways(layout: Layout, book: ExposureBook) -> Iterator[FlowWay]:
    for pair, ways in enumerate(layout.ways):
        if ways.fibre is None:
            continue
        alone = WayUse(FIBRE_ALONE, 0, ())
        links, use = fibre_uses([ways.fibre])
        yield FlowWay(
            pair, -1, -1, links, use, ways.fibre.trusted_nodes, book.countries_of(pair, alone)
        )
        other = layout.graph.path_apart(ways.fibre)
        is_safe = layout.relay_paths[pair] == 1 or (other is not None and not other.trusted_nodes)
        if other is not None and is_safe:
            links, use = fibre_uses([other])
            yield FlowWay(
                pair, -1, -1, links, use, other.trusted_nodes, book.countries_on_fibre(other)
            )


def _space_ways(layout: Layout, book: ExposureBook) -> Iterator[FlowWay]:
    none = len(layout.links)
    for pair, ways in enumerate(layout.ways):
        first = 1 + layout.routes.direct
        numbers = [
            *range(1, 1 + len(ways.direct[:WAYS_THROUGH_SPACE])),
            *range(first, first + len(ways.space[:WAYS_THROUGH_SPACE])),
        ]
        for number in numbers:
            links, use = fibre_uses(layout.station_way(pair, number))
            route = layout.routes
            ends = zip(route.link_a[pair, number], route.link_b[pair, number], strict=True)
            for link_a, link_b in ends:
                if link_a < none:
                    name = layout.links[link_a]
                    used = _use_of(layout, pair, number, name)
                    yield FlowWay(
                        pair,
                        int(link_a),
                        -1 if name.is_direct else int(link_b),
                        links,
                        use,
                        book.trusted_nodes_of(pair, used),
                        book.countries_of(pair, used),
                        used.paths,
                        number,
                    )


def _use_of(layout: Layout, pair: int, way: int, link: LinkName) -> WayUse:
    """The use of a link; with redundant paths that of all satellites of the way together."""
    if link.is_direct:
        return WayUse(way, 0, ())
    paths = int(layout.relay_paths[pair])
    if paths == 1:
        return WayUse(way, 0, (link.a,))
    shared = layout.shared_links(layout.station_way(pair, way).stations)
    return WayUse(way, 0, tuple(layout.links[row].a for row, _ in shared), paths)


def _unsatisfied(layout: Layout, fibre_ways: list[FlowWay], supply: Supply) -> set[int]:
    """Pairs with a demand that fibre alone does not serve in full."""
    program = flow_program(layout, fibre_ways, supply)
    served = _served(program, _solved(program, fibre_ways)[0], supply)
    short = served < _SATISFIED * supply.asked.sum(axis=1)
    number = {pair: row for row, pair in enumerate(layout.pairs)}
    return {number[layout.demands[row].pair] for row in np.flatnonzero(short)}


def _solved(
    program: FlowProgram, ways: list[FlowWay]
) -> tuple[FloatArray, dict[Group, float], dict[int, float]]:
    """Columns of the last goal; the share of each group and the total of each class."""
    columns = program.matrix.shape[1]
    shares: dict[Group, float] = {}
    totals: dict[int, float] = {}
    solver = FlowSolver(program)
    for rank, row in program.total_row.items():
        for group in (item for item in program.share_column if item[0] == rank):
            cost = np.zeros(columns)
            cost[program.share_column[group]] = -1.0
            shares[group] = float(solver.minimise(cost)[program.share_column[group]])
            solver.keep_share(group, shares[group])
        served = np.asarray(program.matrix[[row], :].todense()).ravel()
        totals[rank] = float(served @ solver.minimise(-served))
        solver.keep_total(rank, totals[rank])
    price = [
        (way.trusted_nodes + 1.0) / way.paths + (SATELLITE_PRICE_NODES if way.link_a >= 0 else 0.0)
        for way in ways
    ]
    cost = np.zeros(columns)
    cost[: len(program.flow_way)] = np.array(price, dtype=np.float64)[program.flow_way]
    return solver.minimise(cost), shares, totals


def _served(program: FlowProgram, x: FloatArray, supply: Supply) -> FloatArray:
    """Bits served by demand."""
    uses = x[program.first_use : program.first_use + supply.asked.size]
    return np.asarray(uses.reshape(supply.asked.shape).sum(axis=1) * UNIT_BITS)


def _flow_by_way(program: FlowProgram, x: FloatArray, ways: list[FlowWay]) -> FloatArray:
    """Bits of the pair over each way."""
    flows = x[: len(program.flow_way)] * UNIT_BITS
    paths = np.array([way.paths for way in ways], dtype=np.float64)
    return np.bincount(program.flow_way, flows, minlength=len(ways)) / paths


def _table(
    layout: Layout,
    ways: list[FlowWay],
    supply: Supply,
    solved: tuple[FlowProgram, FloatArray, dict[Group, float], dict[int, float]],
) -> FlowTable:
    program, x, shares, totals = solved
    by_way = _flow_by_way(program, x, ways)
    in_use = _in_use(layout, ways, by_way)
    number = {pair: row for row, pair in enumerate(layout.pairs)}
    pair_of = [number[demand.pair] for demand in layout.demands]
    groups = groups_of(layout, ways)
    fibre, space = np.zeros(len(layout.pairs)), np.zeros(len(layout.pairs))
    for row in in_use:
        (fibre if ways[row].link_a < 0 else space)[ways[row].pair] += by_way[row]
    mine = [[ways[row] for row in in_use if ways[row].pair == pair] for pair in pair_of]
    apart = disjoint_ways(layout)
    return FlowTable(
        demand_ids=tuple(demand.id for demand in layout.demands),
        combination=tuple(_combination(fibre[pair], space[pair]) for pair in pair_of),
        countries=tuple(
            " ".join(sorted({name for way in used for name in way.countries})) for used in mine
        ),
        requested_bits=supply.asked.sum(axis=1),
        served_bits=_served(program, x, supply),
        fibre_bits=fibre[pair_of],
        satellite_bits=space[pair_of],
        trusted_nodes=np.array(
            [max((way.trusted_nodes for way in used), default=-1) for used in mine], dtype=np.int64
        ),
        disjoint_ways=np.array([apart[pair] for pair in pair_of], dtype=np.int64),
        floor_share=np.array([shares[item] for item in groups]),
        total_bits=np.array([totals[rank] for rank, _ in groups]) * UNIT_BITS,
    )


def _in_use(layout: Layout, ways: list[FlowWay], by_way: FloatArray) -> list[int]:
    """Ways that carry more than a trifle of their pair's key."""
    pair_of = np.array([way.pair for way in ways], dtype=np.intp)
    of_pair = np.bincount(pair_of, by_way, minlength=len(layout.pairs))
    carries = by_way > np.maximum(1.0, _SMALL_SHARE * of_pair[pair_of])
    return [int(number) for number in np.flatnonzero(carries)]


def _combination(fibre_bits: float, space_bits: float) -> str:
    names = {(True, True): "hybrid", (True, False): "fibre", (False, True): "satellite"}
    return names.get((fibre_bits > 0.0, space_bits > 0.0), "none")
