"""The forecast: the same stores in many weathers, and what that says of the risk.

A member is one weather: the sky of every contact. All members run through one engine, so a
forecast whose contacts are certain equals the course.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from euroqci_planner.errors import Fault, InvalidInput
from euroqci_planner.mission.key_course import (
    BitsArray,
    ClassShortage,
    DemandOutcome,
    DepositTable,
    KeyForecast,
    StoreCourse,
)
from euroqci_planner.mission.network import DemandClass
from euroqci_planner.mission.sky_states import LAST_CODE, SkyState
from euroqci_planner.network.course import (
    demand_outcome,
    expired_by_demand,
    sample_times_us,
    shares,
    store_course,
    warnings_of,
)
from euroqci_planner.network.deposits import (
    MemberSky,
    deposit_rows,
    engine_deposits,
    window_us,
)
from euroqci_planner.network.layout import KeyNetwork, Layout
from euroqci_planner.network.simulation import Simulation
from euroqci_planner.units import FloatArray

QUANTILES = (0.01, 0.10, 0.50, 0.90)


def key_forecast(
    case: KeyNetwork, deposits: DepositTable, clear: MemberSky, sample_s: float | None = None
) -> KeyForecast:
    """Forecast over members: `clear` (members, rows of `deposits`) says which contacts succeed.

    True and false, or the `SkyState` of each (the code of both skies where there are two stations).
    `deposits` hold the key in every sky, in full. A
    contact whose sky leaves no key pays no authentication. Quantiles are values that a member has
    (the smallest with at least that share of members at or below it). The ways of the demands' key
    are those of the course in which every contact is clear. Raises InvalidInput where `clear` does
    not fit the deposits or the members do not fit the memory.
    """
    refuse_misfit(deposits, clear)
    layout = Layout(case, deposits)
    rows = deposit_rows(case, layout, deposits)
    simulation = Simulation(case, layout, engine_deposits(layout, deposits, rows, clear))
    times_us = sample_times_us(case, layout, sample_s)
    samples: list[FloatArray] = []
    simulation.run(
        times_us, lambda _, links, pairs: samples.append(_summary(np.hstack([links, pairs])))
    )
    demands = _demands(case, layout, simulation, _clear_course(case, layout, deposits))
    return KeyForecast(
        members=len(clear),
        stores=_stores(layout, simulation, times_us, np.array(samples)),
        demands=demands,
        shortage=_shortage(simulation, demands.requested_bits),
        p_kept=_p_kept(simulation, demands.wanted_availability),
        link_expired_bits=tuple(simulation.links.expired[:, :-1].mean(axis=0).tolist()),
        warnings=tuple(warnings_of(case, layout)),
    )


def unserved_bits(case: KeyNetwork, deposits: DepositTable, clear: MemberSky) -> FloatArray:
    """What a forecast has as unserved bits, by demand in order of id, and nothing else of it."""
    refuse_misfit(deposits, clear)
    layout = Layout(case, deposits)
    rows = deposit_rows(case, layout, deposits)
    simulation = Simulation(case, layout, engine_deposits(layout, deposits, rows, clear))
    simulation.run(np.array([], dtype=np.int64), lambda *_: None)
    requested = simulation.service.consumption.bits_until(window_us(case)[1])
    served = simulation.service.record.served.mean(axis=0)
    return np.asarray(requested.astype(np.float64) - served)


def refuse_misfit(deposits: DepositTable, clear: MemberSky) -> None:
    """Raise InvalidInput for a weather that does not fit the deposits, or has no member."""
    faults = []
    if clear.ndim != 2 or clear.shape[1] != len(deposits):
        problem = f"the weather has shape {clear.shape} for {len(deposits)} contacts"
        faults.append(Fault(problem, where="clear", mend="one column per contact"))
    if clear.dtype == np.int8:
        if not faults and not _is_known(deposits, clear):
            faults.append(Fault("the weather has a state that no sky has", where="clear"))
    elif clear.dtype != np.bool_:
        mend = "true and false, or int8 states of the sky"
        faults.append(Fault("the weather must be true or false", where="clear", mend=mend))
    if not len(clear):
        faults.append(Fault("there is no member", where="weather.members", mend="ask for one"))
    if faults:
        raise InvalidInput(faults)


def _is_known(deposits: DepositTable, sky: MemberSky) -> bool:
    """Whether every code is one of a sky, or of two skies where there are two stations."""
    last = np.where(deposits.is_direct, LAST_CODE, max(SkyState)).astype(np.int8)
    return bool(((sky >= 0) & (sky <= last)).all())


def _summary(stocks: BitsArray) -> FloatArray:
    """Mean and quantiles over members by store: (1 + quantiles, stores)."""
    return np.vstack([stocks.mean(axis=0), quantiles_of(stocks, QUANTILES)])


def quantiles_of(values: FloatArray | BitsArray, levels: tuple[float, ...]) -> FloatArray:
    """Quantiles over the first axis: the smallest value with at least that share at or below."""
    ranks = [max(0, int(np.ceil(level * len(values) - 1e-9)) - 1) for level in levels]
    # Sorting rows that lie together in memory is quicker than partitioning columns that do not.
    ordered = np.sort(np.ascontiguousarray(values.T), axis=-1)
    return np.asarray(ordered[..., ranks].T.astype(np.float64))


def _stores(
    layout: Layout, simulation: Simulation, times_us: BitsArray, samples: FloatArray
) -> StoreCourse:
    """Table of (samples, summaries, stores)."""
    mean, p01, p10, p50, p90 = (samples[:, row].T.ravel() for row in range(samples.shape[1]))
    plain = store_course(layout, simulation, times_us, mean)
    return replace(plain, p01_bits=p01, p10_bits=p10, p50_bits=p50, p90_bits=p90)


def _clear_course(case: KeyNetwork, layout: Layout, deposits: DepositTable) -> Simulation:
    """One member under a clear sky, with its log: it tells which ways are used."""
    rows = deposit_rows(case, layout, deposits)
    always = np.ones((1, len(deposits)), dtype=np.bool_)
    simulation = Simulation(
        case, layout, engine_deposits(layout, deposits, rows, always), with_log=True
    )
    simulation.run(np.array([], dtype=np.int64), lambda *_: None)
    return simulation


def _demands(
    case: KeyNetwork, layout: Layout, simulation: Simulation, clear: Simulation
) -> DemandOutcome:
    """Outcome over the members, on the ways of the clear course."""
    record = simulation.service.record
    plain = demand_outcome(case, layout, clear)
    served = record.served.mean(axis=0)
    p10, p50 = quantiles_of(record.first_empty_s, (0.10, 0.50))
    expired = simulation.pairs.expired[:, :-1].mean(axis=0)
    return replace(
        plain,
        served_bits=served,
        unserved_bits=plain.requested_bits - served,
        p_empty=np.isfinite(record.first_empty_s).mean(axis=0),
        time_to_empty_s=p50,
        time_to_empty_p10_s=p10,
        availability=shares(record.served_s, record.asked_s).mean(axis=0),
        expired_bits=expired_by_demand(simulation, expired),
    )


def _p_kept(simulation: Simulation, wanted: FloatArray) -> tuple[float, ...]:
    """Share of members that reach the wanted availability, to a part in a billion."""
    record = simulation.service.record
    kept = shares(record.served_s, record.asked_s) >= wanted - 1e-9
    return tuple(np.where(np.isnan(wanted), np.nan, kept.mean(axis=0)).tolist())


def _shortage(simulation: Simulation, requested: FloatArray) -> ClassShortage:
    classes = tuple(DemandClass)
    rank = simulation.service.book.rank
    missing = requested - simulation.service.record.served
    by_class = np.stack([missing[:, rank == item.rank].sum(axis=1) for item in classes], axis=1)
    p50, p90 = quantiles_of(by_class, (0.50, 0.90))
    return ClassShortage(
        classes=tuple(item.value for item in classes),
        requested_bits=np.bincount(rank, requested, len(classes)).astype(np.float64),
        mean_bits=by_class.mean(axis=0),
        p50_bits=p50,
        p90_bits=p90,
        p_short=(by_class > 0.0).mean(axis=0),
    )
