"""What a planner does to passes and stations, as edits of the scenario's text."""

from __future__ import annotations

import difflib
import tomllib

import numpy as np
import pytest

from euroqci_planner.app import planner, scenario_edits
from euroqci_planner.app.catalogue_offers import catalogue_stations
from euroqci_planner.app.document import SAMPLE, Document
from euroqci_planner.app.move_targets import move_targets
from euroqci_planner.app.scenario_edits import Edit, Target
from euroqci_planner.errors import InvalidInput
from euroqci_planner.io.toml_edits import with_value
from euroqci_planner.mission.pass_table import Exclusion
from euroqci_planner.mission.plan import PassState, Plan
from euroqci_planner.mission.plan_totals import flown
from euroqci_planner.resources import resource
from euroqci_planner.timebase import utc

FOLDER = resource(*SAMPLE[:-1])
TEXT = (
    resource(*SAMPLE)
    .read_text(encoding="utf-8")
    .replace("duration_days = 7.0", "duration_days = 3.0")
)


def document(text: str = TEXT) -> Document:
    return Document(None, FOLDER, text, "sample")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return planner.make_plan(document().scenario)


def on(plan: Plan, text: str = TEXT) -> Target:
    return Target(text, document(text).scenario, plan)


def replanned(edit: Edit) -> Plan:
    return planner.make_plan(document(edit.text).scenario)


def added(edit: Edit, before: str = TEXT) -> list[str]:
    lines = difflib.ndiff(before.splitlines(), edit.text.splitlines())
    return [line[2:] for line in lines if line.startswith(("+", "-")) and line[2:]]


def usable(plan: Plan) -> np.ndarray:
    return np.flatnonzero(plan.conditions.exclusion == Exclusion.NONE)


def test_a_banned_contact_is_not_flown_in_the_next_plan_and_no_other_pass_is_banned(plan):
    row = int(plan.contact_rows[4])
    edit = scenario_edits.ban(on(plan), [row])
    new = replanned(edit)
    banned = np.flatnonzero(new.decisions.state == PassState.BANNED)
    was = np.flatnonzero(plan.decisions.state == PassState.BANNED)
    assert set(banned) - set(was) == {row}
    assert edit.title.startswith("Ban ")
    assert plan.passes.satellite_ids[plan.passes.satellite[row]] in edit.title


def test_a_pinned_pass_is_flown_in_the_next_plan(plan):
    row = next(int(row) for row in usable(plan) if not flown(plan)[row])
    new = replanned(scenario_edits.pin(on(plan), [row]))
    assert new.decisions.state[row] == PassState.PINNED


def test_a_pin_adds_its_own_lines_and_touches_no_other(plan):
    row = int(plan.contact_rows[0])
    lines = added(scenario_edits.pin(on(plan), [row]))
    assert [line.split(" = ")[0] for line in lines] == [
        "[[schedule.pin]]", "satellite", "station", "near_utc",
    ]  # fmt: skip


def test_a_pass_without_usable_window_cannot_be_pinned_and_says_why(plan):
    row = int(np.flatnonzero(plan.conditions.exclusion == Exclusion.DAYLIGHT)[0])
    edit = scenario_edits.pin(on(plan), [row])
    assert edit.text == TEXT
    assert len(edit.notes) == 1
    assert edit.notes[0].endswith("cannot be pinned: daylight")


def test_free_takes_pin_and_ban_off_and_gives_the_text_back(plan):
    rows = [int(row) for row in plan.contact_rows[:3]]
    banned = scenario_edits.ban(on(plan), rows).text
    assert scenario_edits.free(on(plan, banned), rows).text == TEXT
    pinned = scenario_edits.pin(on(plan), rows).text
    assert scenario_edits.free(on(plan, pinned), rows).text == TEXT


def test_pinning_a_banned_pass_lifts_its_ban_and_banning_a_pinned_one_its_pin(plan):
    row = int(plan.contact_rows[1])
    banned = scenario_edits.ban(on(plan), [row]).text
    pinned = scenario_edits.pin(on(plan, banned), [row]).text
    assert pinned == scenario_edits.pin(on(plan), [row]).text
    assert scenario_edits.ban(on(plan, pinned), [row]).text == banned


def test_pinning_twice_is_pinning_once(plan):
    row = int(plan.contact_rows[1])
    once = scenario_edits.pin(on(plan), [row]).text
    assert scenario_edits.pin(on(plan, once), [row]).text == once


def test_a_ban_over_many_passes_stays_and_is_named(plan):
    row = int(np.flatnonzero(plan.decisions.state == PassState.BANNED)[0])
    edit = scenario_edits.free(on(plan), [row])
    assert edit.text == TEXT
    assert "schedule.ban[0] (eagle-1 at every station)" in edit.notes[0]


def test_a_moved_contact_is_flown_over_the_other_station(plan):
    row, targets = next(
        (int(row), found) for row in plan.contact_rows if (found := move_targets(plan, int(row)))
    )
    station, other = next(iter(targets.items()))
    new = replanned(scenario_edits.move(on(plan), row, station))
    assert new.decisions.state[other] == PassState.PINNED
    assert not flown(new)[row]


def test_a_contact_cannot_be_moved_where_there_is_no_pass(plan):
    row = int(plan.contact_rows[0])
    with pytest.raises(InvalidInput, match="no usable pass over metsahovi"):
        scenario_edits.move(on(plan), row, "metsahovi")


def test_a_closed_station_has_no_contacts_within_the_interval(plan):
    start, end = utc("2026-06-14T12:00:00Z"), utc("2026-06-15T12:00:00Z")
    scenario = document().scenario
    edit = scenario_edits.close_station(TEXT, scenario, "calern", (start, end), "snow")
    assert edit.title == "Close calern from 2026-06-14 12:00 UTC to 2026-06-15 12:00 UTC"
    new = replanned(edit)
    there = new.passes.station == new.passes.station_ids.index("calern")
    inside = there & (new.passes.start_utc < end)
    assert flown(plan)[inside].any()
    assert not flown(new)[inside].any()


def test_every_station_of_the_catalogue_can_be_added_once_its_aperture_is_known():
    text, scenario = TEXT, document().scenario
    for offer in catalogue_stations():
        text = scenario_edits.add_station(text, scenario, offer.id).text
        number = len(tomllib.loads(text)["station"]) - 1
        text = with_value(text, ("station", number, "receiver", "aperture_mm"), 800.0)
    names = [item["id"] for item in tomllib.loads(text)["station"]]
    assert len(document(text).scenario.stations) == 10 + len(catalogue_stations())
    assert len(set(names)) == len(names)


def test_several_passes_are_named_by_what_they_share(plan):
    here = plan.passes.station == plan.passes.station_ids.index("graz")
    rows = [int(row) for row in np.flatnonzero(here)[:3]]
    assert scenario_edits.ban(on(plan), rows).title == "Ban 3 passes at graz"
