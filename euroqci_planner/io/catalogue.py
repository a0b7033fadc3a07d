"""The packaged catalogue: stations, nodes, fibre links, payloads and devices, with their sources.

Rows come out under the keys of the scenario file, so that `from = "ID"` is a merge of two tables.
Where the position or the instrument of a row is a guess, the row says `assumed`.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.nearest_name import mend_unknown
from euroqci_planner.resources import resource

_MONTHS = tuple(f"clear_sky_m{month:02d}" for month in range(1, 13))
_NUMBERS = (
    "latitude_deg",
    "longitude_deg",
    "altitude_m",
    "seeing_arcsec",
    "sky_brightness_mag_arcsec2",
    "precipitable_water_mm",
    "length_km",
    "anchor_loss_db",
    "anchor_rate_bps",
    "max_loss_db",
    "rate_cap_bps",
)
_TEXTS = ("name", "country")


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One row: what it gives to a scenario, and how far it can be trusted.

    `fields` has the keys and units of the scenario file; `shared_fields` names those of its
    `receiver` that come from the class of the telescope and not from the site. `details` holds
    the columns that a scenario does not use (kind, status, confidence, a, b, ...).
    """

    id: str
    name: str
    fields: Mapping[str, Any]
    assumed: bool
    source: str
    file: str
    line: int
    details: Mapping[str, str] = field(default_factory=dict)
    receiver_class: str = ""

    @property
    def place(self) -> str:
        """Where the row stands, for messages."""
        return f"catalogue {self.file}:{self.line} ({self.id})"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All tables by id, in the order of their files."""

    stations: Mapping[str, CatalogueRow]
    nodes: Mapping[str, CatalogueRow]
    fibre_links: Mapping[str, CatalogueRow]
    payloads: Mapping[str, CatalogueRow]
    receivers: Mapping[str, CatalogueRow]
    devices: Mapping[str, CatalogueRow]

    def table(self, block: str) -> Mapping[str, CatalogueRow]:
        """Table behind a block of the scenario file; empty where there is none."""
        tables = {
            "station": self.stations,
            "node": self.nodes,
            "fibre_link": self.fibre_links,
            "payload": self.payloads,
            "receiver": self.receivers,
        }
        return tables.get(block, {})

    def station(self, row_id: str) -> CatalogueRow:
        """Station by id; raises `InvalidInput` with the nearest id for an unknown one."""
        return _found(self.stations, row_id, "station")

    def node(self, row_id: str) -> CatalogueRow:
        """Node by id; raises `InvalidInput` with the nearest id for an unknown one."""
        return _found(self.nodes, row_id, "node")

    def fibre_link(self, row_id: str) -> CatalogueRow:
        """Fibre link by id (`A--B`); raises `InvalidInput` for an unknown one."""
        return _found(self.fibre_links, row_id, "fibre link")

    def payload(self, row_id: str) -> CatalogueRow:
        """Payload preset by id; raises `InvalidInput` with the nearest id for an unknown one."""
        return _found(self.payloads, row_id, "payload")

    def device(self, row_id: str) -> CatalogueRow:
        """Device class by id; raises `InvalidInput` with the nearest id for an unknown one."""
        return _found(self.devices, row_id, "device")


def _found(table: Mapping[str, CatalogueRow], row_id: str, kind: str) -> CatalogueRow:
    if row_id in table:
        return table[row_id]
    raise InvalidInput.single(
        f"no {kind} of this id in the catalogue",
        where=kind,
        value=row_id,
        mend=mend_unknown(row_id, table, f"catalogue {kind}"),
    )


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """The packaged catalogue, read once."""
    receivers = _table(_receiver(*item) for item in _toml("receivers.toml").items())
    return Catalogue(
        stations=_table(_station(row, receivers) for row in _csv("stations.csv")),
        nodes=_table(_plain_row(row) for row in _csv("nodes.csv")),
        fibre_links=_table(_plain_row(row) for row in _csv("fibre_links.csv")),
        payloads=_table(_payload(item) for item in _toml("payloads.toml")["payload"]),
        receivers=receivers,
        devices=_table(_plain_row(row) for row in _csv("devices.csv")),
    )


@dataclass(frozen=True, slots=True)
class _CsvRow:
    file: str
    line: int
    cells: Mapping[str, str]


def _csv(file: str) -> list[_CsvRow]:
    with resource("catalogue", file).open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        return [_CsvRow(file, reader.line_num, dict(cells)) for cells in reader]


def _toml(file: str) -> dict[str, Any]:
    return tomllib.loads(resource("catalogue", file).read_text(encoding="utf-8"))


def _table(rows: Any) -> Mapping[str, CatalogueRow]:
    table = {row.id: row for row in rows}
    return MappingProxyType(table)


def _plain_row(row: _CsvRow) -> CatalogueRow:
    """A row whose numbers and names go under their own column names."""
    cells = row.cells
    fields: dict[str, Any] = {key: cells[key] for key in _TEXTS if cells.get(key)}
    fields |= {key: float(cells[key]) for key in _NUMBERS if cells.get(key)}
    used = {*fields, "id", "source", "assumed", *_MONTHS}
    return CatalogueRow(
        id=cells["id"],
        name=cells.get("name", cells["id"]),
        fields=fields,
        assumed=cells["assumed"] == "yes",
        source=cells["source"],
        file=row.file,
        line=row.line,
        details={key: text for key, text in cells.items() if key not in used},
    )


def _station(row: _CsvRow, receivers: Mapping[str, CatalogueRow]) -> CatalogueRow:
    """A station with its monthly clear sky and the receiver of its class."""
    plain = _plain_row(row)
    receiver = dict(receivers[row.cells["receiver_class"]].fields)
    if row.cells["receiver_aperture_mm"]:
        receiver["aperture_mm"] = float(row.cells["receiver_aperture_mm"])
    clear = [float(row.cells[month]) for month in _MONTHS]
    fields = {**plain.fields, "clear_sky_probability_monthly": clear, "receiver": receiver}
    return CatalogueRow(
        id=plain.id,
        name=plain.name,
        fields=fields,
        assumed=plain.assumed,
        source=plain.source,
        file=plain.file,
        line=plain.line,
        details=plain.details,
        receiver_class=row.cells["receiver_class"],
    )


def _payload(item: Mapping[str, Any]) -> CatalogueRow:
    apart = {"id", "assumed", "source_text"}
    fields = {key: value for key, value in item.items() if key not in apart}
    return CatalogueRow(
        id=item["id"],
        name=item["name"],
        fields=fields,
        assumed=item["assumed"],
        source=item["source_text"],
        file="payloads.toml",
        line=_preset_line(item["id"]),
    )


def _receiver(row_id: str, item: Mapping[str, Any]) -> CatalogueRow:
    apart = {"name", "assumed", "status", "confidence", "source_text"}
    return CatalogueRow(
        id=row_id,
        name=item["name"],
        fields={key: value for key, value in item.items() if key not in apart},
        assumed=item["assumed"],
        source=item["source_text"],
        file="receivers.toml",
        line=_receiver_lines()[row_id],
        details={key: item[key] for key in ("status", "confidence")},
    )


@lru_cache(maxsize=1)
def _receiver_lines() -> Mapping[str, int]:
    text = resource("catalogue", "receivers.toml").read_text(encoding="utf-8")
    lines = enumerate(text.split("\n"), start=1)
    return {line[1:].partition("]")[0]: number for number, line in lines if line.startswith("[")}


@lru_cache(maxsize=1)
def _preset_lines() -> Mapping[str, int]:
    text = resource("catalogue", "payloads.toml").read_text(encoding="utf-8")
    lines = enumerate(text.split("\n"), start=1)
    return {line.split('"')[1]: number for number, line in lines if line.startswith("id = ")}


def _preset_line(row_id: str) -> int:
    return _preset_lines()[row_id]
