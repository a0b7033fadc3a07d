"""What the tooltips of the network say."""

from __future__ import annotations

from html import escape

import numpy as np

from euroqci_planner.app.display import (
    ABSENT,
    bits_text,
    counted,
    percent,
    short_day_and_time,
    span,
)
from euroqci_planner.gui.views.network_scene import Edges, NetworkData


def station_tip(data: NetworkData, row: int) -> str:
    """Contacts, key, last and next deposit of a station."""
    supply = data.stations
    contacts = counted(int(supply.contacts[row]), "contact", "contacts")
    return _lines(
        data.plan.passes.station_ids[row],
        f"{contacts}, {bits_text(float(supply.key_expected_bits[row]))} expected",
        f"usable by now: {bits_text(float(supply.deposited_bits[row]))}",
        f"last deposit: {_instant(supply.last_utc[row])}",
        f"next deposit: {_instant(supply.next_utc[row])}",
    )


def edge_tip(data: NetworkData, edges: Edges, number: int) -> str:
    """What a line stands for."""
    if edges is Edges.LINKS:
        return _link_tip(data, number)
    return _pair_tip(data, number) if edges is Edges.PAIRS else _user_tip(data, number)


def _link_tip(data: NetworkData, number: int) -> str:
    row = data.direct_row(number)
    if row is not None:
        return _direct_tip(data, row)
    links = data.links
    contacts = counted(int(links.contacts[number]), "contact", "contacts")
    clear = bits_text(float(links.key_clear_bits[number]))
    return _lines(
        " \u2013 ".join(data.link(number)),
        f"{contacts}, {span(float(links.contact_s[number]))}",
        f"{bits_text(float(links.key_expected_bits[number]))} expected, {clear} in clear sky",
        f"next deposit: {_instant(links.next_utc[number])}",
    )


def _direct_tip(data: NetworkData, row: int) -> str:
    direct = data.direct
    contacts = counted(int(direct.contacts[row]), "contact", "contacts")
    clear = bits_text(float(direct.key_clear_bits[row]))
    return _lines(
        " \u2013 ".join(sorted(direct.ends(row))),
        f"from pairs of {', '.join(direct.sources[row])}: no satellite knows the key",
        f"{contacts} of both, {span(float(direct.contact_s[row]))}",
        f"{bits_text(float(direct.key_expected_bits[row]))} expected, {clear} in clear sky",
        f"next deposit: {_instant(direct.next_utc[row])}",
    )


def _pair_tip(data: NetworkData, number: int) -> str:
    shared = counted(int(data.pairs.satellites[number]), "satellite", "satellites")
    return _lines(
        " \u2013 ".join(data.pair(number)),
        f"at most {bits_text(float(data.pairs.bits[number]))} over {shared},",
        "if no other pair were served",
    )


def _user_tip(data: NetworkData, number: int) -> str:
    users = data.users
    if users is None:
        return ""
    chance = float(users.p_empty[number])
    risk = f"chance to run empty {percent(chance)}" if np.isfinite(chance) else "no forecast"
    wanted = bits_text(float(users.requested_bits[number]))
    demands = counted(int(users.demands[number]), "demand", "demands")
    return _lines(
        " \u2013 ".join(users.names[number]),
        risk,
        f"{demands}, {wanted} asked for, {percent(float(users.served_share[number]))} served",
    )


def _instant(instant: np.datetime64) -> str:
    text = short_day_and_time(instant).strip()
    return text if text == ABSENT else f"{text} UTC"


def _lines(title: str, *lines: str) -> str:
    return "<br>".join([f"<b>{escape(title)}</b>", *map(escape, lines)])
