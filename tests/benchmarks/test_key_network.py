"""Speed and memory of stores, forecast and flow. Not part of the test run; `make bench` prints."""

from __future__ import annotations

import itertools
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from network_cases import DAY_S, PROMPT, START_UTC, demand, deposits, network_of, satellite
from station_cases import station as plain_station

from euroqci_planner.io.catalogue import load_catalogue
from euroqci_planner.io.scenario_network import fibre_device
from euroqci_planner.mission.network import FibreLink, Network, Node
from euroqci_planner.mission.scenario import WeatherSettings
from euroqci_planner.network.course import key_course
from euroqci_planner.network.forecast import key_forecast
from euroqci_planner.network.hybrid_flow import hybrid_flow
from euroqci_planner.network.layout import KeyNetwork
from euroqci_planner.network.paths import great_circle_m
from euroqci_planner.weather.cloud_field import SkyQuestions, clear_members

NAMES = "abcdef"
FORECAST_LIMIT_S = 3.0
FLOW_LIMIT_S = 10.0
SLACK = 2.0  # processor time on a machine that others use as well


def timed(title: str, work: Callable[[], Any]) -> tuple[Any, float]:
    begin, cpu = time.perf_counter(), time.process_time()
    result = work()
    seconds = time.perf_counter() - begin
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    busy = time.process_time() - cpu
    print(f"\n{title}: {seconds:.2f} s, {busy:.2f} s of processor, peak {peak_mb:.0f} MB")
    return result, busy


def test_a_thousand_members_of_sixty_links_over_thirty_days() -> None:
    random = np.random.default_rng(1)
    satellites = tuple(satellite(f"s{number}") for number in range(10))
    demands = [
        demand(f"d{number}", *pair, 60_000, start_bits=100_000, reserve_bits=30_000)
        for number, pair in enumerate(itertools.combinations(NAMES, 2))
    ]
    case = network_of(NAMES, demands, satellites=satellites, days=30.0)
    contacts = [
        (f"s{number}", name.upper(), 24 * day + 18 + 10 * random.random(), 300_000)
        for day in range(29)
        for number in range(10)
        for name in NAMES
        if random.random() < 0.5
    ]
    table = deposits(contacts)
    questions = SkyQuestions(
        station=table.station,
        instants_utc=table.contact_end_utc,
        clear_probability=np.full(len(table), 0.45),
        start_utc=START_UTC,
        duration_s=30 * DAY_S,
    )
    sky, clouds_s = timed(
        "1 000 skies over 6 stations, 30 days",
        lambda: clear_members(case.stations, questions, WeatherSettings(), 1),
    )
    forecast, stores_s = timed(
        f"forecast: 1 000 members, 60 links, 15 pairs, {len(table)} contacts",
        lambda: key_forecast(case, table, sky),
    )
    assert forecast.members == 1_000
    assert clouds_s + stores_s < SLACK * FORECAST_LIMIT_S


def test_the_course_of_four_hundred_satellites_and_thirty_stations() -> None:
    random = np.random.default_rng(1)
    names = "abcdefghijklmnopqrstuvwxyz0123"
    satellites = tuple(satellite(f"s{number:03d}") for number in range(400))
    pairs = list(itertools.combinations(names, 2))
    chosen = random.permutation(len(pairs))[:60]
    demands = [
        demand(f"d{row}", *pairs[row], 180_000, start_bits=100_000) for row in sorted(chosen)
    ]
    case = network_of(names, demands, satellites=satellites, days=7.0)
    contacts = [
        (
            f"s{random.integers(400):03d}",
            names[random.integers(30)].upper(),
            168 * random.random(),
            int(200_000 * random.random()),
        )
        for _ in range(12_600)
    ]
    table = deposits(contacts)
    course, _ = timed(
        "course: 400 satellites, 30 stations, 7 days, 12 600 contacts, 60 pairs",
        lambda: key_course(case, table),
    )
    assert len(course.demands) == 60


def catalogue_network() -> KeyNetwork:
    """All capitals joined by the catalogue's fibre, every station by fibre to its nearest node."""
    catalogue = load_catalogue()
    device = fibre_device(catalogue.device("dv-standard"))

    def place(row: Any) -> dict[str, Any]:
        fields = row.fields
        return {
            "country": fields.get("country", ""),
            "latitude_rad": float(np.radians(fields["latitude_deg"])),
            "longitude_rad": float(np.radians(fields["longitude_deg"])),
        }

    nodes = tuple(Node(id=row.id, name=row.name, **place(row)) for row in catalogue.nodes.values())
    stations = tuple(plain_station(row.id, **place(row)) for row in catalogue.stations.values())
    links = [
        FibreLink(
            a=row.details["a"],
            b=row.details["b"],
            length_m=row.fields["length_km"] * 1e3,
            hop_m=80e3,
            device=device,
        )
        for row in catalogue.fibre_links.values()
    ]
    joined = {end for link in links for end in (link.a, link.b)}
    for item in stations:
        here = (item.latitude_rad, item.longitude_rad)
        far_m, nearest = min(
            (great_circle_m(here, (node.latitude_rad, node.longitude_rad)), node.id)
            for node in nodes
        )
        if item.id not in joined and 1e3 < far_m < 600e3:
            links.append(
                FibreLink(a=item.id, b=nearest, length_m=1.2 * far_m, hop_m=80e3, device=device)
            )
    capitals = [node.id for node in nodes if node.id.endswith("-CAP")]
    demands = [demand(f"{a}-{b}", a, b, 2_000_000) for a, b in itertools.combinations(capitals, 2)]
    return KeyNetwork(
        network=Network(nodes=nodes, fibre_links=tuple(links), demands=tuple(demands)),
        satellites=tuple(satellite(f"s{number}") for number in range(10)),
        stations=stations,
        policy=PROMPT,
        start_utc=START_UTC,
        duration_s=30 * DAY_S,
    )


def test_the_hybrid_flow_of_27_states_over_thirty_days() -> None:
    case = catalogue_network()
    random = np.random.default_rng(2)
    contacts = [
        (item.id, place.id, 24 * day + 18 + 10 * random.random(), 200_000)
        for day in range(29)
        for item in case.satellites
        for place in case.stations
        if random.random() < 0.06
    ]
    table = deposits(contacts)
    flow, flow_s = timed(
        f"hybrid flow: 27 states, 351 pairs, 30 days, {len(table)} contacts",
        lambda: hybrid_flow(case, table),
    )
    kinds = {kind: flow.combination.count(kind) for kind in sorted(set(flow.combination))}
    share = flow.served_bits.sum() / flow.requested_bits.sum()
    print(f"{kinds}, {share:.3f} of what was asked for")
    assert len(flow) == 351
    assert flow_s < SLACK * FLOW_LIMIT_S
