"""Small networks for tests: satellites and stations by name, demands and contacts as tuples."""

from __future__ import annotations

from typing import Any

import numpy as np
from plan_cases import payload
from station_cases import station

from euroqci_planner.mission.assets import Role, Satellite
from euroqci_planner.mission.key_course import DepositTable
from euroqci_planner.mission.network import (
    Consumption,
    ConsumptionKind,
    Demand,
    DemandClass,
    FibreDevice,
    FibreLink,
    LinkStock,
    Network,
    Node,
    PairStore,
)
from euroqci_planner.mission.orbits import CircularOrbit
from euroqci_planner.mission.scenario import Policy
from euroqci_planner.network.layout import KeyNetwork

START_UTC = np.datetime64("2026-06-15T00:00:00", "us")  # a Monday
HOUR_S = 3_600.0
DAY_S = 86_400.0
PROMPT = Policy(post_processing_s=0.0, classical_contact_s=0.0, authentication_bits_per_contact=0.0)
DV_STANDARD = FibreDevice(
    id="dv-standard",
    name="standard",
    anchor_transmittance=10**-1.2,
    anchor_rate_bps=2_000.0,
    least_transmittance=10**-2.8,
    rate_cap_bps=200_000.0,
)
ORBIT = CircularOrbit(
    epoch_utc=START_UTC,
    altitude_m=500e3,
    inclination_rad=1.7,
    raan_rad=0.0,
    argument_of_latitude_rad=0.0,
)
Contact = tuple[str, str, float, int] | tuple[str, str, float, int, str]


def satellite(name: str, **fields: Any) -> Satellite:
    plain: dict[str, Any] = {
        "id": name,
        "name": name,
        "orbit": ORBIT,
        "payload": payload(),
        "role": Role.TRUSTED_NODE,
        "owner": "EU",
    }
    return Satellite(**(plain | fields))


def node(name: str, latitude_deg: float, longitude_deg: float, country: str = "XX") -> Node:
    return Node(
        id=name,
        name=name,
        country=country,
        latitude_rad=float(np.radians(latitude_deg)),
        longitude_rad=float(np.radians(longitude_deg)),
    )


def sites(names: str) -> tuple[tuple[Any, ...], tuple[Node, ...]]:
    """Stations A, B, ... far apart, each with a node a, b, ... on its site."""
    stations, nodes = [], []
    for number, name in enumerate(names):
        latitude, longitude = 40.0 + 2.0 * number, 3.0 * number
        stations.append(
            station(
                name.upper(),
                country=f"{name.upper()}{name.upper()}",
                latitude_rad=float(np.radians(latitude)),
                longitude_rad=float(np.radians(longitude)),
            )
        )
        nodes.append(node(name.lower(), latitude, longitude, f"{name.upper()}{name.upper()}"))
    return tuple(stations), tuple(nodes)


def demand(name: str, a: str, b: str, bits_per_day: float, **fields: Any) -> Demand:
    kept = {key: fields.pop(key) for key in tuple(fields) if key in PairStore.__dataclass_fields__}
    weights = {"hourly_weights": fields.pop("weights")} if "weights" in fields else {}
    plain: dict[str, Any] = {
        "demand_class": DemandClass.PUBLIC,
        "consumption": Consumption(
            kind=ConsumptionKind.BITS_PER_DAY, rate_bps=bits_per_day / DAY_S, **weights
        ),
        "store": PairStore(**kept),
    }
    return Demand(id=name, a=a, b=b, **(plain | fields))


def fibre(a: str, b: str, length_km: float, **fields: Any) -> FibreLink:
    plain: dict[str, Any] = {"hop_m": 80e3, "device": DV_STANDARD}
    return FibreLink(a=a, b=b, length_m=length_km * 1e3, **(plain | fields))


def network_of(
    names: str,
    demands: list[Demand],
    *,
    satellites: tuple[Satellite, ...] = (satellite("s1"),),
    stocks: dict[tuple[str, str], int] | None = None,
    links: tuple[FibreLink, ...] = (),
    days: float = 2.0,
    policy: Policy = PROMPT,
) -> KeyNetwork:
    stations, nodes = sites(names)
    stocked = tuple(
        LinkStock(satellite_id=s, station_id=g, stock_bits=bits)
        for (s, g), bits in (stocks or {}).items()
    )
    return KeyNetwork(
        network=Network(
            nodes=nodes, fibre_links=links, link_stocks=stocked, demands=tuple(demands)
        ),
        satellites=satellites,
        stations=stations,
        policy=policy,
        start_utc=START_UTC,
        duration_s=days * DAY_S,
    )


def deposits(contacts: list[Contact], authentication_bits: int = 0, delay_s: float = 0.0):
    """Contacts as (satellite, station, end in hours, bits), with the partner if there is one."""
    satellites = tuple(sorted({item[0] for item in contacts})) or ("s1",)
    partners = [item[4] if len(item) > 4 else "" for item in contacts]
    stations = tuple(sorted({item[1] for item in contacts} | {*partners} - {""})) or ("A",)
    ends = np.array([round(item[2] * HOUR_S * 1e6) for item in contacts], dtype=np.int64)
    ends_utc = START_UTC + ends.astype("timedelta64[us]")
    bits = np.array([item[3] for item in contacts], dtype=np.int64)
    return DepositTable(
        satellite_ids=satellites,
        station_ids=stations,
        satellite=np.array([satellites.index(item[0]) for item in contacts], dtype=np.int32),
        station=np.array([stations.index(item[1]) for item in contacts], dtype=np.int32),
        contact_end_utc=ends_utc,
        usable_utc=ends_utc + np.timedelta64(round(delay_s * 1e6), "us"),
        key_bits=bits,
        authentication_bits=np.where(bits > 0, authentication_bits, 0),
        partner=np.array([stations.index(name) if name else -1 for name in partners], dtype=int),
    )
