"""contacts.ics, read back with the icalendar library."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import icalendar
import numpy as np
import plan_cases
import pytest

from euroqci_planner.io.exports.calendar_file import calendar_bytes, calendar_class
from euroqci_planner.mission.plan_columns import contacts_columns
from euroqci_planner.timebase import instant_after, to_datetime


def written(plan) -> bytes:
    return calendar_bytes(plan, contacts_columns(plan))


def events(content: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(content).walk("VEVENT"))


@pytest.fixture(scope="module")
def plan():
    return plan_cases.example_plan()


def test_every_contact_is_an_event_with_its_times_in_utc(plan):
    contacts = contacts_columns(plan)
    found = events(written(plan))
    assert len(found) == contacts.rows
    for row, event in enumerate(found):
        assert str(event["UID"]) == f"{contacts['pass_id'][row]}@euroqci-planner"
        for name, column in (("DTSTART", "start_utc"), ("DTEND", "end_utc")):
            moment = event[name].dt
            assert moment.tzinfo is not None
            apart = moment - to_datetime(contacts[column][row])
            assert abs(apart.total_seconds()) <= 0.5
        assert event["DTSTAMP"].dt == datetime(2026, 6, 14, 6, tzinfo=UTC)


def test_an_event_says_who_where_and_what_to_expect(plan):
    contacts = contacts_columns(plan)
    event = events(written(plan))[0]
    station = next(s for s in plan.scenario.stations if s.id == contacts["station_id"][0])
    assert str(event["SUMMARY"]) == f"QUBE-II over {station.name}"
    assert str(event["LOCATION"]) == f"{station.name}, {station.country}"
    latitude, longitude = event["GEO"].latitude, event["GEO"].longitude
    assert latitude == pytest.approx(np.degrees(station.latitude_rad), abs=1e-6)
    assert longitude == pytest.approx(np.degrees(station.longitude_rad), abs=1e-6)
    lines = str(event["DESCRIPTION"]).splitlines()
    assert f"Largest elevation: {contacts.texts('max_elevation_deg')[0]}°" in lines
    assert f"Smallest loss: {contacts.texts('loss_min_db')[0]} dB" in lines
    assert f"Expected key: {contacts.texts('key_expected_bits')[0]} bit" in lines


def test_a_pinned_or_frozen_contact_is_confirmed_the_others_are_tentative(plan):
    states = contacts_columns(plan)["state"].tolist()
    statuses = [str(event["STATUS"]) for event in events(written(plan))]
    assert [s == "CONFIRMED" for s in statuses] == [state == "pinned" for state in states]
    second = contacts_columns(plan)["start_utc"][1]
    issued = plan.scenario.issued_utc
    freeze_s = float((second - issued) / np.timedelta64(1, "s")) + 1.0
    schedule = replace(plan.scenario.schedule, freeze_s=freeze_s)
    frozen = replace(plan, scenario=replace(plan.scenario, schedule=schedule))
    statuses = [str(event["STATUS"]) for event in events(written(frozen))]
    assert statuses[:3] == ["CONFIRMED", "CONFIRMED", "TENTATIVE"]


def test_the_marking_is_carried_in_class_summary_and_description(plan):
    marked = replace(plan, scenario=replace(plan.scenario, marking="EU RESTRICTED"))
    event = events(written(marked))[0]
    assert str(event["SUMMARY"]).startswith("[EU RESTRICTED] ")
    assert str(event["CLASS"]) == "CONFIDENTIAL"
    assert str(event["DESCRIPTION"]).startswith("Marking: EU RESTRICTED\n")


@pytest.mark.parametrize(
    ("marking", "class_"),
    [("UNMARKED", "PRIVATE"), ("", "PRIVATE"), ("public", "PUBLIC"), ("secret", "CONFIDENTIAL")],
)
def test_only_what_is_called_public_is_public(marking, class_):
    assert calendar_class(marking) == class_


def test_lines_are_at_most_75_octets_end_with_crlf_and_tear_no_character(plan):
    name = "Štúrovo–Ελευσίνα 🛰 " * 12
    long = plan_cases.renamed(plan, satellite_id="a", satellite_name="B", station_name=name)
    content = written(long)
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert any(len(line) >= 72 for line in lines)
    for line in lines:
        line.decode("utf-8")
    assert {str(event["LOCATION"]).rpartition(", ")[0] for event in events(content)} >= {name}


def test_hostile_names_cannot_break_out_of_their_line(plan):
    name = "a;b,c\\d\r\nATTENDEE:mailto:x\nEND:VEVENT\x00"
    hostile = plan_cases.renamed(plan, satellite_id="x", satellite_name=name, station_name="S")
    found = [event for event in events(written(hostile)) if "UID" in event]
    assert len(found) == len(plan.contact_rows)
    mine = [e for e in found if str(e["UID"]).startswith("x/")]
    assert mine
    assert str(mine[0]["SUMMARY"]).startswith("a;b,c\\d\nATTENDEE:mailto:x\nEND:VEVENT\ufffd over ")
    assert all("ATTENDEE" not in event for event in found)


def test_a_contact_shorter_than_a_second_still_ends_after_its_start(plan):
    row = int(plan.contact_rows[0])
    ends = plan.conditions.usable_end_utc.copy()
    ends[row] = instant_after(plan.conditions.usable_start_utc[row], 0.001)
    short = replace(plan, conditions=replace(plan.conditions, usable_end_utc=ends))
    event = events(written(short))[0]
    assert (event["DTEND"].dt - event["DTSTART"].dt).total_seconds() == 1.0


def test_a_plan_without_contacts_is_a_valid_calendar_that_says_so():
    calendar = icalendar.Calendar.from_ical(written(plan_cases.empty_plan()))
    assert not calendar.walk("VEVENT")
    (entry,) = calendar.walk("VJOURNAL")
    assert str(entry["SUMMARY"]) == "No contact is flown in this plan"
