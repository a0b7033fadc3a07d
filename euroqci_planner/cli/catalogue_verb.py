"""`catalogue`: what is packaged, where it comes from, and what of it is assumed."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import Any

from euroqci_planner.app.catalogue_view import CatalogueEntry, entries, entry
from euroqci_planner.cli.console import Console
from euroqci_planner.cli.tables import text_table
from euroqci_planner.errors import EXIT_DONE

COLUMNS = {
    "stations": ("latitude_deg", "longitude_deg", "altitude_m"),
    "nodes": ("latitude_deg", "longitude_deg"),
    "fibre": ("length_km",),
    "payloads": ("wavelength_nm", "aperture_mm"),
    "receivers": ("aperture_mm", "coupling", "detector_efficiency", "dark_count_hz"),
    "devices": ("anchor_loss_db", "anchor_rate_bps", "max_loss_db"),
}
STATUS_WIDTH = 48


def catalogue(options: Namespace, console: Console) -> int:
    """List the rows of a kind, or show one of them with everything that is known."""
    if options.id:
        _show(entry(options.kind, options.id), console)
        return EXIT_DONE
    rows = entries(options.kind, options.country or "")
    if console.as_json:
        console.json({options.kind: [row.as_plain() for row in rows]})
        return EXIT_DONE
    names = ("id", "name", "country", *COLUMNS[options.kind], "assumed", "status")
    console.line(text_table(names, [_cells(row, options.kind) for row in rows]))
    assumed = sum(row.assumed for row in rows)
    console.line()
    console.line(f"{len(rows)} {options.kind}, {assumed} of them assumed in position or instrument")
    return EXIT_DONE


def _cells(row: CatalogueEntry, kind: str) -> tuple[str, ...]:
    numbers = (_text(row.fields.get(name, "")) for name in COLUMNS[kind])
    mark = "assumed" if row.assumed else ""
    return (row.id, row.name, row.country, *numbers, mark, _short(row.status))


def _show(row: CatalogueEntry, console: Console) -> None:
    if console.as_json:
        console.json(row.as_plain())
        return
    console.line(f"{row.id}  {row.name}" + ("  (assumed)" if row.assumed else ""))
    for name, value in _flat({**row.fields, **row.details}):
        console.line(f"  {name} = {value}")
    console.line(f"  source: {row.source}")


def _flat(fields: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif value != "":
            yield f"{prefix}{name}", _text(value)


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _short(text: str) -> str:
    return text if len(text) <= STATUS_WIDTH else text[: STATUS_WIDTH - 1] + "…"
