"""Nodes, fibre, stores and demands: their rules beyond the schema, and their nouns."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.catalogue import CatalogueRow, load_catalogue
from euroqci_planner.io.scenario_parts import Part
from euroqci_planner.io.scenario_paths import path_problem
from euroqci_planner.io.scenario_places import Problem
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
MOST_BITS = 1e15
MOST_BPS = 1e10
MOST_HOPS = 10_000
LONGEST_CONTACT_GAP_H = 8_766.0
_MOST_STATUS_BYTES = 65_536


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
        demands=tuple(_demand(record, folder) for record in document.demand),
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


def _demand(record: DemandRecord, folder: Path) -> Demand:
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


def status_bits(path: Path) -> int:
    """Key in stock by an ETSI GS QKD 014 status: `stored_key_count` keys of `key_size` bits.

    Raises InvalidInput where the file is no such status.
    """
    with path.open("rb") as file:
        data = file.read(_MOST_STATUS_BYTES + 1)
    if len(data) > _MOST_STATUS_BYTES:
        raise _no_status(path, f"is longer than {_MOST_STATUS_BYTES} bytes")
    try:
        status = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _no_status(path, "is no JSON") from error
    counts = [_count(status, key) for key in ("stored_key_count", "key_size")]
    if None in counts or counts[1] == 0:
        raise _no_status(path, "needs stored_key_count and key_size as whole numbers")
    bits = math.prod(item for item in counts if item is not None)
    if bits > MOST_BITS:
        raise _no_status(path, f"tells of {bits:.3g} bits, more than {MOST_BITS:.0e}")
    return bits


def _refuse_constant(word: str) -> float:
    raise ValueError(word)


def _count(status: Any, key: str) -> int | None:
    value = status.get(key) if isinstance(status, dict) else None
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return value if is_count else None


def _no_status(path: Path, problem: str) -> InvalidInput:
    return InvalidInput.single(
        f"the status file {problem}",
        file=path.name,
        mend="the answer of GET /api/v1/keys/{slave_SAE_ID}/status (ETSI GS QKD 014, 6.1)",
    )


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


def network_problems(document: Part, folder: Path) -> Iterator[Problem]:
    """Problems of the network that need more than one field, record or file."""
    yield from _loop_problems(document)
    for part in document.tables("fibre_link"):
        yield from _hop_problems(part)
    for part in document.tables("link_store"):
        yield from _too_many_bits(part, "stock_kbit", KILO)
    for part in document.tables("demand"):
        yield from _demand_problems(part, folder)
    policy = document.table("policy")
    gap_h = policy.number("classical_contact_h") if policy else None
    if policy and gap_h is not None and gap_h > LONGEST_CONTACT_GAP_H:
        problem = "no relay could be published within a year"
        yield policy.problem("classical_contact_h", problem, "hours until the next contact")


def _loop_problems(document: Part) -> Iterator[Problem]:
    """Access links, those with a station at one end, that close a loop among themselves."""
    stations = {part.text("id") or "" for part in document.tables("station")}
    links = [
        (part, part.text("a") or "", part.text("b") or "") for part in document.tables("fibre_link")
    ]
    access = [item for item in links if {item[1], item[2]} & stations]
    for number, way in loops([(a, b) for _, a, b in access]):
        names = " - ".join((*way, way[0]) if len(way) > 1 else (*way, *way))
        problem = f"closes a loop of access links: {names}"
        mend = "a station is joined to the network once; remove one of these links"
        yield access[number][0].problem("b", problem, mend)


def loops(edges: Sequence[tuple[str, str]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Edges that close a loop with those before them: index, and the places of the loop."""
    neighbours: dict[str, list[str]] = {}
    for number, (a, b) in enumerate(edges):
        way = _way(neighbours, a, b)
        if way:
            yield number, way
        else:
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)


def _way(neighbours: Mapping[str, list[str]], origin: str, goal: str) -> tuple[str, ...]:
    """Places from `origin` to `goal` over what is joined already; none where there is no way."""
    before = {origin: ""}
    queue = [origin]
    for here in queue:
        fresh = [there for there in neighbours.get(here, ()) if there not in before]
        before.update(dict.fromkeys(fresh, here))
        queue.extend(fresh)
    way: list[str] = []
    here = goal if goal in before else ""
    while here:
        way.append(here)
        here = before[here]
    return tuple(reversed(way))


def _hop_problems(part: Part) -> Iterator[Problem]:
    length, hop = part.number("length_km"), part.number("hop_km")
    hop = 80.0 if hop is None else hop
    if length is not None and hop > 0.0 and length > hop * MOST_HOPS:
        key = "hop_km" if part.has("hop_km") else "length_km"
        yield part.problem(key, f"the link has more than {MOST_HOPS} hops", "mend one of the two")


def _too_many_bits(part: Part, key: str, unit: float) -> Iterator[Problem]:
    amount = part.number(key)
    if amount is not None and amount * unit > MOST_BITS:
        yield part.problem(key, f"is more than {MOST_BITS:.0e} bits", "check the unit")


def _demand_problems(part: Part, folder: Path) -> Iterator[Problem]:
    store, consumption = part.table("store"), part.table("consumption")
    if store:
        yield from _too_many_bits(store, "start_mbit", MEGA)
        yield from _too_many_bits(store, "reserve_mbit", MEGA)
        yield from _status_problems(store, folder)
    if consumption and _rate_bps(consumption) > MOST_BPS:
        key = {"aes_rekey": "period_min", "one_time_pad": "rate_bps"}.get(
            consumption.text("type") or "", "kbit_per_day"
        )
        yield consumption.problem(key, f"uses more than {MOST_BPS:.0e} bit/s", "check the unit")


def _rate_bps(part: Part) -> float:
    """Largest rate of a consumption in any hour, 0 where it cannot be told."""
    weights = part.numbers("profile") or [1.0]
    period = part.number("period_min")
    most = max(weights)
    if part.text("type") == "bits_per_day":
        mean = sum(weights) / len(weights)
        surge = most / mean if mean > 0.0 else 0.0
        return (part.number("kbit_per_day") or 0.0) * KILO / SECONDS_PER_DAY * surge
    if part.text("type") == "one_time_pad":
        return (part.number("rate_bps") or 0.0) * most
    if not period or period <= 0.0:
        return 0.0
    keys = [part.number(key) for key in ("key_bits", "tunnels", "directions")]
    plain = [
        default if key is None else key for key, default in zip(keys, (256, 1, 2), strict=True)
    ]
    return math.prod(plain) / (period * SECONDS_PER_MINUTE) * most


def _status_problems(store: Part, folder: Path) -> Iterator[Problem]:
    """A status file that is there but tells no stock; whether it is there is asked elsewhere."""
    written = store.text("status_file")
    if not written or path_problem(written, folder) or not (folder / written).is_file():
        return
    try:
        status_bits(folder / written)
    except InvalidInput as error:
        yield store.problem("status_file", error.faults[0].problem, error.faults[0].mend)
    except OSError as error:
        yield store.problem("status_file", f"cannot be read: {error.strerror}", "check the file")
