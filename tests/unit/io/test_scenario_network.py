"""Nodes, fibre, stores and demands of a scenario as nouns, and the rules of the network."""

from __future__ import annotations

import json
import math
import tomllib
from pathlib import Path

import pytest
from scenario_editing import DATA, changed
from tolerances import within

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.catalogue import load_catalogue
from euroqci_planner.io.key_status import status_bits
from euroqci_planner.io.network_rules import network_problems
from euroqci_planner.io.scenario_merge import filled_from_catalogue
from euroqci_planner.io.scenario_network import network_noun
from euroqci_planner.io.scenario_parts import Part
from euroqci_planner.io.scenario_schema import ScenarioDocument
from euroqci_planner.mission.network import ALWAYS, OFFICE_HOURS, DemandClass, Network

ROUNDING = 1e-12
LINK = '\n[[fibre_link]]\na = "{}"\nb = "{}"\nlength_km = 10.0\ndevice = "dv-standard"\n'
NEXT_BLOCK = "[[link_store]]"


def network(text: str, folder: Path = DATA) -> Network:
    filled = filled_from_catalogue(tomllib.loads(text), load_catalogue())
    return network_noun(ScenarioDocument.model_validate(filled.data), filled.rows, folder)


def problems(text: str, folder: Path = DATA) -> list[tuple[str, str]]:
    filled = filled_from_catalogue(tomllib.loads(text), load_catalogue())
    found = network_problems(Part((), filled.data), folder)
    return [(".".join(map(str, item.path)), item.problem) for item in found]


def links(*ends: tuple[str, str]) -> str:
    added = "".join(LINK.format(*pair) for pair in ends)
    return changed((NEXT_BLOCK, added + "\n" + NEXT_BLOCK))


def test_relay_paths_of_the_policy_hold_for_demands_that_name_none() -> None:
    (plain,) = network(changed()).demands
    many = ("classical_contact_h = 1.5", "classical_contact_h = 1.5\nrelay_paths = 2")
    own = ('quota_group = "SEEWQCI"', 'quota_group = "SEEWQCI"\nrelay_paths = 3')
    assert plain.relay_paths == 1
    assert [item.relay_paths for item in network(changed(many)).demands] == [2]
    assert [item.relay_paths for item in network(changed(many, own)).demands] == [3]


def test_nodes_come_from_the_catalogue_in_radians_and_say_what_is_assumed() -> None:
    madrid, athens = network(changed()).nodes
    assert (madrid.id, madrid.name, madrid.country) == ("madrid", "Madrid", "ES")
    assert math.degrees(athens.latitude_rad) == within(0.01, of=37.98)
    assert madrid.assumed
    assert madrid.provenance.startswith("catalogue ES-CAP: ")


def test_a_fibre_link_is_in_metres_with_its_device_class() -> None:
    (link,) = network(changed()).fibre_links
    assert (link.a, link.b, link.length_m, link.hop_m) == ("calar-alto", "madrid", 420e3, 80e3)
    assert link.availability == 0.97
    assert link.hop_transmittance is None
    assert link.device.anchor_transmittance == within(ROUNDING, of=10**-1.2)
    assert link.device.least_transmittance == within(ROUNDING, of=10**-2.8)
    assert (link.device.anchor_rate_bps, link.device.rate_cap_bps) == (2_000.0, 200_000.0)


def test_a_loss_replaces_the_length_and_a_missing_device_is_told() -> None:
    found = network(changed(('device = "dv-standard" ', "loss_db = 10.0 ")))
    assert found.fibre_links[0].hop_transmittance == within(ROUNDING, of=0.1)
    assert found.fibre_links[0].assumed
    assert found.warnings == (
        "fibre calar-alto to madrid: no device, its rate is that of dv-standard",
    )


def test_stocks_are_whole_bits() -> None:
    (stock,) = network(changed()).link_stocks
    assert (stock.satellite_id, stock.station_id) == ("qube-2", "calar-alto")
    assert stock.stock_bits == 200_000


def test_a_demand_has_its_class_its_rate_and_its_store() -> None:
    (demand,) = network(changed()).demands
    assert (demand.id, demand.pair) == ("madrid-athens", ("athens", "madrid"))
    assert (demand.demand_class, demand.quota_group) == (DemandClass.PUBLIC, "SEEWQCI")
    assert demand.consumption.rate_bps == within(ROUNDING, of=256 * 4 * 2 / 600.0)
    assert demand.consumption.hourly_weights == ALWAYS
    store = demand.store
    assert (store.start_bits, store.reserve_bits) == (1_000_000, 250_000)
    assert (store.max_age_s, store.wanted_availability) == (90 * 86_400.0, 0.99)


@pytest.mark.parametrize(
    ("lines", "rate_bps"),
    [
        ('type = "one_time_pad"\nrate_bps = 1000.0', 1_000.0),
        ('type = "bits_per_day"\nkbit_per_day = 86.4', 1.0),
    ],
)
def test_other_kinds_of_consumption_and_profiles(lines: str, rate_bps: float) -> None:
    rekeying = 'type = "aes_rekey" '
    text = changed((rekeying, f"{lines} "))
    for key in ("key_bits", "period_min", "tunnels", "directions"):
        text = text.replace(f"\n{key} =", f"\n# {key} =", 1)
    found = network(text.replace('profile = "always"', 'profile = "office_hours"'))
    consumption = found.demands[0].consumption
    assert consumption.rate_bps == within(ROUNDING * 1e3, of=rate_bps)
    assert consumption.hourly_weights == OFFICE_HOURS


def test_start_stock_comes_from_an_etsi_014_status(tmp_path: Path) -> None:
    status = {"source_KME_ID": "A", "target_KME_ID": "B", "stored_key_count": 4_000}
    (tmp_path / "kme-status.json").write_text(json.dumps(status | {"key_size": 256}))
    text = changed(("start_mbit = 1.0 ", 'status_file = "kme-status.json" '))
    assert network(text, tmp_path).demands[0].store.start_bits == 1_024_000
    assert problems(text, tmp_path) == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff\xfe", "is no JSON"),
        (b'{"stored_key_count": 4}', "needs stored_key_count and key_size"),
        (b'{"stored_key_count": -4, "key_size": 256}', "needs stored_key_count and key_size"),
        (b'{"stored_key_count": 4.5, "key_size": 256}', "needs stored_key_count and key_size"),
        (b'{"stored_key_count": true, "key_size": 256}', "needs stored_key_count and key_size"),
        (b'{"stored_key_count": NaN, "key_size": 256}', "is no JSON"),
        (b'{"stored_key_count": 4, "key_size": 0}', "needs stored_key_count and key_size"),
        (b'{"stored_key_count": 99999999999, "key_size": 999999}', "tells of 1e+17 bits"),
        (b"[1]", "needs stored_key_count and key_size"),
        (b"[" * 60_000, "is no JSON"),
        (b" " * 70_000, "is longer than 65536 bytes"),
    ],
)
def test_a_status_that_tells_no_stock_is_refused(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    path = tmp_path / "status.json"
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as refused:
        status_bits(path)
    assert problem in refused.value.faults[0].problem
    text = changed(("start_mbit = 1.0 ", 'status_file = "status.json" '))
    assert [where for where, _ in problems(text, tmp_path)] == ["demand.0.store.status_file"]


def test_the_example_has_no_problem() -> None:
    assert problems(changed()) == []


def test_a_second_access_link_closes_a_loop_and_is_named() -> None:
    assert problems(links(("madrid", "calar-alto"))) == [
        ("fibre_link.1.b", "closes a loop of access links: madrid - calar-alto - madrid")
    ]


def test_a_ring_over_the_backbone_is_no_loop_of_access_links() -> None:
    assert problems(links(("madrid", "athens"), ("athens", "calar-alto"))) == []


def test_a_ring_of_access_links_over_two_stations_is_a_loop() -> None:
    text = links(("athens", "calar-alto"), ("madrid", "second"), ("second", "athens"))
    filled = filled_from_catalogue(tomllib.loads(text), load_catalogue()).data
    filled["station"].append({"id": "second"})
    found = list(network_problems(Part((), filled), DATA))
    assert [item.path for item in found] == [("fibre_link", 3, "b")]
    assert "second - madrid - calar-alto - athens - second" in found[0].problem


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("stock_kbit = 200.0", "stock_kbit = 1e13", "link_store.0.stock_kbit"),
        ("reserve_mbit = 0.25", "reserve_mbit = 1e10", "demand.0.store.reserve_mbit"),
        ("period_min = 10.0", "period_min = 1e-9", "demand.0.consumption.period_min"),
        ("hop_km = 80.0", "hop_km = 1e-6", "fibre_link.0.hop_km"),
        ("classical_contact_h = 1.5", "classical_contact_h = 9e3", "policy.classical_contact_h"),
    ],
)
def test_figures_beyond_any_network_are_refused(old: str, new: str, where: str) -> None:
    assert [found for found, _ in problems(changed((old, new)))] == [where]


def test_stocks_beyond_the_memory_of_a_satellite_are_told() -> None:
    found = network(changed(("stock_kbit = 200.0", "stock_kbit = 600000.0")))
    assert found.warnings == (
        "satellite qube-2: its link stores start with more than its key_memory_mbit",
    )
