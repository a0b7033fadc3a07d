"""The deterministic course: what becomes of every store and demand with the deposits as given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from euroqci_planner.mission.assets import Role
from euroqci_planner.mission.key_course import (
    BitsArray,
    DemandOutcome,
    DepositTable,
    KeyCourse,
    RelayTable,
    StoreCourse,
    StoreLedger,
)
from euroqci_planner.mission.pair_security import PairSecurity
from euroqci_planner.network.demand import HOUR_US
from euroqci_planner.network.deposits import deposit_rows, engine_deposits, window_us
from euroqci_planner.network.exposure import Exposure, ExposureBook, uses_by_pair
from euroqci_planner.network.layout import KeyNetwork, Layout
from euroqci_planner.network.relay import FIBRE_ALONE
from euroqci_planner.network.security import pair_securities
from euroqci_planner.network.simulation import Simulation
from euroqci_planner.units import FloatArray

MOST_ROWS = 200_000
MOST_SAMPLES = 200
_STEPS_H = (1, 2, 3, 6, 12, 24)


def key_course(
    case: KeyNetwork, deposits: DepositTable, sample_s: float | None = None
) -> KeyCourse:
    """Take the stores of `case` through its window with exactly these deposits.

    Give expected or clear-sky deposits; rows with zero bits are contacts that bring nothing.
    Stores are sampled every `sample_s`, by default each hour or as far apart as keeps the table
    small (`MOST_SAMPLES`, `MOST_ROWS`), and at the end. Deposits that are not usable inside the
    window, and those of satellites that are no trusted nodes, take no part; key between two
    stations does, whatever satellite brought it. Everything comes out in order of id.

    Missing here: key relayed by two satellites over a third station, or by a third station between
    direct links and other key; a relay with a date of its
    own for every classical contact (`policy.classical_contact_s` stands for the next one).
    """
    layout = Layout(case, deposits)
    rows = deposit_rows(case, layout, deposits)
    clear = np.ones((1, len(deposits)), dtype=np.bool_)
    simulation = Simulation(
        case, layout, engine_deposits(layout, deposits, rows, clear), with_log=True
    )
    times_us = sample_times_us(case, layout, sample_s)
    samples: list[BitsArray] = []
    simulation.run(
        times_us, lambda _, links, pairs: samples.append(np.concatenate([links[0], pairs[0]]))
    )
    relays = _relays(case, layout, simulation)
    return KeyCourse(
        stores=store_course(layout, simulation, times_us, np.array(samples, dtype=np.float64).T),
        demands=demand_outcome(case, layout, simulation),
        ledger=ledger_of(layout, simulation),
        relays=relays,
        warnings=tuple(warnings_of(case, layout)),
        security=_security(case, layout, deposits, simulation, relays),
    )


def sample_times_us(case: KeyNetwork, layout: Layout, sample_s: float | None) -> BitsArray:
    """Instants of the table: the start, every `sample_s`, and the end."""
    start, end = window_us(case)
    step = round(sample_s * 1e6) if sample_s else _step_us(end - start, len(layout.store_names))
    return np.append(np.arange(start, end, step), end)


def _step_us(span_us: int, stores: int) -> int:
    """The finest step in whole hours that keeps samples and rows in bounds, else a day."""
    for hours in _STEPS_H:
        samples = span_us // (hours * HOUR_US) + 2
        if samples <= MOST_SAMPLES and samples * stores <= MOST_ROWS:
            return hours * HOUR_US
    return _STEPS_H[-1] * HOUR_US


def store_course(
    layout: Layout, simulation: Simulation, times_us: BitsArray, expected: FloatArray
) -> StoreCourse:
    """Table of (stores, samples) stocks; quantiles stay absent."""
    stores, samples = len(layout.store_names), len(times_us)
    absent = np.full(stores * samples, np.nan)
    return StoreCourse(
        stores=layout.store_names,
        store=np.repeat(np.arange(stores), samples),
        time_utc=np.tile(times_us.astype("datetime64[us]"), stores),
        expected_bits=np.reshape(expected, stores * samples),
        p01_bits=absent,
        p10_bits=absent,
        p50_bits=absent,
        p90_bits=absent,
        reserve_bits=np.repeat(reserves(layout, simulation), samples),
    )


def reserves(layout: Layout, simulation: Simulation) -> FloatArray:
    """Reserve by store; NaN for links."""
    return np.concatenate(
        [np.full(len(layout.links), np.nan), simulation.service.book.pair_reserve]
    )


def demand_outcome(case: KeyNetwork, layout: Layout, simulation: Simulation) -> DemandOutcome:
    """Outcome of the only member, with the ways that its key took."""
    out, (_, end_us) = simulation.service.record, window_us(case)
    requested = simulation.service.consumption.bits_until(end_us).astype(np.float64)
    served = out.served[0].astype(np.float64)
    exposures = exposures_of(case, layout, simulation)
    demands = layout.demands
    absent = np.full(len(demands), np.nan)
    return DemandOutcome(
        demand_ids=tuple(item.id for item in demands),
        a=tuple(item.a for item in demands),
        b=tuple(item.b for item in demands),
        classes=tuple(item.demand_class.value for item in demands),
        countries=tuple(item.countries for item in exposures),
        routes=tuple(item.route for item in exposures),
        requested_bits=requested,
        served_bits=served,
        unserved_bits=requested - served,
        p_empty=absent,
        time_to_empty_s=out.first_empty_s[0],
        time_to_empty_p10_s=absent,
        availability=shares(out.served_s, out.asked_s)[0],
        wanted_availability=wanted_availability(layout),
        expired_bits=expired_by_demand(simulation, simulation.pairs.expired[0, :-1]),
        trusted_nodes=np.array([item.trusted_nodes for item in exposures], dtype=np.int64),
    )


def exposures_of(case: KeyNetwork, layout: Layout, simulation: Simulation) -> list[Exposure]:
    """Exposure by demand, after the log of the simulation."""
    book, used = ExposureBook(case, layout), uses_by_pair(layout, simulation.log or ())
    return [
        book.of_pair(pair, used.get(pair, ()), demand.a)
        for pair, demand in zip(
            simulation.service.book.pair_of.tolist(), layout.demands, strict=True
        )
    ]


def _security(
    case: KeyNetwork,
    layout: Layout,
    deposits: DepositTable,
    simulation: Simulation,
    relays: RelayTable,
) -> tuple[PairSecurity, ...]:
    book, used = ExposureBook(case, layout), uses_by_pair(layout, simulation.log or ())
    ways = [book.ways_of_pair(pair, used.get(pair, ())) for pair in range(len(layout.pairs))]
    return pair_securities(case, layout, deposits, relays, ways)


def wanted_availability(layout: Layout) -> FloatArray:
    """What each demand wants; NaN where nothing is promised."""
    wanted = [demand.store.wanted_availability for demand in layout.demands]
    return np.array([np.nan if item is None else item for item in wanted], dtype=np.float64)


def shares(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Part over whole; NaN where the whole is zero."""
    return np.asarray(np.where(whole > 0.0, part / np.where(whole > 0.0, whole, 1.0), np.nan))


def expired_by_demand(simulation: Simulation, expired: FloatArray | BitsArray) -> FloatArray:
    """Expired bits of each pair store at its first demand, 0 at the others."""
    found = np.zeros(len(simulation.service.book.pair_of))
    if len(expired):
        found[simulation.service.book.slots[:, 0]] = expired
    return found


def ledger_of(layout: Layout, simulation: Simulation, member: int = 0) -> StoreLedger:
    """Ledger of one member, links first, then pairs."""
    links, pairs = simulation.links, simulation.pairs
    nothing = np.zeros(len(layout.links), dtype=np.int64)

    def both(name: str) -> BitsArray:
        parts = [getattr(item, name)[member, :-1] for item in (links, pairs)]
        return np.concatenate(parts)

    return StoreLedger(
        stores=layout.store_names,
        start_bits=np.concatenate([links.start_bits[:-1], pairs.start_bits[:-1]]),
        deposited_bits=both("deposited"),
        authentication_bits=both("authentication"),
        withdrawn_bits=both("withdrawn"),
        expired_bits=both("expired"),
        overflow_bits=both("overflow"),
        end_bits=both("total"),
        in_transit_bits=np.concatenate([nothing, simulation.in_transit[member]]),
    )


def _relays(case: KeyNetwork, layout: Layout, simulation: Simulation) -> RelayTable:
    log = [item for item in simulation.log or () if item.way != FIBRE_ALONE]
    ends = [layout.station_way(item.pair, item.way).stations for item in log]
    is_relayed = np.array([not layout.is_direct(item.way) for item in log], dtype=np.bool_)
    satellites = tuple(item.id for item in layout.satellites)
    stations = layout.graph.station_ids
    number = {name: row for row, name in enumerate(stations)}
    bound = np.array([item.bound_us for item in log], dtype=np.int64)
    lead_us = round(case.policy.classical_contact_s * 1e6)
    return RelayTable(
        pairs=layout.pairs,
        satellite_ids=satellites,
        station_ids=stations,
        pair=_index(item.pair for item in log),
        satellite=_index(int(layout.satellite_of_link[item.link_a]) for item in log),
        station_a=_index(number[one] for one, _ in ends),
        station_b=_index(number[other] for _, other in ends),
        bits=np.array([item.bits for item in log], dtype=np.int64),
        bound_utc=bound.astype("datetime64[us]"),
        usable_utc=(bound + lead_us * is_relayed).astype("datetime64[us]"),
        paths=_index(item.paths for item in log),
    )


def _index(values: Iterable[int]) -> NDArray[np.int32]:
    return np.array(list(values), dtype=np.int32)


def warnings_of(case: KeyNetwork, layout: Layout) -> Iterator[str]:
    """What a planner should know: demands without a way, dark fibre, sources that bring nothing."""
    for link in layout.graph.dark:
        yield f"fibre {link.a} to {link.b}: a hop loses more than {link.device.id} bears: no key"
    sources = {item.id for item in case.satellites if item.role is Role.ENTANGLED_SOURCE}
    for name in sorted(sources - layout.pair_sources):
        yield f"satellite {name} is an entangled source: it holds no key and relays none"
    is_open = layout.routes.is_open.any(axis=1)
    for pair in np.flatnonzero(~is_open).tolist():
        names = " and ".join(layout.pairs[pair])
        yield f"no way for key between {names}: only the stock at the start is used"
        yield from _too_many_paths(layout, pair)


def _too_many_paths(layout: Layout, pair: int) -> Iterator[str]:
    paths, shared = int(layout.relay_paths[pair]), layout.satellites_of_pair(pair)
    if not 0 < shared < paths:
        return
    for demand in layout.demands_of(layout.pairs[pair]):
        yield (
            f"demand {demand.id} can never be served: its pair takes relay_paths = {paths}, and"
            f" trusted satellites that reach both its ends: {shared}"
        )
