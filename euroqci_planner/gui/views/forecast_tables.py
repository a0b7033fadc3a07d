"""How the tables of a forecast look: the asked-about case with the planned figures beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtGui import QColor

from euroqci_planner.app.forecast_columns import (
    ASKED,
    GAINED,
    PLANNED,
    forecast_classes,
    forecast_climate,
    forecast_demands,
    forecast_deposits,
    forecast_flow,
    forecast_spare,
)
from euroqci_planner.app.key_forecast import SwitchedForecast
from euroqci_planner.app.plan_comparison import Better
from euroqci_planner.gui import theme
from euroqci_planner.gui.item_models import CellStyle, Mark, ScreenColumn, TableContent, number_text
from euroqci_planner.gui.views.pass_columns import one_year
from euroqci_planner.mission.named_columns import PlanColumns

_PERCENT = {"unit": "%", "scale": 0.01}
_KBIT = {"unit": "kbit", "scale": 1e3}
_MORE, _LESS = "\u25b2", "\u25bc"
_LOST_SIGN, _GAINED_SIGN = "\u2212", "+"


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of both cases: its name in the tables, title, look, and what is better."""

    name: str
    title: str
    look: dict[str, object]
    better: Better = Better.NEITHER
    has_bar: bool = False


_DEMAND_FIGURES = (
    _Figure("p_empty", "P(empty)", {**_PERCENT, "decimals": 1}, Better.LESS, has_bar=True),
    _Figure("availability", "Available", {**_PERCENT, "decimals": 2}, Better.MORE),
    _Figure("days_to_empty_p50", "Empty after", {"unit": "d", "decimals": 2}, Better.MORE),
    _Figure("days_to_empty_p10", "1 in 10 after", {"unit": "d", "decimals": 2}, Better.MORE),
    _Figure("unserved_bits", "Unserved", {**_KBIT, "decimals": 1}, Better.LESS),
    _Figure("requested_bits", "Asked for", {**_KBIT, "decimals": 1}),
    _Figure("main_driver", "Main driver", {}),
)
_CLASS_FIGURES = (
    _Figure("p_short", "P(short)", {**_PERCENT, "decimals": 1}, Better.LESS, has_bar=True),
    _Figure("requested_bits", "Asked for", {**_KBIT, "decimals": 1}),
    _Figure("mean_bits", "Unserved, mean", {**_KBIT, "decimals": 1}, Better.LESS),
    _Figure("p50_bits", "P50", {**_KBIT, "decimals": 1}, Better.LESS),
    _Figure("p90_bits", "P90", {**_KBIT, "decimals": 1}, Better.LESS),
)
_FLOW_FIGURES = (
    _Figure("fibre", "Fibre only", {**_PERCENT, "decimals": 1}, Better.MORE),
    _Figure("satellite", "Satellite only", {**_PERCENT, "decimals": 1}, Better.MORE),
    _Figure("hybrid", "Both", {**_PERCENT, "decimals": 1}, Better.MORE, has_bar=True),
    _Figure("combination", "Best made of", {}),
    _Figure("disjoint_ways", "Disjoint ways", {}, Better.MORE),
)


def demand_content(found: SwitchedForecast) -> TableContent:
    """A row per demand: risk, days to empty, availability against wanted, unserved, driver."""
    table = forecast_demands(found)
    wanted = ScreenColumn(
        name="wanted_availability", title="Wanted", unit="%", scale=0.01, decimals=2
    )
    columns = [ScreenColumn(name="demand_id", title="Demand")]
    for figure in _DEMAND_FIGURES:
        columns += _sides(figure, table, found)
        columns += [wanted] if figure.name == "availability" else []
    columns.append(ScreenColumn(name="class", title="Class"))
    columns += [ScreenColumn(name=name, title="User", is_shown=False) for name in ("a", "b")]
    return _with_whole_bars(TableContent.of(table, columns))


def class_content(found: SwitchedForecast) -> TableContent:
    """A row per class: chance that something stays unserved, and how much."""
    return _content(forecast_classes(found), "class", "Class", _CLASS_FIGURES, found)


def flow_content(found: SwitchedForecast) -> TableContent:
    """A row per demand: what fibre, satellites and both could serve at best."""
    return _content(forecast_flow(found), "demand_id", "Demand", _FLOW_FIGURES, found)


def spare_content(found: SwitchedForecast) -> TableContent:
    """A row per pair: the constant rate that is left for industry."""
    table = forecast_spare(found)
    figure = _Figure(
        "bits_per_day",
        "Spare rate",
        {"unit": "kbit/d", "scale": 1e3, "decimals": 1},
        Better.MORE,
        has_bar=True,
    )
    columns = [
        ScreenColumn(name="a", title="User"),
        ScreenColumn(name="b", title="User"),
        ScreenColumn(
            name="availability", title="Served for", unit="% of the time", scale=0.01, decimals=1
        ),
        *_sides(figure, table, found),
    ]
    return TableContent.of(table, columns)


def climate_content(found: SwitchedForecast) -> TableContent:
    """A row per demand: risk and availability in a clearer and a cloudier month."""
    columns = [ScreenColumn(name="demand_id", title="Demand")]
    for figure, title in (("p_empty", "P(empty)"), ("availability", "Available")):
        for sky in ("clearer", "cloudier"):
            for case in _shown_cases(found):
                words = f"{title}, {sky}" if case == ASKED else "planned"
                name = f"{figure}_{sky}_{case}"
                columns.append(ScreenColumn(name=name, title=words, decimals=2, **_PERCENT))  # type: ignore[arg-type]
    return TableContent.of(forecast_climate(found), columns)


def deposit_content(found: SwitchedForecast) -> TableContent:
    """A row per demand and contact to come, with what the switches take away or bring."""
    table, year = forecast_deposits(found), one_year(found.planned)

    def mark(row: int) -> Mark | None:
        change = str(table["change"][row])
        if not change:
            return None
        is_gain = change == GAINED

        def colour() -> QColor:
            return theme.current().good if is_gain else theme.current().bad

        return Mark(colour=colour, sign=_GAINED_SIGN if is_gain else _LOST_SIGN)

    return TableContent.of(
        table,
        (
            ScreenColumn(name="demand_id", title="Demand"),
            ScreenColumn(
                name="change",
                title="Switched",
                mark=mark,
                text=lambda row: str(table["change"][row]),
                is_shown=found.switched is not None,
            ),
            ScreenColumn(
                name="key_usable_utc",
                title="Usable from",
                unit=f"{year} UTC".strip(),
                is_short_date=bool(year),
            ),
            ScreenColumn(name="satellite_id", title="Satellite"),
            ScreenColumn(name="station_id", title="Station"),
            ScreenColumn(
                name="key_clear_bits", title="Key, clear sky", unit="kbit", scale=1e3, decimals=1
            ),
            ScreenColumn(
                name="clear_probability",
                title="Clear",
                unit="%",
                scale=0.01,
                style=CellStyle.BAR,
            ),
        ),
    )


def _content(
    table: PlanColumns,
    key: str,
    title: str,
    figures: tuple[_Figure, ...],
    found: SwitchedForecast,
) -> TableContent:
    columns = [ScreenColumn(name=key, title=title)]
    for figure in figures:
        columns += _sides(figure, table, found)
    return _with_whole_bars(TableContent.of(table, columns))


def _shown_cases(found: SwitchedForecast) -> tuple[str, ...]:
    return (ASKED,) if found.switched is None else (ASKED, PLANNED)


def _sides(figure: _Figure, table: PlanColumns, found: SwitchedForecast) -> Iterator[ScreenColumn]:
    """The figure of the case that was asked about, and the planned one beside it."""
    style = CellStyle.BAR if figure.has_bar else CellStyle.PLAIN
    asked, planned = f"{figure.name}_{ASKED}", f"{figure.name}_{PLANNED}"
    has_both = found.switched is not None
    mark = None
    if has_both and figure.better is not Better.NEITHER:
        mark = _change_mark(table, figure)
    yield ScreenColumn(name=asked, title=figure.title, style=style, mark=mark, **figure.look)  # type: ignore[arg-type]
    if has_both:
        yield ScreenColumn(name=planned, title="planned", style=style, **figure.look)  # type: ignore[arg-type]


def _change_mark(table: PlanColumns, figure: _Figure) -> Callable[[int], Mark | None]:
    """An arrow for more or less where that can be read, in the colour of better or worse.

    Days that do not come are more than any.
    """
    asked, planned = table[f"{figure.name}_{ASKED}"], table[f"{figure.name}_{PLANNED}"]
    look = ScreenColumn(name=figure.name, title=figure.title, **figure.look)  # type: ignore[arg-type]

    def mark(row: int) -> Mark | None:
        now, before = float(asked[row]), float(planned[row])
        if np.isnan(now) or np.isnan(before) or number_text(now, look) == number_text(before, look):
            return None
        is_more = now > before

        def colour() -> QColor:
            is_worse = is_more is (figure.better is Better.LESS)
            return theme.current().bad if is_worse else theme.current().good

        return Mark(colour=colour, sign=_MORE if is_more else _LESS)

    return mark


def _with_whole_bars(content: TableContent) -> TableContent:
    """Bars of shares and chances whose full length is one, so that both cases compare."""
    return replace(content, largest=dict.fromkeys(content.largest, 1.0))
