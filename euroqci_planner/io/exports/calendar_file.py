"""`contacts.ics`: one calendar entry per contact, by RFC 5545."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from euroqci_planner.io.exports.plain_text import printable, utf8
from euroqci_planner.mission.assets import Satellite, Station
from euroqci_planner.mission.named_columns import PlanColumns
from euroqci_planner.mission.plan import PassState, Plan
from euroqci_planner.timebase import instant_after, iso_text

FILE_NAME = "contacts.ics"
UNMARKED = "UNMARKED"

_LINE_OCTETS = 75
_PRODUCT = "-//euroqci-planner//contact plan//EN"
_UID_DOMAIN = "euroqci-planner"
_PUBLIC = "PUBLIC"
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class _Book:
    """What every entry looks up."""

    plan: Plan
    contacts: PlanColumns
    texts: Mapping[str, list[str]]
    satellites: Mapping[str, Satellite]
    stations: Mapping[str, Station]
    frozen_until_utc: np.datetime64


def calendar_bytes(plan: Plan, contacts: PlanColumns) -> bytes:
    """The whole calendar of a plan with these contacts (`contacts_columns`).

    UID is the pass identity, so that a re-plan updates the entry; DTSTAMP is the scenario's
    issue time. A contact is CONFIRMED where it is pinned or starts within the frozen hours after
    the issue time, TENTATIVE otherwise. A calendar must hold something: a plan without contacts
    becomes one journal entry that says so.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{_PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"NAME:{_escaped(plan.scenario.name)}",
        f"X-WR-CALNAME:{_escaped(plan.scenario.name)}",
    ]
    book = _book(plan, contacts)
    for row in range(book.contacts.rows):
        lines += _event(book, row)
    if not book.contacts.rows:
        lines += _nothing_planned(plan)
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def calendar_class(marking: str) -> str:
    """CLASS of a marking: PUBLIC only where it says so, PRIVATE where nobody has judged yet."""
    label = marking.strip().upper()
    if label == _PUBLIC:
        return "PUBLIC"
    return "PRIVATE" if label in ("", UNMARKED) else "CONFIDENTIAL"


def _book(plan: Plan, contacts: PlanColumns) -> _Book:
    return _Book(
        plan=plan,
        contacts=contacts,
        texts={name: contacts.texts(name) for name in contacts.names},
        satellites={item.id: item for item in plan.scenario.satellites},
        stations={item.id: item for item in plan.scenario.stations},
        frozen_until_utc=instant_after(plan.scenario.issued_utc, plan.scenario.schedule.freeze_s),
    )


def _event(book: _Book, row: int) -> list[str]:
    cell = {name: texts[row] for name, texts in book.texts.items()}
    satellite = book.satellites[cell["satellite_id"]]
    station = book.stations[cell["station_id"]]
    marking = book.plan.scenario.marking
    start, end = _whole_seconds(book.contacts, row)
    summary = f"{satellite.name} over {station.name}"
    partner = book.stations.get(cell["partner_station_id"])
    if partner is not None:
        summary += f" with {partner.name}"
    place = f"{station.name}, {station.country}" if station.country else station.name
    return [
        "BEGIN:VEVENT",
        f"UID:{_escaped(cell['pass_id'])}@{_UID_DOMAIN}",
        f"DTSTAMP:{_stamp(book.plan.scenario.issued_utc)}",
        f"DTSTART:{_stamp(start)}",
        f"DTEND:{_stamp(end)}",
        f"SUMMARY:{_escaped(_marked(summary, marking))}",
        f"LOCATION:{_escaped(place)}",
        f"GEO:{np.degrees(station.latitude_rad):.6f};{np.degrees(station.longitude_rad):.6f}",
        f"DESCRIPTION:{_escaped(_described(cell, marking))}",
        "CATEGORIES:QKD",
        f"CLASS:{calendar_class(marking)}",
        f"STATUS:{_status(book, row, cell['state'])}",
        "TRANSP:OPAQUE",
        "END:VEVENT",
    ]


def _whole_seconds(contacts: PlanColumns, row: int) -> tuple[np.datetime64, np.datetime64]:
    """Start and end to the nearest second; iCalendar wants the end behind the start."""
    half = np.timedelta64(500_000, "us")
    start, end = (
        (contacts[name][row] + half).astype("datetime64[s]") for name in ("start_utc", "end_utc")
    )
    return start, max(end, start + np.timedelta64(1, "s"))


def _status(book: _Book, row: int, state: str) -> str:
    held = state == PassState.PINNED.name.lower()
    frozen = book.contacts["start_utc"][row] < book.frozen_until_utc
    return "CONFIRMED" if held or frozen else "TENTATIVE"


def _described(cell: Mapping[str, str], marking: str) -> str:
    lines = [
        ("Marking", marking, ""),
        ("Pass", cell["pass_id"], ""),
        ("Partner station", cell["partner_station_id"], ""),
        ("State", cell["state"], ""),
        ("Contact", f"{cell['start_utc']} to {cell['end_utc']}", ""),
        ("Rise", cell["rise_utc"], ""),
        ("Culmination", cell["culmination_utc"], ""),
        ("Set", cell["set_utc"], ""),
        ("Largest elevation", cell["max_elevation_deg"], "°"),
        ("Azimuth at rise", cell["rise_azimuth_deg"], "°"),
        ("Azimuth at culmination", cell["culmination_azimuth_deg"], "°"),
        ("Azimuth at set", cell["set_azimuth_deg"], "°"),
        ("Smallest range", cell["min_range_km"], " km"),
        ("Smallest loss", cell["loss_min_db"], " dB"),
        ("Loss at culmination", cell["loss_culmination_db"], " dB"),
        ("Key in clear sky", cell["key_clear_bits"], " bit"),
        ("Chance of clear sky", cell["clear_probability"], ""),
        ("Chance of thin cloud", cell["key_thin_bits"] and cell["thin_probability"], ""),
        ("Key under thin cloud", cell["key_thin_bits"], " bit"),
        ("Chance of broken cloud", cell["key_broken_bits"] and cell["broken_probability"], ""),
        ("Key under broken cloud", cell["key_broken_bits"], " bit"),
        ("Expected key", cell["key_expected_bits"], " bit"),
        ("Key usable from", cell["key_usable_utc"], ""),
    ]
    return "\n".join(f"{label}: {value}{unit}" for label, value, unit in lines if value)


def _nothing_planned(plan: Plan) -> list[str]:
    marking = plan.scenario.marking
    return [
        "BEGIN:VJOURNAL",
        f"UID:no-contacts@{_UID_DOMAIN}",
        f"DTSTAMP:{_stamp(plan.scenario.issued_utc)}",
        f"DTSTART:{_stamp(plan.scenario.start_utc)}",
        f"SUMMARY:{_escaped(_marked('No contact is flown in this plan', marking))}",
        f"CLASS:{calendar_class(marking)}",
        "END:VJOURNAL",
    ]


def _marked(summary: str, marking: str) -> str:
    return summary if marking.strip().upper() in ("", UNMARKED) else f"[{marking}] {summary}"


def _stamp(instant: np.datetime64) -> str:
    return iso_text(instant, "s").replace("-", "").replace(":", "")


def _escaped(text: str) -> str:
    """TEXT value by RFC 5545 section 3.3.11."""
    return printable(text).translate(_ESCAPES)


def _folded(line: str) -> bytes:
    """A content line by RFC 5545 section 3.1: at most 75 octets, no character torn apart."""
    return b"\r\n ".join(_pieces(line)) + b"\r\n"


def _pieces(line: str) -> Iterator[bytes]:
    """The first piece may use the whole line, the others lose one octet to the blank."""
    octets, start, room = utf8(line), 0, _LINE_OCTETS
    while len(octets) - start > room:
        end = start + room
        while octets[end] & 0xC0 == 0x80:  # inside a character of UTF-8
            end -= 1
        yield octets[start:end]
        start, room = end, _LINE_OCTETS - 1
    yield octets[start:]
