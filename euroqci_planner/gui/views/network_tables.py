"""The table below the network: links, pairs of stations, or demands; and the note above it."""

from __future__ import annotations

from functools import partial

import numpy as np

from euroqci_planner.app.display import bits_text, short_day_and_time
from euroqci_planner.app.link_totals import link_columns, pair_columns
from euroqci_planner.app.user_pairs import outcome_of
from euroqci_planner.gui.item_models import CellStyle, Mark, ScreenColumn, TableContent
from euroqci_planner.gui.views.network_scene import Edges, NetworkData
from euroqci_planner.gui.views.pass_columns import one_year, satellite_mark
from euroqci_planner.mission.network_columns import demands_columns

_KBIT = 1e3


def content_of(data: NetworkData, edges: Edges) -> TableContent:
    """The table that belongs to a kind of lines."""
    if edges is Edges.LINKS:
        return _links(data)
    return _pairs(data) if edges is Edges.PAIRS else _demands(data)


def note_of(data: NetworkData, edges: Edges, satellites: int) -> str:
    """What line widths and colours mean here, and how many satellites had room."""
    when = f"{short_day_and_time(data.at_utc).strip()} UTC"
    if edges is Edges.USERS:
        if data.users is None or not np.isfinite(data.users.p_empty).any():
            return "Lines: share of what pairs of users ask for that is served; no forecast."
        return "Lines: chance that a pair of users is without key at least once in the window."
    if edges is Edges.PAIRS:
        return (
            "Line width: the most key that a pair of stations could share if it were served alone."
        )
    if not data.link_count:
        return "The plan has no contacts."
    largest = bits_text(float(data.link_bits.max()))
    linked = len(np.unique(data.links.satellite))
    part = f" {satellites} of {linked} satellites, most key first." if satellites < linked else ""
    return (
        f"Line width: expected key, widest {largest}.{part} Stations: last deposit before {when}."
    )


def _kbit(name: str, title: str, **more: object) -> ScreenColumn:
    return ScreenColumn(name=name, title=title, unit="kbit", scale=_KBIT, decimals=1, **more)  # type: ignore[arg-type]


def _links(data: NetworkData) -> TableContent:
    year = one_year(data.plan)
    unit = f"{year} UTC" if year else "UTC"
    partner = ScreenColumn(name="partner_station_id", title="Partner")
    return TableContent.of(
        link_columns(data.links, data.direct),
        (
            ScreenColumn(name="satellite_id", title="Satellite", mark=partial(_mark, data)),
            ScreenColumn(name="station_id", title="Station"),
            *((partner,) if len(data.direct) else ()),
            ScreenColumn(name="contacts", title="Contacts"),
            _kbit("key_expected_bits", "Key", style=CellStyle.BAR),
            _kbit("deposited_bits", "Usable now"),
            ScreenColumn(
                name="last_deposit_utc", title="Last deposit", unit=unit, is_short_date=bool(year)
            ),
            ScreenColumn(
                name="next_deposit_utc", title="Next deposit", unit=unit, is_short_date=bool(year)
            ),
            _kbit("key_clear_bits", "Key, clear sky", is_shown=False),
            ScreenColumn(name="contact_s", title="In contact", unit="min", scale=60.0, decimals=1),
        ),
    )


def _mark(data: NetworkData, row: int) -> Mark | None:
    """The satellite's own mark; none for a link that several of them serve."""
    direct = data.direct_row(row)
    if direct is None:
        return satellite_mark(int(data.links.satellite[row]))
    names = data.direct.sources[direct]
    return satellite_mark(data.links.satellite_ids.index(names[0])) if len(names) == 1 else None


def _pairs(data: NetworkData) -> TableContent:
    return TableContent.of(
        pair_columns(data.pairs, data.plan.passes.station_ids),
        (
            ScreenColumn(name="a", title="Station"),
            ScreenColumn(name="b", title="Station"),
            _kbit("bound_bits", "Key at most", style=CellStyle.BAR),
            ScreenColumn(name="satellites", title="Shared satellites"),
        ),
    )


def _demands(data: NetworkData) -> TableContent:
    outcome = outcome_of(data.plan)
    if outcome is None:
        raise AssertionError("a table of demands without demands")
    share = {"unit": "%", "scale": 0.01, "decimals": 1}
    return TableContent.of(
        demands_columns(outcome),
        (
            ScreenColumn(name="demand_id", title="Demand"),
            ScreenColumn(name="p_empty", title="P(empty)", style=CellStyle.BAR, **share),  # type: ignore[arg-type]
            ScreenColumn(name="availability", title="Available", **share),  # type: ignore[arg-type]
            ScreenColumn(name="wanted_availability", title="Wanted", **share),  # type: ignore[arg-type]
            ScreenColumn(name="days_to_empty_p50", title="Empty after", unit="d", decimals=1),
            _kbit("requested_bits", "Asked for"),
            _kbit("served_bits", "Served"),
            ScreenColumn(name="class", title="Class"),
            ScreenColumn(name="a", title="User"),
            ScreenColumn(name="b", title="User"),
            ScreenColumn(name="trusted_nodes", title="Trusted nodes"),
            ScreenColumn(name="route", title="Route"),
            ScreenColumn(name="countries", title="Countries", is_shown=False),
            _kbit("expired_bits", "Expired", is_shown=False),
            ScreenColumn(
                name="days_to_empty_p10",
                title="1 in 10",
                unit="d",
                decimals=1,
                is_shown=False,
            ),
        ),
    )
