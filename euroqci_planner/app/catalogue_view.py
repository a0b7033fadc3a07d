"""The packaged catalogue as rows for both faces: listed, filtered, shown one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.catalogue import CatalogueRow, load_catalogue
from euroqci_planner.io.nearest_name import mend_unknown

KINDS = ("stations", "nodes", "fibre", "payloads", "receivers", "devices")


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One row: what a scenario takes from it, how far to trust it, and where it comes from.

    `fields` go by the keys and units of the scenario file, `details` hold the rest (status,
    confidence, ends of a fibre). `assumed` says that position or instrument are a guess.
    """

    id: str
    name: str
    country: str
    assumed: bool
    status: str
    confidence: str
    source: str
    fields: Mapping[str, Any]
    details: Mapping[str, str]

    def as_plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "id": self.id,
            "name": self.name,
            "country": self.country,
            "assumed": self.assumed,
            "status": self.status,
            "confidence": self.confidence,
            "source": self.source,
            "fields": dict(self.fields),
            "details": dict(self.details),
        }


def entries(kind: str, country: str = "") -> tuple[CatalogueEntry, ...]:
    """All rows of a kind in the order of the catalogue, of one country where one is given.

    A fibre link belongs to the countries of both its ends. Raises `InvalidInput` for a country
    without rows, naming those that have some.
    """
    rows = [_entry(row) for row in _table(kind).values()]
    if not country:
        return tuple(rows)
    mine = tuple(row for row in rows if country.upper() in row.country.split("-"))
    if not mine:
        known = sorted({part for row in rows for part in row.country.split("-") if part})
        raise InvalidInput.single(
            f"the catalogue has no {kind} there",
            where="country",
            value=country,
            mend=f"one of {', '.join(known)}" if known else f"{kind} have no country",
        )
    return mine


def entry(kind: str, row_id: str) -> CatalogueEntry:
    """One row; raises `InvalidInput` with the nearest id for an unknown one."""
    table = _table(kind)
    if row_id not in table:
        raise InvalidInput.single(
            f"the catalogue has no such id among its {kind}",
            where=kind,
            value=row_id,
            mend=mend_unknown(row_id, table, "catalogue id"),
        )
    return _entry(table[row_id])


def _table(kind: str) -> Mapping[str, CatalogueRow]:
    catalogue = load_catalogue()
    return {
        "stations": catalogue.stations,
        "nodes": catalogue.nodes,
        "fibre": catalogue.fibre_links,
        "payloads": catalogue.payloads,
        "receivers": catalogue.receivers,
        "devices": catalogue.devices,
    }[kind]


def _entry(row: CatalogueRow) -> CatalogueEntry:
    ends = [row.details[end].partition("-")[0] for end in ("a", "b") if end in row.details]
    return CatalogueEntry(
        id=row.id,
        name=row.name,
        country=str(row.fields.get("country", "")) or "-".join(dict.fromkeys(ends)),
        assumed=row.assumed,
        status=row.details.get("status", ""),
        confidence=row.details.get("confidence", ""),
        source=row.source,
        fields=row.fields,
        details=row.details,
    )
