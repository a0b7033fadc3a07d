"""Security of pairs: whom they trust, their epsilon budget, key age and redundancy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from euroqci_planner.mission.key_course import BitsArray, DepositTable, LinkName, RelayTable
from euroqci_planner.mission.pair_security import KeyWay, PairSecurity
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.network.key_age import key_ages
from euroqci_planner.network.layout import KeyNetwork, Layout
from euroqci_planner.network.redundancy import disjoint_ways
from euroqci_planner.units import FloatArray


def pair_securities(
    case: KeyNetwork,
    layout: Layout,
    deposits: DepositTable,
    relays: RelayTable,
    ways: Sequence[tuple[KeyWay, ...]],
) -> tuple[PairSecurity, ...]:
    """One record per pair of `layout`; `ways` are those that its key took in the same course."""
    stocks = case.network.link_stocks
    stocked = {(stock.satellite_id, stock.station_id) for stock in stocks if stock.stock_bits > 0}
    blocks = blocks_of_pairs(relays, deposits, stocked)
    epsilons = epsilon_of_pairs(blocks, case.policy)
    ages = key_ages(case, layout, deposits, relays)
    apart = disjoint_ways(layout)
    return tuple(
        PairSecurity(
            a=pair[0],
            b=pair[1],
            demand_ids=tuple(demand.id for demand in layout.demands_of(pair)),
            ways=ways[row],
            disjoint_ways=apart[row],
            blocks=int(blocks[row]),
            epsilon=float(epsilons[row]),
            mean_age_s=ages[row].mean_s,
            oldest_age_s=ages[row].oldest_s,
            is_age_known=ages[row].is_known,
        )
        for row, pair in enumerate(layout.pairs)
    )


def blocks_of_pairs(
    relays: RelayTable, deposits: DepositTable, stocked: set[tuple[str, str]]
) -> BitsArray:
    """How many blocks of key each pair's key may have come from, by pair of `relays`.

    Late binding mixes the blocks of a link store, so every block that was in a store by the time
    of the pair's last binding from it counts. Key at hand at the start (`stocked`, as satellite
    and station) counts as one block. A block that a direct link has brought is one for both ends.
    """
    last: dict[tuple[int, LinkName], np.datetime64] = {}
    for row in range(len(relays)):
        for link in relays.link_names(row):
            name, bound = (int(relays.pair[row]), link), relays.bound_utc[row]
            last[name] = max(last.get(name, bound), bound)
    filled = _fillings(deposits)
    blocks = np.zeros(len(relays.pairs), dtype=np.int64)
    for (pair, link), bound in last.items():
        has_stock = not link.is_direct and (link.a, link.b) in stocked
        blocks[pair] += int((filled[link] <= bound).sum()) + has_stock
    return blocks


def _fillings(deposits: DepositTable) -> dict[LinkName, np.ndarray]:
    """Instants at which each link store got a block."""
    found: dict[LinkName, list[np.datetime64]] = defaultdict(list)
    for row in np.flatnonzero(deposits.key_bits > 0).tolist():
        found[deposits.link_name(row)].append(deposits.usable_utc[row])
    instants = {name: np.array(item, "datetime64[us]") for name, item in found.items()}
    return defaultdict(lambda: np.array([], "datetime64[us]"), instants)


def epsilon_of_pairs(blocks: BitsArray, policy: Policy) -> FloatArray:
    """Total security parameter by pair: secrecy and correctness of every block, added up.

    By the composition of universally composable keys (Mueller-Quade and Renner 2009, New Journal
    of Physics 11, 085006) the parameters of all blocks in use add. Authentication of the classical
    channel and the fibre links, whose parameters are not given, come on top.
    """
    return np.asarray(blocks * (policy.epsilon_secrecy + policy.epsilon_correctness))
