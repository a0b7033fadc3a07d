"""What pairs of users want of a schedule, from the network of the scenario and the keys at hand.

Users, stations and fibre are those of the key stores (`network.layout`), so that a schedule is
made for the ways that the stores will use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from euroqci_planner.app.key_stores import key_network_of
from euroqci_planner.app.pair_stores import pair_deposits
from euroqci_planner.mission.key_course import DepositTable, LinkName
from euroqci_planner.mission.pair_aims import TOO_LATE, IndexArray, PairAims, PairRoute
from euroqci_planner.mission.pair_contacts import PairContacts
from euroqci_planner.mission.scenario import Objective, Scenario
from euroqci_planner.network.demand import ConsumptionClock
from euroqci_planner.network.deposits import ContactKeys, deposits_of, window_us
from euroqci_planner.network.flow_program import fibre_uses
from euroqci_planner.network.layout import KeyNetwork, Layout, PairWays
from euroqci_planner.network.relay import FIBRE_BUFFER_S
from euroqci_planner.units import SECONDS_PER_DAY, FloatArray

if TYPE_CHECKING:
    from euroqci_planner.app.geometry import Geometry
    from euroqci_planner.app.key_work import KeyWork

PAIR_OBJECTIVES = (Objective.FAIR_PAIRS, Objective.STOCK_VALUE)
CUSHION_DAYS, MARGIN_SHARE = 7.0, 2.0
MOST_BUCKETS = 14


def pair_aims(scenario: Scenario, work: KeyWork) -> PairAims | None:
    """The aims of objectives of pairs of users; None under other objectives.

    Every pass with a usable window, and every contact of two stations, counts, sky by sky, with
    its key less the authentication and the chance of that sky. The key of a pass serves from the
    end of its contact plus post-processing and the next classical contact (key of a pooled block
    comes later, which is not counted here), that of two stations as soon as it can be used. Under
    `stock_value` time goes in days (fourteenths of windows longer than two weeks), and the
    cushion wanted above the reserve is `CUSHION_DAYS` of mean consumption.
    """
    if scenario.schedule.objective not in PAIR_OBJECTIVES:
        return None
    case = key_network_of(scenario)
    bits, chance = _by_sky(scenario, work)
    deposits = _deposits(scenario, work.found, bits)
    if work.pairs is not None:
        shared = work.pairs.contacts
        skies = _by_two_skies(scenario, shared)
        bits, chance = _below(bits, skies[0]), _below(chance, skies[1])
        deposits = DepositTable.joined([deposits, pair_deposits(scenario, shared, in_full=True)])
    layout = Layout(case, deposits)
    edges = _edges(scenario)
    asked = np.array(
        [ConsumptionClock(layout.demands, int(edges[0])).bits_until(int(edge)) for edge in edges],
        dtype=np.float64,
    )
    mean = asked[-1] / scenario.duration_s * SECONDS_PER_DAY
    with_stocks = scenario.schedule.objective is Objective.STOCK_VALUE
    number = {pair: row for row, pair in enumerate(layout.pairs)}
    rates = np.array([chain.mean_rate_bps for chain in layout.graph.chains], dtype=np.float64)
    reserve = np.array([item.store.reserve_bits for item in layout.demands], dtype=np.float64)
    starts = [sum(d.store.start_bits for d in layout.demands_of(pair)) for pair in layout.pairs]
    return PairAims(
        days=scenario.duration_s / SECONDS_PER_DAY,
        pairs=layout.pairs,
        demand_ids=tuple(item.id for item in layout.demands),
        pair_of=np.array([number[item.pair] for item in layout.demands], dtype=np.intp),
        rank=np.array([item.demand_class.rank for item in layout.demands], dtype=np.intp),
        asked_bits=np.diff(asked, axis=0).T.reshape(len(layout.demands), len(edges) - 1),
        reserve_bits=reserve * with_stocks,
        cushion_bits=CUSHION_DAYS * mean if with_stocks else MARGIN_SHARE * asked[-1],
        start_bits=np.array(starts, dtype=np.float64),
        paths=layout.relay_paths,
        routes=_routes(layout),
        fibre_bits=rates[:, None] * np.diff(edges) / 1e6,
        fibre_most_bits=rates * FIBRE_BUFFER_S,
        stocks=_stocks(case, layout),
        relays=tuple(item.id for item in layout.satellites),
        pass_bits=bits,
        pass_chance=chance,
        pass_bucket=_buckets(scenario, deposits, edges),
    )


def _by_sky(scenario: Scenario, work: KeyWork) -> tuple[FloatArray, FloatArray]:
    """Whole bits net of authentication and chances, both (passes, skies): clear, thin, broken."""
    details, chances = work.details, work.chances
    skies = (work.keys.key_bits, details.key_thin_bits, details.key_broken_bits)
    usable = ~np.isnat(work.found.conditions.usable_end_utc)[:, None]
    key = np.where(usable, np.nan_to_num(np.stack(skies, axis=1)), 0.0)
    cost = np.ceil(scenario.policy.authentication_bits_per_contact)
    chance = np.stack((chances.clear, chances.thin, chances.broken), axis=1)
    return np.maximum(np.floor(key) - cost, 0.0), np.where(usable, np.nan_to_num(chance), 0.0)


def _by_two_skies(scenario: Scenario, contacts: PairContacts) -> tuple[FloatArray, FloatArray]:
    """Whole bits net of authentication and chances of contacts of two stations, by both skies."""
    key = np.column_stack([contacts.key_bits, contacts.cloudy_key_bits])
    chance = np.column_stack([contacts.clear_probability, contacts.cloudy_probability])
    cost = np.ceil(scenario.policy.authentication_bits_per_contact)
    return np.maximum(np.floor(np.nan_to_num(key)) - cost, 0.0), np.nan_to_num(chance)


def _below(upper: FloatArray, lower: FloatArray) -> FloatArray:
    """One table above the other; what the narrower one lacks is zero."""
    width = max(upper.shape[1], lower.shape[1])
    return np.vstack(
        [np.pad(item, ((0, 0), (0, width - item.shape[1]))) for item in (upper, lower)]
    )


def _deposits(scenario: Scenario, found: Geometry, bits: FloatArray) -> DepositTable:
    """A deposit for every pass, without bits where it has no usable window."""
    passes, end_utc = found.passes, found.conditions.usable_end_utc
    contacts = ContactKeys(
        satellite_ids=passes.satellite_ids,
        station_ids=passes.station_ids,
        satellite=passes.satellite,
        station=passes.station,
        contact_end_utc=np.where(np.isnat(end_utc), passes.end_utc, end_utc),
        key_bits=bits.max(axis=1, initial=0.0),
        weight=np.ones(len(passes)),
    )
    return deposits_of(contacts, scenario.policy)


def _edges(scenario: Scenario) -> IndexArray:
    """Borders of the buckets, in microseconds of 1970."""
    start, end = window_us(key_network_of(scenario))
    if scenario.schedule.objective is Objective.FAIR_PAIRS:
        return np.array([start, end])
    step = max(round(SECONDS_PER_DAY * 1e6), -(-(end - start) // MOST_BUCKETS))
    return np.append(np.arange(start, end, step), end)


def _buckets(scenario: Scenario, deposits: DepositTable, edges: IndexArray) -> IndexArray:
    """The bucket in which the key of each pass can be with a pair for the first time."""
    lead_us = round(scenario.policy.classical_contact_s * 1e6)
    lead = np.where(deposits.is_direct, 0, lead_us)
    with_pair_us = deposits.usable_utc.astype(np.int64) + lead
    bucket = np.maximum(np.searchsorted(edges, with_pair_us, side="right") - 1, 0)
    return np.where(with_pair_us < edges[-1], bucket, TOO_LATE)


def _stocks(case: KeyNetwork, layout: Layout) -> tuple[tuple[str, str, float], ...]:
    """Key at the start by link, summed, in order of id."""
    found: dict[tuple[str, str], float] = {}
    for stock in case.network.link_stocks:
        name = (stock.satellite_id, stock.station_id)
        if LinkName(*name) in layout.link_index:
            found[name] = found.get(name, 0.0) + stock.stock_bits
    return tuple((*name, bits) for name, bits in sorted(found.items()))


def _routes(layout: Layout) -> tuple[PairRoute, ...]:
    return tuple(route for pair, ways in enumerate(layout.ways) for route in _routes_of(pair, ways))


def _routes_of(pair: int, ways: PairWays) -> list[PairRoute]:
    """Fibre alone, then direct links, then through satellites, the best first."""
    found = []
    if ways.fibre is not None:
        fibre, use = fibre_uses([ways.fibre])
        found.append(PairRoute(pair=pair, fibre=fibre, fibre_use=use))
    for is_direct, way in (
        *((True, item) for item in ways.direct),
        *((False, item) for item in ways.space),
    ):
        fibre, use = fibre_uses(way)
        found.append(
            PairRoute(
                pair=pair,
                station_a=way.stations[0],
                station_b=way.stations[1],
                is_direct=is_direct,
                fibre=fibre,
                fibre_use=use,
            )
        )
    return found
