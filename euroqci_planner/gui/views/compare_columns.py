"""How the tables of the comparison look: signs, colours and units."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtGui import QColor

from euroqci_planner.app.comparison_tables import change_columns, figure_columns, part_columns
from euroqci_planner.app.display import ABSENT, bits_text, count, fixed, signed_bits, span
from euroqci_planner.app.plan_changes import Change, PlanChanges
from euroqci_planner.app.plan_comparison import Better, Figure, PartDifference
from euroqci_planner.gui import theme
from euroqci_planner.gui.item_models import CellStyle, Mark, ScreenColumn, TableContent
from euroqci_planner.gui.views.pass_columns import satellite_mark

_MINUS = "\u2212"
_SIGNS = {Change.GAINED: "+", Change.LOST: _MINUS, Change.MOVED: "\u2192"}


def figure_content(figures: tuple[Figure, ...]) -> TableContent:
    """Totals: quantity, both plans, difference."""

    def value(pick: Callable[[Figure], float]) -> Callable[[int], str]:
        return lambda row: _figure_text(pick(figures[row]), figures[row].unit)

    return TableContent.of(
        figure_columns(figures),
        (
            ScreenColumn(name="quantity", title="Total"),
            ScreenColumn(
                name="difference",
                title="Difference",
                text=lambda row: _difference_text(figures[row]),
                mark=lambda row: _figure_mark(figures[row]),
            ),
            ScreenColumn(name="now", title="Now", text=value(lambda item: item.new)),
            ScreenColumn(name="kept", title="Kept", text=value(lambda item: item.old)),
        ),
    )


def part_content(
    parts: PartDifference, title: str, index_of: Callable[[str], int | None]
) -> TableContent:
    """Satellites or stations; `index_of` gives a satellite's index for its marker."""

    def mark(row: int) -> Mark | None:
        index = index_of(parts.names[row])
        return None if index is None else satellite_mark(index)

    return TableContent.of(
        part_columns(parts),
        (
            ScreenColumn(name="id", title=title, mark=mark if title == "Satellite" else None),
            ScreenColumn(
                name="bits_difference",
                title="Key \u0394",
                signed=True,
                style=CellStyle.BAR,
                unit="kbit",
                scale=1e3,
                decimals=1,
            ),
            ScreenColumn(name="contacts_difference", title="Contacts \u0394", signed=True),
            ScreenColumn(name="now_contacts", title="Contacts"),
            ScreenColumn(name="kept_contacts", title="kept"),
            ScreenColumn(name="now_bits", title="Key", unit="kbit", scale=1e3, decimals=1),
            ScreenColumn(name="kept_bits", title="kept", unit="kbit", scale=1e3, decimals=1),
        ),
        is_quiet=(parts.old_contacts == parts.new_contacts) & (parts.old_bits == parts.new_bits),
    )


def change_content(
    changes: PlanChanges, index_of: Callable[[str], int | None], year: str
) -> TableContent:
    """Contacts gained, lost, moved."""
    items = changes.contacts

    def mark(row: int) -> Mark | None:
        index = index_of(items[row].satellite_id)
        return None if index is None else satellite_mark(index)

    return TableContent.of(
        change_columns(changes),
        (
            ScreenColumn(
                name="change", title="Change", mark=lambda row: change_mark(items[row].change)
            ),
            ScreenColumn(
                name="start_utc",
                title="Start",
                unit=f"{year} UTC" if year else "UTC",
                is_short_date=bool(year),
            ),
            ScreenColumn(name="satellite_id", title="Satellite", mark=mark),
            ScreenColumn(
                name="station_id",
                title="Station",
                text=lambda row: _station_text(items[row].old_station_id, items[row].station_id),
                copied=("kept_station_id", "station_id"),
            ),
            ScreenColumn(
                name="bits_difference",
                title="Key \u0394",
                unit="kbit",
                scale=1e3,
                decimals=1,
                signed=True,
                style=CellStyle.BAR,
            ),
        ),
    )


def change_mark(change: Change) -> Mark:
    """Sign and colour of a change."""

    def colour() -> QColor:
        ink = theme.current()
        return {Change.GAINED: ink.good, Change.LOST: ink.bad, Change.MOVED: ink.warning}[change]

    return Mark(colour=colour, sign=_SIGNS[change])


def _station_text(before: str, after: str) -> str:
    return f"{before} \u2192 {after}" if before and before != after else after


def _figure_text(value: float, unit: str) -> str:
    if unit == "bit":
        return bits_text(value)
    if unit == "s":
        return span(value)
    if unit == "%":
        return f"{fixed(value, 2)} %" if np.isfinite(value) else ABSENT
    return count(round(value))


def _difference_text(figure: Figure) -> str:
    change = figure.difference
    if not np.isfinite(change):
        return ABSENT
    if figure.unit == "bit":
        text = signed_bits(change)
    else:
        sign = "+" if change > 0.0 else _MINUS if change < 0.0 else "±"
        text = f"{sign}{_figure_text(abs(change), figure.unit)}"
    if figure.old > 0.0 and figure.unit != "%" and change:
        share = 100.0 * change / figure.old
        text += f" ({'+' if share > 0 else _MINUS}{abs(share):.1f} %)"
    return text


def _figure_mark(figure: Figure) -> Mark | None:
    change = figure.difference
    if figure.better is Better.NEITHER or not np.isfinite(change) or not change:
        return None

    def colour() -> QColor:
        return theme.current().good if change > 0.0 else theme.current().bad

    return Mark(colour=colour, sign="\u25b2" if change > 0.0 else "\u25bc")
