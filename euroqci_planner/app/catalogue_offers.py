"""What the packaged catalogue offers to a scenario: ground stations to add."""

from __future__ import annotations

from dataclasses import dataclass

from euroqci_planner.io.catalogue import CatalogueRow, load_catalogue


@dataclass(frozen=True, slots=True)
class StationOffer:
    """A station of the catalogue: position in degrees, status, and how far it can be trusted."""

    id: str
    name: str
    country: str
    latitude_deg: float
    longitude_deg: float
    altitude_m: float
    status: str
    confidence: str
    source: str
    is_assumed: bool


def catalogue_stations() -> tuple[StationOffer, ...]:
    """All stations of the catalogue, in its order."""
    return tuple(_offer(row) for row in load_catalogue().stations.values())


def _offer(row: CatalogueRow) -> StationOffer:
    fields = row.fields
    return StationOffer(
        id=row.id,
        name=row.name,
        country=str(fields.get("country", "")),
        latitude_deg=float(fields["latitude_deg"]),
        longitude_deg=float(fields["longitude_deg"]),
        altitude_m=float(fields.get("altitude_m", 0.0)),
        status=row.details.get("status", ""),
        confidence=row.details.get("confidence", ""),
        source=row.source,
        is_assumed=row.assumed,
    )
