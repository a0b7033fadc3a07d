"""A plan with a source of entangled pairs and a satellite that sends its own key, made by hand."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from link_cases import PAIRS
from network_cases import demand
from sample_case import SAMPLE

from euroqci_planner.app import planner
from euroqci_planner.mission.assets import Role
from euroqci_planner.mission.network import FibreDevice, FibreLink, Network, Node
from euroqci_planner.mission.plan import Plan
from euroqci_planner.mission.scenario import Scenario
from euroqci_planner.resources import resource

STATIONS = ("calar-alto", "helmos", "matera", "tenerife")
SOURCE, TRUSTED = "midnight", "speqtre"
DEVICE = FibreDevice(
    id="dv",
    name="dv",
    anchor_transmittance=10**-1.2,
    anchor_rate_bps=2_000.0,
    least_transmittance=10**-2.8,
    rate_cap_bps=200_000.0,
)


def user_at(scenario: Scenario, station_id: str) -> Node:
    """A user on the site of a station."""
    place = next(item for item in scenario.stations if item.id == station_id)
    return Node(
        id=f"user-{station_id}",
        name=station_id,
        country=place.country,
        latitude_rad=place.latitude_rad,
        longitude_rad=place.longitude_rad,
    )


@lru_cache(maxsize=1)
def whole() -> Scenario:
    return planner.load_scenario(resource(*SAMPLE))


def pair_scenario(**fields: Any) -> Scenario:
    """Seven nights, four stations, a demand between Matera and Helmos, no pins and no bans."""
    sample = whole()
    crafts = {item.id: item for item in sample.satellites}
    source = replace(PAIRS, pair_rate_hz=50e6, intrinsic_error=0.01)
    payload = replace(crafts[SOURCE].payload, id="pairs", source=source, terminals=2)
    sender = replace(crafts[SOURCE], payload=payload, role=Role.ENTANGLED_SOURCE)
    stations = tuple(item for item in sample.stations if item.id in STATIONS)
    plain = {
        "satellites": (sender, crafts[TRUSTED]),
        "stations": stations,
        "schedule": replace(sample.schedule, bans=(), pins=(), relative_gap=0.0),
        "weather": replace(sample.weather, members=400),
    }
    return replace(sample, **(plain | fields))


def with_demand(scenario: Scenario, bits_per_day: float = 50_000.0) -> Scenario:
    """The same with users beside Matera and Helmos."""
    nodes = tuple(user_at(scenario, name) for name in ("matera", "helmos"))
    wanted = demand("d", nodes[0].id, nodes[1].id, bits_per_day)
    return replace(scenario, network=Network(nodes=nodes, demands=(wanted,)))


def fibre(a: str, b: str, length_km: float) -> FibreLink:
    return FibreLink(a=a, b=b, length_m=length_km * 1e3, hop_m=80e3, device=DEVICE)


@lru_cache(maxsize=1)
def pair_plan() -> Plan:
    """The plan without demands: every two stations count."""
    return planner.make_plan(pair_scenario())


def seconds(begin: Any, end: Any) -> Any:
    return (np.asarray(end) - np.asarray(begin)) / np.timedelta64(1, "s")
