"""Clouds, key stores and fibre rates against published and separately computed numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from euroqci_planner.io.catalogue import load_catalogue
from euroqci_planner.io.scenario_file import load_scenario
from euroqci_planner.io.scenario_network import fibre_device
from euroqci_planner.mission.assets import Station
from euroqci_planner.mission.key_course import DepositTable
from euroqci_planner.mission.network import (
    Consumption,
    ConsumptionKind,
    Demand,
    DemandClass,
    LinkStock,
    Network,
    Node,
)
from euroqci_planner.mission.scenario import Policy, Scenario, WeatherSettings
from euroqci_planner.network.fibre import key_rate_bps
from euroqci_planner.network.forecast import key_forecast
from euroqci_planner.network.layout import KeyNetwork
from euroqci_planner.network.paths import great_circle_m
from euroqci_planner.resources import resource
from euroqci_planner.timebase import after
from euroqci_planner.units import SECONDS_PER_DAY, SECONDS_PER_HOUR, transmittance
from euroqci_planner.weather.cloud_field import SkyQuestions, clear_members

SAMPLE = "one-satellite-four-nodes"
COPULA_MEMBERS = 400_000
STOCK_MEMBERS = 3_000
STOCK_DAYS = 30
PASS_BITS = 300_000
STOCK_CLEAR = 0.45
START_BITS = 1_000_000
PLENTY_BITS = 10**10
SHARES = (0.60, 0.75, 0.90)
# No memory at all would be no field: a minute is as good as none between passes three hours apart.
LEAST_MEMORY_S = 60.0
PROMPT = Policy(post_processing_s=0.0, classical_contact_s=0.0, authentication_bits_per_contact=0.0)


@lru_cache(maxsize=1)
def _sample() -> Scenario:
    """Any four stations with a satellite: only their places and ids play a part here."""
    return load_scenario(resource("samples", SAMPLE, f"{SAMPLE}.scenario.toml"))


def any_clear(probability: float, correlation: float) -> float:
    """Chance that one of two sites is clear, from members of the planner's own cloud field."""
    two = _sample().stations[:2]
    here, there = ((item.latitude_rad, item.longitude_rad) for item in two)
    settings = WeatherSettings(
        correlation_length_m=-great_circle_m(here, there) / float(np.log(correlation)),
        members=COPULA_MEMBERS,
    )
    start = _sample().start_utc
    questions = SkyQuestions(
        station=np.array([0, 1]),
        instants_utc=np.array([start, start]),
        clear_probability=np.full(2, probability),
        start_utc=start,
        duration_s=SECONDS_PER_HOUR,
    )
    return float(clear_members(two, questions, settings, seed=1).any(axis=1).mean())


def chance_to_run_empty(share: float, memory_h: float) -> float:
    """P(empty) of one link store within 30 days; see `_single_link_chances`."""
    return _single_link_chances(memory_h)[SHARES.index(share)]


@lru_cache(maxsize=4)
def _single_link_chances(memory_h: float) -> tuple[float, ...]:
    """Three stores that differ in what is consumed, two passes a night three hours apart.

    The first passes come a day after the start: the trial does not say when, and this fits.
    """
    scenario = _sample()
    stations, far = scenario.stations[:3], scenario.stations[3]
    start = scenario.start_utc
    satellite = replace(scenario.satellites[0], key_memory_bits=None)
    hours = np.array([24.0 * day + hour for day in range(1, STOCK_DAYS) for hour in (0.0, 3.0)])
    hours = np.append(hours, 24.0 * STOCK_DAYS)
    ends = after(start, np.tile(hours, len(stations)) * SECONDS_PER_HOUR)
    station = np.repeat(np.arange(len(stations)), len(hours))
    deposits = DepositTable(
        satellite_ids=(satellite.id,),
        station_ids=tuple(item.id for item in stations),
        satellite=np.zeros(len(ends), dtype=np.int32),
        station=station.astype(np.int32),
        contact_end_utc=ends,
        usable_utc=ends,
        key_bits=np.full(len(ends), PASS_BITS),
        authentication_bits=np.zeros(len(ends), dtype=np.int64),
    )
    questions = SkyQuestions(
        station=station,
        instants_utc=ends,
        clear_probability=np.full(len(ends), STOCK_CLEAR),
        start_utc=start,
        duration_s=STOCK_DAYS * SECONDS_PER_DAY,
    )
    memory_s = max(LEAST_MEMORY_S, memory_h * SECONDS_PER_HOUR)
    settings = WeatherSettings(correlation_time_s=memory_s, members=STOCK_MEMBERS)
    sky = clear_members(stations, questions, settings, seed=1)
    case = KeyNetwork(
        network=_stores(stations, far, satellite.id),
        satellites=(satellite,),
        stations=scenario.stations,
        policy=PROMPT,
        start_utc=start,
        duration_s=STOCK_DAYS * SECONDS_PER_DAY,
    )
    found = key_forecast(case, deposits, sky, sample_s=case.duration_s).demands
    return tuple(found.p_empty.tolist())


def _stores(stations: tuple[Station, ...], far: Station, satellite_id: str) -> Network:
    """A user on the site of each station; the far end of every pair has key in plenty."""
    supply_bps = 2 * PASS_BITS * STOCK_CLEAR / SECONDS_PER_DAY
    stocks = [LinkStock(satellite_id=satellite_id, station_id=far.id, stock_bits=PLENTY_BITS)]
    stocks += [
        LinkStock(satellite_id=satellite_id, station_id=item.id, stock_bits=START_BITS)
        for item in stations
    ]
    demands = [
        Demand(
            id=f"{number}",
            a=f"user-{item.id}",
            b=f"user-{far.id}",
            demand_class=DemandClass.PUBLIC,
            consumption=Consumption(kind=ConsumptionKind.BITS_PER_DAY, rate_bps=share * supply_bps),
        )
        for number, (item, share) in enumerate(zip(stations, SHARES, strict=True))
    ]
    nodes = [
        Node(
            id=f"user-{item.id}",
            name=item.name,
            country=item.country,
            latitude_rad=item.latitude_rad,
            longitude_rad=item.longitude_rad,
        )
        for item in (*stations, far)
    ]
    return Network(nodes=tuple(nodes), link_stocks=tuple(stocks), demands=tuple(demands))


def fibre_rate_bps(device_id: str, loss_db: float) -> float:
    """Secret key rate of a device class of the catalogue at this loss."""
    device = fibre_device(load_catalogue().device(device_id))
    return float(key_rate_bps(transmittance(loss_db), device))


NETWORK_CHECKS: dict[str, Callable[[], float]] = {
    "COP-1": partial(any_clear, 0.5, 0.5),
    "COP-2": partial(any_clear, 0.6, 0.3),
    "COP-3": partial(any_clear, 0.7, 0.6),
    **{
        f"STOCK-{round(100 * share)}-{memory_h}H": partial(
            chance_to_run_empty, share, float(memory_h)
        )
        for share in SHARES
        for memory_h in (0, 36, 96)
    },
    "FIBRE-TOSHIBA-LAB": partial(fibre_rate_bps, "dv-high-rate", 2.0),
    "FIBRE-TOSHIBA-SPOOL": partial(fibre_rate_bps, "dv-high-rate", 10.0),
    "FIBRE-TOSHIBA-TOKYO": partial(fibre_rate_bps, "dv-high-rate", 14.5),
    "FIBRE-COW": partial(fibre_rate_bps, "dv-standard", 5.0),
    "FIBRE-QUKY": partial(fibre_rate_bps, "dv-standard", 23.0),
    "FIBRE-QUKY-SNSPD": partial(fibre_rate_bps, "dv-snspd", 23.0),
    "FIBRE-TWIN-FIELD": partial(fibre_rate_bps, "twin-field", 56.0),
    "FIBRE-CERBERIS": partial(fibre_rate_bps, "dv-standard", 12.0),
    "FIBRE-CLAVIS": partial(fibre_rate_bps, "dv-standard", 10.0),
    "FIBRE-TOSHIBA-PRODUCT": partial(fibre_rate_bps, "dv-high-rate", 10.0),
}
