"""Nodes, fibre, stores and demands: the nouns of a checked document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from euroqci_planner.io.catalogue import CatalogueRow, load_catalogue
from euroqci_planner.io.key_status import status_bits
from euroqci_planner.io.scenario_schema import ScenarioDocument
from euroqci_planner.io.schema_network import (
    AesRekeyRecord,
    DemandRecord,
    FibreLinkRecord,
    NodeRecord,
    OneTimePadRecord,
    Profile,
)
from euroqci_planner.io.schema_network import (
    Consumption as ConsumptionChoice,
)
from euroqci_planner.io.toml_locator import Path as PlacePath
from euroqci_planner.mission.network import (
    ALWAYS,
    OFFICE_HOURS,
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
    aes_rekey,
)
from euroqci_planner.units import KILO, MEGA, SECONDS_PER_DAY, SECONDS_PER_MINUTE, transmittance

DEFAULT_DEVICE = "dv-standard"


def network_noun(
    document: ScenarioDocument, rows: Mapping[PlacePath, CatalogueRow], folder: Path
) -> Network:
    """The network of a checked document; `rows` are the catalogue rows behind its records.

    Reads the status files of demands in `folder`. A link without device class counts as
    `DEFAULT_DEVICE`, with a warning.
    """
    return Network(
        nodes=tuple(
            _node(record, rows.get(("node", number))) for number, record in enumerate(document.node)
        ),
        fibre_links=tuple(
            _fibre_link(record, rows.get(("fibre_link", number)))
            for number, record in enumerate(document.fibre_link)
        ),
        link_stocks=tuple(
            LinkStock(
                satellite_id=record.satellite,
                station_id=record.station,
                stock_bits=round(record.stock_kbit * KILO),
            )
            for record in document.link_store
        ),
        demands=tuple(
            _demand(record, folder, document.policy.relay_paths) for record in document.demand
        ),
        warnings=tuple(_warnings(document)),
    )


def _node(record: NodeRecord, row: CatalogueRow | None) -> Node:
    return Node(
        id=record.id,
        name=record.name or record.id,
        country=record.country,
        latitude_rad=math.radians(record.latitude_deg),
        longitude_rad=math.radians(record.longitude_deg),
        altitude_m=record.altitude_m,
        provenance=_provenance(row),
        assumed=row is not None and row.assumed,
    )


def _provenance(row: CatalogueRow | None) -> str:
    return "" if row is None else f"catalogue {row.id}: {row.source}"


def _fibre_link(record: FibreLinkRecord, row: CatalogueRow | None) -> FibreLink:
    device = fibre_device(load_catalogue().device(record.device or DEFAULT_DEVICE))
    loss_db = record.loss_db
    return FibreLink(
        a=record.a,
        b=record.b,
        length_m=record.length_km * KILO,
        hop_m=record.hop_km * KILO,
        device=device,
        hop_transmittance=None if loss_db is None else float(transmittance(loss_db)),
        availability=record.availability,
        provenance=_provenance(row),
        assumed=(row is not None and row.assumed) or record.device is None,
    )


def fibre_device(row: CatalogueRow) -> FibreDevice:
    """The device class of a row of the catalogue."""
    fields = row.fields
    return FibreDevice(
        id=row.id,
        name=row.name,
        anchor_transmittance=float(transmittance(fields["anchor_loss_db"])),
        anchor_rate_bps=fields["anchor_rate_bps"],
        least_transmittance=float(transmittance(fields["max_loss_db"])),
        rate_cap_bps=fields.get("rate_cap_bps"),
        assumed=row.assumed,
    )


def _demand(record: DemandRecord, folder: Path, relay_paths: int) -> Demand:
    store = record.store
    age_days = store.max_age_days
    start_bits = round((store.start_mbit or 0.0) * MEGA)
    if store.status_file is not None:
        start_bits = status_bits(folder / store.status_file)
    return Demand(
        id=record.id,
        a=record.a,
        b=record.b,
        demand_class=DemandClass(record.priority_class),
        consumption=_consumption(record.consumption),
        store=PairStore(
            start_bits=start_bits,
            reserve_bits=round(store.reserve_mbit * MEGA),
            max_age_s=None if age_days is None else age_days * SECONDS_PER_DAY,
            wanted_availability=store.wanted_availability,
        ),
        quota_group=record.quota_group or "",
        relay_paths=record.relay_paths or relay_paths,
    )


def _consumption(record: ConsumptionChoice) -> Consumption:
    weights = _weights(record.profile)
    if isinstance(record, AesRekeyRecord):
        period_s = record.period_min * SECONDS_PER_MINUTE
        return aes_rekey(record.key_bits, period_s, record.tunnels, record.directions, weights)
    if isinstance(record, OneTimePadRecord):
        return Consumption(
            kind=ConsumptionKind.ONE_TIME_PAD, rate_bps=record.rate_bps, hourly_weights=weights
        )
    return Consumption(
        kind=ConsumptionKind.BITS_PER_DAY,
        rate_bps=record.kbit_per_day * KILO / SECONDS_PER_DAY,
        hourly_weights=weights,
    )


def _weights(profile: Profile) -> tuple[float, ...]:
    if isinstance(profile, list):
        return tuple(profile)
    return OFFICE_HOURS if profile == "office_hours" else ALWAYS


def _warnings(document: ScenarioDocument) -> Iterator[str]:
    for record in document.fibre_link:
        if record.device is None:
            yield f"fibre {record.a} to {record.b}: no device, its rate is that of {DEFAULT_DEVICE}"
    satellites = {item.id: item for item in document.satellite}
    for name, item in satellites.items():
        stored = sum(stock.stock_kbit for stock in document.link_store if stock.satellite == name)
        memory = item.key_memory_mbit
        if memory is not None and stored * KILO > memory * MEGA:
            yield f"satellite {name}: its link stores start with more than its key_memory_mbit"
