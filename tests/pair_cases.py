"""Small aims of pairs of users made by hand, and the best plan by trying every subset.

The second opinion on what contacts are worth states the flow of key anew, as a plain linear
programme for `scipy.optimize.linprog`: it shares no code with the schedulers.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from contact_cases import Resources, selection
from scipy.optimize import linprog

from euroqci_planner.mission.pair_aims import PairAims, PairRoute
from euroqci_planner.mission.plan import Candidates
from euroqci_planner.mission.scenario import Quota
from euroqci_planner.schedule.verify import violations


def aims_of(table: Candidates, demands: dict[str, tuple[str, str, float]], **more: Any) -> PairAims:
    """Demands as id: (station, station, bits asked for); users stand at their stations.

    `rank`, `reserve`, `cushion` and `start` go by id; `shares` of the asked-for bits by bucket;
    `bucket` and `chance` by candidate.
    """
    names = tuple(sorted(demands))
    pairs = tuple(sorted({tuple(sorted(demands[name][:2])) for name in names}))
    shares = np.array(more.get("shares", (1.0,)))
    by_id = {
        key: np.array([float(more.get(key, {}).get(name, 0.0)) for name in names])
        for key in ("reserve", "cushion", "start", "rank")
    }
    pair_of = np.array([pairs.index(tuple(sorted(demands[name][:2]))) for name in names])
    asked = np.array([demands[name][2] for name in names])
    return PairAims(
        days=float(len(shares)),
        pairs=pairs,
        demand_ids=names,
        pair_of=pair_of,
        rank=by_id["rank"].astype(int),
        asked_bits=asked[:, None] * shares,
        reserve_bits=by_id["reserve"],
        cushion_bits=by_id["cushion"],
        start_bits=np.bincount(pair_of, by_id["start"], len(pairs)),
        paths=np.array([more.get("paths", {}).get("".join(pair), 1) for pair in pairs]),
        routes=more.get(
            "routes",
            tuple(
                PairRoute(pair=number, station_a=a, station_b=b)
                for number, (a, b) in enumerate(pairs)
            ),
        ),
        fibre_bits=np.array(more.get("fibre", np.zeros((0, len(shares))))),
        fibre_most_bits=np.full(len(more.get("fibre", ())), np.inf),
        stocks=more.get("stocks", ()),
        relays=more.get("relays", tuple(sorted(table.satellite_ids))),
        pass_bits=table.value_bits[:, None].copy(),
        pass_chance=np.array(more.get("chance", np.ones(len(table))))[:, None],
        pass_bucket=np.array(more.get("bucket", np.zeros(len(table), dtype=int))),
    )


def best_share(table: Candidates, aims: PairAims, flown: list[int] | tuple[int, ...]) -> float:
    """Largest smallest served share over the demands that contacts allow: one bucket, no fibre.

    Variables: the share, then a flow per way and satellite, then what each demand is served.
    """
    ways = [
        (route, satellite)
        for route in aims.routes
        for satellite in aims.relays
        if (satellite, route.station_a) in _fed(table, aims)
        and (satellite, route.station_b) in _fed(table, aims)
    ]
    reached = [k for k, pair in enumerate(aims.pair_of) if any(w[0].pair == pair for w in ways)]
    if not reached:
        return float("nan")
    count = 1 + len(ways) + len(aims.demand_ids)
    rows, limits = [], []
    for link in sorted(_fed(table, aims)):
        row = np.zeros(count)
        for column, (route, satellite) in enumerate(ways, start=1):
            row[column] = link in {(satellite, route.station_a), (satellite, route.station_b)}
        rows.append(row)
        limits.append(_held(table, aims, flown, link))
    for pair in range(len(aims.pairs)):
        row = np.zeros(count)
        row[1 + len(ways) :] = aims.pair_of == pair
        for column, (route, _) in enumerate(ways, start=1):
            row[column] = -float(route.pair == pair)
        rows.append(row)
        limits.append(aims.start_bits[pair])
    for demand in reached:
        row = np.zeros(count)
        row[0] = aims.requested_bits[demand]
        row[1 + len(ways) + demand] = -1.0
        rows.append(row)
        limits.append(0.0)
    bounds = [(0, 1), *[(0, None)] * len(ways), *[(0, bits) for bits in aims.requested_bits]]
    found = linprog(-np.eye(1, count)[0], np.array(rows), limits, bounds=bounds)
    return float(-found.fun)


def _fed(table: Candidates, aims: PairAims) -> set[tuple[str, str]]:
    named = zip(table.satellite.tolist(), table.station.tolist(), strict=True)
    stocked = {(satellite, station) for satellite, station, _ in aims.stocks}
    return stocked | {
        (table.satellite_ids[satellite], table.station_ids[station])
        for (satellite, station), value, banned, bucket in zip(
            named, table.value_bits, table.banned, aims.pass_bucket, strict=True
        )
        if value > 0.0 and not banned and bucket >= 0
    }


def _held(table: Candidates, aims: PairAims, flown: Any, link: tuple[str, str]) -> float:
    users = {route.pair for route in aims.routes if link[1] in {route.station_a, route.station_b}}
    need = sum(
        aims.requested_bits[k] + aims.cushion_bits[k] + aims.reserve_bits[k]
        for k, pair in enumerate(aims.pair_of)
        if pair in users
    )
    brought = [
        aims.pass_chance[row, 0] * min(aims.pass_bits[row, 0], need)
        for row in flown
        if aims.pass_bucket[row] >= 0
        and (table.satellite_ids[table.satellite[row]], table.station_ids[table.station[row]])
        == link
    ]
    stock = sum(bits for satellite, station, bits in aims.stocks if (satellite, station) == link)
    return float(sum(brought) + min(stock, need))


def best_share_by_brute_force(
    table: Candidates, resources: Resources, aims: PairAims, quotas: tuple[Quota, ...] = ()
) -> float | None:
    """Largest smallest share over all subsets that break no rule; None where no subset does."""
    best = None
    for size in range(len(table) + 1):
        for rows in combinations(range(len(table)), size):
            if violations(table, selection(table, rows), *resources, quotas):
                continue
            share = best_share(table, aims, rows)
            best = share if best is None else max(best, share)
    return best
