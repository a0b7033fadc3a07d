"""Plans with key stores, demands and a forecast, by hand: round numbers to check views against."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from plan_cases import example_plan

from euroqci_planner.mission.key_course import (
    ClassShortage,
    DemandOutcome,
    KeyCourse,
    KeyForecast,
    RelayTable,
    StoreCourse,
    StoreKind,
    StoreLedger,
    StoreName,
)
from euroqci_planner.mission.network import Network, Node
from euroqci_planner.mission.plan import Plan
from euroqci_planner.timebase import after

HOUR_S = 3_600.0
SAMPLES = 73
RESERVE_BITS = 2e6
EMPTY_S = 40.0 * HOUR_S
USERS = (("athens", 37.98, 23.73), ("madrid", 40.42, -3.70), ("rome", 41.90, 12.50))
PAIRS = (("athens", "madrid"), ("madrid", "rome"))
CHANCES = (0.35, 0.004)


def plan_with_demands(*, has_forecast: bool = True) -> Plan:
    """Three days, two pairs of users: the first runs empty after 40 hours, the second does not."""
    plan = example_plan(satellites=4, stations=5, days=3.0)
    nodes = tuple(
        Node(
            id=name,
            name=name.title(),
            country="EU",
            latitude_rad=float(np.radians(latitude)),
            longitude_rad=float(np.radians(longitude)),
        )
        for name, latitude, longitude in USERS
    )
    course = KeyCourse(
        stores=_stores(plan, spread=0.0),
        demands=_demands(has_chance=False),
        ledger=_ledger(_names(plan)),
        relays=_relays(plan),
    )
    forecast = KeyForecast(
        members=1_000,
        stores=_stores(plan, spread=0.5),
        demands=_demands(has_chance=True),
        shortage=_shortage(),
        p_kept=(0.6, 0.9),
        link_expired_bits=(0.0,),
    )
    return replace(
        plan,
        scenario=replace(plan.scenario, network=Network(nodes=nodes)),
        course=course,
        forecast=forecast if has_forecast else None,
    )


def level_bits(store: int) -> np.ndarray:
    """Expected stock at each sample."""
    hours = np.arange(SAMPLES, dtype=np.float64)
    if store == 0:
        return 1e5 * hours
    return np.maximum(8e6 - 2e5 * store * hours, 0.0) if store == 1 else 8e6 - 2e4 * hours


def _names(plan: Plan) -> tuple[StoreName, ...]:
    link = StoreName(StoreKind.LINK, plan.passes.satellite_ids[0], plan.passes.station_ids[0])
    return (link, *(StoreName(StoreKind.PAIR, *pair) for pair in PAIRS))


def _stores(plan: Plan, spread: float) -> StoreCourse:
    names = _names(plan)
    times = after(plan.scenario.start_utc, HOUR_S * np.arange(SAMPLES))
    levels = np.concatenate([level_bits(store) for store in range(len(names))])
    absent = np.full(len(levels), np.nan)
    reserve = np.repeat([np.nan, RESERVE_BITS, RESERVE_BITS], SAMPLES)
    return StoreCourse(
        stores=names,
        store=np.repeat(np.arange(len(names)), SAMPLES),
        time_utc=np.tile(times, len(names)),
        expected_bits=levels,
        p01_bits=absent if not spread else 0.2 * levels,
        p10_bits=absent if not spread else (1.0 - spread) * levels,
        p50_bits=absent if not spread else levels,
        p90_bits=absent if not spread else (1.0 + spread) * levels,
        reserve_bits=reserve,
    )


def _demands(*, has_chance: bool) -> DemandOutcome:
    count = len(PAIRS)
    return DemandOutcome(
        demand_ids=tuple("-".join(pair) for pair in PAIRS),
        a=tuple(pair[1] for pair in PAIRS),
        b=tuple(pair[0] for pair in PAIRS),
        classes=("public", "critical"),
        countries=("GR ES", "ES IT"),
        routes=("a way", "another way"),
        requested_bits=np.array([1e7, 2e6]),
        served_bits=np.array([8e6, 2e6]),
        unserved_bits=np.array([2e6, 0.0]),
        p_empty=np.array(CHANCES) if has_chance else np.full(count, np.nan),
        time_to_empty_s=np.array([EMPTY_S, np.inf]),
        time_to_empty_p10_s=np.array([0.5 * EMPTY_S, np.inf]),
        availability=np.array([0.8, 1.0]),
        wanted_availability=np.array([0.99, np.nan]),
        expired_bits=np.zeros(count),
        trusted_nodes=np.array([7, -1]),
    )


def _relays(plan: Plan) -> RelayTable:
    start = plan.scenario.start_utc
    return RelayTable(
        pairs=PAIRS,
        satellite_ids=plan.passes.satellite_ids,
        station_ids=plan.passes.station_ids,
        pair=np.array([0]),
        satellite=np.array([0]),
        station_a=np.array([0]),
        station_b=np.array([1]),
        bits=np.array([100]),
        bound_utc=np.array([start]),
        usable_utc=np.array([start]),
    )


def _ledger(names: tuple[StoreName, ...]) -> StoreLedger:
    nothing = np.zeros(len(names), dtype=np.int64)
    return StoreLedger(
        stores=names,
        start_bits=nothing,
        deposited_bits=nothing,
        authentication_bits=nothing,
        withdrawn_bits=nothing,
        expired_bits=nothing,
        overflow_bits=nothing,
        end_bits=nothing,
        in_transit_bits=nothing,
    )


def _shortage() -> ClassShortage:
    return ClassShortage(
        classes=("public", "critical"),
        requested_bits=np.array([1e7, 2e6]),
        mean_bits=np.array([2e6, 0.0]),
        p50_bits=np.array([2e6, 0.0]),
        p90_bits=np.array([4e6, 0.0]),
        p_short=np.array([0.9, 0.0]),
    )
